"""Many new rows at once: PostgreSQL's COPY where there are many, an ordinary INSERT where there are few.

COPY fires the same triggers and checks the same constraints; what it saves is a statement as long as its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models
from psycopg.types.json import Jsonb

FEW = 100
Made = TypeVar("Made", bound=models.Model)


def insert(manager: models.Manager[Made], rows: Sequence[Made]) -> None:
    """Write rows that are new. Their keys are the database's where the model leaves them to it, and are not read back."""
    if len(rows) < FEW:
        manager.bulk_create(rows)
        return
    meta = manager.all().query.get_meta()
    written = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in written)
    readers = [_reader(field) for field in written]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([read(row) for read in readers])


def _reader(field: models.Field[Any, Any]) -> Callable[[models.Model], object]:
    found = attrgetter(field.attname)
    if isinstance(field, models.JSONField):
        return lambda row: None if found(row) is None else Jsonb(found(row))
    return found
