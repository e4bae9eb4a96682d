"""Confirmed cases: who was with them, where everybody is, what is to be done, and what was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from fastchannel.casework import health, review
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.casework.ports import Purpose
from fastchannel.casework.tracing import Traced, close_contacts, secondary_contacts
from fastchannel.casework.whereabouts import Whereabout
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.monitoring import account_names
from fastchannel.node.queries import Page, cursor, key_of
from fastchannel.node.reach import visible
from fastchannel.terms.events import Confirmed, ContactNamed, Corrected
from fastchannel.terms.language import N_
from fastchannel.watch.investigation.contacts import Setting
from fastchannel.watch.investigation.windows import Window

MOST_PLACES = 2_000  # stays that one tracing reads; beyond, the page says that there are more
KINDS = ("call", "test", "quarantine")
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in the list."""

    journey: str
    name: str
    number: str
    confirmed: datetime
    state: str
    destination: str
    next_due: datetime | None
    open_tasks: int
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task as a page shows it."""

    id: str
    journey: str
    kind: str
    due: datetime
    owner: str
    owner_name: str
    done: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """One contact. ``seen`` says whether the actor may see the journey; without it nothing of it is filled in."""

    journey: str
    name: str
    seen: bool
    told: bool  # another party's node keeps the journey
    stage: str
    destination: str
    site: str
    room: str
    traced: Traced | None  # None where an officer named somebody of whom the record tells no exposure
    named: datetime | None
    cleared: datetime | None
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """What the record tells of a case's contacts; ``more`` says that it was not read to the end."""

    places: dict[str, tuple[Whereabout, ...]]
    close: tuple[Traced, ...]
    secondary: tuple[Traced, ...]
    more: bool


def cases(actor: Actor, *, state: str = "open", after: str = "", limit: int = 50) -> Page[CaseLine]:
    """The cases that the actor may see, the nearest task first, then those without one."""
    tasks = models.CaseTask.objects.filter(case=OuterRef("pk"), done=None).order_by("due").values("due")[:1]
    rows = models.Case.objects.filter(journey__in=models.Journey.objects.filter(visible(actor, Action.SEE_HEALTH)).values("pk"))
    if state:
        rows = rows.filter(state=state)
    ordered = rows.annotate(next_due=Coalesce(Subquery(tasks), Value(_NEVER)))
    if after:
        due, journey = key_of(after, tuple[datetime, str])
        ordered = ordered.filter(Q(next_due__gt=due) | Q(next_due=due, journey__gt=journey))
    columns = ("journey_id", "number", "confirmed", "state", "next_due", "journey__destination", "journey__person__name")
    found = list(ordered.order_by("next_due", "journey").values(*columns)[: limit + 1])
    shown = found[:limit]
    numbers = [row["number"] for row in shown]
    named = models.NamedContact.objects.filter(case__in=numbers, cleared=None).values_list("case").annotate(n=Count("pk"))
    contacts = dict(named.order_by())
    waiting = models.CaseTask.objects.filter(case__in=[row["journey_id"] for row in shown], done=None)
    tasks_open = dict(waiting.values_list("case").annotate(n=Count("pk")).order_by())
    office().note(actor, Purpose.LIST, "cases", [row["journey_id"] for row in shown])
    return Page(
        items=tuple(
            CaseLine(
                journey=row["journey_id"],
                name=row["journey__person__name"] or "",
                number=row["number"],
                confirmed=row["confirmed"],
                state=row["state"],
                destination=row["journey__destination"],
                next_due=None if row["next_due"] == _NEVER else row["next_due"],
                open_tasks=tasks_open.get(row["journey_id"], 0),
                contacts=contacts.get(row["number"], 0),
            )
            for row in shown
        ),
        after=cursor((shown[-1]["next_due"], shown[-1]["journey_id"])) if len(found) > limit else "",
    )


def case_of(journey: str) -> models.Case | None:
    """The case of a journey."""
    return models.Case.objects.filter(journey=journey).first()


def trace(case: str, window: Window, now: datetime) -> Tracing:
    """The contacts of a case in its window, in four queries whatever their number."""
    own = _stays(Q(journey=case))
    first = _stays(_beside(own.get(case, ()), window.since))
    close = close_contacts(case, window, {**first, **own}, now)
    certain = [one.journey for one in close if one.certain]
    theirs = _stays(Q(journey__in=certain))
    shared = [one for held in theirs.values() for one in held if one.setting is not Setting.SEAT]
    second = _stays(_beside(shared, window.since))
    places = {**second, **theirs, **first, **own}
    secondary = secondary_contacts(close, {**second, **theirs}, now, [case])
    more = any(sum(map(len, held.values())) >= MOST_PLACES for held in (first, second))
    return Tracing(places=places, close=close, secondary=secondary, more=more)


def contact_lines(actor: Actor, case: models.Case, found: Tracing) -> tuple[ContactLine, ...]:
    """The contacts on record and those whom officers named, close ones first."""
    named = {one.journey_id: one for one in models.NamedContact.objects.filter(case=case.number)}
    traced = {one.journey: one for one in (*found.secondary, *found.close)}
    order = [*(one.journey for one in found.close), *(one.journey for one in found.secondary)]
    order += sorted(set(named) - set(order) - {case.journey_id})
    columns = ("id", "stage", "destination", "told", "person__name")
    rows = models.Journey.objects.filter(visible(actor, Action.SEE_HEALTH), id__in=order).values(*columns)
    journeys = {row["id"]: row for row in rows}
    staying = models.Whereabout.objects.filter(journey__in=list(journeys), setting="room", until=None)
    rooms = {one.journey_id: one for one in staying.order_by("since")}
    tasks = tasks_of(case.journey_id)
    office().note(actor, Purpose.LIST, f"contacts of {case.number}"[:200], journeys)
    lines = []
    for journey in order:
        row, room, said = journeys.get(journey), rooms.get(journey), named.get(journey)
        lines.append(
            ContactLine(
                journey=journey,
                name=(row["person__name"] or "") if row else "",
                seen=row is not None,
                told=bool(row and row["told"]),
                stage=row["stage"] if row else "",
                destination=row["destination"] if row else "",
                site=room.place if room else "",
                room=room.unit if room else "",
                traced=traced.get(journey),
                named=said.named if said else None,
                cleared=said.cleared if said else None,
                tasks=tuple(one for one in tasks if one.journey == journey) if row else (),
            )
        )
    return tuple(lines)


def tasks_of(case: str) -> tuple[TaskLine, ...]:
    """A case's tasks: what is open by when it is due, then what is done."""
    rows = list(models.CaseTask.objects.filter(case=case).order_by("done", "due")[:500])
    names = account_names(row.owner for row in rows)
    lines = [
        TaskLine(
            id=row.id,
            journey=row.journey_id,
            kind=row.kind,
            due=row.due,
            owner=row.owner,
            owner_name=names.get(row.owner, row.owner),
            done=row.done,
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda one: (one.done is not None, one.due)))


def name_contacts(
    actor: Actor, case: models.Case, chosen: Iterable[tuple[str, datetime | None]], tasks: dict[str, datetime], *, key: str
) -> list[Denial]:
    """Name travellers as contacts, each with when it was exposed, and set tasks. Of those who may not be named, why."""
    denials = []
    for journey, exposed in chosen:
        with office().journal.transaction():
            answer = health.name_contact(office(), actor, journey, case=case.number, exposed=exposed, key=f"{key}-{journey}")
            if isinstance(answer, Denial):
                denials.append(answer)
                continue
            for kind, due in tasks.items():
                _set_task(actor, case, journey, kind, due)
    return denials


def clear_contacts(actor: Actor, case: models.Case, journeys: Iterable[str], reason: str, *, key: str) -> list[Denial]:
    """End the quarantine of contacts, with a reason; their open tasks are done with it. Who may not be cleared, why."""
    if not reason.strip():
        raise InvalidEntryError("reason", N_("A reason is needed: the traveller will read it."))
    denials = []
    for journey in journeys:
        with office().journal.transaction():
            answer = health.clear(office(), actor, journey, case=case.number, reason=reason, key=f"{key}-{journey}")
            if isinstance(answer, Denial):
                denials.append(answer)
                continue
            _end_tasks(actor, case, [journey])
    return denials


def recall(actor: Actor, case: models.Case, reason: str, *, key: str) -> Denial | None:
    """Take a wrong notice back: the confirmation, and that anybody was a contact of it. Other parties are told of both."""
    desk = office()
    with desk.journal.transaction():
        wrong = [(case.journey_id, one) for one in _uncorrected(case.journey_id, Confirmed)]
        for contact in models.NamedContact.objects.filter(case=case.number).order_by("journey"):
            held = _uncorrected(contact.journey_id, ContactNamed)
            wrong += [(contact.journey_id, one) for one, said in held.items() if said == case.number]
        for journey, event in wrong:
            answer = review.correct(desk, actor, journey, event=event, reason=reason, key=f"{key}-{event}")
            if isinstance(answer, Denial):
                if journey == case.journey_id:
                    return answer
                continue  # the other party named that one, and takes it back itself
        _end_tasks(actor, case, None)
    return None


def set_task(actor: Actor, case: models.Case, journey: str, kind: str, due: datetime) -> Denial | None:
    """A task about a contact or the case itself. Raises InvalidEntryError for a kind that there is not."""
    if kind not in KINDS:
        raise InvalidEntryError("kind", N_("Found {found}; expected one of {known}."), found=kind, known=", ".join(KINDS))
    denial = check(actor, Action.ASSIGN, office().journal.subject(journey))
    if denial is None:
        with office().journal.transaction():
            _set_task(actor, case, journey, kind, due)
            office().note(actor, Purpose.WRITE, f"task: {kind}", [journey])
    return denial


def change_task(actor: Actor, case: models.Case, task: str, what: str) -> Denial | None:
    """Take a task or say that it is done. Raises InvalidEntryError where there is none, or it is done already."""
    desk = office()
    with desk.journal.transaction():
        row = models.CaseTask.objects.select_for_update().filter(id=task, case=case, done=None).first()
        if row is None:
            raise InvalidEntryError("task", N_("This task is done already, or is none of this case."))
        denial = check(actor, Action.ASSIGN, desk.journal.subject(row.journey_id))
        if denial:
            return denial
        if what == "done":
            row.done, row.done_by = desk.clock.now(), actor.id
        else:
            row.owner = actor.id
        row.save()
        desk.note(actor, Purpose.WRITE, f"task: {row.kind} {what}"[:200], [row.journey_id])
    return None


def _set_task(actor: Actor, case: models.Case, journey: str, kind: str, due: datetime) -> None:
    models.CaseTask.objects.bulk_create(
        [
            models.CaseTask(
                case=case, journey_id=journey, kind=kind, due=due, owner=actor.id, made=office().clock.now(), by=actor.id
            )
        ],
        ignore_conflicts=True,  # one that is open already stands
    )


def _end_tasks(actor: Actor, case: models.Case, journeys: Collection[str] | None) -> None:
    rows = models.CaseTask.objects.filter(case=case, done=None)
    if journeys is not None:
        rows = rows.filter(journey__in=journeys)
    rows.update(done=office().clock.now(), done_by=actor.id)


def _uncorrected(journey: str, kind: type[Confirmed | ContactNamed]) -> dict[str, str]:
    """The events of a kind that no correction struck, with the case that they name."""
    held = office().journal.events(journey)
    struck = {event.corrects for event in held if isinstance(event, Corrected) and event.replacement is None}
    return {event.id: event.case for event in held if isinstance(event, kind) and event.id not in struck}


def _beside(stays: Sequence[Whereabout], since: datetime) -> Q:
    """Stays in the same places that were not over by then."""
    places: dict[Setting, set[str]] = defaultdict(set)
    for one in stays:
        if one.place:
            places[one.setting].add(one.place)
    found = Q(pk__in=[])
    for setting, names in places.items():
        found |= Q(setting=setting.value, place__in=sorted(names))
    return found & (Q(until=None) | Q(until__gte=since)) & Q(since__gte=since - timedelta(days=60))


def _stays(condition: Q) -> dict[str, tuple[Whereabout, ...]]:
    rows = models.Whereabout.objects.filter(condition).order_by("journey", "since")[:MOST_PLACES]
    found: dict[str, list[Whereabout]] = defaultdict(list)
    for row in rows:
        found[row.journey_id].append(
            Whereabout(setting=Setting(row.setting), place=row.place, unit=row.unit, since=row.since, until=row.until)
        )
    return {journey: tuple(held) for journey, held in found.items()}
