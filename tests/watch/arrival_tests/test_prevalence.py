"""Prevalence by kind: what is borrowed from the origin, what waits, what fades, and calibration on draws from the model."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from fastchannel.watch.arrival_tests.gittins import optimistic_index
from fastchannel.watch.arrival_tests.prevalence import Beliefs, beliefs, beta_prior, estimate
from fastchannel.watch.arrival_tests.travellers import Kind, Record
from fastchannel.watch.errors import WatchError

TODAY = date(2020, 8, 1)
A_YOUNG, A_OLD, B = Kind(origin="A", profile=("20-39",)), Kind(origin="A", profile=("60-",)), Kind(origin="B")


def test_moments_give_back_the_prior_that_groups_were_drawn_from() -> None:
    generator = np.random.default_rng(3)
    tested = generator.integers(200, 4_000, 600).astype(np.float64)
    positives = generator.binomial(tested.astype(np.int64), generator.beta(2.0, 198.0, 600)).astype(np.float64)
    mean, strength = beta_prior(positives, tested, 0.01)
    assert mean == pytest.approx(0.01, rel=0.05)
    assert strength == pytest.approx(200.0, rel=0.25)


def test_groups_with_one_share_make_a_strong_prior_and_no_results_the_expected_share() -> None:
    generator = np.random.default_rng(3)
    tested = np.full(400, 500.0)
    assert beta_prior(generator.binomial(500, 0.01, 400).astype(np.float64), tested, 0.01)[1] > 2_000.0
    assert beta_prior(np.zeros(4), np.zeros(4), 0.003) == pytest.approx((0.003, 1.0 / 0.003 - 1.0))


def test_a_kind_with_few_results_is_near_its_origin_and_one_with_many_is_its_own() -> None:
    yesterday = TODAY - timedelta(days=1)
    records = [
        Record(kind=A_OLD, day=yesterday, tested=5_000, positives=100),
        Record(kind=A_YOUNG, day=yesterday, tested=5, positives=0),
        Record(kind=B, day=yesterday, tested=5_000, positives=5),
    ]
    found = estimate([A_YOUNG, A_OLD, B], records, TODAY, expected=0.002, half_life_days=14.0)
    young, old, other = found.mean
    assert old == pytest.approx(0.02, rel=0.02)
    assert other == pytest.approx(0.001, rel=0.2)
    assert 0.01 < young < 0.02
    low, high = found.interval()
    assert high[0] - low[0] > 3.0 * (high[1] - low[1])


def test_old_results_fade_by_half_and_results_of_today_or_before_a_change_do_not_count() -> None:
    def counted(days_ago: int, changed: dict[str, date] | None = None) -> float:
        records = [Record(kind=B, day=TODAY - timedelta(days=days_ago), tested=800, positives=8)]
        both = [estimate([B], found, TODAY, expected=0.01, half_life_days=14.0, changed=changed) for found in (records, [])]
        return float((both[0].alpha + both[0].beta - both[1].alpha - both[1].beta)[0])

    assert counted(14) == pytest.approx(400.0)
    assert counted(28) == pytest.approx(200.0)
    assert counted(0) == 0.0
    assert counted(14, {"B": TODAY - timedelta(days=14)}) == pytest.approx(400.0)
    assert counted(14, {"B": TODAY - timedelta(days=13)}) == 0.0


@given(st.floats(0.1, 50.0), st.floats(0.1, 5_000.0), st.integers(0, 500))
def test_what_waits_keeps_the_estimate_and_narrows_it(alpha: float, beta: float, waiting: int) -> None:
    known = Beliefs(alpha=np.array([alpha]), beta=np.array([beta]), waiting=np.array([float(waiting)]))
    a, b = known.anticipated()
    assert a / (a + b) == pytest.approx(known.mean)
    assert a + b == pytest.approx(alpha + beta + waiting)


def test_nine_in_ten_intervals_hold_the_truth_about_as_often_where_shares_are_not_beta() -> None:
    generator, held, count = np.random.default_rng(12), 0, 0
    origin = np.repeat(np.arange(40), 6)
    for _ in range(30):
        share = np.exp(np.log(0.003) + generator.normal(0.0, 0.9, 40)[origin] + generator.normal(0.0, 0.4, 240))
        tested = generator.integers(0, 800, 240)
        positives = generator.binomial(tested, share)
        found = beliefs(origin, tested.astype(np.float64), positives.astype(np.float64), np.zeros(240), 0.005)
        low, high = found.interval(0.9)
        held += int(((low <= share) & (share <= high)).sum())
        count += 240
    assert 0.84 < held / count < 0.95


def test_counts_and_figures_that_cannot_be_are_refused() -> None:
    with pytest.raises(WatchError, match="0 ≤ positives ≤ results"):
        Record(kind=B, day=TODAY, tested=1, positives=2)
    with pytest.raises(WatchError, match="half-life"):
        estimate([B], [], TODAY, expected=0.01, half_life_days=0.0)


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 200.0), (1.0, 1.0), (20.0, 400.0), (0.01, 3.0)])
def test_the_index_solves_its_equation_by_quadrature(alpha: float, beta: float, discount: float) -> None:
    index = float(optimistic_index(np.array([alpha]), np.array([beta]), discount)[0])
    mean, law = alpha / (alpha + beta), stats.beta(alpha, beta)
    above, _ = integrate.quad(lambda share: float(law.sf(share)), index, 1.0, limit=200)  # E[max(θ, λ)] − λ
    assert index == pytest.approx((1.0 - discount) * mean + discount * (index + above), rel=1e-5)
    assert index >= mean


def test_the_index_is_the_mean_without_a_tomorrow_and_rises_with_what_is_unknown_and_with_patience() -> None:
    scales = np.array([1.0, 10.0, 100.0, 10_000.0])
    alpha, beta = 0.01 * scales, 0.99 * scales
    assert optimistic_index(alpha, beta, 0.0) == pytest.approx(np.full(4, 0.01))
    index = optimistic_index(alpha, beta, 0.9)
    assert np.all(np.diff(index) < 0.0)
    assert index[-1] == pytest.approx(0.01, rel=0.2)
    patience = [float(optimistic_index(alpha[2:3], beta[2:3], d)[0]) for d in (0.3, 0.6, 0.9, 0.99)]
    assert patience == sorted(patience)
