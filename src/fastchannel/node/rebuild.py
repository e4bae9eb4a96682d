"""Makes the projections anew from the events alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastchannel.node.desk import office
from fastchannel.node.following import keep_followed, keep_places
from fastchannel.node.journal import columns, course_of, replace_courses, replace_deadlines
from fastchannel.node.models import Course, Deadline, Journey

_WHEN_LOOKED = frozenset({"standing", "decided"})  # differ with the time of looking only


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many journeys there are, and how many of them had a row or deadlines that the events do not give."""

    journeys: int
    changed: tuple[str, ...]


def rebuild(progress: Callable[[int, int], None] | None = None) -> Rebuilt:
    """Project every journey again, each in its own transaction, so that the node can go on working meanwhile."""
    desk = office()
    total = Journey.objects.count()
    changed: list[str] = []
    identifiers = Journey.objects.order_by("id").values_list("id", flat=True).iterator(chunk_size=1_000)
    for number, journey in enumerate(list(identifiers), start=1):
        with desk.journal.transaction():
            row = Journey.objects.select_for_update(no_key=True).get(id=journey)
            events = desk.journal.events(journey)
            standing = desk.decide(events, desk.now_for(events))
            projected, deadlines = desk.project(standing, events, told=row.told)
            fresh = columns(projected)
            held = set(Deadline.objects.filter(journey=row).values_list("measure", "kind", "who", "status", "opens", "due"))
            due = {(item.measure, item.kind, item.who, item.status, item.opens, item.due) for item in deadlines}
            counted = Course.objects.filter(journey=row).first()
            watched = course_of(counted) if counted is not None else None
            differs = any(getattr(row, name) != value for name, value in fresh.items() if name not in _WHEN_LOOKED)
            if differs or held != due or watched != projected.course:
                changed.append(journey)
            Journey.objects.filter(id=journey).update(revision=len(events), **fresh)
            replace_deadlines([(projected, deadlines)])
            replace_courses([projected])
            keep_followed([projected])
            keep_places([projected])
        if progress is not None:
            progress(number, total)
    return Rebuilt(journeys=total, changed=tuple(changed))
