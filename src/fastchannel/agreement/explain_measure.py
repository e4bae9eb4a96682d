"""One measure in words: what it asks on which dates, of whom, and what it asks of others instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastchannel.agreement.asked import BEFORE_DEPARTURE, fits
from fastchannel.agreement.measure_words import measure_title, sentences
from fastchannel.agreement.page import Sentence
from fastchannel.agreement.periods import Period, dated, holds, nearest, next_day
from fastchannel.agreement.phrases import separated
from fastchannel.agreement.provisions import Case
from fastchannel.agreement.text import (
    DocumentText,
    Except,
    FollowUpText,
    GateAt,
    GateText,
    LaboratoryTestText,
    Measure,
    MonitorText,
    QuotaText,
    RouteText,
    StayPlace,
    StayText,
    Varying,
    Where,
)
from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.language import N_
from fastchannel.terms.moments import Anchor, Unit

OF_STAY = {
    StayPlace.VEHICLE: "transfer",
    StayPlace.CLOSED_LOOP: "loop",
    StayPlace.ISOLATION: "isolation",
    StayPlace.QUARANTINE: "isolation",
    StayPlace.HOME: "isolation",
}
OF_GATE = {GateAt.BOARDING: "boarding", GateAt.ENTRY: "arrival", GateAt.RELEASE: "isolation", GateAt.COMPLETION: "follow-up"}
ON_ARRIVAL_DAYS = 2  # a sample first due later than this belongs to the follow-up


@dataclass(frozen=True, slots=True)
class _Said:
    slot: str
    text: str
    clause: str
    period: Period


def section_of(measure: Measure, on: date) -> str:
    """Where on the way a measure belongs."""
    match measure:
        case QuotaText():
            return "places"
        case GateText():
            return OF_GATE[measure.at]
        case StayText():
            return OF_STAY[value_on(measure.place, on)]
        case FollowUpText():
            return "follow-up"
        case MonitorText():
            return "before" if value_on(measure.until, on).anchor in BEFORE_DEPARTURE else "follow-up"
        case DocumentText():
            return "before" if value_on(measure.by, on).anchor in BEFORE_DEPARTURE else "arrival"
        case LaboratoryTestText():
            windows = value_on(measure.sampled, on).any_of
            if all(window.end.anchor in BEFORE_DEPARTURE for window in windows):
                return "before"
            late = all(
                window.start.anchor in (Anchor.RELEASE, Anchor.COMPLETION)
                or (window.start.span is not None and window.start.sign > 0 and _days(window.start.span) > ON_ARRIVAL_DAYS)
                for window in windows
            )
            return "follow-up" if late else "arrival"


def measure_sentences(
    measure: Measure, route: RouteText, period: Period, words: Words, case: Case | None = None
) -> Iterator[Sentence]:
    """What a measure asks in the period: of a case, or of everyone with its exceptions."""
    held = period.overlap(measure.holds_from, measure.holds_until)
    if held is None or (case is not None and not fits(measure.for_, case)):
        return
    title = measure_title(measure, words)

    def sentence(text: str, clause: str = "", field: str = "") -> Sentence:
        return Sentence(text=text, clause=clause or measure.clause, subject=title, measure=measure.id, field=field)

    if held != period:
        yield sentence(dated(words.say(N_("This is asked.")), held, period, words))
    if case is None and measure.for_ is not None:
        yield sentence(words.say(N_("This is asked of: {who}."), who=who_words(measure.for_, words)))
    applied = tuple(item for item in measure.except_ if case is not None and fits(item.where, case))
    for said in _runs(measure, applied, route, held, words):
        yield sentence(dated(said.text, said.period, held, words), said.clause, said.slot)
    if case is None:
        for item in measure.except_:
            for slot, text in exception_sentences(measure, item, route, held, words):
                yield sentence(text, item.clause, slot)


def who_words(where: Where, words: Words) -> str:
    """The travellers that a condition means, as a noun."""
    means = []
    if where.region:
        means.append(words.say(N_("travellers going to {places}"), places=words.places(where.region, style="or")))
    if where.city:
        means.append(words.say(N_("travellers going to {places}"), places=words.places(where.city, style="or")))
    if where.origin:
        means.append(words.say(N_("travellers coming from {places}"), places=words.places(where.origin, style="or")))
    if where.arrival:
        means.append(words.say(N_("travellers arriving in {places}"), places=words.places(where.arrival, style="or")))
    if where.purpose:
        means.append(words.say(N_("travellers whose purpose is {purposes}"), purposes=words.terms(where.purpose, style="or")))
    if where.companion == ("none",):
        means.append(words.say(N_("travellers who accompany nobody")))
    elif where.companion:
        message = N_("travellers who accompany others as {companions}")
        means.append(words.say(message, companions=words.terms(where.companion, style="or")))
    if where.city and where.region:  # the city says more than its region
        means.pop(0)
    if not means:
        return words.say(N_("all travellers"))
    return (
        means[0]
        if len(means) == 1
        else words.say(N_("whoever fits all of this: {conditions}"), conditions=separated(means, words.language))
    )


def _runs(measure: Measure, applied: tuple[Except, ...], route: RouteText, period: Period, words: Words) -> list[_Said]:
    """What a measure says, each sentence over the longest time in which it stays the same."""
    varying = [value for name in type(measure).__dataclass_fields__ if isinstance(value := getattr(measure, name), Varying)]
    starts = [start for value in varying for item in value.values for start in (item.since, next_day(item.until))]
    starts += [start for item in applied for start in (item.holds_from, next_day(item.holds_until))]
    if isinstance(measure, GateText | StayText):  # what it refers to may be asked on some dates only
        starts += [start for item in route.measure for start in (item.holds_from, next_day(item.holds_until))]
    open_runs: dict[str, _Said] = {}
    runs: list[_Said] = []
    for part in period.cut(starts):
        said = {slot: (text, clause) for slot, text, clause in _on(measure, applied, route, part.since, words)}
        for slot, (text, clause) in said.items():
            before = open_runs.get(slot)
            if before and (before.text, before.clause) == (text, clause):
                open_runs[slot] = replace(before, period=Period(before.period.since, part.until))
            else:
                runs += [before] if before else []
                open_runs[slot] = _Said(slot, text, clause, part)
        for slot in set(open_runs) - set(said):
            runs.append(open_runs.pop(slot))
    runs += open_runs.values()
    order = list(dict.fromkeys(run.slot for run in sorted(runs, key=lambda run: run.period.since)))
    return sorted(runs, key=lambda run: (order.index(run.slot), run.period.since))


def _on(
    measure: Measure, applied: tuple[Except, ...], route: RouteText, on: date, words: Words
) -> Iterator[tuple[str, str, str]]:
    """What a measure says on one date, each sentence with its field and clause."""
    held = [item for item in applied if holds(item.holds_from, item.holds_until, Period(on, on))]
    if any(item.waived for item in held):
        yield "waived", words.say(N_("This is not asked.")), held[-1].clause
        return
    changes: dict[str, tuple[Any, str]] = {name: (value, item.clause) for item in held for name, value in item.changes.items()}

    here = Period(on, on)
    asked = {item.id for item in route.measure if holds(item.holds_from, item.holds_until, here)}

    def values(name: str) -> Any:
        value = changes[name][0] if name in changes else value_on(getattr(measure, name), on)
        if name in ("requires", "ends"):
            return tuple(item for item in value if item in asked)
        return tuple(item for item in value if asked.issuperset(item)) if name == "either" else value

    for slot, text in sentences(measure, values, route, words):
        field = slot.partition(".")[0]
        value = getattr(measure, field, None)
        entry = value.on(on) if isinstance(value, Varying) else None
        yield slot, text, changes[field][1] if field in changes else (entry.clause if entry else "")


def exception_sentences(
    measure: Measure, item: Except, route: RouteText, period: Period, words: Words
) -> Iterator[tuple[str, str]]:
    """How an exception differs from what the measure says otherwise."""
    held = period.overlap(item.holds_from, item.holds_until)
    if held is None:
        return
    who = who_words(item.where, words)
    if item.waived:
        yield "waived", dated(words.say(N_("This is not asked of: {who}."), who=who), held, period, words)
        return
    plain = {(slot, text) for slot, text, _ in _on(measure, (), route, held.since, words)}
    for slot, text, _ in _on(measure, (item,), route, held.since, words):
        if (slot, text) not in plain:
            yield slot, dated(words.say(N_("For {who}: {sentence}"), who=who, sentence=text), held, period, words)


def value_on(value: Any, on: date) -> Any:
    """A field's value on a date; outside all its dates, the nearest."""
    return nearest(value, on).is_ if isinstance(value, Varying) else value


def _days(span: Any) -> float:
    return float(span.amount) if span.unit is Unit.CALENDAR_DAY else span.elapsed.total_seconds() / 86_400
