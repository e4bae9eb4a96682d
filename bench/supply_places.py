"""How long an allocation takes, with what memory and gap, and what simpler ways of choosing reach in the same seed worlds.

Run it with ``python -m bench.supply_places``; ``--full`` also allocates among a million people, ``--worlds`` prints the table
of seed worlds for the documentation, ``--json`` prints the figures for a machine. Each size runs in a process of its own, so
that its memory is its own; what is compiled is compiled before. docs/explanation/how-places-are-allocated.md
says how to read them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bench.timing import Machine
from fastchannel.cli.batch import available_cores
from fastchannel.supply.places.allocate import Allocation, allocate
from fastchannel.supply.places.baselines import Compared, compare, table
from fastchannel.supply.places.worlds import make_world

ASKED = {1_000: (0.005, 10.0), 10_000: (0.01, 5.0), 100_000: (0.01, 15.0), 1_000_000: (0.01, 180.0)}  # gap, seconds
SEEDS = (1, 2, 3)
WORLDS = tuple((seed, people) for people in (300, 3_000, 30_000) for seed in SEEDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One allocation, from applications to grants checked. ``mebibytes`` is the most that the process held, world included."""

    seed: int
    people: int
    applications: int
    options: int
    seconds: float
    cpu_seconds: float
    gap: float
    mebibytes: float


def measure(seed: int, people: int) -> Timed:
    """One world of this size, after a small one that compiles and loads everything."""
    small = make_world(0, 1_500)
    allocate(small.applications, small.capacity, small.budget, seed="s")
    world = make_world(seed, people)
    started, worked = time.perf_counter(), time.process_time()
    found = allocate(
        world.applications, world.capacity, world.budget, seed=str(seed), gap=ASKED[people][0], threads=available_cores()
    )
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    if not isinstance(found, Allocation):
        raise SystemExit(f"world {seed} of {people:,} people: {', '.join(found.limits)} cannot be kept together")
    return Timed(
        seed=seed,
        people=found.problem.people,
        applications=len(world.applications),
        options=found.problem.value.size,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        gap=found.gap,
        mebibytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def alone(seed: int, people: int) -> Timed:
    """`measure` in a process of its own."""
    command = [sys.executable, "-m", "bench.supply_places", "--one", str(seed), str(people)]
    return Timed(**json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def report(found: dict[int, list[Timed]]) -> Iterator[str]:
    """The figures for people."""
    yield "| people | asked | seconds, by seed | CPU seconds | gap | memory | |"
    yield "|---:|---|---|---|---|---:|---|"
    for people, runs in found.items():
        gap, seconds = ASKED[people]
        reached = all(one.seconds <= seconds and one.gap <= gap for one in runs)
        yield (
            f"| {people:,} | {gap:.1%} in {seconds:.0f} s | {', '.join(f'{one.seconds:.1f}' for one in runs)} "
            f"| {', '.join(f'{one.cpu_seconds:.1f}' for one in runs)} | {', '.join(f'{one.gap:.2%}' for one in runs)} "
            f"| {max(one.mebibytes for one in runs):,.0f} MiB | {'reached' if reached else '**missed**'} |"
        )


def main() -> None:
    """Measure and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--full", action="store_true", help="also a million people")
    options.add_argument("--worlds", action="store_true", help="the table of seed worlds instead")
    options.add_argument("--one", nargs=2, type=int, metavar=("SEED", "PEOPLE"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(asdict(measure(*chosen.one))))
        return
    if chosen.worlds:
        compared = [one for seed, people in WORLDS if isinstance(one := compare(seed, people), Compared)]
        print(json.dumps([asdict(one) for one in compared]) if chosen.json else "\n".join(table(compared)))
        return
    sizes = [people for people in ASKED if chosen.full or people < 1_000_000]
    found = {people: [alone(seed, people) for seed in (SEEDS if people < 1_000_000 else SEEDS[:1])] for people in sizes}
    if chosen.json:
        print(json.dumps({people: [asdict(one) for one in runs] for people, runs in found.items()}))
    else:
        print(Machine.here(), *report(found), sep="\n")


if __name__ == "__main__":
    main()
