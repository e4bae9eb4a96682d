"""Draws of what is not known exactly: every figure with an interval, of a profile or of practice.

A figure with value v and 95 % interval (l, h) is drawn as v moved by a standard normal number on the scale that its limits
leave free (logit between two limits, logarithm above one, else the figure itself), stretched on each side so that the 2.5 and
97.5 per cent points are l and h and the median is v. The knots of one table move together. Draws are a Latin hypercube.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy import special
from scipy.stats import qmc

from fastchannel.agreement.mistakes import Path as Place
from fastchannel.forecast.reading.texts import Figure

HALF_WIDTH = 1.959963984540054  # of a 95 % interval of a standard normal number
NEAR = 1e-6

Draw = Mapping[str, float]  # an unknown's name → a standard normal number; who is not named keeps the figure's value


def unknown(place: Place) -> str:
    """The name of the figure at a place in a text: ``test.naat.specificity``; all knots of a table are one unknown."""
    words: list[str] = []
    for step in place:
        if isinstance(step, int):
            break
        words.append(step)
    return ".".join(words)


def moved(figure: Figure, z: float) -> float:
    """The figure's quantile at a standard normal number: its value at 0, the ends of its interval at ±1.96."""
    if z == 0.0:
        return figure.value
    to, back = _scale(figure)
    middle = to(figure.value)
    end = to(figure.high if z > 0.0 else figure.low)
    return min(max(back(middle + abs(z) / HALF_WIDTH * (end - middle)), figure.least), figure.most)


def _scale(figure: Figure) -> tuple[Callable[[float], float], Callable[[float], float]]:
    least, most = figure.least, figure.most
    if math.isfinite(least) and math.isfinite(most):
        width = most - least

        def logit(x: float) -> float:
            share = min(max((x - least) / width, NEAR), 1.0 - NEAR)
            return math.log(share / (1.0 - share))

        return logit, lambda y: least + width * float(special.expit(y))
    if math.isfinite(least) and figure.low > least:
        return lambda x: math.log(x - least), lambda y: least + math.exp(y)
    return lambda x: x, lambda y: y


@dataclass(slots=True)
class Chooser:
    """What a `Text` asks for each figure. It notes which figures are unknown as it goes."""

    draw: Draw = field(default_factory=dict)
    prefix: str = ""
    met: dict[str, Figure] = field(default_factory=dict)

    def __call__(self, place: Place, figure: Figure) -> float:
        name = self.prefix + unknown(place)
        self.met.setdefault(name, figure)
        return moved(figure, self.draw.get(name, 0.0))


def sample(names: tuple[str, ...], count: int, seed: int) -> Iterator[dict[str, float]]:
    """Draws of the named unknowns: a Latin hypercube of ``count`` points, the same for the same seed."""
    if not names:
        yield from ({} for _ in range(count))
        return
    points = qmc.LatinHypercube(len(names), rng=np.random.default_rng(seed)).random(count)
    for row in special.ndtri(points):
        yield dict(zip(names, map(float, row), strict=True))
