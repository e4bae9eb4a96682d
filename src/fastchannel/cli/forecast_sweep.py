"""``fastchannel forecast sweep``: every way to write a route, at many draws, into a folder of Parquet files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from fastchannel.cli.command import command, json_option
from fastchannel.cli.console import emit_json, message
from fastchannel.cli.forecast_options import situation_options
from fastchannel.terms.language import N_, translate


def add_to(group: click.Group) -> None:
    """Add the command to the group."""
    command(
        group,
        "sweep",
        "fastchannel forecast sweep china-korea --route kr-cn --pathogen sars-cov-2-delta --incidence 5 --out swept",
        "fastchannel forecast sweep china-korea --route kr-cn --pathogen sars-cov-2-delta --incidence 5 --out swept --resume",
    )(sweep_command)


@click.argument("agreement", metavar="AGREEMENT")
@situation_options
@click.option("--route", required=True, help="The route whose measures are varied.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder of the results; candidates.json names them."
)
@click.option(
    "--draws", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Draws of the pathogen's figures."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draws.")
@click.option("--threads", type=click.IntRange(1), help="Threads; the default is one for each core.")
@click.option("--resume", is_flag=True, help="Go on with what the folder holds; the same options are needed.")
@json_option
def sweep_command(
    *,
    agreement: str,
    route: str,
    out: Path,
    draws: int,
    seed: int,
    threads: int | None,
    resume: bool,
    language: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Work out every way to write a route's measures at every draw of the pathogen's figures, and keep all of it.

    How measures are kept stays at its own figures. Stopped at any time, --resume goes on where it was.
    """
    from fastchannel.cli.forecast_asked import (
        AskedError,
        chosen_agreement,
        chosen_practice,
        for_every_route,
        only_profile,
        situation_of,
    )
    from fastchannel.cli.forecast_candidates import candidates_of, write_candidates
    from fastchannel.cli.forecast_waiting import waiting
    from fastchannel.forecast.sweep import sweep

    if out.exists() and any(out.iterdir()) and not resume:
        raise AskedError(f"--out: found files in {out}; expected an empty folder, or --resume to go on with its sweep")
    on = None if asked["on"] is None else asked["on"].date()
    text = chosen_agreement(agreement, on)
    if route not in text.routes:
        raise AskedError(f'--route: found "{route}"; expected one of {", ".join(text.routes)}')
    found = candidates_of(
        text,
        only_profile(text, asked["pathogens"]),
        chosen_practice(asked["practice_file"]),
        for_every_route(situation_of(text, asked, on), text, route),
        route=route,
        on=on or text.in_force,
        draws=draws,
        seed=seed,
    )
    with waiting(str(out), language) as step:
        sweep(found.itineraries, found.people, out, workers=threads or os.cpu_count() or 1, progress=step)
    write_candidates(found, out)
    if as_json:
        emit_json({"out": str(out), "route": route, "candidates": len(found.itineraries), "draws": len(found.people)})
    else:
        words = N_("{candidates} ways to write the route, {draws} draws: {path}")
        values = {"candidates": len(found.itineraries), "draws": len(found.people), "path": out}
        message(translate(words, language, **values))
