"""``fastchannel forecast compare`` and ``sensitivity``: which text is better, and which unknown matters most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from fastchannel.cli.command import command, json_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.forecast_options import engine_options, situation_options
from fastchannel.terms.language import N_, translate

if TYPE_CHECKING:
    from fastchannel.forecast.design.contrast import Contrast, Difference, GroupContrast, Interval
    from fastchannel.forecast.design.sensitivity import Sensitivity, Share
    from fastchannel.forecast.shown.charts import Influence
    from fastchannel.forecast.shown.wording import ForecastWords

FIGURES = ("imports_per_million", "released_infectious", "completed_infected", "potential_left", "averted_share", "days_lost")

ALIKE = 1e-4  # figures that differ by a smaller share are the same


def add_to(group: click.Group) -> None:
    """Add the commands to the group."""
    command(
        group,
        "compare",
        "fastchannel forecast compare china-korea@1 china-korea@2 --pathogen sars-cov-2-ancestral --incidence 0.2",
        "fastchannel forecast compare china-korea amended.toml --pathogen sars-cov-2-delta --incidence 5 --json",
    )(compare_command)
    command(
        group,
        "sensitivity",
        "fastchannel forecast sensitivity china-korea --pathogen sars-cov-2-ancestral --incidence 0.2 --figure matters.svg",
    )(sensitivity_command)


@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@situation_options
@engine_options(100)
@json_option
def compare_command(*, a: str, b: str, draws: int, seed: int, engine: str, language: str, as_json: bool, **asked: Any) -> None:
    """Compare what two texts let through and cost, at the same draws of what is unknown.

    Each is taken as it holds on its first day, or both on the day of --on. Routes and parties are named as A has them.
    """
    from fastchannel.cli.forecast_asked import chosen_agreement, chosen_practice, only_profile, situation_of
    from fastchannel.cli.forecast_waiting import waiting
    from fastchannel.forecast.design.contrast import compare
    from fastchannel.forecast.forecast import EngineName, Settings
    from fastchannel.forecast.shown.wording import ForecastWords

    on = None if asked["on"] is None else asked["on"].date()
    first, second = chosen_agreement(a, on), chosen_agreement(b, on)
    profile, practice = only_profile(first, asked["pathogens"]), chosen_practice(asked["practice_file"])
    settings = Settings(engine=EngineName(engine), draws=draws, seed=seed)
    with waiting(profile.id, language) as step:
        found = compare(
            first,
            second,
            profile,
            situation_of(first, asked, on),
            on=None if on is None else (on, on),
            practice=practice,
            settings=settings,
            progress=step,
        )
    if as_json:
        emit_json(_plain(found))
        return
    words = ForecastWords(first, language)
    page().print(f"A: {found.a.id}@{found.a.version}  {found.a.digest}\nB: {found.b.id}@{found.b.version}  {found.b.digest}")
    for group in found.groups:
        _print_contrast(group, words)
    for name, routes in ((N_("Only in A: {routes}"), found.only_a), (N_("Only in B: {routes}"), found.only_b)):
        if routes:
            message(translate(name, language, routes=", ".join(routes)))


def _print_contrast(group: GroupContrast, words: ForecastWords) -> None:
    apart = words.group(group.a)
    console = page()
    console.print()
    console.print(f"{words.route(group.route)}: {apart}" if apart else words.route(group.route), style="bold underline")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    titles = (
        N_("Figure"), "A", "B", N_("A less B"), N_("A is better"), N_("B is better"), N_("Unit"),
    )  # fmt: skip
    for i, title in enumerate(titles):
        table.add_column(words.say(title), justify="right" if 0 < i < len(titles) - 1 else "left")
    for one in group.differences:
        if not one.of and abs(one.a - one.b) > ALIKE * max(abs(one.a), abs(one.b)):
            table.add_row(words.name(one.name), *_numbers(one), words.unit(one.name))
    if table.row_count:
        console.print(table)
    else:
        console.print(words.say(N_("No difference.")))


def _numbers(one: Difference) -> Iterator[str]:
    from fastchannel.forecast.shown.wording import number, percent

    yield from (number(one.a), number(one.b))
    apart = one.difference
    value = number(apart.value or 0.0)
    yield value if apart.low is None or apart.high is None else f"{value} ({number(apart.low)} – {number(apart.high)})"
    yield from ("" if better is None else percent(better, 0) for better in (one.a_better, one.b_better))


def _plain(found: Contrast) -> dict[str, object]:
    texts = {
        name: {"id": text.id, "version": text.version, "digest": text.digest} for name, text in (("a", found.a), ("b", found.b))
    }
    return {
        "format": "fastchannel-comparison",
        "format_version": 1,
        **texts,
        "pathogen": found.pathogen,
        "draws": found.settings.draws,
        "only_a": list(found.only_a),
        "only_b": list(found.only_b),
        "groups": [
            {
                "route": group.route,
                "a": group.a.id,
                "b": group.b.id,
                "differences": [_plain_difference(one) for one in group.differences],
            }
            for group in found.groups
        ],
    }


def _plain_difference(one: Difference) -> dict[str, object]:
    return {
        "name": one.name.value, "of": one.of, "unit": one.unit, "a": one.a, "b": one.b,
        "difference": _plain_interval(one.difference), "ratio": _plain_interval(one.ratio),
        "a_better": one.a_better, "b_better": one.b_better,
    }  # fmt: skip


def _plain_interval(interval: Interval) -> dict[str, float | None]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}


@click.argument("agreement", metavar="AGREEMENT")
@situation_options
@click.option("--route", help="The route; the default is the first.")
@click.option("--of", "name", type=click.Choice(FIGURES), default=FIGURES[0], show_default=True, help="For which figure.")
@click.option("--samples", type=click.IntRange(2, 65_536), default=64, show_default=True, help="A power of two.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the random numbers.")
@click.option("--figure", type=click.Path(path_type=Path), help="Draw it: .svg or .png.")
@json_option
def sensitivity_command(
    *,
    agreement: str,
    route: str | None,
    name: str,
    samples: int,
    seed: int,
    figure: Path | None,
    language: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say which unknown matters most for a figure: the share of its variance that each explains (Sobol indices)."""
    from fastchannel.cli.forecast_asked import (
        AskedError,
        chosen_agreement,
        chosen_practice,
        for_every_route,
        only_profile,
        situation_of,
    )
    from fastchannel.cli.forecast_waiting import waiting
    from fastchannel.forecast.design.sensitivity import sensitivity
    from fastchannel.forecast.figures import Name
    from fastchannel.forecast.shown.charts import IMAGES, sensitivity_chart, write_chart
    from fastchannel.forecast.shown.output import check_suffix
    from fastchannel.forecast.shown.wording import ForecastWords

    if figure is not None:
        check_suffix(figure, IMAGES)
    on = None if asked["on"] is None else asked["on"].date()
    text = chosen_agreement(agreement, on)
    if route is not None and route not in text.routes:
        raise AskedError(f'--route: found "{route}"; expected one of {", ".join(text.routes)}')
    route = route or next(iter(text.routes))
    profile, practice = only_profile(text, asked["pathogens"]), chosen_practice(asked["practice_file"])
    situation = for_every_route(situation_of(text, asked, on), text, route)
    with waiting(profile.id, language) as step:
        found = sensitivity(
            text,
            profile,
            situation,
            route=route,
            figure=(Name(name), ""),
            on=on,
            practice=practice,
            samples=samples,
            seed=seed,
            progress=step,
        )
    words = ForecastWords(text, language)
    if figure is not None:
        shares = [_influence(one) for one in found.shares]
        title = f"{words.title} · {words.route(route)} · {words.name(Name(name))}"
        write_chart(sensitivity_chart(shares, language, title), figure)
        message(translate(N_("Written: {path}"), language, path=figure))
    if as_json:
        emit_json(_plain_sensitivity(found))
    else:
        _print_sensitivity(found, words)


def _influence(one: Share) -> Influence:
    from fastchannel.forecast.shown.charts import Influence

    low, high = max(one.total - one.total_within, 0.0), one.total + one.total_within
    return Influence(label=one.unknown, share=max(one.total, 0.0), low=low, high=high)


def _print_sensitivity(found: Sensitivity, words: ForecastWords) -> None:
    from fastchannel.forecast.shown.wording import number

    console = page()
    console.print(f"{words.route(found.route)}: {words.name(found.figure[0])}", style="bold underline")
    console.print(words.say(N_("Mean {mean}, standard deviation {sd}"), mean=number(found.mean), sd=number(found.sd)))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for i, title in enumerate((N_("Unknown"), N_("With all that it acts with"), N_("By itself"))):
        table.add_column(words.say(title), justify="right" if i else "left")
    for one in found.shares:
        table.add_row(one.unknown, *_shares(one))
    if found.rest is not None:
        table.add_row(words.say(N_("{count} others together"), count=len(found.pooled)), *_shares(found.rest))
    console.print(table)


def _shares(one: Share) -> tuple[str, str]:
    return f"{one.total:.0%} ± {one.total_within:.0%}", f"{one.first:.0%} ± {one.first_within:.0%}"


def _plain_sensitivity(found: Sensitivity) -> dict[str, object]:
    return {
        "format": "fastchannel-sensitivity",
        "format_version": 1,
        "route": found.route,
        "figure": found.figure[0].value,
        "mean": found.mean,
        "sd": found.sd,
        "evaluations": found.evaluations,
        "shares": list(found.shares),
        "rest": found.rest,
        "pooled": list(found.pooled),
        "idle": list(found.idle),
    }
