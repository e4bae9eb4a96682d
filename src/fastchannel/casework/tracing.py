"""Who was with a case while it could infect others, by the pathogen's profile and by the seats, rooms and vehicles on record.

Close contacts were with the case itself; secondary ones shared a room or a vehicle with a close contact since it was exposed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from fastchannel.casework.whereabouts import Whereabout, presence_of
from fastchannel.decide.journey import Journey
from fastchannel.forecast.infection.course import FIRST_SHARE, LAST_SHARE
from fastchannel.forecast.infection.pathogens import Profile, load_profile
from fastchannel.terms.events import Event
from fastchannel.watch.investigation.contacts import Contact, Flight, Presence, Seating, Setting, Way, contacts
from fastchannel.watch.investigation.journeys import moments_of
from fastchannel.watch.investigation.seats import ROWS, Cabin, row_of
from fastchannel.watch.investigation.windows import CaseDays, Window, infectious_window

LETTERS = "ABCDEFGHJK"
SPARE_ROWS = 1  # rows are counted by their numbers, of which many aircraft leave one out


class Grade(StrEnum):
    """How near a contact was."""

    CLOSE = "close"
    SECONDARY = "secondary"


class Anchor(StrEnum):
    """What a case's window is counted from."""

    ONSET = "onset"
    SAMPLE = "sample"
    CONFIRMATION = "confirmation"  # neither of the others is on record


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """When the case could infect others; its confirmation, with which it was isolated, ends it."""

    window: Window
    anchor: Anchor
    began: datetime  # the anchor's moment
    quarantine: timedelta  # for so long after the last exposure a contact may still fall ill


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One contact with the ways in which it was exposed, and through whom: the case or a close contact."""

    journey: str
    grade: Grade
    certain: bool
    through: str
    ways: tuple[Way, ...]

    @property
    def last(self) -> datetime:
        """When it was exposed last."""
        return max(way.during.until for way in self.ways)


def case_days(profile: Profile) -> CaseDays:
    """The days of windows by a profile, at its figures' own values.

    Infectious from 1 % to 99 % of the transmission potential, and incubation from its 1 % to its 99 % quantile, as the
    forecast has them. An infectiousness that is read against infection is moved by the mean incubation. A case without
    symptoms counts as if its sample had been taken at onset.
    """
    return _days(profile.id, profile.written)


@lru_cache(maxsize=16)
def _days(name: str, written: str) -> CaseDays:
    course = load_profile(written, name=name).at().course
    incubation = course.stages[0].duration
    shortest, longest = (float(one) for one in incubation.quantile(np.array([FIRST_SHARE, LAST_SHARE])))
    first, last, _ = course.spans
    shift = 0.0 if course.infectiousness.marker else incubation.mean
    before, after = max(shift - first, 0.0), max(last - shift, 0.0)
    return CaseDays(
        infectious_before_onset=before,
        infectious_before_sample=before,
        infectious_after=after,
        shortest_incubation=shortest,
        longest_incubation=longest,
        earliest_positive=max(shortest - before, 0.0),
        longest_positive=longest + after,
    )


def exposure(days: CaseDays, events: Iterable[Event], journey: Journey, confirmed: datetime, zone: ZoneInfo) -> Exposure:
    """The case's window: from symptom onset, else from the first positive sample, else from the confirmation."""
    onset = min((day for day, _, _ in journey.symptoms), default=None)
    began = datetime.combine(onset, time(), tzinfo=zone) if onset is not None else None
    sampled = moments_of(events).sampled
    anchor = Anchor.ONSET if began else Anchor.SAMPLE if sampled else Anchor.CONFIRMATION
    window = infectious_window(days, began, sampled or confirmed, isolated=confirmed)
    return Exposure(
        window=window,
        anchor=anchor,
        began=began or sampled or confirmed,
        quarantine=timedelta(days=math.ceil(days.longest_incubation)),
    )


def close_contacts(case: str, window: Window, places: Mapping[str, Sequence[Whereabout]], now: datetime) -> tuple[Traced, ...]:
    """Who sat near the case, shared a room or rode along, by journey; ``places`` are everybody's, the case's among them."""
    seatings, presences = _split(places, now)
    found = contacts(
        case,
        window,
        seatings=seatings,
        flights=_flights(places.get(case, ()), seatings),
        presences=presences,
        rows=ROWS + SPARE_ROWS,
    )
    return tuple(_traced(one, Grade.CLOSE, case) for one in found)


def secondary_contacts(
    close: Sequence[Traced], places: Mapping[str, Sequence[Whereabout]], now: datetime, leave_out: Iterable[str]
) -> tuple[Traced, ...]:
    """Who shared a room or a vehicle with a certain close contact since its exposure, by journey; each once."""
    _, presences = _split(places, now)
    known = {one.journey for one in close} | set(leave_out)
    found: dict[str, Traced] = {}
    for source in sorted(close, key=lambda one: one.journey):
        since = min(way.during.since for way in source.ways)
        if not source.certain or since > now:
            continue
        for one in contacts(source.journey, Window(since=since, until=now), presences=presences):
            if one.person not in known and one.certain:
                found.setdefault(one.person, _traced(one, Grade.SECONDARY, source.journey))
    return tuple(found[journey] for journey in sorted(found))


def _traced(one: Contact, grade: Grade, through: str) -> Traced:
    return Traced(journey=one.person, grade=grade, certain=one.certain, through=through, ways=one.ways)


def _split(places: Mapping[str, Sequence[Whereabout]], now: datetime) -> tuple[list[Seating], list[Presence]]:
    seatings: list[Seating] = []
    presences: list[Presence] = []
    for journey, held in places.items():
        for one in held:
            read = presence_of(journey, one, now)
            if isinstance(read, Seating):
                seatings.append(read)
            elif read.place:  # a place that nobody wrote down would make everybody a contact
                presences.append(read)
    return seatings, presences


def _flights(own: Sequence[Whereabout], seatings: Sequence[Seating]) -> dict[str, Flight]:
    """The case's flights; where the case's seat is known the cabin is numbered as far as the seats that are known go."""
    found = {}
    for one in own:
        if one.setting is Setting.SEAT and one.place and one.until is not None:
            rows = [row_of(seat.seat) for seat in seatings if seat.flight == one.place]
            last = max((row for row in rows if row is not None), default=0)
            layout = Cabin(rows=dict.fromkeys(range(1, last + 1), LETTERS)) if last else None
            found[one.place] = Flight(during=Window(since=one.since, until=max(one.until, one.since)), layout=layout)
    return found
