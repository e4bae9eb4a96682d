"""``fastchannel supply replan``: places after capacity fell, changing as few promises as possible."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from fastchannel.cli.batch import available_cores
from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.files import read_file
from fastchannel.cli.supply_rows import CONFLICT, ROWS_REJECTED, AllocationFileError, promises_of, rows_of, show_conflict
from fastchannel.terms.language import N_, translate

REPLANNED = N_(
    "{kept} promises are kept, {moved} moved, {withdrawn} withdrawn; {new} new places; value {value}, at most {bound}"
)


def add_to(group: click.Group) -> None:
    """Add the command to the group, once."""
    if "replan" not in group.commands:
        command(
            group,
            "replan",
            "fastchannel supply replan applications.csv capacity.toml --promises grants.csv --cancel F1 --seed 2020-05-04",
            exits={
                ROWS_REJECTED: "rows were rejected: each is on a line of stderr",
                CONFLICT: "limits conflict: stdout says which",
            },
        )(replan_places)


@click.argument("applications", metavar="APPLICATIONS.csv")
@click.argument("capacity", metavar="CAPACITY.toml")
@click.option("--promises", metavar="FILE", help="Places given, as `supply allocate` wrote them; else those in CAPACITY.toml.")
@click.option("--cancel", "cancelled", multiple=True, metavar="FLIGHT", help="A flight that does not go.")
@click.option("--seed", default="", help="The published seed of the lottery among equals.")
@click.option("--gap", type=click.FloatRange(0.0, 1.0), help="Stop within this share of the bound; by default 0.005 or 0.01.")
@click.option("--skip-faults", is_flag=True, help="Plan with the rows that are in order.")
@language_option
@json_option
def replan_places(
    *,
    applications: str,
    capacity: str,
    promises: str | None,
    cancelled: tuple[str, ...],
    seed: str,
    gap: float | None,
    skip_faults: bool,
    language: str,
    as_json: bool,
) -> int:
    """Plan anew when a flight is cancelled or rooms fall away.

    The fewest promises change; among those ways the fewest are withdrawn; among those the total is the greatest.
    """
    from fastchannel.supply.places.reading import read_capacity
    from fastchannel.supply.places.replan import Replanned, replan, without_flight

    asked = read_capacity(read_file(Path(capacity), AllocationFileError), capacity)
    rows = rows_of(applications, language, skip_faults=skip_faults)
    if rows.refused:
        if as_json:
            emit_json(rows.told)
        return ROWS_REJECTED
    promised = asked.promises if promises is None else promises_of(promises)
    applied, flights = {one.id for one in rows.applications}, [one.id for one in asked.capacity.flights]
    stray = next((one.application for one in promised if one.application not in applied), None)
    if stray is not None:
        raise AllocationFileError(f"promise to {stray}: found no application of this id in {applications}; expected its row")
    left = asked.capacity
    for flight in cancelled:
        if flight not in flights:
            raise click.BadParameter(f"found {flight}, expected one of {', '.join(flights)}", param_hint="--cancel")
        left = without_flight(left, flight)
    found = replan(rows.applications, left, asked.budget, promised, seed=seed, gap=gap, threads=available_cores())
    if not isinstance(found, Replanned):
        show_conflict(found, rows.told if as_json else None, language)
        return CONFLICT
    grants = found.allocation.grants
    before = {one.application for one in promised}
    if as_json:
        lists = {name: msgspec.to_builtins(getattr(found, name)) for name in ("kept", "moved", "withdrawn")}
        figures = {name: getattr(found.allocation, name) for name in ("value", "bound", "gap", "method", "seed")}
        emit_json({**figures, "grants": msgspec.to_builtins(grants), **lists, **rows.told})
    else:
        click.echo("application,flight,place,day,change")
        kept = set(found.kept)
        for one in grants:
            change = "kept" if one in kept else "moved" if one.application in before else "new"
            click.echo(f"{one.application},{one.flight},{one.place},{one.day},{change}")
        for one in found.withdrawn:
            click.echo(f"{one.application},,,,withdrawn")
        counts = {"kept": len(kept), "moved": len(found.moved), "withdrawn": len(found.withdrawn)}
        new = sum(one.application not in before for one in grants)
        figures = {"value": f"{found.allocation.value:.6g}", "bound": f"{found.allocation.bound:.6g}"}
        message(translate(REPLANNED, language, **counts, new=new, **figures))
    return ROWS_REJECTED if rows.faulty else 0
