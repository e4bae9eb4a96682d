"""The secretariat's batches of places: the list, the limits, and the board on which everything is decided and explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.casework.allocation import Answer, Kind
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.permissions import Denial
from fastchannel.node import allocations as store
from fastchannel.node.chains import newest
from fastchannel.node.desk import office
from fastchannel.node.models import Batch, ClaimAudit, Need
from fastchannel.terms.language import pick
from fastchannel.web import board as rows
from fastchannel.web.access import DeniedError, actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forecast_words import share
from fastchannel.web.forms.allocation import AuditForm, MoveForm, PlanForm, today_week
from fastchannel.web.forms.apply import RouteForm, routes_of
from fastchannel.web.held import home_zone, today
from fastchannel.web.lists import PageOfRows, page_of
from fastchannel.web.supply_words import KINDS, OPEN_BATCH, PUBLISHED, STUCK, WORKING, Speaker, method_badge
from fastchannel.web.words import Badge

RANKS = 50  # of a page of the ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    batch: Batch
    title: str
    badge: Badge


@page("allocations")
@require_GET
def allocations(request: HttpRequest) -> HttpResponse:
    """All batches, the newest first."""
    found = store.batches(after=request.GET.get("after", ""))
    listed = [Listed(batch=row, title=_route(row, request), badge=_state(row)) for row in found.items]
    return render(request, "web/allocations.html", {"page": page_of(request, listed, found.after)})


def _route(row: Batch, request: HttpRequest) -> str:
    text = today(office().texts.versions(row.agreement))
    route = text.routes.get(row.route)
    return pick(route.title, core_language(language_of(request))) if route else row.route


def _state(row: Batch) -> Badge:
    if row.published is not None:
        return PUBLISHED
    if row.failure:
        return STUCK
    return WORKING if row.solving or row.answered != row.revision else OPEN_BATCH


@page("allocations")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a batch; what was entered last is proposed."""
    language = language_of(request)
    routes = routes_of(dict(office().texts.all()), language)
    chosen = routes[0][0] if len(routes) == 1 else request.GET.get("route", "")
    if chosen not in dict(routes):
        return render(request, "web/allocation_route.html", {"form": RouteForm(routes)})
    agreement_id, _slash, route = chosen.partition("/")
    text = today(office().texts.versions(agreement_id))
    form = PlanForm(text, route, language, request.POST or None)
    if request.method == "GET":
        now = office().clock.now().astimezone(text.zone(office().party)).date()
        form.batch.initial.update(today_week(now))
    key = request.POST.get("key", "")[:100] or uuid4().hex
    context = {"form": form, "key": key, "route_title": dict(routes)[chosen], "changing": None}
    if request.method == "GET" or form.more or not form.is_valid():
        return render(request, "web/allocation_form.html", context, status=200 if request.method == "GET" or form.more else 422)
    try:
        found = store.plan(actor_of(request), form.plan(), key=key)
    except KeyConflictError:
        form.batch.add_error(None, _("This page was used for another batch before. Open it again."))
        return render(request, "web/allocation_form.html", context, status=422)
    if isinstance(found, Denial):
        raise _refused(request, found)
    return redirect("web:allocation", found.id)


@page("allocations")
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest, identifier: str) -> HttpResponse:
    """Change what there is to give: a cancelled flight, fewer rooms."""
    batch, language = _batch(identifier), language_of(request)
    if batch.published is not None:
        return redirect("web:allocation", batch.id)
    plan = store.plan_of(batch)
    text = today(office().texts.versions(plan.agreement))
    form = PlanForm(text, plan.route, language, request.POST or None, plan)
    context = {"form": form, "key": "", "route_title": _route(batch, request), "changing": batch}
    if request.method == "GET" or form.more or not form.is_valid():
        return render(request, "web/allocation_form.html", context, status=200 if request.method == "GET" or form.more else 422)
    found = store.replan(actor_of(request), batch.id, form.plan())
    if isinstance(found, Denial):
        raise _refused(request, found)
    return redirect("web:allocation", batch.id)


@page("allocations")
@require_GET
def board(request: HttpRequest, identifier: str) -> HttpResponse:
    """The board of one batch."""
    return _board(request, _batch(identifier))


def _board(request: HttpRequest, batch: Batch, *, fault: str = "", form: MoveForm | None = None) -> HttpResponse:
    plan, language = store.plan_of(batch), language_of(request)
    speaker = Speaker.of(plan, language)
    answer = store.answer_of(batch)
    fresh = answer is not None and batch.answered == batch.revision
    shown = {row.id: row for row in Need.objects.filter(id__in=[line.need for line in answer.lines])} if answer else {}
    movable = batch.published is None and fresh
    found = rows.cards(answer.lines, shown, plan, speaker, movable=movable) if answer else []
    decided = store.overrides_of(batch.id)
    context: dict[str, Any] = {
        "batch": batch,
        "plan": plan,
        "route_title": _route(batch, request),
        "answer": answer,
        "fresh": fresh,
        "waiting": batch.published is None and not batch.failure and (batch.solving or not fresh),
        "movable": movable,
        "fault": fault,
        "filled": form,
        "digest": store.seed_digest(batch),
        "decided": _decided(decided, shown, speaker),
        "arrivals": _arrivals(batch, language),
        "unit": _unit(),
        "home_zone": home_zone(office().party),
    }
    if answer is not None:
        context |= _told(request, answer, found, speaker, plan)
        context["may_publish"] = movable and answer.drawn and answer.stuck is None
        if batch.published is not None:
            context["audits"] = {one.need_id: one for one in _audits(found)}
            for_audit = [(card, context["audits"].get(card.need.id)) for card in found if card.line.given]
            context["for_audit"] = for_audit[:RANKS]
    status = 422 if fault else 200
    template = "web/parts/allocation_body.html" if getattr(request, "htmx", False) else "web/allocation.html"
    return render(request, template, context, status=status)


def _told(request: HttpRequest, answer: Answer, found: list[rows.Card], speaker: Speaker, plan: Any) -> dict[str, Any]:
    begin = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() and len(request.GET["after"]) < 8 else 0
    nights, houses = rows.nights(answer, speaker)
    return {
        "badge": method_badge(answer),
        "said": speaker.answer(answer) if answer.stuck is None else speaker.stuck(answer.stuck),
        "plain": speaker.plain(answer) if answer.stuck is None else "",
        "ways": [speaker.way(one) for one in answer.stuck.ways] if answer.stuck else [],
        "short": [speaker.short(one) for one in answer.stuck.short] if answer.stuck else [],
        "given": sum(line.given is not None for line in answer.lines),
        "value": speaker.number(answer.value),
        "bound": speaker.number(answer.bound),
        "gap": share(answer.gap, speaker.language),
        "cost": speaker.number(max(0.0, answer.free - answer.value)),
        "columns": rows.columns(found, plan, answer, speaker, _("No place")),
        "page": _ranking(found, begin),
        "gauges": [(KINDS[kind], rows.gauges(answer, kind, speaker)) for kind in ("seats", "tests", "risk", "floor")],
        "nights": nights,
        "houses": houses,
    }


def _ranking(found: list[rows.Card], begin: int) -> PageOfRows:
    last = begin + RANKS
    return PageOfRows(
        rows=found[begin:last], next_url=f"?after={last}#ranking" if last < len(found) else "", first_url="?#ranking",
        is_later=begin > 0,
    )  # fmt: skip


def _decided(found: list[Any], shown: dict[str, Need], speaker: Speaker) -> list[rows.Decided]:
    words = {
        Kind.PLACE.value: lambda row: f"{speaker.day(row.day)} · {row.flight} · {row.place}",
        Kind.NO_PLACE.value: lambda row: _("No place"),
        Kind.RELEASE.value: lambda row: _("the ranking decides again"),
    }
    return [
        rows.Decided(row=row, site=shown[row.need_id].site if row.need_id in shown else row.need_id, what=words[row.kind](row))
        for row in reversed(found)
    ]


def _arrivals(batch: Batch, language: str) -> list[dict[str, Any]]:
    return [
        {"chance": share(one.chance, language), "nights": one.nights, "places": ", ".join(one.places), "version": one.version}
        for one in store.arrivals_of(batch)
    ]


def _unit() -> str:
    held = newest()
    return held.chain.table.unit if held else ""


def _audits(found: list[rows.Card]) -> list[Any]:
    return list(ClaimAudit.objects.filter(need__in=[card.need.id for card in found if card.line.given]).order_by("seq"))


@page("allocations")
@require_POST
def move(request: HttpRequest, identifier: str) -> HttpResponse:
    """Put a team where the form says, or give it no place, or let the ranking decide again."""
    form = MoveForm(request.POST)
    batch = _batch(identifier)
    if not form.is_valid():
        fault = _("A reason is needed: the sponsor will read it.") if "reason" in form.errors else _("Choose where to.")
        return _board(request, batch, fault=fault, form=form)
    data = form.cleaned_data
    flight, _bar, place = data["to"].partition("|")
    kind = {"release": Kind.RELEASE, rows.NOWHERE: Kind.NO_PLACE}.get(data["to"], Kind.PLACE)
    try:
        found = store.override(
            actor_of(request), batch.id, data["need"], kind=kind, reason=data["reason"], flight=flight, place=place
        )
    except InvalidEntryError as error:
        return _board(request, batch, fault=error.text(core_language(language_of(request))), form=form)
    if isinstance(found, Denial):
        raise _refused(request, found)
    if getattr(request, "htmx", False):
        return _board(request, _batch(identifier))
    return redirect(f"{reverse('web:allocation', args=[batch.id])}#board")


@page("allocations")
@require_POST
def exact(request: HttpRequest, identifier: str) -> HttpResponse:
    """Have it solved exactly."""
    return _done(request, identifier, lambda: store.ask_exact(actor_of(request), identifier))


@page("allocations")
@require_POST
def publish(request: HttpRequest, identifier: str) -> HttpResponse:
    """Publish the places with the lottery's seed."""
    return _done(request, identifier, lambda: store.publish(actor_of(request), identifier), _("The places are published."))


@page("allocations")
@require_POST
def audit(request: HttpRequest, identifier: str) -> HttpResponse:
    """Record what a place brought."""
    form = AuditForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Expected an output of 0 or more."), extra_tags="stop")
        return redirect("web:allocation", identifier)
    data = form.cleaned_data
    return _done(
        request, identifier, lambda: store.audit(actor_of(request), data["need"], data["realised"]), _("The audit is recorded.")
    )


def _done(request: HttpRequest, identifier: str, act: Any, said: str = "") -> HttpResponse:
    try:
        found = act()
    except InvalidEntryError as error:
        messages.error(request, error.text(core_language(language_of(request))), extra_tags="stop")
    else:
        if isinstance(found, Denial):
            raise _refused(request, found)
        if said:
            messages.success(request, said, extra_tags="good")
    return redirect("web:allocation", identifier)


def _batch(identifier: str) -> Batch:
    row = Batch.objects.filter(id=identifier).first()
    if row is None:
        raise Http404
    return row


def _refused(request: HttpRequest, denial: Denial) -> DeniedError:
    return DeniedError(denial.text(core_language(language_of(request))))
