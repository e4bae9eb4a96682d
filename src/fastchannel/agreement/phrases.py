"""Moments, windows, spans, dates and lists in words, as whole phrases of each language that fit into a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from babel.dates import format_date
from babel.lists import format_list

from fastchannel.terms.language import N_, translate
from fastchannel.terms.moments import Anchor, Moment, Span, Unit, Window

LOCALES = {"en": "en_GB", "zh-Hans": "zh_Hans", "ko": "ko"}  # Babel's names of our languages

ANCHORS: dict[Anchor, str] = {
    Anchor.APPLICATION: N_("the application"),
    Anchor.APPROVAL: N_("approval"),
    Anchor.DEPARTURE: N_("departure"),
    Anchor.BOARDING: N_("boarding"),
    Anchor.ARRIVAL: N_("arrival"),
    Anchor.ENTRY: N_("entry into isolation"),
    Anchor.SAMPLING: N_("sampling on arrival"),
    Anchor.RESULT: N_("the last result of the tests on arrival"),
    Anchor.RELEASE: N_("release from isolation"),
    Anchor.COMPLETION: N_("the end of all obligations"),
    Anchor.ANNOUNCEMENT: N_("the announcement of a suspension"),
}

SPANS: dict[Unit, tuple[str, str]] = {  # for one, and for any other number
    Unit.MINUTE: (N_("{n} minute"), N_("{n} minutes")),
    Unit.HOUR: (N_("{n} hour"), N_("{n} hours")),
    Unit.DAY: (N_("{n} day"), N_("{n} days")),
    Unit.CALENDAR_DAY: (N_("{n} calendar day"), N_("{n} calendar days")),
}

# By whether the start and the end lie outside the window.
BETWEEN: dict[tuple[bool, bool], str] = {
    (False, False): N_("from {start} until {end}"),
    (True, False): N_("after {start} and until {end}"),
    (False, True): N_("from {start} and before {end}"),
    (True, True): N_("after {start} and before {end}"),
}
BEFORE: dict[tuple[bool, bool], str] = {
    (False, False): N_("at most {span} before {anchor}"),
    (True, False): N_("less than {span} before {anchor}"),
}
AFTER: dict[tuple[bool, bool], str] = {
    (False, False): N_("within {span} after {anchor}"),
    (False, True): N_("less than {span} after {anchor}"),
}


def day(when: date, language: str) -> str:
    """A date as people write it."""
    return format_date(when, "long", locale=LOCALES[language])


def listed(items: Iterable[str], language: str, *, style: str = "standard") -> str:
    """Items as a list in words; with ``style`` "or", as alternatives."""
    return format_list(list(items), "or" if style == "or" else "standard", locale=LOCALES[language])


def separated(phrases: Iterable[str], language: str) -> str:
    """Longer phrases, each of which may be a list itself."""
    return ("；" if language.startswith("zh") else "; ").join(phrases)


def anchor_words(anchor: Anchor, language: str) -> str:
    """An anchor as a noun."""
    return translate(ANCHORS[anchor], language)


def span_words(span: Span, language: str) -> str:
    """A length of time."""
    one, other = SPANS[span.unit]
    return translate(one if span.amount == 1 else other, language, n=span.amount)


def moment_words(moment: Moment, language: str) -> str:
    """A moment as a phrase that can follow "from" or "until"."""
    anchor = anchor_words(moment.anchor, language)
    if moment.span is None or not moment.span.amount:
        return anchor
    shifted = N_("{span} after {anchor}") if moment.sign > 0 else N_("{span} before {anchor}")
    return translate(shifted, language, span=span_words(moment.span, language), anchor=anchor)


def window_words(window: Window, language: str) -> str:
    """A window as a phrase that can follow "sampled" or "issued"."""
    start, end = window.start, window.end
    if start.by_date or end.by_date:
        return _by_date(window, language)
    opened = (window.start_open, window.end_open)
    if start.anchor is end.anchor:
        if start.span is not None and start.sign < 0 and end.span is None and opened in BEFORE:
            return _near(BEFORE[opened], start.span, end.anchor, language)
        if start.span is None and end.span is not None and end.sign > 0 and opened in AFTER:
            return _near(AFTER[opened], end.span, start.anchor, language)
    return translate(BETWEEN[opened], language, start=moment_words(start, language), end=moment_words(end, language))


def windows_words(windows: Sequence[Window], language: str) -> str:
    """Alternative windows as one phrase."""
    phrases = [window_words(window, language) for window in windows]
    return phrases[0] if len(phrases) == 1 else listed(phrases, language, style="or")


def _near(message: str, span: Span, anchor: Anchor, language: str) -> str:
    return translate(message, language, span=span_words(span, language), anchor=anchor_words(anchor, language))


def _by_date(window: Window, language: str) -> str:
    start, end = window.start, window.end
    same = start.anchor is end.anchor and not (window.start_open or window.end_open)
    if same and end.span is None and start.span is not None and start.sign < 0:
        return _near(N_("before {anchor}, on the same date or in the {span} before it"), start.span, end.anchor, language)
    if same and start.span is None and end.span is not None and end.sign > 0:
        return _near(N_("after {anchor}, on the same date or in the {span} after it"), end.span, start.anchor, language)
    return translate(
        BETWEEN[window.start_open, window.end_open],
        language,
        start=_edge(start, N_("the beginning of the date {moment}"), language),
        end=_edge(end, N_("the end of the date {moment}"), language),
    )


def _edge(moment: Moment, message: str, language: str) -> str:
    words = moment_words(moment, language)
    return translate(message, language, moment=words) if moment.by_date else words
