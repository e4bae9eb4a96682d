"""Who sat near whom. Rows count as they stand in the cabin, so that a row 13 that is not there separates nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastchannel.watch.investigation.windows import InvestigationError

ROWS = 2  # before and behind
_SEAT = re.compile(r"0*([1-9][0-9]{0,2})\s*([A-Z])")


def row_of(seat: str) -> int | None:
    """The number of a seat's row; None for a seat that cannot be read."""
    read = _SEAT.fullmatch(seat.strip().upper())
    return int(read[1]) if read is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabin:
    """The rows of an aircraft as they follow each other, each with its letters from left to right.

    Numbers and letters may be missing (no row 13, no I; AB–DE–JK in front and ABC–DEFG–HJK behind).
    """

    rows: Mapping[int, str]

    def __post_init__(self) -> None:
        for number, letters in self.rows.items():
            if not letters or len(set(letters)) != len(letters) or not re.fullmatch("[A-Z]+", letters):
                raise InvestigationError(
                    f"cabin: row {number} has letters {letters!r}; expected each of its seats once, A to Z"
                )

    def place(self, seat: str) -> tuple[int, str] | None:
        """The row's place in the cabin, from the front, and the letter; None for a seat that is not in it or cannot be read."""
        read = _SEAT.fullmatch(seat.strip().upper())
        if read is None:
            return None
        number, letter = int(read[1]), read[2]
        if letter not in self.rows.get(number, ""):
            return None
        return list(self.rows).index(number), letter

    def aside(self, one: str, other: str) -> int:
        """How many seats one letter lies beside another, over all letters of the cabin."""
        letters = sorted({letter for row in self.rows.values() for letter in row})
        return abs(letters.index(one) - letters.index(other))


def cabin(*sections: tuple[Sequence[int], str]) -> Cabin:
    """A cabin from its sections, front to back: row numbers and their letters. Raises InvestigationError."""
    rows: dict[int, str] = {}
    for numbers, letters in sections:
        for number in numbers:
            if number in rows:
                raise InvestigationError(f"cabin: row {number} is there twice")
            rows[number] = letters
    return Cabin(rows=rows)


class Near(StrEnum):
    NEAR = "near"
    FAR = "far"
    UNCERTAIN = "uncertain"  # a seat, or the cabin, is not known


def near(layout: Cabin | None, case: str, other: str, rows: int = ROWS, aside: int | None = None) -> Near:
    """Whether a passenger sat within ``rows`` rows of the case; ``aside`` bounds the seats beside it too; None takes
    whole rows.

    A seat that is empty, cannot be read or is not in the cabin leaves it uncertain.
    """
    if layout is None:
        return Near.UNCERTAIN
    one, two = layout.place(case), layout.place(other)
    if one is None or two is None:
        return Near.UNCERTAIN
    close = abs(one[0] - two[0]) <= rows and (aside is None or layout.aside(one[1], two[1]) <= aside)
    return Near.NEAR if close else Near.FAR
