"""Flights as triggers see them: how many of the channel's travellers were tested on arrival and found, as known on each day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from fastchannel.casework.watching import CARRIER_LETTERS, Reported
from fastchannel.watch.alarms.results import Step
from fastchannel.watch.triggers.figures import FlightCount

Key = tuple[str, str, date]  # flight, route, day of arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was reported of one flight's travellers, in order: the first report of each, the first positive, and all days."""

    tested: tuple[date, ...]
    positive: tuple[date, ...]
    days: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class ChannelFlights:
    """The flights of the channel with what was reported of their travellers from arrival on."""

    told: dict[Key, Told]

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """Nothing: the channel's own journeys say nothing of the population."""
        return (None,) * ((last - first).days + 1)

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """The flights that arrived on those days, each with its counts as known."""
        return tuple(self._count(key, known) for key in self._sorted if first <= key[2] <= last and line in ("", key[0]))

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """The flights of which something was reported on that day."""
        return tuple(self._count(key, on) for key in self._by_day.get(on, ()))

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """Nothing: journeys hold no forecast."""
        return None

    @cached_property
    def _sorted(self) -> list[Key]:
        return sorted(self.told)

    @cached_property
    def _by_day(self) -> dict[date, list[Key]]:
        found: dict[date, list[Key]] = defaultdict(list)
        for key in self._sorted:
            for day in self.told[key].days:
                found[day].append(key)
        return found

    def _count(self, key: Key, known: date) -> FlightCount:
        flight, route, arrived = key
        told = self.told[key]
        days = bisect_right(told.days, known)
        return FlightCount(
            flight=flight,
            carrier=flight[:CARRIER_LETTERS],
            arrived=arrived,
            known=max(arrived, told.days[days - 1]) if days else arrived,
            tested=bisect_right(told.tested, known) if days else None,
            positive=bisect_right(told.positive, known) if days else None,
            route=route,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """So many travellers of one flight, of all of whom the same was reported on the same days."""

    flight: str
    route: str
    arrived: date
    reported: tuple[Reported, ...]
    number: int


def channel_flights(travellers: Iterable[Alike]) -> ChannelFlights:
    """Their flights. A traveller whose first negative turns positive counts from the day of that report."""
    tested: dict[Key, list[date]] = defaultdict(list)
    positive: dict[Key, list[date]] = defaultdict(list)
    days: dict[Key, set[date]] = defaultdict(set)
    for one in travellers:
        key = one.flight, one.route, one.arrived
        told = sorted(_after_departure(one.reported))
        tested[key] += [on for on, _ in told[:1]] * one.number
        positive[key] += [on for on, found in told if found][:1] * one.number
        days[key].update(on for on, _ in told)
    return ChannelFlights(
        told={
            key: Told(tested=tuple(sorted(one)), positive=tuple(sorted(positive[key])), days=tuple(sorted(days[key])))
            for key, one in tested.items()
        }
    )


def _after_departure(reported: Iterable[Reported]) -> Iterator[tuple[date, bool]]:
    return ((one.on, one.positive) for one in reported if one.step is not Step.BEFORE_DEPARTURE)
