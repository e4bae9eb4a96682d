"""What the commands that deal with places read, and how they say a conflict."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from fastchannel.cli.console import emit_json, message
from fastchannel.cli.files import read_file
from fastchannel.supply.errors import SupplyError
from fastchannel.terms.language import N_, translate

ROWS_REJECTED = 1
CONFLICT = 3
REJECTED = N_("line {line}, {column}: found {found}, expected {expected}")
COUNTED = N_("{rows} rows: {accepted} accepted, {rejected} rejected")
CONFLICTING = N_("these limits cannot be kept together: {limits}")
ENOUGH = N_("it is enough that {limit} gives way by {by}, all others kept")
NOT_ENOUGH = N_("{limit} alone cannot give way enough")
SHORT = N_("with every other limit kept, {limit} is missed by {by} people at least")


class AllocationFileError(SupplyError):
    """A file of the command cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Applications, and what the answer says of the rows that are none. ``refused`` where nothing may be done with them."""

    applications: list[Any]
    told: dict[str, Any]
    refused: bool
    faulty: bool


def text_of(name: str) -> str:
    """The text of a file; ``-`` is stdin. Raises AllocationFileError."""
    raw = sys.stdin.buffer.read() if name == "-" else read_file(Path(name), AllocationFileError)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AllocationFileError(f"{name}: {error}, expected text in UTF-8; save the file as UTF-8") from error


def rows_of(name: str, language: str, *, skip_faults: bool) -> Rows:
    """The applications of a file; each fault goes to stderr. Raises AllocationFileError."""
    from fastchannel.supply.places.reading import read_applications

    rows, faults = read_applications(text_of(name))
    for fault in faults:
        message(f"{name}: {translate(REJECTED, language, **msgspec.to_builtins(fault))}")
    counted = {"rows": len(rows) + len(faults), "accepted": len(rows), "rejected": len(faults)}
    if faults:
        message(translate(COUNTED, language, **counted))
    told = {"counted": counted, "faults": msgspec.to_builtins(faults)}
    return Rows(applications=rows, told=told, refused=bool(faults) and not skip_faults, faulty=bool(faults))


def values_of(name: str) -> dict[str, list[float]]:
    """What ``supply criticality --json`` says that each application is worth by arrival day. Raises AllocationFileError."""
    try:
        found = msgspec.json.decode(text_of(name), type=_Criticality)
    except msgspec.MsgspecError as error:
        raise AllocationFileError(
            f"{name}: {error}; expected what `fastchannel supply criticality --applications FILE --json` writes"
        ) from error
    return {one.identifier: one.values for one in found.applications}


class _Valued(msgspec.Struct, frozen=True):
    identifier: str
    values: list[float]


class _Criticality(msgspec.Struct, frozen=True):
    applications: list[_Valued]


def promises_of(name: str) -> tuple[Any, ...]:
    """The grants of an earlier allocation, as CSV or as its ``--json``. Raises AllocationFileError and RecordError."""
    from fastchannel.supply.places.application import Grant
    from fastchannel.supply.places.reading_promises import read_promises

    text = text_of(name)
    if not text.lstrip().startswith("{"):
        return read_promises(text, name)
    try:
        return msgspec.convert(json.loads(text)["grants"], tuple[Grant, ...])
    except (ValueError, KeyError, msgspec.ValidationError) as error:
        raise AllocationFileError(f"{name}: {error}; expected what `fastchannel supply allocate --json` writes") from error


def show_conflict(found: Any, told: dict[str, Any] | None, language: str) -> None:
    """Which limits conflict and what would be enough; as JSON where ``told`` is the rest of the answer."""
    if told is not None:
        emit_json({"conflict": msgspec.to_builtins(found), **told})
        return
    click.echo(translate(CONFLICTING, language, limits="; ".join(found.limits)))
    for one in found.relaxations:
        if one.by is None:
            click.echo(translate(NOT_ENOUGH, language, limit=one.limit))
        else:
            click.echo(translate(ENOUGH, language, limit=one.limit, by=f"{one.by:.6g}"))
    for one in found.floors_short:
        click.echo(translate(SHORT, language, limit=one.limit, by=f"{one.by:.6g}"))
