"""Probabilities of no import, of an outbreak and of so many positives, held against closed forms and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from fastchannel.forecast.imports import Parties, at_least, none_probability, outbreak_probability

ALONE = Parties()
PAIRS = Parties(size=2.0, infected=0.2)


@pytest.mark.parametrize("rate", [0.0, 1e-9, 1e-4, 0.3, 1.0])
@pytest.mark.parametrize("travellers", [0.0, 1.0, 50.0, 10_000.0])
def test_travellers_alone_are_all_free_of_imports_as_often_as_independent_trials(rate: float, travellers: float) -> None:
    assert none_probability(rate, travellers, ALONE) == pytest.approx((1.0 - rate) ** travellers, rel=1e-9)


def test_a_tiny_chance_each_of_very_many_is_the_exponential_of_the_mean() -> None:
    assert none_probability(1e-15, 2e15, ALONE) == pytest.approx(math.exp(-2.0), rel=1e-9)


def test_pairs_of_whom_both_or_one_are_infected_are_free_as_often_as_counted_by_hand() -> None:
    """Per pair: one infected traveller expected per 1 / (1 + c) pairs with any; 100 travellers are 50 pairs."""
    assert none_probability(0.01, 100.0, PAIRS) == pytest.approx((1.0 - 2.0 * 0.01 / 1.2) ** 50.0)


def test_parties_are_as_brute_force_draws_them() -> None:
    generator = np.random.default_rng(7)
    infected_first = 0.02 / 1.2 * 2.0  # pairs with at least one, so that each traveller is infected with probability 0.02
    with_any = generator.random((200_000, 10)) < infected_first
    counts = with_any * (1 + (generator.random((200_000, 10)) < 0.2))
    assert counts.mean() / 2.0 == pytest.approx(0.02, rel=0.01)
    assert none_probability(0.02, 20.0, PAIRS) == pytest.approx(float((counts.sum(axis=1) == 0).mean()), abs=4e-3)


def test_travelling_together_makes_no_import_likelier_at_the_same_mean() -> None:
    free = [none_probability(0.001, 1_000.0, Parties(size=3.0, infected=c)) for c in (0.0, 0.2, 0.9)]
    assert free == sorted(free)
    assert none_probability(0.001, 1_000.0, Parties(size=3.0)) == pytest.approx(math.exp(-1.0), abs=2e-3)


def test_where_every_party_has_an_import_none_is_impossible_unless_nobody_travels() -> None:
    assert none_probability(0.9, 1.0, PAIRS) == 0.0
    assert none_probability(0.9, 0.0, PAIRS) == 1.0


def test_an_outbreak_is_what_no_seeding_is_not() -> None:
    assert outbreak_probability(0.002, 300.0, ALONE) == pytest.approx(1.0 - 0.998**300)
    assert outbreak_probability(0.0, 300.0, PAIRS) == 0.0


@pytest.mark.parametrize("mean", [0.01, 0.7, 5.0, 40.0])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 10, 50])
def test_positives_who_come_one_by_one_are_poisson(count: int, mean: float) -> None:
    assert at_least(count, mean, ALONE) == pytest.approx(float(stats.poisson.sf(count - 1, mean)), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    "parties", [Parties(size=1.5, infected=0.17), Parties(size=4.0, infected=0.5), Parties(size=3.0, infected=1.0)]
)
def test_positives_in_clusters_are_as_a_convolution_of_clusters_says(parties: Parties) -> None:
    mean, small = 3.2, math.floor(parties.cluster)
    sizes = np.zeros(40)
    sizes[small], sizes[small + 1] = 1.0 - (parties.cluster - small), parties.cluster - small
    assert sizes @ np.arange(40) == pytest.approx(parties.cluster)
    rate = mean / parties.cluster
    total, summed = np.zeros(40), np.eye(40)[0]
    for clusters in range(60):
        total += stats.poisson.pmf(clusters, rate) * summed
        summed = np.convolve(summed, sizes)[:40]
    for count in range(1, 12):
        assert at_least(count, mean, parties) == pytest.approx(1.0 - total[:count].sum(), abs=1e-12)


def test_clusters_make_many_positives_likelier_and_one_positive_rarer() -> None:
    clustered = Parties(size=4.0, infected=0.5)
    assert at_least(1, 1.0, clustered) < at_least(1, 1.0, ALONE)
    assert at_least(5, 1.0, clustered) > at_least(5, 1.0, ALONE)


def test_nothing_expected_is_nothing_reached_and_nought_is_always_reached() -> None:
    assert at_least(1, 0.0, PAIRS) == 0.0
    assert at_least(0, 0.0, PAIRS) == 1.0
    assert at_least(-3, 2.0, PAIRS) == 1.0


def test_very_many_expected_are_surely_so_many() -> None:
    assert at_least(5, 1e6, PAIRS) == 1.0
