"""A journey's events as lines: in order, in the place's time, with what was corrected struck but present."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.grounds import said as grounds_said
from fastchannel.terms import events as ev
from fastchannel.terms.events import Event, Itinerary, Role, kind_of
from fastchannel.terms.language import translate
from fastchannel.web import times, words
from fastchannel.web.details import Reader
from fastchannel.web.places import place_words

FIELDS = {
    "at": pgettext_lazy("field", "when it happened"),
    "assay": pgettext_lazy("field", "test"),
    "day": pgettext_lazy("field", "date"),
    "finding": pgettext_lazy("field", "result"),
    "flight": pgettext_lazy("field", "flight"),
    "issued": pgettext_lazy("field", "issued"),
    "laboratory": pgettext_lazy("field", "laboratory"),
    "place": pgettext_lazy("field", "place"),
    "sample": pgettext_lazy("field", "sample"),
    "sampled": pgettext_lazy("field", "sampled"),
    "symptoms": pgettext_lazy("field", "symptoms"),
}
SHORTEST_RUN = 3
LATE = timedelta(minutes=15)  # from then on, when it was recorded is worth saying
OFFICE_ROLES = frozenset({Role.SPONSOR, Role.REVIEWER, Role.MISSION, Role.SECRETARIAT})
GOOD = frozenset({"boarded", "arrived", "left", "recovered", "cleared", "resumed"})
BAD = frozenset({"denied", "breached", "confirmed", "contact-named", "suspended", "withdrawn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    id: str
    kind: str
    title: str
    details: str
    at: datetime
    zone: str
    role: str
    party: str
    tone: str
    struck: bool
    corrected_by: str
    late: bool
    recorded_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Check-ins with no symptoms, one after the other, told in one line."""

    lines: tuple[EventLine, ...]

    @property
    def first(self) -> EventLine:
        """The earliest."""
        return self.lines[0]

    @property
    def last(self) -> EventLine:
        """The latest."""
        return self.lines[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Which place's time an event is shown in."""

    origin: str
    destination: str
    arrived: datetime | None

    @classmethod
    def of(cls, agreement: Agreement | None, plan: Itinerary, events: Iterable[Event]) -> Zones:
        """The zones of a journey's two ends; what happened before arrival is told in the origin's."""
        arrivals = [event.at for event in events if isinstance(event, ev.Arrived)]
        return cls(
            origin=zone_at(agreement, plan.origin),
            destination=zone_at(agreement, plan.arrival_place or plan.destination),
            arrived=min(arrivals, default=None),
        )

    def at(self, when: datetime) -> str:
        """The zone of the place where the traveller was."""
        return self.origin if self.arrived is None or when < self.arrived else self.destination


def zone_at(agreement: Agreement | None, place: str) -> str:
    """The zone of a place of the agreement; UTC where it names none."""
    if agreement is None:
        return times.NO_ZONE
    try:
        return agreement.zone(place).key
    except (KeyError, ValueError):
        return times.NO_ZONE


def lines(events: Sequence[Event], reader: Reader, zones: Zones) -> list[EventLine]:
    """All events by when they happened; a correction strikes what it corrects."""
    corrections = {
        event.corrects: event for event in sorted(events, key=lambda event: event.recorded) if isinstance(event, ev.Corrected)
    }
    return [_line(event, reader, zones, corrections.get(event.id)) for event in in_order(events)]


def gathered(told: Iterable[EventLine]) -> list[EventLine | Run]:
    """The lines with every run of quiet check-ins as one."""
    shown: list[EventLine | Run] = []
    for quiet, group in groupby(told, key=lambda line: line.kind == "checked-in" and not line.tone and not line.struck):
        found = tuple(group)
        shown += [Run(lines=found)] if quiet and len(found) >= SHORTEST_RUN else found
    return shown


def in_order(events: Iterable[Event]) -> list[Event]:
    """By when it happened, then by when it was recorded."""
    unique = {event.id: event for event in events}
    return sorted(unique.values(), key=lambda event: (event.at, event.recorded, event.id))


def _line(event: Event, reader: Reader, zones: Zones, correction: ev.Corrected | None) -> EventLine:
    kind = kind_of(event)
    zone = reader.party(event.party) if event.role in OFFICE_ROLES else zones.at(event.at)
    return EventLine(
        id=event.id,
        kind=kind,
        title=title_of(event),
        details=details_of(event, reader, zone),
        at=event.at,
        zone=zone,
        role=event.role.value,
        party=event.party,
        tone=_tone(event, kind),
        struck=correction is not None,
        corrected_by=_corrected(correction, reader, zone),
        late=event.recorded - event.at > LATE,
        recorded_text=times.moment_words(event.recorded, zone, reader.language),
    )


def title_of(event: Event) -> str:
    """What happened, in a few words."""
    if isinstance(event, ev.Reviewed):
        return str(words.word(words.OUTCOMES, event.outcome))
    if isinstance(event, ev.Resulted):
        return f"{words.word(words.ASSAYS, event.assay)}: {words.word(words.FINDINGS, event.finding)}"
    if isinstance(event, ev.Sampled):
        return f"{words.word(words.EVENTS, 'sampled')}: {words.word(words.ASSAYS, event.assay)}"
    return str(words.word(words.EVENTS, kind_of(event)))


def _tone(event: Event, kind: str) -> str:
    if kind in GOOD:
        return "good"
    if kind in BAD or (isinstance(event, ev.Resulted) and event.finding is ev.Finding.DETECTED):
        return "stop"
    if isinstance(event, ev.CheckedIn) and event.symptoms:
        return "stop"
    return ""


def _corrected(correction: ev.Corrected | None, reader: Reader, zone: str) -> str:
    if correction is None:
        return ""
    moment = times.moment_words(correction.recorded, zone, reader.language)
    if correction.replacement is None:
        return _("Struck on %(moment)s: %(reason)s") % {"moment": moment, "reason": correction.reason}
    fields = "; ".join(
        f"{words.word(FIELDS, key)}: {reader.detail(key, value) if isinstance(value, str | bool) else value}"
        for key, value in correction.replacement.items()
    )
    return _("Corrected on %(moment)s to %(fields)s: %(reason)s") % {
        "moment": moment,
        "fields": fields,
        "reason": translate(correction.reason, reader.core),
    }


def details_of(event: Event, reader: Reader, zone: str) -> str:
    """What the event says besides its kind."""
    parts = [part for part in _parts(event, reader, zone) if part]
    return " · ".join(parts)


def _parts(event: Event, reader: Reader, zone: str) -> list[str]:  # noqa: C901, PLR0912 — one case for each kind of event
    language = reader.language
    match event:
        case ev.Applied():
            return [reader.term(event.purpose), _way(event.itinerary, language)]
        case ev.Replanned():
            moment = times.moment_words(event.itinerary.departure, zone, language)
            return [_way(event.itinerary, language), moment]
        case ev.Sponsored():
            return ["; ".join(reader.duty(duty) for duty in event.duties)]
        case ev.Documented():
            issued = times.day_words(event.issued.astimezone(times.zone_of(zone)).date(), language)
            state = "" if event.accepted else _("not accepted")
            return [reader.document(event.document), reader.term(event.issuer), issued, state]
        case ev.Corrected():
            return [translate(event.reason, reader.core)]
        case ev.Reviewed():
            return [grounds_said(event.reason, reader.core)]
        case ev.Withdrawn():
            return [event.reason]
        case ev.Confirmed() | ev.Recovered() | ev.ContactNamed():
            return [event.case]
        case ev.Cleared():
            return [event.case, event.reason]
        case ev.Allotted():
            return [_("granted") if event.granted else _("no place left")]
        case ev.CheckedIn() | ev.Called():
            reached = isinstance(event, ev.CheckedIn) or event.reached
            said = _("symptoms") if event.symptoms else _("no symptoms")
            return [times.day_words(event.day, language), said if reached else _("not reached")]
        case ev.Reminded():
            return [times.day_words(event.day, language)]
        case ev.Sampled() | ev.Resulted():
            return [reader.term(event.laboratory), event.sample]
        case ev.Boarded():
            return [event.flight, event.seat]
        case ev.Denied():
            return [str(words.word(words.GATES, event.gate)), event.reason]
        case ev.Arrived():
            return [place_words(event.place, language), event.point_of_entry]
        case ev.Entered():
            return [reader.measure(event.stay), event.site, event.room]
        case ev.Moved():
            return [reader.measure(event.stay), event.vehicle]
        case ev.Left():
            return [reader.measure(event.stay)]
        case ev.Breached():
            return [reader.measure(event.stay), event.what]
        case ev.Overridden():
            way = _("waived") if event.waive else _("held")
            return [reader.measure(event.measure), way, event.reason]
        case ev.Appealed():
            return [reader.measure(event.against), event.grounds]
        case ev.Answered():
            return [_("upheld") if event.upheld else _("not upheld"), event.reason]
        case _:
            return []


def _way(plan: Itinerary, language: str) -> str:
    return f"{place_words(plan.origin, language)} → {place_words(plan.destination, language)}"
