"""Sends what waits in the outbox: each message once, not where it is no longer needed, and again where the way failed.

A try is written down, with the traveller's new link, before the message leaves. Whoever is killed between the two leaves a try
that nobody ended: it is made again after `ABANDONED` under the same key, by which the way knows it.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fastchannel.casework.monitoring import Answer
from fastchannel.casework.ports import Channel, Messenger, Template
from fastchannel.node import links, models
from fastchannel.node.carriers import MessageError, messenger
from fastchannel.node.desk import office
from fastchannel.terms.events import Role
from fastchannel.terms.moments import day_start

AT_ONCE = 200
TRIES = 3  # by each way
PAUSE = timedelta(minutes=2)
ABANDONED = timedelta(minutes=2)
_SILENT = frozenset({Answer.NOTHING, Answer.UNREACHED})
_log = logging.getLogger(__name__)


def deliver(by: Messenger | None = None, limit: int = AT_ONCE) -> int:
    """Look at the messages that wait; how many. Several workers share them."""
    carrier = by or messenger()
    host = datetime.now(UTC)
    tired = Q(state="waiting") & (Q(begun=None) | Q(begun__lt=host - PAUSE))
    left = Q(state="sending", begun__lt=host - ABANDONED)
    names = list(models.Message.objects.filter(tired | left).order_by("id").values_list("id", flat=True)[:limit])
    for name in names:
        _one(name, carrier, host)
    if names:
        _log.info("messages", extra={"looked at": len(names)})
    return len(names)


def _one(name: str, carrier: Messenger, host: datetime) -> None:
    now = office().clock.now()
    with transaction.atomic():
        row = models.Message.objects.select_for_update(skip_locked=True).filter(id=name).first()
        if row is None or row.state not in ("waiting", "sending") or (row.state == "sending" and _fresh(row, host)):
            return  # another worker has it
        person = models.Person.objects.filter(journey=row.journey_id).first()
        why = _needless(row, person is not None, now)
        ways = _ways(person)
        if why or person is None or not ways:
            models.Message.objects.filter(id=name).update(
                state="needless" if why else "failed", why=why or "no address", ended=now
            )
            return
        kind, to = ways[min(row.tries // TRIES, len(ways) - 1)]
        again = models.Message.objects.filter(journey=row.journey_id, measure=row.measure, day=row.day, state="sent").exists()
        template = Template.REMIND_AGAIN if again else Template.REMIND
        link = f"{settings.CONFIG.public_address}/t/{links.of_the_node(row.journey_id, now)}/"
        models.Message.objects.filter(id=name).update(
            state="sending", tries=row.tries + 1, begun=host, channel=kind.value, template=template.value
        )
    try:
        carrier.send(kind, to, person.language, template, day=row.day, link=link, key=row.id)
    except MessageError as error:
        over = row.tries + 1 >= TRIES * len(ways)
        state = {"state": "failed", "ended": now} if over else {"state": "waiting"}
        models.Message.objects.filter(id=name, state="sending").update(why=str(error)[:200], **state)
        _log.warning("message not taken", extra={"key": name, "why": str(error)[:200]})
        return
    models.Message.objects.filter(id=name).update(state="sent", ended=now, why="")
    said = {"values__day": row.day.isoformat(), "values__rung": row.rung}
    models.Notice.objects.filter(journey=row.journey_id, to=Role.TRAVELLER, kind="reminder", sent=None, **said).update(sent=now)


def _fresh(row: models.Message, host: datetime) -> bool:
    return row.begun is not None and row.begun >= host - ABANDONED


def _needless(row: models.Message, known: bool, now: datetime) -> str:
    """Why a message need not go out any more; empty where it must."""
    follows = models.Followed.objects.filter(journey=row.journey_id, measure=row.measure).first()
    if not known or follows is None or not follows.first <= row.day < follows.stop:
        return "over"
    if now >= day_start(row.day + timedelta(days=1), ZoneInfo(follows.zone)):
        return "late"
    index = (row.day - follows.first).days
    if index < len(follows.answers) and follows.answers[index] not in _SILENT:
        return "answered"
    later = models.Message.objects.filter(journey=row.journey_id, measure=row.measure, day=row.day, id__gt=row.id)
    return "overtaken" if later.exists() else ""


def _ways(person: models.Person | None) -> list[tuple[Channel, str]]:
    """The traveller's ways, the quickest first."""
    if person is None:
        return []
    found = [(Channel.SMS, person.telephone), (Channel.MAIL, person.email)]
    return [(kind, to) for kind, to in found if to]
