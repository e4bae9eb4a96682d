"""Windows of infection and infectiousness, the secondary attack rate, clusters, and what journeys tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.terms.events import Arrived, Assay, Boarded, Confirmed, Entered, Event, Finding, Left, Moved, Resulted, Sampled
from fastchannel.watch.investigation.attack import secondary_attack
from fastchannel.watch.investigation.clusters import clusters
from fastchannel.watch.investigation.contacts import Setting
from fastchannel.watch.investigation.journeys import CaseMoments, moments_of, presences_of
from fastchannel.watch.investigation.windows import (
    CaseDays,
    InvestigationError,
    Source,
    Window,
    infection_window,
    infectious_window,
    source_of,
)
from fastchannel.watch.investigation.words import source_words

DAYS = CaseDays(
    infectious_before_onset=2.0,
    infectious_before_sample=3.0,
    infectious_after=10.0,
    shortest_incubation=1.0,
    longest_incubation=14.0,
    earliest_positive=2.0,
    longest_positive=20.0,
)


def at(day: float) -> datetime:
    return datetime(2020, 5, 1, tzinfo=UTC) + timedelta(days=day)


def span(since: float, until: float) -> Window:
    return Window(since=at(since), until=at(until))


@pytest.mark.parametrize(
    ("onset", "sampled", "isolated", "found"),
    [
        (20, None, None, (18, 30)),
        (20, 22, None, (18, 30)),  # the onset comes before the sample
        (None, 22, None, (19, 32)),
        (20, 22, 23, (18, 23)),
        (20, 22, 31, (18, 30)),
        (20, 22, 10, (18, 18)),  # isolated before: no time but the first instant
    ],
)
def test_a_case_is_infectious_from_days_before_onset_or_sample_until_isolation(
    onset: float | None, sampled: float | None, isolated: float | None, found: tuple[float, float]
) -> None:
    moments = (None if day is None else at(day) for day in (onset, sampled, isolated))
    assert infectious_window(DAYS, *moments) == span(*found)


@pytest.mark.parametrize(
    ("onset", "sampled", "found"),
    [
        (20, None, (6, 19)),
        (None, 20, (0, 18)),
        (20, 16, (6, 14)),  # a positive sample before onset: infected two days before it at the latest
        (20, 30, (10, 19)),
        (20, 60, (6, 19)),  # nothing in common: another infection's sample, perhaps; the onset's window stands
    ],
)
def test_a_case_was_infected_when_both_onset_and_sample_allow(
    onset: float | None, sampled: float | None, found: tuple[float, float]
) -> None:
    assert infection_window(DAYS, None if onset is None else at(onset), None if sampled is None else at(sampled)) == span(
        *found
    )


def test_without_onset_and_sample_there_is_no_window() -> None:
    for window in (infectious_window, infection_window):
        with pytest.raises(InvestigationError, match="record one of them"):
            window(DAYS, None, None)


@pytest.mark.parametrize(
    ("arrived", "source"), [(19, Source.BEFORE_ARRIVAL), (18.9, Source.EITHER), (6, Source.EITHER), (5.9, Source.AFTER_ARRIVAL)]
)
def test_the_window_says_on_which_side_of_arrival_the_infection_lies(arrived: float, source: Source) -> None:
    assert source_of(span(6, 19), at(arrived)) is source
    assert source_words(source) == f"infected {source.value if source is not Source.EITHER else 'before or after arrival'}"


def test_a_window_that_ends_before_it_begins_or_has_no_offset_is_refused() -> None:
    with pytest.raises(InvestigationError, match="end after its beginning"):
        span(2, 1)
    with pytest.raises(InvestigationError, match="offsets"):
        Window(since=datetime(2020, 5, 1), until=datetime(2020, 5, 2))  # noqa: DTZ001 — what is refused


def test_the_secondary_attack_rate_has_the_exact_interval() -> None:
    """4 of 40: Clopper and Pearson give 2.793 % to 23.664 %, as R's binom.test does."""
    found = secondary_attack(4, 40, lost=3)
    assert found.rate == 0.1
    assert (found.low, found.high) == pytest.approx((0.02793, 0.23664), abs=5e-6)


def test_where_no_outcome_is_known_there_is_no_rate() -> None:
    found = secondary_attack(0, 0, lost=7)
    assert (found.rate, found.low, found.high) == (None, 0.0, 1.0)
    with pytest.raises(InvestigationError):
        secondary_attack(0, 0, lost=-1)


def test_the_genome_field_joins_cases_that_no_contact_does_and_parts_contacts() -> None:
    found = clusters({"a": "X", "b": "X", "c": "", "d": "Y", "e": ""}, [("c", "a"), ("d", "b"), ("b", "d")])
    assert [(one.cases, one.genomes, one.links, one.contradicted) for one in found] == [
        (("a", "b", "c"), ("X",), (("a", "c"),), (("b", "d"),)),
        (("d",), ("Y",), (), (("b", "d"),)),
        (("e",), (), (), ()),
    ]


def test_two_genomes_that_an_unsequenced_case_joins_are_both_shown() -> None:
    (one,) = clusters({"a": "X", "b": "Y"}, [("a", "c"), ("c", "b")])
    assert (one.cases, one.genomes) == (("a", "b", "c"), ("X", "Y"))


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from(["", "X", "Y"])),
    st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=8),
)
def test_each_case_is_in_one_cluster_whatever_the_order(genomes: dict[str, str], links: list[tuple[str, str]]) -> None:
    found = clusters(genomes, links)
    cases = [case for one in found for case in one.cases]
    assert sorted(cases) == sorted(set(genomes) | {case for pair in links if len(set(pair)) == 2 for case in pair})
    assert clusters(genomes, [(b, a) for a, b in reversed(links)]) == found
    for one in found:  # one genome is never in two clusters
        assert not any(set(one.genomes) & set(other.genomes) for other in found if other is not one)


def events() -> list[Event]:
    def common(number: int, day: float) -> dict[str, Any]:
        return {"id": f"e{number}", "journey": "j", "at": at(day), "recorded": at(day)}

    return [
        Boarded(**common(1, 1.0), flight="OZ1"),
        Arrived(**common(2, 1.1), place="CN-SH"),
        Moved(**common(3, 1.2), stay="isolation", vehicle="bus 7"),
        Entered(**common(4, 1.3), stay="isolation", site="hotel", room="101"),
        Sampled(**common(5, 1.4), sample="s1", assay=Assay.NAAT, laboratory="lab"),
        Resulted(**common(6, 1.9), sample="s1", assay=Assay.NAAT, finding=Finding.DETECTED, laboratory="lab"),
        Confirmed(**common(7, 2.0), case="c1"),
        Left(**common(8, 2.5), stay="isolation"),
    ]


def test_a_journeys_events_give_the_moments_of_the_case() -> None:
    assert moments_of(reversed(events())) == CaseMoments(arrived=at(1.1), sampled=at(1.4), confirmed=at(2.0), flights=("OZ1",))
    again = Resulted(
        id="e9",
        journey="j",
        at=at(1.9),
        recorded=at(3),
        sample="s1",
        assay=Assay.NAAT,
        finding=Finding.NOT_DETECTED,
        laboratory="lab",
    )
    assert moments_of([*events(), again]).sampled is None  # the latest report on the sample counts


def test_a_journeys_events_give_its_rides_and_rooms() -> None:
    ride, room = presences_of("p", events(), at(9))
    assert (ride.setting, ride.place, ride.during) == (Setting.VEHICLE, "bus 7", span(1.2, 1.3))
    assert (room.setting, room.place, room.unit, room.during) == (Setting.ROOM, "hotel", "101", span(1.3, 2.5))
    assert [one.during for one in presences_of("p", events(), at(1.35))] == [span(1.2, 1.3), span(1.3, 1.35)]
