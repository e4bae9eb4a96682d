"""What every walk does: at both sizes and in the three languages, to a page of the menu, and out."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EVERYWHERE = pytest.mark.parametrize(("size", "language"), [("phone", "ko"), ("desktop", "en"), ("phone", "zh-hans")])


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways, once the page is there."""
    page.wait_for_load_state()
    found: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return found


def violations(page: Page, *, languages: tuple[str, ...] = ("en",), without: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds in what a walk came to: which rule, where, and what is wrong.

    It takes long, and markup does not differ by language: a walk is looked at in one of its languages. Every page is looked at
    at both sizes and in both schemes by test_accessibility.py.
    """
    if page.get_attribute("html", "lang") not in languages:
        return []
    context: dict[str, Any] = {"exclude": [[one] for one in without]} if without else {}
    found = Axe().run(page, context=context or None, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def go_to(page: Page, address: str) -> None:
    """By the menu, as a user does: its line where the page stands in it, else the whole menu."""
    link = page.locator(f'.menu-line a[href="{address}"]')
    if not (link.count() and link.first.is_visible()):
        page.click(".menu-all > summary")
        link = page.locator(f'.menu-panel a[href="{address}"]')
    link.first.click()
    page.wait_for_load_state()


def sign_out(page: Page) -> None:
    """By the button at the top, or on a phone by that of the menu."""
    buttons = page.locator(".account button")
    if not buttons.locator("visible=true").count():
        page.click(".menu-all > summary")
    buttons.locator("visible=true").first.click()
    page.wait_for_load_state()
