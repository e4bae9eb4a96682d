"""The traveller's phone in Chromium: the first walk, with no connection and with one again, the pass, and the end of a link."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from fastchannel.node.config import ContactConfig
from fastchannel.terms.events import CheckedIn, Corrected, Finding, Role
from tests.browser.conftest import SIZES
from tests.browser.steps import fits, violations
from tests.web import scene as stage

pytestmark = pytest.mark.browser

NOW = datetime(2020, 5, 20, 4, 0, tzinfo=UTC)  # 13:00 in Seoul, a day and a half before departure
KEPT = "html[data-kept]"
STORES = """async () => [
  (await indexedDB.databases()).filter((one) => one.name.startsWith('traveller-')).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]"""
HELD = """async () => {
  const [{ name }] = (await indexedDB.databases()).filter((one) => one.name.startsWith('traveller-'));
  const asked = indexedDB.open(name);
  const base = await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  const found = { name };
  for (const store of base.objectStoreNames) {
    const all = base.transaction(store).objectStore(store).getAll();
    await new Promise((resolve) => { all.onsuccess = resolve; });
    const text = (one) => one instanceof ArrayBuffer ? new TextDecoder('latin1').decode(one) : one;
    found[store] = all.result.map((one) => JSON.stringify(one, (_, value) => text(value)));
  }
  base.close();
  found.caches = [];
  for (const cache of await caches.keys()) {
    found.caches.push(cache, ...(await (await caches.open(cache)).keys()).map((one) => new URL(one.url).pathname));
  }
  return found;
}"""

# A day goes by for the page and for its worker, either of which may send what is kept. Playwright's clock moves the page's
# alone: to the node, the phone's would then be turned back between the press and a sending by the worker.
DAY_LATER = """async (base) => {
  const store = new TravellerStore(base);
  await store.put('facts', 'ahead', await store.get('facts', 'ahead') + 24 * 3600 * 1000);
}"""

# What a finger presses, below 44 px in height; a link inside a sentence is as high as its line.
SMALL = """() => [...document.querySelectorAll('main button, main a.button, main summary, .languages button, main select')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"""


@pytest.fixture
def journey(transactional_db: None, desk: Any, hand_clock: Any, settings: Any) -> str:
    """A monitored traveller who has not answered today; the node has numbers to call."""
    contact = {
        "KR": ContactConfig(phone="+82 43 719 7878", name="KDCA", languages=("ko", "en")),
        "CN": ContactConfig(phone="+86 512 6522 0000", hours="08:00-22:00", languages=("zh-Hans",)),
    }
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, contact=contact)
    hand_clock.instant = stage.APPLIED
    made = stage.apply(desk)
    stage.approve(desk, made)
    hand_clock.instant = NOW
    return made


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Opens a phone's browser in a language; an error in a script fails the test, a lost connection does not."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_phone(language: str = "en", **options: Any) -> Page:
        context = chromium.new_context(viewport=SIZES["phone"], base_url=live_server.url, reduced_motion="reduce", **options)
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda one: faults.append(one.text) if "Content Security Policy" in one.text else None)
        return page

    yield open_phone
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def address(journey: str) -> str:
    from fastchannel.node import links

    return f"/t/{links.issue(stage.actor(Role.REVIEWER), journey)}/"


def entries(desk: Any, journey: str) -> list[Any]:
    return [event for event in desk.journal.events(journey) if isinstance(event, CheckedIn | Corrected)]


def opened(page: Page, address: str) -> None:
    """Open a page and wait until the phone keeps it."""
    page.goto(address)
    page.wait_for_selector(KEPT, state="attached")


def clean(page: Page) -> None:
    """axe-core finds nothing, in English in light and in Chinese in dark."""
    assert violations(page, languages=("en", "zh-hans")) == []


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_a_first_time_traveller_answers_with_one_press_in_less_than_20_seconds(
    language: str, phone: Callable[..., Page], address: str, journey: str, desk: Any, record_property: Any
) -> None:
    page = phone(language)
    began = monotonic()
    page.goto(address)
    page.evaluate(
        "addEventListener('click', () => { sessionStorage.presses = Number(sessionStorage.presses ?? 0) + 1; }, true)"
    )
    assert fits(page)
    assert page.locator(".dots > li").count() == 14
    assert page.locator('a[href="tel:+82437197878"]').count() == 1
    page.click('.now button[value="no"]')
    page.wait_for_selector(".now .today .notice.good")
    took = monotonic() - began
    assert page.evaluate("sessionStorage.presses") == "1"
    assert took < 20
    record_property("seconds from opening the link to the answer on record", round(took, 1))
    assert [event.symptoms for event in entries(desk, journey)] == [False]
    assert page.locator(".dots .dot.today").count() == 0


def test_an_answer_without_a_connection_is_kept_sent_later_and_recorded_once(
    phone: Callable[..., Page], address: str, journey: str, desk: Any, hand_clock: Any
) -> None:
    page = phone()
    opened(page, address)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#offline")).to_contain_text("There is no connection. You see the page as it was on 20 May 2020 13:00")
    assert fits(page)
    page.click('.now button[value="no"]')
    expect(page.locator("#kept")).to_contain_text(
        "Your answer for 20 May (no symptoms), given at 13:00, is saved on this phone. It will be sent when there is"
    )
    page.reload()  # a restart loses nothing
    page.click('.now button[value="yes"]')
    expect(page.locator("#kept .notice.wait")).to_have_count(2)
    held = page.evaluate(HELD)
    assert len(held["answers"]) == 2
    assert not any("symptoms" in one or "2020" in one for one in held["answers"])
    assert not any("html" in one for one in held["pages"])
    assert entries(desk, journey) == []
    hand_clock.forward(hours=2)  # the phone's own clock shows seconds: what it kept is dated by those
    page.context.set_offline(False)
    page.wait_for_selector(".now .today .notice.hold")
    expect(page.locator("#kept")).to_contain_text("was sent. Thank you. Your check-in is recorded.")
    first, second = entries(desk, journey)
    assert (type(first), first.symptoms) == (CheckedIn, False)
    assert (type(second), second.replacement) == (Corrected, {"symptoms": True})
    assert first.at < second.at <= hand_clock.now()
    assert hand_clock.now() - first.at < timedelta(minutes=5)
    assert page.evaluate(HELD)["answers"] == []
    page.reload()
    expect(page.locator("#kept")).to_be_hidden()  # it was read
    assert len(entries(desk, journey)) == 2


def test_an_answer_whose_acknowledgement_was_lost_is_sent_again_and_recorded_once(
    phone: Callable[..., Page], address: str, journey: str, desk: Any
) -> None:
    page = phone()
    opened(page, address)
    lost = []

    def lose(route: Any) -> None:
        lost.append(route.fetch().status)  # the node has it, the phone does not know
        route.abort()

    page.route("**/answers/", lose, times=1)
    page.click('.now button[value="no"]')
    expect(page.locator("#kept")).to_contain_text("is saved on this phone")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(".now .today .notice.good")
    assert lost == [200]
    assert len(entries(desk, journey)) == 1


def test_the_next_day_the_phone_asks_by_itself(
    phone: Callable[..., Page], address: str, journey: str, desk: Any, hand_clock: Any
) -> None:
    page = phone()
    opened(page, address)
    page.click('.now button[value="no"]')
    page.wait_for_selector(".now .today .notice.good")
    page.wait_for_selector(KEPT, state="attached")  # by then it has learned the node's time, and will not undo the day
    page.context.set_offline(True)
    page.evaluate(DAY_LATER, address)
    page.reload()
    expect(page.locator("#now")).to_have_text("Check in today: do you have symptoms?")
    expect(page.locator(".now .by")).to_have_text("By 21 May 2020 23:59 Korean Standard Time")
    assert page.locator(".now .notice.good").count() == 0
    page.click('.now button[value="no"]')
    expect(page.locator("#kept")).to_contain_text("Your answer for 21 May (no symptoms)")
    hand_clock.forward(days=1)
    page.context.set_offline(False)
    page.wait_for_selector(".now .today .notice.good", timeout=90_000)  # of a slow node the phone asks again by itself
    assert [event.day.day for event in entries(desk, journey)] == [20, 21]


def test_a_rejected_answer_is_shown_with_its_reason_and_what_to_do(
    phone: Callable[..., Page], address: str, journey: str, desk: Any, hand_clock: Any
) -> None:
    page = phone()
    opened(page, address)
    page.context.set_offline(True)
    page.click('.now button[value="no"]')
    expect(page.locator("#kept")).to_contain_text("is saved on this phone.")
    hand_clock.forward(days=1)  # by the phone's clock no time has gone by, so that the answer is of the wrong day
    page.context.set_offline(False)
    refused = page.locator("#kept .notice.stop")
    expect(refused).to_contain_text(
        "The day that the answer is for is over. The deadline was 20 May 2020 23:59 Korean Standard Time."
    )
    expect(refused).to_contain_text("call the officer: +82 43 719 7878")
    page.reload()
    refused.get_by_role("button").click()
    expect(refused).to_have_count(0)
    assert entries(desk, journey) == []


def test_when_the_link_ends_the_phone_keeps_nothing_and_says_what_to_do(
    phone: Callable[..., Page], address: str, journey: str
) -> None:
    from fastchannel.node import links

    page = phone()
    opened(page, address)
    held = page.evaluate(HELD)
    token = address.split("/")[2]
    assert token not in held["name"]
    assert not any(token in one for one in held["caches"])
    assert page.evaluate(STORES) == [1, 1]
    page.context.set_offline(True)
    page.evaluate("base => new TravellerStore(base).put('facts', 'expires', 1)", address)
    page.reload()
    expect(page.locator(".if-ended h1")).to_be_visible()
    expect(page.locator(".if-there")).to_be_hidden()
    assert page.locator('a[href^="tel:"]').count() == 2
    assert page.evaluate(STORES) == [0, 0]
    page.context.set_offline(False)
    opened(page, address)
    assert page.evaluate(STORES) == [1, 1]
    links.revoke(journey)
    page.reload()
    expect(page.locator("h1")).to_have_text("This link has ended")
    assert page.evaluate(STORES) == [0, 0]
    clean(page)


def test_the_worker_reaches_no_page_but_those_of_its_link(phone: Callable[..., Page], address: str) -> None:
    page = phone()
    opened(page, address)
    page.goto("/login/")
    assert page.evaluate("navigator.serviceWorker.controller") is None
    page.goto(address)
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    page.context.set_offline(True)
    page.goto(f"{address}paper/")  # never opened: it is not kept
    expect(page.locator(".if-there h1")).to_have_text("There is no connection")


def test_what_the_phone_keeps_can_be_deleted_by_hand(phone: Callable[..., Page], address: str) -> None:
    page = phone()
    opened(page, address)
    page.click("#forget")
    expect(page.locator("#forgotten")).to_be_visible()
    assert page.evaluate(STORES) == [0, 0]


@pytest.fixture
def ready(journey: str, desk: Any, hand_clock: Any, settings: Any, tmp_path: Path) -> str:
    """The same traveller a day later, with everything that boarding asks for."""
    settings.NODE_DIRECTORY = tmp_path
    hand_clock.instant = NOW + timedelta(days=1)
    stage.check_in(desk, journey, datetime(2020, 5, 8, tzinfo=UTC).date(), datetime(2020, 5, 21, tzinfo=UTC).date())
    stage.papers(desk, journey)
    stage.tested(desk, journey, Finding.NOT_DETECTED, "2020-05-20T14:00:00+09:00")
    return journey


def read(page: Page) -> list[str]:
    """The codes in a screenshot of what the phone shows."""
    image = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pass_is_read_from_a_screenshot_with_no_connection(
    scheme: str, phone: Callable[..., Page], address: str, ready: str
) -> None:
    page = phone(color_scheme=scheme)
    page.goto(f"{address}pass/")
    page.click("form .button.main")
    page.wait_for_selector(".pass-says.good")
    clean(page)
    assert fits(page)
    text = page.locator(".pass .mono").text_content()
    assert read(page) == [text]
    page.wait_for_selector(KEPT, state="attached")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator(".pass .who")).to_have_text("KIM MINJI")
    expect(page.locator(".pass")).to_contain_text("Last synchronised 21 May 2020 13:00 Korean Standard Time")
    assert read(page) == [text]
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=2))
    page.reload()
    expect(page.locator(".pass-says.stop")).to_be_visible()
    expect(page.locator(".pass-says.good")).to_be_hidden()
    assert read(page) == []
    page.clock.set_fixed_time(datetime.now(UTC) - timedelta(days=1))
    page.reload()
    expect(page.locator(".pass-says.wait")).to_be_visible()
    assert read(page) == []


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_no_page_of_the_phone_has_a_fault_that_axe_finds(
    language: str, phone: Callable[..., Page], address: str, ready: str
) -> None:
    page = phone(language, bypass_csp=True, color_scheme={"en": "light", "zh-hans": "dark", "ko": "light"}[language])
    for path in ("", "?against=test-before-departure", "pass/", "paper/", "offline/"):
        page.goto(address + path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        clean(page)
        assert fits(page), path
        small = page.evaluate(SMALL)
        assert small == [], (path, small)
