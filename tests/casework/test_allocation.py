"""The secretariat's allocation of one batch, its overrides, and what its answer says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from fastchannel.casework.allocation import Answer, Kind, Override, Stuck, decide, options, parts, teams
from fastchannel.casework.arrivals import Arrival, arrival_of, team_chance
from fastchannel.casework.plans import Plan, faults, window
from fastchannel.casework.worth import Before, Chain, Valued, valued
from fastchannel.supply.places.claims import Audit, DiscountRule, factor
from fastchannel.supply.value.marginals import marginals
from tests.casework.batches import ARRIVALS, FIRST, PLAN, by_claims, four, reserving, wish
from tests.supply.chain.small_tables import three
from tests.supply.value.small_chain import shortage, small_economy, small_network


def board(asked: tuple[Valued, ...], plan: Plan = PLAN, overrides: tuple[Override, ...] = (), **changes: Any) -> Answer:
    return decide(asked, plan, ARRIVALS, overrides, **{"seed": "s", "exact": True, **changes})


def override(need: str, kind: Kind = Kind.PLACE, **changes: Any) -> Override:
    made = Override(
        need=need, kind=kind, reason="flood relief", by="officer", at=datetime(2020, 5, 21, tzinfo=UTC), flight="CK101",
        place="North hotel",
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def chosen(found: Answer) -> dict[str, int]:
    return {line.need: line.given.day for line in found.lines if line.given}


def test_the_teams_of_the_greatest_value_have_places_and_every_limit_is_kept() -> None:
    found = board(by_claims(four()))
    assert set(chosen(found)) in ({"a", "b"}, {"a", "b", "d"})
    assert (found.method, found.people, found.gap < 0.005) == ("exact", 10, True)
    assert found.value <= found.bound
    for limit in found.limits:
        assert limit.used <= limit.has + 1e-9 if limit.kind != "floor" else limit.used >= limit.has


def test_value_less_charges_is_the_profit_of_every_line() -> None:
    for exact in (True, False):
        for line in board(by_claims(four()), exact=exact).lines:
            assert line.profit == pytest.approx(line.value - sum(one.takes * one.price for one in line.taken))


def test_who_has_no_place_is_told_by_how_much_its_value_must_rise() -> None:
    found = board(by_claims(four()))
    lost = next(line for line in found.lines if line.need == "c")
    assert lost.given is None
    assert lost.rise_least is not None
    raised = [one if one.wish.id != "c" else _raised(one, lost.rise_most or 0.0) for one in by_claims(four())]
    assert "c" in chosen(board(tuple(raised)))


def _raised(one: Valued, by: float) -> Valued:
    return Valued(
        wish=one.wish, values=tuple(value + by * 1.02 for value in one.values), direct=one.direct, worth=None, admitted={},
        factor=1.0,
    )  # fmt: skip


def test_an_override_is_kept_and_everything_else_planned_around_it() -> None:
    free = board(by_claims(four()))
    found = board(by_claims(four()), overrides=(override("c"),))
    assert chosen(found)["c"] == 0
    assert {line.need: line.override for line in found.lines}["c"] is Kind.PLACE
    assert found.value < free.value
    assert found.free >= free.value
    none = board(by_claims(four()), overrides=(override("a", Kind.NO_PLACE),))
    assert "a" not in chosen(none)


def test_a_released_override_changes_nothing() -> None:
    free = board(by_claims(four()))
    found = board(by_claims(four()), overrides=(override("c"), override("c", Kind.RELEASE)))
    assert (chosen(found), found.value) == (chosen(free), free.value)


def test_overrides_that_take_more_than_there_is_conflict_with_their_limit() -> None:
    found = board(by_claims(four()), overrides=(override("a"), override("b")))
    assert found.stuck is not None
    assert found.stuck.limits[0] == "promises"
    assert ("seats CK101 day 0", 2.0) in [(way.limit, way.by) for way in found.stuck.ways]
    assert {line.need for line in found.lines} == {"a", "b", "c", "d"}


def test_reserves_are_kept_before_value_and_conflicts_say_what_gives_way() -> None:
    wishes = [*four(), wish("h", team={"nurse": 2}, claimed_per_day=0.01, classes=("health",))]
    found = board(by_claims(wishes, reserving()), reserving())
    assert "h" in chosen(found)
    held = board(by_claims(wishes, reserving()), reserving(), (override("h", Kind.NO_PLACE),))
    assert held.stuck is None  # nobody of the class is left to reserve for
    tight = msgspec.structs.replace(reserving(places=2), risk=1e-7)
    stuck = board(by_claims(wishes, tight), tight).stuck
    assert isinstance(stuck, Stuck)
    assert set(stuck.limits) == {"risk kr-cn week 0", "floor class health"}


def test_prices_are_told_from_an_exact_answer_and_bound_it() -> None:
    wishes = [wish(f"w{n:03}", claimed_per_day=1.0 + n % 17, team={"welder": 1 + n % 3}) for n in range(60)]
    quick, exact = (board(by_claims(wishes), exact=exact) for exact in (False, True))
    assert (quick.method, quick.resolved, exact.method) == ("prices", False, "exact")
    assert quick.value <= exact.bound + 1e-9
    assert exact.value <= quick.bound + 1e-9
    assert len(quick.lines) == 60


def test_the_plain_ranking_goes_by_direct_output_for_each_room_night() -> None:
    found = board(by_claims(four()))
    assert [line.need for line in sorted(found.lines, key=lambda line: line.plain_rank)] == ["a", "b", "d", "c"]
    assert found.plain <= found.bound
    assert found.plain_as_good == (found.plain_share >= 0.99)


def test_the_order_of_statements_decides_nothing() -> None:
    wishes = [wish(name, claimed_per_day=2.0) for name in "abcdef"]
    assert chosen(board(by_claims(wishes))) == chosen(board(by_claims(wishes[::-1])))
    winners = {frozenset(chosen(board(by_claims(wishes), seed=seed))) for seed in "123456789"}
    assert len(winners) > 1  # equals are drawn by lot


def test_a_statement_for_other_days_or_another_route_is_not_in_the_batch() -> None:
    assert window(wish("a"), PLAN) == (0, 2)
    assert window(wish("a", earliest=date(2020, 5, 26), latest=date(2020, 5, 30)), PLAN) == (1, 2)
    assert window(wish("a", earliest=date(2020, 5, 28), latest=date(2020, 5, 30)), PLAN) is None
    assert window(wish("a", route="cn-kr"), PLAN) is None
    assert by_claims([wish("a", route="cn-kr")]) == ()


def test_a_team_takes_its_chance_of_an_import_nights_and_tests_from_the_forecast() -> None:
    [one] = teams(by_claims([wish("a")]), PLAN, ARRIVALS)
    assert (one.nights, one.tests) == (2, (0,))
    assert one.p_import[0] == pytest.approx(1 - (1 - 1e-5) ** 3)
    assert {(each.flight, each.day) for each in options(one, PLAN)} == {("CK101", 0), ("CK103", 1)}
    elsewhere = Arrival(
        places=("CN-LN Shenyang", "CN-SD"), nights=14, tests=(0, 12), chance=1e-6, per_day=2e-6, version=1, pathogen="p"
    )
    known = (elsewhere, *ARRIVALS)
    assert arrival_of(known, "CN-LN", "Shenyang") is elsewhere
    assert arrival_of(known, "CN-SD", "Jinan") is elsewhere
    assert arrival_of(known, "CN-LN", "Dalian") is ARRIVALS[0]
    assert team_chance(ARRIVALS[0], 1) == pytest.approx(1e-5)


def chain() -> Chain:
    found = marginals(small_economy(), shortage(left=0.5))
    return Chain(table=three(), network=small_network(), marginals={one.industry: one for one in found})


def test_with_a_table_a_claim_is_bounded_by_the_site_and_counts_what_it_keeps_running() -> None:
    [one] = valued([wish("a", site="yard", industry="R.B", team={"welder": 3}, claimed_per_day=1e6)], PLAN, chain())
    assert one.worth is not None
    assert one.worth.share_per_day == pytest.approx(0.25 * 300 / 365)
    assert one.values[0] == pytest.approx(one.worth.share_per_day * 30 * one.worth.brought * one.worth.marginal)
    assert one.values[1] == pytest.approx(one.values[0] * 29 / 30)


def test_naming_a_line_twice_does_not_start_it_twice() -> None:
    whole = [wish("a", site="new", industry="R.B", team={"welder": 4}, claimed_per_day=0.01)]
    parts_of_it = [wish(name, site="new", industry="R.B", team={"welder": 2}, claimed_per_day=0.01) for name in "ab"]
    assert sum(one.values[0] for one in valued(parts_of_it, PLAN, chain())) == pytest.approx(
        valued(whole, PLAN, chain())[0].values[0]
    )


def test_audited_claims_and_people_let_in_before_lower_the_next() -> None:
    audits = (Audit(firm="A", claimed=10, realised=2), Audit(firm="A", claimed=10, realised=2))
    asking = [wish("a", "A", site="yard", industry="R.B", team={"welder": 1}, claimed_per_day=0.01)]
    plain, discounted, after = (
        valued(asking, PLAN, chain(), Before(admitted=admitted, audits=found))[0]
        for admitted, found in (({}, ()), ({}, audits), ({"yard": {"welder": 1}}, ()))
    )
    assert discounted.values[0] == pytest.approx(plain.values[0] * factor(audits, DiscountRule()))
    assert after.values[0] == pytest.approx(plain.values[0] / 2)


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("last_day", {"last_day": date(2020, 5, 24), "flights": PLAN.flights[:0]}),
        ("flights", {"flights": ()}),
        ("houses", {"houses": ()}),
        ("flights", {"flights": (PLAN.flights[0], PLAN.flights[0])}),
        ("houses", {"laboratories": {}}),
        ("flights", {"flights": (msgspec.structs.replace(PLAN.flights[0], day=date(2020, 6, 1)),)}),
    ],
)
def test_a_plan_that_cannot_be_says_where(part: str, changes: dict[str, Any]) -> None:
    assert part in Counter(one.part for one in faults(msgspec.structs.replace(PLAN, **changes)))
    assert faults(PLAN) == []


def test_rooms_of_a_night_are_what_the_plan_says_of_it() -> None:
    house = msgspec.structs.replace(PLAN.houses[0], nights={"2020-05-26": 2})
    rooms = msgspec.structs.replace(PLAN, houses=(house,)).capacity.sites[0].rooms
    assert rooms[:4] == (6, 2, 6, 6)
    assert PLAN.day(0) == FIRST


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("rooms North day hotel day 3", ("rooms", "North day hotel", 3)),
        ("risk kr-cn week 1", ("risk", "kr-cn", 1)),
        ("floor class small-firm", ("floor", "class small-firm", 0)),
        ("promises", ("promises", "", 0)),
    ],
)
def test_a_limit_is_taken_apart(limit: str, expected: tuple[str, str, int]) -> None:
    assert parts(limit) == expected


def test_an_answer_is_kept_as_text_and_read_again() -> None:
    found = board(by_claims(four()))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Answer) == found
