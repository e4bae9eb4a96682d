"""Runs BoARIO on a table in its own environment and prints how long it took: a script, with no import of ours.

Its arguments are an .npz with the table, the days and the row of the industry that is shocked. BoARIO is GPL: it is run beside
the product and never a part of it.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
import warnings
from importlib.metadata import version
from typing import Any

import numpy as np


def build(path: str) -> Any:
    """The table as pymrio holds it: what BoARIO reads."""
    pandas, pymrio = importlib.import_module("pandas"), importlib.import_module("pymrio")
    with np.load(path) as kept:
        rows = pandas.MultiIndex.from_arrays([kept["regions"], kept["sectors"]], names=["region", "sector"])
        households = pandas.MultiIndex.from_product(
            [dict.fromkeys(kept["regions"].tolist()), ["final"]], names=["region", "category"]
        )
        final = pandas.DataFrame(kept["final"], index=rows, columns=households)
        table = pymrio.IOSystem(
            Z=pandas.DataFrame(kept["flows"], index=rows, columns=rows),
            Y=final,
            x=pandas.DataFrame(kept["output"][:, None], index=rows, columns=["indout"]),
        )
    table.calc_all()
    return table


def main() -> None:
    """Run once and print seconds, and what was lost."""
    path, days, industry = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    models, events, simulation = (
        importlib.import_module(f"boario.{one}") for one in ("extended_models", "event", "simulation")
    )
    table = build(path)
    started = time.perf_counter()
    model = models.ARIOPsiModel(table)
    run = simulation.Simulation(model, n_temporal_units_to_sim=days, register_stocks=False)
    where = importlib.import_module("pandas").Series([0.5], index=table.Z.index[[industry]])
    run.add_event(
        events.from_series(
            impact=where, event_type="arbitrary", occurrence=10, duration=30, recovery_tau=1, recovery_function="linear"
        )
    )
    run.loop()
    taken = time.perf_counter() - started
    made = run.production_realised.sum(axis=1)
    print(json.dumps({"version": version("boario"), "seconds": taken, "least_output": float((made / made.iloc[0]).min())}))


if __name__ == "__main__":
    main()
