"""A sweep on all cores: how many itineraries × draws a second, and what is left to do after an interruption."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.border import draws, itineraries
from fastchannel.cli.batch import available_cores
from fastchannel.forecast.grid.grid import Packed, Prepared, pack
from fastchannel.forecast.sweep import sweep

WHOLE = (100_000, 100)  # itineraries and draws
INTERRUPTED = (400, 4)
SMALL_PART = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One run through `forecast.sweep`. Seconds are of wall time; ``cpu_seconds`` of all cores together."""

    itineraries: int
    draws: int
    cores: int
    seconds: float
    cpu_seconds: float
    bytes_out: int
    left_by_interruption: int  # pairs that were there when a small sweep was started again
    of_interrupted: int
    same_bytes: bool  # whether it ended as one that was never interrupted

    @property
    def pairs(self) -> int:
        return self.itineraries * self.draws

    @property
    def whole_seconds(self) -> float:
        """The time of WHOLE at the same rate."""
        return self.seconds * WHOLE[0] * WHOLE[1] / self.pairs


class _InterruptedError(Exception):
    """Stands for the end of the process."""


def measure_sweep(count: int, draw_count: int) -> Sweep:
    """Sweep itineraries over draws with a thread for each core, then interrupt and resume a small sweep."""
    cores = available_cores()
    journeys, people = pack(itineraries(count)), draws(draw_count)
    some, few = pack(itineraries(INTERRUPTED[0])), people[: INTERRUPTED[1]]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        left, same = _resume(some, few, out, cores)  # first, so that everything is compiled
        started, used = time.perf_counter(), time.process_time()
        sweep(journeys, people, out / "measured", workers=cores)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - used
        written = sum(path.stat().st_size for path in (out / "measured").iterdir())
    return Sweep(
        itineraries=count,
        draws=draw_count,
        cores=cores,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        bytes_out=written,
        left_by_interruption=left,
        of_interrupted=INTERRUPTED[0] * len(few),
        same_bytes=same,
    )


def _resume(journeys: Packed, people: list[Prepared], out: Path, cores: int) -> tuple[int, bool]:
    """How many pairs an interrupted sweep finds when it goes on, and whether it ends as one that was left alone."""
    told: list[int] = []

    def stop(done: int, total: int) -> None:
        if done >= total // 3:
            raise _InterruptedError

    alone, resumed = out / "alone", out / "resumed"
    sweep(journeys, people, alone, workers=cores, part_itineraries=SMALL_PART)
    try:
        sweep(journeys, people, resumed, workers=cores, part_itineraries=SMALL_PART, progress=stop)
    except _InterruptedError:
        pass
    else:
        raise AssertionError("the sweep was not interrupted")
    sweep(
        journeys, people, resumed, workers=cores, part_itineraries=SMALL_PART, progress=lambda done, _total: told.append(done)
    )
    return told[0], _contents(alone) == _contents(resumed)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
