"""One route in words, in the order in which a journey meets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastchannel.agreement.asked import BEFORE_DEPARTURE, fits
from fastchannel.agreement.measure_words import measure_title, sentences
from fastchannel.agreement.page import Section, Sentence
from fastchannel.agreement.periods import Period, dated, holds, nearest, next_day
from fastchannel.agreement.phrases import window_words
from fastchannel.agreement.provisions import Case, Otherwise
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
    RegionText,
    RouteText,
    StayPlace,
    StayText,
    Varying,
    Where,
)
from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.events import Role
from fastchannel.terms.language import N_, pick
from fastchannel.terms.moments import Anchor, Unit

TITLES = {
    "eligible": N_("Who may travel, and where to"),
    "sponsor": N_("What the sponsor does"),
    "application": N_("The application"),
    "before": N_("Before departure"),
    "boarding": N_("At boarding"),
    "arrival": N_("On arrival"),
    "isolation": N_("Isolation"),
    "transfer": N_("Transfer"),
    "loop": N_("Closed loop"),
    "follow-up": N_("Follow-up and completion"),
    "places": N_("How many may travel"),
    "wrong": N_("If something goes wrong"),
}
OF_STAY = {
    StayPlace.VEHICLE: "transfer",
    StayPlace.CLOSED_LOOP: "loop",
    StayPlace.ISOLATION: "isolation",
    StayPlace.QUARANTINE: "isolation",
    StayPlace.HOME: "isolation",
}
OF_GATE = {GateAt.BOARDING: "boarding", GateAt.ENTRY: "arrival", GateAt.RELEASE: "isolation", GateAt.COMPLETION: "follow-up"}
GONE_WRONG = frozenset({"missed", "symptoms"})
ON_ARRIVAL_DAYS = 2  # a sample first due later than this belongs to the follow-up

REGIONS = (
    N_("Travellers may go to: {places}."),
    N_("Travellers may also go to: {places}."),
    N_("Travellers may no longer go to: {places}."),
)
ORIGINS = (
    N_("Travellers may come from: {places}."),
    N_("Travellers may also come from: {places}."),
    N_("Travellers may no longer come from: {places}."),
)
POSITIVE = {
    ("before_departure", Otherwise.REFUSE): N_("A confirmed infection before departure: the journey is refused."),
    ("before_departure", Otherwise.HOLD): N_(
        "A confirmed infection before departure: the journey is on hold until an officer has looked."
    ),
    ("after_departure", Otherwise.REFUSE): N_("A confirmed infection after departure: the traveller is refused."),
    ("after_departure", Otherwise.HOLD): N_(
        "A confirmed infection after departure: the health authority takes care of the traveller, who is on hold."
    ),
    ("contact", Otherwise.REFUSE): N_("Being a contact of a case: the journey is refused."),
    ("contact", Otherwise.HOLD): N_("Being a contact of a case: the journey is on hold until an officer has looked."),
}


@dataclass(frozen=True, slots=True)
class _Said:
    slot: str
    text: str
    clause: str
    period: Period


def sections(
    name: str, words: Words, period: Period, *, case: Case | None, sponsor_first: bool, several: bool
) -> list[Section]:
    """The sections of one route; where there are several routes, their titles name it."""
    route = words.text.route[name]
    held = period.overlap(route.since, route.until)
    if held is None:
        return []
    found: dict[str, list[Sentence]] = {key: [] for key in TITLES}
    found["eligible"] += _eligible(route, held, words)
    found["sponsor"] += _sponsor(route, held, words)
    found["application"] += _application(route, held, words)
    for measure in route.measure:
        for sentence in measure_sentences(measure, route, held, words, case):
            wrong = sentence.field.partition(".")[0] in GONE_WRONG
            found["wrong" if wrong else section_of(measure, held.since)].append(sentence)
    found["wrong"] += _wrong(route, words)
    order = list(TITLES)
    if sponsor_first:
        order.remove("sponsor")
        order.insert(0, "sponsor")
    title = N_("{route}: {section}")
    return [
        Section(
            id=f"{name}-{key}",
            title=words.say(title, route=words.route(name), section=words.say(TITLES[key]))
            if several
            else words.say(TITLES[key]),
            sentences=tuple(found[key]),
        )
        for key in order
        if found[key]
    ]


def section_of(measure: Measure, on: date) -> str:
    """Where on the way a measure belongs."""
    match measure:
        case QuotaText():
            return "places"
        case GateText():
            return OF_GATE[measure.at]
        case StayText():
            return OF_STAY[_value(measure.place, on)]
        case FollowUpText():
            return "follow-up"
        case MonitorText():
            return "before" if _value(measure.until, on).anchor in BEFORE_DEPARTURE else "follow-up"
        case DocumentText():
            return "before" if _value(measure.by, on).anchor in BEFORE_DEPARTURE else "arrival"
        case LaboratoryTestText():
            windows = _value(measure.sampled, on).any_of
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
    return means[0] if len(means) == 1 else words.say(N_("whoever fits all of this: {conditions}"), conditions="; ".join(means))


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
        value = changes[name][0] if name in changes else _value(getattr(measure, name), on)
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


def _eligible(route: RouteText, period: Period, words: Words) -> Iterator[Sentence]:
    for part, purposes in _values(route.purposes, period):
        text = words.say(N_("Open to people who travel for: {purposes}."), purposes=words.terms(purposes))
        yield Sentence(text=dated(text, part, period, words), clause=route.clause)
    for part, companions in _values(route.companions, period):
        if companions:
            text = words.say(N_("They may be accompanied by: {companions}."), companions=words.terms(companions))
        else:
            text = words.say(N_("Nobody may accompany them."))
        yield Sentence(text=dated(text, part, period, words), clause=route.clause)
    yield from _regions(route.region, REGIONS, route.clause, period, words)
    yield from _regions(route.origin, ORIGINS, route.clause, period, words)
    for point in route.point_of_entry:
        held = period.overlap(point.since, point.until)
        if held is None:
            continue
        place = words.place(point.place)
        said = []
        if point.points:
            message = N_("In {place}, travellers arrive at: {points}.")
            said.append(words.say(message, place=place, points=words.terms(point.points)))
        if point.onward_to:
            others = words.places(point.onward_to, style="or")
            if point.by:
                message = N_("Whoever arrives in {place} may go on from there to {others}; means: {means}.")
                said.append(words.say(message, place=place, others=others, means=words.term(point.by)))
            else:
                message = N_("Whoever arrives in {place} may go on from there to {others}.")
                said.append(words.say(message, place=place, others=others))
        for text in said:
            yield Sentence(text=dated(text, held, period, words), clause=point.clause)


def _regions(
    regions: Sequence[RegionText], messages: tuple[str, str, str], clause: str, period: Period, words: Words
) -> Iterator[Sentence]:
    """What is open at first, then what opens and closes."""
    first, more, fewer = messages
    starts = [start for entry in regions for start in (entry.since, next_day(entry.until))]
    before: list[str] = []
    for part in period.cut(starts):
        entries = [entry for entry in regions if holds(entry.since, entry.until, Period(part.since, part.since))]
        places = list(dict.fromkeys(place for entry in entries for place in entry.places))
        added = [place for place in places if place not in before]
        closed = [place for place in before if place not in places]
        cited = ", ".join(dict.fromkeys(entry.clause for entry in entries if set(added) & set(entry.places))) or clause
        if added:
            text = words.say(more if before else first, places=words.places(added))
            yield Sentence(text=dated(text, Period(part.since, period.until), period, words), clause=cited)
        if closed:
            text = words.say(fewer, places=words.places(closed))
            yield Sentence(text=dated(text, Period(part.since, period.until), period, words), clause=cited)
        before = places


def _sponsor(route: RouteText, period: Period, words: Words) -> Iterator[Sentence]:
    sponsor = route.sponsor
    if sponsor is None:
        return
    who = pick(sponsor.who, words.language)
    yield Sentence(text=words.say(N_("Who may sponsor: {who}."), who=who), clause=sponsor.clause)
    message = N_("The sponsor files the application with: {agency}.")
    yield Sentence(text=words.say(message, agency=words.agency(sponsor.applies_to)), clause=sponsor.clause)
    for duty in sponsor.duty:
        held = period.overlap(duty.since, duty.until)
        if held:
            said = words.say(N_("Duty: {duty}."), duty=pick(duty.text, words.language))
            yield Sentence(text=dated(said, held, period, words), clause=duty.clause)
    for measure in route.measure:
        if isinstance(measure, DocumentText) and measure.provided_by is Role.SPONSOR:
            held = period.overlap(measure.holds_from, measure.holds_until)
            if held:
                said = words.say(N_("The sponsor provides this document: {document}."), document=measure_title(measure, words))
                yield Sentence(text=dated(said, held, period, words), clause=measure.clause)


def _application(route: RouteText, period: Period, words: Words) -> Iterator[Sentence]:
    application = route.application
    for part, window in _values(application.window, period):
        if window is not None:
            text = words.say(N_("An application may be filed {window}."), window=window_words(window, words.language))
            yield Sentence(text=dated(text, part, period, words), clause=application.clause)
    review = application.review
    yield Sentence(text=words.say(N_("Who decides: {agency}."), agency=words.agency(review.by)), clause=review.clause)
    if review.four_eyes:
        yield Sentence(text=words.say(N_("A second officer must agree to each decision.")), clause=review.clause)


def _wrong(route: RouteText, words: Words) -> Iterator[Sentence]:
    for name in ("before_departure", "after_departure", "contact"):
        message = POSITIVE[name, getattr(route.positive, name)]
        yield Sentence(text=words.say(message), clause=route.positive.clause)
    early = N_(
        "A test or document due before departure that is definitely missing or wrong leads to refusal, unless said otherwise."
    )
    late = N_(
        "Anything else that is definitely not met puts the journey on hold until an officer has looked, unless said otherwise."
    )
    yield Sentence(text=words.say(early))
    yield Sentence(text=words.say(late))


def _value(value: Any, on: date) -> Any:
    return nearest(value, on).is_ if isinstance(value, Varying) else value


def _values(value: Varying[Any], period: Period) -> Iterator[tuple[Period, Any]]:
    """The values in a period, each with the dates on which it holds."""
    parts = period.cut(start for item in value.values for start in (item.since, next_day(item.until)))
    run: tuple[Period, Any] | None = None
    for part in parts:
        found = _value(value, part.since)
        if run and run[1] == found:
            run = (Period(run[0].since, part.until), found)
        else:
            if run:
                yield run
            run = (part, found)
    if run:
        yield run


def _days(span: Any) -> float:
    return float(span.amount) if span.unit is Unit.CALENDAR_DAY else span.elapsed.total_seconds() / 86_400
