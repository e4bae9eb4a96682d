"""The grammar of triggers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fastchannel.agreement.conditions import ConditionError, parse_condition

RIGHT = [
    "mean(unlinked_cases, 7 d) > 5",
    "positives(flight) >= 5 and share(positives, flight) >= 4 %",
    "sum(imported_cases, 14 d) >= 1 or max(cases, 7 d) > 20",
    "mean(unlinked_cases, 7 d) <= 5 on the last day",
    "clean_weeks(flight) >= 3",
    "expected_imports(14 d) > 0.5",
    "linked_cases(3 d) >= 1 and unlinked_cases(3 d) <= 0",
    "positives(flight) >= 5 and positives(week) >= 10 or silent(day) > 2.5",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_condition_is_written_again_as_it_was_read(text: str) -> None:
    assert str(parse_condition(text)) == text


def test_and_binds_closer_than_or() -> None:
    condition = parse_condition("cases(day) > 1 and silent(day) > 2 or positives(day) > 3")
    assert [len(group) for group in condition.any_of] == [2, 1]


WRONG = [
    "",
    "cases > 5",
    "mean(unlinked_cases, 7 d)",
    "mean(unlinked_cases) > 5",
    "median(cases, 7 d) > 5",
    "mean(deaths, 7 d) > 5",
    "mean(cases, flight) > 5",
    "mean(cases, 7 moons) > 5",
    "mean(cases, 7 d) = 5",
    "expected_imports(week) > 0.5",
    "mean(expected_imports, 14 d) > 0.5",
    "clean_weeks(21 d) >= 3",
    "share(clean_weeks, flight) >= 3",
    "mean(cases, 7 d) > many",
    "mean(cases, 7 d) > 5 and",
    "(mean(cases, 7 d) > 5)",
    "mean(cases, 7 d) > 5 " + "and mean(cases, 7 d) > 5 " * 100,
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        parse_condition(text)


@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [(">", False, False, True), (">=", False, True, True), ("<", True, False, False), ("<=", True, True, False)],
)
def test_comparisons_hold_at_their_bounds_as_written(operator: str, below: bool, equal: bool, above: bool) -> None:
    comparison = parse_condition(f"mean(cases, 7 d) {operator} 5").any_of[0][0]
    assert [comparison.holds(figure) for figure in (4.999, 5, 5.001)] == [below, equal, above]


def test_per_cent_is_a_hundredth_exactly() -> None:
    comparison = parse_condition("share(positives, flight) >= 4 %").any_of[0][0]
    assert comparison.limit == Decimal("0.04")
    assert comparison.holds(0.04)
