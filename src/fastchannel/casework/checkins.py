"""The traveller's own answer for a day: taken for the day on which it was pressed, and changed until that day is over.

A phone with no connection keeps an answer and sends it later. Its clock may be wrong, so that it is believed in one thing
alone: how long the answer was kept. What an answer is taken to have been pressed at is our own time less that span; when it
was recorded stands beside it in the event. A change is a correction of the first entry, which stays in the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from fastchannel.casework.actor import Actor
from fastchannel.casework.office import Office, Receipt, applied_of
from fastchannel.casework.permissions import Action, Denial
from fastchannel.decide.journey import corrected
from fastchannel.decide.standing import Obligation, Standing
from fastchannel.terms.events import Called, CheckedIn, Corrected, Event, EventError
from fastchannel.terms.language import N_
from fastchannel.terms.moments import day_start

LONGEST_KEPT = timedelta(hours=72)  # as long as a checkpoint works with no link
TURNED_BACK = timedelta(minutes=1)  # between pressing and sending, a phone's clock may be set back by so much
MONITORS = frozenset({"monitor", "follow-up"})
CHANGED = N_("The traveller changed the answer before the day was over.")

REFUSALS = {
    "clock": N_("The phone's clock was set back after you answered, so that nobody can say when you did."),
    "kept": N_("The answer was kept on the phone for more than three days before it was sent."),
    "early": N_("The answer is for a day that has not begun."),
    "late": N_("The day that the answer is for is over."),
    "unasked": N_("No check-in is asked for that day."),
    "spoken": N_("An officer has spoken with you about this day, or corrected the entry since."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """When the traveller pressed, and when the answer was sent: both by the phone's clock, whatever that shows."""

    pressed: datetime
    sent: datetime

    @property
    def span(self) -> timedelta:
        """How long the answer was kept; negative where the clock was set back meanwhile."""
        return self.sent - self.pressed


@dataclass(slots=True, kw_only=True)
class _Word:
    """What the traveller says of a day by one entry, as corrections left it."""

    entry: CheckedIn
    symptoms: bool
    at: datetime  # of the last word
    by: str  # of whose it is


def answer(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    day: date,
    symptoms: bool,
    key: str,
    kept: Kept | None = None,
    channel: str = "link",
) -> Receipt | Denial:
    """The traveller's answer for one local date, the first or a changed one. ``kept`` where the phone sent it later.

    The receipt names no event where the same was said before. Raises UnknownJourneyError, KeyConflictError and
    InvalidEntryError.
    """
    span = kept.span if kept is not None else timedelta(0)

    def guard(standing: Standing, held: Sequence[Event]) -> Denial | None:
        code = _fault(standing, held, actor, day, symptoms, span)
        return Denial(code=code, action=Action.CHECK_IN, message=REFUSALS[code]) if code else None

    def turn(asked: Sequence[Event], held: Sequence[Event], now: datetime) -> Sequence[Event]:
        pressed = now - max(span, timedelta(0))
        return [
            made
            for event in asked
            if isinstance(event, CheckedIn)
            for made in _recorded(office, msgspec.structs.replace(event, at=pressed), held)
        ]

    return office.record(
        actor,
        Action.CHECK_IN,
        journey,
        lambda stamp: [CheckedIn(**stamp, day=day, symptoms=symptoms, channel=channel)],
        key=key,
        guard=guard,
        turn=turn,
    )


def deadline(item: Obligation, day: date) -> datetime:
    """The instant at which the day is over where the check-in is asked for."""
    return day_start(day + timedelta(days=1), ZoneInfo(item.zone))


def asks(standing: Standing, day: date) -> Obligation | None:
    """The monitoring that asks for a check-in on that local date."""
    for item in standing.obligations:
        if item.kind in MONITORS and item.opens is not None and item.due is not None:
            zone = ZoneInfo(item.zone)
            if item.opens.astimezone(zone).date() <= day < item.due.astimezone(zone).date():
                return item
    return None


def _fault(standing: Standing, held: Sequence[Event], actor: Actor, day: date, symptoms: bool, span: timedelta) -> str:
    """The code of what is against it; empty where nothing is."""
    if span < -TURNED_BACK:
        return "clock"
    if span > LONGEST_KEPT:
        return "kept"
    pressed = standing.at - max(span, timedelta(0))
    item, applied = asks(standing, day), applied_of(held)
    if item is None or applied is None or pressed < applied.at:
        return "unasked"
    local = pressed.astimezone(ZoneInfo(item.zone)).date()
    if local != day:
        return "early" if local < day else "late"
    words = _words(held, actor.id, day)
    changes = any(word.symptoms != symptoms for word in words)
    if changes and any(word.by != actor.id for word in words):
        return "spoken"
    first = min((word.entry.at for word in words), default=pressed)
    spoken = any(isinstance(event, Called) and event.reached and event.day == day and event.at >= first for event in held)
    # What an officer was told on the telephone is not taken back by a button. That somebody fell ill since is never refused.
    return "spoken" if changes and spoken and not symptoms else ""


def _recorded(office: Office, asked: CheckedIn, held: Sequence[Event]) -> list[Event]:
    """A new entry, or corrections of those that say otherwise, or nothing where all say the same."""
    words = _words(held, asked.by, asked.day)
    if not words:
        return [asked]
    wrong = [word for word in words if word.symptoms != asked.symptoms]
    if not wrong:
        return []
    if any(asked.at < word.at for word in wrong):
        # An older answer came after a newer one. It changes nothing back, but symptoms that were felt are never dropped.
        return [asked] if asked.symptoms else []
    return [
        Corrected(
            id=office.identifiers.new() if number else asked.id,
            journey=asked.journey,
            at=asked.at,
            recorded=asked.recorded,
            by=asked.by,
            role=asked.role,
            party=asked.party,
            evidence=asked.evidence,
            corrects=word.entry.id,
            reason=CHANGED,
            replacement={"symptoms": asked.symptoms},
        )
        for number, word in enumerate(wrong)
    ]


def _words(held: Sequence[Event], by: str, day: date) -> list[_Word]:
    """What the traveller's own entries for the day say; those that were struck say nothing."""
    found = {
        event.id: _Word(entry=event, symptoms=event.symptoms, at=event.at, by=by)
        for event in held
        if isinstance(event, CheckedIn) and event.by == by and event.day == day
    }
    last = {
        event.corrects: event for event in sorted(held, key=lambda one: (one.recorded, one.id)) if isinstance(event, Corrected)
    }
    for identifier in found.keys() & last.keys():
        word, correction = found[identifier], last[identifier]
        word.at, word.by = correction.at, correction.by
        if correction.replacement is None:
            del found[identifier]
            continue
        try:
            now = corrected(word.entry, correction.replacement)
        except EventError:
            continue  # it could not be applied, so the entry stands
        word.symptoms = isinstance(now, CheckedIn) and now.symptoms
    return list(found.values())
