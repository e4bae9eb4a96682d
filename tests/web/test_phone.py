"""What a traveller's phone sends later and keeps meanwhile: the node's rules, and hostile input."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client

from fastchannel.casework.actor import Actor
from fastchannel.node.config import ContactConfig
from fastchannel.terms.events import CheckedIn, Corrected, Role
from fastchannel.web.security import POLICY
from tests.web import scene as stage
from tests.web.scene import Scene, said

NOW = datetime(2020, 5, 21, 4, 0, tzinfo=UTC)  # 13:00 in Seoul
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


class Phone:
    """One traveller's link, as their phone uses it."""

    def __init__(self, desk: Any, journey: str) -> None:
        from fastchannel.node import links

        token = links.issue(stage.actor(Role.REVIEWER), journey)
        self.desk, self.journey = desk, journey
        self.address = f"/t/{token}/"
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["django_language"] = "en"

    def get(self, path: str = "") -> Any:
        return self.client.get(self.address + path)

    def post(self, body: str | bytes, **headers: str) -> Any:
        return self.client.post(f"{self.address}answers/", body, content_type="application/json", headers=headers)

    def send(self, symptoms: bool = False, kept: timedelta = timedelta(0), clock: datetime = NOW, **changes: Any) -> Any:
        fields = {
            "key": KEY, "day": "2020-05-21", "symptoms": symptoms, "pressed": clock.isoformat(),
            "sent": (clock + kept).isoformat(), **changes,
        }  # fmt: skip
        return self.post(json.dumps(fields))

    def recorded(self) -> list[Any]:
        """The traveller's entries of this day's scene."""
        return [
            event
            for event in self.desk.journal.events(self.journey)
            if isinstance(event, CheckedIn | Corrected) and event.recorded >= NOW and event.at > NOW - timedelta(hours=12)
        ]


def monitored(desk: Any, clock: Any, number: int = 0) -> str:
    """A journey whose traveller is monitored until 21 May in Seoul; it is NOW."""
    clock.instant = stage.APPLIED
    journey = stage.apply(desk, number)
    stage.approve(desk, journey)
    clock.instant = NOW
    return journey


@pytest.fixture
def phone(desk: Any, hand_clock: Any) -> Phone:
    return Phone(desk, monitored(desk, hand_clock))


@pytest.fixture
def numbers(settings: Any) -> None:
    """Travellers have whom to call."""
    contact = {
        "CN": ContactConfig(
            phone="+86 512 6522 0000", name="Suzhou health desk", hours="08:00-22:00", languages=("zh-Hans", "ko")
        ),
        "KR": ContactConfig(phone="+82 43 719 7878"),
    }
    settings.CONFIG = msgspec.structs.replace(settings.CONFIG, contact=contact)


def test_an_answer_is_dated_by_how_long_it_was_kept_and_says_when_it_was_recorded(phone: Phone) -> None:
    wrong = datetime(1999, 1, 1, tzinfo=UTC)
    answer = phone.send(symptoms=True, kept=timedelta(hours=5), clock=wrong)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "recorded")
    (event,) = phone.recorded()
    assert (event.at, event.recorded, event.symptoms) == (NOW - timedelta(hours=5), NOW, True)


def test_a_retry_cannot_double_and_a_change_is_a_correction(phone: Phone) -> None:
    for kept in (0, 1, 2):
        assert phone.send(kept=timedelta(minutes=kept)).json()["outcome"] == "recorded"
    assert len(phone.recorded()) == 1
    phone.send(symptoms=True, key=KEY[::-1])
    assert [type(event).__name__ for event in phone.recorded()] == ["CheckedIn", "Corrected"]
    assert "On hold" in said(phone.get())


def test_a_key_that_was_used_for_another_answer_is_refused_in_words(phone: Phone) -> None:
    phone.send()
    answer = phone.send(symptoms=True)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "refused")
    assert len(phone.recorded()) == 1


def test_a_replayed_answer_counts_for_the_link_that_sends_it_and_no_other(phone: Phone, desk: Any, hand_clock: Any) -> None:
    phone.send(symptoms=True)
    other = Phone(desk, monitored(desk, hand_clock, 1))
    assert other.send(symptoms=False).json()["outcome"] == "recorded"
    assert [event.symptoms for event in (*phone.recorded(), *other.recorded())] == [True, False]


def test_an_answer_for_a_day_that_is_over_says_the_deadline_and_whom_to_call(phone: Phone, numbers: None) -> None:
    told = phone.send(day="2020-05-20").json()
    assert told["outcome"] == "refused"
    assert "The day that the answer is for is over. The deadline was 20 May 2020 23:59 Korean Standard Time." in told["said"]
    assert "+82 43 719 7878" in told["said"]
    assert phone.recorded() == []


def test_what_nobody_can_place_is_refused_with_the_reason(phone: Phone) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"kept": timedelta(hours=-1)}, "The phone's clock was set back"),
        ({"kept": timedelta(hours=73), "day": "2020-05-18"}, "more than three days"),
        ({"day": "2020-05-22"}, "No check-in is asked for that day."),
    ]
    for changes, words in cases:
        told = phone.send(**changes).json()
        assert told["outcome"] == "refused"
        assert words in told["said"]
    assert phone.recorded() == []


def test_a_clock_that_is_a_year_ahead_dates_nothing_ahead(phone: Phone) -> None:
    phone.send(clock=NOW + timedelta(days=365))
    assert [event.at for event in phone.recorded()] == [NOW]


WELL_FORMED = {
    "key": KEY, "day": "2020-05-21", "symptoms": False, "pressed": "2020-05-21T04:00:00Z", "sent": "2020-05-21T04:00:00Z",
}  # fmt: skip
HOSTILE = (
    b"", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 2000,
    *(
        json.dumps(WELL_FORMED | change).encode()
        for change in (
            {"key": "short"}, {"key": "k" * 65}, {"key": "../../../../../../etc"}, {"symptoms": "no"}, {"symptoms": None},
            {"pressed": "2020-05-21T04:00:00"}, {"sent": 1590033600}, {"day": "2020-02-30"}, {"day": "2020-05-21T00:00:00Z"},
            {"role": "monitor"},
        )
    ),
)  # fmt: skip


def test_what_is_no_answer_is_400_and_recorded_nowhere(phone: Phone) -> None:
    assert phone.post(json.dumps(WELL_FORMED).encode()).status_code == 200
    for body in HOSTILE:
        answer = phone.post(body)
        assert (answer.status_code, answer.json()["outcome"]) == (400, "unreadable"), body
    assert len(phone.recorded()) == 1


def test_a_huge_body_is_413_before_it_is_read(phone: Phone) -> None:
    assert phone.post(b"x" * 2049).status_code == 413
    assert phone.post(b"{}", **{"Content-Length": "many"}).status_code in {400, 413}


def test_a_foreign_or_an_ended_link_takes_nothing_and_tells_the_phone_to_forget(phone: Phone, hand_clock: Any) -> None:
    from fastchannel.node import links

    assert phone.client.post("/t/stranger:x/answers/", b"{}", content_type="application/json").status_code == 404
    links.revoke(phone.journey)
    for path in ("", "pass/", "paper/", "offline/", "worker.js"):
        answer = phone.get(path)
        assert (answer.status_code, answer["Fastchannel-Link"]) == (410, "ended")
        assert "KIM" not in said(answer)
    answer = phone.send()
    assert (answer.status_code, answer["Fastchannel-Link"], answer.json()["outcome"]) == (410, "ended", "ended")
    assert phone.recorded() == []
    page = said(phone.get())
    assert "It was withdrawn on <time" in page
    assert "21 May 2020 12:00 China Standard Time" in page


def test_the_plain_form_obeys_the_same_rules_and_changes_the_answer_until_the_day_is_over(
    phone: Phone, hand_clock: Any, numbers: None
) -> None:
    def press(symptoms: str, day: str = "2020-05-21", key: str = "the-forms-own-key") -> str:
        page = phone.get()
        body = {"symptoms": symptoms, "day": day, "key": key, "csrfmiddlewaretoken": page.context["csrf_token"]}
        return said(phone.client.post(f"{phone.address}check-in/", body, follow=True))

    assert "You have checked in today: no symptoms." in press("no")
    page = press("yes")  # went back and pressed the other button
    assert "You reported symptoms today." in page
    assert "You can change it until" in page
    assert "21 May 2020 23:59 Korean Standard Time" in page
    assert [type(event).__name__ for event in phone.recorded()] == ["CheckedIn", "Corrected"]
    hand_clock.instant = NOW + timedelta(hours=11)  # midnight in Seoul
    page = press("no", key="another")
    assert "The day that the answer is for is over." in page
    assert "+82 43 719 7878" in page
    assert "A day that is over can no longer be answered or changed here." in page


def test_the_worker_is_bounded_to_its_link_and_names_what_it_keeps(phone: Phone) -> None:
    answer = phone.get("worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    first, second = answer.content.decode().splitlines()
    says = json.loads(first.removeprefix("self.LINK = ").removesuffix(";"))
    assert says["base"] == phone.address
    assert says["expires"] == "2020-07-20T04:00:00+00:00"
    assert says["headers"]["Content-Security-Policy"] == POLICY
    assert {path.removeprefix(phone.address) for path in says["pages"].values()} == {"", "pass/", "paper/", "offline/"}
    assert second.startswith("importScripts(")
    for path in says["assets"]:
        found = phone.client.get(path)
        assert found.status_code == 200, path
        found.close()


def test_the_page_plans_the_days_that_a_phone_asks_for_by_itself(phone: Phone, hand_clock: Any) -> None:
    hand_clock.instant = datetime(2020, 5, 19, 4, 0, tzinfo=UTC)
    page = said(phone.get())
    assert [day for day in range(1, 32) if f'<li data-day="2020-05-{day:02}" data-zone="Asia/Seoul">' in page] == [19, 20, 21]
    assert "21 May 2020 23:59 Korean Standard Time" in page


def test_the_officers_telephone_is_that_of_where_the_traveller_is(desk: Any, scene: Scene, numbers: None) -> None:
    before, after = said(Phone(desk, scene.approved).get()), said(Phone(desk, scene.isolated).get())
    assert before.index('href="tel:+82437197878"') < before.index('href="tel:+8651265220000"')
    assert after.index('href="tel:+8651265220000"') < after.index('href="tel:+82437197878"')
    assert "daily from 08:00 to 22:00, China Standard Time · 中文 and 한국어" in after
    assert "at any hour" in before


def test_without_a_number_the_page_names_the_sponsor(phone: Phone) -> None:
    assert "Your sponsor can reach the officer: Hanbit Display (Suzhou)." in said(phone.get())


def test_who_read_the_record_is_told_by_office_without_the_travellers_own_visits(phone: Phone, signed_in: Any) -> None:
    signed_in(Role.MONITOR, name="LI Na").get(f"/journeys/{phone.journey}/")
    phone.get()
    page = said(phone.get())
    seen = page[page.index('id="seen"') :]
    assert "Health monitor" in seen
    assert "read the whole record" in seen
    assert "LI Na" not in page
    assert "the traveller's own page" not in seen


def test_every_restriction_has_its_clause_and_its_appeal(desk: Any, scene: Scene) -> None:
    phone = Phone(desk, scene.positive)
    page = said(phone.get())
    assert "Clause 4(2) of the agreement" in page
    assert f'href="{phone.address}?against=test-before-departure#act-appeal"' in page
    chosen = said(phone.get("?against=test-before-departure"))
    assert '<details open id="act-appeal">' in chosen
    assert '<option value="test-before-departure" selected>' in chosen


def test_an_appeal_and_its_answer_stand_on_the_page(desk: Any, scene: Scene) -> None:
    from fastchannel.casework import review

    phone = Phone(desk, scene.positive)
    own = Actor(id=f"traveller-{scene.positive}", role=Role.TRAVELLER, party="CN", journey=scene.positive)
    sent = stage.done(review.appeal(desk, own, scene.positive, against="test-before-departure", grounds="Recovered.", key="a"))
    assert "An officer has not answered yet." in said(phone.get())
    reviewer = stage.actor(Role.REVIEWER)
    reason = "The finding is of yesterday."
    stage.done(review.answer(desk, reviewer, scene.positive, appeal=sent.events[0], upheld=False, reason=reason, key="b"))
    assert "Not upheld. The finding is of yesterday." in " ".join(said(phone.get()).split())


def test_the_page_asks_the_database_no_more_as_the_record_is_read_more(
    phone: Phone, desk: Any, django_assert_max_num_queries: Any
) -> None:
    phone.get()
    for _ in range(30):
        desk.view(stage.actor(Role.MONITOR), phone.journey, why="journey page")
    with django_assert_max_num_queries(14):
        phone.get()


def test_a_refusal_speaks_the_travellers_language(phone: Phone) -> None:
    del phone.client.cookies["django_language"]  # the application names Korean
    assert "대한민국 표준시" in phone.send(day="2020-05-20").json()["said"]
