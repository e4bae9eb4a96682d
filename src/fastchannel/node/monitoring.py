"""The monitors' grid, who looks after whom, the team's load and the log of calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.casework.ports import Purpose
from fastchannel.node.desk import office
from fastchannel.node.models import Account, Assignment, CallNote, Followed, FollowedCount, Message
from fastchannel.node.queries import Page, cursor, key_of
from fastchannel.node.reach import visible
from fastchannel.terms.events import Role
from fastchannel.terms.language import N_

WAYS = ("call", "visit")
OUTCOMES = ("reached", "not reached", "wrong number", "language")
NEXT_STEPS = ("", "call again", "interpreter", "new number", "visit", "doctor")
MOST_COLLEAGUES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call or visit as it was noted. ``note`` is empty for who may not see health details."""

    at: datetime
    by: str
    way: str
    outcome: str
    language: str
    note: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The last message to a traveller."""

    state: str
    channel: str
    rung: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One traveller in the grid."""

    journey: str
    name: str
    telephone: str
    language: str
    stage: str
    verdict: str
    zone: str
    first: date
    stop: date
    answers: str
    silent: int
    rung: str
    call_due: bool
    owner: str
    owner_name: str
    sent: Sent | None
    call: Call | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one officer of the team has: travellers looked after, of them silent ones, and calls noted today."""

    account: str
    name: str
    open: int
    silent: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The numbers above the grid."""

    followed: int
    silent: int
    calls: int
    unowned: int
    mine: int


def grid(
    actor: Actor, *, owner: str = "", silent: int = 0, calls: bool = False, after: str = "", limit: int = 50, why: str = "grid"
) -> Page[Line]:
    """Travellers whose check-ins go on, the longest silence first. ``owner`` is ``mine``, ``none`` or empty."""
    rows = _within(actor)
    if owner == "mine":
        rows = rows.filter(owner=actor.id)
    elif owner == "none":
        rows = rows.filter(owner="")
    if silent:
        rows = rows.filter(silent__gte=silent)
    if calls:
        rows = rows.filter(call_due=True)
    if after:
        days, journey = key_of(after, tuple[int, str])
        rows = rows.filter(silent__lte=days).filter(Q(silent__lt=days) | Q(journey__gt=journey))
    found = list(rows.order_by("-silent", "journey")[: limit + 1].values(*_COLUMNS))
    shown = found[:limit]
    office().note(actor, Purpose.LIST, why, [row["journey_id"] for row in shown])
    more = cursor((shown[-1]["silent"], shown[-1]["journey_id"])) if len(found) > limit else ""
    return Page(items=tuple(_lines(shown)), after=more)


def line(actor: Actor, journey: str) -> Line | None:
    """One row of the grid."""
    rows = list(_within(actor).filter(journey=journey).values(*_COLUMNS))
    return next(iter(_lines(rows)), None)


def counted(actor: Actor) -> Counted:
    """The numbers above the grid, in one query."""
    found = FollowedCount.objects.filter(visible(actor, Action.CALL)).aggregate(
        followed=Sum("number", default=0),
        silent=Sum("number", filter=Q(silent=True), default=0),
        calls=Sum("number", filter=Q(call_due=True), default=0),
        unowned=Sum("number", filter=Q(owner=""), default=0),
        mine=Sum("number", filter=Q(owner=actor.id), default=0),
    )
    return Counted(**found)


def load(actor: Actor, since: datetime) -> tuple[Load, ...]:
    """What each monitor of the actor's party has, who has most first; ``calls`` are those noted since then."""
    accounts = dict(colleagues(actor))
    held = (
        FollowedCount.objects.filter(owner__in=accounts)
        .values_list("owner")
        .annotate(n=Sum("number"), still=Sum("number", filter=Q(silent=True), default=0))
    )
    having = {owner: (number, silent) for owner, number, silent in held.order_by()}
    said = CallNote.objects.filter(by__in=accounts, at__gte=since).values_list("by").annotate(n=Count("pk")).order_by()
    calls = dict(said)
    found = [
        Load(
            account=one, name=name, open=having.get(one, (0, 0))[0], silent=having.get(one, (0, 0))[1], calls=calls.get(one, 0)
        )
        for one, name in accounts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.open, one.name)))


def colleagues(actor: Actor) -> tuple[tuple[str, str], ...]:
    """The monitors of the actor's party, by name."""
    rows = Account.objects.filter(role=Role.MONITOR.value, party=actor.party, is_active=True)
    named = [(one, name or username) for one, name, username in rows.values_list("id", "name", "username")[:MOST_COLLEAGUES]]
    return tuple(sorted(named, key=lambda item: item[1]))


def assign(actor: Actor, journey: str, owner: str, *, instead_of: str = "") -> Denial | None:
    """Give a traveller to an officer, or with an empty ``owner`` to nobody. ``instead_of`` is who has them now.

    Raises UnknownJourneyError, and InvalidEntryError where meanwhile somebody else has them, or the officer is none.
    """
    desk = office()
    with desk.journal.transaction():
        subject = desk.journal.lock(journey).subject
        denial = check(actor, Action.ASSIGN, subject)
        if denial:
            return denial
        held = Assignment.objects.filter(journey=journey).first()
        now_with = held.owner if held is not None else ""
        if now_with == owner:
            return None
        if now_with != instead_of:
            raise InvalidEntryError("owner", N_("Meanwhile somebody else has taken this traveller. Look again."))
        if owner and owner not in dict(colleagues(actor)) and owner != actor.id:
            raise InvalidEntryError("owner", N_("Found no health monitor of that name at this node."))
        if owner:
            Assignment.objects.update_or_create(
                journey_id=journey, defaults={"owner": owner, "since": desk.clock.now(), "by": actor.id}
            )
        else:
            Assignment.objects.filter(journey=journey).delete()
        Followed.objects.filter(journey=journey).update(owner=owner)
        desk.note(actor, Purpose.WRITE, Action.ASSIGN.value, [journey])
    return None


def owner_of(journey: str) -> str:
    """The account that looks after a traveller; empty where nobody does."""
    return Assignment.objects.filter(journey=journey).values_list("owner", flat=True).first() or ""


def call(
    actor: Actor,
    journey: str,
    *,
    day: date,
    outcome: str,
    symptoms: bool,
    key: str,
    way: str = "call",
    language: str = "",
    note: str = "",
    next_step: str = "",
) -> Receipt | Denial:
    """A call or a visit: the event, and what the event does not say, in one transaction."""
    for field, value, known in (("outcome", outcome, OUTCOMES), ("way", way, WAYS), ("next_step", next_step, NEXT_STEPS)):
        if value not in known:
            raise InvalidEntryError(field, N_("Found {found}; expected one of {known}."), found=value, known=", ".join(known))
    desk = office()
    with desk.journal.transaction():
        answer = health.call(
            desk, actor, journey, day=day, reached=outcome == "reached", symptoms=symptoms and outcome == "reached", key=key
        )
        if isinstance(answer, Receipt) and not answer.repeated:
            CallNote.objects.create(
                event=answer.events[0],
                journey_id=journey,
                at=desk.clock.now(),
                by=actor.id,
                way=way,
                outcome=outcome,
                language=language[:8],
                note=note.strip()[:1000],
                next_step=next_step,
            )
    return answer


def calls(journey: str, *, health_seen: bool, limit: int = 50) -> tuple[Call, ...]:
    """What was noted of a traveller's calls, the latest first. Whether the actor may read is for the caller to check."""
    rows = list(CallNote.objects.filter(journey=journey).order_by("-at")[:limit])
    names = account_names(row.by for row in rows)
    return tuple(_call(row, names, health_seen=health_seen) for row in rows)


def account_names(identifiers: Iterable[str]) -> dict[str, str]:
    """What the people behind these accounts are called."""
    rows = Account.objects.filter(id__in=set(identifiers)).values_list("id", "name", "username")
    return {one: name or username for one, name, username in rows}


_COLUMNS = (
    "journey_id", "zone", "first", "stop", "answers", "silent", "rung", "call_due", "journey__stage", "journey__verdict",
    "journey__person__name", "journey__person__telephone", "journey__person__language", "owner",
)  # fmt: skip


def _within(actor: Actor) -> QuerySet[Followed, Followed]:
    return Followed.objects.filter(visible(actor, Action.CALL))


def _lines(rows: Sequence[dict[str, Any]]) -> Iterable[Line]:
    journeys = [str(row["journey_id"]) for row in rows]
    messages = Message.objects.filter(journey__in=journeys).order_by("journey", "-id").distinct("journey")
    sent = {one.journey_id: one for one in messages}
    notes = CallNote.objects.filter(journey__in=journeys).order_by("journey", "-at").distinct("journey")
    called = {one.journey_id: one for one in notes}
    owners = [str(row["owner"]) for row in rows]
    names = account_names([*owners, *(one.by for one in called.values())])
    for row, owner in zip(rows, owners, strict=True):
        journey = str(row["journey_id"])
        last, message = called.get(journey), sent.get(journey)
        yield Line(
            journey=journey,
            name=str(row["journey__person__name"] or ""),
            telephone=str(row["journey__person__telephone"] or ""),
            language=str(row["journey__person__language"] or ""),
            stage=str(row["journey__stage"]),
            verdict=str(row["journey__verdict"]),
            **{name: row[name] for name in ("zone", "first", "stop", "answers", "silent", "rung", "call_due")},
            owner=owner,
            owner_name=names.get(owner, owner),
            sent=_sent(message) if message is not None else None,
            call=_call(last, names, health_seen=True) if last is not None else None,
        )


def _sent(row: Message) -> Sent:
    return Sent(state=row.state, channel=row.channel, rung=row.rung, why=row.why, at=row.ended or row.made)


def _call(row: CallNote, names: dict[str, str], *, health_seen: bool) -> Call:
    return Call(
        at=row.at,
        by=names.get(row.by, row.by),
        way=row.way,
        outcome=row.outcome,
        language=row.language,
        note=row.note if health_seen else "",
        next_step=row.next_step,
    )
