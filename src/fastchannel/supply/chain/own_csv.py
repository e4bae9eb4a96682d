"""Our own table: a line of headings and a line for each industry.

``region, sector``, then a column for each industry named ``REGION.SECTOR``, then columns of final demand named ``FD.REGION`` or
``FD.REGION.CATEGORY`` (``households`` is the category of households), and last ``X``, the industry's output.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from fastchannel.supply.chain.grid import Grid, read_grid
from fastchannel.supply.chain.table import Demand, Industry, Table, nearest, refuse_doubles
from fastchannel.supply.errors import SupplyError

LABELS = ("region", "sector")
FINAL = "FD"
OUTPUT = "X"
HOUSEHOLDS = "households"


def read_own(raw: bytes, where: str, *, unit: str = "") -> Table:
    """The table of a CSV text. Raises SupplyError where a column or a row is missing, doubled or unknown."""
    grid = read_grid(raw, where, head_lines=1, label_columns=len(LABELS))
    head = grid.headings[0]
    rows = tuple(Industry(region=region, sector=sector) for region, sector in grid.labels)
    refuse_doubles(where, rows)
    demands = [place for place, name in enumerate(head) if name.partition(".")[0] == FINAL and "." in name]
    bought = _columns_of(rows, grid)
    left = set(range(len(head))) - set(bought) - set(demands)
    names = [head[place] for place in sorted(left)]
    if names != [OUTPUT]:
        strange = next((name for name in names if name != OUTPUT), "")
        said = (
            f"column {strange} is no industry of a row, no final demand (FD.…) and not {OUTPUT}" if strange else "no column X"
        )
        raise SupplyError(f"{where}: {said}; {nearest(strange, [str(one) for one in rows])}")
    return Table(
        source=where,
        unit=unit,
        industries=rows,
        demands=tuple(_demand(head[place]) for place in demands),
        flows=grid.values[:, bought],
        final=grid.values[:, demands],
        output=grid.values[:, left.pop()],
    )


def _columns_of(rows: tuple[Industry, ...], grid: Grid) -> list[int]:
    known = {name: place for place, name in enumerate(grid.headings[0])}
    missing = next((one for one in rows if str(one) not in known), None)
    if missing is not None:
        raise SupplyError(f"{grid.where}: industry {missing} has a row and no column; expected a column {missing}")
    return [known[str(one)] for one in rows]


def _demand(name: str) -> Demand:
    _, region, *category = name.split(".", maxsplit=2)
    for_what = category[0] if category else ""
    return Demand(region=region, category=for_what, households=for_what == HOUSEHOLDS if for_what else None)


def write_own(table: Table) -> bytes:
    """The table as our CSV; ``read_own`` gives the same figures back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*LABELS, *map(str, table.industries), *map(_written, table.demands), OUTPUT])
    for one, row in zip(table.industries, np.column_stack([table.flows, table.final, table.output]), strict=True):
        writer.writerow([one.region, one.sector, *(repr(float(value)) for value in row)])
    return out.getvalue().encode()


def _written(demand: Demand) -> str:
    return f"{FINAL}.{demand.region}.{HOUSEHOLDS}" if demand.households else str(demand)
