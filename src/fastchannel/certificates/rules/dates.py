"""Dates as CertLogic reads them: partial ones mean their last day, and offsets overflow as the specification says."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone

_WRITTEN = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<part>\d+))?"
    r"(?P<zone>Z|[+-]\d{1,2}(?::?\d\d)?)?)?)?)?",
    re.ASCII,
)
_ZONE = re.compile(r"([+-])(\d{1,2}):?(\d\d)?", re.ASCII)
MOST_CHARACTERS = 64


def read(written: str) -> datetime | None:
    """The instant, to the millisecond; None where the text is no date in one of the specification's formats."""
    found = _WRITTEN.fullmatch(written) if len(written) <= MOST_CHARACTERS else None
    if found is None:
        return None
    try:
        year = int(found["year"])
        month = int(found["month"] or 12)
        day = int(found["day"] or calendar.monthrange(year, month)[1])
        hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
        milliseconds = int((found["part"] or "0")[:3].ljust(3, "0"))
        local = datetime(year, month, day, hour, minute, second, milliseconds * 1000, tzinfo=_zone(found["zone"]))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(written: str | None) -> timezone:
    parts = _ZONE.fullmatch(written or "")
    if parts is None:
        return UTC
    sign, hours, minutes = parts.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset)


def birth(written: str) -> datetime | None:
    """A birth date, perhaps partial, as the last date that it may be."""
    return read(written) if len(written) in {4, 7, 10} else None


def plus(start: datetime, amount: int, unit: str) -> datetime | None:
    """The instant moved; a day that a month lacks runs over into the next. None outside the years 1 to 9999."""
    try:
        if unit == "hour":
            return start + timedelta(hours=amount)
        if unit == "day":
            return start + timedelta(days=amount)
        months = start.year * 12 + start.month - 1 + (amount if unit == "month" else 12 * amount)
        first = start.replace(year=months // 12, month=months % 12 + 1, day=1)
        return first + timedelta(days=start.day - 1)
    except (ValueError, OverflowError):
        return None
