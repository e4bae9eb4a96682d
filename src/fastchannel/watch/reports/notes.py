"""What is remarkable in the series of a file as a whole: holes, falls, counts below nought, an effect of weekdays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from fastchannel.watch.reports.figures import LEVELS, Kind, ReportError
from fastchannel.watch.reports.reading import Entry
from fastchannel.watch.reports.remarks import Effect, Fault, Remarks
from fastchannel.watch.reports.weekdays import Floats, WeekdayEffect, weekday_effect

WEEKDAY_LEVEL = 0.01  # of one false alarm in a file, however many series it has

_ONE_DAY = timedelta(days=1)
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def note_series(entries: Iterable[Entry], remarks: Remarks, *, whole: bool) -> None:
    """Note what is remarkable in each series: of each publication, or of all figures where each day has its own (``whole``)."""
    found: dict[tuple[str, ...], dict[date | None, list[Entry]]] = {}
    for entry in entries:
        publications = found.setdefault(entry[2:7], {})
        publications.setdefault(None if whole else entry.published, []).append(entry)
    latest = []
    for publications in found.values():
        for series in publications.values():
            series.sort(key=lambda entry: entry.day)
            _note(series, remarks)
        latest.append(publications[None if whole else max(filter(None, publications))])
    _note_weekdays(latest, remarks)


def _note(series: list[Entry], remarks: Remarks) -> None:
    total = series[0].kind == Kind.CUMULATIVE
    if total and len(series) > 1 and series[0].number > 0:
        _noted(remarks, series[0], Fault.START, f"{series[0].place} {series[0].number}")
    if not total:
        for entry in series:
            if entry.number < 0:
                _noted(remarks, entry, Fault.NEGATIVE, f"{entry.place} {entry.day} {entry.number}")
    for before, after in pairwise(series):
        if after.day - before.day > _ONE_DAY:
            found = f"{after.place} {after.day}, {before.day}"
            _noted(remarks, after, Fault.GAP, found, first=before.day + _ONE_DAY, last=after.day - _ONE_DAY)
        if total and after.number < before.number:
            _noted(remarks, after, Fault.FALL, f"{after.place} {after.day} {after.number}, {before.number}")


def _note_weekdays(all_series: Sequence[list[Entry]], remarks: Remarks) -> None:
    """Each series of counts is tested at an equal part of the file's level."""
    effects: list[tuple[Entry, WeekdayEffect]] = []
    for series in all_series:
        if series[0].figure not in LEVELS:
            try:
                effects.append((series[0], weekday_effect(_by_day(series), series[0].day)))
            except ReportError:  # too short to say
                continue
    for entry, effect in effects:
        if effect.p_value < WEEKDAY_LEVEL / len(effects):
            factors = " ".join(f"{name} {factor:.2f}" for name, factor in zip(_WEEKDAYS, effect.factors, strict=True))
            _noted(remarks, entry, Fault.WEEKDAY, f"{entry.place} {entry.figure} {factors}", level=WEEKDAY_LEVEL)


def _by_day(series: list[Entry]) -> Floats:
    """Daily counts from the first day to the last, NaN where nothing was reported."""
    first = series[0].day
    found = np.full((series[-1].day - first).days + 1, np.nan)
    for entry in series:
        found[(entry.day - first).days] = entry.number
    return np.diff(found, prepend=np.nan) if series[0].kind == Kind.CUMULATIVE else found


def _noted(remarks: Remarks, entry: Entry, fault: Fault, found: str, **values: object) -> None:
    remarks.add(entry.row, entry.column, fault, Effect.NOTED, found, **values)
