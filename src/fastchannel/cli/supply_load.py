"""``fastchannel supply load``: the table of the chain that a node values statements of need by, at the shortage now."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import click

from fastchannel.cli.command import command, json_option, language_option, node_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.supply_options import Asked, table_options
from fastchannel.cli.supply_spread import ENGINES
from fastchannel.terms.language import N_, translate

LOADED = N_("{source}: {industries} industries and {sites} sites are in use from now on, with their worth at this shortage")


def add_to(group: click.Group) -> None:
    """Add the command to the group, once."""
    if "load" not in group.commands:
        command(
            group,
            "load",
            "fastchannel supply load table.csv --node /srv/fastchannel --repair all --stock-days stock.csv "
            "--critical critical.csv --capacity shortage.csv",
        )(load)


@table_options
@node_option
@click.option("--capacity", metavar="FILE", required=True, help="The shortage now: industry, first_day, last_day, share.")
@click.option("--days", default=180, show_default=True, type=click.IntRange(1, 3650), help="Days on which output counts.")
@click.option("--weights", metavar="FILE", help="The public's weights; the default is those that ship.")
@click.option("--classification", help="The sectors' names in the weights: wiod35, wiod56, icio. Without it all weigh 1.")
@click.option("--sites", metavar="FILE", help="Sites, whose shares bound what their sponsors claim.")
@click.option("--links", metavar="FILE", help="The sites' inputs.")
@click.option("--posts", metavar="FILE", help="The people whom the sites need.")
@click.option("--names", metavar="FILE", help="What the sectors are called: a CSV of two columns, code and name.")
@click.option("--workers", type=click.IntRange(1), help="Processes; the default is one for each core.")
@click.option("--engine", type=click.Choice(ENGINES), default="processes", show_default=True, help="What the parts run on.")
@language_option
@json_option
def load(
    *,
    directory: Path,
    capacity: str,
    days: int,
    weights: str | None,
    classification: str | None,
    sites: str | None,
    links: str | None,
    posts: str | None,
    names: str | None,
    workers: int | None,
    engine: str,
    language: str,
    as_json: bool,
    **table: Any,
) -> int:
    """Load a table with its shortage into a node: the chain map draws it, and places are valued by it from then on."""
    from fastchannel.cli.node import database_of
    from fastchannel.cli.supply_answers import worked_out
    from fastchannel.cli.supply_tables import named
    from fastchannel.node.shell import use
    from fastchannel.supply.chain.reading_sites import read_sites

    economy, found = worked_out(
        Asked(**table),
        capacity=capacity,
        days=days,
        weights=weights,
        classification=classification,
        workers=workers,
        engine=engine,
    )
    files = {name: named(file) if file else None for name, file in (("sites", sites), ("links", links), ("posts", posts))}
    network = (
        read_sites(economy.table, sites=files["sites"], links=files["links"], posts=files["posts"]) if files["sites"] else None
    )
    use(directory)
    with database_of(directory):
        from fastchannel.node import chains

        raw = {name: given[0] for name, given in files.items() if given is not None}
        chains.keep(economy.table, economy.stock_days, found, names=_names(names) if names else {}, **raw)
    told = {"source": economy.table.source, "industries": economy.count, "sites": len(network.sites) if network else 0}
    if as_json:
        emit_json(told)
    else:
        message(translate(LOADED, language, **told))
    return 0


def _names(file: str) -> dict[str, str]:
    from fastchannel.cli.supply_tables import SupplyFileError, named

    raw, name = named(file)
    try:
        rows = [row for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"))) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SupplyFileError(f"{name}: {error}; expected a CSV of two columns in UTF-8") from error
    if any(len(row) != 2 for row in rows):
        raise SupplyFileError(f"{name}: found a row of other than two columns; expected code and name")
    return {code.strip(): said.strip() for code, said in rows[1:]}
