"""People placed in time: where their markers fall, and what shows of each infection, held against numeric sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastchannel.forecast.infection.course import Course, Response, Stage
from fastchannel.forecast.infection.curves import Constant, Density, LogisticPolynomial, Moved, Table
from fastchannel.forecast.infection.distributions import Gamma, Lognormal, Point
from fastchannel.forecast.infection.placed import Placed

BY_ONSET = Response(marker=1, curve=Moved(Density(Gamma(20.5, 0.63, -12.3)), factor=2.8))
BY_STAGE = Response(by_stage=(0.0, 0.4, 0.0, 0.1))
STAGES = (
    Stage(name="latent", duration=Gamma(2.0, 1.5)),
    Stage(name="presymptomatic", duration=Gamma(4.0, 0.5)),
    Stage(name="ill", duration=Point(7.0)),
    Stage(name="recovering", duration=Point(3.0)),
)
INFECTED = np.array([-6.0, -1.5, 0.0, 2.25])
DURATIONS = np.array([[3.0, 0.5, 2.0, 0.0], [1.0, 2.5, 0.0, 0.25], [7.0, 7.0, 7.0, 7.0], [3.0, 3.0, 3.0, 3.0]])


def course(infectiousness: Response, onset: int | None = 2) -> Course:
    return Course(stages=STAGES, onset=onset, symptomatic=0.8, symptoms_days=10.0, infectiousness=infectiousness)


def people(infectiousness: Response, onset: int | None = 2) -> Placed:
    return Placed.of(course(infectiousness, onset), INFECTED, DURATIONS)


def test_a_marker_stands_where_a_stage_ends() -> None:
    placed = people(BY_STAGE)
    np.testing.assert_allclose(placed.markers[0], INFECTED)
    np.testing.assert_allclose(placed.markers[2], INFECTED + DURATIONS[0] + DURATIONS[1])
    np.testing.assert_allclose(placed.markers[4], INFECTED + DURATIONS.sum(axis=0))
    assert placed.markers.shape == (5, 4)


def test_symptoms_begin_at_their_marker_or_never() -> None:
    np.testing.assert_allclose(people(BY_STAGE).onset, [-2.0, 1.5, 2.0, 2.5])
    assert np.all(np.isinf(people(BY_STAGE, onset=None).onset))


def summed(placed: Placed, response: Response, until: float) -> list[float]:
    """The response's heights, added up in small steps from each person's infection on."""
    found = []
    for i, infected in enumerate(placed.infected):
        alone = Placed(
            course=placed.course,
            infected=np.full(40_000, infected),
            markers=np.repeat(placed.markers[:, i : i + 1], 40_000, axis=1),
        )
        width = max(until - infected, 0.0) / 40_000
        found.append(float(np.sum(alone.values(response, infected + width * (np.arange(40_000) + 0.5))) * width))
    return found


RESPONSES = {
    "by stage": BY_STAGE,
    "since infection": Response(marker=0, curve=Density(Gamma(3.5, 1.3))),
    "since onset": BY_ONSET,
    "since the end of the second stage": Response(marker=2, curve=Table((-3.0, 0.0, 9.0), (0.2, 0.9, 0.0))),
    "without a closed form": Response(marker=1, curve=LogisticPolynomial((1.0, 0.5, -0.1), low=-4.0, high=20.0)),
}


@pytest.mark.parametrize("name", RESPONSES)
@pytest.mark.parametrize("until", [-10.0, -0.5, 1.75, 6.0, 300.0])
def test_the_integral_is_the_sum_of_the_heights_from_infection_on(name: str, until: float) -> None:
    placed = people(RESPONSES[name])
    np.testing.assert_allclose(placed.integral(RESPONSES[name], until), summed(placed, RESPONSES[name], until), atol=4e-3)
    np.testing.assert_allclose(
        placed.integral(RESPONSES[name], np.full(4, until)), placed.integral(RESPONSES[name], until), rtol=1e-12
    )


@pytest.mark.parametrize("name", RESPONSES)
def test_before_the_infection_nothing_shows(name: str) -> None:
    placed = people(RESPONSES[name])
    np.testing.assert_array_equal(placed.values(RESPONSES[name], INFECTED - 1e-9), np.zeros(4))
    np.testing.assert_array_equal(placed.integral(RESPONSES[name], INFECTED), np.zeros(4))


def test_what_a_curve_has_before_the_infection_is_cut_off_from_its_total() -> None:
    curve = Constant(1.0, -5.0, 5.0)
    placed = Placed.of(course(BY_ONSET), np.array([0.0, 0.0]), np.array([[2.0, 8.0], [0.0, 0.0], [7.0, 7.0], [3.0, 3.0]]))
    np.testing.assert_allclose(placed.integral(Response(marker=1, curve=curve), 100.0), [7.0, 10.0])


def test_a_stage_without_length_counts_for_nothing() -> None:
    placed = Placed.of(course(BY_STAGE), np.zeros(1), np.array([[2.0], [0.0], [7.0], [3.0]]))
    np.testing.assert_allclose(placed.integral(BY_STAGE, math.inf), [0.3])
    assert float(placed.values(BY_STAGE, 2.0)[0]) == 0.0
    assert float(placed.values(BY_STAGE, 9.0)[0]) == 0.1


def test_a_person_counts_as_infectious_for_the_middle_98_per_cent_and_never_before_infection() -> None:
    begin, end = people(BY_ONSET).infectious
    first, last, over = (float(Gamma(20.5, 0.63, -12.3).quantile(np.array(share))) for share in (0.01, 0.99, 0.999))
    onset = INFECTED + DURATIONS[0]
    np.testing.assert_allclose(begin, np.maximum(onset + first, INFECTED), atol=1e-6)
    np.testing.assert_allclose(end, onset + last, atol=1e-6)
    np.testing.assert_allclose(people(BY_ONSET).over, onset + over, atol=1e-6)
    assert np.any(begin == INFECTED)


def test_by_stages_a_person_is_infectious_from_the_first_stage_with_a_height_to_the_last() -> None:
    placed = people(BY_STAGE)
    begin, end = placed.infectious
    np.testing.assert_allclose(begin, placed.markers[1])
    np.testing.assert_allclose(end, placed.markers[4])
    np.testing.assert_allclose(placed.over, placed.markers[4])


@given(st.sampled_from(sorted(RESPONSES)), st.floats(-8.0, 30.0), st.floats(0.0, 30.0))
@settings(deadline=None)
def test_what_is_spent_never_falls_and_is_never_negative(name: str, until: float, longer: float) -> None:
    placed = people(RESPONSES[name])
    early, late = placed.integral(RESPONSES[name], until), placed.integral(RESPONSES[name], until + longer)
    assert np.all(early >= 0.0)
    assert np.all(late >= early - 1e-12)


def test_over_many_people_a_cut_off_curve_loses_what_falls_before_infection() -> None:
    """Against the double integral over incubation and time, by a rule of its own."""
    incubation = Lognormal(1.621, 0.418)
    shares = (np.arange(4_000) + 0.5) / 4_000
    lengths = incubation.quantile(shares)
    alone = Course(
        stages=(Stage(name="incubation", duration=incubation),),
        onset=1,
        symptomatic=1.0,
        symptoms_days=9.0,
        infectiousness=BY_ONSET,
    )
    placed = Placed.of(alone, np.zeros(4_000), lengths[None, :])
    kept = float(np.mean(placed.integral(BY_ONSET, 1e6)))
    times = np.linspace(-12.3, 30.0, 20_001)
    transmission = Density(Gamma(20.5, 0.63, -12.3)).values(times)
    expected = 2.8 * float(np.trapezoid(transmission * (1.0 - incubation.cdf(-times)), times))
    assert kept == pytest.approx(expected, rel=1e-4)
    assert kept < 2.8
