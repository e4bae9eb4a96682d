"""How many journeys stand where, and how many of their deadlines are near: the figures above the lists.

They add up what triggers keep (see `models.counts`), or count by index no further than anybody needs to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import Scope
from fastchannel.decide.stages import ENDED
from fastchannel.node.desk import office
from fastchannel.node.models import Deadline, Journey, JourneyCount, SponsorCount
from fastchannel.node.models.journeys import OPEN, UNDECIDED
from fastchannel.node.reach import scope_of, visible

SOON = timedelta(hours=24)
MOST_COUNTED = 10_000  # beyond that nobody acts on the exact number


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Applications that wait for a decision; the traveller's departure is when it must be there."""

    total: int
    overdue: int  # the departure is past
    today: int
    week: int
    sponsors: dict[str, int]
    places: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many journeys stand where."""

    stages: dict[str, dict[str, int]]  # stage → verdict → journeys
    total: int
    open: int
    overdue: int  # open obligations whose time has passed; neither is counted further than `MOST_COUNTED`
    due_soon: int  # and those due within a day
    destinations: dict[str, int] = field(default_factory=dict)
    routes: dict[str, dict[str, int]] = field(default_factory=dict)  # route → stage → journeys


def undecided(actor: Actor, *, now: datetime, today_ends: datetime, week_ends: datetime) -> Undecided:
    """How many applications wait for a decision, by when their travellers leave, from which sponsors and to where."""
    rows = Journey.objects.filter(visible(actor), stage__in=UNDECIDED)
    found = rows.values("sponsor", "destination").annotate(
        n=Count("*"),
        overdue=Count("departure", filter=Q(departure__lt=now)),
        today=Count("departure", filter=Q(departure__gte=now, departure__lt=today_ends)),
        week=Count("departure", filter=Q(departure__gte=now, departure__lt=week_ends)),
    )
    totals = [0, 0, 0, 0]
    sponsors: dict[str, int] = {}
    places: dict[str, int] = {}
    for sponsor, place, number, *by_when in found.order_by("sponsor", "destination").values_list(
        "sponsor", "destination", "n", "overdue", "today", "week"
    ):
        totals = [sum(pair) for pair in zip(totals, [number, *by_when], strict=True)]
        sponsors[sponsor] = sponsors.get(sponsor, 0) + number
        places[place] = places.get(place, 0) + number
    total, overdue, today, week = totals
    return Undecided(total=total, overdue=overdue, today=today, week=week, sponsors=sponsors, places=places)


def counts(actor: Actor) -> Counts:
    """The dashboard's figures, in three queries."""
    now = office().clock.now()
    stages: dict[str, dict[str, int]] = {}
    destinations: dict[str, int] = {}
    columns = ("stage", "verdict", "destination", "route")
    grouped: Iterable[tuple[str, str, str, str, int]]
    match scope_of(actor):
        case Scope.OWN:
            grouped = Journey.objects.filter(visible(actor)).values_list(*columns).annotate(n=Count("pk")).order_by()
        case Scope.SPONSORED:
            grouped = SponsorCount.objects.filter(visible(actor)).values_list(*columns).annotate(n=Sum("number")).order_by()
        case _:
            grouped = JourneyCount.objects.filter(visible(actor)).values_list(*columns).annotate(n=Sum("number")).order_by()
    routes: dict[str, dict[str, int]] = {}
    for stage, verdict, destination, route, number in grouped:
        if not number:
            continue  # all that were counted there have moved on
        by_stage = routes.setdefault(route, {})
        by_stage[stage] = by_stage.get(stage, 0) + number
        by_verdict = stages.setdefault(stage, {})
        by_verdict[verdict] = by_verdict.get(verdict, 0) + number
        destinations[destination] = destinations.get(destination, 0) + number
    late = Deadline.objects.filter(visible(actor, own="journey"), status__in=OPEN)
    overdue, soon = late.filter(due__lt=now), late.filter(due__gte=now, due__lt=now + SOON)
    total = sum(sum(by_verdict.values()) for by_verdict in stages.values())
    ended = sum(sum(stages.get(stage, {}).values()) for stage in ENDED)
    return Counts(
        stages=stages,
        total=total,
        open=total - ended,
        overdue=_at_most(overdue),
        due_soon=_at_most(soon),
        destinations=destinations,
        routes=routes,
    )


def count_by_stage(actor: Actor, wanted: Q) -> dict[str, int]:
    """How many journeys of some kind that the actor may see are at each stage."""
    rows = Journey.objects.filter(visible(actor), wanted)
    return dict(rows.values_list("stage").annotate(n=Count("pk")).order_by())


def _at_most(rows: QuerySet[Deadline, Deadline]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()
