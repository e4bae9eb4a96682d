"""Dates as files write them. A form is declared, never guessed from one date: 03/04/2020 is two days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache

from fastchannel.watch.reports.remarks import Fault


class DateForm(StrEnum):
    """The forms, each by the example that messages show."""

    ISO = "2020-05-31"
    COMPACT = "20200531"
    MONTH_FIRST = "5/31/2020"
    MONTH_FIRST_SHORT = "5/31/20"  # of this century
    DAY_FIRST = "31/5/2020"
    NAMED = "31May2020"


_MONTHS = {calendar[3 * i - 3 : 3 * i]: i for calendar in ("JanFebMarAprMayJunJulAugSepOctNovDec",) for i in range(1, 13)}
_PATTERNS: Mapping[DateForm, re.Pattern[str]] = {
    DateForm.ISO: re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})", re.ASCII),
    DateForm.COMPACT: re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII),
    DateForm.MONTH_FIRST: re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})", re.ASCII),
    DateForm.MONTH_FIRST_SHORT: re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{2})", re.ASCII),
    DateForm.DAY_FIRST: re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", re.ASCII),
    DateForm.NAMED: re.compile(r"(?P<d>\d{2})(?P<m>[A-Z][a-z]{2})(?P<y>\d{4})", re.ASCII),
}
_CENTURY = 2000


@lru_cache(maxsize=65_536)
def read_day(text: str, form: DateForm) -> date | None:
    """The day that a text writes in a form; None where it is none."""
    found = _PATTERNS[form].fullmatch(text)
    if found is None:
        return None
    month = _MONTHS.get(found["m"], 0) if form is DateForm.NAMED else int(found["m"])
    year = int(found["y"])
    try:
        return date(year + _CENTURY if form is DateForm.MONTH_FIRST_SHORT else year, month, int(found["d"]))
    except ValueError:
        return None


def fault_of(text: str, form: DateForm) -> Fault:
    """Why a text is no date of a form: it is one of another form, one of two others that differ, or none at all."""
    others = {day for other in DateForm if other is not form and (day := read_day(text, other)) is not None}
    return Fault.DATE if not others else Fault.DATE_MIXED if len(others) == 1 else Fault.DATE_AMBIGUOUS


def forms_of(texts: Iterable[str]) -> tuple[DateForm, ...]:
    """The forms in which every text is a date: none where they are mixed, several where no text tells day from month."""
    all_texts = set(texts)
    return tuple(form for form in DateForm if all_texts and all(read_day(text, form) is not None for text in all_texts))
