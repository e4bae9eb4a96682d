"""The secretariat's day: who is on the way, since when nothing was imported, how near the rules are, what awaits an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.conditions import parse_condition
from fastchannel.casework.actor import Actor
from fastchannel.node import counting, ledger, overrides, receipts, triggers
from fastchannel.node.desk import office
from fastchannel.node.lanes import held_entries, open_alarms
from fastchannel.node.link import link
from fastchannel.node.positives import positive_journeys, positives
from fastchannel.terms.language import pick
from fastchannel.watch.alarms.results import Step
from fastchannel.watch.triggers.nearness import Nearness
from fastchannel.watch.triggers.states import OPEN
from fastchannel.watch.triggers.words import TriggerWords
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.corridor import corridors
from fastchannel.web.details import core_language
from fastchannel.web.lists import PAGE, page_of, shown
from fastchannel.web.places import place_words
from fastchannel.web.times import day_of
from fastchannel.web.views.overview import route_titles
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LATELY = timedelta(days=30)
STEPS: dict[Step, StrOrPromise] = {
    Step.BEFORE_DEPARTURE: pgettext_lazy("found", "before departure"),
    Step.ON_ARRIVAL: pgettext_lazy("found", "on arrival"),
    Step.IN_QUARANTINE: pgettext_lazy("found", "in isolation"),
    Step.IN_FOLLOW_UP: pgettext_lazy("found", "after release"),
}
NEAR, FAR = 0.8, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Something that waits for the secretariat."""

    text: str
    count: int
    url: str
    tone: str = "wait"


@page("secretariat")
@require_GET
def secretariat(request: HttpRequest) -> HttpResponse:
    """The channel at a glance; every number opens its rows."""
    actor, language = actor_of(request), core_language(language_of(request))
    today = office().clock.now().date()
    counts = counting.counts(actor)
    held = ledger.summary()
    ruled = list(triggers.in_force())
    rules = [_rules(text, day, language) for text, day in ruled]
    shut = sum(len(one["shut"]) for one in rules)
    lines = corridors(counts, route_titles(language_of(request)))
    found = positives(actor, today - LATELY, today)
    context = {
        "answer": _answer(counts.open, shut),
        "calls": [one for one in (*_calls(actor, [text for text, _day in ruled]), *_of_ledger(held)) if one.count],
        "corridors": [one for one in lines if one.busy],
        "quiet": [one.title for one in lines if not one.busy],
        "imports": [_last_import(party, held.last.get(party), today, language) for party in _parties()],
        "positives": [
            {
                "title": STEPS[step],
                "count": number,
                "url": f"{reverse('web:positives', args=[step.value])}?{urlencode({'since': today - LATELY, 'until': today})}",
            }
            for step, number in found.items()
        ],
        "positives_since": today - LATELY,
        "rules": rules,
    }
    return render(request, "web/secretariat.html", context)


@page("secretariat")
@require_GET
def found_positive(request: HttpRequest, step: str) -> HttpResponse:
    """The journeys behind a number of positives."""
    if step not in tuple(Step):
        raise Http404
    today = office().clock.now().date()
    since = day_of(request.GET.get("since", "")) or today - LATELY
    until = day_of(request.GET.get("until", "")) or today
    after = request.GET.get("after", "")
    found = positive_journeys(actor_of(request), Step(step), since, until, after=after, limit=PAGE)
    context = {
        "answer": _("Found positive %(where)s, from %(since)s to %(until)s.")
        % {"where": STEPS[Step(step)], "since": since.isoformat(), "until": until.isoformat()},
        "page": page_of(request, (shown(row) for row in found.items), found.after),
        "now": office().clock.now(),
    }
    return render(request, "web/journeys.html", context)


def _answer(under_way: int, shut: int) -> str:
    said = ngettext("%(n)d journey is under way.", "%(n)d journeys are under way.", under_way) % {"n": under_way}
    if not shut:
        return f"{said} {_('Nothing is suspended.')}"
    stopped = ngettext("%(n)d suspension or pause holds.", "%(n)d suspensions or pauses hold.", shut) % {"n": shut}
    return f"{said} {stopped}"


def _parties() -> list[str]:
    return sorted({code for versions in office().texts.all().values() for code in versions.newest.parties} or {office().party})


def _last_import(party: str, day: date | None, today: date, language: str) -> dict[str, Any]:
    return {
        "party": place_words(party, language),
        "day": day,
        "days": (today - day).days if day else None,
        "url": f"{reverse('web:watch')}#ledger",
    }


def _calls(actor: Actor, ruled: Sequence[Agreement]) -> list[Call]:
    """What waits: decisions to sign, notices to read or answer, alarms of the link, obligations whose time has passed."""
    now = office().clock.now()
    unsigned = sum(
        actor.party not in one.signatures and one.decision.first >= now.date() - LATELY
        for text in ruled
        for one in overrides.decisions(text.id)
    )
    halves = sum(proposal.proposed_by != actor.id for text in ruled for _decision, proposal in overrides.proposed(text.id))
    unanswered = receipts.unanswered() if link() is not None else []
    late = sum(one.late(now) for one in unanswered)
    watch, linked = reverse("web:watch"), reverse("web:link")
    return [
        Call(text=_("Decisions that await this party’s signature"), count=unsigned, url=f"{watch}#triggers", tone="hold"),
        Call(text=_("Decisions that a second person must confirm"), count=halves, url=f"{watch}#triggers", tone="hold"),
        Call(text=_("Notices past their time"), count=late, url=f"{linked}#notices", tone="stop"),
        Call(text=_("Notices unanswered"), count=len(unanswered) - late, url=f"{linked}#notices"),
        Call(text=_("Alarms of the link"), count=len(open_alarms()), url=f"{linked}#alarms", tone="stop"),
        Call(text=_("Entries held, no part of the record"), count=len(held_entries()), url=f"{linked}#held", tone="hold"),
    ]


def _of_ledger(held: ledger.Summary) -> list[Call]:
    address = f"{reverse('web:watch')}#ledger"
    return [
        Call(text=_("Cases on which the parties differ"), count=held.disputed, url=address, tone="hold"),
        Call(text=_("Cases that await a signature"), count=held.awaits, url=address),
    ]


def _rules(text: Agreement, today: date, language: str) -> dict[str, Any]:
    """One agreement's rules: what is shut, and how near each rule is to its limit."""
    said = TriggerWords(text, language)
    standing = triggers.todays(text, today)
    return {
        "title": pick(text.title, language),
        "id": text.id,
        "at": standing.at,
        "zone": str(text.zone(office().party)),
        "shut": [
            {
                "name": said.subject(day.subject),
                "badge": Badge(text=said.state(day.state), mark="warning", tone="hold"),
                "why": said.why(day),
            }
            for day in standing.value.states
            if day.state not in OPEN
        ],
        "near": [_near(one, said) for one in standing.value.nearness],
    }


def _near(one: Nearness, said: TriggerWords) -> dict[str, Any]:
    share = one.share
    if share is None:
        badge = Badge(text=_("Cannot be told"), mark="dash")
    elif share >= 1:
        badge = Badge(text=_("At its limit"), mark="warning", tone="stop")
    elif share >= NEAR:
        badge = Badge(text=_("Near"), mark="warning", tone="hold")
    else:
        badge = Badge(text=_("Half way") if share >= FAR else _("Far"), mark="check", tone="wait" if share >= FAR else "good")
    return {
        "title": said.trigger(one.trigger),
        "clause": one.clause,
        "subject": said.subject(one.subject) if one.subject is not None else "",
        "found": said.figure(one.figure) if one.figure is not None else "",
        "limit": said.comparison(parse_condition(one.figure.required).any_of[0][0]) if one.figure is not None else "",
        "percent": round(share * 100) if share is not None else None,
        "badge": badge,
    }
