"""The traveller's own answer: for which day it is taken, how it is changed, and what a wrong clock may and may not do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.casework import applications, checkins, health, review
from fastchannel.casework.checkins import LONGEST_KEPT, TURNED_BACK, Kept
from fastchannel.casework.errors import KeyConflictError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.decide.journey import fold
from fastchannel.terms.events import CheckedIn, Corrected, Event
from tests.casework import cases
from tests.casework.cases import MemoryOffice, memory_office

TODAY = date(2020, 5, 20)  # monitored in Seoul from 8 to 21 May
NOON = datetime.fromisoformat("2020-05-20T12:00:00+09:00")
MIDNIGHT = datetime.fromisoformat("2020-05-21T00:00:00+09:00")
SECOND = timedelta(seconds=1)
CLOCKS = st.integers(min_value=86_400, max_value=3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


def journey(office: MemoryOffice) -> str:
    """Somebody who is monitored, at noon of 20 May."""
    office.clock.instant = cases.NOW
    receipt = applications.apply(office, cases.SPONSOR, **cases.application())
    assert isinstance(receipt, Receipt)
    office.clock.instant = NOON
    return receipt.journey


def say(office: MemoryOffice, who: str, symptoms: bool, key: str, **changes: Any) -> Receipt | Denial:
    fields: dict[str, Any] = {"day": TODAY, "symptoms": symptoms, "key": key, **changes}
    return checkins.answer(office, cases.traveller(who), who, **fields)


def code(answer: Receipt | Denial) -> str:
    return answer.code if isinstance(answer, Denial) else ""


def entries(office: MemoryOffice, who: str) -> list[Event]:
    return [event for event in office.journal.held[who] if isinstance(event, CheckedIn | Corrected)]


def kept(span: timedelta, clock: datetime = NOON) -> Kept:
    """Pressed by a phone that shows ``clock``, and sent so much later."""
    return Kept(pressed=clock, sent=clock + span)


def symptoms_on(office: MemoryOffice, who: str, day: date = TODAY) -> bool:
    facts = fold(office.journal.held[who], office.clock.now(), office.clock.now())
    return any(found == day for found, _, _ in facts.symptoms)


def test_a_changed_answer_is_a_correction_and_nothing_is_overwritten(office: MemoryOffice) -> None:
    who = journey(office)
    assert code(say(office, who, symptoms=False, key="a")) == ""
    office.clock.forward(hours=1)
    assert code(say(office, who, symptoms=True, key="b")) == ""
    first, second = entries(office, who)
    assert isinstance(first, CheckedIn)
    assert first.symptoms is False
    assert isinstance(second, Corrected)
    assert (second.corrects, second.replacement, second.role) == (first.id, {"symptoms": True}, "traveller")
    assert symptoms_on(office, who)
    office.clock.forward(hours=1)
    say(office, who, symptoms=False, key="c")
    assert len(entries(office, who)) == 3
    assert not symptoms_on(office, who)


def test_the_same_answer_again_under_another_key_adds_nothing(office: MemoryOffice) -> None:
    who = journey(office)
    say(office, who, symptoms=False, key="a")
    again = say(office, who, symptoms=False, key="b")
    assert isinstance(again, Receipt)
    assert (again.events, again.repeated, len(entries(office, who))) == ((), False, 1)


def test_a_retry_is_the_first_answer_though_the_clock_went_on_and_the_answer_changed_meanwhile(office: MemoryOffice) -> None:
    who = journey(office)
    first = say(office, who, symptoms=False, key="a", kept=kept(timedelta(hours=1)))
    say(office, who, symptoms=True, key="b")
    office.clock.forward(hours=30)
    again = say(office, who, symptoms=False, key="a", kept=kept(timedelta(hours=31)))
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (again.repeated, again.events) == (True, first.events)
    assert len(entries(office, who)) == 2


def test_a_key_that_is_used_again_for_another_answer_is_a_conflict(office: MemoryOffice) -> None:
    who = journey(office)
    say(office, who, symptoms=False, key="a")
    with pytest.raises(KeyConflictError):
        say(office, who, symptoms=True, key="a")


@pytest.mark.parametrize(
    ("now", "day", "expected"),
    [
        (MIDNIGHT - SECOND, TODAY, ""),
        (MIDNIGHT, TODAY, "late"),
        (MIDNIGHT, TODAY + timedelta(days=1), ""),
        (MIDNIGHT - SECOND, TODAY + timedelta(days=1), "early"),
        (NOON, date(2020, 5, 8), "late"),
        (NOON, date(2020, 5, 7), "unasked"),
        (NOON, date(2020, 5, 21), "early"),
        (NOON, date(2020, 5, 22), "unasked"),
    ],
)
def test_an_answer_is_taken_for_the_local_day_on_which_it_is_pressed(
    now: datetime, day: date, expected: str, office: MemoryOffice
) -> None:
    who = journey(office)
    office.clock.instant = now
    assert code(say(office, who, symptoms=False, key="a", day=day)) == expected
    assert len(entries(office, who)) == (not expected)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(0), "late"),
        (timedelta(hours=10) - SECOND, "late"),
        (timedelta(hours=10) + SECOND, ""),
        (timedelta(hours=34), ""),
        (timedelta(hours=34) + SECOND, "early"),
        (LONGEST_KEPT + SECOND, "kept"),
        (-TURNED_BACK, "late"),
        (-TURNED_BACK - SECOND, "clock"),
    ],
)
def test_what_the_phone_kept_counts_for_when_it_was_pressed(span: timedelta, expected: str, office: MemoryOffice) -> None:
    who = journey(office)
    office.clock.instant = MIDNIGHT + timedelta(hours=10)
    assert code(say(office, who, symptoms=False, key="a", kept=kept(span))) == expected
    if not expected:
        (found,) = entries(office, who)
        assert (found.at, found.recorded) == (office.clock.instant - span, office.clock.instant)


@given(CLOCKS, st.integers(min_value=0, max_value=11 * 3600))
def test_whatever_the_phones_clock_shows_the_answer_is_taken_alike(clock: datetime, seconds: int) -> None:
    office = memory_office()
    who = journey(office)
    span = timedelta(seconds=seconds)
    assert code(say(office, who, symptoms=True, key="a", kept=kept(span, clock))) == ""
    assert [event.at for event in entries(office, who)] == [NOON - span]


def test_an_older_answer_that_comes_later_changes_nothing_back_but_symptoms_are_never_dropped(office: MemoryOffice) -> None:
    who = journey(office)
    say(office, who, symptoms=False, key="new")
    say(office, who, symptoms=True, key="old", kept=kept(timedelta(hours=1)))
    assert symptoms_on(office, who)
    assert [type(event) for event in entries(office, who)] == [CheckedIn, CheckedIn]
    other = memory_office()
    who = journey(other)
    say(other, who, symptoms=True, key="new")
    answer = say(other, who, symptoms=False, key="old", kept=kept(timedelta(hours=1)))
    assert isinstance(answer, Receipt)
    assert answer.events == ()
    assert symptoms_on(other, who)


def test_two_entries_that_report_symptoms_are_both_corrected(office: MemoryOffice) -> None:
    who = journey(office)
    for key in ("a", "b"):
        health.check_in(office, cases.traveller(who), who, day=TODAY, symptoms=True, key=key)
    office.clock.forward(minutes=1)
    answer = say(office, who, symptoms=False, key="c")
    assert isinstance(answer, Receipt)
    assert len(set(answer.events)) == 2
    assert not symptoms_on(office, who)


def test_what_an_officer_was_told_is_not_taken_back_by_a_button(office: MemoryOffice) -> None:
    who = journey(office)
    say(office, who, symptoms=True, key="a")
    office.clock.forward(minutes=10)
    health.call(office, cases.MONITOR, who, day=TODAY, reached=True, symptoms=True, key="call")
    assert code(say(office, who, symptoms=False, key="b")) == "spoken"
    other = memory_office()
    who = journey(other)
    say(other, who, symptoms=False, key="a")
    health.call(other, cases.MONITOR, who, day=TODAY, reached=True, symptoms=False, key="call")
    assert code(say(other, who, symptoms=True, key="b")) == ""


def test_an_entry_that_an_officer_corrected_is_the_officers(office: MemoryOffice) -> None:
    who = journey(office)
    say(office, who, symptoms=False, key="a")
    entry = entries(office, who)[0].id
    review.correct(office, cases.MONITOR, who, event=entry, reason="heard", replacement={"symptoms": True}, key="c")
    assert code(say(office, who, symptoms=False, key="b")) == "spoken"


def test_an_entry_that_an_officer_struck_is_answered_anew(office: MemoryOffice) -> None:
    who = journey(office)
    say(office, who, symptoms=True, key="a")
    review.correct(office, cases.MONITOR, who, event=entries(office, who)[0].id, reason="another's", key="c")
    assert code(say(office, who, symptoms=False, key="b")) == ""
    assert [type(event) for event in entries(office, who)] == [CheckedIn, Corrected, CheckedIn]


def test_a_traveller_reaches_no_other_journey_and_corrects_no_other_entry(office: MemoryOffice) -> None:
    who = journey(office)
    stranger = cases.traveller("another")
    assert code(checkins.answer(office, stranger, who, day=TODAY, symptoms=True, key="a")) == "own"
    say(office, who, symptoms=False, key="a")
    entry = entries(office, who)[0].id
    answer = review.correct(office, cases.traveller(who), who, event=entry, reason="no", key="b")
    assert code(answer) == "author"
    assert len(entries(office, who)) == 1


@pytest.mark.parametrize("name", sorted(checkins.REFUSALS))
def test_every_refusal_has_words_in_every_language(name: str) -> None:
    denial = Denial(code=name, action=Action.CHECK_IN, message=checkins.REFUSALS[name])
    assert denial.text("en").endswith(".")
