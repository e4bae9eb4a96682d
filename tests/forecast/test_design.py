"""The search for better agreements, held against trying everything and against the exact quadrature."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.design.amendments import FurtherTest, LeastDays, day_window, hours_before_departure
from fastchannel.forecast.design.design import Designed, Offer, RouteDesign, design
from fastchannel.forecast.design.pareto import front, unbeaten
from fastchannel.forecast.design.places import most_places
from fastchannel.forecast.design.run import Setting
from fastchannel.forecast.design.space import (
    DesignError,
    DesignSpace,
    FurtherChoices,
    Goal,
    IsolationChoices,
    LoopChoices,
    RouteSpace,
    Sampling,
    SamplingChoices,
    default_space,
    most_common_case,
)
from fastchannel.forecast.design.steps import StepKind
from fastchannel.forecast.engines import answer
from fastchannel.forecast.forecast import MILLION, parties_of, problem_of
from fastchannel.forecast.imports import none_probability
from fastchannel.forecast.infection.draws import sample
from fastchannel.forecast.infection.pathogens import Profile, shipped_profile
from fastchannel.forecast.measures import read_measures
from fastchannel.forecast.practice import default_practice
from fastchannel.forecast.quadrature.quadrature import integrate
from fastchannel.forecast.situation import Incidence, Situation
from fastchannel.terms.events import Assay

ROUTE = "cn-sg"
SITUATION = Situation(incidence={"": Incidence(per_day=1e-5)}, travellers_per_day={"": 100.0})
DAYS = (1, 3, 7, 14)
BUDGET = 20.0
DRAWS = 14


def _agreement() -> Agreement:
    return shipped()["china-singapore"].newest


def _profile() -> Profile:
    return shipped_profile("sars-cov-2-delta")


def _space(days: tuple[int, ...] = DAYS, **more: object) -> DesignSpace:
    agreement = _agreement()
    before, arrival = hours_before_departure(24), day_window(0)
    route = RouteSpace(
        route=ROUTE,
        case=most_common_case(agreement, ROUTE, agreement.in_force),
        tests=(
            SamplingChoices(measure="test-before-departure", options=(None, Sampling(assay=Assay.NAAT, sampled=before))),
            SamplingChoices(measure="test-on-arrival", options=(None, Sampling(assay=Assay.ANTIGEN, sampled=arrival))),
        ),
        further=(FurtherChoices(like="test-on-arrival", stay="isolation", options=((Assay.NAAT, 2), (Assay.NAAT, 5))),),
        isolation=(IsolationChoices(measure="isolation", least_days=days),),
        **more,  # type: ignore[arg-type]
    )
    return DesignSpace(routes=(route,))


@cache
def _designed(*, screen: bool) -> Designed:
    return design(_agreement(), _profile(), SITUATION, _space(), budget_per_million=BUDGET, draws=DRAWS, screen=screen)


def _route(*, screen: bool = False) -> RouteDesign:
    return _designed(screen=screen).of(ROUTE)


def _costs(offers: tuple[Offer, ...]) -> list[tuple[float, float]]:
    return [(offer.days_lost, offer.at_confidence) for offer in offers]


def test_the_chosen_design_keeps_the_budget_and_no_other_that_does_costs_fewer_days() -> None:
    found = _route()
    assert found.met
    assert found.chosen.kept(BUDGET) >= 0.9
    cheaper = [offer for offer in found.front if offer.days_lost < found.chosen.days_lost - 1e-9]
    assert cheaper
    assert all(offer.at_confidence > BUDGET for offer in cheaper)


def test_no_offer_of_the_front_is_beaten_by_another() -> None:
    costs = _costs(_route().front)
    assert len(costs) >= 4
    assert not any(a != b and a[0] <= b[0] and a[1] <= b[1] for a in costs for b in costs)


def test_days_bought_on_the_front_always_lower_the_imports() -> None:
    imports = [reached for _, reached in _costs(_route().front)]
    assert imports == sorted(imports, reverse=True)


def test_screening_loses_nothing_of_the_front_that_trying_everything_finds() -> None:
    screened, everything = np.array(_costs(_route(screen=True).front)), np.array(_costs(_route().front))
    assert screened == pytest.approx(everything, rel=1e-9)
    assert _route(screen=True).chosen.amendments == _route().chosen.amendments


def test_the_chance_constraint_holds_when_worked_out_by_the_exact_quadrature() -> None:
    found, setting = _route().chosen, _route().setting
    candidate = setting.candidate(found.amendments)
    unknowns = (*setting.profile.unknowns, *setting.practice.unknowns)
    for draw, reached in list(zip(sample(unknowns, DRAWS, 1), found.reached, strict=True))[:4]:
        pathogen, practice = setting.profile.at(draw), setting.practice.at(draw)
        reading = read_measures(candidate.provisions, setting.case, pathogen, practice)
        problem = problem_of(reading, setting.incidence, 0.0, pathogen, practice)
        exact = answer(problem, lambda one: integrate(one, 1e-3)).together.released_infected * MILLION
        assert reached == pytest.approx(exact, rel=3e-3)


def test_longer_isolation_never_means_more_imports() -> None:
    space = _space().routes[0]
    setting = Setting(
        agreement=_agreement(),
        route=ROUTE,
        case=space.case,
        on=_agreement().in_force,
        profile=_profile(),
        practice=default_practice(),
        situation=SITUATION,
    )
    candidates = [setting.candidate((LeastDays(measure="isolation", days=days),)) for days in range(2, 22)]
    draws = list(sample((*setting.profile.unknowns, *setting.practice.unknowns), 3, 2))
    reached = setting.reached(candidates, draws)
    assert np.all(np.diff(reached, axis=1) <= 1e-4 * reached[:, :-1])


def test_the_reverse_search_gives_the_least_imports_for_the_days() -> None:
    space = _space((1, 3))
    found = design(_agreement(), _profile(), SITUATION, space, most_days_lost=3.0, draws=3).of(ROUTE)
    assert found.met
    assert found.chosen.days_lost <= 3.0
    assert all(offer.at_confidence >= found.chosen.at_confidence for offer in found.front if offer.days_lost <= 3.0)


def test_a_budget_that_nothing_meets_is_said_with_the_best_there_is_and_what_binds() -> None:
    found = design(_agreement(), _profile(), SITUATION, _space((1, 3, 7)), budget_per_million=0.01, draws=3).of(ROUTE)
    assert not found.met
    assert found.chosen.at_confidence == min(offer.at_confidence for offer in found.front)
    assert found.binds == ("isolation",)


def test_taking_a_test_away_raises_imports_and_says_so_in_words() -> None:
    steps = [step for step in _route().steps if step.kind is StepKind.WITHOUT]
    assert steps
    for step in steps:
        assert step.low <= step.ratio <= step.high
        assert step.ratio > 1.0
        assert step.tests < 0.0
        assert step.clause in step.sentence("en")


def test_one_more_day_lowers_imports_for_one_more_day() -> None:
    (step,) = [step for step in _route().steps if step.kind is StepKind.DAY_MORE]
    assert step.ratio < 1.0
    assert 0.0 < step.days_lost <= 1.0


def test_the_closed_loop_matters_to_what_is_counted_when_it_ends() -> None:
    space = _space((1,), loops=(LoopChoices(measure="controlled-itinerary", days=(0, 7, 21)),))
    goal = Goal.COMPLETED
    found = design(_agreement(), _profile(), SITUATION, space, most_days_lost=30.0, goal=goal, draws=2).of(ROUTE)
    assert found.chosen.closed_loop_days > 10.0


def test_daily_places_are_the_most_that_keep_the_limit() -> None:
    designed = _designed(screen=False)
    found = most_places(designed, ROUTE, most_imports=0.1)
    allowed = [reached / 1e6 * found.days * found.per_day <= 0.1 for reached in _route().chosen.reached]
    more = [reached / 1e6 * found.days * (found.per_day + 1) <= 0.1 for reached in _route().chosen.reached]
    assert np.mean(allowed) >= 0.9 > np.mean(more)


def test_daily_places_keep_the_probability_of_no_import() -> None:
    designed = _designed(screen=False)
    found = most_places(designed, ROUTE, least_no_import=0.95)

    def share(per_day: int) -> float:
        kept = [
            none_probability(reached / 1e6, per_day * found.days, parties_of(default_practice().at(draw))) >= 0.95
            for draw, reached in zip(designed.draws, _route().chosen.reached, strict=True)
        ]
        return float(np.mean(kept))

    assert share(found.per_day) >= 0.9 > share(found.per_day + 1)


def test_the_default_space_names_only_tests_that_the_profile_knows() -> None:
    (route,) = default_space(_agreement(), frozenset({Assay.NAAT}), route=ROUTE).routes
    kinds = {option.assay for choice in route.tests for option in choice.options if option is not None}
    assert kinds == {Assay.NAAT}
    assert {assay for choice in route.further for assay, _ in choice.options} == {Assay.NAAT}


def test_a_further_test_that_its_stay_waits_for_makes_shorter_least_days_pointless() -> None:
    space = _space().routes[0]
    now = _agreement().provisions(space.case, _agreement().in_force)
    for amendments in space.candidates(now):
        days = {one.measure: one.days for one in amendments if isinstance(one, LeastDays)}
        tests = [one for one in amendments if isinstance(one, FurtherTest)]
        assert not any(0 < days.get("isolation", 99) <= one.day for one in tests)


@pytest.mark.parametrize("limits", [{}, {"budget_per_million": 1.0, "most_days_lost": 1.0}])
def test_a_search_needs_one_limit(limits: dict[str, float]) -> None:
    with pytest.raises(DesignError, match="one of budget_per_million and most_days_lost"):
        design(_agreement(), _profile(), SITUATION, _space(), **limits)  # type: ignore[arg-type]


def test_a_length_out_of_range_is_refused() -> None:
    with pytest.raises(DesignError, match="found 22 days; expected from 0 to 21"):
        design(_agreement(), _profile(), SITUATION, _space((22,)), budget_per_million=1.0, draws=2)


def test_the_front_of_points_is_what_no_point_beats() -> None:
    points = np.random.default_rng(7).integers(0, 6, (60, 3)).astype(float)
    brute = {tuple(p) for p in points if not any(np.all(q <= p) and np.any(q < p) for q in points)}
    found = front(points)
    assert {tuple(points[i]) for i in found} == brute
    assert len(found) == len(brute)


def test_unbeaten_keeps_everything_that_wins_in_some_draw() -> None:
    fixed, ties = np.array([[1.0], [1.0], [2.0]]), np.zeros((3, 1))
    drawn = np.array([[5.0, 6.0, 9.0], [6.0, 5.0, 9.0]])
    assert unbeaten(fixed, ties, drawn, 0.0).tolist() == [0, 1]


def test_unbeaten_keeps_what_wins_a_tie_of_equal_costs() -> None:
    fixed, drawn = np.array([[1.0], [1.0], [2.0]]), np.array([[5.0, 6.0, 6.0]])
    assert unbeaten(fixed, np.array([[3.0], [2.0], [1.0]]), drawn, 0.0).tolist() == [0, 1]
