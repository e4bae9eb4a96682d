"""Reviews: which applications are clean, decisions on a record that changed, the second officer, reasons to choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.agreement.shipped import shipped
from fastchannel.casework import applications, grounds, review
from fastchannel.casework.clearance import is_clean, short_of, unchanged
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Obligation, Reason, Standing, Status, Verdict
from fastchannel.terms.events import Outcome
from fastchannel.terms.language import LANGUAGES
from tests.casework import cases
from tests.casework.cases import MemoryOffice, OneText, memory_office

DUTIES = ["transport", "closed-loop"]
SECOND = replace(cases.REVIEWER, id="a-reviewer-2")


@pytest.fixture
def office() -> MemoryOffice:
    return memory_office()


def apply(office: MemoryOffice, *, duties: list[str] | None = DUTIES, key: str = "k") -> str:
    receipt = applications.apply(office, cases.SPONSOR, **cases.application(duties=duties, key=key))
    assert isinstance(receipt, Receipt)
    return receipt.journey


def standing(office: MemoryOffice, journey: str) -> Standing:
    return office.decide(office.journal.events(journey), office.clock.now())


def with_(found: Standing, *reasons: Reason, obligations: tuple[Obligation, ...] = ()) -> Standing:
    return msgspec.structs.replace(found, reasons=(*found.reasons, *reasons), obligations=(*found.obligations, *obligations))


def four_eyes() -> Agreement:
    """The newest text of China and Korea, as it would ask for two officers."""
    text = shipped()[cases.AGREEMENT].newest
    written = text.written
    asked = written.replace("review = {", "review = { four_eyes = true,")
    assert asked != written
    return load(asked, name="two officers")


def test_an_application_is_clean_when_nothing_but_the_review_and_what_comes_later_is_open(office: MemoryOffice) -> None:
    now = office.clock.now()
    assert is_clean(standing(office, apply(office)), now)
    assert not is_clean(standing(office, apply(office, duties=["transport"], key="k2")), now)


@pytest.mark.parametrize(
    ("item", "clean"),
    [
        (Obligation(measure="m", kind="document", clause="1", who="traveller", status=Status.DUE), True),
        (Obligation(measure="m", kind="document", clause="1", who="traveller", status=Status.AHEAD), True),
        (Obligation(measure="m", kind="document", clause="1", who="traveller", status=Status.MISSED), False),
        (Obligation(measure="m", kind="test", clause="1", who="traveller", status=Status.FAILED), False),
        (Obligation(measure="m", kind="document", clause="1", who="traveller", status=Status.DUE, due=cases.NOW), True),
        (
            Obligation(
                measure="m", kind="document", clause="1", who="traveller", status=Status.DUE,
                due=cases.NOW - timedelta(seconds=1),
            ),
            False,
        ),
        (Obligation(measure="m", kind="quota", clause="1", who="reviewer", status=Status.DUE), False),
        (Obligation(measure="m", kind="quota", clause="1", who="reviewer", status=Status.MET), True),
    ],
)  # fmt: skip
def test_what_is_missed_overdue_or_not_given_yet_is_not_clean(office: MemoryOffice, item: Obligation, clean: bool) -> None:
    found = with_(standing(office, apply(office)), obligations=(item,))
    assert is_clean(found, cases.NOW) is clean
    assert bool(short_of(found, cases.NOW)) is not clean


@pytest.mark.parametrize("verdict", [Verdict.WAIT, Verdict.HOLD, Verdict.REFUSE])
def test_any_other_reason_is_not_clean(office: MemoryOffice, verdict: Verdict) -> None:
    assert not is_clean(
        with_(standing(office, apply(office)), Reason(code="case.contact", clause="1", effect=verdict)), cases.NOW
    )


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.APPLIED, Stage.SPONSORED)])
def test_what_is_decided_is_not_clean(office: MemoryOffice, stage: Stage) -> None:
    assert not is_clean(msgspec.structs.replace(standing(office, apply(office)), stage=stage), cases.NOW)


def test_clean_ones_are_approved_together_and_those_against_which_something_stands_are_not(office: MemoryOffice) -> None:
    clean, lacking = apply(office), apply(office, duties=None, key="k2")
    done = review.approve_clean(office, cases.MISSION, clean, seen=2, key="a")
    left = review.approve_clean(office, cases.MISSION, lacking, seen=1, key="b")
    assert isinstance(done, Receipt)
    assert done.stage == Stage.APPROVED
    assert isinstance(left, Denial)
    assert left.code == "not-clean"
    assert standing(office, lacking).stage == Stage.APPLIED


def test_a_decision_on_a_record_that_changed_records_nothing_and_says_who_was_first(office: MemoryOffice) -> None:
    journey = apply(office)
    first = review.review(office, cases.MISSION, journey, outcome=Outcome.RETURNED, reason="Plan?", key="a", seen=2)
    assert isinstance(first, Receipt)
    second = review.review(office, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="b", seen=2)
    assert isinstance(second, Denial)
    assert second.code == "decided"
    assert "returned to the sponsor" in second.text()
    assert len({second.text(language) for language in LANGUAGES}) >= 1
    assert standing(office, journey).stage == Stage.RETURNED
    again = review.review(office, cases.MISSION, journey, outcome=Outcome.RETURNED, reason="Plan?", key="a", seen=2)
    assert isinstance(again, Receipt)
    assert again.repeated  # the first officer's second press is no conflict


def test_any_other_entry_since_then_is_a_change_too(office: MemoryOffice) -> None:
    journey = apply(office, duties=None)
    events = office.journal.events(journey)
    assert unchanged(None, standing(office, journey), events) is None
    assert unchanged(1, standing(office, journey), events) is None
    applications.sponsor(office, cases.SPONSOR, journey, duties=DUTIES, key="d")
    denial = review.approve_clean(office, cases.MISSION, journey, seen=1, key="a")
    assert isinstance(denial, Denial)
    assert denial.code == "changed"


def test_where_the_agreement_asks_two_different_officers_must_approve(office: MemoryOffice) -> None:
    office = replace(office, texts=OneText(four_eyes()))
    journey = apply(office)
    first = review.approve_clean(office, cases.MISSION, journey, seen=2, key="a")
    assert isinstance(first, Receipt)
    assert first.stage == Stage.SPONSORED
    assert is_clean(standing(office, journey), cases.NOW)
    same = review.approve_clean(office, cases.MISSION, journey, seen=3, key="b")
    assert isinstance(same, Denial)
    assert same.code == "four-eyes"
    second = review.approve_clean(office, cases.REVIEWER, journey, seen=3, key="c")
    assert isinstance(second, Receipt)
    assert second.stage == Stage.APPROVED


def test_chosen_reasons_are_recorded_in_english_and_read_in_the_readers_language() -> None:
    chosen = [grounds.REFUSE[0], "Not a sentence of ours."]
    reason = grounds.reason_of(chosen, "  又及 ")
    assert reason == f"{grounds.REFUSE[0]}\n又及"
    assert grounds.said(reason, "en") == f"{grounds.REFUSE[0]} 又及"
    assert grounds.reason_of([], " ") == ""
    assert grounds.said("Typed.\nOn two lines.", "ko") == "Typed. On two lines."
