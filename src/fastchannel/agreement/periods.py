"""The dates of which a page speaks, and sentences that hold on some of them only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastchannel.agreement.phrases import day
from fastchannel.agreement.text import AgreementText, Dated, Varying
from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.language import N_

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From one date to another, both included; without ``until``, for good."""

    since: date
    until: date | None = None

    def overlap(self, since: date | None, until: date | None) -> Period | None:
        """What lies in both; None where nothing does."""
        first = max(self.since, since or date.min)
        last = min(self.until or date.max, until or date.max)
        return None if first > last else Period(first, None if last == date.max else last)

    def cut(self, starts: Iterable[date | None]) -> list[Period]:
        """This period in parts that begin where something changes."""
        inner = {start for start in starts if start and self.since < start <= (self.until or date.max)}
        begins = [self.since, *sorted(inner)]
        ends = [begin - ONE_DAY for begin in begins[1:]]
        return [Period(begin, end) for begin, end in zip(begins, [*ends, self.until], strict=True)]


def period_of(text: AgreementText, on: date | None = None) -> Period:
    """All dates on which the agreement holds, or one."""
    if on is not None:
        return Period(on, on)
    heading = text.agreement
    return Period(heading.first_in_force or heading.in_force, heading.until)


def holds(since: date | None, until: date | None, period: Period) -> bool:
    """Whether something with these dates holds at some time in the period."""
    return period.overlap(since, until) is not None


def next_day(until: date | None) -> date | None:
    """The date on which something that held until a date holds no more."""
    return until + ONE_DAY if until and until < date.max else None


def nearest(value: Varying[Any], on: date) -> Dated[Any]:
    """The entry that holds on a date; outside all its dates the nearest, as when the text is resolved."""
    entry = value.on(on)
    if entry is not None:
        return entry
    first, last = value.values[0], value.values[-1]
    return first if first.since is not None and on < first.since else last


def when(sentence: str, since: date | None, until: date | None, words: Words) -> str:
    """The sentence with the dates on which it holds before it."""
    language = words.language
    if since and until:
        if since == until:
            return words.say(N_("On {date}: {sentence}"), date=day(since, language), sentence=sentence)
        message = N_("From {since} to {until}: {sentence}")
        return words.say(message, since=day(since, language), until=day(until, language), sentence=sentence)
    if since:
        return words.say(N_("From {since}: {sentence}"), since=day(since, language), sentence=sentence)
    if until:
        return words.say(N_("Until {until}: {sentence}"), until=day(until, language), sentence=sentence)
    return sentence


def dated(sentence: str, part: Period, whole: Period, words: Words) -> str:
    """The sentence with its dates, where it holds in a part of the whole period only."""
    return when(
        sentence,
        part.since if part.since > whole.since else None,
        part.until if part.until != whole.until else None,
        words,
    )
