"""The fold: one traveller's events, in any order and with repetitions, become the facts that rules are read against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from fastchannel.decide.stages import TRANSITIONS, Stage
from fastchannel.terms import events as ev
from fastchannel.terms.events import Event, EventError, Finding, Outcome

REVIEW = "review"  # the rule by which an application is decided on


@dataclass(slots=True)
class Sample:
    """One sample and the laboratory's latest report on it."""

    id: str
    assay: ev.Assay
    laboratory: str
    taken: datetime | None
    finding: Finding | None = None
    reported: datetime | None = None
    amended: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(slots=True)
class Waiver:
    """The last word of an officer, or of an appeal that was upheld, about one measure."""

    at: datetime
    waive: bool
    until: datetime | None
    reason: str
    by: str
    event: str


@dataclass(slots=True)
class Journey:
    """What is known of a journey at a time. Built by `fold`, and only read afterwards."""

    id: str
    stage: Stage = Stage.EXPECTED
    applied: ev.Applied | None = None
    itinerary: ev.Itinerary | None = None
    sponsored: bool = False
    duties: set[str] = field(default_factory=set)
    approved: datetime | None = None
    approvers: set[str] = field(default_factory=set)
    review: ev.Reviewed | None = None
    documents: list[ev.Documented] = field(default_factory=list)
    allotted: dict[str, ev.Allotted] = field(default_factory=dict)
    checked: dict[date, str] = field(default_factory=dict)  # local date → the event that counts as its check-in
    symptoms: list[tuple[date, datetime, str]] = field(default_factory=list)  # for which date, when said, by which event
    called: set[date] = field(default_factory=set)
    reminded: set[tuple[str, date, str]] = field(default_factory=set)  # measure, date, rung
    samples: dict[str, Sample] = field(default_factory=dict)
    boarded: datetime | None = None
    arrived: datetime | None = None
    arrived_place: str = ""
    entered: dict[str, datetime] = field(default_factory=dict)  # stay → when first entered
    left: dict[str, datetime] = field(default_factory=dict)  # stay → when last let out
    moved: dict[str, datetime] = field(default_factory=dict)
    released: datetime | None = None
    breaches: list[ev.Breached] = field(default_factory=list)
    confirmed: ev.Confirmed | None = None  # and not recovered since
    recovered: datetime | None = None
    contacts: dict[str, ev.ContactNamed] = field(default_factory=dict)  # cases not cleared yet
    suspensions: dict[str, ev.Suspended] = field(default_factory=dict)  # triggers not resumed yet
    waivers: dict[str, Waiver] = field(default_factory=dict)
    appeals: dict[str, ev.Appealed] = field(default_factory=dict)  # not answered yet
    withdrawn: ev.Withdrawn | None = None
    next_event: datetime | None = None  # known already, and not happened yet
    unreadable: list[str] = field(default_factory=list)  # corrections that could not be applied


def fold(events: Iterable[Event], at: datetime, known: datetime) -> Journey:
    """The facts at ``at`` as they were known at ``known``. Neither order nor repetition of the events matters."""
    journey = Journey(id="")
    known_of = _standing(events, known, journey)
    ordered = list(known_of)
    while ordered and ordered[-1].at > at:
        journey.next_event = ordered.pop().at  # a clock that is ahead, or something entered before its time
    for event in ordered:
        if type(event) is ev.Applied:
            # Whatever another clock said, nothing of a journey comes before its application.
            journey.applied, journey.itinerary, journey.stage = event, event.itinerary, Stage.APPLIED
            break
    journey.id = journey.applied.journey if journey.applied else min((event.journey for event in known_of), default="")
    for event in ordered:
        _APPLY[type(event)](journey, event)
    return journey


def in_force(events: Iterable[Event], at: datetime, known: datetime) -> tuple[Event, ...]:
    """The events until ``at`` as corrections known at ``known`` left them, by when they happened; each once."""
    return tuple(event for event in _standing(events, known, Journey(id="")) if event.at <= at)


def _standing(events: Iterable[Event], known: datetime, journey: Journey) -> list[Event]:
    """What of the events stands; ``journey`` takes down the corrections that cannot be read."""
    unique: dict[str, Event] = {}
    corrections: list[ev.Corrected] = []
    for event in events:
        if event.recorded > known:
            continue
        earlier = unique.get(event.id)
        if earlier is not None and earlier is not event and _precedence(earlier) <= _precedence(event):
            continue
        unique[event.id] = event
        if type(event) is ev.Corrected and event.at <= known:
            corrections.append(event)
    if corrections:
        _correct(unique, corrections, journey)
    return sorted(unique.values(), key=_when)


def _when(event: Event) -> tuple[datetime, datetime, str]:
    return (event.at, event.recorded, event.id)


def _precedence(event: Event) -> tuple[datetime, bytes]:
    # Two different events under one identifier are a fault at the source; the one recorded first stands, whichever came first.
    return (event.recorded, ev.encode(event))


def _correct(unique: dict[str, Event], corrections: list[ev.Corrected], journey: Journey) -> None:
    """Apply corrections, the last word about each event; a correction can itself be retracted or corrected."""
    corrections.sort(key=lambda event: (event.recorded, event.id), reverse=True)
    judged: dict[str, ev.Corrected | None] = {}  # corrections that were corrected: what they say now, None if nothing
    standing: dict[str, ev.Corrected] = {}
    for original in corrections:
        correction = judged.get(original.id, original)
        if correction is None or unique.get(original.id) is not original:
            continue
        target = unique.get(correction.corrects)
        if type(target) is not ev.Corrected:
            if target is not None:
                standing.setdefault(correction.corrects, correction)
        elif target.id not in judged:
            judged[target.id] = _recorrected(target, correction, journey)
    for identifier, correction in standing.items():
        if correction.replacement is None:
            del unique[identifier]
            continue
        try:
            unique[identifier] = corrected(unique[identifier], correction.replacement)
        except EventError:
            journey.unreadable.append(correction.id)


def _recorrected(target: ev.Corrected, correction: ev.Corrected, journey: Journey) -> ev.Corrected | None:
    if correction.replacement is None:
        return None
    try:
        again = corrected(target, correction.replacement)
    except EventError:
        journey.unreadable.append(correction.id)
        return target
    return again if isinstance(again, ev.Corrected) else target


def corrected(event: Event, replacement: dict[str, Any]) -> Event:
    """The event with some fields replaced; what it is and whose it is stay. Raises EventError."""
    fixed = {"id": event.id, "journey": event.journey, "kind": ev.kind_of(event), "recorded": event.recorded}
    return ev.from_fields({**msgspec.to_builtins(event, builtin_types=(datetime, date)), **replacement, **fixed})


def _move(journey: Journey, trigger: str) -> None:
    stage = TRANSITIONS.get((journey.stage, trigger))
    if stage is not None:
        journey.stage = stage


def _applied(journey: Journey, event: ev.Applied) -> None:
    pass  # read first; a second application under the same journey changes nothing


def _replanned(journey: Journey, event: ev.Replanned) -> None:
    journey.itinerary = event.itinerary


def _sponsored(journey: Journey, event: ev.Sponsored) -> None:
    journey.sponsored = True
    journey.duties.update(event.duties)
    _move(journey, "sponsored")


def _documented(journey: Journey, event: ev.Documented) -> None:
    journey.documents.append(event)


def _reviewed(journey: Journey, event: ev.Reviewed) -> None:
    journey.review = event
    if event.outcome is Outcome.APPROVED:
        journey.approvers.add(event.by)
        journey.approved = event.at
    else:
        journey.approvers.clear()
        journey.approved = None
    _move(journey, _REVIEWED[event.outcome])


def _allotted(journey: Journey, event: ev.Allotted) -> None:
    journey.allotted[event.quota] = event


def _checked_in(journey: Journey, event: ev.CheckedIn) -> None:
    journey.checked.setdefault(event.day, event.id)
    if event.symptoms:
        journey.symptoms.append((event.day, event.at, event.id))


def _called(journey: Journey, event: ev.Called) -> None:
    journey.called.add(event.day)
    if event.reached:
        journey.checked.setdefault(event.day, event.id)
        if event.symptoms:
            journey.symptoms.append((event.day, event.at, event.id))


def _reminded(journey: Journey, event: ev.Reminded) -> None:
    journey.reminded.add((event.measure, event.day, event.rung))


def _sampled(journey: Journey, event: ev.Sampled) -> None:
    sample = journey.samples.get(event.sample)
    if sample is None:
        journey.samples[event.sample] = Sample(event.sample, event.assay, event.laboratory, event.at, evidence=(event.id,))
    elif sample.taken is None:
        sample.taken = event.at
        sample.evidence = (event.id, *sample.evidence)


def _resulted(journey: Journey, event: ev.Resulted) -> None:
    sample = journey.samples.get(event.sample)
    if sample is None:
        sample = journey.samples[event.sample] = Sample(event.sample, event.assay, event.laboratory, event.sampled)
    elif sample.taken is None:
        sample.taken = event.sampled
    sample.amended = sample.finding is not None and sample.finding is not event.finding
    sample.finding, sample.reported, sample.laboratory = event.finding, event.at, event.laboratory
    sample.evidence = (*sample.evidence, event.id)


def _boarded(journey: Journey, event: ev.Boarded) -> None:
    if journey.boarded is None:
        journey.boarded = event.at
    _move(journey, "boarded")


def _arrived(journey: Journey, event: ev.Arrived) -> None:
    if journey.arrived is None:
        journey.arrived, journey.arrived_place = event.at, event.place
    _move(journey, "arrived")


def _entered(journey: Journey, event: ev.Entered) -> None:
    journey.entered.setdefault(event.stay, event.at)
    _move(journey, "entered")


def _moved(journey: Journey, event: ev.Moved) -> None:
    journey.moved.setdefault(event.stay, event.at)


def _left(journey: Journey, event: ev.Left) -> None:
    journey.left[event.stay] = event.at
    if journey.released is None:
        journey.released = event.at
    _move(journey, "left")


def _breached(journey: Journey, event: ev.Breached) -> None:
    journey.breaches.append(event)


def _confirmed(journey: Journey, event: ev.Confirmed) -> None:
    journey.confirmed = event
    _move(journey, "confirmed")


def _recovered(journey: Journey, event: ev.Recovered) -> None:
    journey.confirmed, journey.recovered = None, event.at
    if journey.stage is Stage.TREATED and journey.arrived is not None and journey.released is None:
        journey.released = event.at  # one who recovered in care is not led back into isolation
    _move(journey, "recovered")


def _contact_named(journey: Journey, event: ev.ContactNamed) -> None:
    journey.contacts[event.case] = event


def _cleared(journey: Journey, event: ev.Cleared) -> None:
    journey.contacts.pop(event.case, None)


def _suspended(journey: Journey, event: ev.Suspended) -> None:
    journey.suspensions[event.trigger] = event


def _resumed(journey: Journey, event: ev.Resumed) -> None:
    journey.suspensions.pop(event.trigger, None)


def _overridden(journey: Journey, event: ev.Overridden) -> None:
    journey.waivers[event.measure] = Waiver(event.at, event.waive, event.until, event.reason, event.by, event.id)


def _appealed(journey: Journey, event: ev.Appealed) -> None:
    journey.appeals[event.id] = event


def _answered(journey: Journey, event: ev.Answered) -> None:
    appeal = journey.appeals.pop(event.appeal, None)
    if appeal is None:
        return
    if event.upheld and appeal.against == REVIEW:
        _move(journey, "answered:reopened")
        if journey.sponsored:
            _move(journey, "sponsored")  # what the sponsor accepted still stands
    elif event.upheld:
        journey.waivers[appeal.against] = Waiver(event.at, True, None, event.reason, event.by, event.id)


def _withdrawn(journey: Journey, event: ev.Withdrawn) -> None:
    journey.withdrawn = event
    _move(journey, "withdrawn")
    if journey.stage is Stage.WITHDRAWN:
        journey.approved = None  # who boards after all boards without approval


def _nothing(journey: Journey, event: Event) -> None:
    pass  # a record for people: it changes no standing


_REVIEWED = {outcome: f"reviewed:{outcome}" for outcome in Outcome}

_APPLY: dict[type[Any], Callable[[Journey, Any], None]] = {
    ev.Applied: _applied,
    ev.Replanned: _replanned,
    ev.Sponsored: _sponsored,
    ev.Documented: _documented,
    ev.Reviewed: _reviewed,
    ev.Allotted: _allotted,
    ev.CheckedIn: _checked_in,
    ev.Called: _called,
    ev.Reminded: _reminded,
    ev.Sampled: _sampled,
    ev.Resulted: _resulted,
    ev.Boarded: _boarded,
    ev.Denied: _nothing,
    ev.Arrived: _arrived,
    ev.Entered: _entered,
    ev.Moved: _moved,
    ev.Left: _left,
    ev.Breached: _breached,
    ev.Confirmed: _confirmed,
    ev.Recovered: _recovered,
    ev.ContactNamed: _contact_named,
    ev.Cleared: _cleared,
    ev.Suspended: _suspended,
    ev.Resumed: _resumed,
    ev.Overridden: _overridden,
    ev.Appealed: _appealed,
    ev.Answered: _answered,
    ev.Corrected: _nothing,
    ev.Withdrawn: _withdrawn,
}


def utc(instant: datetime) -> datetime:
    """The same instant in UTC, for arithmetic that no zone disturbs."""
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
