"""Figures to replay, read from CSV: long tables that are told apart by their heading, and whose every fault is reported.

==============================================================  ==========================================================
heading                                                         a row is
==============================================================  ==========================================================
``published,day,place,figure,count``                            one count as published on a day; empty: not reported
``flight,carrier,arrived,known,tested,positive[,route]``        one flight's counts as known from a day
``published,route,days,expected``                               what is forecast for a route, from the day of publication
``id,act,unit,subject,first,until,reason,party,signed``         one party's signature under an override
==============================================================  ==========================================================

A later row on the same figure is a later vintage and hides nothing: the earlier one is still what was known before. Two rows of
one day of publication that differ are a fault, and the second is not taken.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from fastchannel.agreement.conditions import Metric
from fastchannel.agreement.text import Scope
from fastchannel.watch.errors import WatchError
from fastchannel.watch.triggers.figures import DAY, FlightCount
from fastchannel.watch.triggers.overrides import Act, Override, Signature
from fastchannel.watch.triggers.subject import Subject

MOST_ROWS = 5_000_000
MOST_COUNT = 10**10
YEARS = (1900, 2200)
FIGURES = frozenset(metric.value for metric in Metric) - {Metric.POSITIVES, Metric.CLEAN_WEEKS, Metric.EXPECTED_IMPORTS}
REPORTS = ("published", "day", "place", "figure", "count")
FLIGHTS = ("flight", "carrier", "arrived", "known", "tested", "positive")
FORECASTS = ("published", "route", "days", "expected")
OVERRIDES = ("id", "act", "unit", "subject", "first", "until", "reason", "party", "signed")


class ReplayDataError(WatchError):
    """A text is none of the tables that can be replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row that was not taken: where, what was found, what was expected."""

    name: str
    row: int  # the line of the file; the heading is line 1
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.name}:{self.row}: found {self.found}; expected {self.expected}"


class _RowError(Exception):
    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found, self.expected = found, expected


@dataclass(slots=True, kw_only=True)
class ReplayData:
    """What the tables hold; it answers as of any day (`figures.Known`). ``accepted`` and ``faults`` balance ``rows``."""

    rows: int = 0
    accepted: int = 0
    faults: list[Fault] = field(default_factory=list)
    _counts: dict[tuple[str, str, date], list[tuple[date, int | None]]] = field(default_factory=lambda: defaultdict(list))
    _flights: dict[tuple[str, date], list[FlightCount]] = field(default_factory=lambda: defaultdict(list))
    _by_line: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    _arrivals: list[date] = field(default_factory=list)
    _by_day: dict[date, list[tuple[str, date]]] = field(default_factory=lambda: defaultdict(list))
    _reported: dict[date, list[FlightCount]] = field(default_factory=lambda: defaultdict(list))
    _forecasts: dict[tuple[str, int], list[tuple[date, float]]] = field(default_factory=lambda: defaultdict(list))
    _overrides: dict[str, Override] = field(default_factory=dict)

    def daily(self, metric: str, place: str, first: date, last: date, *, known: date) -> tuple[int | None, ...]:
        """As `figures.Known.daily`."""
        length = (last - first).days + 1
        return tuple(_latest(self._counts.get((metric, place, first + i * DAY), ()), known) for i in range(length))

    def flights(self, first: date, last: date, *, known: date, line: str = "") -> tuple[FlightCount, ...]:
        """As `figures.Known.flights`."""
        found: list[FlightCount] = []
        for key in self._arrived(first, last, line):
            newest = [count for count in self._flights[key] if count.known <= known]
            found += newest[-1:]
        return tuple(found)

    def _arrived(self, first: date, last: date, line: str) -> Iterator[tuple[str, date]]:
        if line:
            arrivals = self._by_line.get(line, [])
            for arrived in arrivals[bisect_left(arrivals, first) : bisect_right(arrivals, last)]:
                yield line, arrived
            return
        for arrived in self._arrivals[bisect_left(self._arrivals, first) : bisect_right(self._arrivals, last)]:
            yield from self._by_day[arrived]

    def reported(self, on: date) -> tuple[FlightCount, ...]:
        """As `figures.Known.reported`."""
        return tuple(self._reported.get(on, ()))

    def expected_imports(self, route: str, days: int, *, known: date) -> float | None:
        """As `figures.Known.expected_imports`: what was forecast on that very day for that many days."""
        return next((value for published, value in self._forecasts.get((route, days), ()) if published == known), None)

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The overrides, in the order in which they were first met."""
        return tuple(self._overrides.values())

    @property
    def figures(self) -> frozenset[tuple[str, str]]:
        """Which figures there are, and of which places."""
        return frozenset((metric, place) for metric, place, _ in self._counts)

    @property
    def has_flights(self) -> bool:
        return bool(self._by_day)

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day that anything is about or became known on; None where there is nothing."""
        days = [day for _, _, day in self._counts] + [published for one in self._counts.values() for published, _ in one]
        days += [*self._by_day, *self._reported, *(day for one in self._forecasts.values() for day, _ in one)]
        return (min(days), max(days)) if days else None

    @property
    def period(self) -> tuple[date, date] | None:
        """The first and the last day that a figure, a flight or a forecast is about; None where there is nothing."""
        days = {day for _, _, day in self._counts} | set(self._by_day)
        days |= {day for one in self._forecasts.values() for day, _ in one}
        return (min(days), max(days)) if days else None

    def add(self, lines: Iterable[str], name: str) -> None:
        """Take one table. Faulty rows are kept in ``faults``. Raises ReplayDataError where the heading is none of ours."""
        reader = csv.reader(lines, strict=True)
        heading = tuple(cell.strip().lower() for cell in next(reader, []))
        take = self._table(heading, name)
        try:
            for row in reader:
                if not any(cell.strip() for cell in row):
                    continue
                self._row(take, heading, [cell.strip() for cell in row], (name, reader.line_num))
        except csv.Error as error:
            raise ReplayDataError(f"{name}:{reader.line_num}: is no CSV: {error}") from error
        self._sort()

    def _table(self, heading: tuple[str, ...], name: str) -> Callable[[Mapping[str, str]], None]:
        for columns, take in (
            (REPORTS, self._report), (FLIGHTS, self._flight), (FORECASTS, self._forecast), (OVERRIDES, self._override),
        ):  # fmt: skip
            if heading == columns or (columns is FLIGHTS and heading == (*FLIGHTS, "route")):
                return take
        expected = " or ".join(",".join(columns) for columns in (REPORTS, FLIGHTS, FORECASTS, OVERRIDES))
        raise ReplayDataError(f"{name}:1: found the heading {','.join(heading)[:200]!r}; expected {expected}")

    def _row(
        self, take: Callable[[Mapping[str, str]], None], heading: tuple[str, ...], cells: list[str], at: tuple[str, int]
    ) -> None:
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise ReplayDataError(f"{at[0]}:{at[1]}: found more than {MOST_ROWS} rows")
        try:
            if len(cells) != len(heading):
                raise _RowError(f"{len(cells)} cells", f"{len(heading)}, as many as the heading has")
            take(dict(zip(heading, cells, strict=True)))
        except _RowError as error:
            self.faults.append(Fault(name=at[0], row=at[1], found=error.found, expected=error.expected))
        else:
            self.accepted += 1

    def _report(self, row: Mapping[str, str]) -> None:
        published, day = _date(row, "published"), _date(row, "day")
        if published < day:
            raise _RowError(f"published {published}, before the day itself ({day})", "a figure of a day that has been")
        if row["figure"] not in FIGURES:
            raise _RowError(f"the figure {row['figure'][:60]!r}", f"one of {', '.join(sorted(FIGURES))}")
        key = (row["figure"], _named(row, "place"), day)
        vintages = self._counts.get(key, [])
        count = _count(row, "count")
        if any(when == published and other != count for when, other in vintages):
            raise _RowError(f"a second count for {row['place']} on {day}, published {published}", "each published once a day")
        self._counts[key].append((published, count))

    def _flight(self, row: Mapping[str, str]) -> None:
        arrived, known = _date(row, "arrived"), _date(row, "known")
        if known < arrived:
            raise _RowError(f"known {known}, before it arrived ({arrived})", "a day on or after the arrival")
        tested, positive = _count(row, "tested"), _count(row, "positive")
        if tested is not None and positive is not None and positive > tested:
            raise _RowError(f"{positive} positive of {tested} tested", "at most as many as were tested")
        flight = _named(row, "flight")
        count = FlightCount(
            flight=flight,
            carrier=_named(row, "carrier"),
            arrived=arrived,
            known=known,
            tested=tested,
            positive=positive,
            route=row.get("route", ""),
        )
        before = self._flights.get((flight, arrived), [])
        if any(other.known == known and other != count for other in before):
            raise _RowError(f"a second count for {flight} of {arrived}, known {known}", "each once a day")
        if not before:
            self._by_day[arrived].append((flight, arrived))
            self._by_line[flight].append(arrived)
        self._flights[flight, arrived].append(count)
        self._reported[known].append(count)

    def _forecast(self, row: Mapping[str, str]) -> None:
        published, days = _date(row, "published"), _count(row, "days")
        if not days:
            raise _RowError(f"{row['days']!r} days", "a whole number from 1")
        key, expected = (_named(row, "route"), days), _number(row, "expected")
        if any(when == published for when, _ in self._forecasts.get(key, [])):
            raise _RowError(f"a second forecast for {row['route']} on {published}", "one a day")
        self._forecasts[key].append((published, expected))

    def _override(self, row: Mapping[str, str]) -> None:
        signature = Signature(party=_named(row, "party"), on=_date(row, "signed"))
        unit, act = _word(row, "unit", Scope), _word(row, "act", Act)
        override = Override(
            id=_named(row, "id"),
            act=Act(act),
            first=_date(row, "first"),
            until=_date(row, "until") if row["until"] else None,
            reason=row["reason"],
            signatures=(),
            subject=Subject(scope=Scope(unit), name=row["subject"]),
        )
        before = self._overrides.get(override.id)
        if before is not None and _unsigned(before) != override:
            raise _RowError(
                f"other words under {override.id!r} than the other party signed", "the same in every row but the party"
            )
        signed = (*(before.signatures if before else ()), signature)
        self._overrides[override.id] = _unsigned(override, signed)

    def _sort(self) -> None:
        self._arrivals = sorted(self._by_day)
        for arrivals in self._by_line.values():
            arrivals.sort()
        for vintages in self._counts.values():
            vintages.sort(key=lambda one: one[0])
        for counts in self._flights.values():
            counts.sort(key=lambda one: one.known)


def _unsigned(override: Override, signatures: tuple[Signature, ...] = ()) -> Override:
    return Override(
        id=override.id,
        act=override.act,
        first=override.first,
        until=override.until,
        reason=override.reason,
        signatures=signatures,
        subject=override.subject,
    )


def _latest(vintages: list[tuple[date, int | None]] | tuple[()], known: date) -> int | None:
    index = bisect_right(vintages, known, key=lambda one: one[0])
    return vintages[index - 1][1] if index else None


def _date(row: Mapping[str, str], column: str) -> date:
    try:
        if len(row[column]) != len("2020-05-01"):
            raise ValueError
        found = date.fromisoformat(row[column])
    except ValueError:
        raise _RowError(f"{column} {row[column][:60]!r}", "a date such as 2020-05-01") from None
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise _RowError(f"{column} {found}", f"a year from {YEARS[0]} to {YEARS[1]}")
    return found


def _named(row: Mapping[str, str], column: str) -> str:
    if not row[column]:
        raise _RowError(f"no {column}", "a name")
    return row[column]


def _count(row: Mapping[str, str], column: str) -> int | None:
    text = row[column]
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text[:12]) > MOST_COUNT or len(text) > 11:
        raise _RowError(f"{column} {text[:60]!r}", "a whole number from 0, or nothing where it was not reported")
    return int(text)


def _number(row: Mapping[str, str], column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = -1.0
    if not 0.0 <= value < MOST_COUNT:
        raise _RowError(f"{column} {row[column][:60]!r}", "a number from 0")
    return value


def _word(row: Mapping[str, str], column: str, words: type[Scope | Act]) -> str:
    if row[column] not in tuple(words):
        raise _RowError(f"{column} {row[column][:60]!r}", f"one of {', '.join(words)}")
    return row[column]
