"""EXIOBASE 3, as its tab-separated files are laid out; values in millions of euros.

``Z.txt`` (or ``A.txt`` with ``x.txt``) has regions in the first line of headings and sectors in the second, and the same two in
the first columns of each row; a third line may name these columns, and a third column the unit. ``Y.txt`` has final demand
by region and category, ``x.txt`` the output of each row. Stadler et al. (2018), doi:10.1111/jiec.12715.
"""

from __future__ import annotations

import numpy as np

from fastchannel.supply.chain.grid import Grid, first_lines, is_figure, read_grid
from fastchannel.supply.chain.table import Demand, Industry, Table
from fastchannel.supply.errors import SupplyError

TAB = "\t"
HOUSEHOLDS = "by households"
UNITS = 2  # column of the unit, where there is one


def read_exiobase(
    *, final: tuple[bytes, str], flows: tuple[bytes, str] | None = None, shares: tuple[bytes, str] | None = None,
    output: tuple[bytes, str] | None = None,
) -> Table:  # fmt: skip
    """The table of ``Y.txt`` with ``Z.txt``, or with ``A.txt`` and ``x.txt``: each its bytes and its name.

    Without ``x.txt``, output is what the rows sell. Raises SupplyError where files do not have the same rows in the same order.
    """
    demanded = _read(*final)
    industries = _industries(demanded)
    given = flows or shares
    if given is None or (flows is None and output is None):
        raise SupplyError(f"{final[1]}: found no flows; expected Z.txt, or A.txt together with x.txt")
    between = _read(*given)
    _same(between, industries, [Industry(region=one, sector=sector) for one, sector in _heads(between)])
    made = None
    if output is not None:
        raw, name = output
        grid = read_grid(raw, name, head_lines=1, label_columns=2, separator=TAB)
        _same(grid, industries, None)
        made = grid.values[:, 0]
    values = between.values if flows is not None or made is None else between.values * made
    return Table(
        source=given[1],
        unit="M EUR",
        industries=industries,
        demands=tuple(
            Demand(region=region, category=category, households=category.lower().endswith(HOUSEHOLDS))
            for region, category in _heads(demanded)
        ),
        flows=values,
        final=demanded.values,
        output=np.asarray(values.sum(axis=1) + demanded.values.sum(axis=1)) if made is None else made,
    )


def _read(raw: bytes, where: str) -> Grid:
    lines = first_lines(raw, where, 4, TAB)
    if len(lines) < 3:
        raise SupplyError(
            f"{where}: found {len(lines)} lines, expected two of headings (region, sector) and the rows under them"
        )
    head_lines = 3 if not any(lines[2][UNITS:]) else 2
    row = lines[head_lines] if head_lines < len(lines) else []
    labels = 3 if len(row) > UNITS and not is_figure(row[UNITS]) else 2
    grid = read_grid(raw, where, head_lines=head_lines, label_columns=labels, separator=TAB)
    if grid.values.shape[1] == 0:
        raise SupplyError(f"{where}: found no columns of figures, expected one for each region and sector")
    return grid


def _heads(grid: Grid) -> list[tuple[str, str]]:
    return list(zip(grid.headings[0], grid.headings[1], strict=True))


def _industries(grid: Grid) -> tuple[Industry, ...]:
    return tuple(Industry(region=label[0], sector=label[1]) for label in grid.labels)


def _same(grid: Grid, industries: tuple[Industry, ...], columns: list[Industry] | None) -> None:
    for what, found in (("row", list(_industries(grid))), ("column", columns)):
        if found is None:
            continue
        if len(found) != len(industries):
            raise SupplyError(f"{grid.where}: found {len(found)} {what}s, expected {len(industries)} as in the final demand")
        odd = next((pair for pair in zip(found, industries, strict=True) if pair[0] != pair[1]), None)
        if odd is not None:
            raise SupplyError(f"{grid.where}: {what} {odd[0]} where {odd[1]} was expected, as in the final demand")
