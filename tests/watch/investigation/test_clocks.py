"""Who was told when, against the clocks of the International Health Regulations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastchannel.watch.investigation.clocks import IHR_2005, Begins, Clock, Kept, Notice, Occurrence, To, duties
from fastchannel.watch.investigation.windows import InvestigationError
from fastchannel.watch.investigation.words import kept_words

NOON = datetime(2020, 5, 4, 12, tzinfo=UTC)
ALL = {"CN": {clock.id for clock in IHR_2005}, "KR": {clock.id for clock in IHR_2005}}


def hours(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def began(begins: Begins, at: float = 0, party: str = "CN", recorded: float | None = None) -> Occurrence:
    return Occurrence(party=party, begins=begins, about="x", at=hours(at), recorded=hours(at if recorded is None else recorded))


def did(clock: str, at: float, party: str = "CN", recorded: float | None = None) -> Notice:
    return Notice(party=party, clock=clock, about="x", at=hours(at), recorded=hours(at if recorded is None else recorded))


@pytest.mark.parametrize(
    ("clock", "begins", "to", "due"),
    [
        ("ihr-6", Begins.ASSESSED, To.WHO, hours(24)),
        ("ihr-9-2", Begins.EVIDENCE, To.WHO, hours(24)),
        ("ihr-30", Begins.TRAVELS, To.DESTINATION, hours(0)),
        ("ihr-43-reasons", Begins.MEASURE, To.WHO, hours(48)),
        ("ihr-43-review", Begins.MEASURE, To.ITSELF, datetime(2020, 8, 4, 12, tzinfo=UTC)),
    ],
)
def test_each_article_has_its_clock(clock: str, begins: Begins, to: To, due: datetime) -> None:
    (found,) = [one for one in duties([began(begins)], [], ALL, hours(0)) if one.clock.id == clock]
    assert (found.due, found.clock.to, found.began) == (due, to, hours(0))


@pytest.mark.parametrize(
    ("done", "asked", "kept", "late_hours"),
    [
        (None, 24, Kept.OPEN, 0),
        (None, 30, Kept.OVERDUE, 6),
        (24, 99, Kept.IN_TIME, 0),
        (25, 99, Kept.LATE, 1),
        (-3, 99, Kept.IN_TIME, 0),  # told before it had to be
        (25, 24.5, Kept.OVERDUE, 0.5),  # as known before it was done
    ],
)
def test_a_duty_is_kept_to_the_hour(done: float | None, asked: float, kept: Kept, late_hours: float) -> None:
    notices = [] if done is None else [did("ihr-9-2", done)]
    (found,) = duties([began(Begins.EVIDENCE)], notices, ALL, hours(asked))
    assert (found.kept, found.late_by) == (kept, timedelta(hours=late_hours))
    assert found.done == (hours(done) if done is not None and done <= asked else None)


def test_what_was_done_in_time_and_recorded_late_is_overdue_until_it_is_recorded() -> None:
    notices = [did("ihr-9-2", 20, recorded=40)]
    assert [duties([began(Begins.EVIDENCE)], notices, ALL, hours(h))[0].kept for h in (30, 40)] == [Kept.OVERDUE, Kept.IN_TIME]


def test_another_partys_notice_is_not_ones_own() -> None:
    found = duties(
        [began(Begins.EVIDENCE), began(Begins.EVIDENCE, party="KR")], [did("ihr-9-2", 3, party="KR")], ALL, hours(30)
    )
    assert [(one.party, one.kept) for one in found] == [("CN", Kept.OVERDUE), ("KR", Kept.IN_TIME)]


def test_a_clock_that_does_not_apply_to_a_party_runs_for_the_others_alone() -> None:
    applies = ALL | {"CN": {"ihr-43-reasons"}}
    found = duties([began(Begins.MEASURE), began(Begins.MEASURE, party="KR")], [], applies, hours(1))
    assert [(one.party, one.clock.id) for one in found] == [
        ("CN", "ihr-43-reasons"),
        ("KR", "ihr-43-reasons"),
        ("KR", "ihr-43-review"),
    ]


def test_a_party_of_which_nothing_is_said_is_not_taken_to_be_free() -> None:
    with pytest.raises(InvestigationError, match="party JP"):
        duties([began(Begins.MEASURE, party="JP")], [], ALL, hours(1))


def test_the_earliest_of_several_reports_begins_the_clock() -> None:
    found = duties([began(Begins.EVIDENCE, 5), began(Begins.EVIDENCE, 2, recorded=9)], [], ALL, hours(10))
    assert [one.began for one in found] == [hours(2)]
    assert duties([began(Begins.EVIDENCE, 5), began(Begins.EVIDENCE, 2, recorded=9)], [], ALL, hours(8))[0].began == hours(5)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ((2020, 11, 30), (2021, 2, 28)),
        ((2019, 11, 30), (2020, 2, 29)),
        ((2020, 12, 31), (2021, 3, 31)),
        ((2020, 3, 31), (2020, 6, 30)),
    ],
)
def test_three_months_are_calendar_months(start: tuple[int, int, int], due: tuple[int, int, int]) -> None:
    clock = Clock(id="c", article="a", duty="d", begins=Begins.MEASURE, to=To.ITSELF, months=3)
    assert clock.due(datetime(*start, 8, tzinfo=UTC)) == datetime(*due, 8, tzinfo=UTC)


occurrences = st.lists(st.builds(began, st.sampled_from(Begins), st.integers(0, 50), st.sampled_from(["CN", "KR"])), max_size=6)
notices = st.lists(
    st.builds(did, st.sampled_from(sorted(ALL["CN"])), st.integers(0, 90), st.sampled_from(["CN", "KR"])), max_size=6
)


@given(occurrences, notices, st.integers(0, 120), st.data())
def test_neither_order_nor_repetition_matters(
    began: list[Occurrence], done: list[Notice], asked: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(began + began[:2])), data.draw(st.permutations(done + done[:2]))
    assert duties(*shuffled, ALL, hours(asked)) == duties(began, done, ALL, hours(asked))


def test_how_it_was_kept_is_told() -> None:
    assert [kept_words(kept) for kept in Kept] == ["done in time", "done late", "not yet due", "overdue"]
