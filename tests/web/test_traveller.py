"""The traveller's page, by its link alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.terms.events import Role
from tests.web import scene as stage
from tests.web.scene import Scene, said


@pytest.fixture
def link(desk: Any) -> Any:
    """The address of a traveller's page."""
    from fastchannel.node import links

    return lambda journey: f"/t/{links.issue(stage.actor(Role.REVIEWER), journey)}/"


def english() -> Client:
    """A client that reads English."""
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def test_the_page_says_what_to_do_now_and_by_when_in_the_places_named_time(scene: Scene, link: Any) -> None:
    page = english().get(link(scene.approved)).content.decode()
    assert "Check in today: do you have symptoms?" in page
    assert "21 May 2020 23:59 Korean Standard Time" in page


def test_two_presses_of_the_same_form_are_one_check_in(scene: Scene, link: Any, desk: Any) -> None:
    client, address = english(), link(scene.approved)
    body = {"symptoms": "no", "day": "2020-05-21", "key": "pressed-twice"}
    held = len(desk.journal.events(scene.approved))
    for _ in range(2):
        assert client.post(f"{address}check-in/", body).status_code == 302
    assert len(desk.journal.events(scene.approved)) == held + 1
    assert "You have checked in today: no symptoms." in client.get(address).content.decode()


def test_symptoms_put_the_journey_on_hold_and_the_page_says_that_an_officer_will_call(scene: Scene, link: Any) -> None:
    client, address = english(), link(scene.ready)
    client.post(f"{address}check-in/", {"symptoms": "yes", "day": "2020-05-21", "key": "k"})
    page = client.get(address).content.decode()
    assert "You reported symptoms today. A health officer will call you." in page
    assert "On hold" in page


def test_there_is_one_dot_for_each_day_and_each_says_itself_in_words(scene: Scene, link: Any) -> None:
    page = english().get(link(scene.approved)).content.decode()
    assert page.count('<span class="dot') - page.count('<li><span class="dot good"></span>') >= 14
    assert "14 May 2020: missed" in page
    assert "20 May 2020: no symptoms" in page


def test_an_appeal_reaches_the_record_and_needs_grounds(scene: Scene, link: Any, desk: Any) -> None:
    client, address = english(), link(scene.positive)
    refused = client.post(f"{address}appeal/", {"against": "test-before-departure", "grounds": "", "key": "a"})
    assert refused.status_code == 422
    body = {"against": "test-before-departure", "grounds": "I had recovered in April.", "key": "b"}
    assert client.post(f"{address}appeal/", body).status_code == 302
    assert "I had recovered in April." in [getattr(event, "grounds", "") for event in desk.journal.events(scene.positive)]


def test_a_positive_traveller_reads_the_reason_and_its_clause(scene: Scene, link: Any) -> None:
    page = english().get(link(scene.positive)).content.decode()
    assert "Detected (positive)" in page
    assert "Clause 4(2) of the agreement" in page


def test_the_paper_version_has_a_line_for_every_day(scene: Scene, link: Any) -> None:
    page = english().get(f"{link(scene.approved)}paper/").content.decode()
    assert page.count("<tr><td><time") == 14
    assert scene.approved in page


def test_the_page_is_in_the_travellers_own_language_until_they_choose(scene: Scene, link: Any) -> None:
    assert '<html lang="ko">' in Client().get(link(scene.approved)).content.decode()


@pytest.mark.parametrize("token", ["x", "e42X-Gza0nAncFqoNJD4a_q6ft5DOsVrShmdQ4EAgSw", "a:b"])
def test_a_link_that_we_did_not_sign_opens_nothing(desk: Any, token: str) -> None:
    answer = english().get(f"/t/{token}/")
    assert answer.status_code == 404
    assert "This link is not valid" in answer.content.decode()


def test_a_link_ends_when_it_expires(scene: Scene, link: Any, hand_clock: Any) -> None:
    address = link(scene.approved)
    hand_clock.instant += timedelta(days=61)
    answer = english().get(address)
    assert answer.status_code == 410
    assert answer["Fastchannel-Link"] == "ended"
    page = said(answer)
    assert "It was good until <time" in page
    assert "20 Jul 2020 12:00 China Standard Time" in page
    assert "Ask your sponsor or the health officer who follows you for a new link." in page
