"""A case and its contacts as a picture: a line for each person, a bar for each seat, room and vehicle, the window shaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import pgettext_lazy

from fastchannel.casework.whereabouts import Whereabout
from fastchannel.watch.investigation.contacts import Setting, Way
from fastchannel.watch.investigation.windows import Window
from fastchannel.web import times

LEFT, WIDTH, RIGHT, TOP, LANE, FOOT = 170, 700, 30, 26, 34, 12
MOST_LANES = 16
NARROWEST, LETTER = 6.0, 7.5  # pixels of a bar, and of a letter in it
BEFORE = timedelta(days=1)  # shown before the window, or before anybody was anywhere in it
LETTERS: Mapping[Setting, object] = {
    Setting.SEAT: pgettext_lazy("graph", "seat"),
    Setting.ROOM: pgettext_lazy("graph", "room"),
    Setting.VEHICLE: pgettext_lazy("graph", "vehicle"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stay. ``shared`` is the part of it that the case spent with the person."""

    x: float
    y: float
    width: float
    setting: str
    label: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One person's line."""

    name: str
    y: float
    case: bool
    bars: tuple[Bar, ...]
    shared: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The whole picture, in the units of its view box."""

    height: int
    width: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    window_x: float
    window_width: float
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody to be drawn; ``ways`` are how the case exposed them."""

    journey: str
    name: str
    ways: tuple[Way, ...] = ()


def graph(
    people: Sequence[Person],
    places: Mapping[str, Sequence[Whereabout]],
    window: Window,
    now: datetime,
    zone: str,
    language: str,
) -> Graph:
    """The picture of the case, who stands first, and its contacts."""
    first = min((one.since for person in people[:MOST_LANES] for one in places.get(person.journey, ())), default=window.since)
    start, end = max(window.since, first) - BEFORE, max(min(now, window.until + BEFORE), window.until)
    scale = _Scale(start=start, seconds=max((end - start).total_seconds(), 1.0))
    lanes = tuple(
        _lane(person, places.get(person.journey, ()), scale, number, now, zone, language)
        for number, person in enumerate(people[:MOST_LANES])
    )
    left, right = scale.x(window.since), scale.x(window.until)
    return Graph(
        height=TOP + LANE * len(lanes) + FOOT,
        width=LEFT + WIDTH + RIGHT,
        lanes=lanes,
        ticks=_ticks(scale, end, zone, language),
        window_x=left,
        window_width=round(right - left, 1),
        more=max(len(people) - MOST_LANES, 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    start: datetime
    seconds: float

    def x(self, moment: datetime) -> float:
        share = (moment - self.start).total_seconds() / self.seconds
        return round(LEFT + WIDTH * min(max(share, 0.0), 1.0), 1)


def _lane(
    person: Person, held: Sequence[Whereabout], scale: _Scale, number: int, now: datetime, zone: str, language: str
) -> Lane:
    y = TOP + LANE * number
    end = scale.start + timedelta(seconds=scale.seconds)
    bars = [
        _bar(scale, y, one.since, one.until or now, one.setting, one.unit or one.place, one.place, zone, language)
        for one in held
        if (one.until or now) > scale.start and one.since < end
    ]
    shared = [
        _bar(scale, y, way.during.since, way.during.until, way.setting, "", way.place, zone, language) for way in person.ways
    ]
    return Lane(name=person.name, y=y, case=number == 0, bars=tuple(bars), shared=tuple(shared))


def _bar(
    scale: _Scale, y: float, since: datetime, until: datetime, setting: Setting, unit: str, place: str, zone: str, language: str
) -> Bar:
    x = scale.x(since)
    width = max(scale.x(until) - x, NARROWEST)
    label = unit if len(unit) * LETTER <= width - 6 else ""
    moments = " – ".join(times.moment_words(one, zone, language, name_zone=False) for one in (since, until))
    word = LETTERS.get(setting, setting)
    named = " ".join(part for part in (place, unit if unit != place else "") if part)
    return Bar(x=x, y=y, width=round(width, 1), setting=setting.value, label=label, title=f"{word} {named}: {moments}")


def _ticks(scale: _Scale, end: datetime, zone: str, language: str) -> tuple[Tick, ...]:
    """Midnights, as many as can be read."""
    local = ZoneInfo(times.zone_of(zone).key)
    day = scale.start.astimezone(local).date() + timedelta(days=1)
    days = []
    while (moment := datetime(day.year, day.month, day.day, tzinfo=local)) <= end:
        days.append((moment, day))
        day += timedelta(days=1)
    step = max(1, -(-len(days) // 8))
    return tuple(Tick(x=scale.x(moment), label=times.short_day_words(one, language)) for moment, one in days[::step])
