"""Distributions of a length of time: how long a person's incubation lasts, when the next infection is caused.

Times are days. Values, quantiles and distribution functions are of SciPy's special functions, so that they are exact to
rounding; each family is named and parametrised as the field's papers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

TAIL = 1e-10  # the share of a distribution that may lie beyond its ``support``


class Distribution(Protocol):
    """A distribution on the real line. Arrays of any shape go in, and of the same shape come out."""

    def density(self, x: Floats) -> Floats: ...

    def cdf(self, x: Floats) -> Floats: ...

    def quantile(self, p: Floats) -> Floats: ...

    @property
    def mean(self) -> float: ...

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where the density is not smooth."""

    @property
    def support(self) -> tuple[float, float]:
        """An interval that holds all but ``TAIL`` of the probability, both ends finite."""


@dataclass(frozen=True, slots=True)
class Point:
    """All the probability in one place: every person alike. It has no density."""

    at: float

    def density(self, x: Floats) -> Floats:
        raise ValueError("a single value has no density")

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(x >= self.at, dtype=np.float64)

    def quantile(self, p: Floats) -> Floats:
        return np.full_like(p, self.at)

    @property
    def mean(self) -> float:
        return self.at

    @property
    def kinks(self) -> tuple[float, ...]:
        return (self.at,)

    @property
    def support(self) -> tuple[float, float]:
        return self.at, self.at


@dataclass(frozen=True, slots=True)
class Gamma:
    """Gamma with ``shape`` and ``scale`` days, moved right by ``shift`` days. Erlang where the shape is whole."""

    shape: float
    scale: float
    shift: float = 0.0

    def density(self, x: Floats) -> Floats:
        y = np.maximum(x - self.shift, 0.0) / self.scale
        with np.errstate(divide="ignore"):
            log = special.xlogy(self.shape - 1.0, y) - y - special.gammaln(self.shape)
        return np.asarray(np.where(x > self.shift, np.exp(log) / self.scale, 0.0))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.gammainc(self.shape, np.maximum(x - self.shift, 0.0) / self.scale))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.shift + self.scale * special.gammaincinv(self.shape, p))

    @property
    def mean(self) -> float:
        return self.shift + self.shape * self.scale

    @property
    def kinks(self) -> tuple[float, ...]:
        return (self.shift,)

    @property
    def support(self) -> tuple[float, float]:
        return self.shift, self.shift + self.scale * float(special.gammainccinv(self.shape, TAIL))


@dataclass(frozen=True, slots=True)
class Weibull:
    """Weibull with ``shape`` and ``scale`` days, moved right by ``shift`` days."""

    shape: float
    scale: float
    shift: float = 0.0

    def density(self, x: Floats) -> Floats:
        y = np.maximum(x - self.shift, 0.0) / self.scale
        with np.errstate(over="ignore"):
            log = special.xlogy(self.shape - 1.0, y) - y**self.shape
        return np.asarray(np.where(x > self.shift, self.shape / self.scale * np.exp(log), 0.0))

    def cdf(self, x: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return np.asarray(-np.expm1(-((np.maximum(x - self.shift, 0.0) / self.scale) ** self.shape)))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.shift + self.scale * (-np.log1p(-p)) ** (1.0 / self.shape))

    @property
    def mean(self) -> float:
        return self.shift + self.scale * float(special.gamma(1.0 + 1.0 / self.shape))

    @property
    def kinks(self) -> tuple[float, ...]:
        return (self.shift,)

    @property
    def support(self) -> tuple[float, float]:
        return self.shift, self.shift + self.scale * float((-np.log(TAIL)) ** (1.0 / self.shape))


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Lognormal with the mean and the standard deviation of the logarithm of days, moved right by ``shift`` days."""

    mean_log: float
    sd_log: float
    shift: float = 0.0

    def _z(self, x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray((np.log(np.maximum(x - self.shift, 0.0)) - self.mean_log) / self.sd_log)

    def density(self, x: Floats) -> Floats:
        y = np.maximum(x - self.shift, 1e-300)
        return np.asarray(
            np.where(x > self.shift, np.exp(-0.5 * self._z(x) ** 2) / (y * self.sd_log * np.sqrt(2.0 * np.pi)), 0.0)
        )

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr(self._z(x)))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.shift + np.exp(self.mean_log + self.sd_log * special.ndtri(p)))

    @property
    def mean(self) -> float:
        return self.shift + float(np.exp(self.mean_log + 0.5 * self.sd_log**2))

    @property
    def kinks(self) -> tuple[float, ...]:
        return (self.shift,)

    @property
    def support(self) -> tuple[float, float]:
        return self.shift, self.shift + float(np.exp(self.mean_log - self.sd_log * special.ndtri(TAIL)))


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal with ``mean`` and ``sd`` days."""

    centre: float
    sd: float

    def density(self, x: Floats) -> Floats:
        return np.asarray(np.exp(-0.5 * ((x - self.centre) / self.sd) ** 2) / (self.sd * np.sqrt(2.0 * np.pi)))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(special.ndtr((x - self.centre) / self.sd))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.centre + self.sd * special.ndtri(p))

    @property
    def mean(self) -> float:
        return self.centre

    @property
    def kinks(self) -> tuple[float, ...]:
        return ()

    @property
    def support(self) -> tuple[float, float]:
        reach = -self.sd * float(special.ndtri(TAIL))
        return self.centre - reach, self.centre + reach


@dataclass(frozen=True, slots=True)
class Uniform:
    low: float
    high: float

    def density(self, x: Floats) -> Floats:
        return np.asarray(np.where((x >= self.low) & (x <= self.high), 1.0 / (self.high - self.low), 0.0))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0))

    def quantile(self, p: Floats) -> Floats:
        return np.asarray(self.low + p * (self.high - self.low))

    @property
    def mean(self) -> float:
        return 0.5 * (self.low + self.high)

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.low, self.high

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Growing:
    """Density proportional to exp(``rate`` x) between two ends: infections of an epidemic that grows, or declines, steadily.

    ``rate`` is per day and not zero; for a steady epidemic take `Uniform`.
    """

    low: float
    high: float
    rate: float

    def _mass(self) -> float:
        return float(np.expm1(self.rate * (self.high - self.low)))

    def density(self, x: Floats) -> Floats:
        inside = (x >= self.low) & (x <= self.high)
        y = np.clip(x, self.low, self.high)
        return np.asarray(np.where(inside, self.rate * np.exp(self.rate * (y - self.low)) / self._mass(), 0.0))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(np.expm1(self.rate * (np.clip(x, self.low, self.high) - self.low)) / self._mass())

    def quantile(self, p: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(np.minimum(self.low + np.log1p(p * self._mass()) / self.rate, self.high))

    @property
    def mean(self) -> float:
        length = self.high - self.low
        power = self.rate * length
        if abs(power) < 0.05:  # the difference below would lose its digits; the next term of the series is below 1e-14
            return self.low + length * (0.5 + power / 12.0 - power**3 / 720.0 + power**5 / 30_240.0)
        return self.low + length + length / self._mass() - 1.0 / self.rate

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.low, self.high

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class Steps:
    """A density that is constant between ``edges``: days and how many were infected on each.

    ``edges`` (n + 1) increase; ``weights`` (n) are not negative and need not sum to one.
    """

    edges: tuple[float, ...]
    weights: tuple[float, ...]

    def _cumulative(self) -> tuple[Floats, Floats]:
        edges = np.asarray(self.edges)
        total = np.concatenate(([0.0], np.cumsum(self.weights)))
        return edges, total / total[-1]

    def density(self, x: Floats) -> Floats:
        edges = np.asarray(self.edges)
        heights = np.asarray(self.weights) / np.diff(edges) / float(np.sum(self.weights))
        at = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(heights) - 1)
        return np.asarray(np.where((x >= edges[0]) & (x <= edges[-1]), heights[at], 0.0))

    def cdf(self, x: Floats) -> Floats:
        edges, total = self._cumulative()
        return np.asarray(np.interp(x, edges, total))

    def quantile(self, p: Floats) -> Floats:
        edges, total = self._cumulative()
        first = int(np.argmax(total > 0.0))
        at = np.clip(np.searchsorted(total, p, side="left"), first, len(total) - 1)
        return np.asarray(edges[at - 1] + (p - total[at - 1]) / (total[at] - total[at - 1]) * (edges[at] - edges[at - 1]))

    @property
    def mean(self) -> float:
        edges = np.asarray(self.edges)
        return float(np.average(0.5 * (edges[1:] + edges[:-1]), weights=self.weights))

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.edges

    @property
    def support(self) -> tuple[float, float]:
        return self.edges[0], self.edges[-1]


@dataclass(frozen=True, slots=True)
class Atoms:
    """Finitely many values with their weights, which need not sum to one. It has no density."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def density(self, x: Floats) -> Floats:
        raise ValueError("single values have no density")

    def cdf(self, x: Floats) -> Floats:
        order = np.argsort(self.values)
        total = np.concatenate(([0.0], np.cumsum(np.asarray(self.weights)[order])))
        return np.asarray(total[np.searchsorted(np.asarray(self.values)[order], x, side="right")] / total[-1])

    def quantile(self, p: Floats) -> Floats:
        order = np.argsort(self.values)
        total = np.cumsum(np.asarray(self.weights)[order])
        at = np.minimum(np.searchsorted(total / total[-1], p, side="left"), len(order) - 1)
        return np.asarray(np.asarray(self.values)[order][at])

    @property
    def mean(self) -> float:
        return float(np.average(self.values, weights=self.weights))

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.values

    @property
    def support(self) -> tuple[float, float]:
        return min(self.values), max(self.values)
