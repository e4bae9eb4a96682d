"""Reads a shortage from a CSV, ``industry, first_day, last_day, share``: the share of its people that an industry has when.

``industry`` is one (``KOR.c14``), all of a region (``KOR``) or ``*``; the share is from 0 to 1; days are counted from 0, and
both belong to it. A later line replaces an earlier one where they meet.
"""

from __future__ import annotations

import csv
import io

import numpy as np

from fastchannel.supply.chain.grid import text_of
from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.errors import SupplyError

COLUMNS = ("industry", "first_day", "last_day", "share")
ALL = "*"


def read_capacity(raw: bytes, where: str, table: Table, days: int) -> Floats:
    """The path of capacity (days, N) for ``propagate``. Raises SupplyError with the line of what it cannot be."""
    reader = csv.DictReader(io.StringIO(text_of(raw, where)), skipinitialspace=True)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SupplyError(f"{where}: column {missing[0]} is missing; expected {', '.join(COLUMNS)}")
    capacity = np.ones((days, len(table.industries)))
    for row in reader:
        line = f"{where}: line {reader.line_num}"
        try:
            first, last, share = int(row["first_day"]), int(row["last_day"]), float(row["share"])
        except (TypeError, ValueError):
            raise SupplyError(f"{line}: found {list(row.values())}, expected whole days and a share") from None
        if not 0 <= first <= last < days:
            raise SupplyError(f"{line}: days {first} to {last}: expected days from 0 to {days - 1}, in order")
        if not 0.0 <= share <= 1.0:
            raise SupplyError(f"{line}: share: found {share}, expected 0 to 1")
        capacity[first : last + 1, _places(row["industry"].strip(), table, line)] = share
    return capacity


def _places(name: str, table: Table, line: str) -> list[int]:
    of_region = [place for place, one in enumerate(table.industries) if name in (ALL, one.region)]
    if of_region:
        return of_region
    try:
        return [table.place(name)]
    except SupplyError as error:
        raise SupplyError(f"{line}: {error}") from None
