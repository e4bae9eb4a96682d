"""Applications from CSV and capacity from TOML: every fault with its line, what was found and what was expected."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from fastchannel.agreement.toml import decoded, parsed
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.application import Application, Grant, decaying
from fastchannel.supply.places.capacity import Budget, Capacity, Flight, Floor, FloorKind, Site

REQUIRED = ("id", "sponsor", "size", "nights", "p_import", "direction")
VALUED = ("values", "value", "decay_per_day", "last_day")
OPTIONAL = ("region", "first_day", "rooms", "places", "flights", "tests", "classes", "applied_at")
LONGEST_DAYS = 366
MOST_PEOPLE = 100_000


class CapacityError(SupplyError):
    """The text of the capacity cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row that is no application: its line (the header is 1), the column, what was found, what was expected."""

    line: int
    column: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a capacity text says."""

    capacity: Capacity
    budget: Budget
    promises: tuple[Grant, ...]


class _Wrong(Exception):  # noqa: N818 — it never leaves this module
    def __init__(self, column: str, found: str, expected: str) -> None:
        super().__init__(column, found, expected)
        self.column, self.found, self.expected = column, found, expected


def read_applications(text: str) -> tuple[list[Application], list[Fault]]:
    """The applications of a CSV text with a header, and the faults of its other rows: rows = applications + faulty rows.

    Lists within a column are parted by semicolons. Worth is either ``values``, one for each day from ``first_day``, or
    ``value`` with ``decay_per_day`` until ``last_day``.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="", strict=True)
    found: list[Application] = []
    faults: list[Fault] = []
    try:
        header = list(rows.fieldnames or ())
        problem = _header(header)
        if problem:
            return [], [Fault(line=1, column=problem[0], found=", ".join(header) or "nothing", expected=problem[1])]
        lines: dict[str, int] = {}
        for row in rows:
            try:
                found.append(_application(row, lines, rows.line_num))
            except _Wrong as wrong:
                faults.append(Fault(line=rows.line_num, column=wrong.column, found=wrong.found, expected=wrong.expected))
    except csv.Error as error:
        faults.append(Fault(line=rows.line_num, column="", found=str(error), expected="CSV"))
    return found, faults


def _header(header: list[str]) -> tuple[str, str] | None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        return missing[0], f"the columns {', '.join(REQUIRED)}"
    unknown = [name for name in header if name not in {*REQUIRED, *VALUED, *OPTIONAL}]
    if unknown or len(set(header)) < len(header):
        return unknown[0] if unknown else "", f"each once, of {', '.join((*REQUIRED, *VALUED, *OPTIONAL))}"
    if not {"values", "value"} & set(header):
        return "values", "a column values or value"
    return None


def _application(row: Mapping[str, str], lines: dict[str, int], line: int) -> Application:
    if "" in row:
        raise _Wrong("", "more cells than the header has", "one cell a column")
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    name = cells["id"]
    if not name or name in lines:
        raise _Wrong("id", f"{name} of line {lines[name]}" if name else "nothing", "an id that no other row has")
    lines[name] = line
    for column in ("sponsor", "direction"):
        if not cells[column]:
            raise _Wrong(column, "nothing", "a name")
    first = _whole(cells, "first_day", 0, LONGEST_DAYS, 0)
    return Application(
        id=name,
        sponsor=cells["sponsor"],
        size=_whole(cells, "size", 1, MOST_PEOPLE),
        values=(values := _values(cells, first)),
        nights=_whole(cells, "nights", 0, LONGEST_DAYS),
        p_import=_chances(cells, len(values)),
        direction=cells["direction"],
        region=cells.get("region", ""),
        first_day=first,
        rooms=_whole(cells, "rooms", 0, MOST_PEOPLE, 0),
        places=_names(cells, "places"),
        flights=_names(cells, "flights"),
        tests=tuple(
            int(day) for day in _numbers(cells, "tests", lambda day: day == int(day) and 0 <= day <= LONGEST_DAYS, "whole days")
        ),
        classes=_names(cells, "classes"),
        applied_at=cells.get("applied_at", ""),
    )


def _values(cells: Mapping[str, str], first: int) -> tuple[float, ...]:
    if cells.get("values"):
        return tuple(_numbers(cells, "values", lambda value: value >= 0.0, "numbers of at least nought"))
    (value,) = _numbers(cells, "value", lambda value: value >= 0.0, "a number of at least nought") or (None,)
    if value is None:
        raise _Wrong("value", "nothing", "a number of at least nought, or values")
    decay = _numbers(cells, "decay_per_day", lambda share: 0.0 <= share < 1.0, "a share from 0 to below 1") or [0.0]
    return decaying(value, decay[0], first, _whole(cells, "last_day", first, LONGEST_DAYS, first))


def _chances(cells: Mapping[str, str], days: int) -> tuple[float, ...]:
    expected = f"one chance from 0 to below 1, or one for each of the {days} days of worth"
    found = _numbers(cells, "p_import", lambda chance: 0.0 <= chance < 1.0, expected)
    if len(found) not in {1, days}:
        raise _Wrong("p_import", cells["p_import"] or "nothing", expected)
    return tuple(found)


def _names(cells: Mapping[str, str], column: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in cells.get(column, "").split(";") if name.strip()))


def _numbers(cells: Mapping[str, str], column: str, right: Callable[[float], bool], expected: str) -> list[float]:
    found: list[float] = []
    for part in _names_with_repeats(cells.get(column, "")):
        try:
            number = float(part)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or not right(number):
            raise _Wrong(column, part, expected)
        found.append(number)
    return found


def _is_day(number: float) -> bool:
    return number == int(number) and 0 <= number <= LONGEST_DAYS


def _names_with_repeats(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _whole(cells: Mapping[str, str], column: str, least: int, most: int, default: int | None = None) -> int:
    cell = cells.get(column, "")
    if not cell and default is not None:
        return default
    if not cell.isascii() or not cell.isdigit() or not least <= int(cell[:12]) <= most:
        raise _Wrong(column, cell or "nothing", f"a whole number from {least} to {most}")
    return int(cell)


class _FlightText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    day: int
    seats: int
    direction: str


class _SiteText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    direction: str
    rooms: tuple[int, ...]
    laboratory: str = ""


class _FloorText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: FloorKind
    of: str
    places: int = 0
    share: float = 0.0


class _CapacityText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    flight: tuple[_FlightText, ...]
    site: tuple[_SiteText, ...]
    tests: dict[str, tuple[int, ...]] = {}
    risk: dict[str, tuple[float, ...]] = {}
    floor: tuple[_FloorText, ...] = ()
    promise: tuple[Grant, ...] = ()


def read_capacity(text: str | bytes, name: str = "capacity") -> Asked:
    """The capacity, the budget and the promises of a text in TOML.

    Raises CapacityError, and AgreementError where the text is no TOML.
    """
    try:
        said = msgspec.convert(parsed(decoded(text, name), name), _CapacityText)
    except msgspec.ValidationError as error:
        raise CapacityError(f"{name}: {error}; see fastchannel supply allocate --example") from error
    _sound(said, name)
    floors = tuple(Floor(kind=one.kind, of=one.of, places=one.places, share=one.share) for one in said.floor)
    capacity = Capacity(
        flights=tuple(Flight(id=one.id, day=one.day, seats=one.seats, direction=one.direction) for one in said.flight),
        sites=tuple(Site(id=one.id, direction=one.direction, rooms=one.rooms, laboratory=one.laboratory) for one in said.site),
        tests=said.tests,
    )
    return Asked(capacity=capacity, budget=Budget(risk=said.risk, floors=floors), promises=said.promise)


def _sound(said: _CapacityText, name: str) -> None:
    for kind, ids in (("flight", [one.id for one in said.flight]), ("site", [one.id for one in said.site])):
        twice = next((each for each in ids if ids.count(each) > 1), None)
        if twice is not None:
            raise CapacityError(f"{name}: {kind} {twice} is there twice; expected each id once")
    counts: list[tuple[str, tuple[int, ...]]] = [(f"flight {one.id}", (one.day, one.seats)) for one in said.flight]
    counts += [(f"site {one.id}", one.rooms) for one in said.site]
    counts += [(f"tests of {laboratory}", per_day) for laboratory, per_day in said.tests.items()]
    counts += [(f"floor {one.kind} {one.of}", (one.places,)) for one in said.floor]
    for where, numbers in counts:
        if any(number < 0 for number in numbers):
            raise CapacityError(f"{name}: {where}: found {min(numbers)}, expected whole numbers of at least 0")
    for one in said.site:
        if one.laboratory and one.laboratory not in said.tests:
            raise CapacityError(f"{name}: site {one.id}: found laboratory {one.laboratory}, expected one under [tests]")
    shares = [(f"risk of {direction}", share) for direction, weeks in said.risk.items() for share in weeks or (math.nan,)]
    shares += [(f"floor {one.kind} {one.of}", one.share) for one in said.floor]
    for where, share in shares:
        if not 0.0 <= share <= 1.0:
            raise CapacityError(f"{name}: {where}: found {share}, expected a share from 0 to 1")
