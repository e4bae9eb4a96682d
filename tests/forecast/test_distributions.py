"""Every distribution agrees with its closed form, with itself, and with a numeric integral of its own density."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from fastchannel.forecast.infection.distributions import (
    TAIL,
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

SMOOTH: dict[str, Distribution] = {
    "gamma": Gamma(2.5, 1.6),
    "gamma moved left": Gamma(20.5, 0.63, -12.3),
    "exponential": Gamma(1.0, 3.0),
    "gamma below one": Gamma(0.7, 4.0),
    "erlang of many stages": Gamma(200.0, 0.02),
    "weibull": Weibull(2.75, 12.0),
    "weibull below one": Weibull(0.8, 3.0, 1.0),
    "lognormal": Lognormal(1.621, 0.418),
    "lognormal moved": Lognormal(0.3, 0.9, -2.0),
    "normal": Normal(-1.0, 2.5),
    "uniform": Uniform(-3.0, 4.0),
    "growing": Growing(-14.0, 0.0, 0.2),
    "declining": Growing(-14.0, 0.0, -0.35),
    "hardly growing": Growing(0.0, 10.0, 1e-9),
    "steps": Steps((-3.0, -2.0, 0.0, 5.0), (3.0, 1.0, 6.0)),
    "steps with gaps": Steps((0.0, 1.0, 2.0, 3.0, 4.0, 5.0), (0.0, 2.0, 0.0, 1.0, 0.0)),
}
CLOSED = {
    "gamma": stats.gamma(2.5, scale=1.6),
    "gamma moved left": stats.gamma(20.5, loc=-12.3, scale=0.63),
    "exponential": stats.expon(scale=3.0),
    "gamma below one": stats.gamma(0.7, scale=4.0),
    "erlang of many stages": stats.erlang(200, scale=0.02),
    "weibull": stats.weibull_min(2.75, scale=12.0),
    "weibull below one": stats.weibull_min(0.8, loc=1.0, scale=3.0),
    "lognormal": stats.lognorm(0.418, scale=math.exp(1.621)),
    "lognormal moved": stats.lognorm(0.9, loc=-2.0, scale=math.exp(0.3)),
    "normal": stats.norm(-1.0, 2.5),
    "uniform": stats.uniform(-3.0, 7.0),
    "declining": stats.truncexpon(0.35 * 14.0, loc=-14.0, scale=1.0 / 0.35),
}
SHARES = np.array([1e-6, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999, 1.0 - 1e-6])


@pytest.mark.parametrize("name", CLOSED)
def test_density_cdf_quantile_and_mean_are_those_of_the_closed_form(name: str) -> None:
    ours, closed = SMOOTH[name], CLOSED[name]
    times = np.concatenate((closed.ppf(SHARES), [ours.support[0] - 1.0, ours.support[1] + 1.0]))
    np.testing.assert_allclose(ours.density(times), closed.pdf(times), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(ours.cdf(times), closed.cdf(times), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(ours.quantile(SHARES), closed.ppf(SHARES), rtol=1e-9)
    assert ours.mean == pytest.approx(closed.mean(), rel=1e-12)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_cdf_is_the_integral_of_the_density(name: str) -> None:
    of = SMOOTH[name]
    low, high = of.support
    for share in (0.1, 0.5, 0.93):
        time = low + share * (high - low)
        inside = [kink for kink in of.kinks if low < kink < time]
        area = integrate.quad(lambda x: float(of.density(np.array(x))), low, time, points=inside or None, limit=400)[0]
        assert float(of.cdf(np.array(time))) == pytest.approx(area, abs=2e-7)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_mean_is_the_integral_of_the_quantiles(name: str) -> None:
    of = SMOOTH[name]
    shares = (np.arange(400_000) + 0.5) / 400_000
    assert of.mean == pytest.approx(float(np.mean(of.quantile(shares))), rel=2e-4, abs=2e-4)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_quantile_inverts_the_cdf(name: str) -> None:
    of = SMOOTH[name]
    np.testing.assert_allclose(of.cdf(of.quantile(SHARES)), SHARES, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_support_holds_all_but_the_tail(name: str) -> None:
    of = SMOOTH[name]
    low, high = of.support
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert float(of.cdf(np.array(low))) <= 1.001 * TAIL
    assert float(of.cdf(np.array(high))) >= 1.0 - 1.001 * TAIL


@pytest.mark.parametrize("name", SMOOTH)
def test_arrays_of_any_shape_come_out_in_their_shape(name: str) -> None:
    of = SMOOTH[name]
    for shape in ((), (3,), (2, 3), (0,)):
        shares = np.full(shape, 0.3)
        assert of.quantile(shares).shape == of.cdf(shares).shape == of.density(shares).shape == shape


def test_far_in_the_tails_no_distribution_warns_or_leaves_its_limits() -> None:
    times = np.array([-1e7, -1.0, 0.0, 1e7])
    for of in (*SMOOTH.values(), Weibull(60.0, 1e-3), Gamma(0.05, 1e-3), Lognormal(0.0, 0.01), Growing(0.0, 10.0, -49.0)):
        assert np.all(of.density(times) >= 0.0)
        assert np.all((of.cdf(times) >= 0.0) & (of.cdf(times) <= 1.0))


@given(st.floats(0.05, 60.0), st.floats(0.01, 20.0), st.floats(-15.0, 15.0), st.floats(0.001, 0.999))
def test_gamma_and_weibull_invert_at_any_shape(shape: float, scale: float, shift: float, share: float) -> None:
    for of in (Gamma(shape, scale, shift), Weibull(shape, scale, shift)):
        time = of.quantile(np.array(share))
        step = 4.0 * np.spacing(abs(shift) + abs(time))  # a shift leaves no finer times than these
        assert float(of.cdf(time - step)) - 1e-9 <= share <= float(of.cdf(time + step)) + 1e-9


@given(st.floats(-45.0, 45.0), st.floats(0.5, 10.0), st.floats(0.0, 1.0))
def test_growing_stays_between_its_ends_at_any_rate(rate: float, length: float, share: float) -> None:
    of = Growing(-length, 0.0, rate if abs(rate) > 1e-12 else 1e-12)
    time = float(of.quantile(np.array(share)))
    assert -length - 1e-9 <= time <= 1e-9
    assert -length <= of.mean <= 0.0
    assert float(of.density(np.array(0.5))) == 0.0


@pytest.mark.parametrize("rate", [1e-15, 1e-9, 1e-4, 0.00499, 0.00501, 0.3])
def test_the_mean_of_slow_growth_keeps_its_digits(rate: float) -> None:
    """Against a Gauss–Legendre rule, which has no difference of large numbers in it."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    times, heights = 5.0 * (1.0 + nodes), np.exp(rate * 5.0 * (1.0 + nodes))
    exact = float(np.sum(weights * heights * times) / np.sum(weights * heights))
    assert Growing(0.0, 10.0, rate).mean == pytest.approx(exact, rel=2e-13)
    assert Growing(0.0, 10.0, -rate).mean == pytest.approx(10.0 - exact, rel=2e-13)


@given(st.lists(st.floats(0.0, 9.0), min_size=1, max_size=6).filter(lambda weights: sum(weights) > 0.01), st.floats(0.0, 1.0))
def test_steps_put_nobody_where_the_count_is_nought(weights: list[float], share: float) -> None:
    of = Steps(tuple(float(edge) for edge in range(len(weights) + 1)), tuple(weights))
    time = of.quantile(np.array(share))
    assert float(of.cdf(time)) == pytest.approx(share, abs=1e-9)
    cell = min(int(time), len(weights) - 1)
    on_edge = abs(float(time) - round(float(time))) < 1e-9
    assert weights[cell] > 0.0 or on_edge


def test_the_steps_of_a_gap_are_jumped_over() -> None:
    of = Steps((0.0, 1.0, 2.0, 3.0), (1.0, 0.0, 1.0))
    np.testing.assert_allclose(of.quantile(np.array([0.0, 0.25, 0.75, 1.0])), [0.0, 0.5, 2.5, 3.0])
    assert float(Steps((0.0, 1.0, 2.0), (0.0, 4.0)).quantile(np.array(0.5))) == 1.5
    assert float(Steps((0.0, 1.0, 2.0), (0.0, 4.0)).quantile(np.array(0.0))) == 1.0


def test_a_point_is_one_value_for_everybody_and_has_no_density() -> None:
    of = Point(5.0)
    np.testing.assert_array_equal(of.quantile(np.array([0.01, 0.99])), [5.0, 5.0])
    np.testing.assert_array_equal(of.cdf(np.array([4.999, 5.0])), [0.0, 1.0])
    assert (of.mean, of.support, of.kinks) == (5.0, (5.0, 5.0), (5.0,))
    with pytest.raises(ValueError, match="no density"):
        of.density(np.array([5.0]))


def test_atoms_need_no_order_and_no_total_of_one() -> None:
    of = Atoms((7.0, 2.0, 4.0), (1.0, 2.0, 5.0))
    np.testing.assert_allclose(of.cdf(np.array([1.9, 2.0, 4.0, 6.9, 7.0])), [0.0, 0.25, 0.875, 0.875, 1.0])
    np.testing.assert_array_equal(of.quantile(np.array([0.0, 0.25, 0.2501, 0.875, 0.9, 1.0])), [2.0, 2.0, 4.0, 4.0, 7.0, 7.0])
    assert of.mean == pytest.approx((7.0 + 4.0 + 20.0) / 8.0)
    assert of.support == (2.0, 7.0)
    with pytest.raises(ValueError, match="no density"):
        of.density(np.array([2.0]))


def test_a_steep_decline_ends_at_its_end() -> None:
    """So much of it lies at the left that the last quantile has no digits of its own."""
    of = Growing(-10.0, 0.0, -8.0)
    np.testing.assert_allclose(of.quantile(np.array([0.0, 1.0])), [-10.0, 0.0])
