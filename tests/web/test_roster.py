"""The sponsor's roster: what is missing first, in words with its deadline; status, and never what ails anybody."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.node import queries, sweep
from fastchannel.node.models import Journey
from fastchannel.terms.events import Assay, Finding, Role
from tests.web import scene as stage
from tests.web.scene import Scene

ROW = re.compile(r"<tr>\s*<th scope=\"row\">.*?</tr>", re.DOTALL)
STEP = re.compile(r'<td class="step" data-label="([^"]*)"><span class="step-mark ([a-z]*)">.*?<span>([^<]*)')


@pytest.fixture
def sponsor(scene: Scene, signed_in: Any) -> Client:
    """The sponsor of the scene, once the node has looked at every journey again."""
    sweep.wake_due()
    client: Client = signed_in(Role.SPONSOR)
    return client


def row_of(page: str, journey: str) -> str:
    row: str
    [row] = [row for row in ROW.findall(page) if f"/journeys/{journey}/" in row]
    return row


def steps(page: str, journey: str) -> dict[str, str]:
    return {name: word.strip() for name, _, word in STEP.findall(row_of(page, journey))}


def test_travellers_stand_against_the_steps_of_the_way_with_a_word_in_each(sponsor: Client, scene: Scene) -> None:
    page = stage.said(sponsor.get("/travellers/"))
    assert steps(page, scene.applied) == {
        "Application": "Due", "Papers": "Due", "Check-ins": "Missing", "Test": "Due", "Crossing": "Not yet", "Stay": "Not yet",
        "Follow-up": "None",
    }  # fmt: skip
    assert steps(page, scene.ready)["Papers"] == "Done"
    assert steps(page, scene.isolated) | {"Stay": ""} == {
        "Application": "Done", "Papers": "Done", "Check-ins": "Done", "Test": "Done", "Crossing": "Done", "Stay": "",
        "Follow-up": "None",
    }  # fmt: skip
    assert steps(page, scene.refused)["Application"] == "Refused"


def test_what_is_missing_is_told_in_words_with_its_deadline(sponsor: Client, scene: Scene) -> None:
    row = row_of(stage.said(sponsor.get("/travellers/")), scene.sponsored)
    assert "<strong>Invitation letter</strong>" in row
    assert "by <time" in row
    assert "22 May 2020 09:30 Korean Standard Time" in row


def test_those_who_missed_something_come_first_and_then_the_nearest_deadline(sponsor: Client, scene: Scene, desk: Any) -> None:
    found = queries.roster(stage.actor(Role.SPONSOR), limit=50).items
    keys = [(-row.failed, row.next_due.timestamp() if row.next_due else float("inf")) for row in found]
    assert keys == sorted(keys)
    assert len({key[0] for key in keys}) > 1
    walked, after = [], ""
    while True:
        page = queries.roster(stage.actor(Role.SPONSOR), after=after, limit=2)
        walked += [row.journey for row in page.items]
        if not (after := page.after):
            break
    assert walked == [row.journey for row in found]


@pytest.mark.parametrize(("want", "kept"), [("missed", {"applied", "sponsored"}), ("soon", None), ("", None)])
def test_the_filter_keeps_what_is_missed_or_due_soon(sponsor: Client, scene: Scene, want: str, kept: set[str] | None) -> None:
    page = sponsor.get("/travellers/", {"want": want}).content.decode()
    shown = {name for name in Scene.__slots__ if f"/journeys/{getattr(scene, name)}/" in page}
    rows = Journey.objects.filter(sponsor=stage.ORGANISATIONS[Role.SPONSOR])
    if want == "missed":
        rows = rows.filter(failed__gt=0)
        assert kept is not None
        assert kept <= shown
    elif want == "soon":
        rows = rows.filter(next_due__lt=datetime.fromisoformat("2020-05-22T04:00:00+00:00"))
    assert {getattr(scene, name) for name in shown} == set(rows.values_list("id", flat=True))


HEALTH = (
    "symptom",
    "positive",
    "detected",
    "infect",
    "case",
    "症状",
    "阳性",
    "检出",
    "感染",
    "病例",
    "증상",
    "양성",
    "검출",
    "감염",
    "확진",
)


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_no_page_of_the_sponsor_names_a_finding_or_a_symptom(sponsor: Client, scene: Scene, desk: Any, language: str) -> None:
    who = Actor(id="t", role=Role.TRAVELLER, party="CN", journey=scene.approved)
    stage.done(health.check_in(desk, who, scene.approved, day=date(2020, 5, 21), symptoms=True, key="ill"))
    sponsor.cookies["django_language"] = language
    table = "".join(ROW.findall(stage.said(sponsor.get("/travellers/")))).lower()
    assert scene.positive in table
    assert [word for word in HEALTH if word in table] == []


def test_a_finding_a_spoiled_sample_and_a_symptom_look_alike(sponsor: Client, scene: Scene, desk: Any, hand_clock: Any) -> None:
    """The same words for what an officer looks at, whatever it is."""
    stage.tested(desk, scene.approved, Finding.INVALID, "2020-05-20T14:00:00+09:00")
    laboratory = Actor(id="scene-hospital", role=Role.LABORATORY, party="KR", organisation=stage.HOSPITAL)
    for journey, finding in ((scene.sponsored, Finding.DETECTED), (scene.applied, Finding.INDETERMINATE)):
        number: dict[str, Any] = {"sample": f"X-{journey[-6:]}", "assay": Assay.NAAT, "laboratory": stage.HOSPITAL}
        taken = hand_clock.now() - timedelta(hours=20)
        stage.done(health.sample(desk, laboratory, journey, at=taken, key=f"x-{journey}", **number))
        stage.done(health.result(desk, laboratory, journey, finding=finding, key=f"y-{journey}", **number))
    page = stage.said(sponsor.get("/travellers/"))
    words = {steps(page, journey)["Test"] for journey in (scene.positive, scene.sponsored)}
    assert words == {"Officer looks"}
    assert "Test before" not in row_of(page, scene.positive)


def test_the_number_of_queries_does_not_grow_with_the_travellers(
    sponsor: Client, desk: Any, django_assert_num_queries: Any
) -> None:
    sponsor.get("/travellers/")
    with django_assert_num_queries(10) as few:
        sponsor.get("/travellers/")
    for number in range(7, 10):
        stage.apply(desk, number)
    with django_assert_num_queries(len(few.captured_queries)):
        sponsor.get("/travellers/")


def test_where_no_agreement_sets_a_number_of_places_the_page_says_so(sponsor: Client) -> None:
    assert "No agreement in force sets a number of places" in sponsor.get("/travellers/").content.decode()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LABORATORY, Role.SECRETARIAT])
def test_the_roster_and_its_templates_are_the_sponsors_alone(role: Role, signed_in: Any, desk: Any) -> None:
    client = signed_in(role)
    for address in ("/travellers/", "/travellers/import/", "/travellers/import/template.xlsx"):
        assert client.get(address).status_code == 403
