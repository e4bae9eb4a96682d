"""The options that the forecast commands share. What they are given is read by `forecast_asked`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fastchannel.cli.command import language_option

F = TypeVar("F", bound=Callable[..., Any])


def situation_options(function: F) -> F:
    """Adds the options that say whom and what an agreement is forecast for."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return language_option(function)


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--pathogen",
        "pathogens",
        multiple=True,
        metavar="ID|FILE",
        help="Profile; the default is every one of the agreement's pathogen. Repeatable.",
    ),
    click.option(
        "--incidence",
        "incidences",
        multiple=True,
        metavar="[WHERE=]RATE|FILE",
        help="New infections per 100,000 people a day where travellers come from (or 12/1M), or a CSV file of cases. "
        "WHERE is a route or a party. Repeatable.",
    ),
    click.option(
        "--growth",
        type=float,
        default=0.0,
        show_default=True,
        metavar="R",
        help="Growth rate of the incidence per day; below 0 it declines.",
    ),
    click.option(
        "--population",
        "populations",
        multiple=True,
        metavar="[WHERE=]N",
        help="With a file: how many people the cases are from.",
    ),
    click.option(
        "--reported",
        "reporteds",
        multiple=True,
        metavar="[WHERE=]SHARE",
        help="With a file: share of infections that become cases, from 0 to 1; the default is 1.",
    ),
    click.option("--time-column", default="date", show_default=True, help="With a file: its column of dates or days."),
    click.option("--count-column", default="cases", show_default=True, help="With a file: its column of new cases."),
    click.option(
        "--volume", "volumes", multiple=True, metavar="[WHERE=]N", help="Travellers a day on each route, or on one. Repeatable."
    ),
    click.option("--days", type=float, default=30.0, show_default=True, help="Days to look ahead."),
    click.option(
        "--immune",
        type=float,
        default=0.0,
        show_default=True,
        metavar="SHARE",
        help="Share of travellers who are immune as the profile describes.",
    ),
    click.option(
        "--on",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="Day of departure; the default is the text's first day in force.",
    ),
    click.option(
        "--practice",
        "practice_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="How measures are kept, instead of the practice that ships.",
    ),
    click.option(
        "--prices",
        multiple=True,
        metavar="NAME=AMOUNT",
        help="test=40, room=90 (a night), day=300 (lost), currency=EUR. Repeatable.",
    ),
)


def engine_options(draws: int) -> Callable[[F], F]:
    """Adds how it is worked out: draws of the unknowns, seed and engine."""

    def decorate(function: F) -> F:
        function = click.option(
            "--engine",
            type=click.Choice(["grid", "quadrature", "individuals"]),
            default="grid",
            show_default=True,
            help="Tabulated quadrature, quadrature to a tolerance, or people drawn one by one.",
        )(function)
        function = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draws.")(function)
        words = "Draws of what is not known exactly, for the intervals; 0 gives none."
        return click.option("--draws", type=click.IntRange(0, 100_000), default=draws, show_default=True, help=words)(function)

    return decorate
