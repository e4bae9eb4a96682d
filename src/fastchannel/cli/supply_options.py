"""The options by which the commands of supply take a table and what belongs to it; importing them loads nothing large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

LAYOUTS = ("own", "icio", "wiod", "exiobase")
# As the chain has them, which would load compiled code before a command is chosen: tests/cli/test_supply.py holds them alike.
REPAIRABLE = ("zero_output", "negative_flow", "negative_demand", "unbalanced")
PRODUCTIONS = ("leontief", "strongly_critical", "half_critical", "weakly_critical", "linear")
PRODUCTION = "half_critical"
TOLERANCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options say of the table."""

    table: str
    layout: str
    final: str | None
    made: str | None
    repairs: tuple[str, ...]
    tolerance: float
    stock_days: str | None
    critical: str | None
    production: str


def table_options(function: F) -> F:
    """Adds the table and the options that belong to it."""
    for add in reversed(
        (
            click.argument("table", metavar="TABLE"),
            click.option(
                "--layout", type=click.Choice(LAYOUTS), default="own", show_default=True, help="How TABLE is laid out."
            ),
            click.option("--final", metavar="FILE", help="EXIOBASE: Y.txt, where TABLE is Z.txt (or A.txt with --made)."),
            click.option("--made", metavar="FILE", help="EXIOBASE: x.txt."),
            click.option(
                "--repair",
                "repairs",
                multiple=True,
                type=click.Choice([*REPAIRABLE, "all"]),
                help="Mend these faults.",
            ),
            click.option("--tolerance", default=TOLERANCE, show_default=True, help="By which a row may be off, in its unit."),
            click.option("--stock-days", metavar="FILE", help="Days of stock by sector: a CSV of two columns."),
            click.option("--critical", metavar="FILE", help="Which inputs are essential: a CSV of sectors by sectors."),
            click.option(
                "--production",
                type=click.Choice(PRODUCTIONS),
                default=PRODUCTION,
                show_default=True,
                help="Which inputs an industry cannot do without.",
            ),
        )
    ):
        function = add(function)
    return function
