"""Accounts by commands: what they print, what they refuse, and that what they made opens a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from django.test import Client

from fastchannel.cli import accounts as command
from fastchannel.cli.main import build
from fastchannel.node.config import AccountsConfig, OidcConfig
from fastchannel.node.models import Account
from tests.engine import DIRECTORY


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command of the group over the tests' own node."""
    monkeypatch.setattr(command, "_node", lambda _directory: nullcontext())
    runner = CliRunner()
    return lambda *arguments: runner.invoke(build(), ["accounts", *arguments, "--node", str(DIRECTORY)])


def test_an_account_is_made_with_a_link_that_works_once(run: Callable[..., Result]) -> None:
    done = run("create", "min", "--role", "reviewer", "--jurisdiction", "CN-TJ", "--agency", "customs")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("http://127.0.0.1:8800/invitation/")
    path = done.stdout.strip().removeprefix("http://127.0.0.1:8800")
    assert Client().get(path).status_code == 200
    account = Account.objects.get(username="min")
    assert (account.actor.jurisdiction, account.actor.agency, account.party) == (frozenset({"CN-TJ"}), "customs", "CN")
    assert not account.has_usable_password()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--role", "sponsor"), "a sponsor acts for one: --organisation NAME"),
        (("--role", "reviewer", "--jurisdiction", "KR-11"), "found KR-11; expected regions of CN"),
        (("--role", "reviewer", "--jurisdiction", "Tianjin"), "found Tianjin; expected regions of CN"),
        (("--role", "reviewer", "--email", "min"), "email: found min; expected an address"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(
    run: Callable[..., Result], arguments: tuple[str, ...], expected: str
) -> None:
    done = run("create", "min", *arguments)
    assert expected in str(done.exception)
    assert not Account.objects.exists()


def test_a_name_that_is_taken_and_one_that_is_unknown_are_told(run: Callable[..., Result]) -> None:
    assert run("create", "min", "--role", "site").exit_code == 0
    assert "min: an account of that name is there already" in str(run("create", "min", "--role", "site").exception)
    assert "nobody: no such account" in str(run("close", "nobody").exception)


def test_the_list_tells_who_has_no_second_step_and_who_is_closed(run: Callable[..., Result]) -> None:
    run("create", "min", "--role", "site")
    run("create", "lei", "--role", "sponsor", "--organisation", "hanbit")
    assert json.loads(run("close", "lei", "--json").stdout) == {"username": "lei", "open": False, "signed_out": 0}
    listed = json.loads(run("list", "--json").stdout)
    assert [(one["username"], one["second_step"], one["open"]) for one in listed] == [("lei", [], False), ("min", [], True)]
    assert "hanbit" in run("list").stdout
    assert "lei: the account is closed" in str(run("reset-factor", "lei").exception)


def test_a_reset_prints_a_new_link_and_the_earlier_one_is_worthless(run: Callable[..., Result]) -> None:
    first = json.loads(run("create", "min", "--role", "site", "--json").stdout)["invitation"]
    second = json.loads(run("reset-factor", "min", "--json").stdout)["invitation"]
    found = [Client().get(one.removeprefix("http://127.0.0.1:8800")).status_code for one in (first, second)]
    assert found == [404, 200]


def test_an_identity_opens_one_account_of_a_ministry_that_is_known(run: Callable[..., Result], settings: Any) -> None:
    ministry = OidcConfig(title="Ministry", issuer="https://id.example", client_id="fc")
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, accounts=AccountsConfig(oidc={"health": ministry}))
    for name in ("min", "lei"):
        run("create", name, "--role", "site")
    assert "expected one of: health" in str(run("bind-oidc", "min", "--provider", "tax", "--subject", "7").exception)
    assert run("bind-oidc", "min", "--provider", "health", "--subject", "7").exit_code == 0
    again = run("bind-oidc", "lei", "--provider", "health", "--subject", "7")
    assert "this identity opens an account already" in str(again.exception)
