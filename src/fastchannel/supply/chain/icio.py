"""The OECD's inter-country tables (ICIO), as their CSV files are laid out; values in millions of US dollars.

One line of headings and one column of labels, both ``COUNTRY_INDUSTRY`` (``KOR_26``), with columns of final demand
``COUNTRY_HFCE``, ``_NPISH``, ``_GGFC``, ``_GFCF``, ``_INVNT`` and ``_DPABR`` after the industries, and output in the column
``OUT``, ``OUTPUT`` or ``TOTAL``. Below the industries stand taxes and value added, which a table here takes from its
balance. China and Mexico come in parts (``CN1``, ``CN2``, ``MX1`` …) with final demand of the whole (``CHN``); parts stay
regions of their own.
"""

from __future__ import annotations

from fastchannel.supply.chain.grid import read_grid
from fastchannel.supply.chain.table import Demand, Industry, Table
from fastchannel.supply.errors import SupplyError

OUTPUT = ("OUT", "OUTPUT", "TOTAL")
FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "INVEN", "DPABR", "DIRPA", "NONRES", "DISC", "P33")
HOUSEHOLDS = "HFCE"
BELOW = ("TAXSUB", "TLS")  # rows by country in older editions


def read_icio(raw: bytes, where: str) -> Table:
    """The table. Raises SupplyError where an industry has no column, a column is of no known kind, or output is missing."""
    grid = read_grid(raw, where, head_lines=1, label_columns=1)
    head = {name: place for place, name in enumerate(grid.headings[0])}
    labels = [label for (label,) in grid.labels]
    rows = [row for row, label in enumerate(labels) if "_" in label and label.partition("_")[2] not in BELOW]
    names = [labels[row] for row in rows]
    missing = next((name for name in names if name not in head), None)
    if missing is not None:
        raise SupplyError(f"{where}: row {missing} has no column; expected a column for each industry, or rows {BELOW}")
    output = next((head[name] for name in OUTPUT if name in head), None)
    if output is None:
        raise SupplyError(f"{where}: found no column of output; expected {', '.join(OUTPUT)}")
    left = [name for name in head if name not in set(names) and name not in OUTPUT]
    strange = next((name for name in left if name.partition("_")[2] not in FINAL), None)
    if strange is not None:
        raise SupplyError(f"{where}: column {strange} has no row and is no final demand; expected one of {', '.join(FINAL)}")
    return Table(
        source=where,
        unit="M USD",
        industries=tuple(Industry(region=one, sector=sector) for one, _, sector in (name.partition("_") for name in names)),
        demands=tuple(
            Demand(region=one, category=category, households=category == HOUSEHOLDS)
            for one, _, category in (name.partition("_") for name in left)
        ),
        flows=grid.values[rows][:, [head[name] for name in names]],
        final=grid.values[rows][:, [head[name] for name in left]],
        output=grid.values[rows, output],
    )
