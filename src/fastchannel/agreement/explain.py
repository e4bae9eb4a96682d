"""An agreement as a page that a traveller or a sponsor understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from fastchannel.agreement import explain_route as routes
from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.page import Page, Section, Sentence
from fastchannel.agreement.periods import Period, holds, period_of, when
from fastchannel.agreement.phrases import day, moment_words, span_words
from fastchannel.agreement.provisions import Case
from fastchannel.agreement.suspension_words import trigger_sentences
from fastchannel.agreement.text import AgreementText, Complete
from fastchannel.agreement.vocabulary import EVENTS, FIELDS, RECORDS, Words
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.language import LANGUAGES, N_, pick
from fastchannel.terms.moments import Anchor

Audience = Literal["traveller", "sponsor"]

UNDER_WAY = {
    Anchor.APPLICATION: N_("Whoever applied before {date} completes the journey under the version before this one."),
    Anchor.APPROVAL: N_("Whoever was approved before {date} completes the journey under the version before this one."),
    Anchor.DEPARTURE: N_("Whoever departs before {date} completes the journey under the version before this one."),
    Anchor.ARRIVAL: N_("Whoever arrives before {date} completes the journey under the version before this one."),
}


class ExplainError(FastChannelError):
    """A page was asked for a language or a route that there is not."""


def explain(
    agreement: Agreement,
    language: str,
    *,
    route: str | None = None,
    audience: Audience = "traveller",
    case: Case | None = None,
    on: date | None = None,
) -> Page:
    """Explain one route, or all, in one of LANGUAGES.

    With ``case`` only what concerns that case is said, its exceptions applied; with ``on``, only what holds on that local
    date of departure. Raises ExplainError.
    """
    if language not in LANGUAGES:
        raise ExplainError(f'found the language "{language}"; expected one of {", ".join(LANGUAGES)}')
    text = agreement.text
    chosen = [case.route] if case else list(text.route) if route is None else [route]
    if unknown := [name for name in chosen if name not in text.route]:
        raise ExplainError(f'{agreement.id} has no route "{unknown[0]}"; it has {", ".join(text.route)}')
    words = Words(text, language)
    period = period_of(text, on)
    sections: list[Section] = []
    for name in chosen:
        sections += routes.sections(
            name, words, period, case=case, sponsor_first=audience == "sponsor", several=len(chosen) > 1
        )
    sections += _suspensions(chosen, words, period)
    sections += _data(words)
    return Page(
        title=pick(text.agreement.title, language),
        language=language,
        lead=tuple(_lead(agreement, words, on)),
        sections=tuple(section for section in sections if section.sentences),
    )


def _lead(agreement: Agreement, words: Words, on: date | None) -> Iterator[Sentence]:
    heading = agreement.text.agreement
    since = day(heading.in_force, words.language)
    if heading.until:
        message = N_("Version {version}, in force from {since} to {until}.")
        yield Sentence(
            text=words.say(message, version=heading.version, since=since, until=day(heading.until, words.language)),
            clause=heading.clause,
        )
    else:
        message = N_("Version {version}, in force from {since} until it is ended.")
        yield Sentence(text=words.say(message, version=heading.version, since=since), clause=heading.clause)
    if heading.changes and (on is None or on >= heading.in_force):
        yield Sentence(text=pick(heading.changes, words.language), clause=heading.clause)
    if heading.version > 1:
        yield _under_way(agreement.text, words)
    if on:
        yield Sentence(text=words.say(N_("This page says what holds for departures on {date}."), date=day(on, words.language)))
    yield Sentence(
        text=words.say(
            N_("Times are local to the place where a thing happens. A day is 24 hours; a calendar day is a whole date.")
        )
    )


def _under_way(text: AgreementText, words: Words) -> Sentence:
    """What this version means for journeys under way."""
    heading = text.agreement
    date_words = day(heading.in_force, words.language)
    if isinstance(heading.under_way, Complete):
        message = UNDER_WAY[heading.under_way.complete.anchor]
        return Sentence(text=words.say(message, date=date_words), clause=heading.under_way.clause or heading.clause)
    message = N_("From {date} this version holds for everyone, those under way included.")
    return Sentence(text=words.say(message, date=date_words), clause=heading.clause)


def _suspensions(chosen: Iterable[str], words: Words, period: Period) -> Iterator[Section]:
    sentences: list[Sentence] = []
    for trigger in words.text.trigger:
        if not holds(trigger.since, trigger.until, period) or (trigger.routes and not set(trigger.routes) & set(chosen)):
            continue
        title = pick(trigger.title, words.language) if trigger.title else ""
        first, *others = trigger_sentences(trigger, words)
        said = (when(first, trigger.since, trigger.until, words), *others)
        sentences += [Sentence(text=item, clause=trigger.clause, subject=title) for item in said]
    yield Section(id="suspension", title=words.say(N_("When the channel is suspended")), sentences=tuple(sentences))


def _data(words: Words) -> Iterator[Section]:
    seen: list[Sentence] = []
    for entry in words.text.visibility:
        parties = words.places(entry.to)
        events = words.listed(words.of(EVENTS, kind) for kind in entry.event if kind in EVENTS)
        if entry.fields:
            shown = words.listed(words.of(FIELDS, name) for name in entry.fields if name in FIELDS)
            message = N_("Shown to {parties}, of each of these: {events}. What is shown of them: {fields}.")
            seen.append(Sentence(text=words.say(message, parties=parties, events=events, fields=shown), clause=entry.clause))
        else:
            message = N_("Shown to {parties}, only that these happened: {events}.")
            seen.append(Sentence(text=words.say(message, parties=parties, events=events), clause=entry.clause))
        if entry.until:
            message = N_("They see it until {moment}.")
            text = words.say(message, moment=moment_words(entry.until, words.language))
            seen.append(Sentence(text=text, clause=entry.clause))
        for message, within in (
            (N_("Somebody there reads it within {span}."), entry.read_within),
            (N_("Somebody there answers it within {span}."), entry.answered_within),
        ):
            if within:
                said = words.say(message, span=span_words(within, words.language))
                seen.append(Sentence(text=said, clause=entry.clause))
    if seen:
        message = N_(
            "With each go its identifier, the journey's, when it happened and was recorded, in which role and by which party."
        )
        seen.append(Sentence(text=words.say(message)))
    for kept in words.text.retention:
        message = N_("Kept until {moment}, then erased: {record}.")
        record = words.of(RECORDS, kept.what)
        seen.append(
            Sentence(text=words.say(message, moment=moment_words(kept.keep, words.language), record=record), clause=kept.clause)
        )
    yield Section(id="data", title=words.say(N_("What each party sees, and how long it is kept")), sentences=tuple(seen))


__all__ = ["Audience", "ExplainError", "explain"]
