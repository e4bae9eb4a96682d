"""Line lists counted into daily figures."""

from datetime import date

from fastchannel.watch.reports.line_list import LineList, read_line_list
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.remarks import Effect, Fault
from fastchannel.watch.reports.vintages import Vintages

LAYOUT = LineList(origin="origin", detected="detected")
HEADING = "case,day,place,class,origin,detected"
KNOWN = date(2020, 6, 1)


def read(*rows: str, layout: LineList = LAYOUT) -> Reading:
    return read_line_list("\n".join((HEADING, *rows)).encode(), layout, file="cases.csv", published=KNOWN)


ROWS = (
    "1,2020-05-01,KR-11,imported,CN,point_of_entry",
    "2,2020-05-01,KR-11,linked,,",
    "3,2020-05-01,KR-11,unlinked,,community",
    "4,2020-05-03,KR-11,imported,US,",
    "5,2020-05-03,KR-11,,,",
)


def test_cases_are_counted_by_day_place_class_origin_and_where_detected() -> None:
    found = read(*ROWS)
    assert (found.rows, found.accepted, found.rejected) == (5, 5, 0)
    assert found.balances
    vintages = Vintages.of([found])

    def asked(figure: str, **parts: str) -> tuple[int | None, ...]:
        return vintages.daily(figure, "KR-11", date(2020, 5, 1), date(2020, 5, 3), known=KNOWN, **parts)

    assert asked("cases") == (3, None, 2)
    assert asked("imported_cases") == (1, None, 1)
    assert asked("local_cases") == (2, None, None)
    assert asked("unlinked_cases") == (1, None, None)
    assert asked("imported_cases", origin="CN") == (1, None, None)
    assert asked("imported_cases", origin="CN", detected="point_of_entry") == (1, None, None)
    assert asked("cases", detected="community") == (1, None, None)


def test_days_without_a_case_are_nought_only_where_the_list_is_said_to_cover_them() -> None:
    days = (date(2020, 5, 1), date(2020, 5, 4))
    vintages = Vintages.of([read(*ROWS, layout=LineList(origin="origin", detected="detected", whole=days))])
    assert vintages.daily("cases", "KR-11", *days, known=KNOWN) == (3, 0, 2, 0)
    assert vintages.daily("unlinked_cases", "KR-11", *days, known=KNOWN) == (1, 0, 0, 0)
    assert vintages.daily("imported_cases", "KR-11", *days, known=KNOWN, origin="US") == (0, 0, 1, 0)
    assert vintages.daily("cases", "KR-26", *days, known=KNOWN) == (None,) * 4


def test_faults_are_reported_row_by_row_and_counts_balance() -> None:
    found = read(
        ROWS[0],
        "2,05/01/2020,KR-11,local,,",
        "3,2020-05-01,Seoul,local,,",
        "4,2020-05-01,KR-11,Local,,",
        "5,2020-05-01,KR-11,local,,airport",
        "6,2020-05-01,KR-11,imported,Mars,",
        "7,2020-07-01,KR-11,local,,",
        "1,2020-05-01,KR-11,imported,CN,point_of_entry",
        "8,2020-05-01,KR-11,local,,",
        "8,2020-05-02,KR-11,local,,",
        "9,2020-05-01",
    )
    said = [(one.row, one.column, one.fault) for one in found.remarks if one.effect is Effect.REJECTED]
    assert sorted(said) == [
        (3, "day", Fault.DATE_AMBIGUOUS),
        (4, "place", Fault.PLACE),
        (5, "class", Fault.WORD),
        (6, "detected", Fault.WORD),
        (7, "origin", Fault.PLACE),
        (8, "day", Fault.FUTURE),
        (9, "", Fault.DUPLICATE),
        (10, "", Fault.CONFLICT),
        (11, "", Fault.CONFLICT),
        (12, "", Fault.COLUMNS),
    ]
    assert (found.rows, found.accepted, found.rejected) == (11, 1, 10)


def test_the_form_of_dates_is_found_only_where_a_single_one_fits_every_row() -> None:
    open_form = LineList(form=None)
    heading = "case,day,place,class\n"

    def of(*days: str) -> Reading:
        rows = "\n".join(f"{i},{day},KR,local" for i, day in enumerate(days))
        return read_line_list((heading + rows).encode(), open_form, file="cases.csv", published=KNOWN)

    told = of("03/04/2020", "25/04/2020")
    assert told.accepted == 2
    assert Vintages.of([told]).daily("cases", "KR", date(2020, 4, 3), date(2020, 4, 3), known=KNOWN) == (1,)
    untold = of("03/04/2020", "05/04/2020")
    assert (untold.accepted, set(untold.faults)) == (0, {Fault.DATE_AMBIGUOUS})
    assert "5/31/2020 / 31/5/2020" in untold.remarks[0].expected()
    mixed = of("2020-04-03", "25/04/2020")
    assert (mixed.accepted, set(mixed.faults)) == (0, {Fault.DATE_MIXED})


def test_words_of_another_list_are_mapped_by_the_caller() -> None:
    layout = LineList(classes={"境外输入": "imported", "本土": "local"})
    raw = "case,day,place,class\n1,2020-05-01,CN-SH,境外输入\n2,2020-05-01,CN-SH,本土\n3,2020-05-01,CN-SH,local\n".encode()
    found = read_line_list(raw, layout, file="cases.csv", published=KNOWN)
    assert (found.accepted, found.rejected) == (2, 1)
    on = date(2020, 5, 1)
    assert Vintages.of([found]).daily("imported_cases", "CN-SH", on, on, known=KNOWN) == (1,)
