"""The chance that an agreement suspends itself, by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest
from scipy import stats

from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.forecast.imports import Parties
from fastchannel.forecast.suspension import Expected, SuspensionChance, suspension_chances
from tests.agreement.small import SMALL, changed

ON = date(2020, 6, 1)
PLAIN = Expected(travellers_per_day=300.0, travellers_per_flight=150.0, positive=0.01, late_positive=0.002, parties=Parties())


def chance(when: str, expected: Expected = PLAIN, days: float = 30.0) -> SuspensionChance:
    agreement = load(changed("mean(unlinked_cases, 7 d) > 5", when))
    (found,) = suspension_chances(agreement, ON, days, {"kr-cn": expected})
    return found


def per_day(found: SuspensionChance, days: float = 30.0) -> float:
    assert found.probability is not None
    assert found.mean_days is not None
    rate = -math.log1p(-found.probability) / days
    assert found.mean_days == pytest.approx(1.0 / rate)
    return rate


def test_the_flight_circuit_breaker_trips_as_often_as_a_flight_has_five_positives() -> None:
    """Two flights a day with 1.5 positives each expected."""
    agreement = shipped()["china-korea"].newest
    found = suspension_chances(agreement, date(2020, 12, 1), 10.0, {"kr-cn": PLAIN, "cn-kr": PLAIN})
    assert [(each.trigger, each.clause, each.route) for each in found] == [
        ("five-on-a-flight", "9(1)", "kr-cn"),
        ("ten-on-a-flight", "9(2)", "kr-cn"),
    ]
    for each, count in zip(found, (5, 10), strict=True):
        a_flight = float(stats.poisson.sf(count - 1, 1.5))
        assert each.probability == pytest.approx(-math.expm1(-2.0 * a_flight * 10.0), rel=1e-9)
        assert each.mean_days == pytest.approx(1.0 / (2.0 * a_flight), rel=1e-9)


def test_the_circuit_breaker_did_not_exist_before_june() -> None:
    agreement = shipped()["china-korea"].newest
    assert suspension_chances(agreement, date(2020, 6, 3), 10.0, {"kr-cn": PLAIN}) == []
    assert len(suspension_chances(agreement, date(2020, 6, 4), 10.0, {"kr-cn": PLAIN})) == 2


@pytest.mark.parametrize(
    ("when", "count", "mean", "length"),
    [
        ("positives(day) >= 4", 4, 3.0, 1.0),
        ("positives(day) > 4", 5, 3.0, 1.0),
        ("positives(day) > 4.5", 5, 3.0, 1.0),
        ("positives(day) >= 4.5", 5, 3.0, 1.0),
        ("positives(week) >= 30", 30, 21.0, 7.0),
        ("sum(positives, 14 d) >= 60", 60, 42.0, 14.0),
        ("mean(positives, 7 d) > 4", 29, 21.0, 7.0),
        ("channel_imports(day) >= 2", 2, 0.6, 1.0),
        ("sum(channel_imports, 7 d) >= 9", 9, 4.2, 7.0),
    ],
)
def test_a_count_in_a_time_is_a_poisson_tail_tried_one_after_another(when: str, count: int, mean: float, length: float) -> None:
    assert per_day(chance(when)) == pytest.approx(float(stats.poisson.sf(count - 1, mean)) / length, rel=1e-9)


@pytest.mark.parametrize(
    "when",
    [
        "mean(unlinked_cases, 7 d) > 5",
        "positives(flight) < 5",
        "share(positives, flight) >= 4 %",
        "max(positives, 7 d) > 5",
        "positives(flight) >= 5 and cases(day) > 3",
        "positives(flight) >= 5 or cases(day) > 3",
        "silent(day) >= 2",
    ],
)
def test_what_the_channel_alone_does_not_decide_is_not_forecast(when: str) -> None:
    found = chance(when)
    assert (found.probability, found.mean_days) == (None, None)


def test_either_of_two_figures_suspends_as_often_as_both_together() -> None:
    either = per_day(chance("positives(flight) >= 5 or channel_imports(day) >= 2"))
    assert either == pytest.approx(per_day(chance("positives(flight) >= 5")) + per_day(chance("channel_imports(day) >= 2")))


def test_with_nobody_found_it_never_comes_and_the_time_to_it_has_no_end() -> None:
    nobody = Expected(travellers_per_day=300.0, travellers_per_flight=150.0, positive=0.0, late_positive=0.0, parties=Parties())
    found = chance("positives(flight) >= 5", nobody)
    assert (found.probability, found.mean_days) == (0.0, math.inf)


def test_flights_without_seats_carry_nobody() -> None:
    none = Expected(travellers_per_day=0.0, travellers_per_flight=0.0, positive=0.1, late_positive=0.1, parties=Parties())
    assert chance("positives(flight) >= 1", none).probability == 0.0


def test_companions_make_five_on_a_flight_likelier() -> None:
    together = Expected(
        travellers_per_day=300.0,
        travellers_per_flight=150.0,
        positive=0.01,
        late_positive=0.0,
        parties=Parties(size=3.0, infected=0.5),
    )
    assert per_day(chance("positives(flight) >= 5", together)) > per_day(chance("positives(flight) >= 5"))


def test_a_longer_look_ahead_is_never_less_likely_to_see_one() -> None:
    found = [chance("positives(flight) >= 5", days=days).probability or 0.0 for days in (1.0, 10.0, 100.0)]
    assert found == sorted(found)


def test_a_trigger_of_one_route_is_not_asked_of_another() -> None:
    agreement = load(SMALL.replace('clause = "13"', 'clause = "13"\nroutes = "kr-cn"'))
    assert suspension_chances(agreement, ON, 30.0, {"other": PLAIN}) == []
