"""Amendments in words: what a better agreement would change, short enough for a table or a chart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from fastchannel.agreement.phrases import window_words
from fastchannel.agreement.vocabulary import ASSAYS
from fastchannel.forecast.design.amendments import Amendment, Drop, FurtherTest, LeastDays, Retest, UntilDay
from fastchannel.forecast.shown.wording import ForecastWords
from fastchannel.terms.language import N_


def amendment_words(amendment: Amendment, route: str, words: ForecastWords) -> str:
    """One amendment."""
    say = words.say
    if isinstance(amendment, FurtherTest):
        assay = say(ASSAYS[amendment.assay])
        return say(N_("{assay} on day {day} after arrival, added"), assay=assay, day=amendment.day)
    measure = words.step(route, amendment.measure)
    if isinstance(amendment, Retest):
        window = window_words(amendment.sampled, words.language)
        return say(N_("{measure}: {assay}, {window}"), measure=measure, assay=say(ASSAYS[amendment.assay]), window=window)
    if isinstance(amendment, Drop):
        return say(N_("{measure}: left out"), measure=measure)
    if isinstance(amendment, LeastDays):
        return say(N_("{measure}: at least {days} days"), measure=measure, days=amendment.days)
    if isinstance(amendment, UntilDay):
        return say(N_("{measure}: until day {days} after arrival"), measure=measure, days=amendment.days)
    return say(N_("{measure}: {people} people"), measure=measure, people=amendment.people)


def amendments_words(amendments: Iterable[Amendment], route: str, words: ForecastWords) -> str:
    """Several amendments; the text as it stands where there are none."""
    said = [amendment_words(amendment, route, words) for amendment in amendments]
    return "; ".join(said) if said else words.say(N_("as it stands"))


def plain_amendment(amendment: Amendment) -> dict[str, object]:
    """An amendment as plain values, with its kind."""
    values = {field.name: getattr(amendment, field.name) for field in fields(amendment)}
    plain = {name: value if isinstance(value, int) or value is None else str(value) for name, value in values.items()}
    return {"kind": type(amendment).__name__, **plain}
