"""Two real nodes with a line of mutual TLS, either killed with -9 fifty times at random: nothing is lost, nothing doubled."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exchange.parties import CORRIDOR
from tests.two_nodes.linked import OTHER, PATIENCE, Node, pair

KILLS, SEED = 50, 20200501
MOST_AT_ONCE = 2  # events of one application
LANES = {code: f"{CORRIDOR}/{code}/{OTHER[code]}/bulk" for code in OTHER}
# Writes without an end, whatever is killed meanwhile: on failure the same again, and a line only for what was committed.
APPLY = """
import pathlib, sys, time
from datetime import timedelta
from fastchannel.node import shell
shell.use(pathlib.Path(sys.argv[1]))
from django.db import Error, connection
from fastchannel.node.desk import office
from tests.web import scene
number = 0
plan = scene.itinerary(departure=office().clock.now() + timedelta(days=20))  # once: the same again is the same to the letter
while True:
    try:
        done = scene.done(scene.applications.apply(
            office(), scene.actor(scene.Role.SPONSOR), agreement="china-korea", route="kr-cn", purpose="technical-service",
            itinerary=plan, person=scene.person("A B", f"M{1000000 + number}"), duties=scene.DUTIES, key=f"a-{number}",
        ))
    except Error:
        connection.close()
        time.sleep(0.1)
    else:
        print(*done.events, flush=True)
        number += 1
        time.sleep(0.05)
"""
APPEND = """
import pathlib, sys, time
from fastchannel.node import shell
shell.use(pathlib.Path(sys.argv[1]))
from django.db import Error, IntegrityError, connection
from fastchannel.node.link import link
from tests.exchange.parties import draft
number = 0
while True:
    try:
        link().lanes.append(sys.argv[2], [draft(number)])
    except IntegrityError:
        pass  # it was committed, and only the answer was lost
    except Error:
        connection.close()
        time.sleep(0.1)
        continue
    print(f"kr-{number}", flush=True)
    number += 1
    time.sleep(0.05)
"""

pytestmark = pytest.mark.slow


def entries(lane: str) -> str:
    return f"SELECT count(*) FROM node_laneentry WHERE lane_id = '{lane}'"


def names(node: Node, lane: str) -> list[object]:
    return [row[0] for row in node.rows(f"SELECT entry FROM node_laneentry WHERE lane_id = '{lane}' ORDER BY seq")]


def write(node: Node, code: str) -> subprocess.Popen[bytes]:
    """Somebody who writes until told to stop, and says what was committed."""
    out = (node.directory / "written").open("wb")
    command = [sys.executable, "-c", code, str(node.directory), LANES[node.party]]
    with out, (node.directory / "writer.log").open("wb") as log:
        return subprocess.Popen(command, env=node.environment, stdout=out, stderr=log)


def test_fifty_kills_of_either_node_lose_nothing_and_double_nothing(place: Path) -> None:
    chance = random.Random(SEED)
    with pair(place) as nodes:
        for node in nodes.values():
            node.start()
        for node in nodes.values():
            node.until("SELECT count(*) FROM node_peertext", lambda found: found > 0)  # before, nobody applies under them
        writers = [write(nodes["CN"], APPLY), write(nodes["KR"], APPEND)]
        try:
            moved(nodes, 0)
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.0, 0.3))
                before, victim = mirrored(nodes), nodes[chance.choice(["CN", "KR"])]
                victim.kill()
                victim.start()
                moved(nodes, before)
            for node, writer in zip(nodes.values(), writers, strict=True):
                assert writer.poll() is None, (node.directory / "writer.log").read_text()[-3_000:]
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()
        for node in nodes.values():
            node.stop()
            node.start_whole()
        arrived(nodes)
        for node in nodes.values():
            node.kill()
            node.start_whole()
        arrived(nodes)


def mirrored(nodes: dict[str, Node]) -> int:
    """How many entries have arrived, both ways together; -1 where a database does not answer."""
    found = [nodes[OTHER[code]].count(entries(lane)) for code, lane in LANES.items()]
    return -1 if -1 in found else sum(found)


def moved(nodes: dict[str, Node], before: int) -> None:
    """There is traffic again: both nodes are up, and more has arrived than before the kill."""
    end = time.monotonic() + PATIENCE
    while mirrored(nodes) <= before:
        assert time.monotonic() < end, [(node.directory / "run.log").read_text()[-2_000:] for node in nodes.values()]
        time.sleep(0.1)


def arrived(nodes: dict[str, Node]) -> None:
    """Everything that was committed is at the other side, once, in the same bytes and the same order."""
    for code, lane in LANES.items():
        node, other = nodes[code], nodes[OTHER[code]]
        size = node.until(entries(lane), lambda found: found > KILLS)
        other.until(entries(lane), lambda found, size=size: found == size)  # type: ignore[misc]
        assert node.leaves(lane) == other.leaves(lane)
        found = names(other, lane)
        assert len(set(found)) == len(found) == size
        written = (node.directory / "written").read_text().split()
        assert len(written) > KILLS
        assert set(written) <= set(found)
        assert len(found) <= len(written) + MOST_AT_ONCE  # those that were being written at the end
    recorded = [row[0] for row in nodes["CN"].rows("SELECT id FROM node_event ORDER BY seq")]
    assert recorded == names(nodes["KR"], LANES["CN"])
    nodes["KR"].until("SELECT count(*) FROM node_event", lambda found: found >= len(recorded))
    assert nodes["KR"].rows("SELECT id FROM node_event ORDER BY id") == [(name,) for name in sorted(recorded, key=str)]
