"""Dates of a zone: six digits, so the century must be told from today, and a birth may be partly unknown."""

from __future__ import annotations

import calendar
import re
from datetime import date

from fastchannel.certificates.mrz.digits import FILLER

_UNKNOWN = {FILLER * 2, "00"}  # Doc 9303-3, section 4.8, asks for fillers; some states print zeros. Both have the value 0.
_BIRTH = re.compile(r"(?:[0-9]{2}|<<){3}", re.ASCII)
_ISO = re.compile(r"([0-9]{4}|XXXX)(?:-([0-9]{2}|XX))?(?:-([0-9]{2}|XX))?", re.ASCII)


def birth_of(written: str, today: date) -> str | None:
    """An ISO date; partial (``1974``, ``1974-08``) where the end is unknown, with XX where only the middle or the year is.

    Empty where all is unknown, None where the text is no date. Nobody is born after today, so a year that would be belongs to
    the century before; a holder of more than a hundred years therefore reads as a hundred years younger.
    """
    if _BIRTH.fullmatch(written) is None:
        return None
    year = "" if written[0:2] == FILLER * 2 else written[0:2]
    month, day = ("" if part in _UNKNOWN else part for part in (written[2:4], written[4:6]))
    whole = 0
    if year:
        whole = today.year - today.year % 100 + int(year)
        if (whole, int(month or 0), int(day or 0)) > (today.year, today.month, today.day):
            whole -= 100
    if not _exists(whole, int(month or 0), int(day or 0)):
        return None
    if not (year or month or day):
        return ""
    text = f"{f'{whole:04}' if year else 'XXXX'}-{month or 'XX'}-{day or 'XX'}"
    return text.removesuffix("-XX").removesuffix("-XX")


def _exists(year: int, month: int, day: int) -> bool:
    """Whether there is such a date, 0 standing for what is unknown: then whatever is possible exists."""
    if month > 12 or day > 31:
        return False
    if month and day:
        return day <= calendar.monthrange(year or 2000, month)[1]
    return True


def written_birth(iso: str) -> str | None:
    """The six characters of a birth as `birth_of` gives it; None where the text is none."""
    if not iso:
        return FILLER * 6
    found = _ISO.fullmatch(iso)
    if found is None:
        return None
    year, month, day = ("" if part in {None, "XX", "XXXX"} else part for part in found.groups())
    if not _exists(int(year or 0), int(month or 0), int(day or 0)):
        return None
    return (year[2:] or FILLER * 2) + (month or FILLER * 2) + (day or FILLER * 2)


def expiry_of(written: str, today: date) -> date | None:
    """Documents are good for some ten years: of the years meant, the nearest to today. None where the text is no date."""
    if not (written.isascii() and written.isdecimal()):
        return None
    year = today.year - today.year % 100 + int(written[0:2])
    year += 100 if year < today.year - 50 else -100 if year > today.year + 49 else 0
    try:
        return date(year, int(written[2:4]), int(written[4:6]))
    except ValueError:
        return None
