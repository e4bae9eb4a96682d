"""Walks through the main job in a real browser, in each language, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fastchannel.terms.events import Role
from tests.browser.steps import fits
from tests.casework.cases import roster_csv
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
EVERYWHERE = pytest.mark.parametrize(
    ("size", "language"), [("phone", "ko"), ("desktop", "en"), ("phone", "zh-hans"), ("desktop", "ko")]
)


@EVERYWHERE
def test_a_traveller_checks_in_with_one_press(
    size: str, language: str, opened: Callable[..., Page], link: Any, scene: Scene, desk: Any
) -> None:
    page = opened(size, language)
    held = len(desk.journal.events(scene.approved))
    page.goto(link(scene.approved))
    assert page.get_attribute("html", "lang") == language
    assert fits(page)
    assert page.locator(".dots > li").count() == 14
    page.click('button[name="symptoms"][value="no"]')
    page.wait_for_selector(".now .notice.good")
    assert len(desk.journal.events(scene.approved)) == held + 1
    assert page.locator(".dots .dot.today").count() == 0


def test_a_traveller_checks_in_without_scripts(opened: Callable[..., Page], link: Any, scene: Scene, desk: Any) -> None:
    page = opened("phone", "en", java_script_enabled=False)
    held = len(desk.journal.events(scene.approved))
    page.goto(link(scene.approved))
    page.click('button[name="symptoms"][value="no"]')
    page.wait_for_selector(".now .notice.good")
    assert len(desk.journal.events(scene.approved)) == held + 1


@EVERYWHERE
def test_a_sponsor_imports_a_roster(
    size: str, language: str, opened: Callable[..., Page], sign_in: Any, tmp_path: Path, desk: Any
) -> None:
    from fastchannel.node import imports
    from fastchannel.node.models import Import

    file = tmp_path / "roster.csv"
    file.write_bytes(roster_csv(20) + b"\r\n" + roster_csv(1, origin="?").split(b"\r\n")[1])
    page = opened(size, language)
    sign_in(page, Role.SPONSOR)
    page.goto("/travellers/import/")
    page.set_input_files('input[type="file"]', str(file))
    page.check('input[name="duties"]')
    page.click("form[enctype] button")
    page.wait_for_selector(".balance")
    assert fits(page)
    assert [tile.inner_text() for tile in page.locator(".tile b").all()] == ["20", "1", "0"]
    page.click("form button.main")
    page.wait_for_selector("progress")
    imports.process(Import.objects.get().id)
    page.wait_for_selector(".balance", timeout=10_000)  # the page asks by itself
    assert [tile.inner_text() for tile in page.locator(".tile b").all()] == ["20", "1", "0"]


@EVERYWHERE
def test_a_reviewer_decides_with_the_evidence_beside_the_rules(
    size: str, language: str, opened: Callable[..., Page], sign_in: Any, scene: Scene, desk: Any
) -> None:
    page = opened(size, language)
    sign_in(page, Role.REVIEWER)
    page.click(f'a[href="/queue/{scene.sponsored}/"]')
    page.wait_for_selector("#rules")
    assert fits(page)
    page.click("#act-approve summary")
    page.click("#act-approve button")
    page.wait_for_selector(".notices .notice.good")
    assert page.locator("#act-refuse").count() == 1


def test_the_search_filters_the_rows_as_one_types(opened: Callable[..., Page], sign_in: Any, scene: Scene) -> None:
    page = opened("desktop", "en")
    sign_in(page, Role.SPONSOR)
    assert page.locator("tbody tr").count() == 7
    page.fill("#filter-text", "choi")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert "text=choi" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.SECRETARIAT, "/overview/"),
        (Role.REVIEWER, "/journeys/{positive}/"),
        (Role.LABORATORY, "/work/{isolated}/"),
        (Role.CHECKPOINT, "/checkpoint/"),
    ],
)
def test_pages_fit_a_phone_and_every_field_has_a_label(
    scheme: str, role: Role, address: str, opened: Callable[..., Page], sign_in: Any, scene: Scene
) -> None:
    page = opened("phone", "en", color_scheme=scheme)
    sign_in(page, role)
    page.goto(address.format(positive=scene.positive, isolated=scene.isolated))
    assert fits(page)
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(e => !e.labels.length).length"
    )
    assert unlabelled == 0
