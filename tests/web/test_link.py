"""The page "Link": how the lanes stand, what people were told, and that a node alone says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fastchannel.exchange.machine import BEHIND
from fastchannel.node.models import Lane, LaneAlarm
from fastchannel.terms.events import Role
from tests.exchange.parties import AT
from tests.node.test_lanes import OURS, THEIRS, Pair, db_node, ours, pair
from tests.node.test_link import at_home
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
