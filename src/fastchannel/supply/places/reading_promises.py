"""Reads promises, and audits, from CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.application import Grant
from fastchannel.supply.places.claims import Audit

PROMISE_COLUMNS = ("application", "flight", "place", "day")
AUDIT_COLUMNS = ("firm", "claimed", "realised")
OWNER = "owner"


class RecordError(SupplyError):
    """A record of promises or audits cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Audits in the order of time, and whose a firm is where that is another."""

    audits: tuple[Audit, ...]
    owners: Mapping[str, str]


def read_promises(text: str, where: str) -> tuple[Grant, ...]:
    """What ``supply allocate`` wrote: ``application, flight, place, day``. Raises RecordError with the line."""
    found: dict[str, Grant] = {}
    for line, cells in _rows(text, where, PROMISE_COLUMNS):
        name, flight, place, day = (cells[column] for column in PROMISE_COLUMNS)
        if not name or name in found or not (day.isascii() and day.isdigit()):
            raise RecordError(f"{where}: line {line}: found {name!r} on day {day!r}; expected each application once and a day")
        found[name] = Grant(application=name, flight=flight, place=place, day=int(day))
    return tuple(found.values())


def read_audits(text: str, where: str) -> Audited:
    """``firm, claimed, realised`` and, where known, ``owner``, the oldest first. Raises RecordError with the line."""
    audits, owners = list[Audit](), dict[str, str]()
    for line, cells in _rows(text, where, AUDIT_COLUMNS):
        claimed, realised = (_amount(cells[column]) for column in AUDIT_COLUMNS[1:])
        if not cells["firm"] or not claimed > 0.0 or not realised >= 0.0:
            said = ", ".join(cells[one] or "nothing" for one in AUDIT_COLUMNS)
            raise RecordError(
                f"{where}: line {line}: found {said}; expected a firm, a claim above 0 and a realised amount of 0 or more"
            )
        audits.append(Audit(firm=cells["firm"], claimed=claimed, realised=realised))
        if cells.get(OWNER):
            owners[cells["firm"]] = cells[OWNER]
    return Audited(audits=tuple(audits), owners=owners)


def _rows(text: str, where: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="", strict=True, skipinitialspace=True)
    try:
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise RecordError(f"{where}: column {missing[0]} is missing; expected {', '.join(columns)}")
        for row in reader:
            yield (
                reader.line_num,
                {name: cell.strip() for name, cell in row.items() if isinstance(cell, str)}
                | dict.fromkeys([name for name, cell in row.items() if cell is None], ""),
            )
    except csv.Error as error:
        raise RecordError(f"{where}: line {reader.line_num}: {error}; expected CSV") from error


def _amount(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan
