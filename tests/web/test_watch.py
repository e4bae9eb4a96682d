"""The page of the watch: never a bare zero, each party's view, and a channel that says why it is shut."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from fastchannel.node import ledger
from fastchannel.node.models import LedgerRecord
from fastchannel.node.overrides import decisions
from fastchannel.terms.events import Finding, Role
from tests.node.test_lanes import db_node
from tests.node.test_watching import ARRIVED, TODAY, today, traveller
from tests.web.scene import said

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_zero_is_told_with_what_it_was_counted_over_and_what_it_leaves_possible(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(3):
        traveller(desk, number)
    page = said(signed_in(Role.SECRETARIAT).get("/watch/"))
    assert "No import found" in page
    assert "0 among 3 travellers" in page
    assert "no more than 64%" in page  # 1 - 0.05 ** (1 / 3), rounded up
    assert "No case among the channel" in page


def test_an_officer_says_what_a_case_is_and_it_awaits_the_other_party(today: Any, desk: Any, signed_in: Any) -> None:
    traveller(desk, 1, finding=Finding.DETECTED)
    ledger.enter_cases()
    [row] = LedgerRecord.objects.all()
    client: Client = signed_in(Role.SECRETARIAT)
    assert "Awaits a signature" in said(client.get("/watch/"))
    sent = {"entry": row.digest, "kind": "imported through the channel", "origin": "KR", "reason": "Sampled on arrival"}
    page = said(client.post("/watch/", sent, follow=True))
    assert "It stands when the other party has signed the same." in page
    assert "Sampled on arrival" in page
    assert "Not signed yet: South Korea" in " ".join(page.split())
    assert client.post("/watch/", {**sent, "kind": "perhaps"}).status_code == 404
    assert "found no entry" in said(client.post("/watch/", {**sent, "entry": "sha256:0"}, follow=True))


def test_a_flight_that_is_shut_says_why(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(5):
        traveller(desk, number, finding=Finding.DETECTED)
    page = said(signed_in(Role.MONITOR).get("/watch/"))
    assert "MU5042" in page
    assert "suspended" in page
    assert "5" in page


@pytest.mark.parametrize(("role", "status"), [(Role.MISSION, 200), (Role.SPONSOR, 403), (Role.CHECKPOINT, 403)])
def test_only_those_whose_day_has_it_open_it(role: Role, status: int, signed_in: Any, today: Any) -> None:
    assert signed_in(role).get("/watch/").status_code == status


def test_a_mission_reads_and_does_not_sign(today: Any, desk: Any, signed_in: Any) -> None:
    traveller(desk, 1, finding=Finding.DETECTED)
    ledger.enter_cases()
    client: Client = signed_in(Role.MISSION)
    assert "Say for this party what it is" not in said(client.get("/watch/"))
    digest = LedgerRecord.objects.get().digest
    assert client.post("/watch/", {"entry": digest, "kind": "local", "origin": ""}).status_code == 404
    assert LedgerRecord.objects.count() == 1


@pytest.mark.parametrize("query", ["since=2020-13-40&until=x", "since=2030-01-01", "since=2020-12-31&until=2020-01-01"])
def test_dates_that_are_none_show_the_last_year(query: str, today: Any, signed_in: Any) -> None:
    page = said(signed_in(Role.SECRETARIAT).get(f"/watch/?{query}"))
    assert TODAY.date().isoformat() in page
    assert ARRIVED < TODAY


def test_the_secretariat_decides_beyond_the_triggers_and_the_other_must_sign(today: Any, desk: Any, signed_in: Any) -> None:
    client: Client = signed_in(Role.SECRETARIAT)
    sent = {
        "agreement": "china-korea",
        "act": "suspend",
        "first": "2020-12-22",
        "until": "",
        "trigger": "",
        "reason": "A variant",
    }
    page = " ".join(said(client.post("/watch/decide/", sent, follow=True)).split())
    assert "It has effect once every party has signed it." in page
    assert "Suspend it" in page
    assert "Not signed yet: South Korea" in page
    other: Client = signed_in(Role.SECRETARIAT, party="KR", username="kr-secretariat")
    [one] = decisions("china-korea")
    other.post("/watch/decide/", {"agreement": "china-korea", "sign": one.decision.digest})
    assert set(decisions("china-korea")[0].signatures) == {"CN", "KR"}
    assert client.post("/watch/decide/", {**sent, "act": "burn"}).status_code == 404
    assert "found no reason" in said(client.post("/watch/decide/", {**sent, "reason": " "}, follow=True))
    assert signed_in(Role.MONITOR).post("/watch/decide/", sent).status_code == 404
