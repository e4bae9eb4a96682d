"""The daily model against a reference run of other hands, against its equations written plainly, and at rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.supply.chain.compiled import CAPACITY, DEMAND, INPUTS
from fastchannel.supply.chain.economy import Economy, Production, prepare
from fastchannel.supply.chain.propagate import Behaviour, propagate
from fastchannel.supply.chain.sectors import Input
from fastchannel.supply.chain.table import Demand, Floats, Industry, Table
from fastchannel.supply.errors import SupplyError
from tests.supply.chain import by_the_equations
from tests.supply.chain.small_tables import three

CRITICAL = np.array([[0, 2, 0], [0, 0, 2], [0, 0, 0]], dtype=np.int8)
WAGES = np.array([60.0, 120.0, 250.0])
STOCK_DAYS = np.array([30.0, 14.0, 7.0])


def reference(production: Production) -> Economy:
    return prepare(three(), stock_days=STOCK_DAYS, criticality=CRITICAL, production=production, earnings=WAGES)


def shocked(days: int, count: int, industry: int, first: int, last: int, left: float) -> Floats:
    capacity = np.ones((days, count))
    capacity[first : last + 1, industry] = left
    return capacity


@pytest.mark.parametrize("production", Production)
def test_the_reference_run_is_met_within_two_in_ten_thousand(shared: Path, production: Production) -> None:
    with np.load(shared / "data" / "supply" / "ref_3sector.npz") as kept:
        published, at_rest = kept[production.value], kept[f"{production.value}_base"]
    ours = 365.0 * propagate(reference(production), shocked(183, 3, 0, 11, 40, 0.5)).output
    assert published.min() < 51.0  # it does shrink
    assert np.abs(ours / published - 1.0).max() < 2e-4
    assert np.abs(365.0 * propagate(reference(production), np.ones((183, 3))).output / at_rest - 1.0).max() < 1e-12


@pytest.mark.parametrize(
    ("production", "published"),
    [(Production.LEONTIEF, [50.0, 240.638, 318.918]), (Production.HALF_CRITICAL, [50.0, 298.306, 598.501])],
)
def test_day_thirty_of_the_reference_run(production: Production, published: list[float]) -> None:
    ours = 365.0 * propagate(reference(production), shocked(183, 3, 0, 11, 40, 0.5)).output[30]
    assert ours == pytest.approx(published, rel=2e-4)


def two_regions(draws: list[float]) -> Table:
    """Two regions with the same three sectors, balanced by their final demand."""
    flows = np.array(draws[:36]).reshape(6, 6) * 10.0
    final = 20.0 + 60.0 * np.array(draws[36:]).reshape(6, 4)
    return Table(
        source="two",
        unit="",
        industries=tuple(Industry(region=region, sector=sector) for region in "RS" for sector in "ABC"),
        demands=tuple(Demand(region=region, category=str(h), households=h) for region in "RS" for h in (True, False)),
        flows=flows,
        final=final,
        output=flows.sum(axis=1) + final.sum(axis=1),
    )


@given(
    draws=st.lists(st.floats(0.05, 1.0), min_size=60, max_size=60),
    ranks=st.lists(st.sampled_from([0, 1, 2]), min_size=9, max_size=9),
    left=st.floats(0.0, 1.0),
    stock=st.floats(1.0, 20.0),
    by_origin=st.booleans(),
    production=st.sampled_from(list(Production)),
)
@settings(max_examples=60, deadline=None)
def test_every_day_is_what_the_equations_say(
    draws: list[float], ranks: list[int], left: float, stock: float, by_origin: bool, production: Production
) -> None:
    table = two_regions(draws)
    sector = np.array(ranks, dtype=np.int8).reshape(3, 3)
    stock_days = np.linspace(stock, stock + 5.0, 6)
    economy = prepare(
        table, stock_days=stock_days, criticality=np.tile(sector, (2, 2)), production=production, by_origin=by_origin
    )
    capacity = shocked(60, 6, 4, 5, 30, left)
    ours = propagate(economy, capacity).output
    paid = np.zeros((6, 2))
    paid[:3, 0], paid[3:, 1] = table.value_added[:3], table.value_added[3:]
    of_product = np.tile(sector, (2, 2)) if by_origin else np.tile(sector, (1, 2))
    theirs = by_the_equations.run(
        flows=table.flows / 365.0,
        output=table.output / 365.0,
        product=np.arange(6) if by_origin else np.arange(6) % 3,
        essential=of_product == Input.ESSENTIAL,
        important=of_product == Input.IMPORTANT,
        mode=production.value,
        days_of_stock=stock_days,
        consumed=table.final[:, [0, 2]] / 365.0,
        paid=paid,
        others=table.final[:, [1, 3]].sum(axis=1) / 365.0,
        capacity=capacity,
    )
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@given(st.lists(st.floats(0.05, 1.0), min_size=60, max_size=60), st.sampled_from(list(Production)))
@settings(max_examples=30, deadline=None)
def test_an_economy_left_alone_stays_at_rest(draws: list[float], production: Production) -> None:
    economy = prepare(
        two_regions(draws), stock_days=np.full(6, 1.0), criticality=np.full((6, 6), 2, dtype=np.int8), production=production
    )
    course = propagate(economy, np.ones((100, 6)))
    assert course.output == pytest.approx(np.tile(economy.output, (100, 1)), rel=1e-10)


def test_what_holds_production_down_is_named_day_by_day() -> None:
    course = propagate(reference(Production.LEONTIEF), shocked(60, 3, 0, 5, 50, 0.2))
    assert set(course.bound[:5].ravel().tolist()) == {DEMAND}
    assert course.bound[5, 0] == CAPACITY
    assert course.bound[50, 1] == INPUTS  # fourteen days of stock are long used up
    assert (course.output <= course.demand).all()


@pytest.mark.parametrize(
    ("production", "rank", "made"),
    [
        (Production.LEONTIEF, Input.OTHER, 0.0),
        (Production.STRONGLY_CRITICAL, Input.IMPORTANT, 0.0),
        (Production.HALF_CRITICAL, Input.ESSENTIAL, 0.0),
        (Production.HALF_CRITICAL, Input.IMPORTANT, 150.0),
        (Production.WEAKLY_CRITICAL, Input.ESSENTIAL, 0.0),
    ],
)
def test_without_any_of_an_input_an_industry_makes_what_its_rank_leaves(
    production: Production, rank: Input, made: float
) -> None:
    ranks = np.zeros((3, 3), dtype=np.int8)
    ranks[0, 1] = rank
    economy = prepare(three(), stock_days=STOCK_DAYS, criticality=ranks, production=production)
    output = 365.0 * propagate(economy, shocked(40, 3, 0, 5, 39, 0.0), behaviour=Behaviour(labour_follows=True)).output
    assert output[30, 1] == pytest.approx(made, abs=1e-9)


@pytest.mark.parametrize(
    ("production", "rank"), [(Production.HALF_CRITICAL, Input.OTHER), (Production.WEAKLY_CRITICAL, Input.IMPORTANT)]
)
def test_without_any_of_an_input_that_does_not_bind_demand_is_met(production: Production, rank: Input) -> None:
    ranks = np.zeros((3, 3), dtype=np.int8)
    ranks[0, 1] = rank
    economy = prepare(three(), stock_days=STOCK_DAYS, criticality=ranks, production=production)
    course = propagate(economy, shocked(40, 3, 0, 5, 39, 0.0), behaviour=Behaviour(labour_follows=True))
    assert course.bound[30, 1] == DEMAND
    assert course.output[30, 1] > 150.0 / 365.0


def test_where_labour_follows_capacity_is_back_on_the_day_it_is_allowed() -> None:
    economy = reference(Production.LINEAR)
    capacity = shocked(40, 3, 0, 10, 11, 0.5)
    back = propagate(economy, capacity, behaviour=Behaviour(labour_follows=True)).output[12, 0]
    hired = propagate(economy, capacity).output[12, 0]
    assert 365.0 * back > 99.0
    assert 365.0 * hired < 53.0  # a thirtieth of the gap


def test_a_fall_of_other_final_demand_reaches_its_industry_at_once_and_suppliers_a_day_later() -> None:
    economy = reference(Production.HALF_CRITICAL)
    others = np.ones((3, 3))
    others[:, 2] = 0.0
    output = 365.0 * propagate(economy, np.ones((3, 3)), other_demand=others).output
    assert output[0] == pytest.approx([100.0, 300.0, 375.0])
    surplus = 0.25 * 225.0  # of B in the stocks of C; a fifth of it is not ordered anew
    assert output[1, 1] == pytest.approx(300.0 - surplus - surplus / 5.0, abs=1e-2)


def test_households_that_spend_less_for_a_day_lower_that_days_demand_by_what_they_buy() -> None:
    consumption = np.array([1.0, 0.9, 1.0])
    output = 365.0 * propagate(reference(Production.LINEAR), np.ones((3, 3)), consumption=consumption).output
    assert output[1] == pytest.approx([99.0, 292.0, 575.0])


def test_households_that_count_on_less_income_spend_less() -> None:
    expected = np.full(90, 0.5)
    output = propagate(reference(Production.LINEAR), np.ones((90, 3)), expected_income=expected).demand
    spent = 365.0 * output[0] - np.array([90.0, 220.0, 350.0])
    share = 0.5 ** ((0.4 / 90) / 2)  # the persistence of a day, half of it for what is expected
    assert spent == pytest.approx(np.array([10.0, 80.0, 250.0]) * share)


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        (np.ones((5, 2)), r"capacity: found the shape \(5, 2\), expected days × 3"),
        (np.ones((0, 3)), r"capacity: found the shape \(0, 3\)"),
        (np.full((5, 3), 1.1), r"capacity: on day 0 found 1\.1, expected a share from 0 to 1"),
        (np.full((5, 3), np.nan), r"capacity: on day 0 found nan"),
    ],
)
def test_a_path_that_is_none_is_refused(capacity: Floats, said: str) -> None:
    with pytest.raises(SupplyError, match=said):
        propagate(reference(Production.LINEAR), capacity)


def test_an_unrepaired_table_is_refused_with_its_faults_counted() -> None:
    broken = three(output=np.array([100.0, 0.0, 600.0]))
    with pytest.raises(SupplyError, match=r"three: 1 of zero_output, 1 of inputs_exceed_output, 1 of unbalanced\. First: R\.B"):
        prepare(broken, stock_days=STOCK_DAYS, production=Production.LINEAR)


def test_less_than_a_days_stock_of_what_stops_production_is_refused() -> None:
    with pytest.raises(SupplyError, match=r"R\.C: low_stock: found 0\.5, expected 1"):
        prepare(three(), stock_days=np.array([30.0, 14.0, 0.5]), criticality=CRITICAL)


def test_partly_binding_production_needs_to_know_what_is_essential() -> None:
    with pytest.raises(SupplyError, match="half_critical production needs to know which inputs are essential"):
        prepare(three(), stock_days=STOCK_DAYS)


def test_behaviour_out_of_bounds_is_refused() -> None:
    with pytest.raises(SupplyError, match=r"hiring_per_day: found -1\.0, expected a share from 0 to 1"):
        Behaviour(hiring_per_day=-1.0)
    with pytest.raises(SupplyError, match=r"benefit_share: found 1\.1, expected a share from 0 to 1"):
        Behaviour(benefit_share=1.1)
    with pytest.raises(SupplyError, match=r"restocking_days: found 0\.5, expected 1 or more"):
        Behaviour(restocking_days=0.5)
