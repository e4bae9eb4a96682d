"""The overview in figures, every one of which opens its rows, and the list of journeys behind them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from fastchannel.decide.stages import Stage
from fastchannel.node import counting, queries
from fastchannel.node.desk import office
from fastchannel.terms.events import Role
from fastchannel.terms.language import pick
from fastchannel.web import times, words
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.held import MeasureTitles, home_zone
from fastchannel.web.lists import PAGE, Filter, page_of, shown
from fastchannel.web.views.roster import tiles_by_verdict

MOST_DEADLINES = 10
# Whose next deadlines the overview tells.
OFFICERS = tuple(role.value for role in (Role.REVIEWER, Role.MONITOR, Role.LABORATORY, Role.SITE, Role.SPONSOR))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    stage: str
    cells: tuple[Cell, ...]
    total: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineLine:
    due: object
    zone: str
    journey: str
    name: str
    title: str
    clause: str
    who: str


@page("dashboard")
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """How many stand where, and what is due next."""
    actor, language = actor_of(request), language_of(request)
    counts = counting.counts(actor)
    rows = reverse("web:journeys")
    titles = route_titles(language)
    routes = sorted(counts.routes, key=lambda route: titles.get(route, route))
    stages = [
        StageLine(
            stage=stage.value,
            cells=tuple(
                Cell(
                    count=counts.routes[route].get(stage.value, 0),
                    url=f"{rows}?{urlencode({'stage': stage.value, 'route': route})}",
                )
                for route in routes
            ),
            total=sum(counts.stages.get(stage.value, {}).values()),
            url=f"{rows}?{urlencode({'stage': stage.value})}",
        )
        for stage in Stage
        if stage.value in words.STAGES
    ]
    answer = ngettext(
        "%(n)d journey is under way; due within a day: %(soon)d; overdue: %(overdue)d.",
        "%(n)d journeys are under way; due within a day: %(soon)d; overdue: %(overdue)d.",
        counts.open,
    ) % {"n": counts.open, "soon": counts.due_soon, "overdue": counts.overdue}
    soonest = queries.due_next(actor, roles=OFFICERS, limit=MOST_DEADLINES)
    named = MeasureTitles.of_this_node(core_language(language))
    context = {
        "answer": answer,
        "verdicts": tiles_by_verdict(counts, rows),
        "routes": [{"id": route, "title": titles.get(route, route)} for route in routes],
        "stages": stages,
        "deadlines": [
            DeadlineLine(
                due=item.due, zone=item.zone, journey=item.journey, name=item.name or item.journey,
                title=named.title(item.measure, item.kind), clause=item.clause, who=item.who,
            )
            for item in soonest
        ],
        "now": office().clock.now(),
    }  # fmt: skip
    return render(request, "web/dashboard.html", context)


@page("journeys")
@require_GET
def journeys(request: HttpRequest) -> HttpResponse:
    """The journeys that the actor may see, filtered; where nothing is asked, those that leave from today on."""
    return _list(request, ahead=not any(request.GET.values()))


@login_required
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Travellers by name, passport or reference, for those whose day is a work list."""
    return _list(request)


def _list(request: HttpRequest, *, ahead: bool = False) -> HttpResponse:
    actor, now = actor_of(request), office().clock.now()
    chosen = Filter(request, routes=route_titles(language_of(request)))
    found = queries.queue(
        actor,
        departing_from=times.start_of_day(now, home_zone(actor.party)) if ahead else None,
        stages=chosen.chosen("stage"),
        verdicts=chosen.chosen("verdict"),
        route=chosen.get("route"),
        text=chosen.get("text"),
        after=request.GET.get("after", ""),
        limit=PAGE,
    )
    context = {
        "answer": _("Who leaves from today on, the nearest departure first.") if ahead else _("The earliest departure first."),
        "ahead": ahead,
        "filters": chosen,
        "page": page_of(request, (shown(row) for row in found.items), found.after, crowded=found.crowded),
        "now": now,
    }
    return render(request, "web/journeys.html", context)


def route_titles(language: str) -> dict[str, str]:
    """Every route of this node's agreements by identifier."""
    return {
        route.id: pick(route.title, core_language(language))
        for versions in office().texts.all().values()
        for route in versions.newest.routes.values()
    }
