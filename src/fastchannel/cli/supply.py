"""``fastchannel supply``: what a shortage does to the chains, and which industries and applications matter most in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from fastchannel.cli import supply_allocate, supply_audit, supply_load, supply_replan, supply_whatif
from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json
from fastchannel.cli.supply_options import Asked, table_options
from fastchannel.cli.supply_spread import ENGINES

FAULTS_LEFT = 1


@click.group("supply")
def supply() -> None:
    """Whom the scarce places should go to, so that the industrial, supply and logistics chains keep running."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    supply_allocate.add_to(supply)
    supply_replan.add_to(supply)
    supply_audit.add_to(supply)
    supply_load.add_to(supply)
    supply_whatif.add_to(supply)
    root.add_command(supply)


@command(
    supply,
    "chain",
    "fastchannel supply chain table.csv --repair all --stock-days stock.csv --critical critical.csv --capacity shortage.csv",
    exits={0: "the table is in order, or was repaired as asked", FAULTS_LEFT: "faults are left: each is on a line of stdout"},
)
@table_options
@click.option("--capacity", metavar="FILE", help="A shortage to run day by day: industry, first_day, last_day, share.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="Days to run.")
@click.option("--extract", metavar="INDUSTRY", help="What would be lost without this industry.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1), help="Industries to list.")
@language_option
@json_option
def chain(*, capacity: str | None, days: int, extract: str | None, top: int, language: str, as_json: bool, **table: Any) -> int:
    """List a table's faults and repairs, its multipliers, and what a shortage does to every industry."""
    from fastchannel.cli.supply_answers import chain_answer

    found, lines = chain_answer(Asked(**table), capacity=capacity, days=days, extract=extract, top=top, language=language)
    _out(found, lines, as_json=as_json)
    return FAULTS_LEFT if found["faults"] else 0


@command(
    supply,
    "criticality",
    "fastchannel supply criticality table.csv --repair all --stock-days stock.csv --critical critical.csv "
    "--capacity shortage.csv --classification wiod35",
)
@table_options
@click.option("--capacity", metavar="FILE", required=True, help="The shortage now: industry, first_day, last_day, share.")
@click.option("--days", default=180, show_default=True, type=click.IntRange(1, 3650), help="Days on which output counts.")
@click.option("--first-day", default=0, show_default=True, help="The first day on which people could work.")
@click.option("--last-day", type=int, help="The last one; the default is the last of --days.")
@click.option("--weights", metavar="FILE", help="The public's weights; the default is those that ship.")
@click.option("--classification", help="The sectors' names in the weights: wiod35, wiod56, icio. Without it all weigh 1.")
@click.option("--sites", metavar="FILE", help="Sites, to value --applications at.")
@click.option("--links", metavar="FILE", help="The sites' inputs.")
@click.option("--posts", metavar="FILE", help="The people whom the sites need.")
@click.option("--applications", metavar="FILE", help="Applications to value and rank.")
@click.option("--admitted", metavar="FILE", help="People let in before, whom applications come after: site, skill, people.")
@click.option(
    "--arrival-days", default=14, show_default=True, type=click.IntRange(1, 366), help="Arrival days to value applications for."
)
@click.option("--room-nights", default=100, show_default=True, type=click.IntRange(1), help="Rooms to compare the rankings by.")
@click.option("--workers", type=click.IntRange(1), help="Processes; the default is one for each core.")
@click.option("--engine", type=click.Choice(ENGINES), default="processes", show_default=True, help="What the parts run on.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1), help="Industries to list.")
@language_option
@json_option
def criticality(
    *,
    capacity: str,
    days: int,
    first_day: int,
    last_day: int | None,
    weights: str | None,
    classification: str | None,
    sites: str | None,
    links: str | None,
    posts: str | None,
    applications: str | None,
    admitted: str | None,
    arrival_days: int,
    room_nights: int,
    workers: int | None,
    engine: str,
    top: int,
    language: str,
    as_json: bool,
    **table: Any,
) -> int:
    """Rank industries by what one more unit of their output is worth at a shortage, and applications by what they save.

    The plain ranking of applications by direct output per room-night stands beside it, with a sentence on when it is as good.
    """
    from fastchannel.cli.supply_answers import Question, criticality_answer

    question = Question(
        capacity=capacity,
        days=days,
        first_day=first_day,
        last_day=days - 1 if last_day is None else last_day,
        weights=weights,
        classification=classification,
        sites=sites,
        links=links,
        posts=posts,
        applications=applications,
        admitted=admitted,
        arrival_days=arrival_days,
        room_nights=room_nights,
        workers=workers,
        engine=engine,
    )
    _out(*criticality_answer(Asked(**table), question, top=top, language=language), as_json=as_json)
    return 0


def _out(found: dict[str, Any], lines: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        emit_json(found)
        return
    for line in lines:
        click.echo(line)
