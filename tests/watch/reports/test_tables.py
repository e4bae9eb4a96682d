"""Readers of the world's files: each format's values, each fault in its row, and counts that balance."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.conditions import Metric
from fastchannel.watch.reports.figures import Figure, ReportError
from fastchannel.watch.reports.layouts import (
    CANGHAILAN,
    CANGHAILAN_PROVINCES,
    HONG_KONG,
    KDCA,
    KDCA_ORIGINS,
    KDCA_REGIONS,
    OWID,
    OWID_COMPACT,
    SINGAPORE,
    WHO,
    Long,
    Wide,
    jhu,
    oxcgrt,
)
from fastchannel.watch.reports.lines import MOST_FIELD_CHARACTERS
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.remarks import EXPECTED, Effect, Fault, Remark
from fastchannel.watch.reports.tables import read_table
from fastchannel.watch.reports.vintages import Vintages

DAY = date(2020, 6, 1)
WHO_HEADING = "Date_reported,Country_code,Country,WHO_region,New_cases,Cumulative_cases,New_deaths,Cumulative_deaths"


def who(*rows: str, encoding: str = "utf-8") -> Reading:
    return read_table("\n".join((WHO_HEADING, *rows)).encode(encoding), WHO, file="who.csv", published=DAY, encoding=encoding)


def said(reading: Reading) -> list[tuple[int, str, Fault, Effect]]:
    return [(one.row, one.column, one.fault, one.effect) for one in reading.remarks]


def figures(reading: Reading) -> list[tuple[object, ...]]:
    return reading.table.select("day", "place", "figure", "kind", "count").rows()


def test_a_row_of_who_gives_its_daily_figures_and_an_empty_cell_gives_none() -> None:
    found = who("2020-05-01,KR,Republic of Korea,WPRO,9,10774,,248")
    assert figures(found) == [(date(2020, 5, 1), "KR", "cases", "daily", 9)]
    assert (found.rows, found.accepted, found.figures, found.kept, found.empty, found.left_out) == (1, 1, 2, 1, 1, 0)
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("row", "column", "fault"),
    [
        ("2020-05-01,KR,Korea,WPRO,9,1", "", Fault.COLUMNS),
        ("2020-05-01,KR,Korea,WPRO,1,234,10774,1,248", "", Fault.COLUMNS),
        ("03/04/2020,KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE_AMBIGUOUS),
        ("03/24/2020,KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE_MIXED),
        ("24/03/2020,KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE_MIXED),
        ("20200324,KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE_MIXED),
        ("2020-02-30,KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE),
        ("43831,KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE),
        (",KR,Korea,WPRO,9,1,0,0", "Date_reported", Fault.DATE),
        ("2020-05-01,ZZ,Nowhere,WPRO,9,1,0,0", "Country_code", Fault.PLACE),
        ("2020-05-01,kr,Korea,WPRO,9,1,0,0", "Country_code", Fault.PLACE),
        ("2020-05-01,,International,Other,9,1,0,0", "Country_code", Fault.PLACE),
        ('2020-05-01,KR,"Korea,WPRO,9,1,0,0', "", Fault.QUOTES),
        (f"2020-05-01,KR,{'x' * (MOST_FIELD_CHARACTERS + 1)},WPRO,9,1,0,0", "", Fault.FIELD_SIZE),
        (f"2020-05-01,KR,{'x' * 600_000},WPRO,9,1,0,0", "", Fault.FIELD_SIZE),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_its_place_and_spoils_no_other(row: str, column: str, fault: Fault) -> None:
    found = who("2020-05-02,KR,Korea,WPRO,6,1,2,0", row, "2020-05-03,KR,Korea,WPRO,13,1,0,0")
    assert said(found) == [(3, column, fault, Effect.REJECTED)]
    assert (found.rows, found.accepted, found.rejected, found.kept) == (3, 2, 1, 4)


@pytest.mark.parametrize("count", ["12.5", "1e3", "twelve", "٣", "1 234", "--1", "99999999999999", "nan"])
def test_a_cell_that_is_no_whole_number_is_left_out_and_the_rest_of_its_row_taken(count: str) -> None:
    found = who(f"2020-05-02,KR,Korea,WPRO,{count},1,2,0")
    assert said(found) == [(2, "New_cases", Fault.NUMBER, Effect.LEFT_OUT)]
    assert figures(found) == [(date(2020, 5, 2), "KR", "deaths", "daily", 2)]
    assert found.left_out == 1


def test_a_row_of_which_no_figure_can_be_taken_is_rejected() -> None:
    found = who("2020-05-02,KR,Korea,WPRO,a,1,b,0")
    assert said(found) == [
        (2, "New_cases", Fault.NUMBER, Effect.REJECTED),
        (2, "New_deaths", Fault.NUMBER, Effect.REJECTED),
    ]
    assert (found.accepted, found.rejected, found.figures) == (0, 1, 0)


def test_whole_numbers_with_a_decimal_nought_are_whole() -> None:
    assert figures(who("2020-05-02,KR,Korea,WPRO,12.0,1,,0"))[0][-1] == 12


def test_a_daily_count_below_nought_is_kept_as_a_correction_and_noted() -> None:
    found = who("2020-05-02,KR,Korea,WPRO,-4,1,0,0")
    assert said(found) == [(2, "New_cases", Fault.NEGATIVE, Effect.NOTED)]
    assert figures(found)[0][-1] == -4


def test_a_row_that_comes_again_counts_once_and_a_contradiction_counts_not_at_all() -> None:
    one, other = "2020-05-02,KR,Korea,WPRO,6,1,2,0", "2020-05-02,KR,Korea,WPRO,7,1,2,0"
    again = who(one, one)
    assert said(again) == [(3, "", Fault.DUPLICATE, Effect.REJECTED)]
    assert (again.accepted, again.rejected, again.kept) == (1, 1, 2)
    against = who(one, other, one)
    assert said(against) == [
        (2, "", Fault.CONFLICT, Effect.REJECTED),
        (3, "", Fault.CONFLICT, Effect.REJECTED),
        (4, "", Fault.DUPLICATE, Effect.REJECTED),
    ]
    assert (against.accepted, against.rejected, against.kept) == (0, 3, 0)


def test_a_row_that_says_less_than_another_about_the_same_day_contradicts_it() -> None:
    found = who("2020-05-02,KR,Korea,WPRO,6,1,,0", "2020-05-02,KR,Korea,WPRO,6,1,2,0")
    assert found.accepted == 0
    assert found.faults[Fault.CONFLICT] == 2


def test_a_hole_is_noted_where_it_ends_and_is_not_nought() -> None:
    found = who("2020-05-01,KR,Korea,WPRO,9,1,,0", "2020-05-04,KR,Korea,WPRO,8,1,,0")
    (remark,) = found.remarks
    assert (remark.row, remark.fault, remark.effect) == (3, Fault.GAP, Effect.NOTED)
    assert remark.line() == (
        "who.csv:3:New_cases: found KR 2020-05-04, 2020-05-01; expected every day from 2020-05-02 to 2020-05-03; they are not "
        "reported, not nought"
    )
    asked = Vintages.of([found]).daily("cases", "KR", date(2020, 5, 1), date(2020, 5, 4), known=DAY)
    assert asked == (9, None, None, 8)


def test_bytes_of_another_encoding_spoil_their_row_only() -> None:
    raw = f"{WHO_HEADING}\n2020-05-01,KR,한국,WPRO,9,1,0,0\n2020-05-02,KR,Korea,WPRO,6,1,0,0"
    wrong = read_table(raw.encode("euc-kr"), WHO, file="who.csv", published=DAY)
    assert said(wrong) == [(2, "", Fault.ENCODING, Effect.REJECTED)]
    assert wrong.accepted == 1
    for encoding, declared in (("euc-kr", "euc-kr"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-8")):
        right = read_table(raw.encode(encoding), WHO, file="who.csv", published=DAY, encoding=declared)
        assert (right.accepted, right.remarks) == (2, ())


@pytest.mark.parametrize("heading", ["", "date;cases", WHO_HEADING.replace("New_cases", "Cases"), f"{WHO_HEADING},New_cases"])
def test_under_a_heading_that_is_none_every_row_is_rejected(heading: str) -> None:
    raw = f"{heading}\n2020-05-01,KR,Korea,WPRO,9,1,0,0\n2020-05-02,KR,Korea,WPRO,9,1,0,0\n".encode()
    found = read_table(raw, WHO, file="who.csv", published=DAY)
    assert (found.accepted, found.kept) == (0, 0)
    assert found.rows == found.rejected > 0
    assert found.faults[Fault.HEADING] > 0


def test_a_day_after_its_publication_is_not_taken() -> None:
    found = who("2020-06-02,KR,Korea,WPRO,9,1,0,0")
    assert {one.fault for one in found.remarks} == {Fault.FUTURE}
    assert found.rejected == 1


JHU_HEADING = "Province/State,Country/Region,Lat,Long,1/22/20,1/23/20,1/24/20"


def test_jhu_gives_totals_by_country_and_by_the_regions_that_have_a_code() -> None:
    rows = (
        'Hubei,China,30.9,112.2,444,444,549', '"","Korea, South",35.9,127.7,1,1,2', "Hong Kong,China,22.3,114.2,0,2,2",
        "Macau,China,22.1,113.5,0,1,2", ",US,40,-100,1,1,2", ",Taiwan*,23.7,121,1,1,3", "Aruba,Netherlands,12,-69,0,0,0",
        "Georgia,US,33,-83,0,0,0", ",MS Zaandam,0,0,0,0,0", ",Burma,21.9,95.9,0,0,0",
    )  # fmt: skip
    found = read_table("\n".join((JHU_HEADING, *rows)).encode(), jhu(), file="jhu.csv", published=DAY)
    assert found.table["place"].unique(maintain_order=True).to_list() == ["CN-HB", "KR", "HK", "MO", "US", "TW", "AW", "MM"]
    assert [(one.row, one.fault) for one in found.remarks if one.effect is Effect.REJECTED] == [
        (9, Fault.PLACE),
        (10, Fault.PLACE),
    ]
    vintages = Vintages.of([found])
    days = (date(2020, 1, 22), date(2020, 1, 24))
    assert vintages.daily("cases", "CN-HB", *days, known=DAY) == (None, 0, 105)
    assert vintages.total("cases", "CN-HB", days[1], known=DAY) == 549
    assert found.balances


def test_a_column_that_is_no_day_or_whose_day_comes_twice_is_left_out_and_said_to_be() -> None:
    raw = b"Province/State,Country/Region,Lat,Long,1/22/20,2020-01-23,1/24/20,1/24/20,1/25/20\n,US,40,-100,1,1,2,3,5\n"
    found = read_table(raw, jhu(), file="jhu.csv", published=DAY)
    assert figures(found) == [
        (date(2020, 1, 22), "US", "cases", "cumulative", 1),
        (date(2020, 1, 25), "US", "cases", "cumulative", 5),
    ]
    assert said(found)[:3] == [
        (1, "2020-01-23", Fault.DATE_MIXED, Effect.LEFT_OUT),
        (1, "1/24/20", Fault.CONFLICT, Effect.LEFT_OUT),
        (1, "1/24/20", Fault.CONFLICT, Effect.LEFT_OUT),
    ]


def test_a_total_that_falls_is_kept_and_noted_and_its_day_is_below_nought() -> None:
    raw = f"{JHU_HEADING}\n,US,40,-100,5,8,6\n".encode()
    found = read_table(raw, jhu(), file="jhu.csv", published=DAY)
    assert said(found) == [(2, "1/22/20", Fault.START, Effect.NOTED), (2, "1/24/20", Fault.FALL, Effect.NOTED)]
    asked = Vintages.of([found]).daily("cases", "US", date(2020, 1, 22), date(2020, 1, 24), known=DAY)
    assert asked == (None, 3, -2)


def test_a_total_below_nought_is_left_out() -> None:
    found = read_table(f"{JHU_HEADING}\n,US,40,-100,-1,8,9\n".encode(), jhu(), file="jhu.csv", published=DAY)
    assert said(found) == [
        (2, "1/22/20", Fault.NEGATIVE_TOTAL, Effect.LEFT_OUT),
        (2, "1/23/20", Fault.START, Effect.NOTED),
    ]


def test_owid_is_read_in_both_editions_and_its_groups_of_countries_are_rejected() -> None:
    old = b"iso_code,date,new_cases,new_deaths,new_tests\nKOR,2020-05-01,9.0,,4000\nOWID_WRL,2020-05-01,80000,9,\n"
    new = b"country,date,new_cases,new_deaths\nSouth Korea,2020-05-01,9,1\nWorld,2020-05-01,80000,9\nEurope,2020-05-01,8,9\n"
    first, second = (
        read_table(raw, layout, file="owid.csv", published=DAY) for raw, layout in ((old, OWID), (new, OWID_COMPACT))
    )
    assert [row[1:3] + row[-1:] for row in figures(first)] == [("KR", "cases", 9), ("KR", "tests", 4000)]
    assert [row[1:3] + row[-1:] for row in figures(second)] == [("KR", "cases", 9), ("KR", "deaths", 1)]
    assert (first.rejected, second.rejected) == (1, 2)


def test_a_file_needs_a_date_of_publication_exactly_where_it_has_no_column_for_it() -> None:
    with pytest.raises(ReportError, match=r"who\.csv: found no date"):
        read_table(b"", WHO, file="who.csv")
    with pytest.raises(ReportError, match=r"hk\.csv: found a date"):
        read_table(b"", HONG_KONG, file="hk.csv", published=DAY)


def test_taking_each_day_as_published_later_is_noted_as_the_assumption_that_it_is() -> None:
    raw = f"{WHO_HEADING}\n2020-05-01,KR,Korea,WPRO,9,1,,0\n".encode()
    found = read_table(raw, WHO, file="who.csv", published=timedelta(days=1))
    assert said(found) == [(0, "", Fault.PUBLISHED, Effect.NOTED)]
    vintages = Vintages.of([found])
    days = (date(2020, 5, 1), date(2020, 5, 1))
    assert vintages.daily("cases", "KR", *days, known=date(2020, 5, 1)) == (None,)
    assert vintages.daily("cases", "KR", *days, known=date(2020, 5, 2)) == (9,)


def test_every_metric_of_an_agreement_can_be_reported() -> None:
    reckoned = {Metric.EXPECTED_IMPORTS, Metric.CLEAN_WEEKS}  # from a forecast, and from the flights
    assert {metric.value for metric in set(Metric) - reckoned} <= {figure.value for figure in Figure}


def test_every_fault_has_words() -> None:
    assert set(EXPECTED) == set(Fault)
    remark = Remark(file="f", row=1, column="", fault=Fault.NUMBER, effect=Effect.NOTED, found="x")
    assert remark.line() == "f:1: found x; expected a whole number without separators"


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: f"{WHO_HEADING}\n{text}".encode()))
def test_any_bytes_are_read_and_their_counts_balance(raw: bytes) -> None:
    for layout in (WHO, jhu()):
        found = read_table(raw, layout, file="any", published=DAY)
        assert found.balances


FIELD = st.sampled_from(["2020-05-01", "2020-05-02", "03/04/2020", "KR", "CN", "ZZ", "", "1", "-3", "x", '"', "9.0"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["2020-05-01", "2020-05-03", "1/2/20"]), st.sampled_from(["KR", "CN", "Q"]), FIELD, FIELD)
    )
)
def test_rows_in_are_rows_accepted_and_rejected_whatever_is_in_them(rows: list[tuple[str, str, str, str]]) -> None:
    found = who(*(f"{day},{place},,,{cases},,{deaths}," for day, place, cases, deaths in rows))
    assert found.rows == len(rows)
    assert found.balances


REAL: list[tuple[str, Long | Wide, date | timedelta | None, int, int, int]] = [
    ("epidemic/coronaboard_kr/kr_daily.csv", KDCA, timedelta(0), 1323, 3969, 0),
    ("epidemic/coronaboard_kr/kr_regional_daily.csv", KDCA_REGIONS, date(2023, 9, 5), 23328, 46656, 0),
    ("epidemic/sg_hxchua/covid19_sg.csv", SINGAPORE, timedelta(0), 777, 3428, 0),
    ("epidemic/hk_chp/hk_daily_by_class.csv", HONG_KONG, None, 822, 4110, 0),
    ("epidemic/cn_canghailan/kr_cumulative.csv", CANGHAILAN, date(2021, 1, 1), 322, 966, 0),
    ("epidemic/cn_canghailan/cn_imported_cumulative_by_province.csv", CANGHAILAN_PROVINCES, date(2021, 1, 1), 10992, 19222, 0),
    ("epidemic/oxcgrt/confirmed_cases.csv", oxcgrt(), date(2023, 3, 1), 187, 199999, 2),
    ("epidemic/oxcgrt/c8_internationaltravel.csv", oxcgrt(Figure.TRAVEL_CONTROLS), date(2023, 3, 1), 187, 202855, 0),
    ("facts/kr_imported_by_origin_kdca.csv", KDCA_ORIGINS, timedelta(0), 6, 59, 0),
]  # fmt: skip


@pytest.mark.parametrize(("path", "layout", "published", "rows", "kept", "left_out"), REAL, ids=[one[0] for one in REAL])
def test_the_real_files_are_read_whole(
    shared: Path, path: str, layout: Long | Wide, published: date | timedelta | None, rows: int, kept: int, left_out: int
) -> None:
    found = read_table((shared / "data" / path).read_bytes(), layout, file=path, published=published)
    assert (found.rows, found.accepted, found.rejected, found.kept, found.left_out) == (rows, rows, 0, kept, left_out)
    assert found.balances


def test_an_effect_of_weekdays_is_noted_once_a_series_with_its_factors_and_nothing_is_smoothed() -> None:
    shares = (0.8, 1.2, 1.2, 1.1, 1.1, 0.9, 0.7)
    first = date(2020, 1, 6)
    counts = [round(100 * shares[i % 7]) + i % 5 for i in range(84)]
    found = who(*(f"{first + timedelta(days=i)},KR,Korea,WPRO,{count},1,{3 + i % 4},0" for i, count in enumerate(counts)))
    (remark,) = found.remarks
    assert (remark.row, remark.column, remark.fault, remark.effect) == (2, "New_cases", Fault.WEEKDAY, Effect.NOTED)
    assert remark.found.startswith("KR cases Mo 0.8")
    assert found.table.filter(found.table["figure"] == "cases")["count"].to_list() == counts


def test_a_file_of_two_byte_characters_that_ends_within_one_loses_that_row_only() -> None:
    raw = f"{WHO_HEADING}\n2020-05-01,KR,한국,WPRO,9,1,0,0\n2020-05-02,KR,Korea,WPRO,6,1,0,0".encode("utf-16")[:-1]
    found = read_table(raw, WHO, file="who.csv", published=DAY)
    assert said(found) == [(3, "", Fault.ENCODING, Effect.REJECTED)]
    assert found.balances
