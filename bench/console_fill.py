"""A node's database filled with travellers: some written as the node writes them, then copied under other names by the server.

Each copy has its journey with its standing, person, deadlines, course, whereabouts and place in the monitors' grid; one in
twenty has its events, too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.ports import Entry, Person
from fastchannel.cli.drill import Script, scripts
from fastchannel.terms.events import Event

ORIGINALS = 2_000
DAYS_BACK, DAYS = 150, 180  # departures from 150 days ago to 30 days ahead
_TABLES = {  # by the letter by which a statement calls it: the table, and the column that names the journey
    "j": ("node_journey", "id"),
    "p": ("node_person", "journey_id"),
    "d": ("node_deadline", "journey_id"),
    "c": ("node_course", "journey_id"),
    "w": ("node_whereabout", "journey_id"),
    "f": ("node_followed", "journey_id"),
    "e": ("node_event", "journey_id"),
}
_EVENTS_OF = 20  # one copy in so many has its events: pages read those of one journey, by index
_STEP = 50  # copies in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is in the database, and how long it took to get there."""

    travellers: int
    events: int
    seconds: float
    mebibytes: int


def fill(travellers: int) -> Filled:
    """Fill the database of this process's node with about so many travellers."""
    from django.db import connection

    from fastchannel.node import figures
    from fastchannel.node.desk import office
    from fastchannel.node.models import Event as StoredEvent
    from fastchannel.node.models import Journey

    started = time.monotonic()
    desk = office()
    now = desk.clock.now()
    texts = shipped()["china-korea"]
    first = (now - timedelta(days=DAYS_BACK)).date()
    wanted = min(travellers, ORIGINALS)
    entries = [
        made for one in islice(scripts(texts, seed=7, first=first, days=DAYS), wanted) if (made := _entry(one, now)) is not None
    ]
    for at in range(0, len(entries), 200):
        with desk.journal.transaction():
            desk.journal.append(entries[at : at + 200])
    # Nobody's time comes while pages are measured: the sweep has its own benchmark.
    Journey.objects.update(wake=None)
    copies = max(0, travellers // max(1, len(entries)) - 1)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        for at in range(1, copies + 1, _STEP):
            span = {"first": at, "last": min(at + _STEP - 1, copies)}
            for statement in _statements():
                cursor.execute(statement, span)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    figures.tidy()
    return Filled(
        travellers=Journey.objects.count(),
        events=StoredEvent.objects.count(),
        seconds=time.monotonic() - started,
        mebibytes=size // 2**20,
    )


def _entry(script: Script, now: datetime) -> Entry | None:
    """A script's journey as far as it has come."""
    from fastchannel.node.desk import office

    events = tuple(event for event in script.events if event.recorded <= now)
    if not events:
        return None
    one = script.profile
    person = Person(
        name=one.name, passport=one.passport, birth_date=one.birth_date, nationality=one.nationality, email=one.email,
        telephone=one.telephone, language=one.language,
    )  # fmt: skip
    desk = office()
    identifier = desk.identifiers.new()
    return desk.entry(tuple(_renamed(event, identifier) for event in events), person, now)[0]


def _renamed(event: Event, journey: str) -> Event:
    return msgspec.structs.replace(event, journey=journey)


def _statements() -> list[str]:
    """One for each table: rows of the originals, whose names have no hyphen, under other names."""
    from fastchannel.node.models import Course, Deadline, Event, Followed, Journey, Person, Whereabout

    numbered = {"id", "seq"}
    renamed = {
        "journey_id": "{t}.journey_id || '-' || k",
        "passport": "'E' || lpad((abs(hashtext({t}.passport)::bigint) %% 200000 * 500 + k)::text, 8, '0')",
        "name": "{t}.name || ' ' || k",
        "duplicate_key": "{t}.duplicate_key || k",
    }
    statements = []
    for letter, model in zip(_TABLES, (Journey, Person, Deadline, Course, Whereabout, Followed, Event), strict=True):
        table, key = _TABLES[letter]
        own = {"id": "j.id || '-' || k"} if model is Journey else {"id": "e.id || '-' || k"} if model is Event else {}
        names = [field.column for field in model._meta.concrete_fields if field.column]  # noqa: SLF001 (whole rows are copied)
        names = [name for name in names if name in own or name not in numbered]
        copied = [own.get(name, renamed.get(name, f'{{t}}."{name}"')).replace("{t}", letter) for name in names]
        some = f" AND k %% {_EVENTS_OF} = 0 ORDER BY k, e.seq" if model is Event else ""
        columns = ", ".join(f'"{name}"' for name in names)
        statements.append(
            f"INSERT INTO {table} ({columns}) SELECT {', '.join(copied)} FROM {table} {letter} "
            f"CROSS JOIN generate_series(%(first)s, %(last)s) AS k WHERE position('-' IN {letter}.{key}) = 0{some}"
        )
    return statements
