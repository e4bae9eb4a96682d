"""Reads daily figures for ``fastchannel watch epidemic``, and makes what it tells of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from fastchannel.cli.files import read_file
from fastchannel.cli.watch_data import EpidemicFileError
from fastchannel.watch.epidemic.reproduction import reproduction_number, serial_interval
from fastchannel.watch.reports import layouts
from fastchannel.watch.reports.layouts import Long, Wide
from fastchannel.watch.reports.own import COLUMNS, KIND, read_reports
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.tables import read_table
from fastchannel.watch.reports.vintages import Vintages

MOST_BYTES = 500_000_000
SERIAL_DAYS = 60
SHOWN_DAYS = 28
READERS: Mapping[str, Long | Wide] = {
    "jhu": layouts.jhu(),
    "owid": layouts.OWID,
    "owid-compact": layouts.OWID_COMPACT,
    "who": layouts.WHO,
    "kdca": layouts.KDCA,
    "kdca-regions": layouts.KDCA_REGIONS,
    "kdca-origins": layouts.KDCA_ORIGINS,
    "singapore": layouts.SINGAPORE,
    "hong-kong": layouts.HONG_KONG,
    "canghailan": layouts.CANGHAILAN,
    "canghailan-provinces": layouts.CANGHAILAN_PROVINCES,
    "oxcgrt": layouts.oxcgrt(),
}


def read(path: Path, layout: str | None, published: date | None, lag: int | None) -> Reading:
    """One file; without a layout, in our own form. Raises EpidemicFileError, ReportError."""
    raw = read_file(path, EpidemicFileError, MOST_BYTES)
    if layout is None:
        return read_reports(raw, file=path.name)
    return read_table(raw, READERS[layout], file=path.name, published=timedelta(days=lag) if lag is not None else published)


def balance(reading: Reading) -> dict[str, Any]:
    """Rows in, rows taken, and what was said of them."""
    return {
        "file": reading.file,
        "rows": reading.rows,
        "accepted": reading.accepted,
        "rejected": reading.rejected,
        "figures": reading.kept,
        "left_out": reading.left_out,
        "faults": {fault.value: count for fault, count in reading.faults.items()},
    }


def own_form(vintages: Vintages) -> bytes:
    """The figures as a file of our own form, which a node holds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, KIND])
    for row in vintages.table.select([*COLUMNS, KIND]).iter_rows():
        writer.writerow(["" if value is None else value for value in row])
    return text.getvalue().encode()


def state(
    vintages: Vintages,
    place: str,
    figure: str,
    as_known: date | None,
    first: date | None,
    serial: tuple[float, float] | None,
    window: int,
) -> dict[str, Any]:
    """The days of a place, their seven-day mean and, with a serial interval (mean, deviation), R. Raises EpidemicFileError."""
    of_place = vintages.table.filter((vintages.table["place"] == place) & (vintages.table["figure"] == figure))
    if not of_place.height:
        places = ", ".join(sorted(set(vintages.table["place"].to_list()))[:20])
        raise EpidemicFileError(f"{place}: found no {figure} of it; the files are about {places}")
    begin, end = min(of_place["day"].to_list()), max(of_place["day"].to_list())
    known = as_known or max(of_place["published"].to_list())
    end = min(end, known)
    counts = vintages.known_on(figure, place, begin, end, known=known)
    days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
    rows: list[dict[str, Any]] = []
    mean = [float(np.mean(counts[max(0, at - 6) : at + 1])) for at in range(len(counts))]
    r = _reproduction(counts, serial, window)
    since = first or end - timedelta(days=SHOWN_DAYS - 1)
    for at, day in enumerate(days):
        if day >= since:
            row = {"day": day.isoformat(), "count": _number(counts[at]), "mean_7_days": _number(mean[at]) if at >= 6 else None}
            rows.append(row | ({} if r is None else {name: _number(values[at]) for name, values in r.items()}))
    return {"place": place, "figure": figure, "as_known": known.isoformat(), "days": rows}


def _reproduction(
    counts: np.ndarray[Any, np.dtype[np.float64]], serial: tuple[float, float] | None, window: int
) -> dict[str, Any] | None:
    if serial is None:
        return None
    found = reproduction_number(np.maximum(counts, 0.0), serial_interval(*serial, SERIAL_DAYS), window_days=window)
    return {"r": found.mean.ravel(), "r_low": found.lower.ravel(), "r_high": found.upper.ravel()}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)
