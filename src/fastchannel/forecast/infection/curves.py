"""Curves over a person's time: infectiousness per day, sensitivity of a test, and what they add up to.

Times are days since some moment of the person's infection (see `course`). A curve is nought before its support where that
is how the thing behaves (nobody is infectious before infection); its integral from the far left is exact to rounding, or
to the quadrature of `Curve.integral` where there is no closed form.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import special
from scipy.interpolate import PchipInterpolator

from fastchannel.forecast.infection.distributions import Distribution, Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANEL_DAYS = 0.5  # sixteen nodes on half a day leave nothing of a curve that has days for its scale
_LOGIT_LIMIT = 500.0


class Curve(ABC):
    """A function of days. ``values`` and ``integral`` take and give arrays of one shape."""

    @abstractmethod
    def values(self, x: Floats) -> Floats:
        """The curve's height at each time."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """A finite interval outside which the curve counts as nought in an integral."""

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where the curve or its slope jumps."""
        return self.support

    def integral(self, x: Floats) -> Floats:
        """The integral from the left end of the support to each time, by 16-point Gauss–Legendre rules between kinks."""
        edges, sums = self._panels
        inside = np.clip(x, edges[0], edges[-1])
        at = np.clip(np.searchsorted(edges, inside, side="right") - 1, 0, len(edges) - 2)
        left = edges[at]
        half = 0.5 * (inside - left)
        nodes = left[..., None] + half[..., None] * (1.0 + _NODES)
        return np.asarray(sums[at] + half * (self.values(nodes) @ _WEIGHTS))

    @cached_property
    def _panels(self) -> tuple[Floats, Floats]:
        low, high = self.support
        count = max(1, int(np.ceil((high - low) / _PANEL_DAYS)))
        edges = np.unique(np.concatenate((np.linspace(low, high, count + 1), [k for k in self.kinks if low < k < high])))
        half = 0.5 * np.diff(edges)
        nodes = edges[:-1, None] + half[:, None] * (1.0 + _NODES)
        return edges, np.concatenate(([0.0], np.cumsum(half * (self.values(nodes) @ _WEIGHTS))))

    @property
    def total(self) -> float:
        """The integral over the whole support."""
        return float(self.integral(np.array([self.support[1]]))[0])


@dataclass(frozen=True)
class Density(Curve):
    """A distribution's density: infectiousness per day where the distribution is that of transmission times."""

    of: Distribution

    def values(self, x: Floats) -> Floats:
        return self.of.density(x)

    def integral(self, x: Floats) -> Floats:
        return self.of.cdf(x)

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.of.kinks

    @property
    def support(self) -> tuple[float, float]:
        return self.of.support


@dataclass(frozen=True)
class Rising(Curve):
    """A distribution function: the share for whom something has begun by each time. It stays at one for ever."""

    of: Distribution
    until: float = 1_000.0

    def values(self, x: Floats) -> Floats:
        return self.of.cdf(x)

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.of.kinks

    @property
    def support(self) -> tuple[float, float]:
        return self.of.support[0], self.until


@dataclass(frozen=True)
class Constant(Curve):
    """One height between two times, nought elsewhere. The end is not part of it."""

    height: float
    low: float = 0.0
    high: float = 1_000.0

    def values(self, x: Floats) -> Floats:
        return np.asarray(np.where((x >= self.low) & (x < self.high), self.height, 0.0))

    def integral(self, x: Floats) -> Floats:
        return np.asarray(self.height * (np.clip(x, self.low, self.high) - self.low))

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True)
class Table(Curve):
    """Heights ``y`` at times ``x`` (increasing), nought before the first; after the last nought too, unless ``held``.

    ``between`` is "linear", "pchip" (smooth and monotone between knots) or "step" (each height holds until the next time).
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    between: str = "linear"
    held: bool = False

    @cached_property
    def _knots(self) -> tuple[Floats, Floats]:
        return np.asarray(self.x), np.asarray(self.y)

    @cached_property
    def _smooth(self) -> PchipInterpolator:
        return PchipInterpolator(*self._knots)

    def values(self, x: Floats) -> Floats:
        knots, heights = self._knots
        if self.between == "linear":
            found = np.interp(x, knots, heights)
        elif self.between == "pchip":
            found = self._smooth(np.clip(x, knots[0], knots[-1]))
        else:
            found = heights[np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 1)]
        outside = (x < knots[0]) if self.held else (x < knots[0]) | (x > knots[-1])
        return np.asarray(np.where(outside, 0.0, found))

    def integral(self, x: Floats) -> Floats:
        if self.between == "linear" and not self.held:
            knots, heights = self._knots
            steps = np.diff(knots)
            sums = np.concatenate(([0.0], np.cumsum(0.5 * steps * (heights[1:] + heights[:-1]))))
            inside = np.clip(x, knots[0], knots[-1])
            at = np.clip(np.searchsorted(knots, inside, side="right") - 1, 0, len(steps) - 1)
            along = inside - knots[at]
            slope = (heights[at + 1] - heights[at]) / steps[at]
            return np.asarray(sums[at] + along * (heights[at] + 0.5 * slope * along))
        return super().integral(x)

    @property
    def kinks(self) -> tuple[float, ...]:
        return self.x

    @property
    def support(self) -> tuple[float, float]:
        return self.x[0], self.x[-1] + (1_000.0 if self.held else 0.0)


@dataclass(frozen=True)
class LogisticPolynomial(Curve):
    """The logistic function of a polynomial in (x − ``centre``), lowest power first, from ``low`` to ``high``."""

    coefficients: tuple[float, ...]
    centre: float = 0.0
    low: float = 0.0
    high: float = 1_000.0

    def values(self, x: Floats) -> Floats:
        inside = (x >= self.low) & (x <= self.high)
        y = np.clip(x, self.low, self.high) - self.centre
        logit = np.clip(np.polynomial.polynomial.polyval(y, self.coefficients), -_LOGIT_LIMIT, _LOGIT_LIMIT)
        return np.asarray(np.where(inside, special.expit(logit), 0.0))

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high


@dataclass(frozen=True)
class ExponentialRise(Curve):
    """(exp(``rate`` x) − 1) / (exp(``rate`` ``at``) − 1), which is nought at nought and one at ``at``; nought outside."""

    rate: float
    at: float

    def values(self, x: Floats) -> Floats:
        y = np.clip(x, 0.0, self.at)
        return np.asarray(np.where((x >= 0.0) & (x <= self.at), np.expm1(self.rate * y) / np.expm1(self.rate * self.at), 0.0))

    def integral(self, x: Floats) -> Floats:
        if self.rate * self.at < 0.1:  # the difference below would lose its digits
            return super().integral(x)
        y = np.clip(x, 0.0, self.at)
        return np.asarray((np.expm1(self.rate * y) / self.rate - y) / np.expm1(self.rate * self.at))

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, self.at


@dataclass(frozen=True)
class Pieces(Curve):
    """One curve up to each of ``until`` (increasing), the last from there on: one more curve than there are ends."""

    curves: tuple[Curve, ...]
    until: tuple[float, ...]

    def values(self, x: Floats) -> Floats:
        found = self.curves[0].values(x)
        for start, curve in zip(self.until, self.curves[1:], strict=True):
            found = np.where(x >= start, curve.values(x), found)
        return np.asarray(found)

    def integral(self, x: Floats) -> Floats:
        edges = (-np.inf, *self.until, np.inf)
        found = np.zeros_like(x, dtype=np.float64)
        for low, high, curve in zip(edges, edges[1:], self.curves, strict=False):
            left = max(low, curve.support[0])
            found = found + curve.integral(np.clip(x, left, max(high, left))) - curve.integral(np.full_like(x, left))
        return found

    @property
    def kinks(self) -> tuple[float, ...]:
        return tuple(sorted({*self.until, *(kink for curve in self.curves for kink in curve.kinks)}))

    @property
    def support(self) -> tuple[float, float]:
        return min(self.curves[0].support[0], self.until[0]), max(self.until[-1], self.curves[-1].support[1])


@dataclass(frozen=True)
class Moved(Curve):
    """A curve moved right by ``days`` and multiplied by ``factor``."""

    curve: Curve
    days: float = 0.0
    factor: float = 1.0

    def values(self, x: Floats) -> Floats:
        return self.factor * self.curve.values(x - self.days)

    def integral(self, x: Floats) -> Floats:
        return self.factor * self.curve.integral(x - self.days)

    @property
    def kinks(self) -> tuple[float, ...]:
        return tuple(kink + self.days for kink in self.curve.kinks)

    @property
    def support(self) -> tuple[float, float]:
        low, high = self.curve.support
        return low + self.days, high + self.days


@dataclass(frozen=True)
class Product(Curve):
    """The product of two curves."""

    left: Curve
    right: Curve

    def values(self, x: Floats) -> Floats:
        return self.left.values(x) * self.right.values(x)

    @property
    def kinks(self) -> tuple[float, ...]:
        return tuple(sorted({*self.left.kinks, *self.right.kinks}))

    @property
    def support(self) -> tuple[float, float]:
        low = max(self.left.support[0], self.right.support[0])
        return low, max(low, min(self.left.support[1], self.right.support[1]))


@dataclass(frozen=True)
class ThroughLevel(Curve):
    """What depends on time only through the height of another curve, as a test's sensitivity on the load that it meets.

    On the falling branch of ``level``, from ``start`` to ``stop`` in steps of ``step`` days, the ``known`` curve gives what
    belongs to each height; between them it is monotone (PCHIP), and it holds on the rising branch as well.
    """

    level: Curve
    known: Curve
    start: float
    stop: float
    step: float = 0.1
    _by_height: PchipInterpolator = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        times = np.arange(self.start, self.stop + 0.5 * self.step, self.step)
        heights, first = np.unique(self.level.values(times), return_index=True)
        object.__setattr__(self, "_by_height", PchipInterpolator(heights, self.known.values(times[first])))

    def values(self, x: Floats) -> Floats:
        heights = self.level.values(x)
        inside = (x >= self.level.support[0]) & (x <= self.stop)
        ends = self._by_height.x
        return np.asarray(np.where(inside, self._by_height(np.clip(heights, ends[0], ends[-1])), 0.0))

    @property
    def kinks(self) -> tuple[float, ...]:
        return tuple(sorted({*self.level.kinks, self.start}))

    @property
    def support(self) -> tuple[float, float]:
        return self.level.support[0], self.stop


def peak(curve: Curve) -> tuple[float, float]:
    """The time and the height of a curve's highest point, to about a thousandth of a day."""
    low, high = curve.support
    at = low
    for _ in range(4):
        times = np.unique(np.concatenate((np.linspace(low, high, 2_001), [k for k in curve.kinks if low < k < high])))
        highest = int(np.argmax(curve.values(times)))
        at, low, high = times[highest], times[max(highest - 1, 0)], times[min(highest + 1, times.size - 1)]
    return float(at), float(curve.values(np.array([at]))[0])


def normalised(curve: Curve) -> Curve:
    """The curve over its integral."""
    return Moved(curve, factor=1.0 / curve.total)


def spent(curve: Curve, share: float) -> float:
    """The time by which that share of a curve's integral lies behind, by bisection to a ten-millionth of a day."""
    low, high = curve.support
    target = share * curve.total
    while high - low > 1e-7:
        middle = 0.5 * (low + high)
        if float(curve.integral(np.array([middle]))[0]) < target:
            low = middle
        else:
            high = middle
    return high
