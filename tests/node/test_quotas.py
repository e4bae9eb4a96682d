"""Places under a quota: a period's places less those that officers gave, corrections taken into account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fastchannel.agreement.load import load
from fastchannel.casework import applications, review
from fastchannel.casework.office import Receipt
from fastchannel.node import quotas, texts
from fastchannel.terms.events import Itinerary, Role
from tests.casework import cases

NOW = datetime(2021, 4, 14, 0, 0, tzinfo=UTC)  # a Wednesday, noon of it in Auckland
LEAVES = datetime.fromisoformat("2021-05-05T20:00:00+12:00")  # a Wednesday
SECRETARIAT = replace(cases.SECRETARIAT, party="NZ")
SPONSOR = replace(cases.SPONSOR, party="NZ")


def adopt(per: str) -> None:
    """The bridge over the Pacific, with twenty places in each such period."""
    written = (cases.AGREEMENTS / "pacific-bridge-1.toml").read_text(encoding="utf-8")
    text = load(written.replace('per    = "flight"', f'per    = "{per}"'), name="bridge")
    texts.adopt([(text.id, text.version, text.digest, text.written)])


def applied(desk: Any, number: int, leaves: datetime = LEAVES, flight: str = "NZ10") -> str:
    receipt = applications.apply(
        desk, SPONSOR, agreement="pacific-bridge", route="nz-hi", purpose="crew", key=f"k{number}",
        itinerary=Itinerary(departure=leaves, origin="NZ-AUK", destination="US-HI", flight=flight),
        person=replace(cases.PERSON, passport=f"M1000000{number}"),
    )  # fmt: skip
    assert isinstance(receipt, Receipt)
    return receipt.journey


def allot(desk: Any, journey: str, key: str, *, granted: bool = True) -> str:
    receipt = review.allot(desk, SECRETARIAT, journey, quota="seat", granted=granted, key=key)
    assert isinstance(receipt, Receipt)
    return receipt.events[0]


def bridge(now: datetime = NOW) -> list[quotas.Places]:
    return [item for item in quotas.places(now) if item.agreement == "pacific-bridge"]


def test_where_no_agreement_sets_a_number_nothing_is_asked_of_the_database(
    desk: Any, django_assert_num_queries: Any, hand_clock: Any
) -> None:
    with django_assert_num_queries(1):  # whether a text is new
        assert quotas.places(hand_clock.now()) == []


def test_a_week_has_its_places_less_those_that_were_given(desk: Any, hand_clock: Any) -> None:
    adopt("week")
    hand_clock.instant = NOW
    journeys = [applied(desk, number) for number in range(4)]
    late = applied(desk, 4, LEAVES + timedelta(days=7))
    for number, journey in enumerate([*journeys[:3], late]):
        allot(desk, journey, f"a{number}")
    allot(desk, journeys[3], "none", granted=False)
    allot(desk, journeys[2], "taken back", granted=False)
    weeks = bridge(datetime(2021, 5, 3, 0, 0, tzinfo=UTC))
    assert [(item.first, item.last) for item in weeks[:2]] == [
        (date(2021, 5, 3), date(2021, 5, 9)), (date(2021, 5, 10), date(2021, 5, 16)),
    ]  # fmt: skip
    assert [(item.people, item.given, item.left) for item in weeks] == [(20, 2, 18), (20, 1, 19), (20, 0, 20), (20, 0, 20)]
    assert {item.clause for item in weeks} == {"6"}


def test_a_corrected_place_is_not_counted(desk: Any, hand_clock: Any) -> None:
    adopt("day")
    hand_clock.instant = NOW
    given = allot(desk, journey := applied(desk, 0), "a")
    today = datetime(2021, 5, 5, 1, 0, tzinfo=UTC)
    assert [item.given for item in bridge(today)] == [1, 0, 0, 0]
    answer = review.correct(desk, SECRETARIAT, journey, event=given, reason="Another traveller was meant.", key="c")
    assert isinstance(answer, Receipt)
    assert [item.given for item in bridge(today)] == [0, 0, 0, 0]


def test_of_a_quota_a_flight_the_flights_are_told_that_places_were_given_on(desk: Any, hand_clock: Any) -> None:
    adopt("flight")
    hand_clock.instant = NOW
    for number, flight in enumerate(["NZ10", "NZ10", "NZ12"]):
        allot(desk, applied(desk, number, flight=flight), f"a{number}")
    found = bridge(datetime(2021, 5, 1, tzinfo=UTC))
    assert [(item.flight, item.first, item.given, item.left) for item in found] == [
        ("NZ10", date(2021, 5, 5), 2, 18), ("NZ12", date(2021, 5, 5), 1, 19),
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "left"), [(19, 1), (20, 0), (21, 0)])
def test_places_left_are_never_fewer_than_none(given: int, left: int) -> None:
    item = quotas.Places(
        agreement="a", route="r", quota="q", title={}, clause="1", per="week", first=date(2021, 5, 3), last=date(2021, 5, 9),
        flight="", people=20, given=given,
    )  # fmt: skip
    assert item.left == left


def test_the_sponsors_page_tells_the_places(desk: Any, hand_clock: Any) -> None:
    from django.test import Client

    from tests.web import scene as stage

    adopt("week")
    hand_clock.instant = datetime(2021, 5, 3, 0, 0, tzinfo=UTC)
    allot(desk, applied(desk, 0), "a")
    client = Client()
    client.force_login(stage.account(Role.SPONSOR), backend="django.contrib.auth.backends.ModelBackend")
    page = stage.said(client.get("/travellers/"))
    assert "<b>19</b>" in page
    assert "of 20 a week, 1 given" in page
