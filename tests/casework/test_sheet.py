"""Files as people really send them."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.casework import sheet
from fastchannel.casework.sheet import SheetError
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import LANGUAGES

KNOWN = frozenset({"name", "passport", "city"})
REQUIRED = frozenset({"name", "passport"})
KOREAN = "name,passport\r\n김민지,M1\r\n이서준,M2\r\n"
CHINESE = "name,passport\r\n王小明,E1\r\n李丽华,E2\r\n张伟,E3\r\n"


def read(data: bytes) -> sheet.Sheet:
    return sheet.read(data, KNOWN, REQUIRED)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (KOREAN.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + KOREAN.encode(), "UTF-8"),
        (KOREAN.encode("utf-16"), "UTF-16"),
        (KOREAN.encode("utf-16-be"), "UTF-16"),
        (KOREAN.encode("utf-16-le"), "UTF-16"),
        (KOREAN.encode("cp949"), "CP949"),
        (CHINESE.encode("gb18030"), "GB18030"),
    ],
)
def test_what_spreadsheets_save_is_read_rightly(data: bytes, encoding: str) -> None:
    found = read(data)
    assert found.encoding == encoding
    assert [line.cells[0] for line in found.lines] in (["김민지", "이서준"], ["王小明", "李丽华", "张伟"])


def test_quoted_line_breaks_belong_to_their_cell_and_lines_are_counted_as_the_file_has_them() -> None:
    found = read(b'name,passport\r\n"KIM\nMINJI",M1\nLEE,M2\r')
    assert [(line.row, line.line, line.cells) for line in found.lines] == [
        (1, 3, ("KIM\nMINJI", "M1")), (2, 4, ("LEE", "M2")),
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    assert read(f"Name{separator}PASSPORT\nA{separator}B".encode()).lines[0].cells == ("A", "B")


def test_blank_lines_are_no_rows() -> None:
    assert [line.row for line in read(b"\n\nname,passport\n,\n\nA,B\n \nC,D\n").lines] == [1, 2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"name,passport\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"name,passport\n\xff\xff\xff,x", "encoding"),
        (codecs.BOM_UTF8 + b"name,passport\n\xff,x", "encoding"),
        (b'name,passport\n"A,B\nC,D\n', "quotes"),
        (b"A,B\nC,D\n", "header"),
        (b"name,city\nA,B\n", "missing"),
        (b"name,passport,name\nA,B,C\n", "twice"),
        (",".join(["name", "passport", *map(str, range(80))]).encode(), "columns"),
        (b"name,passport\n" + b"A,B\n" * (sheet.MOST_ROWS + 1), "rows"),
        (b"x" * (sheet.MOST_BYTES + 1), "large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_every_language(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        read(data)
    assert caught.value.code == code
    assert all(caught.value.text(language) for language in LANGUAGES)


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_our_own_error(data: bytes) -> None:
    try:
        read(b"name,passport\n" + data)
    except FastChannelError:
        return


@pytest.mark.parametrize("cell", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_what_a_spreadsheet_would_run_is_neutral_on_export(cell: str) -> None:
    assert sheet.neutral(cell) == f"'{cell}"
    assert b"'" + cell.encode() in sheet.write([[cell]])


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=1, max_size=4)))
def test_what_we_write_never_begins_a_formula(rows: list[list[str]]) -> None:
    assert not any(sheet.neutral(cell).startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert sheet.write(rows).startswith(codecs.BOM_UTF8)
