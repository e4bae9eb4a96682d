"""What two linked nodes carry in a second: one sender, one connection at a time, over loopback HTTPS, durable on both sides.

Both nodes are real: PostgreSQL with its ordinary settings, the exchange's listener with mutual TLS, letters, lanes. Timed is
from the first question until the last entry's acknowledgement is committed at the sender. Every figure stands beside what the
machine could do at most, in the same run: opening HPKE envelopes, Ed25519, SHA-256, writing a page to the databases' disk.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
from cryptography.hazmat.primitives import hpke

from bench.naive_peer import RECEIVER, SENDER, checked, signed
from tests.exchange.parties import BULK, CORRIDOR, draft, reading, signing, stream
from tests.two_nodes.linked import Node, descendants, free_port, pair

LANE = f"{CORRIDOR}/KR/CN/bulk"
PAGE_BYTES = 8192
RECEIVE = """
import pathlib, sys
from fastchannel.node import config, run, shell
from fastchannel.node.database import Server
from fastchannel.node.places import Places
places = Places(pathlib.Path(sys.argv[1]))
Server(places).start()
run.prepare(places.directory)
run.launch(places, run.door_command(config.load(places.directory), places)).wait()
"""
SENT = "CREATE TABLE naive_sent (id text PRIMARY KEY)"
TAKEN = "CREATE TABLE naive (id text PRIMARY KEY, notice bytea, body bytea)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the machine could do at most, a second and core: by one thread, in this run."""

    hpke: float
    ed25519: float
    sha256: float
    fsync: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One run: notices, seconds on the wall and of all processes' CPU, calls, and the most memory of sender and listener."""

    notices: int
    seconds: float
    cpu_seconds: float
    calls: int
    sender_mib: float
    listener_mib: float

    @property
    def rate(self) -> float:
        """Notices a second."""
        return self.notices / self.seconds


def run(*, quick: bool, full: bool) -> tuple[Limits, dict[str, Carried]]:
    """Measure; ``full`` carries a backlog of 700,000 beside."""
    found: dict[str, Carried] = {}
    count = 5_000 if quick else 20_000
    place = Path(tempfile.mkdtemp(prefix="fc-bench-"))
    try:
        place.chmod(0o755)
        with pair(place) as nodes:
            limits = measured(place, 0.3 if quick else 1.0)
            with receiver(nodes), sender(nodes["KR"]):
                name = "one signed POST a notice (the naive peer)"
                found[name] = naive(nodes, 300 if quick else 1_000)
                carry(nodes, 100, 100)  # connections are made, code is loaded
                found["batches of 1,000"] = carry(nodes, count, 1_000)
                found["batches of 100"] = carry(nodes, count // 2, 100)
                if full:
                    found["a backlog of 700,000"] = carry(nodes, 700_000, 1_000)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return limits, found


@contextmanager
def receiver(nodes: Mapping[str, Node]) -> Iterator[None]:
    """CN's database and listener."""
    nodes["CN"].start(RECEIVE)
    nodes["CN"].until("SELECT count(*) FROM node_lane", lambda found: found > 0)
    host, _, port = nodes["CN"].address.partition(":")
    await_port(host, int(port))
    yield


@contextmanager
def sender(node: Node) -> Iterator[None]:
    """KR's database, and this process as its exchange."""
    server = node.server
    server.start()
    os.environ.update({key: value for key, value in node.environment.items() if key == "FASTCHANNEL_PORT"})
    from fastchannel.node import run as node_run

    node_run.prepare(node.directory)
    try:
        yield
    finally:
        server.stop()


def carry(nodes: Mapping[str, Node], count: int, batch: int) -> Carried:
    """Append so many notices to KR's lane, then carry them to CN in batches of at most ``batch``."""
    from fastchannel.exchange import messages as m
    from fastchannel.node.link import link, post
    from fastchannel.node.models import LaneEntry

    found = link()
    assert found is not None
    first = LaneEntry.objects.filter(lane=LANE).count()
    for start in range(first, first + count, 1_000):
        found.lanes.append(LANE, [draft(number) for number in range(start, min(start + 1_000, first + count))])
    calls = 0

    def counted(address: str, raw: bytes) -> bytes:
        nonlocal calls
        calls += 1
        return post(address, raw)

    most, m.MOST_ENTRIES = m.MOST_ENTRIES, batch
    with watched(nodes) as (began, cpu):
        if not first:
            found.lanes.start(datetime.now(UTC))
        while acknowledged() < first + count:
            trouble = found.exchange(datetime.now(UTC), counted)
            assert not trouble, trouble
        seconds, used = time.perf_counter() - began, cpu()
    m.MOST_ENTRIES = most
    assert nodes["CN"].count(f"SELECT count(*) FROM node_laneentry WHERE lane_id = '{LANE}'") == first + count
    return carried(nodes, count, seconds, used, calls)


def acknowledged() -> int:
    """How many entries CN has cosigned, as KR's database says."""
    from fastchannel.node.lanes import overview

    return next(one.acknowledged["CN"] for one in overview() if one.lane == LANE)


def naive(nodes: Mapping[str, Node], count: int) -> Carried:
    """One signed call a notice over the same HTTPS, committed at both sides, each answered before the next."""
    from fastchannel.node import run as node_run
    from fastchannel.node.channel import channel
    from fastchannel.node.config import load
    from fastchannel.node.exchange_files import read_roster
    from fastchannel.node.places import Places

    taker = Places(nodes["CN"].directory)
    port, held = free_port(), Places(nodes["KR"].directory)
    with psycopg.connect(nodes["CN"].server.dsn()) as there, psycopg.connect(nodes["KR"].server.dsn()) as here:
        there.execute(TAKEN)
        here.execute(SENT)
    command = node_run.door_command(load(taker.directory, {}), taker)
    command[3] = "bench.naive_peer:application"
    command[command.index("--port") + 1] = str(port)
    os.environ["NAIVE_DSN"] = nodes["CN"].server.dsn()
    served = node_run.launch(taker, command)
    await_port("127.0.0.1", port)
    notices = sealed(count)
    line = channel(load(held.directory, {}), held, read_roster(held.roster)).context("CN")
    try:
        with (
            httpx.Client(verify=line, trust_env=False) as client,
            psycopg.connect(nodes["KR"].server.dsn()) as here,
            watched(nodes) as (began, cpu),
        ):
            for raw in notices:
                answer = client.post(f"https://127.0.0.1:{port}/", content=signed(raw, signing(SENDER)))
                receipt = checked(answer.content, signing(RECEIVER).public_key())
                here.execute("INSERT INTO naive_sent VALUES (%s)", [receipt.decode()])
                here.commit()
            seconds, used = time.perf_counter() - began, cpu()
        with psycopg.connect(nodes["CN"].server.dsn()) as there:
            row = there.execute("SELECT count(*) FROM naive").fetchone()
            assert row == (count,)
    finally:
        served.terminate()
        served.wait()
    return carried(nodes, count, seconds, used, count)


def sealed(count: int) -> list[bytes]:
    """Notices as they travel, for CN and KR's archive."""
    from fastchannel.exchange.sealing import seal

    readers = {code: reading(code).public_key() for code in ("CN", "KR")}
    return [msgspec.msgpack.encode(seal(draft(n), BULK, n, readers, stream(f"n{n}"))) for n in range(count)]


@contextmanager
def watched(nodes: Mapping[str, Node]) -> Iterator[tuple[float, Callable[[], float]]]:
    """When it began, and what CPU time both nodes have used since: every process of theirs, the databases too."""
    before = cpu_seconds(nodes)
    yield time.perf_counter(), lambda: cpu_seconds(nodes) - before


def processes(nodes: Mapping[str, Node]) -> list[int]:
    """Of the receiver and of this one, the sender."""
    assert nodes["CN"].running is not None
    return [os.getpid(), *{*descendants(os.getpid()), *descendants(nodes["CN"].running.pid)}]


def cpu_seconds(nodes: Mapping[str, Node]) -> float:
    """User and system time of all processes."""
    ticks = 0
    for pid in processes(nodes):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def carried(nodes: Mapping[str, Node], count: int, seconds: float, used: float, calls: int) -> Carried:
    """With the most memory that the sender and the largest process of the listener have held so far."""
    assert nodes["CN"].running is not None
    listener = [peak(pid) for pid in descendants(nodes["CN"].running.pid) if "door" in command_of(pid)]
    return Carried(
        notices=count, seconds=seconds, cpu_seconds=used, calls=calls, sender_mib=peak(os.getpid()), listener_mib=max(listener)
    )  # fmt: skip


def command_of(pid: int) -> str:
    """What a process was started with."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def peak(pid: int) -> float:
    """The most memory that it has held, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def await_port(host: str, port: int) -> None:
    """Until somebody listens there."""
    import socket

    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def measured(place: Path, seconds: float) -> Limits:
    """The limits, each for so long."""
    suite, private = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM), reading("CN")
    wrapped = suite.encrypt(b"k" * 32, private.public_key(), info=b"i")
    key, said = signing("CN"), b"x" * 200
    signature, public = key.sign(said), key.public_key()
    leaf = b"\0" + b"x" * 500
    target = os.open(place / "page", os.O_WRONLY | os.O_CREAT)
    page = b"x" * PAGE_BYTES

    def written() -> None:
        os.pwrite(target, page, 0)
        os.fsync(target)

    found = Limits(
        hpke=each(lambda: suite.decrypt(wrapped, private, info=b"i"), seconds),
        ed25519=each(lambda: public.verify(signature, said), seconds),
        sha256=each(lambda: sha256(leaf).digest(), seconds),
        fsync=each(written, seconds),
    )
    os.close(target)
    return found


def each(call: Callable[[], Any], seconds: float) -> float:
    """Calls a second: the median of five parts."""
    rates = []
    for _ in range(5):
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < seconds / 5:
            call()
            done += 1
        rates.append(done / (time.perf_counter() - began))
    return statistics.median(rates)


def shown(limits: Limits, found: Mapping[str, Carried]) -> str:
    """The table: each figure with its share of what HPKE, Ed25519, SHA-256 and the disk alone would allow.

    A notice takes one opening and one hash; a call takes two signatures checked and, at either side, one page written.
    """
    lines = [
        (
            f"limits a second: HPKE opening {limits.hpke:,.0f}, Ed25519 verification {limits.ed25519:,.0f}, "
            f"SHA-256 of a leaf {limits.sha256:,.0f}, fsync of a page {limits.fsync:,.0f}"
        ),
        (
            f"{'over HTTPS, durable at both':<42}{'notices':>9}{'s':>8}{'a second':>10}{'CPU s':>8}{'a core':>8}{'a call':>8}"
            f"{'of HPKE':>9}{'Ed25519':>9}{'SHA-256':>9}{'fsync':>8}{'MiB':>10}"
        ),
    ]
    for name, one in found.items():
        a_call = one.notices / one.calls
        shares = (limits.hpke, limits.ed25519 * a_call / 2, limits.sha256, limits.fsync * a_call / 2)
        lines.append(
            f"{name:<42}{one.notices:>9,}{one.seconds:>8.1f}{one.rate:>10,.0f}{one.cpu_seconds:>8.1f}"
            f"{one.notices / one.cpu_seconds:>8,.0f}{a_call:>8,.0f}"
            + "".join(f"{one.rate / limit:>{width}.1%}" for limit, width in zip(shares, (9, 9, 9, 8), strict=True))
            + f"{f'{one.sender_mib:.0f}+{one.listener_mib:.0f}':>10}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(shown(*run(quick="--quick" in sys.argv, full="--full" in sys.argv)))
