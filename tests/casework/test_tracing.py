"""A case's window by the pathogen's profile, and its contacts by seats, rooms and vehicles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fastchannel.casework.tracing import Anchor, Grade, Traced, case_days, close_contacts, exposure, secondary_contacts
from fastchannel.casework.whereabouts import CaseState, Whereabout, case_row, contact_of, flight_on, whereabouts
from fastchannel.decide.journey import fold
from fastchannel.forecast.infection.pathogens import shipped_profile, shipped_profiles
from fastchannel.terms import events as ev
from fastchannel.terms.events import Event
from fastchannel.watch.investigation.contacts import Setting
from fastchannel.watch.investigation.windows import Window
from tests.web import contacts as stage
from tests.web.contacts import LANDED, NUMBER, aboard, begun, rides, stamp, stays

SEOUL = ZoneInfo("Asia/Seoul")
WINDOW = Window(since=LANDED - timedelta(hours=3), until=LANDED + timedelta(days=2))
LATER = LANDED + timedelta(days=3)


def placed(events: list[Event], at: datetime = LATER) -> tuple[Whereabout, ...]:
    return whereabouts(events, fold(events, at, at), at, at)


def test_the_windows_of_the_ancestral_virus_are_those_of_its_published_curves() -> None:
    """Infectiousness from 1 % to 99 % (He et al. 2020, corrected) and incubation likewise, to a tenth of a day."""
    days = case_days(shipped_profile("sars-cov-2-ancestral"))
    assert days.infectious_before_onset == pytest.approx(5.07, abs=0.05)
    assert days.infectious_after == pytest.approx(8.14, abs=0.05)
    assert days.longest_incubation == pytest.approx(13.4, abs=0.05)
    assert days.infectious_before_sample == days.infectious_before_onset


def test_every_profile_that_ships_has_windows_in_order() -> None:
    for profile in shipped_profiles().values():
        days = case_days(profile)
        assert 0 <= days.infectious_before_onset < 14
        assert 0 < days.shortest_incubation < days.longest_incubation
        assert 0 <= days.earliest_positive < days.longest_positive


def case(*more: Event) -> list[Event]:
    return [*begun("c"), *aboard("c", "12A"), *more]


def test_the_window_is_counted_from_symptoms_else_the_sample_else_the_confirmation() -> None:
    days = case_days(shipped_profile("sars-cov-2-ancestral"))
    confirmed = ev.Confirmed(**stamp("c", "k", LANDED + timedelta(days=3), ev.Role.MONITOR), case=NUMBER)
    sample: dict[str, Any] = {"sample": "s", "assay": ev.Assay.NAAT, "laboratory": "l"}
    taken = ev.Sampled(**stamp("c", "s", LANDED + timedelta(days=2), ev.Role.LABORATORY), **sample)
    result = ev.Resulted(
        **stamp("c", "t", LANDED + timedelta(days=2.5), ev.Role.LABORATORY), finding=ev.Finding.DETECTED, **sample
    )
    said = ev.CheckedIn(**stamp("c", "i", LANDED + timedelta(days=1), ev.Role.TRAVELLER), day=date(2020, 12, 21), symptoms=True)
    began = {
        Anchor.CONFIRMATION: (case(confirmed), confirmed.at),
        Anchor.SAMPLE: (case(taken, result, confirmed), taken.at),
        Anchor.ONSET: (case(said, taken, result, confirmed), datetime(2020, 12, 20, 15, tzinfo=UTC)),  # midnight in Seoul
    }
    for anchor, (events, moment) in began.items():
        found = exposure(days, events, fold(events, LATER, LATER), confirmed.at, SEOUL)
        assert (found.anchor, found.began) == (anchor, moment)
        assert found.window.since == moment - timedelta(days=days.infectious_before_onset)
        assert found.window.until == confirmed.at  # isolation ends it
        assert found.quarantine == timedelta(days=14)


def test_seats_rooms_and_vehicles_are_read_from_the_events_as_corrections_left_them() -> None:
    events = case(rides("c", "BUS"), stays("c", "1208"), stays("c", "1209", 40))
    wrong = ev.Corrected(
        **stamp("c", "x", LATER - timedelta(hours=1), ev.Role.SITE), corrects="c-e3", reason="r", replacement={"room": "1207"}
    )
    found = placed([*events, wrong])
    assert [(one.setting, one.place, one.unit) for one in found] == [
        (Setting.SEAT, "MU5042 2020-12-20", "12A"),
        (Setting.VEHICLE, "BUS", ""),
        (Setting.ROOM, stage.HOTEL, "1207"),
        (Setting.ROOM, stage.HOTEL, "1209"),
    ]
    assert [one.until for one in found] == [LANDED, LANDED + timedelta(hours=3), LANDED + timedelta(hours=40), None]


@pytest.mark.parametrize(
    ("seat", "certain"),
    [("12F", True), ("9K", True), ("15A", True), ("8A", None), ("16A", None), ("", False), ("?", False)],
)
def test_the_rows_around_the_case_are_close_and_an_unknown_seat_leaves_it_open(seat: str, certain: bool | None) -> None:
    """Three rows by their numbers, because aircraft leave numbers out; farther rows are no contact."""
    events = [*begun("o"), *aboard("o", seat)]
    found = close_contacts("c", WINDOW, {"c": placed(case()), "o": placed(events), "z": placed(aboard_far())}, LATER)
    mine = [one.certain for one in found if one.journey == "o"]
    assert mine == ([] if certain is None else [certain])
    assert {one.grade for one in found} <= {Grade.CLOSE}


def aboard_far() -> list[Event]:
    return [*begun("z"), *aboard("z", "40K")]


def test_where_the_cases_seat_is_not_known_everybody_aboard_is_perhaps_a_contact() -> None:
    unseated = [*begun("c"), *aboard("c", "")]
    found = close_contacts("c", WINDOW, {"c": placed(unseated), "z": placed(aboard_far())}, LATER)
    assert [(one.journey, one.certain) for one in found] == [("z", False)]


def test_who_came_into_the_room_after_the_window_is_no_contact() -> None:
    held = {"c": placed(case(stays("c", "1208")))}
    for hours, expected in ((20.0, ["o"]), (49.0, [])):
        other = {"o": placed([*begun("o", "X1"), stays("o", "1208", hours)])}
        assert [one.journey for one in close_contacts("c", WINDOW, held | other, LATER)] == expected


def test_secondary_contacts_met_a_certain_close_contact_after_its_exposure_and_each_is_told_once() -> None:
    places = {
        "n": placed([*begun("n"), *aboard("n", "12B"), stays("n", "7", 4)]),
        "m": placed([*begun("m"), *aboard("m", "12C"), stays("m", "7", 4)]),
        "s": placed([*begun("s", "X1"), stays("s", "7", 30)]),
        "c": placed(case()),
    }
    close = close_contacts("c", WINDOW, places, LATER)
    assert [one.journey for one in close] == ["m", "n"]
    found = secondary_contacts(close, places, LATER, ["c"])
    assert [(one.journey, one.grade, one.through) for one in found] == [("s", Grade.SECONDARY, "m")]
    unsure = [Traced(journey=o.journey, grade=o.grade, certain=False, through="c", ways=o.ways) for o in close]
    assert secondary_contacts(unsure, places, LATER, ["c"]) == ()


def test_a_flight_is_named_by_its_date_so_that_two_days_are_two_flights() -> None:
    assert flight_on("CK101", datetime.fromisoformat("2020-12-20T08:00:00+09:00")) == "CK101 2020-12-19"
    assert flight_on("CK101", datetime.fromisoformat("2020-12-20T09:00:00+09:00")) == "CK101 2020-12-20"


def test_a_case_is_open_until_it_recovers_or_the_notice_is_recalled() -> None:
    confirmed = ev.Confirmed(**stamp("c", "k", LANDED, ev.Role.MONITOR), case=NUMBER)
    over = ev.Recovered(**stamp("c", "o", LANDED + timedelta(days=1), ev.Role.MONITOR), case=NUMBER)
    struck = ev.Corrected(**stamp("c", "x", LANDED + timedelta(days=1), ev.Role.MONITOR), corrects="c-k", reason="r")

    def state(*events: Event) -> CaseState | None:
        found = case_row(events, fold(events, LATER, LATER))
        return found.state if found is not None else None

    assert state(*begun("c")) is None
    assert state(*begun("c"), confirmed) is CaseState.OPEN
    assert state(*begun("c"), confirmed, over) is CaseState.RECOVERED
    assert state(*begun("c"), confirmed, struck) is CaseState.RECALLED


def test_a_contact_is_one_until_cleared_and_may_be_named_again() -> None:
    named = ev.ContactNamed(**stamp("c", "1", LANDED, ev.Role.MONITOR), case=NUMBER, exposed=LANDED)
    cleared = ev.Cleared(**stamp("c", "2", LANDED + timedelta(days=1), ev.Role.MONITOR), case=NUMBER, reason="r")
    again = ev.ContactNamed(**stamp("c", "3", LANDED + timedelta(days=2), ev.Role.MONITOR), case=NUMBER)

    def held(*events: Event) -> list[tuple[str, datetime | None]]:
        return [(one.event, one.cleared) for one in contact_of([*begun("c"), *events], LATER, LATER)]

    assert held(named) == [("c-1", None)]
    assert held(named, cleared) == [("c-1", cleared.at)]
    assert held(named, cleared, again) == [("c-3", None)]
