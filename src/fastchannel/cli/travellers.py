"""What a file says about one traveller: a JSON array of events, or the fields of an event in each of some rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import KINDS, Event, EventError, Itinerary, decode_many, from_fields

FIELDS = frozenset(
    {"kind"}
    | {name for kind in KINDS.values() for name in kind.__struct_fields__}
    | {f"itinerary.{name}" for name in Itinerary.__struct_fields__}
)
_OWN = {name: frozenset({"kind", *kind.__struct_fields__}) for name, kind in KINDS.items()}
_LISTS = frozenset({"evidence", "duties"})
_JSON = frozenset({"replacement", "itinerary"})
_TRUTHS = frozenset(
    name
    for kind in KINDS.values()
    for name, made in zip(kind.__struct_fields__, msgspec.structs.fields(kind), strict=True)
    if made.type is bool
)
_READ = _LISTS | _JSON | _TRUTHS | {"version"}  # whose text in a cell is not the value itself


class TravellersError(FastChannelError):
    """The file cannot be read as travellers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """One journey as its file has it; ``line`` is where it begins, counted from 1 (in Parquet, the row)."""

    line: int
    journey: str
    raw: bytes | None = None  # a JSON array of events, or an object that holds one
    rows: tuple[tuple[int, Mapping[Any, Any]], ...] = ()  # or the filled cells of one event each, with its line; None: too many


class _Wrapped(msgspec.Struct, forbid_unknown_fields=True):
    events: msgspec.Raw
    journey: str = ""


_wrapped = msgspec.json.Decoder(_Wrapped)


def events_of(traveller: Traveller) -> list[Event]:
    """The traveller's events. Raises EventError, which says what was found."""
    try:
        return _events_of(traveller)
    except RecursionError as error:
        raise EventError("no journey: it is nested too deeply") from error


def _events_of(traveller: Traveller) -> list[Event]:
    if traveller.raw is None:
        return _from_rows(traveller.rows)
    raw = traveller.raw
    if raw.lstrip()[:1] == b"{":
        try:
            raw = bytes(_wrapped.decode(raw).events)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EventError(f"no journey: {error}; expected an array of events or {{journey, events}}") from error
    events = decode_many(raw)
    if not events:
        raise EventError("a journey without events; expected at least its application")
    return events


def _from_rows(rows: tuple[tuple[int, Mapping[Any, Any]], ...]) -> list[Event]:
    fields = [_fields_of(line, row) for line, row in rows]
    try:
        return decode_many(msgspec.json.encode(fields))  # all at once takes a tenth of the time that one by one takes
    except (EventError, TypeError, ValueError):
        return [_from_fields(line, found) for (line, _), found in zip(rows, fields, strict=True)]


def _fields_of(line: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    if None in row:
        raise EventError(f"line {line}: found more cells than the header has columns")
    fields: dict[str, Any] = {}
    for name, value in row.items():
        if value == "":
            continue
        if "." in name:
            outer, _, inner = name.partition(".")
            fields.setdefault(outer, {})[inner] = value
        elif name in _READ and isinstance(value, str):
            fields[name] = _value(line, name, value)
        else:
            fields[name] = value
    own = _OWN.get(str(fields.get("kind")))
    if own is None:
        raise EventError(f"line {line}: kind: found {fields.get('kind', '')!r}, expected one of {', '.join(KINDS)}")
    # A table of all kinds has columns that this kind does not know: empty is right, filled is a mistake.
    if not own.issuperset(fields):
        raise EventError(f'line {line}: an event of kind "{fields["kind"]}" has no {", ".join(sorted(fields.keys() - own))}')
    return fields


def _from_fields(line: int, fields: dict[str, Any]) -> Event:
    try:
        return from_fields(fields)
    except EventError as error:
        raise EventError(f"line {line}: {error}") from error


def _value(line: int, name: str, text: str) -> Any:
    if name in _LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if name in _JSON:
        try:
            return json.loads(text)
        except ValueError as error:
            raise EventError(f"line {line}: {name}: no JSON: {error}") from error
    if name in _TRUTHS and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if name == "version" and text.isdecimal() else text
