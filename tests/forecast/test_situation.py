"""The situation: who among travellers is infected, and what cannot be a situation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.forecast.infection.distributions import Growing, Steps, Uniform
from fastchannel.forecast.problem import Problem
from fastchannel.forecast.quadrature.quadrature import Rule, integrate_with
from fastchannel.forecast.situation import Incidence, Situation, SituationError, daily_series, infected_travellers
from tests.forecast.readings import covid, practice
from tests.forecast.small_problems import UNTESTED

DAYS = covid().active_days


def test_steady_incidence_is_as_many_infections_a_day_as_days() -> None:
    exposure, total = Incidence(per_day=2e-4).before(10.0)
    assert exposure == Uniform(-10.0, 0.0)
    assert total == pytest.approx(2e-3)


@pytest.mark.parametrize("rate", [0.1, -0.1, 1e-9])
def test_growing_incidence_adds_up_to_the_integral_of_an_exponential(rate: float) -> None:
    exposure, total = Incidence(per_day=2e-4, growth_per_day=rate).before(10.0)
    assert exposure == Growing(-10.0, 0.0, rate)
    days = np.linspace(-10.0, 0.0, 200_001)
    assert total == pytest.approx(float(np.trapezoid(2e-4 * np.exp(rate * days), days)), rel=1e-6)
    today = float(exposure.density(np.array([-1e-9]))[0]) * total
    assert today == pytest.approx(2e-4, rel=1e-6)


def test_no_growth_is_the_limit_of_little_growth() -> None:
    assert Incidence(per_day=1e-3, growth_per_day=1e-12).before(30.0)[1] == pytest.approx(0.03)


def test_a_series_is_read_from_its_end_a_day_each() -> None:
    exposure, total = Incidence(series=(9e-4, 1e-4, 2e-4, 3e-4)).before(2.5)
    assert exposure == Steps((-3.0, -2.0, -1.0, 0.0), (1e-4, 2e-4, 3e-4))
    assert total == pytest.approx(6e-4)


def test_a_flat_series_is_steady_incidence() -> None:
    flat, steady = Incidence(series=(2e-4,) * 40), Incidence(per_day=2e-4)
    one, other = (infected_travellers(each, 0.0, covid(), practice()) for each in (flat, steady))
    flows = [integrate_with(Problem(strata=each, assays=(), itinerary=UNTESTED), Rule(3, 2.5, 8)) for each in (one, other)]
    assert flows[0].infected == pytest.approx(flows[1].infected, rel=1e-4)


def test_a_series_without_infections_is_nobody() -> None:
    assert Incidence(series=(0.0,) * 40).before(DAYS)[1] == 0.0


def test_a_series_that_does_not_reach_back_far_enough_says_how_far_it_must() -> None:
    with pytest.raises(
        SituationError, match=r"found a series of 20 days; expected at least 36, the days for which an infection"
    ):
        infected_travellers(Incidence(series=(1e-4,) * 20), 0.0, covid(), practice())


def test_steady_incidence_infects_as_many_travellers_as_are_infected_for_days() -> None:
    """Prevalence is incidence times the mean duration: incubation, which is lognormal, and infectiousness after it."""
    nobody_at_home = replace(practice(), ill_stay_home=0.0)
    strata = infected_travellers(Incidence(per_day=1e-4), 0.0, covid(), nobody_at_home)
    flow = integrate_with(Problem(strata=strata, assays=(), itinerary=UNTESTED), Rule(5, 1.6, 8))
    duration = math.exp(1.621 + 0.418**2 / 2.0) + covid().course.spans[2]
    assert flow.infected == pytest.approx(1e-4 * duration, rel=1e-3)


def test_the_ill_stay_at_home_by_practice() -> None:
    strata = infected_travellers(Incidence(per_day=1e-4), 0.0, covid(), practice())
    assert [stratum.stay_home for stratum in strata] == [0.5]


def test_the_immune_are_infected_less_fall_ill_less_and_transmit_less() -> None:
    susceptible, immune = infected_travellers(Incidence(per_day=1e-4), 0.4, covid(), practice())
    assert susceptible.weight == pytest.approx(1e-4 * DAYS * 0.6)
    assert immune.weight == pytest.approx(1e-4 * DAYS * 0.4 * (1.0 - 0.92))
    assert immune.course.symptomatic == pytest.approx(susceptible.course.symptomatic * 0.75)
    assert susceptible.course.infectiousness.curve is not None
    assert immune.course.infectiousness.curve is not None
    assert immune.course.infectiousness.curve.total == pytest.approx(susceptible.course.infectiousness.curve.total * 0.32)
    assert immune.course.spans == pytest.approx(susceptible.course.spans)
    assert immune.exposure == susceptible.exposure


@given(share=st.floats(0.0, 1.0))
def test_more_immunity_never_infects_more_travellers(share: float) -> None:
    weights = [
        sum(stratum.weight for stratum in infected_travellers(Incidence(per_day=1e-4), each, covid(), practice()))
        for each in (share, share + 0.5 * (1.0 - share))
    ]
    assert weights[1] <= weights[0] * (1.0 + 1e-12)


def test_immunity_that_the_profile_does_not_describe_is_refused() -> None:
    with pytest.raises(SituationError, match="found 40% immune travellers, but the pathogen's profile says nothing"):
        infected_travellers(Incidence(per_day=1e-4), 0.4, replace(covid(), immunity=None), practice())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"per_day": -0.1}, "found -0.1 infections per person and day; expected from 0 to 1"),
        ({"per_day": 1.5}, "found 1.5 infections"),
        ({"per_day": math.nan}, "found nan infections"),
        ({"per_day": 0.1, "growth_per_day": 1.1}, "growth of incidence: found 1.1 a day"),
        ({"per_day": 0.1, "growth_per_day": math.nan}, "growth of incidence: found nan"),
        ({"series": (0.1, 1.2)}, "day 2 of the series: found 1.2"),
        ({"series": (0.1, math.nan)}, "day 2 of the series: found nan"),
    ],
)
def test_an_impossible_incidence_is_refused_with_what_was_found(given: dict[str, float], said: str) -> None:
    with pytest.raises(SituationError, match=said):
        Incidence(**given)  # type: ignore[arg-type]


def test_an_impossible_situation_is_refused_with_what_was_found() -> None:
    here = {"": Incidence(per_day=1e-4)}
    with pytest.raises(SituationError, match=r"immune travellers: found 1\.2"):
        Situation(incidence=here, immune=1.2)
    with pytest.raises(SituationError, match="days to look ahead: found 0"):
        Situation(incidence=here, days=0.0)
    with pytest.raises(SituationError, match="travellers a day, kr-cn: found -1"):
        Situation(incidence=here, travellers_per_day={"kr-cn": -1.0})


def test_reported_cases_become_infections_of_people() -> None:
    series = daily_series((10.0, 0.0, 30.0), 1e6, 0.25).series
    assert series == pytest.approx((4e-5, 0.0, 1.2e-4))


@pytest.mark.parametrize(
    ("counts", "population", "ascertained", "said"),
    [
        ((1.0,), 1e6, 0.0, "share of infections reported: found 0; expected above 0"),
        ((1.0,), 1e6, 1.2, r"share of infections reported: found 1\.2"),
        ((1.0,), 0.0, 0.5, "population: found 0"),
        ((1.0, -2.0), 1e6, 0.5, "day 2 of the series: found -4e-06"),
        ((1.0, 2e6), 1e6, 0.5, "day 2 of the series: found 4"),
    ],
)
def test_impossible_reports_are_refused(counts: tuple[float, ...], population: float, ascertained: float, said: str) -> None:
    with pytest.raises(SituationError, match=said):
        daily_series(counts, population, ascertained)


def test_more_infections_than_people_are_refused() -> None:
    with pytest.raises(SituationError, match=r"infections per person .* expected at most 0\.5"):
        Incidence(per_day=0.1).before(30.0)
    assert Incidence(per_day=0.01).before(30.0)[1] == pytest.approx(0.3)
