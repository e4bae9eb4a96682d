"""The rules of 2020 to 2022 as they were, replayed on the published series and at their boundaries."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.shipped import shipped, shipped_triggers
from fastchannel.agreement.text import Scope
from fastchannel.watch.triggers.evaluate import evaluate
from fastchannel.watch.triggers.states import State
from fastchannel.watch.triggers.subject import Subject
from fastchannel.watch.triggers.timeline import Timeline, timeline
from fastchannel.watch.triggers.views import Hindsight
from tests.watch.triggers.made import data, day, hong_kong, series, singapore

WHOLE = Subject(scope=Scope.AGREEMENT)
DAY = timedelta(days=1)


def rule(name: str, version: int = 1) -> Agreement:
    return shipped_triggers()[name].texts[version - 1]


def found_in(place: str, when: date, reports: list[str], known: date | None = None) -> Decimal | None:
    """The bubble's mean in one city, as evaluated on a day."""
    figures = data(reports=reports)
    read = Hindsight(known=figures, at=known) if known else figures
    (finding,) = evaluate(rule("hong-kong-singapore").text, read, when)
    return next((figure.value for figure in finding.figures if figure.of == place), None)


@pytest.mark.parametrize(("when", "total"), [(date(2021, 5, 16), 32), (date(2021, 5, 17), 42)])
def test_singapores_mean_is_4_57_on_16_may_2021_and_6_0_on_the_17th(shared: Path, when: date, total: int) -> None:
    value = found_in("SG", when, singapore(shared))
    assert value == Decimal(total) / 7
    assert round(float(value), 2) == {16: 4.57, 17: 6.0}[when.day]


def test_hong_kongs_mean_of_21_november_2020_is_3_14_on_later_data_and_untold_before_they_came(shared: Path) -> None:
    reports = hong_kong(shared)
    deferred = date(2020, 11, 21)
    assert found_in("HK", deferred, reports) is None
    for vintage in (date(2020, 12, 18), date(2021, 5, 29)):
        value = found_in("HK", deferred, reports, vintage)
        assert value == Decimal(22) / 7
        assert f"{value:.2f}" == "3.14"


def test_on_its_own_day_hong_kongs_mean_was_3_9_and_the_bubble_was_deferred_before_its_trigger(shared: Path) -> None:
    """The mean published on the day, 3.9, is 27 cases in seven days and nothing else; how they lay is not needed for it."""
    deferred = date(2020, 11, 21)
    own = [f"{deferred},{deferred - n * DAY},HK,unlinked_cases,{count}" for n, count in enumerate([12, 9, 2, 1, 1, 1, 1])]
    own += [f"{deferred},{deferred - n * DAY},SG,unlinked_cases,0" for n in range(7)]
    assert {count for count in range(100) if f"{count / 7:.1f}" == "3.9"} == {27}
    signatures = [f"deferral,suspend,agreement,,{deferred},,cases are rising,{party},{deferred}" for party in ("HK", "SG")]
    known = data(reports=[*own, *hong_kong(shared)], overrides=signatures)
    text = rule("hong-kong-singapore").text
    (finding,) = evaluate(text, known, deferred)
    assert (finding.holds, f"{finding.figures[0].value:.1f}") == (False, "3.9")
    (later,) = evaluate(text, Hindsight(known=known, at=date(2021, 5, 29)), deferred)
    assert (later.holds, f"{later.figures[0].value:.2f}") == (False, "3.14")
    replayed = timeline(text, known, deferred, deferred, overrides=known.overrides)
    assert replayed.findings == ()
    assert replayed.on(WHOLE, deferred).state is State.SUSPENDED
    assert [reason.code for reason in replayed.on(WHOLE, deferred).reasons] == ["override.both"]
    assert timeline(text, known, deferred, deferred).on(WHOLE, deferred).state is State.OPEN


def bubble(shared: Path, version: int) -> Timeline:
    """On Singapore's series alone: Hong Kong's is said to be nought, which is what its later data come to."""
    reports = singapore(shared) + [
        f"{when},{when},HK,unlinked_cases,0" for when in (date(2021, 4, 1) + n * DAY for n in range(170))
    ]
    return timeline(rule("hong-kong-singapore", version).text, data(reports=reports), date(2021, 4, 7), date(2021, 9, 7))


def test_the_bubble_is_announced_on_17_may_takes_effect_in_two_days_and_lasts_two_weeks(shared: Path) -> None:
    replayed = bubble(shared, 1)
    states = {when: replayed.on(WHOLE, when).state for when in (date(2021, 5, 16) + n * DAY for n in range(17))}
    assert states[date(2021, 5, 16)] is State.OPEN
    assert states[date(2021, 5, 17)] is State.ANNOUNCED  # the first of the two days
    assert states[date(2021, 5, 18)] is State.SUSPENDED  # the second, on which it takes effect
    assert all(states[date(2021, 5, 18) + n * DAY] is State.SUSPENDED for n in range(14))
    assert replayed.stops[0].announced == date(2021, 5, 17)
    assert replayed.stops[0].clause == "4(1)"


def test_the_bubble_resumes_where_the_mean_is_5_or_less_on_the_last_day(shared: Path) -> None:
    """Checked against the series itself: the mean of the days up to and on the last day of the suspension."""
    counts = {row.split(",")[1]: int(row.split(",")[4]) for row in singapore(shared)}

    def mean(when: date) -> float:
        return sum(counts[f"{when - n * DAY}"] for n in range(7)) / 7

    last = date(2021, 5, 31)
    while mean(last) > 5:
        last += DAY
    replayed = bubble(shared, 1)
    assert replayed.stops[0].last == last
    assert replayed.on(WHOLE, last + DAY).state is State.RESUMED
    assert replayed.stops[0].extended == (last - date(2021, 5, 31)).days


def test_in_its_form_of_2021_it_stays_closed_until_both_decide(shared: Path) -> None:
    replayed = bubble(shared, 2)
    assert replayed.on(WHOLE, date(2021, 9, 7)).state is State.EXTENDED
    assert "resume.awaits-decision" in {reason.code for reason in replayed.on(WHOLE, date(2021, 6, 2)).reasons}


LINE = Subject(scope=Scope.FLIGHT, name="CZ1")


def breaker(version: int, tested: int, positive: int, days: int = 40) -> Timeline:
    known = data(flights=[f"CZ1,CZ,{day(1)},{day(2)},{tested},{positive}"])
    return timeline(rule("circuit-breaker", version).text, known, day(1), day(days))


@pytest.mark.parametrize(
    ("version", "tested", "positive", "days"),
    [
        (1, 200, 4, 0),
        (1, 200, 5, 7),
        (1, 200, 9, 7),
        (1, 200, 10, 28),
        (1, 200, 17, 28),  # the first flight that it stopped
        (2, 200, 4, 0),
        (2, 200, 5, 14),
        (2, 200, 10, 28),
        (3, 200, 8, 7),  # 4 % exactly
        (3, 201, 8, 0),  # below 4 %
        (3, 50, 4, 0),  # 8 %, of too few
        (3, 125, 5, 7),
        (3, 62, 5, 14),  # above 8 %
        (3, 63, 5, 7),  # below 8 %
        (3, 200, 16, 14),
    ],
)
def test_chinas_circuit_breaker_stops_a_line_for_as_long_as_its_form_says(
    version: int, tested: int, positive: int, days: int
) -> None:
    replayed = breaker(version, tested, positive)
    longest = max((sum(stop.keeps_out(day(n)) for n in range(1, 41)) for stop in replayed.stops), default=0)
    assert longest == days
    assert all(stop.announced == day(2) and stop.subject == LINE for stop in replayed.stops)


def test_a_weekly_line_misses_one_flight_in_a_week_and_four_in_four() -> None:
    for positive, missed in ((5, 1), (10, 4)):
        replayed = breaker(1, 200, positive)
        flights = [day(1 + 7 * week) for week in range(1, 6)]
        assert sum(any(stop.keeps_out(one) for stop in replayed.stops) for one in flights) == missed


def test_other_lines_fly_on_and_figures_that_come_late_count_when_they_come() -> None:
    rows = [f"CZ1,CZ,{day(1)},{day(2)},200,4", f"CZ1,CZ,{day(1)},{day(6)},200,5", f"KE1,KE,{day(1)},{day(2)},200,0"]
    replayed = timeline(rule("circuit-breaker").text, data(flights=rows), day(1), day(20))
    assert [(stop.subject.name, stop.announced) for stop in replayed.stops] == [("CZ1", day(6))]
    assert replayed.stops[0].reason.detail["event"] == f"CZ1 {day(1)}"


def test_three_clean_weeks_let_a_line_fly_twice_a_week_until_it_is_stopped() -> None:
    rows = [f"CZ1,CZ,{day(7 * n)},{day(7 * n)},200,{5 if n == 5 else 0}" for n in range(1, 7)]
    replayed = timeline(rule("circuit-breaker").text, data(flights=rows), day(1), day(45))
    assert replayed.on(LINE, day(21)).state is State.OPEN  # the third week's Sunday
    assert (replayed.on(LINE, day(22)).state, replayed.on(LINE, day(22)).flights_per_week) == (State.INCREASED, 2)
    assert replayed.on(LINE, day(34)).state is State.INCREASED
    assert replayed.on(LINE, day(35)).state is State.SUSPENDED
    assert replayed.on(LINE, day(43)).state is State.RESUMED


NSW, VIC = (Subject(scope=Scope.REGION, name=name) for name in ("AU-NSW", "AU-VIC"))


@pytest.mark.parametrize(
    ("unlinked", "linked", "states"),
    [
        ([0, 0, 0, 0, 0], [0, 2, 0, 0, 0], ["open", "continued", "open", "open", "open"]),
        ([0, 1, 0, 0, 0, 0, 0], [0] * 7, ["open", "paused", "paused", "paused", "paused", "resumed", "open"]),
        ([0, 1, 0, 1, 0], [0] * 5, ["open", "paused", "paused", "suspended", "suspended"]),
        ([0, 2, 0], [0] * 3, ["open", "suspended", "suspended"]),
    ],
)
def test_trans_tasman_continues_pauses_or_suspends_by_state(
    unlinked: list[int | None], linked: list[int | None], states: list[str]
) -> None:
    rows = [*series(unlinked, place="AU-NSW", figure="unlinked_cases"), *series(linked, place="AU-NSW", figure="linked_cases")]
    rows += [*series([0] * 8, place="AU-VIC", figure="unlinked_cases"), *series([0] * 8, place="AU-VIC", figure="linked_cases")]
    replayed = timeline(rule("trans-tasman").text, data(reports=rows), day(1), day(len(unlinked)))
    assert [one.state.value for one in replayed.days[NSW]] == states
    assert {one.state for one in replayed.days[VIC]} == {State.OPEN}


def test_a_trans_tasman_pause_is_at_most_72_hours_and_a_suspension_waits_for_both() -> None:
    rows = [
        *series([0, 1, 1], place="AU-NSW", figure="unlinked_cases"),
        *series([0] * 60, place="AU-NSW", figure="linked_cases"),
    ]
    rows += [f"{day(n)},{day(n)},AU-NSW,unlinked_cases,0" for n in range(4, 61)]
    replayed = timeline(rule("trans-tasman").text, data(reports=rows), day(1), day(60))
    assert replayed.on(NSW, day(60)).state is State.EXTENDED
    assert [(stop.kind.value, stop.length_days) for stop in replayed.stops] == [("pause", 3), ("suspension", 14)]


def test_the_forecast_rule_stops_the_route_into_the_side_whose_budget_it_would_pass() -> None:
    rows = [f"{day(n)},kr-cn,14,{0.6 if n in (2, 9) else 0.2}" for n in range(1, 19)]
    rows += [f"{day(n)},cn-kr,14,0.5" for n in range(1, 19)]
    replayed = timeline(rule("forecast-budget").text, data(forecasts=rows), day(1), day(18))
    to_china, to_korea = (Subject(scope=Scope.ROUTE, name=name) for name in ("kr-cn", "cn-kr"))
    assert {one.state for one in replayed.days[to_korea]} == {State.OPEN}
    states = [one.state for one in replayed.days[to_china]]
    assert states[1] is State.ANNOUNCED
    assert states[2:9] == [State.SUSPENDED] * 7
    assert states[9:16] == [State.EXTENDED] * 7  # 0.6 on the last day
    assert states[16] is State.RESUMED


@pytest.mark.parametrize("name", sorted(shipped_triggers()))
def test_each_text_is_whole_and_each_figure_of_it_has_a_source(name: str) -> None:
    for agreement in shipped_triggers()[name]:
        assert agreement.warnings == ()
        assert tomllib.loads(agreement.written)["agreement"]["id"] == name
        assert agreement.text.trigger
        for trigger in agreement.text.trigger:
            assert trigger.source
            assert set(trigger.title) == {"en", "zh", "ko"}


def test_what_is_uncertain_says_so() -> None:
    noted = {
        (name, agreement.version, trigger.id)
        for name, versions in shipped_triggers().items()
        for agreement in versions
        for trigger in agreement.text.trigger
        if trigger.note.startswith("Uncertain")
    }
    assert ("circuit-breaker", 2, "five-on-a-flight") in noted
    assert {("trans-tasman", 1, one) for one in ("continue", "pause", "suspend")} <= noted
    assert ("hong-kong-singapore", 1, "unlinked-cases") in noted


def test_no_node_is_offered_a_text_that_is_only_for_replay() -> None:
    assert not set(shipped_triggers()) & set(shipped())
