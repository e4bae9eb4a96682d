"""Travellers' links and machines' keys."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from fastchannel.casework import applications
from fastchannel.casework.permissions import Denial
from fastchannel.node import accounts, keys, links
from fastchannel.node.models import Account, ApiKey, TravellerLink
from fastchannel.terms.events import Role
from tests.casework import cases
from tests.engine import HandClock


@pytest.fixture
def journey(desk: Any) -> str:
    receipt = applications.apply(desk, cases.SPONSOR, **cases.application())
    assert not isinstance(receipt, Denial)
    return receipt.journey


def test_a_link_opens_its_one_journey_until_it_expires(desk: Any, journey: str, hand_clock: HandClock) -> None:
    token = links.issue(cases.SPONSOR, journey, days=30)
    assert isinstance(token, str)
    actor = links.open_link(token)
    assert actor is not None
    assert (actor.role, actor.journey) == (Role.TRAVELLER, journey)
    hand_clock.forward(days=30, seconds=-1)
    assert links.open_link(token) is not None
    hand_clock.forward(seconds=1)
    assert links.open_link(token) is None


def test_a_link_is_stored_as_a_digest_only_and_can_be_revoked(desk: Any, journey: str) -> None:
    token = links.issue(cases.SPONSOR, journey)
    assert isinstance(token, str)
    assert token.split(":")[0] not in str(list(TravellerLink.objects.values()))
    assert links.revoke(journey) == 1
    assert links.open_link(token) is None


@pytest.mark.parametrize("change", [lambda token: token + "x", lambda token: "x" + token, lambda token: "", lambda token: ":"])
def test_a_changed_link_opens_nothing_and_asks_the_database_nothing(
    desk: Any, journey: str, change: Any, django_assert_num_queries: Any
) -> None:
    token = links.issue(cases.SPONSOR, journey)
    assert isinstance(token, str)
    with django_assert_num_queries(0):
        assert links.open_link(change(token)) is None


def test_a_link_serves_its_one_purpose_and_an_invitation_of_staff_is_none(desk: Any, journey: str) -> None:
    token = links.issue(cases.SPONSOR, journey)
    assert isinstance(token, str)
    officer = Account.objects.create(username="officer", role="reviewer", party="CN")
    assert links.open_link(accounts.invite(officer)) is None
    assert accounts.invitation(token) is None
    TravellerLink.objects.update(purpose="another")
    assert links.open_link(token) is None


def test_another_sponsor_cannot_make_a_link(desk: Any, journey: str) -> None:
    assert isinstance(links.issue(cases.OTHER_SPONSOR, journey), Denial)
    assert not TravellerLink.objects.exists()


def test_a_key_acts_for_its_laboratory_until_revoked(db: None) -> None:
    key, secret = keys.issue(name="Lab", role=Role.LABORATORY, party="CN", organisation="lab-1")
    assert secret not in str(list(ApiKey.objects.values()))
    actor = keys.actor_of(secret)
    assert actor is not None
    assert (actor.role, actor.organisation) == (Role.LABORATORY, "lab-1")
    assert keys.revoke(key.id)
    assert keys.actor_of(secret) is None
    assert keys.actor_of("fc_guess") is None


@pytest.mark.parametrize("fields", [{"role": "king"}, {"role": "sponsor", "organisation": ""}])
def test_the_database_refuses_accounts_that_make_no_sense(db: None, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(username="x", password="x", party="CN", **fields)


def test_after_ten_wrong_passwords_even_the_right_one_waits(db: None) -> None:
    Account.objects.create(username="officer", password="right", role="reviewer", party="CN")
    request = RequestFactory().post("/login/", REMOTE_ADDR="10.0.0.9")
    assert authenticate(request, username="officer", password="right") is not None
    for _ in range(10):
        assert authenticate(request, username="officer", password="wrong") is None
    assert authenticate(request, username="officer", password="right") is None
