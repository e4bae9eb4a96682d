"""Whether the node is well: its database, its migrations, its worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from fastchannel.node.models import Heartbeat

SILENT = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What answers, and since when the worker has been silent."""

    database: bool
    migrations: bool
    worker: bool
    worker_seen: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return self.database and self.migrations and self.worker


_migrated = False


def check() -> Health:
    """Ask each part."""
    global _migrated  # noqa: PLW0603 — migrations only go forward, so once is enough for a process
    try:
        seen = Heartbeat.objects.filter(part="worker").values_list("at", flat=True).first()
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Health(database=False, migrations=False, worker=False)
    alive = seen is not None and datetime.now(UTC) - seen < SILENT
    return Health(database=True, migrations=_migrated, worker=alive, worker_seen=seen)
