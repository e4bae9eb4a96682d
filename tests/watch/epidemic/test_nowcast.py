"""The nowcast on simulated reports with a known truth."""

import numpy as np
import pytest

from fastchannel.watch.epidemic.arrays import EpidemicError, Floats
from fastchannel.watch.epidemic.nowcast import nowcast, reporting_delay

DELAYS = np.array([0.1, 0.25, 0.2, 0.15, 0.1, 0.08, 0.05, 0.04, 0.02, 0.01])
LONGEST = DELAYS.size - 1


def simulated(generator: np.random.Generator, expected: Floats) -> tuple[Floats, Floats]:
    """The triangle at the end of the last day, and the cases that all days will have."""
    reports = generator.multinomial(generator.poisson(expected), DELAYS)
    known = np.cumsum(reports, axis=1).astype(float)
    age = np.arange(expected.size)[::-1, None]
    return np.where(np.arange(DELAYS.size) <= age, known, np.nan), known[:, -1]


def test_the_delay_is_that_which_made_the_reports() -> None:
    triangle, _ = simulated(np.random.default_rng(7), np.full(60, 3_000.0))
    found = reporting_delay(triangle)
    assert found.reported == pytest.approx(np.cumsum(DELAYS), abs=0.005)
    assert found.withdrawn == 0.0


def test_without_truncation_the_delay_is_the_plain_share_of_reports() -> None:
    known = np.array([[4.0, 10.0, 20.0], [6.0, 20.0, 40.0]])
    assert reporting_delay(known).reported == pytest.approx([10 / 60, 30 / 60, 1.0], rel=1e-14)


def test_a_truncated_triangle_is_worked_out_by_hand() -> None:
    known = np.array([[20.0, 30.0, 40.0], [10.0, 20.0, np.nan], [9.0, np.nan, np.nan]])
    found = nowcast(known, np.random.default_rng(1))
    first, second = 1.0 - 20.0 / 50.0, 1.0 - 10.0 / 40.0
    assert found.reported == pytest.approx([1.0, second, first * second], rel=1e-14)
    assert found.estimate == pytest.approx([40.0, 20.0 / second, 9.0 / (first * second)], rel=1e-14)
    assert (found.lower[0], found.upper[0]) == (40.0, 40.0)


@pytest.mark.parametrize(
    ("cases", "growth", "level", "days"),
    [(80.0, 0.0, 0.9, 50), (15.0, 0.04, 0.8, 50), (400.0, -0.05, 0.9, 50), (4_000.0, 0.0, 0.9, 11)],
)
def test_intervals_hold_what_is_reported_in_the_end_as_often_as_they_say(
    cases: float, growth: float, level: float, days: int
) -> None:
    generator, runs = np.random.default_rng(8), 200
    expected = cases * np.exp(growth * np.arange(days))
    held, ratios = np.zeros(LONGEST), np.zeros((runs, LONGEST))
    for run in range(runs):
        triangle, truth = simulated(generator, expected)
        found = nowcast(triangle, generator, level=level, draws=400)
        recent = slice(days - LONGEST, days)
        held += (found.lower[recent] <= truth[recent]) & (truth[recent] <= found.upper[recent])
        ratios[run] = found.estimate[recent] / truth[recent].mean()
        assert np.array_equal(found.estimate[: days - LONGEST], truth[: days - LONGEST])
    # discrete intervals hold a little more than they say where little is still to come
    assert level - 0.02 <= held.mean() / runs <= level + 0.08
    assert (held / runs >= level - 0.09).all()
    assert ratios.mean() == pytest.approx(1.0, abs=0.03)


def test_reports_taken_back_are_counted_apart() -> None:
    known = np.array([[30.0, 40.0, 38.0], [20.0, 30.0, 34.0]])
    found = reporting_delay(known)
    assert found.withdrawn == 2.0
    assert found.late.tolist() == [50.0, 20.0, 4.0]


def test_a_day_first_reported_later_had_nothing_known_before_and_one_not_reported_yet_has_no_estimate() -> None:
    known = np.array([[np.nan, 30.0, 40.0], [np.nan, 20.0, np.nan], [np.nan, np.nan, np.nan]])
    found = nowcast(known, np.random.default_rng(1))
    assert found.delay.late.tolist() == [0.0, 50.0, 10.0]
    assert np.isnan([found.estimate[2], found.lower[2], found.upper[2]]).all()
    assert found.estimate[1] == pytest.approx(20.0 / 0.75, rel=1e-14)


@pytest.mark.parametrize(
    ("triangle", "words"),
    [
        ([[5.0], [6.0]], "found 1 delays"),
        ([[1.0, 2.0], [1.0, np.nan]], "found 2 reports"),
        ([[50.0, np.nan], [60.0, np.nan]], "no day known after 1 days"),
    ],
)
def test_a_triangle_that_teaches_no_delay_is_refused(triangle: list[list[float]], words: str) -> None:
    with pytest.raises(EpidemicError, match=words):
        nowcast(triangle, np.random.default_rng(1))
