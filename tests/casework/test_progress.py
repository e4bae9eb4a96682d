"""The steps of the way: every status has its mark, and none tells a finding from a symptom."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.applications import application
from fastchannel.casework.ports import Stamp
from fastchannel.casework.progress import Mark, Progress, Step, mark_of, progress
from fastchannel.decide.decide import decide
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Obligation, Standing, Status
from tests.casework.cases import AGREEMENT, ITINERARY, NOW, ROUTE, SPONSOR

TEXT = shipped()[AGREEMENT].newest
DUTIES = ["transport", "closed-loop"]


def applied(duties: list[str] | None = DUTIES) -> Standing:
    stamp = Stamp(id="e", journey="j", at=NOW, recorded=NOW, by=SPONSOR.id, role=SPONSOR.role, party="CN", evidence=())
    events = application(
        stamp,
        TEXT,
        route=ROUTE,
        purpose="business",
        sponsor="s",
        itinerary=ITINERARY,
        companion=None,
        duties=duties,
        sponsored="d",
    )
    return decide(shipped()[AGREEMENT], events, NOW)


def marks(found: Progress) -> dict[Step, Mark]:
    return {cell.step: cell.mark for cell in found.cells}


def obligation(**changes: object) -> Obligation:
    plain = Obligation(measure="visa", kind="document", clause="1", who="traveller", status=Status.DUE)
    return msgspec.structs.replace(plain, **changes)


def test_an_application_waits_for_the_officer_while_papers_are_due_and_the_rest_is_ahead() -> None:
    assert marks(progress(applied(), TEXT, NOW)) == {
        Step.APPLICATION: Mark.WAITING,
        Step.PAPERS: Mark.DUE,
        Step.CHECK_INS: Mark.AHEAD,
        Step.TEST: Mark.AHEAD,
        Step.CROSSING: Mark.AHEAD,
        Step.STAY: Mark.AHEAD,
        Step.FOLLOW_UP: Mark.NONE,
    }


def test_duties_that_the_sponsor_has_not_accepted_are_due_from_the_sponsor() -> None:
    found = progress(applied(None), TEXT, NOW)
    assert marks(found)[Step.APPLICATION] is Mark.DUE
    assert [(item.measure, item.who) for item in found.missing] == [
        ("duties", "sponsor"), ("invitation-letter", "sponsor"), ("visa", "traveller"),
    ]  # fmt: skip
    assert all(item.due == ITINERARY.departure for item in found.missing)


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({}, Mark.DUE),
        ({"who": "site"}, Mark.WAITING),
        ({"due": NOW}, Mark.DUE),
        ({"due": NOW - timedelta(seconds=1)}, Mark.OVERDUE),
        ({"status": Status.MET}, Mark.DONE),
        ({"status": Status.WAIVED}, Mark.DONE),
        ({"status": Status.AHEAD}, Mark.AHEAD),
        ({"status": Status.PENDING}, Mark.WAITING),
        ({"status": Status.MISSED}, Mark.MISSING),
        ({"status": Status.FAILED}, Mark.MISSING),
        ({"status": Status.FAILED, "kind": "test"}, Mark.OFFICER),
        ({"status": Status.FAILED, "kind": "monitor"}, Mark.OFFICER),
        ({"status": Status.FAILED, "kind": "follow-up"}, Mark.OFFICER),
    ],
)
def test_each_status_has_its_mark(changes: dict[str, object], mark: Mark) -> None:
    assert mark_of(obligation(**changes), NOW) is mark


def test_what_an_officer_looks_at_is_not_asked_of_the_sponsor() -> None:
    standing = msgspec.structs.replace(
        applied(), obligations=(obligation(status=Status.FAILED, kind="test", measure="test-before-departure"),)
    )
    found = progress(standing, TEXT, NOW)
    assert (marks(found)[Step.TEST], found.missing) == (Mark.OFFICER, ())


@pytest.mark.parametrize(
    ("stage", "application", "crossing"),
    [
        (Stage.RETURNED, Mark.DUE, Mark.AHEAD),
        (Stage.APPROVED, Mark.DONE, Mark.AHEAD),
        (Stage.TRAVELLING, Mark.DONE, Mark.WAITING),
        (Stage.ARRIVED, Mark.DONE, Mark.DONE),
        (Stage.COMPLETED, Mark.DONE, Mark.DONE),
        (Stage.REFUSED, Mark.REFUSED, Mark.NONE),
        (Stage.WITHDRAWN, Mark.NONE, Mark.NONE),
    ],
)
def test_the_stage_says_how_the_application_and_the_crossing_stand(stage: Stage, application: Mark, crossing: Mark) -> None:
    found = marks(progress(msgspec.structs.replace(applied(), stage=stage, obligations=()), TEXT, NOW))
    assert (found[Step.APPLICATION], found[Step.CROSSING]) == (application, crossing)


STATUS = st.sampled_from(list(Status))


@given(st.lists(st.tuples(STATUS, st.sampled_from(["document", "test", "monitor", "stay"]), st.integers(-3, 3)), max_size=8))
def test_what_is_missing_is_ordered_by_urgency_and_then_by_deadline(items: list[tuple[Status, str, int]]) -> None:
    held = tuple(
        obligation(status=status, kind=kind, measure=f"m{place}", due=NOW + timedelta(days=days))
        for place, (status, kind, days) in enumerate(items)
    )
    found = progress(msgspec.structs.replace(applied(), obligations=held), TEXT, NOW).missing
    order = [Mark.OVERDUE, Mark.MISSING, Mark.DUE]
    ranks = [(order.index(item.mark), item.due) for item in found]
    assert ranks == sorted(ranks, key=lambda rank: (rank[0], str(rank[1])))
    wanted = sum(status in (Status.DUE, Status.MISSED) or (status is Status.FAILED and kind in ("document", "stay"))
                 for status, kind, _ in items)  # fmt: skip
    assert len(found) == wanted
