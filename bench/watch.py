"""How fast the state of an epidemic is computed for many regions at once, against the machine and against one region at a time.

Run it with ``python -m bench.watch``; ``--json`` prints the figures for a machine, ``--quick`` is short.
docs/explanation/the-epidemic-on-both-sides.md says how to read them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import gamma

from bench.timing import Machine, Rate, Work, rates
from fastchannel.watch.epidemic.arrays import Floats
from fastchannel.watch.epidemic.incidence import incidence_per_100_000
from fastchannel.watch.epidemic.prevalence import infections_by_day, prevalence
from fastchannel.watch.epidemic.reproduction import reproduction_number, serial_interval

REGIONS, DAYS = 5_000, 1_000
ASKED_SECONDS = 1.0
LONGEST_DAYS = 20  # of the serial interval, the delay to report and the infection
LEVEL, WINDOW_DAYS = 0.95, 7
PRODUCT = 512  # the side of the matrices whose product measures arithmetic

ALL = "incidence, reproduction number with interval, infections (1 step) and prevalence"
INCIDENCE = "incidence per 100,000"
REPRODUCTION = "reproduction number with interval"
PREVALENCE = "infections (1 step) and prevalence"
SHARPER = "infections (8 steps) and prevalence"
ONE_BY_ONE = "the same reproduction number, one region after another with NumPy and SciPy"
MEMORY = "memory, bytes of a triad (two arrays read, one written)"
ARITHMETIC = "arithmetic, floating-point operations of a matrix product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Cells (a region's day) a second of CPU time for ours and the peer; bytes and operations a second for the limits."""

    machine: Machine
    regions: int
    days: int
    works: dict[str, Rate]
    limits: dict[str, Rate]
    seconds: float  # of one core for all of 5,000 regions × 1,000 days
    memory_share: float  # of the bandwidth that reading the counts and writing the results takes by itself
    agree: float  # the largest relative difference between ours and the peer's


def measure(*, quick: bool) -> Measured:
    """Ours, the peer and the limits by turns in one run."""
    regions = 500 if quick else REGIONS
    cases, people = _cases(regions)
    interval, delay = serial_interval(4.7, 2.9, LONGEST_DAYS), _delay()
    some = cases[::50].copy()
    ours = {
        ALL: lambda: _all(cases, people, interval, delay),
        INCIDENCE: lambda: incidence_per_100_000(cases, people),
        REPRODUCTION: lambda: reproduction_number(cases, interval),
        PREVALENCE: lambda: _prevalence(cases, people, delay, 1),
        SHARPER: lambda: _prevalence(cases, people, delay, 8),
    }
    works = {name: Work(call=call, done=float(cases.size)) for name, call in ours.items()}
    works[ONE_BY_ONE] = Work(call=lambda: _one_by_one(some, interval), done=float(some.size))
    side = np.ones((PRODUCT, PRODUCT))
    a, b, c = (np.full(1 << 22, float(i)) for i in range(3))
    limits = {
        MEMORY: Work(call=lambda: _triad(a, b, c), done=24.0 * a.size),
        ARITHMETIC: Work(call=lambda: side @ side, done=2.0 * PRODUCT**3),
    }
    machine = Machine.here()
    found = rates({**limits, **works}, 3 if quick else 5)
    cells = float(REGIONS * DAYS)
    seconds = cells / found[ALL].median
    moved = 8.0 * 7.0 * cells  # counts in; incidence, four of the reproduction number, infections, prevalence: seven out
    return Measured(
        machine=machine,
        regions=regions,
        days=DAYS,
        works={name: found[name] for name in works},
        limits={name: found[name] for name in limits},
        seconds=seconds,
        memory_share=(moved + 8.0 * cells) / found[MEMORY].median / seconds,
        agree=_difference(some, interval),
    )


def _cases(regions: int) -> tuple[Floats, Floats]:
    """Counts of regions of many sizes, with waves: from none a day to tens of thousands."""
    generator = np.random.default_rng(11)
    people = generator.lognormal(12.0, 1.5, size=regions)
    waves = np.exp(2.0 * np.sin(np.arange(DAYS) / 60.0 + generator.uniform(0.0, 6.0, size=(regions, 1))))
    return generator.poisson(people[:, None] * 2e-5 * waves).astype(float), people


def _delay() -> Floats:
    weights = gamma.pdf(np.arange(LONGEST_DAYS), 4.0, scale=1.8)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _prevalence(cases: Floats, people: Floats, delay: Floats, iterations: int) -> object:
    infections = infections_by_day(cases, delay, ascertainment=0.4, iterations=iterations)
    return prevalence(infections, people, np.linspace(1.0, 0.0, LONGEST_DAYS))


def _all(cases: Floats, people: Floats, interval: Floats, delay: Floats) -> tuple[object, ...]:
    return (
        incidence_per_100_000(cases, people),
        reproduction_number(cases, interval, window_days=WINDOW_DAYS, level=LEVEL),
        _prevalence(cases, people, delay, 1),
    )


def _triad(a: Floats, b: Floats, c: Floats) -> None:
    """In pieces that stay in the cache between the product and the sum."""
    for start in range(0, a.size, 8_192):
        piece = slice(start, start + 8_192)
        np.multiply(c[piece], 3.0, out=a[piece])
        np.add(a[piece], b[piece], out=a[piece])


def _one_by_one(cases: Floats, interval: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """What a careful script does: convolutions and SciPy's quantiles, a region at a time."""
    found = []
    for row in cases:
        pressure = np.convolve(row, interval)[: row.size]
        window = np.ones(WINDOW_DAYS)
        shape = 1.0 + np.convolve(row, window)[WINDOW_DAYS : row.size]
        scale = 1.0 / (0.2 + np.convolve(pressure, window)[WINDOW_DAYS : row.size])
        tail = (1.0 - LEVEL) / 2.0
        lower, upper = (np.asarray(gamma.ppf(p, shape, scale=scale), dtype=np.float64) for p in (tail, 1.0 - tail))
        found.append((shape * scale, lower, upper))
    return found


def _difference(cases: Floats, interval: Floats) -> float:
    ours = reproduction_number(cases, interval, window_days=WINDOW_DAYS, level=LEVEL)
    worst = 0.0
    for region, theirs in enumerate(_one_by_one(cases, interval)):
        for found, expected in zip((ours.mean, ours.lower, ours.upper), theirs, strict=True):
            worst = max(worst, float(np.abs(found[region, WINDOW_DAYS:] / expected - 1.0).max()))
    return worst


def report(found: Measured) -> Iterator[str]:
    """The figures for people."""
    yield str(found.machine)
    yield f"\n{found.regions:,} regions × {found.days:,} days; one core: cells a second of CPU time, median of the rounds"
    for name, rate in found.works.items():
        whole = REGIONS * DAYS / rate.median
        yield f"{rate.median / 1e6:>9.2f} M  {whole:>7.2f} s for {REGIONS:,} × {DAYS:,}  {name}"
    verdict = "reached" if found.seconds < ASKED_SECONDS else "MISSED"
    yield f"\n{found.seconds:.2f} s of one core for everything; asked: less than {ASKED_SECONDS:g} s: {verdict}"
    ratio = found.works[REPRODUCTION].median / found.works[ONE_BY_ONE].median
    yield f"{ratio:.0f} times one region after another; the two differ by at most {found.agree:.1e}"
    yield f"{found.memory_share:.0%} of that time is what reading the counts and writing the results once takes of memory alone"
    for name, rate in found.limits.items():
        yield f"{rate.median / 1e9:>9.1f} G/s  {name}"


def main() -> None:
    """Measure and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--quick", action="store_true", help="fewer regions")
    chosen = options.parse_args()
    found = measure(quick=chosen.quick)
    print(json.dumps(asdict(found)) if chosen.json else "\n".join(report(found)))


if __name__ == "__main__":
    main()
