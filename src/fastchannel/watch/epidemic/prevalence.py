"""Infections behind reported cases, and how many people are infected, by how long ago they were.

Nothing here knows how many infections are ever reported: ``ascertainment`` must be given, and every result carries it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fastchannel.watch.epidemic.arrays import EpidemicError, Flags, Floats, daily_counts, distribution, lagged_sums

_REGIONS_AT_ONCE = 32  # so that a block of 1,000 days stays in a core's second cache
_WEEK = 7
LEAST_SEEN = 0.2  # of a day's infections that must have been reported for an estimate of that day


@dataclass(frozen=True, slots=True, kw_only=True)
class Infections:
    """``per_day`` are new infections, reported or not, regions × days, as a mean; NaN where too few can be seen yet.

    ``ascertainment`` is the share of infections that are ever reported, as the caller gave it, one for each region.
    ``seen`` is the share of each day's reports that lie on days that were reported, regions × days.
    """

    per_day: Floats
    ascertainment: Floats
    seen: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevalence:
    """People infected, per person, regions × days, with the ascertainment that it rests on."""

    per_person: Floats
    ascertainment: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class InfectionAges:
    """New infections per person by infection age, regions × ages: age 0 is the day itself, age 1 the day before.

    The last ``projected_days`` were not seen yet and follow from those before at ``growth_per_day``. ``ascertainment`` is that
    which the infections rest on.
    """

    per_person: Floats
    ascertainment: Floats
    projected_days: int
    growth_per_day: float

    def series(self, region: int) -> tuple[float, ...]:
        """One region's infections per person and day, the oldest first: what `forecast` takes as a series of incidence."""
        return tuple(float(share) for share in self.per_person[region, ::-1])


def infections_by_day(
    cases: ArrayLike, report_delay: ArrayLike, *, ascertainment: ArrayLike, iterations: int = 8
) -> Infections:
    """New infections of each day behind ``cases``, regions × days by day of report.

    ``report_delay`` are probabilities of whole days from infection to report; ``ascertainment``, the share of infections that
    are ever reported, is one number or one for each region, above 0 and at most 1.

    Back-projection (Becker et al. 1991, Statistics in Medicine 10, 1527–1542): cases are Poisson with mean
    Σ delay(k) · infections(t − k), and ``iterations`` steps of expectation–maximisation from a level start, each with
    what lies after the last day taken into account. One step spreads cases back over the delay; more of them sharpen the curve,
    and at last its noise. Each step keeps Σ infections · seen · ascertainment = Σ cases, but for cases whose infection lies
    before the first day. A day that was not reported is left out of the likelihood. Days of which less than a fifth is seen are
    NaN. Raises EpidemicError.
    """
    counts = daily_counts(cases, "cases")
    delay = distribution(report_delay, "delay from infection to report")
    found = np.atleast_1d(np.asarray(ascertainment, dtype=np.float64))
    if not ((found > 0.0) & (found <= 1.0)).all() or found.size not in {1, counts.shape[0]}:
        raise EpidemicError(
            f"ascertainment: found {found.size} numbers from {found.min(initial=1.0):g} to {found.max(initial=0.0):g}; "
            f"expected one, or one for each of {counts.shape[0]} regions, above 0 and at most 1"
        )
    if iterations < 1:
        raise EpidemicError(f"back-projection: found {iterations} iterations; expected at least 1")
    share = np.broadcast_to(found, counts.shape[:1]).copy()
    reported = ~np.isnan(counts)
    seen = _seen(reported if not reported.all() else reported[:1], delay)
    seen = np.broadcast_to(seen, counts.shape)
    per_day = np.empty(counts.shape)
    for start in range(0, counts.shape[0], _REGIONS_AT_ONCE):
        rows = slice(start, start + _REGIONS_AT_ONCE)
        _project(np.nan_to_num(counts[rows]), delay, seen[rows], iterations, per_day[rows])
        per_day[rows] /= share[rows][:, None]
    per_day[seen < LEAST_SEEN] = np.nan
    return Infections(per_day=per_day, ascertainment=share, seen=seen)


def _seen(reported: Flags, delay: Floats) -> Floats:
    return np.minimum(lagged_sums(reported[:, ::-1].astype(np.float64), delay)[:, ::-1], 1.0)


def _project(cases: Floats, delay: Floats, seen: Floats, iterations: int, into: Floats) -> None:
    """Expectation–maximisation for a block of regions, whose days not reported are nought and so add nothing to any other.

    The sum over later days is one over earlier days of reversed time.
    """
    weight = np.divide(1.0, seen, out=np.zeros(seen.shape), where=seen > 0.0)
    into[:] = 1.0
    for _ in range(iterations):
        expected = lagged_sums(into, delay)
        ratio = np.divide(cases, expected, out=np.zeros(cases.shape), where=expected > 0.0)
        np.multiply(into, lagged_sums(ratio[:, ::-1], delay)[:, ::-1], out=into)
        np.multiply(into, weight, out=into)


def prevalence(infections: Infections, population: ArrayLike, remaining: ArrayLike) -> Prevalence:
    """People infected on each day per person: ``Σₐ infections(t − a) · remaining(a) / population``.

    ``remaining`` is the probability of being infected (or infectious, or positive: whatever is counted) at each infection age
    in whole days from 0. Infections before the first day are not known and not counted: the first days are too low by them.
    Nobody is infected twice meanwhile. Raises EpidemicError.
    """
    people = _people(population, infections)
    weights: Floats = np.asarray(remaining, dtype=np.float64)
    if weights.ndim != 1 or weights.size == 0 or not ((weights >= 0.0) & (weights <= 1.0)).all():
        raise EpidemicError(f"remaining: found {weights.size} numbers; expected a probability for each infection age from 0")
    found: Floats = np.empty_like(infections.per_day)
    for start in range(0, len(found), _REGIONS_AT_ONCE):
        rows = slice(start, start + _REGIONS_AT_ONCE)
        found[rows] = lagged_sums(infections.per_day[rows], weights) / people[rows][:, None]
    return Prevalence(per_person=found, ascertainment=infections.ascertainment)


def infection_ages(
    infections: Infections, population: ArrayLike, *, day: int, ages: int, growth_per_day: float | None = None
) -> InfectionAges:
    """New infections per person by infection age at the end of ``day`` (an index; negative ones count from the end).

    ``ages`` is how many days back. Where the latest of these days cannot be seen yet in some region, ``growth_per_day``
    continues the mean of the seven days before them at that exponential rate; without it they are NaN. Raises EpidemicError.
    """
    people = _people(population, infections)
    days = infections.per_day.shape[1]
    at = day + days if day < 0 else day
    if not (0 <= at < days and 1 <= ages <= at + 1):
        raise EpidemicError(
            f"infection ages: found day {day} and {ages} ages; expected one of {days} days, and ages within them"
        )
    visible = np.flatnonzero((infections.seen[:, : at + 1] >= LEAST_SEEN).all(axis=0))
    missing = at - int(visible[-1]) if visible.size else at + 1
    recent = infections.per_day[:, at + 1 - ages : at + 1].copy()
    if missing and growth_per_day is not None:
        if missing > ages or at + 1 - missing < _WEEK:
            raise EpidemicError(
                f"infection ages: found {at + 1 - missing} days before those that cannot be seen yet; expected at least {_WEEK}"
            )
        base = infections.per_day[:, at + 1 - missing - _WEEK : at + 1 - missing].mean(axis=1, keepdims=True)
        recent[:, ages - missing :] = base * np.exp(growth_per_day * (3.0 + np.arange(1, missing + 1)))
    return InfectionAges(
        per_person=recent[:, ::-1] / people[:, None],
        ascertainment=infections.ascertainment,
        projected_days=missing if growth_per_day is not None else 0,
        growth_per_day=growth_per_day or 0.0,
    )


def _people(population: ArrayLike, infections: Infections) -> Floats:
    people = np.atleast_1d(np.asarray(population, dtype=np.float64))
    if people.shape != infections.per_day.shape[:1] or not (np.isfinite(people) & (people > 0.0)).all():
        raise EpidemicError(
            f"population: found {people.size} numbers; expected one above nought for each of {len(infections.per_day)} regions"
        )
    return people
