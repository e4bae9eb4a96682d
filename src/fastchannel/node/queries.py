"""What the pages list: each a query by index, a page at a time by key, cut to what the actor may see.

Lists that show who travellers are write one line into the access log for the whole page.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import TABLE, Action, Scope
from fastchannel.casework.ports import Purpose
from fastchannel.decide.standing import Standing, Verdict, decode
from fastchannel.node.desk import office
from fastchannel.node.finding import of_text
from fastchannel.node.models import (
    AccessLog,
    Account,
    ApiKey,
    Deadline,
    Import,
    ImportRow,
    Journey,
    Notice,
)
from fastchannel.node.models.journeys import NEVER, OPEN, SOONEST, UNDECIDED
from fastchannel.node.reach import scope_of, visible
from fastchannel.terms.language import N_

Item = TypeVar("Item")
# As far as the row tells; `clearance.is_clean` says it of the standing.
CLEAN = Q(failed=0, verdict__in=[Verdict.WAIT.value, Verdict.PROCEED.value])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items, and from where to ask for the next; ``after`` is empty where there are no more.

    ``crowded`` says that so many are called by the text asked for that those are left out who left long ago.
    """

    items: tuple[Item, ...]
    after: str
    crowded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One journey in a list. ``name`` is empty where the person was erased or is not the actor's to see."""

    journey: str
    name: str
    agreement: str
    route: str
    purpose: str
    sponsor: str
    origin: str
    destination: str
    arrival_place: str
    flight: str
    departure: datetime
    applied: datetime
    stage: str
    verdict: str
    gate: str
    next_due: datetime | None
    next_who: str
    settled: int
    failed: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One open obligation in a list."""

    journey: str
    name: str
    stage: str
    verdict: str
    measure: str
    kind: str
    who: str
    status: str
    clause: str
    opens: datetime | None
    due: datetime
    zone: str


_LISTED = tuple(name for name in Listed.__dataclass_fields__ if name not in ("journey", "name"))
_COLUMNS = ("id", "person__name", *_LISTED)
_DUE = ("measure", "kind", "who", "status", "clause", "opens", "due", "zone")
_DUE_COLUMNS = ("id", "journey_id", "journey__stage", "journey__verdict", "journey__person__name", *_DUE)


def queue(
    actor: Actor,
    *,
    stages: Sequence[str] = (),
    verdicts: Sequence[str] = (),
    due_before: datetime | None = None,
    departing_from: datetime | None = None,
    departing_before: datetime | None = None,
    flight: str = "",
    route: str = "",
    sponsor: str = "",
    destination: str = "",
    clean: bool = False,
    text: str = "",
    after: str = "",
    limit: int = 50,
) -> Page[Listed]:
    """Journeys that somebody must look at, the earliest departure first."""
    several = stages if len(stages) > 1 and not text else ()
    rows, crowded = _filtered(actor, () if several else stages, verdicts, flight, text, route)
    if sponsor:
        rows = rows.filter(sponsor=sponsor)
    if destination:
        rows = rows.filter(destination=destination)
    if clean:
        rows = rows.filter(CLEAN).exclude(Exists(Deadline.objects.filter(journey=OuterRef("pk"), kind="duties")))
    if departing_from is not None:
        rows = rows.filter(departure__gte=departing_from)
    if departing_before is not None:
        rows = rows.filter(departure__lt=departing_before)
    if due_before is not None:
        rows = rows.filter(next_due__lt=due_before)
    return _by_departure(actor, rows, "queue", after, limit, stages=several, crowded=crowded)


def list_journeys(actor: Actor, wanted: Q, *, why: str, after: str = "", limit: int = 50) -> Page[Listed]:
    """The journeys of some kind that the actor may see, the earliest departure first; ``why`` is for the access log."""
    return _by_departure(actor, Journey.objects.filter(visible(actor), wanted), why, after, limit)


def beside(actor: Actor, journey: str) -> tuple[str, str]:
    """The undecided applications before and after one in the order of the queue; empty where there is none."""
    here = Journey.objects.filter(id=journey).values_list("departure", flat=True).first()
    if here is None:
        return "", ""
    rows = Journey.objects.filter(visible(actor), stage__in=UNDECIDED)
    earlier = rows.filter(Q(departure__lt=here) | Q(departure=here, id__lt=journey)).order_by("-departure", "-id")
    later = rows.filter(Q(departure__gt=here) | Q(departure=here, id__gt=journey)).order_by("departure", "id")
    ends = [side.values_list("id", flat=True).first() or "" for side in (earlier, later)]
    return ends[0], ends[1]


def revisions(journeys: Iterable[str]) -> dict[str, int]:
    """How many entries each record has."""
    return dict(Journey.objects.filter(id__in=list(journeys)).values_list("id", "revision"))


def roster(
    actor: Actor,
    *,
    stages: Sequence[str] = (),
    verdicts: Sequence[str] = (),
    flight: str = "",
    route: str = "",
    text: str = "",
    missed: bool = False,
    due_before: datetime | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[Listed]:
    """The actor's journeys: those with missed obligations first, then by the next deadline, those without one last."""
    rows, crowded = _filtered(actor, stages, verdicts, flight, text, route)
    rows = rows.annotate(soonest=SOONEST)
    if missed:
        rows = rows.filter(failed__gt=0)
    if due_before is not None:
        rows = rows.filter(next_due__lt=due_before)
    if after:
        failed, soonest, journey = _key(after, tuple[int, datetime, str])
        later = Q(soonest__gt=soonest) | Q(soonest=soonest, id__gt=journey)
        rows = rows.filter(failed__lte=failed).filter(Q(failed__lt=failed) | later)
    return _listed(
        actor,
        rows.order_by("-failed", "soonest", "id").values(*_COLUMNS)[: limit + 1],
        limit,
        "roster",
        lambda item: (item.failed, item.next_due or NEVER, item.journey),
        crowded=crowded,
    )


def standings(journeys: Iterable[str]) -> dict[str, Standing]:
    """Where these journeys stand, as last decided. Whom they are shown to is for the caller to see to."""
    rows = Journey.objects.filter(id__in=list(journeys)).values_list("id", "standing")
    return {journey: decode(bytes(standing)) for journey, standing in rows}


def due(
    actor: Actor,
    *,
    role: str,
    kinds: Sequence[str] = (),
    before: datetime | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[Due]:
    """What a role has to do, the soonest first: calls to make, documents to look at, samples to take."""
    rows = Deadline.objects.filter(visible(actor, own="journey"), who=role, status__in=OPEN)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if before is not None:
        rows = rows.filter(due__lt=before)
    if after:
        when, number = _key(after, tuple[datetime, int])
        rows = rows.filter(due__gte=when).filter(Q(due__gt=when) | Q(id__gt=number))
    found = list(rows.order_by("due", "id").values(*_DUE_COLUMNS)[: limit + 1])
    shown = found[:limit]
    after = _cursor((shown[-1]["due"], shown[-1]["id"])) if len(found) > limit else ""
    return Page(items=_dues(actor, shown, f"due {role}"), after=after)


def due_next(actor: Actor, *, roles: Sequence[str], limit: int) -> tuple[Due, ...]:
    """What any of these roles has to do, the soonest first. Each role is walked by itself: each is an index in this order."""
    rows = Deadline.objects.filter(visible(actor, own="journey"), status__in=OPEN).order_by("due", "id")
    walks = [rows.filter(who=role).values(*_DUE_COLUMNS)[:limit] for role in roles]
    found = walks[0].union(*walks[1:], all=True).order_by("due", "id")[:limit]
    return _dues(actor, list(found), "due next")


def notices(journey: str, *, to: str = "", limit: int = 20) -> tuple[Notice, ...]:
    """The latest notices of a journey."""
    rows = Notice.objects.filter(journey=journey)
    return tuple((rows.filter(to=to) if to else rows).order_by("-id")[:limit])


def accesses(journey: str, *, limit: int = 50, besides: str = "") -> tuple[AccessLog, ...]:
    """Who touched a journey's record, the latest first. Whether the actor may know is for the caller to check.

    ``besides`` leaves one actor's own touches out.
    """
    found = AccessLog.objects.filter(journeys__contains=[journey])
    return tuple((found.exclude(actor=besides) if besides else found).order_by("-seq")[:limit])


def callers(identifiers: Iterable[str]) -> dict[str, str]:
    """What the accounts and keys among these actors are called."""
    wanted = list(dict.fromkeys(identifiers))
    names = dict(Account.objects.filter(id__in=wanted).values_list("id", "username"))
    return names | dict(ApiKey.objects.filter(id__in=wanted).values_list("id", "name"))


def imports(actor: Actor, *, after: str = "", limit: int = 20) -> Page[Import]:
    """The imports of the actor's organisation, the newest first."""
    rows = Import.objects.defer("file").filter(organisation=actor.organisation)
    if after:
        rows = rows.filter(id__lt=_key(after, tuple[str])[0])
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(items=tuple(found[:limit]), after=_cursor((found[limit - 1].id,)) if len(found) > limit else "")


def imports_of_all(actor: Actor, *, after: str = "", limit: int = 20) -> Page[Import]:
    """The imports of every sponsor, the newest first: counts and file names, no rows."""
    if scope_of(actor) is not Scope.NODE:
        return Page(items=(), after="")
    rows = Import.objects.defer("file")
    if after:
        rows = rows.filter(id__lt=_key(after, tuple[str])[0])
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(items=tuple(found[:limit]), after=_cursor((found[limit - 1].id,)) if len(found) > limit else "")


def import_of(actor: Actor, identifier: str) -> Import | None:
    """One import of the actor's organisation."""
    return Import.objects.defer("file").filter(id=identifier, organisation=actor.organisation).first()


def travellers(actor: Actor, journeys: Iterable[str]) -> dict[str, str]:
    """Who travels on these journeys, as far as the actor may know; the reading is logged."""
    if not _sees_person(actor):
        return {}
    rows = Journey.objects.filter(visible(actor, Action.SEE_PERSON), id__in=[journey for journey in journeys if journey])
    names = {journey: name for journey, name in rows.values_list("id", "person__name") if name}
    office().note(actor, Purpose.LIST, "import", names)
    return names


def import_rows(identifier: str, *, outcome: str = "", after: str = "", limit: int = 100) -> Page[ImportRow]:
    """What became of each row of an import, in the file's order."""
    rows = ImportRow.objects.filter(roster=identifier)
    if outcome:
        rows = rows.filter(outcome=outcome)
    if after:
        rows = rows.filter(row__gt=_key(after, tuple[int])[0])
    found = list(rows.order_by("row")[: limit + 1])
    return Page(items=tuple(found[:limit]), after=_cursor((found[limit - 1].row,)) if len(found) > limit else "")


def _filtered(
    actor: Actor, stages: Sequence[str], verdicts: Sequence[str], flight: str, text: str, route: str = ""
) -> tuple[QuerySet[Journey, Journey], bool]:
    """The rows, and whether so many are called by the text that only those are among them who leave soon."""
    rows = Journey.objects.filter(visible(actor))
    if stages:
        rows = rows.filter(stage__in=list(stages))
    if verdicts:
        rows = rows.filter(verdict__in=list(verdicts))
    if flight:
        rows = rows.filter(flight=flight)
    if route:
        rows = rows.filter(route=route)
    if not text:
        return rows, False
    return of_text(rows, text, office().clock.now()) if _sees_person(actor) else (rows.filter(id=text), False)


def _by_departure(
    actor: Actor,
    rows: QuerySet[Journey, Journey],
    why: str,
    after: str,
    limit: int,
    *,
    stages: Sequence[str] = (),
    crowded: bool = False,
) -> Page[Listed]:
    """The earliest departure first. Of several ``stages`` each is walked by itself, for each is an index in this order."""
    if after:
        departure, journey = _key(after, tuple[datetime, str])
        rows = rows.filter(departure__gte=departure).filter(Q(departure__gt=departure) | Q(id__gt=journey))
    order = ("departure", "id")
    walks = [
        part.order_by(*order).values(*_COLUMNS)[: limit + 1] for part in [rows.filter(stage=one) for one in stages] or [rows]
    ]
    found = walks[0].union(*walks[1:], all=True).order_by(*order)[: limit + 1] if len(walks) > 1 else walks[0]
    return _listed(actor, found, limit, why, lambda item: (item.departure, item.journey), crowded=crowded)


def _listed(
    actor: Actor, rows: Iterable[dict[str, Any]], limit: int, why: str, key: Any, *, crowded: bool = False
) -> Page[Listed]:
    found = list(rows)
    names = _sees_person(actor)
    items = tuple(
        Listed(
            journey=row["id"],
            name=(row["person__name"] or "") if names else "",
            **{name: row[name] for name in _LISTED},
        )
        for row in found[:limit]
    )
    if names:
        office().note(actor, Purpose.LIST, why, [item.journey for item in items])
    return Page(items=items, after=_cursor(key(items[-1])) if len(found) > limit else "", crowded=crowded)


def _dues(actor: Actor, rows: Sequence[Mapping[str, Any]], why: str) -> tuple[Due, ...]:
    names = _sees_person(actor)
    if names:
        office().note(actor, Purpose.LIST, why, dict.fromkeys(row["journey_id"] for row in rows))
    return tuple(
        Due(
            journey=row["journey_id"],
            name=(row["journey__person__name"] or "") if names else "",
            stage=row["journey__stage"],
            verdict=row["journey__verdict"],
            **{name: row[name] for name in _DUE},
        )
        for row in rows
    )


def _sees_person(actor: Actor) -> bool:
    return actor.role in TABLE[Action.SEE_PERSON]


def _cursor(key: tuple[object, ...]) -> str:
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _key(cursor: str, form: Any) -> Any:
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=form)
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidEntryError("after", N_("This is no place in the list; start from its beginning.")) from error


cursor, key_of = _cursor, _key  # for lists that have modules of their own
