"""A CSV file as rows, each on its own line, so that one broken row spoils no other."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fastchannel.watch.reports.remarks import Effect, Fault, Remarks

MOST_FIELD_CHARACTERS = 2_000
MOST_LINE_CHARACTERS = 130_000  # below what the csv module takes for one field
_REPLACED = "\ufffd"  # what a decoder leaves where bytes are no text
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Row:
    """A row's number in the file and its fields, with spaces around them taken off."""

    number: int
    fields: list[str]


def read_lines(raw: bytes, encoding: str, remarks: Remarks) -> Iterator[Row | int]:
    """The rows; where one cannot be read, only its number, after a remark. Empty lines are no rows.

    A byte-order mark decides the encoding; else ``encoding`` is what the caller says, and nothing else is tried.
    """
    for mark, marked in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            raw, encoding = raw[len(mark) :], marked
            break
    for number, line in enumerate(_split(raw, encoding), start=1):
        if line.strip():
            yield _row(number, line, encoding, remarks)


def _split(raw: bytes, encoding: str) -> Sequence[bytes | str]:
    """Lines as bytes, so that bytes that are no text spoil one line only; as text where a line's end is of two bytes."""
    if not encoding.startswith("utf-16"):
        return raw.replace(b"\r\n", b"\n").split(b"\n")
    return raw.decode(encoding, errors="replace").replace("\r\n", "\n").split("\n")


def _row(number: int, line: bytes | str, encoding: str, remarks: Remarks) -> Row | int:
    if len(line) > 4 * MOST_LINE_CHARACTERS:
        remarks.add(number, "", Fault.FIELD_SIZE, Effect.REJECTED, len(line), most=MOST_LINE_CHARACTERS)
        return number
    try:
        text = line.decode(encoding) if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        found = f"{error.object[error.start : error.start + 4].hex(' ')} (hex)"
        remarks.add(number, "", Fault.ENCODING, Effect.REJECTED, found, encoding=encoding)
        return number
    if isinstance(line, str) and _REPLACED in line:
        remarks.add(number, "", Fault.ENCODING, Effect.REJECTED, line, encoding=encoding)
        return number
    if len(text) > MOST_LINE_CHARACTERS:
        remarks.add(number, "", Fault.FIELD_SIZE, Effect.REJECTED, len(text), most=MOST_LINE_CHARACTERS)
        return number
    try:
        fields = [field.strip() for field in next(csv.reader([text], strict=True))]
    except (csv.Error, StopIteration):
        remarks.add(number, "", Fault.QUOTES, Effect.REJECTED, text)
        return number
    longest = max(map(len, fields), default=0)
    if longest > MOST_FIELD_CHARACTERS:
        remarks.add(number, "", Fault.FIELD_SIZE, Effect.REJECTED, longest, most=MOST_FIELD_CHARACTERS)
        return number
    return Row(number, fields)
