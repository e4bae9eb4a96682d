"""Accounts of staff: the first sign-in, the second step, what is open without it, and what is counted against guessing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from fastchannel.node import accounts
from fastchannel.node.config import AccountsConfig
from fastchannel.node.models import Account, Invitation
from fastchannel.terms.events import Role
from tests.web import scene as stage
from tests.web.codes import code
from tests.web.scene import said

NEW = "four very ordinary words"


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)


@pytest.fixture
def required(desk: Any, settings: Any) -> None:
    """The node as it is outside drills."""
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, accounts=AccountsConfig())


@pytest.fixture
def invited(required: None) -> tuple[Account, str]:
    """A new account with an address, and the path of its invitation."""
    account = accounts.create("zhang", role=Role.REVIEWER, name="ZHANG Min", email="zhang@ministry.example")
    return account, f"/invitation/{accounts.invite(account)}/"


@pytest.fixture
def enrolled(invited: tuple[Account, str]) -> tuple[Account, str, list[str], Client]:
    """The same with an authenticator app: account, its key, recovery codes, and the client that set it up."""
    account, path = invited
    client = Client()
    client.post(path, {"new_password1": NEW, "new_password2": NEW})
    secret = secret_in(client.get("/account/app/"))
    answer = client.post("/account/app/", {"code": code(secret)})
    assert answer["Location"] == "/account/recovery-codes/"
    codes = re.findall(r"<li><code>([0-9 ]+)</code>", said(client.get("/account/recovery-codes/")))
    return account, secret, [one.replace(" ", "") for one in codes], client


@pytest.fixture
def password_given(enrolled: tuple[Account, str, list[str], Client]) -> Client:
    """Another browser that has sent the right password."""
    client = Client()
    answer = client.post("/login/", {"username": "zhang", "password": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/login/second-step/")
    return client


def secret_in(page: Any) -> str:
    """The key that the page shows for typing."""
    found = re.search(r'<code class="mono breakable">([A-Z2-7 ]+)</code>', said(page))
    assert found
    return found[1].replace(" ", "")


def test_the_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # 12345678901234567890
    assert [code(secret, now=moment) for moment in (59, 1_111_111_109, 2_000_000_000)] == ["287082", "081804", "279037"]


def test_a_first_sign_in_sets_the_password_then_a_second_step_then_the_day_begins(
    enrolled: tuple[Account, str, list[str], Client],
) -> None:
    account, _secret, codes, client = enrolled
    assert client.get("/queue/").status_code == 200
    assert len(set(codes)) == 10
    assert client.get("/account/recovery-codes/")["Location"] == "/account/"  # shown once
    account.refresh_from_db()
    assert account.check_password(NEW)


def test_looking_at_an_invitation_does_not_use_it_up_and_sending_it_does(invited: tuple[Account, str]) -> None:
    _account, path = invited
    assert [Client().get(path).status_code for _ in range(2)] == [200, 200]
    assert Client().post(path, {"new_password1": "short", "new_password2": "short"}).status_code == 422
    assert Client().post(path, {"new_password1": NEW, "new_password2": NEW}).status_code == 302
    assert Client().get(path).status_code == 404
    assert Client().post(path, {"new_password1": NEW, "new_password2": NEW}).status_code == 404


def test_an_invitation_opens_until_it_expires_and_a_newer_one_makes_it_worthless(invited: tuple[Account, str]) -> None:
    account, path = invited
    newer = f"/invitation/{accounts.invite(account)}/"
    assert (Client().get(path).status_code, Client().get(newer).status_code) == (404, 200)
    Invitation.objects.filter(used=None).update(expires="2020-01-01T00:00:00Z")
    assert Client().get(newer).status_code == 404


def test_an_invitation_is_stored_as_a_digest_and_mailed_with_nothing_but_itself(invited: tuple[Account, str]) -> None:
    _account, path = invited
    token = path.split("/")[2]
    assert token.split(":")[0] not in str(list(Invitation.objects.values()))
    (letter,) = mail.outbox
    assert letter.to == ["zhang@ministry.example"]
    assert path in letter.body


@pytest.mark.parametrize("change", [lambda token: token + "x", lambda token: "x" + token, lambda token: ":"])
def test_a_changed_invitation_asks_the_database_nothing(
    invited: tuple[Account, str], change: Callable[[str], str], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert accounts.invitation(change(invited[1].split("/")[2])) is None


@pytest.mark.parametrize("path", ["/queue/", "/journeys/", "/agreements/", "/find/", "/account/password/", "/"])
def test_without_a_second_step_only_setting_one_up_is_open(invited: tuple[Account, str], path: str) -> None:
    client = Client()
    client.post(invited[1], {"new_password1": NEW, "new_password2": NEW})
    assert client.get(path)["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert "Set up a second step now." in said(client.get("/account/"))


def test_without_a_second_step_the_api_and_htmx_are_shut_too(invited: tuple[Account, str]) -> None:
    client = Client()
    client.post(invited[1], {"new_password1": NEW, "new_password2": NEW})
    answer = client.get("/api/v1/queue")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json; charset=utf-8")
    assert client.get("/queue/", headers={"hx-request": "true"})["HX-Redirect"] == "/account/"


@pytest.mark.parametrize("role", accounts.STAFF)
def test_the_second_step_is_asked_of_every_role(required: None, signed_in: Any, role: Role) -> None:
    assert signed_in(role).get("/agreements/")["Location"] == "/account/"


def test_a_session_from_before_the_factor_opens_nothing(enrolled: tuple[Account, str, list[str], Client]) -> None:
    account, *_ = enrolled
    account.refresh_from_db()
    stolen = Client()
    stolen.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert stolen.get("/queue/")["Location"] == "/login/"
    assert stolen.get("/queue/")["Location"].startswith("/login/?next")


def test_a_drill_asks_for_none_and_says_so_before_anybody_signs_in(desk: Any, signed_in: Any) -> None:
    assert "This node is set up for drills." in said(Client().get("/login/"))
    assert signed_in(Role.REVIEWER).get("/queue/").status_code == 200


def test_outside_drills_the_page_to_sign_in_says_nothing_of_drills(required: None) -> None:
    assert "drills" not in said(Client().get("/login/"))


def test_the_password_alone_signs_nobody_in(password_given: Client) -> None:
    assert password_given.get("/queue/")["Location"].startswith("/login/")
    assert "_auth_user_id" not in password_given.session


def test_a_code_opens_once_and_a_recovery_code_opens_once(
    enrolled: tuple[Account, str, list[str], Client], password_given: Client
) -> None:
    _account, secret, codes, _ = enrolled
    typed = code(secret)
    assert password_given.post("/login/second-step/", {"code": typed})["Location"] == "/queue/"
    for shown, opens in ((typed, False), (codes[0], True), (codes[0], False), (codes[1], True)):
        client = Client()
        client.post("/login/", {"username": "zhang", "password": NEW})
        answer = client.post("/login/second-step/", {"code": shown})
        assert (answer.status_code == 302) is opens, shown


def test_the_key_of_the_session_is_a_new_one_after_signing_in(
    enrolled: tuple[Account, str, list[str], Client], password_given: Client
) -> None:
    before = password_given.session.session_key
    password_given.post("/login/second-step/", {"code": code(enrolled[1])})
    assert password_given.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_ten_wrong_codes_lock_the_name_even_for_the_right_one(
    enrolled: tuple[Account, str, list[str], Client], password_given: Client
) -> None:
    answers = [password_given.post("/login/second-step/", {"code": "000000"}).status_code for _ in range(10)]
    assert answers == [200] * 9 + [429]
    assert password_given.post("/login/second-step/", {"code": code(enrolled[1])}).status_code == 429
    assert Client().post("/login/", {"username": "zhang", "password": NEW}).status_code == 429


def test_a_closed_account_is_out_at_once_and_its_second_step_opens_nothing(
    enrolled: tuple[Account, str, list[str], Client], password_given: Client
) -> None:
    account, secret, _codes, client = enrolled
    assert accounts.close(account) == 1
    assert client.get("/queue/")["Location"].startswith("/login/")
    answer = password_given.post("/login/second-step/", {"code": code(secret)})
    assert answer["Location"] == "/login/"
    assert "_auth_user_id" not in password_given.session


def test_a_reset_takes_factor_password_and_sessions_and_makes_a_new_invitation(
    enrolled: tuple[Account, str, list[str], Client],
) -> None:
    account, _secret, _codes, client = enrolled
    token = accounts.reset(account)
    assert client.get("/queue/")["Location"].startswith("/login/")
    assert Client().post("/login/", {"username": "zhang", "password": NEW}).status_code == 200
    assert not Authenticator.objects.filter(user=account).exists()
    again = Client()
    again.post(f"/invitation/{token}/", {"new_password1": NEW, "new_password2": NEW})
    assert again.get("/queue/")["Location"] == "/account/"


def test_the_only_second_step_cannot_be_removed(enrolled: tuple[Account, str, list[str], Client]) -> None:
    account, _secret, _codes, client = enrolled
    answer = client.post("/account/app/remove/", follow=True)
    assert "This is your only second step" in said(answer)
    assert Authenticator.objects.filter(user=account, type="totp").exists()


def test_where_it_is_optional_the_app_can_be_removed_and_the_holder_is_told_by_mail(
    enrolled: tuple[Account, str, list[str], Client], settings: Any
) -> None:
    account, _secret, _codes, client = enrolled
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, accounts=AccountsConfig(second_factor="optional"))
    client.post("/account/app/remove/")
    assert not Authenticator.objects.filter(user=account).exists()  # the recovery codes went with it
    assert mail.outbox[-1].subject == "The authenticator app was removed from your account"


@pytest.mark.parametrize("path", ["/account/app/remove/", "/account/recovery-codes/", "/account/password/"])
def test_what_changes_an_account_asks_once_more_who_one_is(
    enrolled: tuple[Account, str, list[str], Client], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _account, _secret, codes, client = enrolled
    monkeypatch.setattr("fastchannel.web.proof.time.time", later(301))
    answer = client.post(path)
    assert answer["Location"] == "/account/prove/?next=%2Faccount%2F"
    assert client.post("/account/prove/", {"code": "123123123"}).status_code == 200
    assert client.post("/account/prove/", {"code": codes[0], "next": "//elsewhere.example/"})["Location"] == "/account/"


def test_the_secrets_of_factors_are_sealed_in_the_database(enrolled: tuple[Account, str, list[str], Client]) -> None:
    _account, secret, _codes, _ = enrolled
    held = Authenticator.objects.get(type="totp")
    assert secret not in str(held.data)
    assert held.wrap().validate_code(code(secret, steps=1))


def test_an_unknown_name_costs_as_much_hashing_as_a_known_one_and_reads_the_same(required: None, hashings: list[str]) -> None:
    stage.account(Role.REVIEWER)
    stage.account(Role.MONITOR, is_active=False)
    accounts.create("invited", role=Role.SITE)
    pages, costs = set(), set()
    for name in ("reviewer", "monitor", "invited", "nobody"):
        hashings.clear()
        page = said(Client().post("/login/", {"username": name, "password": "wrong"}))
        costs.add(len(hashings))
        pages.add(re.sub(r'value="[^"]*"|X-CSRFToken[^>]*', "", page))
    assert costs == {1}
    assert len(pages) == 1


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that a password is hashed."""
    done: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoding(self: Any, *args: Any) -> str:
        done.append("encode")
        return str(encode(self, *args))

    def verifying(self: Any, *args: Any) -> bool:
        done.append("verify")
        return bool(verify(self, *args))

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoding)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    return done


def later(seconds: float) -> Callable[[], float]:
    """The host's time, so much later."""
    real = time.time
    return lambda: real() + seconds
