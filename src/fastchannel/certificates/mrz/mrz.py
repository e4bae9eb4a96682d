"""Read and write a machine readable zone: TD1, TD2, TD3, and visas of formats A and B (ICAO Doc 9303, parts 3 to 7)."""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from fastchannel.certificates.mrz.digits import FILLER, check_digit, checks
from fastchannel.certificates.refusal import CertificateError, shortened

MOST_CHARACTERS = 200
_LINES = re.compile(r"[A-Z0-9<]+", re.ASCII)
_STATE = re.compile(r"[A-Z]{1,3}<{0,2}", re.ASCII)


class MrzError(CertificateError):
    """The text is no machine readable zone, or a check digit says that it was read wrongly."""


class Layout(Struct, frozen=True, kw_only=True):
    """Where the fields of one format stand: line, start and end, from 0. ``composite`` is what its last digit is over."""

    name: str
    lines: int
    width: int
    visa: bool
    names: tuple[int, int, int]
    number: tuple[int, int, int]
    nationality: tuple[int, int, int]
    birth: tuple[int, int, int]
    sex: tuple[int, int]
    expires: tuple[int, int, int]
    optional: tuple[tuple[int, int, int], ...]
    composite: tuple[tuple[int, int, int], ...] = ()


TD1 = Layout(
    name="TD1", lines=3, width=30, visa=False, names=(2, 0, 30), number=(0, 5, 14), nationality=(1, 15, 18), birth=(1, 0, 6),
    sex=(1, 7), expires=(1, 8, 14), optional=((0, 15, 30), (1, 18, 29)),
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
)  # fmt: skip


def _two_lines(
    name: str, width: int, optional: int, *, visa: bool = False, composite: tuple[tuple[int, int, int], ...] = ()
) -> Layout:
    """A format of two lines: they differ in width, in where the optional data ends, and in the composite digit."""
    return Layout(
        name=name, lines=2, width=width, visa=visa, names=(0, 5, width), number=(1, 0, 9), nationality=(1, 10, 13),
        birth=(1, 13, 19), sex=(1, 20), expires=(1, 21, 27), optional=((1, 28, optional),), composite=composite,
    )  # fmt: skip


TD2 = _two_lines("TD2", 36, 35, composite=((1, 0, 10), (1, 13, 20), (1, 21, 35)))
TD3 = _two_lines("TD3", 44, 42, composite=((1, 0, 10), (1, 13, 20), (1, 21, 43)))
MRV_A = _two_lines("MRV-A", 44, 44, visa=True)
MRV_B = _two_lines("MRV-B", 36, 36, visa=True)
LAYOUTS = (TD1, TD2, TD3, MRV_A, MRV_B)


class Mrz(Struct, frozen=True, kw_only=True):
    """What a zone says. ``family`` and ``given`` keep a space where the zone has a filler between the parts of a name.

    ``birth`` is an ISO date, partial where the zone has fillers for month or day, and empty where even the year is unknown.
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


def read_mrz(text: str, today: date) -> Mrz:
    """Read a zone as typed or scanned, lines and spaces aside. ``today`` settles the century. Raises MrzError."""
    if len(text) > MOST_CHARACTERS:
        raise MrzError(f"machine readable zone: found {len(text)} characters, expected at most {MOST_CHARACTERS}")
    lines = [line for line in ("".join(one.split()).upper() for one in text.splitlines()) if line]
    if len(lines) == 1:  # a scanner that types gives no line breaks
        lines = _split(lines[0])
    layout = _layout(lines)

    def field(place: tuple[int, int, int]) -> str:
        return lines[place[0]][place[1] : place[2]]

    number, optional = _number(lines, layout)
    birth = _checked(lines, layout.birth, "date of birth")
    expires = _checked(lines, layout.expires, "date of expiry")
    if layout.composite:
        over, last = "".join(field(place) for place in layout.composite), layout.lines - 1 if layout is not TD1 else 1
        if not checks(over, lines[last][-1]):
            raise MrzError(f"line {last + 1}: composite check digit: found {lines[last][-1]}, expected {check_digit(over)}")
    family, _, given = field(layout.names).partition("<<")
    return Mrz(
        format=layout.name,
        kind=lines[0][0:2].strip(FILLER),
        state=lines[0][2:5].strip(FILLER),
        family=_name(family),
        given=_name(given),
        number=number,
        nationality=field(layout.nationality).strip(FILLER),
        birth=_birth(birth, today),
        sex=lines[layout.sex[0]][layout.sex[1]].strip(FILLER),
        expires=_expiry(expires, today),
        optional=optional,
        truncated=field(layout.names)[-1] != FILLER,
    )


def _split(line: str) -> list[str]:
    if len(line) == 90:
        return [line[0:30], line[30:60], line[60:90]]
    half = len(line) // 2
    return [line[:half], line[half:]] if len(line) in {72, 88} else [line]


def _layout(lines: list[str]) -> Layout:
    widths = {len(line) for line in lines}
    found = [
        one for one in LAYOUTS if len(lines) == one.lines and widths == {one.width} and lines[0].startswith("V") == one.visa
    ]
    if not found:
        shape = " and ".join(str(len(line)) for line in lines) or "no"
        raise MrzError(f"machine readable zone: found lines of {shape} characters, expected 3 of 30, 2 of 36 or 2 of 44")
    for number, line in enumerate(lines, 1):
        if _LINES.fullmatch(line) is None:
            raise MrzError(f"line {number}: found {shortened(line)}, expected letters A to Z, digits and <")
    if _STATE.fullmatch(lines[0][2:5]) is None:
        raise MrzError(f"line 1: issuing state: found {lines[0][2:5]}, expected letters")
    return found[0]


def _checked(lines: list[str], place: tuple[int, int, int], what: str) -> str:
    line, start, end = place
    value, digit = lines[line][start:end], lines[line][end]
    if not checks(value, digit):
        raise MrzError(f"line {line + 1}: {what}: found the check digit {digit} for {value}, expected {check_digit(value)}")
    return value


def _number(lines: list[str], layout: Layout) -> tuple[str, tuple[str, ...]]:
    """The document number. On cards a number of more than nine characters goes on in the optional data, with its digit last."""
    line, start, end = layout.number
    optional = [lines[place[0]][place[1] : place[2]] for place in layout.optional]
    if lines[line][end] == FILLER and layout in {TD1, TD2} and optional[0].strip(FILLER):
        more, _, rest = optional[0].partition(FILLER)
        whole, digit = lines[line][start:end] + more[:-1], more[-1:]
        if not digit or not checks(whole, digit):
            raise MrzError(
                f"line {line + 1}: document number: found the check digit {digit or '<'}, expected {check_digit(whole)}"
            )
        return whole, tuple(one for one in (rest.strip(FILLER), *(one.strip(FILLER) for one in optional[1:])) if one)
    number = _checked(lines, layout.number, "document number")
    if layout is TD3 and not checks(optional[0], lines[1][42]):
        raise MrzError(f"line 2: personal number: found the check digit {lines[1][42]}, expected {check_digit(optional[0])}")
    return number.strip(FILLER), tuple(one for one in (one.strip(FILLER) for one in optional) if one)


def _name(field: str) -> str:
    return " ".join(part for part in field.split(FILLER) if part)


def _birth(written: str, today: date) -> str:
    """Nobody is born after today, so a year that would be is of the century before."""
    year, month, day = written[0:2], written[2:4], written[4:6]
    if not year.isdecimal():
        return ""
    century = today.year - today.year % 100
    whole = century + int(year)
    known = (int(month) if month.isdecimal() else 0, int(day) if day.isdecimal() else 0)
    if (whole, *known) > (today.year, today.month, today.day):
        whole -= 100
    if not month.isdecimal():
        return f"{whole:04}"
    if not day.isdecimal():
        return f"{whole:04}-{month}"
    try:
        return date(whole, int(month), int(day)).isoformat()
    except ValueError:
        raise MrzError(f"date of birth: found {written}, expected a date") from None


def _expiry(written: str, today: date) -> date:
    """Documents are good for some ten years: the year nearest to today is meant."""
    try:
        year = today.year - today.year % 100 + int(written[0:2])
        year += 100 if year < today.year - 50 else -100 if year > today.year + 49 else 0
        return date(year, int(written[2:4]), int(written[4:6]))
    except ValueError:
        raise MrzError(f"date of expiry: found {written}, expected a date") from None
