"""Every page answers, to those it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fastchannel.terms.events import Role
from fastchannel.web.navigation import PAGES
from tests.web.scene import Scene

ADDRESSES = {
    "roster": "/travellers/",
    "import": "/travellers/import/",
    "queue": "/queue/",
    "dashboard": "/overview/",
    "journeys": "/journeys/",
    "laboratory": "/laboratory/",
    "checkpoint": "/checkpoint/",
    "site": "/site/",
    "monitor": "/monitoring/",
    "certificates": "/certificates/",
    "agreements": "/agreements/",
    "forecasts": "/forecast/",
}


@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_of_a_role_answers_and_every_other_is_refused(
    role: Role, scene: Scene, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(role)
    for name, address in ADDRESSES.items():
        expected = 200 if name in PAGES[role] or name == "agreements" else 403
        assert client.get(address).status_code == expected, address


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
