"""The World Input-Output Database (WIOT), releases of 2013 and 2016, as CSV saved from its sheets; millions of US dollars.

Four lines of headings and four columns of labels: code, description, country and number, ``c1`` for a column and ``r1`` or
``c1`` for a row. Rows of country ``TOT`` are sums, taxes and value added; the column of country ``TOT`` is output. Industries
are numbered alike in every country (35 of them in 2013, 56 in 2016), and what comes after them is final demand. Lines above the
headings are passed over. Sectors are named ``c01``, ``c02`` … as in ours. The guide is Timmer et al. (2015),
doi:10.1111/roie.12178.
"""

from __future__ import annotations

import re

from fastchannel.supply.chain.grid import first_lines, is_figure, read_grid
from fastchannel.supply.chain.table import Demand, Industry, Table
from fastchannel.supply.errors import SupplyError

HEADINGS = 4
LOOKED_AT = 20  # lines in which the first row of figures must come
SUMS = {"TOT", ""}
HOUSEHOLDS = "by households"
_NUMBER = re.compile(r"[rc]?(\d+)")


def read_wiod(raw: bytes, where: str) -> Table:
    """The table. Raises SupplyError where there are no rows of industries, or a row has no column, or output is missing."""
    start = next((n for n, line in enumerate(first_lines(raw, where, LOOKED_AT)) if _is_row(line)), None)
    if start is None or start < HEADINGS:
        raise SupplyError(
            f"{where}: found no row of an industry under four lines of headings in the first {LOOKED_AT} lines; "
            "expected code, description, country, number (r1), figures"
        )
    grid = read_grid(raw, where, head_lines=HEADINGS, label_columns=HEADINGS, skip_lines=start - HEADINGS)
    _, descriptions, countries, numbers = grid.headings
    columns = {(country, _number(text)): place for place, (country, text) in enumerate(zip(countries, numbers, strict=True))}
    rows = [row for row, (_, _, country, _) in enumerate(grid.labels) if country not in SUMS]
    keys = [(grid.labels[row][2], _number(grid.labels[row][3])) for row in rows]
    missing = next((key for key in keys if key not in columns), None)
    if missing is not None:
        raise SupplyError(f"{where}: row {missing[0]} r{missing[1]} has no column; expected a column c{missing[1]} of it")
    total = next((place for (country, _), place in columns.items() if country == "TOT"), None)
    if total is None:
        raise SupplyError(f"{where}: found no column of country TOT; expected the output there")
    final = [(key, place) for key, place in columns.items() if key not in set(keys) and key[0] not in SUMS]
    return Table(
        source=where,
        unit="M USD",
        industries=tuple(Industry(region=country, sector=f"c{number:02}") for country, number in keys),
        demands=tuple(
            Demand(region=country, category=f"c{number:02}", households=descriptions[place].lower().endswith(HOUSEHOLDS))
            for (country, number), place in final
        ),
        flows=grid.values[rows][:, [columns[key] for key in keys]],
        final=grid.values[rows][:, [place for _, place in final]],
        output=grid.values[rows, total],
    )


def _is_row(line: list[str]) -> bool:
    return len(line) > HEADINGS and line[2] != "" and _number(line[3]) > 0 and is_figure(line[4])


def _number(text: str) -> int:
    """The number of a row or column; 0 where it has none."""
    found = _NUMBER.fullmatch(text)
    return int(found.group(1)) if found else 0
