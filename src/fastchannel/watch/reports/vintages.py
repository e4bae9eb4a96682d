"""Every publication kept as it was: figures as they were known at the end of any day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fastchannel.watch.reports.figures import Kind, ReportError, figure_of
from fastchannel.watch.reports.reading import SCHEMA, Reading

Floats = NDArray[np.float64]
Days = NDArray[np.int64]

_SERIES = ("figure", "place", "origin", "detected", "kind")
_EPOCH = date(1970, 1, 1).toordinal()


class _Series(NamedTuple):
    """One series in the order of publication; days as ordinals."""

    published: Days
    day: Days
    counts: Floats


@dataclass(frozen=True, slots=True)
class Vintages:
    """Many publications. Build it with `Vintages.of`; ``table`` has the columns of `SCHEMA`, by publication and day."""

    table: pl.DataFrame
    _series: dict[tuple[str, ...], _Series]

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> Vintages:
        """All figures of the readings. What two of them publish alike on the same day counts once.

        Raises ReportError where two say otherwise of the same figure on the same day of publication.
        """
        tables = [reading.table for reading in readings]
        table = pl.concat(tables) if tables else pl.DataFrame(schema=dict(SCHEMA))
        key = ["published", "day", *_SERIES]
        table = table.unique([*key, "count"], keep="first", maintain_order=True).sort(key, maintain_order=True)
        twice = table.filter(pl.struct(key).is_duplicated())
        if twice.height:
            one, other = twice.row(0, named=True), twice.row(1, named=True)
            raise ReportError(
                f"{other['source']}, row {other['row']}: found {other['count']} {one['figure']} in {one['place']} on "
                f"{one['day']}; expected {one['count']}, as {one['source']}, row {one['row']}, published on the same day "
                f"{one['published']}; leave one of them out"
            )
        parts = table.partition_by(list(_SERIES), as_dict=True, maintain_order=True)
        return cls(table, {tuple(map(str, names)): _series_of(part) for names, part in parts.items()})

    def daily(
        self, metric: str, place: str, first: date, last: date, *, known: date, origin: str = "", detected: str = ""
    ) -> tuple[int | None, ...]:
        """The figure of each day from ``first`` to ``last`` as it was known at the end of the day ``known``, place's own date.

        The latest publication that contains a day is the one that counts. Where a day has no count of its own, it is the
        difference of the totals known of it and of the day before; below nought where cases were reclassified. None is not
        reported: an empty cell says nothing and withdraws nothing. A country's figures are those published for the country,
        not a sum over its regions. Raises ReportError for a figure that does not exist, or days that are in no order.
        """
        found = self.known_on(metric, place, first, last, known=known, origin=origin, detected=detected)
        return tuple(None if np.isnan(count) else int(count) for count in found)

    def known_on(
        self, metric: str, place: str, first: date, last: date, *, known: date, origin: str = "", detected: str = ""
    ) -> Floats:
        """The same as an array, with NaN where nothing was reported."""
        if last < first:
            raise ReportError(f"days: found {first} to {last}; expected the first not after the last")
        names = (figure_of(metric).value, place, origin, detected)
        start, stop, until = first.toordinal(), last.toordinal() + 1, known.toordinal()
        counts = _latest(self._series.get((*names, Kind.DAILY.value)), start, stop, until)
        totals = self._series.get((*names, Kind.CUMULATIVE.value))
        if totals is None:
            return counts
        differences = np.diff(_latest(totals, start - 1, stop, until))
        return np.where(np.isnan(counts), differences, counts)

    def total(self, metric: str, place: str, day: date, *, known: date, origin: str = "", detected: str = "") -> int | None:
        """The published total up to the end of ``day`` as it was known at the end of ``known``; None where there is none."""
        at = day.toordinal()
        names = (figure_of(metric).value, place, origin, detected, Kind.CUMULATIVE.value)
        found = float(_latest(self._series.get(names), at, at + 1, known.toordinal())[0])
        return None if np.isnan(found) else int(found)

    def matrix(self, metric: str, places: Sequence[str], first: date, last: date, *, known: date) -> Floats:
        """The figure of many places, regions × days, NaN where nothing was reported."""
        return np.array([self.known_on(metric, place, first, last, known=known) for place in places])

    def publications(self, metric: str, place: str) -> tuple[date, ...]:
        """The days on which anything of that figure and place was published."""
        of_it = (pl.col("figure") == figure_of(metric).value) & (pl.col("place") == place)
        return tuple(self.table.filter(of_it)["published"].unique().sort().to_list())

    def triangle(self, metric: str, place: str, first: date, last: date, *, known: date, most_delay_days: int) -> Floats:
        """What was known of each day after 0, 1, … ``most_delay_days`` days: days × delays, NaN after ``known``.

        Input of `fastchannel.watch.epidemic.nowcast`.
        """
        days = (last - first).days + 1
        found = np.full((days, most_delay_days + 1), np.nan)
        for back in range(days + most_delay_days):
            on = first.toordinal() + back
            if on > known.toordinal():
                break
            then = self.known_on(metric, place, first, last, known=date.fromordinal(on))
            for day in range(max(0, back - most_delay_days), min(back + 1, days)):
                found[day, back - day] = then[day]
        return found


def _series_of(part: pl.DataFrame) -> _Series:
    days = {name: part[name].cast(pl.Int32).to_numpy().astype(np.int64) + _EPOCH for name in ("published", "day")}
    return _Series(days["published"], days["day"], part["count"].to_numpy().astype(np.float64))


def _latest(series: _Series | None, start: int, stop: int, known: int) -> Floats:
    """The latest count of each day from ``start`` on that was published by ``known``.

    Publications are in order and assignment keeps the last of several to one place, so a later one replaces an earlier one.
    """
    found = np.full(stop - start, np.nan)
    if series is not None:
        until = int(np.searchsorted(series.published, known, side="right"))
        day, counts = series.day[:until], series.counts[:until]
        inside = (day >= start) & (day < stop)
        found[day[inside] - start] = counts[inside]
    return found
