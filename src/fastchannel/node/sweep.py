"""What the node does by itself: looks again at journeys whose time has come, erases persons, resumes imports.

Journeys are found by the index of their ``wake``, the instant that `decide` names as the next at which a standing can change.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from fastchannel.casework.errors import CaseworkError
from fastchannel.exchange.machine import ERASABLE
from fastchannel.node.desk import office
from fastchannel.node.erasure import retention
from fastchannel.node.lanes import sent_at, settled_sizes
from fastchannel.node.models import (
    Assignment,
    CallNote,
    Event,
    GateEntry,
    IdempotencyKey,
    Import,
    ImportRow,
    Journey,
    LaneEntry,
    Pass,
    Person,
    TravellerLink,
)

AT_ONCE = 500
RETRY = timedelta(hours=1)
BODIES_SOUGHT = timedelta(days=60)  # so long after a journey was erased bodies of it are still looked for
KEYS_KEPT = timedelta(days=30)
_log = logging.getLogger(__name__)


def wake_due(limit: int = AT_ONCE) -> int:
    """Look again at the journeys whose ``wake`` has passed; how many."""
    desk = office()
    now = desk.clock.now()
    due = list(Journey.objects.filter(wake__lte=now).order_by("wake").values_list("id", flat=True)[:limit])
    for journey in due:
        try:
            desk.tick(journey)
        except CaseworkError:
            # One journey that cannot be decided must not keep the others waiting: it is tried again later.
            _log.exception("journey not decided", extra={"journey": journey})
            Journey.objects.filter(id=journey).update(wake=now + RETRY)
    if due:
        _log.info("woken", extra={"journeys": len(due)})
    return len(due)


def erase_due(limit: int = AT_ONCE) -> int:
    """Erase who travellers were once the agreement's retention after their journey's end is over. How many.

    The events stay: they name nobody. Where the text does not say for how long, the node's own setting holds.
    """
    desk = office()
    now = desk.clock.now()
    longest = timedelta(days=settings.CONFIG.retention_days)
    due: list[str] = []
    for agreement, versions in desk.texts.all().items():
        for text in versions:
            kept = retention(text)
            longest = max(longest, kept)
            over = Journey.objects.filter(agreement=agreement, version=text.version, ended__lte=now - kept, erased__isnull=True)
            due += over.order_by("ended").values_list("id", flat=True)[: limit - len(due)]
    with transaction.atomic():
        Person.objects.filter(journey__in=due).delete()
        TravellerLink.objects.filter(journey__in=due).delete()
        Assignment.objects.filter(journey__in=due).delete()
        CallNote.objects.filter(journey__in=due).update(note="")
        Pass.objects.filter(journey__in=due).update(text="")
        GateEntry.objects.filter(journey__in=due).update(document="", note="")
        GateEntry.objects.filter(journey=None, received__lte=now - longest).exclude(document="", note="").update(
            document="", note=""
        )
        Journey.objects.filter(id__in=due).update(erased=now)
        # A roster holds names too, and so does what was found wrong in it; what became of each row stays.
        old = Import.objects.filter(finished__lte=now - longest).exclude(file=b"")
        ImportRow.objects.filter(roster__in=old.values("id")).update(problems=[])
        old.update(file=b"")
    if due:
        _log.info("erased", extra={"journeys": len(due)})
    return len(due)


def erase_bodies(limit: int = AT_ONCE) -> int:
    """Destroy the sealed bodies of lanes, keys and salts with them, of journeys that were erased; the lanes still verify.

    One that a peer has not acknowledged, or that is not read here yet, waits until it is.
    """
    now = office().clock.now()
    recent = Journey.objects.filter(erased__gte=now - BODIES_SOUGHT, erased__lte=now)
    entries = Event.objects.filter(journey__in=recent).values("id")
    count = 0
    for lane, done in settled_sizes().items():
        over = LaneEntry.objects.filter(lane=lane, seq__lt=done, sealed__isnull=False, entry__in=entries)
        chosen = list(over.values_list("id", flat=True)[: limit - count])
        # The leaf says when it was sent; what is younger than any mirror may lack is left for a later turn.
        old = [one for one in LaneEntry.objects.filter(id__in=chosen) if now - sent_at(one) >= ERASABLE]
        count += LaneEntry.objects.filter(id__in=[one.id for one in old]).update(sealed=None)
    if count:
        _log.info("bodies erased", extra={"entries": count})
    return count


def forget_keys() -> int:
    """Drop answers that nobody will ask for again; how many. A key may be used anew after that."""
    dropped, _ = IdempotencyKey.objects.filter(created__lt=datetime.now(UTC) - KEYS_KEPT).delete()
    return dropped
