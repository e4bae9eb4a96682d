"""Arrivals, their kinds, and what tests of each kind have shown so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastchannel.watch.errors import WatchError


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Kind:
    """Travellers who count as alike: where they come from, and whatever else is used, such as age band and sex."""

    origin: str
    profile: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " · ".join((self.origin, *self.profile))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A traveller who arrives: a pseudonym that is fixed before the draw, the point of entry, and the kind."""

    id: str
    point_of_entry: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Tests of one kind sampled on one day, as known now: ``tested`` with a result, how many positive, and how many wait."""

    kind: Kind
    day: date
    tested: int
    positives: int
    waiting: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.positives <= self.tested and self.waiting >= 0):
            raise WatchError(
                f"tests of {self.kind} on {self.day}: found {self.positives} positives in {self.tested} results with "
                f"{self.waiting} waiting; 0 ≤ positives ≤ results was expected; count samples without a result as waiting only"
            )
