"""Worlds small enough to try every choice, and the best of them by trying."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import Budget, Capacity, Flight, Floor, Site
from fastchannel.supply.places.feasibility import breaches

WAY = "KR-CN"
SmallWorld = tuple[list[Application], Capacity, Budget]


def team(name: str, size: int = 1, value: float = 10.0, **fields: Any) -> Application:
    """A team for day 0 with two nights, unless the fields say otherwise."""
    plain = Application(
        id=name, sponsor=f"firm of {name}", size=size, values=(value,), nights=2, p_import=(0.001,), direction=WAY
    )
    return replace(plain, **fields)


def capacity(
    seats: tuple[int, ...] = (5,), rooms: tuple[tuple[int, ...], ...] = ((5, 5, 5),), tests: tuple[int, ...] | None = None
) -> Capacity:
    """One flight a day and these sites."""
    return Capacity(
        flights=tuple(Flight(id=f"F{day}", day=day, seats=count, direction=WAY) for day, count in enumerate(seats)),
        sites=tuple(
            Site(id=f"S{k}", direction=WAY, rooms=nights, laboratory="L" if tests else "") for k, nights in enumerate(rooms)
        ),
        tests={"L": tests} if tests else {},
    )


def every_choice(applications: list[Application], limits: Capacity) -> Iterator[list[Grant]]:
    """All ways to give each team one of its options or none, whether or not the limits are kept."""
    for picked in itertools.product(*([None, *options(one, limits)] for one in applications)):
        yield [grant for grant in picked if grant is not None]


def options(one: Application, limits: Capacity) -> list[Grant]:
    return [
        Grant(application=one.id, flight=flight.id, place=site.id, day=flight.day)
        for flight in limits.flights
        for site in limits.sites
        if one.value_on(flight.day) > 0
    ]


def worth(applications: list[Application], grants: list[Grant]) -> float:
    known = {one.id: one for one in applications}
    return sum(known[grant.application].value_on(grant.day) for grant in grants)


def best_by_trying(applications: list[Application], limits: Capacity, budget: Budget) -> float | None:
    """The value of the best choice that keeps every limit and floor, None where there is none."""
    kept = (grants for grants in every_choice(applications, limits) if not breaches(applications, grants, limits, budget))
    return max((worth(applications, grants) for grants in kept), default=None)


@st.composite
def worlds(draw: st.DrawFn, most_teams: int = 5, floors: bool = True) -> SmallWorld:
    """Up to five teams, two days, two sites."""
    days = 2
    teams = [
        team(
            f"T{k}",
            size=draw(st.integers(1, 3)),
            values=tuple(float(draw(st.integers(0, 9))) for _ in range(days)),
            nights=draw(st.integers(1, 2)),
            p_import=(draw(st.sampled_from((0.001, 0.01, 0.05))),),
            classes=tuple(draw(st.sets(st.sampled_from(("health", "small-firm")), max_size=2))),
            tests=draw(st.sampled_from(((), (0,), (0, 1)))),
        )
        for k in range(draw(st.integers(1, most_teams)))
    ]
    nights = st.tuples(*[st.integers(0, 5)] * 3)
    limits = capacity(
        seats=tuple(draw(st.integers(0, 6)) for _ in range(days)),
        rooms=tuple(draw(st.lists(nights, min_size=1, max_size=2))),
        tests=draw(st.one_of(st.none(), st.tuples(*[st.integers(1, 6)] * 3))),
    )
    reserved = st.builds(Floor, kind=st.just("class"), of=st.sampled_from(("health", "small-firm")), places=st.integers(0, 3))
    budget = Budget(
        risk={WAY: (draw(st.sampled_from((0.01, 0.06, 0.5))),)} if draw(st.booleans()) else {},
        floors=tuple(draw(st.lists(reserved, max_size=2))) if floors else (),
    )
    return teams, limits, budget
