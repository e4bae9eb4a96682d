"""The second reading of a text: every kind of measure as times and shares, held against what a person works out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fastchannel.agreement.measures import MEASURES
from fastchannel.agreement.provisions import Case
from fastchannel.forecast.infection.pathogens import shipped_profile
from fastchannel.forecast.itinerary import Stay, Watch
from fastchannel.forecast.measures import ReadingError, RouteReading, left_out, read_measures
from tests.forecast.readings import covid, practice, read, versions, written

DESIGNATED, ANY = 0.99 * 0.99, 0.99 * 0.97  # compliance, and whose positive result is acted on
GENUINE = 0.99


def shipped_reading(agreement: str, version: int, route: str, on: date, city: str | None = None) -> RouteReading:
    text = versions(agreement)[version]
    destination = "CN-LN" if text.routes[route].destination_party == "CN" and agreement == "china-korea" else "CN-SH"
    if text.routes[route].destination_party != "CN":
        destination = text.routes[route].destination_party
    case = Case(
        route=route,
        purpose="business",
        companion=None,
        origin=text.routes[route].origin_party,
        destination=destination,
        arrival_place=destination,
        city=city,
    )
    return read_measures(text.provisions(case, on), case, covid(), practice())


def screens(reading: RouteReading) -> list[tuple[str, str, float, float]]:
    """Measure, kind of test, when it is sampled and when its result takes effect."""
    return [
        (screen.id, reading.assays[screen.assay], round(screen.sampled, 6), round(screen.effect, 6))
        for screen in reading.itinerary.screens
    ]


def stays(reading: RouteReading) -> list[tuple[str, str, float]]:
    return [(stay.id, stay.region, round(stay.start, 6)) for stay in reading.itinerary.stays]


def watches(reading: RouteReading) -> list[tuple[str, float, float, float, float]]:
    return [
        (watch.id, round(watch.start, 6), round(watch.end, 6), watch.compliance, watch.delay)
        for watch in reading.itinerary.watches
    ]


# The shipped texts


def test_the_first_text_from_korea_is_read_as_announced() -> None:
    """Tested from 72 h before departure with the result at boarding: the sample lies between three days and one before it."""
    reading = shipped_reading("china-korea", 1, "kr-cn", date(2020, 5, 1))
    assert screens(reading) == [
        ("test-before-departure", "naat", -2.0, -1.0),
        ("naat-on-arrival", "naat", 0.65, 1.65),
        ("antibody-on-arrival", "antibody", 0.65, 1.65),
    ]
    assert [screen.reach for screen in reading.itinerary.screens] == pytest.approx(
        [DESIGNATED * GENUINE, DESIGNATED, DESIGNATED]
    )
    assert stays(reading) == [
        ("origin", "origin", -1_000.0),
        ("flight", "transit", 0.0),
        ("isolation", "quarantine", 0.15),
        ("closed-loop", "closed loop", 1.65),
        ("community", "community", 14.15),
    ]
    assert watches(reading) == [
        ("self-monitoring", -14.0, 0.0, 0.5, 0.0),
        ("isolation", 0.15, 1.65, 0.8, 0.5),
        ("closed-loop", 1.65, 14.15, 0.6, 0.5),
    ]
    assert reading.itinerary.departure == 0.0
    assert reading.itinerary.release == pytest.approx(1.65)
    assert reading.itinerary.completion == pytest.approx(14.15)
    assert (reading.held_days, reading.closed_loop_days, reading.watched_days) == pytest.approx((1.5, 12.5, 14.0))
    assert reading.clauses["naat-on-arrival"] == "5(2)"


def test_shenyang_keeps_the_closed_loop_for_twenty_eight_days() -> None:
    reading = shipped_reading("china-korea", 1, "kr-cn", date(2020, 5, 1), city="Shenyang")
    assert reading.itinerary.stays[-1].start == pytest.approx(28.15)
    assert reading.itinerary.completion == pytest.approx(28.15)
    assert reading.closed_loop_days == pytest.approx(26.5)
    assert reading.clauses["closed-loop"] == "6(3)"


def test_the_way_to_korea_is_a_test_and_a_day_of_waiting_and_fourteen_days_of_calls() -> None:
    reading = shipped_reading("china-korea", 1, "cn-kr", date(2020, 5, 1))
    assert screens(reading) == [("test-before-departure", "naat", -2.0, -1.0), ("test-on-arrival", "naat", 0.65, 1.65)]
    assert [screen.reach for screen in reading.itinerary.screens] == pytest.approx([ANY * GENUINE, DESIGNATED])
    assert [stay.region for stay in reading.itinerary.stays] == ["origin", "transit", "quarantine", "community"]
    assert watches(reading) == [("active-monitoring", 1.65, 14.15, 0.8, 0.5), ("waiting", 0.15, 1.65, 0.8, 0.5)]
    assert (reading.held_days, reading.closed_loop_days, reading.watched_days) == pytest.approx((1.5, 0.0, 12.5))
    assert reading.itinerary.completion == pytest.approx(14.15)


def test_from_november_there_are_two_samples_before_departure() -> None:
    """Two in the two days that leave time for the result: half a day and a day and a half into them."""
    reading = shipped_reading("china-korea", 4, "kr-cn", date(2020, 11, 11))
    assert screens(reading)[:2] == [
        ("test-before-departure", "naat", -2.5, -1.5),
        ("test-before-departure", "naat", -1.5, -0.5),
    ]


def test_while_both_ways_to_board_are_open_the_first_is_read_and_after_it_the_second() -> None:
    both = shipped_reading("china-korea", 5, "kr-cn", date(2020, 12, 5))
    assert [measure for measure, *_ in screens(both)] == ["test-before-departure"] * 2 + [
        "naat-on-arrival",
        "antibody-on-arrival",
    ]
    later = shipped_reading("china-korea", 5, "kr-cn", date(2020, 12, 6))
    assert screens(later)[:2] == [
        ("naat-within-two-days", "naat", -1.5, -0.5),
        ("igm-within-two-days", "igm", -1.5, -0.5),
    ]


def test_the_summer_rule_adds_a_test_within_five_days_at_any_laboratory() -> None:
    reading = shipped_reading("china-korea", 3, "kr-cn", date(2020, 7, 20))
    assert screens(reading)[0] == ("test-of-every-arrival", "naat", -3.0, -2.0)
    assert reading.itinerary.screens[0].reach == pytest.approx(ANY * GENUINE)


def test_singapore_is_read_as_announced() -> None:
    there = shipped_reading("china-singapore", 1, "sg-cn", date(2020, 6, 8))
    assert screens(there) == [
        ("test-before-departure", "naat", -1.5, -0.5),
        ("naat-on-arrival", "naat", 0.65, 1.65),
        ("serology-on-arrival", "antibody", 0.65, 1.65),
    ]
    assert (there.held_days, there.closed_loop_days, there.watched_days) == pytest.approx((1.5, 12.5, 0.0))
    back = shipped_reading("china-singapore", 1, "cn-sg", date(2020, 6, 8))
    assert screens(back) == [("test-before-departure", "naat", -1.5, -0.5), ("test-on-arrival", "naat", 0.65, 1.65)]
    assert [stay[0] for stay in stays(back)] == ["origin", "flight", "isolation", "controlled-itinerary", "community"]


def test_the_day_on_which_a_text_is_read_and_not_its_own_first_day_chooses_its_rules() -> None:
    text = versions("china-korea")[5]
    case = Case(
        route="kr-cn", purpose="business", companion=None, origin="KR", destination="CN-LN", arrival_place="CN-LN", city=None
    )
    for on, samples in ((date(2020, 6, 1), 1), (date(2020, 11, 20), 2)):
        reading = read_measures(text.provisions(case, on), case, covid(), practice())
        assert [measure for measure, *_ in screens(reading)].count("test-before-departure") == samples


# Every kind of measure

MONITOR = 'id = "watching"\nkind = "monitor"\nfrom = "departure - 7 calendar days"\nuntil = "departure"'
TEST = 'id = "swab"\nkind = "test"\ntest = "naat"\nsampled = "departure - 72 h .. departure"'
ARRIVAL = 'id = "second"\nkind = "test"\ntest = "naat"\nsampled = "arrival .. arrival + 1 d"\nlaboratory = "designated"'
BOARDING = 'id = "boarding"\nkind = "gate"\nat = "boarding"\nrequires = ["swab"]'
RELEASE = 'id = "release"\nkind = "gate"\nat = "release"\nrequires = ["second"]'
LETTER = 'id = "letter"\nkind = "document"\nissued_by = "cn-office"\nby = "departure"'
WEEK = 'id = "week"\nkind = "stay"\nplace = "quarantine"\nfrom = "arrival"\nleast = "7 d"'
LOOP = 'id = "loop"\nkind = "stay"\nplace = "closed loop"\nfrom = "release"\nuntil = "arrival + 14 d"'
FOLLOW_UP = 'id = "calls"\nkind = "follow-up"\nfrom = "release"\nuntil = "arrival + 14 d"'
QUOTA = 'id = "places"\nkind = "quota"\npeople = 210\nper = "week"'
KINDS = {
    "monitor": (MONITOR,),
    "follow-up": (FOLLOW_UP,),
    "test": (TEST,),
    "gate": (ARRIVAL, RELEASE),
    "stay": (WEEK,),
    "quota": (QUOTA,),
    "document": (LETTER,),
}


def test_the_list_of_kinds_is_the_languages_own() -> None:
    assert set(KINDS) == set(MEASURES)


@pytest.mark.parametrize("kind", [kind for kind in MEASURES if kind != "document"])
def test_every_kind_of_measure_changes_what_is_forecast(kind: str) -> None:
    *given, last = KINDS[kind]
    assert replace(read(*given, last), clauses={}) != replace(read(*given), clauses={})


def test_a_document_changes_nothing_of_its_own_and_keeps_its_clause() -> None:
    assert replace(read(LETTER), clauses={}) == replace(read(), clauses={})
    assert read(LETTER).clauses == {"letter": "4"}


def test_an_agreement_without_measures_has_no_steps_and_releases_on_arrival() -> None:
    reading = read()
    assert (reading.itinerary.steps, reading.itinerary.regions) == ((), ("origin", "transit", "community"))
    assert (reading.itinerary.release, reading.itinerary.completion, reading.held_days) == (0.15, 0.15, 0.0)
    assert (reading.places_per_day, reading.people_per_flight) == (None, None)


def test_without_measures_the_contact_at_the_destination_is_what_it_would_be_without_an_agreement() -> None:
    community = read().itinerary.stays[-1]
    assert (community.contact, community.baseline) == (0.6, 0.6)


# Tests


def test_a_result_that_boarding_asks_for_is_there_at_boarding() -> None:
    asked, unasked = read(TEST, BOARDING), read(TEST)
    assert screens(asked) == [("swab", "naat", -2.0, -1.0)]
    assert screens(unasked) == [("swab", "naat", -1.925, -0.925)]  # nobody waits for it before arrival


def test_a_window_too_short_for_the_laboratory_is_met_by_a_quicker_one() -> None:
    reading = read(TEST.replace("72 h", "12 h"), BOARDING)
    assert screens(reading) == [("swab", "naat", -0.5, 0.0)]


def test_a_test_at_the_airport_that_boarding_asks_for_is_known_at_boarding() -> None:
    reading = read(TEST.replace("departure - 72 h .. departure", "boarding .. boarding"), BOARDING)
    assert screens(reading) == [("swab", "naat", 0.0, 0.0)]


@pytest.mark.parametrize(("place", "sampled"), [(0.0, -3.0), (0.25, -2.5), (1.0, -1.0)])
def test_practice_says_where_in_its_window_a_sample_is_taken(place: float, sampled: float) -> None:
    reading = read(TEST, BOARDING, kept=replace(practice(), sampled_at=place))
    assert screens(reading) == [("swab", "naat", sampled, sampled + 1.0)]


@pytest.mark.parametrize(("place", "first"), [(0.0, -3.0), (0.5, -2.75), (1.0, -2.5)])
def test_samples_are_never_nearer_to_each_other_than_the_text_allows(place: float, first: float) -> None:
    """Two samples 36 h apart in the 48 h that leave time for the result."""
    kept = replace(practice(), sampled_at=place)
    reading = read(TEST + '\ncount = 2\napart = "36 h"', BOARDING, kept=kept)
    assert [screen.sampled for screen in reading.itinerary.screens] == pytest.approx([first, first + 1.5])


def test_samples_that_fill_their_window_are_taken_at_its_ends() -> None:
    reading = read(TEST + '\ncount = 3\napart = "24 h"', BOARDING)
    assert screens(reading) == [("swab", "naat", -3.0, -2.0), ("swab", "naat", -2.0, -1.0), ("swab", "naat", -1.0, 0.0)]


def test_daily_samples_are_spread_over_their_window() -> None:
    reading = read(ARRIVAL.replace("arrival + 1 d", "arrival + 7 d") + "\ncount = 7")
    assert [screen.sampled for screen in reading.itinerary.screens] == pytest.approx([0.65 + day for day in range(7)])


def test_of_several_windows_the_first_is_read() -> None:
    reading = read(TEST.replace('departure"', 'departure or departure - 1 d .. departure"'), BOARDING)
    assert screens(reading) == [("swab", "naat", -2.0, -1.0)]


def test_a_test_for_igg_is_read_as_serology_where_the_profile_knows_no_better() -> None:
    assert read(TEST.replace("naat", "igg"), BOARDING).assays == ("antibody",)
    assert read(TEST.replace("naat", "igm"), BOARDING).assays == ("igm",)


def test_an_unknown_test_is_refused_with_what_is_known() -> None:
    influenza = shipped_profile("influenza-pandemic").at()
    with pytest.raises(ReadingError) as refused:
        read(TEST.replace("naat", "igg"), BOARDING, pathogen=influenza)
    assert str(refused.value) == (
        'measure "swab" (4) asks for the test "igg", which the pathogen\'s profile does not know; it knows naat, antigen'
    )


def test_a_test_that_must_be_positive_is_refused_and_not_read_as_one_that_must_be_negative() -> None:
    with pytest.raises(ReadingError, match=r'measure "swab" \(4\) requires the finding "detected"'):
        read(TEST.replace("naat", "antibody") + '\nrequire = "detected"', BOARDING)


def test_a_laboratory_that_the_text_names_leaks_as_a_designated_one() -> None:
    named = read(TEST + '\nlaboratory = "kr-hospital"', BOARDING).itinerary.screens[0].reach
    assert named == pytest.approx(DESIGNATED * GENUINE)
    assert read(TEST, BOARDING).itinerary.screens[0].reach == pytest.approx(ANY * GENUINE)


def test_only_proofs_shown_at_boarding_can_be_forged() -> None:
    all_forged = replace(practice(), forged=1.0)
    reading = read(TEST, BOARDING, ARRIVAL, kept=all_forged)
    assert [screen.reach for screen in reading.itinerary.screens] == pytest.approx([0.0, DESIGNATED])


# Release


def test_release_waits_for_the_result_that_its_gate_asks_for_and_for_no_other() -> None:
    assert read(ARRIVAL, RELEASE).itinerary.release == pytest.approx(1.65)
    assert read(ARRIVAL).itinerary.release == 0.15
    assert read(ARRIVAL, RELEASE.replace("release", "entry")).itinerary.release == pytest.approx(1.65)


def test_who_waits_for_a_result_with_no_stay_in_the_text_waits_in_isolation() -> None:
    reading = read(ARRIVAL, RELEASE)
    assert stays(reading)[2:] == [("waiting", "quarantine", 0.15), ("community", "community", 1.65)]
    assert watches(reading) == [("waiting", 0.15, 1.65, 0.8, 0.5)]


def test_a_stay_waits_for_its_own_tests() -> None:
    fifth = ARRIVAL.replace("arrival .. arrival + 1 d", "arrival + 5 d .. arrival + 6 d")
    reading = read(fifth, WEEK.replace('least = "7 d"', 'ends = "second"'))
    assert reading.itinerary.release == pytest.approx(0.15 + 5.5 + 1.0)


@pytest.mark.parametrize(
    ("rule", "release"),
    [('least = "7 d"', 7.15), ('until = "arrival + 10 d"', 10.15), ('least = "7 d"\nuntil = "arrival + 10 d"', 10.15)],
)
def test_a_stay_lasts_its_least_or_until_its_moment(rule: str, release: float) -> None:
    reading = read(WEEK.replace('least = "7 d"', rule))
    assert reading.itinerary.release == pytest.approx(release)
    assert reading.held_days == pytest.approx(release - 0.15)


def test_a_test_before_the_end_of_quarantine_is_early_enough_for_its_result() -> None:
    exit_test = ARRIVAL.replace("arrival .. arrival + 1 d", "release - 2 d .. release")
    reading = read(exit_test, WEEK, RELEASE)
    assert screens(reading) == [("second", "naat", 5.65, 6.65)]
    assert reading.itinerary.release == pytest.approx(7.15)
    unasked = read(exit_test, WEEK)
    assert screens(unasked) == [("second", "naat", 6.15, 7.15)]


def test_a_second_test_a_day_after_the_first_delays_release_to_its_result() -> None:
    second = ARRIVAL.replace("second", "third").replace("arrival .. arrival + 1 d", "sampling + 24 h .. sampling + 48 h")
    reading = read(ARRIVAL, second, RELEASE.replace('["second"]', '["second", "third"]'))
    assert screens(reading) == [("second", "naat", 0.65, 1.65), ("third", "naat", 2.15, 3.15)]
    assert reading.itinerary.release == pytest.approx(3.15)


def test_a_test_after_release_neither_delays_release_nor_comes_before_it() -> None:
    late = ARRIVAL.replace("arrival .. arrival + 1 d", "release + 2 d .. release + 4 d")
    reading = read(late, WEEK)
    assert screens(reading) == [("second", "naat", 10.15, 11.15)]
    assert reading.itinerary.release == pytest.approx(7.15)


def test_a_test_before_completion_is_taken_before_completion() -> None:
    last = ARRIVAL.replace("arrival .. arrival + 1 d", "completion - 2 d .. completion")
    completion = 'id = "completion"\nkind = "gate"\nat = "completion"\nrequires = ["second"]'
    reading = read(last, WEEK, LOOP, completion)
    assert screens(reading) == [("second", "naat", 12.65, 13.65)]
    assert reading.itinerary.completion == pytest.approx(14.15)


# Stays


def test_a_stay_at_home_is_kept_by_fewer_and_leaves_the_household() -> None:
    reading = read(WEEK.replace('"quarantine"', '"home"'))
    home = reading.itinerary.stays[2]
    assert (home.region, home.start) == ("quarantine", 0.15)
    assert home.contact == pytest.approx(0.7 * 0.2 + 0.3 * 0.6)  # who does not keep to it lives as everyone in the country
    assert (home.inside, home.workers) == (0.0, 0.0)
    assert watches(reading) == [("week", 0.15, 7.15, 0.5, 0.5)]


def test_two_stays_one_after_the_other_each_have_the_contact_of_their_place() -> None:
    hotel = 'id = "hotel"\nkind = "stay"\nplace = "quarantine"\nfrom = "arrival"\nuntil = "arrival + 7 d"'
    home = 'id = "home"\nkind = "stay"\nplace = "home"\nfrom = "arrival + 7 d"\nuntil = "arrival + 14 d"'
    for reading in (read(hotel, home), read(home, hotel)):
        assert stays(reading)[2:] == [
            ("hotel", "quarantine", 0.15),
            ("home", "quarantine", 7.15),
            ("community", "community", 14.15),
        ]
        assert [stay.inside for stay in reading.itinerary.stays[2:4]] == [0.02, 0.0]
        assert reading.held_days == pytest.approx(14.0)
        assert [watch.compliance for watch in reading.itinerary.watches] == [0.8, 0.5]


def test_isolation_before_departure_is_at_home_and_holds_the_traveller_too() -> None:
    before = 'id = "before"\nkind = "stay"\nplace = "quarantine"\nfrom = "departure - 14 d"\nuntil = "departure"'
    reading = read(before, WEEK)
    assert stays(reading) == [
        ("origin", "origin", -1_000.0),
        ("before", "origin", -14.0),
        ("flight", "transit", 0.0),
        ("week", "quarantine", 0.15),
        ("community", "community", 7.15),
    ]
    assert watches(reading) == [("before", -14.0, 0.0, 0.8, 0.0), ("week", 0.15, 7.15, 0.8, 0.5)]
    assert reading.held_days == pytest.approx(21.0)
    assert reading.itinerary.release == pytest.approx(7.15)


def test_a_closed_loop_from_release_is_not_quarantine() -> None:
    reading = read(ARRIVAL, RELEASE, LOOP)
    loop = reading.itinerary.stays[3]
    assert loop == Stay(id="loop", start=loop.start, region="closed loop", contact=0.9 * 0.3 + 0.1 * 0.6, baseline=0.6)
    assert loop.start == pytest.approx(1.65)
    assert (reading.held_days, reading.closed_loop_days) == pytest.approx((1.5, 12.5))


def test_a_closed_loop_ends_by_its_tests_where_the_text_says_so() -> None:
    seventh = ARRIVAL.replace("arrival .. arrival + 1 d", "arrival + 6 d .. arrival + 7 d")
    reading = read(seventh, LOOP.replace('until = "arrival + 14 d"', 'ends = "second"'))
    assert stays(reading)[2:] == [("loop", "closed loop", 0.15), ("community", "community", 7.65)]


def test_a_closed_loop_that_would_begin_before_release_begins_with_it() -> None:
    reading = read(WEEK, LOOP.replace('from = "release"', 'from = "arrival"'))
    assert stays(reading)[2:] == [
        ("week", "quarantine", 0.15),
        ("loop", "closed loop", 7.15),
        ("community", "community", 14.15),
    ]


def test_a_ride_is_no_stay_of_its_own() -> None:
    ride = 'id = "ride"\nkind = "stay"\nplace = "vehicle"\nfrom = "release"\nuntil = "release + 1 d"'
    assert stays(read(ARRIVAL, RELEASE, ride, LOOP)) == stays(read(ARRIVAL, RELEASE, LOOP))


# Watches


def test_who_reports_symptoms_before_departure_does_not_depart() -> None:
    assert read(MONITOR).itinerary.watches == (Watch(id="watching", start=-7.0, end=0.0, compliance=0.5, delay=0.0),)


def test_follow_up_is_kept_better_and_best_with_calls() -> None:
    plain, called = (read(FOLLOW_UP + more).itinerary.watches[0] for more in ("", "\ncalls_per_day = 1"))
    assert (plain.compliance, called.compliance) == (0.7, 0.8)
    assert (plain.start, plain.end, plain.delay) == pytest.approx((0.15, 14.15, 0.5))


def test_monitoring_until_completion_lasts_until_the_last_stay_ends() -> None:
    reading = read(ARRIVAL, RELEASE, LOOP, FOLLOW_UP.replace("arrival + 14 d", "completion"))
    assert watches(reading)[0] == ("calls", 1.65, 14.15, 0.7, 0.5)


def test_monitoring_that_is_over_before_it_could_begin_watches_nobody() -> None:
    reading = read(WEEK, FOLLOW_UP.replace("arrival + 14 d", "arrival + 5 d"))
    assert [watch.id for watch in reading.itinerary.watches] == ["week"]
    assert reading.watched_days == 0.0


# Gates and quotas


def test_of_two_ways_through_a_gate_only_the_first_is_asked() -> None:
    other = TEST.replace('"swab"', '"antigen"').replace('"naat"', '"antigen"')
    gate = BOARDING.replace('requires = ["swab"]', 'either = [["swab"], ["antigen", "letter"]]')
    agreement = written(TEST, other, LETTER, gate)
    case = Case(route="kr-cn", purpose="business", companion=None, origin="KR-11", destination="CN-LN", arrival_place="CN-LN")
    assert left_out(agreement.provisions(case, date(2020, 5, 1))) == {"antigen", "letter"}
    assert [measure for measure, *_ in screens(read(TEST, other, LETTER, gate))] == ["swab"]


def test_what_another_gate_asks_for_is_not_left_out_with_the_second_way() -> None:
    other = ARRIVAL.replace("second", "other")
    either = RELEASE.replace('requires = ["second"]', 'either = [["second"], ["other"]]')
    completion = 'id = "completion"\nkind = "gate"\nat = "completion"\nrequires = ["other"]'
    assert [measure for measure, *_ in screens(read(ARRIVAL, other, either, completion))] == ["second", "other"]


@pytest.mark.parametrize(("per", "a_day", "a_flight"), [("day", 210.0, None), ("week", 30.0, None), ("flight", None, 210)])
def test_a_quota_limits_people_a_day_or_on_a_flight(per: str, a_day: float | None, a_flight: int | None) -> None:
    reading = read(QUOTA.replace('"week"', f'"{per}"'))
    assert (reading.places_per_day, reading.people_per_flight) == (a_day, a_flight)


def test_of_two_quotas_the_tighter_holds() -> None:
    daily = QUOTA.replace('"places"', '"daily"').replace("210", "20").replace('"week"', '"day"')
    assert read(QUOTA, daily).places_per_day == 20.0
