"""A whole node is killed with -9 in the middle of an import, twice; nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from fastchannel.node.database import Server
from fastchannel.node.places import Places
from tests.casework.cases import roster_csv
from tests.node.test_server import initialise

ROWS = 3_000
PATIENCE = 120.0
RECEIVE = """
import pathlib, sys
from fastchannel.node import shell
shell.use(pathlib.Path(sys.argv[1]))
from fastchannel.node import imports
from tests.casework.cases import AGREEMENT, SPONSOR
stored = imports.receive(SPONSOR, pathlib.Path(sys.argv[2]).read_bytes(), filename="r.csv", agreement=AGREEMENT,
                         duties=[], key="crash")
print(stored.id)
"""

pytestmark = pytest.mark.slow


class Node:
    """A node as its own processes."""

    def __init__(self, directory: Path) -> None:
        self.server = Server(Places(directory))
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("FASTCHANNEL_")}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.environment["FASTCHANNEL_PORT"] = str(free.getsockname()[1])

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "fastchannel.node.run", str(self.server.places.directory)]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    def ask(self, question: str) -> int:
        with psycopg.connect(self.server.dsn(), connect_timeout=2) as connection:
            found = connection.execute(question).fetchone()
        return int(found[0]) if found and found[0] is not None else 0

    def until(self, question: str, enough: Callable[[int], bool]) -> int:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                found = self.ask(question)
            except psycopg.OperationalError:
                found = -1
            if found >= 0 and enough(found):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{question}: not within {PATIENCE:.0f} s")


DONE = "SELECT coalesce(max(done), 0) FROM node_import"


def test_kill_9_in_the_middle_of_an_import_loses_nothing_and_doubles_nothing(place: Path) -> None:
    directory = place / "cn"
    assert initialise(directory).returncode == 0
    node = Node(directory)
    roster = place / "roster.csv"
    roster.write_bytes(roster_csv(ROWS))

    first = node.start()
    node.until("SELECT count(*) FROM node_heartbeat", lambda found: found > 0)
    received = subprocess.run(
        [sys.executable, "-c", RECEIVE, str(directory), str(roster)], env=node.environment, capture_output=True, check=False
    )
    assert received.returncode == 0, received.stderr.decode()
    reached = node.until(DONE, lambda found: found > 0)
    assert reached < ROWS
    first.send_signal(signal.SIGKILL)  # the supervisor; the others follow it
    first.wait()

    second = node.start()
    reached = node.until(DONE, lambda found: found > reached)
    assert reached < ROWS
    pid = node.server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)  # the database; the supervisor stops the rest and says so
    assert second.wait(60) == 1

    third = node.start()
    try:
        node.until("SELECT count(finished) FROM node_import", lambda found: found == 1)
        assert node.ask(DONE) == ROWS
        assert node.ask("SELECT accepted FROM node_import") == ROWS
        assert node.ask("SELECT count(*) FROM node_importrow WHERE outcome = 'accepted'") == ROWS
        assert node.ask("SELECT count(DISTINCT journey) FROM node_importrow") == ROWS
        assert node.ask("SELECT count(*) FROM node_journey") == ROWS
        assert node.ask("SELECT count(DISTINCT passport) FROM node_person") == ROWS
        assert node.ask("SELECT count(*) FROM node_event WHERE kind = 'applied'") == ROWS
        assert node.ask("SELECT count(*) FROM node_event WHERE kind = 'sponsored'") == ROWS
    finally:
        third.send_signal(signal.SIGTERM)
        code = third.wait(60)
    assert code == 0
    assert node.server.pid() is None
