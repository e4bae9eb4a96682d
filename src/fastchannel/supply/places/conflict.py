"""Limits that cannot be kept together: an irreducible set of them, and the least relaxations.

Only floors and promises can make limits conflict, since nobody placed breaks nothing. An irreducible set is found by leaving
out one limit after another and keeping out what is not needed (deletion filter; Chinneck and Dravnieks 1991,
doi:10.1287/ijoc.3.2.157): the set conflicts, and without any one of its members it does not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from fastchannel.supply.places.compiled import Bools, Floats, Ints
from fastchannel.supply.places.exact import choice_matrix, scales, use_matrix
from fastchannel.supply.places.highs import Programme, UnsolvedError, minimise
from fastchannel.supply.places.problem import Problem, lay_out

MOST_NODES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """By how much one limit must give way, all others kept, for everything to be feasible. None where it alone cannot help.

    Seats, room-nights, tests and people; for risk −log(1 − ε). A floor gives way downwards.
    """

    limit: str
    by: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """No choice keeps everything. ``limits`` is an irreducible conflicting set.

    ``relaxations`` are the least changes of one limit of the set alone; ``floors_short`` are the least people, summed over
    floors, by which floors must be missed when every other limit is kept, and where.
    """

    limits: tuple[str, ...]
    relaxations: tuple[Relaxation, ...]
    floors_short: tuple[Relaxation, ...]


def overpromised(problem: Problem, taken: Floats) -> Conflict | None:
    """The conflict of promises with the limits themselves, if they take more than there is; each such limit stands alone."""
    over = np.flatnonzero(problem.limits[: problem.shape.floors_at] < -1e-9 * np.maximum(1.0, taken[: problem.shape.floors_at]))
    if not over.size:
        return None
    found = tuple(Relaxation(limit=problem.limit_name(row), by=float(-problem.limits[row])) for row in over.tolist())
    return Conflict(limits=("promises", found[0].limit), relaxations=found, floors_short=())


def why_infeasible(problem: Problem, *, integral: bool) -> Conflict:
    """Which limits conflict. ``integral``: teams are not split; otherwise even split teams could not keep the limits.

    Raises UnsolvedError where the floors could not be kept and were not shown to conflict.
    """
    members = only_members(problem)
    rows = np.arange(members.shape.rows)
    short = _least(members, np.flatnonzero(rows >= members.shape.floors_at), integral)
    if short is None or short.sum() <= 0.0:
        raise UnsolvedError("floors: no choice was found that keeps them, nor a proof that none does. Give fewer applications.")
    kept = irreducible(members, integral)
    relaxations = [(row, _least(members, np.array([row]), integral)) for row in kept]
    return Conflict(
        limits=tuple(members.limit_name(row) for row in kept),
        relaxations=tuple(
            Relaxation(limit=members.limit_name(row), by=None if by is None else float(by[row])) for row, by in relaxations
        ),
        floors_short=tuple(
            Relaxation(limit=members.limit_name(row), by=float(short[row])) for row in np.flatnonzero(short > 0.0).tolist()
        ),
    )


def only_members(problem: Problem) -> Problem:
    """The problem without teams that no floor speaks of: they cannot help to keep one."""
    some = np.flatnonzero(np.diff(problem.floor_starts) > 0).tolist()
    less = lay_out([problem.applications[i] for i in some], problem.capacity, problem.budget)
    return replace(less, limits=problem.limits)


def irreducible(problem: Problem, integral: bool) -> list[int]:
    """The rows of an irreducible conflicting set: first whole groups are left out, then single rows."""
    shape = problem.shape
    active = np.ones(shape.rows, np.bool_)
    active[shape.floors_at :] = problem.limits[shape.floors_at :] > 0.0
    for rows in [*_groups(problem), *(np.array([row]) for row in range(shape.rows))]:
        if active[rows].any():
            trial = active.copy()
            trial[rows] = False
            if not _feasible(problem, trial, integral):
                active = trial
    return np.flatnonzero(active).tolist()


def _groups(problem: Problem) -> Iterable[Ints]:
    shape = problem.shape
    edges = [
        *range(0, shape.rooms_at, max(1, shape.rooms_at // 8)),
        *range(shape.rooms_at, shape.tests_at, max(1, shape.days)),
        *range(shape.tests_at, shape.risk_at, max(1, shape.days)),
        *range(shape.risk_at, shape.floors_at, max(1, shape.weeks)),
        shape.floors_at,
    ]
    return (np.arange(begin, end) for begin, end in itertools.pairwise(edges) if end > begin)


def _feasible(problem: Problem, active: Bools, integral: bool) -> bool:
    limits = problem.limits.copy()
    floors = np.arange(limits.size) >= problem.shape.floors_at
    limits[~active & floors] = 0.0
    limits[~active & ~floors] = np.inf
    return _least(replace(problem, limits=limits), np.zeros(0, np.int64), integral) is not None


def _least(problem: Problem, rows: Ints, integral: bool) -> Floats | None:
    """The least sum by which these rows must give way, as a vector over all rows; None where no giving way of them helps."""
    shape, count = problem.shape, problem.value.size
    floors = np.arange(shape.rows) >= shape.floors_at
    limited = np.isfinite(problem.limits)
    finite = np.where(limited, problem.limits, 1.0)
    scale = scales(replace(problem, limits=finite)) * limited
    give = csr_array(
        (np.where(floors[rows], 1.0, -1.0) * scale[rows], (rows, np.arange(rows.size))), shape=(shape.rows, rows.size)
    )
    matrix = hstack([use_matrix(problem).multiply(scale[:, None]), give], format="csr")
    low = np.where(floors, problem.limits, -np.inf)
    high = np.where(floors | ~limited, np.inf, finite * scale)
    one_each = hstack([choice_matrix(problem), csr_array((problem.teams.size.size, rows.size))], format="csr")
    programme = Programme(
        costs=np.concatenate([np.zeros(count), np.ones(rows.size)]),
        rows=vstack([matrix, one_each], format="csr"),
        low=np.concatenate([low, np.full(problem.teams.size.size, -np.inf)]),
        high=np.concatenate([high, np.ones(problem.teams.size.size)]),
        most=np.concatenate([np.ones(count), np.full(rows.size, np.inf)]),
        whole=np.concatenate([np.full(count, integral), np.zeros(rows.size, np.bool_)]),
    )
    found = minimise(programme, 0.0, MOST_NODES)
    if found is None:
        return None
    shares = found.columns
    by = np.zeros(shape.rows)
    by[rows] = np.where(shares[count:] > 1e-7, shares[count:], 0.0)
    return by
