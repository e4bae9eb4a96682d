"""Two real nodes with a link between them, and either killed with -9 again and again: nothing is lost, nothing doubled."""

from __future__ import annotations

import operator
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import msgspec
import psycopg
import pytest

from fastchannel.exchange.roster import Party, Roster, sign_roster
from fastchannel.node.exchange_files import make_keys
from fastchannel.node.places import Places
from tests.exchange.parties import CORRIDOR, party, signing
from tests.node.test_crash import Node
from tests.node.test_server import initialise

LANE = f"{CORRIDOR}/CN/KR/bulk"
ROUNDS, WRITTEN = 4, 40
WRITE = """
import pathlib, sys
from fastchannel.node import shell
shell.use(pathlib.Path(sys.argv[1]))
from fastchannel.node.desk import office
from tests.web import scene
from datetime import timedelta
desk, first, count = office(), int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    person = scene.person("A B", f"M{1000000 + number}")
    plan = scene.itinerary(departure=desk.clock.now() + timedelta(days=20))
    scene.done(scene.applications.apply(
        desk, scene.actor(scene.Role.SPONSOR), agreement="china-korea", route="kr-cn", purpose="technical-service",
        itinerary=plan, person=person, duties=scene.DUTIES, key=f"a-{number}",
    ))
"""
ENTRIES = f"SELECT count(*) FROM node_laneentry WHERE lane_id = '{LANE}'"
EVENTS = "SELECT count(*) FROM node_event"

pytestmark = pytest.mark.slow


@pytest.fixture
def pair(place: Path) -> dict[str, Node]:
    """Two nodes that know each other's keys and addresses."""
    for code in ("CN", "KR"):
        assert initialise(place / code, code).returncode == 0
    nodes = {code: Node(place / code) for code in ("CN", "KR")}
    made = [Party(code=code, roots=party(code).roots, keys=make_keys(Places(place / code))) for code in nodes]
    roster = Roster(corridor=CORRIDOR, version=1, threshold=2, parties=tuple(made))
    signed = msgspec.json.encode(sign_roster(roster, [signing(code, "root") for code in nodes]))
    for code, other in (("CN", "KR"), ("KR", "CN")):
        places = Places(place / code)
        places.roster.parent.mkdir()
        places.roster.write_bytes(signed)
        address = f"http://127.0.0.1:{nodes[other].environment['FASTCHANNEL_PORT']}/exchange/"
        settings = places.config.read_text(encoding="utf-8")
        places.config.write_text(f'sweep_seconds = 1\n{settings}\n[peers]\n{other} = "{address}"\n', encoding="utf-8")
    return nodes


def leaves(node: Node) -> list[bytes]:
    with psycopg.connect(node.server.dsn()) as connection:
        rows = connection.execute("SELECT leaf FROM node_laneentry WHERE lane_id = %s ORDER BY seq", [LANE]).fetchall()
    return [bytes(row[0]) for row in rows]


def test_kill_9_of_either_node_loses_nothing_and_doubles_nothing(pair: dict[str, Node]) -> None:
    running = {code: node.start() for code, node in pair.items()}
    try:
        for node in pair.values():
            node.until("SELECT count(*) FROM node_heartbeat", lambda found: found > 0)
        for turn in range(ROUNDS):
            command = [sys.executable, "-c", WRITE, str(pair["CN"].server.places.directory), str(turn * WRITTEN), str(WRITTEN)]
            writer = subprocess.Popen(command, env=pair["CN"].environment, stderr=subprocess.DEVNULL)
            pair["CN"].until(EVENTS, partial(operator.lt, turn * WRITTEN))
            victim = "CN" if turn % 2 else "KR"
            running[victim].send_signal(signal.SIGKILL)
            running[victim].wait()
            writer.wait()  # it fails where its database was killed: what it had committed stays
            running[victim] = pair[victim].start()
            pair[victim].until("SELECT count(*) FROM node_heartbeat", lambda found: found > 0)
        recorded = pair["CN"].until(EVENTS, lambda found: found > WRITTEN)
        pair["KR"].until(ENTRIES, lambda found: found == recorded)
        assert pair["CN"].ask(ENTRIES) == recorded
        assert leaves(pair["CN"]) == leaves(pair["KR"])
        names = "SELECT count(DISTINCT entry) FROM node_laneentry"
        assert pair["KR"].ask(names) == recorded
        assert pair["KR"].ask("SELECT count(*) FROM node_event") == 0
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait(60)
        pair["KR"].server.stop()
        pair["CN"].server.stop()
