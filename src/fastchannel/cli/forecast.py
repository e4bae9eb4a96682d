"""``fastchannel forecast``: what an agreement lets through and what it costs, before anyone signs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from fastchannel.cli import forecast_compare, forecast_design, forecast_pathogens, forecast_sweep
from fastchannel.cli.command import command, json_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.forecast_options import engine_options, situation_options
from fastchannel.terms.language import N_, pick, translate

# A forecast's modules take a second to import: each command does so when it runs.


@click.group("forecast")
def forecast() -> None:
    """Forecast agreements: what passes, what is found and where, what it costs, and which text is better."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    for room in (forecast_compare, forecast_design, forecast_pathogens, forecast_sweep):
        room.add_to(forecast)
    root.add_command(forecast)


@command(
    forecast,
    "run",
    "fastchannel forecast run china-korea --incidence 0.2 --volume 100",
    "fastchannel forecast run china-korea --incidence KR=0.2 --incidence CN=0.01 --pathogen sars-cov-2-delta --json",
    "fastchannel forecast run my-text.toml --incidence cases.csv --population 51.8e6 --reported 0.3 --out forecast.parquet",
)
@click.argument("agreement", metavar="AGREEMENT")
@situation_options
@engine_options(200)
@click.option("--route", help="Show only this route; the default is all.")
@click.option("--out", type=click.Path(path_type=Path), help="Write every figure: .parquet, .csv or .json.")
@click.option(
    "--figure", type=click.Path(path_type=Path), help="Write the chart of where the infected are found: .svg or .png."
)
@json_option
def run_command(
    *,
    agreement: str,
    draws: int,
    seed: int,
    engine: str,
    route: str | None,
    out: Path | None,
    figure: Path | None,
    language: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Forecast what an agreement lets through: a file, or one that ships (china-korea, china-korea@1).

    RATE counts new infections, reported or not, per 100,000 people and day where travellers come from. A file of cases has a
    row for each day or each week, without holes, up to the day before departure.
    """
    from fastchannel.cli.forecast_asked import (
        AskedError,
        chosen_agreement,
        chosen_practice,
        chosen_profiles,
        for_every_route,
        situation_of,
    )
    from fastchannel.cli.forecast_page import print_forecast
    from fastchannel.cli.forecast_waiting import waiting
    from fastchannel.forecast.forecast import EngineName, Settings
    from fastchannel.forecast.forecast import forecast as forecast_agreement
    from fastchannel.forecast.shown import output
    from fastchannel.forecast.shown.charts import IMAGES, found_chart, write_chart

    for path, endings in ((out, output.SUFFIXES), (figure, IMAGES)):
        if path is not None:
            output.check_suffix(path, endings)
    on = day_of(asked["on"])
    text = chosen_agreement(agreement, on)
    if route is not None and route not in text.routes:
        raise AskedError(f'--route: found "{route}"; expected one of {", ".join(text.routes)}')
    situation, practice = situation_of(text, asked, on), chosen_practice(asked["practice_file"])
    enough = situation if route is None else for_every_route(situation, text, route)
    profiles = chosen_profiles(text, asked["pathogens"], language)
    settings = Settings(engine=EngineName(engine), draws=draws, seed=seed)
    found = []
    for profile in profiles:
        with waiting(profile.id, language) as step:
            one = forecast_agreement(text, profile, enough, on=on, practice=practice, settings=settings, progress=step)
        groups = tuple(group for group in one.groups if route in (None, group.group.route))
        found.append(replace(one, groups=groups, situation=situation))
    if out is not None:
        output.write(found, out)
        message(translate(N_("Written: {path}"), language, path=out))
    if figure is not None:
        titles = {profile.id: pick(profile.title, language) for profile in profiles}
        write_chart(found_chart(found, text, language, titles), figure)
        message(translate(N_("Written: {path}"), language, path=figure))
    if as_json:
        emit_json(output.document(found))
        return
    for profile, one in zip(profiles, found, strict=True):
        print_forecast(page(), one, text, pick(profile.title, language), language)


def day_of(on: datetime | None) -> date | None:
    """The day that ``--on`` names."""
    return None if on is None else on.date()
