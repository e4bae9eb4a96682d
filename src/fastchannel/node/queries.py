"""What the pages list: each a query by index, a page at a time by key, cut to what the actor may see.

Lists that show who travellers are write one line into the access log for the whole page.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from fastchannel.casework.actor import Actor
from fastchannel.casework.clearance import UNDECIDED
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import TABLE, Action, Scope
from fastchannel.casework.ports import Purpose
from fastchannel.decide.stages import ENDED
from fastchannel.decide.standing import Standing, Verdict, decode
from fastchannel.node.desk import office
from fastchannel.node.models import (
    AccessLog,
    Account,
    ApiKey,
    Deadline,
    Import,
    ImportRow,
    Journey,
    JourneyCount,
    Notice,
    Person,
)
from fastchannel.node.models.journeys import NEVER, SOONEST
from fastchannel.terms.language import N_

Item = TypeVar("Item")
SOON = timedelta(hours=24)
MOST_COUNTED = 10_000  # beyond that nobody acts on the exact number
# As far as the row tells; `clearance.is_clean` says it of the standing.
CLEAN = Q(failed=0, verdict__in=[Verdict.WAIT.value, Verdict.PROCEED.value])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items, and from where to ask for the next; ``after`` is empty where there are no more."""

    items: tuple[Item, ...]
    after: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Applications that wait for a decision; the traveller's departure is when it must be there."""

    total: int
    overdue: int  # the departure is past
    today: int
    week: int
    sponsors: dict[str, int]
    places: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many journeys stand where."""

    stages: dict[str, dict[str, int]]  # stage → verdict → journeys
    total: int
    open: int
    overdue: int  # open obligations whose time has passed; neither is counted further than `MOST_COUNTED`
    due_soon: int  # and those due within a day
    destinations: dict[str, int] = field(default_factory=dict)
    routes: dict[str, dict[str, int]] = field(default_factory=dict)  # route → stage → journeys


_LISTED = tuple(name for name in Listed.__dataclass_fields__ if name not in ("journey", "name"))
_DUE = ("measure", "kind", "who", "status", "clause", "opens", "due", "zone")


def visible(actor: Actor, action: Action = Action.SEE_STATUS) -> Q:
    """The journeys that the permission table lets the actor reach: `permissions.check` as a condition on rows."""
    rule = TABLE[action].get(actor.role)
    if rule is None:
        return Q(pk__in=[])
    match rule.scope:
        case Scope.NODE:
            return Q()
        case Scope.OWN:
            return Q(pk=actor.journey)
        case Scope.SPONSORED:
            return Q(sponsor=actor.organisation) if actor.organisation else Q(pk__in=[])
        case Scope.ROUTE:
            return _inside(actor, "origin") | _inside(actor, "arrival_place") | _inside(actor, "destination")
        case Scope.ORIGIN:
            return _inside(actor, "origin")
        case Scope.ARRIVAL:
            return _inside(actor, "arrival_place")
        case Scope.DESTINATION:
            return _inside(actor, "destination")


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
    rows = _filtered(actor, stages, verdicts, flight, text, route)
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
    return _by_departure(actor, rows, "queue", after, limit)


def list_journeys(actor: Actor, wanted: Q, *, why: str, after: str = "", limit: int = 50) -> Page[Listed]:
    """The journeys of some kind that the actor may see, the earliest departure first; ``why`` is for the access log."""
    return _by_departure(actor, Journey.objects.filter(visible(actor), wanted), why, after, limit)


def undecided(actor: Actor, *, now: datetime, today_ends: datetime, week_ends: datetime) -> Undecided:
    """How many applications wait for a decision, by when their travellers leave, from which sponsors and to where."""
    rows = Journey.objects.filter(visible(actor), stage__in=[stage.value for stage in UNDECIDED])
    found = rows.values("sponsor", "destination").annotate(
        n=Count("pk"),
        overdue=Count("pk", filter=Q(departure__lt=now)),
        today=Count("pk", filter=Q(departure__gte=now, departure__lt=today_ends)),
        week=Count("pk", filter=Q(departure__gte=now, departure__lt=week_ends)),
    )
    totals = [0, 0, 0, 0]
    sponsors: dict[str, int] = {}
    places: dict[str, int] = {}
    for sponsor, place, number, *by_when in found.order_by("sponsor", "destination").values_list(
        "sponsor", "destination", "n", "overdue", "today", "week"
    ):
        totals = [sum(pair) for pair in zip(totals, [number, *by_when], strict=True)]
        sponsors[sponsor] = sponsors.get(sponsor, 0) + number
        places[place] = places.get(place, 0) + number
    total, overdue, today, week = totals
    return Undecided(total=total, overdue=overdue, today=today, week=week, sponsors=sponsors, places=places)


def beside(actor: Actor, journey: str) -> tuple[str, str]:
    """The undecided applications before and after one in the order of the queue; empty where there is none."""
    here = Journey.objects.filter(id=journey).values_list("departure", flat=True).first()
    if here is None:
        return "", ""
    rows = Journey.objects.filter(visible(actor), stage__in=[stage.value for stage in UNDECIDED])
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
    rows = _filtered(actor, stages, verdicts, flight, text, route).annotate(soonest=SOONEST)
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
        rows.order_by("-failed", "soonest", "id"),
        limit,
        "roster",
        lambda item: (item.failed, item.next_due or NEVER, item.journey),
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
    rows = Deadline.objects.filter(who=role, status__in=["due", "pending"])
    rows = rows.filter(journey__in=Journey.objects.filter(visible(actor)).values("pk"))
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if before is not None:
        rows = rows.filter(due__lt=before)
    if after:
        when, number = _key(after, tuple[datetime, int])
        rows = rows.filter(Q(due__gt=when) | Q(due=when, id__gt=number))
    columns = ("id", "journey_id", "journey__stage", "journey__verdict", "journey__person__name", *_DUE)
    found = list(rows.order_by("due", "id").values(*columns)[: limit + 1])
    shown = found[:limit]
    names = _sees_person(actor)
    if names:
        office().note(actor, Purpose.LIST, f"due {role}", dict.fromkeys(row["journey_id"] for row in shown))
    return Page(
        items=tuple(
            Due(
                journey=row["journey_id"],
                name=(row["journey__person__name"] or "") if names else "",
                stage=row["journey__stage"],
                verdict=row["journey__verdict"],
                **{name: row[name] for name in _DUE},
            )
            for row in shown
        ),
        after=_cursor((shown[-1]["due"], shown[-1]["id"])) if len(found) > limit else "",
    )


def counts(actor: Actor) -> Counts:
    """The dashboard's figures, in three queries. Those of a sponsor are counted; all others add up what is kept."""
    now = office().clock.now()
    stages: dict[str, dict[str, int]] = {}
    destinations: dict[str, int] = {}
    columns = ("stage", "verdict", "destination", "route")
    grouped: Iterable[tuple[str, str, str, str, int]]
    if _scope(actor) in (Scope.SPONSORED, Scope.OWN):
        grouped = Journey.objects.filter(visible(actor)).values_list(*columns).annotate(n=Count("pk")).order_by()
    else:
        grouped = JourneyCount.objects.filter(visible(actor)).values_list(*columns).annotate(n=Sum("number")).order_by()
    routes: dict[str, dict[str, int]] = {}
    for stage, verdict, destination, route, number in grouped:
        if not number:
            continue  # all that were counted there have moved on
        by_stage = routes.setdefault(route, {})
        by_stage[stage] = by_stage.get(stage, 0) + number
        by_verdict = stages.setdefault(stage, {})
        by_verdict[verdict] = by_verdict.get(verdict, 0) + number
        destinations[destination] = destinations.get(destination, 0) + number
    late = Deadline.objects.filter(status__in=["due", "pending"])
    if _scope(actor) is not Scope.NODE:
        late = late.filter(journey__in=Journey.objects.filter(visible(actor)).values("pk"))
    overdue, soon = late.filter(due__lt=now), late.filter(due__gte=now, due__lt=now + SOON)
    total = sum(sum(by_verdict.values()) for by_verdict in stages.values())
    ended = sum(sum(stages.get(stage, {}).values()) for stage in ENDED)
    return Counts(
        stages=stages,
        total=total,
        open=total - ended,
        overdue=_at_most(overdue),
        due_soon=_at_most(soon),
        destinations=destinations,
        routes=routes,
    )


def count_by_stage(actor: Actor, wanted: Q) -> dict[str, int]:
    """How many journeys of some kind that the actor may see are at each stage."""
    rows = Journey.objects.filter(visible(actor), wanted)
    return dict(rows.values_list("stage").annotate(n=Count("pk")).order_by())


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
    if _scope(actor) is not Scope.NODE:
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


def _at_most(rows: QuerySet[Deadline, Deadline]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()


def _scope(actor: Actor) -> Scope | None:
    rule = TABLE[Action.SEE_STATUS].get(actor.role)
    return rule.scope if rule is not None else None


def _inside(actor: Actor, column: str) -> Q:
    found = Q()
    for region in sorted(actor.jurisdiction or {actor.party}):
        found |= Q(**{column: region}) | Q(**{f"{column}__startswith": f"{region}-"})
    return found


def _filtered(
    actor: Actor, stages: Iterable[str], verdicts: Iterable[str], flight: str, text: str, route: str = ""
) -> QuerySet[Journey, Journey]:
    rows = Journey.objects.filter(visible(actor))
    if stages:
        rows = rows.filter(stage__in=list(stages))
    if verdicts:
        rows = rows.filter(verdict__in=list(verdicts))
    if flight:
        rows = rows.filter(flight=flight)
    if route:
        rows = rows.filter(route=route)
    if text:
        wanted = Q(id=text)
        if _sees_person(actor):
            wanted |= Q(person__passport=text.upper().replace(" ", "")) | Q(person__in=_named(text))
        rows = rows.filter(wanted)
    return rows


def _named(text: str) -> QuerySet[Person, Person]:
    """Persons with a word in their name that begins with each of the words asked for."""
    words = re.findall(r"\w+", text)
    if not words:
        return Person.objects.none()
    wanted = SearchQuery(" & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw")
    return Person.objects.annotate(words=SearchVector("name", config="simple")).filter(words=wanted)


def _by_departure(actor: Actor, rows: QuerySet[Journey, Journey], why: str, after: str, limit: int) -> Page[Listed]:
    if after:
        departure, journey = _key(after, tuple[datetime, str])
        rows = rows.filter(Q(departure__gt=departure) | Q(departure=departure, id__gt=journey))
    return _listed(actor, rows.order_by("departure", "id"), limit, why, lambda item: (item.departure, item.journey))


def _listed(actor: Actor, rows: QuerySet[Journey, Journey], limit: int, why: str, key: Any) -> Page[Listed]:
    found = list(rows.values("id", "person__name", *_LISTED)[: limit + 1])
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
    return Page(items=items, after=_cursor(key(items[-1])) if len(found) > limit else "")


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
