"""A cancelled flight: as few promises change as trying every choice shows possible."""

from __future__ import annotations

from hypothesis import assume, given, settings

from fastchannel.supply.places.allocate import Allocation, allocate
from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import Budget, Capacity
from fastchannel.supply.places.conflict import Conflict
from fastchannel.supply.places.feasibility import breaches
from fastchannel.supply.places.replan import replan, without_flight
from fastchannel.supply.places.worlds import make_world
from tests.supply.places.small_worlds import SmallWorld, capacity, every_choice, team, worlds, worth

Counted = tuple[int, int, float]


def counted(applications: list[Application], promises: tuple[Grant, ...], grants: list[Grant]) -> Counted:
    """Promises changed, promises withdrawn, and the value below nought: smaller is better in this order."""
    now = {grant.application: grant for grant in grants}
    changed = sum(now.get(one.application) != one for one in promises)
    withdrawn = sum(one.application not in now for one in promises)
    return changed, withdrawn, -round(worth(applications, grants), 6)


@settings(max_examples=40, deadline=None)
@given(worlds(most_teams=4))
def test_after_a_cancelled_flight_the_answer_is_the_least_change_of_all_choices(world: SmallWorld) -> None:
    applications, limits, budget = world
    promised = allocate(applications[:-1], limits, Budget(risk=budget.risk), seed="s", gap=0.0)
    assert isinstance(promised, Allocation)
    left = without_flight(limits, "F0")
    found = replan(applications, left, budget, promised.grants, seed="s", gap=0.0)
    possible = [grants for grants in every_choice(applications, left) if not breaches(applications, grants, left, budget)]
    assert isinstance(found, Conflict) == (not possible)
    assume(not isinstance(found, Conflict))
    assert not isinstance(found, Conflict)
    best = min(counted(applications, promised.grants, grants) for grants in possible)
    assert counted(applications, promised.grants, list(found.allocation.grants)) == best
    assert (len(found.moved) + len(found.withdrawn), len(found.withdrawn)) == best[:2]
    assert len(found.kept) + len(found.moved) + len(found.withdrawn) == len(promised.grants)


def test_a_cancelled_flights_team_moves_and_a_richer_newcomer_waits() -> None:
    applications = [team("old", values=(10.0, 8.0)), team("kept", values=(0.0, 5.0)), team("new", values=(0.0, 100.0))]
    limits = capacity(seats=(1, 2), rooms=((9,) * 4,))
    promises = (
        Grant(application="old", flight="F0", place="S0", day=0),
        Grant(application="kept", flight="F1", place="S0", day=1),
    )
    found = replan(applications, without_flight(limits, "F0"), Budget(), promises, seed="s")
    assert not isinstance(found, Conflict)
    assert [one.application for one in found.kept] == ["kept"]
    assert [one.application for one in found.moved] == ["old"]
    assert [one.application for one in found.allocation.grants] == ["kept", "old"]


def test_among_many_people_only_the_cancelled_flights_promises_change() -> None:
    world = make_world(5, 2_500, floors=False)
    first = allocate(world.applications, world.capacity, world.budget, seed="s", gap=0.03)
    assert isinstance(first, Allocation)
    gone = world.capacity.flights[3].id
    left: Capacity = without_flight(world.capacity, gone)
    found = replan(world.applications, left, world.budget, first.grants, seed="s", gap=0.05)
    assert not isinstance(found, Conflict)
    assert {one.application for one in found.kept} == {one.application for one in first.grants if one.flight != gone}
    assert breaches(world.applications, found.allocation.grants, left, world.budget) == []
