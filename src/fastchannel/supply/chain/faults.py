"""What is odd in a table's figures, one by one: where, what was found, what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fastchannel.supply.chain.table import Floats, Table

TOLERANCE = 0.5  # in the table's unit: tables are published in whole units, so that half of one is rounding


class Kind(StrEnum):
    """What can be wrong with a figure. The value is the stable code."""

    NEGATIVE_FLOW = "negative_flow"
    NEGATIVE_DEMAND = "negative_demand"
    ZERO_OUTPUT = "zero_output"
    NEGATIVE_OUTPUT = "negative_output"
    INPUTS_EXCEED_OUTPUT = "inputs_exceed_output"
    UNBALANCED = "unbalanced"
    LOW_STOCK = "low_stock"
    ZERO_STOCK_CYCLE = "zero_stock_cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault. ``expected`` is a figure to be equal to for ``unbalanced`` and the least that is in order for the others."""

    kind: Kind
    where: str
    found: float
    expected: float

    @property
    def size(self) -> float:
        """How far what was found is from what was expected."""
        return abs(self.found - self.expected)


def check(table: Table, *, tolerance: float = TOLERANCE) -> tuple[Fault, ...]:
    """Every fault of the table, kind by kind and row by row.

    A row is unbalanced where what the industry sold differs from its output by more than ``tolerance`` in the table's unit.
    """
    return (
        *_negatives(table, table.flows, tuple(map(str, table.industries)), Kind.NEGATIVE_FLOW),
        *_negatives(table, table.final, tuple(map(str, table.demands)), Kind.NEGATIVE_DEMAND),
        *_outputs(table),
        *_balances(table, tolerance),
    )


def _negatives(table: Table, values: Floats, columns: tuple[str, ...], kind: Kind) -> list[Fault]:
    return [
        Fault(kind=kind, where=f"{table.industries[row]} → {columns[column]}", found=float(values[row, column]), expected=0.0)
        for row, column in np.argwhere(values < 0)
    ]


def _outputs(table: Table) -> list[Fault]:
    found = []
    bought = table.flows.sum(axis=0)
    for place, (one, made) in enumerate(zip(table.industries, table.output, strict=True)):
        if made == 0:
            found.append(Fault(kind=Kind.ZERO_OUTPUT, where=str(one), found=0.0, expected=0.0))
        elif made < 0:
            found.append(Fault(kind=Kind.NEGATIVE_OUTPUT, where=str(one), found=float(made), expected=0.0))
        if bought[place] > max(made, 0.0):
            kind = Kind.INPUTS_EXCEED_OUTPUT
            found.append(Fault(kind=kind, where=str(one), found=float(made), expected=float(bought[place])))
    return found


def _balances(table: Table, tolerance: float) -> list[Fault]:
    sold = table.flows.sum(axis=1) + table.final.sum(axis=1)
    return [
        Fault(kind=Kind.UNBALANCED, where=str(table.industries[row]), found=float(sold[row]), expected=float(table.output[row]))
        for row in np.flatnonzero(np.abs(sold - table.output) > tolerance)
    ]
