"""Where a traveller was, by seat, room and vehicle, and whether they are or were a case: what contacts are sought by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from fastchannel.decide.journey import Journey, in_force
from fastchannel.terms.events import Arrived, Boarded, Cleared, Confirmed, ContactNamed, Event
from fastchannel.watch.investigation.contacts import Presence, Seating, Setting
from fastchannel.watch.investigation.journeys import presences_of
from fastchannel.watch.investigation.windows import Window

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST_FLIGHT = timedelta(hours=20)  # of one whose arrival nobody recorded


class CaseState(StrEnum):
    """What became of a confirmed case."""

    OPEN = "open"
    RECOVERED = "recovered"
    RECALLED = "recalled"  # it was confirmed by mistake, and the notice was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A traveller who was confirmed as a case; ``number`` is the authority's own, or the event's where it gave none."""

    number: str
    confirmed: datetime
    state: CaseState


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabout:
    """One stay in one place. ``place`` is a flight with its date, a site or a vehicle; ``until`` is None while it lasts."""

    setting: Setting
    place: str
    unit: str  # the seat or the room, empty where it is not known
    since: datetime
    until: datetime | None


def whereabouts(events: Iterable[Event], journey: Journey, at: datetime, known: datetime) -> tuple[Whereabout, ...]:
    """Seats, rooms and vehicles of one journey, corrections applied, by when they began."""
    held = in_force(events, at, known)
    found = [_seat(event, held, journey) for event in held if isinstance(event, Boarded)]
    # Asked as of the end of time: one who leaves at this very moment is not there any more.
    for one in presences_of(journey.id, held, _NEVER):
        until = None if one.during.until == _NEVER else one.during.until
        found.append(Whereabout(setting=one.setting, place=one.place, unit=one.unit, since=one.during.since, until=until))
    return tuple(sorted(found, key=lambda one: (one.since, one.setting, one.place)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A traveller was named as a contact of a case; ``event`` said so first, and ``cleared`` ended it."""

    case: str
    named: datetime
    exposed: datetime | None
    event: str
    cleared: datetime | None


def contact_of(events: Iterable[Event], at: datetime, known: datetime) -> tuple[Named, ...]:
    """Of which cases the traveller is or was a contact, corrections applied."""
    found: dict[str, Named] = {}
    for event in in_force(events, at, known):
        if isinstance(event, ContactNamed):
            held = found.get(event.case)
            if held is None or held.cleared is not None:
                found[event.case] = Named(case=event.case, named=event.at, exposed=event.exposed, event=event.id, cleared=None)
        elif isinstance(event, Cleared) and event.case in found:
            found[event.case] = replace(found[event.case], cleared=event.at)
    return tuple(found[case] for case in sorted(found))


def case_row(events: Iterable[Event], journey: Journey) -> CaseRow | None:
    """The case, or None for who never was one."""
    said = [event for event in events if isinstance(event, Confirmed)]
    if not said:
        return None
    found = journey.confirmed or said[-1]
    state = CaseState.RECALLED
    if journey.confirmed is not None:
        state = CaseState.OPEN
    elif journey.recovered is not None:
        state = CaseState.RECOVERED
    return CaseRow(number=found.case or found.id, confirmed=found.at, state=state)


def presence_of(person: str, one: Whereabout, now: datetime) -> Presence | Seating:
    """A stay as the investigation reads it."""
    if one.setting is Setting.SEAT:
        return Seating(person=person, flight=one.place, seat=one.unit)
    during = Window(since=one.since, until=max(one.until or now, one.since))
    return Presence(person=person, setting=one.setting, place=one.place, unit=one.unit, during=during)


def flight_on(flight: str, departure: datetime) -> str:
    """A flight's number with the date (UTC) on which it was to leave, so that it names one flight."""
    return f"{flight} {departure.astimezone(UTC).date().isoformat()}"


def _seat(event: Boarded, held: tuple[Event, ...], journey: Journey) -> Whereabout:
    plan = journey.itinerary
    flight = event.flight or (plan.flight if plan is not None and plan.flight else "")
    departure = plan.departure if plan is not None else event.at
    landed = next((one.at for one in held if isinstance(one, Arrived) and one.at >= event.at), None)
    return Whereabout(
        setting=Setting.SEAT,
        place=flight_on(flight, departure) if flight else "",
        unit=event.seat,
        since=event.at,
        until=landed or event.at + LONGEST_FLIGHT,
    )
