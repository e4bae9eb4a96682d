"""One journey's record: what happened, what is due, why, and who has looked; as it is now or as it was known on a past day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fastchannel.agreement.vocabulary import FIELDS
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.node import links, queries
from fastchannel.node.desk import office
from fastchannel.node.sharing import Told, rehearse, urgent
from fastchannel.terms.events import kind_of
from fastchannel.terms.language import translate
from fastchannel.web import acts, times, words
from fastchannel.web.access import actor_of, language_of, record_or_refusal
from fastchannel.web.details import core_language
from fastchannel.web.forms.acts import ActForm
from fastchannel.web.held import home_zone
from fastchannel.web.places import place_words
from fastchannel.web.record import Record
from fastchannel.web.views import review, work

FEW = 8  # touches of the record that are shown at once
ACTS = (
    "sponsor", "document", "check-in", "call", "sample", "result", "board", "deny", "arrive", "enter", "move", "leave",
    "breach", "confirm", "recover", "contact", "clear", "replan", "override", "appeal", "answer", "correct", "withdraw",
)  # fmt: skip


@login_required
@require_GET
def journey(request: HttpRequest, journey: str) -> HttpResponse:
    """The whole record."""
    entered = request.GET.get("known", "")
    if not entered:
        return show(request, record_or_refusal(request, journey, why="journey page"))
    zone = times.zone_of(home_zone(actor_of(request).party))
    moment = parse_datetime(entered) if len(entered) < 40 else None
    known = timezone.make_aware(moment, zone) if moment is not None and moment.tzinfo is None else moment
    now = office().clock.now()
    if known is None or known > now:
        record = record_or_refusal(request, journey, why="journey page")
        return show(request, record, known_error=_("Expected a date and time in the past."), status=422)
    try:
        record = record_or_refusal(request, journey, why="journey page, as known on a past day", known=known)
    except InvalidEntryError as error:
        record = record_or_refusal(request, journey, why="journey page")
        return show(request, record, known_error=error.text(core_language(language_of(request))), status=422)
    return show(request, record, past=known)


def show(
    request: HttpRequest,
    record: Record,
    *,
    bound: tuple[str, ActForm] | None = None,
    past: datetime | None = None,
    known_error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of one record; with ``bound``, a form that has to be mended."""
    zone = home_zone(actor_of(request).party)
    denial = check(record.actor, Action.SEE_ACCESS, record.file.subject)
    invite = check(record.actor, Action.INVITE, record.file.subject)
    present = check(record.actor, Action.PRESENT, record.file.subject)
    passes = check(record.actor, Action.CERTIFY, record.file.subject)
    language = core_language(record.language)
    agreement = record.agreement
    touches = [] if denial else _touches(record, language)
    context = {
        **record.context(),
        "events": record.gathered_lines,
        "event_count": len(record.event_lines),
        "gate_title": words.word(words.GATES, record.standing.gate),
        "acts": acts.offers(record, ACTS, page="journey", bound=bound, shut=False),
        "invite_url": "" if invite else reverse("web:invite", args=[record.journey]),
        "pass_url": "" if passes else reverse("web:pass", args=[record.journey]),
        "present_url": "" if present else reverse("web:present", args=[record.journey]),
        "access": None if denial else touches[:FEW],
        "access_rest": touches[FEW:],
        "access_denial": denial.text(language) if denial else "",
        "agreement_url": reverse("web:agreement-version", args=[agreement.id, agreement.version]),
        "node_zone": zone,
        "node_zone_name": times.zone_words(zone, record.language),
        "now_value": f"{record.now.astimezone(times.zone_of(zone)):%Y-%m-%dT%H:%M}",
        "known_value": f"{past.astimezone(times.zone_of(zone)):%Y-%m-%dT%H:%M}" if past else "",
        "past": past,
        "past_text": times.moment_words(past, zone, record.language) if past else "",
        "known_error": known_error,
    }
    return render(request, "web/journey.html", context, status=status)


def _touches(record: Record, language: str) -> list[dict[str, object]]:
    found = queries.accesses(record.journey)
    names = {**queries.callers(item.actor for item in found), f"traveller-{record.journey}": ""}
    return [
        {"at": item.at, "role": item.role, "actor": names.get(item.actor, item.actor), "why": words.touch(item.why, language)}
        for item in found
    ]


@login_required
@require_POST
def act(request: HttpRequest, journey: str, slug: str) -> HttpResponse:
    """Take one step on a journey, from whichever page offered it."""
    chosen = acts.ACTS.get(slug)
    if chosen is None:
        raise Http404
    origin = request.GET.get("page", "journey")
    shows = {"review": review.show, "task": work.show}.get(origin, show)
    record = record_or_refusal(request, journey, why=f"{origin} page: {slug}")
    form = chosen.form(record, request.POST, auto_id=f"{slug}-%s")
    if not form.is_valid():
        return shows(request, record, bound=(slug, form), status=422)
    key = request.POST.get("key", "")[:200] or uuid4().hex
    try:
        if chosen.notifies and "seen" not in request.POST:
            told = [one for one in rehearse(journey, lambda: chosen.run(office(), record, form, key)) if urgent(one.event)]
            if told:
                return preview(request, record, chosen, told)
        answer = chosen.run(office(), record, form, key)
    except InvalidEntryError as error:
        form.add_error(error.field if error.field in form.fields else None, error.text(core_language(record.language)))
        return shows(request, record, bound=(slug, form), status=422)
    except KeyConflictError:
        form.add_error(None, _("This form was sent before with other content. Load the page again."))
        return shows(request, record, bound=(slug, form), status=409)
    if isinstance(answer, Denial):
        messages.error(request, answer.text(core_language(record.language)), extra_tags="stop")
    else:
        messages.success(request, str(chosen.done), extra_tags="good")
    return redirect({"review": "web:review", "task": "web:task"}.get(origin, "web:journey"), journey)


def preview(request: HttpRequest, record: Record, chosen: acts.Act, told: Sequence[Told]) -> HttpResponse:
    """Every field that goes to another party with a notice, before it goes."""
    language = core_language(record.language)
    notices = [
        {
            "to": one.preview.to,
            "kind": kind_of(one.event),
            "shown": [
                (
                    translate(FIELDS[name], language) if name in FIELDS else words.word(words.ENVELOPE, name),
                    _said(name, value, record),
                )
                for name, value in one.preview.shown.items()
                if name != "kind" and value not in (None, "")
            ],
            "withheld": [translate(FIELDS[name], language) for name in one.preview.withheld if name in FIELDS],
        }
        for one in told
    ]
    again = [(name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values]
    context = {**record.context(), "act": chosen, "notices": notices, "again": again}
    return render(request, "web/preview.html", context)


def _label(name: str, language: str) -> object:
    return translate(FIELDS[name], language) if name in FIELDS else words.word(words.ENVELOPE, name)


def _said(name: str, value: object, record: Record) -> object:
    """A field's value as the reader would say it; what is nobody's word but the form's own stands as it is sent."""
    moment = parse_datetime(value) if isinstance(value, str) and len(value) > len("2020-05-25T") else None
    if moment is not None:
        return times.moment_words(moment, record.zones.at(record.now), record.language)
    if name == "role":
        return words.word(words.ROLES, str(value))
    if name == "party":
        return place_words(str(value), core_language(record.language))
    if name == "finding":
        return words.word(words.FINDINGS, str(value))
    return words.word(words.ASSAYS, str(value)) if name == "assay" else value


@login_required
@require_POST
def invite(request: HttpRequest, journey: str) -> HttpResponse:
    """A new link for the traveller: shown once, and as a code to be scanned."""
    record = record_or_refusal(request, journey, why="link for the traveller")
    token = links.issue(actor_of(request), journey)
    if isinstance(token, Denial):
        messages.error(request, token.text(core_language(record.language)), extra_tags="stop")
        return redirect("web:journey", journey)
    address = request.build_absolute_uri(reverse("web:traveller", args=[token]))
    code = segno.make(address, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff")
    return render(request, "web/invite.html", {**record.context(), "address": address, "code": code})
