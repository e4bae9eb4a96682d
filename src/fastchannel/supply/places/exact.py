"""A small batch solved to a stated gap by branch and bound, and the prices of its relaxation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from fastchannel.supply.places.compiled import Floats, Ints
from fastchannel.supply.places.highs import Programme, minimise
from fastchannel.supply.places.problem import Problem

MOST_NODES = 5_000
INFEASIBLE = 2  # SciPy's status
RISK_SCALE = 1e3  # a week's risk counts in thousandths of its limit: HiGHS' tolerances are absolute
RISK_SLACK = 2e-9  # of the limit, kept free where rounding by the solver would break it


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A choice (for each team an option, or −1), its value and an upper bound on any choice's value."""

    choice: Ints
    value: float
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The relaxation: its value, the price of each limit, and each option's share."""

    value: float
    prices: Floats
    shares: Floats


def use_matrix(problem: Problem) -> csr_array:
    """What each option (column) takes of each limit (row)."""
    shape, teams = problem.shape, problem.teams
    team = np.repeat(np.arange(teams.size.size), np.diff(problem.starts))
    options = np.arange(team.size)
    day = problem.supplied.day[problem.flight]
    size = teams.size[team]
    rows, columns, taken = [problem.flight.astype(np.int64)], [options], [size.astype(np.float64)]

    def add(row: Ints, column: Ints, amount: Floats) -> None:
        rows.append(row)
        columns.append(column)
        taken.append(amount)

    nights = teams.nights[team]
    stay = np.repeat(options, nights)
    night = np.arange(stay.size) - np.repeat(np.cumsum(nights) - nights, nights)
    add(shape.rooms_at + problem.site[stay] * shape.days + day[stay] + night, stay, teams.rooms[team[stay]].astype(np.float64))
    laboratory = problem.supplied.laboratory[problem.site]
    counts = np.where(laboratory >= 0, np.diff(teams.test_starts)[team], 0)
    tested = np.repeat(options, counts)
    which = np.arange(tested.size) - np.repeat(np.cumsum(counts) - counts, counts) + teams.test_starts[team[tested]]
    tests_row = shape.tests_at + laboratory[tested] * shape.days + day[tested] + teams.tests[which]
    add(tests_row, tested, size[tested].astype(np.float64))
    risky = options[problem.risk_row[team] >= 0]
    add(problem.risk_row[team[risky]] + day[risky] // 7, risky, problem.risk[risky])
    floors = np.diff(problem.floor_starts)[team]
    member = np.repeat(options, floors)
    which = np.arange(member.size) - np.repeat(np.cumsum(floors) - floors, floors) + problem.floor_starts[team[member]]
    add(shape.floors_at + problem.team_floors[which], member, size[member].astype(np.float64))
    entries = np.concatenate(taken), (np.concatenate(rows), np.concatenate(columns))
    return csr_array(entries, shape=(shape.rows, team.size))


def choice_matrix(problem: Problem) -> csr_array:
    """One row a team: its options."""
    count = int(problem.starts[-1])
    return csr_array((np.ones(count), np.arange(count), problem.starts), shape=(problem.teams.size.size, count))


def scales(problem: Problem) -> Floats:
    """By what each row is multiplied for the solver."""
    scale = np.ones(problem.shape.rows)
    risk = slice(problem.shape.risk_at, problem.shape.floors_at)
    scale[risk] = RISK_SCALE / np.maximum(problem.limits[risk], 1e-12)
    return scale


def solve(
    problem: Problem,
    gap: float,
    *,
    weights: Floats | None = None,
    least: tuple[tuple[Floats, float], ...] = (),
    start: Ints | None = None,
    most_nodes: int = MOST_NODES,
) -> Solved | None:
    """The best choice to a relative gap, None where no choice keeps the limits and floors.

    ``weights`` stand in the place of the values. ``least`` are further rows: weights of the options and the least sum.
    ``start`` is a choice to begin from. Raises UnsolvedError where HiGHS ends without an answer of either kind.
    """
    wanted = problem.value if weights is None else weights
    if wanted.size == 0:
        none = np.full(problem.teams.size.size, -1, np.int64)
        wants = bool((problem.limits[problem.shape.floors_at :] > 0).any()) or any(sum_ > 0 for _, sum_ in least)
        return None if wants else Solved(choice=none, value=0.0, bound=0.0)
    begun = None if start is None else np.bincount(start[start >= 0], minlength=wanted.size).astype(np.float64)
    found = minimise(_programme(problem, -wanted, least, 0.0), gap, most_nodes, begun)
    if found is not None and not risk_kept(problem, chosen(problem, found.columns)):
        found = minimise(_programme(problem, -wanted, least, RISK_SLACK), gap, most_nodes, begun)
    if found is None:
        return None
    choice = chosen(problem, found.columns)
    value = math.fsum(wanted[choice[choice >= 0]])
    return Solved(choice=choice, value=value, bound=max(value, -found.bound))


def relax(problem: Problem) -> Relaxed | None:
    """The relaxation in which a team may be split; None where even that cannot keep the floors."""
    if problem.value.size == 0:
        return None
    scale, use = scales(problem), use_matrix(problem)
    sign = np.where(np.arange(problem.shape.rows) < problem.shape.floors_at, 1.0, -1.0)
    matrix = vstack([use.multiply((scale * sign)[:, None]), choice_matrix(problem)], format="csr")
    right = np.concatenate([problem.limits * scale * sign, np.ones(problem.teams.size.size)])
    found = linprog(-problem.value, A_ub=matrix, b_ub=right, bounds=(0.0, 1.0), method="highs")
    if found.status == INFEASIBLE or found.fun is None:
        return None
    marginals = -np.asarray(found.ineqlin.marginals)[: problem.shape.rows]
    return Relaxed(value=-float(found.fun), prices=np.maximum(marginals, 0.0) * scale, shares=np.asarray(found.x))


def chosen(problem: Problem, shares: Floats) -> Ints:
    """The choice that the solver's zeros and ones are."""
    choice = np.full(problem.teams.size.size, -1, np.int64)
    taken = np.flatnonzero(shares > 0.5)
    choice[np.searchsorted(problem.starts, taken, side="right") - 1] = taken
    return choice


def risk_kept(problem: Problem, choice: Ints) -> bool:
    """Whether the weeks' risk is kept to rounding."""
    used = use_matrix(problem) @ np.bincount(choice[choice >= 0], minlength=int(problem.starts[-1])).astype(np.float64)
    risk = slice(problem.shape.risk_at, problem.shape.floors_at)
    return bool((used[risk] <= problem.limits[risk] * (1.0 + 1e-10)).all())


def _programme(problem: Problem, costs: Floats, least: tuple[tuple[Floats, float], ...], slack: float) -> Programme:
    shape, scale, teams = problem.shape, scales(problem), problem.teams.size.size
    low = np.full(shape.rows, -np.inf)
    high = problem.limits * scale
    low[shape.floors_at :], high[shape.floors_at :] = problem.limits[shape.floors_at :], np.inf
    high[shape.risk_at : shape.floors_at] *= 1.0 - slack
    further = [csr_array(row[None, :]) for row, _ in least]
    return Programme(
        costs=costs,
        rows=vstack([use_matrix(problem).multiply(scale[:, None]), choice_matrix(problem), *further], format="csr"),
        low=np.concatenate([low, np.full(teams, -np.inf), [sum_ for _, sum_ in least]]),
        high=np.concatenate([high, np.ones(teams), np.full(len(least), np.inf)]),
        most=np.ones(costs.size),
        whole=np.ones(costs.size, np.bool_),
    )
