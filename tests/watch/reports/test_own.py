"""Our own schema of daily figures."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from fastchannel.watch.reports.figures import Figure
from fastchannel.watch.reports.own import COLUMNS, read_reports
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.remarks import Effect, Fault
from fastchannel.watch.reports.vintages import Vintages

HEADING = ",".join(COLUMNS)
PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "the-epidemic-on-both-sides.md"


def read(*rows: str, heading: str = HEADING) -> Reading:
    return read_reports("\n".join((heading, *rows)).encode(), file="own.csv")


def test_each_row_is_a_figure_with_its_origin_and_where_it_was_detected() -> None:
    found = read(
        "2020-05-02,2020-05-01,KR-11,cases,,,9,KDCA",
        "2020-05-02,2020-05-01,KR-11,imported_cases,CN,point_of_entry,2,KDCA",
        "2020-05-02,2020-05-01,KR-11,imported_cases,CN-SH,,1,KDCA",
    )
    assert (found.accepted, found.remarks) == (3, ())
    assert found.table.row(1) == (
        date(2020, 5, 2), date(2020, 5, 1), "KR-11", "imported_cases", "CN", "point_of_entry", "daily", 2, "KDCA", 3,
    )  # fmt: skip
    vintages, on = Vintages.of([found]), date(2020, 5, 1)
    known = date(2020, 5, 2)
    assert vintages.daily("imported_cases", "KR-11", on, on, known=known) == (None,)
    assert vintages.daily("imported_cases", "KR-11", on, on, known=known, origin="CN", detected="point_of_entry") == (2,)


@pytest.mark.parametrize(
    ("row", "column", "fault"),
    [
        ("03/04/2020,2020-03-03,KR,cases,,,1,", "published", Fault.DATE_AMBIGUOUS),
        ("2020-05-02,1/5/2020,KR,cases,,,1,", "day", Fault.DATE_AMBIGUOUS),
        ("2020-05-02,31/3/2020,KR,cases,,,1,", "day", Fault.DATE_MIXED),
        ("2020-05-02,2020-05-01,KR-99,cases,,,1,", "place", Fault.PLACE),
        ("2020-05-02,2020-05-01,KR,imported_cases,Asia,,1,", "origin", Fault.PLACE),
        ("2020-05-02,2020-05-01,KR,case,,,1,", "figure", Fault.WORD),
        ("2020-05-02,2020-05-01,KR,cases,,airport,1,", "detected", Fault.WORD),
        ("2020-05-02,2020-05-01,KR,cases,,,,", "count", Fault.EMPTY),
        ("2020-05-02,2020-05-01,KR,cases,,,1.5,", "count", Fault.NUMBER),
        ("2020-05-01,2020-05-02,KR,cases,,,1,", "count", Fault.FUTURE),
    ],
)
def test_a_row_with_a_fault_is_rejected_with_its_column(row: str, column: str, fault: Fault) -> None:
    found = read(row, "2020-05-02,2020-05-01,KR,cases,,,7,")
    assert [(one.row, one.column, one.fault, one.effect) for one in found.remarks] == [(2, column, fault, Effect.REJECTED)]
    assert (found.rows, found.accepted, found.rejected, found.kept) == (2, 1, 1, 1)
    assert found.balances


def test_the_same_figure_twice_in_one_publication_is_no_figure_unless_it_is_the_same() -> None:
    one = "2020-05-02,2020-05-01,KR,cases,,,7,"
    assert read(one, one).faults == {Fault.DUPLICATE: 1}
    assert read(one, one.replace("7", "8")).accepted == 0
    assert read(one, one.replace("2020-05-02", "2020-05-03").replace("7", "8")).accepted == 2


def test_totals_are_marked_and_unknown_columns_are_named() -> None:
    found = read(
        "2020-05-03,2020-05-01,KR,cases,,,7,,cumulative,x",
        "2020-05-03,2020-05-02,KR,cases,,,9,,cumulative,x",
        heading=f"{HEADING},kind,colour",
    )
    assert [(one.row, one.column, one.fault) for one in found.remarks] == [
        (1, "colour", Fault.UNKNOWN_COLUMN),
        (2, "count", Fault.START),
    ]
    days = (date(2020, 5, 1), date(2020, 5, 2))
    assert Vintages.of([found]).daily("cases", "KR", *days, known=date(2020, 5, 3)) == (None, 2)


def test_the_documented_example_is_read_and_every_figure_is_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```\n(published.*?)```", page, re.DOTALL)
    found = read_reports(example.encode(), file="example.csv")
    assert (found.rows, found.accepted, found.remarks) == (2, 2, ())
    (listed,) = re.findall(r"`figure` is one of ([^.]*)\.", page)
    assert re.split(r",\s+", listed) == list(Figure)


def test_weekdays_are_looked_at_in_the_latest_publication_of_each_series() -> None:
    shares, level = (8, 12, 12, 11, 11, 9, 7), (10, 10, 10, 10, 10, 10, 10)

    def weekday_rows(*publications: tuple[int, tuple[int, ...]]) -> list[int]:
        days = [date(2020, 1, 6) + timedelta(days=i) for i in range(84)]
        rows = [
            f"2020-0{month}-01,{day},KR,cases,,,{counts[i % 7]},"
            for month, counts in publications
            for i, day in enumerate(days)
        ]
        return [one.row for one in read(*rows).remarks if one.fault is Fault.WEEKDAY]

    assert weekday_rows((5, shares), (6, level)) == []
    assert weekday_rows((5, level), (6, shares)) == [2 + 84]
