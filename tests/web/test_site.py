"""A quarantine site's day: rooms entered as ranges, arrivals put into them, the countdown to release, and the last bed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fastchannel.casework import health, travel
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.node import rooms, sweep
from fastchannel.node.models import AccessLog, Room, Whereabout
from fastchannel.terms.events import Assay, Finding, Role
from fastchannel.web.navigation import PAGES, may_open
from tests.web import scene as stage
from tests.web.scene import said

SITE = "Songjiang hotel 2"
LANDED = datetime(2020, 5, 20, 2, 30, tzinfo=UTC)
DAY_ENDS = datetime(2020, 5, 20, 16, 0, tzinfo=UTC)
OFFICER = stage.actor(Role.SITE)

pytestmark = pytest.mark.django_db


def landed(desk: Any, clock: Any, number: int, flight: str = "CK099") -> str:
    """A traveller who arrived on 20 May at 10:30 in Shanghai; it is 11:30 there."""
    clock.instant = stage.APPLIED
    journey = stage.apply(desk, number, departure=LANDED - timedelta(hours=2), flight=flight)
    clock.instant = LANDED - timedelta(hours=2)
    stage.check_in(desk, journey, date(2020, 5, 6), date(2020, 5, 19))
    stage.approve(desk, journey)
    stage.papers_early(desk, journey, clock.instant)
    stage.tested(desk, journey, Finding.NOT_DETECTED, (clock.instant - timedelta(hours=40)).isoformat())
    stage.done(travel.board(desk, stage.actor(Role.CARRIER), journey, flight=flight, key=f"board-{journey}"))
    clock.instant = LANDED + timedelta(hours=1)
    stage.done(travel.arrive(desk, stage.actor(Role.CHECKPOINT), journey, place="CN-SH", at=LANDED, key=f"arrive-{journey}"))
    return journey


def housed(journey: str, room: str, **changes: Any) -> Receipt:
    """The traveller is put into the room."""
    return stage.done(rooms.house(OFFICER, journey, site=SITE, room=room, key=f"{journey}-{room}", **changes))


def enter_rooms(written: str, beds: int = 1) -> None:
    """Rooms of the site."""
    assert isinstance(rooms.add(OFFICER, SITE, written, beds), int)


def until(clock: Any, moment: datetime) -> None:
    """It is later, and the node has looked."""
    clock.instant = moment
    while sweep.wake_due():
        pass


def negative(desk: Any, journey: str, *assays: Assay) -> None:
    """Samples of the day of arrival, and their results."""
    laboratory = stage.actor(Role.LABORATORY)
    for assay in assays:
        about: dict[str, Any] = {"sample": f"{assay.value}-{journey}", "assay": assay, "laboratory": stage.LABORATORY}
        taken = LANDED + timedelta(minutes=30)
        stage.done(health.sample(desk, laboratory, journey, at=taken, key=f"s-{assay}-{journey}", **about))
        stage.done(health.result(desk, laboratory, journey, finding=Finding.NOT_DETECTED, key=f"r-{assay}-{journey}", **about))


@pytest.fixture
def site(desk: Any, signed_in: Any) -> Client:
    """An officer of the site."""
    client: Client = signed_in(Role.SITE, organisation=SITE)
    return client


def test_rooms_are_entered_as_lines_and_ranges_and_closed_with_a_reason(site: Client) -> None:
    answer = site.post("/site/rooms/", {"rooms": "9, 101-103\nSuite A\n9", "beds": "2"}, follow=True)
    assert "5 rooms are new." in said(answer)
    assert list(Room.objects.order_by("order").values_list("name", "beds")) == [
        ("9", 2), ("101", 2), ("102", 2), ("103", 2), ("Suite A", 2),
    ]  # fmt: skip
    assert "1 room is new." in said(site.post("/site/rooms/", {"rooms": "103-104", "beds": "1"}, follow=True))
    assert Room.objects.get(name="103").beds == 2  # what is there stays as it is
    number = Room.objects.get(name="101").pk
    assert "Say why the room is closed" in said(
        site.post(f"/site/rooms/{number}/", {"what": "close", "reason": " "}, follow=True)
    )
    page = said(site.post(f"/site/rooms/{number}/", {"what": "close", "reason": "The tap leaks"}, follow=True))
    assert "The tap leaks" in page
    assert rooms.counted(OFFICER, SITE, DAY_ENDS) == rooms.Counted(
        rooms=6, free=9, closed=1, inside=0, unlisted=0, out=0, arrived=0
    )
    assert "The tap leaks" in said(site.get("/site/?show=closed"))
    site.post(f"/site/rooms/{number}/", {"what": "open"})
    assert rooms.counted(OFFICER, SITE, DAY_ENDS).closed == 0


def test_what_is_no_room_and_no_number_of_beds_is_told_and_nothing_is_entered(site: Client) -> None:
    hostile = ("", "9-1", "A1-B5", "1-99999999", "x" * 33, "1\0-2", "a\u202eb", "-".join("1" * 9_000))
    for field, typed in (*(("rooms", one) for one in hostile), *(("beds", one) for one in ("0", "51", "-1", "two", "", "1e3"))):
        answer = site.post("/site/rooms/", {"rooms": "1", "beds": "1", field: typed})
        assert (answer.status_code, f'id="{field}-error"' in said(answer)) == (422, True), typed[:20]
    assert Room.objects.count() == 0


def test_an_arrival_is_put_into_a_room_and_the_page_counts_down_to_the_release(
    desk: Any, hand_clock: Any, site: Client
) -> None:
    journey = landed(desk, hand_clock, 1)
    enter_rooms("101-102")
    page = said(site.get("/site/"))
    assert "1 arrival has no room. 2 beds are free." in page
    assert "LEE JUNHO" in page
    assert '<option value="101" selected>' in page
    said_then = said(site.post(f"/site/{journey}/room/", {"room": "101", "key": "k"}, follow=True))
    assert "Everybody who arrived has a room." in said_then
    assert "out on 21 May 2020 11:30 China Standard Time, in 24 hours" in said_then
    assert "Nucleic acid test on arrival: to be taken" in said_then
    assert "out today" not in said_then.split("<main")[1].split('class="tiles"')[0]
    hand_clock.forward(hours=1)
    negative(desk, journey, Assay.NAAT)
    until(hand_clock, LANDED + timedelta(hours=26))
    held = rooms.inside(OFFICER, journey)
    assert held is not None
    assert held[1].leaving is not None
    assert held[1].leaving.state == "missing"
    assert [item.measure for item in held[1].leaving.missing] == ["antibody-on-arrival"]
    page = said(site.get(f"/site/{journey}/"))
    assert "the shortest time was over on 21 May 2020 11:30 China Standard Time, 1 hour ago" in page
    assert f"/site/{journey}/out/" not in page
    refused = site.post(f"/site/{journey}/out/", {"key": "o"})
    assert (refused.status_code, "a test that ends it is outstanding" in said(refused)) == (409, True)
    assert Whereabout.objects.filter(journey=journey, until=None).count() == 1


def test_only_whose_stay_is_over_is_let_out_and_the_bed_is_free(desk: Any, hand_clock: Any, site: Client) -> None:
    journey = landed(desk, hand_clock, 1)
    enter_rooms("101")
    housed(journey, "101")
    negative(desk, journey, Assay.NAAT, Assay.ANTIBODY)
    refused = site.post(f"/site/{journey}/out/", {"key": "o"})
    assert refused.status_code == 409
    assert "its shortest time lasts until 2020-05-21 11:30 (Asia/Shanghai)" in said(refused)
    assert rooms.counted(OFFICER, SITE, DAY_ENDS + timedelta(days=1)).out == 1
    assert rooms.counted(OFFICER, SITE, DAY_ENDS).out == 0
    until(hand_clock, LANDED + timedelta(hours=26))
    assert rooms.counted(OFFICER, SITE, DAY_ENDS + timedelta(days=1)).out == 1
    assert "LEE JUNHO" in said(site.get("/site/?show=out"))
    assert f"/site/{journey}/out/" in said(site.get(f"/site/{journey}/"))
    assert "Let out: recorded." in said(site.post(f"/site/{journey}/out/", {"key": "o2"}, follow=True))
    found = rooms.counted(OFFICER, SITE, DAY_ENDS + timedelta(days=1))
    assert (found.inside, found.free, found.out) == (0, 1, 0)


def test_another_room_ends_the_first_and_the_stay_counts_on(desk: Any, hand_clock: Any) -> None:
    journey = landed(desk, hand_clock, 1)
    enter_rooms("101-102")
    housed(journey, "101")
    before = rooms.inside(OFFICER, journey)
    hand_clock.forward(hours=5)
    housed(journey, "102")
    after = rooms.inside(OFFICER, journey)
    assert before is not None
    assert after is not None
    assert (before[1].room, after[1].room) == ("101", "102")
    assert before[1].leaving == after[1].leaving
    assert rooms.counted(OFFICER, SITE, DAY_ENDS).inside == 1


def test_a_full_a_closed_and_an_unknown_room_are_refused_and_more_than_the_beds_is_said_on_purpose(
    desk: Any, hand_clock: Any, site: Client
) -> None:
    first, second = landed(desk, hand_clock, 1), landed(desk, hand_clock, 2, flight="CK777")
    enter_rooms("101, 102")
    rooms.close(OFFICER, SITE, Room.objects.get(name="102").pk, "Painted")
    housed(first, "101")
    for room, words in (
        ("101", "Room 101 has no free bed any more (people inside: 1, beds: 1)."),
        ("102", "Room 102 is closed: Painted"),
        ("103", "Found no room 103 at this site"),
        ("", "Found no room"),
    ):
        answer = site.post(f"/site/{second}/room/", {"room": room, "key": f"k{room}"})
        assert (answer.status_code, words in said(answer)) == (422, True), room
    page = said(site.post(f"/site/{second}/room/", {"room": "101", "key": "k", "crowded": "yes"}, follow=True))
    assert "people: 2, beds: 1" in page
    assert "People of different flights are together here." in page


def test_who_is_in_a_room_that_nobody_entered_is_shown_too(desk: Any, hand_clock: Any, site: Client) -> None:
    journey = landed(desk, hand_clock, 1)
    stage.done(travel.enter(desk, OFFICER, journey, stay="isolation", site=SITE, room="7", key="e"))
    page = said(site.get("/site/"))
    assert "not on the list" in page
    assert "LEE JUNHO" in page.split('id="board"')[1]
    counts = rooms.counted(OFFICER, SITE, DAY_ENDS + timedelta(days=1))
    assert (counts.unlisted, counts.out) == (1, 1)
    for show, ends, shown in (("out", 0, 0), ("out", 1, 1), ("taken", 0, 1), ("free", 0, 0), ("closed", 0, 0)):
        found = rooms.board(OFFICER, SITE, show=show, day_ends=DAY_ENDS + timedelta(days=ends))
        assert len(found.items) == shown, (show, ends)


def test_names_are_for_the_officers_own_jurisdiction_and_each_list_of_names_is_logged(
    desk: Any, hand_clock: Any, signed_in: Any
) -> None:
    journey = landed(desk, hand_clock, 1)  # bound for Jiangsu
    enter_rooms("101")
    housed(journey, "101")
    elsewhere = signed_in(Role.SITE, organisation=SITE, jurisdiction=["CN-GD"])
    page = said(elsewhere.get("/site/"))
    assert "Outside your jurisdiction" in page
    assert "LEE JUNHO" not in page
    assert "1 bed" not in page.split('id="board"')[1]  # but the bed is taken
    assert elsewhere.get(f"/site/{journey}/").status_code == 403
    assert not AccessLog.objects.filter(why="rooms").exists()
    rooms.board(OFFICER, SITE, day_ends=DAY_ENDS)
    assert AccessLog.objects.get(why="rooms").journeys == [journey]


def test_the_site_is_for_its_officers_alone(desk: Any, signed_in: Any) -> None:
    assert [role for role in PAGES if may_open(stage.actor(role), "site")] == [Role.SITE]
    for role in (Role.SPONSOR, Role.MONITOR):
        client = signed_in(role)
        for address in ("/site/", "/site/people/", "/site/rooms/", "/site/door/", "/site/x/"):
            assert client.get(address).status_code == 403, address
        for address in ("/site/name/", "/site/rooms/1/", "/site/x/room/", "/site/x/out/"):
            assert client.post(address).status_code == 403, address
    for denial in (
        rooms.add(stage.actor(Role.MONITOR), SITE, "1", 1),
        rooms.close(stage.actor(Role.REVIEWER), SITE, 1, "r"),
        rooms.reopen(stage.actor(Role.SECRETARIAT), SITE, 1),
    ):
        assert isinstance(denial, Denial)
        assert denial.code == "role"


def test_an_officer_without_an_organisation_types_the_site_and_the_other_list_stays(
    desk: Any, hand_clock: Any, signed_in: Any
) -> None:
    journey = landed(desk, hand_clock, 1)
    client = signed_in(Role.SITE)
    assert "Say first in which site you work." in said(client.get("/site/"))
    assert client.get("/site/rooms/")["Location"] == client.get("/site/door/")["Location"] == "/site/"
    assert "Type the name of the site" in said(client.post("/site/name/", {"site": "x" * 129}, follow=True))
    assert f"<h1>{SITE}</h1>" in said(client.post("/site/name/", {"site": f" {SITE} "}, follow=True))
    assert f"/work/{journey}/" in said(client.get("/site/people/?text=LEE"))
    assert f"/work/{journey}/" in said(client.get(f"/site/{journey}/"))


def test_the_list_for_the_door_has_each_room_with_who_is_in_it(desk: Any, hand_clock: Any, site: Client) -> None:
    journey = landed(desk, hand_clock, 1)
    enter_rooms("101-102")
    housed(journey, "102")
    page = said(site.get("/site/door/"))
    assert '<th scope="row">102</th>' in page
    assert '<th scope="row">101</th>' not in page
    assert "stays: out on 21 May 2020 11:30" in page


def test_the_pages_ask_the_database_as_often_for_many_as_for_few(desk: Any, hand_clock: Any, site: Client) -> None:
    def queries() -> list[int]:
        found = []
        for address in ("/site/", "/site/rooms/", "/site/door/", "/site/?show=out"):
            with CaptureQueriesContext(connection) as asked:
                assert site.get(address).status_code == 200
            found.append(len(asked))
        return found

    enter_rooms("101-104")
    people = [landed(desk, hand_clock, number) for number in range(1, 6)]
    housed(people[0], "101")
    site.get("/site/")
    few = queries()
    for room, journey in enumerate(people[1:4], 102):
        housed(journey, str(min(room, 103)), crowded=True)
    enter_rooms("200-260")
    assert queries() == few
    assert max(few) <= 20


def test_rooms_are_paged_by_their_order(site: Client) -> None:
    enter_rooms("1-60")
    first = rooms.board(OFFICER, SITE, day_ends=DAY_ENDS)
    second = rooms.board(OFFICER, SITE, day_ends=DAY_ENDS, after=first.after)
    assert [room.name for room in (*first.items, *second.items)] == [str(n) for n in range(1, 61)]
    assert second.after == ""
    with pytest.raises(InvalidEntryError):
        rooms.board(OFFICER, SITE, day_ends=DAY_ENDS, after="x")


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_give_the_last_bed_at_once_the_second_is_told(desk: Any, hand_clock: Any) -> None:
    people = [landed(desk, hand_clock, number) for number in (1, 2, 3)]
    enter_rooms("101")

    def give(journey: str) -> str:
        try:
            return "in" if isinstance(rooms.house(OFFICER, journey, site=SITE, room="101", key=journey), Receipt) else "denied"
        except InvalidEntryError as error:
            return error.text()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        answers = sorted(pool.map(give, people))
    full = "Room 101 has no free bed any more (people inside: 1, beds: 1). Choose another."
    assert answers == [full, full, "in"]
    assert rooms.counted(OFFICER, SITE, DAY_ENDS).inside == 1
