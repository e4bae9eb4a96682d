"""A case's contacts: who sat near, shared or neighboured a room, rode along or worked the same shift while it was infectious.

What is not known makes a contact uncertain and never drops one: with the case's seat unknown the whole cabin is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fastchannel.watch.investigation.seats import ROWS, Cabin, Near, near
from fastchannel.watch.investigation.windows import Window


class Setting(StrEnum):
    SEAT = "seat"
    ROOM = "room"
    ADJACENT_ROOM = "adjacent room"
    VEHICLE = "vehicle"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """A person on a flight; ``seat`` is empty where it is not known. Whoever changed seats has several."""

    person: str
    flight: str  # with its date, so that it names one flight
    seat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A person in a room of a site, in a vehicle, or on a shift at a place, for a time.

    ``unit`` is the room's number, empty where it is not known. A vehicle or a shift is its ``place``; an empty place is not
    known, and may be that of anybody who is given.
    """

    person: str
    setting: Setting
    place: str
    during: Window
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """``layout`` is None where the aircraft is not known."""

    during: Window
    layout: Cabin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in which a person was exposed: where and when. Not ``certain`` where a seat, room or vehicle is not known."""

    setting: Setting
    place: str
    during: Window
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person with all ways of exposure, by when they began."""

    person: str
    ways: tuple[Way, ...]

    @property
    def certain(self) -> bool:
        return any(way.certain for way in self.ways)


Adjacency = Mapping[str, Collection[frozenset[str]]]  # site → pairs of rooms that its stated layout calls adjacent


def contacts(
    case: str,
    infectious: Window,
    *,
    seatings: Iterable[Seating] = (),
    flights: Mapping[str, Flight] | None = None,
    presences: Iterable[Presence] = (),
    adjacent: Adjacency | None = None,
    rows: int = ROWS,
    aside: int | None = None,
) -> tuple[Contact, ...]:
    """The contacts of ``case`` (a person) while it was infectious, by person.

    Of a flight that is not in ``flights`` neither times nor cabin are known: all aboard are uncertain contacts for the whole
    infectious window. Two rooms are adjacent where ``adjacent`` says so of their site.
    """
    found: dict[str, set[Way]] = defaultdict(set)
    for person, way in _aboard(case, infectious, list(seatings), flights or {}, rows, aside):
        found[person].add(way)
    for person, way in _together(case, infectious, list(presences), adjacent or {}):
        found[person].add(way)
    return tuple(Contact(person=person, ways=tuple(sorted(found[person], key=_by_time))) for person in sorted(found))


def _by_time(way: Way) -> tuple[object, ...]:
    return (way.during.since, way.during.until, way.setting, way.place, way.certain)


def _aboard(
    case: str, infectious: Window, seatings: list[Seating], flights: Mapping[str, Flight], rows: int, aside: int | None
) -> Iterable[tuple[str, Way]]:
    for own in [one for one in seatings if one.person == case]:
        flight = flights.get(own.flight)
        during = infectious.shared_with(flight.during) if flight else infectious
        if during is None:
            continue
        for other in seatings:
            if other.person == case or other.flight != own.flight:
                continue
            sat = near(flight.layout if flight else None, own.seat, other.seat, rows, aside)
            if sat is not Near.FAR:
                yield other.person, Way(setting=Setting.SEAT, place=own.flight, during=during, certain=sat is Near.NEAR)


def _together(case: str, infectious: Window, presences: list[Presence], adjacent: Adjacency) -> Iterable[tuple[str, Way]]:
    for own in [one for one in presences if one.person == case]:
        exposing = infectious.shared_with(own.during)
        if exposing is None:
            continue
        for other in presences:
            if other.person == case or other.setting is not own.setting:
                continue
            during = exposing.shared_with(other.during)
            met = _met(own, other, adjacent) if during else None
            if during and met:
                yield other.person, Way(setting=met[0], place=own.place or other.place, during=during, certain=met[1])


def _met(own: Presence, other: Presence, adjacent: Adjacency) -> tuple[Setting, bool] | None:
    """In what setting two presences of one setting at one time are a contact, and whether that is certain."""
    if not own.place or not other.place:
        return own.setting, False
    if own.place != other.place:
        return None
    if own.setting is not Setting.ROOM:
        return own.setting, True
    if not own.unit or not other.unit:
        return Setting.ROOM, False
    if own.unit == other.unit:
        return Setting.ROOM, True
    beside = frozenset((own.unit, other.unit)) in adjacent.get(own.place, ())
    return (Setting.ADJACENT_ROOM, True) if beside else None
