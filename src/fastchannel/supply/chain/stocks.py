"""Stocks that are too small to produce from: below a day's use, and circles in which everybody waits for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fastchannel.supply.chain.faults import Fault, Kind
from fastchannel.supply.chain.table import Flags, Floats, Table

LEAST_DAYS = 1.0  # the model's step: what is used on a day must lie there in the morning


def circles(count: int, edges: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """The sets of places, each sorted, from which one comes back to the start along the edges; a loop is one of them too."""
    pairs = sorted(set(edges))
    if not pairs:
        return ()
    ends = np.array(pairs, dtype=np.int64)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    _, group = connected_components(graph, directed=True, connection="strong")
    members: dict[int, list[int]] = {}
    for place, label in enumerate(group.tolist()):
        members.setdefault(label, []).append(place)
    loops = {start for start, end in pairs if start == end}
    return tuple(tuple(one) for one in members.values() if len(one) > 1 or one[0] in loops)


def check_stocks(table: Table, stock_days: Floats, binding: Flags) -> tuple[Fault, ...]:
    """Faults of the stock of each industry, in days of its use (N,), where ``binding[i, j]`` says that j stops without i.

    An industry with less than a day of a binding input cannot make what it makes in the table. A circle of industries without
    any stock can never start.
    """
    needs = binding & (table.flows > 0)
    short = [
        Fault(kind=Kind.LOW_STOCK, where=str(table.industries[row]), found=float(stock_days[row]), expected=LEAST_DAYS)
        for row in np.flatnonzero((stock_days < LEAST_DAYS) & needs.any(axis=0))
    ]
    empty = needs & (stock_days <= 0)[None, :]
    names = tuple(map(str, table.industries))
    return (*short, *circle_faults(names, [(int(i), int(j)) for i, j in np.argwhere(empty)]))


def circle_faults(names: Sequence[str], edges: Iterable[tuple[int, int]]) -> tuple[Fault, ...]:
    """A fault for each circle of zero stock among places with these names."""
    return tuple(
        Fault(kind=Kind.ZERO_STOCK_CYCLE, where=" → ".join(names[place] for place in one), found=0.0, expected=LEAST_DAYS)
        for one in circles(len(names), edges)
    )
