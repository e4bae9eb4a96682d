"""Cuts files of travellers into blocks of whole journeys; what a block says is read by the process that decides on it.

Three formats, by the file's suffix: JSON Lines (``.jsonl``, ``.ndjson``), CSV (``.csv``) and Parquet (``.parquet``).
In JSON Lines a line is an array of events, or an object with ``journey`` and ``events``. In a table there is either one row
for a traveller, with the columns ``journey`` and ``events`` (a JSON array), or one row for an event, with the column ``kind``
and one column for each field; a field inside a field has a dot (``itinerary.departure``), several values in a cell of CSV
are separated by ``;``. The rows of a journey stand together.

A block says where in the file it lies and not what is in it: the file is read by as many processes as decide, and no journey
passes through a pipe.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from fastchannel.cli.travellers import FIELDS, Traveller, TravellersError

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}
BLOCK = 512 * 1024  # bytes of a block, if its last journey ends there: some 20 ms of work
# Of Parquet: more in a block, because finding its first row costs some 20 ms.
ROWS = 10_000  # where a row is an event
NESTED_ROWS = 400  # where a row is a journey
NAMES = 250_000  # rows of the column journey that are looked at together
LONGEST_LINE = 4_000_000  # bytes; a journey of some ten thousand events
MOST_EVENTS = 10_000

# A whole record, once the doubled quotes are taken out, which neither begin nor end a cell.
_RECORD = re.compile(rb"""(?:"[^"]*+"|[^",\r\n]*+)(?:,(?:"[^"]*+"|[^",\r\n]*+))*+\r?\n?""")
Numbered = tuple[int, Mapping[Any, Any]]  # a row's filled cells by column, with its line
_Stretch = tuple[int, str, int, int]  # of rows of one journey: first line, journey or "", events, size in the file
_Record = tuple[int, bytes, list[str] | None]  # its first line, its bytes, and its cells where one is quoted


class Block(Protocol):
    """Some journeys that follow each other in the file."""

    @property
    def end(self) -> int:
        """How far into the file it reaches, in the unit of `Source.size`."""
        ...

    def travellers(self) -> Iterator[Traveller]:
        """Read them. Raises TravellersError where the file is not what it seemed when it was cut."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of JSON."""

    path: Path
    start: int
    end: int
    line: int  # the first one's number

    def travellers(self) -> Iterator[Traveller]:
        for number, line in enumerate(_read(self.path, self.start, self.end).split(b"\n"), self.line):
            if line.strip():
                yield Traveller(line=number, journey="", raw=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRows:
    """Records of CSV."""

    path: Path
    columns: tuple[str, ...]
    start: int
    end: int
    line: int

    def travellers(self) -> Iterator[Traveller]:
        try:
            text = io.StringIO(_read(self.path, self.start, self.end).decode(), newline="")
            csv.field_size_limit(LONGEST_LINE)
            table = csv.reader(text, strict=True)
            rows = ((self.line - 1 + table.line_num, _csv_row(self.columns, cells)) for cells in table if cells)
            yield from _grouped(rows, nested="events" in self.columns)
        except UnicodeDecodeError as error:
            raise TravellersError(f"{self.path}: is not UTF-8: {error}") from error
        except csv.Error as error:
            raise TravellersError(f"{self.path}: is no CSV, in or after line {self.line}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetRows:
    """Rows of Parquet, counted from 0."""

    path: Path
    start: int
    end: int
    line: int

    def travellers(self) -> Iterator[Traveller]:
        import polars as pl

        try:
            frame = pl.scan_parquet(self.path).slice(self.start, self.end - self.start).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise TravellersError(f"{self.path}: cannot be read as Parquet: {error}") from error
        columns = frame.columns
        rows = ({name: cell for name, cell in zip(columns, row, strict=True) if cell is not None} for row in frame.iter_rows())
        return _grouped(enumerate(rows, self.line), nested="events" in columns)


def _read(path: Path, start: int, end: int) -> bytes:
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        raw = file.read(end - start)
    if len(raw) < end - start:
        raise TravellersError(f"{path}: became shorter while it was read")
    return raw


def _csv_row(columns: tuple[str, ...], cells: list[str]) -> Mapping[Any, Any]:
    row: dict[Any, Any] = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    if len(cells) > len(columns):
        row[None] = cells[len(columns) :]
    return row


def _grouped(rows: Iterable[Numbered], *, nested: bool) -> Iterator[Traveller]:
    if nested:
        for line, row in rows:
            yield Traveller(line=line, journey=_journey(row), raw=str(row.get("events") or "").encode())
        return
    for journey, group in groupby(rows, key=lambda numbered: _journey(numbered[1])):
        if journey:
            some = tuple(group)
            yield Traveller(line=some[0][0], journey=journey, rows=some)
        else:  # rows that name no journey are not one journey
            yield from (Traveller(line=one[0], journey="", rows=(one,)) for one in group)


def _journey(row: Mapping[Any, Any]) -> str:
    return str(row.get("journey") or "")


def format_of(path: Path) -> str:
    """The format that the suffix names. Raises TravellersError."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise TravellersError(f'{path}: found the suffix "{path.suffix}", expected one of {", ".join(FORMATS)}')
    return found


@dataclass(slots=True)
class Source:
    """A file of travellers; its size is in bytes, or in rows of Parquet."""

    path: Path
    size: int = 0
    _seen: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        format_of(self.path)
        try:
            found = self.path.stat()
        except OSError as error:
            raise TravellersError(f"{self.path}: cannot be read: {error.strerror or error}") from error
        if not stat.S_ISREG(found.st_mode):
            raise TravellersError(f"{self.path}: is no regular file")
        self.size = found.st_size

    def __iter__(self) -> Iterator[Block]:
        # An unnamed database of SQLite spills to disk, so what has been seen costs no memory.
        with closing(sqlite3.connect("", isolation_level=None)) as self._seen:
            self._seen.execute("CREATE TABLE seen (journey TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
            self._seen.execute("BEGIN")
            cut: dict[str, Callable[[], Iterator[Block]]]
            cut = {"jsonl": self._lines, "csv": self._csv, "parquet": self._parquet}
            yield from cut[format_of(self.path)]()

    def _lines(self) -> Iterator[Lines]:
        buffer = bytearray(BLOCK)
        start, line = 0, 1
        with self.path.open("rb", buffering=0) as file:
            while size := file.readinto(buffer):
                last = size < len(buffer)
                end = size if last else buffer.rfind(b"\n") + 1
                if end:
                    yield Lines(path=self.path, start=start, end=start + end, line=line)
                    line += buffer.count(b"\n", 0, end)
                    start += end
                elif size < LONGEST_LINE:
                    buffer = bytearray(LONGEST_LINE)
                else:
                    raise TravellersError(f"{self.path}: line {line} is longer than {LONGEST_LINE} bytes")
                file.seek(start)

    def _csv(self) -> Iterator[CsvRows]:
        try:
            csv.field_size_limit(LONGEST_LINE)
            with self.path.open("rb") as file:
                heading = file.readline(LONGEST_LINE)
                columns = tuple(next(csv.reader([heading.decode("utf-8-sig")], strict=True), ()))
                self._check(columns)
                for start, end, line in self._cut(self._csv_rows(file, columns), len(heading), BLOCK):
                    yield CsvRows(path=self.path, columns=columns, start=start, end=end, line=line)
        except UnicodeDecodeError as error:
            raise TravellersError(f"{self.path}: is not UTF-8: {error}") from error
        except csv.Error as error:
            raise TravellersError(f"{self.path}: is no CSV: {error}") from error

    def _csv_rows(self, file: BinaryIO, columns: tuple[str, ...]) -> Iterator[_Stretch]:
        nested = "events" in columns
        column = -1 if nested else columns.index("journey")
        name = ""
        for line, raw, cells in self._records(file, nested=nested):
            if not nested and raw.strip(b"\r\n"):  # an empty line is no row and parts no journey
                name = _cell(raw, cells, column)
            yield line, name, 1, len(raw)

    def _records(self, file: BinaryIO, *, nested: bool) -> Iterator[_Record]:
        lines = self._physical_lines(file)
        for number, raw in lines:
            if b'"' not in raw or (nested and _RECORD.fullmatch(raw.replace(b'""', b""))):
                yield number, raw, None
                continue
            taken: list[bytes] = []
            cells = next(csv.reader(_texts(raw, lines, taken), strict=True))  # takes the lines that the record goes on for
            yield number, b"".join(taken), cells

    def _physical_lines(self, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 2):
            if len(line) == LONGEST_LINE:
                raise TravellersError(f"{self.path}: line {number} is longer than {LONGEST_LINE} bytes")
            yield number, line

    def _parquet(self) -> Iterator[ParquetRows]:
        import polars as pl

        try:
            scan = pl.scan_parquet(self.path)
            columns = tuple(scan.collect_schema().names())
            self._check(columns)
            self.size = scan.select(pl.len()).collect().item()
            if "events" in columns:
                cuts = self._cut(((row, "", 1, 1) for row in range(1, self.size + 1)), 0, NESTED_ROWS)
            else:
                cuts = self._cut(self._parquet_runs(scan.select("journey")), 0, ROWS)
            for start, end, line in cuts:
                yield ParquetRows(path=self.path, start=start, end=end, line=line)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise TravellersError(f"{self.path}: cannot be read as Parquet: {error}") from error

    def _parquet_runs(self, journeys: Any) -> Iterator[_Stretch]:
        row = 1
        for start in range(0, self.size, NAMES):
            for run in journeys.slice(start, NAMES).collect()["journey"].rle().to_list():
                yield row, str(run["value"] or ""), run["len"], run["len"]
                row += run["len"]

    def _cut(self, stretches: Iterable[_Stretch], start: int, least: int) -> Iterator[tuple[int, int, int]]:
        """Begin, end and first line of blocks that are at least so large and end where a journey ends."""
        first = None
        journey, events = "", 0
        begun = end = start
        for line, name, count, size in stretches:
            first = first or line
            if not name or name != journey:
                if end - start >= least:
                    yield start, end, first
                    start, first = end, line
                self._once(name, line)
                journey, events, begun = name, 0, end
            events += count
            end += size
            if name and (events > MOST_EVENTS or end - begun > LONGEST_LINE):
                raise TravellersError(f"{self.path}: journey {name} has more than {MOST_EVENTS} events or {LONGEST_LINE} bytes")
        if first is not None:
            yield start, end, first

    def _once(self, journey: str, line: int) -> None:
        if not journey:
            return
        try:
            self._seen.execute("INSERT INTO seen VALUES (?, ?)", (journey, line))
        except sqlite3.IntegrityError:
            (before,) = self._seen.execute("SELECT line FROM seen WHERE journey = ?", (journey,)).fetchone()
            # Deciding on half of a journey would be a wrong answer, so there is none at all.
            raise TravellersError(
                f"{self.path}: line {line}: journey {journey} was at line {before} before; "
                "the rows of a journey must stand together: sort the file by the column journey"
            ) from None

    def _check(self, columns: tuple[str, ...]) -> None:
        names = set(columns)
        if "events" in names:
            return
        if not {"journey", "kind", "at", "recorded", "id"} <= names:
            raise TravellersError(
                f"{self.path}: found the columns {', '.join(columns) or '(none)'}; expected journey and events, "
                "or journey, id, kind, at, recorded and the fields of the events"
            )
        unknown = sorted(name for name in names - FIELDS if name)
        if unknown:
            raise TravellersError(f"{self.path}: found the columns {', '.join(unknown)}, which are fields of no event")


def _cell(raw: bytes, cells: list[str] | None, column: int) -> str:
    if cells is None:
        cells = raw.rstrip(b"\r\n").decode().split(",", column + 1)
    return cells[column] if column < len(cells) else ""


def _texts(first: bytes, rest: Iterator[tuple[int, bytes]], taken: list[bytes]) -> Iterator[str]:
    for _, line in chain([(0, first)], rest):
        taken.append(line)
        yield line.decode()
