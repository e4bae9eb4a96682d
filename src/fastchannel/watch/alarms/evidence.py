"""Evidence against a forecast as e-values: what a bet at fair odds against it would have won.

An e-value is a number ≥ 0 whose expectation is at most 1 as long as the forecast holds. Multiplied from day to day it makes a
process E(0) = 1, E(1), … that a true forecast lets exceed 1 / α at any time with probability at most α (Ville 1939), however
often one looks and whenever one stops (Ramdas et al. 2023, doi:10.1214/23-STS894). Here:

- one result with positive probability p tilted by the odds ratio θ has the factor θ^x / (1 − h + h θ). Its expectation
  (1 − p + p θ) / (1 − h + h θ) is at most 1 for every p ≤ h where θ > 1, and for every p ≥ h where θ < 1. So the forecast's
  whole interval is the null: h is its upper end against more than expected, its lower end against fewer;
- results of people who hang together (a party, a flight) are one bet: the mean of their factors, which needs no assumption
  about how they depend on each other;
- a group of travellers held against others who arrive alike, with k of the K positives among n of N: θ^k over its mean under
  the hypergeometric distribution. It needs no forecast at all;
- we know neither the size of a change nor its day, so we bet a little on each of several θ and on a start on each day:
  Σ over θ and starts of their shares times their winnings, an e-process again (a mixture; an e-detector whose shares of starts
  add up to 1, compare Shin, Ramdas & Rinaldo 2024, doi:10.51387/23-NEJSDS51).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def log_factors(positive: Floats, limit: Floats, ratios: Floats) -> Floats:
    """The logarithm of each result's factor, shape (results, ratios): x log θ − log(1 − h + h θ).

    ``positive`` (n,) is 1 for a positive and 0 for a negative, ``limit`` (n,) the forecast's probability h in [0, 1] at the end
    of its interval that the bet is against, ``ratios`` (g,) odds ratios θ > 0, all above or all below 1.
    """
    return positive[:, None] * np.log(ratios) - np.log1p(limit[:, None] * (ratios - 1.0))


def log_count_factors(positives: Floats, limit: Floats, ratios: Floats) -> Floats:
    """The same for counts of which only the expected number is known: k log θ − H (θ − 1), shape (counts, ratios).

    ``limit`` (n,) is the expected count H. It holds for Poisson counts, and for any sum of independent results with the
    expected number H, since 1 + h (θ − 1) ≤ exp(h (θ − 1)).
    """
    return positives[:, None] * np.log(ratios) - limit[:, None] * (ratios - 1.0)


def log_comparison(positives: int, tested: int, all_positives: int, all_tested: int, ratios: Floats) -> Floats:
    """The logarithm of a comparison's factor, shape (ratios,): ``positives`` of ``tested`` within a whole of others alike.

    Under the null the positives' odds are no higher (θ > 1) in the group than among the others. Fisher's exact test gives the
    distribution of k given the totals; its noncentral form (odds ratio θ) over the central one is θ^k / E[θ^k].
    """
    least, most = max(0, all_positives - (all_tested - tested)), min(tested, all_positives)
    k = np.arange(least, most + 1, dtype=np.float64)
    log_weights = _log_choose(tested, k) + _log_choose(all_tested - tested, all_positives - k)
    log_weights -= special.logsumexp(log_weights)
    log_ratios = np.log(ratios)
    mean = special.logsumexp(log_weights[None, :] + k[None, :] * log_ratios[:, None], axis=1)
    return np.asarray(positives * log_ratios - mean, np.float64)


def _log_choose(n: int, k: Floats) -> Floats:
    return np.asarray(special.gammaln(n + 1.0) - special.gammaln(k + 1.0) - special.gammaln(n - k + 1.0), np.float64)


def cluster_means(log_values: Floats, cluster: Integers) -> tuple[Floats, Integers]:
    """The logarithm of the mean factor in each cluster, and the position of each cluster's first row, in the order of these.

    ``log_values`` (n, g); ``cluster`` (n,) has the same number for rows that hang together.
    """
    _, first, inverse = np.unique(cluster, return_index=True, return_inverse=True)
    sums = np.zeros((len(first), log_values.shape[1]))
    top = np.max(log_values, axis=0)  # factors of one row are within a few powers of e of each other
    np.add.at(sums, inverse, np.exp(log_values - top))
    order = np.argsort(first, kind="stable")
    means = np.log(sums / np.bincount(inverse)[:, None]) + top
    return means[order], first[order]


def start_shares(days: int) -> Floats:
    """The share of the stake that is bet on a start on day 1, 2, …: 1 / log2(j + 1) − 1 / log2(j + 2). All add up to 1.

    The shares fall about as 1 / (j log² j), nearly as slowly as shares that have a sum can, so that a laboratory which goes
    wrong after a year is still found.
    """
    steps = 1.0 / np.log2(np.arange(1, days + 2, dtype=np.float64) + 1.0)
    return np.asarray(steps[:-1] - steps[1:], np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """An e-process at the end of each day: its logarithm (days,), and the logarithm of each day's factors (days, ratios)."""

    log_e: Floats
    log_daily: Floats

    @property
    def now(self) -> float:
        """The e-value at the last day."""
        return float(np.exp(self.log_e[-1])) if len(self.log_e) else 1.0

    def first_reached(self, threshold: float) -> int | None:
        """The first day (from 0) on which the e-value is at least ``threshold``."""
        reached = np.flatnonzero(self.log_e >= np.log(threshold))
        return int(reached[0]) if len(reached) else None

    def start(self, day: int) -> int:
        """The day (from 0) from which a bet would have won the most by ``day``, all ratios together: when it went wrong."""
        total = np.cumsum(self.log_daily[: day + 1], axis=0)
        before = total - self.log_daily[: day + 1]
        won = special.logsumexp(total[day] - before, axis=1) + np.log(start_shares(day + 1))
        return int(np.argmax(won))


def process(log_daily: Floats) -> Process:
    """The e-process that spreads its stake over the ratios evenly and over the days of start by `start_shares`.

    ``log_daily`` (days, ratios) is the logarithm of the product of each day's factors. What is not yet bet stays in hand.
    """
    days, ratios = log_daily.shape
    total = np.cumsum(log_daily, axis=0)
    staked = np.log(start_shares(days))[:, None] - (total - log_daily)  # a stake on day j grows by what comes from j on
    won = np.logaddexp.accumulate(staked, axis=0) + total
    in_hand = -np.log(np.log2(np.arange(1, days + 1, dtype=np.float64) + 2.0))
    log_e = np.logaddexp(special.logsumexp(won, axis=1) - np.log(ratios), in_hand)
    return Process(log_e=np.asarray(log_e, np.float64), log_daily=log_daily)
