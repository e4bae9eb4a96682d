"""What another party's node says of journeys becomes part of the record here, or is held with the reason why not.

A fact has one owner. So the other party speaks for itself alone: of what its own officers recorded, in roles and places for
which the table of permissions lets officers of that party act, and it corrects what is its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from fastchannel.casework.actor import Actor
from fastchannel.casework.ladder import notices
from fastchannel.casework.office import CLOCK_SKEW, Office, applied_of, subject_of
from fastchannel.casework.permissions import ACTION_OF, Denial, Subject, check
from fastchannel.casework.ports import Entry, Held
from fastchannel.decide.journey import corrected
from fastchannel.terms.events import Applied, Corrected, Event, EventError, encode, kind_of

OWNED = ("party", "role", "by")  # of an event: who speaks, which no correction changes


class Fault(StrEnum):
    """Why an event of another party is held. ``waits`` and ``ahead`` are looked at again, and nobody is told."""

    WAITS = "waits"  # for the journey's application, or for what it corrects: it may come by another lane
    AHEAD = "ahead"  # by our clock it is still to come: theirs is ahead, or ours behind
    FOREIGN = "foreign"  # it speaks for another party
    TAKEN = "taken"  # another event has its identifier
    APPLIED = "applied"  # somebody applied for the journey already
    FORBIDDEN = "forbidden"  # nobody in that role of that party may say this of this journey
    UNCLEAR = "unclear"  # it cannot be understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What is held. ``needs`` is what it waits for: the identifier of a journey or an event, a text's digest, an instant."""

    fault: Fault
    said: str
    needs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What became of the events of one journey: ``entry`` is None where nothing of them is new."""

    entry: Entry | None = None
    refused: Mapping[str, Refused] = field(default_factory=dict)


def admit(
    office: Office,
    sender: str,
    told: Sequence[Event],
    held: tuple[Held, tuple[Event, ...]] | None,
    now: datetime,
) -> Admission:
    """Judge what a party tells of one journey, which is locked and has these events, and make the entry of what is believed.

    Raises InvalidEntryError where this node holds no agreement of the application's name.
    """
    before, events = held or (None, ())
    known = {event.id: event for event in events}
    added: list[Event] = []
    refused: dict[str, Refused] = {}
    for event in sorted(told, key=lambda one: not isinstance(one, Applied)):  # nothing of a journey comes before it
        earlier = known.get(event.id)
        if earlier is not None and encode(earlier) == encode(event):
            continue  # it came before: by a courier, or after a backup was put back
        found = _fault(sender, event, (*events, *added), known, now)
        if found is not None:
            refused[event.id] = found
            continue
        known[event.id] = event
        added.append(event)
    if not added:
        return Admission(refused=refused)
    whole = (*events, *added)
    standing = office.decide(whole, max(now, office.now_for(whole)))
    row, deadlines = office.project(standing, whole, told=before is None or before.told)
    told_here = notices(before, standing, tuple(added), standing.at) if before is not None and not before.told else ()
    entry = Entry(events=tuple(added), row=row, deadlines=deadlines, notices=told_here, opens=before is None, learned=now)
    return Admission(entry=entry, refused=refused)


def _fault(sender: str, event: Event, events: Sequence[Event], known: Mapping[str, Event], now: datetime) -> Refused | None:
    if event.party != sender:
        return Refused(fault=Fault.FOREIGN, said=f"party: found {event.party or 'none'}, expected {sender}")
    if event.id in known:
        return Refused(fault=Fault.TAKEN, said="id: another event of this journey has it")
    applied = applied_of(events)
    if isinstance(event, Applied):
        if applied is not None:
            return Refused(fault=Fault.APPLIED, said=f"journey {event.journey}: {applied.party} has an application for it")
        if event.at > now + CLOCK_SKEW:
            said = f"at: found {event.at.isoformat()}, which is still to come"
            return Refused(fault=Fault.AHEAD, said=said, needs=event.at.astimezone(UTC).isoformat())
        return _forbidden(sender, event, subject_of([event]))
    if applied is None:
        return Refused(fault=Fault.WAITS, said="the journey's application is not here yet", needs=event.journey)
    if isinstance(event, Corrected):
        found = _correction(sender, event, known)
        if found is not None:
            return found
    return _forbidden(sender, event, subject_of(events))


def _forbidden(sender: str, event: Event, subject: Subject) -> Refused | None:
    """By the table that binds our own people, but for the stage: what another party reports comes late or out of order."""
    action = ACTION_OF.get(kind_of(event))
    if action is None:
        return Refused(fault=Fault.FORBIDDEN, said=f"{kind_of(event)}: each node keeps its own")
    speaker = Actor(id=sender, role=event.role, party=sender, organisation=subject.sponsor, journey=subject.journey)
    denial: Denial | None = check(speaker, action, subject)
    if denial is None or denial.code == "stage":
        return None
    return Refused(fault=Fault.FORBIDDEN, said=f"{kind_of(event)} by {event.role} of {sender}: {denial.text()}")


def _correction(sender: str, event: Corrected, known: Mapping[str, Event]) -> Refused | None:
    target = known.get(event.corrects)
    if target is None:
        return Refused(fault=Fault.WAITS, said=f"what it corrects is not here yet: {event.corrects}", needs=event.corrects)
    if target.party != sender:
        return Refused(fault=Fault.FORBIDDEN, said=f"corrects: {event.corrects} is {target.party or 'nobody'}'s")
    if event.replacement is None:
        return None
    try:
        changed = corrected(target, event.replacement)
    except EventError as error:
        return Refused(fault=Fault.UNCLEAR, said=f"replacement: {error}")
    for name in OWNED:
        if getattr(changed, name) != getattr(target, name):
            return Refused(fault=Fault.FORBIDDEN, said=f"replacement: {name} of an event is never another's")
    return None
