"""Roster imports: the file is stored before it is acknowledged, then taken in by chunks, each of which is one transaction.

Killed at any point, an import has either the whole of a chunk or nothing of it, and ``done`` says how far it is; so going on
from there loses nothing and doubles nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from django.db import transaction

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework import roster, sheet
from fastchannel.casework.actor import Actor
from fastchannel.casework.applications import current, named
from fastchannel.casework.errors import CaseworkError, InvalidEntryError, KeyConflictError
from fastchannel.casework.intake import Taken, take
from fastchannel.casework.office import checked_key
from fastchannel.casework.permissions import ACTIONS, ROLES, Action, Denial
from fastchannel.casework.roster import Preview, Problem
from fastchannel.node import bulk
from fastchannel.node.desk import Desk, office
from fastchannel.node.models import IdempotencyKey, Import, ImportRow
from fastchannel.terms.events import Role
from fastchannel.terms.language import N_

CHUNK = 500
MOST_WORDS = 500
_read: dict[tuple[str, str], list[roster.Judged]] = {}  # of one import at most
_log = logging.getLogger(__name__)


def preview(actor: Actor, data: bytes, *, agreement: str) -> Preview | Denial:
    """What an import would do, with nothing written. Raises SheetError and InvalidEntryError."""
    denial = _denied(actor)
    if denial:
        return denial
    desk = office()
    text = named(desk, agreement, desk.clock.now())
    sheet_read = roster.read(data)
    first = roster.preview_of(sheet_read, text)
    keys = [row.wanted.key for row in first.rows if row.wanted is not None]
    known = desk.people.known(keys)
    return roster.preview_of(sheet_read, text, known) if known else first


def receive(
    actor: Actor, data: bytes, *, filename: str, agreement: str, duties: Sequence[str] | None, key: str
) -> Import | Denial:
    """Store a roster and see to it that it is taken in. Raises SheetError, InvalidEntryError and KeyConflictError."""
    from fastchannel.node.jobs import enqueue_import

    denial = _denied(actor)
    if denial:
        return denial
    desk = office()
    desk.texts.versions(agreement)
    total = len(roster.read(data).lines)
    digest = hashlib.sha256(data).hexdigest()
    content = hashlib.sha256(f"{digest}\0{agreement}\0{duties}".encode()).hexdigest()
    with transaction.atomic():
        mine, fresh = IdempotencyKey.objects.get_or_create(
            actor=actor.id, key=f"import {checked_key(key)}", defaults={"content": content, "answer": b""}
        )
        if not fresh:
            if mine.content != content:
                raise KeyConflictError(f"idempotency key {key}: it was used before for another file")
            return Import.objects.defer("file").get(id=bytes(mine.answer).decode())
        stored = Import.objects.create(
            account=actor.id,
            actor=_frozen(actor),
            organisation=actor.organisation,
            agreement=agreement,
            filename=filename[-200:],
            digest=digest,
            file=data,
            duties=None if duties is None else list(duties),
            received=desk.clock.now(),
            total=total,
        )
        mine.answer = stored.id.encode()
        mine.save(update_fields=["answer"])
        enqueue_import(stored.id)
    return stored


def process(identifier: str, *, chunks: int | None = None) -> bool:
    """Take in a roster from where it is; True once it is finished. ``chunks`` bounds the work of one call."""
    stored = Import.objects.get(id=identifier)
    if stored.finished is not None:
        return True
    desk = office()
    try:
        text = named(desk, stored.agreement, desk.clock.now())
        judged = _judged(stored, text)
    except CaseworkError as error:
        Import.objects.filter(id=identifier).update(failure=str(error)[:MOST_WORDS], finished=desk.clock.now())
        return True
    while chunks is None or chunks > 0:
        if _chunk(desk, identifier, judged, text):
            return True
        chunks = None if chunks is None else chunks - 1
    return False


def _judged(stored: Import, text: Agreement) -> list[roster.Judged]:
    """Every row of the file. The file of the last import is kept as it was read: an import has many turns.

    Which rows repeat an earlier row of the same file is found over the whole file; what exists already, chunk by chunk.
    """
    key = (stored.id, text.digest)
    found = _read.get(key)
    if found is None:
        found = list(roster.judge(roster.read(bytes(stored.file)), text, ()))
        _read.clear()
        _read[key] = found
    return found


@transaction.atomic
def _chunk(desk: Desk, identifier: str, judged: list[roster.Judged], text: Agreement) -> bool:
    # Two workers on one import take turns: the second finds ``done`` where the first has left it.
    held = Import.objects.select_for_update(no_key=True).defer("file").get(id=identifier)
    if held.finished is not None:
        return True
    actor = _thawed(held.actor)
    rows = judged[held.done : held.done + CHUNK]
    now = desk.clock.now()
    known = desk.people.known([row.wanted.key for row in rows if row.outcome == "accepted" and row.wanted is not None])
    rows = [_against(row, known) for row in rows]
    taken = take(desk, actor, rows, text, duties=held.duties, now=now, roster=identifier)
    bulk.insert(ImportRow.objects, [_stored(held, item) for item in taken])
    held.done += len(taken)
    for item in taken:
        setattr(held, item.outcome, getattr(held, item.outcome) + 1)
    if held.done == held.total:
        held.finished = now
        _read.clear()
    held.save(update_fields=["done", "accepted", "rejected", "duplicate", "finished"])
    _log.info("import chunk", extra={"roster": identifier, "done": held.done, "total": held.total})
    return held.finished is not None


def release_duplicate(actor: Actor, identifier: str, row: int) -> ImportRow | Denial:
    """Record a row that was flagged as a duplicate all the same. Asking twice changes nothing."""
    denial = _denied(actor)
    if denial:
        return denial
    desk = office()
    with transaction.atomic():
        held = Import.objects.select_for_update(no_key=True).get(id=identifier, organisation=actor.organisation)
        found = ImportRow.objects.get(roster=held, row=row)
        if found.outcome != "duplicate":
            return found
        text = current(desk, held.agreement, desk.clock.now())  # it was asked when the roster was taken
        judged = next(item for item in roster.judge(roster.read(bytes(held.file)), text, ()) if item.row == row)
        wished = replace(judged, problems=())
        [taken] = take(desk, actor, [wished], text, duties=held.duties, now=desk.clock.now(), roster=identifier)
        found.outcome, found.journey = taken.outcome, taken.journey
        found.save(update_fields=["outcome", "journey"])
        held.duplicate -= 1
        setattr(held, taken.outcome, getattr(held, taken.outcome) + 1)
        held.save(update_fields=["accepted", "rejected", "duplicate"])
    return found


def unfinished() -> list[str]:
    """The imports that are not finished."""
    return list(Import.objects.filter(finished=None).values_list("id", flat=True))


def result_csv(identifier: str, language: str = "en") -> bytes:
    """What became of each row, as a file for whoever sent it."""
    rows = [["row", "line", "outcome", "journey", "column", "problem"]]
    for item in ImportRow.objects.filter(roster=identifier).order_by("row").iterator():
        start = [str(item.row), str(item.line), item.outcome, item.journey]
        problems = problems_of(item)
        rows += [[*start, problem.column, roster.problem_text(problem, language)] for problem in problems] or [[*start, "", ""]]
    return sheet.write(rows)


def problems_of(row: ImportRow) -> list[Problem]:
    """What was wrong with a row."""
    return msgspec.convert(row.problems, list[Problem])


def _against(row: roster.Judged, known: dict[str, str]) -> roster.Judged:
    if row.wanted is None or row.problems or row.wanted.key not in known:
        return row
    flag = Problem(column="passport", code="duplicate-journey")
    return replace(row, problems=(flag,))


def _stored(held: Import, item: Taken) -> ImportRow:
    return ImportRow(
        roster=held,
        row=item.row,
        line=item.line,
        outcome=item.outcome,
        journey=item.journey,
        problems=msgspec.to_builtins(item.problems),
    )


def _denied(actor: Actor) -> Denial | None:
    if actor.role is Role.SPONSOR and actor.organisation:
        return None
    return Denial(
        code="role",
        action=Action.APPLY,
        message=N_("This step ({action}) is not for your role ({role})."),
        values={"action": ACTIONS[Action.APPLY], "role": ROLES[actor.role]},
    )


def _frozen(actor: Actor) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(actor)
    return built


def _thawed(fields: dict[str, Any]) -> Actor:
    try:
        return msgspec.convert(fields, Actor)
    except msgspec.ValidationError as error:
        raise InvalidEntryError("actor", N_("The import's sender cannot be read: {found}"), found=error) from error
