"""The checkpoint with a link: whatever is scanned becomes a whole screen of one colour; and the page of devices."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.mrz.writing import write_mrz
from fastchannel.node.models import AccessLog, Device, GateDouble, GateEntry
from fastchannel.terms.events import Role
from fastchannel.web.lists import PAGE
from tests.web import scene as stage
from tests.web.device import FakeDevice
from tests.web.scene import Scene, said

SCREEN = re.compile(
    r'<section class="verdict (\w+)".*?<p class="verdict-reason">(.*?)</p>.*?<span class="mono">([\w-]+)</span>', re.DOTALL
)
BOARDING = {"gate": "boarding", "place": "KR-11"}
CODE = re.compile(r'<p class="enrolment-code mono">([0-9A-Z-]+)</p>')


def zone(number: str, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "format": "TD3", "kind": "P", "state": "KOR", "family": "CHOI", "given": "DOYUN", "number": number,
        "nationality": "KOR", "birth": "1985-03-02", "sex": "F", "expires": date(2029, 1, 1),
    }  # fmt: skip
    return write_mrz(Mrz(**{**fields, **changes}))


@pytest.fixture
def node(settings: Any, tmp_path: Path) -> Path:
    settings.NODE_DIRECTORY = tmp_path
    return tmp_path


@pytest.fixture
def gate(scene: Scene, node: Path, signed_in: Callable[..., Client]) -> Client:
    """An officer in Seoul, of the other party's territory: what matters here is the place of boarding."""
    return signed_in(Role.CHECKPOINT, jurisdiction=["KR-11", "CN-SH"])


def scanned(client: Client, text: str = "", **fields: Any) -> tuple[str, str]:
    answer = client.post("/checkpoint/scan/", {"text": text, **BOARDING, **fields})
    found = SCREEN.search(said(answer))
    assert found is not None, said(answer)
    return found[1], found[3]


def issue(client: Client, journey: str) -> str:
    address = f"/journeys/{journey}/pass/"
    client.post(address, {"do": "issue"})
    found = re.search(r'<p class="mono breakable">(FC1:[^<]+)</p>', said(client.get(address)))
    assert found is not None
    return found[1]


def test_a_pass_says_its_traveller_may_pass_and_names_the_steps(gate: Client, scene: Scene) -> None:
    text = issue(gate, scene.ready)
    answer = said(gate.post("/checkpoint/scan/", {"text": text, **BOARDING}))
    found = SCREEN.search(answer)
    assert found is not None
    assert (found[1], found[2], found[3]) == ("green", "Expected here, and everything that is asked for is done.", "clear")
    assert f'href="/work/{scene.ready}/"' in answer
    assert '<p class="verdict-name">CHOI D.</p>' in answer
    assert AccessLog.objects.filter(why="scan", journeys=[scene.ready]).count() == 1


def test_a_pass_with_the_passport_after_it_is_its_holders_alone(gate: Client, scene: Scene) -> None:
    text = issue(gate, scene.ready)
    assert scanned(gate, f"{text}\r\n{zone('M12345673')}\r\n") == ("green", "clear")
    assert scanned(gate, f"{text}\n{zone('M12345674')}") == ("red", "elsewhere")
    assert scanned(gate, f"{text}\n{zone('M12345673')[:-1]}9") == ("amber", "unreadable")


def test_a_pass_is_for_its_own_gate(gate: Client, scene: Scene) -> None:
    text = issue(gate, scene.ready)
    assert scanned(gate, text, gate="entry", place="CN-SH") == ("amber", "elsewhere")


def test_passports_and_picks_are_judged_as_decide_says_now(gate: Client, scene: Scene) -> None:
    assert scanned(gate, zone("M12345673")) == ("green", "clear")
    assert scanned(gate, zone("M12345673").replace("\n", "")) == ("green", "clear")
    assert scanned(gate, zone("M12345674")) == ("red", "ask-officer")  # whose sample was found positive
    assert scanned(gate, zone("M12345676")) == ("red", "closed")
    assert scanned(gate, zone("M12345675")) == ("amber", "not-expected")  # who left the day before yesterday
    assert scanned(gate, zone("M12345675"), gate="entry", place="CN-SH") == ("amber", "already-admitted")
    assert scanned(gate, zone("X7654321")) == ("amber", "not-expected")
    assert scanned(gate, zone("M12345673", birth="1985-03-03")) == ("amber", "not-expected")
    scanned(gate, zone("M12345673"))
    for journey, seen in (
        (scene.ready, ("green", "clear")),
        (scene.refused, ("red", "closed")),
        ("no-such", ("amber", "not-expected")),
    ):
        found = SCREEN.search(said(gate.get("/checkpoint/scan/", {"pick": journey})))
        assert found is not None
        assert (found[1], found[3]) == seen


def test_no_screen_tells_of_health(gate: Client, scene: Scene) -> None:
    answer = said(gate.post("/checkpoint/scan/", {"text": zone("M12345674"), **BOARDING}))
    section = answer[
        answer.index('<section class="verdict') : answer.index("</section>", answer.index('<section class="verdict'))
    ]
    assert "An officer must decide" in section
    assert not re.search("detected|positive|sample|test|infect", section, re.IGNORECASE)


def test_the_photograph_of_a_code_is_read(gate: Client, scene: Scene) -> None:
    picture = io.BytesIO()
    segno.make_qr(issue(gate, scene.ready)).save(picture, kind="png", scale=4)
    photo = SimpleUploadedFile("code.png", picture.getvalue(), "image/png")
    assert scanned(gate, photo=photo) == ("green", "clear")


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n broken", b"GIF89a", b"\xff\xfe\x00\x01"], ids=["png", "gif", "bytes"])
def test_a_picture_that_cannot_be_read_says_scan_again(gate: Client, raw: bytes) -> None:
    assert scanned(gate, photo=SimpleUploadedFile("x.png", raw, "image/png")) == ("amber", "unreadable")


@pytest.mark.parametrize("text", ["HC1:6BF", "FC1:abc", "https://example.org/", "shc:/1", "<" * 88, "x" * 64_000, "é" * 9])
def test_whatever_is_typed_is_answered(gate: Client, text: str) -> None:
    assert scanned(gate, text) == ("amber", "unreadable")


def test_nothing_to_scan_and_too_much_are_said_at_the_field(gate: Client) -> None:
    answer = gate.post("/checkpoint/scan/", {"text": " ", **BOARDING})
    assert (answer.status_code, "Scan a code, choose a photograph" in said(answer)) == (422, True)
    for text in ("x" * 70_000, "FC1:\u0000"):
        assert gate.post("/checkpoint/scan/", {"text": text, **BOARDING}).status_code == 422
    assert gate.post("/checkpoint/scan/", {"text": "x", **BOARDING, "place": "CN-BJ"}).status_code == 422
    assert gate.post("/checkpoint/scan/", {"text": "x", **BOARDING, "gate": "release"}).status_code == 422


def test_the_post_is_remembered_and_a_foreign_one_in_the_session_counts_for_nothing(gate: Client, scene: Scene) -> None:
    scanned(gate, zone("M12345673"))
    page = said(gate.get("/checkpoint/"))
    assert '<option value="boarding" selected>' in page
    assert '<option value="KR-11" selected>' in page
    session = gate.session
    session["post"] = ["CN-BJ", "nowhere"]
    session.save()
    assert '<option value="CN-SH" selected>' in said(gate.get("/checkpoint/"))


def test_travellers_out_of_the_officers_sight_are_nobody(scene: Scene, node: Path, signed_in: Callable[..., Client]) -> None:
    client = signed_in(Role.CHECKPOINT, jurisdiction=["CN-BJ"])
    assert scanned(client, zone("M12345673"), place="CN-BJ") == ("amber", "not-expected")
    found = SCREEN.search(said(client.get("/checkpoint/scan/", {"pick": scene.ready})))
    assert found is not None
    assert found[3] == "not-expected"


def test_a_carrier_boards_people_in_the_other_partys_land(scene: Scene, node: Path, signed_in: Callable[..., Client]) -> None:
    carrier = signed_in(Role.CARRIER)
    assert scanned(carrier, zone("M12345673")) == ("green", "clear")
    assert carrier.get("/devices/").status_code == 403


def test_a_checkpoint_is_not_offered_samples_and_an_answer_stands_alone(gate: Client, scene: Scene) -> None:
    assert 'name="sample"' not in said(gate.get("/checkpoint/"))
    answered = said(gate.post("/checkpoint/scan/", {"text": zone("M12345673"), **BOARDING}))
    assert SCREEN.search(answered)
    assert 'name="sample"' not in answered
    assert "<table" not in answered
    assert 'name="text"' in answered  # the next can be scanned, or looked for by name


def test_a_scan_asks_the_database_as_often_with_many_travellers(
    gate: Client, scene: Scene, django_assert_max_num_queries: Any
) -> None:
    scanned(gate, zone("M12345673"))
    with django_assert_max_num_queries(15):
        scanned(gate, zone("M12345673"))


@pytest.mark.parametrize("role", [Role.SPONSOR, Role.REVIEWER, Role.LABORATORY, Role.SITE, Role.MONITOR, Role.MISSION])
def test_other_roles_scan_nothing_and_see_no_devices(desk: Any, signed_in: Callable[..., Client], role: Role) -> None:
    client = signed_in(role)
    assert client.post("/checkpoint/scan/", {"text": "x", **BOARDING}).status_code == 403
    for address in ("/devices/", "/devices/x/revoke/", "/devices/doubles/1/"):
        assert client.post(address, {"reason": "x"}).status_code == 403


# ---- devices ----


def enrolled(client: Client, clock: Any, name: str = "Lane 3") -> FakeDevice:
    found = CODE.search(said(client.post("/devices/", {"place": "CN-SH", "gates": ["entry"]})))
    assert found is not None
    device = FakeDevice(clock)
    assert device.enrol(found[1], name).status_code == 201
    return device


@pytest.fixture
def lanes(desk: Any, node: Path, signed_in: Callable[..., Client]) -> Client:
    return signed_in(Role.CHECKPOINT, jurisdiction=["CN-SH"])


def test_a_code_is_shown_once_and_the_device_stands_in_the_list(lanes: Client, hand_clock: Any) -> None:
    assert "No device is enrolled yet." in said(lanes.get("/devices/"))
    device = enrolled(lanes, hand_clock)
    page = said(lanes.get("/devices/"))
    assert CODE.search(page) is None
    assert ("Lane 3" in page, "Nothing told yet" in page) == (True, True)
    device.sync([device.entry("seen", document="d" * 22), device.entry()])
    page = said(lanes.get("/devices/"))
    assert ("In use" in page, "2 told, 1 changed no journey" in page) == (True, True)
    hand_clock.forward(hours=72, seconds=1)
    assert "No news for 72 hours" in said(lanes.get("/devices/"))


def test_what_a_device_says_of_itself_is_shown(lanes: Client, hand_clock: Any) -> None:
    device = enrolled(lanes, hand_clock)
    device.bundle(**{"x-app-version": "2026.11.27", "x-unsent": "17"})
    page = said(lanes.get("/devices/"))
    assert ("2026.11.27" in page, "17 still on the device" in page, "Data of" in page) == (True, True, True)
    device.bundle(**{"x-unsent": "many", "x-app-version": "x\u0007"})
    assert Device.objects.get().unsent == 17


def test_revoking_needs_a_reason_and_is_for_good(lanes: Client, hand_clock: Any) -> None:
    device = enrolled(lanes, hand_clock)
    assert "A reason is needed." in said(lanes.post(f"/devices/{device.id}/revoke/", {"reason": " "}, follow=True))
    assert Device.objects.get().revoked is None
    assert "Revoked." in said(lanes.post(f"/devices/{device.id}/revoke/", {"reason": "left in a taxi"}, follow=True))
    first = Device.objects.get()
    lanes.post(f"/devices/{device.id}/revoke/", {"reason": "another"})
    held = Device.objects.get()
    assert (held.revoked_why, held.revoked) == ("left in a taxi", first.revoked)
    assert device.bundle().json() == {"code": "revoked"}
    assert lanes.post("/devices/nothing/revoke/", {"reason": "x"}).status_code == 404


def test_other_places_devices_are_not_there(lanes: Client, hand_clock: Any, signed_in: Callable[..., Client]) -> None:
    device = enrolled(lanes, hand_clock)
    other = signed_in(Role.CHECKPOINT, username="peking", jurisdiction=["CN-BJ"])
    assert "Lane 3" not in said(other.get("/devices/"))
    assert other.post(f"/devices/{device.id}/revoke/", {"reason": "x"}).status_code == 404
    assert other.post("/devices/", {"place": "CN-SH", "gates": ["entry"]}).status_code == 422


def test_the_secretariat_sees_all_adds_none_and_settles_doubles(
    lanes: Client, hand_clock: Any, signed_in: Callable[..., Client]
) -> None:
    journey = stage.apply(stage_desk())
    first, second = enrolled(lanes, hand_clock, "Lane 1"), enrolled(lanes, hand_clock, "Lane 2")
    first.sync([first.entry(journey=journey)])
    second.sync([second.entry(journey=journey)])
    secretariat = signed_in(Role.SECRETARIAT)
    page = said(secretariat.get("/devices/"))
    assert "1 traveller was let through twice: look into it." in page
    assert ("Add a device" in page, "Lane 1" in page, journey in page) == (False, True, True)
    assert secretariat.post("/devices/", {"place": "CN-SH", "gates": ["entry"]}).status_code == 403
    number = GateDouble.objects.get().pk
    assert "A reason is needed." in said(secretariat.post(f"/devices/doubles/{number}/", {"reason": ""}, follow=True))
    answer = secretariat.post(f"/devices/doubles/{number}/", {"reason": "Went back for a bag."}, follow=True)
    assert "Nobody was." in said(answer)
    held = GateDouble.objects.get()
    assert (held.finding, held.settled) == ("Went back for a bag.", hand_clock.now())
    assert secretariat.post(f"/devices/doubles/{number}/", {"reason": "x"}).status_code == 404
    assert GateEntry.objects.count() == 2


def stage_desk() -> Any:
    from fastchannel.node.desk import office

    return office()


def test_the_list_goes_by_the_page_with_as_many_queries(
    lanes: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    from fastchannel.node.models import Account

    officer = Account.objects.get()
    now = datetime(2020, 5, 1, tzinfo=UTC)
    made = [
        Device(id=f"{n:026}", name=f"Lane {n}", officer=officer, place="CN-SH", gates=["entry"], spki=b"x", enrolled=now)
        for n in range(60)
    ]
    Device.objects.bulk_create(made[:10])
    with django_assert_max_num_queries(14) as few:
        lanes.get("/devices/")
    Device.objects.bulk_create(made[10:])
    with django_assert_num_queries(len(few)):
        page = said(lanes.get("/devices/"))
    assert page.count('<th scope="row">') == PAGE
    following = re.search(r'href="(\?after=[^"]+)"', page)
    assert following is not None
    assert said(lanes.get(f"/devices/{following[1]}")).count('<th scope="row">') == PAGE
