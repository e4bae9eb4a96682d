"""Many policies on the same travellers: each test is a weight, so that nothing is drawn but who travels.

Where policies share their travellers, a test multiplies a traveller's weight by 1 − reach × sensitivity instead of being drawn
(Rao–Blackwell), and two policies differ by no chance of their own. Infections are read against days since infection, travellers
are sorted by them, and a policy is evaluated in runs of travellers between whose ends every curve is a straight line: cells of
``STEP`` days, cut wherever a curve of that policy jumps. Every traveller is evaluated under every policy.
`tests/forecast/test_shared_travellers.py` holds the results against `quadrature.integrate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fastchannel.forecast.compiled import compiled, compiled_sum
from fastchannel.forecast.individuals.randomness import PERSON, draw_uniforms
from fastchannel.forecast.individuals.tables import Integers, pack_quantiles, quantiles_at
from fastchannel.forecast.infection.curves import Curve
from fastchannel.forecast.infection.distributions import Distribution, Floats

STEP = 1.0 / 32.0
_JUMP = 1e-9  # days on both sides of a jump at which its two heights are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A test of a policy: ``sensitivity`` by days since infection, sampled at a time on the journey's clock, found at once."""

    sensitivity: Curve
    sampled: float
    reach: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Tests of everyone, all with their effect by ``release``; until then the stay multiplies infectiousness by ``contact``.

    Who is found transmits nothing from the time of ``release`` on; what they transmit before is counted as the stay has it.
    """

    samples: tuple[Sample, ...]
    release: float
    arrival: float = 0.0
    contact: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """For each of p policies, per infected traveller: the mean and its standard error over the travellers."""

    released_infected: Floats  # (p) probability
    released_infected_se: Floats
    potential_left: Floats  # (p) secondary cases in the stay and after release
    potential_left_se: Floats


class _Runs(NamedTuple):
    """Runs of travellers (r of them): travellers from ``first`` to the next, and a line over τ for each of its curves."""

    first: Integers  # (r + 1)
    missed: Floats  # (tests, r, 2) height at the run's first end and slope: the probability that each test misses
    stayed: Floats  # (r, 2) potential in the stay
    left: Floats  # (r, 2) potential after release
    active: Floats  # (r) whether the infection goes on after release


def sample_travellers(exposure: Distribution, travellers: int, seed: int = 1) -> Floats:
    """Times of infection on the journey's clock, in order: those of `individuals.simulate` for the same seed. Shape (n)."""
    uniforms = np.empty((4, travellers))
    draw_uniforms(np.uint64(seed), np.uint64(0), PERSON, 0, uniforms)
    infected = np.empty(travellers)
    quantiles_at(pack_quantiles([exposure]), 0, uniforms[0], infected)
    return np.sort(infected)


def evaluate(infected: Floats, infectiousness: Curve, over_days: float, policies: Sequence[Policy]) -> Evaluated:
    """What each policy releases of travellers infected at times ``infected`` (n, in order).

    ``infectiousness`` is in secondary cases per day since infection, which is over ``over_days`` after it.
    """
    results = np.empty((len(policies), 4))
    travellers = infected.astype(np.float64, copy=False)
    for row, policy in zip(results, policies, strict=True):
        runs = _runs(travellers, infectiousness, over_days, policy)
        _evaluate(travellers, runs.first, runs.missed, runs.stayed, runs.left, runs.active, row)
    n = infected.size
    means = results[:, [0, 2]] / n
    spread = np.maximum(results[:, [1, 3]] / n - means**2, 0.0)
    errors = np.sqrt(spread / max(n - 1, 1))
    return Evaluated(
        released_infected=means[:, 0],
        released_infected_se=errors[:, 0],
        potential_left=means[:, 1],
        potential_left_se=errors[:, 1],
    )


def _runs(infected: Floats, infectiousness: Curve, over_days: float, policy: Policy) -> _Runs:
    """Cut the travellers where a curve of the policy jumps, and lay lines over each run."""
    low, high = float(infected[0]), float(infected[-1])
    jumps = [policy.release - over_days, policy.release]
    for sample in policy.samples:
        jumps += [sample.sampled - kink for kink in (0.0, *sample.sensitivity.kinks, *sample.sensitivity.support)]
    for time in (policy.arrival, policy.release):
        jumps += [time - kink for kink in infectiousness.kinks]
    edges = _edges(low, high, jumps)
    starts, ends = edges[:-1] + _JUMP, edges[1:] - _JUMP
    middle = 0.5 * (starts + ends)

    def lines(heights: Floats) -> Floats:
        slope = (heights[1] - heights[0]) / np.maximum(ends - starts, _JUMP)
        return np.stack((heights[0] - slope * starts, slope), axis=1)

    both = np.stack((starts, ends))
    missed = np.empty((len(policy.samples), middle.size, 2))
    for row, sample in zip(missed, policy.samples, strict=True):
        age = sample.sampled - both
        row[:] = lines(1.0 - sample.reach * np.where(age >= 0.0, sample.sensitivity.values(age), 0.0))
    spent = infectiousness.integral(policy.release - both)
    total = infectiousness.total
    stayed = policy.contact * (spent - infectiousness.integral(policy.arrival - both))
    return _Runs(
        first=np.concatenate((np.searchsorted(infected, edges[:-1]), [infected.size])).astype(np.int64),
        missed=missed,
        stayed=lines(stayed),
        left=lines(total - spent),
        active=((middle < policy.release) & (middle + over_days > policy.release)).astype(np.float64),
    )


def _edges(low: float, high: float, jumps: Iterable[float]) -> Floats:
    """The ends of the runs: a regular grid and the jumps, no two nearer than four ``_JUMP``."""
    grid = np.arange(low, high + STEP, STEP)
    inner = [jump for jump in jumps if low < jump < high]
    edges = np.unique(np.concatenate((grid[:1], grid[1:-1][_apart(grid[1:-1], np.array(inner))], inner, [high + STEP])))
    return np.asarray(edges[np.concatenate(([True], np.diff(edges) > 4.0 * _JUMP))])


def _apart(grid: Floats, jumps: Floats) -> Floats:
    if not jumps.size:
        return np.ones(grid.size, dtype=bool)
    return np.asarray(np.min(np.abs(grid[:, None] - jumps), axis=1) > 8.0 * _JUMP)


@compiled
def _evaluate(
    infected: Floats, first: Integers, missed: Floats, stayed: Floats, left: Floats, active: Floats, out: Floats
) -> None:
    """Sums over travellers of being released infected and of the potential left, and of their squares: (4)."""
    out[:] = 0.0
    most = 0
    for run in range(active.size):
        most = max(most, first[run + 1] - first[run])
    weight = np.empty(most)
    for run in range(active.size):
        part = infected[first[run] : first[run + 1]]
        kept = weight[: part.size]
        kept[:] = 1.0
        for test in range(missed.shape[0]):
            _miss(part, missed[test, run, 0], missed[test, run, 1], kept)
        _sum(part, kept, active[run], stayed[run], left[run], out)


@compiled
def _miss(infected: Floats, height: float, slope: float, weight: Floats) -> None:
    for i in range(infected.size):
        weight[i] *= height + slope * infected[i]


@compiled_sum
def _sum(infected: Floats, weight: Floats, active: float, stayed: Floats, left: Floats, out: Floats) -> None:
    a0, a1, b0, b1 = stayed[0], stayed[1], left[0], left[1]
    released, squares, potential, potential_squares = 0.0, 0.0, 0.0, 0.0
    for i in range(infected.size):
        released += weight[i]
        squares += weight[i] * weight[i]
        cases = a0 + a1 * infected[i] + weight[i] * (b0 + b1 * infected[i])
        potential += cases
        potential_squares += cases * cases
    out[0] += active * released
    out[1] += active * squares
    out[2] += potential
    out[3] += potential_squares
