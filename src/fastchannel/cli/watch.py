"""``fastchannel watch``: what an agreement's triggers would have done on past data, and what a node's record shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from fastchannel.cli import watch_epidemic, watch_node
from fastchannel.cli.command import command, json_option, language_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.files import write_file
from fastchannel.cli.watch_data import Asked, day_of, event_of, find_triggers, places_of, read_data, replay_of, report_faults
from fastchannel.watch.errors import WatchError

F = TypeVar("F", bound=Callable[..., Any])

ROWS_NOT_TAKEN = 1
EXITS = {0: "done, every row was taken", ROWS_NOT_TAKEN: "done, but rows of the data were not taken: each is named on stderr"}
PICTURES = (".svg", ".png", ".html")


@click.group("watch")
def watch() -> None:
    """Hold what happened against what was agreed: triggers that suspend and reopen."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    watch_node.add_to(watch)
    watch_epidemic.add_to(watch)
    root.add_command(watch)


def _period_options(function: F) -> F:
    """Adds ``--from``, ``--until``, ``--as-known``, ``--place`` and ``--as-happened``."""
    options = (
        click.option("--from", "first", type=day_of, metavar="DATE", help="The first day; without it, the data's first."),
        click.option("--until", "last", type=day_of, metavar="DATE", help="The last day; without it, the data's last."),
        click.option(
            "--as-known",
            type=day_of,
            metavar="DATE",
            help="With hindsight: on figures as they were known on this day. Without it, each day on what was known that day.",
        ),
        click.option(
            "--place",
            "places",
            multiple=True,
            metavar="TEXT=DATA",
            help="AU=HK: where the text says AU, the figures of HK are read. May be given more than once.",
        ),
        click.option(
            "--as-happened",
            is_flag=True,
            help="Count also flights that arrive while their line is stopped. Without it they would not have flown.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command(watch, "replay", "fastchannel watch replay hong-kong-singapore singapore.csv --chart bubble.svg", exits=EXITS)
@click.argument("agreement")
@click.argument("data", type=click.Path(path_type=Path))
@_period_options
@click.option("--chart", type=click.Path(path_type=Path), help="Draw the states and the figures: a .svg, .png or .html file.")
@language_option
@json_option
def replay(
    *,
    agreement: str,
    data: Path,
    first: date | None,
    last: date | None,
    as_known: date | None,
    places: tuple[str, ...],
    as_happened: bool,
    chart: Path | None,
    language: str,
    as_json: bool,
) -> int:
    """Run the triggers of AGREEMENT day by day on DATA and print each change of state with its reasons.

    AGREEMENT is a file, or the identifier of a text that ships: china-korea@5, hong-kong-singapore, circuit-breaker@1. DATA is
    a CSV or a folder of them, with figures as published, flights, forecasts and overrides; docs/how-to/replay-a-trigger.md says
    which columns each has.
    """
    from fastchannel.cli.watch_print import print_replay, replay_json

    if chart is not None and chart.suffix not in PICTURES:
        raise click.BadParameter(f"{chart}: expected a name that ends in {', '.join(PICTURES)}", param_hint="--chart")
    asked = Asked(first=first, last=last, as_known=as_known, places=places_of(places), as_happened=as_happened)
    text, read = find_triggers(agreement), read_data(data)
    found = replay_of(text, read, asked)
    report_faults(read)
    if chart is not None:
        from fastchannel.cli.watch_chart import replay_chart
        from fastchannel.cli.watch_page import replay_page
        from fastchannel.forecast.shown.charts import write_chart

        drawn = replay_chart(found, language)
        if chart.suffix == ".html":
            write_file(chart, replay_page(found, drawn, language).encode(), WatchError)
        else:
            write_chart(drawn, chart)
        message(f"{chart}: written")
    if as_json:
        emit_json(replay_json(found, read, language))
    else:
        print_replay(page(), found, language)
    return ROWS_NOT_TAKEN if read.faults else 0


@command(
    watch,
    "compare",
    "fastchannel watch compare flights.csv circuit-breaker@1 circuit-breaker@2 circuit-breaker@3 --page compared.html",
    exits=EXITS,
)
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("agreements", metavar="AGREEMENT...", nargs=-1, required=True)
@_period_options
@click.option(
    "--event",
    metavar="CONDITION",
    help="What the rules are to keep away, as a condition of the agreement language. Without it, positives(day) >= 1 where the "
    "data have flights, else mean(unlinked_cases, 7 d) > 5 where they have that figure.",
)
@click.option(
    "--horizon",
    "horizon_days",
    type=click.IntRange(0, 366),
    default=14,
    show_default=True,
    help="Days in which an event counts.",
)
@click.option("--page", "page_file", type=click.Path(path_type=Path), help="Write a page of HTML that needs nothing else.")
@language_option
@json_option
def compare(
    *,
    data: Path,
    agreements: tuple[str, ...],
    first: date | None,
    last: date | None,
    as_known: date | None,
    places: tuple[str, ...],
    as_happened: bool,
    event: str | None,
    horizon_days: int,
    page_file: Path | None,
    language: str,
    as_json: bool,
) -> int:
    """What the triggers of each AGREEMENT would have done on the same DATA: days open, imports, false alarms, lead time.

    docs/how-to/replay-a-trigger.md says how each is counted.
    """
    from fastchannel.agreement.conditions import parse_condition
    from fastchannel.cli.watch_print import comparison_json, print_comparison
    from fastchannel.watch.triggers.outcomes import outcome

    asked = Asked(first=first, last=last, as_known=as_known, places=places_of(places), as_happened=as_happened)
    texts, read = [find_triggers(name) for name in agreements], read_data(data)
    condition = parse_condition(event or event_of(read))
    replays = [replay_of(text, read, asked) for text in texts]
    outcomes = [outcome(one.agreement.text, one.known, one.timeline, condition, horizon_days=horizon_days) for one in replays]
    names = [f"{text.id}@{text.version}" for text in texts]
    report_faults(read)
    if page_file is not None:
        from fastchannel.agreement.suspension_words import condition_words
        from fastchannel.agreement.vocabulary import Words
        from fastchannel.cli.watch_chart import comparison_chart
        from fastchannel.cli.watch_page import comparison_page

        said = condition_words(condition, Words(texts[0].text, language))
        chart = comparison_chart(replays, names, language)
        html = comparison_page(replays, names, outcomes, chart, language, event=said, horizon_days=horizon_days)
        write_file(page_file, html.encode(), WatchError)
        message(f"{page_file}: written")
    if as_json:
        emit_json(comparison_json(replays, outcomes, read, str(condition)))
    else:
        print_comparison(page(), names, outcomes, language)
    return ROWS_NOT_TAKEN if read.faults else 0
