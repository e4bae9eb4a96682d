"""Incidence per 100,000 people, and counts that fell given back to the days on which they had been counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fastchannel.watch.epidemic.arrays import EpidemicError, Floats, daily_counts, lagged_sums

PER = 100_000.0


def incidence_per_100_000(cases: ArrayLike, population: ArrayLike, *, days: int = 1) -> Floats:
    """Cases per 100,000 people in the ``days`` that end with each day, regions × days.

    ``population`` has one number of people a region. NaN where one of the days was not reported, or lies before the first.
    Raises EpidemicError.
    """
    counts = daily_counts(cases, "cases")
    people = np.atleast_1d(np.asarray(population, dtype=np.float64))
    if people.shape != (counts.shape[0],) or not (np.isfinite(people) & (people > 0.0)).all():
        raise EpidemicError(
            f"population: found {people.size} numbers; expected one above nought for each of {counts.shape[0]} regions"
        )
    if not 1 <= days <= counts.shape[1]:
        raise EpidemicError(f"days of incidence: found {days}; expected from 1 to the {counts.shape[1]} days of the series")
    summed = counts if days == 1 else lagged_sums(counts, np.ones(days))
    found = summed * (PER / people)[:, None]
    found[:, : days - 1] = np.nan
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedBack:
    """``counts`` without falls, regions × days; ``moved`` cases a region were taken from earlier days."""

    counts: Floats
    moved: Floats


def carried_back(counts: ArrayLike) -> CarriedBack:
    """Counts below nought, from reclassification, taken off the days before them, the latest first.

    The total of each region stays. It is a guess at which days had counted what was taken back, so it is made only by this
    call and says how much it moved. NaN stays. Raises EpidemicError where a region's counts add up to less than nought by some
    day.
    """
    found = np.array(np.atleast_2d(np.asarray(counts, dtype=np.float64)))
    moved = np.zeros(found.shape[0])
    for region, day in np.argwhere(found < 0.0):
        owed = -found[region, day]
        moved[region] += owed
        found[region, day] = 0.0
        before = int(day)
        while owed > 0.0:
            before -= 1
            if before < 0:
                raise EpidemicError(
                    f"counts, region {region}, day {day}: found a fall {owed:g} larger than all that was counted before; "
                    "expected counts that never add up to less than nought"
                )
            if found[region, before] > 0.0:
                taken = min(owed, float(found[region, before]))
                found[region, before] -= taken
                owed -= taken
    return CarriedBack(counts=found, moved=moved)
