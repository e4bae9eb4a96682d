"""Projections: what writes gave is what the events give; the sweep keeps them true; erasure leaves the record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fastchannel.casework import applications, health, review, travel
from fastchannel.casework.errors import CaseworkError
from fastchannel.casework.office import Receipt
from fastchannel.node import imports, sweep
from fastchannel.node.models import Deadline, Event, IdempotencyKey, Import, Journey, Notice, Person
from fastchannel.node.rebuild import rebuild
from fastchannel.terms.events import Assay, Finding, Outcome
from tests.casework import cases
from tests.casework.cases import AGREEMENT, SPONSOR, roster_csv
from tests.engine import HandClock


def snapshot() -> tuple[list[Any], list[Any]]:
    """Every journey's row and deadlines, whole."""
    deadlines = Deadline.objects.order_by("journey", "measure", "kind", "due", "opens")
    return (
        list(Journey.objects.order_by("id").values()),
        list(deadlines.values("journey", "measure", "kind", "who", "status", "clause", "opens", "due", "zone")),
    )


@pytest.fixture
def busy(desk: Any, hand_clock: HandClock) -> str:
    """A journey with a bit of everything, among others from an import; the clock stands two weeks on."""
    stored = imports.receive(SPONSOR, roster_csv(5), filename="r", agreement=AGREEMENT, duties=[], key="i")
    assert isinstance(stored, Import)
    imports.process(stored.id)
    receipt = applications.apply(desk, SPONSOR, **cases.application(duties=["transport"]))
    assert isinstance(receipt, Receipt)
    journey = receipt.journey
    review.review(desk, cases.REVIEWER, journey, outcome=Outcome.APPROVED, key="r")
    for day in range(8, 12):
        hand_clock.instant = hand_clock.instant.replace(day=day)
        sweep.wake_due()
        health.check_in(desk, cases.traveller(journey), journey, day=date(2020, 5, day), symptoms=day == 11, key=f"c{day}")
    hand_clock.forward(days=3)
    review.override(desk, cases.MONITOR, journey, measure="self-monitoring", reason="seen by a physician", key="o")
    health.result(
        desk, cases.LABORATORY, journey, sample="s1", assay=Assay.NAAT, finding=Finding.NOT_DETECTED, laboratory="lab-1",
        sampled=hand_clock.now() - timedelta(hours=3), key="s",
    )  # fmt: skip
    travel.board(desk, cases.CARRIER, journey, key="b")
    while sweep.wake_due():
        pass
    return journey


def test_a_rebuild_gives_what_the_writes_gave(desk: Any, busy: str) -> None:
    for journey in Journey.objects.values_list("id", flat=True):
        desk.tick(journey)  # all looked at at the same time, as a rebuild does
    before = snapshot()
    seen: list[tuple[int, int]] = []
    found = rebuild(lambda done, total: seen.append((done, total)))
    assert (found.journeys, found.changed) == (6, ())
    assert seen[-1] == (6, 6)
    assert snapshot() == before


def test_a_rebuild_names_and_mends_what_was_meddled_with(desk: Any, busy: str) -> None:
    before = Journey.objects.get(id=busy).stage
    Journey.objects.filter(id=busy).update(stage="completed", verdict="released", revision=1)
    other = Journey.objects.exclude(id=busy).first()
    assert other is not None
    Deadline.objects.filter(journey=other).delete()
    assert set(rebuild().changed) == {busy, other.id}
    row = Journey.objects.get(id=busy)
    assert (row.stage, row.revision) == (before, Event.objects.filter(journey=busy).count())
    assert rebuild().changed == ()


def test_the_sweep_finds_what_is_due_and_leaves_the_rest(desk: Any, hand_clock: HandClock) -> None:
    receipt = applications.apply(desk, SPONSOR, **cases.application())
    assert isinstance(receipt, Receipt)
    wake = Journey.objects.get(id=receipt.journey).wake
    assert wake is not None
    hand_clock.instant = wake - timedelta(seconds=1)
    assert sweep.wake_due() == 0
    hand_clock.instant = wake
    assert sweep.wake_due() == 1
    assert sweep.wake_due() == 0
    later = Journey.objects.get(id=receipt.journey).wake
    assert later is None or later > wake


def test_one_journey_that_cannot_be_decided_does_not_keep_the_others_waiting(
    desk: Any, hand_clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = imports.receive(SPONSOR, roster_csv(3), filename="r", agreement=AGREEMENT, duties=[], key="i")
    assert isinstance(stored, Import)
    imports.process(stored.id)
    bad = Journey.objects.order_by("id").values_list("id", flat=True)[0]
    hand_clock.forward(days=5)
    tick = type(desk).tick

    def fails(self: Any, journey: str) -> Any:
        if journey == bad:
            raise CaseworkError("broken")
        return tick(self, journey)

    monkeypatch.setattr(type(desk), "tick", fails)
    assert sweep.wake_due() == 3
    assert set(Journey.objects.filter(wake__gt=hand_clock.now()).values_list("id", flat=True)) >= {bad}


def test_reminders_go_out_through_the_sweep_and_are_in_the_outbox(desk: Any, hand_clock: HandClock) -> None:
    receipt = applications.apply(desk, SPONSOR, **cases.application())
    assert isinstance(receipt, Receipt)
    review.review(desk, cases.REVIEWER, receipt.journey, outcome=Outcome.APPROVED, key="r")
    for _ in range(10 * 24):
        hand_clock.forward(hours=1)
        sweep.wake_due()
    assert Notice.objects.filter(journey=receipt.journey, kind="reminder", to="traveller").exists()
    assert Notice.objects.filter(journey=receipt.journey, kind="verdict-hold", to="monitor").count() == 1
    kept = Event.objects.filter(journey=receipt.journey, kind="reminded").count()
    assert kept == Notice.objects.filter(kind="reminder").count()


def test_a_person_is_erased_when_retention_is_over_and_the_events_stay(desk: Any, hand_clock: HandClock) -> None:
    receipt = applications.apply(desk, SPONSOR, **cases.application())
    assert isinstance(receipt, Receipt)
    applications.withdraw(desk, SPONSOR, receipt.journey, key="w")
    # China–Korea keeps identities for 28 days after the end, clause 8(3); the node's own setting has 180.
    hand_clock.forward(days=28, seconds=-1)
    assert sweep.erase_due() == 0
    hand_clock.forward(seconds=1)
    assert sweep.erase_due() == 1
    assert not Person.objects.exists()
    assert Event.objects.count() == 2
    file = desk.view(cases.MONITOR, receipt.journey, why="test")
    assert file.person is None
    assert file.standing.stage == "withdrawn"
    assert rebuild().changed == ()
    assert sweep.erase_due() == 0


def test_a_roster_file_is_erased_when_retention_is_over_and_its_results_stay(desk: Any, hand_clock: HandClock) -> None:
    data = roster_csv(2) + b"\r\nLEE,no passport!"
    stored = imports.receive(SPONSOR, data, filename="r", agreement=AGREEMENT, duties=[], key="i")
    assert isinstance(stored, Import)
    imports.process(stored.id)
    assert "no passport!" in str(list(stored.rows.values()))
    hand_clock.forward(days=181)
    sweep.erase_due()
    stored.refresh_from_db()
    assert (bytes(stored.file), stored.accepted, stored.rejected, stored.rows.count()) == (b"", 2, 1, 3)
    assert "no passport!" not in str(list(stored.rows.values()))


def test_answers_under_old_keys_are_dropped_and_young_ones_kept(desk: Any) -> None:
    applications.apply(desk, SPONSOR, **cases.application())
    assert sweep.forget_keys() == 0
    IdempotencyKey.objects.update(created=datetime.now(UTC) - timedelta(days=31))
    assert sweep.forget_keys() == 1
