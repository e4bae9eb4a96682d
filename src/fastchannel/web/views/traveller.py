"""The traveller's page: opened by a signed link, with no account, and complete without scripts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fastchannel.casework import health
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Denial
from fastchannel.node.desk import office
from fastchannel.node.links import open_link
from fastchannel.terms.errors import FastChannelError
from fastchannel.web import acts, times
from fastchannel.web.access import language_of
from fastchannel.web.details import core_language
from fastchannel.web.forms.acts import ActForm
from fastchannel.web.record import Record, open_record
from fastchannel.web.traveller import check_in_today, monitor_cards, now_card

ACTS = ("appeal", "replan", "withdraw")


@require_GET
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What the traveller must do now, and everything else below."""
    record = open_page(request, token, why="traveller's page")
    return _show(request, token, record) if record else gone(request)


@require_GET
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """The same to be printed, with lines to fill in by hand."""
    record = open_page(request, token, why="traveller's paper version")
    if record is None:
        return gone(request)
    printed = times.moment_words(record.now, record.reader.zone, record.language)
    return render(request, "web/traveller_paper.html", {**_context(token, record), "printed_text": printed})


@require_POST
def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """Today's answer, for the date that the page asked about."""
    record = open_page(request, token, why="daily check-in")
    if record is None:
        return gone(request)
    said = request.POST.get("symptoms")
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        day = None
    if said not in {"yes", "no"} or day is None:
        messages.error(request, _("Nothing was recorded: choose one of the two answers."), extra_tags="stop")
        return redirect("web:traveller", token)
    answer = health.check_in(
        office(), record.actor, record.journey, day=day, symptoms=said == "yes", key=_key(request), channel="link"
    )
    _tell(request, answer, _("Thank you. Your check-in is recorded."))
    return redirect("web:traveller", token)


@require_POST
def act(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """An appeal, a change of the itinerary, a withdrawal."""
    record = open_page(request, token, why=f"traveller's page: {slug}")
    if record is None or slug not in ACTS:
        return gone(request)
    chosen = acts.ACTS[slug]
    form = chosen.form(record, request.POST, auto_id=f"{slug}-%s")
    if not form.is_valid():
        return _show(request, token, record, bound=(slug, form), status=422)
    try:
        answer = chosen.run(office(), record, form, _key(request))
    except InvalidEntryError as error:
        form.add_error(error.field if error.field in form.fields else None, error.text(core_language(record.language)))
        return _show(request, token, record, bound=(slug, form), status=422)
    _tell(request, answer, str(chosen.done))
    return redirect("web:traveller", token)


def open_page(request: HttpRequest, token: str, *, why: str) -> Record | None:
    """The record that the link opens, in its traveller's language; None where the link opens nothing."""
    actor = open_link(token)
    if actor is None:
        return None
    try:
        found = open_record(office(), actor, actor.journey, why=why, language=language_of(request))
    except FastChannelError:
        return None
    if isinstance(found, Denial):
        return None
    return _in_own_language(request, found)


def _in_own_language(request: HttpRequest, record: Record) -> Record:
    """Until the traveller chooses, the page is in the language that the application names."""
    person = record.file.person
    if person is None or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return record
    code = next((code for code, _name in settings.LANGUAGES if core_language(code) == person.language), None)
    if code is None or code == record.language:
        return record
    translation.activate(code)
    request.LANGUAGE_CODE = code
    return Record(
        actor=record.actor, file=record.file, events=record.events, standing=record.standing, agreement=record.agreement,
        language=code, now=record.now,
    )  # fmt: skip


def _context(token: str, record: Record) -> dict[str, Any]:
    today = check_in_today(record)
    return {
        **record.context(),
        "links": {
            "home": reverse("web:traveller", args=[token]),
            "check_in": reverse("web:traveller-check-in", args=[token]),
            "paper": reverse("web:traveller-paper", args=[token]),
            "pass": reverse("web:traveller-pass", args=[token]),
        },
        "now_card": now_card(record),
        "check_in": {"day": today.day, "answered": today.answered, "symptoms": today.symptoms, "key": uuid4().hex}
        if today
        else None,
        "monitors": monitor_cards(record),
    }


def _show(
    request: HttpRequest, token: str, record: Record, *, bound: tuple[str, ActForm] | None = None, status: int = 200
) -> HttpResponse:
    offered = [
        acts.offer(
            record,
            slug,
            page="traveller",
            bound=bound[1] if bound and bound[0] == slug else None,
            url=reverse("web:traveller-act", args=[token, slug]),
        )
        for slug in ACTS
    ]
    return render(request, "web/traveller.html", {**_context(token, record), "acts": offered}, status=status)


def _tell(request: HttpRequest, answer: acts.Answer, done: str) -> None:
    if isinstance(answer, Denial):
        messages.error(request, answer.text(core_language(language_of(request))), extra_tags="stop")
    else:
        messages.success(request, done, extra_tags="good")


def _key(request: HttpRequest) -> str:
    return request.POST.get("key", "")[:200] or uuid4().hex


def gone(request: HttpRequest) -> HttpResponse:
    """The page of a link that opens nothing."""
    return render(request, "web/link_gone.html", status=404)
