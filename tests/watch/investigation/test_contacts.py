"""Who was exposed to a case: seats, rooms, vehicles and shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.watch.investigation.contacts import Contact, Flight, Presence, Seating, Setting, contacts
from fastchannel.watch.investigation.seats import Cabin, Near, cabin, near
from fastchannel.watch.investigation.windows import InvestigationError, Window
from fastchannel.watch.investigation.words import setting_words

NOON = datetime(2020, 5, 4, 12, tzinfo=UTC)
# Business AC–DG–HK in rows 1 to 3, economy ABC–DEFG–HJK from 10 to 20; there is no row 13, no letter I.
WIDE = cabin((range(1, 4), "ACDGHK"), ([*range(10, 13), *range(14, 21)], "ABCDEFGHJK"))


def hours(since: float, until: float) -> Window:
    return Window(since=NOON + timedelta(hours=since), until=NOON + timedelta(hours=until))


INFECTIOUS = hours(0, 48)


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("14A", Near.NEAR),
        ("16K", Near.NEAR),
        ("17A", Near.FAR),
        ("12K", Near.NEAR),  # the row before row 14
        ("11A", Near.NEAR),  # two rows before, as there is no row 13
        ("10A", Near.FAR),
        ("3A", Near.FAR),
        ("13A", Near.UNCERTAIN),
        ("14I", Near.UNCERTAIN),
        ("", Near.UNCERTAIN),
        ("A14", Near.UNCERTAIN),
        (" 014 a ", Near.NEAR),
    ],
)
def test_two_rows_before_and_behind_as_they_stand_in_the_cabin(other: str, found: Near) -> None:
    assert near(WIDE, "14C", other) is found
    assert near(WIDE, other, "14C") is found


def test_the_first_rows_of_a_section_are_near_the_last_of_the_one_before() -> None:
    assert [near(WIDE, "10A", seat) for seat in ("3K", "2K", "1K")] == [Near.NEAR, Near.NEAR, Near.FAR]


@pytest.mark.parametrize(
    ("case", "other", "found"),
    [
        ("14H", "14K", Near.NEAR),
        ("14H", "14F", Near.NEAR),
        ("14H", "14E", Near.FAR),
        ("2D", "2C", Near.NEAR),
        ("2D", "2A", Near.FAR),
    ],
)
def test_seats_aside_count_over_the_cabins_letters(case: str, other: str, found: Near) -> None:
    """H and K have J between them and no I; in the front section D and G have E and F between them."""
    assert near(WIDE, case, other, aside=2) is found


def test_without_a_layout_no_seat_is_known() -> None:
    assert near(None, "14A", "14B") is Near.UNCERTAIN


@pytest.mark.parametrize("letters", ["", "AAB", "A-C", "ab"])
def test_a_row_without_distinct_letters_is_refused(letters: str) -> None:
    with pytest.raises(InvestigationError, match="row 3"):
        Cabin(rows={3: letters})


def test_a_row_that_is_there_twice_is_refused() -> None:
    with pytest.raises(InvestigationError, match="twice"):
        cabin((range(1, 5), "ABC"), (range(4, 9), "ABC"))


def found(seatings: list[Seating], flight: Flight | None) -> dict[str, bool]:
    named = contacts("case", INFECTIOUS, seatings=seatings, flights={"OZ1": flight} if flight else {})
    return {contact.person: contact.certain for contact in named}


def aboard(**seats: str) -> list[Seating]:
    return [Seating(person=person, flight="OZ1", seat=seat) for person, seat in seats.items()]


ALOFT = Flight(during=hours(1, 3), layout=WIDE)


def test_contacts_aboard_are_those_near_and_those_whose_seat_is_not_known() -> None:
    seats = aboard(case="14C", near="16K", far="18A", unknown="", nowhere="13A")
    assert found(seats, ALOFT) == {"near": True, "nowhere": False, "unknown": False}


@pytest.mark.parametrize("seat", ["", "13C", "99Z"])
def test_a_case_whose_seat_is_not_known_makes_the_whole_cabin_uncertain(seat: str) -> None:
    assert found(aboard(case=seat, one="1A", two="20K"), ALOFT) == {"one": False, "two": False}


def test_a_flight_of_which_nothing_is_known_makes_all_aboard_uncertain() -> None:
    assert found(aboard(case="14C", near="14A", far="20A"), None) == {"near": False, "far": False}


def test_a_flight_before_the_case_was_infectious_exposes_nobody() -> None:
    assert found(aboard(case="14C", near="14A"), Flight(during=hours(-5, -1), layout=WIDE)) == {}
    assert found(aboard(case="14C", near="14A"), Flight(during=hours(-5, 0), layout=WIDE)) == {"near": True}


def test_other_flights_are_other_peoples() -> None:
    others = [Seating(person="other", flight="OZ2", seat="14C")]
    assert found([*aboard(case="14C"), *others], ALOFT) == {}


def test_who_changed_seats_was_near_from_either() -> None:
    seats = [*aboard(case="10A", a="20A", b="10K"), Seating(person="case", flight="OZ1", seat="20K")]
    assert found(seats, ALOFT) == {"a": True, "b": True}


def presence(person: str, setting: Setting, place: str, since: float, until: float, unit: str = "") -> Presence:
    return Presence(person=person, setting=setting, place=place, unit=unit, during=hours(since, until))


def together(own: Presence, *others: Presence, **given: object) -> list[tuple[str, Setting, bool]]:
    layout = {"site": [frozenset(("101", "102"))]} if given.get("adjacent") else {}
    named = contacts("case", INFECTIOUS, presences=[own, *others], adjacent=layout)
    return [(contact.person, way.setting, way.certain) for contact in named for way in contact.ways]


def test_rooms_are_shared_adjacent_by_the_stated_layout_or_not_known() -> None:
    own = presence("case", Setting.ROOM, "site", 0, 24, "101")
    others = [
        presence("same", Setting.ROOM, "site", 5, 6, "101"),
        presence("beside", Setting.ROOM, "site", 5, 6, "102"),
        presence("away", Setting.ROOM, "site", 5, 6, "103"),
        presence("somewhere", Setting.ROOM, "site", 5, 6),
        presence("later", Setting.ROOM, "site", 24.5, 30, "101"),
        presence("elsewhere", Setting.ROOM, "other site", 5, 6, "101"),
    ]
    shared, unknown = ("same", Setting.ROOM, True), ("somewhere", Setting.ROOM, False)
    assert together(own, *others) == [shared, unknown]
    assert together(own, *others, adjacent=True) == [("beside", Setting.ADJACENT_ROOM, True), shared, unknown]


def test_a_case_whose_room_is_not_known_makes_the_whole_site_uncertain() -> None:
    own = presence("case", Setting.ROOM, "site", 0, 24)
    assert together(own, presence("a", Setting.ROOM, "site", 5, 6, "103"), presence("b", Setting.ROOM, "x", 5, 6, "1")) == [
        ("a", Setting.ROOM, False)
    ]


@pytest.mark.parametrize(
    ("since", "until", "exposed"), [(-9, -1, False), (-9, 0, True), (4, 9, True), (8, 12, True), (8.01, 12, False)]
)
def test_shifts_expose_where_they_overlap_while_the_case_is_infectious(since: float, until: float, exposed: bool) -> None:
    own = presence("case", Setting.SHIFT, "line 3", -4, 8)
    expected = [("b", Setting.SHIFT, True)] if exposed else []
    assert together(own, presence("b", Setting.SHIFT, "line 3", since, until)) == expected
    assert together(own, presence("b", Setting.SHIFT, "line 4", since, until)) == []


def test_a_vehicle_is_not_a_room_and_one_that_is_not_known_is_uncertain() -> None:
    own = presence("case", Setting.VEHICLE, "bus 7", 1, 2)
    others = [
        presence("a", Setting.VEHICLE, "bus 7", 1.5, 3),
        presence("b", Setting.VEHICLE, "bus 8", 1.5, 3),
        presence("c", Setting.VEHICLE, "", 1.5, 3),
        presence("d", Setting.ROOM, "bus 7", 1.5, 3),
    ]
    assert together(own, *others) == [("a", Setting.VEHICLE, True), ("c", Setting.VEHICLE, False)]


def test_a_contact_has_all_ways_in_their_order_and_their_common_time() -> None:
    presences = [
        presence("case", Setting.ROOM, "site", 4, 99, "101"),
        presence("b", Setting.ROOM, "site", 5, 99, "101"),
        presence("case", Setting.VEHICLE, "bus", -1, 3.5),
        presence("b", Setting.VEHICLE, "bus", -1, 3),
    ]
    (contact,) = contacts("case", INFECTIOUS, presences=presences)
    assert [(way.setting, way.during) for way in contact.ways] == [(Setting.VEHICLE, hours(0, 3)), (Setting.ROOM, hours(5, 48))]


people = st.sampled_from(["case", "a", "b", "c"])
stays = st.builds(
    lambda person, setting, place, unit, since, length: presence(person, setting, place, since, since + length, unit),
    people,
    st.sampled_from([Setting.ROOM, Setting.VEHICLE, Setting.SHIFT]),
    st.sampled_from(["", "x", "y"]),
    st.sampled_from(["", "1", "2"]),
    st.integers(-50, 60),
    st.integers(0, 30),
)
seated = st.builds(
    lambda person, seat: Seating(person=person, flight="OZ1", seat=seat), people, st.sampled_from(["", "10A", "14K", "20C"])
)


def known(named: tuple[Contact, ...]) -> dict[str, bool]:
    return {contact.person: contact.certain for contact in named}


@given(st.lists(stays, max_size=10), st.lists(seated, max_size=6), st.data())
def test_order_does_not_matter_and_knowing_less_drops_nobody(
    presences: list[Presence], seatings: list[Seating], data: st.DataObject
) -> None:
    everything = contacts("case", INFECTIOUS, presences=presences, seatings=seatings, flights={"OZ1": ALOFT})
    shuffled = data.draw(st.permutations(presences)), data.draw(st.permutations(seatings))
    assert contacts("case", INFECTIOUS, presences=shuffled[0], seatings=shuffled[1], flights={"OZ1": ALOFT}) == everything
    less = [Seating(person=one.person, flight=one.flight) for one in seatings]
    blind = known(contacts("case", INFECTIOUS, presences=presences, seatings=less, flights={"OZ1": ALOFT}))
    assert known(everything).keys() <= blind.keys()
    assert "case" not in blind


def test_ways_are_told() -> None:
    assert setting_words(Setting.SEAT, certain=True) == "sat near the case"
    assert (
        setting_words(Setting.SEAT, certain=False)
        == "sat near the case (uncertain, because a seat, room or vehicle is not known)"
    )
