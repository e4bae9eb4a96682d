"""What another rule for the channel does: closed forms of the stock of people, and losses that move as they must."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.chain.economy import Economy, Production, prepare
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.whatif.flow import Reliance, Rule, Stay, capacity_under, standard_rules
from fastchannel.supply.whatif.losses import Question, outcomes
from tests.supply.chain.small_tables import three

TODAY = Rule(name="in force", flow=1.0, nights=2.0)
CLOSED = Rule(name="closed", flow=0.0, nights=2.0)
STAY = Stay(days=20.0)
MILL = Reliance(industry="R.A", share=0.4)


def economies(assumed: Production) -> Economy:
    critical = np.array([[0, 2, 0], [0, 0, 2], [0, 0, 0]], dtype=np.int8)
    return prepare(three(), stock_days=np.array([30.0, 14.0, 7.0]), criticality=critical, production=assumed)


def asked(**changes: object) -> Question:
    made = Question(days=70, today=TODAY, stay=STAY, reliances=(MILL,), travellers_per_day=10.0)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_closed_channel_empties_over_a_stay() -> None:
    capacity = capacity_under(CLOSED, TODAY, STAY, [MILL], three(), 30)[:, 0]
    assert capacity[0] == 1.0
    assert capacity[10] == pytest.approx(1.0 - 0.4 * 0.5)
    assert capacity[20] == capacity[29] == pytest.approx(0.6)
    assert (capacity_under(CLOSED, TODAY, STAY, [MILL], three(), 30)[:, 1:] == 1.0).all()


def test_longer_isolation_leaves_fewer_days_at_work() -> None:
    strict = Rule(name="14", flow=1.0, nights=14.0)
    assert STAY.at_work(strict, TODAY) == pytest.approx(6.0 / 18.0)
    assert capacity_under(strict, TODAY, STAY, [MILL], three(), 40)[-1, 0] == pytest.approx(1.0 - 0.4 * (1.0 - 1.0 / 3.0))


def test_the_rule_in_force_changes_nothing_and_more_people_than_are_needed_bring_nothing() -> None:
    assert (capacity_under(TODAY, TODAY, STAY, [MILL], three(), 30) == 1.0).all()
    more = Rule(name="more", flow=3.0, nights=2.0)
    assert (capacity_under(more, TODAY, STAY, [MILL], three(), 30) == 1.0).all()
    short = Reliance(industry="R.A", share=0.4, present=0.5)
    capacity = capacity_under(more, TODAY, STAY, [short], three(), 30)[:, 0]
    assert capacity[0] == pytest.approx(0.8)
    assert capacity[-1] == 1.0


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(0.0, 1.0))
def test_capacity_grows_with_the_flow(one: float, other: float, share: float) -> None:
    rules = [Rule(name="r", flow=flow, nights=2.0) for flow in sorted((one, other))]
    reliance = [Reliance(industry="R.B", share=share)]
    low, high = (capacity_under(rule, TODAY, STAY, reliance, three(), 25) for rule in rules)
    assert (low <= high + 1e-12).all()
    assert (low >= 0.0).all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Stay(days=10.0).at_work(Rule(name="x", flow=1.0, nights=14.0), TODAY), "leaves nothing to work"),
        (lambda: STAY.at_work(TODAY, CLOSED), "today's channel is closed"),
        (lambda: Rule(name="x", flow=-1.0, nights=2.0), "expected 0 or more"),
        (lambda: Reliance(industry="R.A", share=1.5), "expected a share from 0 to 1"),
        (lambda: capacity_under(TODAY, TODAY, STAY, [MILL, MILL], three(), 30), "found it twice"),
        (lambda: capacity_under(TODAY, TODAY, STAY, [replace(MILL, industry="R.Z")], three(), 30), "R.Z"),
        (lambda: standard_rules(TODAY, places=0.0), "expected a share above 0"),
        (lambda: asked(days=3), "expected a week or more"),
    ],
)
def test_what_cannot_be_is_said(wrong: object, says: str) -> None:
    with pytest.raises(SupplyError, match=says):
        wrong()  # type: ignore[operator]


def test_rooms_bound_the_flow_of_longer_isolation() -> None:
    names = {rule.name: rule for rule in standard_rules(TODAY, places=1.0)}
    assert names["14 nights"].flow == pytest.approx(2.0 / 14.0)
    assert names["twice the rooms"].flow == 2.0
    half_empty = {rule.name: rule for rule in standard_rules(TODAY, places=0.1)}
    assert half_empty["14 nights"].flow == 1.0  # there are rooms enough


def test_losses_are_of_both_sides_by_week_and_add_up() -> None:
    question = asked(imports_per_million={2.0: 50.0})
    found = {one.rule.name: one for one in outcomes(three(), economies, question, standard_rules(TODAY, places=1.0))}
    assert found["in force"].lost.central == pytest.approx(0.0, abs=1e-6)
    closed = found["closed"]
    assert closed.lost.low <= closed.lost.central <= closed.lost.high
    assert closed.lost.central > found["halved"].lost.central > 0.0
    assert sum(closed.by_industry.values()) == pytest.approx(closed.lost.central)
    assert closed.by_week.shape == (10, 1)
    assert closed.by_week.sum() == pytest.approx(closed.lost.central)
    assert sum(one.central for one in closed.by_region.values()) == pytest.approx(closed.lost.central)


def test_imports_go_with_the_flow_and_are_not_guessed() -> None:
    question = asked(imports_per_million={2.0: 50.0})
    by_name = {rule.name: question.imports(rule) for rule in standard_rules(TODAY, places=1.0)}
    assert by_name["in force"] == pytest.approx(10.0 * 70 * 50.0 / 1e6)
    assert by_name["halved"] == pytest.approx(10.0 * 70 * 25.0 / 1e6)
    assert by_name["closed"] == 0.0
    assert by_name["14 nights"] is None  # no forecast was given for it
    assert asked().imports(TODAY) is None
