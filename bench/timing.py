"""How the forecast's benchmark measures: by turns, in CPU time of the process, the median of several rounds."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np

from fastchannel.cli.batch import available_cores


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to measure: ``done`` units of it at each call. It is called once before, so that no round compiles."""

    call: Callable[[], object]
    done: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Units a second of CPU time: the median of the rounds, and the slowest and the fastest of them."""

    median: float
    least: float
    most: float


def rates(works: Mapping[str, Work], rounds: int) -> dict[str, Rate]:
    """The rate of each work.

    All threads' time on a core counts, so that a rate is that of one core however the work is spread. The works take turns, so
    that what else the machine does meanwhile, and its clock, fall on all alike.
    """
    for work in works.values():
        work.call()
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            started = time.process_time()
            work.call()
            found[name].append(work.done / (time.process_time() - started))
    return {name: Rate(median=statistics.median(all_), least=min(all_), most=max(all_)) for name, all_ in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where a run took place. ``load`` is the machine's average load of the last minute, this process included."""

    processor: str
    cores: int
    python: str
    numpy: str
    numba: str
    load: float

    @classmethod
    def here(cls) -> Machine:
        """This machine, now."""
        return cls(
            processor=_processor(),
            cores=available_cores(),
            python=platform.python_version(),
            numpy=np.__version__,
            numba=numba.__version__,
            load=os.getloadavg()[0],
        )

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, Python {self.python}, NumPy {self.numpy}, Numba {self.numba}; "
            f"load average {self.load:.1f}"
        )


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
