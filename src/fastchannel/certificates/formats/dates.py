"""Dates and instants as certificates write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from fastchannel.certificates.tolerances import DATE_PATTERN, Noted

# 1980, 1980-05, 1980-05-17, with nothing behind; the empty string is a date that is not known.
_PARTIAL = re.compile(r"(?:(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def instant(written: str) -> datetime | None:
    """An ISO 8601 instant; without an offset it is read as UTC, as issuers mean it. None: unreadable."""
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    if _DATE.fullmatch(written):
        return None  # a date is no time of sampling: it could be off by a day
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def birth(written: str, noted: Noted, where: str = "dob") -> str:
    """A birth date, perhaps partial. Anything else is noted and kept as certified, for a person to read."""
    if _PARTIAL.fullmatch(written) is None:
        noted.add(DATE_PATTERN, where, written)
        if _DATE.match(written):
            return written[:10]  # 1980-05-17T00:00:00
    return written


def day(written: str, noted: Noted, where: str) -> str:
    """A date; a time behind it is cut off and noted, anything else noted and kept as certified."""
    if _DATE.fullmatch(written) is None:
        noted.add(DATE_PATTERN, where, written)
        if _DATE.match(written):
            return written[:10]
    return written
