"""Why an applicant has a place or none, what would change it, and what one more unit of a limit is worth.

Prices come from a relaxation in which a team may be split. In a small batch they mislead: a seat may have a price though one
more seat helps nobody, and a team may show a profit and rightly have no place. There the batch is solved again with the one
thing changed, and both answers are given with what their gaps leave open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.allocate import Allocation
from fastchannel.supply.places.application import Grant
from fastchannel.supply.places.compiled import Floats
from fastchannel.supply.places.exact import Solved, solve, use_matrix
from fastchannel.supply.places.prices import Market
from fastchannel.supply.places.problem import Problem

RISK_UNIT = 0.001  # of ε: a tenth of a percentage point


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What an option takes of one limit, and the price of a unit. Floors pay, so that their price is below nought."""

    limit: str
    takes: float
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One option at prices: its value less what it takes."""

    grant: Grant
    value: float
    charges: tuple[Charge, ...]

    @property
    def profit(self) -> float:
        """Value − Σ price × use."""
        return self.value - sum(charge.takes * charge.price for charge in self.charges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """By solving again: how the total changes when the team is made to have its place, or to have none.

    ``least`` and ``most`` bound by how much its value would have to rise for a place, or could fall until it loses it.
    """

    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Of one applicant. ``rank`` is by profit at prices among all without a promise, 1 the highest; ``of`` how many they are.

    ``options`` from the most profitable. ``resolved`` is None in a large batch, or where it can have no place at all.
    """

    application: str
    granted: Grant | None
    rank: int
    of: int
    options: tuple[Weighed, ...]
    resolved: Resolved | None

    @property
    def value_needed(self) -> float | None:
        """At prices: by how much its best option's value would have to rise (above nought), or could fall (below)."""
        return -self.options[0].profit if self.options else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What one more unit of a limit adds: at its price, and in a small batch solved again, from ``least`` to ``most``."""

    limit: str
    price: float
    least: float | None
    most: float | None


class UnknownApplicantError(SupplyError):
    """Nobody without a promise has that id."""


def explain(allocation: Allocation, application: str) -> Explanation:
    """Why. Raises UnknownApplicantError."""
    problem = allocation.problem
    team = next((i for i, one in enumerate(problem.applications) if one.id == application), None)
    if team is None:
        raise UnknownApplicantError(
            f"{application}: no application without a promise has this id; look at the file's first column"
        )
    found = _at_prices(allocation, [team])[0]
    has_options = problem.starts[team + 1] > problem.starts[team]
    exact = allocation.method == "exact" and has_options
    return replace(found, resolved=_resolved(allocation, team)) if exact else found


def explain_all(allocation: Allocation) -> list[Explanation]:
    """Why, of everybody without a promise, at prices alone: nothing is solved again."""
    return _at_prices(allocation, range(len(allocation.problem.applications)))


def _at_prices(allocation: Allocation, teams: Sequence[int]) -> list[Explanation]:
    problem = allocation.problem
    market = Market(problem)
    market.offer(allocation.prices)
    best = _best(problem, market.profit)
    use, found = use_matrix(problem).tocsc(), []
    for team in teams:
        begin, end = int(problem.starts[team]), int(problem.starts[team + 1])
        weighed = []
        for option in sorted(range(begin, end), key=lambda option: -market.profit[option]):
            entries = slice(use.indptr[option], use.indptr[option + 1])
            weighed.append(_weighed(allocation, team, option, use.indices[entries].tolist(), use.data[entries].tolist()))
        option = int(allocation.choice[team])
        found.append(
            Explanation(
                application=problem.applications[team].id,
                granted=problem.grant(team, option) if option >= 0 else None,
                rank=1 + int((best > best[team]).sum()),
                of=len(problem.applications),
                options=tuple(weighed),
                resolved=None,
            )
        )
    return found


def worth_of_one_more(allocation: Allocation, row: int) -> Worth:
    """One more seat, room of a night, test, or tenth of a percentage point of ε; for a floor, one more place reserved.

    A row of ``problem.limit_name``. The option set stays: what one more unit would allow that never fitted is not counted.
    """
    problem = allocation.problem
    unit = _unit(problem, row)
    sign = -1.0 if row >= problem.shape.floors_at else 1.0
    price = sign * float(allocation.prices[row]) * unit
    if allocation.method != "exact":
        return Worth(limit=problem.limit_name(row), price=price, least=None, most=None)
    limits = problem.limits.copy()
    limits[row] += unit
    more = solve(replace(problem, limits=limits), allocation.asked_gap, start=None if sign < 0 else allocation.choice)
    now = _now(allocation)
    if more is None:
        return Worth(limit=problem.limit_name(row), price=price, least=None, most=None)
    low, high = more.value - now.bound, more.bound - now.value
    least, most = (low, min(high, 0.0)) if sign < 0 else (max(low, 0.0), high)
    return Worth(limit=problem.limit_name(row), price=price, least=least, most=most)


def _unit(problem: Problem, row: int) -> float:
    if not problem.shape.risk_at <= row < problem.shape.floors_at:
        return 1.0
    free = float(np.exp(-problem.limits[row]))  # 1 − ε
    return float(-np.log(max(free - RISK_UNIT, 1e-12)) + np.log(free))


def _now(allocation: Allocation) -> Solved:
    """The batch without what promises are worth."""
    chosen = allocation.choice[allocation.choice >= 0]
    value = float(allocation.problem.value[chosen].sum())
    return Solved(choice=allocation.choice, value=value, bound=value + max(0.0, allocation.bound - allocation.value))


def _resolved(allocation: Allocation, team: int) -> Resolved | None:
    problem, now = allocation.problem, _now(allocation)
    ours = np.zeros(problem.value.size)
    ours[problem.starts[team] : problem.starts[team + 1]] = 1.0
    if allocation.choice[team] < 0:
        other = solve(problem, allocation.asked_gap, least=((ours, 0.5),))
    else:
        other = solve(problem, allocation.asked_gap, least=((-ours, -0.5),))
    if other is None:
        return None
    return Resolved(least=max(0.0, now.value - other.bound), most=max(0.0, now.bound - other.value))


def _best(problem: Problem, profit: Floats) -> Floats:
    best = np.full(problem.teams.size.size, -np.inf)
    np.maximum.at(best, np.repeat(np.arange(best.size), np.diff(problem.starts)), profit)
    return best


def _weighed(allocation: Allocation, team: int, option: int, rows: list[int], taken: list[float]) -> Weighed:
    problem = allocation.problem
    charges = [
        Charge(
            limit=problem.limit_name(row),
            takes=float(amount),
            price=float(-allocation.prices[row] if row >= problem.shape.floors_at else allocation.prices[row]),
        )
        for row, amount in zip(rows, taken, strict=True)
        if allocation.prices[row] > 1e-12
    ]
    return Weighed(grant=problem.grant(team, option), value=float(problem.value[option]), charges=tuple(charges))
