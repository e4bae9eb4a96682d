"""The engine of individuals: held against the quadrature, and the same whatever the threads."""

from __future__ import annotations

import itertools
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import special, stats

from fastchannel.forecast.individuals.individuals import BLOCK, Simulated, simulate
from fastchannel.forecast.individuals.prepared import prepare_way
from fastchannel.forecast.individuals.tables import lines_at, pack_quantiles, pack_tables, quantiles_at, tabulate
from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.curves import Constant, Curve, Density, LogisticPolynomial, Moved, Table
from fastchannel.forecast.infection.distributions import (
    Atoms,
    Distribution,
    Gamma,
    Growing,
    Lognormal,
    Normal,
    Point,
    Steps,
    Uniform,
    Weibull,
)
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.problem import Flow, Outbreak, Problem, Stratum
from fastchannel.forecast.quadrature.quadrature import integrate

SENSITIVITY = Table(x=(0.0, 2.0, 5.0, 8.0, 12.0, 20.0, 30.0), y=(0.0, 0.1, 0.8, 0.85, 0.5, 0.2, 0.0))
SINCE_INFECTION = Response(curve=Moved(Density(Gamma(4.0, 1.2)), factor=2.5))
SINCE_ONSET = Response(marker=1, curve=Moved(Density(Gamma(5.0, 1.0, -3.0)), factor=2.0))
STAYS = (
    Stay(id="origin", start=-100.0, region="origin"),
    Stay(id="flight", start=0.0, region="transit", contact=0.3, baseline=0.3, inside=0.2, workers=0.1),
    Stay(id="hotel", start=0.5, region="quarantine", contact=0.1, inside=0.1, workers=0.05),
    Stay(id="home", start=10.0, region="community"),
)
SCREENS = (
    Screen(id="before", assay=0, sampled=-2.0, effect=-1.0, reach=0.9),
    Screen(id="arrival", assay=0, sampled=0.5, effect=1.5, reach=0.95),
    Screen(id="day 8", assay=0, sampled=8.0, effect=9.0),
)
WATCHES = (Watch(id="watch", start=0.0, end=10.0, compliance=0.7, delay=0.5),)
PLACES = Itinerary(stays=STAYS, screens=SCREENS, release=10.0, completion=14.0)


def course(incubation: Distribution, infectiousness: Response = SINCE_INFECTION, symptoms_days: float = 9.0) -> Course:
    return Course(
        stages=(Stage(name="incubation", duration=incubation),),
        onset=1,
        symptomatic=0.6,
        symptoms_days=symptoms_days,
        infectiousness=infectiousness,
        asymptomatic_factor=0.5,
    )


def problem(
    of: Course, itinerary: Itinerary, exposure: Distribution, correlation: float = 0.0, sensitivity: Curve = SENSITIVITY
) -> Problem:
    return Problem(
        strata=(Stratum(name="infected", weight=100.0, exposure=exposure, course=of),),
        assays=(Assay(name="NAAT", sensitivity=Response(curve=sensitivity), correlation=correlation),),
        itinerary=itinerary,
        outbreak=Outbreak(reproduction_number=1.8, dispersion=0.3),
    )


LOGNORMAL = Lognormal(1.6, 0.45)
PLAIN = problem(course(LOGNORMAL), PLACES, Uniform(-14.0, 0.0))
STAGES = Course(
    stages=(Stage(name="exposed", duration=Gamma(2.0, 1.5)), Stage(name="infectious", duration=Point(6.0))),
    onset=1,
    symptomatic=0.7,
    symptoms_days=3.0,
    infectiousness=Response(by_stage=(0.1, 0.4)),
    asymptomatic_factor=0.6,
)


def kept_at_home(of: Problem, itinerary: Itinerary) -> Problem:
    stratum = replace(of.strata[0], active_at=-1.0, stay_home=0.7)
    return replace(of, strata=(stratum,), itinerary=itinerary)


PROBLEMS = {
    "tests alone": PLAIN,
    "correlated tests": problem(course(LOGNORMAL), PLACES, Growing(-14.0, 0.0, 0.1), correlation=0.4),
    "point incubation, step curve, point exposure at its jump": problem(
        course(Point(5.0)),
        replace(PLACES, watches=WATCHES),
        Atoms((-6.0, -4.0, -1.5), (1.0, 2.0, 1.0)),
        sensitivity=Constant(0.8, 2.0, 6.5),
    ),
    "infectiousness since onset, watch": problem(
        course(Lognormal(1.6, 0.3), SINCE_ONSET), replace(PLACES, watches=WATCHES), Uniform(-12.0, 0.0)
    ),
    "gamma incubation, short symptoms before the watch, kept at home, isolation that ends": kept_at_home(
        problem(course(Gamma(6.0, 0.9), symptoms_days=2.0), PLACES, Uniform(-14.0, 0.0)),
        replace(
            PLACES,
            watches=(Watch(id="late", start=3.0, end=9.0, compliance=0.8, delay=1.0), *WATCHES),
            isolation_contact=0.2,
            isolation_until=9.5,
        ),
    ),
    "isolation that outlasts the itinerary": replace(
        PLAIN,
        itinerary=replace(PLACES, isolation_contact=0.3, isolation_until=12.0),
        outbreak=Outbreak(reproduction_number=3.0, dispersion=1.0),
    ),
    "by stages": replace(
        problem(STAGES, replace(PLACES, watches=WATCHES), Steps((-14.0, -9.0, -8.0, -2.0, 1.0), (1.0, 0.0, 3.0, 2.0))),
        assays=(Assay(name="antigen", sensitivity=Response(by_stage=(0.2, 0.9)), correlation=0.5),),
    ),
    "two strata": replace(
        PLAIN,
        strata=(
            *PLAIN.strata,
            Stratum(name="vaccinated", weight=30.0, exposure=Growing(-20.0, 0.0, -0.05), course=course(Weibull(2.0, 4.0))),
        ),
    ),
}


def _apart(simulated: Simulated, expected: Flow) -> dict[str, float]:
    """The largest distance of each field from the expected, in standard errors (and eight people for what hardly happens)."""
    apart = {}
    for f in fields(Flow):
        found, error, exact = (
            np.atleast_1d(getattr(flow, f.name)) for flow in (simulated.flow, simulated.standard_error, expected)
        )
        least = 2.0 * expected.infected / simulated.people + 2e-5 * np.abs(exact)
        apart[f.name] = float(np.max(np.abs(found - exact) / (error + least), initial=0.0))
    return apart


@pytest.mark.parametrize("name", PROBLEMS)
def test_both_engines_agree_within_four_standard_errors_in_every_entry(name: str) -> None:
    simulated = simulate(PROBLEMS[name], 300_000, seed=11)
    apart = _apart(simulated, integrate(PROBLEMS[name], 1e-4))
    assert max(apart.values()) < 4.0, apart


def test_a_sensitivity_that_is_a_twentieth_higher_is_noticed() -> None:
    higher = replace(PLAIN.assays[0], sensitivity=Response(curve=Moved(SENSITIVITY, factor=1.05)))
    apart = _apart(simulate(PLAIN, 300_000), integrate(replace(PLAIN, assays=(higher,)), 1e-4))
    assert max(apart.values()) > 8.0


def _same(one: Simulated, other: Simulated) -> bool:
    return all(
        np.array_equal(np.atleast_1d(getattr(a, f.name)), np.atleast_1d(getattr(b, f.name)))
        for a, b in ((one.flow, other.flow), (one.standard_error, other.standard_error))
        for f in fields(Flow)
    ) and np.array_equal(one.joint_positive, other.joint_positive)


def test_the_answer_is_the_same_bit_for_bit_on_one_two_and_four_threads() -> None:
    people = 3 * BLOCK + 1_001
    one, two, four = (simulate(PROBLEMS["two strata"], people, seed=5, threads=threads) for threads in (1, 2, 4))
    assert _same(one, two)
    assert _same(one, four)


def test_the_same_seed_gives_the_same_and_another_seed_another_answer() -> None:
    assert _same(simulate(PLAIN, 20_000, seed=3), simulate(PLAIN, 20_000, seed=3))
    assert not _same(simulate(PLAIN, 20_000, seed=3), simulate(PLAIN, 20_000, seed=4))


def test_more_reach_never_releases_more_of_the_same_people() -> None:
    released = []
    for reach in (0.0, 0.3, 0.6, 0.9, 1.0):
        screens = tuple(replace(screen, reach=reach) for screen in SCREENS)
        itinerary = replace(PLACES, screens=screens, watches=WATCHES)
        released.append(simulate(replace(PLAIN, itinerary=itinerary), 30_000).flow.released_infected)
    assert all(more > less for more, less in itertools.pairwise(released))


def test_results_by_day_age_and_cases_add_up_to_the_flow() -> None:
    found = simulate(replace(PLAIN, itinerary=replace(PLACES, watches=WATCHES)), 50_000)
    assert found.found_by_day.sum() == pytest.approx(found.flow.detected.sum())
    assert found.released_infected_by_age.sum() == pytest.approx(found.flow.released_infected)
    assert found.residual_cases.sum() == pytest.approx(found.flow.released_infected)
    at_release = found.infectious_at_large_by_day[np.searchsorted(found.days, PLACES.release)]
    assert at_release == pytest.approx(found.flow.released_infectious)
    assert found.released_infected_by_age[:10].sum() == 0.0  # nobody is infected after departure


def test_two_tests_at_once_are_both_positive_as_often_as_their_correlation_says_whatever_their_reach() -> None:
    at_once = tuple(replace(screen, sampled=0.0, reach=0.5) for screen in SCREENS[:2])
    joint = {}
    for correlation in (0.0, 0.5):
        one_age = problem(course(Point(5.0)), replace(PLACES, screens=at_once), Point(-5.0), correlation=correlation)
        joint[correlation] = simulate(one_age, 200_000).joint_positive
        assert joint[correlation][0, 0] == pytest.approx(0.8, abs=4e-3)
    assert joint[0.0][0, 1] == pytest.approx(0.64, abs=5e-3)
    score = special.ndtri(0.8)
    together = stats.multivariate_normal([0.0, 0.0], [[1.0, 0.5], [0.5, 1.0]]).cdf([score, score])
    assert joint[0.5][0, 1] == pytest.approx(together, abs=5e-3)


@pytest.mark.parametrize(
    "curve",
    [SENSITIVITY, Constant(0.7, 1.0, 4.3), LogisticPolynomial((-2.0, 1.0, -0.1), low=0.3, high=20.0)],
    ids=["linear", "step", "logistic"],
)
def test_a_table_follows_its_curve_and_jumps_where_it_jumps(curve: Curve) -> None:
    low, high = curve.support
    lines = pack_tables([tabulate(curve.values, low, min(high, 40.0), curve.kinks)])
    times = np.concatenate((np.linspace(-5.0, 35.0, 10_007), curve.kinks, np.nextafter(curve.kinks, -np.inf)))
    found = np.empty_like(times)
    lines_at(lines, 0, 0.0, -times, found)
    assert np.max(np.abs(found - curve.values(times))[times < 39.0]) < 4e-5


@pytest.mark.parametrize(
    "distribution",
    [LOGNORMAL, Gamma(2.0, 1.5), Normal(3.0, 1.0), Growing(-9.0, 0.0, 0.2), Steps((0.0, 1.0, 4.0, 5.0), (1.0, 0.0, 2.0))],
    ids=["lognormal", "gamma", "normal", "growing", "steps"],
)
def test_a_quantile_table_follows_the_distribution_into_its_tails(distribution: Distribution) -> None:
    p = np.concatenate((np.linspace(0.0005, 0.9995, 5_003), 10.0 ** -np.arange(4.0, 9.0), 1.0 - 10.0 ** -np.arange(4.0, 9.0)))
    found = np.empty_like(p)
    quantiles_at(pack_quantiles([distribution]), 0, p, found)
    assert np.max(np.abs(found - distribution.quantile(p))) < 2e-3


def test_nobody_to_walk_is_refused() -> None:
    with pytest.raises(ValueError, match="one person"):
        simulate(PLAIN, 0)
    with pytest.raises(ValueError, match="stratum with weight"):
        simulate(replace(PLAIN, strata=()), 10)


def test_a_problem_written_in_whole_numbers_runs_the_same_machine_code() -> None:
    whole = replace(PLACES, watches=(Watch(id="watch", start=0, end=10, compliance=1, delay=1),), departure=0, release=10)
    floats = replace(PLACES, watches=(Watch(id="watch", start=0.0, end=10.0, compliance=1.0, delay=1.0),))
    for itinerary in (floats, whole):
        way = prepare_way(itinerary)
        assert all(getattr(way, name).dtype == np.float64 for name in ("watch_start", "delay", "contact", "effect", "start"))
    assert _same(simulate(replace(PLAIN, itinerary=whole), 5_000), simulate(replace(PLAIN, itinerary=floats), 5_000))
