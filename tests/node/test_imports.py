"""Roster imports: the counts balance, a restart goes on, a crash loses and doubles nothing."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from fastchannel.casework import roster
from fastchannel.casework.errors import KeyConflictError
from fastchannel.casework.permissions import Denial
from fastchannel.casework.sheet import SheetError
from fastchannel.node import imports, jobs, queries
from fastchannel.node.models import AccessLog, Event, Import, ImportRow, Journey
from fastchannel.terms.language import LANGUAGES
from tests.casework import cases
from tests.casework.cases import AGREEMENT, SPONSOR, roster_csv


def receive(data: bytes, key: str = "k") -> Import:
    stored = imports.receive(SPONSOR, data, filename="r.csv", agreement=AGREEMENT, duties=["transport"], key=key)
    assert isinstance(stored, Import)
    return stored


def settled(stored: Import) -> Import:
    stored.refresh_from_db()
    rows = ImportRow.objects.filter(roster=stored)
    assert stored.done == stored.accepted + stored.rejected + stored.duplicate == rows.count()
    assert Journey.objects.count() == stored.accepted == rows.filter(outcome="accepted").count()
    return stored


def test_a_roster_is_stored_before_it_is_acknowledged_and_a_job_waits_for_it(desk: Any) -> None:
    stored = receive(roster_csv(3))
    assert (stored.total, stored.done, bytes(stored.file)) == (3, 0, roster_csv(3))
    assert ProcrastinateJob.objects.filter(task_name="import_roster", args={"roster": stored.id}).count() == 1
    assert not Journey.objects.exists()


def test_the_same_file_under_the_same_key_is_received_once(desk: Any) -> None:
    assert receive(roster_csv(3)).id == receive(roster_csv(3)).id
    with pytest.raises(KeyConflictError):
        receive(roster_csv(4))
    assert Import.objects.count() == 1


def test_each_row_has_its_result_and_the_good_ones_their_journey(desk: Any) -> None:
    data = roster_csv(4).replace(b"M00000002", b"!!").replace(b"M00000003", b"M00000001")
    stored = receive(data)
    assert imports.process(stored.id)
    stored = settled(stored)
    assert (stored.accepted, stored.rejected, stored.duplicate) == (2, 1, 1)
    rows = queries.import_rows(stored.id).items
    assert [row.outcome for row in rows] == ["accepted", "accepted", "rejected", "duplicate"]
    assert all(bool(row.journey) == (row.outcome == "accepted") for row in rows)
    assert {event.kind for event in Event.objects.all()} == {"applied", "sponsored"}
    assert AccessLog.objects.filter(purpose="write", why__startswith="import").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_is_a_file_with_a_line_a_row_and_nothing_that_runs(desk: Any, language: str) -> None:
    stored = receive(roster_csv(2, purpose="=cmd"))
    imports.process(stored.id)
    text = imports.result_csv(stored.id, language).decode("utf-8-sig")
    assert text.count("\r\n") == 3
    assert not any(cell.startswith("=") for line in text.splitlines() for cell in line.split(","))


def test_an_import_goes_on_from_the_last_whole_chunk(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    stored = receive(roster_csv(35))
    assert not imports.process(stored.id, chunks=2)
    assert settled(stored).done == 20

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(ImportRow.objects, "bulk_create", fail)
        with pytest.raises(RuntimeError):
            imports.process(stored.id)
    assert settled(stored).done == 20  # nothing of the chunk that failed
    assert imports.process(stored.id)
    assert settled(stored).accepted == 35
    assert imports.process(stored.id)  # once more changes nothing
    assert settled(stored).accepted == 35


def test_the_start_enqueues_what_is_not_finished_and_only_once(desk: Any) -> None:
    stored = receive(roster_csv(2))
    ProcrastinateJob.objects.filter(args={"roster": stored.id}).update(status="doing")  # its worker was killed
    assert jobs.resume() == 1
    assert jobs.resume() == 1
    waiting = ProcrastinateJob.objects.filter(task_name="import_roster", status="todo")
    assert waiting.count() == 1
    imports.process(stored.id)
    assert jobs.resume() == 0


def test_a_traveller_who_was_applied_for_before_is_flagged_and_can_be_recorded_all_the_same(desk: Any) -> None:
    imports.process(receive(roster_csv(1)).id)
    again = receive(roster_csv(2), key="again")
    imports.process(again.id)
    again.refresh_from_db()
    assert (again.accepted, again.duplicate) == (1, 1)
    for _ in range(2):
        row = imports.release_duplicate(SPONSOR, again.id, 1)
        assert isinstance(row, ImportRow)
        assert row.outcome == "accepted"
    again.refresh_from_db()
    assert (again.accepted, again.duplicate, Journey.objects.count()) == (2, 0, 3)


def test_a_preview_writes_nothing(desk: Any) -> None:
    imports.process(receive(roster_csv(1)).id)
    before = Journey.objects.count(), Event.objects.count(), Import.objects.count(), ImportRow.objects.count()
    found = imports.preview(SPONSOR, roster_csv(2), agreement=AGREEMENT)
    assert not isinstance(found, Denial)
    assert [row.outcome for row in found.rows] == ["duplicate", "accepted"]
    assert before == (Journey.objects.count(), Event.objects.count(), Import.objects.count(), ImportRow.objects.count())


def test_only_a_sponsor_sends_rosters(desk: Any) -> None:
    denied = imports.receive(cases.REVIEWER, roster_csv(1), filename="r", agreement=AGREEMENT, duties=None, key="k")
    assert isinstance(denied, Denial)
    assert not Import.objects.exists()


def test_a_file_that_cannot_be_read_is_refused_at_once(desk: Any) -> None:
    with pytest.raises(SheetError):
        receive(b"PK\x03\x04")
    assert not Import.objects.exists()


rows = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["KR-11", "XX", ""]), st.sampled_from(["2020-05-22 09:30", "soon"])),
    min_size=1,
    max_size=15,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows, st.integers(1, 5))
def test_counts_balance_after_every_chunk(desk: Any, rows: list[tuple[int, str, str]], size: int) -> None:
    header = "name,passport,route,purpose,departure,origin,destination"
    lines = [f"A,M{number:07},kr-cn,business,{when},{origin},CN-SH" for number, origin, when in rows]
    before = Journey.objects.count()
    stored = receive("\n".join([header, *lines]).encode(), key=hashlib.sha256(f"{rows} {size}".encode()).hexdigest())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "CHUNK", size)
        while not imports.process(stored.id, chunks=1):
            stored.refresh_from_db()
            assert stored.done == stored.accepted + stored.rejected + stored.duplicate
    stored.refresh_from_db()
    assert stored.total == stored.accepted + stored.rejected + stored.duplicate == len(rows)
    assert Journey.objects.count() - before <= stored.accepted


def test_ten_thousand_rows_are_read_and_judged_as_one_preview() -> None:
    from fastchannel.agreement.shipped import shipped

    found = roster.preview(roster_csv(10_000), shipped()[AGREEMENT].newest)
    assert found.count("accepted") == 10_000
