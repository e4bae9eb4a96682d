"""What people decide beyond the triggers: who would be held and who completes, before anybody signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.actor import Actor
from fastchannel.casework.four_eyes import Agreed, Proposal
from fastchannel.casework.permissions import Denial
from fastchannel.decide.stages import AFTER_DEPARTURE, BEFORE_DEPARTURE, Stage
from fastchannel.node import counting, overrides, queries
from fastchannel.node.desk import office
from fastchannel.node.overrides import Decision
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Role
from fastchannel.terms.language import pick
from fastchannel.watch.triggers.overrides import Act
from fastchannel.watch.triggers.words import TriggerWords
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.held import today as in_force
from fastchannel.web.lists import shown
from fastchannel.web.times import day_of

ACTS: dict[Act, Any] = {
    Act.OPEN: pgettext_lazy("decision", "Keep it open"),
    Act.PAUSE: pgettext_lazy("decision", "Pause it"),
    Act.SUSPEND: pgettext_lazy("decision", "Suspend it"),
}
STOPS = frozenset({Act.PAUSE, Act.SUSPEND})
FEW = 20  # of those concerned are named on the page; the number opens all


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Travellers to whom a decision would do the same: how many, where their rows are, and the first of them."""

    title: str
    count: int
    stages: tuple[tuple[str, int, str], ...]  # stage, number, address
    rows: tuple[Any, ...]


@page("watch")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest) -> HttpResponse:
    """Look at what a decision would do, and sign it; or sign the one that the other party proposed."""
    actor = actor_of(request)
    if actor.role is not Role.SECRETARIAT:
        raise Http404
    if request.method == "POST":
        return _sign(request, actor)
    try:
        text = in_force(office().texts.versions(request.GET.get("agreement", "")[:64]))
    except FastChannelError:
        raise Http404 from None
    chosen = _chosen(request.GET, text)
    language = core_language(language_of(request))
    said = TriggerWords(text, language)
    context = {
        "agreement": text.id,
        "title": pick(text.title, language),
        "chosen": chosen,
        "acts": list(ACTS.items()),
        "rules": [(trigger.id, said.trigger(trigger.id)) for trigger in text.text.trigger],
        "routes": [(route.id, pick(route.title, language)) for route in text.routes.values()],
        "concerned": _concerned(actor, text, chosen) if chosen.act in STOPS else [],
        "stops": chosen.act in STOPS,
        "now": office().clock.now(),
    }
    return render(request, "web/decide.html", context)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What the form says so far."""

    act: Act
    first: date
    until: date | None
    trigger: str
    route: str
    reason: str


def _chosen(given: Mapping[str, str], text: Agreement) -> _Chosen:
    today = office().clock.now().date()
    act, route, trigger = given.get("act", ""), given.get("route", ""), given.get("trigger", "")
    return _Chosen(
        act=Act(act) if act in tuple(Act) else Act.SUSPEND,
        first=day_of(given.get("first", "")) or today,
        until=day_of(given.get("until", "")),
        trigger=trigger if trigger in {one.id for one in text.text.trigger} else "",
        route=route if route in text.routes else "",
        reason=given.get("reason", "").strip()[:500],
    )


def _concerned(actor: Actor, text: Agreement, chosen: _Chosen) -> list[Concerned]:
    """Those who have not departed are held, those who have complete: so a decision of both parties has it."""
    found = []
    for title, stages in (
        (_("Held: they have not departed"), BEFORE_DEPARTURE),
        (_("Under way: they complete their journey"), AFTER_DEPARTURE),
    ):
        wanted = Q(agreement=text.id, stage__in=[stage.value for stage in stages])
        if chosen.route:
            wanted &= Q(route=chosen.route)
        counts = counting.count_by_stage(actor, wanted)
        rows = queries.list_journeys(actor, wanted, why="who is under way", limit=FEW).items
        found.append(
            Concerned(
                title=title,
                count=sum(counts.values()),
                stages=tuple(
                    (stage.value, counts[stage.value], _rows(stage, chosen.route)) for stage in Stage if counts.get(stage.value)
                ),
                rows=tuple(shown(row) for row in rows),
            )
        )
    return found


def _rows(stage: Stage, route: str) -> str:
    return f"{reverse('web:journeys')}?{urlencode({'stage': stage.value, **({'route': route} if route else {})})}"


def _sign(request: HttpRequest, actor: Actor) -> HttpResponse:
    try:
        text = in_force(office().texts.versions(request.POST.get("agreement", "")[:64]))
        known = {one.decision.digest: one.decision for one in overrides.decisions(text.id)}
        known |= {one.digest: one for one, _proposal in overrides.proposed(text.id)}
        signed = request.POST.get("sign", "")
        if signed and signed not in known:
            raise Http404
        answer = _agreed(actor, known[signed] if signed else _written(request, text), text)
    except ValueError:
        raise Http404 from None
    except FastChannelError as error:
        messages.error(request, str(error), extra_tags="stop")
    else:
        _tell(request, answer)
    return redirect(f"{reverse('web:watch')}#triggers")


def _agreed(actor: Actor, chosen: Decision, text: Agreement) -> Agreed | Proposal | Denial | None:
    """Signed at once where one person is enough here; else proposed, or confirmed as the second person."""
    if settings.CONFIG.accounts.four_eyes:
        return overrides.agree(actor, chosen, text)
    overrides.sign(actor, chosen, text)
    return None


def _tell(request: HttpRequest, answer: Agreed | Proposal | Denial | None) -> None:
    if isinstance(answer, Denial):
        messages.error(request, answer.text(core_language(language_of(request))), extra_tags="stop")
    elif isinstance(answer, Proposal):
        said = _("Proposed. Another person of this party must confirm it; then it is signed.")
        messages.success(request, said, extra_tags="good")
    else:
        said = _("Signed for this party. It has effect once every party has signed it.")
        messages.success(request, said, extra_tags="good")


def _written(request: HttpRequest, text: Agreement) -> Decision:
    """The decision as the form says it. Raises ValueError for an act that there is not."""
    return Decision(
        id=uuid4().hex[:12],
        agreement=text.id,
        act=Act(request.POST.get("act", "")),
        first=day_of(request.POST.get("first", "")) or office().clock.now().date(),
        until=day_of(request.POST.get("until", "")),
        reason=request.POST.get("reason", "").strip()[:500],
        trigger=request.POST.get("trigger", "")[:64],
        route=request.POST.get("route", "")[:64],
    )
