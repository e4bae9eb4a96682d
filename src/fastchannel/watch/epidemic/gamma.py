"""Quantiles of the gamma distribution for millions of shapes at once."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv, ndtri

from fastchannel.watch.epidemic.arrays import EpidemicError, Floats

LARGE_SHAPE = 4_096.0
LARGE_ERROR = 2e-12  # relative, of the expansion from LARGE_SHAPE on, for probabilities from 0.0005 to 0.9995


class GammaQuantiles:
    """Quantiles of Gamma(base + count, scale 1) at one probability; what was computed for a count is kept for the next call.

    Below ``LARGE_SHAPE``, the values of `scipy.special.gammaincinv`: whole counts are looked up, each other shape is computed.
    From there on, the Cornish–Fisher expansion of the quantile of χ² with ν = 2 · shape degrees of freedom to the term in
    ν^(−3/2) (Goldberg and Levine 1946, Annals of Mathematical Statistics 17, 216–225), within ``LARGE_ERROR``.
    tests/watch/epidemic/test_gamma.py holds both.
    """

    def __init__(self, base: float, probability: float) -> None:
        """Raises EpidemicError where there is no such distribution, or the probability is beyond where the error is held."""
        if not base > 0.0:
            raise EpidemicError(f"shape of a gamma distribution: found {base:g}; expected more than nought")
        if not 0.0005 <= probability <= 0.9995:
            raise EpidemicError(f"probability of a quantile: found {probability:g}; expected from 0.0005 to 0.9995")
        self.base, self.probability = base, probability
        self._table: Floats = np.empty(0)

    def of(self, counts: Floats) -> Floats:
        """The quantile for each count, an array of any form; NaN where it is NaN. Counts are not negative."""
        known = ~np.isnan(counts)
        if not known.all():
            found = np.full(counts.shape, np.nan)
            found[known] = self.of(counts[known])
            return found
        large = counts >= LARGE_SHAPE - self.base
        if not large.any():
            return self._small(counts)
        found = _large(self.base + counts, self.probability)
        found[~large] = self._small(counts[~large])
        return found

    def _small(self, counts: Floats) -> Floats:
        places = counts.astype(np.intp)
        if not np.array_equal(places, counts):
            distinct, inverse = np.unique(counts, return_inverse=True)
            exact = gammaincinv(self.base + distinct, self.probability)
            return np.asarray(exact[inverse].reshape(counts.shape), dtype=np.float64)
        needed = int(places.max(initial=-1)) + 1
        if needed > self._table.size:
            more = gammaincinv(self.base + np.arange(self._table.size, needed), self.probability)
            self._table = np.concatenate([self._table, more])
        return np.asarray(np.take(self._table, places), dtype=np.float64)


def _large(shapes: Floats, probability: float) -> Floats:
    z = float(ndtri(probability))
    root = np.sqrt(2.0)
    terms = (
        2.0 * (z**2 - 1.0) / 3.0,
        (z**3 - 7.0 * z) / (9.0 * root),
        -(6.0 * z**4 + 14.0 * z**2 - 32.0) / 405.0,
        (9.0 * z**5 + 256.0 * z**3 - 433.0 * z) / (4_860.0 * root),
    )
    nu = 2.0 * shapes
    step = 1.0 / np.sqrt(nu)
    tail = terms[0] + step * (terms[1] + step * (terms[2] + step * terms[3]))
    return np.asarray(0.5 * (nu + z * root * np.sqrt(nu) + tail), dtype=np.float64)
