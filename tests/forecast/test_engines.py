"""The engines together: on every shipped agreement and pathogen they agree, and who is infected on the way is followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from scipy import stats

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.cases import cases_of
from fastchannel.forecast.engines import answer
from fastchannel.forecast.forecast import problem_of
from fastchannel.forecast.grid import grid
from fastchannel.forecast.individuals.individuals import Simulated, simulate
from fastchannel.forecast.infection.curves import Moved
from fastchannel.forecast.infection.distributions import Point, Uniform
from fastchannel.forecast.infection.pathogens import shipped_profiles
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.measures import ReadingError, read_measures
from fastchannel.forecast.problem import Flow, Problem
from fastchannel.forecast.quadrature.quadrature import Rule, integrate, integrate_with
from fastchannel.forecast.situation import Incidence
from tests.forecast.readings import practice
from tests.forecast.small_problems import COVID, JOURNEY, OUTBREAK, STAYS, UNTESTED, R, beyond, problem

PEOPLE = 300_000
FAST = Rule(nodes=3, width=2.5, further=8)  # right to 4e-4 on every one of them: far below what drawing people leaves open
TABLES, SMALL = 3e-4, 1e-5  # how far tables may be off: so much of an entry, or so much for each infected person
GROWING = Incidence(per_day=1e-4, growth_per_day=0.03)
ROUTES = [
    pytest.param(text, route, id=f"{text.id}@{text.version} {route}")
    for versions in shipped().values()
    for text in versions.texts
    for route in text.routes
]


@cache
def itineraries(agreement: str, version: int, route: str, pathogen: str) -> tuple[Problem, ...]:
    """The problems of a route on every date that changes it, for travellers of whom some are immune where that is known.

    Raises ReadingError where the profile lacks a test.
    """
    text = next(text for text in shipped()[agreement].texts if text.version == version)
    profile = shipped_profiles()[pathogen].at()
    immune = 0.3 if agreement == "china-singapore" and profile.immunity is not None else 0.0
    found: dict[Itinerary, Problem] = {}
    for on in (text.in_force, *(day for day in _later(text, route) if day > text.in_force)):
        for case in cases_of(text, route, on):
            reading = read_measures(text.provisions(case, on), case, profile, practice())
            if reading.itinerary not in found:
                found[reading.itinerary] = problem_of(reading, GROWING, immune, profile, practice())
    return tuple(found.values())


def _later(text: Agreement, route: str) -> Iterator[date]:
    for measure in text.routes[route].text.measure:
        if measure.holds_from is not None:
            yield measure.holds_from
        if measure.holds_until is not None:
            yield measure.holds_until + timedelta(days=1)


def new_problems(text: Agreement, route: str, pathogen: str) -> list[Problem]:
    """Those of a route that no earlier text has; skips the test where there are none."""
    try:
        found = itineraries(text.id, text.version, route, pathogen)
        earlier = [
            problem.itinerary
            for version in range(1, text.version)
            for problem in itineraries(text.id, version, route, pathogen)
        ]
    except ReadingError as error:
        pytest.skip(str(error))
    new = [problem for problem in found if problem.itinerary not in earlier]
    if not new:
        pytest.skip("its itineraries are those of an earlier text")
    return new


def apart(simulated: Simulated, expected: Flow) -> dict[str, float]:
    """How far each field is from the expected at most, in standard errors (and two people for what hardly happens)."""
    found = {}
    for field in fields(Flow):
        drawn, error, exact = (
            np.atleast_1d(getattr(flow, field.name)) for flow in (simulated.flow, simulated.standard_error, expected)
        )
        least = 0.5 * expected.infected / simulated.people + 1e-4 * np.abs(exact)
        found[field.name] = float(np.max(np.abs(drawn - exact) / (error + least), initial=0.0))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("pathogen", shipped_profiles())
@pytest.mark.parametrize(("text", "route"), ROUTES)
def test_the_engines_agree_on_every_shipped_agreement_and_pathogen(text: Agreement, route: str, pathogen: str) -> None:
    """Drawn people within four standard errors, tables within three ten-thousandths, in every entry of the flow."""
    for case in new_problems(text, route, pathogen):
        exact = integrate_with(case, FAST)
        distance = apart(simulate(case, PEOPLE, seed=1), exact)
        assert max(distance.values()) < 4.0, distance
        tables = grid.prepare(case.strata, case.assays, case.outbreak).flows([case.itinerary]).flow(0)
        strict = replace(tables, seeding=exact.seeding, infectious_days=exact.infectious_days)  # good to a thousandth
        assert beyond(strict, exact, TABLES, SMALL) == {}
        assert beyond(tables, exact, 1e-3, SMALL) == {}


def test_a_test_that_finds_a_twentieth_more_or_comes_a_day_later_would_be_noticed() -> None:
    text = shipped()["china-singapore"].newest
    (case,) = itineraries(text.id, text.version, "cn-sg", "sars-cov-2-omicron")
    drawn = simulate(case, PEOPLE, seed=1)
    curve = case.assays[0].sensitivity.curve
    assert curve is not None
    higher = replace(case.assays[0], sensitivity=replace(case.assays[0].sensitivity, curve=Moved(curve, factor=1.05)))
    assert max(apart(drawn, integrate_with(replace(case, assays=(higher,)), FAST)).values()) > 4.0
    later = tuple(replace(screen, effect=screen.effect + 1.0) for screen in case.itinerary.screens)
    delayed = replace(case, itinerary=replace(case.itinerary, screens=later))
    assert max(apart(drawn, integrate_with(delayed, FAST)).values()) > 4.0


# Who is infected on the way


def exact(of: Problem) -> Flow:
    return integrate(of, 1e-5)


def test_travellers_infected_on_a_flight_are_infected_evenly_over_it_and_travel_on() -> None:
    """With contacts on the flight alone, and nobody tested: as many as it says, and all of them released."""
    alone = replace(UNTESTED, stays=tuple(replace(stay, inside=0.2 if stay.id == "flight" else 0.0) for stay in STAYS))
    everyone = replace(COVID, symptomatic=1.0)
    found = answer(problem(everyone, alone, Point(-3.0)), exact)
    cdf = stats.gamma(4.0, scale=1.2).cdf
    on_board = R * 0.2 * (cdf(3.5) - cdf(3.0))
    assert found.infected_inside.infected == pytest.approx(on_board, rel=1e-5)
    evenly = integrate(problem(everyone, alone, Uniform(0.0, 0.5), weight=on_board), 1e-5)
    assert beyond(found.infected_inside, evenly, 1e-4, 1e-9) == {}
    assert found.infected_inside.released_infected == pytest.approx(on_board, rel=1e-5)


def test_both_together_add_up_but_infected_still_counts_the_travellers_alone() -> None:
    found = answer(problem(), exact)
    together, parts = found.together, found.travellers + found.infected_inside
    assert together.infected == found.travellers.infected < parts.infected
    assert together.released_infected == parts.released_infected > found.travellers.released_infected
    assert np.array_equal(together.detected, parts.detected)


def test_the_infected_inside_are_in_the_proportions_of_those_who_travel() -> None:
    two = replace(problem(weight=3.0), strata=(*problem(weight=3.0).strata, *problem(weight=1.0).strata))
    assert answer(two, exact).infected_inside.infected == pytest.approx(
        answer(problem(weight=4.0), exact).infected_inside.infected
    )


def test_nobody_inside_infects_nobody_inside() -> None:
    quiet = replace(JOURNEY, stays=tuple(replace(stay, inside=0.0, workers=0.0) for stay in STAYS))
    found = answer(problem(itinerary=quiet), exact, workers=UNTESTED)
    assert found.infected_inside.infected == 0.0
    assert found.workers is not None
    assert found.workers.infected == 0.0


def test_workers_are_followed_on_their_own_itinerary_where_one_is_given() -> None:
    assert answer(problem(), exact).workers is None
    found = answer(problem(), exact, workers=UNTESTED)
    assert found.workers is not None
    assert found.workers.infected == pytest.approx(found.travellers.workers.sum())
    assert found.workers.detected.size == 0


def test_those_infected_inside_come_out_alike_by_all_three_engines() -> None:
    case = replace(problem(exposure=Uniform(-6.0, 0.0)), outbreak=OUTBREAK)
    by_rule = answer(case, exact).together

    def tables(of: Problem) -> Flow:
        return grid.prepare(of.strata, of.assays, of.outbreak).flows([of.itinerary]).flow(0)

    assert beyond(answer(case, tables).together, by_rule, 1e-3, 2e-5) == {}
    drawn = answer(case, lambda of: simulate(of, PEOPLE, seed=4).flow).together
    assert beyond(drawn, by_rule, 0.02, 2e-3) == {}
