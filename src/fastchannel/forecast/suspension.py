"""The chance that an agreement suspends itself: its triggers, applied to what is expected.

Only figures of the channel itself can be forecast from an agreement and a situation at departure: positives among travellers,
and infections confirmed in them after release. Triggers on the epidemic at home are `watch`'s to evaluate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.conditions import Comparison, Function, Metric, Unit
from fastchannel.agreement.text import TriggerText
from fastchannel.forecast.imports import Parties, at_least

FORECAST = frozenset({Metric.POSITIVES, Metric.CHANNEL_IMPORTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected of one route: travellers a day and on a flight, and the share of them found after arrival and late."""

    travellers_per_day: float
    travellers_per_flight: float
    positive: float  # found on arrival or after, per traveller
    late_positive: float  # found after release, per traveller
    parties: Parties


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionChance:
    """``probability`` of at least one suspension in the days looked ahead; None where it cannot be forecast.

    ``mean_days`` is the expected time to the first.
    """

    trigger: str
    clause: str
    route: str
    probability: float | None
    mean_days: float | None


def suspension_chances(agreement: Agreement, on: date, days: float, expected: dict[str, Expected]) -> list[SuspensionChance]:
    """Each trigger that is watched on a date, for each route that it is about."""
    return [
        _chance(trigger, route, days, figures)
        for trigger in agreement.text.trigger
        if trigger.effect.length is not None
        and (trigger.since is None or trigger.since <= on)
        and (trigger.until is None or on <= trigger.until)
        for route, figures in expected.items()
        if not trigger.routes or route in trigger.routes
    ]


def _chance(trigger: TriggerText, route: str, days: float, expected: Expected) -> SuspensionChance:
    found = [_per_day(comparison, expected) for group in trigger.when.any_of for comparison in _single(group)]
    known = [rate for rate in found if rate is not None]
    if not known or len(known) < len(trigger.when.any_of):
        return SuspensionChance(trigger=trigger.id, clause=trigger.clause, route=route, probability=None, mean_days=None)
    rate = sum(known)
    return SuspensionChance(
        trigger=trigger.id,
        clause=trigger.clause,
        route=route,
        probability=-math.expm1(-rate * days),
        mean_days=1.0 / rate if rate > 0.0 else math.inf,
    )


def _single(group: tuple[Comparison, ...]) -> Iterable[Comparison]:
    """The comparison of a group of one; a group of several is not forecast."""
    return group if len(group) == 1 else ()


def _per_day(comparison: Comparison, expected: Expected) -> float | None:
    """How often a day the comparison comes true; None where this cannot be said."""
    if comparison.metric not in FORECAST or comparison.operator not in (">", ">=") or comparison.function is Function.SHARE:
        return None
    share = expected.positive if comparison.metric is Metric.POSITIVES else expected.late_positive
    limit = float(comparison.limit)
    if comparison.over is Unit.FLIGHT:
        if expected.travellers_per_flight <= 0.0:
            return 0.0
        flights = expected.travellers_per_day / expected.travellers_per_flight
        return flights * _reached(comparison, limit, share * expected.travellers_per_flight, expected.parties)
    length = {Unit.DAY: 1.0, Unit.WEEK: 7.0}.get(comparison.over) if isinstance(comparison.over, Unit) else None
    if length is None and not isinstance(comparison.over, Unit):
        length = comparison.over.elapsed.total_seconds() / 86_400
    if not length or comparison.function is Function.MAX:
        return None
    total = limit * length if comparison.function is Function.MEAN else limit
    return _reached(comparison, total, share * expected.travellers_per_day * length, expected.parties) / length


def _reached(comparison: Comparison, limit: float, mean: float, parties: Parties) -> float:
    count = math.floor(limit) + 1 if comparison.operator == ">" else math.ceil(limit)
    return at_least(count, mean, parties)
