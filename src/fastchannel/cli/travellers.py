"""Reads files of travellers, one journey with its events each, without holding more than one journey in memory.

Three formats, by the file's suffix: JSON Lines (``.jsonl``, ``.ndjson``), CSV (``.csv``) and Parquet (``.parquet``).
In JSON Lines a line is an array of events, or an object with ``journey`` and ``events``. In a table there is either one row
for a traveller, with the columns ``journey`` and ``events`` (a JSON array), or one row for an event, with the column ``kind``
and one column for each field; a field inside a field has a dot (``itinerary.departure``), several values in a cell of CSV
are separated by ``;``. The rows of a journey stand together.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import msgspec

from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import KINDS, Event, EventError, Itinerary, decode_many, from_fields

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}
LONGEST_LINE = 4_000_000  # bytes; a journey of some ten thousand events
MOST_EVENTS = 10_000
_LISTS = frozenset({"evidence", "duties"})
_JSON = frozenset({"replacement", "itinerary"})
FIELDS = frozenset(
    {"kind"}
    | {name for kind in KINDS.values() for name in kind.__struct_fields__}
    | {f"itinerary.{name}" for name in Itinerary.__struct_fields__}
)


class TravellersError(FastChannelError):
    """The file cannot be read as travellers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """One journey as its file has it; ``line`` is where it begins, counted from 1 (in Parquet, the row)."""

    line: int
    journey: str
    raw: bytes | None = None  # a JSON array of events, or an object that holds one
    rows: tuple[Mapping[str, Any], ...] = ()  # or the fields of one event each


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    events: msgspec.Raw
    journey: str = ""


_wrapped = msgspec.json.Decoder(_Wrapped)


def events_of(traveller: Traveller) -> list[Event]:
    """The traveller's events. Raises EventError, which says what was found."""
    try:
        return _events_of(traveller)
    except RecursionError as error:
        raise EventError("no journey: it is nested too deeply") from error


def _events_of(traveller: Traveller) -> list[Event]:
    if traveller.raw is None:
        return [_from_row(traveller.line + offset, row) for offset, row in enumerate(traveller.rows)]
    raw = traveller.raw
    if raw.lstrip()[:1] == b"{":
        try:
            raw = bytes(_wrapped.decode(raw).events)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EventError(f"no journey: {error}; expected an array of events or {{journey, events}}") from error
    events = decode_many(raw)
    if not events:
        raise EventError("a journey without events; expected at least its application")
    return events


def _from_row(line: int, row: Mapping[str, Any]) -> Event:
    fields: dict[str, Any] = {}
    if None in row:  # where csv puts what no column claims
        raise EventError(f"line {line}: found more cells than the header has columns")
    for name, value in row.items():
        if value is None or value == "":
            continue
        if isinstance(value, str):
            value = _value(line, name, value)  # noqa: PLW2901 — the same cell, read
        outer, dot, inner = name.partition(".")
        if dot:
            fields.setdefault(outer, {})[inner] = value
        else:
            fields[name] = value
    kind = KINDS.get(str(fields.get("kind")))
    if kind is None:
        raise EventError(f"line {line}: kind: found {fields.get('kind', '')!r}, expected one of {', '.join(KINDS)}")
    # A table of all kinds has columns that this kind does not know: empty is right, filled is a mistake.
    foreign = sorted(set(fields) - {"kind", *kind.__struct_fields__})
    if foreign:
        raise EventError(f'line {line}: an event of kind "{fields["kind"]}" has no {", ".join(foreign)}')
    try:
        return from_fields(fields)
    except EventError as error:
        raise EventError(f"line {line}: {error}") from error


def _value(line: int, name: str, text: str) -> Any:
    if name in _LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in _JSON:
        try:
            return json.loads(text)
        except ValueError as error:
            raise EventError(f"line {line}: {name}: no JSON: {error}") from error
    if name in _TRUTHS and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if name == "version" and text.isdecimal() else text


_TRUTHS = frozenset(
    name
    for kind in KINDS.values()
    for name, made in zip(kind.__struct_fields__, msgspec.structs.fields(kind), strict=True)
    if made.type is bool
)


def format_of(path: Path) -> str:
    """The format that the suffix names. Raises TravellersError."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise TravellersError(f'{path}: found the suffix "{path.suffix}", expected one of {", ".join(FORMATS)}')
    return found


@dataclass(slots=True)
class Source:
    """A file of travellers, and how far it has been read: bytes, or rows of Parquet."""

    path: Path
    size: int = 0
    done: int = 0
    _seen: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        format_of(self.path)
        try:
            self.size = self.path.stat().st_size
        except OSError as error:
            raise TravellersError(f"{self.path}: cannot be read: {error.strerror or error}") from error

    def __iter__(self) -> Iterator[Traveller]:
        # An unnamed database of SQLite spills to disk, so what has been seen costs no memory.
        with closing(sqlite3.connect("")) as self._seen:
            self._seen.execute("CREATE TABLE seen (journey TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
            yield from {"jsonl": self._lines, "csv": self._csv, "parquet": self._parquet}[format_of(self.path)]()

    def _lines(self) -> Iterator[Traveller]:
        with self.path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
                if len(line) == LONGEST_LINE:
                    raise TravellersError(f"{self.path}: line {number} is longer than {LONGEST_LINE} bytes")
                self.done += len(line)
                if line.strip():
                    yield Traveller(line=number, journey="", raw=line)

    def _csv(self) -> Iterator[Traveller]:
        try:
            csv.field_size_limit(LONGEST_LINE)
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                table = csv.DictReader(self._counted(file), strict=True)
                self._check(table.fieldnames or ())
                yield from self._table((table.line_num, row) for row in table)
        except UnicodeDecodeError as error:
            raise TravellersError(f"{self.path}: is not UTF-8: {error}") from error
        except csv.Error as error:
            raise TravellersError(f"{self.path}: is no CSV: {error}") from error

    def _counted(self, file: Any) -> Iterator[str]:
        for line in file:
            self.done += len(line)
            yield line

    def _parquet(self) -> Iterator[Traveller]:
        import polars as pl

        try:
            frame = pl.scan_parquet(self.path)
            self._check(tuple(frame.collect_schema().names()))
            self.size = frame.select(pl.len()).collect().item()
            yield from self._table(self._parquet_rows(frame))
        except (pl.exceptions.PolarsError, OSError) as error:
            raise TravellersError(f"{self.path}: cannot be read as Parquet: {error}") from error

    def _parquet_rows(self, frame: Any) -> Iterator[tuple[int, dict[str, Any]]]:
        for batch in frame.collect_batches(chunk_size=10_000, maintain_order=True):
            for row in batch.iter_rows(named=True):
                self.done += 1
                yield self.done, row

    def _table(self, rows: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[Traveller]:
        for journey, group in groupby(rows, key=lambda numbered: str(numbered[1].get("journey") or "")):
            line, first = next(group)
            if "events" in first:
                yield self._nested(line, journey, first)
                for number, row in group:
                    yield self._nested(number, journey, row)
                continue
            if not journey:
                yield from (Traveller(line=number, journey="", rows=(row,)) for number, row in chain([(line, first)], group))
                continue
            self._once(journey, line)
            rest = [row for _, row in islice(group, MOST_EVENTS)]
            if len(rest) == MOST_EVENTS:
                raise TravellersError(f"{self.path}: line {line}: journey {journey} has more than {MOST_EVENTS} events")
            yield Traveller(line=line, journey=journey, rows=(first, *rest))

    @staticmethod
    def _nested(line: int, journey: str, row: Mapping[str, Any]) -> Traveller:
        events = row["events"]
        return Traveller(line=line, journey=journey, raw=str(events or "").encode())

    def _once(self, journey: str, line: int) -> None:
        try:
            self._seen.execute("INSERT INTO seen VALUES (?, ?)", (journey, line))
        except sqlite3.IntegrityError:
            (before,) = self._seen.execute("SELECT line FROM seen WHERE journey = ?", (journey,)).fetchone()
            # Deciding on half of a journey would be a wrong answer, so there is none at all.
            raise TravellersError(
                f"{self.path}: line {line}: journey {journey} was at line {before} before; "
                "the rows of a journey must stand together: sort the file by the column journey"
            ) from None

    def _check(self, columns: Any) -> None:
        names = set(columns)
        if "events" in names:
            return
        if not {"journey", "kind", "at", "recorded", "id"} <= names:
            raise TravellersError(
                f"{self.path}: found the columns {', '.join(map(str, columns)) or '(none)'}; expected journey and events, "
                "or journey, id, kind, at, recorded and the fields of the events"
            )
        unknown = sorted(name for name in names - FIELDS if name)
        if unknown:
            raise TravellersError(f"{self.path}: found the columns {', '.join(unknown)}, which are fields of no event")
