"""A proposal to change an agreement: the few choices that negotiators move, read from a text's measures and put into them.

`proposal_of` reads the choices that a text makes; `changed` gives the provisions with other choices. What a proposal leaves as
the text has it, stays exactly as the text has it, so the text's own proposal changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

from fastchannel.agreement.provisions import Gate, LaboratoryTest, Otherwise, Provision, Provisions, Stay
from fastchannel.agreement.wording import GateAt, StayPlace
from fastchannel.forecast.design.amendments import (
    Amendment,
    AmendmentError,
    Drop,
    FurtherTest,
    LeastDays,
    Retest,
    UntilDay,
    day_window,
    hours_before_departure,
)
from fastchannel.forecast.measures import HELD, left_out
from fastchannel.terms.events import Assay
from fastchannel.terms.moments import Anchor, Moment, Span, Unit, Window

FIRST_TEST, ARRIVAL_TEST, FURTHER_TEST = "proposed-test-before-departure", "proposed-test-on-arrival", "proposed-further-test"
ISOLATION, CLOSED_LOOP = "proposed-isolation", "proposed-closed-loop"
USUAL_HOURS, USUAL_DAY = 72, 5  # where a text has no such test, and so no time for it either

MeasureT = TypeVar("MeasureT", bound=Provision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a negotiator chooses. No assay means no such test; days count from arrival, hours back from departure."""

    first_test: Assay | None
    first_test_hours: int
    arrival_tests: tuple[Assay, ...]
    isolation_days: int  # at least; no one is let out before the results
    further_test: Assay | None
    further_test_day: int
    closed_loop_until_day: int  # nought: no closed loop


def proposal_of(provisions: Provisions) -> Proposal:
    """The choices of a text; lengths that are no whole number of days are rounded up."""
    before, arrival, further = _tests(provisions)
    stay, loop = _held(provisions), _loop(provisions)
    return Proposal(
        first_test=before[0].assay if before else None,
        first_test_hours=round(-_days(before[0].sampled[0].start) * 24) if before else USUAL_HOURS,
        arrival_tests=tuple(dict.fromkeys(test.assay for test in arrival)),
        isolation_days=_length(stay),
        further_test=further[0].assay if further else None,
        further_test_day=max(math.ceil(_days(further[0].sampled[0].start)), 1) if further else USUAL_DAY,
        closed_loop_until_day=_length(loop),
    )


def changed(provisions: Provisions, proposal: Proposal) -> Provisions:
    """The provisions with the proposal's choices."""
    text = proposal_of(provisions)
    if (proposal.first_test, proposal.first_test_hours) != (text.first_test, text.first_test_hours):
        provisions = _with_first_test(provisions, proposal)
    if set(proposal.arrival_tests) != set(text.arrival_tests):
        provisions = _with_arrival_tests(provisions, proposal.arrival_tests)
    if proposal.isolation_days != text.isolation_days:
        provisions = _with_isolation(provisions, proposal.isolation_days)
    if (proposal.further_test, proposal.further_test_day) != (text.further_test, text.further_test_day):
        provisions = _with_further_test(provisions, proposal)
    if proposal.closed_loop_until_day != text.closed_loop_until_day:
        provisions = _with_loop(provisions, proposal.closed_loop_until_day)
    return provisions


def amendments_of(provisions: Provisions, proposal: Proposal) -> tuple[Amendment, ...]:
    """The proposal as amendments to the text. Raises AmendmentError where the text has no measure to put a choice into."""
    text = proposal_of(provisions)
    found: list[Amendment] = []
    if (proposal.first_test, proposal.first_test_hours) != (text.first_test, text.first_test_hours):
        found += _first_test_amended(provisions, proposal)
    if set(proposal.arrival_tests) != set(text.arrival_tests):
        found += _arrival_tests_amended(provisions, proposal.arrival_tests)
    if proposal.isolation_days != text.isolation_days:
        found.append(LeastDays(measure=_present(_held(provisions)).id, days=proposal.isolation_days))
    if (proposal.further_test, proposal.further_test_day) != (text.further_test, text.further_test_day):
        found += _further_test_amended(provisions, proposal)
    if proposal.closed_loop_until_day != text.closed_loop_until_day:
        loop, day = _present(_loop(provisions)), proposal.closed_loop_until_day
        found.append(UntilDay(measure=loop.id, days=day) if day else Drop(measure=loop.id))
    return tuple(found)


def _present(measure: MeasureT | None) -> MeasureT:
    if measure is None:
        raise AmendmentError("the text has no measure of this kind to amend; it must be written by hand")
    return measure


def _first_test_amended(provisions: Provisions, proposal: Proposal) -> list[Amendment]:
    before, _, _ = _tests(provisions)
    if proposal.first_test is None:
        return [Drop(measure=name) for name in _before_departure(provisions)]
    test = _present(before[0] if before else None)
    window = hours_before_departure(proposal.first_test_hours)
    return [Retest(measure=test.id, assay=proposal.first_test, sampled=window)]


def _arrival_tests_amended(provisions: Provisions, wanted: tuple[Assay, ...]) -> list[Amendment]:
    _, held, _ = _tests(provisions)
    known = {test.assay for test in held}
    missing = [assay for assay in wanted if assay not in known]
    spare = [test for test in held if test.assay not in wanted]
    if len(missing) > len(spare):
        _present(None)
    changes = zip(spare, missing, strict=False)
    found: list[Amendment] = [Retest(measure=t.id, assay=assay, sampled=t.sampled[0]) for t, assay in changes]
    return [*found, *(Drop(measure=test.id) for test in spare[len(missing) :])]


def _further_test_amended(provisions: Provisions, proposal: Proposal) -> list[Amendment]:
    _, arrival, further = _tests(provisions)
    found: list[Amendment] = [Drop(measure=test.id) for test in further]
    assay, day = proposal.further_test, proposal.further_test_day
    if assay is not None:
        like = _present(arrival[0] if arrival else None)
        stay = _present(_held(provisions)).id if day <= proposal.isolation_days else None
        found.append(FurtherTest(id=f"{assay}-on-day-{day}", like=like.id, assay=assay, day=day, stay=stay))
    return found


def _tests(provisions: Provisions) -> tuple[list[LaboratoryTest], list[LaboratoryTest], list[LaboratoryTest]]:
    """The tests before departure, on arrival (in the first day) and later, each the earliest first."""
    others = left_out(provisions)
    tests = [m for m in provisions.measures if isinstance(m, LaboratoryTest) and m.id not in others]
    tests.sort(key=lambda test: _days(test.sampled[0].start))
    before = [test for test in tests if test.sampled[0].start.anchor is Anchor.DEPARTURE]
    on_arrival = (Anchor.ARRIVAL, Anchor.ENTRY)
    arrival = [t for t in tests if t.sampled[0].start.anchor in on_arrival and _days(t.sampled[0].start) < 1.0]
    return before, arrival, [test for test in tests if test not in before and test not in arrival]


def _before_departure(provisions: Provisions) -> list[str]:
    """Every test before departure, those of another way through a gate too."""
    tests = (measure for measure in provisions.measures if isinstance(measure, LaboratoryTest))
    return [test.id for test in tests if test.sampled[0].start.anchor is Anchor.DEPARTURE]


def _days(moment: Moment) -> float:
    return 0.0 if moment.span is None else moment.sign * moment.span.elapsed.total_seconds() / 86_400


def _held(provisions: Provisions) -> Stay | None:
    """The stay that holds a traveller on arrival."""
    stays = (measure for measure in provisions.measures if isinstance(measure, Stay))
    return next((stay for stay in stays if stay.place in HELD and stay.start.anchor is not Anchor.RELEASE), None)


def _loop(provisions: Provisions) -> Stay | None:
    stays = (measure for measure in provisions.measures if isinstance(measure, Stay))
    return next((stay for stay in stays if stay.place == StayPlace.CLOSED_LOOP), None)


def _length(stay: Stay | None) -> int:
    """The days that a text gives a stay: its least, or the day until which it lasts."""
    if stay is None:
        return 0
    least = stay.least.elapsed.total_seconds() / 86_400 if stay.least else 0.0
    return math.ceil(max(least, _days(stay.until) if stay.until else 0.0))


def _replaced(provisions: Provisions, measure: Provision) -> Provisions:
    return replace(provisions, measures=tuple(measure if held.id == measure.id else held for held in provisions.measures))


def _without(provisions: Provisions, names: set[str]) -> Provisions:
    """The provisions without some measures, and without what refers to them."""
    kept: list[Provision] = []
    for measure in provisions.measures:
        if measure.id in names:
            continue
        if isinstance(measure, Gate):
            either = tuple(tuple(name for name in way if name not in names) for way in measure.either)
            requires = tuple(name for name in measure.requires if name not in names)
            kept.append(replace(measure, requires=requires, either=tuple(way for way in either if way)))
        elif isinstance(measure, Stay):
            kept.append(replace(measure, ends=tuple(name for name in measure.ends if name not in names)))
        else:
            kept.append(measure)
    return replace(provisions, measures=tuple(kept))


def _added(provisions: Provisions, measure: Provision, gate: GateAt | None = None, ends: Stay | None = None) -> Provisions:
    """The provisions with one more measure, which a gate requires or without whose result a stay does not end."""
    held: list[Provision] = []
    for other in provisions.measures:
        if isinstance(other, Gate) and other.at == gate:
            held.append(replace(other, requires=(*other.requires, measure.id)))
        elif isinstance(other, Stay) and ends is not None and other.id == ends.id:
            held.append(replace(other, ends=(*other.ends, measure.id)))
        else:
            held.append(other)
    return replace(provisions, measures=(*held, measure))


def _test(identifier: str, assay: Assay, window: Window) -> LaboratoryTest:
    return LaboratoryTest(
        id=identifier, clause="", otherwise=Otherwise.HOLD, title={}, assay=assay, sampled=(window,), designated=True
    )


def _of_assay(test: LaboratoryTest, assay: Assay) -> LaboratoryTest:
    """The test by another method; a title that names the old one would mislead."""
    return test if test.assay == assay else replace(test, assay=assay, title={})


def _span(days: int) -> Span:
    return Span(days, Unit.DAY)


def _with_first_test(provisions: Provisions, proposal: Proposal) -> Provisions:
    before, _, _ = _tests(provisions)
    if proposal.first_test is None:
        return _without(provisions, set(_before_departure(provisions)))
    window = hours_before_departure(proposal.first_test_hours)
    if not before:
        return _added(provisions, _test(FIRST_TEST, proposal.first_test, window), gate=GateAt.BOARDING)
    return _replaced(provisions, _of_assay(replace(before[0], sampled=(window,)), proposal.first_test))


def _with_arrival_tests(provisions: Provisions, wanted: tuple[Assay, ...]) -> Provisions:
    _, held, _ = _tests(provisions)
    kept = {test.assay for test in held if test.assay in wanted}
    spare = [test for test in held if test.assay not in wanted]
    stay = _held(provisions)
    for number, assay in enumerate(assay for assay in wanted if assay not in kept):
        if spare:
            provisions = _replaced(provisions, _of_assay(spare.pop(0), assay))
        else:
            test = _test(f"{ARRIVAL_TEST}-{number + 1}" if number else ARRIVAL_TEST, assay, day_window(0))
            provisions = _added(provisions, test, ends=stay)
    return _without(provisions, {test.id for test in spare})


def _with_isolation(provisions: Provisions, days: int) -> Provisions:
    stay, least = _held(provisions), _span(days) if days else None
    if stay is not None:
        most = None if stay.most is None or (least and stay.most.elapsed < least.elapsed) else stay.most
        return _replaced(provisions, replace(stay, least=least, most=most, until=None))
    if not days:
        return provisions
    _, arrival, _ = _tests(provisions)
    stay = Stay(
        id=ISOLATION, clause="", otherwise=Otherwise.HOLD, title={}, place=StayPlace.ISOLATION.value,
        start=Moment(Anchor.ARRIVAL), least=least, ends=tuple(test.id for test in arrival),
    )  # fmt: skip
    return _added(provisions, stay)


def _with_further_test(provisions: Provisions, proposal: Proposal) -> Provisions:
    """One further test on a day; where it falls into isolation, no one is let out before its result."""
    _, _, further = _tests(provisions)
    provisions = _without(provisions, {test.id for test in further})
    if proposal.further_test is None:
        return provisions
    day = proposal.further_test_day
    _, arrival, _ = _tests(provisions)
    if arrival:
        test = replace(_of_assay(arrival[0], proposal.further_test), id=FURTHER_TEST, title={}, sampled=(day_window(day),))
        test = replace(test, count=1, apart=None)
    else:
        test = _test(FURTHER_TEST, proposal.further_test, day_window(day))
    return _added(provisions, test, ends=_held(provisions) if day <= proposal.isolation_days else None)


def _with_loop(provisions: Provisions, until_day: int) -> Provisions:
    loop = _loop(provisions)
    if loop is not None and not until_day:
        return _without(provisions, {loop.id})
    until = Moment(Anchor.ARRIVAL, 1, _span(until_day))
    if loop is not None:
        return _replaced(provisions, replace(loop, until=until, least=None))
    stay = Stay(
        id=CLOSED_LOOP, clause="", otherwise=Otherwise.HOLD, title={}, place=StayPlace.CLOSED_LOOP.value,
        start=Moment(Anchor.RELEASE), until=until,
    )  # fmt: skip
    return _added(provisions, stay)
