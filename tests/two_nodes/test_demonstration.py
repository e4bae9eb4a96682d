"""The demonstration's nodes, linked: each plays its own party's people, and both come to show the same journeys."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fastchannel.node.database import Server
from fastchannel.node.places import Places

SHOWN = "SELECT id, agreement, version, stage, verdict, gate, settled, failed, needed FROM node_journey ORDER BY id"
QUIET_SECONDS = 120.0

pytestmark = pytest.mark.slow


def free_ports() -> list[str]:
    probes = [socket.socket() for _ in range(2)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def asked(directory: Path, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(Server(Places(directory)).dsn()) as connection:
        return connection.execute(query).fetchall()


def test_both_dashboards_agree(place: Path) -> None:
    root = place / "demo"
    command = [
        sys.executable, "-m", "fastchannel", "demo", "--fresh", "--directory", str(root), "--speed", "1",
        "--travellers", "40", "--json", "--ports", *free_ports(),
    ]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        assert running.stdout.readline(), "the demonstration did not start"
        deadline = time.monotonic() + QUIET_SECONDS
        while True:
            shown = {party: asked(root / party, SHOWN) for party in ("cn", "kr")}
            if shown["cn"] == shown["kr"]:
                break
            assert time.monotonic() < deadline, set(shown["cn"]) ^ set(shown["kr"])
            time.sleep(1)
        for party, other in (("cn", "KR"), ("kr", "CN")):
            assert asked(root / party, "SELECT entry, said FROM node_laneheld WHERE settled IS NULL") == []
            assert asked(root / party, "SELECT kind, said FROM node_lanealarm") == []
            parties = "SELECT DISTINCT convert_from(body, 'utf8')::json->>'party' FROM node_event ORDER BY 1"
            assert asked(root / party, parties) == [("CN",), ("KR",)]
            persons = "SELECT count(*) FROM node_person p JOIN node_journey j ON j.id = p.journey_id WHERE j.told"
            assert asked(root / party, persons) == [(0,)]
            told = f"SELECT count(*) > 10 FROM node_journey WHERE told AND id LIKE 'drill-{other.lower()}-%'"
            assert asked(root / party, told) == [(True,)]
        stages = {row[3] for row in shown["cn"]}
        assert len(stages) > 4
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)
        running.stdout.close()
