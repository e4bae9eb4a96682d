"""Marks, badges and times in templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.staticfiles import finders
from django.template import engines
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from fastchannel.web import times, words
from fastchannel.web.places import place_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()
FONT_SHEET = "web/fonts/fonts.css"


@register.simple_tag
@lru_cache(maxsize=128)  # a page of fifty rows has hundreds
def mark(name: str) -> SafeString:
    """A symbol that repeats what the word beside it says."""
    return format_html('<svg class="mark" aria-hidden="true"><use href="{}#{}"/></svg>', static("web/marks.svg"), name)


@register.simple_tag(takes_context=True)
def rows(context: template.Context, name: str, rows: Iterable[Any], **more: Any) -> SafeString:
    """What ``templates/rows/<name>.html`` says of each of these (see `fastchannel.web.rows`)."""
    found = engines["jinja2"].get_template(f"rows/{name}.html")
    return SafeString(found.render({"rows": rows, **more}, context.get("request")))


@lru_cache(maxsize=1)
def _fonts_are_there() -> bool:
    return finders.find(FONT_SHEET) is not None


@register.simple_tag
def font_sheet() -> SafeString:
    """The sheet of our Chinese and Korean faces; nothing where the build could not cut them."""
    return format_html('<link rel="stylesheet" href="{}">', static(FONT_SHEET)) if _fonts_are_there() else SafeString("")


def _badge(badge: words.Badge) -> SafeString:
    return format_html('<span class="badge {}">{}{}</span>', badge.tone, mark(badge.mark), badge.text)


@lru_cache(maxsize=64)  # a list says one of five in each of its rows
def _verdict(value: str, language: str | None) -> SafeString:
    return _badge(words.verdict_badge(value))


@register.filter
def verdict(value: str) -> SafeString:
    """The verdict's badge."""
    return _verdict(value, get_language())


@register.filter
def tone_of_verdict(value: str) -> str:
    """The verdict's tone, for borders."""
    return words.verdict_badge(value).tone


@register.filter
def status(value: str) -> SafeString:
    """The badge of an obligation's status."""
    return _badge(words.status_badge(value))


@register.filter
def badge(value: words.Badge) -> SafeString:
    """A badge that the view chose."""
    return _badge(value)


@register.filter
def stage(value: str) -> StrOrPromise:
    """The stage in words."""
    return words.word(words.STAGES, value)


@register.filter
def role(value: str) -> StrOrPromise:
    """The role in words."""
    return words.word(words.ROLES, value)


@register.filter
def gate(value: str) -> StrOrPromise:
    """The gate in words."""
    return words.word(words.GATES, value)


@register.filter
def assay(value: str) -> StrOrPromise:
    """The kind of test in words."""
    return words.word(words.ASSAYS, value)


@register.filter
def finding(value: str) -> StrOrPromise:
    """The laboratory's finding in words."""
    return words.word(words.FINDINGS, value)


@register.filter
def event(value: str) -> StrOrPromise:
    """The kind of an event in words."""
    return words.word(words.EVENTS, value)


@register.filter
def at(when: datetime | None, zone: str = "UTC") -> SafeString:
    """A moment in the place's time with the zone named."""
    if when is None:
        return SafeString("—")
    text = times.moment_words(when, zone or "UTC", get_language())
    return format_html('<time datetime="{}">{}</time>', times.iso(when), text)


@register.filter
def by(when: datetime | None, zone: str = "UTC") -> SafeString:
    """A deadline in the place's time with the zone named."""
    if when is None:
        return SafeString("—")
    text = times.deadline_words(when, zone or "UTC", get_language())
    return format_html('<time datetime="{}">{}</time>', times.iso(when), text)


@register.filter
def day(when: date | None) -> SafeString:
    """A date."""
    if when is None:
        return SafeString("—")
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), times.day_words(when, get_language()))


@register.filter
def distance(when: datetime | None, now: datetime) -> str:
    """How far off a moment is."""
    return "" if when is None else times.distance_words(when, now)


@register.filter
def digest(value: str) -> SafeString:
    """The first characters of a digest; all of it in the title."""
    return (
        format_html('<code title="{}">{}…</code>', value, value[:19])
        if len(value) > 20
        else format_html("<code>{}</code>", value)
    )


@register.filter
def place(code: str) -> str:
    """The region's name in the reader's language."""
    return place_words(code, get_language())


@register.filter
def number(value: int) -> str:
    """A number with its groups of digits, as the reader writes them."""
    return times.number_words(value, get_language())


@register.filter
def share(value: float, digits: int = 0) -> str:
    """A share, 0 to 1, in per cent."""
    return times.share_words(value, get_language(), digits=digits)


@register.filter
def places(codes: Iterable[str]) -> str:
    """The regions' names, as the reader's language lists them."""
    language = get_language()
    return times.list_words((place_words(code, language) for code in codes), language)
