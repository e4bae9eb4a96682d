"""What every walk does: at both sizes and in the three languages, to a page of the menu, and out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

EVERYWHERE = pytest.mark.parametrize(("size", "language"), [("phone", "ko"), ("desktop", "en"), ("phone", "zh-hans")])


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways, once the page is there."""
    page.wait_for_load_state()
    found: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return found


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
