"""How often each kind of traveller is positive, by empirical Bayes: little data borrows from the origin, and that from all.

Two levels of beta priors. An origin's share is drawn about that of all travellers, a kind's about its origin's; how far either
strays is estimated from the data by moments (Kleinman 1973, J. Am. Stat. Assoc. 68, 46–54). So three tests of a kind leave its
estimate near its origin's, and three thousand make it its own.

Prevalence drifts: results lose half their weight every ``half_life_days``, and those from before a change that makes travellers
others than they were, such as a test asked of an origin before departure, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy import special

from fastchannel.watch.arrival_tests.travellers import Kind, Record
from fastchannel.watch.errors import WatchError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LEAST_CORRELATION, MOST_CORRELATION = 1e-5, 0.2  # a prior worth 100,000 tests, and one worth 4
FIRST_TESTS = 100.0  # how many tests the share expected before any result counts for
FIRST_FREEDOM = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """A beta distribution for each kind's share of positives, ``alpha`` and ``beta`` (kinds,), and the ``waiting`` tests."""

    alpha: Floats
    beta: Floats
    waiting: Floats

    @property
    def mean(self) -> Floats:
        """The estimate of each kind's share."""
        return np.asarray(self.alpha / (self.alpha + self.beta), np.float64)

    def interval(self, probability: float = 0.95) -> tuple[Floats, Floats]:
        """The equal-tailed interval of each kind's share from the results that are known."""
        tail = (1.0 - probability) / 2.0
        low, high = (np.asarray(special.betaincinv(self.alpha, self.beta, at), np.float64) for at in (tail, 1.0 - tail))
        return low, high

    def anticipated(self) -> tuple[Floats, Floats]:
        """α and β as if every waiting test had come back with its expected result (a certainty-equivalent update).

        The estimate stays and the width shrinks: what is under way counts as known, so that a kind about which little is known
        is not tested again and again until the first results are back.
        """
        mean = self.mean
        return self.alpha + self.waiting * mean, self.beta + self.waiting * (1.0 - mean)


def beta_prior(positives: Floats, tested: Floats, expected: float) -> tuple[float, float]:
    """Mean and strength α + β of the beta distribution from which groups' shares seem drawn, by moments.

    ``positives`` and ``tested`` (groups,) may be weighted. With ρ = 1 / (1 + strength) the correlation within groups,
    E[Σ n (p̂ᵢ − p̂)²] = p (1 − p) ((G − 1) + ρ (N − Σ n² / N − (G − 1))). ``expected`` is the share expected before any result,
    which counts for `FIRST_TESTS` tests.
    """
    total, seen = float(tested.sum()), tested > 0.0
    mean = (float(positives.sum()) + expected * FIRST_TESTS) / (total + FIRST_TESTS)
    spread = float((tested[seen] * (positives[seen] / tested[seen] - mean) ** 2).sum()) / (mean * (1.0 - mean))
    free = max(float(seen.sum()) - 1.0, 0.0)
    room = total - float((tested**2).sum()) / total - free if total > 0.0 else 0.0
    return mean, 1.0 / _correlation(spread, free, room, mean) - 1.0


def _correlation(spread: float, free: float, room: float, mean: float) -> float:
    """ρ from the moments' equation spread = free + ρ room, drawn to a first guess while few groups tell of it.

    The first guess is that shares stray by as much as their mean. It counts for `FIRST_FREEDOM` degrees of freedom.
    """
    found = (spread - free) / room if room > 0.0 else 0.0
    free = free if room > 0.0 else 0.0
    drawn = (max(found, 0.0) * free + mean * FIRST_FREEDOM) / (free + FIRST_FREEDOM)
    return min(max(drawn, LEAST_CORRELATION), MOST_CORRELATION)


def beliefs(origin: Integers, tested: Floats, positives: Floats, waiting: Floats, expected: float) -> Beliefs:
    """What to believe of each kind from weighted counts, all (kinds,); ``origin`` numbers the kinds' origins from 0.

    A kind's prior rests on the *other* kinds of its origin, so that no result counts twice, and is as wide as kinds stray
    within origins and their origin's share is unknown together. Many tests of one kind tell less of its origin than as many of
    several: they count n / (1 + ρ (n − 1)).
    """
    mean, strength = beta_prior(*_by_origin(origin, positives, tested), expected)
    within = _correlation_within(origin, tested, positives, mean, strength)
    shrunk = 1.0 / (1.0 + within * np.maximum(tested - 1.0, 0.0))
    origin_positives, origin_tested = _by_origin(origin, positives * shrunk, tested * shrunk)
    mean, strength = beta_prior(origin_positives, origin_tested, expected)
    others = np.maximum(origin_tested[origin] - tested * shrunk, 0.0) + strength
    prior = (np.maximum(origin_positives[origin] - positives * shrunk, 0.0) + mean * strength) / others
    own = 1.0 / (within + (1.0 - within) / (others + 1.0)) - 1.0
    return Beliefs(
        alpha=np.asarray(positives + prior * own, np.float64),
        beta=np.asarray(tested - positives + (1.0 - prior) * own, np.float64),
        waiting=waiting,
    )


def _by_origin(origin: Integers, positives: Floats, tested: Floats) -> tuple[Floats, Floats]:
    return np.bincount(origin, positives).astype(np.float64), np.bincount(origin, tested).astype(np.float64)


def _correlation_within(origin: Integers, tested: Floats, positives: Floats, mean: float, strength: float) -> float:
    """How far kinds stray from their origin's share: the same moments, about each origin's own share."""
    origin_positives, origin_tested = _by_origin(origin, positives, tested)
    known = tested > 0.0
    share = ((origin_positives + mean * strength) / (origin_tested + strength))[origin[known]]
    n = tested[known]
    spread = float((n * (positives[known] / n - share) ** 2 / (share * (1.0 - share))).sum())
    groups, totals, squares = (np.bincount(origin[known], values) for values in (np.ones(len(n)), n, n**2))
    free = float((groups[groups > 0] - 1.0).sum())
    room = float((totals[groups > 0] - squares[groups > 0] / totals[groups > 0]).sum()) - free
    return _correlation(spread, free, room, mean)


def estimate(
    kinds: Sequence[Kind],
    records: Iterable[Record],
    today: date,
    *,
    expected: float,
    half_life_days: float,
    changed: Mapping[str, date] | None = None,
) -> Beliefs:
    """What to believe of ``kinds`` (sorted, each once) on the morning of ``today``.

    ``expected`` is the share of positives expected before any result, ``changed`` the day of an origin's last change. Records
    of other kinds, of ``today`` or later, and from before a change do not count. Raises WatchError where a figure makes no
    sense.
    """
    if not (0.0 < expected < 1.0 and half_life_days > 0.0):
        raise WatchError(
            f"prevalence of arrivals: found an expected share of {expected} and a half-life of {half_life_days} days; a share "
            "between 0 and 1 and a half-life above 0 were expected"
        )
    position = {kind: i for i, kind in enumerate(kinds)}
    counts = np.zeros((3, len(kinds)))
    for record in records:
        place, age = position.get(record.kind), (today - record.day).days
        if place is None or age <= 0 or record.day < (changed or {}).get(record.kind.origin, record.day):
            continue
        kept = 0.5 ** (age / half_life_days)
        counts[:, place] += (record.tested * kept, record.positives * kept, record.waiting)
    names = {name: i for i, name in enumerate(sorted({kind.origin for kind in kinds}))}
    origin = np.array([names[kind.origin] for kind in kinds], np.int64)
    return beliefs(origin, counts[0], counts[1], counts[2], expected)
