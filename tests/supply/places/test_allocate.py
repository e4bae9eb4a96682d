"""Allocation as a whole: oracles, order, lottery, promises, and what conflicts."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from fastchannel.supply.places.allocate import Allocation, PromiseError, allocate
from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import Budget, Capacity, Flight, Floor, Site
from fastchannel.supply.places.conflict import Conflict
from fastchannel.supply.places.exact import relax
from fastchannel.supply.places.feasibility import breaches
from fastchannel.supply.places.lottery import drawn, ticket
from fastchannel.supply.places.prices import Market, find_prices
from fastchannel.supply.places.problem import lay_out
from fastchannel.supply.places.worlds import make_world
from tests.supply.places.small_worlds import (
    WAY,
    SmallWorld,
    best_by_trying,
    capacity,
    every_choice,
    options,
    team,
    worlds,
    worth,
)

ANY_SEED = "published"


def answered(world: SmallWorld) -> Allocation:
    applications, limits, budget = world
    found = allocate(applications, limits, budget, seed=ANY_SEED, gap=0.0)
    assert isinstance(found, Allocation)
    return found


@settings(max_examples=80, deadline=None)
@given(worlds(most_teams=4))
def test_an_answer_is_the_best_of_all_choices_and_a_conflict_means_that_there_is_none(world: SmallWorld) -> None:
    applications, limits, budget = world
    best = best_by_trying(applications, limits, budget)
    found = allocate(applications, limits, budget, seed=ANY_SEED, gap=0.0)
    assert isinstance(found, Conflict) == (best is None)
    if isinstance(found, Allocation):
        assert found.value == pytest.approx(best)
        assert found.value == pytest.approx(worth(applications, list(found.grants)))
        assert found.gap == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(worlds(most_teams=4))
def test_prices_bound_the_best_choice_and_their_own_choice_keeps_every_limit(world: SmallWorld) -> None:
    applications, limits, budget = world
    best = best_by_trying(applications, limits, budget)
    problem = lay_out(applications, limits, budget)
    assume(best is not None and problem.value.size)
    priced = find_prices(problem, gap=0.0)
    assert best is not None
    assert priced.bound >= best - 1e-9
    if priced.short == 0:
        assert priced.value <= best + 1e-9
        assert breaches(applications, problem.grants(priced.choice).values(), limits, budget) == []
    relaxed = relax(problem)
    assert relaxed is not None
    assert priced.bound >= relaxed.value - 1e-6


@settings(max_examples=60, deadline=None)
@given(worlds(most_teams=4, floors=False), st.integers(0, 1))
def test_one_more_seat_never_makes_the_answer_worse(world: SmallWorld, flight: int) -> None:
    applications, limits, budget = world
    more = Capacity(
        flights=tuple(
            Flight(id=one.id, day=one.day, seats=one.seats + (k == flight), direction=one.direction)
            for k, one in enumerate(limits.flights)
        ),
        sites=limits.sites,
        tests=limits.tests,
    )
    assert answered((applications, more, budget)).value >= answered(world).value - 1e-9


@settings(max_examples=40, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_neither_the_order_of_applications_nor_the_time_of_applying_matters(world: SmallWorld, shuffle: random.Random) -> None:
    applications, limits, budget = world
    other = [changed(one, applied_at=f"2020-05-0{k + 1}") for k, one in enumerate(applications)]
    shuffle.shuffle(other)
    first = allocate(applications, limits, budget, seed=ANY_SEED)
    again = allocate(other, limits, budget, seed=ANY_SEED)
    if isinstance(first, Allocation):
        assert isinstance(again, Allocation)
        assert first.grants == again.grants
    else:
        assert first == again


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_people_reach_half_a_percent_and_many_reach_one(seed: int) -> None:
    for people, gap, method in ((400, 0.005, "exact"), (3_000, 0.02, "prices")):
        world = make_world(seed, people)
        found = allocate(world.applications, world.capacity, world.budget, seed=ANY_SEED, gap=gap)
        assert isinstance(found, Allocation)
        assert found.method == method
        assert 0.0 <= found.gap <= gap
        assert breaches(world.applications, found.grants, world.capacity, world.budget) == []


def test_threads_do_not_change_the_answer() -> None:
    world = make_world(3, 3_000)
    one, two = (allocate(world.applications, world.capacity, world.budget, seed="s", gap=0.02, threads=k) for k in (1, 2))
    assert isinstance(one, Allocation)
    assert isinstance(two, Allocation)
    assert (one.grants, one.bound) == (two.grants, two.bound)


def test_the_price_of_a_choice_at_prices_is_what_the_formula_says() -> None:
    world = make_world(4, 300)
    problem = lay_out(drawn(world.applications, "s"), world.capacity, world.budget)
    relaxed = relax(problem)
    assert relaxed is not None
    bound, _ = Market(problem).offer(relaxed.prices)
    assert bound == pytest.approx(relaxed.value, rel=1e-6)


def test_a_ticket_is_the_sha256_of_seed_and_id() -> None:
    assert ticket("2020-05-04", "A1") == hashlib.sha256(b"2020-05-04\nA1").digest()


def test_the_lottery_gives_equals_equal_chances() -> None:
    equals = [team(f"T{k}") for k in range(5)]
    won: Counter[str] = Counter()
    rounds = 400
    for seed in range(rounds):
        found = allocate(equals, capacity(seats=(2,)), Budget(), seed=str(seed))
        assert isinstance(found, Allocation)
        won.update(grant.application for grant in found.grants)
    expected = rounds * 2 / 5
    spread = (rounds * 2 / 5 * 3 / 5) ** 0.5
    assert sum(won.values()) == 2 * rounds
    assert all(abs(won[one.id] - expected) < 4 * spread for one in equals)


def test_among_equals_the_first_tickets_win_and_the_earliest_has_the_best_day() -> None:
    equals = [team(f"T{k}", values=(10.0, 8.0)) for k in range(6)]
    found = allocate(equals, capacity(seats=(1, 2), rooms=((9,) * 4,)), Budget(), seed="x")
    assert isinstance(found, Allocation)
    order = sorted((one.id for one in equals), key=lambda name: hashlib.sha256(f"x\n{name}".encode()).digest())
    assert {grant.application: grant.day for grant in found.grants} == {order[0]: 0, order[1]: 1, order[2]: 1}


def test_a_floor_reserves_places_for_a_class_only_while_it_applies() -> None:
    rich = [team(f"R{k}", value=100.0) for k in range(5)]
    poor = [team(f"P{k}", value=1.0, classes=("small-firm",)) for k in range(2)]
    budget = Budget(floors=(Floor(kind="class", of="small-firm", share=0.6),))
    for applicants, placed in (([*rich, *poor], 2), ([*rich, poor[0]], 1), (rich, 0)):
        found = answered((applicants, capacity(), budget))
        assert sum(grant.application.startswith("P") for grant in found.grants) == placed
        assert len(found.grants) == 5


def test_promises_are_kept_though_others_are_worth_more() -> None:
    applications = [team("old", value=1.0), team("new", value=50.0), team("other", value=40.0)]
    promise = Grant(application="old", flight="F0", place="S0", day=0)
    found = allocate(applications, capacity(seats=(2,)), Budget(), seed="s", promises=(promise,))
    assert isinstance(found, Allocation)
    assert [grant.application for grant in found.grants] == ["new", "old"]
    assert found.value == 51.0


def test_a_promise_counts_towards_its_floor() -> None:
    applications = [
        team("old", value=1.0, classes=("health",)),
        team("new", value=2.0, classes=("health",)),
        team("x", value=9.0),
    ]
    promise = Grant(application="old", flight="F0", place="S0", day=0)
    budget = Budget(floors=(Floor(kind="class", of="health", places=1),))
    found = allocate(applications, capacity(seats=(2,)), budget, seed="s", promises=(promise,))
    assert isinstance(found, Allocation)
    assert [grant.application for grant in found.grants] == ["old", "x"]


def test_a_promise_that_was_never_an_option_is_an_error() -> None:
    with pytest.raises(PromiseError, match="promise to old"):
        allocate(
            [team("old")], capacity(), Budget(), seed="s", promises=(Grant(application="old", flight="F7", place="S0", day=7),)
        )


def test_promises_beyond_a_limit_name_it_and_by_how_much() -> None:
    promises = [Grant(application=name, flight="F0", place="S0", day=0) for name in ("a", "b")]
    found = allocate(
        [team("a", size=3), team("b", size=3)], capacity(seats=(5,), rooms=((9,) * 3,)), Budget(), seed="s", promises=promises
    )
    assert isinstance(found, Conflict)
    assert found.limits == ("promises", "seats F0 day 0")
    assert found.relaxations[0].by == 1.0


def test_a_floor_against_the_rooms_names_both_and_the_least_change_of_each() -> None:
    applications = [team("a", size=2, classes=("health",)), team("b", size=2, classes=("health",)), team("c")]
    budget = Budget(risk={WAY: (0.5,)}, floors=(Floor(kind="class", of="health", places=4),))
    found = allocate(applications, capacity(seats=(9,), rooms=((9, 3, 9),)), budget, seed="s")
    assert isinstance(found, Conflict)
    assert found.limits == ("rooms S0 day 1", "floor class health")
    assert [(one.limit, one.by) for one in found.relaxations] == [("rooms S0 day 1", 1.0), ("floor class health", 2.0)]
    assert [(one.limit, one.by) for one in found.floors_short] == [("floor class health", 2.0)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(worlds(most_teams=3))
def test_a_conflicting_set_is_irreducible(world: SmallWorld) -> None:
    applications, limits, drawn_budget = world
    everybody = tuple(Floor(kind="class", of=name, places=9) for name in ("health", "small-firm"))
    budget = Budget(risk=drawn_budget.risk, floors=everybody)
    found = allocate(applications, limits, budget, seed=ANY_SEED)
    assume(isinstance(found, Conflict))
    assert isinstance(found, Conflict)

    alone = {
        grant
        for one in applications
        for grant in options(one, limits)
        if not breaches([one], [grant], limits, Budget())  # what does not even fit alone was never an option
    }
    choices = [grants for grants in every_choice(applications, limits) if set(grants) <= alone]
    broken = [{breach.limit for breach in breaches(applications, grants, limits, budget)} for grants in choices]

    def fits(without: str | None) -> bool:
        """Whether some choice breaks no limit of the set but the one left out."""
        return any(not each & (set(found.limits) - {without}) for each in broken)

    assert not fits(None)
    assert all(fits(limit) for limit in found.limits)


def test_sites_and_flights_of_another_direction_are_no_option() -> None:
    away = Capacity(
        flights=(Flight(id="F0", day=0, seats=5, direction="CN-KR"),), sites=(Site(id="S0", direction=WAY, rooms=(5, 5)),)
    )
    assert answered(([team("a")], away, Budget())).grants == ()


def test_nobody_applies() -> None:
    none: list[Application] = []
    assert answered((none, capacity(), Budget())).grants == ()
