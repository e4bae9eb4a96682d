"""Nodes and weights for the fast quadrature: fixed and few, chosen once for a stratum."""

from __future__ import annotations

import itertools

import numpy as np
from scipy import special

from fastchannel.forecast.infection.course import Assay, Stage
from fastchannel.forecast.infection.curves import Curve
from fastchannel.forecast.infection.distributions import Atoms, Distribution, Floats, Point
from fastchannel.forecast.quadrature.people import personal
from fastchannel.terms.errors import FastChannelError

STEPS_PER_DAY = 64.0
MOST_STEPS = 65_536
PANEL_DAYS = 3.0
MOST_BREAKS = 16
PANEL_ERROR_DAYS = 3e-4
STEADY_DAYS = 120.0  # a sensitivity that is constant from here on needs no longer table
LENGTH_NODES = (160, 24)  # for one varying stage, and for each of two
EFFECT_NODES = (8, 12, 16, 24, 32, 48, 64)
EFFECT_ERROR = 1e-4
_SCORES = 5.4  # six in a hundred million lie beyond
_AT, _WEIGHTS = np.polynomial.legendre.leggauss(4)
_FINE = (np.arange(64) + 0.5) / 32.0 - 1.0


class NotTabulatedError(FastChannelError):
    """The fast quadrature does not carry this problem; `quadrature.integrate` does."""


def varies(stage: Stage) -> bool:
    return not isinstance(stage.duration, Point)


def grid(low: float, high: float) -> tuple[Floats, Floats]:
    """Ages from ``low`` to past ``high``, and their scale: first age, steps a day."""
    steps_per_day = STEPS_PER_DAY
    while (high - low) * steps_per_day > MOST_STEPS:
        steps_per_day *= 0.5
    count = max(2, int(np.ceil((high - low) * steps_per_day - 1e-9)))
    return low + np.arange(count + 1) / steps_per_day, np.array([low, steps_per_day])


def jumps_of(curve: Curve) -> Floats:
    """Where a curve jumps: the widest."""
    tallest = float(np.max(np.abs(curve.values(np.linspace(*curve.support, 2_001)))))
    found: list[tuple[float, float]] = []
    for kink in curve.kinks:
        left, right = curve.values(np.array([kink - 1e-7, kink + 1e-7]))
        if abs(right - left) > 1e-4 * tallest:
            found.append((abs(right - left), kink))
    return np.sort([kink for _, kink in sorted(found, reverse=True)[:MOST_BREAKS]])


def resolving_breaks(assay: Assay, curve: Curve, effect: Floats, effect_weights: Floats) -> Floats:
    """Ages between which, and ``PANEL_DAYS`` at most, four Gauss–Legendre nodes give the days found to ``PANEL_ERROR_DAYS``.

    Panels whose rule fails are cut at the kink nearest to their middle, the worst first.
    """
    low, high = curve.support[0], min(curve.support[1], STEADY_DAYS)
    breaks = [low, *(jump for jump in jumps_of(curve) if low < jump < high), high]
    kinks = np.asarray(curve.kinks)

    def error(a: float, b: float) -> float:
        edges = np.linspace(a, b, max(1, int(np.ceil((b - a) / PANEL_DAYS))) + 1)
        half, middle = 0.5 * np.diff(edges)[:, None], 0.5 * (edges[1:] + edges[:-1])[:, None]
        coarse = personal(curve.values(middle + half * _AT).ravel()[:, None], assay.correlation, effect)
        fine = personal(curve.values(middle + half * _FINE).ravel()[:, None], assay.correlation, effect)
        difference = (half * _WEIGHTS).ravel()[:, None] * coarse
        exact = (half * np.full(_FINE.size, 2.0 / _FINE.size)).ravel()[:, None] * fine
        panels = half.size
        apart = difference.reshape(panels, -1, effect.size).sum(axis=1) - exact.reshape(panels, -1, effect.size).sum(axis=1)
        return float(np.abs(apart).sum(axis=0) @ effect_weights)

    panels = [(error(a, b), a, b) for a, b in itertools.pairwise(breaks)]
    while len(panels) < MOST_BREAKS - 1:
        worst, a, b = max(panels)
        if worst <= PANEL_ERROR_DAYS or b - a < 0.1:
            break
        panels.remove((worst, a, b))
        middle = 0.5 * (a + b)
        inside = kinks[(kinks > a + 1e-9) & (kinks < b - 1e-9)]
        if inside.size and b - a < 8.0:
            middle = float(inside[np.argmin(np.abs(inside - middle))])
        panels += [(error(a, middle), a, middle), (error(middle, b), middle, b)]
    return np.unique([age for _, a, b in panels for age in (a, b)])


def effect_rule(assays: list[Assay]) -> tuple[Floats, Floats]:
    """The fewest Gauss–Hermite nodes that give the chance of missing a person three times to ``EFFECT_ERROR``."""
    correlation = max((assay.correlation for assay in assays), default=0.0)
    if correlation <= 0.0:
        return np.zeros(1), np.ones(1)
    sensitivity = np.linspace(0.02, 0.98, 33)[:, None]
    previous = np.full(33, np.inf)
    at, weights = np.zeros(1), np.ones(1)
    for nodes in EFFECT_NODES:
        at, weights = np.polynomial.hermite_e.hermegauss(nodes)
        weights = weights / weights.sum()
        missed = (1.0 - personal(sensitivity, correlation, at)) ** 3 @ weights
        if float(np.max(np.abs(missed - previous))) < EFFECT_ERROR:
            break
        previous = missed
    kept = weights > 1e-9
    return at[kept], weights[kept] / weights[kept].sum()


def duration_nodes(duration: Distribution, count: int) -> tuple[Floats, Floats]:
    """Nodes over a length of time, equally spaced in its normal scores; single values as they are."""
    if isinstance(duration, Point):
        return np.array([duration.at]), np.ones(1)
    if isinstance(duration, Atoms):
        return np.asarray(duration.values), np.asarray(duration.weights) / float(np.sum(duration.weights))
    scores = _SCORES * np.linspace(-1.0, 1.0, count)
    weights = np.exp(-0.5 * scores**2)
    return duration.quantile(special.ndtr(scores)), weights / weights.sum()


def length_nodes(stages: tuple[Stage, ...], read: tuple[Stage, ...]) -> tuple[Floats, Floats]:
    """Lengths of all stages (x, S) and weights (x): those ``read`` by nodes, the others at their means."""
    varying = [i for i, stage in enumerate(read) if varies(stage)]
    if len(varying) > len(LENGTH_NODES):
        raise NotTabulatedError(f"a course that varies in {len(varying)} stages is not tabulated; use integrate()")
    rules = []
    for i, stage in enumerate(stages):
        if i in varying:
            rules.append(duration_nodes(stage.duration, LENGTH_NODES[len(varying) - 1]))
        else:
            rules.append((np.array([stage.duration.mean]), np.ones(1)))
    lengths = np.array(list(itertools.product(*(at for at, _ in rules))))
    weights = np.array([np.prod(shares) for shares in itertools.product(*(shares for _, shares in rules))])
    return lengths.reshape(weights.size, len(stages)), weights


def cubic_panels(exposure: Distribution) -> tuple[Floats, Floats]:
    """Edges of panels and the density on each as a cubic on [−1, 1]; for single values no edges, values and weights."""
    if isinstance(exposure, Atoms | Point):
        return np.empty(0), np.stack(duration_nodes(exposure, 1), axis=1)
    low, high = exposure.support
    longest = PANEL_DAYS
    inverse = np.linalg.inv(np.vander(_AT, 4, increasing=True))
    between = np.linspace(-0.95, 0.95, 9)
    while True:
        steps = np.linspace(low, high, max(1, int(np.ceil((high - low) / longest))) + 1)
        edges = np.unique(np.concatenate((steps, [kink for kink in exposure.kinks if low < kink < high])))
        half, middle = 0.5 * np.diff(edges)[:, None], 0.5 * (edges[1:] + edges[:-1])[:, None]
        cubic = exposure.density(middle + half * _AT) @ inverse.T
        exact = exposure.density(middle + half * between)
        worst = np.abs(cubic @ np.vander(between, 4, increasing=True).T - exact)
        if float(np.max(worst)) <= 1e-5 * float(np.max(exact)) or edges.size > 600:
            return edges, cubic
        longest *= 0.5
