"""A party's signature under a joint decision takes two people of it: on the page, and in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from fastchannel.node.config import AccountsConfig
from fastchannel.node.models import Proposal
from fastchannel.node.overrides import decisions, proposed
from fastchannel.terms.events import Role
from tests.node.test_lanes import db_node
from tests.node.test_watching import today
from tests.web.scene import said

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)
SENT = {"agreement": "china-korea", "act": "suspend", "first": "2020-12-22", "reason": "A variant"}


@pytest.fixture
def pair(today: Any, desk: Any, settings: Any, signed_in: Callable[..., Client]) -> tuple[Client, Client]:
    """Two people of the secretariat, at a node that is no drill's."""
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, accounts=AccountsConfig(second_factor="optional"))
    return signed_in(Role.SECRETARIAT), signed_in(Role.SECRETARIAT, username="second")


def post(client: Client, sent: dict[str, str]) -> str:
    """The page afterwards, in one line."""
    return " ".join(said(client.post("/watch/decide/", sent, follow=True)).split())


def test_one_proposes_without_effect_and_the_other_signs_for_the_party(pair: tuple[Client, Client]) -> None:
    first, second = pair
    page = post(first, SENT)
    assert "Another person of this party must confirm it" in page
    assert "Confirm and sign" not in page
    assert decisions("china-korea") == []
    [(decision, _)] = proposed("china-korea")
    assert "Confirm and sign" in said(second.get("/watch/"))
    post(second, {"agreement": "china-korea", "sign": decision.digest})
    assert set(decisions("china-korea")[0].signatures) == {"CN"}
    assert proposed("china-korea") == []


def test_the_same_person_in_a_second_session_is_refused(pair: tuple[Client, Client]) -> None:
    first, _ = pair
    post(first, SENT)
    again = Client()
    again.cookies = first.cookies
    [(decision, _proposal)] = proposed("china-korea")
    page = post(again, {"agreement": "china-korea", "sign": decision.digest})
    assert "You proposed this. Another person of your party must confirm it." in page
    assert decisions("china-korea") == []


def test_the_database_refuses_a_proposal_that_its_own_proposer_confirmed(pair: tuple[Client, Client]) -> None:
    post(pair[0], SENT)
    held = Proposal.objects.get()
    with pytest.raises(IntegrityError, match="proposal_four_eyes"), transaction.atomic():
        Proposal.objects.update(settled=held.proposed, settled_by=held.proposed_by, done=True)


def test_what_the_agreement_does_not_know_is_not_even_proposed(pair: tuple[Client, Client]) -> None:
    assert "found no reason" in post(pair[0], {**SENT, "reason": " "})
    assert not Proposal.objects.exists()
