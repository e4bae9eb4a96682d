"""Why an applicant has a place or none, by prices and by solving again, on cases small enough to work out by hand."""

from __future__ import annotations

import pytest

from fastchannel.supply.places.allocate import Allocation, allocate
from fastchannel.supply.places.application import Application
from fastchannel.supply.places.capacity import Budget, Capacity
from fastchannel.supply.places.explain import UnknownApplicantError, explain, worth_of_one_more
from fastchannel.supply.places.worlds import make_world
from tests.supply.places.small_worlds import WAY, capacity, team


def answer(applications: list[Application], limits: Capacity, budget: Budget | None = None) -> Allocation:
    found = allocate(applications, limits, budget or Budget(), seed="s", gap=0.0)
    assert isinstance(found, Allocation)
    return found


def test_who_has_no_place_is_told_by_how_much_its_value_is_short() -> None:
    found = answer([team("a", value=10.0), team("b", value=7.0), team("c", value=4.0)], capacity(seats=(2,)))
    without, placed = explain(found, "c"), explain(found, "b")
    assert without.granted is None
    assert (without.rank, without.of) == (3, 3)
    assert without.resolved is not None
    assert (without.resolved.least, without.resolved.most) == pytest.approx((3.0, 3.0))
    assert placed.granted is not None
    assert placed.resolved is not None
    assert placed.resolved.most == pytest.approx(3.0)


def test_value_less_prices_times_use_is_the_profit() -> None:
    found = answer([team("a", size=2, value=10.0), team("b", value=7.0), team("c", value=4.0)], capacity(seats=(3,)))
    weighed = explain(found, "a").options[0]
    (charge,) = weighed.charges
    assert (charge.limit, charge.takes) == ("seats F0 day 0", 2.0)
    assert weighed.profit == pytest.approx(10.0 - 2.0 * charge.price)
    assert 4.0 <= charge.price <= 5.0


def test_prices_mislead_in_a_small_batch_and_solving_again_does_not() -> None:
    found = answer([team("big", size=3, value=9.0), team("small", size=2, value=4.0)], capacity(seats=(4,), rooms=((9,) * 3,)))
    seat = worth_of_one_more(found, 0)
    assert seat.price == pytest.approx(2.0)
    assert (seat.least, seat.most) == pytest.approx((4.0, 4.0))
    other = answer([team("big", size=3, value=9.0), team("small", size=3, value=4.0)], capacity(seats=(4,), rooms=((9,) * 3,)))
    seat = worth_of_one_more(other, 0)
    assert seat.price == pytest.approx(4.0 / 3.0)
    assert (seat.least, seat.most) == pytest.approx((0.0, 0.0))


def test_one_more_room_test_and_unit_of_risk_are_worth_what_they_let_in() -> None:
    two = [team("a", value=9.0), team("b", value=5.0)]
    rooms = answer(two, capacity(rooms=((2, 1, 9),)))
    assert [worth_of_one_more(rooms, row).most for row in (1, 2)] == pytest.approx([0.0, 5.0])
    tests = answer(two, capacity(tests=(1, 1, 1)))
    assert worth_of_one_more(tests, tests.problem.shape.tests_at).most == pytest.approx(5.0)
    risky = [team("a", value=9.0, p_import=(0.01,)), team("b", value=5.0, p_import=(0.0105,))]
    risk = answer(risky, capacity(), Budget(risk={WAY: (0.02,)}))
    assert len(risk.grants) == 1
    assert worth_of_one_more(risk, risk.problem.shape.risk_at).most == pytest.approx(5.0)


def test_in_a_large_batch_a_unit_is_worth_its_price() -> None:
    world = make_world(6, 2_000)
    found = allocate(world.applications, world.capacity, world.budget, seed="s", gap=0.03)
    assert isinstance(found, Allocation)
    row = int(found.prices[: found.problem.shape.flights].argmax())
    worth = worth_of_one_more(found, row)
    assert worth.price == found.prices[row] > 0.0
    assert worth.least is None
    one = explain(found, found.grants[0].application)
    assert one.resolved is None
    assert one.options[0].profit >= one.options[-1].profit


def test_somebody_who_did_not_apply_has_no_explanation() -> None:
    with pytest.raises(UnknownApplicantError, match="nobody"):
        explain(answer([team("a")], capacity()), "nobody")
