"""The second technician is worth less than the first, and the scarcest skill decides."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.chain.sites import Post
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.people import share_brought, share_running


@pytest.mark.parametrize(
    ("present", "needed", "share"),
    [(0, 3, 0.0), (1, 3, 4 / 7), (2, 3, 6 / 7), (3, 3, 1.0), (4, 3, 1.0), (1, 1, 1.0), (0, 1, 0.0)],
)
def test_half_of_what_the_one_before_brought(present: int, needed: int, share: float) -> None:
    assert share_running(present, needed) == pytest.approx(share, abs=1e-15)


@given(st.integers(1, 40), st.floats(0.05, 0.95))
def test_each_person_brings_something_and_less_than_the_one_before(needed: int, kept: float) -> None:
    shares = [share_running(people, needed, kept=kept) for people in range(needed + 1)]
    steps = [after - before for before, after in itertools.pairwise(shares)]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert all(step >= 0.0 for step in steps)
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(steps))


def post(skill: str, needed: int, present: int, shift: str = "day") -> Post:
    return Post(site="s", skill=skill, shift=shift, needed=needed, present=present)


def test_shifts_of_one_skill_are_added_up() -> None:
    posts = [post("welder", 2, 0), post("welder", 1, 0, "night")]
    assert share_brought(posts, {"welder": 1}, {}) == pytest.approx(4 / 7)


def test_people_admitted_before_count_first() -> None:
    posts = [post("welder", 3, 0)]
    first, second, third = (share_brought(posts, {"welder": 1}, {"welder": before}) for before in range(3))
    assert first > second > third > 0.0
    assert first + second + third == pytest.approx(1.0)
    assert share_brought(posts, {"welder": 1}, {"welder": 3}) == 0.0


def test_a_team_is_worth_what_its_members_are_one_after_the_other() -> None:
    posts = [post("welder", 3, 0)]
    one_by_one = sum(share_brought(posts, {"welder": 1}, {"welder": before}) for before in range(2))
    assert share_brought(posts, {"welder": 2}, {}) == pytest.approx(one_by_one)


def test_the_skill_that_lacks_most_decides() -> None:
    posts = [post("welder", 1, 0), post("rigger", 1, 0)]
    assert share_brought(posts, {"welder": 1}, {}) == 0.0
    assert share_brought(posts, {"welder": 1}, {"rigger": 1}) == 1.0
    assert share_brought(posts, {"welder": 1, "rigger": 1}, {}) == 1.0


def test_people_whom_the_site_has_no_post_for_are_refused() -> None:
    with pytest.raises(SupplyError, match="the site has no post for cook; expected welder"):
        share_brought([post("welder", 1, 0)], {"cook": 1}, {})


@pytest.mark.parametrize(("present", "needed", "kept"), [(0, 0, 0.5), (-1, 1, 0.5), (0, 1, 0.0), (0, 1, 1.0)])
def test_numbers_that_are_no_rule_are_refused(present: int, needed: int, kept: float) -> None:
    with pytest.raises(SupplyError, match="expected"):
        share_running(present, needed, kept=kept)
