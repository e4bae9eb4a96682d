"""First tasks on the sponsor's and the reviewer's screens, as somebody does them who has read nothing; no violation by axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fastchannel.node import imports, sweep
from fastchannel.node.models import Import, Journey
from fastchannel.terms.events import Role
from tests.browser.steps import EVERYWHERE, fits, violations
from tests.casework.cases import roster_csv
from tests.web import scene as stage
from tests.web.scene import Scene

pytestmark = pytest.mark.browser


def sound(page: Page) -> None:
    """Nothing sticks out sideways, and axe finds nothing."""
    assert fits(page)
    assert violations(page) == []


@EVERYWHERE
def test_a_sponsor_pastes_rows_sees_what_would_happen_and_finds_what_is_missing(
    size: str, language: str, opened: Callable[..., Page], sign_in: Any, desk: Any
) -> None:
    sweep.wake_due()
    page = opened(size, language, bypass_csp=True)
    sign_in(page, Role.SPONSOR)
    sound(page)
    assert page.locator("tbody tr").count() == 7
    assert page.locator("tbody tr").first.locator(".missing li, .step").count() > 7
    page.click('.page-head-row a[href="/travellers/import/"]')
    sound(page)
    rows = (
        roster_csv(3).decode().replace(",", "\t")
        + "\r\n"
        + roster_csv(1, origin="?").decode().split("\r\n")[1].replace(",", "\t")
    )
    page.fill('textarea[name="rows"]', rows)
    page.check('input[name="duties"]')
    page.click("form[enctype] button")
    page.wait_for_selector(".balance")
    sound(page)
    assert [tile.inner_text() for tile in page.locator(".tile b").all()] == ["3", "1", "0"]
    page.click("form button.main")
    page.wait_for_selector("progress")
    sound(page)
    imports.process(Import.objects.get().id)
    page.wait_for_selector(".balance", timeout=10_000)
    page.click("a.button.main")
    page.wait_for_selector(".matrix")
    assert page.locator("tbody tr").count() == 10


@EVERYWHERE
def test_a_reviewer_approves_several_clean_ones_and_refuses_one_with_a_reason(
    size: str, language: str, opened: Callable[..., Page], sign_in: Any, scene: Scene, desk: Any, hand_clock: Any
) -> None:
    hand_clock.instant = stage.APPLIED + timedelta(hours=1)
    late = [stage.apply(desk, number, departure=stage.DEPARTURE + timedelta(days=number)) for number in (7, 8, 9)]
    page = opened(size, language, bypass_csp=True)
    sign_in(page, Role.REVIEWER)
    sound(page)
    page.check("[data-all]")
    expect(page.locator("[data-count]")).to_have_text("(4)")
    page.uncheck(f'input[name="row"][value^="{late[2]}"]')
    page.click(".several button")
    page.wait_for_selector("main [role=status]")
    sound(page)
    assert page.locator("tbody .badge.good").count() == 3
    assert set(Journey.objects.filter(id__in=late).values_list("id", "stage")) == {
        (late[0], "approved"), (late[1], "approved"), (late[2], "sponsored"),
    }  # fmt: skip
    page.click("main a.button.main")
    page.click(f'a[href="/queue/{late[2]}/"]')
    page.wait_for_selector(".beside")
    sound(page)
    page.click("#act-refuse summary")
    page.locator('#act-refuse input[name="grounds"]').first.check()
    sound(page)
    page.click("#act-refuse button")
    page.wait_for_selector(".notices .notice.good")
    assert Journey.objects.get(id=late[2]).stage == "refused"


def test_keys_walk_the_queue_and_an_application_and_do_nothing_in_a_field(
    opened: Callable[..., Page], sign_in: Any, scene: Scene, desk: Any, hand_clock: Any
) -> None:
    hand_clock.instant = stage.APPLIED + timedelta(hours=1)
    page = opened("desktop", "en")
    sign_in(page, Role.REVIEWER)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"/queue/{scene.sponsored}/"
    page.keyboard.press("x")
    expect(page.locator(f'input[value^="{scene.sponsored}"]')).to_be_checked()
    page.focus("#filter-text")
    page.keyboard.type("jx")
    assert page.input_value("#filter-text") == "jx"
    expect(page.locator("tbody tr")).to_have_count(0)
    page.goto(f"/queue/{scene.sponsored}/")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.closest('details').id") == "act-approve"
    page.keyboard.press("Enter")
    page.wait_for_selector(".notices .notice.good")
    assert Journey.objects.get(id=scene.sponsored).stage == "approved"
    page.keyboard.press("u")
    page.wait_for_url("**/queue/")
    page.click(".shortcuts summary")
    page.uncheck("[data-shortcuts]")
    page.locator("body").press("j")
    assert page.locator("tr.here").count() == 0
