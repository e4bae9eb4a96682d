"""The figures that triggers run on, as they were known on a day, and what a comparison finds in them.

A figure that was not reported is None and never 0. Where the days that are known settle a comparison by themselves (a total
that has passed its limit already cannot fall when a day is added, for a day's count is 0 or more), it is told; else it is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from fastchannel.agreement.conditions import Comparison, Function, Metric, Unit
from fastchannel.terms.moments import Span

DAY = timedelta(days=1)
WEEK_DAYS = 7
DAYS_OF: Mapping[Unit, int] = {Unit.DAY: 1, Unit.WEEK: WEEK_DAYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightCount:
    """Those tested and found positive on one flight, as known since a day. None: not reported yet.

    ``flight`` names the line (its number), which flies again; with ``arrived`` it names one flight.
    """

    flight: str
    carrier: str
    arrived: date
    known: date
    tested: int | None
    positive: int | None
    route: str = ""  # of the agreement; empty where it is not said, which stands for every route


class Reports(Protocol):
    """Daily counts with every vintage kept."""

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """One count for each day from ``first`` to ``last``; None where it was not reported."""


class Known(Reports, Protocol):
    """What was known on a day. Every method answers as of ``known`` (or ``on``), whatever was published later."""

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """The flights that arrived on those days, of one line where it is named, each with its newest counts."""

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """The flights whose counts became known on that day, in the order in which they did."""

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """Infections forecast to pass undetected on a route in the coming days; None where nothing was forecast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose figures a comparison takes: a place, the routes, and where the unit is a flight or a carrier, which."""

    place: str
    routes: tuple[str, ...]
    into: tuple[str, ...] = ()  # of the routes, those that lead into the place: what is forecast is forecast for them
    line: str = ""
    carrier: str = ""
    flight: FlightCount | None = None  # the one that just became known

    def counts(self, flight: FlightCount) -> bool:
        """Whether a flight's figures are among those that count."""
        on_route = not flight.route or flight.route in self.routes
        return on_route and self.line in ("", flight.flight) and self.carrier in ("", flight.carrier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one comparison found: the days and counts that it used, and what they come to.

    ``value`` is None where it cannot be told; ``at_least`` is then what the known days come to already. ``holds`` is None
    where neither settles the comparison. ``of`` names a place, a line, a carrier, one flight or routes.
    """

    required: str
    metric: Metric
    of: str
    first: date
    last: date
    known: date
    values: tuple[int | None, ...]
    value: Decimal | None
    at_least: Decimal | None
    holds: bool | None

    @property
    def missing(self) -> tuple[date, ...]:
        """The days, or nothing where the figure is not daily, whose count was not reported."""
        if len(self.values) != (self.last - self.first).days + 1:
            return ()
        return tuple(self.first + index * DAY for index, count in enumerate(self.values) if count is None)


def whole_days(span: Span) -> int:
    """A length of time in dates, begun days counted as whole ones."""
    return max(1, math.ceil(span.elapsed / DAY)) if span.amount else 0


def find(comparison: Comparison, about: About, known: Known, on: date, last: date) -> Figure:
    """What a comparison finds on the day ``on`` in figures of days up to ``last``."""
    if comparison.metric is Metric.EXPECTED_IMPORTS:
        return _forecast(comparison, about, known, on)
    if comparison.metric is Metric.CLEAN_WEEKS:
        return _clean_weeks(comparison, about, known, on, last)
    if comparison.over is Unit.FLIGHT:
        return _one_flight(comparison, about, on)
    days = DAYS_OF[comparison.over] if isinstance(comparison.over, Unit) else whole_days(comparison.over)
    first = last - (days - 1) * DAY
    if comparison.metric is Metric.POSITIVES:
        return _of_flights(comparison, about, known, on, first, last)
    values = known.daily(str(comparison.metric), about.place, first, last, known=on)
    if comparison.function is Function.SHARE:  # nobody reports of how many
        return _figure(comparison, about.place, on, first, last, values, None, None)
    return _counted(comparison, about.place, on, first, last, values)


def _counted(comparison: Comparison, of: str, on: date, first: date, last: date, values: tuple[int | None, ...]) -> Figure:
    """Daily counts added up, averaged, or the highest of them."""
    told = [count for count in values if count is not None]
    reached: Decimal | None = None
    if told and comparison.function is Function.MAX:
        reached = Decimal(max(told))
    elif told and comparison.function is Function.MEAN:
        reached = Decimal(sum(told)) / len(values)
    elif told:
        reached = Decimal(sum(told))
    value = reached if len(told) == len(values) else None
    return _figure(comparison, of, on, first, last, values, value, reached)


def _of_flights(comparison: Comparison, about: About, known: Known, on: date, first: date, last: date) -> Figure:
    """Positives by the day of arrival, over the flights that count; no flight is no positive."""
    flights = [flight for flight in known.flights(first, last, known=on, line=about.line) if about.counts(flight)]
    days = [first + index * DAY for index in range((last - first).days + 1)]
    by_day: dict[date, int | None] = dict.fromkeys(days, 0)
    for flight in flights:
        so_far = by_day[flight.arrived]
        by_day[flight.arrived] = None if so_far is None or flight.positive is None else so_far + flight.positive
    values = tuple(by_day.values())
    of = about.line or about.carrier or ", ".join(about.routes)
    if comparison.function is not Function.SHARE:
        return _counted(comparison, of, on, first, last, values)
    share = _share(flights)
    return _figure(comparison, of, on, first, last, values, share, None)


def _share(flights: Iterable[FlightCount]) -> Decimal | None:
    positive = tested = 0
    for flight in flights:
        if flight.positive is None or flight.tested is None:
            return None
        positive, tested = positive + flight.positive, tested + flight.tested
    return Decimal(positive) / tested if tested else None


def _one_flight(comparison: Comparison, about: About, on: date) -> Figure:
    flight = about.flight
    if flight is None:
        return _figure(comparison, about.line, on, on, on, (None,), None, None)
    of = f"{flight.flight} {flight.arrived}"
    count = None if flight.positive is None else Decimal(flight.positive)
    value = _share([flight]) if comparison.function is Function.SHARE else count
    counts = (flight.positive, flight.tested) if comparison.function is Function.SHARE else (flight.positive,)
    return _figure(comparison, of, on, flight.arrived, flight.arrived, counts, value, None)


def _clean_weeks(comparison: Comparison, about: About, known: Known, on: date, last: date) -> Figure:
    """Calendar weeks, Monday to Sunday, back from the last that has ended before the day; each with a flight, all counts 0.

    No more are counted than settle the comparison.
    """
    asked = math.floor(comparison.limit) + 1
    sunday = last - (last.weekday() + 1) * DAY
    clean = 0
    unknown = False
    while clean < asked and not unknown:
        end = sunday - clean * WEEK_DAYS * DAY
        week = known.flights(end - (WEEK_DAYS - 1) * DAY, end, known=on, line=about.line)
        flights = [one for one in week if about.counts(one)]
        if not flights or any(one.positive for one in flights):
            break
        unknown = any(one.positive is None for one in flights)
        clean += not unknown
    first = sunday - (max(clean, 1) * WEEK_DAYS - 1) * DAY
    value = None if unknown else Decimal(clean)
    return _figure(comparison, about.line, on, first, sunday, (), value, Decimal(clean))


def _forecast(comparison: Comparison, about: About, known: Known, on: date) -> Figure:
    days = whole_days(comparison.over) if isinstance(comparison.over, Span) else 0
    found = [known.expected_imports(route, days, known=on) for route in about.into]
    told = [one for one in found if one is not None]
    reached = sum((Decimal(str(one)) for one in told), Decimal(0)) if told or not found else None
    value = reached if len(told) == len(found) else None
    of = ", ".join(about.into)
    return _figure(comparison, of, on, on + DAY, on + days * DAY, (), value, reached)


def _figure(
    comparison: Comparison,
    of: str,
    on: date,
    first: date,
    last: date,
    values: tuple[int | None, ...],
    value: Decimal | None,
    at_least: Decimal | None,
) -> Figure:
    return Figure(
        required=str(comparison),
        metric=comparison.metric,
        of=of,
        first=first,
        last=last,
        known=on,
        values=values,
        value=value,
        at_least=at_least,
        holds=_holds(comparison, value, at_least),
    )


def _holds(comparison: Comparison, value: Decimal | None, at_least: Decimal | None) -> bool | None:
    if value is not None:
        return comparison.holds(value)
    if at_least is None:
        return None
    above = comparison.operator in (">", ">=")
    return above if comparison.holds(at_least) is above else None
