"""The grammar of moments, spans and windows that an agreement is written in.

A *moment* is an anchor of the journey, alone or shifted: ``departure - 72 h``, ``arrival + 14 calendar days``.
A *window* is two moments and says whether its ends belong to it:

=================  ==========================================
``A .. B``         both ends belong to the window
``A <.. B``        the start does not
``A ..< B``        the end does not
``A <..< B``       neither does
=================  ==========================================

Alternatives are joined by ``or``: evidence inside any of the windows will do.

``min`` and ``h`` are elapsed time and ``d`` is 24 hours exactly. ``calendar days`` are dates in the zone of the place where
the anchor happens: as the start of a window such a moment is 00:00 of that date, as its end it is the last instant of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from fastchannel.terms.errors import FastChannelError


class MomentError(FastChannelError):
    """A text is not a moment, a span or a window."""


class Anchor(StrEnum):
    """What moments are measured from. Each has one place, and so one zone."""

    APPLICATION = "application"
    APPROVAL = "approval"
    DEPARTURE = "departure"  # as planned, and as it happened once boarded
    BOARDING = "boarding"
    ARRIVAL = "arrival"  # as it happened; before that unknown
    ENTRY = "entry"  # into isolation or quarantine
    SAMPLING = "sampling"  # the earliest sample taken on arrival
    RESULT = "result"  # the last result of the samples taken on arrival
    RELEASE = "release"  # from isolation or quarantine
    COMPLETION = "completion"  # the last obligation has ended
    ANNOUNCEMENT = "announcement"  # of a suspension


class Unit(StrEnum):
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    CALENDAR_DAY = "calendar days"


ELAPSED: Mapping[Unit, timedelta] = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
}
MOST_DAYS = 3_660  # a span longer than ten years is a mistake, and keeps dates inside datetime's range


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: ``72 h``, ``14 d``, ``2 calendar days``."""

    amount: int
    unit: Unit

    @property
    def elapsed(self) -> timedelta:
        """The length as elapsed time; a calendar day counts as 24 hours."""
        return self.amount * ELAPSED.get(self.unit, ELAPSED[Unit.DAY])

    def __str__(self) -> str:
        if self.unit is Unit.CALENDAR_DAY:
            return "1 calendar day" if self.amount == 1 else f"{self.amount} calendar days"
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class Moment:
    """An anchor shifted by a span, forwards (``sign`` 1) or backwards (-1)."""

    anchor: Anchor
    sign: int = 1
    span: Span | None = None

    @property
    def by_date(self) -> bool:
        """Whether the moment is a whole date rather than an instant."""
        return self.span is not None and self.span.unit is Unit.CALENDAR_DAY

    def at(self, anchored: datetime, zone: ZoneInfo) -> datetime:
        """The instant, in UTC: for a moment by date, the first instant of that date in ``zone``."""
        if self.span is None:
            return anchored
        if self.span.unit is Unit.CALENDAR_DAY:
            return day_start(anchored.astimezone(zone).date() + timedelta(days=self.sign * self.span.amount), zone)
        return anchored + self.sign * self.span.elapsed

    def end(self, anchored: datetime, zone: ZoneInfo) -> datetime:
        """The instant when the moment is over, in UTC: for a moment by date, the first instant of the next date."""
        if self.span is not None and self.span.unit is Unit.CALENDAR_DAY:
            day = anchored.astimezone(zone).date() + timedelta(days=self.sign * self.span.amount + 1)
            return day_start(day, zone)
        return self.at(anchored, zone)

    def date(self, anchored: datetime, zone: ZoneInfo) -> date:
        """The local date on which the moment falls."""
        return self.at(anchored, zone).astimezone(zone).date()

    def __str__(self) -> str:
        if self.span is None:
            return self.anchor.value
        return f"{self.anchor.value} {'+' if self.sign > 0 else '-'} {self.span}"


@dataclass(frozen=True, slots=True)
class Interval:
    """A window made concrete: two instants in UTC and whether each belongs to it. ``None`` is an end not known yet."""

    start: datetime | None
    end: datetime | None
    start_open: bool
    end_open: bool

    def holds(self, instant: datetime) -> bool:
        """Whether the instant lies inside; an end that is not known yet excludes nothing."""
        return self.side(instant) == 0

    def side(self, instant: datetime) -> int:
        """-1 before the window, 0 inside, 1 after it."""
        if self.start is not None and (instant < self.start or (self.start_open and instant == self.start)):
            return -1
        if self.end is not None and (instant > self.end or (self.end_open and instant == self.end)):
            return 1
        return 0


@dataclass(frozen=True, slots=True)
class Window:
    """From one moment to another."""

    start: Moment
    end: Moment
    start_open: bool = False
    end_open: bool = False

    def interval(self, anchors: Mapping[Anchor, tuple[datetime, ZoneInfo]]) -> Interval:
        """The window for one journey; an anchor that is not in ``anchors`` leaves that end unknown."""
        started, ended = anchors.get(self.start.anchor), anchors.get(self.end.anchor)
        by_date = self.end.by_date
        return Interval(
            start=None if started is None else self.start.at(*started),
            end=None if ended is None else self.end.end(*ended),
            start_open=self.start_open,
            # The last instant of a date is the first of the next, which does not belong to it any more.
            end_open=self.end_open or by_date,
        )

    def __str__(self) -> str:
        return f"{self.start} {'<' if self.start_open else ''}..{'<' if self.end_open else ''} {self.end}"


@lru_cache(maxsize=65_536)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local date, in UTC. Where a clock change skips midnight, the first instant that exists."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


_SPAN = re.compile(r"\s*(\d{1,6})\s*(minutes?|min|hours?|h|calendar days?|days?|d|weeks?|w)\s*")
_MOMENT = re.compile(r"\s*([a-z]+)\s*(?:([-+−–])\s*(\S.*?))?\s*")
_WINDOW = re.compile(r"(.+?)\s*(<?)\.\.(<?)\s*(.+)", re.DOTALL)
_UNITS = {"m": Unit.MINUTE, "h": Unit.HOUR, "d": Unit.DAY, "c": Unit.CALENDAR_DAY}


def parse_span(text: str) -> Span:
    """Read ``72 h``, ``14 d``, ``2 calendar days`` or ``3 weeks``. Raises MomentError."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise MomentError(f'"{text}" is no length of time; expected for example "72 h", "14 d" or "2 calendar days"')
    amount, unit = int(found[1]), found[2]
    span = Span(amount * 7, Unit.DAY) if unit[0] == "w" else Span(amount, _UNITS[unit[0]])
    if span.elapsed > timedelta(days=MOST_DAYS):
        raise MomentError(f'"{text}" is longer than {MOST_DAYS} days')
    return span


def parse_moment(text: str) -> Moment:
    """Read ``departure`` or ``departure - 72 h``. Raises MomentError."""
    found = _MOMENT.fullmatch(text)
    names = ", ".join(Anchor)
    if not found:
        raise MomentError(f'"{text}" is no moment; expected an anchor ({names}), alone or with + or - a length of time')
    try:
        anchor = Anchor(found[1])
    except ValueError:
        raise MomentError(f'"{found[1]}" is no anchor; expected one of {names}') from None
    if found[2] is None:
        return Moment(anchor)
    return Moment(anchor, 1 if found[2] == "+" else -1, parse_span(found[3]))


def parse_window(text: str) -> Window:
    """Read one window, ``departure - 72 h .. departure``. Raises MomentError."""
    found = _WINDOW.fullmatch(text.strip())
    if not found:
        raise MomentError(
            f'"{text}" is no window; expected two moments with ".." between them, for example "departure - 72 h .. departure"'
        )
    return Window(parse_moment(found[1]), parse_moment(found[4]), start_open=bool(found[2]), end_open=bool(found[3]))


def parse_windows(text: str) -> tuple[Window, ...]:
    """Read windows joined by ``or``. Raises MomentError."""
    return tuple(parse_window(part) for part in re.split(r"\s+or\s+", text.strip()))
