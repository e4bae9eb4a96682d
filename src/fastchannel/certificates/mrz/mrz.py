"""Read a machine readable zone: TD1, TD2, TD3, and visas of formats A and B (ICAO Doc 9303, parts 3 to 7).

A check digit weighs characters by 7, 3 and 1, none of which shares a factor with 10. So one wrong character is noticed unless
its value differs from the right one's by a multiple of ten: 0, A, K, U and the filler stand for one another, and so do 1, B, L
and V, and so on. Dates take digits alone, where no such pair exists. Names, state, nationality and sex have no digit at all.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from fastchannel.certificates.mrz.dates import birth_of, expiry_of
from fastchannel.certificates.mrz.digits import FILLER, check_digit, checks
from fastchannel.certificates.mrz.errors import MrzError
from fastchannel.certificates.mrz.layout import LAYOUTS, Layout, Place
from fastchannel.certificates.mrz.states import known

__all__ = ["MOST_CHARACTERS", "Mrz", "MrzError", "Repair", "read_mrz"]
MOST_CHARACTERS = 200
_ZONE = re.compile(r"[A-Z0-9<]+", re.ASCII)
_STATE = re.compile(r"[A-Z]{3}|[A-Z]<<", re.ASCII)
_KIND = re.compile(r"[A-Z][A-Z<]", re.ASCII)
_NAMES = re.compile(r"[A-Z<]*[A-Z][A-Z<]*", re.ASCII)
_SEX = re.compile(r"[MFX<]", re.ASCII)
_ASCII_CAPITALS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # as Chinese and Korean keyboards type
# What a camera takes for a digit. The fields of letters alone have no check digit that could confirm a repair.
_DIGITS = str.maketrans("OQDILZASGTB", "00011245678")


class Repair(Struct, frozen=True, kw_only=True):
    """A character that was taken for another, where the field has digits alone and its check digit confirms the repair."""

    line: int  # from 1
    field: str
    found: str
    read: str


class Mrz(Struct, frozen=True, kw_only=True):
    """What a zone says. ``family`` and ``given`` keep a space where the zone has a filler between the parts of a name.

    ``birth`` is an ISO date, partial or with XX where the zone has fillers, and empty where nothing of it is known. A holder of
    one name alone has it as ``family``. ``optional`` has an entry for each field of optional data of the format.
    """

    format: str
    kind: str
    state: str
    family: str
    given: str
    number: str
    nationality: str
    birth: str
    sex: str
    expires: date
    optional: tuple[str, ...] = ()
    truncated: bool = False  # the name fills its field, so that more may have been left out
    repaired: tuple[Repair, ...] = ()

    @property
    def unknown_states(self) -> tuple[str, ...]:
        """The codes of issuing state and nationality that are in no list."""
        return tuple(code for code in dict.fromkeys((self.state, self.nationality)) if not known(code))


def read_mrz(text: str, today: date) -> Mrz:
    """Read a zone as typed or scanned, lines and spaces aside. ``today`` settles the century. Raises MrzError."""
    lines, layout = _lines(text)
    reading = _Reading(lines, layout)
    reading.matching((0, 0, 2), "kind of document", _KIND, "a letter, then a letter or <")
    reading.matching((0, 2, 5), "issuing state", _STATE, "three letters, or a letter and <<")
    reading.matching(layout.nationality, "nationality", _STATE, "three letters, or a letter and <<")
    reading.matching(layout.names, "names", _NAMES, "letters and <")
    reading.matching(layout.sex, "sex", _SEX, "M, F or <")
    number, optional = reading.number()
    birth_text = reading.digits(layout.birth, "date of birth")
    birth = birth_of(birth_text, today)
    if birth is None:
        raise reading.error(layout.birth, "date of birth", birth_text, "a date, YYMMDD, with << for what is unknown")
    expiry_text = reading.digits(layout.expires, "date of expiry")
    expires = expiry_of(expiry_text, today)
    if expires is None:
        raise reading.error(layout.expires, "date of expiry", expiry_text, "a date, YYMMDD")
    reading.composite()
    names = reading.at(layout.names)
    family, _, given = names.partition(FILLER * 2)
    if not family.strip(FILLER):  # against the standard, but seen: one name, put behind the place of the family name
        family, given = given, ""
    return Mrz(
        format=layout.name,
        kind=reading.at((0, 0, 2)).strip(FILLER),
        state=reading.at((0, 2, 5)).strip(FILLER),
        family=_name(family),
        given=_name(given),
        number=number,
        nationality=reading.at(layout.nationality).strip(FILLER),
        birth=birth,
        sex=reading.at(layout.sex).strip(FILLER),
        expires=expires,
        optional=optional,
        truncated=names[-1] != FILLER,
        repaired=tuple(reading.repaired),
    )


class _Reading:
    """The lines of one zone, repaired as its check digits confirm."""

    def __init__(self, lines: list[str], layout: Layout) -> None:
        self.lines, self.layout = lines, layout
        self.repaired: list[Repair] = []

    def at(self, place: Place) -> str:
        line, start, end = place
        return self.lines[line][start:end]

    def error(self, place: Place, field: str, found: str, expected: str) -> MrzError:
        return MrzError(line=place[0] + 1, field=field, found=found, expected=expected)

    def matching(self, place: Place, field: str, pattern: re.Pattern[str], expected: str) -> None:
        if pattern.fullmatch(self.at(place)) is None:
            raise self.error(place, field, self.at(place), expected)

    def put(self, place: Place, field: str, text: str) -> None:
        found = self.at(place)
        if found != text:
            line, start, end = place
            self.lines[line] = self.lines[line][:start] + text + self.lines[line][end:]
            self.repaired.append(Repair(line=line + 1, field=field, found=found, read=text))

    def checked(self, place: Place, field: str) -> str:
        """The text of a field of letters and digits, which its digit confirms as it stands."""
        return self._confirmed(place, _behind(place), field, self.at(place))

    def digits(self, place: Place, field: str) -> str:
        """The text of a field of digits; letters that look like digits are repaired where the check digit then fits."""
        read = self._confirmed(place, _behind(place), field, self.at(place).translate(_DIGITS))
        self.put(place, field, read)
        return read

    def _confirmed(self, place: Place, digit: Place, field: str, text: str) -> str:
        found = self.at(digit)
        if not checks(text, found.translate(_DIGITS)):
            shown = f"the check digit {found} for {self.at(place)}"
            raise self.error(place, field, shown, f"{check_digit(text)}, or another reading of the field")
        self.put(digit, f"check digit of the {field}", found.translate(_DIGITS))
        return text

    def number(self) -> tuple[str, tuple[str, ...]]:
        """The document number with the optional data, into which the number of a card may run on, its digit last."""
        place, field = self.layout.number, "document number"
        optional = [self.at(one) for one in self.layout.optional]
        if self.layout.long_number and self.at(_behind(place)) == FILLER and optional[0].strip(FILLER):
            more, _, rest = optional[0].partition(FILLER)
            whole, digit = self.at(place) + more[:-1], more[-1:]
            if len(more) < 2 or FILLER in self.at(place) or not checks(whole, digit):
                raise self.error(place, field, f"the check digit {digit or FILLER} for {whole}", check_digit(whole))
            optional[0] = rest
        else:
            whole = self.checked(place, field).rstrip(FILLER)
            if self.layout.personal_check:
                self.checked(self.layout.optional[0], "personal number")
        if not whole.strip(FILLER):
            raise self.error(place, field, "", "letters or digits")
        return whole, tuple(one.rstrip(FILLER) for one in optional)

    def composite(self) -> None:
        if self.layout.last is not None:
            over = "".join(self.at(place) for place in self.layout.composite)
            digit = self.at(self.layout.last).translate(_DIGITS)
            # It is never a filler: it covers the dates, which are not empty.
            if check_digit(over) != digit:
                raise self.error(self.layout.last, "composite check digit", self.at(self.layout.last), check_digit(over))
            self.put(self.layout.last, "composite check digit", digit)


def _behind(place: Place) -> Place:
    line, _, end = place
    return (line, end, end + 1)


def _lines(text: str) -> tuple[list[str], Layout]:
    """The zone's lines in its own characters, and the format that they have."""
    if len(text) > MOST_CHARACTERS:
        raise _shape(f"{len(text)} characters", f"at most {MOST_CHARACTERS}")
    text = text.translate(_FULL_WIDTH).translate(_ASCII_CAPITALS)
    lines = [line for line in ("".join(one.split()) for one in text.splitlines()) if line]
    if len(lines) == 1:  # a scanner that types gives no line breaks
        lines = _split(lines[0])
    for number, line in enumerate(lines, 1):
        if _ZONE.fullmatch(line) is None:
            raise MrzError(line=number, field="characters", found=line, expected="letters A to Z, digits and <")
    widths = {len(line) for line in lines}
    for layout in LAYOUTS.values():
        if len(lines) == layout.lines and widths == {layout.width} and lines[0].startswith("V") == layout.visa:
            return lines, layout
    shape = " and ".join(str(len(line)) for line in lines) or "no"
    raise _shape(f"lines of {shape} characters", "3 of 30, 2 of 36 or 2 of 44")


def _shape(found: str, expected: str) -> MrzError:
    return MrzError(line=0, field="machine readable zone", found=found, expected=expected)


def _split(line: str) -> list[str]:
    if len(line) == 90:
        return [line[0:30], line[30:60], line[60:90]]
    half = len(line) // 2
    return [line[:half], line[half:]] if len(line) in {72, 88} else [line]


def _name(field: str) -> str:
    return " ".join(part for part in field.split(FILLER) if part)
