"""Every figure of a profile or a practice, with its interval and where it is from: what a reader checks before believing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastchannel.forecast.reading.texts import BESIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value of a curve on a day."""

    day: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """One figure, by its place in the text; a curve has ``points`` and no value.

    ``basis`` is "judgement" where no source is claimed for the number or its range; ``uncertain`` marks a figure that its own
    source, or the way it was taken over, leaves open.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    points: tuple[Point, ...]
    source: str
    doi: str
    basis: str
    note: str
    uncertain: bool


def sourced(written: str) -> tuple[Sourced, ...]:
    """The figures of a text that was read before (`Profile.written`, `PracticeText.written`), in its order."""
    return tuple(_walk(tomllib.loads(written), (), {}))


def _walk(table: Mapping[str, Any], place: tuple[str, ...], beside: Mapping[str, Any]) -> Iterator[Sourced]:
    """What stands beside a table holds for the figures in it that have nothing of their own."""
    here = {key: table[key] for key in BESIDE if key in table}
    if "value" in table:
        yield _sourced(place, table, here or beside)
        return
    within = here or beside
    for key, entry in table.items():
        if isinstance(entry, Mapping):
            yield from _walk(entry, (*place, key), within)
        elif isinstance(entry, int | float) and not isinstance(entry, bool):
            yield _sourced((*place, key), {"value": entry}, within)
        elif isinstance(entry, list) and entry and all(isinstance(one, Mapping) and "day" in one for one in entry):
            yield _sourced((*place, key), {"points": tuple(_point(one) for one in entry)}, within)


def _point(raw: Mapping[str, Any]) -> Point:
    value = float(raw["value"])
    return Point(day=float(raw["day"]), value=value, low=float(raw.get("low", value)), high=float(raw.get("high", value)))


def _sourced(place: tuple[str, ...], raw: Mapping[str, Any], beside: Mapping[str, Any]) -> Sourced:
    value = raw.get("value")
    return Sourced(
        name=".".join(place),
        value=value,
        low=raw.get("low", value),
        high=raw.get("high", value),
        points=raw.get("points", ()),
        source=str(beside.get("source", "")),
        doi=str(beside.get("doi", "")),
        basis=str(beside.get("basis", "")),
        note=str(beside.get("note", "")),
        uncertain=bool(beside.get("uncertain", False)),
    )
