"""The one way in which anything is written to a journey, and in which a record is read.

A write is authorised by the permission table, becomes an event, and is appended with the journey's row and deadlines in
one transaction under the caller's idempotency key. A journey is locked while it is written, so no two writes interleave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from fastchannel.casework.actor import Actor, system
from fastchannel.casework.errors import InvalidEntryError, KeyRaceError
from fastchannel.casework.ladder import notices, reminders
from fastchannel.casework.permissions import Action, Denial, Subject, can, check
from fastchannel.casework.ports import (
    AccessLog,
    Clock,
    Entry,
    Held,
    Identifiers,
    Journal,
    People,
    Person,
    Purpose,
    Stamp,
    Texts,
    access,
)
from fastchannel.casework.projection import Deadline, Row, project
from fastchannel.casework.sight import events_without_health, without_health
from fastchannel.decide.decide import decide
from fastchannel.decide.standing import Standing
from fastchannel.terms.events import Applied, Event, encode
from fastchannel.terms.language import N_

CLOCK_SKEW = timedelta(minutes=5)  # a laboratory's clock may run ahead of ours by so much
LONGEST_KEY = 160
_NEUTRAL = datetime(1970, 1, 1, tzinfo=UTC)

Build = Callable[[Stamp], Sequence[Event]]
Guard = Callable[[Standing, Sequence[Event]], Denial | None]
Turn = Callable[[Sequence[Event], Sequence[Event], datetime], Sequence[Event]]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a write. Under the same idempotency key it is the same again, with ``repeated`` true."""

    journey: str
    events: tuple[str, ...]
    recorded: datetime
    stage: str
    verdict: str
    gate: str
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One journey as somebody may see it. ``person`` is None where erased or not theirs to see.

    ``told`` says that another party's node keeps the journey: who the traveller is never was here.
    """

    journey: str
    subject: Subject
    standing: Standing
    events: tuple[Event, ...]
    person: Person | None
    health: bool  # whether health details are shown; without it, events and reasons are cut down
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Write:
    """A write as it was asked for."""

    actor: Actor
    action: Action
    build: Build
    key: str
    content: str  # digest of what is to be written, without identifiers and times of recording
    at: datetime | None
    evidence: tuple[str, ...]
    why: str
    guard: Guard | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The ports of one party's node, and the writes and reads that go through them."""

    party: str
    journal: Journal
    texts: Texts
    people: People
    access: AccessLog
    clock: Clock
    identifiers: Identifiers
    linked: Callable[[], frozenset[str]] = frozenset  # the parties whose nodes tell what their people record

    def record(
        self,
        actor: Actor,
        action: Action,
        journey: str,
        build: Build,
        *,
        key: str,
        at: datetime | None = None,
        evidence: tuple[str, ...] = (),
        why: str = "",
        guard: Guard | None = None,
        turn: Turn | None = None,
    ) -> Receipt | Denial:
        """Append what ``build`` makes of a stamp to a journey. ``at`` is when it happened; None means now.

        ``guard`` is asked after the permission table, with the standing and the events until then. ``turn`` makes what is
        recorded out of what was asked for, the events until then and the time: the idempotency key is of what was asked for.
        Raises UnknownJourneyError, KeyConflictError and InvalidEntryError.
        """
        content = _content(actor, f"{action}\0{journey}", build, at, evidence)
        write = _Write(
            actor=actor,
            action=action,
            build=build,
            key=checked_key(key),
            content=content,
            at=at,
            evidence=evidence,
            why=why,
            guard=guard,
            turn=turn,
        )
        return _once(lambda: self._append(write, journey))

    def open(
        self,
        actor: Actor,
        build: Build,
        *,
        person: Person,
        key: str,
        at: datetime | None = None,
        why: str = "",
        journey: str = "",
    ) -> Receipt | Denial:
        """Start a journey with what ``build`` makes of a stamp. ``journey`` is its identifier where the caller has one.

        Raises KeyConflictError and InvalidEntryError.
        """
        content = _content(actor, msgspec.json.encode(person).decode(), build, at, ())
        write = _Write(
            actor=actor, action=Action.APPLY, build=build, key=checked_key(key), content=content, at=at, evidence=(), why=why
        )
        return _once(lambda: self._open(write, person, journey))

    def amend(self, actor: Actor, journey: str, person: Person, *, key: str, reason: str) -> Receipt | Denial:
        """Correct who the traveller is. No event: the record holds no names; the access log says who did it and why.

        Raises UnknownJourneyError, KeyConflictError and InvalidEntryError.
        """
        if not reason.strip():
            raise InvalidEntryError("reason", N_("A reason is needed: the traveller will read it."))
        content = hashlib.sha256(f"{journey}\0{reason}\0".encode() + msgspec.json.encode(person)).hexdigest()
        write = _Write(
            actor=actor,
            action=Action.AMEND,
            build=lambda _: (),
            key=checked_key(key),
            content=content,
            at=None,
            evidence=(),
            why=f"{Action.AMEND}: {reason}",
        )
        return _once(lambda: self._append(write, journey, person))

    def tick(self, journey: str) -> Standing:
        """Look at a journey again though nothing happened: remind who must be reminded, and write its row anew."""
        with self.journal.transaction():
            before = self.journal.lock(journey)
            held = self.journal.events(journey)
            now = self.now_for(held)
            standing = self.decide(held, now)
            # Where another party's node keeps the journey, that one reminds.
            sent = () if before.told else reminders(standing, lambda: self.stamp(system(self.party), journey, now))
            if sent:
                standing = self.decide((*held, *sent), now)
            self._write(before, standing, (*held, *sent), sent)
        return standing

    def view(self, actor: Actor, journey: str, *, why: str) -> File | Denial:
        """Read a journey as the actor may see it; the reading is logged. ``why`` says for what, or on which page."""
        subject = self.journal.subject(journey)
        denial = check(actor, Action.SEE_STATUS, subject)
        if denial:
            return denial
        events = self.journal.events(journey)
        now = self.now_for(events)
        standing = self.decide(events, now)
        health = can(actor, Action.SEE_HEALTH, subject)
        self.access.note(access(actor, self.clock.now(), Purpose.READ, why, journey))
        return File(
            journey=journey,
            subject=subject,
            standing=standing if health else without_health(standing),
            events=events if health else events_without_health(events),
            person=self.people.find(journey) if can(actor, Action.SEE_PERSON, subject) else None,
            health=health,
            told=self.journal.told(journey),
        )

    def note(self, actor: Actor, purpose: Purpose, why: str, journeys: Iterable[str]) -> None:
        """Log that records were listed or exported."""
        touched = tuple(journeys)
        if touched:
            self.access.note(access(actor, self.clock.now(), purpose, why, *touched))

    def foreign(self, event: Event) -> bool:
        """Whether the event is a linked party's own, so that its node told it."""
        return event.party in self.linked()

    def now_for(self, events: Sequence[Event]) -> datetime:
        """The node's time, never before the last of its own records: a clock that was set back hides nothing of a journey.

        Another party's clock does not move ours, but for the few minutes by which an application may lie ahead.
        """
        linked = self.linked()
        moments = [event.recorded for event in events if event.party not in linked]
        return max([self.clock.now(), *moments, *(event.at for event in events if isinstance(event, Applied))])

    def decide(self, events: Sequence[Event], at: datetime) -> Standing:
        """Where a journey stands under the agreement that its application names, by all that is recorded of it by then.

        What another party's node told is known here, though its clock, and so the time of recording, be ahead of ours.
        """
        applied = applied_of(events)
        if applied is None:
            raise InvalidEntryError("journey", N_("Nobody has applied for this journey."))
        linked = self.linked()
        known = max([at, *(event.recorded for event in events if event.party in linked)])
        return decide(self.texts.versions(applied.agreement), events, at, known=known)

    def project(self, standing: Standing, events: Iterable[Event], *, told: bool = False) -> tuple[Row, tuple[Deadline, ...]]:
        """The row and the deadlines of a journey that stands like this; ``told`` says that another party's node keeps it."""
        return project(standing, events, self.texts.versions(standing.agreement)[standing.version], told=told)

    def entry(self, events: tuple[Event, ...], person: Person, at: datetime) -> tuple[Entry, Standing]:
        """A new journey's first entry, ready to be appended: for imports, which append many at once."""
        standing = self.decide(events, at)
        row, deadlines = self.project(standing, events)
        return Entry(events=events, row=row, deadlines=deadlines, person=person, opens=True), standing

    def stamp(
        self, actor: Actor, journey: str, now: datetime, at: datetime | None = None, evidence: tuple[str, ...] = ()
    ) -> Stamp:
        """A new event's common fields. Raises InvalidEntryError where ``at`` has no offset or lies ahead."""
        if at is not None and at.tzinfo is None:
            raise InvalidEntryError("at", N_("Found a time without an offset; expected for example 2020-05-04T09:00:00+09:00."))
        if at is not None and at > now + CLOCK_SKEW:
            raise InvalidEntryError(
                "at",
                N_("Found {found}, which is still to come; expected a time up to {now}."),
                found=at.isoformat(),
                now=now.isoformat(timespec="seconds"),
            )
        return Stamp(
            id=self.identifiers.new(),
            journey=journey,
            at=min(at or now, now),
            recorded=now,
            by=actor.id,
            role=actor.role,
            party=actor.party,
            evidence=evidence,
        )

    def _append(self, write: _Write, journey: str, person: Person | None = None) -> Receipt | Denial:
        with self.journal.transaction():
            before = self.journal.lock(journey)
            given = self.journal.answer(write.actor.id, write.key, write.content)
            if given is not None:
                return _again(given)
            denial = check(write.actor, write.action, before.subject)
            if denial:
                return denial
            held = self.journal.events(journey)
            now = self.now_for(held)
            denial = write.guard(self.decide(held, now), held) if write.guard is not None else None
            if denial:
                return denial
            added = tuple(write.build(self.stamp(write.actor, journey, now, write.at, write.evidence)))
            if write.turn is not None:
                added = tuple(write.turn(added, held, now))
            events = (*held, *added)
            standing = self.decide(events, now)
            self._write(before, standing, events, added)
            if person is not None:
                self.people.replace(journey, person)
            return self._settle(write, standing, added, now)

    def _open(self, write: _Write, person: Person, journey: str) -> Receipt | Denial:
        with self.journal.transaction():
            given = self.journal.answer(write.actor.id, write.key, write.content)
            if given is not None:
                return _again(given)
            now = self.clock.now()
            added = tuple(write.build(self.stamp(write.actor, journey or self.identifiers.new(), now, write.at)))
            denial = check(write.actor, Action.APPLY, subject_of(added))
            if denial:
                return denial
            entry, standing = self.entry(added, person, now)
            self.journal.append([entry])
            return self._settle(write, standing, added, now)

    def _write(self, before: Held, standing: Standing, events: tuple[Event, ...], added: tuple[Event, ...]) -> None:
        row, deadlines = self.project(standing, events, told=before.told)
        told = () if before.told else notices(before, standing, added, standing.at)
        self.journal.append([Entry(events=added, row=row, deadlines=deadlines, notices=told)])

    def _settle(self, write: _Write, standing: Standing, added: tuple[Event, ...], now: datetime) -> Receipt:
        receipt = Receipt(
            journey=standing.journey,
            events=tuple(event.id for event in added),
            recorded=now,
            stage=standing.stage,
            verdict=standing.verdict.value,
            gate=standing.gate,
        )
        self.access.note(access(write.actor, now, Purpose.WRITE, write.why or write.action.value, standing.journey))
        self.journal.settle(write.actor.id, write.key, write.content, msgspec.json.encode(receipt))
        return receipt


def checked_key(key: str) -> str:
    """The idempotency key, if it is one. Raises InvalidEntryError."""
    if not key.strip() or len(key) > LONGEST_KEY or "\0" in key:
        raise InvalidEntryError(
            "key", N_("Found an idempotency key of {found} characters; expected 1 to {most}."), found=len(key), most=LONGEST_KEY
        )
    return key


def applied_of(events: Iterable[Event]) -> Applied | None:
    """The application that these events begin with, wherever it stands among them."""
    return next((event for event in events if isinstance(event, Applied)), None)


def subject_of(events: Sequence[Event]) -> Subject:
    """What the permission table asks of a journey that is not there yet."""
    applied = applied_of(events)
    if applied is None:
        raise InvalidEntryError("journey", N_("Nobody has applied for this journey."))
    plan = applied.itinerary
    return Subject(
        journey=applied.journey,
        sponsor=applied.sponsor,
        origin=plan.origin,
        arrival_place=plan.arrival_place or plan.destination,
        destination=plan.destination,
    )


def _once(write: Callable[[], Receipt | Denial]) -> Receipt | Denial:
    try:
        return write()
    except KeyRaceError:
        return write()  # the other one has committed, so its answer is there now


def _again(given: bytes) -> Receipt:
    return msgspec.structs.replace(msgspec.json.decode(given, type=Receipt), repeated=True)


def _content(actor: Actor, target: str, build: Build, at: datetime | None, evidence: tuple[str, ...]) -> str:
    neutral = Stamp(
        id="-",
        journey="-",
        at=at or _NEUTRAL,
        recorded=_NEUTRAL,
        by=actor.id,
        role=actor.role,
        party=actor.party,
        evidence=evidence,
    )
    digest = hashlib.sha256(target.encode())
    for event in build(neutral):
        digest.update(b"\0" + encode(event))
    return digest.hexdigest()
