"""The demonstration's child processes: none is left behind, and one that dies is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fastchannel.cli import processes
from fastchannel.cli.processes import Child, ChildError, stop_all

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print('up', child.pid, flush=True); time.sleep(60)"
)


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    made: list[Child] = []

    def one(script: str, **more: object) -> Child:
        log = tmp_path / f"{len(made)}.log"
        made.append(Child(name=f"child {len(made)}", command=[sys.executable, "-c", script], log=log, **more))  # type: ignore[arg-type]
        return made[-1]

    yield one
    for child in made:
        child.kill_group()
        child.wait(1)


def started(child: Child) -> int:
    child.start()
    until(lambda: "up" in child.tail())
    assert child.process is not None
    return child.process.pid


def test_all_are_stopped_at_once_and_what_they_started_too(make: Callable[..., Child]) -> None:
    children = [make(SLEEPS), make(PARENT)]
    pids = [started(child) for child in children]
    pids.append(int(children[1].tail().split()[1]))
    stop_all(children)
    until(lambda: not any(map(alive, pids)))


def test_one_that_will_not_stop_is_killed(make: Callable[..., Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    child = make(STUBBORN)
    pid = started(child)
    stop_all([child])
    assert not alive(pid)


def test_one_that_dies_is_started_again(make: Callable[..., Child]) -> None:
    child = make(SLEEPS)
    pid = started(child)
    assert not child.restart_if_dead()
    os.kill(pid, signal.SIGKILL)
    until(child.restart_if_dead)
    assert child.process is not None
    assert child.process.pid != pid
    assert child.process.poll() is None


def test_one_that_dies_again_and_again_is_given_up_with_its_last_words(make: Callable[..., Child]) -> None:
    child = make("print('no such planet'); raise SystemExit(1)")
    child.start()

    with pytest.raises(ChildError, match="no such planet"):
        until(lambda: child.restart_if_dead() and False)


def test_one_is_started_only_when_what_it_needs_is_there(make: Callable[..., Child]) -> None:
    there: list[bool] = []
    child = make(SLEEPS, after=lambda: bool(there))
    child.start()
    child.restart_if_dead()
    assert child.process is None
    there.append(True)
    child.restart_if_dead()
    assert child.process is not None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from fastchannel.cli.processes import Child; "
        "child = Child(name='x', command=[sys.executable, '-c', 'import time; time.sleep(60)'], log=Path(sys.argv[1])); "
        "child.start(); print(child.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
        until(lambda: not alive(pid))
