"""The page where negotiators design an agreement: choices on one side, what they would let through and cost on the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from fastchannel.agreement.agreement import Agreement, VersionError, Versions
from fastchannel.agreement.mistakes import AgreementError
from fastchannel.agreement.shipped import shipped
from fastchannel.casework.forecasts import Held, amended, hold, people_of
from fastchannel.casework.permissions import Action, Subject, check
from fastchannel.casework.proposals import amendments_of
from fastchannel.forecast.design.amendments import AmendmentError
from fastchannel.forecast.measures import ReadingError
from fastchannel.node.desk import office
from fastchannel.terms.language import pick
from fastchannel.web.access import DeniedError, actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.engine import engine
from fastchannel.web.forecast_chart import panels
from fastchannel.web.forecast_words import Teller
from fastchannel.web.forms.forecast import GROUPS, DesignForm
from fastchannel.web.held import today


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An agreement whose routes can be designed; ``held`` where this node decides by it."""

    title: str
    parties: tuple[str, ...]
    version: int
    in_force: date
    held: bool
    routes: tuple[tuple[str, str], ...]  # title and address


def known_agreements() -> dict[str, Versions]:
    """The agreements of this node, and those that ship."""
    return {**shipped(), **office().texts.all()}


def known_text(identifier: str, version: int, route: str) -> tuple[Versions, Agreement]:
    """One version of one of them that has the route. Raises Http404."""
    versions = known_agreements().get(identifier)
    try:
        if versions is None or route not in versions[version].routes:
            raise Http404
        return versions, versions[version]
    except VersionError as error:
        raise Http404 from error


def _check(request: HttpRequest) -> None:
    denial = check(actor_of(request), Action.FORECAST, Subject())
    if denial is not None:
        raise DeniedError(denial.text(core_language(language_of(request))))


@page("forecasts")
@require_GET
def forecasts(request: HttpRequest) -> HttpResponse:
    """The agreements, with a way into each route."""
    _check(request)
    language, held = core_language(language_of(request)), office().texts.all()
    listed = []
    for identifier, versions in known_agreements().items():
        text = today(versions) if identifier in held else versions.newest
        routes = tuple(
            (pick(route.title, language), reverse("web:forecast", args=[identifier, text.version, name]))
            for name, route in text.routes.items()
        )
        listed.append(
            Listed(
                title=pick(text.title, language),
                parties=tuple(text.parties),
                version=text.version,
                in_force=text.in_force,
                held=identifier in held,
                routes=routes,
            )
        )
    listed.sort(key=lambda entry: not entry.held)
    return render(request, "web/forecasts.html", {"agreements": listed})


@page("forecasts")
@require_GET
@vary_on_headers("HX-Request")
def forecast(request: HttpRequest, identifier: str, version: int, route: str) -> HttpResponse:
    """The choices and their forecast; for a slider only what changes with it."""
    _check(request)
    versions, text = known_text(identifier, version, route)
    language = core_language(language_of(request))
    form = DesignForm(request.GET.dict(), text, people_of(text, route), language)
    partial = bool(getattr(request, "htmx", False))
    context: dict[str, Any] = {
        "form": form,
        "address": reverse("web:forecast", args=[identifier, version, route]),
        "said": form.said(),
        "partial": partial,
        "again": f"?{urlencode(request.GET)}" if request.GET else "",
        "amended_url": reverse("web:forecast-amended", args=[identifier, version, route]),
        "curves_url": reverse("web:forecast-curves", args=[identifier, version, route]),
    }
    context |= _answer(form, text, language, with_curves=not partial)
    if partial:
        answer = render(request, "web/parts/forecast_answer.html", context)
        if context["state"] == "ready":
            answer.headers["HX-Trigger-After-Settle"] = "forecast-changed"  # the page then asks for the curves
        return answer
    return render(
        request, "web/forecast.html", context | _frame(form, versions, text, route, language), status=context["status"]
    )


@page("forecasts")
@require_GET
def curves(request: HttpRequest, identifier: str, version: int, route: str) -> HttpResponse:
    """The trade-off of a proposal by itself: it takes longer than its figures, which do not wait for it."""
    _check(request)
    _versions, text = known_text(identifier, version, route)
    language = core_language(language_of(request))
    form = DesignForm(request.GET.dict(), text, people_of(text, route), language)
    return render(request, "web/parts/forecast_curves.html", _answer(form, text, language))


@page("forecasts")
@require_GET
def amended_text(request: HttpRequest, identifier: str, version: int, route: str) -> HttpResponse:
    """The proposal written into the text, as the next version."""
    _check(request)
    _versions, text = known_text(identifier, version, route)
    language = core_language(language_of(request))
    form = DesignForm(request.GET.dict(), text, people_of(text, route), language)
    found = _answer(form, text, language, with_curves=False)
    if found["state"] != "ready":
        again = f"{reverse('web:forecast', args=[identifier, version, route])}?{urlencode(request.GET)}"
        return redirect(again)
    try:
        written = amended(text, found["held"], form.outlook, office().clock.now().date()).written
    except (AmendmentError, AgreementError) as error:
        context = {"title": _("This proposal cannot be written into the text"), "text": str(error)}
        return render(request, "web/problem.html", context, status=422)
    return HttpResponse(written, content_type="text/plain; charset=utf-8")


def _can_be_written(held: Held) -> bool:
    """Whether the text has a measure for each choice."""
    if held.text is None:
        return False
    try:
        return bool(amendments_of(held.text.provisions, held.proposed.proposal))
    except AmendmentError:
        return False


def _answer(form: DesignForm, text: Agreement, language: str, *, with_curves: bool = True) -> dict[str, Any]:
    """The forecast, or why there is none yet."""
    if not form.is_valid():
        return {"status": 422, "state": "wrong"}
    if not engine().ready:
        engine().start()
        return {"status": 200, "state": "preparing"}
    try:
        held = hold(form.chosen_people, form.proposal, form.outlook, curves=with_curves)
    except ReadingError:
        form.add_error("pathogen", _("The profile of this pathogen lacks a test that the text asks for."))
        return {"status": 422, "state": "wrong"}
    budget = text.text.agreement.budget
    limit = budget.imports_per_million if budget else None
    return {
        "status": 200,
        "state": "ready",
        "told": Teller(held=held, outlook=form.outlook, language=language),
        "panels": panels(held, limit, language),
        "held": held,
        "amended": held.text is not None and held.proposed.proposal != held.text.proposal,
        "writable": _can_be_written(held),
    }


def _frame(form: DesignForm, versions: Versions, text: Agreement, route: str, language: str) -> dict[str, Any]:
    """What stands around the answer."""
    fields = form.fields
    groups = [(title, [form[name] for name in names if name in fields]) for title, names in GROUPS]
    if "group" in fields:
        groups.insert(0, ("", [form["group"]]))
    return {
        "agreement": text,
        "agreement_title": pick(text.title, language),
        "route_title": pick(text.routes[route].title, language),
        "groups": groups,
        "others": [
            (pick(other.title, language), reverse("web:forecast", args=[text.id, text.version, name]))
            for name, other in text.routes.items()
            if name != route
        ],
        "versions": [
            (other.version, other.version == text.version, reverse("web:forecast", args=[text.id, other.version, route]))
            for other in versions
            if route in other.routes
        ],
        "text_url": _text_url(text),
    }


def _text_url(text: Agreement) -> str:
    """Where the text is explained, if this node holds it."""
    versions = office().texts.all().get(text.id)
    held = versions is not None and text.version in versions
    return reverse("web:agreement-version", args=[text.id, text.version]) if held else ""
