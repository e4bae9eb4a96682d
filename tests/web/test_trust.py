"""Trust: what is not settled, which texts are in force, what goes when, which import balances, and wrong notices taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.node import erasure, recalls
from fastchannel.node.models import Import, Journey, Recall
from fastchannel.terms.events import Finding, Role
from tests.node.test_lanes import db_node
from tests.node.test_watching import TODAY, today, traveller
from tests.web.scene import said

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_says_what_rests_on_what(today: Any, desk: Any, signed_in: Any) -> None:
    traveller(desk, 1)
    page = " ".join(said(signed_in(Role.SECRETARIAT).get("/trust/")).split())
    assert "Every case of the joint ledger is settled. Every import balances." in page
    assert desk.texts.versions("china-korea")[5].digest in page
    assert "Not ended" in page


def test_what_is_erased_when_follows_the_agreement(today: Any, desk: Any, signed_in: Any, settings: Any) -> None:
    for number in range(4):
        traveller(desk, number)
    text = desk.texts.versions("china-korea")[5]
    kept = erasure.retention(text)
    for number, ago in enumerate((kept, kept - timedelta(days=5), kept - timedelta(days=20))):
        Journey.objects.filter(id=f"j-{number}").update(ended=TODAY - ago)
    [plan] = erasure.planned().value
    assert (plan.due, plan.within, plan.later, plan.open, plan.erased) == (1, (2, 3, 3), 0, 1, 0)
    assert plan.kept == kept
    assert "1 erasure is due." in said(signed_in(Role.SECRETARIAT).get("/trust/"))


def test_an_import_that_does_not_balance_is_told(today: Any, desk: Any, signed_in: Any) -> None:
    stored = {
        "account": "a", "actor": {}, "organisation": "s", "agreement": "china-korea", "filename": "roster.csv", "digest": "",
        "file": b"", "received": TODAY,
    }  # fmt: skip
    Import.objects.create(**stored, total=10, done=10, accepted=8, rejected=1, duplicate=1, finished=TODAY)
    assert "Every import balances." in said(signed_in(Role.SECRETARIAT).get("/trust/"))
    Import.objects.create(**stored, total=10, done=4, accepted=4, finished=TODAY)  # said to be finished, and six are missing
    page = said(signed_in(Role.SECRETARIAT, username="two").get("/trust/"))
    assert "1 import does not balance." in page
    assert "Does not balance" in page


def test_a_recall_shows_whom_it_concerns_before_and_what_became_of_each_after(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(3):
        traveller(desk, number, finding=Finding.DETECTED)
    client: Client = signed_in(Role.SECRETARIAT)
    chosen = {"kind": "resulted", "said_by": "cn-lab", "since": "2020-12-20", "until": "2020-12-20"}
    page = said(client.get("/trust/recall/", chosen))
    assert "3 entries · 3 journeys" in page
    assert "N 1" in page
    [key] = re.findall(r'name="key" value="(\w+)"', page)
    sent = {**chosen, "key": key, "reason": "Contaminated reagent"}
    answer = client.post("/trust/recall/", sent)
    [one] = Recall.objects.all()
    assert answer.headers["Location"] == f"/trust/recall/{one.id}/"
    assert "3 waiting" in said(client.get(f"/trust/recall/{one.id}/"))
    client.post("/trust/recall/", sent)
    assert Recall.objects.count() == 1
    recalls.process(one.id)
    page = said(client.get(f"/trust/recall/{one.id}/"))
    assert "3 entries = 3 taken back + 0 corrected before + 0 not taken back + 0 waiting" in page
    assert "Contaminated reagent" in said(client.get("/trust/"))


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "burnt"},
        {"kind": "denied", "since": "x", "until": "y"},
        {"kind": "denied", "since": "2020-12-02", "until": "2020-12-01"},
    ],
)
def test_what_cannot_be_recalled_is_told_at_its_field(given: dict[str, str], today: Any, signed_in: Any) -> None:
    answer = signed_in(Role.SECRETARIAT).get("/trust/recall/", given)
    assert answer.status_code == 422
    assert 'class="errors"' in said(answer)


@pytest.mark.parametrize(("role", "status"), [(Role.MONITOR, 200), (Role.MISSION, 200), (Role.SPONSOR, 403), (Role.SITE, 403)])
def test_only_officers_open_it(role: Role, status: int, today: Any, signed_in: Any) -> None:
    client: Client = signed_in(role)
    assert client.get("/trust/").status_code == status
    assert client.get("/trust/recall/").status_code == status


def test_the_readers_of_a_record_stand_on_its_page(today: Any, desk: Any, signed_in: Any) -> None:
    journey = traveller(desk, 1)
    client: Client = signed_in(Role.SECRETARIAT)
    answer = client.get("/trust/readers/", {"journey": journey})
    assert answer.headers["Location"] == f"/journeys/{journey}/#access"
    assert client.get("/trust/readers/").headers["Location"] == "/trust/"
