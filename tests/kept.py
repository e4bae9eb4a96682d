"""The rows of a scene, written once in each process by the casework itself and put back for every further test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from psycopg import sql

Scene = TypeVar("Scene")
Rows = dict[str, list[bytes]]
COUNTED = ["node_journeycount", "node_sponsorcount", "node_followedcount"]  # by triggers, of rows that are put back too


@dataclass(frozen=True, slots=True)
class Kept:
    """What a scene answered, where its clock stood in the end, and the rows that it added."""

    answer: Any
    instant: datetime
    rows: Rows


_KEPT: dict[Callable[..., Any], Kept] = {}


def played(play: Callable[[Any, Any], Scene], desk: Any, clock: Any) -> Scene:
    """What ``play`` writes and answers, played or put back.

    Only where no journey is there before, for what is written may depend on it. The numbers of the rows are nobody else's:
    no sequence ever goes back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM node_journey)")
        (others,) = cursor.fetchone()
    if others:
        return play(desk, clock)
    kept = _KEPT.get(play)
    if kept is None:
        before = _rows()
        answer = play(desk, clock)
        rows = _rows()
        if all(set(lines) <= set(rows[table]) for table, lines in before.items()):
            added = {table: [line for line in lines if line not in set(before[table])] for table, lines in rows.items()}
            _KEPT[play] = Kept(answer=answer, instant=clock.instant, rows=added)
        return answer
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lines in kept.rows.items():
            if lines:
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(b"".join(lines))
    clock.instant = kept.instant
    answered: Scene = kept.answer
    return answered


def _rows() -> Rows:
    """Every row of every table, as COPY writes it."""
    found: Rows = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)", [COUNTED])
        for (table,) in cursor.fetchall():
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                found[table] = b"".join(bytes(part) for part in copy).splitlines(keepends=True)
    return found
