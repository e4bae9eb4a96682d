"""A roster as a spreadsheet workbook (XLSX): read within bounds, and written as a template.

Values are taken as the spreadsheet program saved them and nothing is evaluated. A workbook is a ZIP file of XML from a
stranger: entities are refused by defusedxml, and what it unpacks to is bounded before it is unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.datavalidation import DataValidation

from fastchannel.casework.sheet import MOST_COLUMNS, MOST_ROWS, Line, Sheet, SheetError, header_of

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 160 * 1024 * 1024
MOST_RATIO = 150  # a sheet of like rows packs to a fiftieth
MOST_PARTS, MOST_SHEETS = 400, 20
MOST_LOOKED_AT = 4 * MOST_ROWS  # rows, blank ones counted: a sheet can say that its second row is the billionth
EXACT = 10**15  # a spreadsheet's numbers have fifteen digits
DATES, MOMENTS, WRITTEN = frozenset({"birth_date"}), frozenset({"departure"}), frozenset({"passport", "telephone"})
_MACROS = ("vbaproject", "vbadata", "/macrosheets/")
_LAST_SERIAL = 2_958_465  # 31 December 9999


def read(data: bytes, known: frozenset[str], required: frozenset[str]) -> Sheet:
    """The first sheet that is shown, its rows as `sheet.read` gives them. Raises SheetError."""
    _bounded(data)
    try:
        # Openpyxl's own errors on a broken file are of a dozen kinds, so all of them mean the same here.
        return _read(data, known, required)
    except SheetError:
        raise
    except Exception as error:
        raise SheetError("broken", found=type(error).__name__) from error


def write(rows: Sequence[Sequence[str]], choices: Mapping[int, Sequence[str]], *, values_title: str = "values") -> bytes:
    """A workbook with a heading and rows of text; ``choices`` are the values that a column (from 0) takes, as lists."""
    book = openpyxl.Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    sheet = book.create_sheet("roster")
    for cells in rows:
        sheet.append([cell or None for cell in cells])
    for column in range(1, len(rows[0]) + 1):
        letter = get_column_letter(column)
        heading = sheet.cell(row=1, column=column)
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor="E4EBF2")
        sheet.column_dimensions[letter].width = max(14, len(str(heading.value)) + 4)
        sheet.column_dimensions[letter].number_format = "@"
        for row in range(2, len(rows) + 1):
            sheet.cell(row=row, column=column).number_format = "@"  # as text: no zero is lost, no date is turned round
    sheet.freeze_panes = "A2"
    _offer(book, sheet, choices, values_title, [str(cell) for cell in rows[0]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _offer(book: Any, sheet: Any, choices: Mapping[int, Sequence[str]], title: str, headings: list[str]) -> None:
    values = book.create_sheet(title)
    for place, (column, offered) in enumerate(sorted(choices.items()), start=1):
        letter = get_column_letter(place)
        values.column_dimensions[letter].width = 24
        for row, value in enumerate([headings[column], *offered], start=1):
            values.cell(row=row, column=place, value=value).number_format = "@"
        values.cell(row=1, column=place).font = Font(bold=True)
        if not offered:
            continue
        # Nobody is held to the list: what is not on it is told row by row, before anything is written.
        rule = DataValidation(
            type="list",
            formula1=f"'{title}'!${letter}$2:${letter}${len(offered) + 1}",
            allow_blank=True,
            showErrorMessage=False,
        )
        sheet.add_data_validation(rule)
        at = get_column_letter(column + 1)
        rule.add(f"{at}2:{at}{MOST_ROWS + 1}")


def _bounded(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise SheetError("large", found=len(data), expected=MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            kinds = _kinds(packed, parts)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, RuntimeError, zlib.error) as error:
        raise SheetError("broken", found=type(error).__name__) from error
    names = [part.filename.lower() for part in parts]
    if any(word in name for name in names for word in _MACROS) or b"macroenabled" in kinds:
        raise SheetError("macros")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(data), 10_000):
        raise SheetError("unpacked", found=unpacked, expected=min(MOST_UNPACKED, MOST_RATIO * max(len(data), 10_000)))


def _kinds(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> bytes:
    """The list of what the parts are, in small letters."""
    found = next((part for part in parts if part.filename == "[Content_Types].xml"), None)
    if found is None or found.file_size > 1_000_000:
        return b""
    return packed.read(found).lower()


def _read(data: bytes, known: frozenset[str], required: frozenset[str]) -> Sheet:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
        if not sheets or len(book.sheetnames) > MOST_SHEETS:
            raise SheetError("sheets", found=len(book.sheetnames), expected=MOST_SHEETS)
        header: tuple[str, ...] = ()
        lines: list[Line] = []
        for number, cells in _rows(sheets[0]):
            if not header:
                header = header_of([_plain(cell) for cell in cells], known, required)
                continue
            lines.append(_line(len(lines) + 1, number, cells, header, book.epoch))
            if len(lines) > MOST_ROWS:
                raise SheetError("rows", found=f"> {MOST_ROWS}", expected=MOST_ROWS)
        if not lines:
            raise SheetError("empty")
        others = tuple(one.title for one in sheets[1:])
        return Sheet(encoding="XLSX", separator="", header=header, lines=tuple(lines), others=others)
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that are not blank, with their numbers."""
    sheet.reset_dimensions()  # what the file says of its size is not believed
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > MOST_LOOKED_AT:
            raise SheetError("rows", found=f"> {MOST_LOOKED_AT}", expected=MOST_ROWS)
        if any(cell.value not in (None, "") for cell in cells):
            yield number, cells


def _line(row: int, number: int, cells: Iterable[Any], header: tuple[str, ...], epoch: datetime) -> Line:
    texts: list[str] = []
    flags: list[tuple[str, str]] = []
    for place, cell in enumerate(cells):
        column = header[place] if place < len(header) else ""
        text, flag = _text(cell, column, epoch)
        texts.append(text)
        if flag:
            flags.append((column, flag))
    while len(texts) > len(header) and not texts[-1]:
        texts.pop()
    return Line(row=row, line=number, cells=tuple(texts), flags=tuple(flags))


def _text(cell: Any, column: str, epoch: datetime) -> tuple[str, str]:
    """A cell as it would stand in a text file, and what of it may have been lost."""
    value = cell.value
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, int | float):
        if column in DATES | MOMENTS and 1 <= value <= _LAST_SERIAL:
            return _moment(from_excel(value, epoch), column), ""
        if column in WRITTEN:
            return _digits(value, str(cell.number_format or ""))
        return (str(int(value)) if float(value).is_integer() else repr(value)), ""
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, column), ""
    return _plain(cell), ""


def _digits(value: float, shown_as: str) -> tuple[str, str]:
    """What is written with digits and is no number. A format of noughts alone says how many digits there are."""
    text = str(int(value)) if float(value).is_integer() else repr(value)
    if abs(value) >= EXACT:
        return text, "digits"
    if shown_as and not shown_as.strip("0"):
        return text.zfill(len(shown_as)), ""
    return text, "number"


def _moment(value: Any, column: str) -> str:
    if isinstance(value, datetime):
        nearest = value + timedelta(seconds=30)  # a serial number's last digits are noise
        return f"{value:%Y-%m-%d}" if column in DATES else f"{nearest:%Y-%m-%d %H:%M}"
    return f"{value}"


def _plain(cell: Any) -> str:
    return "" if cell.value is None else str(cell.value).strip()
