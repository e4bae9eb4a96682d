"""Recalls on this node: found by index, corrected one by one by a job that can be killed, with counts that balance."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import msgspec
from django.db import transaction
from django.db.models import F, Q

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Action
from fastchannel.casework.recalls import Notified, Wrong, recall
from fastchannel.node.desk import office
from fastchannel.node.models import Event, Journey, Recall, RecallRow
from fastchannel.node.queries import Listed, Page, list_journeys
from fastchannel.node.reach import visible
from fastchannel.terms.events import Role, decode
from fastchannel.terms.language import N_

MOST = 50_000  # entries of one recall
CHUNK = 100
MAY = frozenset({Role.SECRETARIAT, Role.MISSION, Role.MONITOR, Role.REVIEWER})
_log = logging.getLogger(__name__)


def found(actor: Actor, wrong: Wrong) -> list[tuple[str, str]]:
    """The entries of this node's own record that are wrong, where the actor may correct: journeys and identifiers.

    Raises InvalidEntryError where there are more than `MOST`: a shorter period is wanted then.
    """
    rows = list(_matching(actor, wrong))
    if len(rows) > MOST:
        raise InvalidEntryError("until", N_("More than {most} entries: choose a shorter period."), most=MOST)
    return rows


def concerned(actor: Actor, entries: list[tuple[str, str]], *, limit: int = 50) -> Page[Listed]:
    """Whose entries they are, the first of them; the reading is logged."""
    wanted = [journey for journey, _ in entries[: limit * 4]]
    return list_journeys(actor, Q(pk__in=wanted), why="recall", limit=limit)


def begin(actor: Actor, wrong: Wrong, reason: str, *, key: str) -> Recall:
    """Store a recall with its entries, and see to it that they are corrected. The same key gives the same recall.

    Raises InvalidEntryError without a reason, or where nothing is to be recalled.
    """
    from fastchannel.node.jobs import enqueue_recall

    if not reason.strip():
        raise InvalidEntryError("reason", N_("A reason is needed: the traveller will read it."))
    if actor.role not in MAY:
        raise InvalidEntryError("actor", N_("Only officers recall notices."))
    again = Recall.objects.filter(id=key).first()
    if again is not None:
        return again
    entries = found(actor, wrong)
    if not entries:
        raise InvalidEntryError("until", N_("Nothing of that kind was recorded in that period."))
    with transaction.atomic():
        stored = Recall.objects.create(
            id=key, actor=msgspec.to_builtins(actor), account=actor.id, kind=wrong.kind.value, said_by=wrong.said_by,
            since=wrong.since, until=wrong.until, reason=reason.strip()[:500], at=office().clock.now(), total=len(entries),
        )  # fmt: skip
        rows = [RecallRow(recall=stored, journey=journey, event=event) for journey, event in entries]
        RecallRow.objects.bulk_create(rows, batch_size=5_000)
        enqueue_recall(stored.id)
    return stored


def process(identifier: str, *, chunks: int | None = None) -> bool:
    """Go on with a recall; True once all its entries are dealt with. ``chunks`` bounds the work of one call."""
    while chunks is None or chunks > 0:
        if _chunk(identifier):
            return True
        chunks = None if chunks is None else chunks - 1
    return False


def latest(limit: int = 20) -> list[Recall]:
    """The newest recalls."""
    return list(Recall.objects.order_by("-id")[:limit])


def of(identifier: str) -> Recall | None:
    """One recall."""
    return Recall.objects.filter(id=identifier).first()


def rows(stored: Recall, *, limit: int = 100) -> list[RecallRow]:
    """Its first entries: those that were refused, then those that wait, then the others."""
    ordered: list[RecallRow] = []
    for outcome in ("refused", "", "already", "recalled"):
        if len(ordered) < limit:
            found_rows = RecallRow.objects.filter(recall=stored, outcome=outcome).order_by("id")
            ordered += found_rows[: limit - len(ordered)]
    return ordered


def unfinished() -> list[str]:
    """The recalls that are not finished."""
    return list(Recall.objects.filter(finished__isnull=True).order_by("id").values_list("id", flat=True))


def _chunk(identifier: str) -> bool:
    desk = office()
    stored = Recall.objects.get(id=identifier)
    actor = msgspec.convert(stored.actor, Actor)
    rows = list(RecallRow.objects.filter(recall=stored, outcome="").order_by("id")[:CHUNK])
    for row in rows:
        with transaction.atomic():
            # Two workers on one recall: the second finds the row dealt with.
            if not RecallRow.objects.select_for_update().filter(id=row.id, outcome="").exists():
                continue
            key = f"recall:{stored.id}:{row.event}"
            outcome, said = recall(desk, actor, row.journey, event=row.event, reason=stored.reason, key=key)
            RecallRow.objects.filter(id=row.id).update(outcome=outcome.value, said=said[:500])
            Recall.objects.filter(id=stored.id).update(**{outcome.value: F(outcome.value) + 1})
    if rows:
        _log.info("recall chunk", extra={"recall": identifier, "entries": len(rows)})
    if RecallRow.objects.filter(recall=stored, outcome="").exists():
        return False
    Recall.objects.filter(id=stored.id, finished=None).update(finished=desk.clock.now())
    return True


def _matching(actor: Actor, wrong: Wrong) -> Iterator[tuple[str, str]]:
    """By the index of kinds and times; the entry itself says the rest. What a peer recorded, its own officers recall."""
    rows = Event.objects.filter(kind=wrong.kind.value, at__gte=wrong.since, at__lt=wrong.until, learned=None)
    rows = rows.filter(journey__in=Journey.objects.filter(visible(actor, Action.CORRECT)).values("pk"))
    count = 0
    for journey, event, body in rows.order_by("at", "seq").values_list("journey_id", "id", "body").iterator(chunk_size=2_000):
        if wrong.matches(decode(bytes(body))):
            yield journey, event
            count += 1
            if count > MOST:
                return


def sayers(kind: Notified) -> list[str]:
    """Who can have said it, to be offered: designated laboratories, or the agreements' rules."""
    texts = [versions.newest for versions in office().texts.all().values()]
    if kind is Notified.RESULTED:
        return sorted({name for text in texts for name in text.laboratories()})
    return sorted({trigger.id for text in texts for trigger in text.text.trigger}) if kind is Notified.SUSPENDED else []
