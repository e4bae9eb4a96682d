"""``fastchannel forecast design``: the agreement that costs travellers least and still keeps a budget."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from fastchannel.cli.command import command, json_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.forecast_options import situation_options
from fastchannel.terms.language import N_, translate

if TYPE_CHECKING:
    from fastchannel.forecast.design.design import Designed, Offer, RouteDesign
    from fastchannel.forecast.shown.charts import Chart
    from fastchannel.forecast.shown.front_chart import FrontPoint
    from fastchannel.forecast.shown.wording import ForecastWords

NOT_MET = 1
FORMAT = "fastchannel-design"
GOALS = ("imports", "completed", "transmission", "outbreaks")


def add_to(group: click.Group) -> None:
    """Add the command to the group."""
    command(
        group,
        "design",
        "fastchannel forecast design china-korea --pathogen sars-cov-2-delta --incidence 5 --budget 20",
        "fastchannel forecast design my-text.toml --incidence 5 --most-days 3 --write amended.toml --in-force 2021-03-01",
        exits={0: "a text that keeps the limit was found", NOT_MET: "none that was tried keeps it: the best of them is shown"},
    )(design_command)


@click.argument("agreement", metavar="AGREEMENT")
@situation_options
@click.option(
    "--budget", type=float, metavar="N", help="At most so many per million travellers: the least days lost are sought."
)
@click.option("--most-days", type=float, metavar="N", help="At most so many days lost: the least of the goal is sought.")
@click.option("--goal", type=click.Choice(GOALS), default="imports", show_default=True, help="What is to be kept low.")
@click.option(
    "--confidence", type=float, default=0.9, show_default=True, help="Share of the draws in which the budget must hold."
)
@click.option(
    "--draws", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Draws of what is not known exactly."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draws.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="Threads; they change no result.")
@click.option("--route", help="Only this route; the default is all, each by itself.")
@click.option("--write", type=click.Path(path_type=Path), help="Write the amended text there. Needs --in-force.")
@click.option("--in-force", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="From when the amended text holds.")
@click.option("--figure", type=click.Path(path_type=Path), help="Draw days lost against the goal, one route: .svg or .png.")
@json_option
def design_command(
    *,
    agreement: str,
    budget: float | None,
    most_days: float | None,
    goal: str,
    confidence: float,
    draws: int,
    seed: int,
    threads: int,
    route: str | None,
    write: Path | None,
    in_force: datetime | None,
    figure: Path | None,
    language: str,
    as_json: bool,
    **asked: Any,
) -> int:
    """Search for the measures that cost travellers the least days and keep a budget, or keep most within days lost.

    Tests, their times, days of isolation and closed loops are varied; every way is worked out with the same draws.
    """
    from fastchannel.cli.forecast_asked import (
        AskedError,
        chosen_agreement,
        chosen_practice,
        for_every_route,
        only_profile,
        situation_of,
    )
    from fastchannel.cli.forecast_waiting import waiting
    from fastchannel.forecast.design.design import design
    from fastchannel.forecast.design.space import Goal, default_space
    from fastchannel.forecast.shown.charts import IMAGES, write_chart
    from fastchannel.forecast.shown.output import check_suffix
    from fastchannel.forecast.shown.wording import ForecastWords
    from fastchannel.terms.events import Assay

    if (budget is None) == (most_days is None):
        raise click.UsageError("give one of --budget and --most-days")
    if write is not None and in_force is None:
        raise click.UsageError("--write needs --in-force: the day from which the amended text holds")
    if figure is not None:
        check_suffix(figure, IMAGES)
    on = None if asked["on"] is None else asked["on"].date()
    text = chosen_agreement(agreement, on)
    if route is not None and route not in text.routes:
        raise AskedError(f'--route: found "{route}"; expected one of {", ".join(text.routes)}')
    if figure is not None and route is None and len(text.routes) > 1:
        raise click.UsageError("--figure shows one route: give --route")
    profile, practice = only_profile(text, asked["pathogens"]), chosen_practice(asked["practice_file"])
    situation = situation_of(text, asked, on)
    assays = frozenset(Assay(name) for name in profile.at().assays if name in tuple(Assay))
    with waiting(profile.id, language) as step:
        found = design(
            text,
            profile,
            situation if route is None else for_every_route(situation, text, route),
            default_space(text, assays, on=on, goal=Goal(goal), route=route),
            budget_per_million=budget,
            most_days_lost=most_days,
            confidence=confidence,
            goal=Goal(goal),
            practice=practice,
            on=on,
            draws=draws,
            seed=seed,
            threads=threads,
            progress=lambda stage, done, total: step(done, total, stage),
        )
    words = ForecastWords(text, language)
    if write is not None and in_force is not None:
        _write(found, write, in_force.date(), language)
    if figure is not None:
        write_chart(_chart(found.routes[0], found, words), figure)
        message(translate(N_("Written: {path}"), language, path=figure))
    if as_json:
        emit_json(_plain(found))
    else:
        for one in found.routes:
            _print(one, found, words)
    return 0 if found.met else NOT_MET


def _write(found: Designed, path: Path, in_force: date, language: str) -> None:
    from fastchannel.forecast.design.amend import amend_as_designed
    from fastchannel.forecast.shown.output import OutputError

    amended = amend_as_designed(found, in_force=in_force)
    try:
        path.write_text(amended.written, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    message(translate(N_("Written: {path}"), language, path=path))


def _print(route: RouteDesign, found: Designed, words: ForecastWords) -> None:
    from fastchannel.forecast.design.amendment_words import amendments_words
    from fastchannel.forecast.shown.wording import percent

    console = page()
    console.print(words.route(route.route), style="bold underline")
    if not route.met:
        console.print(words.say(N_("Nothing that was tried keeps within the limit. The best of it:")))
    console.print(amendments_words(route.chosen.amendments, route.route, words))
    titles = (
        N_("Days lost"), N_("Per million, median"), N_("Per million, with {confidence} confidence"), N_("Tests"),
        N_("Days in the closed loop"), N_("What changes"),
    )  # fmt: skip
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        heading = words.say(title, confidence=percent(found.confidence, 0)) if "{" in title else words.say(title)
        table.add_column(heading, justify="left" if title == titles[-1] else "right", overflow="fold")
    shown = dict.fromkeys((route.now, *sorted((*route.front, route.chosen), key=lambda offer: offer.days_lost)))
    for offer in shown:
        changes = amendments_words(offer.amendments, route.route, words)
        table.add_row(*_numbers(offer), f"→ {changes}" if offer == route.chosen else changes)
    console.print()
    console.print(table)
    console.print()
    for step in route.steps:
        console.print(step.sentence(words.language))
    console.print()


def _numbers(offer: Offer) -> tuple[str, ...]:
    from fastchannel.forecast.shown.wording import number

    shown = (offer.days_lost, offer.median, offer.at_confidence, offer.tests, offer.closed_loop_days)
    return tuple(number(value) for value in shown)


def _chart(route: RouteDesign, found: Designed, words: ForecastWords) -> Chart:
    from fastchannel.forecast.design.space import GOAL_WORDS
    from fastchannel.forecast.shown.front_chart import front_chart
    from fastchannel.forecast.shown.wording import percent

    offers = dict.fromkeys((*route.front, route.now, route.chosen, *route.trade_offs))
    points = [_point(offer, route, words, best=offer in route.front) for offer in offers]
    axis = words.say(
        N_("{goal}, per million travellers, with {confidence} confidence"),
        goal=words.say(GOAL_WORDS[found.goal]),
        confidence=percent(found.confidence, 0),
    )
    return front_chart(points, words.language, words.title, words.route(route.route), found.budget_per_million, axis)


def _point(offer: Offer, route: RouteDesign, words: ForecastWords, *, best: bool) -> FrontPoint:
    import numpy as np

    from fastchannel.forecast.design.amendment_words import amendments_words
    from fastchannel.forecast.shown.front_chart import FrontPoint

    low, high = np.quantile(offer.reached, (0.025, 0.975))
    return FrontPoint(
        label=amendments_words(offer.amendments, route.route, words),
        days_lost=offer.days_lost,
        imports=offer.at_confidence,
        low=float(low),
        high=float(high),
        best=best,
        current=offer == route.now,
        chosen=offer == route.chosen,
    )


def _plain(found: Designed) -> dict[str, object]:
    return {
        "format": FORMAT,
        "format_version": 1,
        "agreement": {"id": found.agreement.id, "version": found.agreement.version, "digest": found.agreement.digest},
        "on": found.on.isoformat(),
        "goal": found.goal.value,
        "budget_per_million": found.budget_per_million,
        "most_days_lost": found.most_days_lost,
        "confidence": found.confidence,
        "met": found.met,
        "routes": [_plain_route(route) for route in found.routes],
    }


def _plain_route(route: RouteDesign) -> dict[str, object]:
    return {
        "route": route.route,
        "met": route.met,
        "candidates": route.candidates,
        "at_end_of_range": list(route.binds),
        "now": _plain_offer(route.now),
        "chosen": _plain_offer(route.chosen),
        "front": [_plain_offer(offer) for offer in route.front],
        "trade_offs": [_plain_offer(offer) for offer in route.trade_offs],
        "steps": [step.sentence() for step in route.steps],
    }


def _plain_offer(offer: Offer) -> dict[str, object]:
    from fastchannel.forecast.design.amendment_words import plain_amendment

    return {
        "amendments": [plain_amendment(amendment) for amendment in offer.amendments],
        "days_lost": offer.days_lost,
        "tests": offer.tests,
        "closed_loop_days": offer.closed_loop_days,
        "per_million_median": offer.median,
        "per_million_at_confidence": offer.at_confidence,
    }
