"""Laboratories' messages on this node: each is answered once, what fits its sample is recorded, the rest waits in the tray."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import CaseworkError, InvalidEntryError, KeyConflictError
from fastchannel.casework.laboratory import fhir, hl7v2
from fastchannel.casework.laboratory.match import Taken, match
from fastchannel.casework.laboratory.reports import FAULTS, SET_ASIDE, Report, ReportError
from fastchannel.casework.permissions import ACTIONS, ROLES, Action, Denial
from fastchannel.node.desk import office
from fastchannel.node.journal import sample_reference
from fastchannel.node.models import Event, LabMessage, LabReport
from fastchannel.terms.events import Role, Sampled, decode
from fastchannel.terms.language import N_, translate

KEPT = timedelta(days=30)  # a report that nobody settles is forgotten with its person
MAY_SETTLE = frozenset({Role.LABORATORY, Role.MONITOR})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a message: its counts, and what is to be said of each result that was not recorded."""

    message: LabMessage
    again: bool
    said: tuple[str, ...]


def receive(actor: Actor, data: bytes, *, language: str = "en") -> Answer | Denial:
    """Take a message of the actor's laboratory, in either format. Raises ReportError where it cannot be read.

    One that comes again under its identifier is answered as before; other content under the same identifier is refused.
    """
    if actor.role is not Role.LABORATORY or not actor.organisation:
        return Denial(
            code="role",
            action=Action.RESULT,
            message=N_("This step ({action}) is not for your role ({role})."),
            values={"action": ACTIONS[Action.RESULT], "role": ROLES[actor.role]},
        )
    form, (control, reports) = _read(data)
    digest = hashlib.sha256(data).hexdigest()
    try:
        with transaction.atomic():
            message = _take(actor, form, control, digest, reports)
    except IntegrityError:
        held = LabMessage.objects.get(laboratory=actor.organisation, control=control)
        if held.digest != digest:
            raise KeyConflictError(f"message {control}: it came before with other content; expected a new identifier") from None
        return Answer(message=held, again=True, said=_said(held, language))
    _log.info("laboratory message", extra={"laboratory": actor.organisation, "results": message.total})
    return Answer(message=message, again=False, said=_said(message, language))


def attach(actor: Actor, report: int, journey: str, *, reason: str) -> Denial | None:
    """Somebody who looked says to which journey's sample a result of the tray belongs; it is recorded there.

    Raises InvalidEntryError where it is settled already, cannot be a result, or the journey has no such sample.
    """
    if not reason.strip():
        raise InvalidEntryError("reason", N_("Say how you know: it is kept with the result."))
    with transaction.atomic():
        row = _open(actor, report)
        found = _report_of(row)
        if found.assay is None or found.finding is None or found.fault:
            raise InvalidEntryError("report", N_("This cannot be a result: {found}"), found=_words(row, "en"))
        samples = [one for one in _samples_of(journey) if one.laboratory == row.laboratory and one.assay is found.assay]
        if not samples:
            raise InvalidEntryError("journey", N_("No sample for this test was taken on that journey for this laboratory."))
        laboratory = Actor(id=actor.id, role=actor.role, party=actor.party, organisation=actor.organisation)
        sample = next((one for one in samples if one.sample == found.sample), samples[-1])
        answer = health.result(
            office(), laboratory, journey, sample=sample.sample, assay=found.assay, finding=found.finding,
            laboratory=row.laboratory, key=f"lab-report:{row.pk}", at=found.reported,
        )  # fmt: skip
        if isinstance(answer, Denial):
            return answer
        _settle(row, "attached", actor, reason, journey=journey, event=answer.events[0])
    return None


def dismiss(actor: Actor, report: int, *, reason: str) -> None:
    """Somebody who looked says that a result of the tray is none of ours. Raises InvalidEntryError."""
    if not reason.strip():
        raise InvalidEntryError("reason", N_("Say why it is none of ours."))
    with transaction.atomic():
        _settle(_open(actor, report), "dismissed", actor, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One result of the tray, with why it waits."""

    id: int
    report: Report
    laboratory: str
    why: str


def tray(actor: Actor, *, language: str = "en", after: int = 0, limit: int = 50) -> tuple[list[Waiting], int]:
    """The results that wait for somebody, the oldest first, and from where the next page begins (0: nowhere)."""
    rows = list(_mine(actor).filter(state="unmatched", id__gt=after).order_by("id")[: limit + 1])
    shown = rows[:limit]
    waiting = [
        Waiting(id=row.pk, report=_report_of(row), laboratory=row.laboratory, why=_words(row, language)) for row in shown
    ]
    return waiting, shown[-1].pk if len(rows) > limit else 0


def waiting_count(actor: Actor) -> int:
    """How many wait."""
    return _mine(actor).filter(state="unmatched").count()


def sample_place(sample: str) -> list[str]:
    """The journeys on which a sample of that number was taken."""
    found = Event.objects.filter(reference=sample_reference(sample), kind="sampled")
    return list(found.values_list("journey_id", flat=True).distinct())


def forget() -> int:
    """Dismiss what nobody settled in time, with the person it names; how many."""
    old = LabReport.objects.filter(state="unmatched", at__lt=office().clock.now() - KEPT)
    return old.update(state="dismissed", body=b"", reason="nobody settled it in time")


def _read(data: bytes) -> tuple[str, tuple[str, list[Report]]]:
    zone = _zone()
    if hl7v2.looks_like(data):
        return "hl7", hl7v2.read(data, zone)
    if fhir.looks_like(data):
        return "fhir", fhir.read(data, zone)
    raise ReportError("found neither HL7 version 2 (MSH|…) nor FHIR (JSON); expected one of them")


def _take(actor: Actor, form: str, control: str, digest: str, reports: list[Report]) -> LabMessage:
    message = LabMessage.objects.create(
        laboratory=actor.organisation, control=control, digest=digest, form=form, by=actor.id,
        received=office().clock.now(), total=len(reports), aside=len(reports),
    )  # fmt: skip
    rows = [_record(actor, message, number, report) for number, report in enumerate(reports, start=1)]
    LabReport.objects.bulk_create(rows)
    counts = {state: sum(row.state == state for row in rows) for state in ("recorded", "unmatched", "aside")}
    LabMessage.objects.filter(pk=message.pk).update(**counts)
    message.refresh_from_db()
    return message


def _record(actor: Actor, message: LabMessage, number: int, report: Report) -> LabReport:
    """Record one result where it fits; else it waits, or is set aside where nobody has to look."""
    row = LabReport(
        message=message, number=number, laboratory=actor.organisation, sample=report.sample[:64], at=message.received,
        state="unmatched", body=msgspec.json.encode(report),
    )  # fmt: skip
    one, fault = match(report, _taken(report.sample), actor.organisation)
    if one is None or report.assay is None or report.finding is None:
        row.fault, row.said = fault, (report.code if fault == "unknown-test" else report.value)[:300]
        row.state = "aside" if fault in SET_ASIDE else "unmatched"
        if row.state == "aside":
            row.body = b""
        return row
    try:
        with transaction.atomic():
            answer = health.result(
                office(), actor, one.journey, sample=one.sampled.sample, assay=report.assay, finding=report.finding,
                laboratory=actor.organisation, key=f"lab:{message.laboratory[:60]}:{message.pk}:{number}", at=report.reported,
            )  # fmt: skip
    except CaseworkError as error:
        row.fault, row.said = "refused", str(error)[:300]
        return row
    if isinstance(answer, Denial):
        row.fault, row.said = "refused", answer.text()[:300]
        return row
    row.state, row.journey, row.event, row.body = "recorded", one.journey, answer.events[0], b""
    return row


def _taken(sample: str) -> list[Taken]:
    rows = Event.objects.filter(reference=sample_reference(sample), kind="sampled").order_by("seq") if sample else ()
    found = []
    for row in rows:
        event = decode(bytes(row.body))
        if isinstance(event, Sampled):
            found.append(Taken(journey=row.journey_id, sampled=event, person=office().people.find(row.journey_id)))
    return found


def _samples_of(journey: str) -> list[Sampled]:
    return [event for event in office().journal.events(journey) if isinstance(event, Sampled)]


def _open(actor: Actor, report: int) -> LabReport:
    row = _mine(actor).select_for_update().filter(pk=report, state="unmatched").first()
    if row is None:
        raise InvalidEntryError("report", N_("This result is settled already, or is not yours."))
    return row


def _mine(actor: Actor) -> QuerySet[LabReport, LabReport]:
    rows = LabReport.objects.all()
    if actor.role not in MAY_SETTLE:
        return rows.none()
    return rows.filter(laboratory=actor.organisation) if actor.role is Role.LABORATORY else rows


def _settle(row: LabReport, state: str, actor: Actor, reason: str, *, journey: str = "", event: str = "") -> None:
    row.state, row.settled_by, row.reason, row.journey, row.event, row.body = state, actor.id, reason[:300], journey, event, b""
    row.save()


def _report_of(row: LabReport) -> Report:
    return msgspec.json.decode(bytes(row.body), type=Report)


def _words(row: LabReport, language: str) -> str:
    return translate(FAULTS[row.fault], language, found=row.said) if row.fault in FAULTS else row.said


def _said(message: LabMessage, language: str) -> tuple[str, ...]:
    rows = LabReport.objects.filter(message=message).exclude(fault="").order_by("number")
    return tuple(f"{row.number} ({row.sample or '-'}): {_words(row, language)}" for row in rows)


def _zone() -> ZoneInfo:
    held = next(iter(office().texts.all().values()), None)
    return held.newest.zone(office().party) if held is not None else ZoneInfo("UTC")
