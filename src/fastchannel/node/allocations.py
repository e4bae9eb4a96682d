"""Batches of places in the database: planned, worked out by jobs, overridden with reasons, published with their seed."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.db.models import F

from fastchannel.casework.actor import Actor
from fastchannel.casework.allocation import Answer, Given, Kind, Override, decide, options, outcomes, teams
from fastchannel.casework.arrivals import Arrival, arrivals
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.needs import may_allocate
from fastchannel.casework.office import checked_key
from fastchannel.casework.permissions import Denial
from fastchannel.casework.plans import Plan, Wish
from fastchannel.casework.worth import Before, Valued, valued
from fastchannel.node.chains import newest
from fastchannel.node.desk import office
from fastchannel.node.models import Account, Batch, ClaimAudit, IdempotencyKey, Need, PlaceOverride
from fastchannel.node.needs import statement_of
from fastchannel.node.queries import Page
from fastchannel.supply.places.claims import Audit
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import N_

MOST_WORDS = 500
_log = logging.getLogger(__name__)
_plans: msgspec.json.Decoder[Plan] = msgspec.json.Decoder(Plan)
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
_arrivals: msgspec.json.Decoder[tuple[Arrival, ...]] = msgspec.json.Decoder(tuple[Arrival, ...])


def plan_of(batch: Batch) -> Plan:
    """What there is to give."""
    return _plans.decode(bytes(batch.plan))


def answer_of(batch: Batch) -> Answer | None:
    """The last answer, of whatever revision."""
    return _answers.decode(bytes(batch.answer)) if batch.answer else None


def arrivals_of(batch: Batch) -> tuple[Arrival, ...]:
    """What the forecast said of arrivals; empty where it was not asked yet."""
    return _arrivals.decode(bytes(batch.arrivals)) if batch.arrivals else ()


def seed_digest(batch: Batch) -> str:
    """By which the seed is held to what it was before anybody applied."""
    return hashlib.sha256(batch.seed.encode()).hexdigest()


def batches(*, after: str = "", limit: int = 50) -> Page[Batch]:
    """All batches, the newest first."""
    rows = Batch.objects.defer("answer")
    if after:
        rows = rows.filter(id__lt=after)
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(items=tuple(found[:limit]), after=found[limit - 1].id if len(found) > limit else "")


def plan(actor: Actor, asked: Plan, *, key: str) -> Batch | Denial:
    """Begin a batch; its first answer is worked out by a job. Raises KeyConflictError."""
    denial = may_allocate(actor)
    if denial:
        return denial
    raw = msgspec.json.encode(asked, order="deterministic")
    content = hashlib.sha256(raw).hexdigest()
    with transaction.atomic():
        mine, fresh = IdempotencyKey.objects.get_or_create(
            actor=actor.id, key=f"batch {checked_key(key)}", defaults={"content": content, "answer": b""}
        )
        if not fresh:
            if mine.content != content:
                raise KeyConflictError(f"idempotency key {key}: it was used before for another batch")
            return Batch.objects.get(id=bytes(mine.answer).decode())
        made = Batch.objects.create(
            agreement=asked.agreement,
            route=asked.route,
            first_day=asked.first_day,
            last_day=asked.last_day,
            plan=raw,
            seed=secrets.token_hex(16),
            created=office().clock.now(),
            created_by=actor.id,
        )
        mine.answer = made.id.encode()
        mine.save(update_fields=["answer"])
        _ask(made.id)
    return made


def replan(actor: Actor, batch: str, asked: Plan) -> Batch | Denial:
    """Change what there is to give: a cancelled flight, fewer rooms. Overrides that no longer fit show as a conflict."""
    denial = may_allocate(actor)
    if denial:
        return denial
    with transaction.atomic():
        row = _unpublished(batch)
        row.plan, row.first_day, row.last_day = (
            msgspec.json.encode(asked, order="deterministic"),
            asked.first_day,
            asked.last_day,
        )
        row.arrivals = b""
        row.save(update_fields=["plan", "first_day", "last_day", "arrivals"])
        _changed(row.id)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The statements of a batch with their rows, and what they are worth."""

    rows: dict[str, Need]
    valued: tuple[Valued, ...]


def asked_of(batch: Batch) -> Asked:
    """Statements for the batch's days, those of earlier batches left out."""
    rows = Need.objects.filter(
        agreement=batch.agreement, route=batch.route, earliest__lte=batch.last_day, latest__gte=batch.first_day,
        batch__isnull=True, withdrawn__isnull=True,
    ).order_by("id")  # fmt: skip
    found = {row.id: row for row in rows}
    wishes = [
        Wish(id=row.id, sponsor=row.sponsor, statement=statement_of(row), applied_at=row.stated.isoformat())
        for row in found.values()
    ]
    held = newest()
    return Asked(
        rows=found, valued=valued(wishes, plan_of(batch), None if held is None else held.chain, _before(found.values()))
    )


def _before(rows: Iterable[Need]) -> Before:
    sites, sponsors = {row.site for row in rows}, {row.sponsor for row in rows}
    admitted: dict[str, Counter[str]] = {}
    for row in Need.objects.filter(site__in=sites, granted=True):
        admitted.setdefault(row.site, Counter()).update(statement_of(row).team)
    return Before(admitted=admitted, audits=tuple(audits_of(sponsors)))


def audits_of(sponsors: Iterable[str]) -> list[Audit]:
    """The audited claims of sponsors, the oldest first; of each statement the last audit."""
    last = {one.need_id: one for one in ClaimAudit.objects.filter(sponsor__in=list(sponsors)).order_by("seq")}
    found = sorted(last.values(), key=lambda one: one.seq)
    return [Audit(firm=one.sponsor, claimed=one.claimed, realised=one.realised) for one in found]


def overrides_of(batch: str) -> list[PlaceOverride]:
    """All that was decided beyond the ranking, the oldest first."""
    return list(PlaceOverride.objects.filter(batch=batch).order_by("seq"))


def _told(rows: Sequence[PlaceOverride]) -> list[Override]:
    return [
        Override(
            need=row.need_id, kind=Kind(row.kind), reason=row.reason, by=row.by, at=row.at, flight=row.flight, place=row.place,
            day=row.day,
        )
        for row in rows
    ]  # fmt: skip


def solve(batch: str, *, exact: bool = True) -> bool:
    """Work a batch out as it is now; False where it changed meanwhile, so that it must be asked again."""
    row = Batch.objects.get(id=batch)
    if row.published is not None:
        return True
    revision = row.revision
    try:
        _foresee(row)
        found = _decided(row, exact=exact)
    except FastChannelError as error:
        _log.warning("allocation failed", extra={"batch": batch, "reason": str(error)})
        Batch.objects.filter(id=batch, revision=revision).update(solving=False, failure=str(error)[:MOST_WORDS])
        return True
    stored = Batch.objects.filter(id=batch, revision=revision, published__isnull=True).update(
        answer=msgspec.json.encode(found), answered=revision, solving=False, failure=""
    )
    return bool(stored)


def _foresee(row: Batch) -> None:
    """Nights, tests and the chance of an import under the agreement in force on the batch's first day."""
    if not row.arrivals:
        asked = plan_of(row)
        text = office().texts.versions(row.agreement).current(row.first_day)
        row.arrivals = msgspec.json.encode(arrivals(text, row.route, row.first_day, asked.per_day))
        Batch.objects.filter(id=row.id, revision=row.revision).update(arrivals=row.arrivals)


def _decided(row: Batch, *, exact: bool) -> Answer:
    asked = asked_of(row)
    return decide(asked.valued, plan_of(row), arrivals_of(row), _told(overrides_of(row.id)), seed=row.seed, exact=exact)


def places_for(batch: Batch, need: str) -> list[Given]:
    """Where a team could go if nobody else were there. Raises InvalidEntryError where it is not of the batch."""
    asked = [one for one in asked_of(batch).valued if one.wish.id == need]
    if not asked:
        raise InvalidEntryError("need", N_("This statement is not of this batch."))
    return options(teams(asked, plan_of(batch), arrivals_of(batch))[0], plan_of(batch))


def override(
    actor: Actor, batch: str, need: str, *, kind: Kind, reason: str, flight: str = "", place: str = ""
) -> Answer | Denial:
    """Decide beyond the ranking, with a reason; the answer follows at once. Raises InvalidEntryError."""
    denial = may_allocate(actor)
    if denial:
        return denial
    if not reason.strip():
        raise InvalidEntryError("reason", N_("A reason is needed: the sponsor will read it."))
    with transaction.atomic():
        row = _unpublished(batch)
        if not row.arrivals:
            raise InvalidEntryError("need", N_("The forecast is still being worked out. Try again in a moment."))
        known = places_for(row, need)
        given = next((one for one in known if (one.flight, one.place) == (flight, place)), None)
        if kind is Kind.PLACE and given is None:
            raise InvalidEntryError(
                "place", N_("This team cannot go there: it has not asked for that day, or the room or the seats are too few.")
            )
        account = Account.objects.filter(id=actor.id).first()
        PlaceOverride.objects.create(
            batch=row, need_id=need, kind=kind.value, reason=reason.strip()[:1000], by=actor.id,
            by_name=(account.name or account.username) if account else "", role=actor.role.value, at=office().clock.now(),
            flight=given.flight if kind is Kind.PLACE and given else "",
            place=given.place if kind is Kind.PLACE and given else "",
            day=given.day if kind is Kind.PLACE and given else 0,
        )  # fmt: skip
        row.revision += 1
        row.save(update_fields=["revision"])
        found = _decided(row, exact=False)
        row.answer, row.answered, row.solving, row.failure = msgspec.json.encode(found), row.revision, False, ""
        row.save(update_fields=["answer", "answered", "solving", "failure"])
    return found


def ask_exact(actor: Actor, batch: str) -> Batch | Denial:
    """Have a batch solved exactly by a job. Raises InvalidEntryError."""
    denial = may_allocate(actor)
    if denial:
        return denial
    with transaction.atomic():
        row = _unpublished(batch)
        _ask(row.id)
    row.solving = True
    return row


def publish(actor: Actor, batch: str) -> Batch | Denial:
    """Publish the places, with the lottery's seed; sponsors read their own. Raises InvalidEntryError.

    What is published is what the board shows: an answer of the statements, limits and overrides as they are, drawn by lot.
    """
    denial = may_allocate(actor)
    if denial:
        return denial
    with transaction.atomic():
        row = _unpublished(batch)
        found = answer_of(row)
        if found is None or row.answered != row.revision:
            raise InvalidEntryError("batch", N_("Something has changed since this answer. Wait for the new one."))
        if found.stuck is not None:
            raise InvalidEntryError("batch", N_("These limits cannot be kept together, so there is nothing to publish."))
        if not found.drawn:
            raise InvalidEntryError("batch", N_("Solve it exactly first: only then are equals drawn by lot."))
        asked, now = plan_of(row), office().clock.now()
        said = outcomes(found, asked, _told(overrides_of(row.id)), row.seed)
        rows = list(Need.objects.select_for_update(no_key=True).filter(id__in=list(said)))
        for need in rows:
            line = said[need.id].line
            need.batch, need.granted = row, line.given is not None
            need.arrives = asked.day(line.given.day) if line.given else None
            need.outcome = msgspec.json.encode(said[need.id])
        Need.objects.bulk_update(rows, ["batch", "granted", "arrives", "outcome"], batch_size=500)
        row.published, row.published_by = now, actor.id
        row.save(update_fields=["published", "published_by"])
    return row


def audit(actor: Actor, need: str, realised: float) -> ClaimAudit | Denial:
    """Record what a place brought, in output a day. Raises InvalidEntryError."""
    denial = may_allocate(actor)
    if denial:
        return denial
    row = Need.objects.filter(id=need, granted=True).first()
    if row is None:
        raise InvalidEntryError("need", N_("Only what has a place is audited."))
    if not 0.0 <= realised < 1e15:
        raise InvalidEntryError("realised", N_("Expected an output of 0 or more."))
    return ClaimAudit.objects.create(
        need=row, sponsor=row.sponsor, claimed=statement_of(row).claimed_per_day, realised=realised, by=actor.id,
        at=office().clock.now(),
    )  # fmt: skip


def unsolved() -> list[str]:
    """The batches that wait for an answer."""
    return Batch.unsolved()


def _unpublished(batch: str) -> Batch:
    row = Batch.objects.select_for_update(no_key=True).filter(id=batch).first()
    if row is None:
        raise InvalidEntryError("batch", N_("There is no such batch."))
    if row.published is not None:
        raise InvalidEntryError("batch", N_("These places are published."))
    return row


def _changed(batch: str) -> None:
    Batch.objects.filter(id=batch).update(revision=F("revision") + 1)
    _ask(batch)


def _ask(batch: str) -> None:
    from fastchannel.node.jobs import enqueue_allocation

    Batch.objects.filter(id=batch).update(solving=True)
    enqueue_allocation(batch)
