"""How many places are left under the agreements' quotas, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from fastchannel.decide.words import OBLIGATIONS
from fastchannel.node import quotas
from fastchannel.terms.language import pick, translate
from fastchannel.web import times
from fastchannel.web.details import core_language

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PER: dict[str, StrOrPromise] = {"day": _("a day"), "week": _("a week"), "flight": _("a flight")}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesLine:
    """One period's places."""

    title: str
    when: str
    per: StrOrPromise
    people: int
    given: int
    left: int
    clause: str
    tone: str


def places_left(language: str, now: datetime) -> list[PlacesLine]:
    """One line for each period of each quota; none where no agreement in force sets a number."""
    return [_line(item, language) for item in quotas.places(now)]


def _line(item: quotas.Places, language: str) -> PlacesLine:
    core = core_language(language)
    return PlacesLine(
        title=pick(item.title, core) if item.title else translate(OBLIGATIONS["quota"], core),
        when=_when(item.first, item.last, item.flight, language),
        per=PER[item.per],
        people=item.people,
        given=item.given,
        left=item.left,
        clause=item.clause,
        tone="good" if item.left else "stop",
    )


def _when(first: date, last: date, flight: str, language: str) -> str:
    if first == last:
        day = times.day_words(first, language)
        return f"{day} · {flight}" if flight else day
    return f"{times.short_day_words(first, language)} – {times.day_words(last, language)}"
