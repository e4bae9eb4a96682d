"""Takes in what devices did while they had no link: each entry once, recorded or kept with the reason why not.

An entry and what it changes are one transaction, so that a device which hears no answer may send it again and again. Whoever
was let through twice is found out whichever entry comes first: a lock on each of its identities makes two devices take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from msgspec import Meta, Struct

from fastchannel.casework.gate_bundle import milliseconds
from fastchannel.casework.gate_entries import (
    KEPT,
    MALFORMED,
    RECORDED,
    UNKNOWN,
    GateEntry,
    Gateway,
    fault,
    happened,
    record,
)
from fastchannel.casework.gate_expected import BOARDING, ENTRY
from fastchannel.decide.stages import BEFORE_DEPARTURE
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.devices import actor_of
from fastchannel.node.models.devices import THROUGH
from fastchannel.terms.places import lies_in

SAME_CROSSING = timedelta(days=7)  # a passport that is let through again later than that crosses again
TOLD_AGAIN = timedelta(days=7)
MOST_RAISED = 100


class Message(Struct, frozen=True, kw_only=True):
    """What a device sends; each entry is read by itself, so that one that is malformed holds up no other."""

    entries: list[msgspec.Raw]
    clock: Annotated[int, Meta(ge=0, lt=2**53)]


class _Named(Struct, frozen=True):
    nonce: Annotated[str, Meta(max_length=64)] = ""


class Rejected(Struct, frozen=True):
    """An entry that changed no journey, and why."""

    nonce: str
    code: str


class Other(Struct, frozen=True):
    """The device at which the same traveller was let through as well."""

    device: str
    at: int


class Raised(Struct, frozen=True, kw_only=True):
    """Somebody whom this device let through was let through twice."""

    nonce: str
    kind: str = "double"
    other: Other


class Answer(Struct, frozen=True, kw_only=True):
    """What became of each entry."""

    accepted: list[str]
    known: list[str]
    rejected: list[Rejected]
    raised: list[Raised]
    server_time: int


def take(device: models.Device, message: Message) -> Answer:
    """Take in one call's entries, in the order of the device."""
    now = office().clock.now()
    accepted: list[str] = []
    known: list[str] = []
    rejected: list[Rejected] = []
    read: list[GateEntry] = []
    for raw in message.entries:
        try:
            read.append(msgspec.json.decode(raw, type=GateEntry))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            rejected.append(Rejected(_nonce_of(raw), MALFORMED))
    for entry in sorted(read, key=lambda one: one.seq):
        outcome = _once(device, entry, happened(entry.at, message.clock, now, device.enrolled), now)
        if outcome is None:
            known.append(entry.nonce)
        elif outcome in (RECORDED, KEPT):
            accepted.append(entry.nonce)
        else:
            rejected.append(Rejected(entry.nonce, outcome))
    models.Device.objects.filter(pk=device.pk).update(synced=now)
    return Answer(
        accepted=accepted, known=known, rejected=rejected, raised=list(raised(device, now)), server_time=milliseconds(now)
    )


def _nonce_of(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=_Named).nonce
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _once(device: models.Device, entry: GateEntry, at: datetime, now: datetime) -> str | None:
    """What became of the entry; None where it came before."""
    if models.GateEntry.objects.filter(device=device, nonce=entry.nonce).exists():
        return None
    try:
        with transaction.atomic():
            return _take(device, entry, at, now)
    except IntegrityError:  # the same entry came a second time meanwhile, and the other is kept
        if models.GateEntry.objects.filter(device=device, nonce=entry.nonce).exists():
            return None
        raise


def _take(device: models.Device, entry: GateEntry, at: datetime, now: datetime) -> str:
    journey = _journey(entry)
    gate = _gate(device, journey)
    _lock(entry, journey)
    kept = models.GateEntry.objects.create(
        device=device,
        nonce=entry.nonce,
        seq=entry.seq,
        at=at,
        claimed=entry.at,
        received=now,
        kind=entry.kind,
        verdict=entry.verdict,
        reason=entry.reason.value,
        note=entry.note,
        gate=gate,
        issuer=entry.pass_.issuer if entry.pass_ is not None else "",
        pass_id=entry.pass_.id if entry.pass_ is not None else "",
        document=entry.document,
        journey=journey,
        outcome=KEPT,
    )
    wrong = fault(entry) or ("" if journey is not None or entry.kind == "seen" else UNKNOWN)
    if not wrong and journey is not None:
        way = Gateway(actor=actor_of(device), place=device.place, gate=gate, device=device.id)
        kept.outcome = record(office(), entry, way, journey.id, at)
    elif wrong:
        kept.outcome = wrong
    if kept.outcome != KEPT:
        kept.save(update_fields=["outcome"])
    if entry.through:
        _raise_double(kept, now)
    return kept.outcome


def _journey(entry: GateEntry) -> models.Journey | None:
    """The journey that the device names, or that of its pass where this node issued it."""
    found = models.Journey.objects.filter(id=entry.journey).first() if entry.journey else None
    if found is None and entry.pass_ is not None:
        issued = models.Pass.objects.select_related("journey").filter(id=entry.pass_.id).first()
        found = issued.journey if issued is not None else None
    return found


def _gate(device: models.Device, journey: models.Journey | None) -> str:
    """Where both gates are kept, the one at which the journey is expected."""
    if journey is None or len(device.gates) == 1:
        return str(device.gates[0])
    leaves = lies_in(journey.origin, device.place) and journey.stage in BEFORE_DEPARTURE
    return BOARDING if leaves else ENTRY


def _lock(entry: GateEntry, journey: models.Journey | None) -> None:
    """Until the commit nobody else takes in an entry of the same traveller; in one order, so that none wait in a ring."""
    names = {
        f"journey {journey.id}" if journey is not None else "",
        f"pass {entry.pass_.id}" if entry.pass_ is not None else "",
        f"document {entry.document}" if entry.document else "",
    }
    with connection.cursor() as cursor:
        for name in sorted(names - {""}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))", [name])


def _raise_double(kept: models.GateEntry, now: datetime) -> None:
    """An alarm where the same traveller was let through the same gate before, in the order in which the node heard of it."""
    same = Q(pk__in=[])
    if kept.journey_id is not None:
        same |= Q(journey=kept.journey_id)
    if kept.pass_id:
        same |= Q(pass_id=kept.pass_id)
    if kept.document:
        near = Q(document=kept.document, at__gte=kept.at - SAME_CROSSING, at__lte=kept.at + SAME_CROSSING)
        same |= near if kept.journey_id is None else near & Q(journey=None)
    before = models.GateEntry.objects.filter(same, gate=kept.gate, kind__in=THROUGH).exclude(pk=kept.pk)
    first = before.order_by("id").first()
    if first is not None:
        models.GateDouble.objects.create(first=first, second=kept, raised=now)


def raised(device: models.Device, now: datetime) -> Iterator[Raised]:
    """The alarms that concern what this device did, told again with each call so that no lost answer hides one."""
    found = (
        models.GateDouble.objects.filter(raised__gt=now - TOLD_AGAIN)
        .filter(Q(first__device=device) | Q(second__device=device))
        .select_related("first__device", "second__device")
        .order_by("-id")[:MOST_RAISED]
    )
    for one in found:
        for mine, other in ((one.first, one.second), (one.second, one.first)):
            if mine.device_id == device.id:
                yield Raised(nonce=mine.nonce, other=Other(other.device.name, milliseconds(other.at)))
