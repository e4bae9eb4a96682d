"""Actors, applications and an office in memory, for the tests of casework and of the node."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.shipped import shipped
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError, UnknownJourneyError
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import Subject
from fastchannel.casework.ports import Access, Entry, Held, IssuedPass, Person
from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import TrustedKey, kid_of, spki_of
from fastchannel.certificates.passes.issuing import signer
from fastchannel.certificates.trust.store import TrustList, TrustStore
from fastchannel.decide.stages import Stage
from fastchannel.terms.events import Applied, Documented, Event, Itinerary, Role

AGREEMENTS = Path(__file__).resolve().parents[1] / "spec" / "agreements"
NOW = datetime(2020, 5, 4, 1, 0, tzinfo=UTC)
AGREEMENT, ROUTE = "china-korea", "kr-cn"
PERSON = Person(name="KIM MINJI", passport="M12345678", birth_date=date(1985, 3, 2), nationality="KR", language="ko")
ITINERARY = Itinerary(
    departure=datetime.fromisoformat("2020-05-22T09:30:00+09:00"),
    origin="KR-11",
    destination="CN-SH",
    point_of_entry="PVG",
    flight="CK101",
)

SPONSOR = Actor(id="a-sponsor", role=Role.SPONSOR, party="CN", organisation="sponsor-1")
OTHER_SPONSOR = Actor(id="a-other", role=Role.SPONSOR, party="CN", organisation="sponsor-2")
REVIEWER = Actor(id="a-reviewer", role=Role.REVIEWER, party="CN", jurisdiction=frozenset({"CN-SH"}))
MISSION = Actor(id="a-mission", role=Role.MISSION, party="CN")
MONITOR = Actor(id="a-monitor", role=Role.MONITOR, party="CN")
SECRETARIAT = Actor(id="a-secretariat", role=Role.SECRETARIAT, party="CN")
CARRIER = Actor(id="a-carrier", role=Role.CARRIER, party="CN", organisation="cn-carrier-1")
LABORATORY = Actor(id="a-laboratory", role=Role.LABORATORY, party="CN", organisation="lab-1")


def traveller(journey: str) -> Actor:
    """Whom a link to the journey lets in."""
    return Actor(id=f"traveller-{journey}", role=Role.TRAVELLER, party="CN", journey=journey)


def application(**changes: Any) -> dict[str, Any]:
    """What `applications.apply` takes, good unless changed."""
    return {
        "agreement": AGREEMENT,
        "route": ROUTE,
        "purpose": "business",
        "itinerary": ITINERARY,
        "person": PERSON,
        "key": "k-apply",
        **changes,
    }


def roster_csv(count: int, **changes: str) -> bytes:
    """A roster of so many travellers who differ by passport."""
    fields = {
        "name": "LEE",
        "passport": "",
        "route": ROUTE,
        "purpose": "business",
        "departure": "2020-05-22 09:30",
        "origin": "KR-11",
        "destination": "CN-SH",
        **changes,
    }
    lines = [",".join(fields)]
    lines += [",".join({**fields, "passport": f"M{number:08}"}.values()) for number in range(count)]
    return "\r\n".join(lines).encode()


class HandClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant

    def forward(self, **span: float) -> None:
        self.instant += timedelta(**span)


class Counter:
    """Identifiers in order."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"id-{next(self._numbers):06}"


class MemoryJournal:
    """Journeys in dictionaries; a transaction that raises leaves nothing."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Event, ...]] = {}
        self.entries: dict[str, Entry] = {}
        self.learned: dict[str, datetime] = {}
        self.notices: list[Any] = []
        self.persons: dict[str, Person] = {}
        self.answers: dict[tuple[str, str], tuple[str, bytes]] = {}

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        before = dict(self.held), dict(self.entries), dict(self.persons), dict(self.answers)
        try:
            yield
        except BaseException:
            self.held, self.entries, self.persons, self.answers = before
            raise

    def transaction(self) -> AbstractContextManager[None]:
        return self._transaction()

    def lock(self, journey: str) -> Held:
        return Held(subject=self.subject(journey), verdict=self.entries[journey].row.verdict, told=self.told(journey))

    def told(self, journey: str) -> bool:
        return any(isinstance(event, Applied) and event.id in self.learned for event in self.held[journey])

    def hold(self, journeys: Collection[str]) -> dict[str, tuple[Held, tuple[Event, ...]]]:
        return {one: (self.lock(one), self.events(one)) for one in journeys if one in self.entries}

    def subject(self, journey: str) -> Subject:
        if journey not in self.entries:
            raise UnknownJourneyError(journey)
        row = self.entries[journey].row
        return Subject(
            journey=journey,
            stage=Stage(row.stage),
            sponsor=row.sponsor,
            origin=row.origin,
            arrival_place=row.arrival_place,
            destination=row.destination,
        )

    def events(self, journey: str, *, by: datetime | None = None) -> tuple[Event, ...]:
        held = self.held.get(journey, ())
        return tuple(one for one in held if by is None or self.learned.get(one.id, one.recorded) <= by)

    def presented(self, document: str, number: str) -> Sequence[str]:
        return [
            journey
            for journey, events in self.held.items()
            if any(isinstance(event, Documented) and (event.document, event.number) == (document, number) for event in events)
        ]

    def append(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            journey = entry.row.journey
            self.held[journey] = (*self.held.get(journey, ()), *entry.events)
            self.entries[journey] = entry
            self.learned |= {event.id: entry.learned for event in entry.events if entry.learned is not None}
            self.notices += entry.notices
            if entry.person is not None:
                self.persons[journey] = entry.person

    def answer(self, actor: str, key: str, content: str) -> bytes | None:
        found = self.answers.get((actor, key))
        if found is None:
            return None
        if found[0] != content:
            raise KeyConflictError(key)
        return found[1]

    def settle(self, actor: str, key: str, content: str, answer: bytes) -> None:
        self.answers[actor, key] = content, answer


class MemoryPeople:
    def __init__(self, journal: MemoryJournal) -> None:
        self.journal = journal

    def find(self, journey: str) -> Person | None:
        return self.journal.persons.get(journey)

    def replace(self, journey: str, person: Person) -> None:
        self.journal.persons[journey] = person

    def known(self, keys: Collection[str]) -> dict[str, str]:
        return {}


class MemoryAccessLog:
    def __init__(self) -> None:
        self.notes: list[Access] = []

    def note(self, access: Access) -> None:
        self.notes.append(access)


class Shelf:
    """The agreements that ship."""

    def versions(self, agreement: str) -> Versions:
        found = shipped().get(agreement)
        if found is None:
            raise InvalidEntryError("agreement", "none")
        return found

    def lacking(self, text: Agreement) -> frozenset[str]:
        return frozenset()


class OneText:
    """One agreement in one version."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement

    def versions(self, agreement: str) -> Versions:
        assert agreement == self.agreement.id
        return Versions.of(self.agreement)

    def lacking(self, text: Agreement) -> frozenset[str]:
        return frozenset()


class MemoryOffice(Office):
    """An office in memory; its parts are open to the test."""

    journal: MemoryJournal
    access: MemoryAccessLog
    clock: HandClock


def memory_office(party: str = "CN") -> MemoryOffice:
    """A new one."""
    journal = MemoryJournal()
    return MemoryOffice(
        party=party,
        journal=journal,
        texts=Shelf(),
        people=MemoryPeople(journal),
        access=MemoryAccessLog(),
        clock=HandClock(),
        identifiers=Counter(),
        linked=lambda: frozenset({"CN", "KR"} - {party}),
    )


class MemoryPasses:
    """Passes in a list, signed by a key of their own."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.spki = spki_of(key.public_key())
        self.key_id = kid_of(self.spki)
        self.sign = signer(key)
        self.held: list[IssuedPass] = []

    def live(self, journey: str, at: datetime) -> IssuedPass | None:
        return next((one for one in self.held if one.journey == journey and not one.revoked and one.expires > at), None)

    def keep(self, issued: IssuedPass) -> None:
        self.held.append(issued)

    def revoke(self, journey: str, at: datetime, why: str) -> int:
        live = [one for one in self.held if one.journey == journey and not one.revoked and one.expires > at]
        self.held = [replace(one, revoked=at, withdrawn=why) if one in live else one for one in self.held]
        return len(live)

    @property
    def trust(self) -> TrustStore:
        """Who verifies them trusts this."""
        entry = TrustedKey(kid=self.key_id, spki=self.spki, country="CN", uses=frozenset({Use.CROSSING}))
        return TrustStore([TrustList(party="CN", version=1, issued=NOW, keys=(entry,), max_age_hours=24 * 60)])
