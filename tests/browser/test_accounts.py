"""Staff get into their accounts as first-time users do: with an invitation, an app, a passkey; on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from playwright.sync_api import Page, expect

from fastchannel.node import accounts
from fastchannel.node.config import AccountsConfig
from fastchannel.terms.events import Role
from tests.browser.steps import fits, sign_out, violations
from tests.web.codes import code

pytestmark = pytest.mark.browser
NEW = "four very ordinary words"


@pytest.fixture(autouse=True)
def required(transactional_db: None, desk: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The node as it is outside drills."""
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, accounts=AccountsConfig())


@pytest.fixture
def path() -> str:
    """An invitation's path."""
    return f"/invitation/{accounts.invite(accounts.create('zhang', role=Role.REVIEWER, name='ZHANG Min'))}/"


def looked_at(page: Page) -> None:
    """Nothing sticks out, and axe finds nothing."""
    assert fits(page)
    assert violations(page) == []


def choose_password(page: Page, path: str) -> None:
    """The first of the two steps."""
    page.goto(path)
    page.fill("#id_new_password1", NEW)
    page.fill("#id_new_password2", NEW)
    page.click("main button.main")
    page.wait_for_url("**/account/")


def sign_in(page: Page) -> None:
    """Name and password."""
    page.goto("/login/")
    page.fill("#id_username", "zhang")
    page.fill("#id_password", NEW)
    page.click("main button.main")


@pytest.mark.parametrize(("size", "language"), [("phone", "ko"), ("desktop", "en"), ("phone", "zh-hans")])
def test_an_invited_officer_sets_up_an_app_and_signs_in_with_it(
    size: str, language: str, opened: Callable[..., Page], path: str
) -> None:
    page = opened(size, language, bypass_csp=True)
    page.goto(path)
    looked_at(page)
    choose_password(page, path)
    looked_at(page)
    page.click('a[href="/account/app/"]')
    looked_at(page)
    page.click("main summary")
    secret = page.inner_text("code.mono").replace(" ", "")
    page.fill("#id_code", code(secret))
    page.click("main button.main")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    looked_at(page)
    page.click("main a.button.main")
    page.wait_for_url("**/queue/")
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/second-step/")
    looked_at(page)
    page.fill("#id_code", code(secret, steps=1))
    page.click("main button.main")
    page.wait_for_url("**/queue/")
    page.goto("/account/")
    assert page.locator(".factors .badge.accent").count() == 1
    looked_at(page)


def authenticator(page: Page) -> Any:
    """A device of the browser's own that makes passkeys."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = line.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return line, made["authenticatorId"]


def test_a_passkey_is_set_up_and_opens_the_account_under_our_own_policy(opened: Callable[..., Page], path: str) -> None:
    page = opened("phone", "en")
    line, device = authenticator(page)
    choose_password(page, path)
    page.click('a[href="/account/passkeys/"]')
    page.fill("#id_name", "My telephone")
    page.click("main button.main")
    page.wait_for_url("**/recovery-codes/")
    page.click("main a.button.main")
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/second-step/")
    line.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.click("main button.main")
    page.wait_for_url("**/queue/")
    page.goto("/account/")
    expect(page.get_by_text("My telephone")).to_be_visible()


def test_a_passkey_that_is_not_shown_says_so_and_the_code_still_works(opened: Callable[..., Page], path: str) -> None:
    page = opened("phone", "en")
    line, device = authenticator(page)
    choose_password(page, path)
    page.click('a[href="/account/passkeys/"]')
    page.click("main button.main")
    page.wait_for_url("**/recovery-codes/")
    recovery = page.locator(".codes li").first.inner_text().replace(" ", "")
    page.click("main a.button.main")
    sign_out(page)
    line.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    sign_in(page)
    page.wait_for_url("**/second-step/")
    page.click("main button.main")
    expect(page.locator('[data-when="stopped"]')).to_be_visible()
    page.fill("#id_code", recovery)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/queue/")


def test_the_script_of_passkeys_evaluates_and_loads_nothing() -> None:
    web = Path(__file__).resolve().parents[2] / "src/fastchannel/web"
    text = (web / "static/web/screens/passkey.js").read_text(encoding="utf-8")
    assert not [word for word in ("eval(", "innerHTML", "http://", "https://", "import(") if word in text]
