"""The allocation as arrays: teams, their options, and the limits that the options share."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import DAYS_PER_WEEK, Budget, Capacity, Flight, Site
from fastchannel.supply.places.compiled import Floats, Indices, Ints
from fastchannel.supply.places.feasibility import belongs
from fastchannel.supply.places.options import Supplied, Teams, options_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many limits of each kind there are. They stand in this order in every vector of limits or prices:

    seats by flight; rooms by site and night; tests by laboratory and day; risk by direction and week; floors.
    """

    flights: int
    sites: int
    days: int
    laboratories: int
    directions: int
    weeks: int
    floors: int

    @property
    def rooms_at(self) -> int:
        return self.flights

    @property
    def tests_at(self) -> int:
        return self.rooms_at + self.sites * self.days

    @property
    def risk_at(self) -> int:
        return self.tests_at + self.laboratories * self.days

    @property
    def floors_at(self) -> int:
        return self.risk_at + self.directions * self.weeks

    @property
    def rows(self) -> int:
        return self.floors_at + self.floors


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Teams in the order of the lottery, and what is left for them.

    Option ``o`` of team ``i`` (``starts[i] <= o < starts[i + 1]``) takes seats of ``flight[o]`` and rooms at ``site[o]``.
    ``limits`` has the shape's order: at most for capacity and risk (infinite where nothing limits), at least for floors.
    ``risk_row`` is each team's first row of risk, −1 where its direction has no limit. Floors of team ``i`` are
    ``team_floors[floor_starts[i]:floor_starts[i + 1]]``.
    """

    applications: tuple[Application, ...]
    capacity: Capacity
    budget: Budget
    shape: Shape
    teams: Teams
    supplied: Supplied
    starts: Ints
    flight: Indices
    site: Indices
    value: Floats
    risk: Floats
    limits: Floats
    risk_row: Ints
    floor_starts: Ints
    team_floors: Ints

    @property
    def people(self) -> int:
        """People who apply."""
        return int(self.teams.size.sum())

    def grant(self, team: int, option: int) -> Grant:
        """The option in words."""
        flight = self.capacity.flights[self.flight[option]]
        site = self.capacity.sites[self.site[option]]
        return Grant(application=self.applications[team].id, flight=flight.id, place=site.id, day=flight.day)

    def grants(self, choice: Ints) -> dict[str, Grant]:
        """The grants of a choice: for each team an option, or −1."""
        return {self.applications[i].id: self.grant(i, int(choice[i])) for i in np.flatnonzero(choice >= 0).tolist()}

    def option_of(self, team: int, grant: Grant) -> int:
        """The option that a grant is, −1 where it is none."""
        for option in range(self.starts[team], self.starts[team + 1]):
            if self.grant(team, option) == grant:
                return option
        return -1

    def limit_name(self, row: int) -> str:
        """A limit in words that the feasibility check uses too."""
        shape, capacity = self.shape, self.capacity
        if row < shape.rooms_at:
            return f"seats {capacity.flights[row].id} day {capacity.flights[row].day}"
        if row < shape.tests_at:
            site, night = divmod(row - shape.rooms_at, shape.days)
            return f"rooms {capacity.sites[site].id} day {night}"
        if row < shape.risk_at:
            laboratory, day = divmod(row - shape.tests_at, shape.days)
            return f"tests {list(capacity.tests)[laboratory]} day {day}"
        if row < shape.floors_at:
            direction, week = divmod(row - shape.risk_at, shape.weeks)
            return f"risk {list(self.budget.risk)[direction]} week {week}"
        return f"floor {self.budget.floors[row - shape.floors_at].name}"


def lay_out(applications: Sequence[Application], capacity: Capacity, budget: Budget) -> Problem:
    """The problem of these applications, in their order."""
    laboratories, directions = list(capacity.tests), list(budget.risk)
    shape = Shape(
        flights=len(capacity.flights),
        sites=len(capacity.sites),
        days=capacity.days,
        laboratories=len(laboratories),
        directions=len(directions),
        weeks=-(-capacity.days // DAYS_PER_WEEK),
        floors=len(budget.floors),
    )
    supplied = _supplied(capacity, shape, laboratories)
    teams = _teams(applications, capacity)
    nights = np.array([len(site.rooms) for site in capacity.sites], np.int64)
    days = np.array([len(capacity.tests[name]) for name in laboratories], np.int64)
    starts, flight, site, value, risk = options_of(teams, supplied, nights, days)
    row = {name: shape.risk_at + k * shape.weeks for k, name in enumerate(directions)}
    floor_starts, team_floors = _lists([_floors_of(one, budget) for one in applications])
    limits = np.concatenate(
        [
            supplied.seats,
            supplied.rooms.ravel(),
            supplied.tests.ravel(),
            [budget.risk_limit(name, week) for name in directions for week in range(shape.weeks)],
            np.zeros(shape.floors),
        ]
    )
    limits = np.where(np.isinf(limits), float(risk.sum()) + 1.0, limits)
    placeable = np.diff(starts) > 0
    members = np.repeat(placeable * teams.size, np.diff(floor_starts))
    applied = np.bincount(team_floors, weights=members, minlength=shape.floors) if shape.floors else np.zeros(0)
    for k, floor in enumerate(budget.floors):
        limits[shape.floors_at + k] = floor.required(capacity, int(applied[k]))
    return Problem(
        applications=tuple(applications),
        capacity=capacity,
        budget=budget,
        shape=shape,
        teams=teams,
        supplied=supplied,
        starts=starts,
        flight=flight,
        site=site,
        value=value,
        risk=risk,
        limits=limits,
        risk_row=np.array([row.get(one.direction, -1) for one in applications], np.int64),
        floor_starts=floor_starts,
        team_floors=team_floors,
    )


def _floors_of(one: Application, budget: Budget) -> list[int]:
    return [k for k, floor in enumerate(budget.floors) if belongs(floor, one)]


def _supplied(capacity: Capacity, shape: Shape, laboratories: Sequence[str]) -> Supplied:
    rooms = np.zeros((shape.sites, shape.days), np.int64)
    for p, site in enumerate(capacity.sites):
        rooms[p, : len(site.rooms)] = site.rooms
    tests = np.zeros((shape.laboratories, shape.days), np.int64)
    for number, name in enumerate(laboratories):
        tests[number, : len(capacity.tests[name])] = capacity.tests[name]
    known = {name: number for number, name in enumerate(laboratories)}
    return Supplied(
        day=np.array([flight.day for flight in capacity.flights], np.int64),
        seats=np.array([flight.seats for flight in capacity.flights], np.int64),
        rooms=rooms,
        laboratory=np.array([known.get(site.laboratory, -1) for site in capacity.sites], np.int64),
        tests=tests,
    )


def _teams(applications: Sequence[Application], capacity: Capacity) -> Teams:
    flights, sites = _Chosen(capacity.flights), _Chosen(capacity.sites)
    directions = {name: k for k, name in enumerate(sorted({one.direction for one in applications}))}
    value_starts, values = _numbers([one.values for one in applications])
    risk_starts, chances = _numbers([one.p_import for one in applications])
    test_starts, tests = _lists([one.tests for one in applications])
    flight_starts, flight_ids = _lists([flights.of(one.flights, one.direction) for one in applications])
    site_starts, site_ids = _lists([sites.of(one.places, one.direction) for one in applications])
    return Teams(
        size=np.array([one.size for one in applications], np.int64),
        rooms=np.array([one.rooms or one.size for one in applications], np.int64),
        nights=np.array([one.nights for one in applications], np.int64),
        first_day=np.array([one.first_day for one in applications], np.int64),
        direction=np.array([directions[one.direction] for one in applications], np.int64),
        value_starts=value_starts,
        values=values,
        risk_starts=risk_starts,
        risks=-np.log1p(-chances),
        test_starts=test_starts,
        tests=tests,
        flight_starts=flight_starts,
        flights=flight_ids,
        site_starts=site_starts,
        sites=site_ids,
    )


class _Chosen:
    """Flights or sites that an application can take, each set looked up once."""

    def __init__(self, known: Sequence[Flight | Site]) -> None:
        self._named = [(one.id, one.direction) for one in known]
        self._found: dict[tuple[tuple[str, ...], str], list[int]] = {}

    def of(self, ids: tuple[str, ...], direction: str) -> list[int]:
        key = ids, direction
        if key not in self._found:
            wanted = set(ids)
            self._found[key] = [
                k for k, (name, way) in enumerate(self._named) if way == direction and (not wanted or name in wanted)
            ]
        return self._found[key]


def _starts(items: Sequence[Collection[object]]) -> Ints:
    starts = np.zeros(len(items) + 1, np.int64)
    np.cumsum([len(one) for one in items], out=starts[1:])
    return starts


def _lists(items: Sequence[Collection[int]]) -> tuple[Ints, Ints]:
    starts = _starts(items)
    return starts, np.fromiter(itertools.chain.from_iterable(items), np.int64, count=int(starts[-1]))


def _numbers(items: Sequence[Collection[float]]) -> tuple[Ints, Floats]:
    starts = _starts(items)
    return starts, np.fromiter(itertools.chain.from_iterable(items), np.float64, count=int(starts[-1]))
