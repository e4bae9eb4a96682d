"""A sheet of comma-separated values as people really send it: several encodings and separators, quoted line breaks."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import ClassVar

from fastchannel.casework.columns import column_of
from fastchannel.casework.errors import CaseworkError
from fastchannel.terms.language import N_, translate

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 64
_SEPARATORS = (",", ";", "\t")
_HANGUL_SHARE = 0.9  # Chinese read as Korean gives hanja among the hangul; Korean gives hangul only
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class SheetError(CaseworkError):
    """The file as a whole cannot be read. ``code`` is stable; the text says what was found and what to do."""

    MESSAGES: ClassVar[dict[str, str]] = {
        "empty": N_("The file is empty. Expected a header and at least one row."),
        "large": N_("The file has {found} bytes; at most {expected} can be read. Split it."),
        "rows": N_("The file has {found} rows; at most {expected} can be read at once. Split it."),
        "workbook": N_("This is a workbook of an old kind, or one with a password. Save it as XLSX or as CSV (UTF-8)."),
        "macros": N_("This workbook has macros. Save it as XLSX without them."),
        "broken": N_("This is no workbook that can be read ({found}). Save it anew as XLSX, or as CSV (UTF-8)."),
        "unpacked": N_("The workbook unpacks to {found} bytes; at most {expected} are read. Copy the rows into a new one."),
        "sheets": N_("The workbook has {found} sheets; expected one with the roster, and at most {expected}."),
        "encoding": N_("This is no text in UTF-8, UTF-16, GB18030 or CP949 (first fault at byte {found}). Save it as UTF-8."),
        "quotes": N_("The file cannot be read from line {found} on: {expected}. Is a quotation mark missing?"),
        "columns": N_("The header has {found} columns; at most {expected} can be read."),
        "header": N_("The first line is no header: found {found}; expected the columns {expected}."),
        "missing": N_("These columns are missing: {found}. Take the template's header."),
        "twice": N_("These columns are there twice: {found}."),
    }  # fmt: skip

    def __init__(self, code: str, *, found: object = "", expected: object = "") -> None:
        self.code = code
        self.values = {"found": str(found), "expected": str(expected)}
        super().__init__(self.text())

    def text(self, language: str = "en") -> str:
        """The message in that language."""
        return translate(self.MESSAGES[self.code], language, **self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row below the header: ``row`` counts from 1, ``line`` is where it ends in the file.

    ``flags`` say of which column something may have been lost before the file was sent, and what.
    """

    row: int
    line: int
    cells: tuple[str, ...]
    flags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The header and the rows that are not blank."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    others: tuple[str, ...] = ()  # sheets of a workbook that were not read


def read(data: bytes, known: frozenset[str], required: frozenset[str]) -> Sheet:
    """Read a file whose header names ``known`` columns, ``required`` ones among them. Raises SheetError."""
    if len(data) > MOST_BYTES:
        raise SheetError("large", found=len(data), expected=MOST_BYTES)
    text, encoding = _decode(data)
    separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: tuple[str, ...] = ()
    lines: list[Line] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = header_of(cells, known, required)
                continue
            lines.append(Line(row=len(lines) + 1, line=reader.line_num, cells=tuple(cell.strip() for cell in cells)))
            if len(lines) > MOST_ROWS:
                raise SheetError("rows", found=f"> {MOST_ROWS}", expected=MOST_ROWS)
    except csv.Error as error:
        raise SheetError("quotes", found=reader.line_num, expected=error) from error
    if not lines:
        raise SheetError("empty")
    return Sheet(encoding=encoding, separator=separator, header=header, lines=tuple(lines))


def write(rows: list[list[str]]) -> bytes:
    """A file that every spreadsheet opens rightly: UTF-8 with its mark, CRLF, and no cell that would run as a formula."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([[neutral(cell) for cell in row] for row in rows])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def neutral(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def header_of(cells: list[str], known: frozenset[str], required: frozenset[str]) -> tuple[str, ...]:
    """The columns that the first line names, in any order and in any of our languages. Raises SheetError."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise SheetError("columns", found=len(cells), expected=MOST_COLUMNS)
    names = [column_of(cell) for cell in cells]
    if not set(names) & known:
        raise SheetError("header", found=", ".join(cells)[:200], expected=", ".join(sorted(required)))
    twice = sorted({name for name in names if name in known and names.count(name) > 1})
    if twice:
        raise SheetError("twice", found=", ".join(twice))
    missing = sorted(required - set(names))
    if missing:
        raise SheetError("missing", found=", ".join(missing))
    return tuple(names)


def _decode(data: bytes) -> tuple[str, str]:
    if not data.strip(b"\0 \r\n\t"):
        raise SheetError("empty")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SheetError("workbook")
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data, "utf-8-sig"), "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16"), "UTF-16"
    if b"\0" in data[:2_000]:
        little = data[1:2_000:2].count(0) >= data[:2_000:2].count(0)
        return _strictly(data, "utf-16-le" if little else "utf-16-be"), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        fault = error.start
    korean, chinese = _perhaps(data, "cp949"), _perhaps(data, "gb18030")
    if korean is not None and (chinese is None or _hangul_share(korean) >= _HANGUL_SHARE):
        return korean, "CP949"
    if chinese is not None:
        return chinese, "GB18030"
    raise SheetError("encoding", found=fault)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetError("encoding", found=error.start) from error


def _perhaps(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _hangul_share(text: str) -> float:
    others = [character for character in text if ord(character) > 0x7F]
    return sum("가" <= character <= "힣" for character in others) / len(others) if others else 0.0


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=first.count)
