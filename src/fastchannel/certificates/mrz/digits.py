"""Check digits of ICAO Doc 9303, part 3, section 4.9."""

from __future__ import annotations

FILLER = "<"
_VALUES = {one: index for index, one in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {FILLER: 0}
_WEIGHTS = (7, 3, 1)


def check_digit(text: str) -> str:
    """The digit of a field: characters times 7, 3, 1 and so on, modulo 10. Raises KeyError for a character of no MRZ."""
    return str(sum(_VALUES[one] * _WEIGHTS[index % 3] for index, one in enumerate(text)) % 10)


def checks(text: str, digit: str) -> bool:
    """Whether the digit is the field's. A filler stands for 0 where the field is empty."""
    return check_digit(text) == (digit if digit != FILLER or text.strip(FILLER) else "0")
