"""Which of many candidates are not beaten: fronts of small arrays, least is best on every axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastchannel.forecast.infection.distributions import Floats

Indices = NDArray[np.int64]


def front(costs: Floats, ties: Floats | None = None) -> Indices:
    """The rows of ``costs`` (n, k) that no other row beats, in the order of their first cost.

    A row beats another where it is nowhere more and somewhere less. Of rows that cost the same only the first by ``ties``
    (n, j; then by position) is kept.
    """
    count = len(costs)
    if not count:
        return np.zeros(0, np.int64)
    keys = costs if ties is None else np.concatenate((costs, ties), axis=1)
    order = np.lexsort((np.arange(count), *keys.T[::-1]))
    kept: list[int] = []
    best = np.empty((0, costs.shape[1]))
    for i in order:  # whoever beats a row, or equals it, comes before it
        if not np.any(np.all(best <= costs[i], axis=1)):
            kept.append(int(i))
            best = np.concatenate((best, costs[i][None]))
    return np.array(kept, np.int64)


def unbeaten(fixed: Floats, ties: Floats, drawn: Floats, margin: float) -> Indices:
    """The candidates that no other surely beats: those to look at more closely.

    ``fixed`` (n, k) are costs that are known, ``ties`` (n, j) what decides where these are equal, and ``drawn`` (d, n) is a
    cost that was worked out at d draws, roughly. One candidate surely beats another where its drawn cost is less by the share
    ``margin`` in every draw, and its fixed costs are nowhere more and somewhere less, or equal with ``ties`` nowhere more.
    """
    order = np.argsort(drawn.mean(axis=0), kind="stable")  # the most likely to beat others first
    alive = np.ones(len(fixed), dtype=bool)
    for i in order:
        if alive[i]:
            more = np.all(fixed >= fixed[i], axis=1)
            more &= np.any(fixed > fixed[i], axis=1) | np.all(ties >= ties[i], axis=1)
            more[more] = np.all(drawn[:, more] * (1.0 - margin) > drawn[:, [i]], axis=0)
            alive &= ~more
    return np.flatnonzero(alive)
