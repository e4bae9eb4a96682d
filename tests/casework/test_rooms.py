"""Rooms by name and range, and when a stay at a site is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.rooms import MOST_AT_ONCE, Release, leaving, order_of, room_names
from fastchannel.decide.standing import Obligation, Standing, Status, Verdict

DUE = datetime(2020, 5, 24, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("101", ("101",)),
        ("101-103", ("101", "102", "103")),
        ("A8 – A10", ("A8", "A9", "A10")),
        ("A1-3", ("A1", "A2", "A3")),
        ("08-11", ("08", "09", "10", "11")),
        ("１０１～１０２，Suite   B\r\n101", ("101", "102", "Suite B")),
        ("7-7", ("7",)),
        ("1-1000", tuple(str(n) for n in range(1, 1_001))),
    ],
)
def test_rooms_are_read_as_an_officer_types_them(typed: str, names: tuple[str, ...]) -> None:
    assert room_names(typed) == names


@pytest.mark.parametrize(
    "typed", ["", " ,\n;", "3-2", "A1-B2", "1-1001", "1-500\n501-1001", "x" * 33, "a\tb\x07", "9" * 200 + "-1"]
)
def test_what_is_no_room_is_refused_with_the_field(typed: str) -> None:
    with pytest.raises(InvalidEntryError) as refused:
        room_names(typed)
    assert refused.value.field == "rooms"


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_rooms_once_each_or_a_refusal(typed: str) -> None:
    try:
        names = room_names(typed)
    except InvalidEntryError:
        return
    assert 1 <= len(names) == len(set(names)) <= MOST_AT_ONCE
    assert all(0 < len(name) <= 32 and name.isprintable() and len(order_of(name)) <= 200 for name in names)


def test_rooms_are_sorted_by_their_numbers() -> None:
    assert sorted(["10", "b2", "9", "B10", "101"], key=order_of) == ["9", "10", "101", "b2", "B10"]


def standing(status: Status, verdict: Verdict, due: datetime | None = DUE) -> Standing:
    """Somebody in isolation, of whose tests one is outstanding."""
    stay = Obligation(
        measure="isolation", kind="stay", clause="5", who="site", status=status, opens=DUE - timedelta(days=1), due=due,
        zone="Asia/Shanghai",
    )  # fmt: skip
    tests = [
        Obligation(measure=name, kind="test", clause="4", who="traveller", status=one)
        for name, one in (("naat", Status.PENDING), ("antibody", Status.MET), ("later", Status.AHEAD))
    ]
    return Standing(
        journey="j", agreement="a", version=1, digest="d", route="r", at=DUE, known=DUE, stage="isolated", verdict=verdict,
        gate="release", reasons=(), obligations=(*tests, stay),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "verdict", "due", "now", "state", "missing"),
    [
        (Status.PENDING, Verdict.WAIT, DUE, DUE - MINUTE, Release.RUNNING, ["naat"]),
        (Status.PENDING, Verdict.WAIT, DUE, DUE, Release.MISSING, ["naat"]),
        (Status.PENDING, Verdict.WAIT, None, DUE, Release.MISSING, ["naat"]),
        (Status.MET, Verdict.PROCEED, DUE, DUE, Release.READY, []),
        (Status.WAIVED, Verdict.RELEASED, DUE, DUE - MINUTE, Release.READY, []),
        (Status.MET, Verdict.HOLD, DUE, DUE, Release.STOPPED, ["naat"]),
        (Status.MET, Verdict.WAIT, DUE, DUE, Release.MISSING, ["naat"]),
        (Status.FAILED, Verdict.HOLD, DUE, DUE - MINUTE, Release.STOPPED, ["naat"]),
    ],
)
def test_who_may_leave(
    status: Status, verdict: Verdict, due: datetime | None, now: datetime, state: Release, missing: list[str]
) -> None:
    found = leaving(standing(status, verdict, due), ("naat", "antibody"), now)
    assert found is not None
    assert (found.stay, found.state, found.due, [item.measure for item in found.missing]) == ("isolation", state, due, missing)
