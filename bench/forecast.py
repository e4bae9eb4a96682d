"""How many travellers, itineraries and policies a forecast evaluates a second and core, against limits and against peers.

Run it with ``make bench`` or ``python -m bench.forecast``; ``--json`` prints the figures for a machine, ``--quick`` is short,
``--full`` runs a whole sweep. docs/explanation/performance-of-forecast.md says how to read them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bench.engines import ASKED, GRID, NODES, Engines, engines
from bench.forecast_peer import ELSEWHERE, Covasim, run_covasim
from bench.forecast_sweep import WHOLE, Sweep, measure_sweep
from bench.limits import limits
from bench.timing import Machine, Rate, rates

COVASIM_AGENTS = 100_000
FEW = 1_000.0  # a second; what comes more rarely is shown as time for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiling:
    """Seconds of CPU time from nothing to the first answer of every kernel, and with the machine code kept from before."""

    first: float
    kept: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run of this benchmark found."""

    machine: Machine
    compiling: Compiling
    engines: dict[str, Rate]
    limits: dict[str, Rate]
    shares: dict[str, float]  # of its limit that an engine's rate is
    asked: dict[str, float]
    sweep: Sweep
    covasim: Covasim | str  # or why it did not run


def measure(*, quick: bool, full: bool, covasim: str) -> Measured:
    """Everything, in one run on one scenario."""
    compiling, machine = _compiling(), Machine.here()
    scale, rounds = (0.2, 3) if quick else (1.0, 7)
    ours, known = engines(scale), limits(scale)
    found = rates({**known, **ours.works}, rounds)
    return Measured(
        machine=machine,
        compiling=compiling,
        engines={name: found[name] for name in ours.works} | rates(ours.slow, 1 if quick else 3),
        limits={name: found[name] for name in known},
        shares={name: found[name].median * used / found[limit].median for name, (limit, used) in ours.uses.items()},
        asked=ASKED,
        sweep=measure_sweep(*(WHOLE if full else (1_000, 4) if quick else (20_000, 4))),
        covasim=run_covasim(covasim, COVASIM_AGENTS // 5 if quick else COVASIM_AGENTS, 3),
    )


def _compiling() -> Compiling:
    """In processes of their own, with an empty folder for machine code and with what the first left there."""
    with tempfile.TemporaryDirectory() as folder:
        first, kept = (_start_with(folder) for _ in range(2))
    return Compiling(first=first, kept=kept)


def _start_with(folder: str) -> float:
    command = [sys.executable, "-m", "bench.forecast", "--first-answers"]
    ended = subprocess.run(command, env={**os.environ, "NUMBA_CACHE_DIR": folder}, capture_output=True, text=True, check=True)
    return float(ended.stdout)


def _first_answers() -> float:
    """Seconds that every engine takes for next to nothing."""
    started = time.process_time()
    ours: Engines = engines(0.002)
    for work in ours.works.values():
        work.call()
    return time.process_time() - started


def report(found: Measured) -> Iterator[str]:
    """The figures for people."""
    yield str(found.machine)
    yield (
        f"First answers of all kernels: {found.compiling.first:.0f} s of CPU time with nothing compiled, "
        f"{found.compiling.kept:.1f} s with machine code from before. Not counted below."
    )
    yield "\nOne core: units a second of CPU time, median (slowest to fastest round); asked; share of the limit"
    yield from (_line(name, rate, found) for name, rate in found.engines.items())
    nodes = found.engines[NODES].median / found.engines[GRID].median
    yield f"An itinerary of the fast quadrature takes as long as {nodes:.0f} people infected at a known time."
    yield "\nLimits: one core, the same rounds"
    yield from (_line(name, rate, found) for name, rate in found.limits.items())
    yield from _sweep_report(found)
    yield from _peer_report(found)


def _line(name: str, rate: Rate, found: Measured) -> str:
    span = f"{_short(rate.least)} to {_short(rate.most)}"
    spread = f"{1e3 / rate.median:,.1f} ms each" if rate.median < FEW else span
    asked = found.asked.get(name)
    verdict = "" if asked is None else f"asked {_short(asked)}: {'reached' if rate.median >= asked else 'MISSED'}"
    share = f"{found.shares[name]:.0%}" if name in found.shares else ""
    return f"{_short(rate.median):>9}  {spread:<18} {verdict:<22}{share:>5}  {name}"


def _short(value: float) -> str:
    """Three figures with a prefix."""
    for size, prefix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{prefix}"
    return f"{value:.3g}"


def _sweep_report(found: Measured) -> Iterator[str]:
    one = found.sweep
    rate = one.pairs / one.seconds
    alone = one.pairs / one.cpu_seconds
    yield f"\nSweep of {one.itineraries:,} itineraries × {one.draws} draws on {one.cores} cores, tables and files included"
    yield f"{_short(rate):>9}  pairs/s of wall time; {_short(alone)} /s of CPU time and core"
    yield f"{alone / found.engines[GRID].median:>9.0%}  of the fast quadrature's rate on one core with its tables made"
    whole = one.pairs == WHOLE[0] * WHOLE[1]
    label = "measured" if whole else "EXTRAPOLATED from that rate"
    yield f"{one.whole_seconds / 60:>7.1f} m for {WHOLE[0]:,} × {WHOLE[1]} ({label})"
    yield f"{one.bytes_out / one.pairs:>9.0f}  bytes a pair"
    yield (
        f"Interrupted and started again, a sweep of {one.of_interrupted:,} found {one.left_by_interruption:,} done and ended "
        + ("with the same bytes." if one.same_bytes else "DIFFERENTLY.")
    )


def _peer_report(found: Measured) -> Iterator[str]:
    yield "\nPeers, measured elsewhere: the authors' code on one core of a like machine, each on its own model"
    for peer in ELSEWHERE:
        own = found.engines[peer.against].median
        ratios = dict.fromkeys(f"{own / other:,.0f}" for other in (peer.most, peer.least))
        yield f"{' to '.join(ratios):>22} times  {peer.name}: {peer.took}; ours: {peer.against}"
    yield "\nCovasim in this run: the same infected people, tests on the same days, nobody infects anybody"
    one = found.covasim
    if isinstance(one, str):
        yield one
        return
    ours = one.ours_per_second.median
    yield f"{_short(one.per_second):>9}  agent-policies/s, Covasim {one.version}, {one.agents:,} agents made and run"
    yield f"{_short(one.per_second_stepping):>9}  the same without making them: only the days stepped through"
    yield f"{_short(ours):>9}  ours: {one.ratio:.0f} times, or {ours / one.per_second_stepping:.0f} times the days alone"
    yield f"{1e3 * one.quadrature_seconds:>7,.0f}ms  the exact quadrature to 1e-4, for any number of people"
    yield (
        f"Found by a test: Covasim {one.found:.4f}, ours {one.ours_found:.4f} and {one.quadrature_found:.4f}; infectious "
        f"and not found at the end: {one.infectious:.4f}, {one.ours_infectious:.4f} and {one.quadrature_infectious:.4f}."
    )


def main() -> None:
    """Measure and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--quick", action="store_true", help="less of everything")
    options.add_argument("--full", action="store_true", help=f"sweep {WHOLE[0]:,} itineraries × {WHOLE[1]} draws")
    options.add_argument("--covasim", default=sys.executable, metavar="PYTHON", help="an interpreter that has Covasim 4")
    options.add_argument("--first-answers", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.first_answers:
        print(_first_answers())
        return
    found = measure(quick=chosen.quick, full=chosen.full, covasim=chosen.covasim)
    print(json.dumps(asdict(found)) if chosen.json else "\n".join(report(found)))


if __name__ == "__main__":
    main()
