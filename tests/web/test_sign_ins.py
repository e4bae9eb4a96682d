"""Where an account is signed in: what its holder sees and ends, and what time ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from axes.models import AccessAttempt
from django.conf import settings as live
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.test import Client
from django.utils import timezone

from fastchannel.node import accounts
from fastchannel.node.models import Account, SignIn
from fastchannel.terms.events import Role
from fastchannel.web.devices import device_words
from tests.web import scene as stage
from tests.web.scene import said
from tests.web.test_second_factor import later

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)


@pytest.fixture
def account(desk: Any) -> Account:
    """A reviewer with a password."""
    made: Account = stage.account(Role.REVIEWER, email="min@ministry.example")
    return made


@pytest.fixture
def enter(account: Account) -> Callable[..., Client]:
    """Signs in from a browser at an address."""

    def sign_in(agent: str = DESK, address: str = "192.0.2.7") -> Client:
        client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
        assert client.post("/login/", {"username": "reviewer", "password": stage.PASSWORD}).status_code == 302
        return client

    return sign_in


def test_the_holder_sees_each_device_with_its_address_and_which_one_this_is(enter: Callable[..., Client]) -> None:
    enter(PHONE, "198.51.100.23")
    page = said(enter().get("/account/"))
    assert ("Edge on Windows" in page, "Safari on iPhone" in page) == (True, True)
    assert ("192.0.2.7" in page, "198.51.100.23" in page) == (True, True)
    assert page.count("this one") == 1


def test_one_is_ended_and_then_all_but_this(enter: Callable[..., Client]) -> None:
    phone, tablet, here = enter(PHONE), enter(), enter()
    chosen = SignIn.objects.get(session=phone.session.session_key)
    here.post("/account/sign-ins/end/", {"only": chosen.id})
    assert [one.get("/queue/").status_code for one in (phone, tablet, here)] == [302, 200, 200]
    here.post("/account/sign-ins/end/")
    assert [one.get("/queue/").status_code for one in (phone, tablet, here)] == [302, 302, 200]


def test_nobody_ends_another_accounts_sign_in(enter: Callable[..., Client]) -> None:
    here = enter()
    stage.account(Role.MONITOR)
    other = Client()
    other.post("/login/", {"username": "monitor", "password": stage.PASSWORD})
    found = SignIn.objects.get(session=other.session.session_key)
    here.post("/account/sign-ins/end/", {"only": found.id})
    assert other.get("/monitoring/").status_code == 200


def test_a_sign_in_ends_by_signing_out_and_leaves_the_list(enter: Callable[..., Client]) -> None:
    gone, here = enter(PHONE), enter()
    gone.post("/logout/")
    assert "iPhone" not in said(here.get("/account/"))


@pytest.mark.parametrize(
    ("hours", "step", "open_still"), [(7.9, 7.9, True), (8.1, 8.1, False), (23.9, 3.0, True), (24.1, 3.0, False)]
)
def test_eight_idle_hours_or_a_day_in_all_end_it(
    enter: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, hours: float, step: float, open_still: bool
) -> None:
    client = enter()
    answers = []
    for seen in [step * number for number in range(1, int(hours / step) + 1)] + [hours]:
        with monkeypatch.context() as moved:
            moved.setattr("fastchannel.web.signed_in.time.time", later(seen * 3600))
            answers.append(client.get("/queue/").status_code)
    assert (answers[-1] == 200) is open_still


def test_being_there_is_written_once_a_minute_and_not_at_each_request(
    enter: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter()
    client.get("/account/")
    before = SignIn.objects.get(session=client.session.session_key).seen
    client.get("/account/")
    assert SignIn.objects.get(session=client.session.session_key).seen == before
    monkeypatch.setattr("fastchannel.web.signed_in.time.time", later(61))
    client.get("/account/")
    assert SignIn.objects.get(session=client.session.session_key).seen > before


def test_a_new_password_ends_every_other_sign_in_keeps_this_one_and_is_told_by_mail(
    enter: Callable[..., Client], account: Account
) -> None:
    other, here = enter(PHONE), enter()
    assert here.post("/account/password/", {"new_password1": "a b", "new_password2": "a b"}).status_code == 422
    twice = "five words nobody else joins"
    assert here.post("/account/password/", {"new_password1": twice, "new_password2": "other"}).status_code == 422
    assert here.post("/account/password/", {"new_password1": twice, "new_password2": twice}).status_code == 302
    assert (other.get("/queue/").status_code, here.get("/queue/").status_code) == (302, 200)
    assert said(here.get("/account/")).count("this one") == 1
    assert mail.outbox[-1].subject == "The password of your account was changed"
    account.refresh_from_db()
    assert account.check_password(twice)


def test_closing_an_account_ends_its_sign_ins_in_the_database_too(enter: Callable[..., Client], account: Account) -> None:
    clients = [enter(), enter(PHONE)]
    assert accounts.close(account) == 2
    assert [client.get("/queue/").status_code for client in clients] == [302, 302]
    assert SignIn.objects.filter(ended=None).count() == 0


def test_what_was_over_long_ago_is_forgotten_when_the_holder_signs_in(enter: Callable[..., Client]) -> None:
    enter()
    SignIn.objects.update(seen=timezone.now() - timedelta(days=91))
    enter(PHONE)
    assert SignIn.objects.count() == 1


def test_cookies_are_shut_to_scripts_and_other_sites_and_over_https_to_http(enter: Callable[..., Client]) -> None:
    client = enter()
    client.get("/login/")
    for name in (live.SESSION_COOKIE_NAME, live.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name
    assert client.cookies[live.SESSION_COOKIE_NAME]["max-age"] == 24 * 3600


def test_identifiers_of_accounts_and_sign_ins_are_random(enter: Callable[..., Client]) -> None:
    enter(), enter()
    found = [*Account.objects.values_list("id", flat=True), *SignIn.objects.values_list("id", flat=True)]
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", one) for one in found)
    assert len({one[10:] for one in found}) == len(found)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (DESK, "Edge on Windows"), (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
         "Samsung Internet on Android"),
        ("curl/8.5", "unknown device"), ("", "unknown device"),
    ],
)  # fmt: skip
def test_browsers_have_the_names_that_their_owners_know(agent: str, words: str) -> None:
    assert device_words(agent) == words


@pytest.mark.parametrize(
    ("https", "forwarded", "address"),
    [
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::7", "2001:db8::7"),
        (True, "not an address", "192.0.2.7"),
        (True, "", "192.0.2.7"),
        (False, "203.0.113.9", "192.0.2.7"),
    ],
)
def test_behind_a_proxy_the_address_is_what_the_proxy_added_last(
    account: Account, settings: Any, https: bool, forwarded: str, address: str
) -> None:
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, https=https)
    client = Client(REMOTE_ADDR="192.0.2.7", headers={"x-forwarded-for": forwarded})
    client.post("/login/", {"username": "reviewer", "password": stage.PASSWORD})
    assert SignIn.objects.get().address == address
    client.post("/logout/")
    client.post("/login/", {"username": "reviewer", "password": "wrong"})
    assert AccessAttempt.objects.get().ip_address == address  # what django-axes counts by


@pytest.mark.parametrize("https", [True, False])
def test_behind_https_cookies_are_secure_and_browsers_are_told_to_stay_there(https: bool, place: Path) -> None:
    (place / "secrets").mkdir()
    (place / "secrets" / "secret_key").write_text("s")
    (place / "node.toml").write_text(f'party = "KR"\nhttps = {str(https).lower()}\n')
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN")
    script = f"from fastchannel.node import settings as s; print([getattr(s, name) for name in {names}])"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "FASTCHANNEL_NODE": str(place)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.strip() == str([https, https, 31_536_000 if https else 0, not https])
