"""Many units: thresholds, and e-BH against its definition and its rate under strong dependence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fastchannel.watch.alarms.multiple import alarm_threshold, stand_out


def test_an_alarm_needs_as_many_times_the_evidence_as_there_are_units() -> None:
    assert alarm_threshold(0.05, 1) == pytest.approx(20.0)
    assert alarm_threshold(0.05, 300) == pytest.approx(6_000.0)


@pytest.mark.parametrize(
    ("e_values", "expected"),
    [
        ([39.0, 1.0, 1.0, 1.0], [False] * 4),
        ([40.0, 1.0, 1.0, 1.0], [True, False, False, False]),
        ([20.0, 20.0, 1.0, 1.0], [True, True, False, False]),
        ([20.0, 19.0, 14.0, 1.0], [True, True, True, False]),  # the third carries those before it
        ([10.0, 10.0, 10.0, 10.0], [True] * 4),
        ([], []),
    ],
)
def test_the_boundary_of_e_bh_at_a_tenth(e_values: list[float], expected: list[bool]) -> None:
    assert stand_out(np.array(e_values), 0.1, 4).tolist() == expected


@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=12), st.integers(0, 11))
def test_more_evidence_for_one_never_makes_it_or_another_stand_out_less(values: list[float], which: int) -> None:
    e_values = np.array(values)
    before = stand_out(e_values, 0.1, len(values))
    e_values[which % len(values)] *= 3.0
    assert np.all(stand_out(e_values, 0.1, len(values)) >= before)


def test_the_share_of_false_ones_is_kept_where_all_units_have_the_same_luck() -> None:
    generator, runs, shares = np.random.default_rng(4), 4_000, []
    for _ in range(runs):
        luck = np.where(generator.random() < 0.02, 50.0, 0.0)  # an e-value: its expectation is 1
        e_values = np.concatenate((np.full(20, luck), np.full(5, 200.0)))
        out = stand_out(e_values, 0.1, 25)
        shares.append(out[:20].sum() / max(int(out.sum()), 1))
        assert out[20:].all()
    error = float(stats.sem(shares))
    assert float(np.mean(shares)) <= 0.1 + 3.0 * error
