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

from fastchannel.casework import checkins
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Denial
from fastchannel.node.desk import office
from fastchannel.node.links import find, open_link
from fastchannel.terms.errors import FastChannelError
from fastchannel.web import acts, times
from fastchannel.web.access import language_of
from fastchannel.web.contact import contacts, contacts_of
from fastchannel.web.details import core_language
from fastchannel.web.forms.acts import ActForm
from fastchannel.web.held import home_zone
from fastchannel.web.record import Record, open_record
from fastchannel.web.traveller import (
    appeals,
    check_in_today,
    monitor_cards,
    next_steps,
    now_card,
    planned_days,
    touches,
)

ACTS = ("appeal", "replan", "withdraw")
FEW = 5  # touches of the record that are shown at once
NOW, ENDED = "Fastchannel-Now", "Fastchannel-Link"  # headers: the node's time for a phone; "ended" where the link opens nothing


@require_GET
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What the traveller must do now, and everything else below."""
    record = open_page(request, token, why="traveller's page")
    return _show(request, token, record) if record else gone(request, token)


@require_GET
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """The same to be printed, with lines to fill in by hand."""
    record = open_page(request, token, why="traveller's paper version")
    if record is None:
        return gone(request, token)
    printed = times.moment_words(record.now, record.reader.zone, record.language)
    return stamped(render(request, "web/traveller_paper.html", {**_context(token, record), "printed_text": printed}), record)


@require_POST
def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """Today's answer, for the date that the page asked about."""
    record = open_page(request, token, why="daily check-in")
    if record is None:
        return gone(request, token)
    said = request.POST.get("symptoms")
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        day = None
    if said not in {"yes", "no"} or day is None:
        messages.error(request, _("Nothing was recorded: choose one of the two answers."), extra_tags="stop")
        return redirect("web:traveller", token)
    try:
        answer = checkins.answer(
            # Whoever goes back and presses the other button sends the form's key again, and means something else by it.
            office(),
            record.actor,
            record.journey,
            day=day,
            symptoms=said == "yes",
            key=f"{_key(request)[:120]}-{day}-{said}",
        )
    except InvalidEntryError as error:
        messages.error(request, error.text(core_language(record.language)), extra_tags="stop")
        return redirect("web:traveller", token)
    if isinstance(answer, Denial):
        messages.error(request, refusal_words(record, answer, day), extra_tags="stop")
    else:
        messages.success(request, taken_words(answer), extra_tags="good")
    return redirect("web:traveller", token)


def refusal_words(record: Record, denial: Denial, day: date) -> str:
    """Why an answer was not taken, and what to do about it."""
    parts = [denial.text(record.reader.core)]
    item = checkins.asks(record.standing, day)
    if denial.code == "late" and item is not None:
        until = times.deadline_words(checkins.deadline(item, day), item.zone, record.language)
        parts.append(_("The deadline was %(until)s.") % {"until": until})
    numbers = contacts_of(record)
    if denial.code in checkins.REFUSALS:
        parts.append(
            _("If this day is missing or wrong, call the officer: %(phone)s.") % {"phone": numbers[0].phone}
            if numbers
            else _("If this day is missing or wrong, tell your sponsor or the officer who follows you.")
        )
    return " ".join(parts)


def taken_words(receipt: Receipt) -> str:
    """What became of an answer that was taken."""
    if receipt.events:
        return _("Thank you. Your check-in is recorded.")
    return _("Your answer was on record already. Nothing was changed.")


@require_POST
def act(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """An appeal, a change of the itinerary, a withdrawal."""
    record = open_page(request, token, why=f"traveller's page: {slug}")
    if record is None or slug not in ACTS:
        return gone(request, token)
    chosen = acts.ACTS[slug]
    form = chosen.form(record, request.POST, auto_id=f"{slug}-%s")
    if not form.is_valid():
        return _show(request, token, record, bound=(slug, form), status=422)
    try:
        answer = chosen.run(office(), record, form, _key(request))
    except InvalidEntryError as error:
        form.add_error(error.field if error.field in form.fields else None, error.text(core_language(record.language)))
        return _show(request, token, record, bound=(slug, form), status=422)
    except KeyConflictError:
        form.add_error(None, _("This form was sent before with other content. Load the page again."))
        return _show(request, token, record, bound=(slug, form), status=409)
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


def links_of(token: str) -> dict[str, str]:
    """The addresses of everything that the link opens."""
    names = {
        "home": "", "check_in": "-check-in", "paper": "-paper", "pass": "-pass", "answers": "-answers", "offline": "-offline",
        "worker": "-worker",
    }  # fmt: skip
    return {name: reverse(f"web:traveller{end}", args=[token]) for name, end in names.items()}


def _context(token: str, record: Record) -> dict[str, Any]:
    return {
        **record.context(),
        "links": links_of(token),
        "now_card": now_card(record),
        "check_in": check_in_today(record),
        "check_in_key": uuid4().hex,
        "plan": planned_days(record),
        "monitors": monitor_cards(record),
        "contacts": contacts_of(record),
        "reader_zone": record.reader.zone,
    }


def _show(
    request: HttpRequest, token: str, record: Record, *, bound: tuple[str, ActForm] | None = None, status: int = 200
) -> HttpResponse:
    named = request.GET.get("against", "")
    if named and bound is None:
        form = acts.ACTS["appeal"].form(record, initial={"against": named}, auto_id="appeal-%s")
        bound = ("appeal", form)
    offered = [
        acts.offer(
            record,
            slug,
            page="traveller",
            bound=bound[1] if bound and bound[0] == slug else None,
            url=reverse("web:traveller-act", args=[token, slug]),
            opened=bool(bound and bound[0] == slug),
        )
        for slug in ACTS
    ]
    seen = touches(record, record.actor)
    context = {
        **_context(token, record),
        "acts": offered,
        "next_steps": next_steps(record),
        "appeals": appeals(record),
        "touches": seen[:FEW],
        "touches_rest": seen[FEW:],
        "appealable": not offered[0].denial,
    }
    return stamped(render(request, "web/traveller.html", context, status=status), record)


def stamped(response: HttpResponse, record: Record) -> HttpResponse:
    """The answer with the node's time, by which a phone knows how wrong its own clock is."""
    response.headers[NOW] = times.iso(record.now)
    return response


def _tell(request: HttpRequest, answer: acts.Answer, done: str) -> None:
    if isinstance(answer, Denial):
        messages.error(request, answer.text(core_language(language_of(request))), extra_tags="stop")
    else:
        messages.success(request, done, extra_tags="good")


def _key(request: HttpRequest) -> str:
    return request.POST.get("key", "")[:200] or uuid4().hex


def gone(request: HttpRequest, token: str = "") -> HttpResponse:
    """The page of a link that opens nothing: one that has ended says when, any other says that we do not know it."""
    link = find(token) if token else None
    now = office().clock.now()
    zone = home_zone(settings.CONFIG.party)
    response = render(
        request,
        "web/link_gone.html",
        {
            "expired": link.expires if link is not None and link.revoked is None and link.expires <= now else None,
            "revoked": link.revoked if link is not None else None,
            "zone": zone,
            "contacts": contacts(language_of(request)),
        },
        status=404 if link is None or link.open_at(now) else 410,
    )
    response.headers[ENDED] = "ended"
    return response
