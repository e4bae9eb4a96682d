"""Two nodes with a line between them by mutual TLS, as real processes that may be killed at any time.

A node is here its database, the exchange's listener and the exchange's turns: what `fastchannel.node.run` starts, without the
pages and the other jobs, so that it is up soon. `Node.start_whole` starts all of it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg

from fastchannel.exchange.roster import Party, Roster, sign_roster
from fastchannel.node.channel import make_certificate
from fastchannel.node.database import Server
from fastchannel.node.exchange_files import make_keys
from fastchannel.node.places import Places
from tests.exchange.parties import CORRIDOR, party, signing
from tests.node.test_server import initialise

OTHER = {"CN": "KR", "KR": "CN"}
SPEED = 20  # of the nodes' clocks: what is offered again after 20 seconds is so after one
PATIENCE = 90.0
# Imports once what a lean node runs on; then for each line that it reads, a process of its own, which nobody waits for: a node
# that is killed fifty times has not to import it all fifty times.
LEAN = """
import os, pathlib, signal, sys, time
from fastchannel.node import config, run, shell
from fastchannel.node.database import Server
from fastchannel.node.places import Places
places = Places(pathlib.Path(sys.argv[1]))
shell.use(places.directory)
from django.core.management.commands import migrate
from django.db.migrations.loader import MigrationLoader
from fastchannel.agreement.shipped import shipped
from fastchannel.node.applying import apply_arrived
from fastchannel.node.desk import office
from fastchannel.node.joint import announce
from fastchannel.node.link import link, post
MigrationLoader(None)
shipped()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    pid = os.fork()
    if pid == 0:
        break
    print(pid, flush=True)
else:
    sys.exit()
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
door = run.launch(places, run.door_command(config.load(places.directory), places))  # it gets ready while the database recovers
server = Server(places)
server.take_over()
server.start(settings=["recovery_init_sync_method=syncfs"])  # as durable, and quicker than each file by itself
run.prepare(places.directory)
found, clock = link(), office().clock
found.lanes.start(clock.now())
announce(found, clock.now())
while door.poll() is None:
    found.exchange(clock.now(), post)
    apply_arrived(found, clock.now())
    time.sleep(0.1)
"""


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind((host, 0))
        port: int = free.getsockname()[1]
        return port


@dataclass(frozen=True)
class Lean:
    """A lean node that runs: no child of this process, and gone once its number is nobody's."""

    pid: int

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGTERM)

    def wait(self, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while Path(f"/proc/{self.pid}").exists():
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("a lean node", seconds)
            time.sleep(0.01)


@dataclass
class Node:
    """One party's node. ``prefix`` is put before its commands: the name space that it runs in."""

    party: str
    directory: Path
    address: str
    prefix: tuple[str, ...] = ()
    running: subprocess.Popen[bytes] | Lean | None = None
    source: subprocess.Popen[bytes] | None = None  # of lean nodes
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        return Server(Places(self.directory))

    def start(self, code: str = LEAN) -> None:
        if code != LEAN:
            self.running = self._python(code)
            return
        if self.source is None:
            self.source = self._python(LEAN, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.source.stdin is not None
        assert self.source.stdout is not None
        self.source.stdin.write(b"\n")
        self.source.stdin.flush()
        self.running = Lean(int(self.source.stdout.readline()))

    def _python(self, code: str, *, stdin: int | None = None, stdout: int | None = None) -> subprocess.Popen[bytes]:
        command = [*self.prefix, sys.executable, "-c", code, str(self.directory)]
        with (self.directory / "run.log").open("ab") as log:
            return subprocess.Popen(
                command, env=self.environment, stdin=stdin, stdout=log if stdout is None else stdout, stderr=log
            )

    def start_whole(self) -> None:
        self.start("import sys; from fastchannel.node.run import main; sys.exit(main())")

    def kill(self) -> None:
        """kill -9 of everything that the node is, its database too, and nobody has time for anything."""
        assert self.running is not None
        self.running.send_signal(signal.SIGSTOP)  # so that it starts nothing more
        for pid in [self.running.pid, *descendants(self.running.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running.wait()
        self.running = None

    def stop(self) -> None:
        if self.running is not None:
            self.running.terminate()
            try:
                self.running.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
            self.running = None
        if self.source is not None:
            self.source.communicate()
            self.source = None
        self.server.stop()

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.server.dsn(), connect_timeout=2) as connection:
            return list(connection.execute(question))

    def count(self, question: str) -> int:
        """The one number that the database answers; -1 where it does not answer now."""
        try:
            (found,) = self.rows(question)[0]
        except psycopg.Error:
            return -1
        assert isinstance(found, int)
        return found

    def until(self, question: str, enough: Callable[[int], bool]) -> int:
        end, found = time.monotonic() + PATIENCE, -1
        while time.monotonic() < end:
            found = self.count(question)
            if found >= 0 and enough(found):
                return found
            time.sleep(0.05)
        log = (self.directory / "run.log").read_text(errors="replace")[-3_000:]
        raise AssertionError(f"{self.party}: {question}: {found} after {PATIENCE:.0f} s\n{log}")

    def leaves(self, lane: str) -> list[bytes]:
        rows = self.rows(f"SELECT leaf FROM node_laneentry WHERE lane_id = '{lane}' ORDER BY seq")
        return [bytes(row[0]) for row in rows if isinstance(row[0], bytes)]


def descendants(pid: int) -> list[int]:
    """Every process below that one. Linux alone."""
    found = []
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


@contextmanager
def pair(place: Path, hosts: dict[str, str] | None = None) -> Iterator[dict[str, Node]]:
    """Two nodes that know each other's keys, certificates and addresses; not started yet, and stopped in the end."""
    hosts = hosts or {"CN": "127.0.0.1", "KR": "127.0.0.1"}
    nodes = {}
    for code, host in hosts.items():
        assert initialise(place / code, code).returncode == 0
        port = 8843 if hosts["CN"] != hosts["KR"] else free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FASTCHANNEL_")}
        environment["FASTCHANNEL_PORT"] = str(free_port())
        nodes[code] = Node(party=code, directory=place / code, address=f"{host}:{port}", environment=environment)
    link_up(nodes)
    try:
        yield nodes
    finally:
        for node in nodes.values():
            node.stop()


def link_up(nodes: dict[str, Node]) -> None:
    """Make the keys, the certificates and the list of them, and write the settings."""
    entries = []
    for code, node in nodes.items():
        places = Places(node.directory)
        keys = make_keys(places)
        shown = make_certificate(code, places.exchange_certificate, places.exchange_tls_key, 30)
        entries.append(Party(code=code, roots=party(code).roots, keys=keys, certificates=(shown,)))
    roster = Roster(corridor=CORRIDOR, version=1, threshold=2, parties=tuple(entries))
    signed = msgspec.json.encode(sign_roster(roster, [signing(code, "root") for code in nodes]))
    since = datetime.now(UTC).isoformat(timespec="seconds")
    for code, node in nodes.items():
        places = Places(node.directory)
        places.roster.write_bytes(signed)
        settings = places.config.read_text(encoding="utf-8")
        places.config.write_text(
            f'sweep_seconds = 1\nweb_workers = 1\n{settings}\n[peers]\n{OTHER[code]} = "https://{nodes[OTHER[code]].address}/exchange/"\n'
            f'[exchange]\nlisten = "{node.address}"\n[clock]\nstart = {since}\nsince = {since}\nspeed = {SPEED}.0\n',
            encoding="utf-8",
        )
