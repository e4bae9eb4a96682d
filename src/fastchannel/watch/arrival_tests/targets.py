"""How many of each kind to test at each point of entry: portion after portion goes to the kind with the highest index."""

from __future__ import annotations

import numpy as np

from fastchannel.watch.arrival_tests.gittins import optimistic_index
from fastchannel.watch.arrival_tests.prevalence import Floats, Integers

PORTIONS = 64  # of a day's tests: after each, what has been given is anticipated


def targets(people: Integers, capacity: Integers, alpha: Floats, beta: Floats, discount: float) -> tuple[Integers, Floats]:
    """Tests by point of entry and kind, shape (points, kinds), and each kind's index after the last portion (kinds,).

    ``people`` (points, kinds) can be tested, ``capacity`` (points,) tests are there. ``alpha`` and ``beta`` (kinds,) are what
    is believed, with what is under way anticipated. After each portion its expected results are added, so that the kind's width
    shrinks and the next may be worth more. A kind that arrives at several points is tested where most tests are left for each
    of its people. No test is left over while somebody can be tested.
    """
    alpha, beta = alpha.copy(), beta.copy()
    mean, index = alpha / (alpha + beta), optimistic_index(alpha, beta, discount)
    left, spare = people.copy(), capacity.copy()
    given, stale = np.zeros_like(people), np.zeros(len(alpha), dtype=bool)
    portion = max(1, int(np.minimum(people.sum(axis=1), capacity).sum()) // PORTIONS)
    while True:
        possible = left * (spare > 0)[:, None]
        open_kinds = possible.any(axis=0)
        if not open_kinds.any():
            return given, optimistic_index(alpha, beta, discount)
        kind = int(np.argmax(np.where(open_kinds, index, -1.0)))
        if stale[kind]:  # an index only falls as tests are added, so that one that is old is no lower than it should be
            index[kind] = optimistic_index(alpha[kind : kind + 1], beta[kind : kind + 1], discount)[0]
            stale[kind] = False
            continue
        point = int(np.argmax(np.where(possible[:, kind] > 0, spare / np.maximum(left[:, kind], 1), -1.0)))
        count = min(portion, int(left[point, kind]), int(spare[point]))
        given[point, kind] += count
        left[point, kind] -= count
        spare[point] -= count
        alpha[kind] += count * mean[kind]
        beta[kind] += count * (1.0 - mean[kind])
        stale[kind] = True
