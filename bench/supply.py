"""How long a shortage takes to run through the chains, and how much a multiplier says of it, against limits and a peer.

Run it with ``make bench`` or ``python -m bench.supply``; ``--json`` prints the figures for a machine, ``--quick`` is short. It
needs the tables of ../shared/data/supply. docs/explanation/the-chain-model.md says how to read the figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.supply_peer import Peer, run_boario
from bench.timing import Machine
from fastchannel.cli.supply_spread import spread
from fastchannel.supply.chain.closed_forms import multipliers
from fastchannel.supply.chain.economy import Economy, Production, prepare
from fastchannel.supply.chain.faults import Kind
from fastchannel.supply.chain.own_csv import read_own
from fastchannel.supply.chain.propagate import Behaviour, propagate
from fastchannel.supply.chain.repairs import repair
from fastchannel.supply.chain.sectors import read_criticality, read_per_sector
from fastchannel.supply.chain.table import Demand, Floats, Industry, Table
from fastchannel.supply.value.marginals import Shortage, marginals_spread
from fastchannel.supply.value.ranking import rank_agreement

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "supply"
MENDED = (Kind.ZERO_OUTPUT, Kind.NEGATIVE_DEMAND, Kind.UNBALANCED)
DAYS = 365
CORES = 2
SMALL, LARGE, ALL = "245 industries × 365 days", "1,435 industries × 365 days", "all marginals of 245 industries, two cores"
ASKED = {SMALL: 0.08, LARGE: 3.0, ALL: 10.0}  # seconds
SHOCKS = (0.05, 0.2, 0.5)
COUNTED = 180  # days on which output counts in a marginal


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Seconds of wall time: the median of the rounds, and the least and the most of them."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one run of this benchmark found. ``agreement``: by production, shock → rank correlation with the multiplier."""

    machine: Machine
    compiling: float
    industries: dict[str, int]
    taken: dict[str, Taken]
    agreement: dict[str, dict[str, float]]
    peer: dict[str, Peer | str]


def measure(*, quick: bool, interpreter: str) -> Measured:
    """Everything, in one run on the same tables."""
    small, large = economy_of(seven_regions()), economy_of(whole_table())
    started = time.process_time()
    propagate(small, np.ones((1, small.count)))
    compiling = time.process_time() - started
    rounds = 3 if quick else 9
    taken = {
        SMALL: _times(lambda: propagate(small, _shock(small, DAYS, 40, 0.5)), rounds),
        LARGE: _times(lambda: propagate(large, _shock(large, DAYS, 40, 0.5)), 2 if quick else 3),
        ALL: _times(lambda: _all_marginals(small), 1 if quick else 3),
    }
    kinds = (Production.HALF_CRITICAL,) if quick else (Production.LEONTIEF, Production.HALF_CRITICAL)
    step = 6 if quick else 1
    return Measured(
        machine=Machine.here(),
        compiling=compiling,
        industries={SMALL: small.count, LARGE: large.count},
        taken=taken,
        agreement={one.value: _agreements(economy_of(seven_regions(), one), step) for one in kinds},
        peer={SMALL: run_boario(interpreter, small.table, DAYS)}
        | ({} if quick else {LARGE: run_boario(interpreter, large.table, DAYS)}),
    )


def seven_regions() -> Table:
    """China, Korea and five others, repaired."""
    table = read_own((DATA / "wiod2011_chn_kor_7reg_x35.csv").read_bytes(), "seven regions", unit="M USD")
    return repair(table, MENDED).table


def whole_table() -> Table:
    """All 41 regions, repaired."""
    with np.load(DATA / "wiod2011_full.npz") as kept:
        regions = [str(one) for one in kept["countries"]]
        table = Table(
            source="WIOD 2011",
            unit="M USD",
            industries=tuple(Industry(region=one, sector=f"c{place:02}") for one in regions for place in range(1, 36)),
            demands=tuple(
                Demand(region=one, category=f"c{place}", households=place == 37) for one in regions for place in range(37, 42)
            ),
            flows=kept["Z"].astype(np.float64),
            final=kept["F"].astype(np.float64),
            output=kept["x"].astype(np.float64),
        )
    return repair(table, MENDED).table


def economy_of(table: Table, production: Production = Production.HALF_CRITICAL) -> Economy:
    """The table with the survey's criticality and stocks."""
    ranks = read_criticality((DATA / "criticality_wiod35_derived.csv").read_bytes(), "criticality")
    stock = read_per_sector((DATA / "inventory_days_wiod35_derived.csv").read_bytes(), "stock")
    return prepare(table, stock_days=stock.of(table), criticality=ranks.of(table), production=production)


def _shock(economy: Economy, days: int, place: int, lost: float) -> Floats:
    capacity = np.ones((days, economy.count))
    capacity[10:40, place] = 1.0 - lost
    return capacity


def _times(call: Callable[[], object], rounds: int) -> Taken:
    call()
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return Taken(median=statistics.median(found), least=min(found), most=max(found))


def _all_marginals(economy: Economy) -> object:
    capacity = np.full((COUNTED, economy.count), 0.9)
    capacity[60:] = 1.0
    short = Shortage(capacity=capacity, weights=np.ones(economy.count), first_day=0, last_day=59)
    return marginals_spread(economy, short, spread("processes", CORES), parts=2 * CORES)


def _agreements(economy: Economy, step: int) -> dict[str, float]:
    """Rank correlation of the loss that each industry's shock causes, for each unit of its own, with the multiplier."""
    places = range(0, economy.count, step)
    known = multipliers(economy.table)[list(places)]
    at_rest = propagate(economy, np.ones((COUNTED, economy.count)), behaviour=Behaviour()).output.sum()
    found = {}
    for shock in SHOCKS:
        lost = [at_rest - propagate(economy, _shock(economy, COUNTED, place, shock)).output.sum() for place in places]
        direct = 30 * shock * economy.output[list(places)]
        found[f"{shock:.0%}"] = rank_agreement(np.array(lost) / direct, known) or 0.0
    return found


def report(found: Measured) -> Iterator[str]:
    """The figures for people."""
    yield str(found.machine)
    yield f"First answer: {found.compiling:.1f} s of CPU time. Not counted below. Tables after repair: " + ", ".join(
        f"{count} of {name.partition(' ')[0]}" for name, count in found.industries.items()
    )
    yield "\nSeconds of wall time, median (least to most); asked"
    for name, one in found.taken.items():
        verdict = "reached" if one.median <= ASKED[name] else "MISSED"
        yield f"{one.median:>8.3f}  ({one.least:.3f} to {one.most:.3f})  asked {ASKED[name]:g}: {verdict}  {name}"
    yield "\nRank correlation of true amplification with the multiplier, by the size of the shock"
    for kind, shocks in found.agreement.items():
        yield f"  {kind}: " + ", ".join(f"{shock}: {value:.2f}" for shock, value in shocks.items())
    yield "\nBoARIO in this run: the same repaired tables and days, a shock on one industry, its own model"
    for name, peer in found.peer.items():
        if isinstance(peer, str):
            yield f"  {peer}"
        else:
            times = peer.seconds / found.taken[name].median
            yield f"{peer.seconds:>8.1f}  s, {times:,.0f} times ours: {name}, BoARIO {peer.version}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--boario", default=sys.executable, help="A Python in whose environment BoARIO is installed.")
    asked = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there: the tables that this benchmark runs are read from it")
    found = measure(quick=asked.quick, interpreter=asked.boario)
    print(json.dumps(asdict(found)) if asked.json else "\n".join(report(found)))


if __name__ == "__main__":
    main()
