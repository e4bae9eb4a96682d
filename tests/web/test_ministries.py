"""Signing in by way of a ministry's server: who was bound gets in, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from fastchannel.node import accounts
from fastchannel.node.config import AccountsConfig, OidcConfig
from fastchannel.node.models import Account
from fastchannel.terms.events import Role
from tests.web import ministry as other
from tests.web import scene as stage
from tests.web.scene import said

REFUSED = "Your ministry's sign-in did not open an account here."


@pytest.fixture
def ministry(desk: Any, settings: Any) -> Iterator[other.Ministry]:
    """The ministry's server, and this node's settings for it."""
    with other.serving() as server:
        _configure(settings, server.issuer, "optional")
        yield server


def _configure(settings: Any, issuer: str, second_factor: Any) -> None:
    one = OidcConfig(title="Ministry of Health", issuer=issuer, client_id=other.CLIENT, client_secret=other.SECRET)
    settings.CONFIG = msgspec.structs.replace(
        settings.CONFIG, accounts=AccountsConfig(second_factor=second_factor, oidc={"health": one})
    )
    app = {
        "provider_id": "health", "name": one.title, "client_id": one.client_id, "secret": other.SECRET,
        "settings": {"server_url": one.issuer, "fetch_userinfo": False, "uid_field": "sub"},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


@pytest.fixture
def bound(ministry: other.Ministry) -> Account:
    """An account that the person at the ministry's desk opens."""
    made: Account = stage.account(Role.REVIEWER)
    accounts.bind(made, "health", ministry.subject)
    return made


def come(client: Client, ministry: other.Ministry) -> Any:
    """There and back."""
    there = client.get("/oidc/health/login/")
    assert there.status_code == 302
    assert there["Location"].startswith(f"{ministry.issuer}/authorize?")
    return client.get(ministry.authorize(there["Location"]))


def test_who_was_bound_gets_in(ministry: other.Ministry, bound: Account) -> None:
    client = Client()
    assert "Ministry of Health" in said(client.get("/login/"))
    assert come(client, ministry)["Location"] == "/queue/"
    assert client.get("/queue/").status_code == 200
    assert "Ministry of Health" in said(client.get("/account/"))


def test_who_was_not_bound_gets_no_account_and_is_told_whom_to_ask(ministry: other.Ministry, bound: Account) -> None:
    ministry.subject = "officer-8"
    client = Client()
    answer = come(client, ministry)
    assert (answer.status_code, REFUSED in said(answer)) == (403, True)
    assert (Account.objects.count(), SocialAccount.objects.count()) == (1, 1)
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_told_the_same(ministry: other.Ministry, bound: Account) -> None:
    accounts.close(bound)
    client = Client()
    answer = come(client, ministry)
    assert (answer.status_code, REFUSED in said(answer)) == (403, True)
    assert "_auth_user_id" not in client.session


def test_a_token_for_another_client_or_from_another_issuer_opens_nothing(ministry: other.Ministry, bound: Account) -> None:
    ministry.audience = "another-service"
    assert come(Client(), ministry).status_code == 403
    ministry.audience = other.CLIENT
    client = Client()
    back = ministry.authorize(client.get("/oidc/health/login/")["Location"])
    ministry.issuer = "https://id.elsewhere.example"
    assert client.get(back).status_code == 403


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(ministry: other.Ministry, bound: Account) -> None:
    back = ministry.authorize(Client().get("/oidc/health/login/")["Location"])
    stranger = Client()
    assert stranger.get(back).status_code == 403
    assert "_auth_user_id" not in stranger.session


def test_nobody_binds_an_identity_from_inside(ministry: other.Ministry, signed_in: Any) -> None:
    client = signed_in(Role.MONITOR)
    assert client.get("/oidc/health/login/?process=connect").status_code == 404
    come(client, ministry)
    assert not SocialAccount.objects.exists()


def test_our_own_second_step_follows_the_ministrys(ministry: other.Ministry, bound: Account, settings: Any) -> None:
    _configure(settings, ministry.issuer, "required")
    client = Client()
    come(client, ministry)
    assert client.get("/queue/")["Location"] == "/account/"


def test_a_ministry_that_does_not_answer_is_told_and_an_unknown_one_is_404(
    desk: Any, settings: Any, ministry: other.Ministry
) -> None:
    assert Client().get("/oidc/tax/login/").status_code == 404
    _configure(settings, "http://127.0.0.1:9", "optional")
    answer = Client().get("/oidc/health/login/")
    assert (answer.status_code, "does not answer" in said(answer)) == (502, True)


@pytest.mark.parametrize(
    "path", ["/signup/", "/accounts/signup/", "/accounts/email/", "/accounts/password/reset/", "/accounts/", "/email/", "/mfa/"]
)
def test_none_of_the_librarys_own_pages_is_there(desk: Any, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_an_issuer_without_https_is_no_issuer() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"issuer"):
        msgspec.convert({"title": "M", "issuer": "http://id.example", "client_id": "x"}, OidcConfig)


def test_an_address_that_an_account_and_the_ministry_share_binds_nothing(ministry: other.Ministry) -> None:
    accounts.create("min", role=Role.SITE, email="officer-7@health.example")
    assert come(Client(), ministry).status_code == 403
