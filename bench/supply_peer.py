"""The peer that runs a shortage through a table too: BoARIO, in an environment of its own, on the same table, in one run."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fastchannel.supply.chain.table import Table

SHOCKED = 40  # the row of the industry that loses half its capacity
LONGEST = 600.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """BoARIO's time for one run, without reading the table, and the least share of normal output in it."""

    version: str
    seconds: float
    least_output: float


def run_boario(interpreter: str, table: Table, days: int) -> Peer | str:
    """BoARIO with that Python, or why not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.npz"
        np.savez(path, **whole(table))
        script = str(Path(__file__).with_name("boario_run.py"))
        command = [interpreter, script, str(path), str(days), str(SHOCKED)]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            return f"BoARIO did not end within {LONGEST:.0f} s"
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or ["no message"])[-1]
        return f"BoARIO did not run with {Path(interpreter).name} ({last}); give a Python that has it with --boario"
    return Peer(**json.loads(ended.stdout.strip().splitlines()[-1]))


def whole(table: Table) -> dict[str, Any]:
    """The table with every sector in every region, as BoARIO needs it: one that is not there sells next to nothing."""
    regions, sectors = table.regions, tuple(dict.fromkeys(one.sector for one in table.industries))
    names = [(region, sector) for region in regions for sector in sectors]
    place = {name: row for row, name in enumerate(names)}
    rows = [place[one.region, one.sector] for one in table.industries]
    flows = np.zeros((len(names), len(names)))
    flows[np.ix_(rows, rows)] = table.flows
    final = np.full((len(names), len(regions)), 1e-6)
    for column, demand in enumerate(table.demands):
        if demand.region in regions:
            final[rows, regions.index(demand.region)] += table.final[:, column]
    return {
        "regions": np.array([region for region, _ in names]),
        "sectors": np.array([sector for _, sector in names]),
        "flows": flows,
        "final": final,
        "output": flows.sum(axis=1) + final.sum(axis=1),
    }
