"""Repairs of a table, made only when asked for, with every figure that was changed and how far."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from fastchannel.supply.chain.faults import TOLERANCE, Kind
from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.errors import SupplyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure that was changed. An industry that was taken out has what it bought and sold as ``before``."""

    kind: Kind
    where: str
    before: float
    after: float

    @property
    def size(self) -> float:
        """How far the figure was moved, in the table's unit."""
        return abs(self.after - self.before)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repaired:
    """A table after repairs. ``changes`` are in the order in which they were made."""

    table: Table
    changes: tuple[Change, ...]


def repair(table: Table, kinds: Iterable[Kind], *, tolerance: float = TOLERANCE) -> Repaired:
    """The table with the faults of these kinds mended, always in this order, so that each sees what the earlier ones left.

    - ``zero_output``: the industry's row and column are taken out.
    - ``negative_flow``: a negative sale becomes a purchase the other way round, as with returned goods.
    - ``negative_demand``: it becomes nothing, and the rest of the row's final demand shrinks so that its sum stays; where the
      sum itself is negative, the row's final demand becomes nothing.
    - ``unbalanced``: final demand is scaled until the row's sales are its output; where it would be negative, or there is
      no more of it than ``tolerance``, the row's output becomes its sales.

    Raises SupplyError for a kind that cannot be repaired here: what an industry that uses more than it makes should have made
    is not in the table.
    """
    asked = set(kinds)
    steps: dict[Kind, Callable[[Table], tuple[Table, list[Change]]]] = {
        Kind.ZERO_OUTPUT: _take_out,
        Kind.NEGATIVE_FLOW: _turn_round,
        Kind.NEGATIVE_DEMAND: _lift,
        Kind.UNBALANCED: lambda one: _balance(one, tolerance),
    }
    impossible = sorted(asked - set(steps))
    if impossible:
        raise SupplyError(
            f"{table.source}: {', '.join(impossible)} cannot be repaired; expected {', '.join(steps)}. Mend the table's source"
        )
    changes: list[Change] = []
    for kind, step in steps.items():
        if kind in asked:
            table, made = step(table)
            changes += made
    return Repaired(table=table, changes=tuple(changes))


def _take_out(table: Table) -> tuple[Table, list[Change]]:
    gone = table.output == 0
    if gone.all():
        raise SupplyError(f"{table.source}: no industry has an output; expected at least one")
    traded = table.flows.sum(axis=0) + table.flows.sum(axis=1) + table.final.sum(axis=1)
    changes = [
        Change(kind=Kind.ZERO_OUTPUT, where=str(table.industries[row]), before=float(traded[row]), after=0.0)
        for row in np.flatnonzero(gone)
    ]
    kept = ~gone
    smaller = replace(
        table,
        industries=tuple(one for one, keep in zip(table.industries, kept, strict=True) if keep),
        flows=table.flows[np.ix_(kept, kept)],
        final=table.final[kept],
        output=table.output[kept],
    )
    return smaller, changes


def _turn_round(table: Table) -> tuple[Table, list[Change]]:
    flows = table.flows.copy()
    changes = []
    for seller, buyer in np.argwhere(table.flows < 0):
        amount = float(table.flows[seller, buyer])
        where = f"{table.industries[seller]} → {table.industries[buyer]}"
        changes.append(Change(kind=Kind.NEGATIVE_FLOW, where=where, before=amount, after=0.0))
        flows[seller, buyer] = 0.0
        if seller != buyer:
            flows[buyer, seller] -= amount
    return replace(table, flows=flows), changes


def _lift(table: Table) -> tuple[Table, list[Change]]:
    total = table.final.sum(axis=1)
    positive = np.maximum(table.final, 0.0)
    scale = np.maximum(total, 0.0) / np.maximum(positive.sum(axis=1), np.finfo(float).tiny)
    touched = np.any(table.final < 0, axis=1, keepdims=True)
    final = np.where(touched, positive * scale[:, None], table.final)
    return replace(table, final=final), _changes(table, Kind.NEGATIVE_DEMAND, table.final, final)


def _balance(table: Table, tolerance: float) -> tuple[Table, list[Change]]:
    sold_on = table.flows.sum(axis=1)
    wanted = table.final.sum(axis=1)
    off = np.abs(sold_on + wanted - table.output) > tolerance
    room = table.output - sold_on
    scalable = off & (room >= 0) & (wanted > tolerance)
    scale = np.where(scalable, room / np.where(scalable, wanted, 1.0), 1.0)
    final = table.final * scale[:, None]
    output = np.where(off & ~scalable, sold_on + wanted, table.output)
    changes = _changes(table, Kind.UNBALANCED, table.final, final)
    changes += [
        Change(
            kind=Kind.UNBALANCED, where=str(table.industries[row]), before=float(table.output[row]), after=float(output[row])
        )
        for row in np.flatnonzero(output != table.output)
    ]
    return replace(table, final=final, output=output), changes


def _changes(table: Table, kind: Kind, before: Floats, after: Floats) -> list[Change]:
    return [
        Change(
            kind=kind,
            where=f"{table.industries[row]} → {table.demands[column]}",
            before=float(before[row, column]),
            after=float(after[row, column]),
        )
        for row, column in np.argwhere(before != after)
    ]
