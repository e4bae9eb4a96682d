"""Passes: an officer's page at a journey, the traveller's own, and the lists with which others verify them."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fastchannel.agreement.phrases import listed
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.passes import issue, offered, revoke
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.casework.ports import IssuedPass
from fastchannel.certificates.passes import checking
from fastchannel.certificates.passes.printing import GATES, NOTE, image, version_of, words
from fastchannel.certificates.refusal import Refusal
from fastchannel.certificates.trust.files import encode_trust_list
from fastchannel.node.desk import office
from fastchannel.node.passes import own_list, pass_store, passes, revoked_passes
from fastchannel.terms.language import translate
from fastchannel.web import times
from fastchannel.web.access import DeniedError, record_or_refusal
from fastchannel.web.contact import contacts_of
from fastchannel.web.details import core_language
from fastchannel.web.forms.passport import ZoneForm
from fastchannel.web.record import Record
from fastchannel.web.views.traveller import gone, links_of, open_page, stamped
from fastchannel.web.words import WITHDRAWN, word


@login_required
@require_http_methods(["GET", "POST"])
def journey_pass(request: HttpRequest, journey: str) -> HttpResponse:
    """The journey's pass: show it, print it, issue or renew it, revoke it."""
    record = record_or_refusal(request, journey, why=Action.CERTIFY.value)
    denial = check(record.actor, Action.CERTIFY, record.file.subject)
    if denial:
        raise DeniedError(denial.text(core_language(record.language)))
    address = reverse("web:pass", args=[journey])
    if request.method == "POST" and request.POST.get("do") == "revoke":
        answer = revoke(office(), passes, record.actor, journey)
        if isinstance(answer, Denial):
            messages.error(request, answer.text(core_language(record.language)), extra_tags="stop")
        else:
            messages.success(
                request, _("The pass is revoked. Checkpoints know it once they have the new list."), extra_tags="good"
            )
        return redirect(address)
    revocable = check(record.actor, Action.REVOKE, record.file.subject) is None
    return _page(request, record, "web/pass.html", {"revocable": revocable}, back=address)


@require_http_methods(["GET", "POST"])
def traveller_pass(request: HttpRequest, token: str) -> HttpResponse:
    """The traveller's own pass."""
    record = open_page(request, token, why=Action.CERTIFY.value)
    if record is None or check(record.actor, Action.CERTIFY, record.file.subject) is not None:
        return gone(request, token)
    more = {
        "links": links_of(token),
        "contacts": contacts_of(record),
        "reader_zone": record.reader.zone,
        "appealable": check(record.actor, Action.APPEAL, record.file.subject) is None,
        "synchronised": True,
    }
    shown = _page(request, record, "web/traveller_pass.html", more, back=reverse("web:traveller-pass", args=[token]))
    return stamped(shown, record)


@require_safe
def trust_list(request: HttpRequest) -> HttpResponse:
    """The public key that verifies this node's passes, as a trust list."""
    return HttpResponse(encode_trust_list(own_list(office().clock.now())), content_type="application/json")


@require_safe
def revoked(request: HttpRequest) -> HttpResponse:
    """The passes that were revoked: identifiers that nobody can guess, and nothing else."""
    return HttpResponse(msgspec.json.encode(revoked_passes(office().clock.now())), content_type="application/json")


def _page(request: HttpRequest, record: Record, template: str, more: dict[str, Any], *, back: str) -> HttpResponse:
    language = core_language(record.language)
    form = ZoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = issue(office(), passes, record.actor, record.journey, passport=form.cleaned_data["zone"])
        except InvalidEntryError as error:
            form.add_error("zone", error.text(language))
        else:
            if isinstance(answer, Denial):
                messages.error(request, answer.text(language), extra_tags="stop")
            return redirect(back)
    desk = office()
    events = desk.journal.events(record.journey)
    standing = desk.decide(events, desk.now_for(events))
    live = passes.live(record.journey, standing.at)
    synchronised = bool(more.pop("synchronised", False))
    context = {
        **record.context(),
        **more,
        "form": form if form.errors else ZoneForm(),
        "offer": offered(desk, events, standing),
        "issued": _shown(live, record, synchronised) if live is not None else None,
        "last": _ended(record) if live is None else None,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _shown(live: IssuedPass, record: Record, synchronised: bool) -> dict[str, Any] | None:
    """The pass in words, read from its own text as a checkpoint reads it."""
    found = checking.check(live.text, pass_store(), office().clock.now())
    if isinstance(found, Refusal | checking.Mismatch):
        return None
    language = core_language(record.language)
    zone = record.reader.zone
    return {
        "code": image(live.text),
        "size": 17 + 4 * version_of(live.text) + 8,  # modules, with the quiet zone: the shape, so that nothing jumps
        "text": live.text,
        "gates": listed([translate(GATES.get(gate, gate), language) for gate in found.gates], language),
        "rows": words(found, language, times.zone_of(zone)),
        "since": times.moment_words(found.not_before, zone, record.language),
        "until": times.moment_words(found.expires, zone, record.language),
        "from": times.iso(found.not_before),
        "expires": times.iso(found.expires),
        "synchronised": times.moment_words(record.now, zone, record.language) if synchronised else "",
        "note": translate(NOTE, language),
    }


def _ended(record: Record) -> dict[str, Any] | None:
    """What became of the last pass, where none is valid now."""
    last = passes.last(record.journey)
    if last is None:
        return None
    moment = last.revoked or last.expires
    return {
        "revoked": last.revoked is not None,
        "moment": times.moment_words(moment, record.reader.zone, record.language),
        "why": str(word(WITHDRAWN, last.withdrawn if last.revoked else "expired")),
    }
