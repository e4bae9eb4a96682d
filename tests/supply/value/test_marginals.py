"""What more capacity is worth is measured at the shortage that there is, and a multiplier does not say it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fastchannel.supply.chain.closed_forms import multipliers
from fastchannel.supply.chain.economy import Economy, Production, prepare
from fastchannel.supply.chain.faults import Kind
from fastchannel.supply.chain.own_csv import read_own
from fastchannel.supply.chain.propagate import Behaviour, propagate
from fastchannel.supply.chain.repairs import repair
from fastchannel.supply.chain.sectors import read_criticality, read_per_sector
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.marginals import Direction, Part, marginals, marginals_spread
from fastchannel.supply.value.ranking import rank_agreement
from tests.supply.chain.small_tables import three
from tests.supply.value.small_chain import shortage, small_economy


def test_a_marginal_is_the_difference_of_two_runs() -> None:
    economy, short = small_economy(), shortage(left=0.4)
    found = marginals(economy, short, [0])[0]
    more = short.capacity.copy()
    more[10:60, 0] += 0.01
    runs = [propagate(economy, one, behaviour=short.behaviour).output.sum() for one in (short.capacity, more)]
    assert found.direction is Direction.RESTORED
    assert found.direct == pytest.approx(50 * 0.01 * 100.0 / 365.0)
    assert found.amplification == pytest.approx((runs[1] - runs[0]) / found.direct, rel=1e-9)


def test_an_industry_that_lacks_nothing_is_measured_by_what_it_would_take_away() -> None:
    found = marginals(small_economy(), shortage(left=0.4), [2])[0]
    assert found.direction is Direction.KEPT
    assert found.amplification == pytest.approx(found.worth)


def test_where_industries_do_not_buy_from_each_other_nothing_is_amplified() -> None:
    alone = three(flows=np.zeros((3, 3)), final=np.column_stack([np.zeros(3), np.array([100.0, 300.0, 600.0])]))
    economy = prepare(alone, stock_days=np.ones(3), production=Production.LEONTIEF)
    found = marginals(economy, shortage(left=0.4))
    assert [one.amplification for one in found] == pytest.approx([1.0, 1.0, 1.0], abs=1e-9)


def test_a_weight_counts_an_industrys_own_output_that_many_times() -> None:
    plain = marginals(small_economy(), shortage(left=0.4))
    weighted = marginals(small_economy(), shortage(left=0.4, weights=np.array([2.0, 2.0, 2.0])))
    assert [one.worth for one in weighted] == pytest.approx([2.0 * one.amplification for one in plain])


def test_the_same_industry_is_worth_more_the_scarcer_it_is() -> None:
    mild, severe = (marginals(small_economy(), shortage(left=left), [0])[0].amplification for left in (0.95, 0.3))
    assert severe > 1.5 * mild


def test_parts_put_together_are_the_whole_in_order() -> None:
    economy, short = small_economy(), shortage(left=0.4)
    with ThreadPoolExecutor(2) as pool:
        assert marginals_spread(economy, short, pool.map, parts=2) == marginals(economy, short)
    assert Part(economy=economy, shortage=short)([1]) == marginals(economy, short, [1])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_day": 60, "last_day": 59}, "days 60 to 59: expected days of the 90 of the shortage, in order"),
        ({"last_day": 90}, "days 10 to 90"),
        ({"step": 0.0}, r"step: found 0\.0, expected a share of capacity above 0"),
        ({"weights": np.ones(2)}, r"weights: found the shape \(2,\)"),
    ],
)
def test_a_shortage_that_is_none_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SupplyError, match=said):
        shortage(**changes)


@pytest.fixture(scope="module")
def seven(shared: Path) -> Economy:
    folder = shared / "data" / "supply"
    table = read_own((folder / "wiod2011_chn_kor_7reg_x35.csv").read_bytes(), "seven", unit="M USD")
    table = repair(table, [Kind.ZERO_OUTPUT, Kind.NEGATIVE_DEMAND, Kind.UNBALANCED]).table
    ranks = read_criticality((folder / "criticality_wiod35_derived.csv").read_bytes(), "criticality")
    days = read_per_sector((folder / "inventory_days_wiod35_derived.csv").read_bytes(), "stock")
    return prepare(table, stock_days=days.of(table), criticality=ranks.of(table), production=Production.LEONTIEF)


def amplifications(economy: Economy, shock: float, places: list[int]) -> list[float]:
    at_rest = propagate(economy, np.ones((120, economy.count)), behaviour=Behaviour()).output.sum()
    found = []
    for place in places:
        capacity = np.ones((120, economy.count))
        capacity[10:40, place] -= shock
        lost = at_rest - propagate(economy, capacity, behaviour=Behaviour()).output.sum()
        found.append(lost / (30 * shock * economy.output[place]))
    return found


def test_the_larger_the_shock_the_less_a_multiplier_says_of_it(seven: Economy) -> None:
    places = list(range(0, seven.count, 3))
    known = multipliers(seven.table)[places]
    small, large = (rank_agreement(np.array(amplifications(seven, shock, places)), known) for shock in (0.05, 0.5))
    assert small is not None
    assert large is not None
    assert small < 0.7  # even then it misleads
    assert large < small - 0.2
