"""Journeys to measure with: the drill's travellers as they stand at one instant, with 25 events each on average."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path

import msgspec

from fastchannel.agreement.agreement import Versions
from fastchannel.cli.drill import scripts
from fastchannel.terms.events import Event

AT = datetime(2020, 6, 15, 6, 0, tzinfo=UTC)
EVENTS = 25
SPREAD = 3  # a journey has between EVENTS - SPREAD and EVENTS + SPREAD events


def journeys(texts: Versions, count: int, *, seed: int = 20200501) -> list[list[Event]]:
    """So many journeys under way at AT, EVENTS long on average; the same for the same seed."""
    found: list[list[Event]] = []
    surplus = 0
    for script in scripts(texts, seed=seed, first=date(2020, 5, 20), days=40):
        happened = [event for event in script.events if event.at <= AT and event.recorded <= AT]
        excess = len(happened) - EVENTS
        # Those above and below the average are let in in turn, so that the average is EVENTS.
        if abs(excess) > SPREAD or abs(surplus + excess) > SPREAD:
            continue
        surplus += excess
        found.append(happened)
        if len(found) == count:
            return found
    raise AssertionError("scripts never end")


def write_lines(path: Path, some: list[list[Event]], count: int) -> None:
    """Write ``count`` journeys as JSON Lines: those given, over and over, each time as another journey."""
    encoder = msgspec.json.Encoder()
    lines = [(journey[0].journey.encode(), encoder.encode(journey)) for journey in some]
    with path.open("wb") as file:
        file.writelines(_renamed(lines, count))


def _renamed(lines: list[tuple[bytes, bytes]], count: int) -> Iterator[bytes]:
    for number, (name, line) in zip(range(count), cycle(lines)):
        yield line.replace(b'"journey":"' + name, b'"journey":"bench-%07d' % number) + b"\n"
