"""What is counted of journeys is what counting them would give, whatever becomes of them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from fastchannel.node import counting, figures, finding, ledger, queries, triggers
from fastchannel.node.finding import called
from fastchannel.node.models import Course, Deadline, Figure, Journey, JourneyCount, Person, SponsorCount
from fastchannel.terms.events import Finding
from fastchannel.watch.alarms.results import Step
from fastchannel.watch.ledger.counting import Travellers
from fastchannel.watch.ledger.exposure import Followed, count_exposure
from tests.casework.cases import MONITOR
from tests.node.test_lanes import db_node
from tests.node.test_watching import ARRIVED, FLIGHT, TEXT, TODAY, today, traveller

__all__ = ["db_node", "today"]
pytestmark = pytest.mark.django_db(transaction=True)


def kept() -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for one in JourneyCount.objects.all():
        found[one.stage, one.verdict, one.route, one.origin, one.destination, one.arrival_place] += one.number
    return {key: number for key, number in found.items() if number}


def counted() -> dict[tuple[str, ...], int]:
    columns = ("stage", "verdict", "route", "origin", "destination", "arrival_place")
    return dict(Counter(Journey.objects.values_list(*columns)))


def test_the_counts_follow_every_change_and_are_added_up_again(today: Any, desk: Any) -> None:
    for number in range(6):
        traveller(desk, number, arrived=number % 2 == 0)
    assert kept() == counted()
    Journey.objects.filter(id__in=["j-1", "j-3"]).update(stage="withdrawn", verdict="refuse")
    Journey.objects.filter(id="j-5").update(revision=9)  # nothing that is counted
    assert kept() == counted()
    before = JourneyCount.objects.count()
    figures.tidy()
    assert kept() == counted()
    assert JourneyCount.objects.count() == len(counted()) < before
    figures.tidy()
    assert kept() == counted()
    assert counting.counts(MONITOR).total == 6


def by_sponsor() -> tuple[dict[tuple[str, ...], int], dict[tuple[str, ...], int]]:
    """What is kept of sponsors, and what counting their journeys gives."""
    columns = ("sponsor", "stage", "verdict", "route", "destination")
    found: Counter[tuple[str, ...]] = Counter()
    for *key, number in SponsorCount.objects.values_list(*columns, "number"):
        found[tuple(key)] += number
    return {key: number for key, number in found.items() if number}, dict(Counter(Journey.objects.values_list(*columns)))


def test_what_is_kept_of_each_sponsor_follows_every_change(today: Any, desk: Any) -> None:
    for number in range(4):
        traveller(desk, number, arrived=number % 2 == 0)
    Journey.objects.filter(id="j-1").update(sponsor="another")
    Journey.objects.filter(id="j-2").update(stage="withdrawn")
    kept_now, counted_now = by_sponsor()
    assert kept_now == counted_now
    assert len({sponsor for sponsor, *_ in kept_now}) == 2
    figures.tidy()
    assert by_sponsor() == (counted_now, counted_now)
    assert SponsorCount.objects.count() == len(counted_now)


def test_a_deadline_says_whose_journey_it_is_of(today: Any, desk: Any) -> None:
    traveller(desk, 0, arrived=False)
    columns = ("sponsor", "origin", "destination", "arrival_place")
    whose = Journey.objects.values_list(*columns).get()
    assert set(Deadline.objects.values_list(*columns)) == {whose}


def test_of_a_name_that_very_many_have_only_those_who_leave_next_are_found(today: Any, desk: Any, monkeypatch: Any) -> None:
    for number in range(3):
        traveller(desk, number)
    Person.objects.update(name="KIM MINJI")
    Journey.objects.filter(id="j-0").update(departure=today.instant - timedelta(days=30))
    Journey.objects.exclude(id="j-0").update(departure=today.instant + timedelta(days=1))
    whole = queries.queue(MONITOR, text="kim")
    assert ([item.journey for item in whole.items], whole.crowded) == (["j-0", "j-1", "j-2"], False)
    monkeypatch.setattr(finding, "MOST_FOUND", 2)
    few = queries.queue(MONITOR, text="kim")
    assert ([item.journey for item in few.items], few.crowded) == (["j-1", "j-2"], True)
    assert [item.journey for item in queries.queue(MONITOR, text="j-0").items] == ["j-0"]


def test_several_stages_are_one_list_in_order(today: Any, desk: Any) -> None:
    for number in range(6):
        traveller(desk, number)
    for number, stage in enumerate(("approved", "travelling", "approved", "withdrawn", "travelling", "approved")):
        departure = today.instant + timedelta(hours=number)
        Journey.objects.filter(id=f"j-{number}").update(stage=stage, departure=departure)
    seen, after = list[str](), ""
    while True:
        page = queries.queue(MONITOR, stages=["travelling", "approved"], after=after, limit=2)
        seen += [item.journey for item in page.items]
        after = page.after
        if not after:
            break
    assert seen == ["j-0", "j-1", "j-2", "j-4", "j-5"]


def test_a_course_is_what_the_journey_gives_and_goes_with_its_correction(today: Any, desk: Any) -> None:
    journey = traveller(desk, 1, finding=Finding.DETECTED)
    traveller(desk, 2, arrived=False)
    one = Course.objects.get()
    assert (one.journey_id, one.place, one.flight, one.arrived) == (journey, "CN-SH", FLIGHT, ARRIVED.date())
    assert one.reported == [[ARRIVED.date().isoformat(), True, "on_arrival"]]
    assert (one.found, one.found_at) == (ARRIVED.date(), Step.ON_ARRIVAL)


def test_the_exposure_of_the_database_is_that_of_the_watch(today: Any, desk: Any) -> None:
    for number in range(3):
        traveller(desk, number)
    first = ARRIVED.date()
    Course.objects.filter(journey="j-0").update(until=first + timedelta(days=3), sampled=[first, first + timedelta(days=9)])
    Course.objects.filter(journey="j-1").update(arrived=first - timedelta(days=9), until=first - timedelta(days=2))
    people = [
        Followed(arrived=one.arrived, until=one.until, sampled=tuple(one.sampled))
        for one in Course.objects.all()
        if one.arrived is not None and one.until is not None
    ]
    for since, until in ((first, first), (first - timedelta(days=30), first + timedelta(days=4)), (first, date(2022, 1, 1))):
        assert ledger.exposure(since, until) == count_exposure(people, Travellers.CHANNEL, since, until)


def test_a_large_record_is_counted_at_times_and_a_decision_counts_it_anew(today: Any, desk: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(figures, "small", lambda: False)
    before = triggers.todays(TEXT, TODAY.date())
    for number in range(5):
        traveller(desk, number, finding=Finding.DETECTED)
    today.instant += timedelta(minutes=10)
    assert triggers.todays(TEXT, TODAY.date()) == before
    today.instant += timedelta(minutes=6)
    after = triggers.todays(TEXT, TODAY.date())
    assert after.at == today.instant
    assert {day.subject.name for day in after.value.states if day.state != "open"} == {FLIGHT}
    Figure.objects.update(answer=b"{}")  # as an earlier release might have kept it
    assert triggers.todays(TEXT, TODAY.date()).value == after.value


def test_a_name_is_found_by_the_beginning_of_its_words(today: Any, desk: Any) -> None:
    for number, name in enumerate(("KIM MINJI", "CHOI DO-YUN", "张敏", "O'HARA, ANN")):
        Person.objects.filter(journey=traveller(desk, number)).update(name=name)
    for text, expected in (
        ("kim", ["j-0"]), ("MIN", ["j-0"]), ("min ki", ["j-0"]), ("do-yun", ["j-1"]), ("张", ["j-2"]), ("o'hara", ["j-3"]),
        ("inji", []), ("'; drop", []), ("&|!:*", []), ("", ["j-0", "j-1", "j-2", "j-3"]),
    ):  # fmt: skip
        assert sorted(item.journey for item in queries.queue(MONITOR, text=text).items) == expected, text


def test_the_index_of_names_is_used(today: Any, desk: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        rows = called("kim").explain()
        cursor.execute("SET enable_seqscan = on")
    assert "person_words" in rows
