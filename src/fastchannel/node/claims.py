"""Who has an application open. A claim warns the next officer and shuts nobody out; it ends by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from fastchannel.casework.actor import Actor
from fastchannel.node.models import ReviewClaim

LASTS = timedelta(minutes=10)
MOST_NAME = 200


def claim(journey: str, actor: Actor, name: str, now: datetime) -> ReviewClaim | None:
    """Open an application. The other officer's claim where one is still open; else None, and it is this officer's."""
    mine = {"actor": actor.id, "name": name[:MOST_NAME], "until": now + LASTS}
    free = Q(actor=actor.id) | Q(until__lte=now)
    if ReviewClaim.objects.filter(free, journey=journey).update(**mine):
        return None
    # Of two who open it at the same time for the first time, one finds the other's row.
    ReviewClaim.objects.bulk_create([ReviewClaim(journey=journey, **mine)], ignore_conflicts=True)
    held = ReviewClaim.objects.filter(journey=journey).first()
    return held if held is not None and held.actor != actor.id else None


def release(journey: str, actor: Actor) -> None:
    """The officer has decided, or left it."""
    ReviewClaim.objects.filter(journey=journey, actor=actor.id).delete()


def open_now(journeys: Iterable[str], actor: Actor, now: datetime) -> dict[str, str]:
    """Of these applications, those that another officer has open, each with the officer's name."""
    held = ReviewClaim.objects.filter(journey__in=list(journeys), until__gt=now).exclude(actor=actor.id)
    return dict(held.values_list("journey", "name"))
