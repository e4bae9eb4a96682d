"""The fast quadrature against the exact one."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from fastchannel.forecast.grid.grid import NotTabulatedError, pack, prepare
from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.curves import Constant, Curve, Density, LogisticPolynomial, Moved, Rising, Table
from fastchannel.forecast.infection.distributions import (
    Atoms,
    Gamma,
    Growing,
    Lognormal,
    Normal,
    Point,
    Steps,
    Uniform,
    Weibull,
)
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.problem import Flow, Outbreak, Problem, Stratum
from fastchannel.forecast.quadrature.quadrature import FIRST_RULE, integrate_with

WITHIN = 1e-4
WITHIN_LOOSE = 1e-3  # of seeding, of infectious days, and of all where responses count from a marker that varies
LOOSE = ("seeding", "infectious_days")
STRICT = tuple(field.name for field in fields(Flow) if field.name not in LOOSE)
SMALL = 1e-3  # entries are compared as shares of this many people, cases or days at least
OUTBREAK = Outbreak(reproduction_number=2.0, dispersion=0.3)
DAYS = tuple(float(day) for day in range(31))
NAAT_CURVE = Table(DAYS, tuple(0.9 * float(np.exp(-(((d - 7.0) / 6.0) ** 2))) if d > 1 else 0.0 for d in DAYS), "pchip")
ANTIGEN_CURVE = Table(DAYS, tuple(0.75 * float(np.exp(-(((d - 6.0) / 3.0) ** 2))) if d > 1 else 0.0 for d in DAYS))


def assay(curve: Curve, correlation: float = 0.5, marker: int = 0) -> Assay:
    return Assay(name="test", sensitivity=Response(marker=marker, curve=curve), correlation=correlation)


NAAT, ANTIGEN = assay(NAAT_CURVE), assay(ANTIGEN_CURVE)
COVID = Course(
    stages=(Stage(name="incubation", duration=Lognormal(1.621, 0.418)),),
    onset=1,
    symptomatic=0.7,
    symptoms_days=10.0,
    infectiousness=Response(curve=Moved(Density(Weibull(2.8, 5.7)), factor=2.5)),
    asymptomatic_factor=0.6,
)
SINCE_ONSET = replace(COVID, infectiousness=Response(marker=1, curve=Moved(Density(Gamma(5.0, 1.1, -4.5)), factor=2.5)))


def journey(quarantine_days: float = 7.0, delay_days: float = 0.5) -> Itinerary:
    end = 0.5 + quarantine_days
    return Itinerary(
        stays=(
            Stay(id="home", start=-99.0, region="origin"),
            Stay(id="flight", start=0.0, region="transit", contact=0.5, inside=0.2),
            Stay(id="quarantine", start=0.5, region="quarantine", contact=0.1, workers=0.05),
            Stay(id="loop", start=end, region="closed loop", contact=0.6),
            Stay(id="free", start=end + 7.0, region="community"),
        ),
        screens=(
            Screen(id="before", assay=0, sampled=-2.0, effect=-1.0, reach=0.95),
            Screen(id="arrival", assay=1, sampled=0.5, effect=0.52, reach=0.9),
            Screen(id="later", assay=0, sampled=5.0, effect=6.0),
        ),
        watches=(Watch(id="watch", start=0.4, end=7.3, compliance=0.8, delay=delay_days),),
        departure=0.0,
        release=end,
        completion=end + 7.0,
        isolation_contact=0.05,
    )


def two_watches(itinerary: Itinerary) -> Itinerary:
    """A check at the airport, then a watch that overlaps a longer one, with isolation that ends."""
    return replace(
        itinerary,
        screens=itinerary.screens[:2],
        watches=(
            Watch(id="airport", start=0.0, end=0.0, compliance=0.3),
            Watch(id="quarantine", start=0.5, end=7.0, compliance=0.6, delay=1.0),
            Watch(id="diary", start=2.0, end=12.0, compliance=0.4, delay=2.0),
        ),
        isolation_until=9.0,
        isolation_contact=0.2,
    )


def problem(course: Course = COVID, itinerary: Itinerary | None = None, **changes: object) -> Problem:
    stratum = Stratum(name="people", weight=2.0, exposure=Growing(-30.0, 0.2, 0.05), course=course)
    return Problem(
        strata=(replace(stratum, **changes),),  # type: ignore[arg-type]
        assays=(NAAT, ANTIGEN),
        itinerary=itinerary or journey(),
        outbreak=OUTBREAK,
    )


SEIR = Course(
    stages=(
        Stage(name="latent", duration=Gamma(4.0, 0.8)),
        Stage(name="infectious", duration=Point(5.0)),
    ),
    onset=1,
    symptomatic=0.6,
    symptoms_days=6.0,
    infectiousness=Response(by_stage=(0.0, 0.4)),
)
LATENT = (Stage(name="latent", duration=Gamma(2.5, 0.8)), Stage(name="still latent", duration=Gamma(1.5, 0.8)))
WITHIN_STAGE = Course(
    stages=(
        Stage(name="incubation", duration=Lognormal(1.621, 0.418)),
        Stage(name="before symptoms", duration=Point(2.3), within=True),
    ),
    onset=2,
    symptomatic=0.7,
    symptoms_days=10.0,
    infectiousness=Response(marker=1, curve=Moved(Density(Gamma(2.0, 2.0)), factor=2.0)),
)
CASES: dict[str, Problem] = {
    "covid": problem(),
    "short_quarantine": problem(itinerary=journey(2.0, 1.5)),
    "overlapping_watches_and_ending_isolation": problem(itinerary=two_watches(journey())),
    "stay_home_and_active": problem(stay_home=0.4, active_at=-1.5, exposure=Uniform(-25.0, 0.0)),
    "daily_cases": problem(exposure=Steps((-9.0, -6.0, -5.0, -3.5, -1.0), (1.0, 3.0, 0.5, 2.0))),
    "bell_of_infections": problem(exposure=Normal(-4.0, 1.5)),
    "infected_at_one_time": problem(exposure=Point(-3.0)),
    "infected_at_three_times": problem(exposure=Atoms((-6.0, -3.0, -1.0), (1.0, 2.0, 2.0))),
    "steps_in_curves": replace(
        problem(replace(COVID, infectiousness=Response(curve=Constant(0.3, 2.0, 8.0)))),
        assays=(assay(Constant(0.85, 3.0, 10.0), 0.0), assay(Rising(Lognormal(1.8, 0.4)), 0.0)),
    ),
    "strong_correlation": replace(problem(), assays=(assay(NAAT_CURVE, 0.9), assay(ANTIGEN_CURVE, 0.9))),
    "nobody_has_symptoms": problem(replace(COVID, onset=None)),
    "infectious_since_onset": problem(SINCE_ONSET),
    "tests_since_onset": replace(
        problem(), assays=(assay(LogisticPolynomial((1.0, -0.2, -0.05), low=-4.0, high=20.0), marker=1), ANTIGEN)
    ),
    "fixed_incubation": problem(replace(COVID, stages=(Stage(name="incubation", duration=Point(5.0)),))),
    "infectious_by_stage": replace(
        problem(SEIR),
        assays=(Assay(name="by stage", sensitivity=Response(by_stage=(0.1, 0.8)), correlation=0.3), ANTIGEN),
    ),
    "stage_within_another": problem(WITHIN_STAGE),
}
BY_NODES = ("infectious_since_onset", "tests_since_onset", "infectious_by_stage", "stage_within_another")


def difference(found: Flow, exact: Flow, names: tuple[str, ...]) -> float:
    worst = 0.0
    for name in names:
        a, b = np.atleast_1d(getattr(found, name)), np.atleast_1d(getattr(exact, name))
        worst = max(worst, float(np.max(np.abs(a - b) / np.maximum(np.abs(b), SMALL), initial=0.0)))
    return worst


@pytest.mark.parametrize("name", CASES)
def test_fast_quadrature_agrees_with_the_exact_one(name: str) -> None:
    case = CASES[name]
    found = prepare(case.strata, case.assays, case.outbreak).flows([case.itinerary]).flow(0)
    exact = integrate_with(case, FIRST_RULE.finer())  # to about 1e-6
    assert difference(found, exact, STRICT) < (WITHIN_LOOSE if name in BY_NODES else WITHIN)
    assert difference(found, exact, LOOSE) < WITHIN_LOOSE


def test_two_stages_that_add_up_to_one_give_what_the_one_gives() -> None:
    """Gamma times of the same scale add up to a gamma time: onset by a table, and infectiousness by nodes."""
    one = replace(COVID, stages=(Stage(name="incubation", duration=Gamma(5.0, 1.1)),))
    first, second = Stage(name="first", duration=Gamma(3.0, 1.1)), Stage(name="second", duration=Gamma(2.0, 1.1))
    for single, double, within in (
        (one, replace(COVID, stages=(first, second), onset=2), WITHIN),
        (
            SEIR,
            replace(SEIR, stages=(*LATENT, SEIR.stages[1]), onset=2, infectiousness=Response(by_stage=(0.0, 0.0, 0.4))),
            3e-3,
        ),
    ):
        found = prepare(problem(double).strata, (NAAT, ANTIGEN), OUTBREAK).flows([journey()]).flow(0)
        exact = integrate_with(problem(single), FIRST_RULE.finer())
        assert difference(found, exact, STRICT) < within


def test_many_itineraries_give_what_each_gives_alone_on_any_number_of_threads() -> None:
    case = CASES["covid"]
    itineraries = [journey(days, delay) for days in (1.0, 3.0, 7.0, 14.0) for delay in (0.0, 0.5)] + [two_watches(journey())]
    prepared = prepare(case.strata, case.assays, case.outbreak)
    together = prepared.flows(pack(itineraries))
    threaded = prepared.flows(pack(itineraries), threads=3)
    assert len(together) == len(itineraries)
    for i, itinerary in enumerate(itineraries):
        alone = prepared.flows([itinerary]).flow(0)
        for field in fields(Flow):
            assert np.array_equal(getattr(together.flow(i), field.name), getattr(alone, field.name))
            assert np.array_equal(getattr(together.flow(i), field.name), getattr(threaded.flow(i), field.name))


def test_strata_add_up() -> None:
    case = CASES["covid"]
    other = CASES["daily_cases"].strata[0]
    both = prepare((*case.strata, other), case.assays, OUTBREAK).flows([case.itinerary]).flow(0)
    parts = [prepare((stratum,), case.assays, OUTBREAK).flows([case.itinerary]).flow(0) for stratum in (*case.strata, other)]
    assert difference(both, parts[0] + parts[1], tuple(field.name for field in fields(Flow))) < 1e-12


def test_what_is_not_tabulated_is_refused() -> None:
    crowded = replace(journey(), screens=journey().screens * 3)
    with pytest.raises(NotTabulatedError, match="9 tests"):
        pack([crowded])
    with pytest.raises(NotTabulatedError, match="finite"):
        pack([replace(journey(), release=float("inf"))])
    varied = tuple(Stage(name=str(i), duration=Gamma(2.0, 1.0)) for i in range(3))
    by_stage = replace(SEIR, stages=varied, infectiousness=Response(by_stage=(0.0, 0.2, 0.4)))
    with pytest.raises(NotTabulatedError, match="3 stages"):
        prepare(problem(by_stage).strata, (NAAT, ANTIGEN), OUTBREAK).flows([journey()])
    with pytest.raises(NotTabulatedError, match="known times"):
        prepare(problem(SINCE_ONSET, exposure=Point(-3.0)).strata, (NAAT, ANTIGEN), OUTBREAK).flows([journey()])
