"""E-values: fair bets in exact expectation, Ville's bound kept in simulation, and the sums that closed forms give."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fastchannel.watch.alarms.evidence import (
    Floats,
    cluster_means,
    log_comparison,
    log_count_factors,
    log_factors,
    process,
    start_shares,
)

MORE = np.array([1.5, 3.0, 30.0])
FEWER = np.array([0.7, 0.1, 0.02])
shares = st.floats(0.0, 1.0)


def factors(positive: float, limit: float, ratios: Floats) -> Floats:
    return np.asarray(np.exp(log_factors(np.array([positive]), np.array([limit]), ratios))[0], np.float64)


@given(shares, shares)
def test_the_exact_expectation_of_a_factor_is_at_most_1_all_over_the_null(one: float, other: float) -> None:
    p, h = min(one, other), max(one, other)
    more = (1.0 - p) * factors(0.0, h, MORE) + p * factors(1.0, h, MORE)
    fewer = (1.0 - h) * factors(0.0, p, FEWER) + h * factors(1.0, p, FEWER)
    assert np.all(more <= 1.0 + 1e-12)
    assert np.all(fewer <= 1.0 + 1e-12)


@pytest.mark.parametrize("h", [0.001, 0.02, 0.5, 1.0])
def test_the_expectation_is_1_at_the_end_of_the_interval_and_more_beyond_it(h: float) -> None:
    at_end = (1.0 - h) * factors(0.0, h, MORE) + h * factors(1.0, h, MORE)
    assert at_end == pytest.approx(np.ones(3), abs=1e-12)
    if h < 1.0:
        p = h * 1.01
        assert np.all((1.0 - p) * factors(0.0, h, MORE) + p * factors(1.0, h, MORE) > 1.0)


def test_one_factor_is_the_likelihood_ratio_of_the_tilted_odds() -> None:
    h, ratio = 0.02, 3.0
    q = ratio * h / (1.0 - h + ratio * h)
    assert factors(1.0, h, np.array([ratio]))[0] == pytest.approx(q / h)
    assert factors(0.0, h, np.array([ratio]))[0] == pytest.approx((1.0 - q) / (1.0 - h))


@given(st.floats(0.01, 30.0), st.floats(0.0, 1.0))
def test_the_exact_expectation_for_poisson_counts_is_at_most_1(limit: float, part: float) -> None:
    k = np.arange(0, 4_000, dtype=np.float64)
    for ratios, mean, end in ((MORE[:2], part * limit, limit), (FEWER, limit, part * limit)):
        values = np.exp(log_count_factors(k, np.full(len(k), end), ratios) + stats.poisson.logpmf(k, mean)[:, None])
        assert np.all(values.sum(axis=0) <= 1.0 + 1e-9)


@given(st.lists(st.floats(0.0, 0.5), min_size=1, max_size=6))
def test_counts_are_never_more_evidence_in_expectation_than_the_results_they_sum(probabilities: list[float]) -> None:
    total, expectation = sum(probabilities), np.zeros(3)
    for results in itertools.product((0, 1), repeat=len(probabilities)):
        chance = math.prod(p if x else 1.0 - p for p, x in zip(probabilities, results, strict=True))
        expectation += chance * np.exp(log_count_factors(np.array([float(sum(results))]), np.array([total]), MORE))[0]
    assert np.all(expectation <= 1.0 + 1e-12)


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 24))
def test_the_exact_expectation_of_a_comparison_is_1_among_people_alike(tested: int, others: int, positives: int) -> None:
    positives = min(positives, tested + others)
    k = np.arange(tested + 1)
    chances = stats.hypergeom.pmf(k, tested + others, positives, tested)
    possible = chances > 0.0
    values = [np.exp(log_comparison(int(i), tested, positives, tested + others, MORE)) for i in k[possible]]
    assert np.sum(chances[possible][:, None] * np.array(values), axis=0) == pytest.approx(np.ones(3), rel=1e-9)


@pytest.mark.parametrize("odds", [0.0001, 0.3, 0.9, 1.0])
def test_a_comparison_is_fair_too_where_the_group_is_less_often_positive_than_others(odds: float) -> None:
    noncentral = stats.nchypergeom_fisher(30, 7, 12, odds)
    expectation = sum(noncentral.pmf(k) * np.exp(log_comparison(k, 12, 7, 30, MORE)) for k in range(8))
    assert np.all(expectation <= 1.0 + 1e-6)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 8), st.integers(0, 9))
def test_a_positive_more_in_the_group_speaks_for_it_and_one_more_among_others_against_it(
    tested: int, others: int, own: int, foreign: int
) -> None:
    own, foreign, size = min(own, tested - 1), min(foreign, others), tested + others
    value = log_comparison(own, tested, own + foreign, size, MORE)
    assert np.all(log_comparison(own + 1, tested, own + 1 + foreign, size, MORE) >= value - 1e-9)
    if foreign < others:
        assert np.all(log_comparison(own, tested, own + foreign + 1, size, MORE) <= value + 1e-9)


def test_a_cluster_is_one_bet_whose_expectation_is_at_most_1_however_its_members_depend() -> None:
    h = 0.1
    all_or_none = [np.array([x, x, x]) for x in (0.0, 1.0)]  # companions who are always infected together
    means = [cluster_means(log_factors(x, np.full(3, h), MORE), np.zeros(3, np.int64))[0] for x in all_or_none]
    expectation = (1.0 - h) * np.exp(means[0][0]) + h * np.exp(means[1][0])
    assert expectation == pytest.approx(np.ones(3), abs=1e-12)
    as_if_independent = (1.0 - h) * np.exp(log_factors(all_or_none[0], np.full(3, h), MORE).sum(axis=0))
    as_if_independent += h * np.exp(log_factors(all_or_none[1], np.full(3, h), MORE).sum(axis=0))
    assert np.all(as_if_independent > 1.0)  # what the mean is for


def test_clusters_keep_the_order_of_their_first_rows_and_single_rows_their_factors() -> None:
    values = np.log(np.array([[2.0], [4.0], [8.0], [1.0]]))
    means, first = cluster_means(values, np.array([7, 3, 7, 5]))
    assert np.exp(means)[:, 0] == pytest.approx([5.0, 4.0, 1.0])
    assert first.tolist() == [0, 1, 3]


def test_the_shares_of_starts_and_what_is_in_hand_add_up_to_the_stake() -> None:
    days = 400
    assert start_shares(days).sum() + 1.0 / math.log2(days + 2) == pytest.approx(1.0)
    assert np.all(np.diff(start_shares(days)) < 0.0)


def test_the_process_is_the_sum_over_starts_and_ratios_written_out() -> None:
    daily = np.random.default_rng(5).normal(size=(9, 3))
    found = process(daily)
    for day in range(9):
        won = [share * np.exp(daily[start : day + 1].sum(axis=0)).mean() for start, share in enumerate(start_shares(day + 1))]
        assert found.log_e[day] == pytest.approx(math.log(sum(won) + 1.0 / math.log2(day + 3)))
        assert found.start(day) == int(np.argmax(won))


def test_the_process_is_a_supermartingale_by_enumeration_of_every_path() -> None:
    h, paths = 0.3, list(itertools.product((0.0, 1.0), repeat=6))
    chance = np.array([math.prod(h if x else 1.0 - h for x in path) for path in paths])
    log_e = np.array([process(log_factors(np.array(path), np.full(6, h), MORE)).log_e for path in paths])
    expectation = chance @ np.exp(log_e)
    assert expectation == pytest.approx(np.ones(6), abs=1e-12)
    ever = (np.exp(log_e).max(axis=1) >= 5.0) @ chance
    assert 0.0 < ever <= 1.0 / 5.0


def test_false_alarms_at_a_look_a_day_stay_under_the_stated_rate() -> None:
    generator, runs, days, limit = np.random.default_rng(20_200_501), 2_000, 200, np.full(200, 2.0)
    alarms = 0
    for _ in range(runs):
        counts = generator.poisson(2.0, days).astype(np.float64)
        alarms += process(log_count_factors(counts, limit, MORE)).first_reached(20.0) is not None
    assert stats.binomtest(alarms, runs, 0.05, alternative="greater").pvalue > 0.001
    assert alarms > 10  # not so shy that the bound says nothing


def test_a_change_after_half_a_year_is_found_and_dated() -> None:
    generator = np.random.default_rng(9)
    counts = np.concatenate((generator.poisson(2.0, 180), generator.poisson(8.0, 30))).astype(np.float64)
    found = process(log_count_factors(counts, np.full(210, 2.0), MORE))
    reached = found.first_reached(20_000.0)
    assert reached is not None
    assert 180 < reached < 190
    assert abs(found.start(reached) - 180) <= 1


def test_no_days_are_no_evidence() -> None:
    empty = process(np.zeros((0, 3)))
    assert empty.now == 1.0
    assert empty.first_reached(20.0) is None
