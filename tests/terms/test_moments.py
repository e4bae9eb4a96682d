"""Moments, spans and windows: read as written, exact at their bounds, local where the text says days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.terms.moments import (
    MOST_DAYS,
    Anchor,
    Moment,
    MomentError,
    Span,
    Unit,
    day_start,
    parse_moment,
    parse_span,
    parse_window,
    parse_windows,
)

SEOUL = ZoneInfo("Asia/Seoul")
SHANGHAI = ZoneInfo("Asia/Shanghai")
HONOLULU = ZoneInfo("Pacific/Honolulu")
BERLIN = ZoneInfo("Europe/Berlin")
DEPARTURE = datetime(2020, 5, 15, 1, 0, tzinfo=UTC)  # 10:00 in Seoul, 15:00 the day before in Honolulu
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "written", "elapsed"),
    [
        ("72 h", "72 h", timedelta(hours=72)),
        ("72h", "72 h", timedelta(hours=72)),
        ("1 hour", "1 h", timedelta(hours=1)),
        ("14 d", "14 d", timedelta(days=14)),
        ("1 day", "1 d", timedelta(days=1)),
        ("90 min", "90 min", timedelta(minutes=90)),
        ("3 weeks", "21 d", timedelta(days=21)),
        ("1 calendar day", "1 calendar day", timedelta(days=1)),
        ("2 calendar days", "2 calendar days", timedelta(days=2)),
        ("0 h", "0 h", timedelta(0)),
    ],
)
def test_a_span_is_read_and_written(text: str, written: str, elapsed: timedelta) -> None:
    span = parse_span(text)
    assert (str(span), span.elapsed) == (written, elapsed)


@pytest.mark.parametrize(
    "text", ["", "h", "72", "-72 h", "72.5 h", "seventy h", "72 months", "99999999 h", "3661 d", "999999 w"]
)
def test_what_is_no_span_or_longer_than_ten_years_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        parse_span(text)


@pytest.mark.parametrize("text", ["departure", "departure - 72 h", "arrival + 14 calendar days", "release + 30 min"])
def test_a_moment_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_moment(text)) == text


def test_dashes_that_people_paste_are_minus_signs() -> None:
    assert parse_moment("departure − 72 h") == parse_moment("departure – 72 h") == parse_moment("departure - 72 h")


@pytest.mark.parametrize(
    "text", ["", "takeoff", "departure -", "departure 72 h", "- 72 h", "Departure", "departure - 72 h - 1 h"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        parse_moment(text)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("departure - 72 h .. departure", (False, False)),
        ("departure - 72 h <.. departure", (True, False)),
        ("departure - 72 h ..< departure", (False, True)),
        ("departure - 72 h <..< departure", (True, True)),
    ],
)
def test_a_windows_ends_belong_to_it_as_written(text: str, bounds: tuple[bool, bool]) -> None:
    window = parse_window(text)
    assert str(window) == text
    assert (window.start_open, window.end_open) == bounds
    interval = window.interval({Anchor.DEPARTURE: (DEPARTURE, SEOUL)})
    start = DEPARTURE - timedelta(hours=72)
    held = [interval.holds(instant) for instant in (start - SECOND, start, start + SECOND, DEPARTURE, DEPARTURE + SECOND)]
    assert held == [False, not bounds[0], True, not bounds[1], False]


@pytest.mark.parametrize("text", ["", "departure", "departure ..", ".. departure", "departure .. x", "departure ... arrival"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        parse_window(text)


def test_alternatives_are_joined_by_or() -> None:
    windows = parse_windows("departure - 72 h .. departure or departure - 2 d .. departure")
    assert [str(window) for window in windows] == ["departure - 72 h .. departure", "departure - 2 d .. departure"]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        # two calendar days before 15 May in Seoul is 13 May there; in Honolulu the departure is on 14 May
        (SEOUL, datetime(2020, 5, 13, tzinfo=SEOUL), datetime(2020, 5, 14, tzinfo=SEOUL)),
        (HONOLULU, datetime(2020, 5, 12, tzinfo=HONOLULU), datetime(2020, 5, 13, tzinfo=HONOLULU)),
    ],
)
def test_calendar_days_are_whole_dates_where_the_anchor_happens(zone: ZoneInfo, first: datetime, last: datetime) -> None:
    window = parse_window("departure - 2 calendar days .. departure - 2 calendar days")
    interval = window.interval({Anchor.DEPARTURE: (DEPARTURE, zone)})
    held = [interval.holds(instant) for instant in (first - SECOND, first, last - SECOND, last)]
    assert held == [False, True, True, False]


def test_days_are_24_hours_and_calendar_days_follow_a_clock_change() -> None:
    before_change = datetime(2020, 3, 28, 12, 0, tzinfo=BERLIN)  # the clocks go forward on the 29th
    day, date_ = parse_moment("departure + 1 d"), parse_moment("departure + 1 calendar day")
    assert day.at(before_change, BERLIN) - before_change == timedelta(hours=24)
    assert day.at(before_change.astimezone(UTC), BERLIN).astimezone(BERLIN).hour == 13
    assert date_.end(before_change, BERLIN) - date_.at(before_change, BERLIN) == timedelta(hours=23)


def test_an_end_that_is_not_known_excludes_nothing() -> None:
    interval = parse_window("arrival .. release").interval({Anchor.ARRIVAL: (DEPARTURE, SHANGHAI)})
    assert interval.side(DEPARTURE - SECOND) == -1
    assert interval.holds(DEPARTURE + timedelta(days=1000))
    assert interval.end is None


def test_a_date_begins_at_the_first_instant_that_exists() -> None:
    assert day_start(date(2020, 5, 15), SEOUL) == datetime(2020, 5, 14, 15, 0, tzinfo=UTC)


SPANS = st.builds(Span, st.integers(0, MOST_DAYS), st.sampled_from(Unit))
MOMENTS = st.builds(Moment, st.sampled_from(Anchor), st.sampled_from([1, -1]), SPANS)


@given(MOMENTS)
def test_a_moment_that_is_written_is_read_again(moment: Moment) -> None:
    assert parse_moment(str(moment)) == moment


@given(MOMENTS, st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), st.sampled_from([SEOUL, HONOLULU, BERLIN]))  # noqa: DTZ001
def test_a_moment_ends_no_earlier_than_it_begins_and_its_date_is_local(
    moment: Moment, anchored: datetime, zone: ZoneInfo
) -> None:
    instant = anchored.replace(tzinfo=UTC)
    begins, ends = moment.at(instant, zone), moment.end(instant, zone)
    assert begins <= ends
    assert (ends > begins) is moment.by_date
    assert moment.date(instant, zone) == begins.astimezone(zone).date()
