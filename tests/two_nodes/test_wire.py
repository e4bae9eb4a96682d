"""Two hosts with a bad wire between them: packets are lost, delayed and reordered, and the wire is cut for a while."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.two_nodes.linked import OTHER, PATIENCE, Node, pair
from tests.two_nodes.test_kill import LANES, entries, mirrored
from tests.two_nodes.wire import hosts, why_not

ADDRESSES = {"CN": "10.231.7.1", "KR": "10.231.7.2"}
LOST, DELAY_SECONDS, SEED = 0.05, (0.02, 0.06), 20200522
EACH = 150
APPEND = """
import pathlib, sys
from fastchannel.node import shell
shell.use(pathlib.Path(sys.argv[1]))
from fastchannel.node.link import link
from tests.exchange.parties import AGREEMENT, body_of, draft, result
lane, first, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
party, other = lane.split("/")[1:3]
for number in range(first, first + count):
    link().lanes.append(lane, [draft(number, id=f"{party}-{number}", body=body_of(AGREEMENT, result(number), other))])
"""

pytestmark = pytest.mark.slow


def append(node: Node, first: int, count: int) -> None:
    command = [sys.executable, "-c", APPEND, str(node.directory), LANES[node.party], str(first), str(count)]
    subprocess.run(command, env=node.environment, check=True)


def until(nodes: dict[str, Node], arrived: int) -> None:
    end = time.monotonic() + PATIENCE
    while mirrored(nodes) != arrived:
        assert time.monotonic() < end, [(node.directory / "run.log").read_text()[-2_000:] for node in nodes.values()]
        time.sleep(0.1)


def test_what_two_hosts_say_arrives_once_over_a_bad_wire(place: Path) -> None:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with hosts(ADDRESSES, SEED, LOST, DELAY_SECONDS) as (names, wire), pair(place, ADDRESSES) as nodes:
        for code, node in nodes.items():
            node.prefix = ("ip", "netns", "exec", names[code])
            node.start()
        for code, node in nodes.items():
            node.until(entries(LANES[code]), lambda found: found == 0)
        for node in nodes.values():
            append(node, 0, EACH)
        until(nodes, 2 * EACH)
        wire.cut = True
        for node in nodes.values():
            append(node, EACH, EACH)
        time.sleep(2.0)
        assert mirrored(nodes) == 2 * EACH
        wire.cut = False
        until(nodes, 4 * EACH)
        for code, lane in LANES.items():
            found = nodes[OTHER[code]].rows(f"SELECT entry FROM node_laneentry WHERE lane_id = '{lane}' ORDER BY seq")
            assert [row[0] for row in found] == [f"{code}-{number}" for number in range(2 * EACH)]
            assert nodes[code].leaves(lane) == nodes[OTHER[code]].leaves(lane)
        assert wire.dropped > 10
        assert wire.carried > 200
