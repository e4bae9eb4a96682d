"""The days of the model in machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from fastchannel.supply.chain.table import Floats

Kernel = TypeVar("Kernel", bound=Callable[..., object])
Places = NDArray[np.int64]

FREE, HALF, FULL = 0, 1, 2  # what the lack of an input does to its buyer
CAPACITY, INPUTS, DEMAND = 0, 1, 2  # what held production down on a day


def _compiled(function: Kernel) -> Kernel:
    """Machine code with arithmetic exactly as written, kept between runs where a folder can be written."""
    try:
        return cast("Kernel", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # no folder to keep it in: it is compiled at each start
        return cast("Kernel", numba.njit(nogil=True, error_model="numpy")(function))


@_compiled
def _reach(stock: Floats, weight: Floats, binds: NDArray[np.int8], linear: bool, normal: float) -> float:
    """The output that one buyer's stocks suffice for: equations 8 to 14."""
    together, needed, least, least_half = 0.0, 0.0, np.inf, np.inf
    for product in range(len(stock)):
        if binds[product] == FULL:
            least = min(least, stock[product])
        elif binds[product] == HALF:
            least_half = min(least_half, stock[product])
        together += weight[product] * stock[product]
        needed += weight[product]
    if linear:
        return together / needed if needed > 0 else np.inf
    return min(least, 0.5 * (least_half + normal))


@_compiled
def _work(
    labour: Floats,
    normal: Floats,
    reached: Floats,
    demand: Floats,
    allowed: Floats,
    hiring: float,
    firing: float,
    follows: bool,
) -> None:
    """The people of each industry as a share of normal: equations 19 and 20."""
    for one in range(len(labour)):
        if follows:
            labour[one] = allowed[one]
        else:
            gap = min(reached[one], demand[one]) / normal[one] - labour[one]
            labour[one] = min(labour[one] + (hiring if gap >= 0 else firing) * gap, allowed[one])


@_compiled
def _spend(
    spending: Floats, earned: Floats, outside: Floats, labour: Floats, persistence: float, benefit: float, expected: float
) -> None:
    """The logarithm of each household's wish to spend, as a share of normal: equation 5."""
    for household in range(len(spending)):
        income = outside[household]
        for one in range(len(labour)):
            income += earned[one, household] * labour[one]
        now, later = max(benefit + (1.0 - benefit) * income, 1e-300), max(expected, 1e-300)
        spending[household] *= persistence
        spending[household] += 0.5 * (1.0 - persistence) * (np.log(now) + np.log(later))


@_compiled
def _restock(
    stock: Floats,
    weight: Floats,
    came: Floats,
    order: Floats,
    before: float,
    demand: float,
    target: float,
    use: float,
    days: float,
) -> None:
    """One buyer's stocks after the day, and what it will ask for on the next: equations 4 and 18."""
    for product in range(len(stock)):
        asked = max(before + (target - stock[product]) / days, 0.0)
        arrived = asked * came[product] / weight[product] if weight[product] > 0 else 0.0
        stock[product] = max(stock[product] + arrived - use, 0.0)
        order[product] = max(demand + (target - stock[product]) / days, 0.0)


@_compiled
def run_days(
    slot: Places,
    shares: NDArray[np.float64],
    weight: Floats,
    binds: NDArray[np.int8],
    linear: bool,
    normal: Floats,
    stock_days: Floats,
    consumed: Floats,
    earned: Floats,
    other_demand: Floats,
    capacity: Floats,
    other_share: Floats,
    consuming: Floats,
    expected: Floats,
    restocking_days: float,
    hiring: float,
    firing: float,
    follows: bool,
    persistence: float,
    benefit: float,
    output: Floats,
    demanded: Floats,
    bound: NDArray[np.int8],
) -> None:
    """Fill ``output``, ``demanded`` and ``bound`` (T, N); ``Goods`` and ``Economy`` say what the arrays hold.

    A stock is kept as S / A, the output that it suffices for: what a buyer orders and uses is then the same figure for all its
    goods, and a good's limit is the stock itself.
    """
    days, count = capacity.shape
    _, regions, products = shares.shape
    stock = np.empty((count, products))
    came, order = np.empty(products), np.empty(products)
    delivered, ordered = np.zeros((regions, products)), np.zeros((regions, products))
    labour, before, demand = np.ones(count), normal.copy(), normal.copy()
    reach, reached = np.empty(count), np.full(count, np.inf)
    spending = np.zeros(consumed.shape[1])
    outside = 1.0 - earned.sum(axis=0)  # the share of income that is earned in no industry of the table
    for one in range(count):
        stock[one] = stock_days[one] * normal[one]
        reach[one] = _reach(stock[one], weight[one], binds[one], linear, normal[one])
        ordered += shares[one] * normal[one]
    for day in range(days):
        _work(labour, normal, reached, demand, capacity[day], hiring, firing, follows)
        _spend(spending, earned, outside, labour, persistence, benefit, expected[day])
        level = np.exp(spending) * consuming[day]
        for one in range(count):
            region, product = slot[one] // products, slot[one] % products
            wanted = ordered[region, product] + other_demand[one] * other_share[day, one]
            for household in range(len(level)):
                wanted += consumed[one, household] * level[household]
            before[one], demand[one], reached[one] = demand[one], max(wanted, 0.0), reach[one]
            able = labour[one] * normal[one]
            made = min(able, reach[one], demand[one])
            output[day, one], demanded[day, one] = made, demand[one]
            bound[day, one] = DEMAND if made == demand[one] else CAPACITY if made == able else INPUTS
            delivered[region, product] = made / demand[one] if demand[one] > 0 else 0.0
        ordered[:] = 0.0
        for one in range(count):
            came[:] = 0.0
            for region in range(regions):
                for product in range(products):
                    came[product] += shares[one, region, product] * delivered[region, product]
            target, use = stock_days[one] * normal[one], output[day, one]
            _restock(stock[one], weight[one], came, order, before[one], demand[one], target, use, restocking_days)
            for region in range(regions):
                for product in range(products):
                    ordered[region, product] += shares[one, region, product] * order[product]
            reach[one] = _reach(stock[one], weight[one], binds[one], linear, normal[one])
