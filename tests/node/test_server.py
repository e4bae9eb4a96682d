"""The embedded server: it starts, stops cleanly, survives kill -9, and is not fooled by what a crash leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fastchannel.node.backup import backup, restore
from fastchannel.node.database import Server, running
from fastchannel.node.errors import BackupError, NodeError
from fastchannel.node.init import create
from fastchannel.node.places import Places

pytestmark = pytest.mark.slow


@pytest.fixture
def server(place: Path) -> Iterator[Server]:
    made = Server(Places(place / "node"))
    yield made
    made.stop()


def write(server: Server, text: str) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS t (x text)")
        connection.execute("INSERT INTO t VALUES (%s)", [text])


def read(server: Server) -> list[str]:
    with psycopg.connect(server.dsn()) as connection:
        return [row[0] for row in connection.execute("SELECT x FROM t ORDER BY x")]


def test_what_was_committed_survives_kill_9_and_what_was_left_behind_fools_nobody(server: Server) -> None:
    process = server.start()
    assert process is not None
    write(server, "a")
    process.kill()
    process.wait()
    assert (server.places.data / "postmaster.pid").exists()
    assert server.pid() is None
    again = server.start()
    assert again is not None
    write(server, "b")
    assert read(server) == ["a", "b"]
    server.stop()
    again.wait()
    assert server.pid() is None
    assert not (server.places.data / "postmaster.pid").exists()


def test_a_running_server_is_used_and_left_running(server: Server) -> None:
    process = server.start()
    assert process is not None
    with running(server):
        write(server, "a")
    assert server.pid() == process.pid
    server.stop()
    process.wait()
    with running(server):
        assert read(server) == ["a"]
    assert server.pid() is None


def test_a_pid_file_that_names_somebody_elses_process_is_no_server(server: Server) -> None:
    with running(server):
        pass
    (server.places.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert server.pid() is None
    with running(server):
        write(server, "a")


def test_the_server_dies_with_the_process_that_started_it(server: Server) -> None:
    code = (
        "import pathlib, sys, time; from fastchannel.node.database import Server; from fastchannel.node.places import Places\n"
        "process = Server(Places(pathlib.Path(sys.argv[1]))).start(); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(server.places.directory)], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"ready\n"
        assert server.pid() is not None
        starter.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while server.pid() is not None and time.monotonic() < until:
        time.sleep(0.1)
    assert server.pid() is None


def test_a_node_with_a_very_long_path_works(place: Path) -> None:
    server = Server(Places(place / ("deep" * 30)))
    with running(server):
        write(server, "a")
        assert read(server) == ["a"]


def initialise(directory: Path, party: str = "CN") -> subprocess.CompletedProcess[str]:
    """A node of its own: in a process of its own, because a process serves one node."""
    code = (
        "import pathlib, sys; from fastchannel.node.init import create\n"
        "made = create(pathlib.Path(sys.argv[1]), party=sys.argv[2])\n"
        "print(len(made.accounts), len({account.password for account in made.accounts}))"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FASTCHANNEL_")}
    return subprocess.run(
        [sys.executable, "-c", code, str(directory), party], env=environment, capture_output=True, text=True, check=False
    )


def test_a_node_is_made_backed_up_and_restored_elsewhere(place: Path) -> None:
    directory = place / "cn"
    done = initialise(directory)
    assert done.stdout.split() == ["7", "7"], done.stderr
    secret = directory / "secrets" / "secret_key"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text()) > 50

    (directory / "trust" / "revoked").mkdir(parents=True)
    (directory / "trust" / "kr.json").write_text("{}")
    (directory / "trust" / "revoked" / "KR.cbor").write_bytes(b"\0")
    made = backup(directory, place / "cn.backup")
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert restore(made.path, place / "again") == "CN"
    assert (place / "again" / "secrets" / "secret_key").read_text() == secret.read_text()
    assert (place / "again" / "trust" / "kr.json").read_text() == "{}"
    assert (place / "again" / "trust" / "revoked" / "KR.cbor").read_bytes() == b"\0"
    counts = []
    for where in (directory, place / "again"):
        with running(Server(Places(where))) as server, psycopg.connect(server.dsn()) as connection:
            counts.append(connection.execute("SELECT count(*) FROM node_account").fetchone())
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute("DELETE FROM node_event")
    assert counts == [(7,), (7,)]

    with pytest.raises(BackupError, match="exists already"):
        backup(directory, made.path)
    with pytest.raises(BackupError, match="empty"):
        restore(made.path, directory)
    with pytest.raises(NodeError, match="empty"):
        create(directory, party="CN")
    damaged = place / "damaged"
    raw = bytearray(made.path.read_bytes())
    raw[len(raw) // 2] ^= 1
    damaged.write_bytes(raw)
    with pytest.raises(BackupError, match=r"damaged|no whole backup"):
        restore(damaged, place / "third")
    (place / "cut").write_bytes(bytes(raw[: len(raw) // 2]))
    with pytest.raises(BackupError):
        restore(place / "cut", place / "fourth")
