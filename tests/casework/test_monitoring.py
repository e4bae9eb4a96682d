"""A traveller's days as a monitor follows them: one letter a day, silence counted, and the rung of the ladder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.monitoring import Answer, Cell, Followed, Rung, cell, followed, silence
from fastchannel.decide.decide import decide
from fastchannel.decide.journey import fold
from fastchannel.terms import events as ev
from fastchannel.terms.events import Role

VERSIONS = shipped()["china-korea"]
TEXT = VERSIONS[5]
DEPARTURE = datetime.fromisoformat("2020-12-20T09:30:00+09:00")  # the 6th to the 19th are asked for, in Seoul
FIRST, STOP = date(2020, 12, 6), date(2020, 12, 20)
ROWS = "wsuc-"


def event(kind: type[ev.Event], name: str, moment: datetime, **fields: Any) -> ev.Event:
    stamp = {"id": name, "journey": "j", "at": moment, "recorded": moment, "role": Role.TRAVELLER, "party": "CN"}
    return kind(**{**stamp, **fields})


def journey() -> list[ev.Event]:
    plan = ev.Itinerary(departure=DEPARTURE, origin="KR-11", destination="CN-SH", flight="MU1")
    applied = DEPARTURE - timedelta(days=20)
    named = {"agreement": TEXT.id, "version": TEXT.version, "digest": TEXT.digest, "route": "kr-cn"}
    return [
        event(ev.Applied, "a", applied, purpose="technical-service", sponsor="s", itinerary=plan, **named),
        event(ev.Reviewed, "r", applied, outcome=ev.Outcome.APPROVED),
    ]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)  # in Seoul


def seen(events: list[ev.Event], at: datetime) -> Followed | None:
    return followed(decide(VERSIONS, events, at, known=at), fold(events, at, at))


def check_in(day: date, symptoms: bool = False) -> ev.Event:
    return event(ev.CheckedIn, f"i{day}", noon(day), day=day, symptoms=symptoms)


def call(day: date, reached: bool) -> ev.Event:
    return event(ev.Called, f"c{day}", noon(day) + timedelta(hours=1), day=day, reached=reached)


def test_each_day_is_a_letter_and_only_the_days_of_the_agreement_are() -> None:
    days = [FIRST + timedelta(days=n) for n in range(14)]
    events = [*journey(), check_in(days[0]), check_in(days[1], symptoms=True), call(days[3], True), call(days[4], False)]
    found = seen(events, noon(days[6]))
    assert found is not None
    assert (found.first, found.stop, found.day, found.zone) == (FIRST, STOP, days[6], "Asia/Seoul")
    assert found.answers == "ws-cu---------"
    assert (found.silent, found.symptoms) == (2, True)


@pytest.mark.parametrize("at", [noon(FIRST) - timedelta(days=1), noon(STOP)])
def test_nobody_is_followed_before_the_first_day_or_after_the_last(at: datetime) -> None:
    assert seen(journey(), at) is None


@pytest.mark.parametrize(
    ("silent", "hour", "rung"),
    [
        (0, 9, Rung.NONE), (0, 11, Rung.NONE),  # due, and nothing has gone out yet
        (1, 9, Rung.NONE), (1, 11, Rung.CALL), (2, 9, Rung.CALL), (3, 9, Rung.VISIT), (5, 15, Rung.VISIT),
    ],
)  # fmt: skip
def test_the_rung_by_days_of_silence_and_the_hour_in_seoul(silent: int, hour: int, rung: Rung) -> None:
    today = FIRST + timedelta(days=8)
    events = [*journey(), *(check_in(FIRST + timedelta(days=n)) for n in range(8 - silent))]
    found = seen(events, datetime(today.year, today.month, today.day, hour, tzinfo=UTC) - timedelta(hours=9))
    assert found is not None
    assert (found.silent, found.rung) == (silent, rung)


def test_reminders_that_went_out_are_rungs_and_a_check_in_ends_the_ladder() -> None:
    today = FIRST + timedelta(days=2)
    events = [*journey(), check_in(FIRST), check_in(FIRST + timedelta(days=1))]
    at = noon(today) + timedelta(hours=3)  # three in the afternoon
    for number, rung in enumerate(("remind 10:00", "remind 14:00"), start=1):
        sent = event(ev.Reminded, rung, at - timedelta(hours=1), day=today, measure="self-monitoring", rung=rung)
        events.append(sent)
        found = seen(events, at)
        assert found is not None
        assert found.rung == (Rung.REMINDED, Rung.REMINDED_AGAIN)[number - 1]
    found = seen([*events, check_in(today)], at)
    assert found is not None
    assert found.rung == Rung.NONE


def test_a_silence_that_is_over_asks_for_no_visit_though_the_journey_stays_held() -> None:
    events = [*journey(), *(check_in(FIRST + timedelta(days=n)) for n in (5, 6, 7))]
    found = seen(events, noon(FIRST + timedelta(days=8)))
    assert found is not None
    assert (found.silent, found.rung) == (0, Rung.NONE)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (-1, Cell.OUTSIDE), (0, Cell.CHECKED), (1, Cell.SYMPTOMS), (2, Cell.UNREACHED), (3, Cell.CALLED), (4, Cell.MISSED),
        (5, Cell.DUE), (6, Cell.AHEAD), (13, Cell.AHEAD), (14, Cell.OUTSIDE),
    ],
)  # fmt: skip
def test_a_cell_for_each_day(day: int, expected: Cell) -> None:
    answers, today = "wsuc----------", FIRST + timedelta(days=5)
    assert cell(answers, FIRST, STOP, FIRST + timedelta(days=day), today, health=True) is expected
    without = cell(answers, FIRST, STOP, FIRST + timedelta(days=day), today, health=False)
    assert without is (Cell.CHECKED if expected is Cell.SYMPTOMS else expected)


@given(st.text(alphabet=ROWS, max_size=30), st.integers(-2, 32))
def test_silence_is_the_longest_tail_of_days_on_which_nothing_came(answers: str, until: int) -> None:
    found = silence(answers, until)
    past = answers[: max(until, 0)]
    assert all(one in (Answer.NOTHING, Answer.UNREACHED) for one in past[len(past) - found :])
    assert found == len(past) or past[len(past) - found - 1] not in (Answer.NOTHING, Answer.UNREACHED)
