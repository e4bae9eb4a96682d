"""Small batches against every choice tried."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from fastchannel.supply.places.capacity import Budget
from fastchannel.supply.places.exact import relax, solve
from fastchannel.supply.places.feasibility import breaches
from fastchannel.supply.places.problem import lay_out
from tests.supply.places.small_worlds import WAY, SmallWorld, best_by_trying, capacity, team, worlds


@settings(max_examples=120, deadline=None)
@given(worlds(most_teams=4))
def test_the_answer_is_the_best_of_all_choices_and_the_relaxation_bounds_it(world: SmallWorld) -> None:
    applications, limits, budget = world
    best = best_by_trying(applications, limits, budget)
    problem = lay_out(applications, limits, budget)
    found = solve(problem, gap=0.0)
    if best is None:
        assert found is None
        return
    assert found is not None
    assert found.value == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert breaches(applications, problem.grants(found.choice).values(), limits, budget) == []
    relaxed = relax(problem)
    assert relaxed is None or relaxed.value >= best - 1e-6


def test_a_team_goes_whole_or_not_at_all() -> None:
    applications = [team("big", size=4, value=100.0), team("small", size=3, value=60.0), team("one", size=2, value=50.0)]
    found = solve(problem := lay_out(applications, capacity(seats=(5,)), Budget()), gap=0.0)
    assert found is not None
    assert sorted(problem.grants(found.choice)) == ["one", "small"]


def test_risk_adds_up_exactly_for_independent_teams() -> None:
    chances = (0.01, 0.02, 0.03)
    one_of_them = 1.0 - math.prod(1.0 - p for p in chances)
    applications = [team(f"T{k}", p_import=(p,)) for k, p in enumerate(chances)]
    for epsilon, carried in ((one_of_them, 3), (one_of_them * (1 - 1e-6), 2)):
        problem = lay_out(applications, capacity(), Budget(risk={WAY: (epsilon,)}))
        found = solve(problem, gap=0.0)
        assert found is not None
        assert (found.choice >= 0).sum() == carried
