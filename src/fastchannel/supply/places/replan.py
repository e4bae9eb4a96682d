"""A changed capacity against promises already made: as few of them change as possible.

What counts, in this order (lexicographic): the fewest promises changed, moved or withdrawn alike; among those the fewest
withdrawn, which is to say left without any place; among those the greatest total value, new applications included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fastchannel.supply.places.allocate import EXACT_GAP, EXACT_PEOPLE, Allocation, allocate, as_promised
from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import Budget, Capacity
from fastchannel.supply.places.compiled import Floats
from fastchannel.supply.places.conflict import Conflict, why_infeasible
from fastchannel.supply.places.exact import relax, solve
from fastchannel.supply.places.lottery import drawn
from fastchannel.supply.places.problem import Problem, lay_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """The new grants, and the promises that changed: moved to another option, or withdrawn."""

    allocation: Allocation
    kept: tuple[Grant, ...]
    moved: tuple[Grant, ...]
    withdrawn: tuple[Grant, ...]


def without_flight(capacity: Capacity, flight: str) -> Capacity:
    """The capacity after the flight is cancelled."""
    return replace(capacity, flights=tuple(one for one in capacity.flights if one.id != flight))


def replan(
    applications: Iterable[Application],
    capacity: Capacity,
    budget: Budget,
    promises: Sequence[Grant],
    *,
    seed: str,
    gap: float | None = None,
    threads: int = 1,
) -> Replanned | Conflict:
    """Grants under the capacity as it is now.

    All three counts are exact where the people who apply are about 1,000 or fewer. Above, which promises can be kept is exact
    among all promises, and of the others those that find a place among what is then left are moved, before anybody new is
    placed.
    """
    everyone = drawn(applications, seed)
    if sum(one.size for one in everyone) <= EXACT_PEOPLE:
        return _lexicographic(everyone, capacity, budget, promises, seed, EXACT_GAP if gap is None else gap)
    known = {one.id: one for one in everyone}
    promised = [known[grant.application] for grant in promises]
    no_floors = replace(budget, floors=())
    singles = as_promised(promised, {grant.application: grant for grant in promises})
    kept = _kept(lay_out(singles, capacity, no_floors), promises)
    if len(kept) < len(promises):
        moved = allocate(promised, capacity, no_floors, seed=seed, promises=kept, threads=threads)
        if isinstance(moved, Conflict):
            return moved
        kept_or_moved = moved.grants
    else:
        kept_or_moved = tuple(kept)
    found = allocate(everyone, capacity, budget, seed=seed, promises=kept_or_moved, gap=gap, threads=threads)
    return found if isinstance(found, Conflict) else _told(found, promises)


def _kept(problem: Problem, promises: Sequence[Grant]) -> list[Grant]:
    """The most promises that can stay as they are together."""
    stays = _stays(problem, promises)
    found = solve(problem, 0.0, weights=stays) if stays.any() else None
    if found is None:
        return []
    return [problem.grant(i, int(o)) for i, o in enumerate(found.choice) if o >= 0 and stays[o] > 0.0]


def _lexicographic(
    everyone: list[Application],
    capacity: Capacity,
    budget: Budget,
    promises: Sequence[Grant],
    seed: str,
    gap: float,
) -> Replanned | Conflict:
    problem = lay_out(everyone, capacity, budget)
    promised = {grant.application for grant in promises}
    stays = _stays(problem, promises)
    team = np.repeat(np.arange(problem.teams.size.size), np.diff(problem.starts))
    served = np.array([one.id in promised for one in everyone], np.float64)[team]
    first = solve(problem, 0.0, weights=stays)
    if first is None:
        return why_infeasible(problem, integral=True)
    most_kept = (stays, round(first.value) - 0.5)
    second = solve(problem, 0.0, weights=served, least=(most_kept,), start=first.choice)
    if second is None:
        return why_infeasible(problem, integral=True)
    most_served = (served, round(second.value) - 0.5)
    third = solve(problem, gap, least=(most_kept, most_served), start=second.choice)
    if third is None:
        return why_infeasible(problem, integral=True)
    grants = problem.grants(third.choice)
    relaxed = relax(problem)
    allocation = Allocation(
        grants=tuple(sorted(grants.values(), key=lambda grant: grant.application)),
        value=third.value,
        bound=third.bound,
        method="exact",
        seed=seed,
        asked_gap=gap,
        prices=np.zeros(problem.shape.rows) if relaxed is None else relaxed.prices,
        problem=problem,
        choice=third.choice,
        promised=(),
    )
    return _told(allocation, promises)


def _stays(problem: Problem, promises: Sequence[Grant]) -> Floats:
    """One for the option that is a promise, nought for all others."""
    stays = np.zeros(problem.value.size)
    team = {one.id: i for i, one in enumerate(problem.applications)}
    for promise in promises:
        option = problem.option_of(team[promise.application], promise)
        if option >= 0:
            stays[option] = 1.0
    return stays


def _told(allocation: Allocation, promises: Sequence[Grant]) -> Replanned:
    now = {grant.application: grant for grant in allocation.grants}
    return Replanned(
        allocation=allocation,
        kept=tuple(one for one in promises if now.get(one.application) == one),
        moved=tuple(one for one in promises if one.application in now and now[one.application] != one),
        withdrawn=tuple(one for one in promises if one.application not in now),
    )
