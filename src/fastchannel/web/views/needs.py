"""The sponsor's statements of need: its list, the short form, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.casework.allocation import Outcome
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.needs import CAUSE_WORDS, CLASS_WORDS, Statement
from fastchannel.casework.permissions import Denial
from fastchannel.node import needs as store
from fastchannel.node.chains import newest
from fastchannel.node.desk import office
from fastchannel.node.models import Need
from fastchannel.terms.language import pick, translate
from fastchannel.web.access import DeniedError, actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forms.apply import RouteForm, routes_of
from fastchannel.web.forms.needs import NeedForm, initial_of
from fastchannel.web.held import today
from fastchannel.web.lists import page_of
from fastchannel.web.supply_words import HAS_PLACE, NO_PLACE, WAITS, WITHDRAWN, Speaker
from fastchannel.web.words import Badge


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    need: Need
    said: Statement
    badge: Badge
    team: str


def badge_of(row: Need) -> Badge:
    """What became of a statement."""
    if row.withdrawn is not None:
        return WITHDRAWN
    if row.granted is None:
        return WAITS
    return HAS_PLACE if row.granted else NO_PLACE


def row_of(row: Need) -> Row:
    """A statement as lists show it."""
    said = store.statement_of(row)
    return Row(need=row, said=said, badge=badge_of(row), team=", ".join(f"{skill} {n}" for skill, n in said.team.items()))


@page("needs")
@require_GET
def needs(request: HttpRequest) -> HttpResponse:
    """The sponsor's own statements."""
    found = store.mine(actor_of(request), after=request.GET.get("after", ""))
    counted = store.counts(actor_of(request))
    context = {
        "page": page_of(request, [row_of(row) for row in found.items], found.after),
        "answer": _answer(counted),
        "counted": counted,
    }
    return render(request, "web/needs.html", context)


def _answer(counted: store.Counts) -> str:
    if not counted.all:
        return _("State here which people your site cannot do without; places are given by what these keep running.")
    return ngettext(
        "%(all)d statement: %(placed)d with a place, %(refused)d without, %(waiting)d waiting.",
        "%(all)d statements: %(placed)d with a place, %(refused)d without, %(waiting)d waiting.",
        counted.all,
    ) % {"all": counted.all, "placed": counted.placed, "refused": counted.refused, "waiting": counted.waiting}


@page("needs")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new statement, or one like an earlier one."""
    routes = routes_of(dict(office().texts.all()), language_of(request))
    like = _mine(request, request.GET["like"]) if request.GET.get("like") else None
    said = store.statement_of(like) if like else None
    chosen = f"{said.agreement}/{said.route}" if said else request.GET.get("route", "")
    if len(routes) == 1:
        chosen = routes[0][0]
    if chosen not in dict(routes):
        return render(request, "web/need_route.html", {"form": RouteForm(routes)})
    return _form(request, chosen, said, "")


@page("needs")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, identifier: str) -> HttpResponse:
    """Change a statement until its places are published."""
    row = _mine(request, identifier)
    if row.batch_id is not None or row.withdrawn is not None:
        return redirect("web:need", row.id)
    said = store.statement_of(row)
    return _form(request, f"{said.agreement}/{said.route}", said, row.id)


def _form(request: HttpRequest, chosen: str, said: Statement | None, identifier: str) -> HttpResponse:
    language = language_of(request)
    agreement_id, _slash, route = chosen.partition("/")
    agreement = today(office().texts.versions(agreement_id))
    initial = initial_of(said) if said else {}
    form = NeedForm(agreement, route, language, newest(), request.POST or None, initial=initial)
    context: dict[str, Any] = {
        "form": form,
        "key": request.POST.get("key", "")[:100] or uuid4().hex,
        "route_title": pick(agreement.routes[route].title, core_language(language)),
        "changing": identifier,
    }
    if request.method == "GET" or not form.is_valid():
        return render(request, "web/need_form.html", context, status=200 if request.method == "GET" else 422)
    try:
        found = store.state(actor_of(request), form.statement(_today(agreement_id)), key=context["key"], need=identifier)
    except store.StatementError as error:
        form.add_faults(error.faults)
        return render(request, "web/need_form.html", context, status=422)
    except InvalidEntryError as error:
        form.add_error(None, error.text(core_language(language)))
        return render(request, "web/need_form.html", context, status=422)
    except KeyConflictError:
        form.add_error(None, _("This page was used for another statement before. Open it again."))
        return render(request, "web/need_form.html", context, status=422)
    if isinstance(found, Denial):
        raise DeniedError(found.text(core_language(language)))
    messages.success(request, _("The statement is filed."), extra_tags="good")
    return redirect("web:need", found.id)


def _today(agreement: str) -> date:
    desk = office()
    return desk.clock.now().astimezone(desk.texts.versions(agreement).newest.zone(desk.party)).date()


@page("needs")
@require_GET
def need(request: HttpRequest, identifier: str) -> HttpResponse:
    """One statement, and what was decided about it."""
    row, language = _mine(request, identifier), language_of(request)
    shown, outcome = row_of(row), store.outcome_of(row)
    core = core_language(language)
    context = {
        "row": shown,
        "need": row,
        "said": shown.said,
        "cause": translate(CAUSE_WORDS[shown.said.cause], core),
        "classes": [translate(CLASS_WORDS[name], core) for name in shown.said.classes],
        "industry": _industry(shown.said.industry),
        "changeable": row.batch_id is None and row.withdrawn is None,
        "outcome": _told(outcome, row, language) if outcome else None,
    }
    return render(request, "web/need.html", context)


@page("needs")
@require_POST
def withdraw(request: HttpRequest, identifier: str) -> HttpResponse:
    """Take a statement back."""
    row = _mine(request, identifier)
    try:
        found = store.withdraw(actor_of(request), row.id)
    except InvalidEntryError as error:
        messages.error(request, error.text(core_language(language_of(request))), extra_tags="stop")
    else:
        if isinstance(found, Denial):
            raise DeniedError(found.text(core_language(language_of(request))))
        messages.success(request, _("The statement is withdrawn."), extra_tags="good")
    return redirect("web:need", row.id)


def _told(outcome: Outcome, row: Need, language: str) -> dict[str, Any]:
    """The outcome of its own team, in sentences."""
    speaker = Speaker(language=language, route=row.route, first_day=outcome.first_day)
    line = outcome.line
    return {
        "badge": badge_of(row),
        "given": line.given,
        "day": row.arrives,
        "price": speaker.price(line),
        "change": speaker.change(line),
        "rank": line.rank,
        "of": outcome.teams,
        "plain_rank": line.plain_rank,
        "placed": outcome.placed,
        "people": outcome.people,
        "reason": outcome.reason,
        "seed": outcome.seed,
        "discounted": line.factor < 1.0,
    }


def _industry(code: str) -> str:
    held = newest()
    return held.name(code) if held and code else code


def _mine(request: HttpRequest, identifier: str) -> Need:
    row = store.one_of(actor_of(request), identifier)
    if row is None:
        raise Http404
    return row
