"""The days of laboratories, checkpoints, sites and monitors: a list of what is due, and a form for each step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from fastchannel.decide.stages import Stage
from fastchannel.node import queries
from fastchannel.node.desk import office
from fastchannel.terms.events import Role
from fastchannel.web import acts, words
from fastchannel.web.access import actor_of, language_of, page, record_or_refusal
from fastchannel.web.details import core_language
from fastchannel.web.forms.acts import ActForm
from fastchannel.web.forms.scan import ScanForm
from fastchannel.web.held import MeasureTitles
from fastchannel.web.lists import PAGE, Filter, PageOfRows, page_of, shown
from fastchannel.web.navigation import TITLES
from fastchannel.web.places import place_words
from fastchannel.web.record import Record
from fastchannel.web.rows import link
from fastchannel.web.views import monitoring
from fastchannel.web.views.scan import Screen, form_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SITE_STAGES = (Stage.ARRIVED.value, Stage.ISOLATED.value, Stage.FOLLOWED_UP.value)
CHECKPOINT_STAGES = (Stage.APPROVED.value, Stage.TRAVELLING.value)
STALE = timedelta(days=2)  # whoever should have left before that will not come to the gate
STEPS: dict[Role, tuple[str, ...]] = {
    Role.LABORATORY: ("result", "sample", "document", "correct"),
    Role.CARRIER: ("board", "deny", "arrive", "document", "replan", "correct"),
    Role.CHECKPOINT: ("board", "arrive", "deny", "document", "sample", "enter", "move", "override"),
    Role.SITE: ("enter", "leave", "move", "sample", "check-in", "breach"),
    Role.MONITOR: ("call", "check-in", "leave", "confirm", "recover", "contact", "clear", "override"),
}
DAYS: dict[Role, str] = {
    Role.LABORATORY: "laboratory",
    Role.CARRIER: "checkpoint",
    Role.CHECKPOINT: "checkpoint",
    Role.SITE: "site",
    Role.MONITOR: "monitor",
}
BUTTONS: dict[str, StrOrPromise] = {
    "laboratory": gettext_lazy("Enter"),
    "checkpoint": gettext_lazy("Check"),
    "site": gettext_lazy("Record"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One traveller in a work list."""

    journey: str
    name: str
    sub: str
    verdict: str
    stage: str
    task: str
    due: datetime | None
    zone: str
    act: str  # the address of the step that the list is for
    departs: bool = False  # ``due`` is a departure, not the end of a window


@page("laboratory")
@require_GET
def laboratory(request: HttpRequest) -> HttpResponse:
    """Samples whose results are outstanding, then tests that are due."""
    waiting = queries.due(actor_of(request), role=Role.LABORATORY.value, after=_after(request, "r"), limit=PAGE)
    tests = queries.due(actor_of(request), role=Role.TRAVELLER.value, kinds=["test"], after=_after(request, "t"), limit=PAGE)
    if _after(request, "t") or (not waiting.items and not waiting.after):
        found, cursor = tests.items, f"t{tests.after}" if tests.after else ""
    else:
        found, cursor = waiting.items + tests.items, ""
        if waiting.after:
            found, cursor = waiting.items, f"r{waiting.after}"
        elif tests.after:
            cursor = f"t{tests.after}"
    answer = _("Results outstanding come first, then tests that are due.")
    return _show(request, "laboratory", answer, _due_lines(request, found), cursor)


@page("checkpoint")
@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Scan, or find a traveller in the list."""
    return checkpoint_page(request, form_of(request), None)


def checkpoint_page(request: HttpRequest, form: ScanForm, screen: Screen | None, *, status: int = 200) -> HttpResponse:
    """Travellers about to board or to arrive, the nearest departure first; who is asked for by name is shown whenever due.

    Above them the scan: its form. With ``screen`` the answer to the last one takes their place, and comes at once.
    """
    more: dict[str, Any] = {"scan": form, "screen": screen, "status": status}
    if screen is not None:
        return _show(request, "checkpoint", "", (), "", more)
    flight, text = request.GET.get("flight", "").strip().upper()[:32], request.GET.get("text", "")[:100]
    found = queries.queue(
        actor_of(request),
        stages=CHECKPOINT_STAGES,
        departing_from=None if flight or text else office().clock.now() - STALE,
        flight=flight,
        text=text,
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    answer = _(
        "Who boards or arrives next, and whether the rules let them pass. Earlier departures are found by name or flight."
    )
    pick = reverse("web:scan")
    lines = [_listed(row, language_of(request), f"{pick}?{urlencode({'pick': row.journey})}") for row in found.items]
    return _show(request, "checkpoint", answer, lines, found.after, more, crowded=found.crowded)


@page("site")
@require_GET
def site(request: HttpRequest) -> HttpResponse:
    """Travellers who have arrived, stay, or were let out, whatever room they are in."""
    chosen = Filter(request)
    found = queries.queue(
        actor_of(request),
        stages=chosen.chosen("stage") or SITE_STAGES,
        verdicts=chosen.chosen("verdict"),
        text=chosen.get("text"),
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    answer = _("Who has arrived, who stays, and who may be let out.")
    lines = [_listed(row, language_of(request), link("task", row.journey)) for row in found.items]
    return _show(request, "site", answer, lines, found.after, crowded=found.crowded)


@login_required
@require_GET
def task(request: HttpRequest, journey: str) -> HttpResponse:
    """The steps of this role for one traveller."""
    return show(request, record_or_refusal(request, journey, why="work list"))


def show(request: HttpRequest, record: Record, *, bound: tuple[str, ActForm] | None = None, status: int = 200) -> HttpResponse:
    """The page of one traveller's steps; with ``bound``, a form that has to be mended."""
    day = DAYS.get(record.actor.role)
    if day is None:
        raise PermissionDenied
    context = {
        **record.context(),
        "back": reverse(f"web:{day}"),
        "back_title": TITLES[day],
        "acts": acts.offers(record, STEPS[record.actor.role], page="task", bound=bound, open_first=True),
    }
    if record.actor.role is Role.MONITOR:
        context |= monitoring.care(record)
    return render(request, "web/task.html", context, status=status)


def _show(
    request: HttpRequest,
    day: str,
    answer: str,
    lines: Iterable[Line],
    after: str,
    more: dict[str, Any] | None = None,
    *,
    crowded: bool = False,
) -> HttpResponse:
    found: PageOfRows = page_of(request, lines, after, crowded=crowded)
    leave_out = {"checkpoint": ("stage", "verdict"), "site": ()}.get(day, ("stage", "verdict", "text"))
    chosen = Filter(request, leave_out=leave_out, flight=day == "checkpoint")
    context = {
        "title": TITLES[day],
        "answer": answer,
        "filters": chosen if len(chosen.fields) else None,
        "page": found,
        "button": BUTTONS[day],
        "empty": _("Nothing is due now."),
        "now": office().clock.now(),
        "samples": day == "laboratory",
    }
    if more is None:
        return render(request, "web/work.html", context)
    return render(request, f"web/{day}.html", context | more, status=more["status"])


def _listed(row: queries.Listed, language: str, act: str) -> Line:
    framed = shown(row)
    gate = words.word(words.GATES, row.gate) if row.gate else ""
    way = f"{place_words(row.origin, language)} → {place_words(row.destination, language)}"
    return Line(
        journey=row.journey,
        name=row.name or row.journey,
        sub=f"{way} · {row.flight}" if row.flight else way,
        verdict=row.verdict,
        stage=row.stage,
        task=str(gate),
        due=row.departure if row.stage in CHECKPOINT_STAGES else row.next_due,
        zone=framed.departure_zone if row.stage in CHECKPOINT_STAGES else framed.zone,
        departs=row.stage in CHECKPOINT_STAGES,
        act=act,
    )


def _due_lines(request: HttpRequest, items: Iterable[queries.Due]) -> list[Line]:
    titles = MeasureTitles.of_this_node(core_language(language_of(request)))
    return [
        Line(
            journey=item.journey,
            name=item.name or item.journey,
            sub="",
            verdict=item.verdict,
            stage=item.stage,
            task=titles.title(item.measure, item.kind),
            due=item.due,
            zone=item.zone,
            act=link("task", item.journey),
        )
        for item in items
    ]


def _after(request: HttpRequest, which: str) -> str:
    cursor = request.GET.get("after", "")
    return cursor[1:] if cursor.startswith(which) else ""
