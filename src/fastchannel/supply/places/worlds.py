"""Seed worlds: applications and capacity made from a published seed, the same on every machine, to compare ways of choosing.

Nothing in them is anybody's data. Sizes, stays, tests and risks are of the order of the fast channels of 2020; capacity is a
stated share of what is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fastchannel.supply.places.application import Application, decaying
from fastchannel.supply.places.capacity import DAYS_PER_WEEK, Budget, Capacity, Flight, Floor, Site
from fastchannel.supply.places.compiled import Floats, Ints

DIRECTIONS = ("KR-CN", "CN-KR")
REGIONS = ("CN-LN", "CN-JS", "CN-SN", "KR-41", "KR-48")
SIZES, SIZE_SHARES = (1, 2, 3, 4, 6, 10), (0.42, 0.2, 0.14, 0.12, 0.08, 0.04)
STAYS = (2, 14)
CLASSES = (("health", 0.06), ("small-firm", 0.25), ("humanitarian", 0.02))
CHOICES = 3  # flights, and sites, that a team names at most
WEEKLY_RISK = 0.05  # ε of a week and direction, about what those bring in whom the seats can carry
TAIL_NIGHTS = 15  # beyond the last arrival, so that every stay fits


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Applications with their limits. ``direct_output`` is what each claims in output, beside the marginal in its values."""

    applications: tuple[Application, ...]
    capacity: Capacity
    budget: Budget
    direct_output: dict[str, float]


def make_world(seed: int, people: int, *, days: int = 14, sites: int = 0, served: float = 0.4, floors: bool = True) -> World:
    """About ``people`` people who apply for the arrival days 0 to ``days`` − 1; seats are for the share ``served`` of them.

    Rooms are for about as many, tests and risk for a little more, so that now one and now another binds. A team's marginal
    value is its direct output times a lognormal amplification of its own, so that their rank correlation is moderate.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    size = random.choice(SIZES, size=max(1, round(people / float(np.dot(SIZES, SIZE_SHARES)))), p=SIZE_SHARES)
    stay = random.choice(STAYS, size=size.size)
    carried = float(size.sum()) * served
    capacity = _capacity(random, carried, days, sites or max(4, min(40, people // 500)), float(stay.mean()))
    applications, direct = _applications(random, size, stay, days, capacity)
    return World(applications=applications, capacity=capacity, budget=_budget(floors=floors), direct_output=direct)


def _capacity(random: np.random.Generator, carried: float, days: int, sites: int, mean_stay: float) -> Capacity:
    flights_a_day = max(1, round(carried / (days * len(DIRECTIONS)) / 250))
    seats = carried / (days * len(DIRECTIONS) * flights_a_day)
    flights = tuple(
        Flight(id=f"{way}-{day:02}-{k}", day=day, seats=max(1, round(seats * random.uniform(0.7, 1.3))), direction=way)
        for way in DIRECTIONS
        for day in range(days)
        for k in range(flights_a_day)
    )
    rooms = carried / days * mean_stay * 0.8 / sites  # what they sleep in together on a night in the middle
    nights = days + TAIL_NIGHTS
    made = tuple(
        Site(
            id=f"S{k:02}",
            direction=DIRECTIONS[k % 2],
            rooms=(max(2, round(rooms * random.uniform(0.5, 1.5))),) * nights,
            laboratory=f"L{k % 2}",
        )
        for k in range(sites)
    )
    tests = {f"L{k}": (max(4, round(1.6 * carried / (2 * days))),) * nights for k in range(2)}
    return Capacity(flights=flights, sites=made, tests=tests)


def _budget(*, floors: bool) -> Budget:
    reserved = (
        *(Floor(kind="class", of=name, share=share / 2) for name, share in CLASSES),
        *(Floor(kind="region", of=name, share=0.05) for name in REGIONS),
        *(Floor(kind="direction", of=name, share=0.3) for name in DIRECTIONS),
    )
    return Budget(risk=dict.fromkeys(DIRECTIONS, (WEEKLY_RISK,)), floors=reserved if floors else ())


def _applications(
    random: np.random.Generator, size: Ints, stay: Ints, days: int, capacity: Capacity
) -> tuple[tuple[Application, ...], dict[str, float]]:
    count = size.size
    way, region, sponsor = (random.integers(0, most, count) for most in (2, len(REGIONS), max(2, count // 4)))
    direct: Floats = np.exp(random.normal(0.0, 1.0, count)) * size
    value = direct * np.exp(random.normal(0.0, 1.0, count))
    decay = random.choice((0.0, 0.02, 0.1, 0.3), size=count)
    a_week = capacity.seats() / len(DIRECTIONS) * DAYS_PER_WEEK / days
    per_person = -np.log1p(-WEEKLY_RISK) / a_week * np.exp(random.normal(0.0, 0.7, count))
    first = random.integers(0, max(1, days - 6), count)
    wait = random.integers(2, 7, count)
    applied = random.permutation(count)
    classed = [random.uniform(size=count) < share for _, share in CLASSES]
    flights = [[one for one in capacity.flights if one.direction == name] for name in DIRECTIONS]
    sites = [[one.id for one in capacity.sites if one.direction == name] for name in DIRECTIONS]
    picks = random.integers(0, 1 << 30, (count, 2 * CHOICES))
    made: list[Application] = []
    for i in range(count):
        reach = min(days - 1, int(first[i] + wait[i]))
        a_day = len(flights[way[i]]) // days
        near = flights[way[i]][int(first[i]) * a_day : (reach + 1) * a_day]
        named = sites[way[i]]
        made.append(
            Application(
                id=f"A{i:06}",
                sponsor=f"F{sponsor[i]:06}",
                size=int(size[i]),
                values=decaying(float(value[i]), float(decay[i]), int(first[i]), reach),
                nights=int(stay[i]),
                p_import=(float(-np.expm1(-per_person[i] * size[i])),),
                direction=DIRECTIONS[way[i]],
                region=REGIONS[region[i]],
                first_day=int(first[i]),
                places=tuple(sorted({named[pick % len(named)] for pick in picks[i, :CHOICES]})),
                flights=tuple(sorted({near[pick % len(near)].id for pick in picks[i, CHOICES:]})),
                tests=(0,) if stay[i] < 14 else (0, 12),
                classes=tuple(name for (name, _), member in zip(CLASSES, classed, strict=True) if member[i]),
                applied_at=f"2020-05-01T{applied[i]:012}",
            )
        )
    return tuple(made), {one.id: float(direct[i]) for i, one in enumerate(made)}
