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
from pathlib import Path
from typing import Any

import pytest

from fastchannel.node.database import Server
from fastchannel.node.places import Places

SHARED = "TESTS_NODE_DIRECTORY"
EPOCH = datetime(2020, 5, 4, 1, 0, tzinfo=UTC)
# Nothing in the tests' database is worth a wait for the disk; the crash tests run servers of their own.
STARTED: list[subprocess.Popen[bytes]] = []
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
    """Load the settings, so that pytest-django sets Django up."""
    from django.conf import settings

    assert DIRECTORY.resolve() == settings.NODE_DIRECTORY


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
def _flush_append_only_tables() -> Iterator[None]:
    """Tests that commit are cleaned up by TRUNCATE, which our triggers forbid: lift them for that one statement."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    ordinary = DatabaseOperations.sql_flush
    tables = ("node_event", "node_accesslog", "node_breakglass", "node_breakglassreview")

    def lifted(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = ordinary(self, *args, **kwargs)
        if not statements:
            return statements
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only" for table in tables]
        on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only" for table in tables]
        return [*off, *statements, *on]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", lifted)
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
