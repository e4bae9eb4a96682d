"""When a case was infectious, and when it was infected: from symptom onset, else from the first positive sample."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fastchannel.watch.errors import WatchError


class InvestigationError(WatchError):
    """The investigation could not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From ``since`` to ``until``, both included."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None or self.until < self.since:
            raise InvestigationError(
                f"window {self.since.isoformat()} to {self.until.isoformat()}: expected offsets, and an end after its beginning"
            )

    def shared_with(self, other: Window) -> Window | None:
        """The time that both have, if it is but an instant."""
        since, until = max(self.since, other.since), min(self.until, other.until)
        return Window(since=since, until=until) if since <= until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDays:
    """The pathogen profile's days for windows.

    Infectious from so many days before onset, or before the positive sample of a case without symptoms, until so many days
    after; infected between the shortest and the longest incubation before onset, or, without symptoms, between the shortest and
    the longest time for which a sample may be positive after infection.
    """

    infectious_before_onset: float
    infectious_before_sample: float
    infectious_after: float
    shortest_incubation: float
    longest_incubation: float
    earliest_positive: float
    longest_positive: float


def infectious_window(
    days: CaseDays, onset: datetime | None, sampled: datetime | None, isolated: datetime | None = None
) -> Window:
    """When the case could infect others; isolation ends it.

    Raises InvestigationError where neither onset nor sample is known.
    """
    anchor = _anchor(onset, sampled)
    before = days.infectious_before_onset if onset else days.infectious_before_sample
    since, until = anchor - timedelta(days=before), anchor + timedelta(days=days.infectious_after)
    if isolated is not None and isolated < until:
        until = max(isolated, since)
    return Window(since=since, until=until)


def infection_window(days: CaseDays, onset: datetime | None, sampled: datetime | None) -> Window:
    """When the case was infected.

    Where there are both, in the times that both allow, or in those of the onset where they have none in common. Raises
    InvestigationError where neither onset nor sample is known.
    """
    _anchor(onset, sampled)
    by_onset = _before(onset, days.shortest_incubation, days.longest_incubation)
    by_sample = _before(sampled, days.earliest_positive, days.longest_positive)
    if by_onset and by_sample:
        return by_onset.shared_with(by_sample) or by_onset
    found = by_onset or by_sample
    assert found is not None  # noqa: S101 — the anchor was one of them
    return found


class Source(StrEnum):
    """On which side of an arrival the infection lies."""

    BEFORE_ARRIVAL = "before arrival"
    AFTER_ARRIVAL = "after arrival"
    EITHER = "either"


def source_of(infected: Window, arrived: datetime) -> Source:
    """Where the window of infection allows the case to have been infected: evidence for a classification, not yet one."""
    if infected.until <= arrived:
        return Source.BEFORE_ARRIVAL
    return Source.AFTER_ARRIVAL if infected.since > arrived else Source.EITHER


def _before(moment: datetime | None, shortest: float, longest: float) -> Window | None:
    if moment is None:
        return None
    return Window(since=moment - timedelta(days=longest), until=moment - timedelta(days=shortest))


def _anchor(onset: datetime | None, sampled: datetime | None) -> datetime:
    anchor = onset or sampled
    if anchor is None:
        raise InvestigationError("a case with neither symptom onset nor positive sample has no window; record one of them")
    return anchor
