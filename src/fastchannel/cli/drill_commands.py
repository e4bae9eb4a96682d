"""``fastchannel drill``: synthetic rosters and journeys, to try things out with."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import click
import msgspec

from fastchannel.casework.columns import COLUMNS
from fastchannel.cli.command import command, instant, json_option
from fastchannel.cli.drill import Script, scripts
from fastchannel.cli.texts import find_versions
from fastchannel.terms.events import Applied, Event

_FAULTS: tuple[dict[str, str], ...] = (
    {"name": ""},
    {"departure": "next Tuesday"},
    {"route": "the-moon"},
    {"passport": "?"},
    {"destination": "XX-1"},
)
_DAYS = 10


@click.group("drill")
def drill() -> None:
    """Make synthetic travellers: a roster to import, or whole journeys to decide on."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(drill)


@command(drill, "roster", "fastchannel drill roster --rows 1000 > roster.csv")
@click.option("--rows", type=click.IntRange(1, 10_000), default=1_000, show_default=True)
@click.option("--faulty", type=click.IntRange(0), default=10, show_default=True, help="How many of the rows have a mistake.")
@click.option("--agreement", default="china-korea", show_default=True)
@click.option("--route", default="kr-cn", show_default=True)
@click.option("--first", type=instant, default="2020-06-20", show_default=True, help="First day of departures, of ten.")
@click.option("--seed", default=1, show_default=True)
@json_option
def roster(*, rows: int, faulty: int, agreement: str, route: str, first: datetime, seed: int, as_json: bool) -> None:
    """Print a roster as a sponsor would send it, with some rows that have a mistake."""
    some = islice(scripts(find_versions(agreement), seed=seed, first=first.date(), days=_DAYS, routes=(route,)), rows)
    found = [_row(script) for script in some]
    # Spread over the file, so that a faulty row has good ones before and after it.
    for number in range(min(faulty, rows)):
        found[number * rows // max(faulty, 1)].update(_FAULTS[number % len(_FAULTS)])
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(found)


def _row(script: Script) -> dict[str, str]:
    who, case = script.profile, script.case
    plan = next(event for event in script.events if isinstance(event, Applied)).itinerary
    values: dict[str, Any] = {
        "name": who.name,
        "passport": who.passport.replace("ZZ", "ZY"),  # ZZ is the drill's own, whom the demonstration moves by itself
        "nationality": who.nationality,
        "birth_date": who.birth_date,
        "email": who.email,
        "telephone": who.telephone,
        "language": who.language,
        "route": case.route,
        "purpose": case.purpose,
        "companion": case.companion,
        "departure": plan.departure.isoformat(timespec="minutes"),
        "origin": case.origin,
        "destination": case.destination,
        "flight": plan.flight,
        "city": case.city,
    }
    return {name: str(values.get(name) or "") for name in COLUMNS}


@command(
    drill,
    "journeys",
    "fastchannel drill journeys --count 1000 --at 2020-06-01 > journeys.jsonl",
    "fastchannel drill journeys --count 1000 --format csv > journeys.csv",
)
@click.option("--count", type=click.IntRange(1), default=1_000, show_default=True)
@click.option("--agreement", default="china-korea", show_default=True)
@click.option("--at", type=instant, default="2020-06-01", show_default=True, help="Only what has happened by then.")
@click.option("--format", "layout", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--seed", default=1, show_default=True)
@json_option
def journeys(*, count: int, agreement: str, at: datetime, layout: str, seed: int, as_json: bool) -> None:
    """Print whole journeys: a line each, or a table with a row for each event."""
    some = islice(_under_way(agreement, at, seed), count)
    if as_json or layout == "jsonl":
        for events in some:
            click.echo(msgspec.json.encode(events))
        return
    found = [row for events in some for row in map(_cells, events)]
    columns = list(dict.fromkeys(name for row in found for name in row))
    table = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(found)


def _under_way(agreement: str, at: datetime, seed: int) -> Iterator[list[Event]]:
    first = at.astimezone(UTC).date().replace(day=1)
    for script in scripts(find_versions(agreement), seed=seed, first=first, days=30):
        happened = [event for event in script.events if event.at <= at]
        if happened:
            yield happened


def _cells(event: Event) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, value in msgspec.to_builtins(event).items():
        if isinstance(value, dict):
            cells |= {f"{name}.{inner}": str(part) for inner, part in value.items() if part is not None}
        elif isinstance(value, list | tuple):
            cells[name] = ";".join(value)
        elif value is not None:
            cells[name] = str(value)
    return cells
