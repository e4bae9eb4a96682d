"""Devices at a real node: enrolled by an officer's code, in step with the journeys, and found out where two let one through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import segno
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, expect

from fastchannel.node import devices
from fastchannel.node.devices import Code
from fastchannel.node.models import Account, Device, Event, GateDouble, GateEntry
from fastchannel.terms.events import Arrived, Role, decode
from tests.browser.conftest import SIZES
from tests.browser.gate import Device as Gate
from tests.browser.gate_node import pass_of
from tests.browser.test_checkpoint import zone
from tests.web import scene as stage

pytestmark = pytest.mark.browser
LANDED = datetime(2020, 5, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def officer(settings: Any, tmp_path: Path, desk: Any) -> Account:
    settings.NODE_DIRECTORY = tmp_path
    return Account.objects.create(username="gate", role=Role.CHECKPOINT.value, party="CN", jurisdiction=["CN-SH"])


@pytest.fixture
def coming(desk: Any, hand_clock: Any) -> str:
    """A traveller who has landed in Shanghai, with all that the agreement asks for."""
    hand_clock.instant = stage.APPLIED
    journey = stage.apply(desk, 3)
    hand_clock.instant = datetime(2020, 5, 6, 2, 0, tzinfo=UTC)
    stage.approve(desk, journey)
    hand_clock.instant = LANDED
    return journey


@pytest.fixture
def enrolled(chromium: Browser, live_server: Any, officer: Account, hand_clock: Any) -> Iterator[Callable[[], Gate]]:
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def enrol() -> Gate:
        code = devices.new_code(officer, "CN-SH", ("entry",))
        assert isinstance(code, Code)
        contexts.append(chromium.new_context(viewport=SIZES["phone"], base_url=live_server.url, locale="en"))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.clock.install(time=hand_clock.instant)
        gate = Gate(page)
        gate.enrol(code.text)
        return gate

    yield enrol
    for context in contexts:
        context.close()
    assert faults == []


def arrivals(journey: str) -> int:
    events = Event.objects.filter(journey=journey).order_by("seq")
    return sum(isinstance(decode(bytes(one.body)), Arrived) for one in events)


def test_what_an_officer_records_without_a_link_reaches_the_journey_once(
    transactional_db: None, enrolled: Any, coming: str, live_server: Any
) -> None:
    gate = enrolled()
    gate.page.context.set_offline(True)
    colour, _reason = gate.scan(zone("M12345673"))
    gate.act(*((0,) if colour == "green" else (1, 0)))
    assert not GateEntry.objects.exists()
    gate.page.context.set_offline(False)
    gate.synced()
    assert arrivals(coming) == 1
    assert sorted(GateEntry.objects.values_list("seq", "kind")) == [
        (1, "seen"),
        (2, "admitted" if colour == "green" else "override"),
    ]
    gate.page.locator(".strip .buttons button").first.click()
    gate.synced()
    assert (arrivals(coming), GateEntry.objects.count()) == (1, 2)
    held = Device.objects.get()
    assert held.unsent == 0
    assert held.app_version == gate.page.evaluate("JSON.parse(document.getElementById('gate-shell').textContent).version")


def test_two_gates_that_let_one_traveller_through_without_a_link_both_hear_of_it(
    transactional_db: None, enrolled: Any, coming: str, live_server: Any
) -> None:
    gates = [enrolled(), enrolled()]
    for gate in gates:
        gate.page.context.set_offline(True)
        colour, _reason = gate.scan(zone("M12345673"))
        gate.act(*((0,) if colour == "green" else (1, 0)))
    for gate in [*gates, gates[0]]:
        gate.page.context.set_offline(False)
        gate.page.locator(".strip .buttons button").first.click()
        gate.synced()
    for gate in gates:
        expect(gate.page.locator(".warnings .stop")).to_contain_text("Let through twice")
    assert GateEntry.objects.count() == 4
    assert GateDouble.objects.count() == 1


def test_a_revoked_device_is_told_by_the_node_and_erases_itself(
    transactional_db: None, enrolled: Any, coming: str, officer: Account, live_server: Any
) -> None:
    gate = enrolled()
    devices.revoke(officer.actor, Device.objects.get().id, "lost")
    gate.page.locator(".strip .buttons button").first.click()
    gate.page.wait_for_selector("text=This device was revoked")
    assert gate.stored()["sealed"] == []


def test_a_photo_is_read_by_the_node_where_the_browser_reads_none(
    transactional_db: None, enrolled: Any, tmp_path: Path, live_server: Any
) -> None:
    picture = tmp_path / "pass.png"
    segno.make(pass_of(LANDED), error="m").save(str(picture), scale=6)
    gate = enrolled()
    gate.page.set_input_files("input[type=file]", str(picture))
    assert gate.shown() == ("amber", "No issuer that we trust vouches for this. It may be forged.")
    gate.act(-1)
    gate.page.screenshot(path=str(picture))
    gate.page.set_input_files("input[type=file]", str(picture))
    expect(gate.page.locator(".scan [role=status]")).to_contain_text("There is no code")


def test_a_photo_of_a_stranger_is_not_read(officer: Account) -> None:
    answer = Client().post("/gate/photo/", b"picture", content_type="image/png", headers={"authorization": "Device x.1.y"})
    assert (answer.status_code, answer.json()) == (401, {"code": "signature"})
    assert Client().post("/gate/photo/", b"", content_type="image/png", CONTENT_LENGTH="99999999").status_code == 413
