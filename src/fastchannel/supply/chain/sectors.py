"""What is known of sectors whatever their region: how critical each input is, days of stock, and the public's weight."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from fastchannel.supply.chain.grid import read_grid, text_of
from fastchannel.supply.chain.table import Floats, Table, nearest
from fastchannel.supply.errors import SupplyError


class Input(IntEnum):
    """How a sector needs an input over a few weeks."""

    OTHER = 0
    IMPORTANT = 1
    ESSENTIAL = 2


RANKS = {0.0: Input.OTHER, 0.5: Input.IMPORTANT, 1.0: Input.ESSENTIAL}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Criticality:
    """``ranks[i, j]`` (S, S): how sector j needs what sector i makes, as ``Input``."""

    source: str
    sectors: tuple[str, ...]
    ranks: NDArray[np.int8]

    def of(self, table: Table) -> NDArray[np.int8]:
        """The ranks between the table's industries (N, N). Raises SupplyError for a sector that has none."""
        places = _places(self.source, self.sectors, table)
        return np.asarray(self.ranks[np.ix_(places, places)])


def read_criticality(raw: bytes, where: str) -> Criticality:
    """A CSV with a row for each input and a column for each sector that uses it: 1 essential, 0.5 important, 0 other.

    Raises SupplyError for another figure, or where rows and columns are not the same sectors.
    """
    grid = read_grid(raw, where, head_lines=1, label_columns=1)
    sectors = tuple(label for (label,) in grid.labels)
    columns = {name: place for place, name in enumerate(grid.headings[0])}
    if set(columns) != set(sectors) or len(columns) != len(sectors):
        odd = sorted(set(columns) ^ set(sectors)) or ["one of them twice"]
        raise SupplyError(f"{where}: rows and columns are not the same sectors: {odd[0]}; expected {len(sectors)} of each")
    values = grid.values[:, [columns[name] for name in sectors]]
    strange = np.argwhere(~np.isin(values, list(RANKS)))
    if len(strange):
        row, column = strange[0]
        said = f"{sectors[row]} → {sectors[column]}: found {values[row, column]}"
        raise SupplyError(f"{where}: {said}, expected 1 (essential), 0.5 (important) or 0 (other)")
    return Criticality(source=where, sectors=sectors, ranks=(2 * values).astype(np.int8))


@dataclass(frozen=True, slots=True, kw_only=True)
class PerSector:
    """A figure for each sector."""

    source: str
    figures: Mapping[str, float]

    def of(self, table: Table) -> Floats:
        """The figure of each of the table's industries (N,). Raises SupplyError for a sector that has none."""
        places = _places(self.source, tuple(self.figures), table)
        return np.array(list(self.figures.values()))[places]


def read_per_sector(raw: bytes, where: str) -> PerSector:
    """A CSV of two columns under a line of headings: the sector, and a figure of 0 or more. Raises SupplyError."""
    rows = list(csv.reader(io.StringIO(text_of(raw, where))))[1:]
    figures: dict[str, float] = {}
    for line, row in enumerate(rows, start=2):
        try:
            sector, figure = row[0].strip(), float(row[1])
        except (IndexError, ValueError):
            raise SupplyError(f"{where}: line {line}: found {','.join(row)!r}, expected a sector and a number") from None
        if not 0.0 <= figure < np.inf:
            raise SupplyError(f"{where}: line {line}: found {figure}, expected a finite number of 0 or more")
        if sector in figures:
            raise SupplyError(f"{where}: line {line}: sector {sector} is there twice; expected one line for each")
        figures[sector] = figure
    return PerSector(source=where, figures=figures)


def _places(where: str, sectors: tuple[str, ...], table: Table) -> list[int]:
    known = {name: place for place, name in enumerate(sectors)}
    missing = next((one for one in table.industries if one.sector not in known), None)
    if missing is not None:
        raise SupplyError(f"{where}: has nothing of sector {missing.sector} ({missing}); {nearest(missing.sector, sectors)}")
    return [known[one.sector] for one in table.industries]
