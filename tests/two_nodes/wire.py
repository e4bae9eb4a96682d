"""A bad wire between two hosts: name spaces of the kernel with a device each, and packets that are lost, delayed, reordered.

The kernel's own emulation (netem) is not in every kernel. Here the packets of two TUN devices pass through this process.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import shutil
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TUN = Path("/dev/net/tun")
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
MOST_BYTES = 65_536
Spaces = dict[str, str]
Delays = tuple[float, float]  # from and to


def why_not() -> str:
    """Why this machine cannot make two hosts; empty where it can."""
    if os.geteuid() != 0:
        return "needs root to make network name spaces"
    if shutil.which("ip") is None:
        return "needs the command ip (package iproute2)"
    if not TUN.exists():
        return f"needs {TUN}"
    name = f"fc-{os.getpid()}-try"
    done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if done.returncode:
        return f"network name spaces are not permitted: {done.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], check=False)
    return ""


@dataclass(slots=True)
class Wire:
    """What carries packets between the devices. ``lost`` of them never arrive; each takes between the two delays."""

    devices: tuple[int, int]
    chance: random.Random
    lost: float
    delay_seconds: Delays
    carried: int = 0
    dropped: int = 0
    cut: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Carry until `ended`."""
        waiting: list[tuple[float, int, int, bytes]] = []
        while not self.ended.is_set():
            now = time.monotonic()
            while waiting and waiting[0][0] <= now:
                _, _, target, packet = heapq.heappop(waiting)
                with suppress(OSError):  # the device is not up yet, or not any more
                    os.write(target, packet)
            pause = min(0.05, waiting[0][0] - now) if waiting else 0.05
            for source in select.select(self.devices, [], [], max(pause, 0.0))[0]:
                packet = os.read(source, MOST_BYTES)
                self.carried += 1
                if self.cut or self.chance.random() < self.lost:
                    self.dropped += 1
                    continue
                at = time.monotonic() + self.chance.uniform(*self.delay_seconds)
                heapq.heappush(waiting, (at, self.carried, self.devices[source == self.devices[0]], packet))


@contextmanager
def hosts(addresses: Spaces, seed: int, lost: float, delay_seconds: Delays) -> Iterator[tuple[Spaces, Wire]]:
    """A name space for each address, joined by a wire; by party the name of its space."""
    names = {code: f"fc-{os.getpid()}-{code.lower()}" for code in addresses}
    opened, made = [], []
    try:
        for number, (code, address) in enumerate(addresses.items()):
            ip("netns", "add", names[code])
            made.append(names[code])
            device, label = os.open(TUN, os.O_RDWR | os.O_NONBLOCK), f"fc{os.getpid() % 100_000}t{number}"
            opened.append(device)
            fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", label.encode(), _IFF_TUN | _IFF_NO_PI))
            ip("link", "set", label, "netns", names[code])
            ip("-n", names[code], "link", "set", "lo", "up")
            ip("-n", names[code], "address", "add", f"{address}/24", "dev", label)
            ip("-n", names[code], "link", "set", label, "up")
        wire = Wire((opened[0], opened[1]), random.Random(seed), lost, delay_seconds)
        thread = threading.Thread(target=wire.run)
        thread.start()
        try:
            yield names, wire
        finally:
            wire.ended.set()
            thread.join()
    finally:
        for device in opened:
            os.close(device)
        for name in made:
            subprocess.run(["ip", "netns", "delete", name], check=False)


def ip(*words: str) -> None:
    """Run ``ip``."""
    subprocess.run(["ip", *words], check=True, capture_output=True)
