"""Travellers found infected, by where on the journey: how many in a period, and who."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import Scope
from fastchannel.node.models import Course, Journey
from fastchannel.node.queries import Listed, Page, list_journeys
from fastchannel.node.reach import scope_of, visible
from fastchannel.watch.alarms.results import Step


def positives(actor: Actor, since: date, until: date) -> dict[Step, int]:
    """How many, of the journeys that the actor may see, were first found positive on these days; every step is there."""
    rows = Course.objects.filter(found__gte=since, found__lte=until)
    if scope_of(actor) is not Scope.NODE:
        rows = rows.filter(journey__in=Journey.objects.filter(visible(actor)).values("pk"))
    counted = dict(rows.values_list("found_at").annotate(n=Count("*")).order_by())
    return {step: counted.get(step.value, 0) for step in Step}


def positive_journeys(actor: Actor, step: Step, since: date, until: date, *, after: str = "", limit: int = 50) -> Page[Listed]:
    """The journeys that `positives` counts at a step, the earliest departure first."""
    found = Course.objects.filter(found__gte=since, found__lte=until, found_at=step.value)
    return list_journeys(actor, Q(pk__in=found.values("journey")), why=f"positive {step.value}", after=after, limit=limit)
