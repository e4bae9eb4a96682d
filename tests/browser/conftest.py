"""Chromium on pages of a live node. Where Chromium is not installed, these tests are skipped with the reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from fastchannel.terms.events import Role
from tests.kept import played
from tests.web import scene as stage

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SIZES = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1440, height=900)}
SIZES["picture"] = ViewportSize(width=1200, height=750)
# Playwright's own loop runs in this thread; Django's tests use the database from it all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A rejected form answers 422 by design; a request that a newer one replaced (hx-sync) ends in these two, and a failed
# one says `htmx:sendError` or `htmx:responseError` besides.
EXPECTED = ("422", "htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}: apt-get install chromium fonts-noto-cjk, or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Opens a page of the node at a size, in a language, with or without scripts; console errors fail the test."""
    contexts = []
    faults: list[str] = []

    def open_page(size: str = "desktop", language: str = "en", **options: Any) -> Page:
        context = chromium.new_context(
            viewport=SIZES[size], base_url=live_server.url, reduced_motion="reduce", **{"color_scheme": "light", **options}
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not any(word in fault for word in EXPECTED)] == []


@pytest.fixture
def scene(transactional_db: None, desk: Any, hand_clock: Any) -> stage.Scene:
    """Travellers at every stage."""
    return played(stage.play, desk, hand_clock)


@pytest.fixture
def sign_in(scene: stage.Scene) -> Callable[[Page, Role], None]:
    """Signs a page in as somebody in a role, by the form."""

    def enter(page: Page, role: Role) -> None:
        stage.account(role)
        page.goto("/login/")
        page.fill("#id_username", role.value)
        page.fill("#id_password", stage.PASSWORD)
        page.click("main button")
        page.wait_for_load_state()

    return enter


@pytest.fixture
def link(desk: Any, scene: stage.Scene) -> Callable[[str], str]:
    """The address of a traveller's page."""

    def issue(journey: str) -> str:
        from fastchannel.node import links

        return f"/t/{links.issue(stage.actor(Role.REVIEWER), journey)}/"

    return issue


@pytest.fixture
def enter(scene: stage.Scene, live_server: Any) -> Callable[[Page, Role], None]:
    """Gives a page the session of somebody in a role, without the form."""

    def give(page: Page, role: Role) -> None:
        from django.conf import settings
        from django.test import Client

        from fastchannel.node.models import Account

        client = Client()
        account = Account.objects.filter(username=role.value).first() or stage.account(role)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])

    return give


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps a picture of the whole page where PICTURES names a folder, to be looked at; else nothing."""

    def take(page: Page, name: str) -> None:
        folder = os.environ.get("PICTURES")
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    return take
