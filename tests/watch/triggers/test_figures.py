"""What a comparison finds: closed forms, days that are missing, and what was known that day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.conditions import parse_condition
from fastchannel.watch.triggers.figures import About, Figure, find
from fastchannel.watch.triggers.replay_data import ReplayData
from fastchannel.watch.triggers.views import Hindsight, Joined, Renamed
from tests.watch.triggers.made import data, day, series

CHINA = About(place="CN", routes=("kr-cn",), into=("kr-cn",))
LINE = About(place="CN", routes=("kr-cn",), line="KE1")


def found(condition: str, known: ReplayData, on: int, about: About = CHINA) -> Figure:
    return find(parse_condition(condition).any_of[0][0], about, known, day(on), day(on))


WEEK = data(reports=series([3, 0, 8, 1, 1, 0, 22]))


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ("mean(cases, 7 d) > 5", 5, False),
        ("mean(cases, 7 d) >= 5", 5, True),
        ("sum(cases, 3 d) > 22", 23, True),
        ("cases(week) >= 35", 35, True),
        ("cases(day) >= 22", 22, True),
        ("cases(day) < 22", 22, False),
        ("max(cases, 4 d) > 22", 22, False),
        ("cases(36 h) >= 22", 22, True),
    ],
)
def test_daily_figures_come_to_their_closed_form(condition: str, value: int, holds: bool) -> None:
    figure = found(condition, WEEK, 7)
    assert (figure.value, figure.holds, figure.missing) == (Decimal(value), holds, ())


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("sum(cases, 4 d) >= 5", True),  # the days that are there suffice
        ("sum(cases, 4 d) >= 6", None),
        ("sum(cases, 4 d) <= 4", False),
        ("sum(cases, 4 d) <= 5", None),
        ("mean(cases, 4 d) > 1", True),
        ("mean(cases, 4 d) > 1.25", None),
        ("mean(cases, 4 d) <= 1.25", None),
        ("max(cases, 4 d) >= 4", True),
        ("max(cases, 4 d) >= 5", None),
    ],
)
def test_a_day_that_was_not_reported_is_not_nought(condition: str, holds: bool | None) -> None:
    figure = found(condition, data(reports=series([1, None, 4, 0])), 4)
    assert (figure.value, figure.holds, figure.missing) == (None, holds, (day(2),))


@given(
    st.lists(st.none() | st.integers(0, 9), min_size=5, max_size=5), st.sampled_from([">", ">=", "<", "<="]), st.integers(0, 20)
)
def test_what_is_told_with_days_missing_stays_so_whatever_they_were(
    counts: list[int | None], operator: str, limit: int
) -> None:
    condition = f"sum(cases, 5 d) {operator} {limit}"
    told = found(condition, data(reports=series(counts)), 5).holds
    if told is not None:
        for filled in (0, 1, 30):
            whole = [filled if count is None else count for count in counts]
            assert found(condition, data(reports=series(whole)), 5).holds is told


def test_a_figure_is_what_was_known_that_day_and_hindsight_knows_more() -> None:
    known = data(reports=[f"{day(1)},{day(1)},CN,cases,9", f"{day(3)},{day(1)},CN,cases,4", f"{day(4)},{day(1)},CN,cases,"])
    assert [known.daily("cases", "CN", day(1), day(1), known=day(n))[0] for n in (1, 2, 3, 4)] == [9, 9, 4, None]
    late = Hindsight(known=known, at=day(3))
    assert late.daily("cases", "CN", day(1), day(1), known=day(1)) == (4,)
    assert late.daily("cases", "CN", day(1), day(1), known=day(4)) == (None,)
    joined = Joined(reports=late, known=known)
    assert joined.daily("cases", "CN", day(1), day(1), known=day(1)) == (4,)
    assert joined.flights(day(1), day(1), known=day(1)) == joined.reported(day(1)) == ()
    other = Renamed(known=known, places={"KR": "CN"})
    assert other.daily("cases", "KR", day(1), day(1), known=day(1)) == (9,)


FLIGHTS = data(
    flights=[
        f"KE1,KE,{day(1)},{day(2)},100,4",
        f"KE1,KE,{day(1)},{day(5)},100,6",
        f"KE1,KE,{day(3)},{day(4)},50,0",
        f"CA9,CA,{day(3)},{day(4)},150,3",
        f"CA9,CA,{day(6)},{day(6)},,",
    ]
)


@pytest.mark.parametrize(
    ("condition", "on", "about", "value"),
    [
        ("sum(positives, 3 d) >= 1", 3, CHINA, 4),
        ("sum(positives, 3 d) >= 1", 3, LINE, 4),
        ("positives(week) >= 1", 5, CHINA, 9),
        ("positives(week) >= 1", 5, LINE, 6),
        ("positives(week) >= 1", 5, About(place="CN", routes=("kr-cn",), carrier="CA"), 3),
        ("positives(day) >= 1", 2, CHINA, 0),
        ("positives(week) >= 1", 6, CHINA, None),
        ("share(positives, week) > 0", 5, CHINA, Decimal(9) / 300),
        ("share(positives, day) > 0", 5, CHINA, None),  # nobody was tested
    ],
)
def test_positives_are_counted_by_the_day_of_arrival(
    condition: str, on: int, about: About, value: Decimal | int | None
) -> None:
    assert found(condition, FLIGHTS, on, about).value == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("counts", "clean", "holds"),
    [
        ([0, 0, 0], 3, True),
        ([1, 0, 0], 2, False),
        ([0, 1, 0], 1, False),
        ([0, 0, 1], 0, False),
        ([None, 0, 0], None, None),
        ([0, None, 1], 0, False),
        ([0, 0], 2, False),  # a week without a flight is not clean
    ],
)
def test_clean_weeks_are_counted_back_and_need_a_flight_each(
    counts: list[int | None], clean: int | None, holds: bool | None
) -> None:
    last = 7 * len(counts) + 1  # a Monday: the weeks end with day 7, 14, 21
    rows = [
        f"KE1,KE,{day(7 * week)},{day(7 * week)},{'' if count is None else 90},{'' if count is None else count}"
        for week, count in enumerate(counts, 1)
    ]
    figure = found("clean_weeks(flight) >= 3", data(flights=rows), last, LINE)
    assert (figure.value, figure.holds) == (clean, holds)


def test_a_week_is_clean_once_it_has_ended() -> None:
    known = data(flights=[f"KE1,KE,{day(7 * week)},{day(7 * week)},90,0" for week in (1, 2, 3)])
    assert [found("clean_weeks(flight) >= 3", known, on, LINE).value for on in (7, 8, 21, 22, 28, 29)] == [0, 1, 2, 3, 3, 0]


@pytest.mark.parametrize(("expected", "holds"), [("0.5", False), ("0.51", True), (None, None)])
def test_a_forecast_is_that_of_the_very_day(expected: str | None, holds: bool | None) -> None:
    rows = [f"{day(1)},kr-cn,14,9"] + ([f"{day(2)},kr-cn,14,{expected}", f"{day(2)},kr-cn,7,99"] if expected else [])
    figure = found("expected_imports(14 d) > 0.5", data(forecasts=rows), 2)
    assert (figure.holds, figure.first, figure.last) == (holds, day(3), day(16))


def test_faulty_rows_are_told_one_by_one_and_the_counts_balance() -> None:
    read = ReplayData()
    read.add(
        [
            "published,day,place,figure,count",
            "2020-06-01,2020-06-01,CN,cases,3",
            "2020-06-01,2020-06-02,CN,cases,3",
            "1/6/2020,2020-06-01,CN,cases,3",
            "2020-06-01,2020-06-01,CN,cases,4",
            "2020-06-01,2020-06-01,CN,case,4",
            "2020-06-01,2020-06-01,,cases,4",
            "2020-06-02,2020-06-01,CN,cases,-4",
            "2020-06-02,2020-06-01,CN,cases",
        ],
        "r.csv",
    )
    read.add(["flight,carrier,arrived,known,tested,positive", "KE1,KE,2020-06-01,2020-06-02,5,6"], "f.csv")
    assert (read.rows, read.accepted, len(read.faults)) == (9, 1, 8)
    assert [(fault.name, fault.row) for fault in read.faults] == [*(("r.csv", row) for row in range(3, 10)), ("f.csv", 2)]
    assert [fault.found for fault in read.faults[:2]] == [
        "published 2020-06-01, before the day itself (2020-06-02)",
        "published '1/6/2020'",
    ]
    assert read.daily("cases", "CN", date(2020, 6, 1), date(2020, 6, 1), known=date(2020, 7, 1)) == (3,)
    assert read.period == (date(2020, 6, 1), date(2020, 6, 1))
