"""Flights as triggers see them: how many of the channel's travellers were tested on arrival and found, as known on each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fastchannel.casework.watching import CARRIER_LETTERS, Course
from fastchannel.watch.alarms.results import Step
from fastchannel.watch.triggers.figures import FlightCount


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """One traveller's finding and the day on which it was reported."""

    journey: str
    on: date
    positive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFlights:
    """The flights of the channel with what was reported of their travellers from arrival on, by flight, route and day."""

    reports: dict[tuple[str, str, date], tuple[_Report, ...]]

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """Nothing: the channel's own journeys say nothing of the population."""
        return (None,) * ((last - first).days + 1)

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """The flights that arrived on those days, each with its counts as known."""
        return tuple(
            self._count(key, known) for key in sorted(self.reports) if first <= key[2] <= last and line in ("", key[0])
        )

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """The flights of which something was reported on that day."""
        return tuple(
            self._count(key, on) for key in sorted(self.reports) if any(report.on == on for report in self.reports[key])
        )

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """Nothing: journeys hold no forecast."""
        return None

    def _count(self, key: tuple[str, str, date], known: date) -> FlightCount:
        flight, route, arrived = key
        told = [report for report in self.reports[key] if report.on <= known]
        return FlightCount(
            flight=flight,
            carrier=flight[:CARRIER_LETTERS],
            arrived=arrived,
            known=max([arrived, *(report.on for report in told)]),
            tested=len({report.journey for report in told}) if told else None,
            positive=len({report.journey for report in told if report.positive}) if told else None,
            route=route,
        )


def channel_flights(courses: Iterable[Course]) -> ChannelFlights:
    """The flights of these journeys. A traveller whose first negative turns positive counts from the day of that report."""
    found: dict[tuple[str, str, date], list[_Report]] = defaultdict(list)
    for one in courses:
        if one.arrived is None or not one.flight:
            continue
        reports = found[one.flight, one.route, one.arrived]
        reports += [
            _Report(journey=one.journey, on=report.on, positive=report.positive)
            for report in one.reported
            if report.step is not Step.BEFORE_DEPARTURE
        ]
    return ChannelFlights(reports={key: tuple(reports) for key, reports in found.items()})
