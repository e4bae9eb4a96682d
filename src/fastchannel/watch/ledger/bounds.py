"""Exact bounds on a proportion and on a rate.

A proportion's bounds are those of Clopper and Pearson (Biometrika 1934, doi:10.1093/biomet/26.4.404), a rate's those of Garwood
(Biometrika 1936, doi:10.1093/biomet/28.3-4.437). ``tests/watch/ledger/test_bounds.py`` holds both against the sums of
probabilities that define them, to a relative 1e-9.
"""

from __future__ import annotations

import math

from scipy import special

from fastchannel.watch.errors import WatchError

CONFIDENCE = 0.95


class BoundError(WatchError):
    """Counts are no counts."""


def proportion_at_most(found: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper bound on a probability: the largest under which ``found`` or fewer of ``of`` is not too rare.

    Of nobody it is 1: nothing was learnt. Raises BoundError.
    """
    _check(found, of, confidence)
    return 1.0 if found == of else float(special.betaincinv(found + 1, of - found, confidence))


def proportion_at_least(found: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided lower bound on a probability. Raises BoundError."""
    _check(found, of, confidence)
    return 0.0 if found == 0 else float(special.betaincinv(found, of - found + 1, 1.0 - confidence))


def proportion_between(found: int, of: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The two-sided interval, half of what is left on each side. Raises BoundError."""
    each = (1.0 + confidence) / 2.0
    return proportion_at_least(found, of, each), proportion_at_most(found, of, each)


def rate_at_most(found: int, over: float, confidence: float = CONFIDENCE) -> float:
    """The one-sided upper bound on a rate of Poisson events, per unit of ``over`` (such as person-days); infinite over nothing.

    Raises BoundError.
    """
    if found < 0 or not over >= 0.0 or not 0.0 < confidence < 1.0:
        raise BoundError(f"found {found} over {over} at confidence {confidence}; expected 0 or more, and between 0 and 1")
    return float(special.gammaincinv(found + 1, confidence)) / over if over > 0.0 else math.inf


def _check(found: int, of: int, confidence: float) -> None:
    if not 0 <= found <= of:
        raise BoundError(f"found {found} of {of}; expected a count from 0 to {of}")
    if not 0.0 < confidence < 1.0:
        raise BoundError(f"found a confidence of {confidence}; expected one between 0 and 1")
