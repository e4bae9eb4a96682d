"""Rosters: what is wrong with a row, and that counts always balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.shipped import shipped
from fastchannel.casework import roster
from fastchannel.casework.columns import COLUMNS
from fastchannel.casework.roster import PROBLEMS, Preview, Problem, problem_text
from fastchannel.casework.sheet import SheetError
from fastchannel.terms.language import LANGUAGES
from tests.casework.cases import AGREEMENT, roster_csv

TEXT = shipped()[AGREEMENT].newest


def preview(data: bytes, known: frozenset[str] = frozenset()) -> Preview:
    return roster.preview(data, TEXT, known)


def test_a_good_row_asks_for_a_crossing_in_the_place_of_departures_own_time() -> None:
    [row] = preview(roster_csv(1)).rows
    assert row.outcome == "accepted"
    assert row.wanted is not None
    assert row.wanted.itinerary.departure.isoformat() == "2020-05-22T09:30:00+09:00"
    assert row.wanted.key == "M00000000|kr-cn|2020-05-22"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("name", "", "missing"),
        ("name", "x" * 201, "long"),
        ("route", "kr-us", "unknown"),
        ("purpose", "", "missing"),
        ("purpose", "=cmd", "form"),
        ("departure", "22 May", "form"),
        ("departure", "2020-05-22", "form"),
        ("departure", "2020-02-30 09:30", "form"),
        ("origin", "CN-SH", "form"),
        ("destination", "Shanghai", "form"),
        ("destination", "KR-11", "form"),
    ],
)
def test_a_fault_names_its_column_what_was_found_and_what_was_expected(column: str, value: str, code: str) -> None:
    [row] = preview(roster_csv(1, **{column: value})).rows
    assert row.outcome == "rejected"
    found = {(problem.column, problem.code) for problem in row.problems}
    assert (column, code) in found
    assert all(problem_text(problem, language) for problem in row.problems for language in LANGUAGES)


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_fault_has_words(code: str) -> None:
    assert problem_text(Problem(column="x", code=code, found="1", expected="place:CN:CN-SH"))


@pytest.mark.parametrize("text", ["2020/5/22 9:30", "2020.5.22 9:30", "2020-05-22T09:30+09:00", "2020-05-22 09:30:00"])
def test_times_are_read_as_spreadsheets_write_them(text: str) -> None:
    [row] = preview(roster_csv(1, departure=text)).rows
    assert row.wanted is not None
    assert row.wanted.itinerary.departure.isoformat() == "2020-05-22T09:30:00+09:00"


def test_a_row_with_more_cells_than_the_header_is_rejected_and_the_others_are_not() -> None:
    lines = roster_csv(3).split(b"\r\n")
    lines[2] += b",extra"
    assert [row.outcome for row in preview(b"\n".join(lines)).rows] == ["accepted", "rejected", "accepted"]


def test_the_second_of_two_equal_rows_is_flagged_and_names_the_first() -> None:
    data = roster_csv(2)
    found = preview(data + b"\r\n" + data.split(b"\r\n")[1])
    assert [row.outcome for row in found.rows] == ["accepted", "accepted", "duplicate"]
    assert found.rows[2].problems[0].found == "1"


def test_a_row_that_was_applied_for_before_is_flagged() -> None:
    assert preview(roster_csv(1), frozenset({"M00000000|kr-cn|2020-05-22"})).count("duplicate") == 1


def test_a_region_that_is_not_open_is_for_the_agreement_to_refuse_not_for_the_import() -> None:
    assert preview(roster_csv(1, destination="CN-BJ")).count("accepted") == 1


def test_a_column_that_means_nothing_is_named_and_ignored() -> None:
    assert preview(roster_csv(1, shoe="42")).ignored == ("shoe",)


def test_the_template_can_be_read_back_and_has_every_column() -> None:
    read = roster.read(roster.template(TEXT))
    assert read.header == COLUMNS
    assert len(read.lines) == len(TEXT.routes)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["kr-cn", "KR-11", "CN-SH", "2020-05-22 09:30", "M1234567", "business", '"', ","]
)


@given(st.lists(st.lists(cells, max_size=9), max_size=12))
def test_counts_in_are_accepted_and_rejected_and_duplicates_together(rows: list[list[str]]) -> None:
    header = "name,passport,route,purpose,departure,origin,destination"
    data = "\n".join([header, *(",".join(row) for row in rows)]).encode()
    try:
        total = len(roster.read(data).lines)
    except SheetError:
        return
    found = preview(data)
    assert found.count("accepted") + found.count("rejected") + found.count("duplicate") == total
    assert [row.row for row in found.rows] == list(range(1, total + 1))
