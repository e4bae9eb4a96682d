"""The office: authorisation, idempotency, what is written and what is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fastchannel.agreement.load import load
from fastchannel.casework import applications, health, review, travel
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError, UnknownJourneyError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.casework.ports import Purpose
from fastchannel.decide.decide import decide
from fastchannel.decide.stages import Stage
from fastchannel.terms.events import Assay, Finding, Itinerary, Outcome, Reminded, Role
from tests.casework import cases
from tests.casework.cases import MemoryOffice, memory_office


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


def apply(office: MemoryOffice, **changes: object) -> Receipt:
    receipt = applications.apply(office, cases.SPONSOR, **cases.application(**changes))
    assert isinstance(receipt, Receipt)
    return receipt


def test_an_application_starts_a_journey_and_is_logged(office: MemoryOffice) -> None:
    receipt = apply(office, duties=["transport"])
    assert receipt.stage == Stage.SPONSORED
    assert [type(event).__name__ for event in office.journal.held[receipt.journey]] == ["Applied", "Sponsored"]
    assert office.journal.persons[receipt.journey] == cases.PERSON
    assert [(note.purpose, note.journeys) for note in office.access.notes] == [(Purpose.WRITE, (receipt.journey,))]


def test_the_same_key_with_the_same_content_gives_the_first_answer_again(office: MemoryOffice) -> None:
    first = apply(office)
    office.clock.forward(minutes=3)
    again = apply(office)
    assert again.repeated
    assert (again.journey, again.events, again.recorded) == (first.journey, first.events, first.recorded)
    assert len(office.journal.held) == 1


def test_the_same_key_with_other_content_is_a_conflict_and_writes_nothing(office: MemoryOffice) -> None:
    apply(office)
    with pytest.raises(KeyConflictError):
        apply(office, purpose="logistics")
    assert len(office.journal.held) == 1


@pytest.mark.parametrize("key", ["", " ", "k" * 161, "a\0b"])
def test_a_write_without_a_usable_key_is_refused(office: MemoryOffice, key: str) -> None:
    with pytest.raises(InvalidEntryError) as caught:
        apply(office, key=key)
    assert caught.value.field == "key"


def test_a_repeated_withdrawal_is_answered_though_the_stage_would_forbid_it_now(office: MemoryOffice) -> None:
    journey = apply(office).journey
    first = applications.withdraw(office, cases.SPONSOR, journey, key="w")
    again = applications.withdraw(office, cases.SPONSOR, journey, key="w")
    fresh = applications.withdraw(office, cases.SPONSOR, journey, key="w2")
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert again.repeated
    assert isinstance(fresh, Denial)
    assert fresh.code == "stage"


def test_a_denied_write_leaves_neither_event_nor_key(office: MemoryOffice) -> None:
    journey = apply(office).journey
    denial = review.review(office, cases.SPONSOR, journey, outcome=Outcome.APPROVED, key="r")
    assert isinstance(denial, Denial)
    assert len(office.journal.held[journey]) == 1
    assert (cases.SPONSOR.id, "r") not in office.journal.answers


def test_a_sponsor_cannot_apply_in_another_sponsors_name(office: MemoryOffice) -> None:
    denial = applications.apply(office, cases.SPONSOR, **cases.application(sponsor="sponsor-2"))
    assert isinstance(denial, Denial)
    assert not office.journal.held


@pytest.mark.parametrize(("ahead", "allowed"), [(timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)])
def test_an_event_cannot_happen_after_it_was_recorded(office: MemoryOffice, ahead: timedelta, allowed: bool) -> None:
    journey = apply(office).journey
    at = cases.NOW + ahead
    if allowed:
        receipt = review.review(office, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="r", at=at)
        assert isinstance(receipt, Receipt)
        assert office.journal.held[journey][-1].at == cases.NOW  # a clock that runs ahead of ours is set right
    else:
        with pytest.raises(InvalidEntryError, match="still to come"):
            review.review(office, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="r", at=at)


def test_a_time_without_an_offset_is_refused(office: MemoryOffice) -> None:
    journey = apply(office).journey
    with pytest.raises(InvalidEntryError) as caught:
        travel.board(office, cases.CARRIER, journey, key="b", at=datetime(2020, 5, 4, 0, 0))  # noqa: DTZ001
    assert caught.value.field == "at"


def test_an_unknown_journey_is_an_error_of_its_own(office: MemoryOffice) -> None:
    with pytest.raises(UnknownJourneyError):
        applications.withdraw(office, cases.SPONSOR, "nobody", key="w")


def test_a_refusal_needs_a_reason(office: MemoryOffice) -> None:
    journey = apply(office).journey
    with pytest.raises(InvalidEntryError):
        review.review(office, cases.REVIEWER, journey, outcome=Outcome.REFUSED, key="r", reason=" ")


def test_where_two_must_approve_the_second_is_another_officer(office: MemoryOffice) -> None:
    text = load((cases.AGREEMENTS / "pacific-bridge-1.toml").read_bytes())
    crew = Itinerary(departure=datetime.fromisoformat("2021-05-01T12:00:00+12:00"), origin="NZ-AUK", destination="US-HI")
    office.clock.instant = datetime(2021, 3, 20, tzinfo=UTC)
    office = replace(office, texts=cases.OneText(text), party="US")
    journey = apply(office, agreement=text.id, route="nz-hi", purpose="crew", itinerary=crew).journey
    first, second = (Actor(id=name, role=Role.REVIEWER, party="US") for name in ("a-first", "a-second"))

    def approve(actor: Actor, key: str) -> Receipt | Denial:
        return review.review(office, actor, journey, outcome=Outcome.APPROVED, key=key)

    def stage(answer: Receipt | Denial) -> str:
        return answer.code if isinstance(answer, Denial) else answer.stage

    assert [stage(approve(*who)) for who in ((first, "1"), (first, "2"), (first, "1"), (second, "3"))] == [
        Stage.APPLIED, "four-eyes", Stage.APPLIED, Stage.APPROVED,
    ]  # fmt: skip
    assert len(office.journal.events(journey)) == 3


def test_a_laboratory_reports_in_its_own_name_only(office: MemoryOffice) -> None:
    journey = apply(office).journey
    with pytest.raises(InvalidEntryError) as caught:
        health.result(
            office,
            cases.LABORATORY,
            journey,
            sample="s",
            assay=Assay.NAAT,
            finding=Finding.NOT_DETECTED,
            laboratory="lab-2",
            key="x",
        )
    assert caught.value.field == "laboratory"


def test_a_sponsor_sees_that_its_traveller_is_held_and_never_why_in_health(office: MemoryOffice) -> None:
    journey = apply(office).journey
    review.review(office, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="r")
    office.clock.forward(days=5)
    health.check_in(office, cases.traveller(journey), journey, day=date(2020, 5, 9), symptoms=True, key="c")
    file = office.view(cases.SPONSOR, journey, why="test")
    assert not isinstance(file, Denial)
    assert file.standing.verdict == "hold"
    assert "symptoms" not in repr(file.standing.reasons)
    assert not [event for event in file.events if "CheckedIn" in type(event).__name__]
    full = office.view(cases.MONITOR, journey, why="test")
    assert not isinstance(full, Denial)
    assert "monitor.symptoms" in [reason.code for reason in full.standing.reasons]


def test_every_read_is_logged_with_who_role_when_and_why(office: MemoryOffice) -> None:
    journey = apply(office).journey
    office.access.notes.clear()
    office.view(cases.MONITOR, journey, why="page journey")
    [note] = office.access.notes
    assert (note.actor, note.role, note.at, note.purpose, note.why, note.journeys) == (
        cases.MONITOR.id, "monitor", cases.NOW, Purpose.READ, "page journey", (journey,),
    )  # fmt: skip


def test_a_denied_read_shows_nothing(office: MemoryOffice) -> None:
    journey = apply(office).journey
    assert isinstance(office.view(cases.OTHER_SPONSOR, journey, why="test"), Denial)


def test_a_correction_replaces_what_an_earlier_entry_said(office: MemoryOffice) -> None:
    journey = apply(office).journey
    wrong = review.review(office, cases.REVIEWER, journey, outcome=Outcome.REFUSED, reason="mistaken", key="r")
    assert isinstance(wrong, Receipt)
    right = review.correct(
        office,
        cases.REVIEWER,
        journey,
        event=wrong.events[0],
        reason="wrong file",
        replacement={"outcome": "approved", "reason": ""},
        key="c",
    )
    assert isinstance(right, Receipt)
    assert right.stage == Stage.APPROVED
    assert len(office.journal.held[journey]) == 3


def test_a_correction_that_would_make_no_valid_entry_is_refused(office: MemoryOffice) -> None:
    receipt = apply(office)
    with pytest.raises(InvalidEntryError) as caught:
        review.correct(
            office,
            cases.REVIEWER,
            receipt.journey,
            event=receipt.events[0],
            reason="r",
            replacement={"itinerary": "soon"},
            key="c",
        )
    assert caught.value.field == "replacement"


def test_the_row_says_what_decide_says(office: MemoryOffice) -> None:
    journey = apply(office).journey
    row = office.journal.entries[journey].row
    standing = decide(office.texts.versions(cases.AGREEMENT), office.journal.held[journey], cases.NOW)
    assert (row.stage, row.verdict, row.wake) == (standing.stage, standing.verdict, standing.changes)
    assert row.next_due == min(item.due for item in standing.open_obligations if item.due is not None)


def test_a_silent_day_brings_each_reminder_once_and_the_ladder_ends_in_a_hold(office: MemoryOffice) -> None:
    journey = apply(office).journey
    review.review(office, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="r")
    verdicts = []
    for _ in range(400):
        wake = office.journal.entries[journey].row.wake
        if wake is None or wake > cases.NOW + timedelta(days=10):
            break
        office.clock.instant = max(wake, office.clock.instant)
        office.tick(journey)
        office.tick(journey)  # a second look at the same time sends nothing again
        verdicts.append(office.journal.entries[journey].row.verdict)
    sent = [(event.day, event.rung) for event in office.journal.held[journey] if isinstance(event, Reminded)]
    assert sent
    assert len(sent) == len(set(sent))
    assert verdicts[-1] == "hold"
    assert {"reminder", "verdict-hold"} <= {notice.kind for notice in office.journal.notices}


def test_a_clock_that_was_set_back_hides_nothing_and_later_entries_stay_later(office: MemoryOffice) -> None:
    journey = apply(office, duties=["transport", "closed-loop"]).journey
    office.clock.forward(hours=3)
    approved = review.review(office, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="r")
    office.clock.forward(hours=-5)  # before the application itself
    assert office.tick(journey).stage == Stage.APPROVED
    file = office.view(cases.REVIEWER, journey, why="test")
    assert not isinstance(file, Denial)
    assert file.standing.stage == Stage.APPROVED
    withdrawn = applications.withdraw(office, cases.SPONSOR, journey, key="w")
    assert isinstance(approved, Receipt)
    assert isinstance(withdrawn, Receipt)
    assert (withdrawn.stage, withdrawn.recorded) == (Stage.WITHDRAWN, approved.recorded)


@pytest.mark.parametrize(
    ("agency", "allowed"),
    [("", True), ("cn-local-government", True), ("cn-customs", False), ("cn-designated-laboratory", False), ("harbour", True)],
)
def test_a_reviewing_officer_of_an_agency_decides_where_the_agreement_gives_it_to_that_agency(
    office: MemoryOffice, agency: str, allowed: bool
) -> None:
    journey = apply(office, duties=["transport", "closed-loop"]).journey
    actor = replace(cases.REVIEWER, agency=agency)
    answer = review.review(office, actor, journey, outcome=Outcome.APPROVED, key="k")
    assert isinstance(answer, Receipt) is allowed
    if isinstance(answer, Denial):
        assert answer.code == "agency"
        assert "the local government" in answer.text()
