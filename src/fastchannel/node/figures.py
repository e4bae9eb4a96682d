"""Figures that take long to find on a large record: found again at times, and shown with the time of finding.

A record that is small is counted whenever somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from fastchannel.node.models import Figure

T = TypeVar("T")
LASTS = timedelta(minutes=15)  # the node's jobs find the usual ones again sooner
FORGOTTEN = timedelta(days=7)
SMALL = 1_000  # journeys that are counted at once
_TIDY = """
WITH gone AS (
    DELETE FROM node_journeycount RETURNING stage, verdict, route, origin, destination, arrival_place, number
)
INSERT INTO node_journeycount (stage, verdict, route, origin, destination, arrival_place, number)
SELECT stage, verdict, route, origin, destination, arrival_place, sum(number) FROM gone
GROUP BY stage, verdict, route, origin, destination, arrival_place HAVING sum(number) <> 0;
WITH gone AS (
    DELETE FROM node_sponsorcount RETURNING sponsor, stage, verdict, route, destination, number
)
INSERT INTO node_sponsorcount (sponsor, stage, verdict, route, destination, number)
SELECT sponsor, stage, verdict, route, destination, sum(number) FROM gone
GROUP BY sponsor, stage, verdict, route, destination HAVING sum(number) <> 0;
WITH gone AS (
    DELETE FROM node_followedcount RETURNING origin, destination, arrival_place, owner, silent, call_due, number
)
INSERT INTO node_followedcount (origin, destination, arrival_place, owner, silent, call_due, number)
SELECT origin, destination, arrival_place, owner, silent, call_due, sum(number) FROM gone
GROUP BY origin, destination, arrival_place, owner, silent, call_due HAVING sum(number) <> 0;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """A figure, and when it was found."""

    value: T
    at: datetime


def found(name: str, kind: type[T], find: Callable[[], T], *, now: datetime | None = None, anew: bool = False) -> Found[T]:
    """The figure of that name, found anew where the kept one is too old or ``anew`` asks for it."""
    now = now or timezone.now()
    row = None if anew or small() else Figure.objects.filter(name=name, at__gte=now - LASTS, at__lte=now).first()
    if row is not None:
        try:
            return Found(value=msgspec.json.decode(bytes(row.answer), type=kind), at=row.at)
        except msgspec.MsgspecError:
            pass  # an earlier release's form
    value = find()
    Figure.objects.update_or_create(name=name, defaults={"at": now, "answer": msgspec.json.encode(value)})
    return Found(value=value, at=now)


def small() -> bool:
    """Whether the record is counted faster than it is worth keeping the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'node_journey'::regclass")
        row = cursor.fetchone()
    return row is None or row[0] < SMALL


def tidy() -> None:
    """Add up what is counted of journeys, and forget figures that nobody asked for lately."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('fastchannel journey counts', 0))")
        cursor.execute(_TIDY)
    Figure.objects.filter(at__lt=timezone.now() - FORGOTTEN).delete()
