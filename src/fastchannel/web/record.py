"""One journey's record, opened by somebody, with everything that the pages say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case, Provisions
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, UnknownJourneyError
from fastchannel.casework.office import File, Office
from fastchannel.casework.permissions import Denial
from fastchannel.casework.sight import without_health
from fastchannel.decide.journey import Journey, fold
from fastchannel.decide.standing import Standing, Status
from fastchannel.terms.events import Applied, Event, Itinerary
from fastchannel.terms.language import N_, pick
from fastchannel.web.details import ObligationLine, Reader, ReasonLine, core_language
from fastchannel.web.timeline import EventLine, Run, Zones, gathered, in_order, lines, zone_at

ORDER = {
    status.value: rank
    for rank, status in enumerate((Status.FAILED, Status.DUE, Status.PENDING, Status.AHEAD, Status.WAIVED, Status.MET))
}
ORDER[Status.MISSED.value] = ORDER[Status.FAILED.value]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A journey's file in one reader's language."""

    actor: Actor
    file: File
    events: tuple[Event, ...]  # as far as they are shown
    standing: Standing
    agreement: Agreement
    language: str
    now: datetime

    @property
    def journey(self) -> str:
        """The journey's identifier."""
        return self.file.journey

    @cached_property
    def facts(self) -> Journey:
        """What the events say, corrections taken into account."""
        return fold(self.events, self.standing.at, self.standing.known)

    @cached_property
    def applied(self) -> Applied:
        """The application."""
        found = self.facts.applied
        if found is None:
            raise UnknownJourneyError(f"journey {self.journey}: nobody has applied for it")
        return found

    @cached_property
    def itinerary(self) -> Itinerary:
        """The itinerary as last planned."""
        return self.facts.itinerary or self.applied.itinerary

    @cached_property
    def departure_zone(self) -> str:
        """The zone of the place of departure."""
        return zone_at(self.agreement, self.itinerary.origin)

    @cached_property
    def arrival_zone(self) -> str:
        """The zone of the place of arrival."""
        return zone_at(self.agreement, self.itinerary.arrival_place or self.itinerary.destination)

    @cached_property
    def provisions(self) -> Provisions:
        """What the agreement provides for this journey."""
        plan = self.itinerary
        case = Case(
            route=self.standing.route,
            purpose=self.applied.purpose,
            companion=self.applied.companion,
            origin=plan.origin,
            destination=plan.destination,
            arrival_place=plan.arrival_place or plan.destination,
            city=plan.city,
        )
        zone = self.agreement.zone(plan.origin)
        return self.agreement.provisions(case, plan.departure.astimezone(zone).date())

    @cached_property
    def reader(self) -> Reader:
        """What puts codes into words."""
        return Reader(
            agreement=self.agreement, provisions=self.provisions, language=self.language, zone=self.zones.at(self.now)
        )

    @cached_property
    def zones(self) -> Zones:
        """Which place's time an event is shown in."""
        return Zones.of(self.agreement, self.itinerary, self.events)

    @cached_property
    def told(self) -> bool:
        """Whether another party's node opened the journey and told of it, so that who the traveller is never was here."""
        return self.file.told

    @cached_property
    def name(self) -> str:
        """The traveller's name, or the journey's identifier where it is erased or not theirs to see."""
        return self.file.person.name if self.file.person else self.journey

    @cached_property
    def reasons(self) -> list[ReasonLine]:
        """The standing's reasons, what weighs most first."""
        told = [self.reader.reason(reason) for reason in self.standing.reasons]
        return list(dict.fromkeys(told))  # what is withheld reads alike

    @cached_property
    def obligations(self) -> list[ObligationLine]:
        """The standing's obligations: what is missing first, then what is open, then what is to come and what is done."""
        told = [self.reader.obligation(item) for item in self.standing.obligations if item.kind != "remind"]
        return sorted(told, key=lambda item: ORDER.get(item.status, 0))

    @cached_property
    def event_lines(self) -> list[EventLine]:
        """The timeline."""
        return lines(self.events, self.reader, self.zones)

    @cached_property
    def gathered_lines(self) -> list[EventLine | Run]:
        """The timeline with runs of quiet check-ins as one line."""
        return gathered(self.event_lines)

    @cached_property
    def agreement_title(self) -> str:
        """What the agreement is called."""
        return pick(self.agreement.title, core_language(self.language))

    def context(self) -> dict[str, object]:
        """What every page about one journey shows."""
        return {
            "record": self,
            "standing": self.standing,
            "itinerary": self.itinerary,
            "departure_zone": self.departure_zone,
            "name": self.name,
            "person": self.file.person,
            "told": self.applied.party if self.told else "",
            "person_name": self.file.person.name if self.file.person else "",
            "sponsor": self.applied.sponsor,
            "purpose": self.reader.term(self.applied.purpose),
            "reasons": self.reasons,
            "obligations": self.obligations,
            "agreement_title": self.agreement_title,
            "health": self.file.health,
            "now": self.now,
        }


def open_record(
    office: Office, actor: Actor, journey: str, *, why: str, language: str, known: datetime | None = None
) -> Record | Denial:
    """Read a journey; the reading is logged. With ``known``, as it was known then.

    Raises UnknownJourneyError, and InvalidEntryError where nothing was known then.
    """
    file = office.view(actor, journey, why=why)
    if isinstance(file, Denial):
        return file
    events, standing = file.events, file.standing
    if known is not None:
        whole = office.journal.events(journey, by=known)
        there = {event.id for event in whole}
        events = tuple(event for event in events if event.id in there and event.at <= known)
        if not any(isinstance(event, Applied) for event in events):
            raise InvalidEntryError("known", N_("Nobody had applied for this journey at that time."))
        standing = office.decide(whole, known)  # by everything, whatever of it is shown
        if not file.health:
            standing = without_health(standing)
    return Record(
        actor=actor,
        file=file,
        events=tuple(in_order(events)),
        standing=standing,
        agreement=office.texts.versions(standing.agreement)[standing.version],
        language=language,
        now=office.clock.now(),
    )
