"""Alarms on rows: who is flagged, since when and on which rows, late and corrected results, and the rate over whole watches."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
import pytest
from scipy import stats

from fastchannel.watch.alarms.alarm import Alarm, Alarms, Grade, alarms
from fastchannel.watch.alarms.policy import MOST_UNITS, QUESTIONS, Code, Policy
from fastchannel.watch.alarms.results import Expected, Result, Step, as_known, expected_positivity
from fastchannel.watch.alarms.wording import alarm_words
from fastchannel.watch.errors import WatchError

START = date(2020, 5, 1)
ON_ARRIVAL = Expected(low=0.004, value=0.006, high=0.008)
BEFORE = Expected(low=0.02, value=0.025, high=0.03)


def day(number: int) -> date:
    return START + timedelta(days=number)


def group(
    number: int, laboratory: str, tested: int, positives: int, step: Step = Step.ON_ARRIVAL, sponsor: str = ""
) -> list[Result]:
    """Samples of one laboratory's travellers on one day, the first of them positive."""
    return [
        Result(
            id=f"{step}-{number:03d}-{laboratory}-{i:03d}",
            recorded=day(number),
            step=step,
            expected=BEFORE if step is Step.BEFORE_DEPARTURE else ON_ARRIVAL,
            positive=i < positives,
            laboratory=laboratory if step is Step.BEFORE_DEPARTURE else "",
            certified_by=laboratory if step is Step.ON_ARRIVAL else "",
            region="KR-11",
            sponsor=sponsor,
        )
        for i in range(tested)
    ]


def by_code(found: Alarms, code: Code, grade: Grade = Grade.ALARM) -> dict[str, Alarm]:
    return {alarm.unit: alarm for alarm in found.alarms if alarm.code is code and alarm.grade is grade}


@pytest.fixture(scope="module")
def one_goes_bad() -> list[Result]:
    """Three laboratories, 60 travellers a day each; from day 20 the negatives of C turn positive on arrival, 3 a day."""
    rows: list[Result] = []
    for number in range(40):
        for laboratory in "ABC":
            bad = laboratory == "C" and number >= 20
            rows += group(number, laboratory, 60, 3 if bad else int(number % 3 == 0))
    return rows


def test_a_laboratory_whose_negatives_turn_positive_is_flagged_against_the_forecast_and_against_others(
    one_goes_bad: list[Result],
) -> None:
    found = alarms(one_goes_bad, Policy(), day(25))
    against_forecast = by_code(found, Code.NEGATIVES_TURN_POSITIVE)
    assert set(against_forecast) == {"C"}
    alarm = against_forecast["C"]
    assert alarm.since == day(20)
    assert day(20) < alarm.raised <= day(25)
    assert alarm.after.tested == 360
    assert alarm.positives == 18
    assert alarm.expected.low == pytest.approx(360 * 0.004)
    assert alarm.expected.high == pytest.approx(360 * 0.008)
    assert alarm.e_value >= alarm.threshold == pytest.approx(50 * len(QUESTIONS) / 0.05)
    assert set(alarm.rows) == {
        row.id for row in one_goes_bad if row.certified_by == "C" and day(20) <= row.recorded <= day(25) and row.positive
    }
    against_others = by_code(alarms(one_goes_bad, Policy(), day(39)), Code.NEGATIVES_AGAINST_OTHERS)
    assert set(against_others) == {"C"}
    assert against_others["C"].since == day(19)  # a day without any positive, which speaks neither for nor against it
    assert against_others["C"].positives == 60
    others = sum((5 if number % 3 == 0 else 3) / 3 for number in range(20, 40))
    assert against_others["C"].expected.value == pytest.approx(others)


def test_nothing_stands_out_before_it_goes_bad(one_goes_bad: list[Result]) -> None:
    assert alarms(one_goes_bad, Policy(), day(19)).alarms == ()


def test_a_wave_that_no_forecast_saw_does_not_flag_a_laboratory_against_others() -> None:
    rows = [row for number in range(20) for laboratory in "ABC" for row in group(number, laboratory, 60, 3)]
    found = alarms(rows, Policy(), day(30))
    assert set(by_code(found, Code.NEGATIVES_TURN_POSITIVE)) == {"A", "B", "C"}
    assert by_code(found, Code.SURGE)["KR-11"].positives == 180
    assert by_code(found, Code.STEP)["on_arrival"].since == day(0)
    assert not by_code(found, Code.NEGATIVES_AGAINST_OTHERS)
    assert not by_code(found, Code.NEGATIVES_AGAINST_OTHERS, Grade.NOTICE)


def test_what_lies_within_the_forecasts_interval_is_no_evidence_however_long_it_lasts() -> None:
    rows = [row for number in range(200) for row in group(number, "A", 125, 1)]  # 0.008, the interval's upper end
    found = alarms(rows, Policy(), day(300))
    assert found.alarms == ()
    assert max(one.greatest for one in found.watched) < 2.0


def test_forged_certificates_show_on_both_sides_and_half_of_that_is_not_called_forgery() -> None:
    forged = [
        row for number in range(20) for row in group(number, "F", 40, 0, Step.BEFORE_DEPARTURE) + group(number, "F", 40, 2)
    ]
    alarm = by_code(alarms(forged, Policy(), day(20)), Code.FORGERY)["F"]
    assert (alarm.before.positives, alarm.after.positives) == (0, alarm.after.tested // 20)
    assert alarm.before.expected.low > 3.0
    assert len(alarm.rows) == alarm.before.tested + alarm.after.positives
    late = [row for number in range(20) for row in group(number, "F", 40, 1, Step.BEFORE_DEPARTURE) + group(number, "F", 40, 2)]
    found = alarms(late, Policy(), day(20))
    assert "F" in by_code(found, Code.NEGATIVES_TURN_POSITIVE)
    assert not by_code(found, Code.FORGERY)


def test_a_laboratory_that_finds_too_few_before_departure_is_flagged_with_all_its_rows() -> None:
    rows = [row for number in range(20) for row in group(number, "L", 60, 0, Step.BEFORE_DEPARTURE)]
    alarm = by_code(alarms(rows, Policy(), day(20)), Code.LABORATORY_FEWER)["L"]
    assert (alarm.positives, alarm.since) == (0, day(0))
    assert len(alarm.rows) == alarm.before.tested == 1_200


@pytest.mark.parametrize(
    ("code", "field"), [(Code.CARRIER, "carrier"), (Code.SPONSOR, "sponsor"), (Code.LABORATORY_MORE, "laboratory")]
)
def test_carriers_sponsors_and_laboratories_on_arrival_are_units_too(code: Code, field: str) -> None:
    every = [(name, row) for n in range(12) for name in ("good", "bad") for row in group(n, name, 60, 4 * (name == "bad"))]
    rows = [
        dataclasses.replace(
            row,
            carrier=name if field == "carrier" else "",
            sponsor=name if field == "sponsor" else "",
            laboratory=name if field == "laboratory" else "",
        )
        for name, row in every
    ]
    assert set(by_code(alarms(rows, Policy(), day(12)), code)) == {"bad"}


def test_a_party_of_companions_is_one_bet_and_not_four() -> None:
    alone = [row for number in range(3) for row in group(number, "A", 4, 4, sponsor="S")]
    together = [dataclasses.replace(row, cluster=f"party {row.recorded}") for row in alone]
    policy = Policy(most_units={code: 4 if code is Code.STEP else 1 for code in Code})
    one = {w.code: w.greatest for w in alarms(alone, policy, day(3)).watched}
    other = {w.code: w.greatest for w in alarms(together, policy, day(3)).watched}
    assert one[Code.SPONSOR] > 1e9
    assert 10.0 < other[Code.SPONSOR] < 30.0**3


def test_of_a_party_only_one_enters_a_comparison() -> None:
    party = [dataclasses.replace(row, cluster="party") for row in group(0, "A", 5, 5)]
    alone = group(0, "A", 1, 1)

    def evidence(rows: list[Result]) -> float:
        watched = alarms(rows + group(0, "B", 20, 0), Policy(), day(0)).watched
        return next(one.greatest for one in watched if (one.code, one.unit) == (Code.NEGATIVES_AGAINST_OTHERS, "A"))

    assert evidence(party) == pytest.approx(evidence(alone))
    assert evidence(group(0, "A", 5, 5)) > 10.0 * evidence(party)


def test_late_results_never_rewrite_a_day_that_was_looked_at(one_goes_bad: list[Result]) -> None:
    late = [dataclasses.replace(row, id=f"late {row.id}", recorded=day(25)) for row in group(3, "C", 30, 10)]
    for number in (10, 19, 22, 24):
        assert alarms([*late, *one_goes_bad], Policy(), day(number)) == alarms(one_goes_bad, Policy(), day(number))
    assert alarms([*late, *one_goes_bad], Policy(), day(25)) != alarms(one_goes_bad, Policy(), day(25))


def test_the_order_in_which_rows_are_given_does_not_matter(one_goes_bad: list[Result]) -> None:
    assert alarms(one_goes_bad[::-1], Policy(), day(25)) == alarms(one_goes_bad, Policy(), day(25))


def test_evidence_while_results_wait_is_never_more_than_when_all_are_in() -> None:
    generator = np.random.default_rng(8)
    full = [
        row
        for number in range(10)
        for laboratory in "AB"
        for step in (Step.BEFORE_DEPARTURE, Step.ON_ARRIVAL)
        for row in group(number, laboratory, 30, int(generator.poisson(1.0)), step)
    ]
    for trial in range(20):
        # positives come at once and most negatives wait, or the reverse: both ways a naive count would be misled
        waits = generator.random(len(full)) < np.where([row.positive is True for row in full], trial % 2, 1 - trial % 2)
        part = [dataclasses.replace(row, positive=None) if wait else row for row, wait in zip(full, waits, strict=True)]
        for known, waiting in zip(alarms(full, Policy(), day(9)).watched, alarms(part, Policy(), day(9)).watched, strict=True):
            assert (known.code, known.unit) == (waiting.code, waiting.unit)
            assert waiting.greatest <= known.greatest * (1.0 + 1e-9)


def test_a_result_counts_from_the_day_of_its_version_with_the_forecast_of_the_first() -> None:
    first = Result(id="s", recorded=day(1), step=Step.ON_ARRIVAL, expected=ON_ARRIVAL, certified_by="A")
    second = dataclasses.replace(first, recorded=day(3), positive=True, expected=BEFORE)
    third = dataclasses.replace(first, recorded=day(5), positive=False)
    gone = dataclasses.replace(first, recorded=day(8), withdrawn=True)
    versions = [gone, third, first, second]
    assert as_known(versions, day(0)) == as_known(versions, day(8)) == ()
    states = {number: as_known(versions, day(number))[0] for number in (1, 2, 3, 4, 5, 7)}
    assert [states[n].result.positive for n in states] == [None, None, True, True, False, False]
    assert {state.registered for state in states.values()} == {day(1)}
    assert {state.expected for state in states.values()} == {ON_ARRIVAL}


def test_an_alarm_names_the_forecasts_that_it_was_held_against(one_goes_bad: list[Result]) -> None:
    rows = [dataclasses.replace(row, forecast="old" if row.recorded < day(22) else "new") for row in one_goes_bad]
    found = by_code(alarms(rows, Policy(), day(25)), Code.NEGATIVES_TURN_POSITIVE)["C"]
    assert found.forecasts == ("new", "old")
    rows = [dataclasses.replace(row, forecast="old" if row.recorded < day(20) else "new") for row in one_goes_bad]
    assert by_code(alarms(rows, Policy(), day(25)), Code.NEGATIVES_TURN_POSITIVE)["C"].forecasts == ("new",)


def test_alarms_go_through_json_and_rows_come_from_it(one_goes_bad: list[Result]) -> None:
    rows = msgspec.json.decode(msgspec.json.encode(one_goes_bad), type=list[Result])
    assert rows == one_goes_bad
    found = alarms(rows, Policy(), day(25))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Alarms) == found


def test_a_corrected_result_takes_an_alarm_back_and_the_day_before_keeps_it(one_goes_bad: list[Result]) -> None:
    corrected = [dataclasses.replace(row, recorded=day(40), positive=False) for row in one_goes_bad if row.recorded >= day(20)]
    rows = one_goes_bad + corrected
    assert "C" in by_code(alarms(rows, Policy(), day(39)), Code.NEGATIVES_TURN_POSITIVE)
    assert alarms(rows, Policy(), day(40)).alarms == ()


def test_an_alarm_stays_after_quiet_days(one_goes_bad: list[Result]) -> None:
    quiet = [row for number in range(40, 120) for laboratory in "ABC" for row in group(number, laboratory, 60, 0)]
    assert "C" in by_code(alarms(one_goes_bad + quiet, Policy(), day(120)), Code.NEGATIVES_TURN_POSITIVE)


def test_more_units_than_were_allowed_for_are_refused() -> None:
    rows = [row for i in range(51) for row in group(0, f"L{i}", 1, 0)]
    with pytest.raises(WatchError, match="found 51 units; at most 50 were allowed for"):
        alarms(rows, Policy(), day(0))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Policy(alpha=0.0), "alpha"),
        (lambda: Policy(alpha=1.0), "alpha"),
        (lambda: Policy(notice_rate=1.5), "notice_rate"),
        (lambda: Policy(more=(2.0, 1.0)), "more"),
        (lambda: Policy(fewer=()), "fewer"),
        (lambda: Policy(most_units={Code.STEP: 4}), "most_units"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(make: Callable[[], Policy], field: str) -> None:
    with pytest.raises(WatchError, match=f"found {field} ="):
        make()


def test_what_is_expected_is_checked() -> None:
    with pytest.raises(WatchError, match="low ≤ value ≤ high"):
        Expected(low=0.3, value=0.2, high=0.4)
    with pytest.raises(WatchError, match="for one sample"):
        Result(id="x", recorded=START, step=Step.ON_ARRIVAL, expected=Expected(low=1.0, value=2.0, high=3.0))
    with pytest.raises(WatchError, match="specificity"):
        expected_positivity(ON_ARRIVAL, 0.9, 0.05)
    found = expected_positivity(Expected(low=0.0, value=0.01, high=0.1), 0.8, 0.999)
    assert (found.low, found.value, found.high) == pytest.approx((0.001, 0.00899, 0.0809))


def test_the_words_say_what_was_found_expected_and_what_the_rate_means(one_goes_bad: list[Result]) -> None:
    rows = [*one_goes_bad, dataclasses.replace(group(25, "C", 1, 0)[0], id="waiting", positive=None)]
    words = alarm_words(by_code(alarms(rows, Policy(), day(25)), Code.NEGATIVES_TURN_POSITIVE)["C"])
    assert words[0].endswith(": C")
    assert words[1] == "From arrival on: 18 positives in 360 results, 1.44 – 2.88 expected; 1 results are not known yet."
    assert words[2].startswith("Most likely since 2020-05-21.")
    assert "at most 0.05" in words[3]


def _null_watch(generator: np.random.Generator, days: int) -> Sequence[Result]:
    """Three laboratories and two carriers as forecast at the worst of its interval, each arrival tested once."""
    rows = []
    for number in range(days):
        for i in range(12):
            step = (Step.BEFORE_DEPARTURE, Step.ON_ARRIVAL)[i % 2]
            rows.append(
                Result(
                    id=f"{number}-{i}",
                    recorded=day(number),
                    step=step,
                    expected=Expected(low=0.25, value=0.25, high=0.25),
                    positive=bool(generator.random() < 0.25),
                    laboratory=f"L{i // 2 % 3}" if step is Step.BEFORE_DEPARTURE else "",
                    certified_by=f"L{i // 2 % 3}" if step is Step.ON_ARRIVAL else "",
                    carrier=f"C{i % 4 // 2}",
                    sponsor=f"S{i // 4}",
                    region="KR-11",
                )
            )
    return rows


def test_the_probability_of_ever_a_false_alarm_over_whole_watches_is_as_stated() -> None:
    generator, runs, alpha = np.random.default_rng(31), 80, 0.3
    policy = Policy(alpha=alpha, most_units=dict.fromkeys(MOST_UNITS, 4))
    false = 0
    for _ in range(runs):
        rows = _null_watch(generator, 40)
        false += any(alarm.grade is Grade.ALARM for alarm in alarms(rows, policy, day(40)).alarms)
    assert stats.binomtest(false, runs, alpha, alternative="greater").pvalue > 0.001
