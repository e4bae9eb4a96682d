"""The monitors' grid: silent people first, a cell for each day, one owner for each traveller, and a log of calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fastchannel.casework import health
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.node import monitoring, rebuild, sweep
from fastchannel.node.models import AccessLog, Assignment, CallNote, Followed, Message
from fastchannel.terms.events import Called, Role
from tests.web import scene as stage
from tests.web.scene import said

pytestmark = pytest.mark.django_db
FIRST = date(2020, 5, 8)
SYMPTOMS = "There is a fever that nobody needs to read of"


@dataclass(frozen=True)
class People:
    """Three who depart from Seoul on 22 May: followed since the 8th."""

    silent: str
    steady: str
    late: str  # checked in on every day but the 14th


@pytest.fixture
def people(desk: Any, hand_clock: Any) -> People:
    """It is the morning of 21 May."""
    hand_clock.instant = stage.APPLIED
    found = People(*(stage.apply(desk, number) for number in range(3)))
    hand_clock.instant = datetime(2020, 5, 21, 0, 30, tzinfo=UTC)
    stage.check_in(desk, found.steady, FIRST, date(2020, 5, 20))
    stage.check_in(desk, found.late, FIRST, date(2020, 5, 20), without=(date(2020, 5, 14),))
    at(hand_clock, 21, 0)
    return found


@pytest.fixture
def monitor(people: People, signed_in: Any) -> Client:
    client: Client = signed_in(Role.MONITOR)
    return client


def cells(page: str, journey: str) -> list[str]:
    """The words of a traveller's days."""
    row = page.partition(f'id="row-{journey}"')[2].partition("</tr>")[0]
    return re.findall(r'<td class="day[^>]*title="[^:"]*: ([^"]*)"', row)


def at(clock: Any, day: int, hour: int = 4) -> None:
    """That day of May, noon in Shanghai unless told otherwise; the node has looked."""
    clock.instant = datetime(2020, 5, day, hour, tzinfo=UTC)
    while sweep.wake_due():
        pass


def test_a_cell_for_each_day_says_what_came(people: People, desk: Any, monitor: Client) -> None:
    officer = stage.actor(Role.MONITOR)
    stage.done(health.call(desk, officer, people.late, day=date(2020, 5, 14), reached=False, key="c14"))
    stage.done(health.check_in(desk, officer, people.steady, day=date(2020, 5, 20), symptoms=True, key="s20"))
    page = said(monitor.get("/monitoring/"))
    assert cells(page, people.late) == [
        "not asked" if day < 8 else "called, not reached" if day == 14 else "due today" if day == 21
        else "not asked" if day >= 22 else "checked in"
        for day in range(10, 24)
    ]  # fmt: skip
    assert cells(page, people.steady)[10] == "symptoms"
    assert cells(page, people.silent) == ["missed"] * 11 + ["due today"] + ["not asked"] * 2


def test_who_has_been_silent_longest_stands_first(people: People, hand_clock: Any, monitor: Client) -> None:
    at(hand_clock, 21, 6)
    order = re.findall(r'id="row-([^"]+)"', said(monitor.get("/monitoring/")))
    silent = dict(Followed.objects.values_list("journey", "silent"))
    assert [silent[one] for one in order] == sorted(silent.values(), reverse=True)
    assert silent[people.silent] == 13
    assert silent[people.late] == 0
    page = said(monitor.get("/monitoring/?silent=1"))
    assert people.silent in page
    assert f'id="row-{people.late}"' not in page
    assert "silent for 13 days" in page


def test_the_ladder_goes_from_a_reminder_to_a_visit(people: People, hand_clock: Any, desk: Any) -> None:
    def rung(journey: str) -> str:
        return str(Followed.objects.get(journey=journey).rung)

    assert rung(people.late) == ""
    at(hand_clock, 21, 4)  # 13:00 in Seoul, where ten o'clock is past
    assert rung(people.late) == "reminded"
    at(hand_clock, 21, 6)
    assert rung(people.late) == "reminded again"
    assert rung(people.silent) == "visit"  # silent for longer than the agreement bears
    stage.check_in(desk, people.late, date(2020, 5, 21), date(2020, 5, 21))
    assert rung(people.late) == ""


def test_who_takes_a_traveller_has_them_until_they_let_go(people: People, monitor: Client, signed_in: Any) -> None:
    address = f"/monitoring/{people.late}/owner/"
    assert "me" in said(monitor.post(address, {"owner": "me"}, headers={"hx-request": "true"}))
    [mine] = Assignment.objects.all()
    other: Client = signed_in(Role.MONITOR, username="monitor-2", name="LI Na")
    answer = said(other.post(address, {"owner": "me"}, headers={"hx-request": "true"}))
    assert "somebody else has taken" in answer
    assert Assignment.objects.get().owner == mine.owner
    assert "Monitor" in answer  # with whom they are
    assert people.late in said(monitor.get("/monitoring/?owner=mine"))
    assert f'id="row-{people.late}"' not in said(monitor.get("/monitoring/?owner=none"))
    monitor.post(address, {"owner": "", "instead_of": mine.owner})
    assert not Assignment.objects.exists()
    touched = AccessLog.objects.filter(why="assign", journeys__contains=[people.late])
    assert touched.count() == 2


def test_a_colleague_is_given_a_traveller_and_the_load_says_so(people: People, monitor: Client, signed_in: Any) -> None:
    colleague = stage.account(Role.MONITOR, username="monitor-2", name="LI Na")
    sent = {"owner": colleague.id, "page": "task"}
    page = said(monitor.post(f"/monitoring/{people.late}/owner/", sent, follow=True))
    assert f'<option value="{colleague.id}" selected>LI Na' in page
    page = " ".join(said(monitor.get("/monitoring/")).split())
    assert re.search(r'LI Na</th><td class="number" data-label="Looks after">1</td>', page)
    nobody = {"owner": "nobody-of-that-name"}
    assert "Found no health monitor" in said(monitor.post(f"/monitoring/{people.steady}/owner/", nobody, follow=True))


def call(client: Client, journey: str, key: str = "k1", **changes: str) -> Any:
    sent = {"key": key, "day": "2020-05-21", "said": "silent", **changes}
    return client.post(f"/journeys/{journey}/steps/call/?page=task", sent, follow=True)


def test_a_call_is_an_event_and_a_line_in_the_log(people: People, desk: Any, monitor: Client) -> None:
    page = said(call(monitor, people.late, said="wrong number", note="Rings at a shop", next_step="new number", language="ko"))
    assert "wrong number · ask the sponsor for another number" in page
    assert "Rings at a shop" in page
    last = desk.journal.events(people.late)[-1]
    assert isinstance(last, Called)
    assert (last.reached, last.symptoms) == (False, False)
    [note] = CallNote.objects.all()
    assert (note.event, note.outcome, note.way, note.language) == (last.id, "wrong number", "call", "ko")
    call(monitor, people.late, said="wrong number", note="Rings at a shop", next_step="new number", language="ko")
    assert CallNote.objects.count() == 1  # the form was sent twice
    assert re.search(r'data-label="Calls today">1<', " ".join(said(monitor.get("/monitoring/")).split()))


def test_a_call_that_reached_somebody_is_the_days_check_in(people: People, monitor: Client) -> None:
    call(monitor, people.late, said="no", way="visit")
    page = said(monitor.get("/monitoring/"))
    assert cells(page, people.late)[11] == "reached by a call"
    assert "Visit 21 May 2020" in page
    assert "reached" in page


def test_a_note_of_a_call_is_for_those_who_may_see_health(people: People, desk: Any, monitor: Client) -> None:
    call(monitor, people.late, note=SYMPTOMS)
    assert monitoring.calls(people.late, health_seen=True)[0].note == SYMPTOMS
    assert monitoring.calls(people.late, health_seen=False)[0].note == ""


def test_a_failure_to_deliver_stands_in_the_row(people: People, monitor: Client, hand_clock: Any) -> None:
    from fastchannel.node.messages import deliver

    at(hand_clock, 21, 4)
    deliver()
    assert set(Message.objects.filter(journey=people.late).values_list("state", "why")) == {("failed", "no address")}
    assert "no telephone number and no e-mail address is known" in said(monitor.get("/monitoring/"))


def test_the_call_sheet_has_who_is_to_be_called_and_is_logged(people: People, hand_clock: Any, monitor: Client) -> None:
    at(hand_clock, 21, 6)
    page = said(monitor.get("/monitoring/calls/"))
    assert stage.NAMES[0] in page
    assert stage.NAMES[3] not in page  # has checked in every day
    assert AccessLog.objects.filter(why="call sheet", journeys__contains=[people.silent]).exists()
    assert monitor.get("/monitoring/calls/?owner=mine").status_code == 200


def test_the_grid_asks_as_often_for_one_row_as_for_fifty(
    people: People, desk: Any, hand_clock: Any, monitor: Client, django_assert_max_num_queries: Any
) -> None:
    hand_clock.instant = stage.APPLIED
    for number in range(10, 40):
        stage.apply(desk, number)
    at(hand_clock, 21, 6)
    monitor.get("/monitoring/")
    with django_assert_max_num_queries(14) as told:
        monitor.get("/monitoring/?silent=1")
    many = len(told.captured_queries)
    Followed.objects.exclude(journey=people.silent).delete()
    with django_assert_max_num_queries(14) as told:
        assert 'id="row-' in said(monitor.get("/monitoring/?silent=1"))
    assert len(told.captured_queries) == many


def test_pages_go_on_where_the_last_row_stood(people: People, hand_clock: Any) -> None:
    officer, seen, after = stage.actor(Role.MONITOR), [], ""
    while True:
        found = monitoring.grid(officer, after=after, limit=2)
        seen += [one.journey for one in found.items]
        after = found.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == Followed.objects.count()
    with pytest.raises(InvalidEntryError):
        monitoring.grid(officer, after="nonsense")


def test_an_officer_of_another_province_sees_nobody_and_takes_nobody(people: People, signed_in: Any) -> None:
    client: Client = signed_in(Role.MONITOR, jurisdiction=["CN-GD"])
    assert "Nobody is followed now." in said(client.get("/monitoring/"))
    assert client.post(f"/monitoring/{people.late}/owner/", {"owner": "me"}).status_code == 403
    assert client.post("/monitoring/none/owner/", {"owner": "me"}).status_code == 404


def test_no_other_role_opens_it_or_takes_anybody(people: People, signed_in: Any) -> None:
    for role in (Role.SPONSOR, Role.REVIEWER, Role.CHECKPOINT, Role.SITE, Role.SECRETARIAT):
        client: Client = signed_in(role)
        assert client.get("/monitoring/").status_code == 403
        assert client.get("/monitoring/calls/").status_code == 403
        assert client.post(f"/monitoring/{people.late}/owner/", {"owner": "me"}).status_code == 403


def test_the_projection_is_made_again_from_the_events(people: People, hand_clock: Any) -> None:
    at(hand_clock, 21, 6)
    columns = ("journey", "first", "stop", "answers", "silent", "rung", "call_due")
    before = sorted(Followed.objects.values_list(*columns))
    Followed.objects.all().delete()
    rebuild.rebuild()
    assert sorted(Followed.objects.values_list(*columns)) == before
    hand_clock.forward(days=30)
    while sweep.wake_due():
        pass
    assert not Followed.objects.filter(stop__lt=hand_clock.instant.date() - timedelta(days=1)).exists()


def test_what_is_kept_of_those_who_are_followed_is_what_counting_gives(people: People, monitor: Client) -> None:
    def whole() -> tuple[int, int, int, int]:
        rows = Followed.objects.values_list("silent", "call_due", "owner")
        return (
            len(rows), sum(bool(silent) for silent, _, _ in rows), sum(call for _, call, _ in rows),
            sum(not owner for *_, owner in rows),
        )  # fmt: skip

    def kept() -> tuple[int, int, int, int]:
        found = monitoring.counted(actor)
        return found.followed, found.silent, found.calls, found.unowned

    actor = Actor(id="x", role=Role.MONITOR, party="CN")
    assert kept() == whole()
    monitor.post(f"/monitoring/{people.late}/owner/", {"owner": "me"})
    assert kept() == whole()
    assert Followed.objects.get(journey=people.late).owner == Assignment.objects.get().owner
    rebuild.rebuild()  # a projection made anew is still the officer's
    assert kept() == whole()
    assert whole()[0] - whole()[3] == 1
    Followed.objects.filter(journey=people.late).delete()
    assert kept() == whole()


def test_a_journey_that_another_node_keeps_is_followed_there(people: People, monitor: Client) -> None:
    from fastchannel.node.models import Journey

    Journey.objects.filter(id=people.late).update(told=True)
    rebuild.rebuild()
    assert f'id="row-{people.late}"' not in said(monitor.get("/monitoring/"))
    assert monitoring.line(Actor(id="x", role=Role.MONITOR, party="CN"), people.late) is None
