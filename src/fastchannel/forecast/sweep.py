"""Sweeps: every itinerary for every draw of the unknowns, on all cores, into a folder of Parquet files.

This is the one module of the forecast that writes, and only into the folder that it is given. Each **part** (a block of
itineraries at one draw) is written under a passing name and then renamed, so that a part that is there is whole however the
process ended. A sweep that is started again computes only the parts that are missing, and answers the same as one that was
never interrupted; a folder that holds another sweep is refused. `tests/forecast/test_sweep.py` holds both.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from fastchannel.forecast.grid.grid import Flows, Packed, Prepared, pack, part_of, prepare
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.terms.errors import FastChannelError

FORMAT = 1
PART_ITINERARIES = 10_000
IDENTITY = "sweep.json"


class SweepError(FastChannelError):
    """The folder is not that of this sweep, or holds none."""


@dataclass(frozen=True, slots=True)
class _Part:
    draw: int
    begin: int
    end: int

    @property
    def name(self) -> str:
        return f"draw-{self.draw:05d}-from-{self.begin:08d}.parquet"


def sweep(
    itineraries: Sequence[Itinerary] | Packed,
    draws: Sequence[Prepared],
    out: Path,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    part_itineraries: int = PART_ITINERARIES,
) -> Path:
    """Evaluate n itineraries × m draws with ``workers`` threads (the kernel holds no lock) into the folder ``out``.

    ``progress`` is called in the calling thread with the pairs done and their number, first with those that an earlier run
    left. Raises SweepError for a folder of another sweep, NotTabulatedError where only ``integrate`` carries a problem.
    """
    packed = itineraries if isinstance(itineraries, Packed) else pack(itineraries)
    count = len(packed.itineraries)
    _claim(out, identity(packed, draws, part_itineraries), len(draws), count)
    parts = [
        _Part(draw, begin, min(begin + part_itineraries, count))
        for draw in range(len(draws))
        for begin in range(0, count, part_itineraries)
    ]
    missing = [part for part in parts if not (out / part.name).exists()]
    total = len(draws) * count
    done = total - sum(part.end - part.begin for part in missing)
    tell = progress or (lambda _done, _total: None)
    tell(done, total)
    with ThreadPoolExecutor(max(1, workers)) as pool:
        running = {pool.submit(_write, packed, draws[part.draw], part, out): part for part in missing}
        try:
            for future in as_completed(running):
                future.result()
                done += running[future].end - running[future].begin
                tell(done, total)
        except BaseException:
            _cancel(list(running))
            raise
    for passing in out.glob(".draw-*"):  # every part is whole: nobody needs what a dead process left
        passing.unlink(missing_ok=True)
    return out


def read(out: Path) -> pl.LazyFrame:
    """All parts that are there as one frame, a row for each itinerary and draw. Raises SweepError where there are none.

    Columns: ``itinerary`` and ``draw`` (positions), ``infected`` (how many), and for one infected person ``travelling``,
    ``detected``, ``released_infected``, ``released_infectious``, ``completed_infected``, ``potential`` and ``baseline``
    (secondary cases in all regions), ``potential_counted``, ``baseline_counted`` and ``infectious_days_counted`` (in the
    regions whose cases may start an outbreak), ``inside``, ``workers`` and ``seeding``.
    """
    if not any(out.glob("draw-*.parquet")):
        raise SweepError(f"{out}: no part of a sweep here; run the sweep first")
    return pl.scan_parquet(out / "draw-*.parquet")


def identity(packed: Packed, draws: Sequence[Prepared], part_itineraries: int = PART_ITINERARIES) -> str:
    """A digest of everything that a sweep's results depend on."""
    digest = hashlib.sha256(f"{FORMAT} {part_itineraries} {packed.delays} {packed.assays}".encode())
    for array in packed.journeys:
        digest.update(np.ascontiguousarray(array).tobytes())
    for draw in draws:
        digest.update(repr((draw.strata, draw.assays, draw.outbreak)).encode())
    return "sha256:" + digest.hexdigest()


def _claim(out: Path, digest: str, draws: int, itineraries: int) -> None:
    """Make the folder this sweep's, or see that it is."""
    out.mkdir(parents=True, exist_ok=True)
    record = out / IDENTITY
    if record.exists():
        try:
            found = json.loads(record.read_text(encoding="utf-8"))["identity"]
        except (ValueError, KeyError, TypeError):
            raise SweepError(f"{record}: not the record of a sweep; choose another folder") from None
        if found != digest:
            raise SweepError(
                f"{out}: holds another sweep ({found[:19]}…, this one is {digest[:19]}…): other itineraries, people or draws; "
                "choose another folder, or delete this one"
            )
    elif any(out.glob("draw-*.parquet")):
        raise SweepError(f"{out}: holds parts of a sweep but no {IDENTITY} that says of which; choose another folder")
    else:
        written = {"identity": digest, "draws": draws, "itineraries": itineraries}
        _put(record, json.dumps(written).encode())


def _put(path: Path, content: bytes) -> None:
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    passing.write_bytes(content)
    passing.replace(path)


def _write(packed: Packed, draw: Prepared, part: _Part, out: Path) -> None:
    # Tables are made anew for each part and dropped with it: kept, those of all draws would fill the memory.
    prepared = prepare(draw.strata, draw.assays, draw.outbreak)
    flows = prepared.flows(part_of(packed, part.begin, part.end))
    passing = out / f".{part.name}.{os.getpid()}"
    _frame(flows, packed, part).write_parquet(passing)
    passing.replace(out / part.name)


def _frame(flows: Flows, packed: Packed, part: _Part) -> pl.DataFrame:
    """The part's rows. Four-byte floats carry seven figures, and the kernel is right in four."""
    found, journeys = flows.found, packed.journeys
    counted = np.zeros(found.potential.shape)
    rows = np.arange(part.begin, part.end)
    np.maximum.at(counted, (np.arange(rows.size)[:, None], journeys.regions[rows]), journeys.counted[rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        one = 1.0 / flows.infected
        entries = {
            "travelling": flows.travelling,
            "detected": found.detected.sum(axis=1),
            "released_infected": flows.released_infected,
            "released_infectious": flows.released_infectious,
            "completed_infected": flows.completed_infected,
            "potential": found.potential.sum(axis=1),
            "baseline": found.baseline.sum(axis=1),
            "potential_counted": (counted * found.potential).sum(axis=1),
            "baseline_counted": (counted * found.baseline).sum(axis=1),
            "infectious_days_counted": (counted * found.infectious_days).sum(axis=1),
            "inside": found.inside.sum(axis=1),
            "workers": found.workers.sum(axis=1),
            "seeding": flows.seeding,
        }
        columns = {name: (entry * one).astype(np.float32) for name, entry in entries.items()}
    return pl.DataFrame(
        {
            "itinerary": rows.astype(np.uint32),
            "draw": np.full(rows.size, part.draw, np.uint32),
            "infected": flows.infected,
            **columns,
        }
    )


def _cancel(futures: list[Future[None]]) -> None:
    for future in futures:
        future.cancel()
