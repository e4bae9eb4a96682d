"""Multipliers and extraction against figures computed by others, and against sums that can be done by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.supply.chain.closed_forms import coefficients, extraction, multipliers, spectral_radius
from fastchannel.supply.chain.own_csv import read_own
from fastchannel.supply.chain.table import Table
from fastchannel.supply.errors import SupplyError
from tests.supply.chain.small_tables import OUTPUT, three


@pytest.fixture(scope="module")
def seven(shared: Path) -> Table:
    name = "wiod2011_chn_kor_7reg_x35.csv"
    return read_own((shared / "data" / "supply" / name).read_bytes(), name, unit="M USD")


def test_the_seven_region_table_has_the_published_spectral_radius(seven: Table) -> None:
    assert round(spectral_radius(seven), 5) == 0.60955


@pytest.mark.parametrize(("industry", "published"), [("KOR.c14", 3.1202), ("CHN.c14", 3.6224), ("KOR.c15", 3.3562)])
def test_multipliers_of_the_seven_region_table_meet_every_digit_given(seven: Table, industry: str, published: float) -> None:
    assert round(float(multipliers(seven)[seven.place(industry)]), 4) == published


def test_extraction_of_korean_electronics_meets_every_digit_given(seven: Table) -> None:
    found = extraction(seven, "KOR.c14")
    assert round(found.against_table) == 813_240


def test_a_sixth_of_the_customary_extraction_is_the_tables_own_imbalance(seven: Table) -> None:
    found = extraction(seven, "KOR.c14")
    unexplained = seven.output - seven.flows.sum(axis=1) - seven.final.sum(axis=1)
    round_by_round = np.zeros_like(unexplained)  # what the imbalance pulls along: a sum of powers, not an inverse
    term = unexplained
    while np.abs(term).sum() > 1e-9:
        round_by_round += term
        term = coefficients(seven) @ term
    assert found.against_table - found.against_solution == pytest.approx(float(round_by_round.sum()), abs=1e-3)
    assert round(found.against_solution) == 682_131


@pytest.mark.parametrize(("seller", "buyer", "published"), [("CHN", "KOR", 80_236.0), ("KOR", "CHN", 131_786.0)])
def test_intermediates_between_china_and_korea_are_the_published_sums(
    seven: Table, seller: str, buyer: str, published: float
) -> None:
    sells = [one.region == seller for one in seven.industries]
    buys = [one.region == buyer for one in seven.industries]
    assert seven.flows[np.ix_(sells, buys)].sum() == published


def test_multipliers_are_the_sum_of_all_rounds_of_orders() -> None:
    table = three()
    rounds, term = np.zeros(3), np.ones(3)
    for _ in range(200):
        rounds += term
        term = term @ coefficients(table)
    assert multipliers(table) == pytest.approx(rounds, abs=1e-12)


def test_extraction_by_either_count_is_the_same_where_every_row_balances() -> None:
    found = extraction(three(), "R.B")
    assert found.against_table == pytest.approx(found.against_solution, abs=1e-9)
    assert found.against_table > OUTPUT[1]  # the industry's own output, and what its buying and selling carried


@given(st.lists(st.floats(0.0, 0.3), min_size=9, max_size=9))
def test_no_multiplier_is_below_one_and_none_falls_when_more_is_bought(shares: list[float]) -> None:
    flows = np.array(shares).reshape(3, 3) * OUTPUT
    low, high = multipliers(three(flows=0.9 * flows)), multipliers(three(flows=flows))
    assert (low >= 1.0 - 1e-12).all()
    assert (high >= low - 1e-12).all()


def test_an_industry_without_output_has_no_coefficients_and_a_multiplier_of_one() -> None:
    flows = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [1.0, 0.0, 2.0]])
    table = three(flows=flows, output=np.array([10.0, 0.0, 10.0]))
    assert not coefficients(table)[:, 1].any()
    assert multipliers(table)[1] == 1.0


def test_industries_that_use_up_all_they_make_have_no_multipliers() -> None:
    flows = np.diag([100.0, 0.0, 0.0])
    with pytest.raises(SupplyError, match="no inverse"):
        multipliers(three(flows=flows))


def test_an_unknown_industry_is_named_with_those_like_it() -> None:
    with pytest.raises(SupplyError, match=r"three: industry R\.D is not in the table; expected one of 3, for example R\.[ABC]"):
        extraction(three(), "R.D")
