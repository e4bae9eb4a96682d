"""Which version of an agreement governs a journey."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fastchannel.agreement.agreement import VersionError, Versions
from fastchannel.agreement.load import load
from fastchannel.terms.moments import Anchor
from tests.agreement.small import SMALL, changed

SEOUL = ZoneInfo("Asia/Seoul")
SWITCH = 'under_way = { complete = "departure", clause = "1(2)" }'


def version(number: int, in_force: str, under_way: str = SWITCH, adopted: str = "") -> str:
    text = changed("version = 1", f"version = {number}")
    text = changed("in_force = 2020-05-01", f"in_force = {in_force}" + (f"\nadopted = {adopted}" if adopted else ""), text)
    return changed(SWITCH, under_way, text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def governed(texts: Versions, now: str, applied: int = 1, /, **anchors: str) -> int:
    known = {Anchor(name): (at(moment), SEOUL) for name, moment in anchors.items()}
    return texts.governing(at(now), applied, known).version


DEPARTURE = Versions.of(load(SMALL), load(version(2, "2020-06-01", adopted="2020-05-20")))
TABLE = [
    # the instant, the departure, the version that governs
    ("2020-05-19T23:59", "2020-06-10T10:00", 1),  # not adopted yet
    ("2020-05-20T00:00", "2020-06-10T10:00", 2),  # adopted, and the journey departs under it
    ("2020-05-20T00:00", "2020-05-31T23:59", 1),  # departs before it is in force
    ("2020-05-20T00:00", "2020-06-01T00:00", 2),  # departs on its first day
    ("2020-07-01T00:00", "2020-05-31T23:59", 1),  # under way when it came, completes as it began
    ("2020-07-01T00:00", "2020-06-01T00:00", 2),
]


@pytest.mark.parametrize(("now", "departure", "expected"), TABLE)
def test_a_later_version_governs_once_adopted_the_journeys_that_depart_under_it(
    now: str, departure: str, expected: int
) -> None:
    assert governed(DEPARTURE, now, departure=departure) == expected


@pytest.mark.parametrize("anchor", ["application", "approval", "departure", "arrival"])
def test_the_version_names_the_moment_that_counts(anchor: str) -> None:
    texts = Versions.of(load(SMALL), load(version(2, "2020-06-01", f'under_way = {{ complete = "{anchor}" }}', "2020-05-20")))
    assert governed(texts, "2020-07-01T00:00", 1, **{anchor: "2020-05-31T12:00"}) == 1
    assert governed(texts, "2020-07-01T00:00", 1, **{anchor: "2020-06-01T12:00"}) == 2


def test_a_moment_not_known_yet_has_not_come_before_now() -> None:
    assert governed(DEPARTURE, "2020-05-31T12:00") == 1
    assert governed(DEPARTURE, "2020-06-01T12:00") == 2


@pytest.mark.parametrize(("now", "expected"), [("2020-05-31T23:59", 1), ("2020-06-01T00:00", 2)])
def test_where_all_switch_everyone_does_on_the_first_day(now: str, expected: int) -> None:
    texts = Versions.of(load(SMALL), load(version(2, "2020-06-01", 'under_way = "switch"', "2020-05-20")))
    assert governed(texts, now, departure="2020-05-10T10:00") == expected


def test_dates_are_local_to_where_the_moment_happens() -> None:
    departs = datetime(2020, 5, 31, 15, 0, tzinfo=UTC)  # 1 June in Seoul
    now = datetime(2020, 5, 25, tzinfo=UTC)
    assert DEPARTURE.governing(now, 1, {Anchor.DEPARTURE: (departs, SEOUL)}).version == 2
    assert DEPARTURE.governing(now, 1, {Anchor.DEPARTURE: (departs, ZoneInfo("UTC"))}).version == 1


def test_the_latest_of_several_amendments_governs_and_never_one_before_the_application_names() -> None:
    texts = Versions.of(load(version(3, "2020-07-01")), load(SMALL), load(version(2, "2020-06-01")))
    assert governed(texts, "2020-07-05T00:00", departure="2020-07-10T10:00") == 3
    assert governed(texts, "2020-06-05T00:00", departure="2020-07-10T10:00") == 2
    assert governed(texts, "2020-06-05T00:00", 3, departure="2020-05-10T10:00") == 3


def test_governing_never_goes_back_as_time_passes() -> None:
    texts = Versions.of(load(SMALL), load(version(2, "2020-06-01", adopted="2020-05-20")), load(version(3, "2020-07-01")))
    for departure in ("2020-05-30T10:00", "2020-06-15T10:00", "2020-07-15T10:00"):
        found = [
            governed(
                texts, (at("2020-05-01T00:00") + timedelta(days=day)).replace(tzinfo=None).isoformat(), departure=departure
            )
            for day in range(100)
        ]
        assert found == sorted(found)


def test_current_is_the_newest_adopted() -> None:
    assert [DEPARTURE.current(date.fromisoformat(f"2020-{day}")).version for day in ("01-01", "05-19", "05-20")] == [1, 1, 2]


def test_versions_are_of_one_agreement_and_each_once() -> None:
    other = changed('id = "small"', 'id = "other"')
    for texts in ((), (load(SMALL), load(SMALL)), (load(SMALL), load(other))):
        with pytest.raises(VersionError):
            Versions.of(*texts)
    with pytest.raises(VersionError, match="no version 9"):
        DEPARTURE[9]


def test_versions_read_as_a_collection() -> None:
    assert ([text.version for text in DEPARTURE], len(DEPARTURE), DEPARTURE.newest.version) == ([1, 2], 2, 2)
    assert 2 in DEPARTURE
    assert 3 not in DEPARTURE
