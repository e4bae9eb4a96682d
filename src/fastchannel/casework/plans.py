"""A batch of days to which places are given: flights, places of quarantine, tests, risk and reserved floors, by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from fastchannel.casework.arrivals import Arrival, arrival_of, team_chance
from fastchannel.casework.needs import Statement
from fastchannel.supply.places.application import Application
from fastchannel.supply.places.capacity import Budget, Capacity, Flight, Floor, FloorKind, Site
from fastchannel.terms.language import N_

MOST_DAYS = 62
TAIL_NIGHTS = 21  # rooms and tests are promised so long after the last arrival, so that every stay of a usual text fits


class FlightDay(msgspec.Struct, frozen=True, kw_only=True):
    """Seats for the channel on a flight that arrives on a day."""

    id: str
    day: date
    seats: int


class House(msgspec.Struct, frozen=True, kw_only=True):
    """A place of quarantine: rooms each night, with other numbers on some nights; ``laboratory`` does its tests."""

    id: str
    rooms: int
    laboratory: str = ""
    nights: dict[str, int] = {}  # by ISO date

    def on(self, day: date) -> int:
        """Rooms on a night."""
        return self.nights.get(day.isoformat(), self.rooms)


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """Places that the agreement reserves: at least so many people, or a share of the seats."""

    kind: FloorKind
    of: str
    places: int = 0
    share: float = 0.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What there is on one route from ``first_day`` to ``last_day``. ``risk`` is ε for each week; ``per_day`` incidence."""

    agreement: str
    route: str
    first_day: date
    last_day: date
    flights: tuple[FlightDay, ...]
    houses: tuple[House, ...]
    laboratories: dict[str, int] = {}  # tests a day
    risk: float | None = None
    per_day: float = 2e-6
    reserves: tuple[Reserve, ...] = ()

    @property
    def days(self) -> int:
        """Arrival days."""
        return (self.last_day - self.first_day).days + 1

    def day(self, number: int) -> date:
        """A day by its number from the first."""
        return self.first_day + timedelta(days=number)

    @property
    def capacity(self) -> Capacity:
        """The same in numbers of days."""
        nights = range(self.days + TAIL_NIGHTS)
        return Capacity(
            flights=tuple(
                Flight(id=one.id, day=(one.day - self.first_day).days, seats=one.seats, direction=self.route)
                for one in self.flights
            ),
            sites=tuple(
                Site(
                    id=one.id,
                    direction=self.route,
                    rooms=tuple(one.on(self.day(night)) for night in nights),
                    laboratory=one.laboratory,
                )
                for one in self.houses
            ),
            tests={name: (count,) * len(nights) for name, count in self.laboratories.items()},
        )

    @property
    def budget(self) -> Budget:
        """What is allowed and reserved."""
        return Budget(
            risk={} if self.risk is None else {self.route: (self.risk,)},
            floors=tuple(Floor(kind=one.kind, of=one.of, places=one.places, share=one.share) for one in self.reserves),
        )


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One statement in a batch, with who made it and when."""

    id: str
    sponsor: str
    statement: Statement
    applied_at: str


def window(wish: Wish, plan: Plan) -> tuple[int, int] | None:
    """The first and the last day of the batch on which it can arrive; None where it is for other days or another route."""
    said = wish.statement
    first, last = (max(0, (said.earliest - plan.first_day).days), min(plan.days - 1, (said.latest - plan.first_day).days))
    if (said.agreement, said.route) != (plan.agreement, plan.route) or first > last:
        return None
    return first, last


def application(wish: Wish, plan: Plan, known: Sequence[Arrival], values: Sequence[float]) -> Application | None:
    """The team as it is allocated. ``values[day]`` is what an arrival on that day of the batch is worth."""
    days, said = window(wish, plan), wish.statement
    if days is None:
        return None
    first, last = days
    arrival = arrival_of(tuple(known), said.region, said.city)
    return Application(
        id=wish.id,
        sponsor=wish.sponsor,
        size=said.people,
        values=tuple(values[first : last + 1]),
        nights=arrival.nights,
        p_import=(team_chance(arrival, said.people),),
        direction=plan.route,
        region=said.region,
        first_day=first,
        rooms=said.rooms,
        tests=arrival.tests,
        classes=said.classes,
        applied_at=wish.applied_at,
    )


class PlanFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a plan: in which part and row."""

    part: str
    row: int
    message: str


def faults(plan: Plan) -> list[PlanFault]:
    """What cannot be."""
    found = []
    if not 1 <= plan.days <= MOST_DAYS:
        found.append(
            PlanFault(part="last_day", row=0, message=N_("Expected a day from the first on, at most two months later."))
        )
    if not plan.flights:
        found.append(PlanFault(part="flights", row=0, message=N_("Expected at least one flight with seats.")))
    if not plan.houses:
        found.append(PlanFault(part="houses", row=0, message=N_("Expected at least one place of quarantine.")))
    seen: set[str] = set()
    for row, one in enumerate(plan.flights):
        if not plan.first_day <= one.day <= plan.last_day:
            found.append(PlanFault(part="flights", row=row, message=N_("Expected a day of the batch.")))
        if one.id in seen:
            found.append(PlanFault(part="flights", row=row, message=N_("This flight is there twice: add its day to its name.")))
        seen.add(one.id)
    names: set[str] = set()
    for row, house in enumerate(plan.houses):
        if house.id in names:
            found.append(PlanFault(part="houses", row=row, message=N_("This place is there twice.")))
        names.add(house.id)
        if house.laboratory and house.laboratory not in plan.laboratories:
            found.append(PlanFault(part="houses", row=row, message=N_("Expected one of the laboratories below.")))
    return found
