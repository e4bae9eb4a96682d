"""axe-core finds no violation on any page of any role, in light and dark, on a phone and a desk; the keyboard reaches all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page, expect

from fastchannel.terms.events import Role
from fastchannel.web.engine import engine
from fastchannel.web.navigation import PAGES
from tests.browser.conftest import SIZES
from tests.browser.steps import fits
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
# Pages of one thing, for those who open them. A screen adds its own: (role, address with the scene's travellers).
DETAILS: tuple[tuple[Role, str], ...] = (
    (Role.SPONSOR, "/travellers/apply/"),
    (Role.SPONSOR, "/journeys/{positive}/"),
    (Role.REVIEWER, "/queue/{sponsored}/"),
    (Role.REVIEWER, "/journeys/{ready}/pass/"),
    (Role.REVIEWER, "/agreements/china-korea/5/"),
    (Role.LABORATORY, "/work/{isolated}/"),
    (Role.CHECKPOINT, "/work/{ready}/"),
    (Role.CHECKPOINT, "/journeys/{ready}/certificates/"),
    (Role.SECRETARIAT, "/journeys/{positive}/"),
    (Role.SECRETARIAT, "/forecast/china-korea/5/kr-cn/"),
)
OPEN = ("/login/", "{link}", "{link}paper/", "{ready_link}pass/")
MOST_ROLES = 2  # that look at the same address: what a third would see differs in its menu alone
LANGUAGES = ("en", "zh-hans", "ko")
# Says what is wrong in lines, so that little goes between the browser and the test. What does not depend on size or scheme is
# looked at once for each page.
AGAIN = ("color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block")
RUN = """async (again) => {
  const only = again ? { runOnly: again } : { rules: { "target-size": { enabled: true } } };
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  return found.violations.flatMap((one) => one.nodes.slice(0, 3).map(
    (node) => `${one.id}: ${node.html.slice(0, 160)} — ${(node.failureSummary || "").slice(0, 300)}`));
}"""


def addresses(role: Role, scene: Scene) -> Iterator[str]:
    """Every page of the role: those of its menu, and its pages of one thing."""
    for name in PAGES[role]:
        try:
            yield reverse(f"web:{name}")
        except NoReverseMatch:  # a page that this build does not have
            continue
    yield from (address.format_map(asdict(scene)) for owner, address in DETAILS if owner is role)


def violations(page: Page, address: str, language: str) -> Iterator[str]:
    """What axe finds on the page on a phone and, in the other scheme, on a desk; and whether it fits."""
    light = page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    for size, scheme in (("phone", "light" if light else "dark"), ("desktop", "dark" if light else "light")):
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        where = f"{address} on a {size} in {scheme}, {language}"
        if not fits(page):
            yield f"{where}: sticks out sideways"
        yield from (f"{where}: {fault}" for fault in page.evaluate(RUN, AGAIN if size == "desktop" else None))


def with_axe(opened: Callable[..., Page]) -> Page:
    """A page into which axe is put; our policy would not let it in."""
    page = opened("phone", "en", bypass_csp=True)
    page.add_init_script(Axe().axe_script)
    return page


def look(page: Page, base: str, found: Iterable[str], turn: int) -> Iterator[str]:
    """Goes through the addresses, each in the next language and scheme."""
    for number, address in enumerate(found, turn):
        language = LANGUAGES[number % len(LANGUAGES)]
        page.context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        page.emulate_media(color_scheme="light" if number % 2 else "dark")
        page.goto(address)
        yield from violations(page, address, language)


def test_axe_finds_nothing_on_any_page_of_any_role(
    opened: Callable[..., Page], enter: Any, scene: Scene, live_server: Any
) -> None:
    engine().warm()
    found: list[str] = []
    looked: Counter[str] = Counter()
    for turn, role in enumerate(PAGES):
        page = with_axe(opened)
        enter(page, role)
        fresh = [address for address in addresses(role, scene) if looked[address] < MOST_ROLES]
        found += look(page, live_server.url, fresh, turn)
        looked.update(fresh)
        page.context.close()
    assert found == []


def test_axe_finds_nothing_on_pages_without_an_account(
    opened: Callable[..., Page], link: Any, scene: Scene, live_server: Any
) -> None:
    page = with_axe(opened)
    links = {"link": link(scene.approved), "ready_link": link(scene.ready)}
    assert list(look(page, live_server.url, [address.format_map(links) for address in OPEN], 0)) == []


def test_axe_would_find_a_field_without_its_label_and_text_that_is_too_pale(opened: Callable[..., Page], desk: Any) -> None:
    page = with_axe(opened)
    page.goto("/login/")
    assert page.evaluate(RUN, None) == []
    page.evaluate("document.querySelector('label').remove(); document.querySelector('h1').style.color = '#cccccc'")
    assert {fault.split(":")[0] for fault in page.evaluate(RUN, None)} == {"label", "color-contrast"}


def test_the_keyboard_skips_the_frame_and_opens_and_shuts_the_menu(
    opened: Callable[..., Page], enter: Any, scene: Scene
) -> None:
    page = opened("phone", "en")
    enter(page, Role.REVIEWER)
    page.goto("/queue/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    summary = page.locator(".menu-all summary")
    summary.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".menu-panel")).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.menu-panel') !== null")
    page.keyboard.press("Escape")
    expect(page.locator(".menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SECRETARIAT])
def test_the_tab_key_walks_through_a_page_and_out_of_it(
    role: Role, opened: Callable[..., Page], enter: Any, scene: Scene
) -> None:
    page = opened("desktop", "en")
    enter(page, role)
    page.goto(f"/journeys/{scene.positive}/")
    focusable = "a[href], button:not([disabled]), summary, input:not([type=hidden]), select, textarea, [tabindex='0']"
    most = page.locator(focusable).count() + 1
    for _pressed in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    else:
        pytest.fail(f"the focus is still in the page after {most} presses")


def test_without_scripts_the_menu_opens_and_leads_on(opened: Callable[..., Page], enter: Any, scene: Scene) -> None:
    page = opened("phone", "ko", java_script_enabled=False)
    enter(page, Role.REVIEWER)
    page.goto("/queue/")
    page.click(".menu-all summary")
    page.click('.menu-panel a[href="/agreements/"]')
    expect(page.locator('.menu-line a[aria-current="page"]')).to_have_attribute("href", "/agreements/")
