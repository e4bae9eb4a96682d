"""Simpler ways to choose, beside which an allocation stands: first-come, and direct output for each room-night."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from fastchannel.supply.places.allocate import Allocation, allocate
from fastchannel.supply.places.application import Application
from fastchannel.supply.places.conflict import Conflict
from fastchannel.supply.places.prices import table_of
from fastchannel.supply.places.problem import Problem, lay_out
from fastchannel.supply.places.search import place
from fastchannel.supply.places.worlds import World, make_world


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Value that each way reaches in one world, by the same values, and the bound on any.

    ``floors_missed`` are the people by which first-come and direct output miss floors.
    """

    seed: int
    people: int
    first_come: float
    direct_output: float
    allocated: float
    bound: float
    floors_missed: tuple[int, int]


def first_come(one: Application) -> tuple[float, str]:
    """By the time of applying."""
    return 0.0, one.applied_at


def by_output(direct: Mapping[str, float]) -> Callable[[Application], tuple[float, str]]:
    """By direct output for each room-night, the greatest first."""
    return lambda one: (-direct[one.id] / (one.rooms_taken * one.nights), one.id)


def in_turn(problem: Problem, key: Callable[[Application], tuple[float, str]]) -> tuple[float, int]:
    """Teams of floors that are not reached in the key's order, then all others; each takes the most valuable option that fits.

    Returns the value and by how many people floors are missed.
    """
    order = np.array(sorted(range(len(problem.applications)), key=lambda i: key(problem.applications[i])), np.int64)
    table, used = table_of(problem), np.zeros(problem.shape.rows)
    choice = np.full(order.size, -1, np.int64)
    for only_lacking in (True, False):
        place(table, problem.value, problem.limits, order, used, choice, only_lacking)
    missed = np.maximum(problem.limits - used, 0.0)[problem.shape.floors_at :].sum()
    return float(problem.value[choice[choice >= 0]].sum()), round(missed)


def compare(seed: int, people: int, gap: float | None = None) -> Compared | Conflict:
    """The three ways in one seed world."""
    world: World = make_world(seed, people)
    found = allocate(world.applications, world.capacity, world.budget, seed=str(seed), gap=gap)
    if not isinstance(found, Allocation):
        return found
    problem = lay_out(world.applications, world.capacity, world.budget)
    (first, first_missed), (output, output_missed) = (
        in_turn(problem, key) for key in (first_come, by_output(world.direct_output))
    )
    return Compared(
        seed=seed,
        people=problem.people,
        first_come=first,
        direct_output=output,
        allocated=found.value,
        bound=found.bound,
        floors_missed=(first_missed, output_missed),
    )


def table(found: Iterable[Compared]) -> list[str]:
    """A table in Markdown: each way's value as a share of the bound."""
    lines = [
        "| seed | people | first-come | direct output a room-night | allocated | bound |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for one in found:
        ways = (one.first_come, one.direct_output, one.allocated)
        shares = " | ".join(f"{way / one.bound:.1%}".replace("%", " %") for way in ways)
        lines.append(f"| {one.seed} | {one.people:,} | {shares} | {one.bound:,.0f} |")
    return lines
