"""Child processes of the demonstration: started, started again when they die, and stopped so that none is left."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fastchannel.terms.errors import FastChannelError

STOP_SECONDS = 20.0
RESTARTS = 5  # within RESTART_WINDOW; a child that dies more often will not recover
RESTART_WINDOW = 60.0
_PR_SET_PDEATHSIG = 1


class ChildError(FastChannelError):
    """A child process does not stay up."""


def _end_with_parent() -> None:
    # Where the kernel can, a child hears of its parent's sudden death, so that kill -9 leaves nothing behind either.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True, kw_only=True)
class Child:
    """One process in a session of its own, so that Ctrl-C reaches it only through us. Its output goes to ``log``."""

    name: str
    command: Sequence[str]
    log: Path
    after: Callable[[], bool] = lambda: True  # it is started once this holds
    process: subprocess.Popen[bytes] | None = None
    _deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it, where what it needs is there; otherwise `restart_if_dead` will."""
        if not self.after():
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 — this process starts no threads before its children
            )

    def restart_if_dead(self) -> bool:
        """Start it again where it has died; whether it had. Raises ChildError when it dies again and again."""
        if self.process is None:
            self.start()
            return False
        if self.process.poll() is None:
            return False
        now = time.monotonic()
        self._deaths = [*(death for death in self._deaths if now - death < RESTART_WINDOW), now]
        if len(self._deaths) > RESTARTS:
            raise ChildError(f"{self.name} died {len(self._deaths)} times within a minute; its log: {self.log}\n{self.tail()}")
        self.kill_group()  # what it had started itself may still hold its port
        self.process = None
        self.start()
        return True

    def terminate(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for its end; past the time, and for whatever it leaves, there is SIGKILL."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(seconds, 0.1))
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """End every process of its session's first group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def stop_all(children: Sequence[Child]) -> None:
    """Stop all at once and wait for all."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait(deadline - time.monotonic())
