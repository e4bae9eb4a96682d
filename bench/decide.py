"""How many journeys are decided a second: one core and all, against what reading the same bytes costs at least.

Run it with ``make bench`` or ``python bench/decide.py``; ``--json`` prints the figures for a machine.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import os
import platform
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from bench.journeys import AT, journeys, write_lines
from fastchannel.agreement.shipped import shipped
from fastchannel.cli.batch import available_cores, decide_traveller
from fastchannel.cli.travellers import Traveller
from fastchannel.decide.decide import decide
from fastchannel.terms.events import Event, decode_many

AGREEMENT = "china-korea"
GOAL = 5_000  # journeys of 25 events a second and core
ROUNDS = 5
PARSED, DECIDED = "decide, parse included", "decide, parse excluded"
LIMIT = "limit: msgspec decodes the same bytes into events"

# Runs the command as it is, then says what memory (bytes) its largest processes and what time (seconds) all of them used.
MEASURED = """
import resource, sys
if __name__ == "__main__":
    from fastchannel.cli.main import main
    try:
        main()
    finally:
        own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        spent = sum(one.ru_utime + one.ru_stime for one in (own, child))
        print(f"used {own.ru_maxrss * 1024} {child.ru_maxrss * 1024} {spent}", file=sys.stderr)
"""


def best_rates(works: dict[str, Callable[[], object]], count: int) -> dict[str, float]:
    """Journeys a second of one core for each work, of the best of ROUNDS.

    Counted in the process's own time on a core, so that what else the machine does is not counted; the works take turns, so
    that its traces in the caches fall on all alike.
    """
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            started = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - started)
    return {name: count / seconds for name, seconds in best.items()}


def one_core(count: int) -> tuple[dict[str, float], str, list[list[Event]]]:
    """Rates on one core, and the profile of decide alone."""
    texts = shipped()[AGREEMENT]
    some = journeys(texts, count)
    lines = [msgspec.json.encode(journey) for journey in some]
    travellers = [Traveller(line=number, journey="", raw=line) for number, line in enumerate(lines, 1)]

    def deciding() -> None:
        for journey in some:
            decide(texts, journey, AT)

    def parsing_and_deciding() -> None:
        for traveller in travellers:
            decide_traveller(texts, traveller, AT)

    def decoding() -> None:
        for line in lines:
            decode_many(line)

    def comparing() -> None:
        for journey in some:
            _compare(journey, AT)

    works: dict[str, Callable[[], object]] = {
        PARSED: parsing_and_deciding,
        DECIDED: deciding,
        LIMIT: decoding,
        "limit: sort by time and compare each event's time once": comparing,
    }
    rates = best_rates(works, count)
    return rates, _profile(deciding), some


def _compare(journey: list[Event], at: datetime) -> int:
    return sum(event.at <= at for event in sorted(journey, key=lambda event: event.at))


def _profile(work: Callable[[], object]) -> str:
    profile = cProfile.Profile()
    profile.runcall(work)
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(18)
    return "\n".join(line for line in text.getvalue().splitlines() if line.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One run of the batch command. Memory is the peak of resident bytes."""

    journeys: int
    bytes_in: int
    seconds: float
    rate: float  # journeys a second, all cores together
    balances: bool
    verdicts: dict[str, int]
    cpu_seconds: float  # of all its processes
    rss_parent: int
    rss_largest_worker: int


def all_cores(some: list[list[Event]], count: int, folder: Path) -> Batch:
    """One run of the batch command over ``count`` journeys: rate with start-up and output, and peak memory."""
    source, out = folder / f"{count}.jsonl", folder / f"{count}.out.jsonl"
    write_lines(source, some, count)
    size = source.stat().st_size
    script = folder / "measured.py"
    script.write_text(MEASURED)  # a file, because the batch's processes start by importing the main module
    command = [
        sys.executable, str(script), "decide", "--agreement", AGREEMENT, "--at", AT.isoformat(), "--json",
        "--batch", str(source), "--out", str(out),
    ]  # fmt: skip
    started = time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if run.returncode != 0:
        raise SystemExit(f"the batch failed with {run.returncode}: {run.stderr}")
    tally = json.loads(run.stdout)
    own, child, spent = (float(part) for part in run.stderr.split("used ")[1].split()[:3])
    source.unlink()
    out.unlink()
    return Batch(
        journeys=count,
        bytes_in=size,
        seconds=seconds,
        rate=count / seconds,
        balances=tally["balances"],
        verdicts=tally["verdicts"],
        cpu_seconds=spent,
        rss_parent=int(own),
        rss_largest_worker=int(child),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run of this benchmark found."""

    machine: str
    load_average: float  # before the run: what else the machine was doing
    events_a_journey: float
    rates: dict[str, float]  # journeys a second and core
    ratio_to_limit: float  # of deciding alone to decoding the same bytes
    batches: list[Batch]


def report(found: Measured, profile: str) -> str:
    """The figures for people."""
    lines = [
        f"{found.machine}, load {found.load_average:.1f}; {found.events_a_journey:.1f} events a journey; best of {ROUNDS}",
        *(f"{rate:>12,.0f} journeys/s/core  {name}" for name, rate in found.rates.items()),
        f"{GOAL:>12,.0f} journeys/s/core  goal",
        f"One decision costs as much as decoding its events {1 / found.ratio_to_limit:.1f} times.",
    ]
    for batch in found.batches:
        memory = f"{batch.rss_parent / 2**20:.0f} MiB, largest worker {batch.rss_largest_worker / 2**20:.0f} MiB"
        lines += [
            f"{batch.rate:>12,.0f} journeys/s       batch of {batch.journeys:,} on all cores, start-up and output included",
            f"{batch.journeys / batch.cpu_seconds:>12,.0f} journeys/s/core  of the same batch",
            f"{'':>12}                  peak memory {memory}; counts balance: {batch.balances}",
        ]
    return "\n".join([*lines, "", "What a decision costs (cProfile, parse excluded):", profile])


def main() -> None:
    """Measure and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--quick", action="store_true", help="fewer journeys, no memory at 100,000")
    chosen = options.parse_args()
    load = os.getloadavg()[0]
    rates, profile, some = one_core(400 if chosen.quick else 2_000)
    with tempfile.TemporaryDirectory() as folder:
        batches = [all_cores(some, count, Path(folder)) for count in ((2_000,) if chosen.quick else (10_000, 100_000))]
    found = Measured(
        machine=f"{platform.machine()}, {available_cores()} cores, Python {platform.python_version()}",
        load_average=load,
        events_a_journey=sum(map(len, some)) / len(some),
        rates=rates,
        ratio_to_limit=rates[DECIDED] / rates[LIMIT],
        batches=batches,
    )
    print(json.dumps(asdict(found)) if chosen.json else report(found, profile))


if __name__ == "__main__":
    main()
