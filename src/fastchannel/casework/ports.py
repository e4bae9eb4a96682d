"""What casework needs from the world, and the values that cross."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypedDict

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import Subject
from fastchannel.casework.projection import Deadline, Row
from fastchannel.terms.events import Event, Role


class Stamp(TypedDict):
    """What every event carries: which one, of which journey, when, and by whom."""

    id: str
    journey: str
    at: datetime
    recorded: datetime
    by: str
    role: Role
    party: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a journey's traveller is: kept apart from the events, so that it can be erased."""

    name: str
    passport: str
    birth_date: date | None = None
    nationality: str = ""
    email: str = ""
    telephone: str = ""
    language: str = "en"


class Purpose(StrEnum):
    """Why a record was touched."""

    READ = "read"
    LIST = "list"
    WRITE = "write"
    EXPORT = "export"
    BREAK_GLASS = "break-glass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One touch of one or more records: by whom, in which role, when, and why or where."""

    actor: str
    role: str
    party: str
    at: datetime
    purpose: Purpose
    why: str
    journeys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell somebody: ``to`` is a role, and ``kind`` a stable code with its values."""

    journey: str
    to: str
    kind: str
    at: datetime
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one write adds to one journey, all of it in one transaction.

    ``person`` comes with what opens a journey here; one that another party's node keeps has none. ``learned`` is when that
    node's word came.
    """

    events: tuple[Event, ...]
    row: Row
    deadlines: tuple[Deadline, ...]
    notices: tuple[Notice, ...] = ()
    person: Person | None = None
    opens: bool = False
    learned: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A journey that is locked for a write, as its row has it.

    ``told`` says that another party's node keeps it: that one knows who the traveller is, reminds, and tells whom it concerns.
    """

    subject: Subject
    verdict: str
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPass:
    """A pass as its issuer keeps it. ``text`` is what its code says, and is empty once the person was erased.

    ``withdrawn`` says why it was revoked: ``verdict`` where the record no longer says what the pass says, ``renewed``, or
    ``officer``.
    """

    id: str
    journey: str
    gate: str
    verdict: str
    issued: datetime
    expires: datetime
    text: str
    by: str
    revoked: datetime | None = None
    withdrawn: str = ""


class Channel(StrEnum):
    """By which way a message goes."""

    SMS = "sms"
    MAIL = "mail"


class Template(StrEnum):
    """What a message to a traveller says; the words are in `casework.messages`."""

    REMIND = "remind"
    REMIND_AGAIN = "remind again"


class Messenger(Protocol):
    """Takes messages to travellers."""

    def send(self, kind: Channel, to: str, language: str, template: Template, *, day: date, link: str, key: str) -> None:
        """Send one; under the same ``key`` it is the same message again. Raises MessageError where it was not taken."""
        ...


class Journal(Protocol):
    """The append-only record of journeys and their projections."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is committed together or not at all."""
        ...

    def lock(self, journey: str) -> Held:
        """Hold the journey until the transaction ends. Raises UnknownJourneyError."""
        ...

    def hold(self, journeys: Collection[str]) -> Mapping[str, tuple[Held, tuple[Event, ...]]]:
        """Hold those of the journeys that there are until the transaction ends; each with its events as `events` gives them."""
        ...

    def subject(self, journey: str) -> Subject:
        """What the permission table asks of the journey. Raises UnknownJourneyError."""
        ...

    def events(self, journey: str, *, by: datetime | None = None) -> tuple[Event, ...]:
        """The journey's events in the order of recording; with ``by``, those recorded or told here by then."""
        ...

    def told(self, journey: str) -> bool:
        """Whether another party's node keeps the journey. Raises UnknownJourneyError."""
        ...

    def presented(self, document: str, number: str) -> Sequence[str]:
        """The journeys for which a document of that number was recorded. Until the transaction ends nobody records another."""
        ...

    def append(self, entries: Sequence[Entry]) -> None:
        """Write events, projections, deadlines, notices and persons. A journey that is new is created."""
        ...

    def answer(self, actor: str, key: str, content: str) -> bytes | None:
        """The answer given before under this key. Raises KeyConflictError where it was given for other content."""
        ...

    def settle(self, actor: str, key: str, content: str, answer: bytes) -> None:
        """Keep the answer under its key. Raises KeyRaceError where somebody else did so meanwhile."""
        ...


class Texts(Protocol):
    """The agreements in force at this node."""

    def versions(self, agreement: str) -> Versions:
        """All versions of one agreement. Raises InvalidEntryError where this node holds none."""
        ...

    def lacking(self, text: Agreement) -> frozenset[str]:
        """The parties whose nodes have not told that they hold the text: until they do, nobody applies under it."""
        ...


class People(Protocol):
    """Who the travellers are."""

    def find(self, journey: str) -> Person | None:
        """The person, or None where erased."""
        ...

    def replace(self, journey: str, person: Person) -> None:
        """The person is as given from now on. Raises UnknownJourneyError where erased."""
        ...

    def known(self, keys: Collection[str]) -> dict[str, str]:
        """Of these duplicate keys (see `roster.duplicate_key`), those that exist, each with its journey."""
        ...


class Passes(Protocol):
    """The passes that this node issued, and the key that signs them."""

    @property
    def key_id(self) -> bytes:
        """What names the key in trust lists."""
        ...

    def sign(self, message: bytes) -> bytes:
        """ES256's r and s side by side."""
        ...

    def live(self, journey: str, at: datetime) -> IssuedPass | None:
        """The journey's pass that is neither revoked nor expired."""
        ...

    def keep(self, issued: IssuedPass) -> None:
        """Write a new one down, before anybody holds it."""
        ...

    def revoke(self, journey: str, at: datetime, why: str) -> int:
        """Revoke what is live of the journey; how many. Nothing takes it back."""
        ...


class AccessLog(Protocol):
    """Who touched whose record."""

    def note(self, access: Access) -> None:
        """Write it down; it is never changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A record opened by break-glass: by whom, why, and until when it can be read."""

    id: str
    journey: str
    actor: str
    role: str
    party: str
    reason: str
    opened: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningReview:
    """What somebody else found about an opening afterwards."""

    opening: str
    reviewer: str
    role: str
    justified: bool
    note: str
    at: datetime


class Openings(Protocol):
    """Records opened by break-glass. Nothing of them is changed or removed."""

    def keep(self, opening: Opening) -> None:
        """Write a new one down, before anything is shown."""
        ...

    def live(self, actor: str, journey: str, at: datetime) -> Opening | None:
        """The one that opens the journey to the actor at that time."""
        ...

    def find(self, identifier: str) -> Opening | None:
        """The opening of that identifier."""
        ...

    def review(self, review: OpeningReview) -> bool:
        """Write the review down; False where there is one already."""
        ...


class Clock(Protocol):
    """The node's time: real, or accelerated for a demonstration."""

    def now(self) -> datetime:
        """The instant, with an offset."""
        ...


class Identifiers(Protocol):
    """New identifiers that nobody can guess."""

    def new(self) -> str:
        """At most 64 characters; later ones sort after earlier ones."""
        ...


def access(actor: Actor, at: datetime, purpose: Purpose, why: str, *journeys: str) -> Access:
    """The note of one touch."""
    return Access(actor=actor.id, role=actor.role.value, party=actor.party, at=at, purpose=purpose, why=why, journeys=journeys)
