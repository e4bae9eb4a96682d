"""The test for an effect of weekdays: its level, its power, its factors."""

from datetime import date

import numpy as np
import pytest

from fastchannel.watch.reports.figures import ReportError
from fastchannel.watch.reports.weekdays import centred_mean, weekday_effect, without_weekdays

MONDAY = date(2020, 6, 1)
SHARES = np.array([0.8, 1.2, 1.2, 1.1, 1.1, 0.9, 0.7])


@pytest.mark.parametrize(("mean", "growth"), [(40.0, 0.0), (200.0, 0.03), (5.0, 0.0)])
def test_without_an_effect_it_is_found_no_more_often_than_the_stated_level(mean: float, growth: float) -> None:
    generator, runs, days = np.random.default_rng(5), 1_000, 84
    expected = mean * np.exp(growth * np.arange(days))
    found = [weekday_effect(generator.poisson(expected), MONDAY, level=0.05).found for _ in range(runs)]
    assert 0.015 <= np.mean(found) <= 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / runs)


def test_an_effect_is_found_with_its_factors_whichever_day_the_series_begins_on() -> None:
    generator = np.random.default_rng(6)
    for first in (MONDAY, date(2020, 6, 4)):
        weekdays = (first.weekday() + np.arange(140)) % 7
        counts = generator.poisson(100.0 * np.exp(0.01 * np.arange(140)) * SHARES[weekdays])
        found = weekday_effect(counts, first, level=0.01)
        assert found.found
        assert found.factors == pytest.approx(tuple(SHARES), abs=0.05)
        assert found.weeks in {18, 19}
        smooth = without_weekdays(counts, first, found)
        assert not weekday_effect(smooth, first, level=0.01).found


def test_counts_that_never_change_have_no_effect() -> None:
    found = weekday_effect(np.full(70, 7.0), MONDAY)
    assert (found.p_value, found.factors) == (1.0, (1.0,) * 7)


def test_too_few_whole_weeks_are_refused() -> None:
    counts = np.full(70, 5.0)
    counts[::7] = np.nan
    with pytest.raises(ReportError, match="found 0 whole weeks"):
        weekday_effect(counts, MONDAY)


def test_the_centred_mean_is_of_the_seven_days_around() -> None:
    found = centred_mean(np.arange(10.0))
    assert np.array_equal(found, [np.nan] * 3 + [3.0, 4.0, 5.0, 6.0] + [np.nan] * 3, equal_nan=True)
    assert np.isnan(centred_mean([1.0, 2.0])).all()


def test_a_weekday_on_which_nothing_was_ever_counted_has_no_smoothed_figure() -> None:
    counts = np.tile([7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 0.0], 10)
    found = weekday_effect(counts, MONDAY)
    smooth = without_weekdays(counts, MONDAY, found)
    assert found.factors[6] == 0.0
    assert np.isnan(smooth[6::7]).all()
    assert smooth[:6] == pytest.approx([6.0] * 6)


def test_a_week_in_which_counts_were_taken_back_is_left_out() -> None:
    generator = np.random.default_rng(7)
    counts = generator.poisson(100.0 * np.tile(SHARES, 30)).astype(float)
    plain = weekday_effect(counts, MONDAY)
    counts[42] += 300.0  # a Monday
    counts[43] -= 300.0
    found = weekday_effect(counts, MONDAY)
    assert (plain.weeks, found.weeks) == (28, 27)
    assert found.factors == pytest.approx(plain.factors, abs=0.05)


def test_one_day_on_which_a_backlog_was_counted_makes_no_factor() -> None:
    generator = np.random.default_rng(8)
    counts = generator.poisson(100.0 * np.tile(SHARES, 30)).astype(float)
    plain = weekday_effect(counts, MONDAY)
    counts[42] += 20_000.0
    assert weekday_effect(counts, MONDAY).factors == pytest.approx(plain.factors, abs=0.05)
