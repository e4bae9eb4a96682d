"""Break-glass: who may, with which reason, for how long, what it opens, and who reviews it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.casework import applications, break_glass
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, UnknownJourneyError
from fastchannel.casework.office import File, Receipt
from fastchannel.casework.permissions import OPENED_BY_GLASS, Action, Denial, Subject, can, check
from fastchannel.casework.ports import Opening, OpeningReview, Purpose
from fastchannel.decide.stages import Stage
from fastchannel.terms.events import Role
from tests.casework import cases
from tests.casework.cases import MemoryOffice, memory_office
from tests.casework.test_permissions import actors, subjects

ELSEWHERE = Actor(id="a-monitor-2", role=Role.MONITOR, party="CN", jurisdiction=frozenset({"CN-LN"}))
REASON = "Found unconscious at Shenyang station"


class MemoryOpenings:
    """Openings in lists."""

    def __init__(self) -> None:
        self.kept: list[Opening] = []
        self.reviews: dict[str, OpeningReview] = {}

    def keep(self, opening: Opening) -> None:
        self.kept.append(opening)

    def live(self, actor: str, journey: str, at: datetime) -> Opening | None:
        found = (one for one in self.kept if (one.actor, one.journey) == (actor, journey) and one.opened <= at < one.until)
        return next(found, None)

    def find(self, identifier: str) -> Opening | None:
        return next((one for one in self.kept if one.id == identifier), None)

    def review(self, review: OpeningReview) -> bool:
        return self.reviews.setdefault(review.opening, review) is review


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


@pytest.fixture
def openings() -> MemoryOpenings:
    return MemoryOpenings()


@pytest.fixture
def journey(office: MemoryOffice) -> str:
    receipt = applications.apply(office, cases.SPONSOR, **cases.application())
    assert isinstance(receipt, Receipt)
    return receipt.journey


@pytest.fixture
def opened(office: MemoryOffice, openings: MemoryOpenings, journey: str) -> Opening:
    made = break_glass.open_record(office, openings, ELSEWHERE, journey, reason=REASON, minutes=60)
    assert isinstance(made, Opening)
    return made


def test_it_opens_one_journey_to_be_read_with_person_and_health_until_the_hour_is_over(
    office: MemoryOffice, openings: MemoryOpenings, journey: str, opened: Opening
) -> None:
    assert isinstance(office.view(ELSEWHERE, journey, why="x"), Denial)
    now = office.clock.now()
    held = break_glass.widened(openings, ELSEWHERE, journey, now + timedelta(minutes=60, microseconds=-1))
    assert held is not None
    file = office.view(held[0], journey, why=break_glass.why(opened))
    assert isinstance(file, File)
    assert (file.health, file.person) == (True, cases.PERSON)
    assert break_glass.widened(openings, ELSEWHERE, journey, now + timedelta(minutes=60)) is None
    assert break_glass.widened(openings, replace(ELSEWHERE, id="another"), journey, now) is None


def test_the_reason_is_in_the_log_before_anything_is_read(office: MemoryOffice, opened: Opening, journey: str) -> None:
    note = office.access.notes[-1]
    assert (note.actor, note.purpose, note.journeys) == (ELSEWHERE.id, Purpose.BREAK_GLASS, (journey,))
    assert note.why == f"break-glass: {REASON}"


def test_it_opens_nothing_to_be_written(office: MemoryOffice, openings: MemoryOpenings, journey: str, opened: Opening) -> None:
    held = break_glass.widened(openings, ELSEWHERE, journey, office.clock.now())
    assert held is not None
    subject = office.journal.subject(journey)
    gained = {action for action in Action if can(held[0], action, subject)} - {
        action for action in Action if can(ELSEWHERE, action, subject)
    }
    assert gained == OPENED_BY_GLASS == {Action.SEE_STATUS, Action.SEE_PERSON, Action.SEE_HEALTH}


@given(actors, st.sampled_from(Action), subjects)
def test_what_is_opened_is_never_another_journey_nor_a_write(actor: Actor, action: Action, subject: Subject) -> None:
    wider = replace(actor, opened=frozenset({"j"}))
    if subject.journey != "j" or action not in OPENED_BY_GLASS:
        assert check(wider, action, subject) == check(actor, action, subject)


@pytest.mark.parametrize("reason", ["", "   ", "urgent", "x" * 9, "x" * 181, "x        y"])
def test_a_reason_that_says_nothing_or_too_much_opens_nothing(
    office: MemoryOffice, openings: MemoryOpenings, journey: str, reason: str
) -> None:
    with pytest.raises(InvalidEntryError):
        break_glass.open_record(office, openings, ELSEWHERE, journey, reason=reason, minutes=60)
    assert openings.kept == []


@pytest.mark.parametrize("actor", [cases.SPONSOR, cases.CARRIER, cases.LABORATORY, cases.SECRETARIAT, cases.traveller("k")])
def test_only_officers_whose_reach_has_limits_may(
    office: MemoryOffice, openings: MemoryOpenings, journey: str, actor: Actor
) -> None:
    answer = break_glass.open_record(office, openings, actor, journey, reason=REASON, minutes=60)
    assert isinstance(answer, Denial)
    assert answer.code == "role"


def test_what_is_open_anyway_is_not_opened_and_what_is_unknown_stays_so(
    office: MemoryOffice, openings: MemoryOpenings, journey: str
) -> None:
    with pytest.raises(InvalidEntryError):
        break_glass.open_record(office, openings, cases.REVIEWER, journey, reason=REASON, minutes=60)
    with pytest.raises(UnknownJourneyError):
        break_glass.open_record(office, openings, ELSEWHERE, "nobody", reason=REASON, minutes=60)


def test_opening_twice_gives_the_first_and_no_more_time(
    office: MemoryOffice, openings: MemoryOpenings, journey: str, opened: Opening
) -> None:
    office.clock.forward(minutes=59)
    again = break_glass.open_record(office, openings, ELSEWHERE, journey, reason="Still there, and worse", minutes=60)
    assert again == opened
    assert len(openings.kept) == 1


def test_somebody_else_reviews_it_once_with_a_note(office: MemoryOffice, openings: MemoryOpenings, opened: Opening) -> None:
    with pytest.raises(InvalidEntryError):
        break_glass.review(office, openings, cases.SECRETARIAT, opened.id, justified=True, note="  ")
    made = break_glass.review(office, openings, cases.SECRETARIAT, opened.id, justified=True, note="Hospital confirms")
    assert isinstance(made, OpeningReview)
    assert (made.reviewer, made.justified, made.note) == (cases.SECRETARIAT.id, True, "Hospital confirms")
    with pytest.raises(InvalidEntryError):
        break_glass.review(office, openings, cases.SECRETARIAT, opened.id, justified=False, note="On second thoughts")
    assert openings.reviews[opened.id] == made
    assert break_glass.review(office, openings, cases.SECRETARIAT, "nothing", justified=True, note="x") is None


def test_nobody_reviews_their_own_opening_in_whatever_role(
    office: MemoryOffice, openings: MemoryOpenings, opened: Opening
) -> None:
    promoted = replace(ELSEWHERE, role=Role.SECRETARIAT)
    answer = break_glass.review(office, openings, promoted, opened.id, justified=True, note="All is well")
    assert isinstance(answer, Denial)
    assert answer.code == "four-eyes"
    other = break_glass.review(office, openings, cases.REVIEWER, opened.id, justified=True, note="All is well")
    assert isinstance(other, Denial)
    assert other.code == "role"


def test_no_stage_shuts_it() -> None:
    assert all(can(ELSEWHERE, Action.BREAK_GLASS, Subject(journey="j", stage=stage)) for stage in Stage)
