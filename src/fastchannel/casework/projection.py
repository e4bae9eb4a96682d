"""A standing as the row that queues and dashboards are indexed by; the events alone give the same rows again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.errors import CaseworkError
from fastchannel.casework.monitoring import Followed, followed
from fastchannel.casework.watching import Course, Travelled, course
from fastchannel.casework.whereabouts import CaseRow, Named, Whereabout, case_row, contact_of, whereabouts
from fastchannel.decide.journey import fold
from fastchannel.decide.stages import ENDED
from fastchannel.decide.standing import Standing, Status, encode
from fastchannel.terms.events import ContactNamed, Event

_ACTIONABLE = frozenset({Status.AHEAD, Status.DUE, Status.PENDING})
_SETTLED = frozenset({Status.MET, Status.WAIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One obligation that is still open, as the lists of what is due are indexed by."""

    measure: str
    kind: str
    who: str
    status: str
    clause: str
    opens: datetime | None
    due: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One journey as it stands."""

    journey: str
    agreement: str
    version: int
    digest: str
    route: str
    purpose: str
    sponsor: str
    origin: str
    destination: str
    arrival_place: str
    flight: str
    departure: datetime
    stage: str
    verdict: str
    gate: str
    applied: datetime
    next_due: datetime | None
    next_who: str
    wake: datetime | None  # when the node must look again though nothing happened
    settled: int  # obligations met or waived
    failed: int  # obligations missed or failed
    needed: int
    ended: datetime | None  # of an ended journey: when the last thing happened, or the last obligation ran out
    decided: datetime
    standing: bytes
    course: Course | None = None  # what the watch counts of it
    followed: Followed | None = None  # the daily check-ins that go on
    case: CaseRow | None = None
    places: tuple[Whereabout, ...] = ()
    contact_of: tuple[Named, ...] = ()


def project(
    standing: Standing, events: Iterable[Event], text: Agreement, *, told: bool = False
) -> tuple[Row, tuple[Deadline, ...]]:
    """The row and the open deadlines, corrections taken into account; ``text`` is the version that the standing names.

    ``told`` says that another party's node keeps the journey, so that this one reminds nobody. Raises CaseworkError where
    nobody applied.
    """
    held = tuple(events)
    journey = fold(held, standing.at, standing.known)
    first, plan = journey.applied, journey.itinerary
    if first is None or plan is None:
        raise CaseworkError(f"journey {standing.journey}: found no application, expected one before anything else is recorded")
    deadlines = tuple(
        Deadline(
            measure=item.measure,
            kind=item.kind,
            who=item.who,
            status=item.status.value,
            clause=item.clause,
            opens=item.opens,
            due=item.due,
            zone=item.zone,
        )
        for item in standing.obligations
        if item.status in _ACTIONABLE and item.due is not None
    )
    # A reminder is the node's own to send, and nobody's deadline.
    soonest = min(
        (item for item in deadlines if item.kind != "remind"),
        key=lambda deadline: (deadline.due, deadline.measure),
        default=None,
    )
    row = Row(
        journey=standing.journey,
        agreement=standing.agreement,
        version=standing.version,
        digest=standing.digest,
        route=standing.route,
        purpose=first.purpose,
        sponsor=first.sponsor,
        origin=plan.origin,
        destination=plan.destination,
        arrival_place=plan.arrival_place or plan.destination,
        flight=plan.flight or "",
        departure=plan.departure,
        stage=standing.stage,
        verdict=standing.verdict.value,
        gate=standing.gate,
        applied=first.at,
        next_due=soonest.due if soonest else None,
        next_who=soonest.who if soonest else "",
        wake=standing.changes if told else _wake(standing),
        settled=sum(item.status in _SETTLED for item in standing.obligations),
        failed=sum(item.status in (Status.MISSED, Status.FAILED) for item in standing.obligations),
        needed=len(standing.obligations),
        ended=_ended(standing, held),
        decided=standing.at,
        standing=encode(standing),
        course=course(Travelled(journey=journey, standing=standing, agreement=text)),
        followed=None if told else followed(standing, journey),
        case=case_row(held, journey),
        places=whereabouts(held, journey, standing.at, standing.known) if journey.boarded or journey.entered else (),
        contact_of=contact_of(held, standing.at, standing.known) if any(isinstance(e, ContactNamed) for e in held) else (),
    )
    return row, deadlines


def _wake(standing: Standing) -> datetime | None:
    """When the node must look again: at once where a reminder is due that a write got ahead of."""
    unsent = [item.opens for item in standing.obligations if item.kind == "remind" and item.status is Status.DUE and item.opens]
    return min([*unsent, *([standing.changes] if standing.changes is not None else [])], default=None)


def _ended(standing: Standing, events: tuple[Event, ...]) -> datetime | None:
    if standing.stage not in ENDED:
        return None
    over = [item.due for item in standing.obligations if item.due is not None and item.due <= standing.at]
    return max([*over, *(event.at for event in events if event.at <= standing.at)])
