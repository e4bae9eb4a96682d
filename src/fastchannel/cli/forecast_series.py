"""Incidence from a CSV file of reported cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fastchannel.forecast.reading.series import RowMistake, Series, read_series_file
from fastchannel.forecast.situation import Incidence, SituationError, daily_series

EPOCH = date(1970, 1, 1)
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAsked:
    """A file and what its cases stand for. ``on`` is the day of departure: what the file has from then on is left out."""

    path: Path
    time: str
    count: str
    population: float
    reported: float
    on: date | None


def series_of(asked: SeriesAsked) -> Incidence:
    """The infections a day before departure. Raises SituationError with every row that is wrong.

    The file has a row for each day, or for each week or other period, whose cases are then spread evenly over its days.
    Cases are taken to be infections of their day: what lies between infection and report is for the file's maker to undo.
    """
    found, dated = _read(asked)
    if found.mistakes:
        raise SituationError("\n".join(_line(asked.path, mistake) for mistake in found.mistakes[:MOST_SHOWN]))
    length = found.times[1] - found.times[0] if len(found.times) > 1 else 1.0
    if length != round(length):
        raise SituationError(f"{asked.path}: found a row every {length:g} days; expected whole days")
    whole = round(length)
    daily = [count / whole for count in found.counts for _ in range(whole)]
    if dated and asked.on is not None:
        daily = daily[: max(_until(asked, found, len(daily)), 0)]
    return daily_series(tuple(daily), asked.population, asked.reported)


def _read(asked: SeriesAsked) -> tuple[Series, bool]:
    """The file, and whether its times are dates: days by number are tried first."""
    try:
        numbered = read_series_file(asked.path, asked.time, asked.count)
        if not numbered.mistakes:
            return numbered, False
        dated = read_series_file(asked.path, asked.time, asked.count, EPOCH)
    except OSError as error:
        raise SituationError(f"{asked.path}: cannot be read: {error.strerror or error}") from error
    return (dated, True) if len(dated.mistakes) <= len(numbered.mistakes) else (numbered, False)


def _until(asked: SeriesAsked, found: Series, days: int) -> int:
    """How many days of the file lie before departure. Raises SituationError where it ends too early."""
    before = (asked.on - EPOCH).days - round(found.times[0]) if asked.on else days
    if before > days:
        last = EPOCH + timedelta(days=round(found.times[0]) + days - 1)
        raise SituationError(
            f"{asked.path}: found cases up to {last}; expected them up to the day before departure on {asked.on}"
        )
    return before


def _line(path: Path, mistake: RowMistake) -> str:
    return f"{path}:{mistake.row}: found {mistake.found}; expected {mistake.expected}"
