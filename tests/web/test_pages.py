"""Every page answers, to those it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fastchannel.node import finding
from fastchannel.terms.events import Role
from fastchannel.web.navigation import PAGES
from tests.web.scene import Scene

ASKED = ("", "?stage=&text=", "?when=all", "?stage=approved", "?text=CHOI")
# What each page may ask of the database, whatever stands on it: two of it are who asks, one or two the log of who read whom.
MOST_QUERIES = {
    "agreements": 3,
    "allocations": 3,
    "break-glass": 5,
    "cases": 4,
    "certificates": 2,
    "chain": 3,
    "checkpoint": 6,
    "dashboard": 9,
    "devices": 5,
    "find": 7,
    "forecasts": 4,
    "import": 5,
    "journeys": 6,
    "laboratory": 7,
    "link": 5,
    "monitor": 12,
    "needs": 4,
    "queue": 9,
    "roster": 10,
    "secretariat": 17,
    "site": 6,
    "tray": 4,
    "trust": 19,
    "watch": 10,
}


@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_of_a_role_answers_and_every_other_is_refused(
    role: Role, scene: Scene, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(role)
    for name in sorted({page for pages in PAGES.values() for page in pages}):
        expected = 200 if name in PAGES[role] or name == "agreements" else 403
        assert client.get(reverse(f"web:{name}")).status_code == expected, name


@pytest.mark.parametrize("role", list(PAGES))
def test_no_page_asks_more_of_the_database_than_it_has_to(
    role: Role, scene: Scene, signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = signed_in(role)
    pages = [*((name, reverse(f"web:{name}")) for name in PAGES[role]), ("find", f"{reverse('web:find')}?text=KIM")]
    for name, address in pages:
        client.get(address)  # figures that are found at times are there then
        with django_assert_max_num_queries(MOST_QUERIES[name]):
            assert client.get(address).status_code == 200, name


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_a_journeys_record_answers_in_every_language(language: str, scene: Scene, signed_in: Callable[..., Client]) -> None:
    client = signed_in(Role.REVIEWER)
    client.cookies["django_language"] = language
    for journey in (scene.applied, scene.ready, scene.positive, scene.isolated, scene.refused):
        for address in (f"/journeys/{journey}/", f"/queue/{journey}/"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.content.decode()


def test_who_should_have_left_days_ago_is_off_the_checkpoints_list_but_found_by_name(
    scene: Scene, signed_in: Any, hand_clock: Any
) -> None:
    client = signed_in(Role.CHECKPOINT)
    rows = [scene.ready in client.get("/checkpoint/").content.decode()]
    hand_clock.forward(days=5)
    rows += [scene.ready in client.get(f"/checkpoint/{search}").content.decode() for search in ("", "?flight=CK101")]
    assert rows == [True, False, True]


def test_journeys_begin_with_today_and_whatever_is_asked_for_is_looked_for_among_all(
    scene: Scene, signed_in: Any, hand_clock: Any
) -> None:
    client = signed_in(Role.REVIEWER)
    hand_clock.forward(days=2)  # everybody has left
    found = {asked: scene.ready in client.get(f"/journeys/{asked}").content.decode() for asked in ASKED}
    assert found == {"": False, "?stage=&text=": False, "?when=all": True, "?stage=approved": True, "?text=CHOI": True}
    assert 'href="?when=all"' in client.get("/journeys/").content.decode()
    assert 'href="?when=all"' not in client.get("/journeys/?stage=approved").content.decode()


def test_a_very_common_name_is_said_to_be_one(scene: Scene, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(Role.MONITOR)
    told = "Very many travellers are called so"
    assert told not in client.get("/find/?text=K").content.decode()
    monkeypatch.setattr(finding, "MOST_FOUND", 1)  # KIM and KANG are two
    page = client.get("/find/?text=K").content.decode()
    assert told in page
    assert "KIM MINJI" in page
