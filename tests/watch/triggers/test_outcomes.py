"""What a rule would have done: each figure against a count made by hand."""

from __future__ import annotations

import pytest

from fastchannel.agreement.conditions import parse_condition
from fastchannel.watch.triggers.outcomes import Outcome, events, outcome
from fastchannel.watch.triggers.replay_data import ReplayData
from fastchannel.watch.triggers.timeline import timeline
from tests.watch.triggers.made import data, day, series, text

RULE = 'when = "cases(day) > 5"\nside = "destination"\neffect = { suspend = "3 d", from = "announcement + 1 d" }'
BREAKER = 'when = "positives(flight) >= 5"\nunit = "flight"\neffect = { suspend = "7 d", from = "announcement" }'
OUTBREAK = "cases(day) > 8"


def judged(known: ReplayData, days: int, *, rule: str = RULE, event: str = OUTBREAK, horizon_days: int = 3) -> Outcome:
    made = text(rule)
    replayed = timeline(made, known, day(1), day(days), as_happened=False)
    return outcome(made, known, replayed, parse_condition(event), horizon_days=horizon_days)


def test_days_open_and_imports_in_proportion_to_what_was_open() -> None:
    known = data(reports=[*series([0, 6, 0, 0, 0, 0]), *series([1, 2, 4, 8, None, 16], figure="imported_cases")])
    found = judged(known, 6)
    assert (found.days, found.days_open) == (6, 3.0)  # announced on day 2; days 3, 4 and 5 are shut
    assert (found.imports_of, found.imports, found.imports_admitted, found.imports_not_reported) == ("reports", 31, 19, 1)


def test_without_a_figure_on_imports_nothing_is_said_of_them() -> None:
    found = judged(data(reports=series([0, 6, 0])), 3)
    assert (found.imports_of, found.imports_not_reported) == ("", 3)


@pytest.mark.parametrize(
    ("counts", "false_alarms", "lead_days", "missed"),
    [
        ([0, 6, 0, 0, 0, 0, 0], 1, (), 0),  # nothing came
        ([0, 6, 0, 0, 9, 0, 0], 0, (3,), 0),  # three days ahead
        ([0, 6, 0, 0, 0, 9, 0], 1, (0,), 0),  # a day beyond the horizon, but the second announcement is on time
        ([0, 9, 9, 0, 0, 0, 0], 0, (0,), 0),  # one event, though it lasts two days
    ],
)
def test_false_alarms_and_lead_time(
    counts: list[int | None], false_alarms: int, lead_days: tuple[int | None, ...], missed: int
) -> None:
    found = judged(data(reports=series(counts)), len(counts))
    assert (found.false_alarms, found.lead_days, found.missed) == (false_alarms, lead_days, missed)


def test_an_event_that_nothing_was_announced_for_is_missed_and_a_late_one_is_negative() -> None:
    assert judged(data(reports=series([0] * 5)), 5, event="cases(day) <= 0").lead_days == (None,)
    late = judged(data(reports=series([3, 0, 6, 0, 0])), 5, event="cases(day) >= 3")
    assert late.lead_days == (-2, 0)
    assert late.median_lead_days == -1.0


def test_events_are_judged_on_the_figures_as_they_are_known_last() -> None:
    known = data(reports=[*series([0, 6, 0, 0]), f"{day(9)},{day(3)},CN,cases,12", f"{day(9)},{day(2)},CN,cases,1"])
    found = judged(known, 4)
    assert (found.stops, found.false_alarms, found.lead_days) == (1, 0, (1,))


FLIGHTS = data(
    flights=[
        f"KE1,KE,{day(1)},{day(2)},90,5",
        f"KE1,KE,{day(8)},{day(9)},90,9",  # kept out
        f"KE1,KE,{day(15)},{day(16)},90,1",
        f"CA1,CA,{day(8)},{day(9)},90,2",
        f"CA1,CA,{day(15)},{day(16)},90,",
    ]
)


def test_a_line_that_is_stopped_keeps_out_the_imports_of_its_flights_only() -> None:
    found = judged(FLIGHTS, 16, rule=BREAKER, event="positives(day) >= 1", horizon_days=14)
    assert (found.imports_of, found.imports, found.imports_admitted, found.imports_not_reported) == ("flights", 17, 8, 1)
    assert found.days_open == 16 - 7 / 2
    assert (found.stops, found.false_alarms) == (1, 0)


def test_what_was_kept_out_sets_nothing_off_unless_it_flew_all_the_same() -> None:
    made = text(BREAKER)
    tried = timeline(made, FLIGHTS, day(1), day(16), as_happened=False)
    happened = timeline(made, FLIGHTS, day(1), day(16))
    assert [stop.last for stop in tried.stops] == [day(9)]
    assert [stop.last for stop in happened.stops] == [day(16)]


def test_an_event_on_one_flight_begins_on_the_day_on_which_it_arrives() -> None:
    held, begun = events(text(BREAKER), FLIGHTS, parse_condition("positives(flight) >= 5"), day(1), day(16))
    assert held == begun == (day(1), day(8))
