"""What is scarce: seats, rooms, tests and the risk that an agreement allows; and the floors that it reserves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DAYS_PER_WEEK = 7

FloorKind = Literal["class", "region", "direction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """Seats that arrive on a day."""

    id: str
    day: int
    seats: int
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of quarantine: rooms free on each night, counted from the night of day 0. ``laboratory`` does its tests."""

    id: str
    direction: str
    rooms: tuple[int, ...]
    laboratory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Limits of one period. ``tests`` are what each laboratory can do on each day.

    A stay or a test that goes beyond the nights or days given is no option: nobody has promised that capacity.
    """

    flights: tuple[Flight, ...]
    sites: tuple[Site, ...]
    tests: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """Days and nights that the limits speak of."""
        known = [len(site.rooms) for site in self.sites] + [len(per_day) for per_day in self.tests.values()]
        return max([0, *known, *(flight.day + 1 for flight in self.flights)])

    def seats(self, direction: str = "") -> int:
        """Seats of the period, of one direction where one is named."""
        return sum(flight.seats for flight in self.flights if direction in ("", flight.direction))


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Reserved for applicants of one class, region or direction, while there are applicants.

    At least ``places`` people, or the ``share`` of the period's seats, rounded up; never more than applied and could be placed.
    """

    kind: FloorKind
    of: str
    places: int = 0
    share: float = 0.0

    @property
    def name(self) -> str:
        """How limits and conflicts name it."""
        return f"{self.kind} {self.of}"

    def required(self, capacity: Capacity, applied: int) -> int:
        """People that must get a place when ``applied`` can be placed at all."""
        direction = self.of if self.kind == "direction" else ""
        share = math.ceil(self.share * capacity.seats(direction) - 1e-9)
        return min(max(self.places, share), applied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What an agreement allows and reserves.

    ``risk[direction]`` is ε for each week of the period: the most that the chance may be that the week's arrivals in that
    direction bring in at least one infection. The last entry holds for all later weeks; a direction not named has no limit.
    """

    risk: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()

    def risk_limit(self, direction: str, week: int) -> float:
        """−log(1 − ε) of that week: the sum of −log(1 − p) over independent teams may not exceed it."""
        by_week = self.risk[direction]
        epsilon = by_week[min(week, len(by_week) - 1)]
        return math.inf if epsilon >= 1.0 else -math.log1p(-epsilon)
