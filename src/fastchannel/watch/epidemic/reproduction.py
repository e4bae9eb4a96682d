"""The reproduction number of each day with its credible interval, by the method of Cori et al."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainc

from fastchannel.watch.epidemic.arrays import EpidemicError, Floats, daily_counts, distribution, lagged_sums
from fastchannel.watch.epidemic.gamma import GammaQuantiles

_REGIONS_AT_ONCE = 32  # so that a block of 1,000 days stays in a core's second cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A gamma distribution of the reproduction number before any case is seen: mean 5 and standard deviation 5."""

    shape: float = 1.0
    scale: float = 5.0

    def __post_init__(self) -> None:
        if not (self.shape > 0.0 and self.scale > 0.0):
            raise EpidemicError(f"prior: found shape {self.shape:g} and scale {self.scale:g}; expected both above nought")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """Estimates for the window that ends with each day, regions × days, NaN where there is none.

    ``lower`` and ``upper`` bound ``level`` of the posterior, as much left out below as above; ``deviation`` is its standard
    deviation.
    """

    mean: Floats
    deviation: Floats
    lower: Floats
    upper: Floats
    level: float
    window_days: int


def reproduction_number(
    cases: ArrayLike,
    serial_interval: ArrayLike,
    *,
    imported: ArrayLike | None = None,
    window_days: int = 7,
    level: float = 0.95,
    prior: Prior | None = None,
) -> Reproduction:
    """The instantaneous reproduction number R over the ``window_days`` that end with each day.

    Cori et al. 2013, doi:10.1093/aje/kwt133, web appendix 1: cases of day s are Poisson with mean R · Λ(s), where
    Λ(s) = Σₖ w(k) · I(s − k) and w is the distribution of the serial interval; with a gamma prior (shape a, scale b) the
    posterior is gamma with shape a + Σ I(s) and scale 1 / (1/b + Σ Λ(s)), both sums over the window.

    ``cases`` are all cases, regions × days (or one series), by day of onset or, as an approximation, of report.
    ``serial_interval`` has a probability for each day from day 0, which must be nought. ``imported`` are those of them infected
    elsewhere: they infect others but are caused by none here (Thompson et al. 2019, doi:10.1016/j.epidem.2019.100356).
    NaN marks days not reported: every window that needs one is NaN. So are windows that begin on the first day, which has
    nothing before it. R is uncertain by what was reported only: not by the serial interval, nor by changing ascertainment.

    The first six windows of EpiEstim's published example (Flu2009) agree to its seven printed figures; quantiles are those of
    `GammaQuantiles`; tests/watch/epidemic/test_reproduction.py holds both. Raises EpidemicError.
    """
    total = daily_counts(cases, "cases")
    weights = _serial(serial_interval)
    local = total if imported is None else _local(total, daily_counts(imported, "imported cases"))
    if not 1 <= window_days <= total.shape[1]:
        raise EpidemicError(f"window: found {window_days} days; expected from 1 to the {total.shape[1]} days of the series")
    if not 0.0 < level < 0.9991:
        raise EpidemicError(f"level of the interval: found {level:g}; expected more than 0 and less than 0.9991")
    prior = prior or Prior()
    window = np.ones(window_days)
    kernel = np.convolve(weights, window)
    found = Reproduction(
        mean=np.empty(total.shape),
        deviation=np.empty(total.shape),
        lower=np.empty(total.shape),
        upper=np.empty(total.shape),
        level=level,
        window_days=window_days,
    )
    tails = [GammaQuantiles(prior.shape, (1.0 + sign * level) / 2.0) for sign in (-1.0, 1.0)]
    for start in range(0, total.shape[0], _REGIONS_AT_ONCE):
        rows = slice(start, start + _REGIONS_AT_ONCE)
        counted, pressure = lagged_sums(local[rows], window), lagged_sums(total[rows], kernel)
        _posterior(found, rows, counted[:, window_days:], pressure[:, window_days:], prior, tails)
    return found


def _posterior(
    found: Reproduction, rows: slice, counted: Floats, pressure: Floats, prior: Prior, tails: list[GammaQuantiles]
) -> None:
    """The block ``rows`` of the result, from the cases and the infection pressure Λ summed over each window there is."""
    scale = np.reciprocal(pressure + 1.0 / prior.scale)
    shape = counted + prior.shape
    parts = (shape, np.sqrt(shape), *(tail.of(counted) for tail in tails))
    for into, part in zip((found.mean, found.deviation, found.lower, found.upper), parts, strict=True):
        into[rows, : found.window_days] = np.nan
        np.multiply(part, scale, out=into[rows, found.window_days :])


def _serial(serial_interval: ArrayLike) -> Floats:
    weights = distribution(serial_interval, "serial interval")
    if weights[0] != 0.0:
        raise EpidemicError(
            f"serial interval: found {weights[0]:g} on day 0; expected nought, as nobody infects on their own day"
        )
    return weights


def _local(total: Floats, imported: Floats) -> Floats:
    if imported.shape != total.shape:
        raise EpidemicError(f"imported cases: found {imported.shape}; expected {total.shape}, as many as cases")
    if (imported > total).any():
        region, day = (int(at[0]) for at in np.nonzero(imported > total))
        raise EpidemicError(
            f"imported cases, region {region}, day {day}: found {imported[region, day]:g}; expected at most the "
            f"{total[region, day]:g} cases of that day"
        )
    return total - imported


def serial_interval(mean_days: float, deviation_days: float, days: int) -> Floats:
    """Probabilities of days 0 to ``days`` − 1 of a serial interval that is one day plus a gamma distribution.

    Cori et al. 2013, web appendix 11: the weight of day k is ∫ f(u) · (1 − |k − u|) du over u within one day of k, as both
    ends of the interval fall at any time of their day; with F the gamma's distribution, of shape a and scale b,
    ∫₀ˣ u f(u) du = a b F(x; a + 1). The values for mean 2.6 and standard deviation 1.5 are held against those that EpiEstim
    prints. What lies beyond the last day is left out. Raises EpidemicError.
    """
    if not (mean_days > 1.0 and deviation_days > 0.0):
        raise EpidemicError(
            f"serial interval: found mean {mean_days:g} and standard deviation {deviation_days:g} days; expected a mean above "
            "1 day and a deviation above nought"
        )
    shape = ((mean_days - 1.0) / deviation_days) ** 2
    scale = deviation_days**2 / (mean_days - 1.0)
    ends = np.maximum(np.arange(-2, days, dtype=np.float64), 0.0)  # k − 2, k − 1 and k of each day, less the shift of one day
    mass = gammainc(shape, ends / scale)
    moment = shape * scale * gammainc(shape + 1.0, ends / scale)
    day = np.arange(days, dtype=np.float64)
    rising = moment[1:-1] - moment[:-2] - (day - 2.0) * (mass[1:-1] - mass[:-2])
    falling = day * (mass[2:] - mass[1:-1]) - (moment[2:] - moment[1:-1])
    found: Floats = np.maximum(rising + falling, 0.0)
    found[0] = 0.0
    return found
