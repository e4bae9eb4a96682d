"""A node looked after by its commands, from its making to its copy elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# The settings of the tests' own node must not reach the nodes made here.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("FASTCHANNEL_", "DJANGO_", "TESTS_"))}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fastchannel", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=CLEAN, timeout=240)


def answer(*arguments: object) -> Any:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not under pytest's own folder: that is closed again for the database's user whenever another run begins."""
    with tempfile.TemporaryDirectory(prefix="fc-") as name:
        yield Path(name)


@pytest.mark.slow
def test_a_node_is_made_rebuilt_backed_up_and_restored_by_commands(folder: Path) -> None:
    first, second, file = folder / "first", folder / "second", folder / "backup.tar"
    made = answer("node", "init", first, "--party", "KR", "--port", 8899, "--clock-start", "2020-05-25", "--speed", 10)
    assert {"sponsor", "reviewer", "checkpoint"} <= {account["role"] for account in made["accounts"]}
    assert run("node", "init", first, "--party", "KR").returncode == 2
    assert run("node", "status", first).returncode == 1  # it is not running
    assert answer("node", "rebuild", first) == {"journeys": 0, "changed": []}
    assert answer("node", "adopt", first, "china-korea@1")["adopted"] is False
    stranger = run("node", "adopt", first, "china-singapore")
    assert (stranger.returncode, "this node is KR's" in stranger.stderr) == (2, True)
    unknown = run("journey", "show", "nobody", "--node", first)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "nobody: not found" in unknown.stderr
    assert answer("node", "backup", first, file)["bytes"] == file.stat().st_size
    assert answer("node", "restore", file, second)["party"] == "KR"
    assert run("node", "restore", file, second).returncode == 2


def test_a_directory_that_is_no_node_says_how_to_make_one(tmp_path: Path) -> None:
    done = run("node", "run", tmp_path)
    assert done.returncode == 2
    assert "fastchannel node init" in done.stderr


def test_doctor_says_what_is_there_and_fails_only_for_what_is_needed() -> None:
    done = run("doctor", "--json", "--ports", 18801, 18802)
    findings = json.loads(done.stdout)
    assert all(one["well"] or one["remedy"] for one in findings)
    assert done.returncode == int(any(one["needed"] and not one["well"] for one in findings))
