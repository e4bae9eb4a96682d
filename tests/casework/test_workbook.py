"""Workbooks: the same rows as from text, within bounds, with nothing evaluated and nothing lost in silence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.agreement.shipped import shipped
from fastchannel.casework import roster, workbook
from fastchannel.casework.columns import COLUMNS, HEADINGS, column_of
from fastchannel.casework.roster import Preview
from fastchannel.casework.sheet import SheetError
from fastchannel.terms.language import LANGUAGES
from tests.casework.cases import AGREEMENT

TEXT = shipped()[AGREEMENT].newest
HEADER = ["name", "passport", "route", "purpose", "departure", "origin", "destination", "birth_date"]
LEAVES = datetime.fromisoformat("2020-05-22T09:30")  # workbooks know no zones
ROW: list[Any] = ["LEE", "M12345678", "kr-cn", "business", "2020-05-22 09:30", "KR-11", "CN-SH", None]


def book(*rows: Sequence[Any], header: Sequence[str] = HEADER, formats: dict[str, str] | None = None, sheets: int = 1) -> bytes:
    made = openpyxl.Workbook()
    first = made.worksheets[0]
    first.append(list(header))
    for row in rows:
        first.append(list(row))
    for cell, form in (formats or {}).items():
        first[cell].number_format = form
    for number in range(1, sheets):
        made.create_sheet(f"other {number}")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The workbook with parts put in or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def changed(**cells: Any) -> list[Any]:
    return [cells.get(column, value) for column, value in zip(HEADER, ROW, strict=True)]


def preview(data: bytes) -> Preview:
    return roster.preview(data, TEXT)


def departure(found: Preview) -> str:
    [row] = found.rows
    assert row.wanted is not None, row.problems
    return row.wanted.itinerary.departure.isoformat()


def test_a_workbook_is_read_as_its_text_would_be() -> None:
    text = ",".join(HEADER) + "\n" + ",".join(str(cell or "") for cell in ROW)
    [row], [plain] = preview(book(ROW)).rows, preview(text.encode()).rows
    assert row.wanted == plain.wanted
    assert (row.row, row.line, row.outcome) == (1, 2, "accepted")


@pytest.mark.parametrize("cell", [LEAVES, 43973.39583333333, "2020/5/22 9:30", LEAVES - timedelta(milliseconds=1)])
def test_a_departure_may_be_a_date_a_serial_number_or_a_text(cell: Any) -> None:
    assert departure(preview(book(changed(departure=cell)))) == "2020-05-22T09:30:00+09:00"


@pytest.mark.parametrize("cell", [date(1985, 3, 2), datetime.fromisoformat("1985-03-02"), 31108, "1985.3.2"])
def test_a_birth_date_may_be_a_date_a_serial_number_or_a_text(cell: Any) -> None:
    [row] = preview(book(changed(birth_date=cell))).rows
    assert row.wanted is not None
    assert row.wanted.person.birth_date == date(1985, 3, 2)


def test_serial_numbers_of_a_workbook_that_counts_from_1904_are_read_by_its_own_epoch() -> None:
    made = openpyxl.load_workbook(io.BytesIO(book(changed(departure=43973.39583333333 - 1462))))
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    out = io.BytesIO()
    made.save(out)
    assert departure(preview(out.getvalue())) == "2020-05-22T09:30:00+09:00"


def test_a_passport_that_was_a_number_is_flagged_and_taken() -> None:
    [row] = preview(book(changed(passport=12345678))).rows
    assert row.outcome == "accepted"
    assert [(flag.column, flag.code, flag.found) for flag in row.flags] == [("passport", "number", "12345678")]


def test_a_passport_whose_format_says_how_many_digits_it_has_gets_its_noughts_back() -> None:
    [row] = preview(book(changed(passport=12345678), formats={"B2": "000000000"})).rows
    assert row.wanted is not None
    assert (row.wanted.person.passport, row.flags) == ("012345678", ())


def test_a_number_longer_than_a_spreadsheet_keeps_says_that_digits_are_lost() -> None:
    [row] = preview(book(changed(passport=12345678901234567890.0))).rows
    assert [flag.code for flag in row.flags] == ["digits"]


def test_a_formula_is_not_evaluated() -> None:
    [row] = preview(book(changed(passport='="M1234"&"5678"'))).rows
    assert [(problem.column, problem.code) for problem in row.problems] == [("passport", "missing")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_stand_in_any_order_under_the_names_of_each_language(language: str) -> None:
    order = list(reversed(HEADER))
    header = [HEADINGS[column][language] for column in order]
    [row] = preview(book([ROW[HEADER.index(column)] for column in order], header=header)).rows
    assert row.outcome == "accepted"


def test_no_name_means_two_columns_and_every_heading_means_its_own() -> None:
    for column in COLUMNS:
        assert {column_of(name) for name in HEADINGS[column].values()} == {column}
    assert (column_of(" Passport  No. "), column_of("휴대폰"), column_of("*护照号")) == ("passport", "telephone", "passport")


def test_only_the_first_sheet_that_is_shown_is_read_and_the_others_are_named() -> None:
    assert preview(book(ROW, sheets=3)).others == ("other 1", "other 2")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_in_each_language_can_be_sent_as_it_is_and_offers_what_columns_take(language: str) -> None:
    data = roster.template_workbook(TEXT, language)
    found = preview(data)
    assert [row.outcome for row in found.rows] == ["accepted"] * len(TEXT.routes)
    made = openpyxl.load_workbook(io.BytesIO(data))
    assert [cell.value for cell in made.worksheets[0][1]] == [HEADINGS[column][language] for column in COLUMNS]
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in made.worksheets[0].data_validations.dataValidation}
    at = openpyxl.utils.get_column_letter(COLUMNS.index("route") + 1)
    area = lists[f"{at}2"].split("!")[1].replace("$", "")
    assert [cell.value for [cell] in made["values"][area]] == list(TEXT.routes)
    assert made.worksheets[0]["B2"].number_format == "@"


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    + b"".join(
        b'<c r="%c1" t="inlineStr"><is><t>%b</t></is></c>' % (ord("A") + at, name.encode()) for at, name in enumerate(HEADER)
    )
    + b'</row><row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData></worksheet>'
)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04rest", "broken"),
        (book(ROW)[:-200], "broken"),
        (repacked(book(ROW), **{"xl/vbaProject.bin": b"x"}), "macros"),
        (repacked(book(ROW), **{"[Content_Types].xml": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"}), "macros"),
        (repacked(book(ROW), **{SHEET: ENTITY}), "broken"),
        (repacked(book(ROW), **{"xl/media/a": b"\0" * 40_000_000}), "unpacked"),
        (repacked(book(ROW), **{f"xl/{number}": b"" for number in range(500)}), "unpacked"),
        (book(ROW, sheets=30), "sheets"),
        (book(), "empty"),
        (book(ROW, header=["a", "b"]), "header"),
        (b"PK\x03\x04" + b"x" * workbook.MOST_BYTES, "large"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        roster.read(data)
    assert caught.value.code == code
    assert all(caught.value.text(language) for language in LANGUAGES)


def test_a_row_that_is_claimed_to_stand_far_below_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_LOOKED_AT", 1_000)
    with pytest.raises(SheetError) as caught:
        roster.read(repacked(book(ROW), **{SHEET: FAR}))
    assert caught.value.code == "rows"


def test_entities_are_refused_by_a_reader_that_openpyxl_uses() -> None:
    assert openpyxl.DEFUSEDXML


SOUND = book(ROW)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 5_000))
def test_a_damaged_workbook_raises_nothing_but_our_own_error(noise: bytes, place: int) -> None:
    data = bytearray(SOUND)
    data[place % len(data) : place % len(data) + len(noise)] = noise
    with suppress(SheetError):
        assert roster.read(b"PK\x03\x04" + bytes(data[4:])).lines
