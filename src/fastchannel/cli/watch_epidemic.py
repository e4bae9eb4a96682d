"""``fastchannel watch epidemic``: files of daily figures read row by row, and the state of the epidemic in a place."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.table import Table

from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.files import read_file, write_file
from fastchannel.cli.watch_data import day_of
from fastchannel.watch.epidemic.reproduction import reproduction_number, serial_interval
from fastchannel.watch.errors import WatchError
from fastchannel.watch.reports import layouts
from fastchannel.watch.reports.figures import Figure
from fastchannel.watch.reports.layouts import Long, Wide
from fastchannel.watch.reports.own import COLUMNS, KIND, read_reports
from fastchannel.watch.reports.reading import Reading
from fastchannel.watch.reports.tables import read_table
from fastchannel.watch.reports.vintages import Vintages

ROWS_NOT_TAKEN = 1
MOST_BYTES = 500_000_000
MOST_SHOWN = 50
SERIAL_DAYS = 60
SHOWN_DAYS = 28
OWN = "own"
LAYOUTS: Mapping[str, Long | Wide] = {
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


class EpidemicFileError(WatchError):
    """A file of daily figures cannot be read."""


def add_to(group: click.Group) -> None:
    """Add the command to the group."""
    command(
        group,
        "epidemic",
        "fastchannel watch epidemic cases.csv --place KR --serial-mean 4.7 --serial-deviation 2.9",
        "fastchannel watch epidemic covid19_sg.csv --layout singapore --lag 0 --place SG --figure unlinked_cases",
        "fastchannel watch epidemic time_series.csv --layout jhu --published 2020-06-01 --to-own cases.csv",
        exits={0: "every row was taken", ROWS_NOT_TAKEN: "rows or figures were not taken: each is named on stderr"},
    )(epidemic)


@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--layout", type=click.Choice([OWN, *LAYOUTS]), default=OWN, show_default=True, help="Whose form the files have.")
@click.option("--published", type=day_of, metavar="DATE", help="The day on which files without such a column were published.")
@click.option("--lag", type=click.IntRange(0, 60), help="Or how many days after its day each figure was: an assumption.")
@click.option("--place", help="A country or region by its ISO code: its state is told.")
@click.option("--figure", type=click.Choice([one.value for one in Figure]), default=Figure.CASES.value, show_default=True)
@click.option("--as-known", type=day_of, metavar="DATE", help="As known at the end of this day; the default is the last.")
@click.option("--from", "first", type=day_of, metavar="DATE", help=f"The default is {SHOWN_DAYS} days before the last.")
@click.option(
    "--serial-mean", type=float, help="Mean of the serial interval in days: with it and its deviation, R is estimated."
)
@click.option("--serial-deviation", type=float, help="Its standard deviation in days.")
@click.option("--window", type=click.IntRange(1, 60), default=7, show_default=True, help="Days over which R is taken.")
@click.option(
    "--to-own", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures in our own form, for a node."
)
@language_option
@json_option
def epidemic(
    *,
    files: tuple[Path, ...],
    layout: str,
    published: date | None,
    lag: int | None,
    place: str | None,
    figure: str,
    as_known: date | None,
    first: date | None,
    serial_mean: float | None,
    serial_deviation: float | None,
    window: int,
    to_own: Path | None,
    language: str,
    as_json: bool,
) -> int:
    """Read daily figures with every fault named, and tell a place's last days, their mean, and R with its interval."""
    readings = [_read(path, layout, published, lag) for path in files]
    for reading in readings:
        for remark in reading.remarks[:MOST_SHOWN]:
            message(remark.line(language))
        counts = f"{reading.rows} rows = {reading.accepted} taken + {reading.rejected} rejected"
        message(f"{reading.file}: {counts}; {reading.kept} figures, {reading.left_out} left out")
    vintages = Vintages.of(readings)
    if to_own is not None:
        write_file(to_own, _own(vintages), EpidemicFileError)
    found = _state(vintages, place, figure, as_known, first, (serial_mean, serial_deviation), window) if place else {}
    if as_json:
        emit_json({"files": [_balance(reading) for reading in readings], "state": found})
    elif place:
        _show(found)
    return ROWS_NOT_TAKEN if any(reading.rejected or reading.left_out for reading in readings) else 0


def _read(path: Path, layout: str, published: date | None, lag: int | None) -> Reading:
    raw = read_file(path, EpidemicFileError, MOST_BYTES)
    if layout == OWN:
        return read_reports(raw, file=path.name)
    return read_table(raw, LAYOUTS[layout], file=path.name, published=timedelta(days=lag) if lag is not None else published)


def _balance(reading: Reading) -> dict[str, Any]:
    return {
        "file": reading.file,
        "rows": reading.rows,
        "accepted": reading.accepted,
        "rejected": reading.rejected,
        "figures": reading.kept,
        "left_out": reading.left_out,
        "faults": {fault.value: count for fault, count in reading.faults.items()},
    }


def _own(vintages: Vintages) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, KIND])
    for row in vintages.table.select([*COLUMNS, KIND]).iter_rows():
        writer.writerow(["" if value is None else value for value in row])
    return text.getvalue().encode()


def _state(
    vintages: Vintages,
    place: str,
    figure: str,
    as_known: date | None,
    first: date | None,
    serial: tuple[float | None, float | None],
    window: int,
) -> dict[str, Any]:
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
    counts: np.ndarray[Any, np.dtype[np.float64]], serial: tuple[float | None, float | None], window: int
) -> dict[str, Any] | None:
    mean, deviation = serial
    if mean is None or deviation is None:
        return None
    found = reproduction_number(np.maximum(counts, 0.0), serial_interval(mean, deviation, SERIAL_DAYS), window_days=window)
    return {"r": found.mean.ravel(), "r_low": found.lower.ravel(), "r_high": found.upper.ravel()}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)


def _show(found: Mapping[str, Any]) -> None:
    with_r = any("r" in row for row in found["days"])
    columns = ("day", "count", "7-day mean", *(("R", "95 % interval") if with_r else ()))
    table = Table(*columns, title=f"{found['place']}: {found['figure']}, as known on {found['as_known']}", title_justify="left")
    for row in found["days"]:
        cells = [row["day"], _said(row["count"]), _said(row["mean_7_days"])]
        if with_r:
            cells += [_said(row["r"]), f"{_said(row['r_low'])} - {_said(row['r_high'])}"]
        table.add_row(*cells)
    page().print(table)


def _said(value: float | None) -> str:
    return "not reported" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")
