"""Exact bounds, held against the sums of probabilities that define them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fastchannel.watch.ledger.bounds import (
    BoundError,
    proportion_at_least,
    proportion_at_most,
    proportion_between,
    rate_at_most,
)


def as_few(found: int, of: int, probability: float) -> float:
    """The probability of at most ``found`` of ``of``, summed term by term."""
    return math.fsum(math.comb(of, k) * probability**k * (1 - probability) ** (of - k) for k in range(found + 1))


def test_nothing_among_3_697_travellers_leaves_room_for_0_081_per_cent() -> None:
    bound = proportion_at_most(0, 3_697)
    assert bound == pytest.approx(1 - 0.05 ** (1 / 3_697), rel=1e-12)
    assert f"{bound:.3%}" == "0.081%"


@pytest.mark.parametrize(("found", "of"), [(0, 1), (0, 3_697), (1, 10), (2, 2_500), (7, 40), (39, 40)])
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_under_the_upper_bound_so_few_are_exactly_as_rare_as_allowed(found: int, of: int, confidence: float) -> None:
    assert as_few(found, of, proportion_at_most(found, of, confidence)) == pytest.approx(1 - confidence, rel=1e-9)


@pytest.mark.parametrize(("found", "of"), [(1, 1), (1, 10), (2, 2_500), (7, 40), (40, 40)])
def test_under_the_lower_bound_so_many_are_exactly_as_rare_as_allowed(found: int, of: int) -> None:
    assert 1 - as_few(found - 1, of, proportion_at_least(found, of)) == pytest.approx(0.05, rel=1e-9)


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.5, 0.999))
def test_the_interval_is_that_of_another_implementation(found: int, of: int, confidence: float) -> None:
    found = min(found, of)
    other = stats.binomtest(found, of).proportion_ci(confidence, method="exact")
    low, high = proportion_between(found, of, confidence)
    assert (low, high) == pytest.approx((other.low, other.high), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("found", "per_unit"), [(0, -math.log(0.05)), (1, 4.743864518), (2, 6.295793622), (5, 10.51303491)])
def test_the_bound_on_a_rate_is_garwoods(found: int, per_unit: float) -> None:
    """Half the 95 % point of chi-squared with 2 (k + 1) degrees of freedom, from printed tables."""
    assert rate_at_most(found, 50_000.0) == pytest.approx(per_unit / 50_000.0, rel=1e-9)


@pytest.mark.parametrize("found", [0, 1, 4, 20])
def test_under_the_bound_on_a_rate_so_few_are_exactly_as_rare_as_allowed(found: int) -> None:
    mean = rate_at_most(found, 12.5) * 12.5
    terms = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(found + 1)]
    assert math.fsum(terms) == pytest.approx(0.05, rel=1e-9)


def test_where_nobody_was_exposed_nothing_is_bounded() -> None:
    assert proportion_at_most(0, 0) == 1.0
    assert rate_at_most(0, 0.0) == math.inf


@given(st.integers(0, 50), st.integers(52, 4_000))
def test_more_exposure_and_fewer_imports_bound_more(found: int, of: int) -> None:
    assert proportion_at_most(found, of + 1) < proportion_at_most(found, of)
    assert proportion_at_most(found, of) < proportion_at_most(found + 1, of)
    assert rate_at_most(found, of + 1.0) < rate_at_most(found, float(of)) < rate_at_most(found + 1, float(of))


@pytest.mark.parametrize(("found", "of", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0), (1, 5, 0.0)])
def test_what_is_no_count_or_no_confidence_is_refused(found: int, of: int, confidence: float) -> None:
    with pytest.raises(BoundError):
        proportion_at_most(found, of, confidence)


@pytest.mark.parametrize(
    ("found", "over", "confidence"), [(-1, 5.0, 0.95), (1, -5.0, 0.95), (1, math.nan, 0.95), (1, 5.0, 1.0)]
)
def test_a_rate_over_no_time_that_can_be_is_refused(found: int, over: float, confidence: float) -> None:
    with pytest.raises(BoundError):
        rate_at_most(found, over, confidence)
