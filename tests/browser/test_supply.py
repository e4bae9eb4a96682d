"""First tasks on the screens of supply: a sponsor states a need, the secretariat gives places, both read the chain map."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import FloatRect, Page, expect

from fastchannel.terms.events import Role
from tests.browser.steps import EVERYWHERE, fits, go_to, violations
from tests.casework.batches import ARRIVALS
from tests.web import batch as played
from tests.web import scene as stage

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES")  # a folder: what each screen looks like is kept there


@pytest.fixture
def enter(transactional_db: None, desk: Any) -> Callable[[Page, Role], None]:
    """Signs a page in, by the form."""

    def sign_in(page: Page, role: Role) -> None:
        stage.account(role)
        page.goto("/login/")
        page.fill("#id_username", role.value)
        page.fill("#id_password", stage.PASSWORD)
        page.click("main button")
        page.wait_for_load_state()

    return sign_in


def looks_right(page: Page, name: str) -> None:
    """Nothing sticks out sideways, everything has a label and a contrast, and axe finds nothing."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    assert fits(page), name
    languages = ("zh-hans",) if name.endswith("dark") else ("en",)
    assert violations(page, languages=languages, without=(".notices",)) == [], name  # the frame's own list, on every page


def drag(page: Page, start: FloatRect | None, end: FloatRect | None) -> None:
    """By the mouse, in steps: a browser begins a drag only once the mouse has moved."""
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + 26, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 80, steps=8)
    page.mouse.up()


def opened_by(opened: Callable[..., Page], size: str, language: str, **options: Any) -> Page:
    return opened(size, language, bypass_csp=True, **options)  # axe is put into the page


@EVERYWHERE
def test_a_sponsor_states_a_need(
    size: str, language: str, opened: Callable[..., Page], enter: Any, transactional_db: None, desk: Any
) -> None:
    from fastchannel.node.models import Need

    page = opened_by(opened, size, language)
    enter(page, Role.SPONSOR)
    go_to(page, "/needs/")
    page.click("main a.button.main")
    page.select_option("#id_route", index=0)
    page.click("form.sheet button")
    page.wait_for_selector("#id_site")
    looks_right(page, f"need-form-{size}-{language}")
    sent = played.form()
    for name in ("site", "city", "stops", "claimed_per_day", "until", "team", "earliest", "latest"):
        page.fill(f"#id_{name}", "" if name == "team" else sent[name])
    page.select_option("#id_region", sent["region"])
    page.click("form.stack > div button")
    expect(page.locator("#id_team_error")).to_be_visible()
    page.fill("#id_team", sent["team"])
    page.click("form.stack > div button")
    page.wait_for_selector(".notices .notice.good")
    looks_right(page, f"need-{size}-{language}")
    assert Need.objects.get().people == 3
    page.goto("/needs/")
    looks_right(page, f"needs-{size}-{language}")


@EVERYWHERE
def test_the_secretariat_gives_places_decides_one_by_hand_and_publishes(
    size: str, language: str, opened: Callable[..., Page], enter: Any, transactional_db: None, desk: Any
) -> None:
    from fastchannel.node import allocations
    from fastchannel.node.models import Batch, Need

    for number in range(len(played.TEAMS)):
        played.state(number)
    page = opened_by(opened, size, language)
    enter(page, Role.SECRETARIAT)
    go_to(page, "/places/")
    page.click("main a.button.main")
    page.select_option("#id_route", index=0)
    page.click("form.sheet button")
    page.wait_for_selector("#id_first_day")
    sent = played.plan_form(**{"houses-0-nights": ""})
    for name, value in sent.items():
        if name not in ("key", "reserves-0-of") and not name.endswith("_FORMS"):
            page.fill(f"#id_{name}", value)
    page.select_option("#id_reserves-0-of", sent["reserves-0-of"])
    looks_right(page, f"batch-form-{size}-{language}")
    page.click("form.stack > div:last-child button")
    page.wait_for_selector("#allocation .notice.wait")
    Batch.objects.update(arrivals=msgspec.json.encode(ARRIVALS))  # as the forecast's job would
    allocations.solve(Batch.objects.get().id)
    page.wait_for_selector("#board", timeout=10_000)  # the page asks by itself
    looks_right(page, f"board-{size}-{language}")
    card = page.locator('[data-column="none"] .board-card').first
    need = card.get_attribute("data-need")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    card.locator("select").select_option(index=0)
    card.locator("textarea").fill("Flood relief")
    looks_right(page, f"board-move-{size}-{language}")
    card.locator("button").click()
    page.wait_for_selector("#overrides .quote")
    assert page.locator(f'[data-column="none"] [data-need="{need}"]').count() == 0
    looks_right(page, f"board-decided-{size}-{language}")
    page.click('form[action$="/publish/"] button')
    page.wait_for_selector("#audits")
    looks_right(page, f"board-published-{size}-{language}")
    assert Need.objects.get(id=need).granted


def test_a_card_is_dragged_to_another_flight_and_a_reason_is_asked(
    opened: Callable[..., Page], enter: Any, transactional_db: None, desk: Any, hand_clock: Any
) -> None:
    scene = played.play(desk, hand_clock)
    page = opened_by(opened, "desktop", "en")
    enter(page, Role.SECRETARIAT)
    page.goto(f"/places/{scene.batch}/")
    card = page.locator('[data-column="CK101"] .board-card').first
    need = card.get_attribute("data-need")
    drag(page, card.bounding_box(), page.locator('[data-column="CK103"]').bounding_box())
    moved = page.locator(f"#card-{need}")
    expect(moved.locator("textarea")).to_be_focused()
    assert (moved.locator("select").input_value() or "").startswith("CK103|")
    moved.locator("textarea").fill("The crew is needed a day later.")
    moved.locator("button").click()
    expect(page.locator(f'[data-column="CK103"] #card-{need}')).to_be_visible()


def test_a_team_is_moved_without_scripts(
    opened: Callable[..., Page], enter: Any, transactional_db: None, desk: Any, hand_clock: Any
) -> None:
    from fastchannel.node.models import PlaceOverride

    scene = played.play(desk, hand_clock)
    page = opened("phone", "en", java_script_enabled=False)
    enter(page, Role.SECRETARIAT)
    page.goto(f"/places/{scene.batch}/")
    card = page.locator(".board-card").first
    card.locator("summary").click()
    card.locator("select").select_option("none")
    card.locator("textarea").fill("The site is closed.")
    card.locator("button").click()
    page.wait_for_selector("#overrides .quote")
    assert PlaceOverride.objects.get().kind == "no place"


@pytest.mark.parametrize(("size", "language", "scheme"), [("phone", "zh-hans", "dark"), ("desktop", "en", "light")])
def test_an_industry_is_chosen_on_the_chain_map(
    size: str, language: str, scheme: str, opened: Callable[..., Page], enter: Any, transactional_db: None, desk: Any
) -> None:
    played.load_table()
    suffix = "-dark" if scheme == "dark" else ""
    page = opened_by(opened, size, language, color_scheme=scheme)
    enter(page, Role.SECRETARIAT)
    go_to(page, "/chain/")
    page.wait_for_selector(".chain-picture")
    looks_right(page, f"chain-{size}-{language}{suffix}")
    page.locator(".chain-picture a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#industry")).to_have_value("R.B")
    looks_right(page, f"chain-chosen-{size}-{language}{suffix}")
