"""Who gets which place: a small batch exactly, a large one by prices, always with a bound on what any choice could reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import msgspec
import numpy as np

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import Budget, Capacity
from fastchannel.supply.places.compiled import Floats, Ints
from fastchannel.supply.places.conflict import Conflict, overpromised, why_infeasible
from fastchannel.supply.places.exact import relax, solve, use_matrix
from fastchannel.supply.places.feasibility import breaches
from fastchannel.supply.places.lottery import drawn, settle
from fastchannel.supply.places.prices import Priced, find_prices
from fastchannel.supply.places.problem import Problem, lay_out

EXACT_PEOPLE = 1_250  # applicants up to whom a batch is solved by branch and bound: about a thousand
SOMETIMES_EXACT_PEOPLE = 4_000  # up to whom it is where prices alone do not reach the gap
EXACT_GAP, PRICED_GAP = 0.005, 0.01

Method = Literal["exact", "prices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """An answer. No choice that keeps all limits, floors and promises is worth more than ``bound``.

    ``problem`` are the teams without a promise, in the order of the lottery, and what is left for them; ``choice`` is the
    option of each or −1; ``prices`` those of its limits: of the relaxation in a small batch, else those that prove the bound.
    """

    grants: tuple[Grant, ...]
    value: float
    bound: float
    method: Method
    seed: str
    asked_gap: float
    prices: Floats
    problem: Problem
    choice: Ints
    promised: tuple[Grant, ...]

    @property
    def gap(self) -> float:
        """By how much of the bound the value may be below the best."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0.0 else 0.0


class PromiseError(SupplyError):
    """A promise that no application and no option stands behind."""


def allocate(
    applications: Iterable[Application],
    capacity: Capacity,
    budget: Budget,
    *,
    seed: str,
    promises: Sequence[Grant] = (),
    gap: float | None = None,
    threads: int = 1,
) -> Allocation | Conflict:
    """Places for the applications of the greatest total value, or which limits conflict.

    ``promises`` are kept as they are. ``gap`` is the relative gap to stop at: 0.5 % up to about 1,000 people, else 1 %.
    ``seed`` is the published seed of the lottery among equals. The answer depends neither on the applications' order nor on
    threads.
    Raises PromiseError for a promise that is no option of its application, UnsolvedError where floors can neither be kept nor
    shown to conflict.
    """
    everyone = drawn(applications, seed)
    rest, held = without_promised(everyone, capacity, budget, promises)
    over = overpromised(rest, held)
    if over is not None:
        return over
    small = rest.people <= EXACT_PEOPLE
    stop = gap if gap is not None else EXACT_GAP if small else PRICED_GAP
    found = None if small else _priced(rest, stop, threads)
    if small or (rest.people <= SOMETIMES_EXACT_PEOPLE and (found is None or found.bound - found.value > stop * found.bound)):
        small, found = True, _exact(rest, stop)
    if found is None:
        return why_infeasible(rest, integral=small)
    chosen = rest.grants(found.choice)
    settled = settle(rest.applications, chosen, lambda _: False)
    choice = np.array(
        [rest.option_of(i, settled[one.id]) if one.id in settled else -1 for i, one in enumerate(rest.applications)]
    )
    known = {one.id: one for one in everyone}
    kept = float(sum(known[grant.application].value_on(grant.day) for grant in promises))
    grants = tuple(sorted((*promises, *settled.values()), key=lambda grant: grant.application))
    broken = breaches(everyone, grants, capacity, budget)
    if broken:
        raise SupplyError(
            f"the choice breaks {broken[0].limit}: found {broken[0].found}, allowed {broken[0].allowed}; please report"
        )
    return Allocation(
        grants=grants,
        value=found.value + kept,
        bound=max(found.bound, found.value) + kept,
        method="exact" if small else "prices",
        seed=seed,
        asked_gap=stop,
        prices=found.prices,
        problem=rest,
        choice=choice,
        promised=tuple(promises),
    )


def without_promised(
    everyone: Sequence[Application], capacity: Capacity, budget: Budget, promises: Sequence[Grant]
) -> tuple[Problem, Floats]:
    """The problem of those without a promise with what promises leave, and what promises take of each limit."""
    promised = {grant.application: grant for grant in promises}
    rest = lay_out([one for one in everyone if one.id not in promised], capacity, budget)
    if not promised:
        return rest, np.zeros(rest.shape.rows)
    kept = lay_out(as_promised(everyone, promised), capacity, budget)
    options = np.diff(kept.starts)
    if (options != 1).any() or len(kept.applications) != len(promised):
        known = {one.id for one, count in zip(kept.applications, options, strict=True) if count == 1}
        wrong = next(name for name in promised if name not in known)
        raise PromiseError(
            f"promise to {wrong}: expected a flight and a place that it applied for and that fit it; plan it anew"
        )
    taken = use_matrix(kept) @ np.ones(len(promised))
    limits = rest.limits - taken
    whole = lay_out(everyone, capacity, budget).limits
    floors = slice(rest.shape.floors_at, None)
    limits[floors] = np.maximum(whole[floors] - taken[floors], 0.0)
    return replace(rest, limits=limits), taken


def as_promised(everyone: Sequence[Application], promised: Mapping[str, Grant]) -> list[Application]:
    """Those with a promise, who can take nothing but it."""
    return [
        msgspec.structs.replace(one, flights=(promised[one.id].flight,), places=(promised[one.id].place,))
        for one in everyone
        if one.id in promised
    ]


def _exact(problem: Problem, gap: float) -> Priced | None:
    """Branch and bound from the choice that prices lead to."""
    relaxed = relax(problem)
    if relaxed is None and problem.value.size:
        return None
    prices = np.zeros(problem.shape.rows) if relaxed is None else relaxed.prices
    greedy = find_prices(problem, gap, start=prices)
    bound = min(greedy.bound, relaxed.value) if relaxed is not None else greedy.bound
    if greedy.short == 0 and bound - greedy.value <= gap * bound:
        return replace(greedy, bound=bound, prices=prices)
    found = solve(problem, gap, start=greedy.choice if greedy.short == 0 else None)
    if found is None:
        return None
    return Priced(
        prices=prices, bound=min(bound, found.bound), choice=found.choice, value=found.value, short=0, rounds=greedy.rounds
    )


def _priced(problem: Problem, gap: float, threads: int) -> Priced | None:
    found = find_prices(problem, gap, threads=threads)
    return found if found.short == 0 else None
