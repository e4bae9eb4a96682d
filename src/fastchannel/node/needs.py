"""Sponsors' statements of need in the database: each may be changed until the places of its days are published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
from django.db import transaction
from django.db.models import Count, F, Q

from fastchannel.casework.actor import Actor
from fastchannel.casework.allocation import Outcome
from fastchannel.casework.errors import CaseworkError, InvalidEntryError, KeyConflictError
from fastchannel.casework.needs import Fault, Statement, faults, may_state
from fastchannel.casework.office import checked_key
from fastchannel.casework.permissions import Denial
from fastchannel.node.chains import industries
from fastchannel.node.desk import office
from fastchannel.node.models import Batch, IdempotencyKey, Need
from fastchannel.node.queries import Page
from fastchannel.terms.language import N_

_statements: msgspec.json.Decoder[Statement] = msgspec.json.Decoder(Statement)
_outcomes: msgspec.json.Decoder[Outcome] = msgspec.json.Decoder(Outcome)


class StatementError(CaseworkError):
    """A statement that cannot be: each fault names its field."""

    def __init__(self, found: list[Fault]) -> None:
        self.faults = found
        super().__init__("; ".join(f"{one.field}: {one.text()}" for one in found))


def statement_of(row: Need) -> Statement:
    """What the sponsor states."""
    return _statements.decode(bytes(row.statement))


def outcome_of(row: Need) -> Outcome | None:
    """What was published of it."""
    return _outcomes.decode(bytes(row.outcome)) if row.outcome else None


def state(actor: Actor, said: Statement, *, key: str, need: str = "") -> Need | Denial:
    """File a statement, or change the one named. The same key gives the same answer again.

    Raises StatementError, KeyConflictError and InvalidEntryError where it can no longer be changed or is not the sponsor's.
    """
    denial = may_state(actor, actor.organisation)
    if denial:
        return denial
    found = faults(said, industries())
    if found:
        raise StatementError(found)
    raw, now = msgspec.json.encode(said, order="deterministic"), office().clock.now()
    content = hashlib.sha256(need.encode() + b"\0" + raw).hexdigest()
    fields = {
        "agreement": said.agreement, "route": said.route, "site": said.site[:200], "people": said.people,
        "earliest": said.earliest, "latest": said.latest, "statement": raw, "changed": now,
    }  # fmt: skip
    with transaction.atomic():
        mine, fresh = IdempotencyKey.objects.get_or_create(
            actor=actor.id, key=f"need {checked_key(key)}", defaults={"content": content, "answer": b""}
        )
        if not fresh:
            if mine.content != content:
                raise KeyConflictError(f"idempotency key {key}: it was used before for another statement")
            return Need.objects.get(id=bytes(mine.answer).decode())
        if need:
            row = _open(actor, need)
            _touch(row)
            for name, value in fields.items():
                setattr(row, name, value)
            row.save(update_fields=list(fields))
        else:
            row = Need.objects.create(sponsor=actor.organisation, account=actor.id, stated=now, **fields)
        mine.answer = row.id.encode()
        mine.save(update_fields=["answer"])
        _touch(row)
    return row


def withdraw(actor: Actor, need: str) -> Need | Denial:
    """Take a statement back; twice changes nothing. Raises InvalidEntryError."""
    denial = may_state(actor, actor.organisation)
    if denial:
        return denial
    with transaction.atomic():
        row = _open(actor, need)
        row.withdrawn = office().clock.now()
        row.save(update_fields=["withdrawn"])
        _touch(row)
    return row


def mine(actor: Actor, *, after: str = "", limit: int = 50) -> Page[Need]:
    """The sponsor's own statements, the newest first."""
    rows = Need.objects.filter(sponsor=actor.organisation)
    if after:
        rows = rows.filter(id__lt=after)
    found = list(rows.order_by("-id")[: limit + 1])
    return Page(items=tuple(found[:limit]), after=found[limit - 1].id if len(found) > limit else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A sponsor's statements by what became of them."""

    all: int
    placed: int
    refused: int
    waiting: int


def counts(actor: Actor) -> Counts:
    """How many of the sponsor's own statements have a place, have none, and wait."""
    found = Need.objects.filter(sponsor=actor.organisation).aggregate(
        all=Count("id"),
        placed=Count("id", filter=Q(granted=True)),
        refused=Count("id", filter=Q(granted=False)),
        waiting=Count("id", filter=Q(granted__isnull=True, withdrawn__isnull=True)),
    )
    return Counts(**found)


def one_of(actor: Actor, need: str) -> Need | None:
    """One of the sponsor's own statements."""
    return Need.objects.filter(sponsor=actor.organisation, id=need).select_related("batch").first()


def _open(actor: Actor, need: str) -> Need:
    row = Need.objects.select_for_update(no_key=True).filter(sponsor=actor.organisation, id=need).first()
    if row is None:
        raise InvalidEntryError("need", N_("This sponsor has no such statement."))
    if row.batch_id is not None:
        raise InvalidEntryError("need", N_("Its places are published: it can no longer be changed. State the need again."))
    if row.withdrawn is not None:
        raise InvalidEntryError("need", N_("It was withdrawn. State the need again."))
    return row


def _touch(row: Need) -> None:
    """Batches that the statement belongs to are worked out anew."""
    concerned = Q(agreement=row.agreement, route=row.route, first_day__lte=row.latest, last_day__gte=row.earliest)
    batches = Batch.objects.filter(concerned, published__isnull=True)
    for batch in list(batches.values_list("id", flat=True)):
        from fastchannel.node.jobs import enqueue_allocation  # it imports all that a worker does

        Batch.objects.filter(id=batch).update(revision=F("revision") + 1, solving=True)
        enqueue_allocation(batch)
