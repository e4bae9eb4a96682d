"""Wrong notices taken back in bulk: exactly those that were wrong, once each, with counts that balance, whatever is killed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from fastchannel.casework import review
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.recalls import Notified, Wrong
from fastchannel.node import recalls
from fastchannel.node.models import AccessLog, Event, Journey, Notice, Recall, RecallRow
from fastchannel.terms.events import Finding, Role
from tests.node.test_lanes import db_node
from tests.node.test_watching import ARRIVED, secretariat, today, traveller

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)
SECRETARY = secretariat("CN")


def wrong(**changes: Any) -> Wrong:
    fields: dict[str, Any] = {
        "kind": Notified.RESULTED,
        "since": ARRIVED,
        "until": ARRIVED + timedelta(days=1),
        "said_by": "cn-lab",
    }
    return Wrong(**(fields | changes))


@pytest.fixture
def positives(today: Any, desk: Any) -> list[str]:
    """Six whom one laboratory found positive by mistake, and two that it did not."""
    return [traveller(desk, number, finding=Finding.DETECTED) for number in range(6)] + [traveller(desk, 7), traveller(desk, 8)]


def test_a_laboratory_s_wrong_results_are_taken_back_and_the_travellers_are_told(positives: list[str]) -> None:
    before = set(Journey.objects.filter(stage="treated").values_list("id", flat=True))
    assert len(before) == 6
    stored = recalls.begin(SECRETARY, wrong(), "The reagent was contaminated", key="r-1")
    assert stored.total == 8
    assert recalls.process(stored.id)
    stored.refresh_from_db()
    assert (stored.recalled, stored.already, stored.refused, stored.done) == (8, 0, 0, 8)
    assert stored.finished is not None
    assert Event.objects.filter(kind="corrected").count() == 8
    told = Notice.objects.filter(kind="recalled")
    assert {(one.to, one.values.get("reason", "")) for one in told} == {
        ("traveller", "The reagent was contaminated"),
        ("sponsor", ""),
    }
    assert told.count() == 16
    assert AccessLog.objects.filter(purpose="write", actor=SECRETARY.id).count() == 8


def test_only_what_was_said_by_them_in_that_time_is_wrong(positives: list[str]) -> None:
    assert len(recalls.found(SECRETARY, wrong())) == 8
    assert recalls.found(SECRETARY, wrong(said_by="kr-lab")) == []
    assert len(recalls.found(SECRETARY, wrong(said_by=""))) == 8
    at = ARRIVED + timedelta(hours=9)
    assert recalls.found(SECRETARY, wrong(until=at)) == []
    assert len(recalls.found(SECRETARY, wrong(since=at, until=at + timedelta(seconds=1)))) == 8
    assert recalls.found(SECRETARY, wrong(kind=Notified.SUSPENDED, said_by="")) == []
    elsewhere = Actor(id="x", role=Role.REVIEWER, party="CN", jurisdiction=frozenset({"CN-TJ"}))
    assert recalls.found(elsewhere, wrong()) == []


def test_killed_half_way_it_goes_on_and_doubles_nothing(positives: list[str], monkeypatch: Any) -> None:
    stored = recalls.begin(SECRETARY, wrong(), "Wrong batch", key="r-2")
    real, calls = review.correct, []

    def killed(*given: Any, **named: Any) -> Any:
        calls.append(named["event"])
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(review, "correct", killed)
    with pytest.raises(KeyboardInterrupt):
        recalls.process(stored.id)
    stored.refresh_from_db()
    assert (stored.recalled, RecallRow.objects.filter(recall=stored, outcome="").count()) == (3, 5)
    assert recalls.unfinished() == [stored.id]
    assert recalls.process(stored.id)
    stored.refresh_from_db()
    assert (stored.recalled, stored.done, stored.total) == (8, 8, 8)
    assert Event.objects.filter(kind="corrected").count() == 8
    assert recalls.unfinished() == []


def test_what_an_officer_corrected_before_is_left(positives: list[str], desk: Any) -> None:
    review.correct(desk, SECRETARY, "j-0", event="j-0-t", reason="wrong tube", key="k")
    stored = recalls.begin(SECRETARY, wrong(), "Wrong batch", key="r-3")
    recalls.process(stored.id)
    stored.refresh_from_db()
    assert (stored.recalled, stored.already) == (7, 1)
    assert recalls.rows(stored, limit=3)[0].outcome == "already"


def test_the_same_form_sent_twice_is_one_recall(positives: list[str]) -> None:
    first = recalls.begin(SECRETARY, wrong(), "Wrong batch", key="r-4")
    assert recalls.begin(SECRETARY, wrong(), "Wrong batch", key="r-4") == first
    assert Recall.objects.count() == 1


@pytest.mark.parametrize(
    ("actor", "reason", "changes", "field"),
    [
        (SECRETARY, " ", {}, "reason"),
        (Actor(id="s", role=Role.SPONSOR, party="CN", organisation="s"), "r", {}, "actor"),
        (SECRETARY, "r", {"said_by": "nobody"}, "until"),
    ],
)
def test_what_is_no_recall_is_refused_with_the_field(
    actor: Actor, reason: str, changes: dict[str, Any], field: str, positives: list[str]
) -> None:
    with pytest.raises(InvalidEntryError) as caught:
        recalls.begin(actor, wrong(**changes), reason, key="r-5")
    assert caught.value.field == field
    assert Recall.objects.count() == 0


def test_a_period_must_end_after_it_begins() -> None:
    at = datetime(2020, 5, 1, tzinfo=ARRIVED.tzinfo)
    with pytest.raises(InvalidEntryError):
        Wrong(kind=Notified.DENIED, since=at, until=at)
