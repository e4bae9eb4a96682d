"""Boundary tables: each reading at, just before and just after the instants that its text names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fastchannel.decide.decide import decide_under
from fastchannel.decide.standing import Status, Verdict
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Event, Finding
from tests.decide.small_text import ARRIVAL, DEPARTURE, HERE, THERE, begun, codes, event, obligation, small, standing

APPLICATION = ("agreement", "version", "digest", "route", "purpose", "sponsor", "itinerary")
TICK, SECOND, HOUR, DAY = timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def _test_text(window: str, more: str = "") -> str:
    gate = '[[measure]]\nid = "boarding"\nkind = "gate"\nclause = "5"\nat = "boarding"\nrequires = ["swab"]\n'
    return f'[[measure]]\nid = "swab"\nkind = "test"\nclause = "4"\ntest = "naat"\nsampled = "{window}"\n{more}\n{gate}'


def _tested(taken: datetime, name: str = "s", finding: Finding = Finding.NOT_DETECTED) -> list[Event]:
    return [
        event(ev.Sampled, taken, sample=name, assay=Assay.NAAT, laboratory="l", id=f"{name}-taken"),
        event(ev.Resulted, taken, sample=name, assay=Assay.NAAT, laboratory="l", finding=finding, id=f"{name}-result"),
    ]


# In UTC: between two times of one zone Python reckons by the hands of the clock, and New York's have just been moved.
LEAVES = DEPARTURE.astimezone(UTC)
START, END = LEAVES - 72 * HOUR, LEAVES - 2 * HOUR


@pytest.mark.parametrize(
    ("dots", "taken", "status", "code"),
    [
        ("..", START - TICK, Status.MISSED, "test.sampled-early"),
        ("..", START, Status.MET, ""),
        ("..", END, Status.MET, ""),
        ("..", END + TICK, Status.MISSED, "test.sampled-late"),
        ("<..", START, Status.MISSED, "test.sampled-early"),
        ("<..", START + TICK, Status.MET, ""),
        ("<..", END, Status.MET, ""),
        ("..<", START, Status.MET, ""),
        ("..<", END - TICK, Status.MET, ""),
        ("..<", END, Status.MISSED, "test.sampled-late"),
        ("<..<", START, Status.MISSED, "test.sampled-early"),
        ("<..<", END, Status.MISSED, "test.sampled-late"),
        ("<..<", START + TICK, Status.MET, ""),
    ],
)
def test_a_sample_counts_up_to_the_ends_that_belong_to_the_window(
    dots: str, taken: datetime, status: Status, code: str
) -> None:
    text = small(_test_text(f"departure - 72 h {dots} departure - 2 h"))
    found = standing(text, _tested(taken), DEPARTURE - HOUR)
    assert obligation(found, "swab").status == status
    assert codes(found) == ({code} if code else set())
    assert found.verdict == (Verdict.REFUSE if code else Verdict.PROCEED)


@pytest.mark.parametrize(
    ("dots", "at", "status"),
    [
        ("..", START - TICK, Status.AHEAD),
        ("..", START, Status.DUE),
        ("..", END, Status.DUE),
        ("..", END + TICK, Status.MISSED),
        ("..<", END - TICK, Status.DUE),
        ("..<", END, Status.MISSED),
    ],
)
def test_a_test_is_due_as_long_as_a_sample_would_count(dots: str, at: datetime, status: Status) -> None:
    text = small(_test_text(f"departure - 72 h {dots} departure - 2 h"))
    found = standing(text, [], at)
    assert obligation(found, "swab").status == status
    assert ("test.missing" in codes(found)) == (status is Status.MISSED)


# New York's clocks go forward on 14 March 2021: that date has 23 hours, and 72 hours before are not three dates before.
@pytest.mark.parametrize(
    ("window", "taken", "met"),
    [
        ("departure - 3 d .. departure", datetime(2021, 3, 13, 11, tzinfo=HERE), True),
        ("departure - 3 d .. departure", datetime(2021, 3, 13, 10, 59, 59, tzinfo=HERE), False),
        ("departure - 3 calendar days .. departure", datetime(2021, 3, 13, 0, tzinfo=HERE), True),
        ("departure - 3 calendar days .. departure", datetime(2021, 3, 12, 23, 59, 59, tzinfo=HERE), False),
        ("departure - 2 calendar days .. departure", datetime(2021, 3, 14, 0, tzinfo=HERE), True),
        ("departure - 2 calendar days .. departure - 2 calendar days", datetime(2021, 3, 14, 23, 59, 59, tzinfo=HERE), True),
        ("departure - 2 calendar days .. departure - 2 calendar days", datetime(2021, 3, 15, 0, tzinfo=HERE), False),
    ],
)
def test_days_are_hours_and_calendar_days_are_dates_when_clocks_change(window: str, taken: datetime, met: bool) -> None:
    found = standing(small(_test_text(window)), _tested(taken), DEPARTURE - HOUR)
    assert (obligation(found, "swab").status is Status.MET) == met


@pytest.mark.parametrize(
    ("hours", "done"),
    [((-70,), 1), ((-70, -47), 1), ((-70, -46), 2), ((-70, -58, -46), 2), ((-70, -46, -22), 3), ((-50, -40, -30, -26), 2)],
)
def test_samples_count_when_each_is_as_far_as_asked_from_the_one_before(hours: tuple[int, ...], done: int) -> None:
    text = small(_test_text("departure - 72 h .. departure", 'count = 4\napart = "24 h"'))
    events = [each for hour in hours for each in _tested((LEAVES + hour * HOUR).astimezone(HERE), name=f"s{hour}")]
    assert obligation(standing(text, events, DEPARTURE - HOUR), "swab").done == done


MONITOR = """
[[measure]]
id     = "diary"
kind   = "monitor"
clause = "4"
from   = "departure - 5 calendar days"
until  = "departure"
missed = ["remind 09:00", "call day 2", "hold day 3"]

[[measure]]
id = "boarding"
kind = "gate"
clause = "5"
at = "boarding"
requires = ["diary"]
"""
FIRST = DEPARTURE.date() - 5 * DAY  # 11 March


def _diary(days: str) -> list[Event]:
    """One letter a day from the first: x checked in, s with symptoms, c called and reached, n called in vain, - silent."""
    events: list[Event] = []
    for number, letter in enumerate(days):
        day = FIRST + number * DAY
        at = datetime.combine(day, datetime.min.time(), tzinfo=HERE) + 12 * HOUR
        if letter in "xs":
            events.append(event(ev.CheckedIn, at, day=day, symptoms=letter == "s"))
        elif letter in "cn":
            events.append(event(ev.Called, at, day=day, reached=letter == "c"))
    return events


@pytest.mark.parametrize(
    ("days", "verdict", "done"),
    [
        ("xxxxx", Verdict.PROCEED, 5),
        ("-----", Verdict.HOLD, 0),
        ("--x--", Verdict.PROCEED, 1),
        ("---xx", Verdict.HOLD, 2),
        ("xx---", Verdict.HOLD, 2),
        ("--c--", Verdict.PROCEED, 1),
        ("--n--", Verdict.HOLD, 0),
        ("x---x", Verdict.HOLD, 2),
        ("xxsxx", Verdict.HOLD, 5),
        ("ccccc", Verdict.PROCEED, 5),
    ],
)
def test_silent_days_hold_when_as_many_run_as_the_ladder_says(days: str, verdict: Verdict, done: int) -> None:
    found = standing(small(MONITOR), _diary(days), DEPARTURE - HOUR)
    assert found.verdict == verdict
    assert (obligation(found, "diary").done, obligation(found, "diary").needed) == (done, 5)


@pytest.mark.parametrize(
    ("days", "day", "hour", "asked"),
    [
        ("", 0, 8, set()),
        ("", 0, 9, {"remind"}),
        ("-", 1, 8, set()),  # the call of the second silent day comes after that day's first reminder
        ("-", 1, 9, {"remind", "call"}),
        ("x", 1, 9, {"remind"}),
        ("--", 2, 0, {"call"}),  # from the third on it has been due since the day before
        ("xx", 2, 0, set()),
        ("--x", 2, 13, set()),
    ],
)
def test_rungs_of_the_ladder_are_due_at_their_times(days: str, day: int, hour: int, asked: set[str]) -> None:
    at = datetime.combine(FIRST + day * DAY, datetime.min.time(), tzinfo=HERE) + hour * HOUR
    found = standing(small(MONITOR), _diary(days), at)
    assert {item.kind for item in found.obligations if item.measure == "diary"} - {"monitor"} == asked


PAPER = """
[[measure]]
id        = "letter"
kind      = "document"
clause    = "4"
issued_by = "office"
by        = "departure"
{more}

[[measure]]
id = "boarding"
kind = "gate"
clause = "5"
at = "boarding"
requires = ["letter"]
"""


@pytest.mark.parametrize(
    ("more", "issued", "expires", "code"),
    [
        ('valid_for = "7 d"', LEAVES - 7 * DAY, None, ""),
        ('valid_for = "7 d"', LEAVES - 7 * DAY - TICK, None, "document.expired"),
        ('valid_for = "7 d"', (LEAVES - 7 * DAY).astimezone(HERE), None, ""),
        ('valid_for = "7 calendar days"', datetime(2021, 3, 9, 0, tzinfo=HERE), None, ""),
        ('valid_for = "7 calendar days"', datetime(2021, 3, 8, 23, 59, 59, tzinfo=HERE), None, "document.expired"),
        ("", datetime(2021, 3, 1, tzinfo=HERE), DEPARTURE, ""),
        ("", datetime(2021, 3, 1, tzinfo=HERE), DEPARTURE - TICK, "document.expired"),
        ('issued = "departure - 72 h .. departure"', START - TICK, None, "document.issued-early"),
        ('issued = "departure - 72 h .. departure"', START, None, ""),
        ('issued = "departure - 72 h .. departure - 24 h"', LEAVES - 24 * HOUR + TICK, None, "document.issued-late"),
    ],
)
def test_a_paper_is_good_up_to_the_last_instant_that_the_text_gives_it(
    more: str, issued: datetime, expires: datetime | None, code: str
) -> None:
    paper = event(ev.Documented, DEPARTURE - HOUR, document="letter", issuer="office", issued=issued, expires=expires)
    found = standing(small(PAPER.replace("{more}", more)), [paper], DEPARTURE + TICK)
    assert codes(found) == ({code} if code else set())


STAY = """
[[measure]]
id     = "room"
kind   = "stay"
clause = "6"
place  = "isolation"
from   = "arrival"
least  = "{least}"

[[measure]]
id = "release"
kind = "gate"
clause = "7"
at = "release"
requires = ["room"]
"""


@pytest.mark.parametrize(
    ("least", "over"),
    [
        ("36 h", datetime(2021, 3, 19, 5, tzinfo=THERE)),
        ("2 d", datetime(2021, 3, 19, 17, tzinfo=THERE)),
        ("2 calendar days", datetime(2021, 3, 19, 0, tzinfo=THERE)),
    ],
)
def test_a_stay_is_over_at_the_instant_at_which_its_least_time_is(least: str, over: datetime) -> None:
    events = [
        event(ev.Boarded, DEPARTURE),
        event(ev.Arrived, ARRIVAL, place="KR-11"),
        event(ev.Entered, ARRIVAL + 2 * HOUR, stay="room"),
    ]
    text = small(STAY.replace("{least}", least))
    assert standing(text, events, over - TICK).verdict == Verdict.WAIT
    assert standing(text, events, over - TICK).changes == over
    assert standing(text, events, over).verdict == Verdict.PROCEED
    early = [*events, event(ev.Left, over - SECOND, stay="room")]
    assert "stay.left-early" in codes(standing(text, early, over + HOUR))
    late = [*events, event(ev.Left, over, stay="room")]
    assert codes(standing(text, late, over + HOUR)) == set()


TRIGGER = """
[[trigger]]
id        = "t"
clause    = "8"
when      = "mean(unlinked_cases, 7 d) > 5"
effect    = { suspend = "14 d", from = "announcement" }
under_way = "complete"
"""


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (DEPARTURE + TICK, None, False),
        (DEPARTURE, None, True),
        (DEPARTURE - 5 * DAY, DEPARTURE, False),
        (DEPARTURE - 5 * DAY, DEPARTURE + TICK, True),
        (DEPARTURE - 5 * DAY, DEPARTURE - 2 * HOUR, False),
    ],
)
def test_a_suspension_holds_whoever_would_cross_while_it_lasts(since: datetime, until: datetime | None, held: bool) -> None:
    text = small(PAPER.replace("{more}", ""), TRIGGER)
    announced = event(ev.Suspended, DEPARTURE - 6 * DAY, trigger="t", since=since, until=until)
    assert ("suspension.in-force" in codes(standing(text, [announced], DEPARTURE - HOUR))) == held


@pytest.mark.parametrize("boarded", [-1, 0])
def test_whoever_departed_before_a_suspension_or_as_it_began_completes(boarded: int) -> None:
    text = small(PAPER.replace("{more}", ""), TRIGGER)
    events = [
        event(ev.Boarded, DEPARTURE + boarded * HOUR),
        event(ev.Suspended, DEPARTURE - HOUR, trigger="t", since=DEPARTURE, until=DEPARTURE + 9 * DAY),
    ]
    assert "suspension.in-force" not in codes(standing(text, events, DEPARTURE + HOUR))


@pytest.mark.parametrize("length", range(1, 7))
def test_retractions_of_retractions_alternate(length: int) -> None:
    """The positive is retracted by the first, which is retracted by the second, and so on."""
    text = small(_test_text("departure - 72 h .. departure"))
    events = _tested(DEPARTURE - 50 * HOUR, finding=Finding.DETECTED)
    target = "s-result"
    for number in range(length):
        at = DEPARTURE - (40 - number) * HOUR
        events.append(event(ev.Corrected, at, corrects=target, reason="r", id=f"c{number}"))
        target = f"c{number}"
    found = standing(text, events, DEPARTURE - HOUR)
    assert ("test.detected" in codes(found)) == (length % 2 == 0)


def test_a_correction_may_itself_be_corrected() -> None:
    text = small(_test_text("departure - 72 h .. departure"))
    early, right = LEAVES - 90 * HOUR, LEAVES - 60 * HOUR
    events = [
        *_tested(LEAVES - 50 * HOUR),
        event(ev.Corrected, LEAVES - 40 * HOUR, corrects="s-taken", reason="r", replacement={"at": early.isoformat()}, id="c0"),
    ]
    assert codes(standing(text, events, LEAVES + TICK)) == {"test.sampled-early"}
    again = {"replacement": {"at": right.isoformat()}}
    events.append(event(ev.Corrected, LEAVES - 30 * HOUR, corrects="c0", reason="r", replacement=again, id="c1"))
    assert codes(standing(text, events, LEAVES + TICK)) == set()
    events.append(event(ev.Corrected, LEAVES - 20 * HOUR, corrects="c1", reason="r", id="c2"))
    assert codes(standing(text, events, LEAVES + TICK)) == {"test.sampled-early"}


AT_ONCE = LEAVES - 30 * HOUR


@pytest.mark.parametrize(
    "pair",
    [
        [event(ev.Reviewed, AT_ONCE, number, outcome=outcome, by="o") for number, outcome in enumerate(ev.Outcome)],
        [event(ev.Allotted, AT_ONCE, number, quota="q", granted=bool(number)) for number in (0, 1)],
        [
            event(ev.Resulted, AT_ONCE, number, sample="s", assay=Assay.NAAT, laboratory="l", sampled=AT_ONCE, finding=finding)
            for number, finding in enumerate(Finding)
        ],
        [event(ev.ContactNamed, AT_ONCE, case="c"), event(ev.Cleared, AT_ONCE, case="c")],
        [event(ev.Confirmed, AT_ONCE), event(ev.Recovered, AT_ONCE)],
        [event(ev.Suspended, AT_ONCE, trigger="t", since=AT_ONCE), event(ev.Resumed, AT_ONCE, trigger="t")],
        [event(ev.Overridden, AT_ONCE, number, measure="swab", reason="r", waive=bool(number)) for number in (0, 1)],
        [event(ev.Sampled, AT_ONCE, number, sample="s", assay=assay, laboratory="l") for number, assay in enumerate(Assay)],
    ],
    ids=lambda pair: type(pair[0]).__name__,
)
def test_of_events_at_one_instant_the_same_one_is_last_in_whatever_order_they_come(pair: list[Event]) -> None:
    text = small(_test_text("departure - 72 h .. departure"), TRIGGER)
    one, other = (standing(text, order, LEAVES - HOUR) for order in (pair, pair[::-1]))
    assert one == other


def test_the_agreements_that_apply_do_not_depend_on_the_order_of_events_either() -> None:
    text = small(_test_text("departure - 72 h .. departure"))
    first, approval = begun(text)
    second = event(
        ev.Applied, first.at + HOUR, **{name: getattr(first, name) for name in APPLICATION} | {"agreement": "another"}
    )
    assert decide_under([text], [second, first, approval], LEAVES) == decide_under([text], [first, approval, second], LEAVES)


def test_where_the_text_stops_everybody_a_traveller_under_way_is_held_from_the_instant_it_begins_until_it_ends() -> None:
    text = small(PAPER.replace("{more}", ""), TRIGGER.replace('"complete"', '"stop"'))
    begins, ends = LEAVES + 5 * HOUR, LEAVES + 9 * HOUR
    events = [
        event(ev.Documented, LEAVES - DAY, document="letter", issuer="office", issued=LEAVES - DAY),
        event(ev.Boarded, LEAVES),
        event(ev.Suspended, LEAVES + HOUR, trigger="t", since=begins, until=ends),
    ]
    before = standing(text, events, begins - TICK)
    assert ("suspension.in-force" in codes(before), before.changes) == (False, begins)
    during = standing(text, events, ends - TICK)
    assert ("suspension.in-force" in codes(during), during.changes) == (True, ends)
    assert "suspension.in-force" not in codes(standing(text, events, ends))
