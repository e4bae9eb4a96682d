"""What a device needs to know of one traveller: how the case will look at a gate, by what is recorded now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from fastchannel.casework.gate_bundle import Span, milliseconds
from fastchannel.casework.gate_reasons import Colour, GateReason, gate_view
from fastchannel.decide.journey import fold
from fastchannel.decide.stages import AFTER_DEPARTURE, ENDED, Stage
from fastchannel.decide.standing import Standing
from fastchannel.terms.events import Arrived, Boarded, Event, Role

BOARDING, ENTRY = "boarding", "entry"
GATES = (BOARDING, ENTRY)
MOST_LOOKS = 64  # a traveller whose case changes more often within the window is for an officer after that
_AFTER_ENTRY = frozenset({Stage.ISOLATED, Stage.FOLLOWED_UP, Stage.TREATED, Stage.COMPLETED})

Decide = Callable[[Sequence[Event], datetime], Standing]


def spans_of(decide: Decide, events: Sequence[Event], gate: str, start: datetime, end: datetime) -> tuple[Span, ...]:
    """The case at the gate from ``start`` to ``end``, as `decide` would say with nothing new; equal neighbours are one span.

    At the gate of entry whoever is not recorded as boarded is taken to have left as planned: the word may not be here yet.
    """
    known = tuple(events) if gate == BOARDING else (*events, *_assumed(events, start))
    found: list[Span] = []
    at = start
    for _ in range(MOST_LOOKS):
        standing = decide(known, at)
        colour, reason = gate_view(standing, passed=_passed(known, standing, gate, at))
        until = _next(standing, at, end)
        _extend(found, Span(_rounded_up(at), _rounded_up(until), colour, reason))
        if until >= end:
            return tuple(found)
        at = until
    _extend(found, Span(_rounded_up(at), _rounded_up(end), Colour.AMBER, GateReason.ASK_OFFICER))
    return tuple(found)


def look(decide: Decide, events: Sequence[Event], gate: str, at: datetime) -> tuple[Colour, GateReason]:
    """The same at one instant."""
    span = spans_of(decide, events, gate, at, at + timedelta(milliseconds=1))[0]
    return span.colour, span.reason


def _next(standing: Standing, at: datetime, end: datetime) -> datetime:
    """The first instant at which it can look otherwise; a whole millisecond later than ``at`` at least."""
    if standing.changes is None or standing.changes >= end:
        return end
    return max(standing.changes, at + timedelta(milliseconds=1))


def _extend(found: list[Span], span: Span) -> None:
    if span.end <= span.start:
        return
    if found and (found[-1].colour, found[-1].reason) == (span.colour, span.reason):
        found[-1] = Span(found[-1].start, span.end, span.colour, span.reason)
    else:
        found.append(span)


def _rounded_up(at: datetime) -> int:
    """An instant inside a millisecond belongs to the next: a verdict never changes before its time."""
    whole = milliseconds(at)
    return whole + (1 if at.microsecond % 1000 else 0)


def _passed(events: Sequence[Event], standing: Standing, gate: str, at: datetime) -> bool:
    """Whether the gate lies behind the traveller: recorded as boarded; or let in by a checkpoint, or in a stay already."""
    if gate == BOARDING:
        return standing.stage in AFTER_DEPARTURE or standing.stage == Stage.COMPLETED
    if standing.stage in _AFTER_ENTRY:
        return True
    return standing.stage == Stage.ARRIVED and any(
        isinstance(event, Arrived) and event.role is Role.CHECKPOINT and event.at <= at for event in events
    )


def _assumed(events: Sequence[Event], now: datetime) -> tuple[Event, ...]:
    """The boarding that is not recorded, where none is: as planned. Whoever was refused is not taken to have left."""
    journey = fold(events, now, now)
    if journey.stage in ENDED or journey.itinerary is None or journey.boarded is not None or journey.arrived is not None:
        return ()
    departure = journey.itinerary.departure
    return (Boarded(id="assumed-boarding", journey=journey.id, at=departure, recorded=min(now, departure)),)
