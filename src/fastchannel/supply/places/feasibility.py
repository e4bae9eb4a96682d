"""Whether grants keep every limit: added up from the grants themselves, apart from anything that found them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import DAYS_PER_WEEK, Budget, Capacity, Floor

RISK_TOLERANCE = 1e-9  # relative; sums of floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit that is not kept: which, what the grants take of it (or reach, for a floor) and what it allows (or asks)."""

    limit: str
    found: float
    allowed: float


def breaches(applications: Iterable[Application], grants: Iterable[Grant], capacity: Capacity, budget: Budget) -> list[Breach]:
    """Every limit that the grants break, floors included; empty where all are kept."""
    by_id = {one.id: one for one in applications}
    given = list(grants)
    return [
        *_misplaced(by_id, given, capacity),
        *_seats_rooms_tests(by_id, given, capacity),
        *_risk(by_id, given, budget),
        *_floors(by_id, given, capacity, budget),
    ]


class Reach:
    """What an application could take if nobody else were there."""

    def __init__(self, capacity: Capacity) -> None:
        self._tests = capacity.tests
        self._flights = {flight.id: flight for flight in capacity.flights}
        self._sites = {site.id: site for site in capacity.sites}
        self._by_direction: dict[str, tuple[list[str], list[str]]] = {}
        for way in {flight.direction for flight in capacity.flights} | {site.direction for site in capacity.sites}:
            flights = [one.id for one in capacity.flights if one.direction == way]
            self._by_direction[way] = flights, [one.id for one in capacity.sites if one.direction == way]

    def has_option(self, one: Application) -> bool:
        """Whether a flight and a site have room for the whole team."""
        all_flights, all_sites = self._by_direction.get(one.direction, ([], []))
        flights = [self._flights[name] for name in one.flights or all_flights if name in self._flights]
        sites = [self._sites[name] for name in one.places or all_sites if name in self._sites]
        return any(
            fits_alone(one, flight.day, site.rooms, self._tests.get(site.laboratory) if site.laboratory else None)
            for flight in flights
            if flight.direction == one.direction and flight.seats >= one.size
            for site in sites
            if site.direction == one.direction
        )


def fits_alone(one: Application, day: int, rooms: tuple[int, ...], tests: tuple[int, ...] | None) -> bool:
    """Whether the stay and its tests fit when nobody else is there. ``tests`` of None: nobody limits them."""
    if one.value_on(day) <= 0.0:
        return False
    stay = rooms[day : day + one.nights]
    if len(stay) < one.nights or any(free < one.rooms_taken for free in stay):
        return False
    return tests is None or all(day + after < len(tests) and tests[day + after] >= one.size for after in one.tests)


def belongs(floor: Floor, one: Application) -> bool:
    """Whether the floor is reserved for this application."""
    if floor.kind == "class":
        return floor.of in one.classes
    return floor.of == (one.region if floor.kind == "region" else one.direction)


def _misplaced(by_id: Mapping[str, Application], given: list[Grant], capacity: Capacity) -> Iterable[Breach]:
    flights = {flight.id: flight for flight in capacity.flights}
    sites = {site.id: site for site in capacity.sites}
    seen: set[str] = set()
    for grant in given:
        one, flight, site = by_id.get(grant.application), flights.get(grant.flight), sites.get(grant.place)
        if one is None or flight is None or site is None:
            yield Breach(limit=f"grant of {grant.application}: unknown", found=1, allowed=0)
            continue
        wrong = (
            grant.application in seen,
            flight.day != grant.day,
            {flight.direction, site.direction} != {one.direction},
            bool(one.flights) and grant.flight not in one.flights,
            bool(one.places) and grant.place not in one.places,
            one.value_on(grant.day) <= 0.0,
        )
        seen.add(grant.application)
        if any(wrong):
            yield Breach(limit=f"grant of {grant.application}: not what it applied for", found=1, allowed=0)


def _seats_rooms_tests(by_id: Mapping[str, Application], given: list[Grant], capacity: Capacity) -> Iterable[Breach]:
    used: dict[tuple[str, str, int], int] = defaultdict(int)
    sites = {site.id: site for site in capacity.sites}
    for grant in given:
        one, site = by_id.get(grant.application), sites.get(grant.place)
        if one is None or site is None:
            continue
        used["seats", grant.flight, grant.day] += one.size
        for night in range(grant.day, grant.day + one.nights):
            used["rooms", grant.place, night] += one.rooms_taken
        for after in one.tests if site.laboratory in capacity.tests else ():
            used["tests", site.laboratory, grant.day + after] += one.size
    seats = {flight.id: flight.seats for flight in capacity.flights}
    for (kind, name, day), found in sorted(used.items()):
        per_day = sites[name].rooms if kind == "rooms" else capacity.tests.get(name, ())
        allowed = seats.get(name, 0) if kind == "seats" else per_day[day] if day < len(per_day) else 0
        if found > allowed:
            yield Breach(limit=f"{kind} {name} day {day}", found=found, allowed=allowed)


def _risk(by_id: Mapping[str, Application], given: list[Grant], budget: Budget) -> Iterable[Breach]:
    used: dict[tuple[str, int], list[float]] = defaultdict(list)
    for grant in given:
        if grant.application in by_id:
            one = by_id[grant.application]
            used[one.direction, grant.day // DAYS_PER_WEEK].append(one.risk_on(grant.day))
    for (direction, week), risks in sorted(used.items()):
        if direction in budget.risk:
            found, allowed = math.fsum(risks), budget.risk_limit(direction, week)
            if found > allowed * (1.0 + RISK_TOLERANCE):
                yield Breach(limit=f"risk {direction} week {week}", found=found, allowed=allowed)


def _floors(by_id: Mapping[str, Application], given: list[Grant], capacity: Capacity, budget: Budget) -> Iterable[Breach]:
    reach = Reach(capacity)
    placed = {grant.application for grant in given}
    applied, found = [0] * len(budget.floors), [0] * len(budget.floors)
    for one in by_id.values():
        ours = [k for k, floor in enumerate(budget.floors) if belongs(floor, one)]
        if ours and reach.has_option(one):
            for k in ours:
                applied[k] += one.size
                found[k] += one.size if one.id in placed else 0
    for k, floor in enumerate(budget.floors):
        required = floor.required(capacity, applied[k])
        if found[k] < required:
            yield Breach(limit=f"floor {floor.name}", found=found[k], allowed=required)
