"""A node as one group of processes: database, worker, web server, and where it is linked with others the exchange's listener.

They are started in this order. When one of them ends by itself the others are stopped, and whoever started the node sees it.
Each dies with this process, even where that is killed with -9; the next start then recovers the database from its log.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from fastchannel.node import config as node_config
from fastchannel.node import shell
from fastchannel.node.database import Server, dies_with_parent, only_one
from fastchannel.node.errors import NodeError
from fastchannel.node.places import Places

STOP_SECONDS = 12.0
MOST_LETTERS = 32  # read at once by the exchange's listener, each of at most letters.MOST_BYTES
# Not "-m": Procrastinate finds tasks by their module's name, which must not be __main__.
_WORKER = "import pathlib, sys; from fastchannel.node.worker import main; main(pathlib.Path(sys.argv[1]))"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Stop:
    asked: bool = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def run(directory: Path, *, ready: Callable[[str], None] | None = None) -> int:
    """Run the node until SIGINT or SIGTERM; the exit code is 0 then, and 1 where a part ended by itself.

    ``ready`` is called with the address once the web server has been started. Raises NodeError.
    """
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    places = Places(directory.resolve())
    config = node_config.load(places.directory)
    with only_one(places.running):
        return _run(places, config, stop, ready)


def _run(places: Places, config: node_config.Config, stop: _Stop, ready: Callable[[str], None] | None) -> int:
    server = None if config.database_url else Server(places)
    if server is not None:
        server.take_over()
    parts: dict[str, subprocess.Popen[bytes]] = {}
    database = server.start() if server is not None else None
    try:
        prepare(places.directory)
        door = door_command(config, places) if config.exchange.listen else []
        parts["worker"] = launch(places, [sys.executable, "-c", _WORKER, str(places.directory)])
        parts["web"] = launch(places, web_command(config))
        if door:
            parts["exchange"] = launch(places, door)
        _log.info("node started", extra={"party": config.party, "port": config.port, "directory": str(places.directory)})
        if ready is not None and not stop.asked:
            ready(f"http://{config.host}:{config.port}/")
        watched = {**parts, **({"database": database} if database is not None else {})}
        while not stop.asked:
            ended = [name for name, process in watched.items() if process.poll() is not None]
            if ended:
                _log.error("part ended", extra={"part": ended[0], "code": watched[ended[0]].returncode})
                return 1
            time.sleep(0.1)
        return 0
    finally:
        _end(parts)
        if server is not None:
            server.stop()
            if database is not None:
                database.wait()
        _log.info("node stopped", extra={"directory": str(places.directory)})


def prepare(directory: Path) -> None:
    """Bring the running database to this version: migrations, and the agreements that ship.

    Raises NodeError where the node is linked with others and its keys cannot be read: better now than at the first write.
    """
    shell.use(directory)
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from fastchannel.node import link, texts

    call_command("migrate", interactive=False, verbosity=0)
    texts.adopt_shipped(settings.CONFIG.party, settings.CONFIG.agreements)
    link.link()
    connections.close_all()


def web_command(config: node_config.Config) -> list[str]:
    """How the web server is started."""
    return [
        sys.executable, "-m", "granian", "fastchannel.web.serve:application", "--interface", "wsgi",
        "--host", config.host, "--port", str(config.port), "--workers", str(config.web_workers),
        "--blocking-threads", str(config.web_threads), "--no-ws", "--respawn-failed-workers",
        "--workers-kill-timeout", "5", "--log-level", "error",
    ]  # fmt: skip


def door_command(config: node_config.Config, places: Places) -> list[str]:
    """The exchange's own listener: whoever has no certificate in the list of keys does not get beyond the handshake.

    Raises NodeError where a file is missing or does not fit the others.
    """
    from fastchannel.node import channel
    from fastchannel.node.exchange_files import read_roster

    found = channel.channel(config, places, read_roster(places.roster))
    places.exchange_peers.write_bytes(found.trusted())
    host, port = config.exchange.address
    return [
        sys.executable, "-m", "granian", "fastchannel.web.door:application", "--interface", "asginl",
        "--host", host, "--port", str(port), "--workers", "1", "--backpressure", str(MOST_LETTERS),
        "--http", "1", "--http1-header-read-timeout", "5000", "--no-ws", "--respawn-failed-workers",
        "--ssl-certificate", str(found.certificate), "--ssl-keyfile", str(found.key), "--ssl-protocol-min", "tls1.3",
        "--ssl-ca", str(places.exchange_peers), "--ssl-client-verify",
        "--workers-kill-timeout", "5", "--log-level", "error",
    ]  # fmt: skip


def launch(places: Places, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a part of the node, which dies with this process."""
    environment = {
        **os.environ,
        node_config.DIRECTORY: str(places.directory),
        "DJANGO_SETTINGS_MODULE": "fastchannel.node.settings",
    }
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 — no threads run here
    )


def _end(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    """Tell each part to stop, then wait for all; whatever does not stop in time is killed with its children."""
    for process in parts.values():
        with suppress(ProcessLookupError):
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in parts.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its own session: what it started, too
        process.wait()


def main() -> int:
    """``python -m fastchannel.node.run DIRECTORY``"""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        return run(Path(sys.argv[1]))
    except NodeError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
