"""Made-up seasons: what is tested of whom, and the gain over random tests and over published case rates."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fastchannel.watch.arrival_tests.allocation import Rules
from fastchannel.watch.arrival_tests.comparison import Way, found, gain, totals
from fastchannel.watch.arrival_tests.worlds import Season, World, world

SHORT = Season(days=40, origins=12, profiles=4, points=3, arrivals_per_day=3_000.0)


def test_a_world_is_that_of_its_seed_and_its_parts_fit_together() -> None:
    one, same = (world(SHORT, np.random.default_rng(6)) for _ in range(2))
    assert np.array_equal(one.people, same.people)
    assert np.array_equal(one.infected, same.infected)
    assert one.people.shape == (40, 3, 48)
    assert one.prevalence.shape == (40, 48)
    assert one.published.shape == one.changed.shape == (40, 12)
    assert np.all(one.infected <= one.people)
    assert one.capacity.sum() == pytest.approx(0.15 * 3_000.0, abs=5)
    assert one.people.sum() / 40 == pytest.approx(3_000.0, rel=0.02)


def test_published_rates_lag_by_the_stated_days() -> None:
    season = dataclasses.replace(
        SHORT, ascertainment=0.0, travellers_differ=0.0, between_profiles=0.0, grey_removes=0.0, report_window_days=1
    )
    one = world(season, np.random.default_rng(2))
    by_origin = one.prevalence[:, ::4]
    lag = season.report_lag_days + 1
    below = by_origin[:-lag] < 0.19  # the prevalence is capped, what is published is not
    assert one.published[lag:][below] == pytest.approx(by_origin[:-lag][below])


def test_a_grey_list_takes_out_its_share_of_the_infected() -> None:
    seasons = (SHORT, dataclasses.replace(SHORT, grey_removes=0.0))
    listed, free = (world(season, np.random.default_rng(2)) for season in seasons)
    grey = np.cumsum(listed.changed, axis=0)[:, listed.origin] > 0
    assert grey.any()
    assert listed.prevalence[grey] == pytest.approx(0.4 * free.prevalence[grey])
    assert np.array_equal(listed.prevalence[~grey], free.prevalence[~grey])


@pytest.fixture(scope="module")
def perfect() -> World:
    """Enough tests for all, and tests without error."""
    return world(dataclasses.replace(SHORT, tests=3.0, sensitivity=1.0, specificity=1.0), np.random.default_rng(3))


@pytest.mark.parametrize("way", Way)
def test_every_way_finds_all_infected_where_all_can_be_tested(perfect: World, way: Way) -> None:
    days = found(perfect, way, Rules(), np.random.default_rng(1))
    assert days.tolist() == perfect.infected.sum(axis=(1, 2)).tolist()


def test_random_tests_find_the_share_that_is_tested() -> None:
    one = world(dataclasses.replace(SHORT, prevalence=0.02), np.random.default_rng(3))
    days = found(one, Way.RANDOM, Rules(), np.random.default_rng(1))
    assert days.sum() / one.infected.sum() == pytest.approx(0.9 * one.capacity.sum() / 3_000.0, rel=0.15)


def test_learning_beats_random_tests_and_case_rates_and_not_those_who_know() -> None:
    counts = totals(SHORT, tuple(Way), Rules(), 8, np.random.default_rng(2_021))
    generator = np.random.default_rng(7)
    over_random = gain(counts[Way.LEARNING], counts[Way.RANDOM], generator)
    over_rates = gain(counts[Way.LEARNING], counts[Way.CASE_RATES], generator)
    assert over_random.low > 1.5
    assert over_rates.value > 1.1
    assert gain(counts[Way.LEARNING], counts[Way.KNOWING], generator).high < 1.0


def test_where_published_rates_tell_all_they_are_the_better_guide() -> None:
    season = dataclasses.replace(
        SHORT,
        ascertainment=0.0,
        travellers_differ=0.0,
        between_profiles=0.0,
        report_lag_days=0,
        report_window_days=1,
        grey_removes=0.0,
        prevalence=0.0005,
    )
    counts = totals(season, (Way.LEARNING, Way.CASE_RATES), Rules(), 5, np.random.default_rng(5))
    assert counts[Way.CASE_RATES].sum() > counts[Way.LEARNING].sum()


def test_the_gain_is_the_ratio_of_sums_with_worlds_as_the_unit_of_chance() -> None:
    same = gain(np.array([4.0, 6.0, 8.0]), np.array([2.0, 3.0, 4.0]), np.random.default_rng(1))
    assert (same.value, same.low, same.high, same.world_low, same.world_high) == (2.0, 2.0, 2.0, 2.0, 2.0)
    wide = gain(np.array([1.0, 9.0]), np.array([2.0, 3.0]), np.random.default_rng(1))
    assert wide.value == 2.0
    assert (wide.low, wide.high) == (0.5, 3.0)
