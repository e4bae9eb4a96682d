"""A case's page: who was with it by seat, room and vehicle, tasks, notices to the other party, clearing and recall."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.node import cases, rebuild
from fastchannel.node.models import AccessLog, Case, CaseTask, Event, Journey, LaneEntry, NamedContact, Whereabout
from fastchannel.terms import events as ev
from fastchannel.terms.events import Role
from tests.exchange.parties import CORRIDOR
from tests.node.test_lanes import db_node
from tests.node.test_link import at_home
from tests.web import contacts as stage
from tests.web.contacts import Flight
from tests.web.scene import actor, done, said

__all__ = ["at_home", "db_node"]
pytestmark = pytest.mark.django_db
ADDRESS = f"/cases/{Flight.case}/"


@pytest.fixture
def flight(desk: Any, hand_clock: Any) -> Flight:
    return stage.play(desk, hand_clock)


@pytest.fixture
def monitor(flight: Flight, signed_in: Any) -> Client:
    client: Client = signed_in(Role.MONITOR)
    return client


def rows(page: str) -> dict[str, str]:
    """The table of contacts: by name, the text of the row."""
    table = page.partition('id="contacts"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL):
        text = " ".join(re.sub(r"<[^>]+>", " ", row).split())
        found[min(stage.NAMES.values(), key=lambda name: text.find(name) % 9_999)] = text
    return found


def test_contacts_are_found_by_seat_room_and_vehicle_with_their_class(monitor: Client) -> None:
    found = rows(said(monitor.get(ADDRESS)))
    assert "Close" in found["LEE JUNHO"]
    assert "sat near the case (MU5042 2020-12-20)" in found["LEE JUNHO"]
    assert "Perhaps close" in found["CHOI DOYUN"]  # whose seat nobody wrote down
    assert "shared a room (Songjiang hotel 2)" in found["JUNG HAEUN"]
    assert "rode in the same vehicle (SH-B-118)" in found["KANG JIWOO"]
    assert "Secondary" in found["YOON TAEYANG"]
    assert "through LEE JUNHO" in found["YOON TAEYANG"]
    assert "Songjiang hotel 2 · 1310" in found["YOON TAEYANG"]
    assert "PARK SEOYEON" not in found  # nineteen rows behind
    assert stage.NAMES["case"] not in found
    assert len(found) == 5


def test_the_page_says_when_the_case_could_infect_others_and_by_which_profile(monitor: Client) -> None:
    page = " ".join(said(monitor.get(ADDRESS)).split())
    assert "counted from the first positive sample" in page
    assert "14 days after the last exposure" in page
    assert re.search(r"<dt>Beginning</dt><dd><time[^>]*>17 Dec 2020 10:", page)  # 5.07 days before 22 December, noon
    assert re.search(r"<dt>End</dt><dd><time[^>]*>22 Dec 2020 20:00", page)  # its confirmation
    assert page.count('class="person') == 6
    assert 'class="window"' in page
    assert page.count("<title>seat MU5042 2020-12-20 13C") == 1


def name(client: Client, *journeys: str, **changes: Any) -> Any:
    sent = {"key": "n", "contact": list(journeys), "tasks": ["call", "quarantine"], **changes}
    return client.post(f"{ADDRESS}contacts/", sent, follow=True)


def test_naming_contacts_records_the_last_exposure_and_sets_tasks(flight: Flight, desk: Any, monitor: Client) -> None:
    page = said(name(monitor, flight.near, flight.room, "j-nobody"))
    assert "Recorded for 2 people." in page
    last = desk.journal.events(flight.near)[-1]
    assert isinstance(last, ev.ContactNamed)
    assert (last.case, last.exposed) == (stage.NUMBER, stage.LANDED)
    assert set(NamedContact.objects.values_list("journey", "case")) == {
        (flight.near, stage.NUMBER), (flight.room, stage.NUMBER),
    }  # fmt: skip
    due = dict(CaseTask.objects.filter(journey=flight.near).values_list("kind", "due"))
    assert due == {"call": stage.NOW + timedelta(days=1), "quarantine": stage.CONFIRMED + timedelta(days=14)}
    assert name(monitor, flight.near, flight.room, "j-nobody").status_code == 200
    assert CaseTask.objects.count() == 4  # the form was sent twice
    assert "Choose at least one contact." in said(name(monitor, key="m"))


def test_the_list_has_the_nearest_task_first_and_tasks_are_taken_and_done(
    flight: Flight, desk: Any, hand_clock: Any, monitor: Client
) -> None:
    done(health.confirm(desk, actor(Role.MONITOR), flight.room, case="SH-2", key="c"))
    name(monitor, flight.near)
    page = said(monitor.get("/cases/"))
    assert page.index(stage.NAMES["case"]) < page.index(stage.NAMES["room"])
    call = CaseTask.objects.get(kind="call")
    page = said(monitor.post(f"{ADDRESS}tasks/", {"task": call.id, "what": "done"}, follow=True))
    assert CaseTask.objects.get(id=call.id).done == stage.NOW
    assert "done already" in said(monitor.post(f"{ADDRESS}tasks/", {"task": call.id, "what": "done"}, follow=True))
    monitor.post(f"{ADDRESS}tasks/", {"contact": flight.case, "kind": "test", "days": "2"})
    assert CaseTask.objects.get(kind="test").due == stage.NOW + timedelta(days=2)
    assert "expected one of" in said(monitor.post(f"{ADDRESS}tasks/", {"kind": "sing"}, follow=True))
    hand_clock.forward(days=3)
    assert "1 case has a task that is overdue." in said(monitor.get("/cases/"))


def test_contacts_are_cleared_in_bulk_with_a_reason(flight: Flight, desk: Any, monitor: Client) -> None:
    name(monitor, flight.near, flight.room)
    sent = {"key": "c", "contact": [flight.near, flight.room, flight.far], "reason": ""}
    assert "A reason is needed" in said(monitor.post(f"{ADDRESS}clear/", sent, follow=True))
    page = said(monitor.post(f"{ADDRESS}clear/", {**sent, "reason": "Two negatives"}, follow=True))
    assert "Recorded for 2 people." in page
    assert "cleared" in rows(page)["LEE JUNHO"]
    last = desk.journal.events(flight.room)[-1]
    assert isinstance(last, ev.Cleared)
    assert last.reason == "Two negatives"
    assert not CaseTask.objects.filter(done=None).exists()
    assert not NamedContact.objects.filter(cleared=None).exists()


def test_a_wrong_notice_is_recalled_with_everything_that_rested_on_it(flight: Flight, desk: Any, monitor: Client) -> None:
    name(monitor, flight.near)
    assert Journey.objects.get(id=flight.case).stage == "treated"
    page = said(monitor.post(f"{ADDRESS}recall/", {"key": "r", "reason": "Two samples were swapped"}, follow=True))
    assert "Recalled" in page
    assert Case.objects.get().state == "recalled"
    assert Journey.objects.get(id=flight.case).stage != "treated"
    assert not NamedContact.objects.exists()
    assert not CaseTask.objects.filter(done=None).exists()
    struck = [one for one in desk.journal.events(flight.near) if isinstance(one, ev.Corrected)]
    assert [one.reason for one in struck] == ["Two samples were swapped"]
    assert "No case here." in said(monitor.get("/cases/"))
    assert stage.NAMES["case"] in said(monitor.get("/cases/?state=recalled"))


def test_what_is_outside_the_jurisdiction_is_not_told(flight: Flight, signed_in: Any) -> None:
    Journey.objects.filter(id=flight.near).update(origin="KR-26", destination="CN-GD", arrival_place="CN-GD")
    client: Client = signed_in(Role.MONITOR, jurisdiction=["CN-SH"])
    page = said(client.get(ADDRESS))
    assert "LEE JUNHO" not in page
    assert "Outside your jurisdiction: tell the secretariat." in page
    elsewhere: Client = signed_in(Role.MONITOR, username="m2", jurisdiction=["CN-GD"])
    assert elsewhere.get(ADDRESS).status_code == 403
    assert "No case here." in said(elsewhere.get("/cases/"))
    assert name(client, flight.near).status_code == 200
    assert not Event.objects.filter(journey=flight.near, kind="contact-named").exists()


def test_opening_a_case_is_in_the_access_log_of_everybody_on_the_page(flight: Flight, monitor: Client) -> None:
    monitor.get(ADDRESS)
    assert AccessLog.objects.filter(why="case page", journeys__contains=[flight.case]).count() == 1
    assert AccessLog.objects.filter(why=f"contacts of {stage.NUMBER}", journeys__contains=[flight.near]).exists()
    assert not AccessLog.objects.filter(journeys__contains=[flight.far]).exists()


def test_no_other_role_opens_a_case(flight: Flight, signed_in: Any) -> None:
    for role in (Role.SPONSOR, Role.LABORATORY, Role.CARRIER, Role.CHECKPOINT, Role.SITE, Role.REVIEWER):
        client: Client = signed_in(role)
        assert client.get("/cases/").status_code == 403
        assert client.get(ADDRESS).status_code == 403
        for step in ("contacts", "clear", "recall", "tasks"):
            assert client.post(f"{ADDRESS}{step}/", {"contact": flight.near, "reason": "x"}).status_code == 403


def test_the_secretariat_reads_and_does_nothing(flight: Flight, signed_in: Any) -> None:
    client: Client = signed_in(Role.SECRETARIAT)
    page = said(client.get(ADDRESS))
    assert "LEE JUNHO" in page
    assert 'name="contact" value=' not in page
    name(client, flight.near)
    assert not NamedContact.objects.exists()
    assert client.post(f"{ADDRESS}tasks/", {"kind": "call"}).status_code == 403
    assert client.get(f"/cases/{flight.far}/").status_code == 404


def test_a_case_asks_as_often_for_one_contact_as_for_many(
    flight: Flight, desk: Any, monitor: Client, django_assert_max_num_queries: Any
) -> None:
    def asked() -> int:
        with django_assert_max_num_queries(40) as told:
            monitor.get(ADDRESS)
        return len(told.captured_queries)

    name(monitor, flight.room)
    asked()
    few = asked()
    for number in range(12):
        journey = f"j-more-{number}"
        stage.written(desk, journey, [*stage.begun(journey), *stage.aboard(journey, "12D")], f"N {number}")
    name(monitor, *(f"j-more-{number}" for number in range(12)), flight.near, key="many")
    assert NamedContact.objects.count() == 14
    assert asked() == few


def test_the_projections_of_places_and_cases_are_made_again_from_the_events(flight: Flight, monitor: Client) -> None:
    name(monitor, flight.near)

    def held() -> list[Any]:
        return [
            sorted(Whereabout.objects.values_list("journey", "setting", "place", "unit", "since")),
            sorted(Case.objects.values_list("journey", "number", "confirmed", "state")),
            sorted(NamedContact.objects.values_list("journey", "case", "named", "exposed")),
        ]

    before = held()
    Whereabout.objects.all().delete()
    NamedContact.objects.all().delete()
    rebuild.rebuild()
    assert held() == before
    assert len(before[0]) == 13


def test_a_room_that_was_written_down_wrongly_makes_nobody_a_contact_once_corrected(
    flight: Flight, desk: Any, monitor: Client
) -> None:
    from fastchannel.casework import review

    wrong = f"{flight.room}-e20"
    officer = actor(Role.MONITOR)
    done(review.correct(desk, officer, flight.room, event=wrong, reason="1802", replacement={"room": "1802"}, key="k"))
    assert "JUNG HAEUN" not in rows(said(monitor.get(ADDRESS)))


@pytest.mark.django_db(transaction=True)
def test_the_other_party_is_notified_after_a_look_at_every_field(
    at_home: Any, desk: Any, hand_clock: Any, signed_in: Any
) -> None:
    flight = stage.play(desk, hand_clock)
    client: Client = signed_in(Role.MONITOR)
    urgent = LaneEntry.objects.filter(lane=f"{CORRIDOR}/CN/KR/urgent")
    before = urgent.count()
    page = said(name(client, flight.near, flight.room))
    assert "Below is every field that is sent" in page
    assert page.count('id="notice-') == 2
    assert stage.NUMBER in page
    assert "LEE JUNHO" not in page.partition("<main")[2]
    assert urgent.count() == before
    assert not NamedContact.objects.exists()
    assert "Recorded for 2 people." in said(name(client, flight.near, flight.room, seen="1"))
    assert urgent.count() == before + 2
    page = said(client.get(ADDRESS))
    assert page.count("Named as a contact of a case</strong>") == 2
    assert "to be read by" in page
    assert "Sent" in page
    entries = list(urgent.values_list("entry", flat=True))
    assert set(Event.objects.filter(id__in=entries).values_list("kind", flat=True)) >= {"contact-named", "confirmed"}


def test_a_case_of_which_the_officer_may_not_see_health_is_none(flight: Flight) -> None:
    sponsor = Actor(id="s", role=Role.SPONSOR, party="CN", organisation="s")
    assert cases.cases(sponsor).items == ()
