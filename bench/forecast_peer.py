"""Other programs that answer such questions: what their own code took elsewhere, and Covasim on the same question here."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.covasim_run import INFECTIOUS, LAST_DAY, LATENT, SENSITIVITY, TEST_DAYS
from bench.engines import EXACT_TESTS, GRID, GRID_FIRST, OWN, SHARED
from bench.timing import Rate, Work, rates
from fastchannel.forecast.individuals.individuals import simulate
from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.distributions import Lognormal, Point
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay
from fastchannel.forecast.problem import Problem, Stratum
from fastchannel.forecast.quadrature.quadrature import integrate

QUADRATURE = 1e-4
HALF_DAY = 0.5  # Covasim rounds each stage to whole days, so that its day d is what is here d + ½ days after infection


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What a published model's own code took on one core of a like machine, as the work ``against`` counts it (or its time)."""

    name: str
    doi: str
    took: str
    least: float  # units a second
    most: float
    against: str


# Measured elsewhere with the authors' code; nothing of it runs here, and each model is another than ours.
ELSEWHERE = (
    Elsewhere(
        name="Russell & Buckeridge 2020",
        doi="10.1101/2020.11.02.20224568",
        took="2.0 million traveller-policies/s",
        least=2.0e6,
        most=2.0e6,
        against=SHARED,
    ),
    Elsewhere(
        name="Clifford et al. 2021",
        doi="10.2807/1560-7917.ES.2021.26.39.2001440",
        took="31,000 traveller-policies/s",
        least=31_000.0,
        most=31_000.0,
        against=OWN,
    ),
    Elsewhere(
        name="Wells et al. 2021",
        doi="10.1038/s41467-020-20742-8",
        took="70 to 128 s a policy",
        least=1.0 / 128.0,
        most=1.0 / 70.0,
        against=EXACT_TESTS,  # no watch either, and as exact
    ),
    Elsewhere(
        name="Johansson et al. 2021",
        doi="10.1186/s12916-021-01975-w",
        took="7 s a policy",
        least=1.0 / 7.0,
        most=1.0 / 7.0,
        against=GRID_FIRST,  # their integrals stop at 1e-3
    ),
    Elsewhere(
        name="COVIDStrategyCalculator 2021 (C++)",
        doi="10.1016/j.patter.2021.100264",
        took="0.75 ms a policy",
        least=1.0 / 0.75e-3,
        most=1.0 / 0.75e-3,
        against=GRID,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covasim:
    """Covasim and two engines of ours on the same people and tests. Shares are of the infected people."""

    version: str
    agents: int
    per_second: float  # agents and policies, made and run
    per_second_stepping: float
    found: float
    infectious: float
    ours_per_second: Rate
    ours_found: float
    ours_infectious: float
    quadrature_seconds: float
    quadrature_found: float
    quadrature_infectious: float

    @property
    def ratio(self) -> float:
        return self.ours_per_second.median / self.per_second


def run_covasim(interpreter: str, agents: int, rounds: int) -> Covasim | str:
    """Covasim against our engines, or why not."""
    command = [interpreter, str(Path(__file__).with_name("covasim_run.py")), str(agents), str(rounds)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or ["no message"])[-1]
        return f"Covasim did not run with {Path(interpreter).name} ({last}); `make bench` installs it"
    peer = json.loads(ended.stdout)
    one = same_question()
    people = max(agents, 200_000)
    found = rates(
        {
            "simulate": Work(call=lambda: simulate(one, people, threads=1), done=float(people)),
            "integrate": Work(call=lambda: integrate(one, QUADRATURE), done=1.0),
        },
        rounds,
    )
    drawn, exact = simulate(one, people).flow, integrate(one, QUADRATURE)
    return Covasim(
        version=peer["version"],
        agents=agents,
        per_second=agents / peer["seconds"],
        per_second_stepping=agents / peer["stepping_seconds"],
        found=peer["found"],
        infectious=peer["infectious"],
        ours_per_second=found["simulate"],
        ours_found=float(drawn.detected.sum()),
        ours_infectious=drawn.released_infectious,
        quadrature_seconds=1.0 / found["integrate"].median,
        quadrature_found=float(exact.detected.sum()),
        quadrature_infectious=exact.released_infectious,
    )


def same_question() -> Problem:
    """Covasim's people and tests: all infected at time nought, found by a test only while infectious."""
    course = Course(
        stages=(
            Stage(name="latent", duration=_lognormal(*LATENT)),
            Stage(name="infectious", duration=_lognormal(*INFECTIOUS)),
        ),
        onset=None,
        symptomatic=0.0,
        symptoms_days=0.0,
        infectiousness=Response(by_stage=(0.0, 1.0)),
    )
    release = LAST_DAY + HALF_DAY
    return Problem(
        strata=(Stratum(name="infected", weight=1.0, exposure=Point(0.0), course=course),),
        assays=(Assay(name="test", sensitivity=Response(by_stage=(0.0, SENSITIVITY))),),
        itinerary=Itinerary(
            stays=(
                Stay(id="quarantine", start=0.0, region="quarantine", contact=0.0),
                Stay(id="free", start=release, region="community"),
            ),
            screens=tuple(
                Screen(id=f"day {day}", assay=0, sampled=day + HALF_DAY, effect=day + 1.0 + HALF_DAY) for day in TEST_DAYS
            ),
            release=release,
            completion=release,
        ),
    )


def _lognormal(mean: float, deviation: float) -> Lognormal:
    variance = math.log1p((deviation / mean) ** 2)
    return Lognormal(math.log(mean) - 0.5 * variance, math.sqrt(variance))


if __name__ == "__main__":
    measured = run_covasim(sys.argv[1] if len(sys.argv) > 1 else sys.executable, 100_000, 3)
    print(measured if isinstance(measured, str) else json.dumps(asdict(measured), indent=2))
