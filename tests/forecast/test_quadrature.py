"""The exact engine: closed forms, a rule ten times as fine, and what must hold of any problem."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate as scipy_integrate
from scipy import stats

from fastchannel.forecast.infection.course import Response
from fastchannel.forecast.infection.curves import Constant
from fastchannel.forecast.infection.distributions import Atoms, Lognormal, Point, Uniform, Weibull
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.problem import Flow, Outbreak, Problem
from fastchannel.forecast.quadrature.quadrature import PrecisionError, Rule, difference, integrate, integrate_with
from tests.forecast.small_problems import (
    BY_STAGE,
    COVID,
    INFECTIOUSNESS,
    JOURNEY,
    SINCE_ONSET,
    STAYS,
    UNTESTED,
    R,
    beyond,
    problem,
)

COARSE = Rule(3, 2.5, 6)
TEN_TIMES_AS_FINE = Rule(nodes=10, width=0.6, further=48)  # ten times the nodes of the rule at which the integral settles
SHORT = Uniform(-4.0, 0.0)
KINDS = {
    "since infection": problem(COVID, exposure=SHORT),
    "since onset": problem(SINCE_ONSET, exposure=SHORT),
    "by stage": problem(BY_STAGE, exposure=SHORT, sensitivity=Response(by_stage=(0.2, 0.9)), correlation=0.5),
}
TWO_VARYING = problem(
    replace(BY_STAGE, stages=(BY_STAGE.stages[0], replace(BY_STAGE.stages[1], duration=Lognormal(1.7, 0.2)))),
    exposure=Point(-3.0),
    sensitivity=Response(by_stage=(0.2, 0.9)),
)


@cache
def settled(kind: str) -> Flow:
    return integrate(KINDS[kind], 1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_integral_is_within_a_millionth_of_a_rule_ten_times_as_fine(kind: str) -> None:
    assert difference(settled(kind), integrate_with(KINDS[kind], TEN_TIMES_AS_FINE)) < 1e-6


def test_the_rule_it_begins_with_is_not_that_good() -> None:
    assert difference(integrate_with(KINDS["since infection"], COARSE), settled("since infection")) > 1e-6


def test_an_incubation_that_begins_as_a_broken_power_of_time_is_integrated_whole() -> None:
    """A Weibull density of shape 1.5 rises as the root of time, as Omicron's does."""
    course = replace(SINCE_ONSET, stages=(replace(SINCE_ONSET.stages[0], duration=Weibull(1.5, 3.6)),))
    short = problem(course, exposure=SHORT)
    assert integrate_with(short, COARSE).infected == pytest.approx(1.0, abs=1e-5)
    assert difference(integrate(short, 1e-5), integrate_with(short, Rule(7, 1.2, 8))) < 1e-5


def test_a_second_varying_stage_settles_more_slowly_and_is_refused_rather_than_wrong() -> None:
    assert beyond(integrate(TWO_VARYING, 1e-2), integrate_with(TWO_VARYING, Rule(7, 1.6, 200)), 1e-2, 1e-4) == {}
    with pytest.raises(PrecisionError, match="did not settle to a relative 1e-07"):
        integrate(TWO_VARYING, 1e-7, most_refinements=2)


def test_an_integral_that_does_not_settle_says_how_far_it_is_and_what_to_do() -> None:
    with pytest.raises(PrecisionError, match=r"relative 1e-12: two refinements still differ by .*; ask for a wider tolerance"):
        integrate(KINDS["since infection"], 1e-12, most_refinements=1)


def test_without_measures_transmission_is_the_infectiousness_spent_in_each_stay() -> None:
    everyone = replace(COVID, symptomatic=1.0)
    flow = integrate(problem(everyone, UNTESTED, Point(-3.0)))
    curve = stats.gamma(4.0, scale=1.2)
    ages = (0.0, 3.0, 3.5, 10.0, 15.0, np.inf)
    spent = [R * (curve.cdf(b) - curve.cdf(a)) for a, b in itertools.pairwise(ages)]
    np.testing.assert_allclose(flow.potential, [stay.contact * s for stay, s in zip(STAYS, spent, strict=True)], rtol=1e-9)
    np.testing.assert_allclose(flow.baseline, [stay.baseline * s for stay, s in zip(STAYS, spent, strict=True)], rtol=1e-9)
    np.testing.assert_allclose(flow.inside, [stay.inside * s for stay, s in zip(STAYS, spent, strict=True)], rtol=1e-9)
    np.testing.assert_allclose(flow.workers, [stay.workers * s for stay, s in zip(STAYS, spent, strict=True)], rtol=1e-9)
    assert flow.travelling == pytest.approx(1.0)


def test_people_infected_evenly_over_some_days_leave_the_mean_of_the_gamma_distribution() -> None:
    """The community's share is R times the mean over infection ages of 1 − F; its closed form is by parts."""
    everyone = replace(COVID, symptomatic=1.0)
    flow = integrate(problem(everyone, UNTESTED, Uniform(-9.0, 0.0)))
    curve, next_ = stats.gamma(4.0, scale=1.2), stats.gamma(5.0, scale=1.2)

    def survival_from(age: float) -> float:
        """∫ 1 − F from an age on."""
        return 4.8 * float(next_.sf(age)) - age * float(curve.sf(age))

    assert flow.potential[-1] == pytest.approx(R * (survival_from(12.0) - survival_from(21.0)) / 9.0, rel=1e-6)


def test_asymptomatic_people_transmit_by_their_factor_less() -> None:
    assert integrate(problem(COVID, UNTESTED)).potential == pytest.approx(
        (0.7 + 0.3 * 0.5) * integrate(problem(replace(COVID, symptomatic=1.0), UNTESTED)).potential
    )


def test_one_test_at_a_known_age_finds_its_sensitivity_times_its_reach() -> None:
    fixed = replace(COVID, stages=(replace(COVID.stages[0], duration=Point(5.0)),))
    alone = replace(JOURNEY, screens=JOURNEY.screens[:1], watches=())
    flow = integrate(problem(fixed, alone, Point(-7.0), correlation=0.4))
    assert flow.detected[0] == pytest.approx(0.8 * 0.9)  # five days after infection
    assert flow.released_infected == pytest.approx(1.0 - 0.72)


def test_a_fixed_incubation_makes_a_watch_find_exactly_those_whose_onset_falls_into_it() -> None:
    fixed = replace(COVID, stages=(replace(COVID.stages[0], duration=Point(5.0)),), symptoms_days=2.0)
    watched = replace(JOURNEY, screens=())
    flow = integrate(problem(fixed, watched, Uniform(-9.0, 0.0)))
    # Symptoms from τ + 5 to τ + 7 meet the watch from 0.5 to 7 where −6.5 < τ < 2.
    assert flow.detected[0] == pytest.approx(0.7 * 0.6 * 6.5 / 9.0)


def test_two_kinds_of_course_by_one_sum_or_as_a_list_of_lengths_are_the_same() -> None:
    listed = replace(COVID, stages=(replace(COVID.stages[0], duration=Atoms((3.0, 6.0), (1.0, 3.0))),))
    lengths = [integrate(problem(replace(COVID, stages=(replace(COVID.stages[0], duration=Point(d)),)))) for d in (3.0, 6.0)]
    expected = lengths[0].times(0.25) + lengths[1].times(0.75)
    assert beyond(integrate(problem(listed)), expected, 1e-6) == {}


def test_a_test_sampled_before_the_infection_finds_nobody() -> None:
    always = Response(curve=Constant(1.0, 0.0, 99.0))
    early = replace(JOURNEY, watches=(), screens=(Screen(id="early", assay=0, sampled=-5.0, effect=-4.0),))
    flow = integrate(problem(itinerary=early, exposure=Uniform(-10.0, 0.0), sensitivity=always, correlation=0.0))
    assert flow.detected[0] == pytest.approx(0.5)


def test_only_infections_that_are_not_over_count() -> None:
    """At departure an infection in its tail no longer counts, and everyone counts where nobody asks."""
    old = problem(exposure=Uniform(-40.0, -39.0), active_at=0.0)
    assert integrate(old).infected == 0.0
    assert integrate(problem(exposure=Uniform(-40.0, -39.0))).infected == pytest.approx(1.0)


def test_the_ill_who_stay_at_home_are_in_no_entry() -> None:
    ill = replace(COVID, stages=(replace(COVID.stages[0], duration=Point(5.0)),))
    half = integrate(problem(ill, UNTESTED, Uniform(-9.0, 0.0), stay_home=0.5))
    # Ill at departure: infected between 14 and 5 days before it, of nine days the first four.
    assert half.infected == pytest.approx(1.0 - 0.7 * 0.5 * 4.0 / 9.0)


def test_infectious_days_are_the_days_between_the_first_and_last_hundredth() -> None:
    first, last = (float(stats.gamma(4.0, scale=1.2).ppf(p)) for p in (0.01, 0.99))
    flow = integrate(problem(COVID, UNTESTED, Point(-3.0)))
    assert flow.infectious_days.sum() == pytest.approx(last - first, rel=1e-4)
    assert flow.infectious_days[0] == pytest.approx(3.0 - first, rel=1e-3)


def test_isolation_that_ends_gives_back_the_contact_of_the_stay() -> None:
    fixed = replace(COVID, symptomatic=1.0, stages=(replace(COVID.stages[0], duration=Point(5.0)),))
    sure = Response(curve=Constant(1.0, 0.0, 99.0))
    screen = (Screen(id="sure", assay=0, sampled=1.0, effect=2.0),)
    itinerary = replace(UNTESTED, screens=screen, isolation_until=9.0, isolation_contact=0.25)
    flow = integrate(problem(fixed, itinerary, Point(-3.0), sensitivity=sure, correlation=0.0))
    cdf = stats.gamma(4.0, scale=1.2).cdf
    hotel = 0.1 * (cdf(5.0) - cdf(3.5)) + 0.25 * 0.1 * (cdf(10.0) - cdf(5.0))
    loop = 0.4 * (0.25 * (cdf(12.0) - cdf(10.0)) + cdf(15.0) - cdf(12.0))
    np.testing.assert_allclose(flow.potential[2:4], [R * hotel, R * loop], rtol=1e-9)
    assert flow.inside[2] == pytest.approx(R * 0.1 * (cdf(5.0) - cdf(3.5)))


def test_a_seed_starts_an_outbreak_as_often_as_a_branching_process_says() -> None:
    """One person who leaves 1.5 negative binomial cases, each of which goes on with R 1.8."""
    only = Itinerary(stays=(Stay(id="free", start=-100.0, region="community", contact=0.6),))
    everyone = replace(COVID, symptomatic=1.0)
    q = Outbreak(reproduction_number=1.8, dispersion=0.3).extinction
    assert q == pytest.approx((1.0 + 1.8 * (1.0 - q) / 0.3) ** -0.3)
    flow = integrate(problem(everyone, only, Point(0.0)))
    assert flow.seeding == pytest.approx(1.0 - (1.0 + 1.5 * (1.0 - q) / 0.3) ** -0.3, rel=1e-6)


def test_no_outbreak_follows_where_a_case_has_one_or_fewer_cases() -> None:
    below = replace(problem(), outbreak=Outbreak(reproduction_number=1.0, dispersion=0.3))
    assert integrate(below, 1e-4).seeding == 0.0


def test_the_first_of_two_sure_tests_takes_all_and_the_second_nobody() -> None:
    sure = Response(curve=Constant(1.0, 0.0, 99.0))
    flow = integrate(problem(itinerary=replace(JOURNEY, watches=()), exposure=Uniform(-9.0, -2.0), sensitivity=sure))
    assert flow.detected == pytest.approx([0.9, 0.1 * 0.95])


def test_a_later_result_of_an_earlier_sample_is_not_the_first_to_find() -> None:
    sure = Response(curve=Constant(1.0, 0.0, 99.0))
    slow = replace(JOURNEY, watches=(), screens=(replace(JOURNEY.screens[0], effect=3.0), JOURNEY.screens[1]))
    flow = integrate(problem(itinerary=slow, exposure=Uniform(-9.0, -2.0), sensitivity=sure))
    assert flow.detected == pytest.approx([0.05 * 0.9, 0.95])


def test_an_independent_sum_over_people_gives_the_same_release() -> None:
    """Infection age by SciPy's own adaptive rule, for tests alone and no correlation."""
    flow = integrate(problem(itinerary=replace(JOURNEY, watches=()), correlation=0.0, active_at=None))
    x, y = (0.0, 2.0, 5.0, 8.0, 12.0, 20.0, 30.0), (0.0, 0.1, 0.8, 0.85, 0.5, 0.2, 0.0)

    def missed(infected: float) -> float:
        before = float(np.interp(-2.0 - infected, x, y)) if infected <= -2.0 else 0.0
        return (1.0 - 0.9 * before) * (1.0 - 0.95 * float(np.interp(0.5 - infected, x, y)))

    breaks = [-7.5, -7.0, -4.5, -4.0, -2.0, -1.5]
    never, _ = scipy_integrate.quad(missed, -9.0, 0.0, points=breaks, epsrel=1e-10)
    assert 1.0 - flow.detected.sum() == pytest.approx(never / 9.0, rel=1e-7)


reaches = st.floats(0.0, 1.0)
times = st.floats(-6.0, 9.0)


@st.composite
def small(draw: st.DrawFn) -> Problem:
    screens = tuple(
        Screen(id=f"test {i}", assay=0, sampled=at, effect=at + draw(st.floats(0.0, 2.0)), reach=draw(reaches))
        for i, at in enumerate(draw(st.lists(times, max_size=3)))
    )
    watches = tuple(
        Watch(id=f"watch {i}", start=at, end=at + draw(st.floats(0.0, 8.0)), compliance=draw(reaches), delay=draw(reaches))
        for i, at in enumerate(draw(st.lists(times, max_size=2)))
    )
    itinerary = replace(JOURNEY, screens=screens, watches=watches)
    course = draw(st.sampled_from((COVID, SINCE_ONSET)))
    low = draw(st.floats(-12.0, -1.0))
    return problem(course, itinerary, Uniform(low, low + 3.0), correlation=draw(st.sampled_from((0.0, 0.4, 0.8))))


@settings(max_examples=25, deadline=None)
@given(of=small())
def test_who_is_found_and_who_is_never_found_add_up_to_the_infected(of: Problem) -> None:
    flow = integrate_with(of, COARSE)
    never = replace(of, itinerary=replace(of.itinerary, departure=1e5, release=1e5, completion=1e5))
    assert integrate_with(never, COARSE).travelling + flow.detected.sum() == pytest.approx(flow.infected, rel=1e-9)
    assert np.all(flow.detected >= -1e-12)


@settings(max_examples=25, deadline=None)
@given(of=small(), more=st.floats(0.0, 1.0))
def test_more_reach_never_releases_more_nor_leaves_more_transmission(of: Problem, more: float) -> None:
    screens = tuple(replace(screen, reach=screen.reach + more * (1.0 - screen.reach)) for screen in of.itinerary.screens)
    less, wider = (integrate_with(p, COARSE) for p in (of, replace(of, itinerary=replace(of.itinerary, screens=screens))))
    assert wider.released_infected <= less.released_infected + 1e-9
    assert wider.released_infectious <= less.released_infectious + 1e-9
    assert wider.seeding <= less.seeding + 1e-9
    assert wider.potential.sum() <= less.potential.sum() + 1e-9


@settings(max_examples=12, deadline=None)
@given(of=small(), later=st.floats(0.0, 6.0))
def test_a_later_release_never_releases_more_infected(of: Problem, later: float) -> None:
    """Of those infected before departure: nobody becomes infected on the way in this problem."""
    itinerary = replace(of.itinerary, release=7.0 + later)
    soon, late = (_at_one_rule(p) for p in (of, replace(of, itinerary=itinerary)))
    assert late.released_infected <= soon.released_infected + 2e-3
    assert late.infected == pytest.approx(soon.infected, rel=1e-6)


def _at_one_rule(of: Problem) -> Flow:
    return integrate_with(of, Rule(5, 1.6, 6))


def test_a_later_release_releases_fewer_infectious_people_once_everyone_is_infectious() -> None:
    """Not before: who is released on the third day may become infectious on the fourth."""
    of = problem(exposure=Uniform(-9.0, -3.0))
    released = [
        integrate(replace(of, itinerary=replace(JOURNEY, release=day)), 1e-5).released_infectious
        for day in (2.0, 4.0, 7.0, 11.0)
    ]
    assert released == sorted(released, reverse=True)
    assert released[0] > 3.0 * released[-1]


def test_flows_are_linear_in_the_number_of_people() -> None:
    one, ten = (integrate(problem(weight=weight), 1e-4) for weight in (1.0, 10.0))
    assert difference(one.times(10.0), ten) < 1e-12
    assert difference(ten.per_infected, one.per_infected) < 1e-12


def test_people_of_no_weight_and_no_people_come_to_nothing() -> None:
    assert integrate(problem(weight=0.0)).infected == 0.0
    nobody = integrate(replace(problem(), strata=()))
    assert nobody.infected == 0.0
    assert nobody.detected.shape == (3,)


def test_each_region_is_counted_once_over_all_its_stays() -> None:
    split = replace(UNTESTED, stays=(*STAYS[:3], replace(STAYS[2], id="second hotel", start=3.0), *STAYS[3:]))
    whole, parts = integrate(problem(itinerary=UNTESTED)), integrate(problem(itinerary=split))
    assert split.regions == UNTESTED.regions
    np.testing.assert_allclose(parts.potential, whole.potential, rtol=1e-9)
    assert parts.inside[2:4].sum() == pytest.approx(whole.inside[2])


def test_the_curve_of_infectiousness_adds_up_to_the_reproduction_number() -> None:
    assert INFECTIOUSNESS.total == pytest.approx(R)
