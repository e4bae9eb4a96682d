"""The sponsor's travellers against the steps of the way: a mark and a word in each cell, and what is missing in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fastchannel.casework.progress import Mark, Missing, Step, progress
from fastchannel.decide.standing import Standing
from fastchannel.node.desk import office
from fastchannel.web.held import MeasureTitles
from fastchannel.web.templatetags.fastchannel import by, mark
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_TOLD = 3
STEPS: Mapping[Step, StrOrPromise] = {
    Step.APPLICATION: _("Application"),
    Step.PAPERS: _("Papers"),
    Step.CHECK_INS: _("Check-ins"),
    Step.TEST: _("Test"),
    Step.CROSSING: _("Crossing"),
    Step.STAY: _("Stay"),
    Step.FOLLOW_UP: _("Follow-up"),
}
MARKS: Mapping[Mark, Badge] = {
    Mark.REFUSED: Badge(text=_("Refused"), mark="cross", tone="stop"),
    Mark.OVERDUE: Badge(text=_("Overdue"), mark="warning", tone="stop"),
    Mark.MISSING: Badge(text=_("Missing"), mark="cross", tone="stop"),
    Mark.OFFICER: Badge(text=_("Officer looks"), mark="pause", tone="hold"),
    Mark.DUE: Badge(text=_("Due"), mark="clock", tone="wait"),
    Mark.WAITING: Badge(text=_("Under way"), mark="ring", tone="accent"),
    Mark.AHEAD: Badge(text=_("Not yet"), mark="dash"),
    Mark.DONE: Badge(text=_("Done"), mark="check", tone="good"),
    Mark.NONE: Badge(text=_("None"), mark="dash"),
}
LEGEND: tuple[tuple[Mark, StrOrPromise], ...] = (
    (Mark.OVERDUE, _("the time is over, and it can still come")),
    (Mark.MISSING, _("the time is over without it")),
    (Mark.OFFICER, _("an officer decides; nothing is asked of you")),
    (Mark.DUE, _("you or the traveller must act")),
    (Mark.WAITING, _("begun, or somebody else must act")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One missing thing in words."""

    title: str
    badge: Badge
    who: str
    by: SafeString  # when at the latest, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A traveller's row."""

    cells: SafeString
    missing: tuple[Wanted, ...]
    further: str  # how many missing things are not told here


def ways(standings: Mapping[str, Standing], language: str, now: datetime) -> dict[str, Way]:
    """Each journey's row, in one of the core's languages."""
    titles = MeasureTitles.of_this_node(language)
    texts = office().texts
    found = {}
    for journey, standing in standings.items():
        held = progress(standing, texts.versions(standing.agreement)[standing.version], now)
        further = max(0, len(held.missing) - MOST_TOLD)
        found[journey] = Way(
            cells=SafeString("".join(_cell(one.step, one.mark, one.done, one.needed, language) for one in held.cells)),
            missing=tuple(_wanted(item, titles) for item in held.missing[:MOST_TOLD]),
            further=ngettext("%(n)s more", "%(n)s more", further) % {"n": further} if further else "",
        )
    return found


def legend() -> Iterable[tuple[Badge, StrOrPromise]]:
    """The marks that need an explanation."""
    return [(MARKS[mark], text) for mark, text in LEGEND]


@lru_cache(maxsize=2_048)
def _cell(step: Step, how: Mark, done: int, needed: int, language: str) -> SafeString:
    """A cell of the table: the step's name for narrow screens, its mark and word, and the count where something is counted.

    A page has hundreds of a few kinds.
    """
    badge = MARKS[how]
    said = _("%(done)s of %(needed)s") % {"done": done, "needed": needed}
    counted = format_html(' <span class="count">{}</span>', said) if needed else ""
    return format_html(
        '<td class="step" data-label="{}"><span class="step-mark {}">{}<span>{}{}</span></span></td>',
        STEPS[step], badge.tone, mark(badge.mark), badge.text, counted,
    )  # fmt: skip


def _wanted(item: Missing, titles: MeasureTitles) -> Wanted:
    return Wanted(
        title=titles.title(item.measure, item.kind),
        badge=MARKS[item.mark],
        who=item.who,
        by=SafeString(gettext("by %(due)s") % {"due": by(item.due, item.zone)}) if item.due else SafeString(""),
    )
