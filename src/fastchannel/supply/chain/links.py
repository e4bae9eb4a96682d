"""The chain of a table as a picture needs it: the largest industries, what flows between them, who else makes the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fastchannel.supply.chain.economy import DAYS_A_YEAR
from fastchannel.supply.chain.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What one industry sells to another in a year, in the table's unit; ``share`` is of all that the buyer makes."""

    seller: int
    buyer: int
    amount: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Another region's industry that makes the same; ``share`` is of what the industry's own buyers take of the product."""

    place: int
    share: float


def largest(table: Table, count: int, keep: Sequence[int] = ()) -> list[int]:
    """The rows of the industries with the most output, and those to keep, in the order of the table."""
    order = np.argsort(-table.output, kind="stable")[:count].tolist()
    return sorted({*order, *keep})


def strongest(table: Table, among: Sequence[int], count: int) -> list[Sale]:
    """The largest sales between different industries among these rows, the largest first."""
    rows = np.array(among, np.int64)
    flows = table.flows[np.ix_(rows, rows)].copy()
    np.fill_diagonal(flows, 0.0)
    order = np.argsort(-flows, axis=None, kind="stable")[:count]
    found = [(int(rows[at // rows.size]), int(rows[at % rows.size])) for at in order if flows.flat[at] > 0.0]
    return [_sale(table, seller, buyer) for seller, buyer in found]


def sales_of(table: Table, place: int, count: int) -> list[Sale]:
    """To whom an industry sells most, itself left out."""
    row = table.flows[place].copy()
    row[place] = 0.0
    return [_sale(table, place, int(buyer)) for buyer in np.argsort(-row, kind="stable")[:count] if row[buyer] > 0.0]


def purchases_of(table: Table, place: int, count: int) -> list[Sale]:
    """From whom an industry buys most, itself left out."""
    column = table.flows[:, place].copy()
    column[place] = 0.0
    return [_sale(table, int(seller), place) for seller in np.argsort(-column, kind="stable")[:count] if column[seller] > 0.0]


def replacements(table: Table, place: int) -> list[Replacement]:
    """Industries of other regions that make the same, by what they sell already to those who buy from this one."""
    sector = table.industries[place].sector
    same = [row for row, one in enumerate(table.industries) if one.sector == sector]
    buyers = table.flows[place] > 0.0
    bought = {row: float(table.flows[row, buyers].sum()) for row in same}
    total = sum(bought.values())
    found = [Replacement(place=row, share=bought[row] / total if total > 0.0 else 0.0) for row in same if row != place]
    return sorted(found, key=lambda one: (-one.share, one.place))


def output_per_day(table: Table, place: int) -> float:
    """What an industry makes a day, in the table's unit."""
    return float(table.output[place]) / DAYS_A_YEAR


def _sale(table: Table, seller: int, buyer: int) -> Sale:
    amount = float(table.flows[seller, buyer])
    made = float(table.output[buyer])
    return Sale(seller=seller, buyer=buyer, amount=amount, share=amount / made if made > 0.0 else 0.0)
