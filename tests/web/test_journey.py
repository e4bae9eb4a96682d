"""One journey's record, and the steps that officers take on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fastchannel.terms.events import Role
from tests.web import scene as stage
from tests.web.scene import Scene


def test_a_reviewer_approves_and_the_greyed_button_then_says_why_not(scene: Scene, signed_in: Any) -> None:
    client = signed_in(Role.REVIEWER)
    answer = client.post(f"/journeys/{scene.sponsored}/steps/approve/?page=review", {"key": "k"})
    assert (answer.status_code, answer["Location"]) == (302, f"/queue/{scene.sponsored}/")
    assert "Approved" in client.get(f"/queue/{scene.sponsored}/").content.decode()
    late = client.get(f"/queue/{scene.isolated}/").content.decode()
    assert "is not possible at this stage" in late


def test_refusing_without_a_reason_keeps_what_was_entered_and_records_nothing(scene: Scene, signed_in: Any, desk: Any) -> None:
    held = desk.journal.events(scene.sponsored)
    answer = signed_in(Role.REVIEWER).post(
        f"/journeys/{scene.sponsored}/steps/refuse/?page=review", {"reason": " ", "key": "k"}
    )
    assert answer.status_code == 422
    assert desk.journal.events(scene.sponsored) == held


def test_a_corrected_entry_is_struck_but_stays(scene: Scene, signed_in: Any, desk: Any) -> None:
    result = next(event for event in desk.journal.events(scene.positive) if getattr(event, "finding", None))
    client = signed_in(Role.REVIEWER)
    body = {
        "event": result.id,
        "how": "finding",
        "right_finding": "not detected",
        "reason": "Two samples were swapped.",
        "key": "k",
    }
    assert client.post(f"/journeys/{scene.positive}/steps/correct/?page=journey", body).status_code == 302
    page = client.get(f"/journeys/{scene.positive}/").content.decode()
    assert '<s class="struck-text">Nucleic acid test (PCR): Detected (positive)</s>' in page
    assert "Two samples were swapped." in page
    assert "May proceed" in page


def test_the_record_can_be_read_as_it_was_known_on_a_past_day(scene: Scene, signed_in: Any) -> None:
    client = signed_in(Role.REVIEWER)
    past = client.get(f"/journeys/{scene.positive}/?known=2020-05-10T12:00").content.decode()
    assert "You see what was known on 10 May 2020 12:00 China Standard Time" in past
    assert "Detected (positive)" not in past
    assert "Application approved" in past


def test_a_past_day_is_judged_by_everything_even_where_health_details_are_not_shown(scene: Scene, signed_in: Any) -> None:
    page = signed_in(Role.SPONSOR).get(f"/journeys/{scene.ready}/?known=2020-05-21T11:59").content.decode()
    officers = signed_in(Role.REVIEWER).get(f"/journeys/{scene.ready}/?known=2020-05-21T11:59").content.decode()
    standing = page.split('<p class="row">')[1].split("</span>")[0]
    assert standing == officers.split('<p class="row">')[1].split("</span>")[0]
    assert "no symptoms" not in page


@pytest.mark.parametrize("known", ["2099-01-01T00:00", "yesterday", "2020-05-01T00:00"])
def test_a_day_that_cannot_be_replayed_is_refused_in_words(scene: Scene, signed_in: Any, known: str) -> None:
    answer = signed_in(Role.REVIEWER).get(f"/journeys/{scene.positive}/", {"known": known})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_a_link_for_the_traveller_is_shown_once_and_opens_the_journey(scene: Scene, signed_in: Any) -> None:
    page = signed_in(Role.REVIEWER).post(f"/journeys/{scene.ready}/link/").content.decode()
    address = page.split('id="link">')[1].split("<")[0]
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize(
    ("role", "slug", "body"),
    [
        (Role.MONITOR, "call", {"day": "2020-05-21", "said": "no"}),
        (Role.CARRIER, "board", {"flight": "CK101", "at": ""}),
        (Role.CHECKPOINT, "deny", {"gate": "boarding", "reason": "The visa is not this traveller's."}),
        (Role.LABORATORY, "sample", {"sample": "S-9", "assay": "naat", "at": "2020-05-21T09:00"}),
        (Role.REVIEWER, "override", {"measure": "visa", "waive": "yes", "reason": "Visa-free stay."}),
    ],
)
def test_each_role_records_its_step(scene: Scene, signed_in: Any, desk: Any, role: Role, slug: str, body: Any) -> None:
    held = len(desk.journal.events(scene.ready))
    answer = signed_in(role).post(f"/journeys/{scene.ready}/steps/{slug}/?page=task", {**body, "key": "k"})
    assert answer.status_code == 302
    assert len(desk.journal.events(scene.ready)) == held + 1


def test_a_single_application_is_filed_by_the_form(desk: Any, signed_in: Any) -> None:
    body = {
        "name": "KIM MINJI", "passport": "m12345678", "language": "ko", "purpose": "business", "origin": "KR-11",
        "destination": "CN-SH", "departure": "2020-05-22T09:30", "duties": stage.DUTIES, "key": "k",
    }  # fmt: skip
    client = signed_in(Role.SPONSOR)
    answer = client.post("/travellers/apply/?route=china-korea/kr-cn", body)
    assert answer.status_code == 302
    assert "22 May 2020 09:30 Korean Standard Time" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.SPONSOR, "/travellers/"),
        (Role.REVIEWER, "/queue/"),
        (Role.REVIEWER, "/journeys/"),
        (Role.SECRETARIAT, "/overview/"),
        (Role.LABORATORY, "/laboratory/"),
        (Role.CHECKPOINT, "/checkpoint/"),
        (Role.SITE, "/site/"),
        (Role.MONITOR, "/monitoring/"),
    ],
)
def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    scene: Scene, signed_in: Any, desk: Any, role: Role, address: str
) -> None:
    from django.db import connection

    client = signed_in(role)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(20, 32):
        stage.apply(desk, number)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few) + 1
    assert len(many) <= 25
