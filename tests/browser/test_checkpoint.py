"""A checkpoint's officer at a node with a link: scans, sees one colour, records; adds a device. Nobody reads instructions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.mrz.writing import write_mrz
from fastchannel.terms.events import Role
from tests.browser.steps import fits, go_to, violations
from tests.web.scene import Scene

pytestmark = pytest.mark.browser
EVERYWHERE = pytest.mark.parametrize(
    ("size", "language", "word", "reason"),
    [
        ("phone", "ko", "red", "closed"),
        ("desktop", "en", "green", "clear"),
        ("phone", "zh-hans", "amber", "already-admitted"),
        ("desktop", "ko", "red", "ask-officer"),
    ],
)
NUMBERS = {"clear": "M12345673", "closed": "M12345676", "already-admitted": "M12345675", "ask-officer": "M12345674"}


@pytest.fixture(autouse=True)
def _node(settings: Any, tmp_path: Path) -> None:
    settings.NODE_DIRECTORY = tmp_path


def zone(number: str) -> str:
    return write_mrz(
        Mrz(
            format="TD3", kind="P", state="KOR", family="CHOI", given="DOYUN", number=number, nationality="KOR",
            birth="1985-03-02", sex="F", expires=date(2029, 1, 1),
        )
    )  # fmt: skip


@EVERYWHERE
def test_a_scanner_types_a_passport_and_the_screen_has_one_colour(
    size: str, language: str, word: str, reason: str, opened: Callable[..., Page], sign_in: Any, scene: Scene
) -> None:
    page = opened(size, language, bypass_csp=True)
    sign_in(page, Role.CHECKPOINT)
    assert page.url.endswith("/checkpoint/")
    assert (fits(page), violations(page)) == (True, [])
    page.select_option("#scan-place", "CN-SH")
    page.focus("#scan-text")
    page.keyboard.type(zone(NUMBERS[reason]) + "\n")  # as a scanner does: no button is pressed
    page.wait_for_selector(f".verdict.{word}")
    assert page.locator(".verdict .mono").inner_text() == reason
    assert page.locator(".verdict h1").inner_text().strip()
    assert page.locator(".verdict").bounding_box()["height"] >= 400  # type: ignore[index]
    assert (fits(page), violations(page, languages=(language,))) == (True, [])  # each word has its colour
    page.click("[data-next]")
    page.wait_for_selector(".page-head")
    assert page.evaluate("document.activeElement.id") == "scan-text"


def test_it_works_without_scripts(opened: Callable[..., Page], sign_in: Any, scene: Scene) -> None:
    page = opened("phone", "en", java_script_enabled=False)
    sign_in(page, Role.CHECKPOINT)
    page.fill("#scan-text", zone(NUMBERS["closed"]))
    page.click("form.scan button.main")
    page.wait_for_selector(".verdict.red")
    page.click(".verdict-acts a:last-child")
    page.wait_for_url("**/work/**")


@pytest.mark.parametrize(("size", "language"), [("phone", "ko"), ("desktop", "en"), ("phone", "zh-hans")])
def test_an_officer_adds_a_device_and_revokes_it(
    size: str, language: str, opened: Callable[..., Page], sign_in: Any, scene: Scene, hand_clock: Any
) -> None:
    from tests.web.device import FakeDevice

    page = opened(size, language, bypass_csp=True, color_scheme="dark" if language == "ko" else "light")
    sign_in(page, Role.CHECKPOINT)
    go_to(page, "/devices/")
    page.wait_for_selector("#post-place")
    page.select_option("#post-place", "CN-SH")
    page.click("form[aria-labelledby=add] button.main")
    code = page.wait_for_selector(".enrolment-code")
    assert code is not None
    assert (fits(page), violations(page)) == (True, [])
    device = FakeDevice(hand_clock)
    assert device.enrol(code.inner_text(), "Lane 3").status_code == 201
    first, second = device.entry(journey=scene.approved), device.entry(journey=scene.approved)
    device.sync([first, second])
    page.goto("/devices/")
    assert page.locator("#doubles").count() == 1
    assert (fits(page), violations(page)) == (True, [])
    page.click("details.revoke summary")
    page.fill("details.revoke input[name=reason]", "Lost")
    page.click("details.revoke form button")
    page.wait_for_selector(".notices .notice.good")
    page.goto("/devices/")
    assert page.locator("details.revoke").count() == 0
    assert (fits(page), violations(page)) == (True, [])
