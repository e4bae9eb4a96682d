"""Notices: what is urgent in the lanes, and how far each has got: sent, delivered, read, answered, by the agreement's clock.

Delivered says that the other node has it on its disk, under its cosignature; read and answered, that people there have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fastchannel.casework.actor import Actor
from fastchannel.casework.ports import Purpose
from fastchannel.exchange import bodies
from fastchannel.exchange.bodies import Receipt, Step
from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.leaves import Kind, lane_of, read_header
from fastchannel.exchange.notes import cosigned_at, read
from fastchannel.exchange.sealing import Draft
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.node.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One urgent entry. ``ours`` says who sent it; ``to`` is who it is for. ``journey`` is empty where it is held."""

    entry: str
    kind: str
    ours: bool
    sender: str
    to: str
    journey: str
    sent: datetime
    delivered: datetime | None
    read: datetime | None
    answered: datetime | None
    answer: str
    read_due: datetime | None
    answer_due: datetime | None

    def late(self, now: datetime) -> bool:
        """Whether the agreement's clock has run out on it."""
        unread = self.read is None and self.read_due is not None and self.read_due < now
        return unread or (self.answered is None and self.answer_due is not None and self.answer_due < now)


def notices(limit: int = 50) -> list[Notice]:
    """The newest notices of all urgent lanes, those to us before those of ours."""
    rows = models.LaneEntry.objects.filter(lane__in=_urgent()).order_by("-id").select_related("lane")[:limit]
    return sorted(_shown(list(rows)), key=lambda one: (one.ours, -one.sent.timestamp()))


def about(journeys: Sequence[str], limit: int = 50) -> list[Notice]:
    """The newest notices that say something of these journeys."""
    urgent = models.Event.objects.filter(journey__in=list(journeys), kind__in=["confirmed", "contact-named", "resulted"])
    rows = models.LaneEntry.objects.filter(entry__in=urgent.values("id"), lane__in=_urgent())
    return sorted(
        _shown(list(rows.order_by("-id").select_related("lane")[:limit])), key=lambda one: (one.ours, -one.sent.timestamp())
    )


def unanswered() -> list[Notice]:
    """Notices that the agreement wants read or answered and that were not yet, whoever must do it."""
    return [one for one in notices(limit=500) if (one.read_due and not one.read) or (one.answer_due and not one.answered)]


def say(link: Link, actor: Actor, entry: str, step: Step, said: str, now: datetime) -> None:
    """Somebody here read a notice, or answers it. Its sender is told; a second time changes nothing. Raises NodeError."""
    row = models.LaneEntry.objects.filter(entry=entry, lane__in=_urgent()).exclude(lane__peer="").first()
    if row is None:
        raise NodeError(f"notice {entry}: found none that another party sent")
    sender = lane_of(row.lane_id).sender
    header = read_header(bytes(row.leaf), lane=row.lane_id, seq=row.seq)
    with transaction.atomic():
        _, made = models.NoticeStep.objects.get_or_create(
            entry=entry, step=step, party=settings.CONFIG.party, defaults={"at": now, "said": said[:2000]}
        )
        if not made:
            return
        body = bodies.receipt_body(entry, step, said[:2000], sender)
        draft = Draft(id=office().identifiers.new(), at=now, agreement=header.agreement, refs=(entry,), body=body)
        link.lanes.append(link.lane(Kind.BULK, sender), [draft])
        office().note(actor, Purpose.WRITE, f"notice {step}", _journeys([entry]).values())


def take(sender: str, found: Receipt, at: datetime) -> None:
    """People of that party read or answered a notice of ours. Raises LeafError where we sent them none of that name."""
    lanes = [lane for lane in _urgent() if lane_of(lane).audience == sender]
    if not models.LaneEntry.objects.filter(entry=found.entry, lane__in=lanes).exists():
        raise LeafError(f"receipt: found {found.entry}, which is no notice to {sender}")
    models.NoticeStep.objects.get_or_create(
        entry=found.entry, step=found.step, party=sender, defaults={"at": at, "said": found.said}
    )


def _urgent() -> list[str]:
    names = models.Lane.objects.values_list("origin", flat=True)
    return [name for name in names if lane_of(name).kind is Kind.URGENT]


def _shown(rows: Sequence[models.LaneEntry]) -> list[Notice]:
    names = [row.entry for row in rows]
    steps = {(one.entry, one.step): one for one in models.NoticeStep.objects.filter(entry__in=names)}
    journeys = _journeys(names)
    delivered = _delivered(rows)
    texts = {text.digest: text for versions in office().texts.all().values() for text in versions}
    found = []
    for row in rows:
        lane = lane_of(row.lane_id)
        header = read_header(bytes(row.leaf), lane=row.lane_id, seq=row.seq)
        text = texts.get(header.agreement)
        soon, later = text.notice_clock(header.type, lane.audience) if text is not None else (None, None)
        read_, answered = steps.get((row.entry, Step.READ)), steps.get((row.entry, Step.ANSWERED))
        found.append(
            Notice(
                entry=row.entry,
                kind=header.type,
                ours=not row.lane.peer,
                sender=lane.sender,
                to=lane.audience,
                journey=journeys.get(row.entry, ""),
                sent=header.at,
                delivered=delivered.get(row.entry),
                read=read_.at if read_ else None,
                answered=answered.at if answered else None,
                answer=answered.said if answered else "",
                read_due=header.at + soon if soon else None,
                answer_due=header.at + later if later else None,
            )
        )
    return found


def _delivered(rows: Sequence[models.LaneEntry]) -> dict[str, datetime]:
    """When each receiver first cosigned a checkpoint that holds the entry, as it says itself: one query for each lane."""
    waiting: dict[str, list[models.LaneEntry]] = {}
    for row in rows:
        waiting.setdefault(row.lane_id, []).append(row)
    found: dict[str, datetime] = {}
    for lane, left in waiting.items():
        audience, first = lane_of(lane).audience, min(row.seq for row in left)
        for kept in models.LaneNote.objects.filter(lane=lane, size__gt=first).order_by("size").iterator(chunk_size=100):
            times = [cosigned_at(one) for one in read(bytes(kept.note)).signatures if one.name == audience]
            at = max((time for time in times if time is not None), default=None)
            if at is None:
                continue
            found.update({row.entry: at for row in left if row.seq < kept.size})
            left = [row for row in left if row.seq >= kept.size]  # noqa: PLW2901 — the rest waits for a later one
            if not left:
                break
    return found


def _journeys(entries: Sequence[str]) -> dict[str, str]:
    """The journeys that these entries are part of: an entry of a lane has its event's identifier."""
    return dict(models.Event.objects.filter(id__in=list(entries)).values_list("id", "journey_id"))
