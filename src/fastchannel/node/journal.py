"""Casework's ports over the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from fastchannel.casework.errors import KeyConflictError, KeyRaceError, UnknownJourneyError
from fastchannel.casework.passes import gate_of
from fastchannel.casework.permissions import Subject
from fastchannel.casework.ports import Access, Entry, Held, Person
from fastchannel.casework.projection import Deadline as DeadlineValue
from fastchannel.casework.projection import Row
from fastchannel.casework.roster import duplicate_key
from fastchannel.casework.watching import Course, Reported
from fastchannel.decide.stages import Stage
from fastchannel.node import bulk, models
from fastchannel.node.following import keep_followed, keep_places, moves
from fastchannel.node.outbox import enqueue
from fastchannel.node.sharing import share
from fastchannel.terms.events import Documented, Event, Sampled, decode, encode, kind_of
from fastchannel.watch.alarms.results import Step

_SUBJECT = ("id", "stage", "sponsor", "origin", "arrival_place", "destination", "verdict", "told")
_ROW = (
    "agreement", "version", "digest", "route", "purpose", "sponsor", "origin", "destination", "arrival_place", "flight",
    "departure", "stage", "verdict", "gate", "applied", "next_due", "next_who", "wake", "settled", "failed", "needed",
    "ended", "decided", "standing",
)  # fmt: skip
_COURSE = ("agreement", "route", "flight", "place", "arrived", "until", "sampled", "reported", "found", "found_at")


class DatabaseJournal:
    """The record of journeys."""

    def transaction(self) -> AbstractContextManager[None]:
        """A transaction, or a savepoint inside one."""
        return transaction.atomic()

    def lock(self, journey: str) -> Held:
        """Hold the journey's row until the transaction ends."""
        rows = models.Journey.objects.select_for_update(no_key=True).filter(id=journey).values(*_SUBJECT)
        return _held(next(iter(rows), None), journey)

    def hold(self, journeys: Collection[str]) -> dict[str, tuple[Held, tuple[Event, ...]]]:
        """Hold the journeys' rows, in one order, so that two who hold several never wait for each other."""
        wanted = sorted(set(journeys))
        rows = models.Journey.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id").values(*_SUBJECT)
        held = {row["id"]: _held(row, row["id"]) for row in rows}
        events: dict[str, list[Event]] = {journey: [] for journey in held}
        bodies = models.Event.objects.filter(journey__in=list(held)).order_by("seq").values_list("journey_id", "body")
        for journey, body in bodies:
            events[journey].append(decode(bytes(body)))
        return {journey: (one, tuple(events[journey])) for journey, one in held.items()}

    def subject(self, journey: str) -> Subject:
        """What the permission table asks of the journey."""
        return _held(models.Journey.objects.filter(id=journey).values(*_SUBJECT).first(), journey).subject

    def events(self, journey: str, *, by: datetime | None = None) -> tuple[Event, ...]:
        """The journey's events in the order of recording; with ``by``, those recorded or told here by then."""
        found = models.Event.objects.filter(journey=journey).order_by("seq")
        if by is not None:
            found = found.filter(Q(learned=None, recorded__lte=by) | Q(learned__lte=by))
        return tuple(decode(bytes(body)) for body in found.values_list("body", flat=True))

    def told(self, journey: str) -> bool:
        """Whether another party's node keeps the journey."""
        return _held(models.Journey.objects.filter(id=journey).values(*_SUBJECT).first(), journey).told

    def presented(self, document: str, number: str) -> Sequence[str]:
        """The journeys for which a document of that number was recorded; a lock on the number lasts until the commit."""
        reference = f"{document} {number}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [reference])
        found = models.Event.objects.filter(reference=reference).exclude(reference="")
        return list(found.values_list("journey_id", flat=True).distinct())

    def append(self, entries: Sequence[Entry]) -> None:
        """Write events, rows, deadlines, notices and persons, each table in one statement."""
        new = [entry for entry in entries if entry.opens]
        bulk.insert(
            models.Journey.objects,
            [
                models.Journey(
                    id=entry.row.journey, revision=len(entry.events), told=entry.learned is not None, **columns(entry.row)
                )
                for entry in new
            ],
        )
        bulk.insert(
            models.Person.objects,
            [
                models.Person(journey_id=entry.row.journey, **_personal(entry.person, entry.row))
                for entry in new
                if entry.person is not None
            ],
        )
        for entry in entries:
            if not entry.opens:
                self.project(entry.row, added=len(entry.events))
        bulk.insert(models.Event.objects, [stored(event, entry.learned) for entry in entries for event in entry.events])
        replace_deadlines([(entry.row, entry.deadlines) for entry in entries], fresh=len(new) == len(entries))
        keep_followed([entry.row for entry in entries], fresh=len(new) == len(entries))
        keep_places([entry.row for entry in entries if moves(entry.events)])
        models.Notice.objects.bulk_create(
            [
                models.Notice(journey_id=notice.journey, to=notice.to, kind=notice.kind, at=notice.at, values=notice.values)
                for entry in entries
                for notice in entry.notices
            ]
        )
        replace_courses([entry.row for entry in entries], fresh=len(new) == len(entries))
        enqueue([notice for entry in entries for notice in entry.notices])
        share(entries)

    def project(self, row: Row, *, added: int) -> None:
        """Write a journey's row anew. A pass that says something else than the row is revoked with it."""
        models.Journey.objects.filter(id=row.journey).update(revision=F("revision") + added, **columns(row))
        said = {"verdict": row.verdict, "gate": gate_of(row.verdict, row.gate)}
        models.Pass.objects.filter(journey=row.journey, revoked=None, expires__gt=row.decided).exclude(**said).update(
            revoked=row.decided, withdrawn="verdict"
        )

    def answer(self, actor: str, key: str, content: str) -> bytes | None:
        """The answer given before under this key."""
        found = models.IdempotencyKey.objects.filter(actor=actor, key=key).values("content", "answer").first()
        if found is None:
            return None
        if found["content"] != content:
            raise KeyConflictError(
                f"idempotency key {key}: it was used before for other content; expected a new key for a new entry"
            )
        return bytes(found["answer"])

    def settle(self, actor: str, key: str, content: str, answer: bytes) -> None:
        """Keep the answer under its key."""
        try:
            with transaction.atomic():
                models.IdempotencyKey.objects.create(actor=actor, key=key, content=content, answer=answer)
        except IntegrityError as error:
            raise KeyRaceError(f"idempotency key {key}: somebody else used it at the same time") from error


class DatabasePeople:
    """Who the travellers are."""

    def find(self, journey: str) -> Person | None:
        """The person, or None where erased."""
        found = models.Person.objects.filter(journey=journey).first()
        if found is None:
            return None
        return Person(
            name=found.name,
            passport=found.passport,
            birth_date=found.birth_date,
            nationality=found.nationality,
            email=found.email,
            telephone=found.telephone,
            language=found.language,
        )

    def replace(self, journey: str, person: Person) -> None:
        """The person is as given from now on."""
        row = models.Journey.objects.get(id=journey)
        changed = models.Person.objects.filter(journey=journey).update(**_personal(person, row))
        if not changed:
            raise UnknownJourneyError(f"journey {journey}: the person was erased when the retention was over")

    def known(self, keys: Collection[str]) -> dict[str, str]:
        """Of these duplicate keys, those that exist, each with its journey; a withdrawn or refused one frees its key."""
        held = models.Person.objects.filter(duplicate_key__in=list(keys)).exclude(
            journey__stage__in=[Stage.WITHDRAWN, Stage.REFUSED]
        )
        return dict(held.values_list("duplicate_key", "journey_id"))


class DatabaseAccessLog:
    """Who touched whose record."""

    def note(self, access: Access) -> None:
        """Write it down."""
        models.AccessLog.objects.create(
            actor=access.actor,
            role=access.role,
            party=access.party,
            at=access.at,
            purpose=access.purpose.value,
            why=access.why[:200],
            journeys=list(access.journeys),
        )


def columns(row: Row) -> dict[str, object]:
    """The row's values by the names of the columns."""
    return {name: getattr(row, name) for name in _ROW}


def stored(event: Event, learned: datetime | None = None) -> models.Event:
    """The event as it is stored; ``learned`` is when another party's node told it."""
    return models.Event(
        id=event.id,
        journey_id=event.journey,
        kind=kind_of(event),
        at=event.at,
        recorded=event.recorded,
        learned=learned,
        by=event.by,
        role=event.role.value,
        reference=_reference(event),
        body=encode(event),
    )


def sample_reference(sample: str) -> str:
    """By what a sample is found again: no kind of document is called so."""
    return f"sample: {sample}"


def _reference(event: Event) -> str:
    if isinstance(event, Documented) and event.number:
        return f"{event.document} {event.number}"
    return sample_reference(event.sample) if isinstance(event, Sampled) else ""


def replace_deadlines(items: Sequence[tuple[Row, Sequence[DeadlineValue]]], *, fresh: bool = False) -> None:
    """The journeys' open deadlines are now these. ``fresh`` says that they had none."""
    if not fresh:
        models.Deadline.objects.filter(journey__in=[row.journey for row, _ in items]).delete()
    bulk.insert(
        models.Deadline.objects,
        [
            models.Deadline(
                journey_id=row.journey,
                sponsor=row.sponsor,
                origin=row.origin,
                destination=row.destination,
                arrival_place=row.arrival_place,
                measure=item.measure,
                kind=item.kind,
                who=item.who,
                status=item.status,
                clause=item.clause,
                opens=item.opens,
                due=item.due,
                zone=item.zone,
            )
            for row, deadlines in items
            for item in deadlines
        ],
    )


def replace_courses(rows: Sequence[Row], *, fresh: bool = False) -> None:
    """What the watch counts of these journeys is now this. ``fresh`` says that nothing was counted of them."""
    courses = [row.course for row in rows if row.course is not None]
    if not fresh and (without := [row.journey for row in rows if row.course is None]):
        models.Course.objects.filter(journey__in=without).delete()
    models.Course.objects.bulk_create(
        [models.Course(journey_id=one.journey, **course_columns(one)) for one in courses],
        update_conflicts=True,
        unique_fields=["journey"],
        update_fields=list(_COURSE),
    )


def course_columns(one: Course) -> dict[str, object]:
    """The course's values by the names of the columns."""
    return {
        **{name: getattr(one, name) for name in _COURSE if name not in ("sampled", "reported", "found_at")},
        "sampled": list(one.sampled),
        "reported": [[report.on.isoformat(), report.positive, report.step.value] for report in one.reported],
        "found_at": one.found_at or "",
    }


def course_of(row: models.Course) -> Course:
    """The course that a row holds."""
    return Course(
        journey=row.journey_id,
        agreement=row.agreement,
        route=row.route,
        flight=row.flight,
        place=row.place,
        arrived=row.arrived,
        until=row.until,
        sampled=tuple(row.sampled),
        reported=reported_of(row.reported),
        found=row.found,
        found_at=Step(row.found_at) if row.found_at else None,
    )


def reported_of(told: Iterable[tuple[str, bool, str]]) -> tuple[Reported, ...]:
    """What was reported of a traveller, as a course keeps it."""
    return tuple(Reported(on=date.fromisoformat(on), positive=positive, step=Step(step)) for on, positive, step in told)


def _personal(person: Person, row: Row | models.Journey) -> dict[str, object]:
    return {
        "name": person.name,
        "passport": person.passport,
        "birth_date": person.birth_date,
        "nationality": person.nationality,
        "email": person.email,
        "telephone": person.telephone,
        "language": person.language,
        "duplicate_key": duplicate_key(person.passport, row.route, row.departure),
    }


def _held(found: dict[str, Any] | None, journey: str) -> Held:
    if found is None:
        raise UnknownJourneyError(f"journey {journey}: not found at this node")
    return Held(
        subject=Subject(
            journey=found["id"],
            stage=Stage(found["stage"]),
            sponsor=found["sponsor"],
            origin=found["origin"],
            arrival_place=found["arrival_place"],
            destination=found["destination"],
        ),
        verdict=found["verdict"],
        told=found["told"],
    )
