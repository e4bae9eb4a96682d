"""A node for the tests: settings from a directory of its own, and one embedded server for the whole run.

The server is started by the first test that needs it, is shared by all workers of a run (each has its own database in it),
and is stopped by the process that began the run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.node.database import Server
from fastchannel.node.places import Places

SHARED = "TESTS_NODE_DIRECTORY"
EPOCH = datetime(2020, 5, 4, 1, 0, tzinfo=UTC)
STARTED: list[subprocess.Popen[bytes]] = []
WRITTEN_ONCE = frozenset({"django_content_type", "auth_permission"})
# Nothing in the tests' database is worth a wait for the disk; the crash tests run servers of their own.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")


def _directory() -> tuple[Path, bool]:
    if SHARED in os.environ:
        return Path(os.environ[SHARED]), False
    made = Path(tempfile.mkdtemp(prefix="fc-tests-"))
    (made / "secrets").mkdir()
    (made / "secrets" / "secret_key").write_text("for tests only")
    (made / "node.toml").write_text(
        'party = "CN"\nport = 8800\nhosts = ["testserver", "localhost", "127.0.0.1"]\n'
        '[accounts]\nsecond_factor = "optional" # what is required, tests/web/test_second_factor.py asks\n'
        "four_eyes = false\n"
    )
    os.environ[SHARED] = str(made)
    return made, True


DIRECTORY, BEGAN = _directory()
os.environ["FASTCHANNEL_NODE"] = str(DIRECTORY)
os.environ["DJANGO_SETTINGS_MODULE"] = "fastchannel.node.settings"


def pytest_configure() -> None:
    """Load the settings, so that pytest-django sets Django up; and the tests' passwords are hashed quickly."""
    from django.conf import settings
    from django.contrib.auth.hashers import Argon2PasswordHasher

    assert DIRECTORY.resolve() == settings.NODE_DIRECTORY
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


def pytest_unconfigure() -> None:
    """The process that began the run stops the server, where any test started it."""
    for process in STARTED:
        process.returncode = 0  # it is not this process's to wait for
    if BEGAN:
        Server(Places(DIRECTORY)).stop()
        shutil.rmtree(DIRECTORY, ignore_errors=True)
        os.environ.pop(SHARED, None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server before the database is made."""
    # Kept: it outlives this process where another worker began the run, and nobody may wait for it here.
    process = Server(Places(DIRECTORY)).start(tied=False, settings=FAST)
    if process is not None:
        STARTED.append(process)


@pytest.fixture(scope="session", autouse=True)
def _flush_filled_tables() -> Iterator[None]:
    """Tests that commit are cleaned up by emptying the tables that they filled; our triggers that forbid it are lifted.

    Django would empty every table by TRUNCATE, and then write anew the content types and the permissions, which no page asks.
    """
    from django.core.management.commands import flush
    from django.db import connection
    from django.db.backends.postgresql.operations import DatabaseOperations

    def emptied(self: Any, style: Any, tables: Any, *, reset_sequences: bool = False, allow_cascade: bool = False) -> list[str]:
        assert not reset_sequences
        with connection.cursor() as cursor:
            found = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sorted({*tables} - WRITTEN_ONCE)]
            cursor.execute(" UNION ALL ".join(found))
            filled = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%_append_only'")
            guards = [(table, trigger) for table, trigger in cursor.fetchall() if table in filled]
        if not filled:
            return []
        return [
            *(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" for table, trigger in guards),
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {table}" for table in filled),
            "SET LOCAL session_replication_role = origin",
            *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}" for table, trigger in guards),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptied)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self, instant: datetime = EPOCH) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """Where it stands."""
        return self.instant

    def real(self, instant: datetime) -> datetime:
        """The same: nothing runs here."""
        return instant

    def forward(self, **span: float) -> datetime:
        """Move it by a timedelta's arguments."""
        self.instant += timedelta(**span)
        return self.instant


@cache
def _read(text: str, *, name: str) -> Agreement:
    """An agreement's text, read once by each process."""
    return load(text, name=name)


@pytest.fixture
def hand_clock() -> HandClock:
    """The clock of ``desk``: 4 May 2020, 09:00 in Shanghai."""
    return HandClock()


@pytest.fixture
def desk(db: None, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The node's office over the test database, with the shipped agreements and a clock that is moved by hand."""
    from fastchannel.node import desk as node_desk
    from fastchannel.node import texts

    monkeypatch.setattr(node_desk, "clock", lambda _: hand_clock)
    monkeypatch.setattr(texts, "load", _read)
    node_desk.office.cache_clear()
    texts.adopt_shipped("CN")
    node_desk.office().texts.all()  # so that no test counts the queries that read them
    yield node_desk.office()
    node_desk.office.cache_clear()


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder for a node of the test's own.

    Not `tmp_path`: as root the server is another user, and every start of pytest shuts other users out of the folder above.
    """
    made = Path(tempfile.mkdtemp(prefix="fc-test-"))
    yield made
    Server(Places(made)).stop()
    shutil.rmtree(made, ignore_errors=True)
