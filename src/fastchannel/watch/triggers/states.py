"""The states that a subject is in, the stops that put it there, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fastchannel.agreement.text import Fate
from fastchannel.terms.moments import Moment
from fastchannel.watch.triggers.figures import DAY, Figure
from fastchannel.watch.triggers.subject import Subject


class State(StrEnum):
    """How open a subject is on a day."""

    OPEN = "open"
    CONTINUED = "continued"  # a rule looked at it and lets it go on
    RESUMED = "resumed"  # the first day after a stop
    INCREASED = "increased"  # more flights a week than usual
    REDUCED = "reduced"  # fewer
    ANNOUNCED = "announced"  # a stop, which does not hold yet
    PAUSED = "paused"
    SUSPENDED = "suspended"
    EXTENDED = "extended"  # a suspension, past its first length


OPEN = frozenset({State.OPEN, State.CONTINUED, State.RESUMED, State.INCREASED})
STOPPED = frozenset({State.PAUSED, State.SUSPENDED, State.EXTENDED})
STRICTEST: tuple[State, ...] = (  # of several stops on one subject, the first of these that is there
    State.EXTENDED, State.SUSPENDED, State.PAUSED, State.REDUCED, State.ANNOUNCED, State.INCREASED,
)  # fmt: skip


class Kind(StrEnum):
    """What a stop is."""

    SUSPENSION = "suspension"
    PAUSE = "pause"
    FREQUENCY = "frequency"  # of flights: lower or higher than usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: a stable code, the clause, what was required, the figures that were found, and the values that words need."""

    code: str
    clause: str
    trigger: str
    required: str = ""
    found: tuple[Figure, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop of one subject, or one other number of flights.

    ``first`` is the first date on which it holds: the announcement's own where it holds at once. ``last`` is the last date, so
    far; None: until something ends it. ``length_days`` is its first length. ``routes`` are those that it stops.
    """

    trigger: str
    clause: str
    subject: Subject
    kind: Kind
    announced: date
    first: date
    last: date | None
    length_days: int | None
    routes: tuple[str, ...]
    reason: Reason
    extended: int = 0  # how many times
    since_extended: date | None = None
    flights_per_week: int | None = None
    usual: int | None = None
    under_way: Moment | Fate = Fate.COMPLETE  # the moment past which journeys complete, or that all are stopped

    def state(self, on: date) -> State | None:
        """The state that it puts its subject into on a day; None where it is over or has not been announced."""
        if on < self.announced or (self.last is not None and on > self.last):
            return None
        if on < self.first:
            return State.ANNOUNCED
        if self.kind is Kind.FREQUENCY:
            return State.REDUCED if (self.flights_per_week or 0) < (self.usual or 0) else State.INCREASED
        if self.kind is Kind.PAUSE:
            return State.PAUSED
        return State.EXTENDED if self.since_extended is not None and on >= self.since_extended else State.SUSPENDED

    def keeps_out(self, on: date) -> bool:
        """Whether traffic of a day is stopped. What arrived on the day of the announcement had arrived when it was made."""
        return self.kind is not Kind.FREQUENCY and on > self.announced and self.state(on) in STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class DayState:
    """One subject on one day."""

    subject: Subject
    day: date
    state: State
    reasons: tuple[Reason, ...]
    flights_per_week: int | None = None
    last: date | None = None  # of the stop, so far


def last_day(announced: date, first: date, length_days: int) -> date:
    """The last date of a stop. One that holds at once has its whole days after the day of the announcement."""
    return max(first, announced + DAY) + (length_days - 1) * DAY
