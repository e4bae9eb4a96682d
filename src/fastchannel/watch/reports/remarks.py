"""What a reader says of a file, row by row: what it found, what it expected, and what became of the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastchannel.terms.language import N_, translate

MOST_REMARKS = 100_000
MOST_SHOWN = 120  # characters of what was found


class Fault(StrEnum):
    """What is wrong or remarkable. The words are in `EXPECTED`."""

    ENCODING = "encoding"
    FIELD_SIZE = "field_size"
    QUOTES = "quotes"
    HEADING = "heading"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMNS = "columns"
    DATE = "date"
    DATE_MIXED = "date_mixed"
    DATE_AMBIGUOUS = "date_ambiguous"
    FUTURE = "future"
    PLACE = "place"
    WORD = "word"
    NUMBER = "number"
    NEGATIVE_TOTAL = "negative_total"
    EMPTY = "empty"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    NEGATIVE = "negative"
    FALL = "fall"
    GAP = "gap"
    START = "start"
    WEEKDAY = "weekday"
    PUBLISHED = "published"


class Effect(StrEnum):
    """What became of it."""

    REJECTED = "rejected"  # nothing of the row was taken
    LEFT_OUT = "left_out"  # one figure of the row was not taken
    NOTED = "noted"  # taken as it stands


EXPECTED: Mapping[Fault, str] = {
    Fault.ENCODING: N_("text in the encoding {encoding}"),
    Fault.FIELD_SIZE: N_("at most {most} characters"),
    Fault.QUOTES: N_("a row whose quotation marks close on its own line"),
    Fault.HEADING: N_("a heading with the columns {columns}, each once"),
    Fault.UNKNOWN_COLUMN: N_("none but the columns {columns}; this one is not read"),
    Fault.COLUMNS: N_("{columns} fields, as many as the heading has"),
    Fault.DATE: N_("a date written like {form}"),
    Fault.DATE_MIXED: N_("a date written like {form}; this one has another form than its file"),
    Fault.DATE_AMBIGUOUS: N_("a date written like {form}; this one can be read as two days"),
    Fault.FUTURE: N_("a day not after its publication on {published}"),
    Fault.PLACE: N_("a country of ISO 3166-1, a region of ISO 3166-2 or a name that this format knows"),
    Fault.WORD: N_("one of {words}"),
    Fault.NUMBER: N_("a whole number without separators"),
    Fault.NEGATIVE_TOTAL: N_("a total that is not negative"),
    Fault.EMPTY: N_("a figure"),
    Fault.DUPLICATE: N_("each place and day once; row {row} says the same"),
    Fault.CONFLICT: N_("each place and day once; row {row} says otherwise, and neither is taken"),
    Fault.NEGATIVE: N_("a count that is not negative; kept as a correction of earlier days"),
    Fault.FALL: N_("a total not below the one before; kept as a correction of earlier days"),
    Fault.GAP: N_("every day from {first} to {last}; they are not reported, not nought"),
    Fault.START: N_("a total of the day before; the first day's own count is not known"),
    Fault.WEEKDAY: N_(
        "counts that do not depend on the day of the week (level {level} for all series of a file); not smoothed"
    ),
    Fault.PUBLISHED: N_("a date of publication; each day is taken as published {days} days later"),
}
_LINE = N_("{where}: found {found}; expected {expected}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One remark. ``row`` counts from 1, the heading included; 0 is the file as a whole. ``column`` is a heading or empty."""

    file: str
    row: int
    column: str
    fault: Fault
    effect: Effect
    found: str
    values: Mapping[str, object] = field(default_factory=dict)

    def expected(self, language: str = "en") -> str:
        """What was expected, in a language."""
        return translate(EXPECTED[self.fault], language, **self.values)

    def line(self, language: str = "en") -> str:
        """Where, what was found and what was expected, in a language."""
        where = ":".join(part for part in (self.file, str(self.row), self.column) if part)
        return translate(_LINE, language, where=where, found=self.found, expected=self.expected(language))


class Remarks:
    """Collects a file's remarks in their order, the first `MOST_REMARKS` of them; all are counted."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.rejected: set[int] = set()
        self.counts: Counter[Fault] = Counter()
        self._kept: list[Remark] = []

    def add(self, number: int, column: str, fault: Fault, effect: Effect, found: object, **values: object) -> None:
        """Say something of a row; a rejected one is known to be so from then on."""
        if effect is Effect.REJECTED:
            self.rejected.add(number)
        self.counts[fault] += 1
        if len(self._kept) < MOST_REMARKS:
            text = str(found)
            shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
            self._kept.append(
                Remark(file=self.file, row=number, column=column, fault=fault, effect=effect, found=shown, values=values)
            )

    def all(self) -> tuple[Remark, ...]:
        """The remarks by row."""
        return tuple(sorted(self._kept, key=lambda remark: remark.row))
