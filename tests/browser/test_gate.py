"""A checkpoint through its days in Chromium: enrolled, without a link, reloaded, killed, locked, revoked, and in step again."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from fastchannel.web.views import gate as views
from tests.browser.conftest import SIZES
from tests.browser.gate import PIN, Device
from tests.browser.gate_node import CODE, HOUR, Node, bundle_of, pass_of, served, today
from tests.browser.steps import fits, violations
from tools import gate_vectors

pytestmark = pytest.mark.browser
# A link that is cut, a revoked device and an untrusted code are what these tests are about.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_CONTENT_LENGTH_MISMATCH", "401", "403")
EVERYWHERE = pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [("phone", "en", "light"), ("phone", "ko", "dark"), ("desktop", "zh-hans", "dark"), ("phone", "zh-hans", "light")],
)


@pytest.fixture(scope="module")
def server() -> Iterator[Node]:
    with served() as running:
        yield running


@pytest.fixture
def node(server: Node) -> Node:
    fresh = Node(url=server.url, bundle=bundle_of(today()))
    for name in Node.__slots__:
        setattr(server, name, getattr(fresh, name))
    return server


@pytest.fixture
def opened(chromium: Browser, node: Node) -> Iterator[Callable[..., Device]]:
    """Opens a device of its own; an error on its console fails the test, and so does a fault that the node saw."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_device(size: str = "phone", language: str = "en", **options: Any) -> Device:
        context = chromium.new_context(viewport=SIZES[size], base_url=node.url, reduced_motion="reduce", **options)
        context.add_cookies([{"name": "django_language", "value": language, "url": node.url}])
        contexts.append(context)
        page = context.new_page()
        watched(page, faults)
        return Device(page)

    yield open_device
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not any(word in fault for word in EXPECTED)] == []
    assert node.faults == []


def watched(page: Page, faults: list[str]) -> None:
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))


@pytest.fixture
def device(opened: Callable[..., Device]) -> Device:
    """An enrolled device with its list, in English."""
    found = opened()
    found.enrol(CODE)
    return found


def numbered(node: Node) -> list[int]:
    return sorted(one["seq"] for one in node.entries.values())


def sound(page: Page, place: str) -> None:
    """Nothing sticks out sideways, what is touched is large enough, and axe finds nothing."""
    assert fits(page), place
    small = page.evaluate(
        "[...document.querySelectorAll('button,select,summary,input:not([type=file])')].filter(e => e.checkVisibility()"
        " && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == [], place
    assert violations(page, languages=("en", "zh-hans")) == [], place  # in light and in dark


@EVERYWHERE
def test_an_officer_enrols_a_device_and_lets_travellers_through(
    size: str, language: str, scheme: str, opened: Callable[..., Device], node: Node
) -> None:
    found = opened(size, language, color_scheme=scheme)
    page, at = found.page, today()
    page.goto("/gate/")
    page.wait_for_selector("form")
    sound(page, "enrolling")
    found.enrol(CODE.lower())
    assert page.get_attribute("html", "lang") == language
    sound(page, "home")
    assert found.scan(pass_of(at))[0] == "green"
    assert page.locator(".other").count() == 2  # the reason in the two other languages, for the traveller
    sound(page, "green")
    found.act(0)
    assert found.pick("le")[0] == "amber"
    sound(page, "amber")
    page.locator(".decide .act").nth(1).click()
    sound(page, "why all the same")
    page.locator(".why").first.click()
    assert found.passport("m33333333", "850302")[0] == "red"
    sound(page, "red")
    found.act(0, why=0)
    page.locator(".strip .buttons button").nth(1).click()
    assert page.locator(".entries li").count() == 3
    sound(page, "log")
    found.synced()
    page.locator(".band-row .tool").click()
    page.wait_for_selector("main.start form")
    sound(page, "locked")
    assert node.kinds() == [
        (1, "seen", "clear"), (2, "admitted", "clear"), (3, "seen", "incomplete"), (4, "override", "incomplete"),
        (5, "seen", "closed"), (6, "refused", "closed"),
    ]  # fmt: skip
    by_number = {one["seq"]: one for one in node.entries.values()}
    assert by_number[2]["journey"] == "J1"
    assert by_number[2]["pass"] == {"issuer": "KR", "id": gate_vectors.named("pass 1").hex()}
    assert node.bundle is not None
    assert by_number[6]["document"] == node.bundle.expected[2].doc
    assert [number for number, one in by_number.items() if one.get("note")] == [4, 6]
    assert not any("name" in one for one in node.entries.values())


def test_the_language_is_changed_without_a_link(device: Device) -> None:
    device.page.context.set_offline(True)
    device.page.select_option("header select", "ko")
    assert device.page.get_attribute("html", "lang") == "ko"
    device.page.reload()
    device.page.wait_for_selector("main.start form")
    assert device.page.get_attribute("html", "lang") == "ko"


def test_days_without_a_link_are_kept_over_a_reload_and_sent_once(device: Device, node: Node) -> None:
    page, at = device.page, today()
    page.context.set_offline(True)
    assert device.scan(pass_of(at))[0] == "green"
    said = device.act(0)
    assert said == "Recorded: let through, no. 2"
    expect(page.locator(".strip")).to_contain_text("2 unsent")
    page.reload()  # the service worker serves the page
    page.wait_for_selector("main.start form")
    assert "Not sent yet: 2" in page.inner_text("main.start")
    device.unlock()
    expect(page.locator(".strip")).to_contain_text(re.compile("Offline since .*2 unsent"))
    assert device.scan(pass_of(at)) == ("amber", "This traveller was let through here before.")
    device.act(1, why=0)
    assert node.entries == {}
    page.context.set_offline(False)
    device.synced()
    assert node.kinds() == [
        (1, "seen", "clear"), (2, "admitted", "clear"), (3, "seen", "already-admitted"), (4, "override", "already-admitted"),
    ]  # fmt: skip
    assert sorted(node.sent) == sorted(node.entries)  # each once


def test_answers_that_are_lost_after_the_node_took_the_entries_double_nothing(device: Device, node: Node) -> None:
    node.loses = True
    for _ in range(3):
        device.scan(pass_of(today()))
        device.act(1, why=0)
        device.page.locator(".strip .buttons button").first.click()
        expect(device.page.locator(".strip")).to_contain_text("Offline since")
    expect(device.page.locator(".strip")).to_contain_text("6 unsent")
    assert len(node.entries) == 6
    assert len(node.sent) > 6  # it tried again
    node.loses = False
    device.page.locator(".strip .buttons button").first.click()
    device.synced()
    assert numbered(node) == [1, 2, 3, 4, 5, 6]
    # Nothing is left to send, and nothing is sent again.
    before = len(node.sent)
    device.page.locator(".strip .buttons button").first.click()
    device.synced()
    assert len(node.sent) == before


def test_three_days_on_the_list_still_holds_and_then_the_device_says_that_it_cannot_tell(
    opened: Callable[..., Device], node: Node
) -> None:
    at = today()
    found = opened()
    found.page.clock.install(time=at)
    node.bundle = bundle_of(at)
    found.enrol(CODE)
    found.page.context.set_offline(True)
    reason = ""
    for after, expected in ((HOUR * 71, "green"), (HOUR * 2, "amber")):
        found.page.clock.fast_forward(int(after.total_seconds() * 1000))  # nobody touched it: it has locked itself
        found.page.wait_for_selector("main.start form")
        found.unlock()
        colour, reason = found.scan(pass_of(at))
        assert colour == expected
        found.act(1 if expected == "green" else -1, *([0] if expected == "green" else []))
    assert reason.startswith("This device has had no news for too long")
    expect(found.page.locator(".warnings")).to_contain_text("no news for too long")
    expect(found.page.locator(".strip")).to_contain_text("list 73 h old")
    found.page.locator("summary").nth(1).click()
    found.page.fill("input[type=search]", "kim")
    expect(found.page.locator(".scan ~ details [role=status]")).to_have_text(["Found: 0"])  # whom it named is forgotten
    node.ahead_ms = 73 * 3_600_000
    node.bundle = bundle_of(at + 73 * HOUR)
    found.page.context.set_offline(False)
    found.page.locator(".strip .buttons button").first.click()
    found.synced()
    assert numbered(node) == [1, 2, 3]
    assert found.scan(pass_of(at + 73 * HOUR))[0] == "green"


def test_a_clock_that_is_put_back_makes_no_old_list_new(opened: Callable[..., Device], node: Node) -> None:
    at = today()
    found = opened()
    found.page.clock.install(time=at)
    found.enrol(CODE)
    found.page.context.set_offline(True)
    found.page.clock.set_system_time(at + 73 * HOUR)
    assert found.scan(pass_of(at))[1].startswith("This device has had no news")
    found.act(-1)
    found.page.clock.set_system_time(at + HOUR)
    assert found.scan(pass_of(at))[1].startswith("This device has had no news")
    found.act(-1)
    expect(found.page.locator(".warnings")).to_contain_text("clock of this device was put back")


def test_the_nodes_clock_is_learnt_where_the_devices_is_wrong(opened: Callable[..., Device], node: Node) -> None:
    node.ahead_ms = 3 * 3_600_000
    node.bundle = bundle_of(today() + 3 * HOUR)
    found = opened()
    found.enrol(CODE)
    assert found.scan(pass_of(today() + 3 * HOUR))[0] == "green"
    found.act(0)
    found.synced()
    assert numbered(node) == [1, 2]
    last = max(one["at"] for one in node.entries.values())
    assert abs(last / 1000 - time.time()) < 60  # by the device's own clock, which the node sets right


def test_what_was_recorded_outlives_a_kill(chromium: Browser, node: Node, tmp_path: Path) -> None:
    """The browser is killed while a verdict is shown; what it had shown as recorded is there, and so is what it showed."""
    options: dict[str, Any] = {
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        "base_url": node.url,
    }
    context = chromium.browser_type.launch_persistent_context(str(tmp_path / "profile"), **options)
    found = Device(context.new_page())
    found.enrol(CODE)
    context.set_offline(True)
    found.scan(pass_of(today()))
    assert found.act(0) == "Recorded: let through, no. 2"
    assert found.pick("park")[0] == "red"
    kill(str(tmp_path / "profile"))
    with suppress(PlaywrightError):  # it is gone
        context.close()
    context = chromium.browser_type.launch_persistent_context(str(tmp_path / "profile"), **options)
    again = Device(context.new_page())
    again.page.goto("/gate/")
    again.page.wait_for_selector("main.start form")
    assert "Not sent yet: 3" in again.page.inner_text("main.start")
    again.unlock()
    again.synced()
    assert node.kinds() == [(1, "seen", "clear"), (2, "admitted", "clear"), (3, "seen", "closed")]
    again.page.locator(".strip .buttons button").nth(1).click()
    expect(again.page.locator(".entries li").first).to_contain_text("not decided")
    context.close()
    assert node.faults == []


def kill(profile: str) -> None:
    """Ends the processes of one browser, by the profile that is this test's own."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"--user-data-dir={profile}" in command:
            os.kill(int(entry.name), signal.SIGKILL)


def test_a_revoked_device_erases_its_store_and_says_so(device: Device, node: Node) -> None:
    device.scan(pass_of(today()))
    node.revoked = True
    device.page.locator(".decide .act").first.click()
    device.page.wait_for_selector("text=This device was revoked")
    stored = device.stored()
    assert (stored["sealed"], stored["entries"]) == ([], [])
    assert [(one["id"], one["why"]) for one in stored["plain"]] == [("gone", "revoked")]
    device.page.reload()
    device.page.wait_for_selector("text=This device was revoked")
    node.revoked = False
    device.page.click("main button")
    device.page.wait_for_selector("main.start form")
    assert device.page.locator("form input").count() == 4  # it can be enrolled anew


def test_the_store_shows_nobody_anything_without_the_pin(device: Device, node: Node) -> None:
    device.scan(pass_of(today()))
    device.act(1, why=0)
    device.synced()
    stored = device.stored()
    (key,) = [one for one in stored["plain"] if one["id"] == "device-key"]
    assert key["key"] == "key private false"  # it cannot be taken out
    assert {one["id"] for one in stored["plain"]} == {"device-key", "vault", "seq"}
    assert {one["id"] for one in stored["sealed"]} == {"device", "bundle", "state"}
    text = repr(stored)
    assert node.bundle is not None
    for secret in ("KIM M.", "PARK", '"J1"', "admitted", "clear", "CN-SH", PIN, *[one.doc for one in node.bundle.expected]):
        assert secret not in text  # what is sealed is as good as chance: two letters would stand in it now and then
    assert {tuple(sorted(one)) for one in stored["entries"]} == {("at", "data", "iv", "nonce", "seq", "state")}
    # The service worker kept the application's own files, and no answer about anybody.
    kept = device.page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys())"
        ".map((one) => new URL(one.url).pathname)))).flat()"
    )
    assert set(kept) == {"/gate/", *(f"/static/web/{name}" for name in views.files())}


def test_the_device_locks_itself_when_nobody_touches_it(opened: Callable[..., Device]) -> None:
    found = opened()
    found.page.clock.install(time=today())
    found.enrol(CODE)
    found.page.clock.fast_forward(4 * 60_000)
    assert found.page.locator("main.home").count() == 1
    found.page.clock.fast_forward(2 * 60_000)
    found.page.wait_for_selector("main.start form")


def test_a_wrong_pin_is_counted_over_a_reload_and_the_right_one_opens(device: Device) -> None:
    page = device.page
    page.locator(".band-row .tool").click()
    for left in (9, 8):
        page.fill("main.start input", "999999")
        page.click("main.start button")
        expect(page.locator(".wrong")).to_contain_text(f"Attempts left: {left}")
        page.reload()
        page.wait_for_selector("main.start form")
    device.unlock()


def test_a_weak_pin_is_not_taken(opened: Callable[..., Device], node: Node) -> None:
    found = opened()
    found.page.goto("/gate/")
    found.page.wait_for_selector("form")
    fields = found.page.locator("form input").all()
    for field, text in zip(fields[:2], (CODE, "Gate"), strict=True):
        field.fill(text)
    easy = dict.fromkeys(["111111", "123456", "654321", "121212"], "easily guessed")
    for pin, said in {"27182": "too short", "2" * 65: "too long", PIN: "differ", **easy}.items():
        fields[2].fill(pin)
        fields[3].fill("271829" if pin == PIN else pin)
        found.page.click("form button")
        expect(found.page.locator(".wrong")).to_contain_text(said)
    assert node.asked == 0


def test_a_wrong_code_is_said_and_the_right_one_still_works(opened: Callable[..., Device], node: Node) -> None:
    found = opened()
    found.page.goto("/gate/")
    found.page.wait_for_selector("form")
    for field, text in zip(found.page.locator("form input").all(), ("WRONG", "Gate", PIN, PIN), strict=True):
        field.fill(text)
    found.page.click("form button")
    expect(found.page.locator(".wrong")).to_contain_text("does not take this code")
    found.page.locator("form input").first.fill(CODE)
    found.page.click("form button")
    found.page.wait_for_selector("main.home")


def test_only_one_tab_records(device: Device) -> None:
    other = device.page.context.new_page()
    other.goto("/gate/")
    other.wait_for_selector("text=open in another tab")


def test_a_pass_is_compared_with_the_passport_that_is_read_with_it(device: Device, node: Node) -> None:
    at = today()
    assert device.scan(pass_of(at))[0] == "green"
    device.type(gate_vectors.passport())
    device.page.wait_for_selector("text=Belongs to this pass")
    device.act(0)
    assert device.scan(pass_of(at, "J4", "pass 4"))[0] == "green"
    device.type(gate_vectors.passport("M12345679"))
    device.page.wait_for_selector("main.verdict.red")
    assert device.shown()[1].startswith("It is meant for another gate")


def test_another_scan_waits_until_the_first_is_decided(device: Device) -> None:
    at = today()
    device.scan(pass_of(at))
    device.scan(pass_of(at, "J4", "pass 4"))
    expect(device.page.locator("#verdict-note")).to_have_text("Decide on this traveller first.")
    assert "KIM M." in device.page.inner_text(".told")


def test_what_was_let_through_twice_and_what_the_node_could_not_apply_is_shown(device: Device, node: Node) -> None:
    node.rejects = {"not-expected": "unknown-journey"}
    device.scan(gate_vectors.passport("X7654321"))
    device.act(0, why=0)
    device.synced()
    (nonce,) = [one["nonce"] for one in node.entries.values() if one["kind"] == "refused"]
    node.raised = [{"nonce": nonce, "kind": "double", "other": {"device": "Gate 5", "at": node.now()}}]
    device.page.locator(".strip .buttons button").first.click()
    expect(device.page.locator(".warnings")).to_contain_text("Also let through by Gate 5")
    device.page.locator(".warnings button").click()
    expect(device.page.locator(".entries")).to_contain_text("Also let through by Gate 5")
    expect(device.page.locator(".entries")).to_contain_text("could not apply it (unknown-journey)")
    device.page.locator(".log > button").click()
    device.page.locator(".strip .buttons button").first.click()  # the node tells it again for days
    device.synced()
    assert device.page.locator(".warnings .stop").count() == 0


def test_a_new_version_is_taken_while_the_device_is_locked_and_the_store_stays(
    device: Device, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = device.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector("main.start form")
    device.unlock()
    page.context.set_offline(True)
    device.scan(pass_of(today()))
    device.act(0)
    page.context.set_offline(False)
    before = views.version()
    monkeypatch.setattr(views, "version", lambda: "another")
    page.evaluate(UPDATED)
    device.scan(pass_of(today()))  # at work nothing changes
    assert shell_version(page) == before
    device.act(-1)
    with page.expect_navigation():
        page.locator(".band-row .tool").click()
    page.wait_for_selector("main.start form")
    assert shell_version(page) == "another"
    device.unlock()
    device.synced()
    assert numbered(node) == [1, 2, 3]


UPDATED = """async () => {
  const found = await navigator.serviceWorker.getRegistration("/gate/");
  await found.update();
  while (!found.waiting) await new Promise((resolve) => setTimeout(resolve, 50));
}"""


def shell_version(page: Page) -> str:
    found: str = page.evaluate("JSON.parse(document.getElementById('gate-shell').textContent).version")
    return found


DETECTOR = """window.BarcodeDetector = class {
  async detect() { return window.seen ? [{ rawValue: window.seen }] : []; }
};"""


def test_the_camera_and_a_photo_are_read_by_the_browser_where_it_can(opened: Callable[..., Device], tmp_path: Path) -> None:
    found = opened()
    page = found.page
    page.add_init_script(DETECTOR)
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { const c = document.createElement('canvas'); c.getContext('2d');"
        " const stream = c.captureStream(5); setInterval(() => c.getContext('2d').fillRect(0, 0, 9, 9), 100); return stream; };"
    )
    found.enrol(CODE)
    page.click("button.huge")
    expect(page.locator("video")).to_be_visible()
    page.evaluate("(text) => { window.seen = text; }", pass_of(today()))
    assert found.shown()[0] == "green"
    found.act(0)
    picture = tmp_path / "photo.png"
    page.screenshot(path=str(picture))
    page.set_input_files("input[type=file]", str(picture))
    assert found.shown()[1] == "This traveller was let through here before."


def test_without_a_reader_of_codes_the_page_says_what_else_there_is(device: Device, tmp_path: Path) -> None:
    picture = tmp_path / "photo.png"
    device.page.screenshot(path=str(picture))
    device.page.context.set_offline(True)
    device.page.set_input_files("input[type=file]", str(picture))
    expect(device.page.locator(".scan [role=status]")).to_contain_text(re.compile("read the passport"))
