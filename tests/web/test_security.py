"""What every answer guards: scripts, frames, referrers, forms, accounts, other people's records."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fastchannel.terms.events import Role
from fastchannel.web.security import POLICY
from tests.web import scene as stage
from tests.web.scene import Scene

TEMPLATES = Path(__file__).parents[2] / "src" / "fastchannel" / "web" / "templates"


def test_no_template_holds_an_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    found = [path.name for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))]
    assert found == []
    assert "unsafe" not in POLICY


@pytest.mark.parametrize("address", ["/login/", "/nowhere/", "/api/openapi.json", "/t/wrong/"])
def test_every_answer_carries_the_headers(desk: Any, address: str) -> None:
    answer = Client().get(address)
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_no_page_loads_anything_from_elsewhere(scene: Scene, signed_in: Any) -> None:
    pages = [signed_in(Role.REVIEWER).get(f"/journeys/{scene.ready}/"), Client().get("/login/"), Client().get("/api/docs")]
    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page.content.decode())


def test_ten_wrong_passwords_lock_the_name_with_a_message(desk: Any) -> None:
    stage.account(Role.REVIEWER)
    client = Client()
    answers = [client.post("/login/", {"username": "reviewer", "password": "wrong"}) for _ in range(11)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "15 minutes" in answers[-1].content.decode()
    right = client.post("/login/", {"username": "reviewer", "password": stage.PASSWORD})
    assert right.status_code == 429


@pytest.mark.parametrize(
    ("role", "lands"),
    [
        (Role.SPONSOR, "/travellers/"), (Role.REVIEWER, "/queue/"), (Role.LABORATORY, "/laboratory/"),
        (Role.CARRIER, "/checkpoint/"), (Role.SITE, "/site/"), (Role.MONITOR, "/monitoring/"),
        (Role.SECRETARIAT, "/secretariat/"),
    ],
)  # fmt: skip
def test_each_role_lands_on_its_own_day(desk: Any, role: Role, lands: str) -> None:
    stage.account(role)
    answer = Client().post("/login/", {"username": role.value, "password": stage.PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, lands)


def test_signing_in_does_not_lead_to_another_site(desk: Any) -> None:
    stage.account(Role.SPONSOR)
    body = {"username": "sponsor", "password": stage.PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/login/", body)["Location"] == "/travellers/"
    answer = Client().post("/language/", {"language": "ko", "next": "//elsewhere.example/"})
    assert answer["Location"] == "/"


def test_a_form_without_its_token_is_refused_with_a_page_that_says_what_to_do(desk: Any) -> None:
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "ko"})
    assert answer.status_code == 403
    assert "Nothing was recorded" in answer.content.decode()


def test_another_sponsors_traveller_is_refused_with_the_permission_tables_reason(scene: Scene, signed_in: Any) -> None:
    client = signed_in(Role.SPONSOR, organisation="Another company")
    answer = client.get(f"/journeys/{scene.ready}/")
    assert answer.status_code == 403
    assert "Another sponsor applied for this traveller." in answer.content.decode()
    assert "CHOI DOYUN" not in client.get("/travellers/").content.decode()


def test_an_unknown_journey_and_an_unknown_page_are_404(desk: Any, signed_in: Any) -> None:
    client = signed_in(Role.REVIEWER)
    assert client.get("/journeys/0/").status_code == 404
    assert client.get("/nothing/").status_code == 404
    assert client.get("/agreements/china-korea/99/").status_code == 404


def test_a_sponsor_sees_statuses_and_no_health_details(scene: Scene, signed_in: Any) -> None:
    page = signed_in(Role.SPONSOR).get(f"/journeys/{scene.positive}/").content.decode()
    assert "Health details are not shown to your role." in page
    assert "Detected (positive)" not in page
    assert "no symptoms" not in page


def test_every_view_of_a_record_is_logged_and_the_secretariat_sees_by_whom(scene: Scene, signed_in: Any) -> None:
    from fastchannel.node.models import AccessLog

    before = AccessLog.objects.count()
    signed_in(Role.REVIEWER).get(f"/queue/{scene.ready}/")
    assert AccessLog.objects.count() == before + 1
    page = signed_in(Role.SECRETARIAT).get(f"/journeys/{scene.ready}/").content.decode()
    assert "Who has read or written this record" in page
    assert "review" in page


def test_health_answers_200_while_the_database_does(desk: Any) -> None:
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()["database"]) == (200, True)
