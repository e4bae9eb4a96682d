"""The bets that a question makes on one unit's samples: days, and the logarithm of each day's factors.

Two rules keep what is stated of false alarms true while results come late. A sample is bet on the day on which it was
*registered*, so that a late one never changes a day that was looked at. And a sample without a result counts as what speaks
least against the forecast: a negative where more than expected is asked, a positive where fewer is. So the evidence on any day
is at most what it will be when all results are in, whichever results are quicker, and it is to that full evidence that Ville's
inequality applies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from fastchannel.watch.alarms.evidence import Floats, Integers, cluster_means, log_comparison, log_factors
from fastchannel.watch.alarms.policy import Against, Policy, Question
from fastchannel.watch.alarms.results import Sample, Step

Stratum = tuple[date, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bets:
    """``log_daily`` (days, ratios) on the ``days`` with samples of the unit; ``alike`` is what others let expect by day."""

    days: tuple[date, ...]
    log_daily: Floats
    alike: Mapping[date, float]


def bets(samples: Sequence[Sample], question: Question, policy: Policy) -> Bets:
    """The bets on one unit against the forecast."""
    more, fewer = np.array(policy.more), np.array(policy.fewer)
    if question.against is Against.BOTH:
        arrived = np.array([sample.result.step is Step.ON_ARRIVAL for sample in samples])
        high = _against(samples, more, high=True) * arrived[:, None]
        low = _against(samples, fewer, high=False) * ~arrived[:, None]
        values = np.tile(high, (1, len(fewer))) + np.repeat(low, len(more), axis=1)
    else:
        values = _against(samples, more if question.against is Against.HIGH else fewer, high=question.against is Against.HIGH)
    means, first = cluster_means(values, _clusters(samples))
    days = [samples[int(i)].registered for i in first]
    return _by_day(days, means, {})


def _against(samples: Sequence[Sample], ratios: Floats, *, high: bool) -> Floats:
    unknown = not high
    positive = np.array(
        [unknown if sample.result.positive is None else sample.result.positive for sample in samples], np.float64
    )
    limit = np.array([sample.expected.high if high else sample.expected.low for sample in samples])
    return log_factors(positive, limit, ratios)


def _clusters(samples: Sequence[Sample]) -> Integers:
    """A number for each bet: samples of one cluster, step and day are one."""
    numbers: dict[tuple[object, ...], int] = {}
    keys = (
        (sample.result.cluster, sample.result.step, sample.registered) if sample.result.cluster else (sample.result.id,)
        for sample in samples
    )
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def _by_day(days: Sequence[date], values: Floats, alike: Mapping[date, float]) -> Bets:
    order = sorted(set(days))
    position = {day: i for i, day in enumerate(order)}
    log_daily = np.zeros((len(order), values.shape[1]))
    np.add.at(log_daily, [position[day] for day in days], values)
    return Bets(days=tuple(order), log_daily=log_daily, alike=alike)


def comparisons(samples: Iterable[Sample], question: Question, policy: Policy) -> dict[str, Bets]:
    """The bets on every unit against others alike: those from the same region registered on the same day.

    One of each cluster enters, the first by id, so that parties do not make chance look like a pattern.
    """
    strata: dict[Stratum, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    seen: set[tuple[date, str]] = set()
    for sample in sorted(samples, key=lambda sample: (sample.registered, sample.result.id)):
        unit, cluster = question.unit(sample.result), (sample.registered, sample.result.cluster)
        if not unit or (sample.result.cluster and cluster in seen):
            continue
        seen.add(cluster)
        strata[sample.registered, sample.result.region][unit].append(sample)
    ratios = np.array(policy.more)
    found: dict[str, list[tuple[date, Floats, float]]] = defaultdict(list)
    for (day, _), units in strata.items():
        for unit in units if len(units) > 1 else ():
            values, alike = _comparison(unit, units, ratios)
            found[unit].append((day, values, alike))
    return {unit: _compared(rows) for unit, rows in found.items()}


def _comparison(unit: str, units: Mapping[str, Sequence[Sample]], ratios: Floats) -> tuple[Floats, float]:
    own = units[unit]
    others = [sample for name, samples in units.items() if name != unit for sample in samples]
    positives = sum(sample.result.positive is True for sample in own)
    total = positives + sum(sample.result.positive is not False for sample in others)
    values = log_comparison(positives, len(own), total, len(own) + len(others), ratios)
    return values, total * len(own) / (len(own) + len(others))


def _compared(rows: Sequence[tuple[date, Floats, float]]) -> Bets:
    alike: dict[date, float] = defaultdict(float)
    for day, _, expected in rows:
        alike[day] += expected
    return _by_day([day for day, _, _ in rows], np.array([values for _, values, _ in rows]), alike)
