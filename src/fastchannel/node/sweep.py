"""What the node does by itself: looks again at journeys whose time has come, erases persons, resumes imports.

Journeys are found by the index of their ``wake``, the instant that `decide` names as the next at which a standing can change.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from fastchannel.agreement.text import Record
from fastchannel.casework.errors import CaseworkError
from fastchannel.node.desk import office
from fastchannel.node.models import IdempotencyKey, Import, ImportRow, Journey, Pass, Person, TravellerLink

AT_ONCE = 500
RETRY = timedelta(hours=1)
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
    default = timedelta(days=settings.CONFIG.retention_days)
    longest = default
    due: list[str] = []
    for agreement, versions in desk.texts.all().items():
        for text in versions:
            kept = text.kept(Record.IDENTITY)
            kept = default if kept is None else kept
            longest = max(longest, kept)
            over = Journey.objects.filter(agreement=agreement, version=text.version, ended__lte=now - kept, erased__isnull=True)
            due += over.order_by("ended").values_list("id", flat=True)[: limit - len(due)]
    with transaction.atomic():
        Person.objects.filter(journey__in=due).delete()
        TravellerLink.objects.filter(journey__in=due).delete()
        Pass.objects.filter(journey__in=due).update(text="")
        Journey.objects.filter(id__in=due).update(erased=now)
        # A roster holds names too, and so does what was found wrong in it; what became of each row stays.
        old = Import.objects.filter(finished__lte=now - longest).exclude(file=b"")
        ImportRow.objects.filter(roster__in=old.values("id")).update(problems=[])
        old.update(file=b"")
    if due:
        _log.info("erased", extra={"journeys": len(due)})
    return len(due)


def forget_keys() -> int:
    """Drop answers that nobody will ask for again; how many. A key may be used anew after that."""
    dropped, _ = IdempotencyKey.objects.filter(created__lt=datetime.now(UTC) - KEYS_KEPT).delete()
    return dropped
