"""Journeys to measure with: the drill's travellers as they stand at one instant, with 25 events each on average."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from fastchannel.agreement.agreement import Versions
from fastchannel.cli.drill import scripts
from fastchannel.cli.travellers import FIELDS
from fastchannel.terms.events import Event

AT = datetime(2020, 6, 15, 6, 0, tzinfo=UTC)
EVENTS = 25
SPREAD = 3  # a journey has between EVENTS - SPREAD and EVENTS + SPREAD events
LAYOUTS = ("lines.jsonl", "events.csv", "nested.csv", "events.parquet", "nested.parquet")
_COLUMNS = sorted(FIELDS - {"itinerary"})


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


def write(folder: Path, layout: str, some: list[list[Event]], count: int) -> Path:
    """A file of ``count`` journeys in one of LAYOUTS: those given, over and over, each time as another journey."""
    shape, _, kind = layout.partition(".")
    text = folder / (f"{shape}-{count}.{kind}" if kind != "parquet" else f"{shape}-{count}.parquet.csv")
    heading, wording = {
        "lines": (b"", _line),
        "events": (_csv([_COLUMNS]), _rows),
        "nested": (_csv([["journey", "events"]]), _cell),
    }[shape]
    with text.open("wb") as file:
        file.write(heading)
        file.writelines(_renamed([(journey[0].journey.encode(), wording(journey)) for journey in some], count))
    if kind != "parquet":
        return text
    out = text.with_suffix("")
    pl.scan_csv(text, infer_schema=False).sink_parquet(out)
    text.unlink()
    return out


def _renamed(written: list[tuple[bytes, bytes]], count: int) -> Iterator[bytes]:
    for number, (name, text) in zip(range(count), cycle(written)):
        yield text.replace(name, b"bench-%07d" % number)


def _line(journey: list[Event]) -> bytes:
    return msgspec.json.encode(journey) + b"\n"


def _cell(journey: list[Event]) -> bytes:
    return _csv([[journey[0].journey, msgspec.json.encode(journey).decode()]])


def _rows(journey: list[Event]) -> bytes:
    return _csv([[cells.get(name, "") for name in _COLUMNS] for cells in map(_cells, journey)])


def _cells(event: Event) -> dict[str, str]:
    fields: dict[str, Any] = msgspec.to_builtins(event)
    fields |= {f"itinerary.{name}": value for name, value in fields.pop("itinerary", {}).items()}
    return {name: _text(value) for name, value in fields.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ";".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
