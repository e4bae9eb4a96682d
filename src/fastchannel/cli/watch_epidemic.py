"""``fastchannel watch epidemic``: files of daily figures read row by row, and the state of the epidemic in a place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.files import write_file
from fastchannel.cli.watch_data import EpidemicFileError, day_of
from fastchannel.watch.reports.figures import Figure

ROWS_NOT_TAKEN = 1
MOST_SHOWN = 50
SHOWN_DAYS = 28
OWN = "own"
# As the readers have them, which would load what reads tables before a command is chosen: a test holds them alike.
LAYOUTS = (
    "jhu", "owid", "owid-compact", "who", "kdca", "kdca-regions", "kdca-origins", "singapore", "hong-kong", "canghailan",
    "canghailan-provinces", "oxcgrt",
)  # fmt: skip


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
    from fastchannel.cli.watch_reports import balance, own_form, read, state
    from fastchannel.watch.reports.vintages import Vintages

    readings = [read(path, None if layout == OWN else layout, published, lag) for path in files]
    for reading in readings:
        for remark in reading.remarks[:MOST_SHOWN]:
            message(remark.line(language))
        counts = f"{reading.rows} rows = {reading.accepted} taken + {reading.rejected} rejected"
        message(f"{reading.file}: {counts}; {reading.kept} figures, {reading.left_out} left out")
    vintages = Vintages.of(readings)
    if to_own is not None:
        write_file(to_own, own_form(vintages), EpidemicFileError)
    serial = (serial_mean, serial_deviation) if serial_mean is not None and serial_deviation is not None else None
    found = state(vintages, place, figure, as_known, first, serial, window) if place else {}
    if as_json:
        emit_json({"files": [balance(reading) for reading in readings], "state": found})
    elif place:
        _show(found)
    return ROWS_NOT_TAKEN if any(reading.rejected or reading.left_out for reading in readings) else 0


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
