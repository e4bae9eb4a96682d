"""A table made ready to be run day by day: who needs what, how much lies in stock, who earns and who consumes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastchannel.supply.chain.closed_forms import coefficients
from fastchannel.supply.chain.compiled import FREE, FULL, HALF
from fastchannel.supply.chain.faults import TOLERANCE, Fault, check
from fastchannel.supply.chain.stocks import check_stocks
from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.errors import SupplyError

Places: TypeAlias = NDArray[np.int64]

DAYS_A_YEAR = 365.0
HOUSEHOLD_SHARE = 0.575  # of final demand in the world: WIOD, release of 2013, year 2011


class Production(StrEnum):
    """Which inputs an industry cannot do without: equations 8 to 14 of doi:10.1016/j.jedc.2022.104527."""

    LEONTIEF = "leontief"  # all of them
    STRONGLY_CRITICAL = "strongly_critical"  # the essential and the important ones
    HALF_CRITICAL = "half_critical"  # the essential ones; without an important one it makes half
    WEAKLY_CRITICAL = "weakly_critical"  # only the essential ones
    LINEAR = "linear"  # none: each replaces each


_BINDS: dict[Production, tuple[int, int, int]] = {  # by Input: other, important, essential
    Production.LEONTIEF: (FULL, FULL, FULL),
    Production.STRONGLY_CRITICAL: (FREE, FULL, FULL),
    Production.HALF_CRITICAL: (FREE, HALF, FULL),
    Production.WEAKLY_CRITICAL: (FREE, FREE, FULL),
    Production.LINEAR: (FREE, FREE, FREE),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Goods:
    """What N industries buy of P products, each from R regions.

    ``shares[i, r, p]`` (N, R, P) is what one unit of i's output takes of product p of region r, ``weight`` (N, P) the same of
    all regions, ``binds`` (N, P) what the lack of it does, and ``slot`` (N,) the place r · P + p of each industry as a seller.
    """

    slot: Places
    shares: NDArray[np.float64]
    weight: Floats
    binds: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Economy:
    """N industries in the steady state of their table, in its unit a day, with what they buy and the days of it in stock.

    ``consumed[i, h]`` (N, H) is what household h buys, ``earned[i, h]`` (N, H) the share of its income that it earns in i.
    """

    table: Table
    production: Production
    output: Floats
    stock_days: Floats
    goods: Goods
    consumed: Floats
    earned: Floats
    other_demand: Floats

    @property
    def count(self) -> int:
        """N."""
        return len(self.output)


def prepare(
    table: Table,
    *,
    stock_days: Floats,
    criticality: NDArray[np.int8] | None = None,
    production: Production = Production.HALF_CRITICAL,
    earnings: Floats | None = None,
    household_share: float = HOUSEHOLD_SHARE,
    by_origin: bool = False,
    tolerance: float = TOLERANCE,
) -> Economy:
    """The economy of a table, at rest.

    - ``stock_days`` (N,): days of its use that an industry holds of each input.
    - ``criticality`` (N, N): ``Input`` of i for j; it may be left out for Leontief and linear production.
    - ``earnings`` (N,): what each industry pays for labour, in any unit; left out, it is as value added.
    - ``household_share``: of a column of final demand that mixes households with others.
    - ``by_origin``: the same product of another region is another input. Else a buyer's stock of a product is one, whoever sold
      it, so that essential is the product and not each of its sellers.

    What the rows are off by, within ``tolerance``, goes to the other final demand, so that the start is at rest. Raises
    SupplyError where the table or the stocks have a fault: ``faults.check`` lists them and ``repairs.repair`` mends them.
    """
    count = len(table.industries)
    if criticality is None:
        if production not in {Production.LEONTIEF, Production.LINEAR}:
            raise SupplyError(
                f"{table.source}: {production} production needs to know which inputs are essential; found nothing"
            )
        criticality = np.zeros((count, count), dtype=np.int8)
    for name, shape, value in (("stock_days", (count,), stock_days), ("criticality", (count, count), criticality)):
        if value.shape != shape:
            raise SupplyError(f"{table.source}: {name} has shape {value.shape}, expected {shape}")
    binds = np.array(_BINDS[production], dtype=np.int8)[criticality]
    _refuse(table, (*check(table, tolerance=tolerance), *check_stocks(table, stock_days, binds == FULL)))
    consumed, earned = _households(table, earnings, household_share)
    output = table.output / DAYS_A_YEAR
    sold_on = table.flows.sum(axis=1) / DAYS_A_YEAR
    return Economy(
        table=table,
        production=production,
        output=output,
        stock_days=np.asarray(stock_days, dtype=np.float64),
        goods=_goods(table, binds, by_origin=by_origin),
        consumed=consumed,
        earned=earned,
        other_demand=output - sold_on - consumed.sum(axis=1),
    )


def _refuse(table: Table, faults: tuple[Fault, ...]) -> None:
    if not faults:
        return
    counts = ", ".join(f"{number} of {kind}" for kind, number in Counter(one.kind for one in faults).items())
    first = faults[0]
    raise SupplyError(
        f"{table.source}: {counts}. First: {first.where}: {first.kind}: found {first.found:g}, expected {first.expected:g}. "
        "Mend the table, or ask for repairs of these kinds"
    )


def _goods(table: Table, binds: NDArray[np.int8], *, by_origin: bool) -> Goods:
    count = len(table.industries)
    region, product = (np.zeros(count, dtype=np.int64), np.arange(count)) if by_origin else _places(table)
    shares = np.zeros((count, int(region.max()) + 1, int(product.max()) + 1))
    bought = coefficients(table).T
    shares[:, region, product] = bought
    kind = np.zeros((count, shares.shape[2]), dtype=np.int8)
    for seller, one in enumerate(product):  # a product binds as the strictest of those who sell it to this buyer
        kind[:, one] = np.maximum(kind[:, one], np.where(bought[:, seller] > 0, binds[seller], FREE))
    return Goods(slot=region * shares.shape[2] + product, shares=shares, weight=shares.sum(axis=1), binds=kind)


def _places(table: Table) -> tuple[Places, Places]:
    regions = {name: place for place, name in enumerate(table.regions)}
    products = {name: place for place, name in enumerate(dict.fromkeys(one.sector for one in table.industries))}
    return (
        np.array([regions[one.region] for one in table.industries]),
        np.array([products[one.sector] for one in table.industries]),
    )


def _households(table: Table, earnings: Floats | None, household_share: float) -> tuple[Floats, Floats]:
    """What the households of each region buy a day, and where they earn; one household for each region with such demand."""
    regions = tuple(dict.fromkeys(one.region for one in table.demands if one.households is not False))
    consumed = np.zeros((len(table.industries), len(regions)))
    for column, demand in enumerate(table.demands):
        if demand.households is not False:
            share = 1.0 if demand.households else household_share
            consumed[:, regions.index(demand.region)] += share * np.maximum(table.final[:, column], 0.0) / DAYS_A_YEAR
    paid = np.maximum(table.value_added if earnings is None else earnings, 0.0)
    earned = np.zeros_like(consumed)
    for row, one in enumerate(table.industries):
        if one.region in regions:
            earned[row, regions.index(one.region)] = paid[row]
    return consumed, earned / np.maximum(earned.sum(axis=0), np.finfo(float).tiny)
