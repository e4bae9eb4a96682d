"""The page "Link": how the lanes stand, what people were told, and that a node alone says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fastchannel.exchange.machine import BEHIND
from fastchannel.node.models import Event, Lane, LaneAlarm, LaneEntry
from fastchannel.terms import events as ev
from fastchannel.terms.events import Role
from tests.casework.test_peers import application
from tests.casework.test_peers import made as by_korea
from tests.exchange.parties import AT, CORRIDOR
from tests.node.test_applying import Told
from tests.node.test_lanes import OURS, THEIRS, Pair, db_node, ours, pair
from tests.node.test_link import at_home
from tests.web import scene
from tests.web.scene import said

__all__ = ["at_home", "db_node", "pair"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secretariat(signed_in: Any) -> Client:
    client: Client = signed_in(Role.SECRETARIAT)
    return client


def test_a_node_that_works_alone_says_so(secretariat: Client, settings: Any, tmp_path: Path) -> None:
    settings.NODE_DIRECTORY = tmp_path
    assert "This node works alone" in said(secretariat.get("/link/"))


def test_each_lane_shows_its_entries_and_who_cosigned_when(at_home: Any, pair: Pair, secretariat: Client) -> None:
    pair.node.append(OURS, [ours(number) for number in range(3)])
    pair.tick(seconds=1)
    pair.write(2)
    pair.node.append(OURS, [ours(3)])
    page = said(secretariat.get("/link/"))
    assert OURS in page
    assert THEIRS in page
    assert "Not all acknowledged" in page
    assert re.search(r"South Korea\s*<time[^>]*>21 May 2020", page)
    assert "Up to date" in page


def test_a_stopped_lane_and_its_alarm_are_told_and_put_away(at_home: Any, pair: Pair, secretariat: Client) -> None:
    Lane.objects.filter(origin=OURS).update(stopped=BEHIND)
    LaneAlarm.objects.create(lane=OURS, peer="KR", kind=BEHIND, said="KR cosigned 5", at=AT)
    page = said(secretariat.get("/link/"))
    assert "Behind its mirror" in page
    assert "An old backup was put back here" in page
    assert "The alarms are put away." in said(secretariat.post("/link/", follow=True))
    assert "An old backup was put back here" not in said(secretariat.get("/link/"))


@pytest.mark.parametrize(("role", "status"), [(Role.MISSION, 200), (Role.SPONSOR, 403), (Role.SITE, 403)])
def test_only_those_whose_day_has_it_open_it(role: Role, status: int, signed_in: Any, at_home: Any) -> None:
    assert signed_in(role).get("/link/").status_code == status


@pytest.mark.parametrize("language", ["zh-hans", "ko"])
def test_the_page_speaks_every_language(language: str, secretariat: Client, at_home: Any, pair: Pair) -> None:
    secretariat.cookies["django_language"] = language
    answer = secretariat.get("/link/")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.content.decode()


def told_of_a_case(pair: Pair, clock: Any) -> Told:
    """KR's node told of a journey and then of a positive."""
    clock.instant = AT
    made = Told(pair, clock)
    made.events(f"{CORRIDOR}/KR/CN/bulk", application(at=AT, recorded=AT))
    made.events(f"{CORRIDOR}/KR/CN/urgent", by_korea(ev.Confirmed, "x", at=AT, recorded=AT))
    made.events(f"{CORRIDOR}/KR/CN/bulk", by_korea(ev.Confirmed, "foreign", at=AT, recorded=AT, party="CN"))
    made.apply()
    return made


def test_a_notice_is_read_and_answered_on_the_page(at_home: Any, pair: Pair, secretariat: Client, hand_clock: Any) -> None:
    told_of_a_case(pair, hand_clock)
    page = said(secretariat.get("/link/"))
    assert re.search(r"Confirmed[^<]*</strong>.*?Delivered", page, re.DOTALL)
    assert "from South Korea" in page
    assert "to be read by" in page
    assert "to be answered by" in page
    assert "is told that it was read" in said(secretariat.post("/link/", {"entry": "x"}, follow=True))
    assert "The answer is on its way." in said(secretariat.post("/link/", {"entry": "x", "said": "Two contacts"}, follow=True))
    page = said(secretariat.get("/link/"))
    assert "“Two contacts”" in page
    assert "to be read by" not in page
    assert secretariat.post("/link/", {"entry": "nothing"}).status_code == 404


def test_a_notice_that_nobody_read_in_time_is_overdue(at_home: Any, pair: Pair, secretariat: Client, hand_clock: Any) -> None:
    told_of_a_case(pair, hand_clock)
    hand_clock.forward(hours=24, seconds=1)
    assert "Overdue" in said(secretariat.get("/link/"))


def test_what_is_held_is_shown_with_the_reason(at_home: Any, pair: Pair, secretariat: Client, hand_clock: Any) -> None:
    told_of_a_case(pair, hand_clock)
    page = said(secretariat.get("/link/"))
    assert "Held: no part of the record" in page
    assert "It speaks for another party." in page
    assert "party: found CN, expected KR" in page


def test_a_journey_that_was_told_names_who_keeps_the_name(
    at_home: Any, pair: Pair, secretariat: Client, hand_clock: Any
) -> None:
    told_of_a_case(pair, hand_clock)
    assert "Kept by the node of South Korea" in said(secretariat.get("/journeys/j-1/"))


def test_a_case_is_confirmed_after_every_field_of_its_notice_was_shown(
    at_home: Any, desk: Any, hand_clock: Any, signed_in: Any
) -> None:
    hand_clock.instant = scene.APPLIED
    journey = scene.apply(desk, 1)
    monitor: Client = signed_in(Role.MONITOR)
    address = f"/journeys/{journey}/steps/confirm/?page=journey"
    sent = {"key": "k-1", "case": "CN-2020-17"}
    page = said(monitor.post(address, sent))
    assert "This notice goes to the other party" in page
    assert "CN-2020-17" in page
    assert "LEE JUNHO" not in page.partition("<dl")[2].partition("</dl>")[0]
    assert not Event.objects.filter(kind="confirmed").exists()
    assert not LaneEntry.objects.filter(lane__origin__endswith="urgent").exists()
    assert monitor.post(address, {**sent, "seen": "1"}).status_code == 302
    assert Event.objects.filter(kind="confirmed").count() == 1
    assert LaneEntry.objects.filter(lane__origin__endswith="CN/KR/urgent").count() == 1


def test_a_node_that_works_alone_shows_no_notice_first(settings: Any, tmp_path: Path, desk: Any, signed_in: Any) -> None:
    settings.NODE_DIRECTORY = tmp_path
    journey = scene.apply(desk, 1)
    answer = signed_in(Role.MONITOR).post(f"/journeys/{journey}/steps/confirm/?page=journey", {"key": "k", "case": "C"})
    assert answer.status_code == 302
    assert Event.objects.filter(kind="confirmed").count() == 1
