"""A series of incidence by day: when those who travel were infected. Read from a CSV file, every mistake with its row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from fastchannel.forecast.infection.distributions import Steps

MOST_ROWS = 20_000
MOST_MISTAKES = 20


@dataclass(frozen=True, slots=True)
class RowMistake:
    """A mistake in a file: rows count from 1, the heading included."""

    row: int
    found: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """New infections by period: ``times`` are where periods start, all of one length, in days."""

    times: tuple[float, ...]
    counts: tuple[float, ...]
    mistakes: tuple[RowMistake, ...] = field(default=())

    @property
    def steps(self) -> Steps:
        """The distribution of infection times that the series gives, even within each period."""
        length = self.times[1] - self.times[0] if len(self.times) > 1 else 1.0
        return Steps((*self.times, self.times[-1] + length), self.counts)


def read_series(lines: Iterable[str], time: str, count: str, zero: date | None = None) -> Series:
    """Read the columns ``time`` (days, or dates counted from ``zero``) and ``count``. Holes are mistakes, not noughts."""
    reader = csv.DictReader(lines)
    missing = [name for name in (time, count) if name not in (reader.fieldnames or ())]
    if missing:
        columns = ", ".join(reader.fieldnames or ()) or "nothing"
        return Series(times=(), counts=(), mistakes=(RowMistake(1, f"the columns {columns}", f'a column "{missing[0]}"'),))
    mistakes: list[RowMistake] = []
    rows: list[tuple[int, float, float]] = []
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS or len(mistakes) >= MOST_MISTAKES:
            mistakes.append(RowMistake(number, "more", f"at most {MOST_ROWS:,} rows") if number > MOST_ROWS else mistakes[-1])
            break
        if None in row:  # where DictReader puts what is beyond the heading
            mistakes.append(RowMistake(number, "more fields than the heading has", "as many: thousands without a separator"))
        at, cases = _day(row, time, zero), _number(row, count)
        if at is None:
            expected = "a number of days" if zero is None else "a day or a date (2021-05-01)"
            mistakes.append(RowMistake(number, f'"{row[time] or ""}" in {time}', expected))
        if cases is None or cases < 0.0:
            mistakes.append(RowMistake(number, f'"{row[count] or ""}" in {count}', "a number that is not negative"))
        rows.append((number, at if at is not None else math.nan, cases or 0.0))
    if not mistakes:
        mistakes = _gaps(rows, time, zero)
    if not mistakes and not sum(cases for _, _, cases in rows) > 0.0:
        mistakes = [RowMistake(2, "no infection in any row", "counts that are not all nought")]
    return Series(times=tuple(at for _, at, _ in rows), counts=tuple(cases for _, _, cases in rows), mistakes=tuple(mistakes))


def read_series_file(path: Path, time: str, count: str, zero: date | None = None) -> Series:
    """The same from a file. Raises OSError."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as lines:
        return read_series(lines, time, count, zero)


def _gaps(rows: list[tuple[int, float, float]], time: str, zero: date | None) -> list[RowMistake]:
    """Rows that are not one period after the row before."""
    if len(rows) < 2:
        return []
    length = min((other - one for (_, one, _), (_, other, _) in pairwise(rows) if other > one), default=1.0)
    found = []
    for (_, one, _), (number, other, _) in pairwise(rows):
        if abs(other - one - length) > 1e-6 * length:
            what = "a hole" if other > one else "not in order"
            before, here, expected = (_shown(at, zero) for at in (one, other, one + length))
            found.append(RowMistake(number, f"{time} {here} after {before} ({what})", f"{time} {expected}"))
    return found[:MOST_MISTAKES]


def _shown(at: float, zero: date | None) -> str:
    """A time as the file has it: a date where it counts from ``zero``."""
    return f"{at:g}" if zero is None else (zero + timedelta(days=at)).isoformat()


def _day(row: Mapping[str, str | None], key: str, zero: date | None) -> float | None:
    if zero is not None:
        try:
            return float((date.fromisoformat((row[key] or "").strip()) - zero).days)
        except ValueError:
            pass
    return _number(row, key)


def _number(row: Mapping[str, str | None], key: str) -> float | None:
    try:
        found = float(row[key] or "")
    except ValueError:
        return None
    return found if math.isfinite(found) else None
