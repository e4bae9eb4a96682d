"""Infected travellers that no step found: the posterior against simulation, closed forms and another quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from fastchannel.watch.ledger.undetected import (
    Beta,
    Prior,
    Step,
    UndetectedError,
    When,
    follow_up_sensitivity,
    prior_between,
    undetected,
)


def step(sensitivity: float | Beta, found: int | None, name: str = "test") -> Step:
    return Step(name=name, when=When.ARRIVAL, sensitivity=sensitivity, found=found)


def test_fixed_sensitivities_give_the_conjugate_closed_form() -> None:
    """Gamma(4, 2) with 2 and 1 found at tests of 0.7 and 0.5: Q = 0.85, u = 0.15."""
    found = undetected(Prior(mean=2.0, sd=1.0), [step(0.7, 2), step(0.5, 1)])
    shape, rate = 4.0 + 3, 2.0 + 0.85
    assert found.mean == pytest.approx(shape * 0.15 / rate, rel=1e-12)
    exact = stats.nbinom(shape, rate / (rate + 0.15))
    assert [found.at_most_probability(k) for k in range(-1, 6)] == pytest.approx([0.0, *exact.cdf(range(6))], rel=1e-12)
    assert found.none == pytest.approx((rate / (rate + 0.15)) ** shape, rel=1e-12)


def simulated(
    prior: Prior, sensitivities: Callable[[np.random.Generator, int], list[np.ndarray]], found: list[int | None]
) -> np.ndarray:
    """Undetected people in the worlds in which what was found came out, one infected traveller's steps after the other."""
    rng = np.random.default_rng(20200501)
    worlds = 2_000_000
    left = rng.poisson(rng.gamma(prior.shape, prior.mean / prior.shape, worlds))
    kept = np.ones(worlds, dtype=bool)
    for sensitivity, count in zip(sensitivities(rng, worlds), found, strict=True):
        caught = rng.binomial(left, sensitivity)
        left = left - caught
        if count is not None:
            kept &= caught == count
    return left[kept]


@pytest.mark.parametrize("found", [[0, 0, 0], [None, 0, 0], [2, 1, 0], [None, 1, None]])
@pytest.mark.parametrize("uncertain", [False, True])
def test_it_is_what_simulated_worlds_with_the_same_findings_hold(found: list[int | None], uncertain: bool) -> None:
    prior = Prior(mean=3.0, sd=2.0)
    beta = Beta(found=6.0, missed=4.0)
    first: float | Beta = beta if uncertain else 0.6
    steps = [step(first, found[0]), step(0.5, found[1]), step(0.3, found[2])]
    worlds = simulated(
        prior,
        lambda rng, n: [rng.beta(6.0, 4.0, n) if uncertain else np.full(n, 0.6), np.full(n, 0.5), np.full(n, 0.3)],
        found,
    )
    assert worlds.size > 10_000
    posterior = undetected(prior, steps)
    assert posterior.mean == pytest.approx(worlds.mean(), abs=4 * worlds.std() / math.sqrt(worlds.size))
    for most in (0, 1, 2):
        share = float((worlds <= most).mean())
        error = math.sqrt(share * (1 - share) / worlds.size)
        assert posterior.at_most_probability(most) == pytest.approx(share, abs=4 * error)


def test_four_uncertain_sensitivities_are_those_of_simulated_worlds() -> None:
    betas = [Beta(found=7.0, missed=3.0), Beta(found=4.0, missed=4.0), Beta(found=2.0, missed=6.0), Beta(found=1.5, missed=3.0)]
    worlds = simulated(Prior(mean=3.0, sd=2.0), lambda rng, n: [rng.beta(b.found, b.missed, n) for b in betas], [1, 0, None, 0])
    posterior = undetected(Prior(mean=3.0, sd=2.0), [step(b, n) for b, n in zip(betas, [1, 0, None, 0], strict=True)])
    assert posterior.mean == pytest.approx(worlds.mean(), abs=4 * worlds.std() / math.sqrt(worlds.size))


@pytest.mark.parametrize(("found", "later"), [(0, 0), (5, 0), (40, 2), (0, None)])
def test_an_uncertain_sensitivity_is_integrated_as_another_quadrature_does(found: int, later: int | None) -> None:
    prior, beta = Prior(mean=20.0, sd=10.0), Beta(found=30.5, missed=12.0)

    def weight(s: float, also: Callable[[float], float]) -> float:
        shares = [s] + ([(1 - s) * 0.4] if later is not None else [])
        counts = [found] + ([later] if later is not None else [])
        rate = prior.shape / prior.mean + sum(shares)
        log = sum(n * math.log(q) for n, q in zip(counts, shares, strict=True)) - (prior.shape + sum(counts)) * math.log(rate)
        return float(stats.beta.pdf(s, beta.found, beta.missed)) * math.exp(log) * also(s)

    def mean(s: float) -> float:
        known = s + (0.4 * (1 - s) if later is not None else 0.0)
        return (prior.shape + found + (later or 0)) * (1 - s) * 0.6 / (prior.shape / prior.mean + known)

    def over(integrand: Callable[[float], float]) -> float:
        return float(integrate.quad(integrand, 0.0, 1.0, points=[0.5, 0.7, 0.85], epsabs=0.0, epsrel=1e-10, limit=200)[0])

    scale = weight(0.7, lambda _: 1.0)
    total = over(lambda s: weight(s, lambda _: 1.0) / scale)
    exact = over(lambda s: weight(s, mean) / scale) / total
    assert undetected(prior, [step(beta, found), step(0.4, later)]).mean == pytest.approx(exact, rel=1e-7)


def test_a_beta_ever_surer_comes_to_the_fixed_sensitivity() -> None:
    prior = Prior(mean=2.0, sd=1.0)
    fixed = undetected(prior, [step(0.8, 1), step(0.5, 0)])
    off = [
        abs(undetected(prior, [step(Beta(found=0.8 * n, missed=0.2 * n), 1), step(0.5, 0)]).mean - fixed.mean)
        for n in (10.0, 100.0, 1_000.0)
    ]
    assert off[0] > 5 * off[1] > 25 * off[2] > 0.0


def test_a_certain_mean_makes_it_poisson_whatever_was_found() -> None:
    for found in (0, 3):
        posterior = undetected(Prior(mean=5.0, sd=0.0), [step(0.9, found)])
        assert posterior.mean == pytest.approx(0.5)
        assert posterior.none == pytest.approx(math.exp(-0.5))
    nearly = undetected(Prior(mean=5.0, sd=1e-4), [step(0.9, 0)])
    assert nearly.none == pytest.approx(math.exp(-0.5), rel=1e-6)


def test_without_a_step_all_that_the_forecast_expects_go_unseen() -> None:
    posterior = undetected(Prior(mean=2.0, sd=1.0), [])
    assert posterior.mean == pytest.approx(2.0)
    assert posterior.none == pytest.approx((2 / 3) ** 4)


def test_a_perfect_step_leaves_nobody() -> None:
    posterior = undetected(Prior(mean=50.0, sd=10.0), [step(0.5, None), step(1.0, 30)])
    assert (posterior.mean, posterior.none, posterior.at_most(0.999)) == (0.0, 1.0, 0)


def test_a_step_whose_findings_are_not_known_only_thins() -> None:
    thinned = undetected(Prior(mean=2.0 * 0.3, sd=1.0 * 0.3), [step(0.5, 1)])
    posterior = undetected(Prior(mean=2.0, sd=1.0), [step(0.7, None), step(0.5, 1)])
    assert posterior.mean == pytest.approx(thinned.mean, rel=1e-12)
    assert posterior.none == pytest.approx(thinned.none, rel=1e-12)


def test_a_zero_that_good_tests_found_says_more_than_one_that_poor_tests_found() -> None:
    prior = Prior(mean=2.0, sd=1.5)
    means = [undetected(prior, [step(s, 0)]).mean for s in (0.0, 0.2, 0.5, 0.8, 1.0)]
    assert means == sorted(means, reverse=True)
    assert means[0] == pytest.approx(2.0)


@settings(max_examples=50)
@given(st.floats(0.05, 500.0), st.floats(0.05, 1.5), st.floats(0.0, 1.0), st.integers(0, 9), st.floats(0.01, 0.999))
def test_at_most_is_the_smallest_number_that_reaches_the_probability(
    mean: float, spread: float, sensitivity: float, found: int, probability: float
) -> None:
    found = found if sensitivity > 1e-6 else 0
    posterior = undetected(Prior(mean=mean, sd=spread * mean), [step(sensitivity, found)])
    most = posterior.at_most(probability)
    assert posterior.at_most_probability(most) >= probability
    assert most == 0 or posterior.at_most_probability(most - 1) < probability


def test_follow_up_takes_each_persons_days() -> None:
    assert follow_up_sensitivity(0.1, [0, 14]) == pytest.approx((1 - 0.9**14) / 2)
    assert follow_up_sensitivity(0.1, [0, 14]) < follow_up_sensitivity(0.1, [7, 7])


def test_a_prior_from_an_interval_has_the_normal_width() -> None:
    prior = prior_between(2.0, 2.0 - 1.6448536269514722, 2.0 + 1.6448536269514722)
    assert prior.sd == pytest.approx(1.0)
    assert prior.shape == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("wrong", "says_so"),
    [
        (lambda: undetected(Prior(mean=2.0, sd=1.0), [step(0.0, 1)]), "nothing to find"),
        (lambda: undetected(Prior(mean=2.0, sd=1.0), [step(1.0, 0), step(0.5, 1)]), "nothing to find"),
        (lambda: undetected(Prior(mean=2.0, sd=1.0), [step(Beta(found=2, missed=2), 1)] * 9), "do not settle"),
        (lambda: step(1.2, 0), "from 0 to 1"),
        (lambda: step(math.nan, 0), "from 0 to 1"),
        (lambda: step(0.5, -1), "0 or more"),
        (lambda: Beta(found=0.0, missed=1.0), "above 0"),
        (lambda: Prior(mean=0.0, sd=1.0), "prior"),
        (lambda: Prior(mean=math.inf, sd=1.0), "prior"),
        (lambda: prior_between(2.0, 3.0, 4.0), "between them"),
        (lambda: follow_up_sensitivity(0.1, []), "0 people"),
        (lambda: undetected(Prior(mean=2.0, sd=1.0), []).at_most(1.0), "between 0 and 1"),
    ],
)
def test_what_has_no_answer_is_refused(wrong: Callable[[], object], says_so: str) -> None:
    with pytest.raises(UndetectedError, match=says_so):
        wrong()
