"""``fastchannel demo``: two nodes with synthetic travellers in accelerated time, until stopped."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from fastchannel.cli.clock import now
from fastchannel.cli.command import command, json_option
from fastchannel.cli.console import emit_json, message, page
from fastchannel.cli.demo_card import CARD, CREATED, Shown, print_card, read, secret_file
from fastchannel.cli.demo_cast import LANGUAGE_OF
from fastchannel.cli.demo_link import link_nodes, linked, peers_table
from fastchannel.cli.drill import SPONSORS
from fastchannel.cli.processes import Child, ChildError, stop_all
from fastchannel.terms.errors import FastChannelError

PARTIES = ("CN", "KR")
BEGINS = datetime(2020, 5, 25, 0, 0, tzinfo=UTC)  # 09:00 in Seoul; those who left in the first week have been released
SPEED = 720.0  # a simulated day takes two minutes
TRAVELLERS = 240  # at each node, departing in eight weeks
WEEKS = 8
START_SECONDS = 120.0
MARK = ".fastchannel-demonstration"
DRILL = ("[accounts] # a drill's people sign in with the password alone", 'second_factor = "optional"', "four_eyes = false", "")
CONTACTS = (  # numbers that nobody has
    "[contact.CN]", 'phone = "+86 000 555 0100"', 'hours = "08:00-22:00"', 'languages = ["zh-Hans", "ko", "en"]', "",
    "[contact.KR]", 'phone = "+82 000 555 0100"', 'hours = "08:00-22:00"', 'languages = ["ko", "zh-Hans", "en"]', "",
)  # fmt: skip
FAILED = 1


class DemoError(FastChannelError):
    """The demonstration cannot start."""


def add_to(root: click.Group) -> None:
    """Add the command."""
    command(
        root,
        "demo",
        "fastchannel demo",
        "fastchannel demo --fresh --speed 2880 --travellers 800",
        exits={0: "stopped by Ctrl-C or SIGTERM", FAILED: "a node did not stay up: see its log"},
    )(demo)


@click.option(
    "--directory", type=click.Path(path_type=Path, file_okay=False), help="Where the data is kept; the default is in your home."
)
@click.option("--fresh", is_flag=True, help="Throw the data of an earlier demonstration away and start over.")
@click.option(
    "--speed", type=click.FloatRange(1, 20_000), default=SPEED, show_default=True, help="Times faster than real time."
)
@click.option("--travellers", type=click.IntRange(0, 20_000), default=TRAVELLERS, show_default=True, help="At each node.")
@click.option("--ports", nargs=2, type=click.IntRange(1024, 65_535), default=(8801, 8802), show_default=True)
@json_option
def demo(*, directory: Path | None, fresh: bool, speed: float, travellers: int, ports: tuple[int, int], as_json: bool) -> int:
    """Run two nodes, China's and Korea's, with synthetic travellers who move in accelerated time.

    Each node has its own directory, database and port, and they are linked: what happens on one side is recorded by that side's
    people at their own node, which tells the other what the agreement lets it see. So both show the same journeys. What is
    there from an earlier run goes on; time stands still while the demonstration is stopped.
    """
    stop = threading.Event()
    for order in (signal.SIGTERM, signal.SIGINT):
        signal.signal(order, lambda _number, _frame: stop.set())
    root = (directory or Path.home() / ".local" / "share" / "fastchannel" / "demo").resolve()
    nodes = [Node(party=party, port=port, directory=root / party.lower()) for party, port in zip(PARTIES, ports, strict=True)]
    _free_ports(nodes)
    _claim(root, nodes)
    if fresh:
        _throw_away(root, nodes)
    per_week = -(-travellers // WEEKS)
    children = [child for node in nodes for child in node.children(per_week)]
    started = time.monotonic()
    try:
        _make(nodes, speed, stop)
        for child in children:
            if not stop.is_set():
                child.start()
        _await(nodes, children, stop)
        if not stop.is_set():
            _tell([read(node.party, node.url, node.directory) for node in nodes], time.monotonic() - started, as_json)
        while not stop.wait(0.5):
            for child in children:
                if child.restart_if_dead():
                    message(f"{child.name} had died and is started again")
    except ChildError as error:
        message(f"error: {error}")
        return FAILED
    finally:
        message("stopping ...")
        stop_all(children)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One of the two nodes."""

    party: str
    port: int
    directory: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def logs(self, root: Path) -> tuple[Path, Path]:
        """What the node says, and what the drill says."""
        return root / f"{self.party.lower()}.log", root / f"{self.party.lower()}-drill.log"

    def children(self, per_week: int) -> list[Child]:
        """The node itself, and the drill that plays there."""
        log, drill_log = self.logs(self.directory.parent)
        return [
            Child(
                name=f"the node of {self.party}",
                command=[sys.executable, "-m", "fastchannel", "node", "run", str(self.directory)],
                log=log,
            ),
            Child(
                name=f"the drill at {self.party}",
                command=[sys.executable, "-m", "fastchannel.cli.demo_play", str(self.directory), "--per-week", str(per_week)],
                log=drill_log,
                after=self.healthy,
            ),
        ]

    def healthy(self) -> bool:
        """Whether the node says that it is well."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def init(self, speed: float) -> list[str]:
        """The command that makes the node."""
        return [
            sys.executable, "-m", "fastchannel", "node", "init", str(self.directory), "--party", self.party,
            "--port", str(self.port), "--language", LANGUAGE_OF[self.party], "--sponsor", SPONSORS[self.party][0],
            "--clock-start", BEGINS.isoformat(), "--speed", str(speed), "--json",
        ]  # fmt: skip


def _free_ports(nodes: list[Node]) -> None:
    for node in nodes:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", node.port))
            except OSError as error:
                raise DemoError(
                    f"port {node.port}: {error.strerror}. Stop what uses it, or choose others: --ports 8811 8812"
                ) from error


def _claim(root: Path, nodes: list[Node]) -> None:
    """Mark the directory as a demonstration's, so that nobody else's files are ever removed."""
    if (root / MARK).exists():
        return
    foreign = [node.directory for node in nodes if node.directory.exists()]
    if foreign:
        raise DemoError(f"{foreign[0]}: holds files that no demonstration made; choose another --directory")
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).touch()


def _throw_away(root: Path, nodes: list[Node]) -> None:
    """Remove what an earlier demonstration made, and nothing else."""
    for node in nodes:
        if node.directory.exists():
            shutil.rmtree(node.directory)
        for log in node.logs(root):
            log.unlink(missing_ok=True)


def _make(nodes: list[Node], speed: float, stop: threading.Event) -> None:
    """Make the nodes that are not there yet, side by side; let the time of the others go on."""
    new = [node for node in nodes if not (node.directory / CREATED).exists()]
    if new:
        message("making the nodes ...")
    for node in new:
        if node.directory.exists():
            shutil.rmtree(node.directory)  # an earlier start was stopped before the node was whole
    makers = [
        (node, subprocess.Popen(node.init(speed), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True))
        for node in new
    ]
    for node, maker in makers:
        out, err = maker.communicate()
        if maker.returncode != 0:
            stop.set()
            raise DemoError(f"{node.directory}: the node cannot be made: {err.decode(errors='replace').strip()}")
        secret_file(node.directory / CREATED, out)
    directories = {node.party: node.directory for node in nodes}
    if len(new) == len(nodes):
        link_nodes(directories)
    elif not linked(directories):
        raise DemoError(f"{nodes[0].directory.parent}: its nodes are not linked with each other; start over: --fresh")
    _go_on(nodes, speed)


def _go_on(nodes: list[Node], speed: float) -> None:
    """The nodes' time goes on from where the drill last saw it at either, at this speed, and at these ports."""
    from fastchannel.cli.demo_play import Progress

    drills = [node.directory / "drill.json" for node in nodes]
    played = [msgspec.json.decode(drill.read_bytes(), type=Progress).played_until for drill in drills if drill.exists()]
    start, since = max(played, default=BEGINS), now()
    for node in nodes:
        settings = node.directory / "node.toml"
        kept = settings.read_text(encoding="utf-8").split("[clock]")[0].split("[peers]")[0]
        lines = [f"port = {node.port}" if line.startswith("port =") else line for line in kept.splitlines()]
        if DRILL[0] not in lines:  # made before nodes asked for a second step
            lines += DRILL
        if CONTACTS[0] not in lines:
            lines += CONTACTS
        lines += peers_table(node.party, {one.party: one.url for one in nodes})
        lines += ["[clock]", f"start = {start.isoformat()}", f"since = {since.isoformat()}", f"speed = {speed}", ""]
        settings.write_text("\n".join(lines), encoding="utf-8")


def _await(nodes: list[Node], children: list[Child], stop: threading.Event) -> None:
    """Until the nodes answer and the travellers are there."""
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(0.2):
        for child in children:
            child.restart_if_dead()
        if all(node.healthy() and (node.directory / CARD).exists() for node in nodes):
            return
        if time.monotonic() > deadline:
            tails = "\n".join(f"{child.name}:\n{child.tail()}" for child in children)
            raise ChildError(f"no answer within {START_SECONDS:.0f} s\n{tails}")


def _tell(all_shown: list[Shown], seconds: float, as_json: bool) -> None:
    if as_json:
        emit_json({"seconds": round(seconds, 1), "nodes": all_shown})
        return
    for shown in all_shown:
        print_card(page(), shown)
    message(f"Ready after {seconds:.0f} s. Ctrl-C stops it, and the next start goes on from there.")
    message(f"Further sponsors have accounts too: see {CARD} in each node's directory.")
