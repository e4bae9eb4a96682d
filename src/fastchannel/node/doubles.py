"""Travellers who were let through a gate twice: listed for whoever looks into it, counted, and settled with a finding."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, QuerySet

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Action, Denial, Subject, check
from fastchannel.casework.ports import Purpose
from fastchannel.node.desk import office
from fastchannel.node.devices import visible
from fastchannel.node.models import Device, GateDouble, GateEntry
from fastchannel.terms.language import N_

SHOWN = 50
LEFT_OUT = ("recorded", "kept")


def doubles(actor: Actor) -> list[GateDouble]:
    """Those that nobody has settled, the newest first, at most SHOWN."""
    found = _open(actor).select_related("first__device", "second__device").order_by("-id")[:SHOWN]
    shown = list(found)
    journeys = {one.journey_id for double in shown for one in (double.first, double.second) if one.journey_id}
    office().note(actor, Purpose.LIST, "double admissions", sorted(journeys))
    return shown


def open_doubles(actor: Actor) -> int:
    """How many there are."""
    return _open(actor).count()


def _open(actor: Actor) -> QuerySet[GateDouble]:
    mine = visible(actor).order_by().values("pk")
    rows = GateDouble.objects.filter(settled=None)
    return rows.filter(first__device__in=mine) | rows.filter(second__device__in=mine)


def settle(actor: Actor, number: int, finding: str) -> bool | Denial:
    """Keep what was found; false where there is no such one. Raises InvalidEntryError without a finding."""
    denial = check(actor, Action.SETTLE_DOUBLE, Subject())
    if denial:
        return denial
    if not finding.strip():
        raise InvalidEntryError("reason", N_("A reason is needed."))
    with transaction.atomic():
        found = _open(actor).filter(pk=number).first()
        if found is None:
            return False
        changed = GateDouble.objects.filter(pk=number, settled=None).update(
            settled=office().clock.now(), settled_by=actor.id, finding=finding.strip()[:500]
        )
        journeys = [one.journey_id for one in (found.first, found.second) if one.journey_id]
        office().note(actor, Purpose.WRITE, Action.SETTLE_DOUBLE.value, dict.fromkeys(journeys))
    return changed == 1


def entries_of(devices: Sequence[Device]) -> dict[str, dict[str, int]]:
    """For each device how many entries it told: those that count, and those that changed no journey."""
    rows = GateEntry.objects.filter(device__in=devices).values_list("device_id", "outcome").annotate(n=Count("pk")).order_by()
    found: dict[str, dict[str, int]] = {}
    for device, outcome, number in rows:
        mine = found.setdefault(device, {"told": 0, "left_out": 0})
        mine["told"] += number
        mine["left_out"] += number if outcome not in LEFT_OUT else 0
    return found
