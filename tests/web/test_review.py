"""The reviewer's queue and review: nearest deadline first, rules beside evidence, several clean ones, two officers at one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework import applications, grounds
from fastchannel.decide.words import REASONS
from fastchannel.node import claims, links, sweep
from fastchannel.node.models import ReviewClaim
from fastchannel.terms.events import Role
from fastchannel.terms.language import translate
from fastchannel.web.details import core_language
from tests.web import scene as stage
from tests.web.scene import Scene

PICK = re.compile(r'name="row" value="([^":]+):(\d+)"')
ROW = re.compile(r'<th scope="row"><a href="/queue/([^/]+)/">')


@pytest.fixture
def reviewer(scene: Scene, signed_in: Any) -> Client:
    """A reviewer at work."""
    client: Client = signed_in(Role.REVIEWER)
    return client


def early(desk: Any, hand_clock: Any) -> list[str]:
    """Four applications on the day they were filed: the last lacks its duties, and the second leaves first."""
    hand_clock.instant = stage.APPLIED
    days = (0, -2, 1, 2)
    return [
        stage.apply(desk, number, duties=None if number == 3 else stage.DUTIES, departure=stage.DEPARTURE + timedelta(days=day))
        for number, day in enumerate(days)
    ]


def several(client: Client, *picks: tuple[str, str], key: str = "k") -> str:
    """The answer to approving several."""
    return stage.said(client.post("/queue/approve/", {"row": [":".join(pick) for pick in picks], "key": key}))


def test_the_queue_has_the_nearest_departure_first_and_only_clean_ones_can_be_selected(
    desk: Any, hand_clock: Any, signed_in: Any
) -> None:
    first, second, third, lacking = early(desk, hand_clock)
    page = stage.said(signed_in(Role.REVIEWER).get("/queue/"))
    assert ROW.findall(page) == [second, first, third, lacking]
    assert PICK.findall(page) == [(second, "2"), (first, "2"), (third, "2")]
    assert translate(REASONS["sponsor.duties"], "en").partition("{")[0] in page.split(lacking)[-1]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"when": "overdue"}, [1]),
        ({"when": "today"}, [0]),
        ({"when": "week"}, [0, 2, 3]),
        ({"clean": "yes"}, [1, 0, 2]),
        ({"sponsor": "Hanbit Display (Suzhou)"}, [1, 0, 2, 3]),
        ({"place": "CN-JS"}, [1, 0, 2, 3]),
        ({"text": "M12345672"}, [2]),
    ],
)
def test_the_queue_is_filtered_by_deadline_sponsor_place_and_what_is_clean(
    desk: Any, hand_clock: Any, signed_in: Any, query: dict[str, str], kept: list[int]
) -> None:
    journeys = early(desk, hand_clock)
    client = signed_in(Role.REVIEWER)
    if "when" in query:  # the morning of the day on which the first of them leaves
        hand_clock.instant = stage.DEPARTURE - timedelta(hours=1)
    page = stage.said(client.get("/queue/", query))
    assert ROW.findall(page) == [journeys[place] for place in kept]
    if "when" in query:
        tiles = re.findall(r"<small>[^<]*</small><b>(\d+)</b><span>([^<]*)</span>", page)
        assert tiles == [("1", "Overdue"), ("1", "Today"), ("3", "Within a week"), ("4", "In all")]


def test_several_clean_ones_are_approved_each_by_itself_and_the_rest_is_left_out_with_the_reason(
    desk: Any, hand_clock: Any, signed_in: Any
) -> None:
    first, second, third, lacking = early(desk, hand_clock)
    client = signed_in(Role.REVIEWER)
    picks = PICK.findall(stage.said(client.get("/queue/")))
    stage.approve(desk, third)  # somebody else was faster
    answer = several(client, *picks, (lacking, "1"))
    assert "2 applications decided. 2 were left out: see why." in answer
    assert "Another officer was first: approved." in answer
    assert "Something stands against it by now." in answer
    assert [desk.journal.subject(journey).stage for journey in (first, second, third, lacking)] == [
        "approved", "approved", "approved", "applied",
    ]  # fmt: skip
    held = len(desk.journal.events(first))
    several(client, *picks)  # sent once more
    assert len(desk.journal.events(first)) == held


def test_an_empty_selection_and_a_made_up_one_decide_nothing(reviewer: Client) -> None:
    assert reviewer.post("/queue/approve/", {"key": "k"}).status_code == 302
    assert reviewer.post("/queue/approve/", {"row": "x:y", "key": "k"}).status_code == 404
    assert "could not be recorded" in several(reviewer, ("nobody", "1"))


@pytest.mark.parametrize("role", [Role.SPONSOR, Role.LABORATORY, Role.SECRETARIAT])
def test_the_queue_is_for_those_who_decide(role: Role, desk: Any, signed_in: Any) -> None:
    client = signed_in(role)
    assert client.get("/queue/").status_code == 403
    assert client.post("/queue/approve/", {"row": "x:1"}).status_code == 403


def test_each_rule_stands_beside_its_evidence_and_what_is_missing_first(reviewer: Client, scene: Scene) -> None:
    page = stage.said(reviewer.get(f"/queue/{scene.positive}/"))
    rules = re.findall(r'<li class="(\w*)"><div class="rule"><p class="row"><strong>([^<]*)</strong>', page)
    assert rules[0][0] in ("hold", "stop")
    tests = page.split(f"<strong>{rules[0][1]}</strong>")[1].split("</li><li class=")[0]
    assert "Detected (positive)" in tests
    visa = page.split("<strong>Visa</strong>")[1].split('<div class="rule">')[0]
    assert "Document presented" in visa
    assert "Nothing presented yet" not in visa
    missing = stage.said(reviewer.get(f"/queue/{scene.sponsored}/")).split("<strong>Visa</strong>")[1]
    assert "Nothing presented yet" in missing.split('<div class="rule">')[0]


def test_two_officers_at_one_application_see_each_other_and_the_second_decision_gets_a_clear_answer(
    scene: Scene, signed_in: Any, desk: Any, hand_clock: Any
) -> None:
    one = signed_in(Role.REVIEWER, name="ZHANG Min")
    two = signed_in(Role.REVIEWER, username="second", name="LI Na")
    address = f"/queue/{scene.sponsored}/"
    assert "has this application open" not in stage.said(one.get(address))
    page = stage.said(two.get(address))
    assert "ZHANG Min has this application open" in page
    assert "ZHANG Min has it open" in stage.said(two.get("/queue/"))
    assert "has it open" not in stage.said(one.get("/queue/"))
    [seen] = set(re.findall(r'name="seen" value="(\d+)"', page))
    step = f"/journeys/{scene.sponsored}/steps/"
    one.post(f"{step}return/?page=review", {"grounds": grounds.RETURN[1], "seen": seen, "key": "a"})
    late = two.post(f"{step}approve/?page=review", {"seen": seen, "key": "b"}, follow=True)
    assert "Another officer was first: returned to the sponsor. Nothing was recorded now" in stage.said(late)
    assert desk.journal.subject(scene.sponsored).stage == "returned"


def test_a_claim_ends_by_itself_and_with_the_decision(scene: Scene, desk: Any, hand_clock: Any) -> None:
    one, two = stage.actor(Role.REVIEWER), stage.actor(Role.MISSION)
    now = hand_clock.now()
    assert claims.claim("j", one, "One", now) is None
    other = claims.claim("j", two, "Two", now)
    assert other is not None
    assert other.name == "One"
    assert claims.open_now(["j", "k"], two, now) == {"j": "One"}
    assert claims.claim("j", two, "Two", now + claims.LASTS) is None
    assert claims.open_now(["j"], one, now + claims.LASTS) == {"j": "Two"}
    claims.release("j", one)
    assert ReviewClaim.objects.count() == 1
    claims.release("j", two)
    assert not ReviewClaim.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_the_traveller_reads_a_chosen_reason_and_what_was_typed(scene: Scene, signed_in: Any, desk: Any, language: str) -> None:

    client = signed_in(Role.REVIEWER)
    body = {"grounds": grounds.REFUSE[0], "reason": "Clause 2.", "key": "k"}
    link = f"/t/{links.issue(stage.actor(Role.REVIEWER), scene.sponsored)}/"
    client.post(f"/journeys/{scene.sponsored}/steps/refuse/?page=review", body)
    traveller = Client()
    traveller.cookies["django_language"] = language
    page = stage.said(traveller.get(link))
    assert f"{translate(grounds.REFUSE[0], core_language(language))} Clause 2." in page


def test_a_refusal_with_no_reason_keeps_the_form_open(reviewer: Client, scene: Scene) -> None:
    answer = reviewer.post(f"/journeys/{scene.sponsored}/steps/refuse/?page=review", {"reason": " ", "key": "k"})
    assert answer.status_code == 422
    assert "Choose a reason or type one" in stage.said(answer)


def test_the_number_of_queries_does_not_grow_with_the_queue(
    reviewer: Client, desk: Any, django_assert_num_queries: Any, scene: Scene
) -> None:
    sweep.wake_due()
    reviewer.get("/queue/")
    with django_assert_num_queries(9):
        reviewer.get("/queue/")
    for number in range(7, 10):
        stage.apply(desk, number)
    with django_assert_num_queries(9):
        reviewer.get("/queue/")


def test_the_next_and_the_previous_application_are_one_step_away(desk: Any, hand_clock: Any, signed_in: Any) -> None:
    first, second, third, _ = early(desk, hand_clock)
    client = signed_in(Role.REVIEWER)
    page = stage.said(client.get(f"/queue/{first}/"))
    assert re.findall(r'href="/queue/([^/]+)/" rel="(prev|next)"', page) == [(second, "prev"), (third, "next")]
    applications.withdraw(desk, stage.actor(Role.SPONSOR), third, key="w")
    assert f'/queue/{third}/" rel="next"' not in stage.said(client.get(f"/queue/{first}/"))
