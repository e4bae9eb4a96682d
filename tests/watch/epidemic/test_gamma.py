"""Gamma quantiles against scipy's."""

import numpy as np
import pytest
from scipy.special import gammaincinv

from fastchannel.watch.epidemic.arrays import EpidemicError
from fastchannel.watch.epidemic.gamma import LARGE_ERROR, LARGE_SHAPE, GammaQuantiles

PROBABILITIES = (0.0005, 0.025, 0.05, 0.5, 0.95, 0.975, 0.9995)


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_whole_counts_have_the_very_quantiles_of_scipy(probability: float) -> None:
    counts = np.random.default_rng(1).integers(0, 4_000, size=(30, 40)).astype(float)
    quantiles = GammaQuantiles(1.7, probability)
    for part in (counts[:10], counts, counts[20:]):
        assert np.array_equal(quantiles.of(part), gammaincinv(1.7 + part, probability))


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_shapes_of_any_size_have_the_very_quantiles_of_scipy(probability: float) -> None:
    counts = np.random.default_rng(2).uniform(0.0, 4_000.0, size=(10, 20))
    assert np.array_equal(GammaQuantiles(0.3, probability).of(counts), gammaincinv(0.3 + counts, probability))


@pytest.mark.parametrize("probability", PROBABILITIES)
def test_large_shapes_are_within_the_stated_error(probability: float) -> None:
    shapes = np.concatenate([np.linspace(LARGE_SHAPE, 3.0 * LARGE_SHAPE, 500), np.geomspace(LARGE_SHAPE, 1e9, 500)])
    exact = gammaincinv(shapes, probability)
    worst = np.abs(GammaQuantiles(1.0, probability).of(shapes - 1.0) / exact - 1.0).max()
    assert worst < LARGE_ERROR


def test_the_two_ways_meet_where_one_hands_over_to_the_other() -> None:
    shapes = np.array([LARGE_SHAPE - 1.0, LARGE_SHAPE, LARGE_SHAPE + 1.0])
    assert GammaQuantiles(1.0, 0.975).of(shapes - 1.0) == pytest.approx(gammaincinv(shapes, 0.975), rel=LARGE_ERROR)


def test_a_shape_that_is_unknown_stays_unknown_and_none_is_invented() -> None:
    found = GammaQuantiles(1.0, 0.5).of(np.array([0.0, np.nan, 4_999.0]))
    assert found[0] == gammaincinv(1.0, 0.5)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(gammaincinv(5_000.0, 0.5), rel=LARGE_ERROR)
    assert np.isnan(GammaQuantiles(1.0, 0.5).of(np.array([np.nan]))).all()


@pytest.mark.parametrize(("shape", "probability", "words"), [(0.0, 0.5, "shape"), (1.0, 0.9996, "probability")])
def test_what_has_no_quantile_is_refused(shape: float, probability: float, words: str) -> None:
    with pytest.raises(EpidemicError, match=words):
        GammaQuantiles(shape, probability)
