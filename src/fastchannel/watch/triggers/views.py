"""The same figures seen otherwise: with hindsight, under other names, without what a rule kept out, joined of two sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from fastchannel.watch.triggers.figures import FlightCount, Known, Reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """The same figures as they were known later, on ``at``; flights become known when they did."""

    known: Known
    at: date

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """As `Known.daily`."""
        return self.known.daily(metric, place, first, last, known=max(known, self.at))

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """As `Known.flights`."""
        return self.known.flights(first, last, known=max(known, self.at), line=line)

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """As `Known.reported`."""
        return self.known.reported(on)

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """As `Known.expected_imports`: a forecast stays what it was on its day."""
        return self.known.expected_imports(route, days, known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """The same figures for a text that names other places: ``places`` gives, for the text's place, the data's."""

    known: Known
    places: Mapping[str, str]

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """As `Known.daily`."""
        return self.known.daily(metric, self.places.get(place, place), first, last, known=known)

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """As `Known.flights`."""
        return self.known.flights(first, last, known=known, line=line)

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """As `Known.reported`."""
        return self.known.reported(on)

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """As `Known.expected_imports`."""
        return self.known.expected_imports(route, days, known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The same figures without the flights that a rule would have kept out: they would not have flown."""

    known: Known
    kept_out: Callable[[FlightCount], bool]

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """As `Known.daily`."""
        return self.known.daily(metric, place, first, last, known=known)

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """As `Known.flights`."""
        return tuple(one for one in self.known.flights(first, last, known=known, line=line) if not self.kept_out(one))

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """As `Known.reported`."""
        return tuple(one for one in self.known.reported(on) if not self.kept_out(one))

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """As `Known.expected_imports`."""
        return self.known.expected_imports(route, days, known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Daily counts of one source, flights and forecasts of another."""

    reports: Reports
    known: Known

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """As `Known.daily`."""
        return self.reports.daily(metric, place, first, last, known=known)

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """As `Known.flights`."""
        return self.known.flights(first, last, known=known, line=line)

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """As `Known.reported`."""
        return self.known.reported(on)

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """As `Known.expected_imports`."""
        return self.known.expected_imports(route, days, known=known)
