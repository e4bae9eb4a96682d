"""The fields of a text and their values as words, for sentences that say what a new version changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from fastchannel.agreement.conditions import Condition
from fastchannel.agreement.explain_measure import who_words
from fastchannel.agreement.measure_words import measure_title, rung
from fastchannel.agreement.phrases import day, moment_words, separated, span_words, window_words, windows_words
from fastchannel.agreement.provisions import Otherwise, Step
from fastchannel.agreement.suspension_words import condition_words, flights_words
from fastchannel.agreement.text import (
    TEXT_LANGUAGES,
    AgencyRole,
    Budget,
    Complete,
    Effect,
    Fate,
    GateAt,
    Period,
    Record,
    Reopening,
    RouteText,
    Scope,
    Side,
    SponsorText,
    StayPlace,
    Switch,
    Where,
    Windows,
)
from fastchannel.agreement.vocabulary import AGENCIES, ASSAYS, FINDINGS, PROVIDERS, RECORDS, Words
from fastchannel.terms.events import Assay, Finding, Role
from fastchannel.terms.language import N_, pick
from fastchannel.terms.moments import Moment, Span, Window

LABELS: Mapping[str, str] = {  # by "Type.field" where a field's name alone is not enough
    "adopted": N_("the date of adoption"),
    "after_departure": N_("what an infection after departure leads to"),
    "agency": N_("the agencies"),
    "allowed": N_("what is allowed meanwhile"),
    "apart": N_("the least time between samples"),
    "applies_to": N_("where the sponsor applies"),
    "application": N_("the application"),
    "at": N_("where the checkpoint stands"),
    "before_departure": N_("what an infection before departure leads to"),
    "bound": N_("whether it must name the traveller"),
    "budget": N_("the promised limit of undetected infections"),
    "by": N_("by when it is needed"),
    "calls_per_day": N_("the number of calls a day"),
    "changes": N_("the summary of changes"),
    "check_in": N_("how often one reports"),
    "clause": N_("the clause"),
    "companions": N_("who may accompany"),
    "complete": N_("the moment from which journeys are completed"),
    "continue_": N_("whether the channel goes on"),
    "contact": N_("what being a contact of a case leads to"),
    "count": N_("the number of samples"),
    "document": N_("the kind of document"),
    "duty": N_("the sponsor's duties"),
    "effect": N_("the suspension"),
    "either": N_("the alternatives"),
    "ends": N_("the tests that end it"),
    "except_": N_("the exceptions"),
    "first_in_force": N_("the first day of the first version"),
    "for_": N_("of whom it is asked"),
    "four_eyes": N_("whether a second officer must agree"),
    "from_": N_("when it begins"),
    "holds_from": N_("the first date"),
    "holds_until": N_("the last date"),
    "id": N_("the identifier"),
    "imports_per_million": N_("the promised limit of undetected infections"),
    "in_force": N_("the date of entry into force"),
    "issued": N_("when it may be issued"),
    "issued_by": N_("who may issue it"),
    "keep": N_("how long it is kept"),
    "laboratory": N_("whose result counts"),
    "least": N_("how long it lasts at least"),
    "measure": N_("the measures"),
    "missed": N_("what follows a missed report"),
    "most": N_("the time after which an officer decides"),
    "name": N_("the name"),
    "named_by": N_("who names the place"),
    "note": N_("the remark"),
    "origin": N_("the regions that travellers may come from"),
    "onward_to": N_("where one may go on to"),
    "otherwise": N_("what follows when it is not met"),
    "parties": N_("the parties"),
    "party": N_("the parties"),
    "pathogen": N_("the pathogen"),
    "people": N_("the number of people"),
    "per": N_("the period of the quota"),
    "place": N_("the place"),
    "points": N_("the points of entry"),
    "point_of_entry": N_("the points of entry"),
    "positive": N_("what an infection leads to"),
    "provided_by": N_("who provides it"),
    "purposes": N_("the purposes of journeys"),
    "read_within": N_("how soon it is read"),
    "region": N_("the regions"),
    "require": N_("the finding that is required"),
    "requires": N_("what is required"),
    "reopens": N_("what ends it"),
    "reported": N_("how long after a day its figures are published"),
    "resume": N_("when it opens again"),
    "retention": N_("how long records are kept"),
    "review": N_("who decides"),
    "roles": N_("the tasks"),
    "route": N_("the routes"),
    "routes": N_("the routes concerned"),
    "sampled": N_("when the sample is taken"),
    "shares": N_("the places kept for a purpose"),
    "side": N_("whose figures count"),
    "since": N_("the first date"),
    "single_use": N_("whether it is valid for one crossing only"),
    "source": N_("the source"),
    "sponsor": N_("the sponsor"),
    "suspend": N_("the length of the suspension"),
    "symptoms": N_("what reported symptoms lead to"),
    "test": N_("the kind of test"),
    "text": N_("the wording of the duty"),
    "title": N_("the title"),
    "to": N_("the destination"),
    "transport": N_("the means of transport"),
    "trigger": N_("the rules for suspension"),
    "under_way": N_("what it means for journeys under way"),
    "unit": N_("what is suspended"),
    "until": N_("until when it holds"),
    "valid_for": N_("how long it is valid"),
    "version": N_("the version"),
    "visibility": N_("what each party sees"),
    "waived": N_("whether it is not asked at all"),
    "when": N_("what sets it off"),
    "where": N_("who is meant"),
    "who": N_("who may sponsor"),
    "window": N_("when an application may be filed"),
    "words": N_("the text's own words"),
    "zone": N_("the time zone"),
    "zones": N_("the regions' time zones"),
    "answered_within": N_("how soon it is answered"),
    "event": N_("the kinds of event"),
    "extend": N_("by how long it is extended"),
    "flights_per_week": N_("the number of flights a week"),
    "pause": N_("the length of the pause"),
    "usual": N_("the usual number of flights a week"),
    "fields": N_("the fields shown"),
    "what": N_("the record"),
    "places": N_("the regions"),
    "RouteText.from_": N_("the origin"),
    "ReviewText.by": N_("who decides"),
    "PointOfEntryText.by": N_("the means of transport"),
    "MonitorText.from_": N_("when the reports begin"),
    "MonitorText.until": N_("when the reports end"),
    "FollowUpText.from_": N_("when the reports begin"),
    "FollowUpText.until": N_("when the reports end"),
    "StayText.until": N_("when it ends"),
    "Effect.from_": N_("when the suspension begins"),
}
VOCABULARIES: Mapping[type[Enum], Mapping[Any, str]] = {
    Assay: ASSAYS,
    Finding: FINDINGS,
    AgencyRole: AGENCIES,
    Role: PROVIDERS,
    Record: RECORDS,
    Otherwise: {
        Otherwise.REFUSE: N_("refusal"),
        Otherwise.HOLD: N_("a hold until an officer has looked"),
    },
    Fate: {
        Fate.COMPLETE: N_("those who have departed complete their journey"),
        Fate.STOP: N_("journeys under way are stopped"),
    },
    Switch: {
        Switch.SWITCH: N_("the new version holds for everyone"),
    },
    Side: {
        Side.EITHER: N_("either side"),
        Side.BOTH: N_("both sides"),
        Side.ORIGIN: N_("the side that travellers come from"),
        Side.DESTINATION: N_("the side that travellers go to"),
    },
    Scope: {
        Scope.AGREEMENT: N_("every route"),
        Scope.ROUTE: N_("the route"),
        Scope.REGION: N_("the region"),
        Scope.CARRIER: N_("the carrier"),
        Scope.FLIGHT: N_("the flights of that line"),
    },
    Reopening: {
        Reopening.RULE: N_("the rule"),
        Reopening.DECISION: N_("a decision of both parties"),
    },
    Period: {
        Period.DAY: N_("a day"),
        Period.WEEK: N_("a week"),
        Period.FLIGHT: N_("a flight"),
    },
    GateAt: {
        GateAt.BOARDING: N_("boarding"),
        GateAt.ENTRY: N_("entry"),
        GateAt.RELEASE: N_("release from isolation"),
        GateAt.COMPLETION: N_("the end of all obligations"),
    },
    StayPlace: {
        StayPlace.HOME: N_("isolation at home"),
        StayPlace.ISOLATION: N_("isolation"),
        StayPlace.QUARANTINE: N_("quarantine"),
        StayPlace.CLOSED_LOOP: N_("the closed loop"),
        StayPlace.VEHICLE: N_("a vehicle"),
    },
}
AGENCY_FIELDS = frozenset({"issued_by", "laboratory", "named_by", "applies_to"})
PLACE_FIELDS = frozenset({"places", "place", "onward_to", "parties", "to", "origin", "region", "city", "arrival"})
MEASURE_FIELDS = frozenset({"requires", "either", "ends"})
VERBATIM = frozenset({"clause", "source", "note", "zone", "id", "points", "pathogen"})


def label(owner: str, field: str, words: Words) -> str:
    """What a field of a type is called."""
    return words.say(LABELS.get(f"{owner}.{field}") or LABELS.get(field) or field)


def value_words(value: Any, field: str, words: Words, route: RouteText | None = None) -> str:
    """A field's value as words that can stand in a sentence."""
    if value is None or value in ((), {}, ""):
        return words.say(N_("nothing"))
    if isinstance(value, tuple):
        if field == "either":
            lists = (words.listed(_string(name, field, words, route) for name in names) for names in value)
            return separated(lists, words.language)
        return words.listed(value_words(item, field, words, route) for item in value)
    if isinstance(value, Enum):
        return _enum(value, words)
    if isinstance(value, str):
        return _string(value, field, words, route)
    return _OF_TYPE[type(value)](value, words) if type(value) in _OF_TYPE else str(value)


def _complete(value: Complete, words: Words) -> str:
    message = N_("journeys past this moment are completed: {moment}")
    return words.say(message, moment=moment_words(value.complete, words.language))


def _effect(value: Effect, words: Words) -> str:
    moment = moment_words(value.from_, words.language)
    if value.length is None:
        done = words.say(N_("it goes on")) if value.flights_per_week is None else flights_words(value, words)
        return words.say(N_("{effect}, beginning at: {moment}"), effect=done, moment=moment)
    span = span_words(value.length, words.language)
    said = words.say(N_("{span}, beginning at: {moment}"), span=span, moment=moment)
    if value.pause is not None:
        said = words.say(N_("a pause of {effect}"), effect=said)
    if value.extend is None:
        return said
    return words.say(
        N_("{effect}, then longer by {span} each time"), effect=said, span=span_words(value.extend, words.language)
    )


def _dict(value: dict[str, Any], words: Words) -> str:
    if set(value) <= set(TEXT_LANGUAGES):
        return pick(value, words.language)
    return words.listed(f"{words.term(key)} {item}" for key, item in value.items())


_OF_TYPE: Mapping[type, Callable[[Any, Words], str]] = {
    bool: lambda value, words: words.say(N_("yes")) if value else words.say(N_("no")),
    date: lambda value, words: day(value, words.language),
    Moment: lambda value, words: moment_words(value, words.language),
    Span: lambda value, words: span_words(value, words.language),
    Window: lambda value, words: window_words(value, words.language),
    Windows: lambda value, words: windows_words(value.any_of, words.language),
    Step: rung,
    Condition: condition_words,
    Where: who_words,
    Complete: _complete,
    Budget: lambda value, words: words.say(N_("{n} per million journeys"), n=f"{value.imports_per_million:g}"),
    SponsorText: lambda value, words: pick(value.who, words.language),
    Effect: _effect,
    dict: _dict,
}


def _enum(value: Enum, words: Words) -> str:
    table = VOCABULARIES.get(type(value), {})
    return words.of(table, value) if value in table else str(value.value)


def _string(value: str, field: str, words: Words, route: RouteText | None) -> str:
    if field in MEASURE_FIELDS:
        titles = {measure.id: measure_title(measure, words) for measure in route.measure} if route else {}
        return titles.get(value, value)
    if field == "laboratory" and value in ("any", "designated"):
        return words.say(N_("any laboratory")) if value == "any" else words.say(N_("designated laboratories"))
    if field in AGENCY_FIELDS:
        return words.agency(value)
    if field in PLACE_FIELDS:
        return words.place(value)
    if field == "routes":
        return words.route(value)
    return value if field in VERBATIM else words.term(value)
