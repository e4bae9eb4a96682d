"""One route in words, in the order in which a journey meets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fastchannel.agreement.explain_measure import measure_sentences, section_of, value_on
from fastchannel.agreement.measure_words import measure_title
from fastchannel.agreement.page import Section, Sentence
from fastchannel.agreement.periods import Period, dated, holds, next_day
from fastchannel.agreement.phrases import window_words
from fastchannel.agreement.provisions import Case, Otherwise
from fastchannel.agreement.text import (
    DocumentText,
    RegionText,
    RouteText,
    Varying,
)
from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.events import Role
from fastchannel.terms.language import N_, pick

TITLES = {
    "eligible": N_("Who may travel, and where to"),
    "sponsor": N_("What the sponsor does"),
    "application": N_("The application"),
    "before": N_("Before departure"),
    "boarding": N_("At boarding"),
    "arrival": N_("On arrival"),
    "isolation": N_("Isolation"),
    "transfer": N_("The transfer"),
    "loop": N_("Closed loop"),
    "follow-up": N_("Follow-up and completion"),
    "places": N_("How many may travel"),
    "wrong": N_("If something goes wrong"),
}
GONE_WRONG = frozenset({"missed", "symptoms"})

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


def _values(value: Varying[Any], period: Period) -> Iterator[tuple[Period, Any]]:
    """The values in a period, each with the dates on which it holds."""
    parts = period.cut(start for item in value.values for start in (item.since, next_day(item.until)))
    run: tuple[Period, Any] | None = None
    for part in parts:
        found = value_on(value, part.since)
        if run and run[1] == found:
            run = (Period(run[0].since, part.until), found)
        else:
            if run:
                yield run
            run = (part, found)
    if run:
        yield run
