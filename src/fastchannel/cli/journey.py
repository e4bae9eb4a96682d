"""``fastchannel journey show``: one journey of a node in the terminal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from fastchannel.agreement.vocabulary import Words
from fastchannel.cli.command import command, instant, json_option, language_option, node_option
from fastchannel.cli.console import emit_json, page
from fastchannel.cli.event_words import EventWords
from fastchannel.cli.node import database_of
from fastchannel.cli.standing_page import print_standing, print_timeline, step_titles
from fastchannel.terms.events import Applied


@click.group("journey")
def journey() -> None:
    """Look at one journey of a node."""


def add_to(root: click.Group) -> None:
    """Add the group."""
    root.add_command(journey)


@command(
    journey,
    "show",
    "fastchannel journey show 06tq3v8s2m5k9w1x7y4z0abcde --node /srv/fastchannel",
    "fastchannel journey show 06tq3v8s2m5k9w1x7y4z0abcde --node /srv/fastchannel --at 2020-05-20T09:00:00+09:00 --json",
)
@click.argument("identifier", metavar="ID")
@node_option
@click.option("--at", type=instant, help="Where the journey stood then; the default is now, by the node's clock.")
@click.option("--known", type=instant, help="Use only what was recorded by then; the default is --at.")
@language_option
@json_option
def show(
    *, identifier: str, directory: Path, at: datetime | None, known: datetime | None, language: str, as_json: bool
) -> None:
    """Show what happened, where the journey stands, what is due, and why. The reading is logged."""
    from fastchannel.node.shell import use

    use(directory)
    from fastchannel.casework.actor import Actor
    from fastchannel.casework.ports import Purpose
    from fastchannel.decide.decide import decide
    from fastchannel.node.desk import office
    from fastchannel.terms.events import Role

    with database_of(directory):
        desk = office()
        desk.journal.subject(identifier)  # raises where there is no such journey
        events = desk.journal.events(identifier)
        operator = Actor(id="command-line", role=Role.SYSTEM, party=desk.party)
        desk.note(operator, Purpose.READ, "fastchannel journey show", [identifier])
        at = at or desk.clock.now()
        applied = next(event for event in events if isinstance(event, Applied))
        texts = desk.texts.versions(applied.agreement)
        standing = decide(texts, events, at, known=known)
    seen = [event for event in events if event.at <= at and event.recorded <= (known or at)]
    if as_json:
        emit_json({"standing": standing, "events": seen})
        return
    console = page()
    zone: ZoneInfo = texts.newest.zone(applied.itinerary.destination)
    titles = step_titles(texts, standing, language)
    text = next((one for one in texts if one.version == standing.version), texts.newest)
    print_timeline(console, seen, EventWords(words=Words(text.text, language), titles=titles, zone=zone))
    print_standing(console, standing, language, titles)
