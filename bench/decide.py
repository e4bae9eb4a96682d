"""How many journeys are decided a second and core, alone and by the whole batch command, against what the same bytes cost.

Run it with ``make bench`` or ``python -m bench.decide``; ``--json`` prints the figures for a machine, ``--quick`` is short.
docs/explanation/performance-of-decide.md says how to read them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from bench.alone import DECIDED, Alone, alone, side_by_side
from bench.journeys import AT, LAYOUTS, journeys, write
from fastchannel.agreement.shipped import shipped
from fastchannel.cli.batch import available_cores
from fastchannel.terms.events import Event

AGREEMENT = "china-korea"
GOAL = 5_000  # journeys of 25 events a second and core
OUT = {
    "lines.jsonl": "jsonl",
    "events.csv": "csv",
    "nested.csv": "csv",
    "events.parquet": "parquet",
    "nested.parquet": "parquet",
}

# Runs the command as it is, then says what memory (KiB) its processes and what time (seconds) all of them used. The peak is the
# kernel's VmHWM, because ru_maxrss begins with the memory of the process that started this one.
MEASURED = """
import glob, multiprocessing.util, os, resource, sys

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

def note():
    with open(f"{__file__}.{os.getpid()}.peak", "w") as file:
        file.write(str(peak()))

if __name__ == "__main__":
    from fastchannel.cli.main import main
    try:
        main()
    finally:
        workers = [int(open(name).read()) for name in glob.glob(f"{__file__}.*.peak")]
        own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        spent = sum(one.ru_utime + one.ru_stime for one in (own, child))
        print(f"used {peak()} {max(workers)} {spent}", file=sys.stderr)
else:
    multiprocessing.util.Finalize(None, note, exitpriority=1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One run of the batch command on all cores. Memory is the peak of resident bytes."""

    layout: str
    journeys: int
    bytes_in: int
    bytes_out: int
    seconds: float
    cpu_seconds: float  # of all its processes, start-up included
    copy_cpu_seconds: float  # of reading and writing as many bytes and nothing else
    rss_parent: int
    rss_largest_worker: int
    balances: bool
    verdicts: dict[str, int]


def run(source: Path, layout: str, count: int) -> Batch:
    """Run the batch command over a file of ``count`` journeys."""
    out = source.with_name(f"out.{layout.partition('.')[2]}")
    script = source.with_name("measured.py")
    script.write_text(MEASURED)  # a file, because the batch's processes start by importing the main module
    command = [
        sys.executable, str(script), "decide", "--agreement", AGREEMENT, "--at", AT.isoformat(), "--json",
        "--batch", str(source), "--out", str(out), "--language", "en",
    ]  # fmt: skip
    started = time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if ended.returncode != 0:
        raise SystemExit(f"the batch failed with {ended.returncode}: {ended.stderr}")
    for note in source.parent.glob("*.peak"):
        note.unlink()
    tally = json.loads(ended.stdout)
    own, child, spent = (float(part) for part in ended.stderr.split("used ")[1].split()[:3])
    bytes_out = out.stat().st_size
    return Batch(
        layout=layout,
        journeys=count,
        bytes_in=source.stat().st_size,
        bytes_out=bytes_out,
        seconds=seconds,
        cpu_seconds=spent,
        copy_cpu_seconds=_copying(source, out, bytes_out),
        rss_parent=int(own) * 1024,
        rss_largest_worker=int(child) * 1024,
        balances=tally["balances"] and tally["decided"] == count,
        verdicts=tally["verdicts"],
    )


def _copying(source: Path, out: Path, bytes_out: int) -> float:
    buffer = memoryview(bytearray(512 * 1024))
    started = time.process_time()
    with source.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    with out.open("wb", buffering=0) as file:
        for left in range(bytes_out, 0, -len(buffer)):
            file.write(buffer[:left])
    return time.process_time() - started


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The batch command over one layout: over a single journey, which shows what its start costs, and over many."""

    start: Batch
    batches: list[Batch]


def measure_layout(layout: str, some: list[list[Event]], sizes: tuple[int, ...]) -> Layout:
    """Run the batch command over files of each size."""
    found: list[Batch] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (1, *sizes):
            source = write(Path(folder), layout, some, count)
            found.append(run(source, layout, count))
            source.unlink()
    return Layout(start=found[0], batches=found[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run of this benchmark found."""

    machine: str
    load_average: float  # before the run: what else the machine was doing
    events_a_journey: float
    alone: Alone
    side_by_side: dict[int, float]  # journeys a second and core, by how many processes decide at once
    layouts: list[Layout]


TABLE = """
The whole command on all cores, its start and its output included. /s/core: of CPU time. More: the same for the journeys more
than in the row before, so without the start. Share: of that in the rate side by side on all cores. /s: of wall time. Copy: what
reading and writing as many bytes would cost, of all. MiB: peaks of the parent and of the largest worker."""
HEADING = "layout            journeys  /s/core    more  share      /s   copy   parent  worker  balances"


def report(found: Measured) -> Iterator[str]:
    """The figures for people."""
    yield f"{found.machine}, load before {found.load_average:.1f}; {found.events_a_journey:.1f} events a journey"
    yield f"\nOne process, of CPU time (goal: {GOAL:,} journeys/s/core)"
    for name, rate in found.alone.rates.items():
        yield f"{rate:>12,.0f} /s/core {1e6 / rate:>8.1f} µs  {name}"
    yield f"A decision costs as much as decoding its events {found.alone.decoding / found.alone.rates[DECIDED]:.1f} times."
    yield "\nProcesses side by side, each decoding and deciding, of CPU time"
    yield from (f"{rate:>12,.0f} /s/core  {count}" for count, rate in found.side_by_side.items())
    yield TABLE
    yield HEADING
    limit = found.side_by_side[max(found.side_by_side)]
    for layout in found.layouts:
        for before, one in pairwise([layout.start, *layout.batches]):
            rate = one.journeys / one.cpu_seconds
            more = (one.journeys - before.journeys) / (one.cpu_seconds - before.cpu_seconds)
            yield (
                f"{one.layout:<16}{one.journeys:>10,} {rate:>8,.0f} {more:>7,.0f} {more / limit:>6.0%}"
                f" {one.journeys / one.seconds:>7,.0f} {one.copy_cpu_seconds / one.cpu_seconds:>6.1%}"
                f" {one.rss_parent / 2**20:>8.0f} {one.rss_largest_worker / 2**20:>7.0f} {one.balances!s:>9}"
            )
        yield f"{'':<16}{'1':>10}   takes {layout.start.cpu_seconds:.2f} s of CPU, {layout.start.seconds:.2f} s of time"
    yield "\nWhere the time of a worker goes (cProfile; each function's own time)"
    yield from found.alone.profile


def main() -> None:
    """Measure and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--quick", action="store_true", help="fewer journeys")
    options.add_argument("--layout", choices=LAYOUTS, action="append", help="only this one; may be repeated")
    chosen = options.parse_args()
    load = os.getloadavg()[0]
    some = journeys(shipped()[AGREEMENT], 400 if chosen.quick else 2_000)
    cores = available_cores()
    sizes = (500, 2_000) if chosen.quick else (10_000, 100_000)
    found = Measured(
        machine=f"{platform.machine()}, {cores} cores, Python {platform.python_version()}",
        load_average=load,
        events_a_journey=sum(map(len, some)) / len(some),
        alone=alone(AGREEMENT, some),
        side_by_side={count: side_by_side(AGREEMENT, some, count) for count in sorted({1, *_doublings(cores), cores})},
        layouts=[measure_layout(layout, some, sizes) for layout in chosen.layout or LAYOUTS],
    )
    print(json.dumps(asdict(found)) if chosen.json else "\n".join(report(found)))


def _doublings(cores: int) -> Iterator[int]:
    count = 2
    while count < cores:
        yield count
        count *= 2


if __name__ == "__main__":
    main()
