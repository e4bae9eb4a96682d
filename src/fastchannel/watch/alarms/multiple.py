"""Many units watched at once: which stand out so far that their evidence is not the luck of having looked at hundreds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastchannel.watch.alarms.evidence import Floats


def alarm_threshold(alpha: float, units: int) -> float:
    """The e-value that an alarm needs: units / α.

    Each of at most ``units`` true forecasts ever reaches it with probability ≤ α / units (Ville), so that the probability of
    ever raising a false alarm about any of them is at most α, however their results depend on each other.
    """
    return units / alpha


def stand_out(e_values: Floats, rate: float, units: int) -> NDArray[np.bool_]:
    """Which e-values (n,) stand out by e-BH, as booleans (n,): the k largest, where the kth is at least units / (rate × k).

    Of those that stand out on one day, or at any stopping time, the expected share of false ones is at most ``rate``, however
    they depend on each other (Wang & Ramdas 2022, doi:10.1111/rssb.12489). ``units`` is the number watched, at least n.
    """
    order = np.argsort(-e_values, kind="stable")
    enough = e_values[order] * np.arange(1, len(e_values) + 1) >= units / rate
    kept = int(np.max(np.flatnonzero(enough))) + 1 if enough.any() else 0
    out = np.zeros(len(e_values), dtype=bool)
    out[order[:kept]] = True
    return out
