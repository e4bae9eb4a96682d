"""What a shortage of capacity does to every industry, day by day.

The dynamic input–output model of Pichler, Pangallo, del Rio-Chanona, Lafond and Farmer (2022), "Forecasting the propagation of
pandemic shocks with a dynamic input-output model", doi:10.1016/j.jedc.2022.104527, written from its equations 3 to 20. Each day
industries hire or dismiss, order inputs for yesterday's demand and towards their target stocks, households spend from what they
earn, each industry makes the least of what its people, its stocks and its customers allow, and shares it out in proportion to
orders. tests/supply/chain/test_propagate.py holds it against a reference run of all five kinds of production within 2e-4.

Ours, where the paper has one country or leaves it open: households by region, each earning in its own region's industries; an
order is never negative; fear of infection lowers a day's consumption and is not remembered on the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastchannel.supply.chain.compiled import run_days
from fastchannel.supply.chain.economy import Economy, Production
from fastchannel.supply.chain.table import Floats
from fastchannel.supply.errors import SupplyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How fast people and firms react; the defaults are those of the reference run.

    ``hiring_per_day`` and ``firing_per_day``: the share of the gap to the workforce wanted that is closed in a day. With
    ``labour_follows`` there is neither: who is allowed to work stands ready, and who is not wanted is kept.
    """

    restocking_days: float = 5.0
    hiring_per_day: float = 1.0 / 30.0
    firing_per_day: float = 2.0 / 30.0
    labour_follows: bool = False
    consumption_persistence_per_day: float = 1.0 - (1.0 - 0.6) / 90.0
    benefit_share: float = 0.8

    def __post_init__(self) -> None:
        if not self.restocking_days >= 1.0:
            raise SupplyError(
                f"restocking_days: found {self.restocking_days}, expected 1 or more: stocks are filled once a day"
            )
        for name in ("hiring_per_day", "firing_per_day", "consumption_persistence_per_day", "benefit_share"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise SupplyError(f"{name}: found {value}, expected a share from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """T days of N industries, in the table's unit a day: ``output`` and ``demand`` (T, N), and what held production down.

    ``bound`` (T, N) is 0 where it was people, 1 where it was inputs, 2 where it was demand.
    """

    output: Floats
    demand: Floats
    bound: NDArray[np.int8]


def propagate(
    economy: Economy,
    capacity: Floats,
    *,
    behaviour: Behaviour | None = None,
    other_demand: Floats | None = None,
    consumption: Floats | None = None,
    expected_income: Floats | None = None,
) -> Course:
    """Every day of the economy under a path of capacity.

    ``capacity`` (T, N): the share of an industry's normal people that may work on each day, from 0 to 1; the day before the
    first one is normal. ``other_demand`` (T, N), ``consumption`` (T,) and ``expected_income`` (T,) are shares of normal of
    final demand but households', of households' wish to spend, and of the income that they count on; normal if left out.
    Raises SupplyError for paths of the wrong shape or outside their bounds.
    """
    as_they_do = behaviour or Behaviour()
    days, count = _bounded("capacity", capacity, (None, economy.count), most=1.0).shape
    shares = {
        "other_demand": (other_demand, (days, count)),
        "consumption": (consumption, (days,)),
        "expected_income": (expected_income, (days,)),
    }
    paths = {
        name: np.ones(shape) if given is None else _bounded(name, given, shape, most=np.inf)
        for name, (given, shape) in shares.items()
    }
    goods = economy.goods
    output, demanded = np.empty((days, count)), np.empty((days, count))
    bound = np.empty((days, count), dtype=np.int8)
    run_days(
        goods.slot,
        goods.shares,
        goods.weight,
        goods.binds,
        economy.production is Production.LINEAR,
        economy.output,
        economy.stock_days,
        economy.consumed,
        economy.earned,
        economy.other_demand,
        np.ascontiguousarray(capacity, dtype=np.float64),
        paths["other_demand"],
        paths["consumption"],
        paths["expected_income"],
        as_they_do.restocking_days,
        as_they_do.hiring_per_day,
        as_they_do.firing_per_day,
        as_they_do.labour_follows,
        as_they_do.consumption_persistence_per_day,
        as_they_do.benefit_share,
        output,
        demanded,
        bound,
    )
    return Course(output=output, demand=demanded, bound=bound)


def _bounded(name: str, given: Floats, shape: tuple[int | None, ...], *, most: float) -> Floats:
    fits = given.ndim == len(shape) and all(want in (None, have) for want, have in zip(shape, given.shape, strict=True))
    if not fits or given.shape[0] == 0:
        wanted = " × ".join("days" if one is None else str(one) for one in shape)
        raise SupplyError(f"{name}: found the shape {given.shape}, expected {wanted}")
    bad = np.argwhere(~((given >= 0.0) & (given <= most)))
    if len(bad):
        place = tuple(int(one) for one in bad[0])
        said = "a share from 0 to 1" if most == 1.0 else "a share of 0 or more"
        raise SupplyError(f"{name}: on day {place[0]} found {given[place]}, expected {said}")
    return np.ascontiguousarray(given, dtype=np.float64)
