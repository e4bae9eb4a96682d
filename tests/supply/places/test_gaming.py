"""Ways to game the allocation, and what each pays or costs. Every figure here stands in the documentation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.supply.places.allocate import Allocation, allocate
from fastchannel.supply.places.application import Application
from fastchannel.supply.places.capacity import Budget, Capacity, Floor
from fastchannel.supply.places.claims import Audit, AuditError, DiscountRule, discounted, factor
from fastchannel.supply.places.worlds import make_world
from tests.supply.places.small_worlds import capacity, team

RULE = DiscountRule()
ROUNDS = 12


def placed(applications: list[Application], limits: Capacity, budget: Budget | None = None, seed: str = "s") -> set[str]:
    found = allocate(applications, limits, budget or Budget(), seed=seed, gap=0.0)
    assert isinstance(found, Allocation)
    return {grant.application for grant in found.grants}


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ((), 1.0),
        ((1.0, 1.0, 1.0), 1.0),
        ((0.9,), 1.0),  # within tolerance
        ((1.5, 1.2), 1.0),  # modesty is no bonus
        ((0.5,), math.exp(4.0 * (math.log(0.5) / 3.0 + 0.05))),
        ((0.0,) * 20, 0.2 * 0.01),  # never below the floor of what came true
    ],
)
def test_the_factor_by_hand(ratios: tuple[float, ...], expected: float) -> None:
    assert factor([Audit(firm="f", claimed=10.0, realised=10.0 * ratio) for ratio in ratios], RULE) == pytest.approx(expected)


@given(st.lists(st.floats(0.0, 3.0), max_size=6), st.floats(0.0, 3.0), st.floats(0.0, 3.0))
def test_a_firm_that_realised_more_is_never_discounted_more(before: list[float], one: float, other: float) -> None:
    low, high = (
        factor([Audit(firm="f", claimed=1.0, realised=ratio) for ratio in [*before, last]], RULE)
        for last in sorted((one, other))
    )
    assert 0.0 < low <= high <= 1.0


def test_a_discounted_firm_recovers_with_honest_claims() -> None:
    audits = [Audit(firm="f", claimed=2.0, realised=1.0)] * 4
    seen = [factor(audits + [Audit(firm="f", claimed=1.0, realised=1.0)] * honest, RULE) for honest in range(40)]
    assert seen == sorted(seen)
    assert seen[0] < 0.4
    assert seen[-1] == 1.0


def test_an_audit_that_claims_nothing_is_an_error() -> None:
    with pytest.raises(AuditError, match="expected"):
        factor([Audit(firm="f", claimed=0.0, realised=1.0)], RULE)


def rounds_won(inflation: float) -> list[bool]:
    """Twelve rounds in which a firm of value 10 stands against one of 12 for one seat, and each claim is audited."""
    audits: list[Audit] = []
    won = []
    for _ in range(ROUNDS):
        ours = team("ours", value=10.0 * inflation, sponsor="firm")
        won.append("ours" in placed([*discounted([ours], audits, RULE), team("theirs", value=12.0)], capacity(seats=(1,))))
        if won[-1]:
            audits.append(Audit(firm="firm", claimed=10.0 * inflation, realised=10.0))
    return won


@pytest.mark.parametrize("inflation", [1.25, 1.5, 2.0, 3.0, 10.0, 100.0])
def test_inflating_wins_one_place_in_twelve_rounds_and_no_second(inflation: float) -> None:
    assert rounds_won(1.0) == [False] * ROUNDS
    assert rounds_won(inflation) == [True] + [False] * (ROUNDS - 1)


def test_who_would_win_honestly_loses_by_inflating() -> None:
    def wins(inflation: float) -> int:
        audits = [Audit(firm="firm", claimed=10.0 * inflation, realised=10.0)] * 4
        (ours,) = discounted([team("ours", value=10.0 * inflation, sponsor="firm")], audits, RULE)
        return len(placed([ours, team("theirs", value=9.0)], capacity(seats=(1,))) & {"ours"})

    assert (wins(1.0), wins(1.5), wins(2.0)) == (1, 0, 0)


def test_a_discount_follows_the_owner_into_a_new_sponsor() -> None:
    audits = [Audit(firm="old name", claimed=2.0, realised=1.0)] * 3
    fresh = team("a", value=10.0, sponsor="new name")
    assert discounted([fresh], audits, RULE)[0].values == (10.0,)  # without the owner's name a new sponsor starts anew
    owners = {"new name": "group", "old name": "group"}
    assert discounted([fresh], audits, RULE, owners)[0].values[0] == pytest.approx(10.0 * factor(audits, RULE))


def test_splitting_a_team_pays_where_the_whole_does_not_fit_and_never_loses() -> None:
    """All or none is given up: the firm may get a part where the whole had no room. Its parts are worth no more together."""
    others = [team("other", size=2, value=20.0)]
    whole = [team("whole", size=3, value=12.0)]
    parts = [team(f"part{k}", value=4.0) for k in range(3)]
    assert len(placed(whole + others, capacity(seats=(4,)))) == 1
    assert len(placed(parts + others, capacity(seats=(4,)))) == 3  # two of three people now travel
    assert len(placed(parts + others, capacity(seats=(5,)))) == 4
    assert len(placed(whole + others, capacity(seats=(5,)))) == 2  # with room for all, splitting changes nothing


def test_tickets_for_the_same_need_under_several_names_pay_as_many_times_unless_the_need_is_valued_once() -> None:
    rivals = [team(f"R{k}", value=5.0) for k in range(3)]

    def won(mine: list[Application]) -> int:
        rounds = (placed([*rivals, *mine], capacity(seats=(1,)), seed=str(seed)) for seed in range(200))
        return sum(bool(names & {one.id for one in mine}) for names in rounds)

    once = won([team("mine", value=5.0)])
    often = won([team(f"mine{k}", value=5.0) for k in range(3)])
    valued_once = won([team(f"mine{k}", value=5.0 / 3.0) for k in range(3)])
    assert once / 200 == pytest.approx(1 / 4, abs=0.1)
    assert often / 200 == pytest.approx(1 / 2, abs=0.12)
    assert valued_once == 0


def test_splitting_into_small_firms_pays_only_where_the_class_goes_by_sponsor_not_by_owner() -> None:
    rivals = [team(f"R{k}", value=9.0) for k in range(4)]
    small = [team("small", value=2.0, classes=("small-firm",))]
    budget = Budget(floors=(Floor(kind="class", of="small-firm", places=1),))
    honest = team("large", value=5.0)
    disguised = replace(honest, classes=("small-firm",))
    assert "large" not in placed([*rivals, *small, honest], capacity(seats=(3,)), budget)
    assert "large" in placed([*rivals, *small, disguised], capacity(seats=(3,)), budget)  # so the class is the owner's


def test_always_urgent_gains_days_and_loses_places_and_how_much_on_seed_worlds() -> None:
    """One team in ten says that it is worth nothing after its first two days. Measured by its true values."""
    honest = urgent = 0.0
    for seed in range(1, 5):
        world = make_world(seed, 300, floors=False)
        liars = {one.id for k, one in enumerate(world.applications) if k % 10 == 0}
        told = [replace(one, values=one.values[:2]) if one.id in liars else one for one in world.applications]
        for applications, is_urgent in ((world.applications, False), (told, True)):
            found = allocate(applications, world.capacity, world.budget, seed="s", gap=0.0)
            assert isinstance(found, Allocation)
            true = {one.id: one for one in world.applications}
            gained = sum(true[one.application].value_on(one.day) for one in found.grants if one.application in liars)
            honest, urgent = honest + gained * (not is_urgent), urgent + gained * is_urgent
    assert urgent / honest == pytest.approx(0.755, abs=0.01)


def test_always_urgent_pays_a_single_team_the_difference_of_its_days_where_it_outbids_the_day() -> None:
    rival = team("rival", values=(9.5,))
    honest, urgent = team("ours", values=(10.0, 9.0)), team("ours", values=(10.0,))
    found = {}
    for name, ours in (("honest", honest), ("urgent", urgent)):
        answer = allocate([rival, ours], capacity(seats=(1, 1), rooms=((9,) * 4,)), Budget(), seed="s", gap=0.0)
        assert isinstance(answer, Allocation)
        found[name] = {grant.application: grant.day for grant in answer.grants}
    assert found == {"honest": {"rival": 0, "ours": 1}, "urgent": {"ours": 0}}  # it gains 1 of 10, the chain loses 8.5
