"""Rows of a file gathered into a reading: numbers checked, repeated rows found, gaps and falls noted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from fastchannel.watch.reports.figures import LEVELS, Figure, Kind
from fastchannel.watch.reports.notes import note_series
from fastchannel.watch.reports.reading import SCHEMA, Entry, Reading
from fastchannel.watch.reports.remarks import Effect, Fault, Remarks

Published = date | timedelta  # of the whole file, or how long after its day each figure was published

_COUNT = re.compile(r"-?[0-9]{1,13}(\.0+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a cell holds."""

    figure: Figure
    kind: Kind = Kind.DAILY
    origin: str = ""
    detected: str = ""


class Cell(NamedTuple):
    """A figure in a row: the sum of ``texts``, which are mostly one."""

    column: str
    day: date
    meaning: Meaning
    texts: Sequence[str]


class _Taken(NamedTuple):
    """What became of an accepted row."""

    entries: list[Entry]
    figures: int
    empty: int
    left_out: int


class Gathering:
    """Takes the rows of one file one after another."""

    def __init__(self, file: str, published: Published | None = None) -> None:
        self.remarks = Remarks(file)
        self.rows = 0
        self.published = published
        self._taken: dict[int, _Taken] = {}
        self._seen: dict[object, tuple[int, tuple[int | None, ...]]] = {}

    def reject(self, number: int, column: str, fault: Fault, found: object, **values: object) -> None:
        """Take nothing of a row."""
        self.remarks.add(number, column, fault, Effect.REJECTED, found, **values)

    def take(
        self,
        number: int,
        about: object,
        place: str,
        detected: str,
        cells: Iterable[Cell],
        *,
        published: date | None = None,
        source: str = "",
    ) -> None:
        """Take the figures of a row that can be read.

        ``about`` is what the row speaks of, so that a second row about the same is found; ``published`` where the row says it.
        """
        entries: list[Entry] = []
        said: list[int | None] = []
        faults: list[tuple[str, Fault, str, dict[str, object]]] = []
        for cell in cells:
            count, fault = _number(cell)
            said.append(count)
            if fault is not None:
                faults.append((cell.column, fault, ",".join(cell.texts), {}))
            elif count is not None:
                on = published or self._published_on(cell.day)
                if on < cell.day:
                    faults.append((cell.column, Fault.FUTURE, cell.day.isoformat(), {"published": on}))
                else:
                    entries.append(_entry(cell, place, detected, count, on, source or self.remarks.file, number))
        effect = Effect.LEFT_OUT if entries else Effect.REJECTED
        for column, reason, found, values in faults:
            self.remarks.add(number, column, reason, effect, found, **values)
        if (entries or not faults) and self._is_new(number, (published, place, detected, about), tuple(said), place):
            empty = len(said) - len(entries) - len(faults)
            self._taken[number] = _Taken(entries, len(said), empty, len(faults))

    def _published_on(self, day: date) -> date:
        if isinstance(self.published, timedelta):
            return day + self.published
        return self.published or day

    def _is_new(self, number: int, about: object, said: tuple[int | None, ...], place: str) -> bool:
        """Whether no row before spoke of the same; one that said otherwise is rejected too."""
        before, said_before = self._seen.setdefault(about, (number, said))
        if before == number:
            return True
        fault = Fault.DUPLICATE if said_before == said else Fault.CONFLICT
        self.reject(number, "", fault, place, row=before)
        if fault is Fault.CONFLICT and self._taken.pop(before, None) is not None:
            self.reject(before, "", fault, place, row=number)
        return False

    def finish(self) -> Reading:
        """The reading, with what is remarkable in each series."""
        entries = [entry for taken in self._taken.values() for entry in taken.entries]
        note_series(entries, self.remarks, whole=isinstance(self.published, timedelta))
        columns = list(zip(*entries, strict=True)) if entries else [()] * len(Entry._fields)
        data = {name: list(columns[i]) for i, name in enumerate(SCHEMA)}
        return Reading(
            file=self.remarks.file,
            table=pl.DataFrame(data, schema=dict(SCHEMA)),
            remarks=self.remarks.all(),
            faults=self.remarks.counts,
            rows=self.rows,
            accepted=len(self._taken),
            rejected=len(self.remarks.rejected),
            figures=sum(taken.figures for taken in self._taken.values()),
            kept=len(entries),
            empty=sum(taken.empty for taken in self._taken.values()),
            left_out=sum(taken.left_out for taken in self._taken.values()),
        )


def _number(cell: Cell) -> tuple[int | None, Fault | None]:
    """The count of a cell; none without a fault where nothing was reported."""
    count = 0
    for text in cell.texts:
        if not text:
            return None, None
        if _COUNT.fullmatch(text) is None:
            return None, Fault.NUMBER
        count += int(text.partition(".")[0])
    if count < 0 and (cell.meaning.kind is Kind.CUMULATIVE or cell.meaning.figure in LEVELS):
        return None, Fault.NEGATIVE_TOTAL
    return count, None


def _entry(cell: Cell, place: str, detected: str, count: int, published: date, source: str, row: int) -> Entry:
    meaning = cell.meaning
    return Entry(
        published, cell.day, place, meaning.figure.value, meaning.origin, meaning.detected or detected, meaning.kind.value,
        count, source, row, cell.column,
    )  # fmt: skip
