"""Whom to test: capacity, the floor, the lottery that anybody can repeat, and each traveller's reason."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fastchannel.watch.arrival_tests.allocation import Plan, Rules, Why, allocate
from fastchannel.watch.arrival_tests.lottery import commitment, draw
from fastchannel.watch.arrival_tests.targets import targets
from fastchannel.watch.arrival_tests.travellers import Arrival, Kind, Record
from fastchannel.watch.arrival_tests.wording import choice_words
from fastchannel.watch.errors import WatchError

DAY = date(2020, 8, 1)
HIGH, LOW, NEW = Kind(origin="H", profile=("20-39", "f")), Kind(origin="L"), Kind(origin="N")
RECORDS = [
    Record(kind=HIGH, day=DAY - timedelta(days=2), tested=3_000, positives=60, waiting=20),
    Record(kind=LOW, day=DAY - timedelta(days=2), tested=3_000, positives=1),
]


def people(kind: Kind, count: int, point: str = "ICN") -> list[Arrival]:
    return [Arrival(id=f"{point}-{kind}-{i:04d}", point_of_entry=point, kind=kind) for i in range(count)]


def plan(arrivals: list[Arrival], tests: int, rules: Rules | None = None, seed: str = "seed") -> Plan:
    return allocate(arrivals, {"ICN": tests}, RECORDS, DAY, seed, rules)


def test_tests_go_to_the_kind_that_has_most_and_the_floor_reaches_everybody() -> None:
    found = plan(people(HIGH, 100) + people(LOW, 900), 80, Rules(floor=0.02))
    tested = Counter((choice.arrival.kind, choice.why) for choice in found.choices if choice.tested)
    assert sum(tested.values()) == 80
    assert tested[HIGH, Why.FLOOR] + tested[LOW, Why.FLOOR] == 20
    assert tested[HIGH, Why.KIND] == 60
    assert {choice.floor_probability for choice in found.choices} == {0.02}
    assert found.short_of_floor == ()


def test_a_kind_of_which_nothing_is_known_is_tested_before_one_known_to_be_low() -> None:
    found = plan(people(NEW, 50) + people(LOW, 200), 40, Rules(floor=0.0))
    assert {choice.arrival.kind for choice in found.choices if choice.tested} == {NEW}
    cautious = {choice.arrival.kind: choice for choice in found.choices}
    assert cautious[NEW].index - cautious[NEW].estimate > cautious[LOW].index - cautious[LOW].estimate


def test_tests_under_way_count_so_that_the_unknown_is_not_tested_again_and_again() -> None:
    index = [
        allocate(
            people(NEW, 5),
            {"ICN": 0},
            [*RECORDS, Record(kind=NEW, day=DAY - timedelta(days=1), tested=0, positives=0, waiting=waiting)],
            DAY,
            "s",
        ).choices[0]
        for waiting in (0, 50, 500)
    ]
    assert index[0].index > index[1].index > index[2].index
    assert index[0].estimate == index[1].estimate == index[2].estimate
    assert [choice.waiting for choice in index] == [0, 50, 500]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100), st.floats(0.0, 1.0))
def test_every_test_is_used_and_none_more_than_there_are(high: int, low: int, tests: int, floor: float) -> None:
    found = plan(people(HIGH, high) + people(LOW, low), tests, Rules(floor=floor))
    assert sum(choice.tested for choice in found.choices) == min(tests, high + low)
    for choice in found.choices:
        assert choice.tested == (choice.why in {Why.FLOOR, Why.KIND})
        assert (choice.why is Why.FLOOR) == (choice.floor_draw < choice.floor_cut)


@pytest.mark.parametrize(
    ("tests", "probability", "short"), [(0, 0.0, True), (1, 0.01, True), (2, 0.02, False), (9, 0.02, False)]
)
def test_the_floor_is_as_far_as_tests_suffice_and_says_where_they_do_not(tests: int, probability: float, short: bool) -> None:
    found = plan(people(LOW, 100), tests, Rules(floor=0.02))
    assert found.choices[0].floor_probability == pytest.approx(probability)
    assert found.short_of_floor == (("ICN",) if short else ())
    if not tests:
        assert {choice.why for choice in found.choices} == {Why.NO_TESTS}


@pytest.mark.parametrize(("count", "drawn"), [(100, 2), (101, 3), (130, 3), (150, 3), (151, 4)])
def test_the_floor_is_rounded_up_so_that_nobody_is_below_it(count: int, drawn: int) -> None:
    found = plan(people(LOW, count), 50, Rules(floor=0.02))
    assert sum(choice.why is Why.FLOOR for choice in found.choices) == drawn
    assert found.choices[0].floor_probability == pytest.approx(drawn / count)
    assert found.choices[0].floor_probability >= 0.02


def test_points_of_entry_have_their_own_tests() -> None:
    arrivals = people(HIGH, 30) + people(HIGH, 30, "PUS") + people(LOW, 100) + people(LOW, 100, "PUS")
    found = allocate(arrivals, {"ICN": 50, "PUS": 10}, RECORDS, DAY, "seed", Rules(floor=0.0))
    tested = Counter((choice.arrival.point_of_entry, choice.arrival.kind) for choice in found.choices if choice.tested)
    assert tested == {("ICN", HIGH): 30, ("ICN", LOW): 20, ("PUS", HIGH): 10}


def test_everybody_is_drawn_with_at_least_the_floor_over_many_seeds() -> None:
    arrivals, counts = people(HIGH, 20) + people(LOW, 80), Counter[str]()
    for seed in range(400):
        counts.update(choice.arrival.id for choice in plan(arrivals, 10, Rules(floor=0.05), str(seed)).choices if choice.tested)
    low = [counts[arrival.id] for arrival in arrivals if arrival.kind == LOW]
    assert stats.binomtest(sum(low), 400 * 80, 0.05).pvalue > 0.001
    assert stats.binomtest(min(low), 400, 0.05, alternative="less").pvalue * 80 > 0.01


def test_the_draw_is_the_published_formula_and_uniform() -> None:
    digest = hashlib.sha256(b"seed\n2020-08-01\nfloor\nicn 1").digest()
    assert draw("seed", DAY, "floor", "icn 1") == (int.from_bytes(digest[:8], "big") >> 11) / 2.0**53
    assert commitment("seed") == hashlib.sha256(b"seed").hexdigest()
    draws = [draw("seed", DAY, "floor", str(i)) for i in range(5_000)]
    other = [draw("seed", DAY, "kind", str(i)) for i in range(5_000)]
    assert stats.kstest(draws, "uniform").pvalue > 0.001
    assert abs(float(np.corrcoef(draws, other)[0, 1])) < 0.05


def test_a_plan_can_be_repeated_in_any_order_and_changes_with_seed_and_day() -> None:
    arrivals = people(HIGH, 60) + people(LOW, 60)
    first = plan(arrivals, 30)
    assert plan(arrivals[::-1], 30) == first
    chosen = {choice.arrival.id for choice in first.choices if choice.tested}
    assert {choice.arrival.id for choice in plan(arrivals, 30, seed="other").choices if choice.tested} != chosen
    assert first.commitment == commitment("seed")


def test_a_traveller_who_is_there_twice_is_refused() -> None:
    with pytest.raises(WatchError, match="found ICN-L-0000 twice"):
        plan(people(LOW, 1) * 2, 1)


def test_a_day_without_arrivals_has_an_empty_plan() -> None:
    assert plan([], 10).choices == ()


@pytest.mark.parametrize("rules", [{"floor": -0.1}, {"floor": 1.1}, {"discount": 1.0}])
def test_rules_that_cannot_be_are_refused(rules: dict[str, float]) -> None:
    with pytest.raises(WatchError, match="floor"):
        Rules(**rules)


def test_everybody_can_read_why() -> None:
    found = plan(people(HIGH, 100) + people(LOW, 900), 80, Rules(floor=0.02))
    words = {choice.why: choice_words(choice, found) for choice in found.choices}
    assert set(words) == {Why.FLOOR, Why.KIND, Why.NOT_DRAWN, Why.OTHER_KINDS}
    left = next(choice for choice in found.choices if choice.why is Why.KIND).kind_people
    assert words[Why.KIND][0].startswith(f"You are tested: 60 of {left} travellers of your group are tested here today")
    assert words[Why.NOT_DRAWN][1].startswith("Your group is H · 20-39 · f. About 2 % of it")
    assert "20 tests of it have no result yet" in words[Why.NOT_DRAWN][1]
    assert words[Why.FLOOR][2].startswith("Everybody is drawn with a probability of 2 %.")
    assert commitment("seed") in words[Why.FLOOR][3]


def test_portions_follow_the_index_as_it_falls() -> None:
    """Two kinds with one mean: tests go to the wider one until it is as narrow as the other, then to both."""
    alpha, beta = np.array([0.2, 2.0]), np.array([19.8, 198.0])
    given_, index = targets(np.array([[500, 500]]), np.array([60]), alpha, beta, 0.9)
    assert given_.tolist() == [[60, 0]]
    given_, index = targets(np.array([[500, 500]]), np.array([500]), alpha, beta, 0.9)
    assert given_.sum() == 500
    assert given_[0, 0] - given_[0, 1] == pytest.approx(180, abs=10)
    assert index[0] == pytest.approx(index[1], rel=0.02)


def test_a_kind_at_two_points_is_tested_where_most_tests_are_left_for_its_people() -> None:
    given_, _ = targets(np.array([[10], [10]]), np.array([8, 4]), np.array([1.0]), np.array([99.0]), 0.5)
    assert given_.tolist() == [[8], [4]]
    one, _ = targets(np.array([[10, 5], [10, 0]]), np.array([5, 10]), np.array([2.0, 1.0]), np.array([98.0, 99.0]), 0.0)
    assert one.tolist() == [[5, 0], [10, 0]]
