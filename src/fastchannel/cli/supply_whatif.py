"""``fastchannel supply whatif``: what ministers ask of the channel, answered in output lost on both sides and in imports."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, page
from fastchannel.cli.supply_options import Asked, table_options


def add_to(group: click.Group) -> None:
    """Add the command to the group, once: its options are taken off the function with it."""
    if "whatif" in group.commands:
        return
    command(
        group,
        "whatif",
        "fastchannel supply whatif table.csv --repair all --stock-days stock.csv --reliance reliance.csv",
        "fastchannel supply whatif table.csv --stock-days stock.csv --reliance reliance.csv --travellers 60 --risk 2=5.3 "
        "--risk 14=0.4 --chart trade.svg",
    )(whatif)


@table_options
@click.option("--reliance", metavar="FILE", required=True, help="Who relies on the channel: industry, share, present.")
@click.option("--stay-days", default=90.0, show_default=True, help="How long people stay, isolation included.")
@click.option("--nights", default=2.0, show_default=True, help="Nights of isolation under the agreement in force.")
@click.option("--strict-nights", default=14.0, show_default=True, help="Nights to compare with.")
@click.option("--rooms-in-use", default=1.0, show_default=True, help="The share of the rooms that are in use today.")
@click.option("--days", default=182, show_default=True, type=click.IntRange(7, 3650), help="Days on which output counts.")
@click.option("--travellers", default=0.0, show_default=True, help="Travellers a day today.")
@click.option(
    "--risk", "risks", multiple=True, metavar="NIGHTS=IMPORTS",
    help="Imports per million travellers with so many nights, as `forecast run` has them.",
)  # fmt: skip
@click.option(
    "--uncertain",
    default=0.5,
    show_default=True,
    help="By which part of itself each reliance may be off.",
)
@click.option("--chart", type=click.Path(path_type=Path), help="Risk against output, each rule a point: .svg or .png.")
@language_option
@json_option
def whatif(
    *,
    reliance: str,
    stay_days: float,
    nights: float,
    strict_nights: float,
    rooms_in_use: float,
    days: int,
    travellers: float,
    risks: tuple[str, ...],
    uncertain: float,
    chart: Path | None,
    language: str,
    as_json: bool,
    **table: Any,
) -> int:
    """Compare rules for the channel: as it is, closed, halved, twice the rooms, longer isolation.

    Output lost by region, industry and week, with the range that the assumptions on inputs and on reliance span; and the
    imports that each rule lets expect.
    """
    from fastchannel.cli.supply_tables import economy_of, named, read_table, repaired
    from fastchannel.supply.whatif.flow import Rule, Stay, standard_rules
    from fastchannel.supply.whatif.losses import Question, outcomes

    asked = Asked(**table)
    mended = repaired(read_table(asked), asked).table
    today = Rule(name="in force", flow=1.0, nights=nights)
    question = Question(
        days=days,
        today=today,
        stay=Stay(days=stay_days),
        reliances=_reliances(*named(reliance)),
        travellers_per_day=travellers,
        imports_per_million=dict(map(_risk, risks)) or None,
        uncertain=uncertain,
    )
    rules = standard_rules(today, places=rooms_in_use, strict_nights=strict_nights)
    found = outcomes(mended, lambda assumed: economy_of(mended, replace(asked, production=assumed.value)), question, rules)
    rows = [_row(one) for one in found]
    if chart is not None:
        from fastchannel.cli.supply_chart import trade_chart
        from fastchannel.forecast.shown.charts import write_chart

        write_chart(trade_chart(rows, language), chart)
    if as_json:
        emit_json({"rules": rows})
    else:
        _show(rows, language)
    return 0


def _reliances(raw: bytes, where: str) -> tuple[Any, ...]:
    from fastchannel.supply.chain.grid import text_of
    from fastchannel.supply.errors import SupplyError
    from fastchannel.supply.whatif.flow import Reliance

    reader = csv.DictReader(io.StringIO(text_of(raw, where)), skipinitialspace=True)
    if not {"industry", "share"} <= set(reader.fieldnames or ()):
        raise SupplyError(f"{where}: found the columns {', '.join(reader.fieldnames or ())}; expected industry, share, present")
    found = []
    for row in reader:
        try:
            share, present = float(row["share"]), float(row.get("present") or 1.0)
            found.append(Reliance(industry=row["industry"].strip(), share=share, present=present))
        except (TypeError, ValueError, SupplyError) as error:
            raise SupplyError(
                f"{where}: line {reader.line_num}: {error}; expected an industry and shares from 0 to 1"
            ) from None
    return tuple(found)


def _risk(text: str) -> tuple[float, float]:
    nights, equals, imports = text.partition("=")
    try:
        return float(nights), float(imports if equals else "")
    except ValueError:
        raise click.BadParameter(f'"{text}" is no risk; expected for example 14=0.4') from None


def _row(one: Any) -> dict[str, Any]:
    return {
        "rule": one.rule.name,
        "flow": one.rule.flow,
        "nights": one.rule.nights,
        "lost": asdict(one.lost),
        "by_region": {name: asdict(found) for name, found in one.by_region.items()},
        "by_week": one.by_week.tolist(),
        "by_industry": one.by_industry,
        "imports": one.imports,
    }


def _show(rows: list[dict[str, Any]], language: str) -> None:
    from rich.table import Table

    from fastchannel.supply.whatif.words import column_words, rule_words

    regions = list(rows[0]["by_region"])
    columns = [*column_words(language), *regions]
    shown = Table(*columns)
    for row in rows:
        lost, imports = row["lost"], row["imports"]
        cells = [
            rule_words(row["rule"], row["nights"], language),
            f"{row['flow']:.0%}",
            f"{lost['central']:,.0f} ({lost['low']:,.0f} - {lost['high']:,.0f})",
            "-" if imports is None else f"{imports:.3g}",
            *(f"{row['by_region'][name]['central']:,.0f}" for name in regions),
        ]
        shown.add_row(*cells)
    page().print(shown)
