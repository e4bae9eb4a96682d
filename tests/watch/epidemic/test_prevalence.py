"""Infections behind reports, and prevalence by infection age."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.forecast.situation import Incidence
from fastchannel.watch.epidemic.arrays import EpidemicError, lagged_sums
from fastchannel.watch.epidemic.prevalence import LEAST_SEEN, Infections, infection_ages, infections_by_day, prevalence

DELAY = np.array([0.0, 0.05, 0.1, 0.2, 0.25, 0.2, 0.1, 0.06, 0.04])


def test_a_fixed_delay_moves_every_case_back_and_divides_by_the_ascertainment() -> None:
    found = infections_by_day([[1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 1.0]], [0.0, 0.0, 1.0], ascertainment=[0.5, 0.1])
    assert np.array_equal(found.per_day[0, :3], [6.0, 8.0, 10.0])
    assert found.per_day[1, :3] == pytest.approx([30.0, 20.0, 10.0], rel=1e-15)
    assert np.isnan(found.per_day[:, 3:]).all()
    assert found.ascertainment.tolist() == [0.5, 0.1]


def test_the_curve_behind_noiseless_reports_is_found() -> None:
    days = np.arange(120.0)
    truth = 200.0 + 150.0 * np.sin(days / 15.0)
    found = infections_by_day(lagged_sums(truth[None], DELAY), DELAY, ascertainment=1.0, iterations=300)
    inside = slice(8, 110)
    assert found.per_day[0, inside] == pytest.approx(truth[inside], rel=0.02)


def test_more_iterations_never_make_the_reports_less_likely() -> None:
    cases = np.random.default_rng(9).poisson(40.0 * np.exp(0.02 * np.arange(80)))[None].astype(float)
    likelihoods = []
    for iterations in (1, 2, 4, 8, 16):
        found = infections_by_day(cases, DELAY, ascertainment=1.0, iterations=iterations)
        expected = lagged_sums(np.nan_to_num(found.per_day), DELAY)[0, 1:72]
        likelihoods.append(float((cases[0, 1:72] * np.log(expected) - expected).sum()))
    assert likelihoods == sorted(likelihoods)


@given(st.integers(1, 5), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_what_is_seen_of_the_infections_adds_up_to_the_cases(regions: int, iterations: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    cases = generator.poisson(30.0, size=(regions, 40)).astype(float)
    cases[:, -20:] = np.where(generator.random((regions, 20)) < 0.1, np.nan, cases[:, -20:])
    cases[:, 0] = 0.0  # its infections lie before the first day
    cases[:, -8:] = 0.0
    found = infections_by_day(cases, DELAY, ascertainment=0.25, iterations=iterations)
    assert np.nansum(found.per_day * found.seen, axis=1) * 0.25 == pytest.approx(np.nansum(cases, axis=1), rel=0.05)


def test_a_day_that_was_not_reported_is_left_out_and_not_taken_for_nought() -> None:
    cases = np.full((2, 60), 100.0)
    cases[1, 30] = np.nan
    found = infections_by_day(cases, DELAY, ascertainment=1.0, iterations=1)
    assert found.per_day[1, 20:50] == pytest.approx(np.full(30, 100.0), rel=1e-12)
    assert found.seen[1, 26] == pytest.approx(0.75, rel=1e-12)
    assert found.seen[0, 26] == pytest.approx(1.0, rel=1e-12)


def test_a_day_of_which_too_little_is_seen_is_unknown() -> None:
    found = infections_by_day(np.full(30, 10.0), DELAY, ascertainment=1.0)
    assert np.array_equal(np.isnan(found.per_day[0]), found.seen[0] < LEAST_SEEN)
    assert np.isnan(found.per_day[0]).sum() == 3


def infections(per_day: list[list[float]]) -> Infections:
    array = np.array(per_day)
    return Infections(per_day=array, ascertainment=np.full(len(array), 0.3), seen=np.ones(array.shape))


def test_prevalence_adds_up_those_still_infected_at_each_age() -> None:
    found = prevalence(infections([[10.0, 20.0, 30.0, 40.0], [0.0, 8.0, 0.0, 0.0]]), [100.0, 1_000.0], [1.0, 0.5, 0.25])
    assert found.per_person[0] == pytest.approx([0.1, 0.25, 0.425, 0.6], rel=1e-14)
    assert found.per_person[1] == pytest.approx([0.0, 0.008, 0.004, 0.002], rel=1e-14)
    assert found.ascertainment.tolist() == [0.3, 0.3]


def test_infection_ages_begin_with_the_day_itself_and_the_forecast_takes_them_oldest_first() -> None:
    found = infection_ages(infections([[10.0, 20.0, 30.0, 40.0]]), [1_000.0], day=-1, ages=3)
    assert found.per_person[0] == pytest.approx([0.04, 0.03, 0.02], rel=1e-15)
    exposure, per_person = Incidence(series=found.series(0)).before(3.0)
    assert per_person == pytest.approx(0.09, rel=1e-14)
    assert exposure.support == (-3.0, 0.0)
    assert found.series(0) == pytest.approx((0.02, 0.03, 0.04), rel=1e-15)


def test_days_that_cannot_be_seen_yet_are_unknown_unless_a_growth_is_stated() -> None:
    truth = 50.0 * np.exp(0.05 * np.arange(60.0))
    found = infections_by_day(lagged_sums(truth[None], DELAY), DELAY, ascertainment=0.5, iterations=200)
    unknown = infection_ages(found, [1e6], day=-1, ages=20)
    assert np.isnan(unknown.per_person[0]).tolist() == [True] * 3 + [False] * 17
    assert (unknown.projected_days, unknown.growth_per_day) == (0, 0.0)
    stated = infection_ages(found, [1e6], day=-1, ages=20, growth_per_day=0.05)
    assert stated.projected_days == 3
    assert stated.per_person[0] == pytest.approx(truth[:-21:-1] / 0.5 / 1e6, rel=0.03)
    assert Incidence(series=stated.series(0)).before(20.0)[1] == pytest.approx(truth[-20:].sum() * 2e-6, rel=0.03)


@pytest.mark.parametrize("ascertainment", [0.0, 1.1, [0.5, 0.5], np.nan])
def test_an_ascertainment_that_is_none_is_refused(ascertainment: float | list[float]) -> None:
    with pytest.raises(EpidemicError, match="ascertainment"):
        infections_by_day([1.0, 2.0], [1.0], ascertainment=ascertainment)


@pytest.mark.parametrize(("day", "ages"), [(4, 1), (-5, 1), (1, 3), (3, 0)])
def test_infection_ages_beyond_the_series_are_refused(day: int, ages: int) -> None:
    with pytest.raises(EpidemicError, match="infection ages"):
        infection_ages(infections([[1.0, 2.0, 3.0, 4.0]]), [10.0], day=day, ages=ages)
