"""A sponsor's roster: the template, what is wrong with each row, and what a good row asks for.

A row is refused here only for what nobody could record: a missing name, a date that is none, a place that does not exist.
Whether the agreement lets the traveller go is for `decide` to say, with its clause.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework import sheet, workbook
from fastchannel.casework.columns import COLUMNS, REQUIRED, heading_of
from fastchannel.casework.ports import Person
from fastchannel.casework.sheet import Line, Sheet
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Itinerary
from fastchannel.terms.language import LANGUAGES, N_, translate
from fastchannel.terms.places import subdivisions

PROBLEMS: dict[str, str] = {
    "missing": N_("Nothing was entered; expected {expected}."),
    "long": N_("Found {found} characters; at most {expected} can be recorded."),
    "form": N_('Found "{found}"; expected {expected}.'),
    "unknown": N_('Found "{found}"; expected one of: {expected}.'),
    "cells": N_("Found {found} cells; the header has {expected}."),
    "refused": N_("It cannot be recorded: {found}"),
    "number": N_("This was a number in the workbook, so noughts before it may be lost: {found}. Compare it with the passport."),
    "digits": N_("This was a number of more than fifteen digits in the workbook, so its last ones are lost: {found}."),
    "duplicate-row": N_("The same traveller, route and day of departure as in row {found}."),
    "duplicate-journey": N_("The same traveller, route and day of departure were applied for before."),
}
EXPECTED: dict[str, str] = {
    "text": N_("a text"),
    "passport": N_("letters and digits, 5 to 20 of them"),
    "country": N_("a country's two letters, for example KR"),
    "date": N_("a date, for example 1980-04-29"),
    "time": N_("a date and time, for example 2020-05-10 09:30, in the place of departure's time"),
    "email": N_("an e-mail address"),
    "telephone": N_("a telephone number with its country's code, for example +82 10 1234 5678"),
    "place": N_("a region of {party}, for example {example}"),
}
_LONGEST = {"name": 200, "email": 254, "city": 64, "flight": 32, "point_of_entry": 64, "purpose": 64, "companion": 64}
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}")
_WORD = re.compile(r"[a-z0-9][a-z0-9 _-]{0,63}")


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of one cell: which column, what was found, what was expected. ``code`` is stable."""

    column: str
    code: str
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a good row asks for."""

    person: Person
    route: str
    purpose: str
    companion: str | None
    itinerary: Itinerary
    key: str  # who, on which route, on which day


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A row with what it asks for, or why not. A duplicate has both."""

    row: int
    line: int
    wanted: Wanted | None
    problems: tuple[Problem, ...]
    flags: tuple[Problem, ...] = ()  # what somebody should look at, though the row is good

    @property
    def outcome(self) -> str:
        """``accepted``, ``rejected`` or ``duplicate``."""
        if self.wanted is None:
            return "rejected"
        return "duplicate" if self.problems else "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do, with nothing written."""

    encoding: str
    ignored: tuple[str, ...]  # columns that mean nothing to us
    rows: tuple[Judged, ...]
    others: tuple[str, ...] = ()  # sheets of the workbook that were not read

    def count(self, outcome: str) -> int:
        """How many rows come to that."""
        return sum(row.outcome == outcome for row in self.rows)


def problem_text(problem: Problem, language: str = "en") -> str:
    """The fault in words."""
    expected = problem.expected
    name, _, example = expected.partition(":")
    if name in EXPECTED:
        party, _, region = example.partition(":")
        expected = translate(EXPECTED[name], language, party=party, example=region)
    return translate(PROBLEMS[problem.code], language, found=problem.found, expected=expected)


def template(agreement: Agreement) -> bytes:
    """A roster as CSV with its header and one example row per route."""
    return sheet.write([list(COLUMNS), *_examples(agreement)])


def template_workbook(agreement: Agreement, language: str = "en") -> bytes:
    """The same as a workbook, headings in the language, with the values that columns take as lists to choose from."""
    ways = agreement.routes.values()
    offered: dict[str, Sequence[str]] = {
        "route": [way.id for way in ways],
        "purpose": _purposes(agreement),
        "origin": _regions(way.origin_party for way in ways),
        "destination": _regions(way.destination_party for way in ways),
        "arrival_place": _regions(way.destination_party for way in ways),
        "language": LANGUAGES,
    }
    header = [heading_of(column, language) for column in COLUMNS]
    choices = {COLUMNS.index(column): values for column, values in offered.items()}
    return workbook.write([header, *_examples(agreement)], choices)


def _examples(agreement: Agreement) -> list[list[str]]:
    rows = []
    for route in agreement.routes.values():
        purposes = _purposes(agreement, route.id)
        example = {
            "name": "HONG GILDONG",
            "passport": "M00000000",
            "route": route.id,
            "purpose": purposes[0] if purposes else "",
            "departure": f"{agreement.in_force:%Y-%m-%d} 09:30",
            "origin": _example(route.origin_party),
            "destination": _example(route.destination_party),
        }
        rows.append([example.get(column, "") for column in COLUMNS])
    return rows


def _purposes(agreement: Agreement, route: str = "") -> list[str]:
    found = {
        purpose
        for name, way in agreement.text.route.items()
        if not route or name == route
        for dated in way.purposes.values
        for purpose in dated.is_
    }
    return sorted(found)


def _regions(parties: Iterable[str]) -> list[str]:
    found = {code for party in parties for code in (subdivisions(party) or (party,))}
    return sorted(found)


def _example(party: str) -> str:
    return _EXAMPLES.get(party, party)


def read(data: bytes) -> Sheet:
    """The roster's rows, of a workbook or a text file. Raises SheetError where the file as a whole cannot be read."""
    form = workbook.read if data.startswith(b"PK\x03\x04") else sheet.read
    return form(data, frozenset(COLUMNS), REQUIRED)


def preview(data: bytes, agreement: Agreement, known: Collection[str] = ()) -> Preview:
    """What an import would do; ``known`` are duplicate keys that exist already. Raises SheetError."""
    return preview_of(read(data), agreement, known)


def preview_of(roster: Sheet, agreement: Agreement, known: Collection[str] = ()) -> Preview:
    """What an import of a file that was read would do."""
    return Preview(
        encoding=roster.encoding,
        ignored=tuple(name for name in roster.header if name and name not in COLUMNS),
        rows=tuple(judge(roster, agreement, known)),
        others=roster.others,
    )


def judge(roster: Sheet, agreement: Agreement, known: Collection[str]) -> Iterator[Judged]:
    """Each row in order; of rows that ask for the same, the first one that is good counts."""
    first: dict[str, int] = {}
    for line in roster.lines:
        wanted, problems = want(roster, line, agreement)
        if wanted is not None:
            if wanted.key in known:
                problems = (Problem(column="passport", code="duplicate-journey"),)
            elif wanted.key in first:
                problems = (Problem(column="passport", code="duplicate-row", found=str(first[wanted.key])),)
            else:
                first[wanted.key] = line.row
        cells = dict(zip(roster.header, line.cells, strict=False)) if line.flags else {}
        flags = tuple(Problem(column=name, code=code, found=cells.get(name, "")[:100]) for name, code in line.flags)
        yield Judged(row=line.row, line=line.line, wanted=wanted, problems=problems, flags=flags)


def duplicate_key(passport: str, route: str, departure: datetime) -> str:
    """The same traveller, route and day of departure, by the date that the departure's own offset gives."""
    return f"{passport}|{route}|{departure.date().isoformat()}"


def want(roster: Sheet, line: Line, agreement: Agreement) -> tuple[Wanted | None, tuple[Problem, ...]]:
    """What the row asks for, or all that is wrong with it."""
    if len(line.cells) > len(roster.header):
        extra = Problem(column="", code="cells", found=str(len(line.cells)), expected=str(len(roster.header)))
        return None, (extra,)
    return _Reader(dict(zip(roster.header, line.cells, strict=False)), agreement).read()


class _Reader:
    """Reads the cells of one row and gathers what is wrong with them."""

    def __init__(self, cells: dict[str, str], agreement: Agreement) -> None:
        self.cells = cells
        self.agreement = agreement
        self.problems: list[Problem] = []

    def read(self) -> tuple[Wanted | None, tuple[Problem, ...]]:
        """The row's wish, or its faults."""
        name = self.text("name")
        passport = self.shaped("passport", _PASSPORT, "passport", self.cell("passport").upper().replace(" ", ""))
        route = self.cell("route")
        way = self.agreement.routes.get(route)
        if route and way is None:
            self.fault("route", "unknown", route, ", ".join(self.agreement.routes))
        self.required("route", "text")
        origin = self.place("origin", way.origin_party if way else "")
        destination = self.place("destination", way.destination_party if way else "")
        arrival = self.place("arrival_place", way.destination_party if way else "")
        departure = self.time("departure", origin)
        purpose = self.shaped("purpose", _WORD, "text", self.cell("purpose").lower())
        companion = self.shaped("companion", _WORD, "text", self.cell("companion").lower())
        person = Person(
            name=name,
            passport=passport,
            birth_date=self.date("birth_date"),
            nationality=self.shaped("nationality", _COUNTRY, "country", self.cell("nationality").upper()),
            email=self.shaped("email", _EMAIL, "email"),
            telephone=self.shaped("telephone", _TELEPHONE, "telephone"),
            language=self.language(),
        )
        city, flight, point = self.text("city"), self.text("flight"), self.text("point_of_entry")
        if self.problems or departure is None:
            return None, tuple(self.problems)
        itinerary = Itinerary(
            departure=departure,
            origin=origin,
            destination=destination,
            arrival_place=arrival or None,
            point_of_entry=point or None,
            flight=flight or None,
            city=city or None,
        )
        key = duplicate_key(passport, route, departure)
        wanted = Wanted(person=person, route=route, purpose=purpose, companion=companion or None, itinerary=itinerary, key=key)
        return wanted, ()

    def fault(self, column: str, code: str, found: str, expected: str) -> None:
        self.problems.append(Problem(column=column, code=code, found=found[:100], expected=expected))

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")

    def required(self, column: str, expected: str) -> None:
        if column in REQUIRED and not self.cell(column):
            self.fault(column, "missing", "", expected)

    def text(self, column: str) -> str:
        value = self.cell(column)
        self.required(column, "text")
        if len(value) > _LONGEST[column]:
            self.fault(column, "long", str(len(value)), str(_LONGEST[column]))
        elif not value.isprintable() and any(ord(character) < 32 and character not in "\r\n\t" for character in value):
            self.fault(column, "form", value, "text")
        return " ".join(value.split())

    def shaped(self, column: str, shape: re.Pattern[str], expected: str, value: str | None = None) -> str:
        value = self.cell(column) if value is None else value
        self.required(column, expected)
        if value and not shape.fullmatch(value):
            self.fault(column, "form", self.cell(column), expected)
        return value

    def place(self, column: str, party: str) -> str:
        value = self.cell(column).upper()
        self.required(column, f"place:{party}:{_example(party)}")
        if not value:
            return ""
        right = _PLACE.fullmatch(value) and (not party or value.split("-")[0] == party) and self.zone(value) is not None
        if not right:
            self.fault(column, "form", self.cell(column), f"place:{party}:{_example(party)}")
        return value

    def zone(self, place: str) -> ZoneInfo | None:
        try:
            return self.agreement.zone(place)
        except (FastChannelError, KeyError):
            return None

    def date(self, column: str) -> date | None:
        value = self.cell(column)
        if not value:
            return None
        try:
            return date.fromisoformat(_dashes(value))
        except ValueError:
            self.fault(column, "form", value, "date")
            return None

    def time(self, column: str, origin: str) -> datetime | None:
        value = self.cell(column)
        self.required(column, "time")
        if not value:
            return None
        try:
            instant = datetime.fromisoformat(_dashes(value))
        except ValueError:
            instant = None
        if instant is None or ":" not in value or not 1990 <= instant.year <= 2200:
            self.fault(column, "form", value, "time")
            return None
        if instant.tzinfo is not None:
            return instant
        zone = self.zone(origin)
        return datetime.fromisoformat(instant.replace(tzinfo=zone).isoformat()) if zone is not None else None

    def language(self) -> str:
        value = self.cell("language")
        found = next((language for language in LANGUAGES if language.lower() == value.lower().replace("_", "-")), None)
        if value and found is None:
            self.fault("language", "unknown", value, ", ".join(LANGUAGES))
        return found or "en"


_EXAMPLES = {"CN": "CN-SH", "KR": "KR-11", "SG": "SG"}
_DATE = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(.*))?", re.DOTALL)


def _dashes(value: str) -> str:
    """ISO 8601 of what spreadsheets make of it: 2020/5/1 9:30."""
    found = _DATE.fullmatch(value.strip())
    if not found:
        return value
    day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return day if found[4] is None else f"{day}T{int(found[4]):02}:{found[5]}{found[6].strip()}"
