"""The secretariat's day: numbers that open their rows, how near the rules are, and who is under way before one signs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.node import ledger, overrides
from fastchannel.node.models import LedgerRecord
from fastchannel.terms.events import Finding, Role
from fastchannel.watch.ledger.records import Classification, Kind
from tests.node.test_lanes import db_node
from tests.node.test_watching import TEXT, TODAY, decided, secretariat, today, traveller
from tests.web.scene import said

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_every_number_opens_as_many_rows(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(7):
        traveller(desk, number, arrived=number % 2 == 0)
    client: Client = signed_in(Role.SECRETARIAT)
    page = said(client.get("/secretariat/"))
    assert "7 journeys are under way. Nothing is suspended." in page
    stations = re.findall(r'href="(/journeys/\?stage=[^"]+)"><b>([\d,]+)</b>', page)
    assert sum(int(count) for _, count in stations) == 7
    for address, count in stations:
        rows = said(client.get(address)).count('<th scope="row">')
        assert rows == int(count), address


def test_positives_are_told_by_where_they_were_found_and_open_their_rows(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(3):
        traveller(desk, number, finding=Finding.DETECTED if number else Finding.NOT_DETECTED)
    client: Client = signed_in(Role.SECRETARIAT)
    found = re.findall(r'href="(/secretariat/positives/(\w+)/[^"]+)"><b>(\d+)</b>', said(client.get("/secretariat/")))
    assert [(step, count) for _, step, count in found] == [
        ("before_departure", "0"), ("on_arrival", "2"), ("in_quarantine", "0"), ("in_follow_up", "0"),
    ]  # fmt: skip
    rows = said(client.get(found[1][0]))
    assert rows.count('<th scope="row">') == 2
    assert "Found positive on arrival" in rows
    assert client.get("/secretariat/positives/elsewhere/").status_code == 404


def test_the_days_since_an_import_are_those_of_the_joint_ledger(today: Any, desk: Any, signed_in: Any) -> None:
    client: Client = signed_in(Role.SECRETARIAT)
    assert said(client.get("/secretariat/")).count("none in the joint ledger") == 3  # China, South Korea, Singapore
    traveller(desk, 1, finding=Finding.DETECTED)
    ledger.enter_cases()
    page = said(client.get("/secretariat/"))
    assert page.count("none in the joint ledger") == 3  # nobody has said that it is an import
    assert "Cases that await a signature" in page
    view = Classification(kind=Kind.CHANNEL, origin="KR")
    ledger.classify(secretariat("CN"), LedgerRecord.objects.get().digest, view, "found on arrival")
    today.instant = TODAY + timedelta(days=9)
    page = said(client.get("/secretariat/"))
    assert page.count("none in the joint ledger") == 2
    assert "<b>11</b>" in page


def test_how_near_a_rule_is_stands_beside_its_limit(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(4):
        traveller(desk, number, finding=Finding.DETECTED)
    page = " ".join(said(signed_in(Role.SECRETARIAT).get("/secretariat/")).split())
    assert 'value="80"' in page
    assert "80 % of the way" in page
    traveller(desk, 5, finding=Finding.DETECTED)
    page = " ".join(said(signed_in(Role.SECRETARIAT, username="two").get("/secretariat/")).split())
    assert "At its limit" in page
    assert "1 suspension or pause holds." in page


def test_who_is_under_way_is_shown_before_anybody_signs(today: Any, desk: Any, signed_in: Any) -> None:
    for number in range(5):
        traveller(desk, number, arrived=number > 1)
    client: Client = signed_in(Role.SECRETARIAT)
    page = " ".join(said(client.get("/watch/decide/?agreement=china-korea&act=suspend")).split())
    assert "Held: they have not departed: 2" in page
    assert "Under way: they complete their journey: 3" in page
    assert "N 0" in page
    other = " ".join(said(client.get("/watch/decide/?agreement=china-korea&act=suspend&route=cn-kr")).split())
    assert "Held: they have not departed: 0" in other
    assert "Held: they have" not in said(client.get("/watch/decide/?agreement=china-korea&act=open"))
    for query in ("agreement=none", "agreement="):
        assert client.get(f"/watch/decide/?{query}").status_code == 404
    odd = client.get("/watch/decide/?agreement=china-korea&act=burn&first=x&until=9999-99-99&route=x&trigger=x")
    assert odd.status_code == 200


def test_what_the_other_party_signed_waits_on_the_first_page(today: Any, desk: Any, signed_in: Any) -> None:
    overrides.sign(secretariat("KR"), decided(), TEXT)
    client: Client = signed_in(Role.SECRETARIAT)
    page = said(client.get("/secretariat/"))
    assert "Decisions that await this party’s signature" in page
    [one] = overrides.decisions(TEXT.id)
    client.post("/watch/decide/", {"agreement": TEXT.id, "sign": one.decision.digest})
    assert "Decisions that await this party’s signature" not in said(client.get("/secretariat/"))
    assert client.post("/watch/decide/", {"agreement": TEXT.id, "sign": "sha256:0"}).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.MISSION, 200), (Role.MONITOR, 403), (Role.SPONSOR, 403)])
def test_only_the_secretariat_and_the_missions_open_it(role: Role, status: int, signed_in: Any, today: Any) -> None:
    assert signed_in(role).get("/secretariat/").status_code == status


def test_the_queries_do_not_grow_with_the_travellers(
    today: Any, desk: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        traveller(desk, number, finding=Finding.DETECTED if number % 3 == 0 else Finding.NOT_DETECTED)
    client: Client = signed_in(Role.SECRETARIAT)
    client.get("/secretariat/")
    with django_assert_max_num_queries(32):
        client.get("/secretariat/")
