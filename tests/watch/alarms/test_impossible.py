"""Certificates that cannot be true: a table of limits, and what is exactly at them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from fastchannel.watch.alarms.impossible import Certificate, Impossibility, Laboratory, impossible
from fastchannel.watch.alarms.wording import impossible_words
from fastchannel.watch.errors import WatchError

SEOUL = timezone(timedelta(hours=9))
NOON = datetime(2020, 5, 3, 12, 0, tzinfo=UTC)
LABORATORIES = {"A": Laboratory(most_per_day=3, shortest=timedelta(hours=2), zone=SEOUL)}


def certificate(
    id_: str, *, hours: float = 6.0, at: datetime = NOON, laboratory: str = "A", person: str = "", number: str = ""
) -> Certificate:
    return Certificate(
        id=id_,
        number=number or id_,
        laboratory=laboratory,
        person=person or id_,
        sampled=at,
        resulted=at + timedelta(hours=hours),
    )


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (-0.1, [Impossibility.BEFORE_SAMPLE]),
        (0.0, [Impossibility.TOO_QUICK]),
        (1.99, [Impossibility.TOO_QUICK]),
        (2.0, []),
        (72.0, []),
    ],
)
def test_the_time_from_sample_to_result(hours: float, expected: list[Impossibility]) -> None:
    assert [one.code for one in impossible([certificate("1", hours=hours)], LABORATORIES)] == expected


def test_a_laboratory_without_limits_is_held_to_the_order_of_sample_and_result_only() -> None:
    many = [certificate(str(i), hours=0.0, laboratory="B") for i in range(50)]
    assert impossible(many, LABORATORIES) == ()
    assert [one.code for one in impossible([certificate("1", hours=-1.0, laboratory="B")], {})] == [Impossibility.BEFORE_SAMPLE]


def test_samples_are_counted_by_the_laboratorys_own_day() -> None:
    before, after = datetime(2020, 5, 3, 14, 59, tzinfo=UTC), datetime(2020, 5, 3, 15, 0, tzinfo=UTC)  # midnight in Seoul
    three_and_one = [certificate(str(i), at=before) for i in range(3)] + [certificate("3", at=after)]
    assert impossible(three_and_one, LABORATORIES) == ()
    found = impossible([*three_and_one, certificate("4", at=before)], LABORATORIES)
    assert [(one.code, one.found, one.limit, one.rows) for one in found] == [
        (Impossibility.TOO_MANY, 4.0, 3.0, ("0", "1", "2", "4"))
    ]
    assert impossible_words(found[0]) == "4 samples on one day; this laboratory can do at most 3."


def test_one_number_for_two_persons_and_a_copy_for_the_same_person() -> None:
    own_copy = [certificate("1", number="N", person="P"), certificate("2", number="N", person="P")]
    assert impossible(own_copy, LABORATORIES) == ()
    found = impossible([*own_copy, certificate("3", number="N", person="Q")], LABORATORIES)
    assert [(one.code, one.found, one.rows) for one in found] == [(Impossibility.SHARED_NUMBER, 2.0, ("1", "2", "3"))]
    other_laboratory = [certificate("1", number="N"), certificate("2", number="N", laboratory="B")]
    assert impossible(other_laboratory, LABORATORIES) == ()


@pytest.mark.parametrize(("minutes", "found"), [(59, 2), (60, 0)])
def test_one_person_at_two_laboratories(minutes: int, found: int) -> None:
    rows = [
        certificate("1", person="P"),
        certificate("2", person="P", laboratory="B", at=NOON + timedelta(minutes=minutes)),
    ]
    findings = impossible(rows, LABORATORIES)
    assert [one.code for one in findings] == [Impossibility.TWO_PLACES] * found
    assert {one.laboratory for one in findings} == ({"A", "B"} if found else set())


def test_a_record_that_comes_twice_is_one_certificate() -> None:
    assert impossible([certificate("1")] * 9, LABORATORIES) == ()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(WatchError, match="time zone"):
        certificate("1", at=NOON.replace(tzinfo=None))
