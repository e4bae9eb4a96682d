"""The effect that a person has on all their tests: its mean, its extremes, and the rule that integrates it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate as integrate_by_scipy
from scipy import special, stats

from fastchannel.forecast.infection.course import Response
from fastchannel.forecast.infection.curves import Constant
from fastchannel.forecast.infection.distributions import Point, Uniform
from fastchannel.forecast.itinerary import Screen
from fastchannel.forecast.quadrature.people import effect_rule, personal
from fastchannel.forecast.quadrature.quadrature import integrate
from tests.forecast.small_problems import JOURNEY, problem

CORRELATIONS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.9, 0.95)


@pytest.mark.parametrize("correlation", CORRELATIONS)
@pytest.mark.parametrize("sensitivity", [0.0, 1e-3, 0.1, 0.5, 0.8, 0.99, 1.0])
def test_the_mean_over_people_is_the_sensitivity_to_a_ten_millionth(sensitivity: float, correlation: float) -> None:
    z, weights = effect_rule(correlation)
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ personal(np.array([sensitivity]), correlation, z) == pytest.approx(sensitivity, abs=1e-7)


@pytest.mark.parametrize("correlation", CORRELATIONS[1:])
def test_two_tests_are_both_positive_as_often_as_a_bivariate_normal_says(correlation: float) -> None:
    z, weights = effect_rule(correlation)
    both = weights @ (personal(np.array([0.8]), correlation, z) * personal(np.array([0.6]), correlation, z))
    one, other = (float(special.ndtri(sensitivity)) for sensitivity in (0.8, 0.6))

    def given_the_first(x: float) -> float:
        return float(stats.norm.pdf(x) * special.ndtr((other - correlation * x) / np.sqrt(1.0 - correlation**2)))

    expected, _ = integrate_by_scipy.quad(given_the_first, -9.0, one, epsabs=1e-12)
    assert both == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("correlation", CORRELATIONS[1:])
def test_four_tests_of_which_some_find_and_some_miss_are_right_to_a_ten_millionth(correlation: float) -> None:
    z, weights = effect_rule(correlation)
    fine = np.linspace(-9.0, 9.0, 60_001)
    density = np.exp(-0.5 * fine**2)
    for sensitivity, positive in itertools.product((0.01, 0.2, 0.5, 0.8, 0.95), range(5)):
        found, exact = (personal(np.array([sensitivity]), correlation, at) for at in (z, fine))
        by_rule = weights @ (found**positive * (1.0 - found) ** (4 - positive))
        expected = (exact**positive * (1.0 - exact) ** (4 - positive)) @ density / density.sum()
        assert by_rule == pytest.approx(expected, abs=1e-7)


def test_a_person_with_a_greater_effect_is_found_more_often() -> None:
    found = personal(np.array([0.4]), 0.5, np.linspace(-3.0, 3.0, 13))
    assert np.all(np.diff(found) > 0.0)


def test_two_tests_that_go_together_find_hardly_more_than_one_and_independent_ones_far_more() -> None:
    level = Response(curve=Constant(0.7, 0.0, 99.0))
    twice = tuple(Screen(id=f"test {i}", assay=0, sampled=0.5 + i, effect=1.5 + i) for i in range(2))
    missed = []
    for correlation in (0.0, 0.5, 0.999):
        itinerary = replace(JOURNEY, screens=twice, watches=())
        flow = integrate(problem(itinerary=itinerary, exposure=Point(-3.0), sensitivity=level, correlation=correlation), 1e-5)
        missed.append(1.0 - flow.detected.sum())
    assert missed[0] == pytest.approx(0.09)
    assert missed[0] < missed[1] < missed[2]
    assert missed[2] == pytest.approx(0.3, abs=0.01)


def test_the_correlation_of_an_assay_that_no_screen_uses_changes_nothing() -> None:
    of = problem(exposure=Uniform(-4.0, 0.0), correlation=0.0)
    other = replace(of, assays=(*of.assays, replace(of.assays[0], correlation=0.9)))
    assert np.array_equal(integrate(of, 1e-4).detected, integrate(other, 1e-4).detected)
