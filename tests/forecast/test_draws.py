"""Draws keep the published median and interval, stay inside what is possible, and are the same for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from fastchannel.forecast.infection.curves import Table
from fastchannel.forecast.infection.draws import HALF_WIDTH, Chooser, moved, sample, unknown
from fastchannel.forecast.reading.curve_text import read_curve
from fastchannel.forecast.reading.texts import Figure, Text

FIGURES = {
    "between two limits": Figure(0.2, 0.05, 0.4, 0.0, 1.0),
    "near a limit": Figure(0.999, 0.99, 0.9999, 0.0, 1.0),
    "above one limit": Figure(2.87, 2.39, 3.44, 0.0),
    "above one limit, far to one side": Figure(9.5, 5.5, 24.0, 0.0),
    "anywhere": Figure(-12.3, -13.2, -11.25),
    "known on one side only": Figure(3.0, 3.0, 5.0, 0.0),
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_median_is_the_value_and_the_95_per_cent_interval_is_the_interval(name: str) -> None:
    figure = FIGURES[name]
    assert moved(figure, 0.0) == figure.value
    assert moved(figure, HALF_WIDTH) == pytest.approx(figure.high, rel=1e-9)
    assert moved(figure, -HALF_WIDTH) == pytest.approx(figure.low, rel=1e-9)
    assert float(special.ndtr(HALF_WIDTH)) == pytest.approx(0.975, abs=1e-15)


@pytest.mark.parametrize("name", FIGURES)
def test_a_draw_moves_with_its_normal_number_and_without_a_jump(name: str) -> None:
    figure = FIGURES[name]
    values = [moved(figure, z) for z in np.linspace(-6.0, 6.0, 2_001)]
    assert np.all(np.diff(values) >= -1e-12)
    assert abs(moved(figure, 1e-9) - figure.value) < 1e-6
    assert abs(moved(figure, -1e-9) - figure.value) < 1e-6


def test_the_scale_is_what_the_limits_leave_free() -> None:
    logit = [math.log(p / (1.0 - p)) for p in (moved(FIGURES["between two limits"], z) for z in (0.0, 1.0, 2.0))]
    assert logit[2] - logit[1] == pytest.approx(logit[1] - logit[0])
    log = [math.log(moved(FIGURES["above one limit"], z)) for z in (0.0, 1.0, 2.0)]
    assert log[2] - log[1] == pytest.approx(log[1] - log[0])
    plain = [moved(FIGURES["anywhere"], z) for z in (0.0, 1.0, 2.0)]
    assert plain[2] - plain[1] == pytest.approx(plain[1] - plain[0])


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.0, 0.3), (0.2, 1.0)])
def test_an_interval_may_reach_its_limits(low: float, high: float) -> None:
    figure = Figure(0.25, low, high, 0.0, 1.0)
    assert moved(figure, HALF_WIDTH) == pytest.approx(high, abs=2e-6)
    assert moved(figure, -HALF_WIDTH) == pytest.approx(low, abs=2e-6)
    assert 0.0 <= moved(figure, -8.0) <= moved(figure, 8.0) <= 1.0


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(sorted), st.floats(-8.0, 8.0))
def test_a_share_stays_a_share_at_any_draw(three: list[float], z: float) -> None:
    low, value, high = three
    assert 0.0 <= moved(Figure(value, low, high, 0.0, 1.0), z) <= 1.0


@given(st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=3).map(sorted), st.floats(-5.0, 5.0))
def test_what_is_positive_stays_positive_at_any_draw(three: list[float], z: float) -> None:
    low, value, high = three
    assert moved(Figure(value, low, high, 0.0), z) > 0.0


def test_an_unknown_has_the_name_of_its_place_and_all_knots_of_a_table_are_one() -> None:
    assert unknown(("test", "naat", "specificity")) == "test.naat.specificity"
    assert unknown(("test", "naat", "table", 3)) == unknown(("test", "naat", "table", 7, "value")) == "test.naat.table"


WRITTEN = """
[curve]
table = [
    { day = 0.0, value = 0.0, low = 0.0, high = 0.0 },
    { day = 2.0, value = 0.4, low = 0.2, high = 0.6 },
    { day = 5.0, value = 0.02, low = 0.0, high = 0.06 },
    { day = 9.0, value = 0.0, low = 0.0, high = 0.01 },
]
"""


def knots(z: float | None) -> tuple[float, ...]:
    chooser = Chooser({} if z is None else {"p.curve.table": z}, "p.")
    text = Text.read(WRITTEN)
    text.choose = chooser
    curve = read_curve(text.whole.needed("curve", "a curve"), limits=(0.0, 1.0))
    text.finish()
    assert tuple(chooser.met) == ("p.curve.table",)
    assert isinstance(curve, Table)
    return curve.y


def test_the_knots_of_a_table_move_together() -> None:
    assert knots(None) == knots(0.0) == (0.0, 0.4, 0.02, 0.0)
    assert knots(HALF_WIDTH) == pytest.approx((0.0, 0.6, 0.06, 0.01), abs=2e-6)
    assert knots(-HALF_WIDTH) == pytest.approx((0.0, 0.2, 0.0, 0.0), abs=2e-6)


@pytest.mark.parametrize("z", [-5.0, -3.0, 3.0, 5.0])
def test_no_knot_leaves_the_limits_of_its_curve(z: float) -> None:
    assert all(0.0 <= height <= 1.0 for height in knots(z))


def test_an_unknown_that_the_draw_does_not_name_keeps_its_value() -> None:
    assert Chooser({"another": 2.0})(("a", "b"), Figure(1.0, 0.5, 2.0, 0.0)) == 1.0
    assert Chooser({"a.b": 2.0})(("a", "b"), Figure(1.0, 0.5, 2.0, 0.0)) > 2.0


NAMES = ("a", "b", "c")


def test_draws_are_a_latin_hypercube() -> None:
    """Each of as many equal strata of every unknown is hit once."""
    draws = list(sample(NAMES, 64, 7))
    assert len(draws) == 64
    for name in NAMES:
        strata = np.floor(64.0 * special.ndtr([draw[name] for draw in draws])).astype(int)
        assert sorted(strata) == list(range(64))


def test_draws_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    assert list(sample(NAMES, 20, 1)) == list(sample(NAMES, 20, 1))
    assert list(sample(NAMES, 20, 1)) != list(sample(NAMES, 20, 2))


def test_unknowns_are_drawn_independently_from_the_standard_normal_distribution() -> None:
    draws = list(sample(NAMES, 2_000, 3))
    columns = np.array([[draw[name] for name in NAMES] for draw in draws])
    assert np.max(np.abs(np.corrcoef(columns.T) - np.eye(3))) < 0.1
    for column in columns.T:
        assert stats.kstest(column, "norm").statistic < 1e-3


def test_without_unknowns_every_draw_is_the_figures_themselves() -> None:
    assert list(sample((), 3, 1)) == [{}, {}, {}]
