"""What must hold of every decision, whatever happened."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fastchannel.agreement.provisions import Case
from fastchannel.decide.decide import decide, decide_under
from fastchannel.decide.journey import fold
from fastchannel.decide.stages import ENDED, Stage
from fastchannel.decide.standing import SEVERITY, Standing, Status, Verdict, encode
from fastchannel.decide.words import REASONS, obligation_words, say
from fastchannel.terms.events import Event
from fastchannel.terms.language import LANGUAGES
from tests.decide.clauses import clauses_of
from tests.decide.journeys import HOUR, TEXTS, Journey, anything, good_evidence, journeys

pytestmark = pytest.mark.filterwarnings("default::hypothesis.errors.HypothesisWarning")
QUICK = settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

HOURS = st.one_of(st.integers(-520, 900), st.sampled_from([-72, -48, -1, 0, 1, 2, 3, 28, 338]))
MICROSECOND = timedelta(microseconds=1)


def _at(journey: Journey, hours: int) -> datetime:
    return journey.departure + hours * HOUR


@QUICK
@given(journeys(), HOURS, st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_never_matters(journey: Journey, hours: int, chance: random.Random) -> None:
    shuffled = list(journey.events)
    chance.shuffle(shuffled)
    assert decide(TEXTS, shuffled, _at(journey, hours)) == decide(TEXTS, journey.events, _at(journey, hours))


@QUICK
@given(anything(), st.randoms(use_true_random=False))
def test_the_order_never_matters_even_where_identifiers_clash(events: list[Event], chance: random.Random) -> None:
    at = datetime(2020, 5, 20, tzinfo=UTC)
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert decide(TEXTS, shuffled, at) == decide(TEXTS, events, at)


@QUICK
@given(journeys(), HOURS, st.data())
def test_repetition_never_matters(journey: Journey, hours: int, data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(journey.events)))
    copies = [msgspec.structs.replace(event) for event in again]
    assert decide(TEXTS, [*journey.events, *copies], _at(journey, hours)) == decide(TEXTS, journey.events, _at(journey, hours))


@QUICK
@given(journeys(), HOURS)
def test_an_event_recorded_after_the_time_asked_never_matters(journey: Journey, hours: int) -> None:
    at = _at(journey, hours)
    known = [event for event in journey.events if event.recorded <= at]
    assert decide(TEXTS, journey.events, at) == decide(TEXTS, known, at)


@QUICK
@given(journeys(), HOURS)
def test_an_event_that_has_not_happened_yet_never_matters(journey: Journey, hours: int) -> None:
    at = _at(journey, hours)
    happened = [event for event in journey.events if event.at <= at]
    full, short = decide(TEXTS, journey.events, at), decide(TEXTS, happened, at)
    # What is announced for later moves the instant of the next change, and nothing else.
    assert msgspec.structs.replace(full, changes=None) == msgspec.structs.replace(short, changes=None)


@QUICK
@given(journeys(), HOURS, st.integers(0, 400))
def test_replay_as_of_a_past_day_gives_that_days_answer(journey: Journey, hours: int, later: int) -> None:
    at = _at(journey, hours)
    that_day = decide(TEXTS, [event for event in journey.events if event.recorded <= at], at)
    now = at + later * HOUR
    assert decide(TEXTS, [event for event in journey.events if event.recorded <= now], at, known=at) == that_day


@QUICK
@given(journeys(), HOURS, st.data())
def test_more_good_evidence_never_makes_the_verdict_worse(journey: Journey, hours: int, data: st.DataObject) -> None:
    at = _at(journey, hours)
    before = decide(TEXTS, journey.events, at)
    good = data.draw(st.lists(st.sampled_from(list(good_evidence(journey))), unique_by=lambda event: event.id))
    after = decide(TEXTS, [*journey.events, *good], at)
    assert SEVERITY[after.verdict] <= SEVERITY[before.verdict]


@QUICK
@given(journeys(), HOURS)
def test_every_reason_names_a_clause_of_the_text(journey: Journey, hours: int) -> None:
    at = _at(journey, hours)
    standing = decide(TEXTS, journey.events, at)
    known = fold(journey.events, at, at)
    if known.applied is None or known.itinerary is None:
        return
    plan = known.itinerary
    case = Case(
        route=standing.route,
        purpose=known.applied.purpose,
        companion=known.applied.companion,
        origin=plan.origin,
        destination=plan.destination,
        arrival_place=known.arrived_place or plan.arrival_place or plan.destination,
        city=plan.city,
    )
    text = TEXTS[standing.version]
    days = {(plan.departure + shift * HOUR).date() for shift in (-24, 0, 24)} | {
        (known.boarded + shift * HOUR).date() for shift in (-24, 0, 24) if known.boarded is not None
    }
    clauses = set().union(*(clauses_of(text.provisions(case, day)) for day in days))
    assert {reason.clause for reason in standing.reasons} <= clauses
    assert {obligation.clause for obligation in standing.obligations} <= clauses


@QUICK
@given(journeys(), HOURS)
def test_a_verdict_is_its_worst_reason(journey: Journey, hours: int) -> None:
    standing = decide(TEXTS, journey.events, _at(journey, hours))
    worst = max((SEVERITY[reason.effect] for reason in standing.reasons), default=0)
    if standing.verdict in (Verdict.PROCEED, Verdict.RELEASED):
        assert worst < SEVERITY[Verdict.WAIT]
        assert (standing.verdict is Verdict.RELEASED) == (standing.stage == Stage.COMPLETED)
    else:
        assert SEVERITY[standing.verdict] == worst
    assert (standing.gate == "") == (standing.stage in ENDED or standing.stage == Stage.EXPECTED)


def _answer(standing: Standing) -> tuple[object, ...]:
    return (
        standing.stage,
        standing.verdict,
        standing.version,
        sorted((reason.code, reason.measure, reason.effect) for reason in standing.reasons),
        sorted((item.measure, item.kind, item.status, item.evidence) for item in standing.obligations),
    )


@settings(QUICK, max_examples=120)
@given(journeys(), HOURS, st.integers(1, 10_000), st.data())
def test_nothing_changes_before_the_instant_that_the_standing_names(
    journey: Journey, hours: int, far: int, data: st.DataObject
) -> None:
    at = _at(journey, hours)
    events = [event for event in journey.events if event.recorded <= at]
    for _ in range(12):  # from each instant of change to the next
        standing = decide(TEXTS, events, at)
        assert standing.changes is None or standing.changes > at
        last = (standing.changes - MICROSECOND) if standing.changes is not None else at + far * HOUR
        between = at + data.draw(st.floats(0, 1)) * (last - at)
        for then in {between, last}:
            assert _answer(decide(TEXTS, events, then)) == _answer(standing), then
        if standing.changes is None:
            return
        at = standing.changes


@settings(QUICK, max_examples=150)
@given(anything(), st.one_of(st.just(datetime(2020, 5, 20, tzinfo=UTC)), st.datetimes(timezones=st.just(UTC))))
def test_decide_never_raises_and_its_answer_can_be_said_and_written(events: list[Event], at: datetime) -> None:
    standing = decide(TEXTS, events, at)
    assert encode(standing)
    for reason in standing.reasons:
        assert reason.code in REASONS
        assert all(say(reason, language) for language in LANGUAGES)
    assert all(obligation_words(obligation) for obligation in standing.obligations)


@QUICK
@given(journeys(), HOURS)
def test_every_reason_carries_all_that_its_sentence_asks_for(journey: Journey, hours: int) -> None:
    for reason in decide(TEXTS, journey.events, _at(journey, hours)).reasons:
        asked = set(re.findall(r"{(\w+)}", REASONS[reason.code]))
        assert asked <= set(reason.found) | {f"required_{key}" for key in reason.required}, reason.code


@QUICK
@given(journeys(), HOURS)
def test_a_decision_under_one_agreement_alone_is_the_decision(journey: Journey, hours: int) -> None:
    at = _at(journey, hours)
    joint = decide_under([TEXTS], journey.events, at)
    assert joint.standings == (decide(TEXTS, journey.events, at),)
    assert joint.verdict == joint.standings[0].verdict


@QUICK
@given(journeys(), HOURS)
def test_what_is_done_is_never_more_than_what_is_needed(journey: Journey, hours: int) -> None:
    for item in decide(TEXTS, journey.events, _at(journey, hours)).obligations:
        assert item.done >= 0
        if item.kind in ("monitor", "follow-up"):
            assert item.done <= max(item.needed, 0)
        if item.status is Status.MET and item.kind == "test":
            assert item.done >= item.needed


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        decide(TEXTS, [], datetime(2020, 5, 20))  # noqa: DTZ001 — that is the point
