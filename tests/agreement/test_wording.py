"""What texts are written with: rungs of the ladder, values that vary by date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.scalars import SCALARS, StepError, parse_step
from fastchannel.agreement.text import Dated, Varying, always, holds

FIRST = date(2020, 5, 1)


@pytest.mark.parametrize("text", ["remind 10:00", "remind 00:00", "remind 23:59", "call day 2", "hold day 3", "hold day 14"])
def test_a_rung_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_step(text)) == text


@pytest.mark.parametrize(
    "text", ["", "remind", "remind 24:00", "remind 10:60", "remind day 2", "call day 0", "hold 3", "hold day -1"]
)
def test_what_is_no_rung_is_refused(text: str) -> None:
    with pytest.raises(StepError):
        parse_step(text)


@pytest.mark.parametrize("kind", SCALARS)
def test_the_examples_that_a_mistake_gives_are_right_themselves(kind: type) -> None:
    for example in SCALARS[kind].examples:
        assert str(SCALARS[kind].parse(example)) == example


def test_a_plain_value_holds_on_every_date() -> None:
    for day in (date.min, FIRST, date.max):
        assert always(1).on(day) == Dated(is_=1)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=1, max_size=6), st.integers(-10, 300))
def test_the_value_on_a_date_is_the_one_whose_dates_it_lies_between(stretches: list[tuple[int, int]], offset: int) -> None:
    """``stretches`` are how long each value holds and how long none does after it, in days."""
    values, since = [], FIRST
    for number, (length, gap) in enumerate(stretches):
        until = since + timedelta(days=length - 1)
        values.append(Dated(is_=number, since=since, until=until if gap or number == len(stretches) - 1 else None))
        since = until + timedelta(days=gap + 1)
    varying, day = Varying(tuple(values)), FIRST + timedelta(days=offset)
    following = [*(value.since - timedelta(days=1) for value in values[1:] if value.since), None]
    holding = [value for value, last in zip(values, following, strict=True) if holds(value.since, value.until or last, day)]
    assert len(holding) <= 1
    assert varying.on(day) == (holding[0] if holding else None)
    assert varying.nearest(day) in (holding or values)
