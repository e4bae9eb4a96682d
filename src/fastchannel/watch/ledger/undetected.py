"""How many infected travellers passed every test unseen: the posterior, given the forecast and what the tests found.

The model. Infected travellers set out as a Poisson number N whose mean λ the forecast gives as a gamma distribution. They meet
steps (tests, follow-up) one after the other; an infected person who comes to step j is found there with probability s_j,
independently of the others, and then goes no further. So a share q_j = s_j Π_{i<j} (1 − s_i) is found at step j and a share
u = Π (1 − s_j) at none. By thinning, the numbers found at the steps and the number U found at none are independent Poisson
numbers given λ. With λ ~ Gamma(a, b), D found in all at the steps whose counts are known, and Q the sum of their q_j:

    λ | D ~ Gamma(a + D, b + Q),    U | D ~ NegativeBinomial(a + D, (b + Q) / (b + Q + u)),    E[U | D] = (a + D) u / (b + Q).

Where a sensitivity is itself uncertain (beta), the same is integrated over it by Gauss–Jacobi quadrature, each node weighted
by the likelihood of what was found. A mean that is certain (no standard deviation) makes U Poisson. Assumed: nobody is found
who is not infected, and steps are independent given the sensitivities: where the same people are missed by every test, give the
later steps the sensitivity among those whom the earlier ones missed. ``tests/watch/ledger/test_undetected.py`` holds it against
simulation, against the closed form and against another quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import special

from fastchannel.watch.errors import WatchError

Floats = npt.NDArray[np.float64]

_FEWEST_NODES = 8  # in each direction
_MOST_NODES = 1_100_000  # in all: five directions of 16
_WITHIN = 1e-7  # relative change of mean and of the probability of none when nodes are doubled


class UndetectedError(WatchError):
    """The posterior cannot be had from what was given."""


class When(StrEnum):
    BEFORE = "before"  # departure: who is found does not travel
    ARRIVAL = "arrival"
    AFTER = "after"  # during isolation or follow-up


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """An uncertain probability, as if ``found`` of ``found + missed`` infected people had been found."""

    found: float
    missed: float

    def __post_init__(self) -> None:
        if not (self.found > 0.0 and self.missed > 0.0):
            raise UndetectedError(f"beta distribution: found {self.found} and {self.missed}, expected both above 0")

    @property
    def mean(self) -> float:
        return self.found / (self.found + self.missed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``sensitivity`` is the probability that an infected person who comes to it is found there.

    ``found`` is how many infected people were; None where that is not known, as when the other side does not report it.
    """

    name: str
    when: When
    sensitivity: float | Beta
    found: int | None

    def __post_init__(self) -> None:
        if isinstance(self.sensitivity, float | int) and not 0.0 <= self.sensitivity <= 1.0:
            raise UndetectedError(f"step {self.name}: found a sensitivity of {self.sensitivity}, expected one from 0 to 1")
        if self.found is not None and self.found < 0:
            raise UndetectedError(f"step {self.name}: found a count of {self.found}, expected 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What the forecast expects: infected people who come to the first step in the period, mean and standard deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (0.0 < self.mean < math.inf and 0.0 <= self.sd < math.inf):
            raise UndetectedError(f"prior: found mean {self.mean} and standard deviation {self.sd}, expected > 0 and ≥ 0")

    @property
    def shape(self) -> float:
        return (self.mean / self.sd) ** 2 if self.sd > 0.0 else math.inf


def prior_between(mean: float, low: float, high: float, level: float = 0.9) -> Prior:
    """A prior with the standard deviation of a normal distribution that has ``level`` of its mass in [low, high]."""
    if not (low <= mean <= high and 0.0 < level < 1.0):
        raise UndetectedError(f"prior: found a mean of {mean} with {low} to {high} at level {level}; expected it between them")
    return Prior(mean=mean, sd=(high - low) / (2.0 * float(special.ndtri((1.0 + level) / 2.0))))


def follow_up_sensitivity(per_day: float, days: Sequence[float]) -> float:
    """The probability that follow-up finds an infected traveller, each with the days of one of ``days``.

    ``per_day`` is the probability of finding one on a day. The mean is over people: their mean number of days would promise
    more.
    """
    if not (0.0 <= per_day <= 1.0 and len(days) > 0 and min(days) >= 0.0):
        raise UndetectedError(
            f"follow-up: found {per_day} a day over {len(days)} people; expected 0 to 1 and days of 0 or more"
        )
    return float(np.mean(1.0 - (1.0 - per_day) ** np.asarray(days, dtype=float)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetected:
    """The posterior number of infected travellers found at no step, as a mixture over the sensitivities' nodes (n of them).

    ``weights`` sum to one. At each node the number is negative binomial with ``shape`` and mean ``means``; Poisson where the
    shape is infinite.
    """

    prior: Prior
    steps: tuple[Step, ...]
    shape: float
    weights: Floats = field(repr=False)
    means: Floats = field(repr=False)

    @property
    def mean(self) -> float:
        return float(self.weights @ self.means)

    @property
    def none(self) -> float:
        """The probability that there is none."""
        return self.at_most_probability(0)

    def at_most_probability(self, count: int) -> float:
        """The probability that there are at most so many."""
        if count < 0:
            return 0.0
        if math.isinf(self.shape):
            return float(self.weights @ special.pdtr(count, self.means))
        return float(self.weights @ special.betainc(self.shape, count + 1.0, self.shape / (self.shape + self.means)))

    def at_most(self, probability: float) -> int:
        """The smallest number that is not exceeded with at least this probability."""
        if not 0.0 < probability < 1.0:
            raise UndetectedError(f"found a probability of {probability}; expected one between 0 and 1")
        low, high = -1, 1
        while self.at_most_probability(high) < probability:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.at_most_probability(middle) >= probability else (middle, high)
        return high


def undetected(prior: Prior, steps: Sequence[Step]) -> Undetected:
    """The posterior of infected travellers found at no step.

    Raises UndetectedError where something was found at a step that can find nothing, and where the integral over uncertain
    sensitivities does not settle to a relative 1e-7.
    """
    uncertain = sum(isinstance(step.sensitivity, Beta) for step in steps)
    if not uncertain:
        return _at(prior, steps, 1)
    before, nodes = None, _FEWEST_NODES
    while nodes**uncertain <= _MOST_NODES:
        found = _at(prior, steps, nodes)
        if (
            before
            and math.isclose(before.mean, found.mean, rel_tol=_WITHIN)
            and math.isclose(before.none, found.none, rel_tol=_WITHIN)
        ):
            return found
        before, nodes = found, 2 * nodes
    raise UndetectedError(
        f"{uncertain} uncertain sensitivities with what was found do not settle at {nodes // 2} nodes each; "
        "give the better known ones as fixed"
    )


def _at(prior: Prior, steps: Sequence[Step], nodes: int) -> Undetected:
    sensitivities, weights = _grid(steps, nodes)
    missed = np.cumprod(np.vstack([np.ones(weights.size), 1.0 - sensitivities]), axis=0)  # by those who came so far
    caught = missed[:-1] * sensitivities
    known = [i for i, step in enumerate(steps) if step.found is not None]
    counts = np.array([steps[i].found for i in known], dtype=float)
    seen, total = caught[known].sum(axis=0), float(counts.sum())
    likelihood = special.xlogy(counts[:, None], caught[known]).sum(axis=0)
    if math.isinf(prior.shape):
        likelihood = likelihood - prior.mean * seen
        shape, means = math.inf, prior.mean * missed[-1]
    else:
        rate = prior.shape / prior.mean
        shape = prior.shape + total
        likelihood = likelihood - shape * np.log(rate + seen)
        means = shape * missed[-1] / (rate + seen)
    if not np.isfinite(likelihood).any():
        raise UndetectedError("something was found at a step whose sensitivity leaves nothing to find; correct one of them")
    posterior = weights * np.exp(likelihood - likelihood.max())
    return Undetected(prior=prior, steps=tuple(steps), shape=shape, weights=posterior / posterior.sum(), means=means)


def _grid(steps: Sequence[Step], nodes: int) -> tuple[Floats, Floats]:
    """Sensitivities (steps × nodes) and the prior weight of each node."""
    each: list[tuple[Floats, Floats]] = []
    for step in steps:
        if isinstance(step.sensitivity, Beta):
            at, weight = special.roots_jacobi(nodes, step.sensitivity.missed - 1.0, step.sensitivity.found - 1.0)
            each.append(((1.0 + at) / 2.0, weight / weight.sum()))
        else:
            each.append((np.array([float(step.sensitivity)]), np.ones(1)))
    grids = np.meshgrid(*(at for at, _ in each), indexing="ij") if each else []
    shares = np.meshgrid(*(weight for _, weight in each), indexing="ij") if each else []
    weights = np.prod([share.ravel() for share in shares], axis=0) if shares else np.ones(1)
    return np.array([grid.ravel() for grid in grids]).reshape(len(steps), weights.size), weights
