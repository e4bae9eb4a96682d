"""Dates of birth, as certified and as the passport has them: either may be partly unknown."""

from __future__ import annotations

import re

from fastchannel.certificates.binding.spelling import distance
from fastchannel.certificates.binding.weights import Code

_DATE = re.compile(r"([0-9]{4}|XXXX)(?:-([0-9]{2}|XX))?(?:-([0-9]{2}|XX))?", re.ASCII)
Parts = tuple[int, int, int]  # year, month, day; 0 where unknown


def compare_births(certified: str, passport: str) -> Code:
    """What the two dates have to do with each other. What is no date says nothing, as an empty text does."""
    one, other = _parts(certified), _parts(passport)
    if any(a and b and a != b for a, b in zip(one, other, strict=True)):
        return _conflict(one, other)
    year, month, day = (bool(a and b) for a, b in zip(one, other, strict=True))
    if year and month and day:
        return Code.BIRTH_EQUAL
    if year and month:
        return Code.BIRTH_PARTIAL
    return Code.BIRTH_YEAR_ONLY if year else Code.BIRTH_MISSING


def _conflict(one: Parts, other: Parts) -> Code:
    if all(one) and all(other):
        if one == (other[0], other[2], other[1]):
            return Code.BIRTH_SWAPPED
        if distance(_digits(one), _digits(other), 1) == 1:
            return Code.BIRTH_TYPING
    return Code.BIRTH_DIFFERS


def _digits(parts: Parts) -> str:
    return f"{parts[0]:04}{parts[1]:02}{parts[2]:02}"


def _parts(text: str) -> Parts:
    found = _DATE.fullmatch(text.strip().upper()) if len(text) <= 20 else None
    if found is None:
        return (0, 0, 0)
    year, month, day = (int(part) if part and part.isdecimal() else 0 for part in found.groups())
    return (year, month, day) if month <= 12 and day <= 31 else (0, 0, 0)
