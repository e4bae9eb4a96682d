"""A laboratory's messages: recorded once where they fit, in the tray where they do not, and an amended result decides anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.permissions import Denial
from fastchannel.node import keys, labreports
from fastchannel.node.models import Course, Event, LabMessage, LabReport
from fastchannel.terms.events import Assay, Role
from tests.casework.laboratory.test_reports import fhir_bundle, hl7_message
from tests.node.test_lanes import db_node
from tests.node.test_watching import ARRIVED, TODAY, today, traveller

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)
LAB = Actor(id="lab-1", role=Role.LABORATORY, party="CN", organisation="cn-lab")
MONITOR = Actor(id="m-1", role=Role.MONITOR, party="CN")


def message(control: str, sample: str, value: str = "NEG", status: str = "F", **more: Any) -> bytes:
    """A result without a person, reported after the sample."""
    text = hl7_message(control=control, sample=sample, value=value, flag="", status=status, **more).decode()
    lines = [line for line in text.split("\r") if not line.startswith("PID")]
    return "\r".join(lines).replace("20200521", f"{ARRIVED:%Y%m%d}").replace("0930", "0730").encode()


@pytest.fixture
def sampled(today: Any, desk: Any) -> str:
    """One whose sample waits for its result."""
    from fastchannel.casework import health

    journey = traveller(desk, 1)
    health.sample(
        desk, LAB, journey, sample="S-77", assay=Assay.NAAT, laboratory="cn-lab", key="k", at=TODAY - timedelta(hours=3)
    )
    return journey


def results(journey: str) -> int:
    return Event.objects.filter(journey=journey, kind="resulted").count()


def test_a_result_is_recorded_with_its_sample_and_once(sampled: str) -> None:
    before = results(sampled)
    first = labreports.receive(LAB, message("M-1", "S-77"))
    assert not isinstance(first, Denial)
    assert (first.message.total, first.message.recorded, first.again, first.said) == (1, 1, False, ())
    again = labreports.receive(LAB, message("M-1", "S-77"))
    assert not isinstance(again, Denial)
    assert (again.again, again.message.pk) == (True, first.message.pk)
    assert results(sampled) == before + 1
    assert LabReport.objects.get().body in (b"", memoryview(b""))
    with pytest.raises(KeyConflictError):
        labreports.receive(LAB, message("M-1", "S-77", value="POS"))


def test_an_amended_result_opens_the_decision_again(sampled: str, desk: Any) -> None:
    def reasons() -> set[str]:
        events = desk.journal.events(sampled)
        return {reason.code for reason in desk.decide(events, desk.now_for(events)).reasons}

    labreports.receive(LAB, message("M-1", "S-77"))
    before = reasons()
    assert Course.objects.get(journey=sampled).found is None
    labreports.receive(LAB, message("M-2", "S-77", value="POS", status="C"))
    assert reasons() != before
    assert Course.objects.get(journey=sampled).found is not None
    labreports.receive(LAB, message("M-3", "S-77", value="NEG", status="C"))
    assert reasons() == before
    assert Course.objects.get(journey=sampled).found is None


def test_what_fits_no_sample_waits_and_counts_balance(sampled: str) -> None:
    for control, sample, value, status in (
        ("A", "S-78", "NEG", "F"),
        ("B", "S-77", "?", "F"),
        ("C", "S-77", "NEG", "P"),
        ("D", "S-77", "NEG", "W"),
    ):
        labreports.receive(LAB, message(control, sample, value, status))
    other = Actor(id="o", role=Role.LABORATORY, party="CN", organisation="cn-other")
    labreports.receive(other, message("A", "S-77"))
    waiting, after = labreports.tray(MONITOR)
    assert [one.why for one in waiting] == [
        "No sample with this number was taken here.",
        "The finding is none that this node knows: ?.",
        "The laboratory withdrew this result: an officer corrects the record.",
        "The sample was sent to another laboratory.",
    ]
    assert after == 0
    assert len(labreports.tray(LAB)[0]) == 3
    assert labreports.waiting_count(Actor(id="s", role=Role.SECRETARIAT, party="CN")) == 0
    for one in LabMessage.objects.all():
        assert one.total == one.recorded + one.unmatched + one.aside == 1
    assert LabReport.objects.get(state="aside").body in (b"", memoryview(b""))


def test_somebody_who_looked_says_where_it_belongs(sampled: str) -> None:
    before = results(sampled)
    labreports.receive(LAB, message("A", "S-WRONG"))
    [one], _ = labreports.tray(LAB)
    with pytest.raises(InvalidEntryError, match="reason"):
        labreports.attach(LAB, one.id, sampled, reason=" ")
    assert labreports.attach(LAB, one.id, sampled, reason="The tube was labelled twice") is None
    assert results(sampled) == before + 1
    row = LabReport.objects.get()
    assert (row.state, row.journey, row.settled_by, bytes(row.body)) == ("attached", sampled, LAB.id, b"")
    with pytest.raises(InvalidEntryError, match="settled"):
        labreports.attach(LAB, one.id, sampled, reason="again")


def test_what_is_none_of_ours_is_set_aside_and_old_ones_are_forgotten(sampled: str, today: Any) -> None:
    labreports.receive(LAB, message("A", "S-X"))
    labreports.receive(LAB, message("B", "S-Y"))
    first = labreports.tray(LAB)[0][0]
    labreports.dismiss(LAB, first.id, reason="Another client's")
    assert labreports.waiting_count(LAB) == 1
    today.instant += timedelta(days=31)
    assert labreports.forget() == 1
    assert {bytes(body) for body in LabReport.objects.values_list("body", flat=True)} == {b""}


def test_only_a_laboratory_sends_and_only_its_own(sampled: str) -> None:
    assert isinstance(labreports.receive(MONITOR, message("A", "S-77")), Denial)
    labreports.receive(LAB, message("A", "S-X"))
    other = Actor(id="o", role=Role.LABORATORY, party="CN", organisation="cn-other")
    [one], _ = labreports.tray(LAB)
    with pytest.raises(InvalidEntryError):
        labreports.dismiss(other, one.id, reason="mine")


def test_the_interface_answers_in_the_sender_s_own_format(sampled: str) -> None:
    _, key = keys.issue(name="lis", role=Role.LABORATORY, party="CN", organisation="cn-lab")
    headers = {"Authorization": f"Bearer {key}"}
    client = Client()

    def send(data: bytes) -> Any:
        return client.post("/api/v1/laboratory/messages", data, content_type="application/octet-stream", headers=headers)

    assert b"MSA|AA|M-1|1 = 1 recorded" in send(message("M-1", "S-77")).content
    answer = send(message("M-2", "S-X"))
    assert answer.status_code == 200
    assert b"MSA|AE|M-2|1 = 0 recorded + 1 waiting" in answer.content
    assert send(b"MSH|^~\\&|broken").status_code == 422
    outcome = send(fhir_bundle(sample="S-Z")).json()
    assert (outcome["resourceType"], outcome["issue"][0]["severity"]) == ("OperationOutcome", "warning")
    assert send(message("M-1", "S-77", "POS")).status_code == 409
    assert send(b"hello").status_code == 422
    assert client.post("/api/v1/laboratory/messages", b"x", content_type="text/plain").status_code == 401
