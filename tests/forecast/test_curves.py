"""Every curve's integral is that of its heights, held against SciPy's adaptive quadrature."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from fastchannel.forecast.infection.curves import (
    Constant,
    Curve,
    Density,
    ExponentialRise,
    LogisticPolynomial,
    Moved,
    Pieces,
    Product,
    Rising,
    Table,
    ThroughLevel,
    normalised,
    peak,
    spent,
)
from fastchannel.forecast.infection.distributions import Gamma, Lognormal, Normal, Steps, Uniform

GAMMA = Density(Gamma(20.5, 0.63, -12.3))
KNOTS = ((-2.0, 0.0, 1.5, 4.0, 9.0), (0.0, 0.4, 0.9, 0.5, 0.1))
LINEAR = Table(*KNOTS)
RISE = Pieces((ExponentialRise(1.5, 3.0), Density(Gamma(2.0, 2.0, 2.0))), (3.0,))

CURVES: dict[str, Curve] = {
    "density": GAMMA,
    "density of steps": Density(Steps((0.0, 1.0, 4.0), (1.0, 5.0))),
    "rising": Rising(Lognormal(1.6, 0.4), until=60.0),
    "rising from a normal": Rising(Normal(3.0, 1.0), until=60.0),
    "constant": Constant(0.7, 1.0, 5.0),
    "linear": LINEAR,
    "linear held": Table(*KNOTS, held=True),
    "smooth": Table(*KNOTS, between="pchip"),
    "smooth held": Table(*KNOTS, between="pchip", held=True),
    "steps": Table(*KNOTS, between="step"),
    "steps held": Table(*KNOTS, between="step", held=True),
    "logistic": LogisticPolynomial((1.5, 2.2, -0.3), centre=2.0, low=0.0, high=30.0),
    "rise": ExponentialRise(1.3, 4.0),
    "slow rise": ExponentialRise(1e-12, 4.0),
    "rise and fall": RISE,
    "pieces with a gap": Pieces((Constant(1.0, 0.0, 2.0), LINEAR, Constant(0.2, 6.0, 8.0)), (1.0, 4.0)),
    "a piece that begins after its end": Pieces((Constant(1.0, 5.0, 9.0), Constant(2.0, 0.0, 7.0)), (3.0,)),
    "a last piece that is over before it begins": Pieces((Density(Uniform(0.0, 10.0)), Constant(1.0, 0.0, 3.0)), (5.0,)),
    "pieces of pieces": Pieces((RISE, Moved(RISE, 4.0, 0.5)), (6.0,)),
    "moved": Moved(LINEAR, 3.0, -2.0),
    "product": Product(GAMMA, Rising(Gamma(3.0, 1.0, -4.0))),
    "product of tables": Product(LINEAR, Table((1.0, 1.2, 5.0), (0.5, 2.0, 0.0), between="step")),
    "product of strangers": Product(Constant(1.0, 0.0, 1.0), Constant(1.0, 5.0, 6.0)),
    "through a level": ThroughLevel(RISE, LogisticPolynomial((4.0, -0.5)), 4.0, 25.0),
}


def by_quadrature(curve: Curve, low: float, high: float) -> float:
    """The integral by SciPy, from kink to kink."""
    ends = sorted({low, high, *(kink for kink in curve.kinks if low < kink < high)})
    return sum(
        integrate.quad(lambda x: float(curve.values(np.array([x]))[0]), a, b, limit=200, epsabs=1e-12, epsrel=1e-12)[0]
        for a, b in pairwise(ends)
    )


@pytest.mark.parametrize("name", [name for name in CURVES if name != "through a level"])
def test_the_integral_is_that_of_the_heights(name: str) -> None:
    curve = CURVES[name]
    low, high = curve.support
    high = min(high, low + 40.0)
    times = low + (high - low) * np.array([0.0, 0.013, 0.21, 0.5, 0.77, 1.0])
    expected = [by_quadrature(curve, low, time) for time in times]
    np.testing.assert_allclose(curve.integral(times), expected, atol=2e-8)


@pytest.mark.parametrize("name", CURVES)
def test_before_its_support_a_curve_has_no_integral_and_after_it_no_more(name: str) -> None:
    curve = CURVES[name]
    low, high = curve.support
    before, at_end, after, never = curve.integral(np.array([low - 7.0, high, high + 7.0, 1e6]))
    assert before == pytest.approx(0.0, abs=2e-10)
    assert after == pytest.approx(at_end, abs=2e-10)
    assert never == pytest.approx(curve.total, abs=2e-10)


@pytest.mark.parametrize("name", CURVES)
def test_arrays_of_any_shape_come_out_in_their_shape(name: str) -> None:
    for shape in ((), (4,), (2, 3), (0,)):
        times = np.full(shape, 1.25)
        assert CURVES[name].values(times).shape == shape
        assert CURVES[name].integral(times).shape == shape


@pytest.mark.parametrize("name", CURVES)
def test_heights_jump_only_at_kinks(name: str) -> None:
    curve = CURVES[name]
    low, high = curve.support
    high = min(high, low + 40.0)
    times = np.linspace(low - 1.0, high + 1.0, 40_001)
    jumps = times[1:][np.abs(np.diff(curve.values(times))) > 0.02]
    kinks = np.array([low, high, *curve.kinks])
    assert all(np.min(np.abs(kinks - jump)) < 0.01 for jump in jumps)


def heights(curve: Curve, *times: float) -> list[float]:
    return [float(height) for height in curve.values(np.array(times))]


def test_a_table_goes_through_its_knots_and_is_nought_outside() -> None:
    for between in ("linear", "pchip", "step"):
        curve = Table(*KNOTS, between=between)
        assert heights(curve, *KNOTS[0]) == pytest.approx(KNOTS[1])
        assert heights(curve, -2.001, 9.001) == [0.0, 0.0]
        assert heights(Table(*KNOTS, between=between, held=True), -2.001, 9.001, 300.0) == [0.0, KNOTS[1][-1], KNOTS[1][-1]]


def test_between_knots_a_line_is_straight_a_step_holds_and_a_smooth_curve_stays_between() -> None:
    assert heights(LINEAR, 0.75, 6.5) == pytest.approx([0.65, 0.3])
    assert heights(Table(*KNOTS, between="step"), -0.001, 1.499, 8.999) == [0.0, 0.4, 0.5]
    smooth = Table(*KNOTS, between="pchip").values(np.linspace(1.5, 9.0, 300))
    assert np.all(np.diff(smooth) <= 0.0)


def test_a_constant_ends_before_its_end() -> None:
    assert heights(Constant(0.7, 1.0, 5.0), 0.999, 1.0, 4.999, 5.0) == [0.0, 0.7, 0.7, 0.0]


def test_a_logistic_curve_never_overflows() -> None:
    curve = LogisticPolynomial((0.0, 1e6, -1e6), low=-100.0, high=100.0)
    assert heights(curve, -100.0, 0.0, 0.5, 100.0) == pytest.approx([0.0, 0.5, 1.0, 0.0])


def test_an_exponential_rise_is_nought_at_nought_and_one_at_its_end() -> None:
    curve = ExponentialRise(1.3, 4.0)
    assert heights(curve, -0.1, 0.0, 4.0, 4.1) == pytest.approx([0.0, 0.0, 1.0, 0.0])
    assert heights(curve, 2.0) == pytest.approx([(math.exp(2.6) - 1.0) / (math.exp(5.2) - 1.0)])
    assert ExponentialRise(1e-12, 4.0).total == pytest.approx(2.0, rel=1e-9)


def test_each_piece_holds_from_the_end_of_the_one_before() -> None:
    curve = Pieces((Constant(1.0, 0.0, 9.0), Constant(2.0, 0.0, 9.0), Constant(3.0, 0.0, 9.0)), (2.0, 5.0))
    assert heights(curve, 1.999, 2.0, 4.999, 5.0, 9.0) == [1.0, 2.0, 2.0, 3.0, 0.0]
    assert curve.total == pytest.approx(2.0 + 6.0 + 12.0)


def test_what_goes_through_a_level_is_known_on_the_falling_branch_and_the_same_on_the_rising_one() -> None:
    known = LogisticPolynomial((4.0, -0.5))
    curve = ThroughLevel(RISE, known, 4.0, 25.0)
    after = np.array([4.0, 5.5, 10.0, 20.0])
    np.testing.assert_allclose(curve.values(after), known.values(after), atol=1e-4)
    level = float(RISE.values(np.array([8.0]))[0])
    rise = math.log1p(level * math.expm1(1.5 * 3.0)) / 1.5
    assert heights(curve, rise)[0] == pytest.approx(heights(curve, 8.0)[0], rel=1e-6)
    assert heights(curve, -0.1, 25.1) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("curve", "at", "height"),
    [
        (GAMMA, -12.3 + 19.5 * 0.63, None),
        (LINEAR, 1.5, 0.9),
        (Moved(LINEAR, 3.0, 2.0), 4.5, 1.8),
        (LogisticPolynomial((1.5, 2.4, -0.3), centre=2.0, high=30.0), 6.0, 1.0 / (1.0 + math.exp(-6.3))),
        (Table((0.0, 499.9, 500.0, 500.1, 1000.0), (0.0, 0.0, 1.0, 0.0, 0.0)), 500.0, 1.0),
        (Table((0.0, 499.60, 499.61, 499.62, 1000.0), (0.0, 0.0, 1.0, 0.0, 0.0)), 499.61, 1.0),
    ],
)
def test_the_peak_is_found_to_a_thousandth_of_a_day(curve: Curve, at: float, height: float | None) -> None:
    found_at, found = peak(curve)
    assert found_at == pytest.approx(at, abs=1e-3)
    assert found == pytest.approx(height if height is not None else heights(curve, at)[0], rel=1e-6)


@pytest.mark.parametrize("name", [name for name in CURVES if name not in ("moved", "product of strangers")])
def test_a_normalised_curve_adds_up_to_one(name: str) -> None:
    assert normalised(CURVES[name]).total == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.5, 0.99, 0.999])
def test_a_share_is_spent_when_that_much_lies_behind(share: float) -> None:
    of = Gamma(20.5, 0.63, -12.3)
    assert spent(Moved(Density(of), 2.0, 3.7), share) == pytest.approx(2.0 + float(of.quantile(np.array(share))), abs=1e-6)
    assert spent(Constant(3.0, -1.0, 9.0), share) == pytest.approx(-1.0 + 10.0 * share, abs=1e-6)


KNOTTED = st.lists(st.tuples(st.floats(0.01, 9.0), st.floats(0.0, 1.0)), min_size=2, max_size=8)


@given(KNOTTED, st.sampled_from(["linear", "pchip", "step"]), st.booleans(), st.floats(-3.0, 50.0), st.floats(0.0, 20.0))
@settings(deadline=None)
def test_the_integral_of_heights_that_are_not_negative_never_falls_and_is_no_more_than_the_highest_allows(
    knots: list[tuple[float, float]], between: str, held: bool, start: float, longer: float
) -> None:
    times = np.cumsum([gap for gap, _ in knots])
    curve = Table(tuple(map(float, times)), tuple(height for _, height in knots), between, held)
    low, high = curve.integral(np.array([start, start + longer]))
    assert -1e-12 <= high - low <= longer * max(curve.y) + 1e-9


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [("product", 1e-9), ("logistic", 1e-9), ("smooth", 1e-9), ("pieces of pieces", 2e-5), ("through a level", 1e-4)],
)
def test_a_fine_trapezium_rule_gives_the_same(name: str, tolerance: float) -> None:
    """It shares nothing with the panels. What goes through a level is smooth only between the many knots of its table."""
    curve = CURVES[name]
    times = np.linspace(*curve.support, 1_000_001)
    assert curve.total == pytest.approx(float(np.trapezoid(curve.values(times), times)), rel=tolerance)
