"""What an investigation can take from a journey's events: where the traveller was, and the dates of the case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastchannel.terms.events import Arrived, Boarded, Confirmed, Entered, Event, Finding, Left, Moved, Resulted, Sampled
from fastchannel.watch.investigation.contacts import Presence, Setting
from fastchannel.watch.investigation.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoments:
    """None where the events do not tell. ``sampled`` is that of the first positive sample; ``flights`` are those boarded."""

    arrived: datetime | None
    sampled: datetime | None
    confirmed: datetime | None
    flights: tuple[str, ...]


def moments_of(events: Iterable[Event]) -> CaseMoments:
    """The moments of one journey's events, corrections applied. A sample counts by its latest report."""
    ordered = sorted(events, key=lambda event: (event.at, event.recorded, event.id))
    taken = {event.sample: event.at for event in ordered if isinstance(event, Sampled)}
    reports = {
        event.sample: event for event in sorted(ordered, key=lambda event: event.recorded) if isinstance(event, Resulted)
    }
    positive = [
        report.sampled or taken.get(sample) or report.at
        for sample, report in reports.items()
        if report.finding is Finding.DETECTED
    ]
    return CaseMoments(
        arrived=next((event.at for event in ordered if isinstance(event, Arrived)), None),
        sampled=min(positive, default=None),
        confirmed=next((event.at for event in ordered if isinstance(event, Confirmed)), None),
        flights=tuple(dict.fromkeys(event.flight for event in ordered if isinstance(event, Boarded) and event.flight)),
    )


def presences_of(person: str, events: Iterable[Event], at: datetime) -> tuple[Presence, ...]:
    """Rooms and vehicles of one journey's events, corrections applied, as far as they are over or go on at ``at``.

    A stay ends when it is left or the next is entered. A ride begins when the traveller was moved and ends with the next event
    that finds the traveller somewhere.
    """
    ordered = [e for e in sorted(events, key=lambda event: (event.at, event.recorded, event.id)) if e.at <= at]
    found: list[Presence] = []
    for place, event in enumerate(ordered):
        if isinstance(event, Entered):
            during = Window(since=event.at, until=_left(ordered[place + 1 :], event.stay, at))
            found.append(Presence(person=person, setting=Setting.ROOM, place=event.site, unit=event.room, during=during))
        elif isinstance(event, Moved):
            until = next((e.at for e in ordered[place + 1 :] if isinstance(e, Entered | Left | Arrived | Moved | Boarded)), at)
            found.append(
                Presence(
                    person=person, setting=Setting.VEHICLE, place=event.vehicle, during=Window(since=event.at, until=until)
                )
            )
    return tuple(found)


def _left(later: Sequence[Event], stay: str, at: datetime) -> datetime:
    return next((e.at for e in later if isinstance(e, Entered) or (isinstance(e, Left) and e.stay == stay)), at)
