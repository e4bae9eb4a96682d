"""The states: lead time, last day, extension, escalation, reward, overrides; each day on what was known that day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.agreement.load import load
from fastchannel.agreement.text import Fate, Scope
from fastchannel.terms.moments import Anchor
from fastchannel.watch.errors import WatchError
from fastchannel.watch.triggers.evaluate import evaluate
from fastchannel.watch.triggers.replay_data import ReplayData
from fastchannel.watch.triggers.states import State
from fastchannel.watch.triggers.subject import Subject, Traffic
from fastchannel.watch.triggers.timeline import Timeline, timeline
from fastchannel.watch.triggers.under_way import Passage, passage
from tests.agreement.small import changed
from tests.watch.triggers.made import data, day, series, text

WHOLE = Subject(scope=Scope.AGREEMENT)
LETTERS = {
    State.OPEN: ".", State.CONTINUED: "c", State.RESUMED: "r", State.INCREASED: "+", State.REDUCED: "-", State.ANNOUNCED: "a",
    State.PAUSED: "p", State.SUSPENDED: "S", State.EXTENDED: "E",
}  # fmt: skip
SIMPLE = 'when = "cases(day) > 5"\nside = "destination"\n'


def drawn(found: Timeline, subject: Subject = WHOLE) -> str:
    """A subject's states as one letter a day."""
    return "".join(LETTERS[one.state] for one in found.days[subject])


def run(
    trigger: str, counts: list[int | None], *more: str, days: int | None = None, known: ReplayData | None = None
) -> Timeline:
    return timeline(text(trigger, *more), known or data(reports=series(counts)), day(1), day(days or len(counts)))


def codes(found: Timeline, number: int, subject: Subject = WHOLE) -> set[str]:
    return {reason.code for reason in found.on(subject, day(number)).reasons}


@pytest.mark.parametrize(
    ("effect", "states"),
    [
        ('effect = { suspend = "3 d", from = "announcement + 1 d" }', ".aSSSr...."),
        ('effect = { suspend = "3 d", from = "announcement + 2 d" }', ".aaSSSr..."),
        ('effect = { suspend = "3 d", from = "announcement" }', ".SSSSr...."),  # the rest of its day, and three whole ones
        ('effect = { suspend = "36 h", from = "announcement + 12 h" }', ".aSSr....."),
        ('effect = { pause = "72 h", from = "announcement" }', ".ppppr...."),
        ('effect = { flights_per_week = 1, usual = 2, from = "announcement + 1 d" }', ".a--------"),
        ('effect = { flights_per_week = 3, usual = 2, from = "announcement" }\nresume = "cases(day) <= 1"', ".++......."),
        ('effect = { continue = true, from = "announcement" }', ".c........"),
    ],
)
def test_lead_time_and_length_are_whole_dates(effect: str, states: str) -> None:
    assert drawn(run(SIMPLE + effect, [0, 6, 1, 0, 0, 0, 0, 0, 0, 0])) == states


@pytest.mark.parametrize(
    ("resume", "counts", "states"),
    [
        ("cases(day) <= 5 on the last day", [6, 9, 9, 5, 0, 0, 0], "aSSSr.."),
        ("cases(day) <= 5 on the last day", [6, 0, 0, 6, 6, 5, 0], "aSSSEEr"),
        ("cases(day) <= 5", [6, 5, 0, 0, 0, 0, 0], "aSr...."),
        ("cases(day) <= 5", [6, 9, 9, 9, 9, 5, 0], "aSSSEEr"),
    ],
)
def test_what_must_hold_ends_a_suspension_or_it_goes_on(resume: str, counts: list[int | None], states: str) -> None:
    trigger = f'{SIMPLE}effect = {{ suspend = "3 d", from = "announcement + 1 d" }}\nresume = "{resume}"'
    assert drawn(run(trigger, counts)) == states


def test_an_extension_is_as_long_as_the_text_says_and_says_why() -> None:
    effect = 'effect = { suspend = "2 d", extend = "3 d", from = "announcement + 1 d" }'
    trigger = f'{SIMPLE}{effect}\nresume = "cases(day) <= 5 on the last day"'
    found = run(trigger, [6, 9, 9, 0, 0, 5, 0, 0])
    assert drawn(found) == "aSSEEEr."
    assert codes(found, 3) == {"trigger.fired", "resume.fails"}
    assert codes(found, 6) == {"trigger.fired", "resume.holds"}
    assert codes(found, 7) == {"stop.ended"}
    (stop,) = found.stops
    assert (stop.announced, stop.first, stop.last, stop.extended) == (day(1), day(2), day(6), 1)


def test_a_resume_that_cannot_be_told_extends_and_says_so() -> None:
    trigger = f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement + 1 d" }}\nresume = "cases(day) <= 5 on the last day"'
    found = run(trigger, [6, 9, None, 0, 0])
    assert drawn(found) == "aSSEr"
    assert codes(found, 3) == {"trigger.cannot-be-told", "trigger.fired", "resume.cannot-be-told"}


def test_what_was_not_reported_sets_nothing_off_and_is_said() -> None:
    found = run(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}', [0, None, 0])
    assert drawn(found) == "..."
    (reason,) = found.on(WHOLE, day(2)).reasons
    assert (reason.code, reason.clause, reason.found[0].missing) == ("trigger.cannot-be-told", "13(1)", (day(2),))


def test_a_revision_counts_from_the_day_on_which_it_was_published() -> None:
    trigger = 'when = "sum(cases, 3 d) > 5"\nside = "destination"\neffect = { suspend = "2 d", from = "announcement + 1 d" }'
    up = data(reports=[*series([0, 1, 0, 0, 0]), f"{day(4)},{day(2)},CN,cases,6"])
    assert drawn(run(trigger, [], days=5, known=up)) == "...aS"
    down = data(reports=[*series([0, 6, 0, 0, 0]), f"{day(4)},{day(2)},CN,cases,1"])
    assert drawn(run(trigger, [], days=5, known=down)) == ".aSSr"


def test_figures_that_come_late_are_those_of_the_days_before() -> None:
    late = data(reports=series([6, 0, 0, 0, 0], late=1))
    effect = 'effect = { suspend = "2 d", from = "announcement + 1 d" }'
    assert drawn(run(SIMPLE + effect, [], days=5, known=late)) == "....."
    assert drawn(run(f'{SIMPLE}reported = "1 d"\n{effect}', [], days=5, known=late)) == ".aSSr"


@pytest.mark.parametrize(
    ("side", "states"), [("either", ".aSSr"), ("origin", "....."), ("destination", ".aSSr"), ("both", "...aS")]
)
def test_the_side_says_whose_figures_count(side: str, states: str) -> None:
    trigger = f'when = "cases(day) > 5"\nside = "{side}"\neffect = {{ suspend = "2 d", from = "announcement + 1 d" }}'
    korea = [0, 0, 0, 6, 0] if side == "both" else [0] * 5
    china = [0, 6, 0, 6, 0] if side == "both" else [0, 6, 0, 0, 0]
    known = data(reports=[*series(china), *series(korea, place="KR")])
    assert drawn(run(trigger, [], days=5, known=known)) == states


def test_what_either_side_stopped_opens_only_when_it_holds_on_both() -> None:
    trigger = (
        'when = "cases(day) > 5"\nside = "either"\nresume = "cases(day) <= 5 on the last day"\n'
        'effect = { suspend = "2 d", from = "announcement + 1 d" }'
    )
    known = data(reports=[*series([6, 0, 0, 0, 0, 0]), *series([0, 0, 9, 9, 5, 0], place="KR")])
    assert drawn(run(trigger, [], days=6, known=known)) == "aSSEEr"


def test_a_second_trigger_escalates_and_the_longer_stop_holds() -> None:
    short = f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement + 1 d" }}'
    longer = 'when = "cases(day) > 9"\nside = "destination"\neffect = { suspend = "4 d", from = "announcement + 1 d" }'
    assert drawn(run(short, [6, 0, 0, 0, 0, 0, 0, 0], longer)) == "aSSr...."
    assert drawn(run(short, [10, 0, 0, 0, 0, 0, 0, 0], longer)) == "aSSSSr.."


def test_a_suspension_takes_the_place_of_a_pause_and_no_pause_begins_in_it() -> None:
    pause = 'when = "cases(day) >= 1"\nside = "destination"\neffect = { pause = "72 h", from = "announcement" }'
    suspend = 'when = "sum(cases, 3 d) >= 2"\nside = "destination"\neffect = { suspend = "5 d", from = "announcement" }'
    found = run(pause, [0, 1, 1, 1, 0, 0, 0, 0, 0, 0], suspend)
    assert drawn(found) == ".pSSSSSSr."
    assert [(stop.trigger, stop.last) for stop in found.stops] == [("t1", day(2)), ("t2", day(8))]
    assert drawn(run(pause, [0, 1, 0, 0, 0, 0, 0], suspend)) == ".ppppr."


def test_while_something_is_stopped_the_same_figures_do_not_begin_it_anew() -> None:
    found = run(f'{SIMPLE}effect = {{ suspend = "3 d", from = "announcement + 1 d" }}', [6, 6, 6, 6, 6, 0, 0, 0, 0])
    assert drawn(found) == "aSSSaSSSr"
    assert len(found.findings) == 5
    assert [stop.announced for stop in found.stops] == [day(1), day(5)]


DECIDED = f'{SIMPLE}reopens = "decision"\neffect = {{ suspend = "2 d", from = "announcement + 1 d" }}'
BOTH = ["o1,open,agreement,,{first},,{reason},CN,{cn}", "o1,open,agreement,,{first},,{reason},KR,{kr}"]


def signed(*rows: str, reason: str = "stabilised", first: int = 1, cn: int = 1, kr: int = 1) -> ReplayData:
    made = [row.format(reason=reason, first=day(first), cn=day(cn), kr=day(kr)) for row in rows]
    return data(overrides=made, reports=series([6, 0, 0, 0, 0, 0, 0, 0]))


def overridden(trigger: str, known: ReplayData) -> Timeline:
    return timeline(text(trigger), known, day(1), day(8), overrides=known.overrides)


def test_what_opens_by_decision_waits_for_both_parties() -> None:
    assert drawn(run(DECIDED, [6, 0, 0, 0, 0, 0, 0, 0])) == "aSSEEEEE"
    found = overridden(DECIDED, signed(*BOTH, cn=5, kr=7))
    assert drawn(found) == "aSSEEEr."
    assert "resume.awaits-decision" in codes(found, 4)


@pytest.mark.parametrize("row", BOTH)
def test_one_partys_override_is_visible_and_without_effect(row: str) -> None:
    found = overridden(DECIDED, signed(row, cn=5, kr=5))
    assert drawn(found) == "aSSEEEEE"
    assert "override.unsigned" not in codes(found, 4)
    assert "override.unsigned" in codes(found, 5)
    (reason,) = (one for one in found.on(WHOLE, day(5)).reasons if one.code == "override.unsigned")
    assert {reason.detail["signed"], reason.detail["missing"]} == {"CN", "KR"}


def test_an_override_without_a_reason_has_no_effect() -> None:
    found = overridden(DECIDED, signed(*BOTH, reason="", cn=5, kr=5))
    assert drawn(found) == "aSSEEEEE"
    assert "override.no-reason" in codes(found, 5)


def test_both_parties_keep_open_what_a_trigger_would_stop_and_its_firing_is_recorded() -> None:
    found = overridden(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}', signed(*BOTH))
    assert drawn(found) == "........"
    assert codes(found, 1) == {"override.both", "trigger.overridden"}
    assert [(one.trigger, one.holds) for one in found.findings] == [("t1", True)]


def test_both_parties_stop_what_no_trigger_would() -> None:
    rows = [f"o1,suspend,agreement,,{day(3)},{day(5)},a new variant,{party},{day(2)}" for party in ("CN", "KR")]
    known = data(overrides=rows, reports=series([0] * 8))
    found = overridden(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}', known)
    assert drawn(found) == "..SSSr.."
    assert codes(found, 2) == {"override.later"}
    assert codes(found, 3) == {"override.both"}


def test_regions_stop_one_by_one_and_traffic_of_others_goes_on() -> None:
    trigger = f'{SIMPLE}unit = "region"\neffect = {{ suspend = "2 d", from = "announcement + 1 d" }}'
    rows = [*series([6, 0, 0], place="CN-SH"), *series([0, 0, 0], place="CN-LN"), *series([0, 0, 0], place="CN-JS")]
    found = run(trigger, [], days=3, known=data(reports=rows))
    assert {subject.name: drawn(found, subject) for subject in found.subjects} == {
        "CN-SH": "aSS",
        "CN-LN": "...",
        "CN-JS": "...",
    }
    assert found.stopped_by(Traffic(route="kr-cn", regions=("CN-SH",)), day(2)) is not None
    assert found.stopped_by(Traffic(route="kr-cn", regions=("CN-LN",)), day(2)) is None
    assert found.stopped_by(Traffic(route="kr-cn", regions=("CN-SH",)), day(1)) is None


def test_a_carrier_is_stopped_on_all_its_lines() -> None:
    trigger = 'when = "positives(week) >= 5"\nunit = "carrier"\neffect = { suspend = "2 d", from = "announcement + 1 d" }'
    rows = [f"KE1,KE,{day(1)},{day(2)},90,3", f"KE2,KE,{day(2)},{day(2)},90,2", f"CA1,CA,{day(2)},{day(2)},90,4"]
    found = run(trigger, [], days=4, known=data(flights=rows))
    assert {subject.name: drawn(found, subject) for subject in found.subjects} == {"KE": "aSS", "CA": "..."}
    assert found.stopped_by(Traffic(carrier="KE", line="KE2"), day(3)) is not None


def test_a_forecast_above_the_budget_stops_before_anything_has_happened() -> None:
    trigger = (
        'when = "expected_imports(14 d) > 0.5"\nside = "destination"\nunit = "route"\n'
        'resume = "expected_imports(14 d) <= 0.5 on the last day"\n'
        'effect = { suspend = "2 d", from = "announcement + 1 d" }'
    )
    rows = [f"{day(n)},kr-cn,14,{value}" for n, value in enumerate([0.5, 0.6, 0.7, 0.7, 0.4, 0.1], 1)]
    found = run(trigger, [], days=6, known=data(forecasts=rows))
    assert drawn(found, Subject(scope=Scope.ROUTE, name="kr-cn")) == ".aSSEr"


def test_an_event_asks_only_what_counts_on_flights() -> None:
    made = text(
        SIMPLE + 'effect = { suspend = "2 d", from = "announcement" }',
        'when = "positives(flight) >= 5"\nunit = "flight"\neffect = { suspend = "7 d", from = "announcement" }',
    )
    known = data(flights=[f"KE1,KE,{day(1)},{day(2)},90,5"], reports=series([9, 9]))
    (event,) = known.reported(day(2))
    assert [(one.trigger, one.holds, one.event) for one in evaluate(made, known, day(2), event=event)] == [
        ("t2", True, f"KE1 {day(1)}")
    ]
    assert [(one.trigger, one.holds) for one in evaluate(made, known, day(2))] == [("t1", True)]
    (figure,) = evaluate(made, known, day(2), event=event)[0].figures
    assert (figure.required, figure.value, figure.known) == ("positives(flight) >= 5", Decimal(5), day(2))


counts_strategy = st.lists(st.none() | st.integers(0, 12), min_size=4, max_size=16)


@given(counts_strategy, st.integers(1, 4), st.sampled_from(["cases(day) <= 5 on the last day", "sum(cases, 2 d) <= 4", ""]))
def test_no_day_depends_on_what_became_known_later(counts: list[int | None], length: int, resume: str) -> None:
    ends = f'\nresume = "{resume}"' if resume else ""
    made = text(f'{SIMPLE}effect = {{ suspend = "{length} d", from = "announcement + 1 d" }}{ends}')
    whole = timeline(made, data(reports=series(counts)), day(1), day(len(counts)))
    for number in range(1, len(counts)):
        part = timeline(made, data(reports=series(counts[:number])), day(1), day(number))
        assert [(one.state, {r.code for r in one.reasons}) for one in part.days[WHOLE]] == [
            (one.state, {r.code for r in one.reasons}) for one in whole.days[WHOLE][:number]
        ]


@given(counts_strategy)
def test_a_stop_lasts_its_length_unless_something_ends_it(counts: list[int | None]) -> None:
    found = run(f'{SIMPLE}effect = {{ suspend = "3 d", from = "announcement + 1 d" }}', counts)
    for stop in found.stops:
        assert stop.last is not None
        assert (stop.last - stop.first).days == 2
        assert (stop.first - stop.announced).days == 1


SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2020, 6, 1, 12, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("fate", "anchor", "hours_before", "expected"),
    [
        ('under_way = "complete"', Anchor.DEPARTURE, 0, Passage.COMPLETE),
        ('under_way = "complete"', Anchor.DEPARTURE, -1, Passage.HOLD),
        ('under_way = "complete"', Anchor.APPROVAL, 9, Passage.HOLD),
        ('under_way = "stop"', Anchor.DEPARTURE, 9, Passage.HOLD),
        ('under_way = { complete = "approval" }', Anchor.APPROVAL, 1, Passage.COMPLETE),
        ('under_way = { complete = "departure + 2 h" }', Anchor.DEPARTURE, 2, Passage.COMPLETE),
        ('under_way = { complete = "departure + 2 h" }', Anchor.DEPARTURE, 1, Passage.HOLD),
        ('under_way = { complete = "departure - 2 h" }', Anchor.DEPARTURE, -1, Passage.HOLD),  # not gone yet
    ],
)
def test_who_has_passed_the_moment_completes_and_others_are_held(
    fate: str, anchor: Anchor, hours_before: int, expected: Passage
) -> None:
    made = changed('from = "announcement + 1 d" }\nunder_way = "complete"', f'from = "announcement + 1 d" }}\n{fate}')
    (trigger,) = load(made).text.trigger
    assert passage(trigger, {anchor: (NOON - timedelta(hours=hours_before), SEOUL)}, NOON) is expected
    assert passage(trigger, {}, NOON) is Passage.HOLD


def test_a_stop_says_what_becomes_of_those_under_way() -> None:
    found = run(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}', [6, 0])
    assert str(found.stops[0].under_way) == "departure"
    assert found.stops[0].under_way is not Fate.STOP


def test_days_that_are_too_many_or_none_are_refused() -> None:
    with pytest.raises(WatchError, match="expected 1 to"):
        timeline(text(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}'), data(), day(2), day(1))
    with pytest.raises(WatchError, match="years 1900 to 2200"):
        timeline(text(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}'), data(), date.min, date.min)
    with pytest.raises(WatchError, match="no such day"):
        run(f'{SIMPLE}effect = {{ suspend = "2 d", from = "announcement" }}', [1]).on(WHOLE, day(2))
