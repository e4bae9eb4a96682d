"""Daily figures of many regions as arrays: how they are checked, and weighted sums over the days before each day."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastchannel.watch.errors import WatchError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BLOCK_DAYS = 48


class EpidemicError(WatchError):
    """Figures from which no state can be computed: where, what was found, what was expected."""


def daily_counts(counts: ArrayLike, name: str = "counts") -> Floats:
    """The counts as regions × days; one series becomes one region. NaN is a day that was not reported.

    Raises EpidemicError at a count below nought or without end. A count that fell by reclassification must first be given
    back to the days that it was counted on: `fastchannel.watch.epidemic.incidence.carried_back` does so and says how many.
    """
    found = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    if found.ndim != 2:
        raise EpidemicError(f"{name}: found {found.ndim} dimensions; expected regions × days")
    wrong = (found < 0.0) | np.isinf(found)
    if wrong.any():
        region, day = (int(at[0]) for at in np.nonzero(wrong))
        raise EpidemicError(
            f"{name}, region {region}, day {day}: found {found[region, day]:g}; expected a count that is not negative, or "
            "NaN where nothing was reported"
        )
    return found


def distribution(weights: ArrayLike, name: str) -> Floats:
    """Probabilities by whole days from day 0. Raises EpidemicError where they are none, or do not add up to 1 within 1 %."""
    found = np.asarray(weights, dtype=np.float64)
    if found.ndim != 1 or not found.size or not np.isfinite(found).all() or (found < 0.0).any():
        raise EpidemicError(f"{name}: found {found.size} numbers, some of them none; expected a probability for each day")
    if abs(float(found.sum()) - 1.0) > 0.01:
        raise EpidemicError(f"{name}: found a sum of {float(found.sum()):g}; expected 1")
    return found


def lagged_sums(series: Floats, weights: Floats) -> Floats:
    """``Σₖ weights[k] · series[:, t − k]`` for each day t, with nothing before the first day; regions × days.

    NaN where a day with a weight above nought is NaN. Days are taken in blocks, as products with a banded matrix, which a
    processor does at nearly its full speed; sums of whole numbers below 2⁵³ with weights of 1 are exact.
    """
    missing = np.isnan(series)
    if not missing.any():
        return _banded(series, weights)
    touched = _banded(missing.astype(np.float64), (weights > 0.0).astype(np.float64)) > 0.0
    return np.where(touched, np.nan, _banded(np.where(missing, 0.0, series), weights))


def _banded(series: Floats, weights: Floats) -> Floats:
    lags, days = weights.size - 1, series.shape[1]
    block = max(_BLOCK_DAYS, lags)
    band = np.zeros((lags + block, block))
    for column in range(block):
        band[column : column + lags + 1, column] = weights[::-1]
    found = np.empty(series.shape)
    for start in range(0, days, block):
        stop, low = min(start + block, days), max(0, start - lags)
        rows = slice(low - start + lags, stop - start + lags)
        np.matmul(series[:, low:stop], band[rows, : stop - start], out=found[:, start:stop])
    return found
