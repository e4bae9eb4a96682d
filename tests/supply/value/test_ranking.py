"""The plain ranking stands beside the simulated one, and it is said when it is as good."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.ranking import compare, rank_agreement
from fastchannel.supply.value.value import Limit, Worth
from fastchannel.supply.value.words import comparison_words, worth_words


def worth(identifier: str, value: float, direct: float, rooms: int = 10) -> Worth:
    return Worth(
        identifier=identifier,
        industry="R.A",
        claimed_per_day=2.0,
        share_per_day=5.0,
        limited_by=Limit.CLAIM,
        days=direct / 2.0,
        brought=0.5,
        marginal=1.25,
        value=value,
        a_day_later=value,
        direct=direct,
        room_nights=rooms,
    )


def test_where_both_rank_alike_the_plain_one_is_as_good() -> None:
    found = compare([worth("a", 3.0, 30.0), worth("b", 2.0, 20.0), worth("c", 1.0, 10.0)], 20)
    assert found.by_value == found.by_direct_output == ("a", "b", "c")
    assert found.agreement == pytest.approx(1.0)
    assert (found.gained, found.as_good) == (1.0, True)
    assert comparison_words(found, "en").startswith("The plain ranking by direct output per room-night is as good here")


def test_where_they_differ_it_is_said_how_much_is_lost() -> None:
    found = compare([worth("a", 8.0, 10.0), worth("b", 2.0, 20.0), worth("c", 1.0, 30.0)], 10)
    assert found.agreement == pytest.approx(-1.0)
    assert found.gained == pytest.approx(1.0 / 8.0)
    assert not found.as_good
    words = comparison_words(found, "en")
    assert "is not as good here" in words
    assert "12.5%" in words
    assert "agreement -1.00" in words


def test_a_team_that_does_not_fit_is_passed_over_and_the_next_is_let_in() -> None:
    found = compare([worth("a", 100.0, 100.0, rooms=50), worth("b", 1.0, 1.0, rooms=5)], 10)
    assert found.by_value == ("a", "b")
    assert found.value == 1.0


def test_alike_ones_have_no_agreement_and_are_ordered_by_their_name() -> None:
    found = compare([worth("b", 1.0, 1.0), worth("a", 1.0, 2.0)], 10)
    assert found.by_value == ("a", "b")
    assert found.agreement is None
    assert "none: all alike" in comparison_words(found, "en")


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_agreement_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = rank_agreement(one, other)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        assert found is None
    else:
        assert found == pytest.approx(float(spearmanr(one, other).statistic), abs=1e-12)


@given(st.lists(st.tuples(st.floats(0.0, 9.0), st.floats(0.0, 9.0)), min_size=1, max_size=8), st.integers(0, 8))
def test_with_teams_of_one_size_no_ranking_gains_more_than_the_simulated(pairs: list[tuple[float, float]], rooms: int) -> None:
    found = compare([worth(str(n), value, direct) for n, (value, direct) in enumerate(pairs)], 10 * rooms)
    assert found.value_of_plain <= found.value + 1e-9


def test_nobody_or_the_same_one_twice_is_refused() -> None:
    for given_ in ([], [worth("a", 1.0, 1.0), worth("a", 2.0, 2.0)]):
        with pytest.raises(SupplyError, match="expected one or more with an identifier of its own each"):
            compare(given_, 10)


def test_a_value_says_how_it_comes_about() -> None:
    assert worth_words(worth("a", 37.5, 60.0), "en") == (
        "30 days × 2 a day (as much as its sponsor claims) × 50% of it brought back by the team × 1.25 for each unit of output"
    )
