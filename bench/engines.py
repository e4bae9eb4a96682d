"""The forecast's engines on one core: what they do a second, what was asked of them, and the limit that each runs against."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench.border import SINCE_INFECTION, SINCE_ONSET, itineraries, policies, problem
from bench.limits import LOOK_UPS, PHILOX, TRIAD, look_ups_of
from bench.timing import Work
from fastchannel.forecast.grid.grid import Packed, pack, prepare
from fastchannel.forecast.individuals.individuals import simulate
from fastchannel.forecast.individuals.shared_travellers import evaluate, sample_travellers
from fastchannel.forecast.infection.distributions import Atoms
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.problem import Problem
from fastchannel.forecast.quadrature.quadrature import integrate

SHARED = "Monte Carlo, shared travellers and two tests: traveller-policies"
OWN = "Monte Carlo, three tests with their own draws: people"
CORRELATED = "Monte Carlo, the tests of a person correlated: people"
WATCHED = "Monte Carlo, correlated and a watch for symptoms: people"
GRID = "fast quadrature at 1e-4, three tests and a watch: itineraries"
GRID_TESTS = "fast quadrature at 1e-4, three tests: itineraries"
GRID_FIRST = "fast quadrature at 1e-4, with the tables of new people: itineraries"
GRID_ONSET = "fast quadrature, infectiousness against onset: itineraries"
NODES = "fast quadrature, people infected at a known time"
EXACT = "exact quadrature at 1e-6, three tests and a watch: itineraries"
EXACT_TESTS = "exact quadrature at 1e-6, three tests: itineraries"
EXACT_ONSET = "exact quadrature, infectiousness against onset: itineraries"
ASKED = {SHARED: 1e8, OWN: 2e7, GRID: 2e4}
ATOMS = 2_000
LANES = 4  # uniforms that one call of the generator gives each person


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The works, those that take long, and by how much of which limit one unit of a work uses at least."""

    works: dict[str, Work]
    slow: dict[str, Work]
    uses: dict[str, tuple[str, float]]


def engines(scale: float) -> Engines:
    """All works on the border's people; ``scale`` makes them shorter or longer."""
    people = int(2_000_000 * scale)
    own = {
        OWN: problem(SINCE_INFECTION, correlated=False, watched=False),
        CORRELATED: problem(SINCE_INFECTION, watched=False),
        WATCHED: problem(SINCE_INFECTION),
    }
    journeys, few = pack(itineraries(int(2_000 * scale))), pack(itineraries(max(2, int(50 * scale))))
    works = {
        SHARED: _shared(int(500_000 * scale), 50),
        **{name: _walk(one, people) for name, one in own.items()},
        GRID: _grid(own[WATCHED], journeys, 1),
        GRID_TESTS: _grid(own[CORRELATED], pack(itineraries(int(2_000 * scale), watched=False)), 1),
        NODES: _grid(_infected_at_known_times(own[WATCHED]), few, ATOMS),
        GRID_FIRST: _grid_from_nothing(own[WATCHED]),
        GRID_ONSET: _grid(problem(SINCE_ONSET), few, 1),
    }
    places = look_ups_of(journeys, own[WATCHED].strata[0].course.symptoms_days)
    return Engines(
        works=works,
        slow={
            EXACT_TESTS: Work(call=lambda: integrate(own[CORRELATED]), done=1.0),
            EXACT: Work(call=lambda: integrate(own[WATCHED]), done=1.0),
            EXACT_ONSET: Work(call=lambda: integrate(problem(SINCE_ONSET)), done=1.0),
        },
        uses={
            SHARED: (TRIAD, float(np.dtype(np.float64).itemsize)),
            OWN: (PHILOX, 2.0 * LANES),  # one call for the person and one for up to four tests
            CORRELATED: (PHILOX, 2.0 * LANES),
            WATCHED: (PHILOX, 3.0 * LANES),  # and one for up to four watches
            NODES: (LOOK_UPS, places),
        },
    )


def _shared(travellers: int, count: int) -> Work:
    one = problem(SINCE_INFECTION)
    course, exposure = one.strata[0].course, one.strata[0].exposure
    curve = course.infectiousness.curve
    assert curve is not None, f"{shipped_profile(SINCE_INFECTION).id}: infectiousness is a curve"
    infected, chosen = sample_travellers(exposure, travellers), policies(count)
    return Work(call=lambda: evaluate(infected, curve, course.spans[2], chosen), done=float(travellers * count))


def _walk(one: Problem, people: int) -> Work:
    return Work(call=lambda: simulate(one, people, threads=1), done=float(people))


def _grid(one: Problem, journeys: Packed, nodes: int) -> Work:
    people = prepare(one.strata, one.assays, one.outbreak)
    return Work(call=lambda: people.flows(journeys), done=float(len(journeys.itineraries) * nodes))


def _grid_from_nothing(one: Problem) -> Work:
    times = 20

    def call() -> None:
        for _ in range(times):
            prepare(one.strata, one.assays, one.outbreak).flows([one.itinerary])

    return Work(call=call, done=float(times))


def _infected_at_known_times(one: Problem) -> Problem:
    """The same people as single nodes of the sum over times of infection, so that the cost of a node can be told."""
    stratum = one.strata[0]
    times = stratum.exposure.quantile((np.arange(ATOMS) + 0.5) / ATOMS)
    atoms = Atoms(tuple(map(float, times)), (1.0,) * ATOMS)
    return replace(one, strata=(replace(stratum, exposure=atoms, active_at=None),))
