"""Incidence per 100,000 and counts given back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.watch.epidemic.arrays import EpidemicError, lagged_sums
from fastchannel.watch.epidemic.incidence import carried_back, incidence_per_100_000


def test_incidence_is_cases_per_100_000_people_over_the_days_asked_for() -> None:
    cases = np.array([[5.0, 10.0, np.nan, 15.0, 20.0], [1.0, 1.0, 1.0, 1.0, 1.0]])
    people = [50_000, 1_000_000]
    daily, two = incidence_per_100_000(cases, people), incidence_per_100_000(cases, people, days=2)
    assert np.array_equal(daily[0], [10.0, 20.0, np.nan, 30.0, 40.0], equal_nan=True)
    assert np.array_equal(two[0], [np.nan, 30.0, np.nan, np.nan, 70.0], equal_nan=True)
    assert two[1, 1:] == pytest.approx([0.2] * 4, rel=1e-15)


@pytest.mark.parametrize("people", [[0.0], [1.0, 2.0], [np.nan]])
def test_a_population_that_is_none_is_refused(people: list[float]) -> None:
    with pytest.raises(EpidemicError, match="population"):
        incidence_per_100_000([[1.0, 2.0]], people)


def test_a_fall_is_taken_off_the_latest_days_that_had_counted_anything() -> None:
    found = carried_back([3.0, 4.0, 0.0, 1.0, -3.0, 2.0])
    assert found.counts.tolist() == [[3.0, 2.0, 0.0, 0.0, 0.0, 2.0]]
    assert found.moved.tolist() == [3.0]


def test_a_fall_larger_than_all_before_it_is_refused() -> None:
    with pytest.raises(EpidemicError, match="day 1: found a fall 2 larger"):
        carried_back([1.0, -3.0])


@given(st.lists(st.integers(-5, 50), min_size=1, max_size=40))
def test_giving_back_keeps_the_total_and_leaves_no_fall(counts: list[int]) -> None:
    if min(np.cumsum(counts)) < 0:
        with pytest.raises(EpidemicError):
            carried_back(counts)
        return
    found = carried_back(counts)
    assert found.counts.sum() == sum(counts)
    assert found.counts.min() >= 0
    assert carried_back(found.counts).moved.sum() == 0


@given(st.integers(1, 200), st.integers(1, 90), st.integers(0, 2**32 - 1))
def test_weighted_sums_over_earlier_days_are_those_of_a_loop(days: int, lags: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    series, weights = generator.integers(0, 1000, (2, days)).astype(float), generator.integers(0, 9, lags).astype(float)
    exact = [[sum(weights[k] * row[day - k] for k in range(min(day + 1, lags))) for day in range(days)] for row in series]
    assert np.array_equal(lagged_sums(series, weights), exact)
