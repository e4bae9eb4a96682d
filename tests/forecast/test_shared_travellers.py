"""Policies on shared travellers, held against the quadrature."""

from __future__ import annotations

import numpy as np

from fastchannel.forecast.individuals.shared_travellers import Policy, Sample, evaluate, sample_travellers
from fastchannel.forecast.infection.course import Assay, Course, Response
from fastchannel.forecast.infection.curves import Constant, Curve, Density, Moved, Table
from fastchannel.forecast.infection.distributions import Gamma, Uniform
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay
from fastchannel.forecast.problem import Flow, Problem, Stratum
from fastchannel.forecast.quadrature.quadrature import integrate

EXPOSURE = Uniform(-14.0, 0.0)
INFECTIOUSNESS = Moved(Density(Gamma(4.0, 1.2)), factor=2.5)
COURSE = Course(stages=(), onset=None, symptomatic=0.0, symptoms_days=0.0, infectiousness=Response(curve=INFECTIOUSNESS))
SMOOTH = Table(x=(0.0, 2.0, 5.0, 8.0, 12.0, 20.0, 30.0), y=(0.0, 0.1, 0.8, 0.85, 0.5, 0.2, 0.0))
JUMPING = Constant(0.6, 3.0, 9.01)


def _expected(policy: Policy) -> Flow:
    curves: list[Curve] = [sample.sensitivity for sample in policy.samples]
    itinerary = Itinerary(
        stays=(
            Stay(id="origin", start=-100.0, region="origin", contact=0.0),
            Stay(id="hotel", start=policy.arrival, region="quarantine", contact=policy.contact),
            Stay(id="home", start=policy.release, region="community"),
        ),
        screens=tuple(
            Screen(id=str(i), assay=i, sampled=sample.sampled, effect=policy.release, reach=sample.reach)
            for i, sample in enumerate(policy.samples)
        ),
        release=policy.release,
    )
    assays = tuple(Assay(name=str(i), sensitivity=Response(curve=curve)) for i, curve in enumerate(curves))
    stratum = Stratum(name="infected", weight=1.0, exposure=EXPOSURE, course=COURSE)
    return integrate(Problem(strata=(stratum,), assays=assays, itinerary=itinerary), 1e-3)


def _test(sensitivity: Curve, sampled: float, reach: float = 1.0) -> Sample:
    return Sample(sensitivity=sensitivity, sampled=sampled, reach=reach)


POLICIES = [
    Policy(samples=(), release=0.0),
    Policy(samples=(_test(SMOOTH, -2.0, 0.9),), release=3.0, contact=0.2),
    Policy(
        samples=(Sample(sensitivity=JUMPING, sampled=0.0), Sample(sensitivity=SMOOTH, sampled=5.0)), release=6.0, contact=0.1
    ),
    Policy(
        samples=(Sample(sensitivity=SMOOTH, sampled=1.0), Sample(sensitivity=JUMPING, sampled=6.5)), release=7.0, arrival=0.25
    ),
]


def test_policies_agree_with_the_quadrature_within_four_standard_errors() -> None:
    found = evaluate(sample_travellers(EXPOSURE, 200_000), INFECTIOUSNESS, COURSE.spans[2], POLICIES)
    for i, policy in enumerate(POLICIES):
        expected = _expected(policy)
        released, left = expected.released_infected, float(expected.potential[1:].sum())
        assert abs(found.released_infected[i] - released) < 4.0 * found.released_infected_se[i] + 1e-9, policy
        assert abs(found.potential_left[i] - left) < 4.0 * found.potential_left_se[i] + 1e-6, policy


def test_runs_add_up_to_a_plain_sum_over_travellers() -> None:
    infected = sample_travellers(EXPOSURE, 20_000)
    found = evaluate(infected, INFECTIOUSNESS, COURSE.spans[2], POLICIES)
    for i, policy in enumerate(POLICIES):
        weight = np.ones_like(infected)
        for sample in policy.samples:
            age = sample.sampled - infected
            weight *= 1.0 - sample.reach * np.where(age >= 0.0, sample.sensitivity.values(age), 0.0)
        active = (infected < policy.release) & (infected + COURSE.spans[2] > policy.release)
        spent, before = INFECTIOUSNESS.integral(policy.release - infected), INFECTIOUSNESS.integral(policy.arrival - infected)
        left = policy.contact * (spent - before) + weight * (INFECTIOUSNESS.total - spent)
        assert abs(found.released_infected[i] - np.mean(weight * active)) < 1e-4
        assert abs(found.potential_left[i] - np.mean(left)) < 1e-4


def test_more_reach_never_releases_more() -> None:
    infected = sample_travellers(EXPOSURE, 5_000)
    policies = [Policy(samples=(Sample(sensitivity=SMOOTH, sampled=2.0, reach=r),), release=3.0) for r in (0.0, 0.4, 0.8, 1.0)]
    found = evaluate(infected, INFECTIOUSNESS, COURSE.spans[2], policies)
    assert np.all(np.diff(found.released_infected) < 0.0)
    assert np.all(np.diff(found.potential_left) < 0.0)
