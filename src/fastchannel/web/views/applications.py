"""One application: the route first, then the form that the route asks for."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fastchannel.casework import applications
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Denial
from fastchannel.node.desk import office
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forms.apply import ApplicationForm, RouteForm, routes_of
from fastchannel.web.held import today


@page("roster")
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """File an application for one traveller."""
    language = language_of(request)
    held = office().texts.all()
    routes = routes_of(dict(held), language)
    if not routes:
        raise Http404
    chosen = request.GET.get("route", "") or (routes[0][0] if len(routes) == 1 else "")
    if chosen not in dict(routes):
        return render(request, "web/apply_route.html", {"form": RouteForm(routes)})
    identifier, _slash, route = chosen.partition("/")
    agreement = today(held[identifier])
    form = ApplicationForm(agreement, route, language, request.POST or None)
    key = request.POST.get("key", "")[:200] or uuid4().hex
    context = {"form": form, "key": key, "route_title": dict(routes)[chosen]}
    if request.method == "GET" or not form.is_valid():
        return render(request, "web/apply.html", context, status=200 if request.method == "GET" else 422)
    data = form.cleaned_data
    try:
        answer = applications.apply(
            office(), actor_of(request), agreement=identifier, route=route, purpose=data["purpose"],
            companion=data["companion"] or None, itinerary=form.itinerary(), person=form.person(),
            duties=data.get("duties"), key=key,
        )  # fmt: skip
    except InvalidEntryError as error:
        form.add_error(error.field if error.field in form.fields else None, error.text(core_language(language)))
        return render(request, "web/apply.html", context, status=422)
    if isinstance(answer, Denial):
        form.add_error(None, answer.text(core_language(language)))
        return render(request, "web/apply.html", context, status=403)
    messages.success(request, _("The application is filed."), extra_tags="good")
    return redirect("web:journey", answer.journey)
