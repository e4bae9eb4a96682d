"""How near a rule is to its limit: shares in closed form, the nearest subject, and what cannot be told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fastchannel.watch.triggers.nearness import nearness
from tests.watch.triggers.made import data, day, series, text

EFFECT = 'effect = { suspend = "7 d", from = "announcement" }'


def share(condition: str, counts: list[int | None], on: int = 7) -> float | None:
    rule = text(f'when = "{condition}"\nside = "destination"\n{EFFECT}')
    [one] = nearness(rule, data(reports=series(counts)), day(on))
    return one.share


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("sum(cases, 7 d) > 70", 0.5),
        ("sum(cases, 7 d) > 35", 1.0),  # at the limit, though it does not fire: what is missing is one case
        ("sum(cases, 7 d) > 34", 1.0),
        ("sum(cases, 7 d) < 70", 1.0),  # holds
        ("sum(cases, 7 d) < 7", 0.2),
        ("sum(cases, 7 d) > 70 and max(cases, 7 d) > 22", 0.5),  # the one that is furthest
        ("sum(cases, 7 d) > 70 or max(cases, 7 d) > 44", 0.5),
        ("sum(cases, 7 d) > 350 or max(cases, 7 d) > 44", 0.5),
    ],
)
def test_the_share_of_the_way_is_the_figure_over_its_limit(condition: str, expected: float) -> None:
    assert share(condition, [3, 0, 8, 1, 1, 0, 22]) == pytest.approx(expected)


def test_what_is_not_reported_is_not_near_and_not_far() -> None:
    assert share("sum(cases, 7 d) > 70", []) is None
    assert share("sum(cases, 7 d) > 70", [35, None, None, None, None, None, None]) == pytest.approx(0.5)  # at least


def test_of_several_flights_the_nearest_counts() -> None:
    rule = text(f'when = "positives(flight) >= 5"\nunit = "flight"\n{EFFECT}')
    flights = [f"KE1,KE,{day(6)},{day(7)},90,1", f"MU5,MU,{day(6)},{day(7)},80,4", f"CZ3,CZ,{day(6)},{day(7)},80,0"]
    [one] = nearness(rule, data(flights=flights), day(7))
    assert (one.share, one.subject and one.subject.name, one.limit) == (0.8, "MU5", Decimal(5))
    [late] = nearness(rule, data(flights=flights), day(20))
    assert (late.share, late.figure) == (None, None)  # nothing has flown lately
