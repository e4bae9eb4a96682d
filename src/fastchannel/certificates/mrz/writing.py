"""Write a machine readable zone, with names cut as ICAO Doc 9303, parts 4 to 7, cuts them."""

from __future__ import annotations

import re

from fastchannel.certificates.mrz.dates import written_birth
from fastchannel.certificates.mrz.digits import FILLER, check_digit
from fastchannel.certificates.mrz.errors import MrzError
from fastchannel.certificates.mrz.layout import LAYOUTS, Layout, Place
from fastchannel.certificates.mrz.mrz import Mrz

_NAME = re.compile(r"[A-Z]+(?: [A-Z]+)*", re.ASCII)
_DATA = re.compile(r"[A-Z0-9<]*", re.ASCII)
_NUMBER = re.compile(r"[A-Z0-9<]*[A-Z0-9]", re.ASCII)
_LONG = re.compile(r"[A-Z0-9]+", re.ASCII)
_STATE = re.compile(r"[A-Z]{3}|[A-Z]", re.ASCII)
_SEX = re.compile(r"[MFX]?")
_KIND = re.compile(r"[A-UW-Z][A-Z]?", re.ASCII)
_VISA = re.compile(r"V[A-Z]?", re.ASCII)


def write_mrz(mrz: Mrz) -> str:
    """The zone's lines, parted by a line feed. `transliterate` makes names writable. Raises MrzError for what has no place."""
    layout = LAYOUTS.get(mrz.format)
    if layout is None:
        raise _error("format", mrz.format, ", ".join(LAYOUTS))
    _fits("kind of document", mrz.kind, _VISA if layout.visa else _KIND)
    _fits("issuing state", mrz.state, _STATE)
    _fits("nationality", mrz.nationality, _STATE)
    _fits("sex", mrz.sex, _SEX)
    birth = written_birth(mrz.birth)
    if birth is None:
        raise _error("date of birth", mrz.birth, "an ISO date, partial where it is partly unknown")
    page = _Page(layout)
    page.put((0, 0, 2), mrz.kind, "kind of document")
    page.put((0, 2, 5), mrz.state, "issuing state")
    page.put(layout.names, _names(mrz, layout), "names")
    page.put(layout.nationality, mrz.nationality, "nationality")
    page.put(layout.sex, mrz.sex, "sex")
    page.checked(layout.birth, birth, "date of birth")
    page.checked(layout.expires, mrz.expires.strftime("%y%m%d"), "date of expiry")
    _numbers(mrz, page)
    if layout.last is not None:
        page.put(layout.last, check_digit("".join(page.at(place) for place in layout.composite)), "composite check digit")
    return "\n".join("".join(line) for line in page.lines)


class _Page:
    """The lines while they are filled."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lines = [[FILLER] * layout.width for _ in range(layout.lines)]

    def at(self, place: Place) -> str:
        line, start, end = place
        return "".join(self.lines[line][start:end])

    def put(self, place: Place, text: str, field: str) -> None:
        line, start, end = place
        if len(text) > end - start:
            raise _error(field, text, f"at most {end - start} characters")
        self.lines[line][start : start + len(text)] = text

    def checked(self, place: Place, text: str, field: str) -> None:
        line, _, end = place
        self.put(place, text, field)
        self.put((line, end, end + 1), check_digit(self.at(place)), field)


def _numbers(mrz: Mrz, page: _Page) -> None:
    """Number and optional data; a number too long for its field goes on in the optional data where the format lets it."""
    layout = page.layout
    optional = [*mrz.optional, *[""] * (len(layout.optional) - len(mrz.optional))]
    if len(optional) > len(layout.optional):
        raise _error("optional data", str(len(optional)), f"at most {len(layout.optional)} fields")
    for text in optional:
        _fits("optional data", text, _DATA)
    room = layout.number[2] - layout.number[1]
    if len(mrz.number) > room and layout.long_number:
        _fits("document number", mrz.number, _LONG)
        page.put(layout.number, mrz.number[:room], "document number")
        more = mrz.number[room:] + check_digit(mrz.number)
        optional[0] = f"{more}{FILLER}{optional[0]}" if optional[0] else more
        if len(optional[0]) >= layout.optional[0][2] - layout.optional[0][1]:  # a filler must end the number
            raise _error("document number", mrz.number, "a number that leaves room in the optional data")
    else:
        _fits("document number", mrz.number, _NUMBER)
        page.checked(layout.number, mrz.number, "document number")
    for place, text in zip(layout.optional, optional, strict=True):
        if layout.personal_check:
            page.checked(place, text, "personal number")
        else:
            page.put(place, text, "optional data")


def _names(mrz: Mrz, layout: Layout) -> str:
    """Both names, cut to the field. A cut field ends in a letter, which tells a reader that more may have been left out."""
    _fits("family name", mrz.family, _NAME)
    if mrz.given:
        _fits("given name", mrz.given, _NAME)
    if len(mrz.family) + len(mrz.given) > 500:
        raise _error("names", mrz.family, "at most 500 letters")
    width = layout.names[2] - layout.names[1]
    family, given = mrz.family.replace(" ", FILLER), mrz.given.replace(" ", FILLER)
    if not given:
        return _cut(family, width) if len(family) > width else family
    if len(family) + 2 + len(given) <= width:
        return family + FILLER * 2 + given
    # Of the given name at least the first letter stays, behind two fillers.
    family = _cut(family, width - 3) if len(family) > width - 3 else family
    return family + FILLER * 2 + _cut(given, width - 2 - len(family))


def _cut(text: str, width: int) -> str:
    """The text in ``width`` characters, the last of them a letter: where a filler would be, an earlier part gives one up."""
    kept = text[:width]
    while kept.endswith(FILLER) and len(text) > width:
        parts = kept[:-1].split(FILLER)
        shortened = max(range(len(parts)), key=lambda index: (len(parts[index]), index))
        if len(parts[shortened]) == 1:
            return kept[:-1]
        parts[shortened] = parts[shortened][:-1]
        kept = FILLER.join(parts) + FILLER + text[width]
    return kept


def _fits(field: str, text: str, pattern: re.Pattern[str]) -> None:
    if pattern.fullmatch(text) is None:
        raise _error(field, text, f"text of the form {pattern.pattern}")


def _error(field: str, found: str, expected: str) -> MrzError:
    return MrzError(line=0, field=field, found=found, expected=expected)
