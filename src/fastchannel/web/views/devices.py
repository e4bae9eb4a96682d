"""The checkpoints' devices: who has one, what it last told, how to add one, and who was let through twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.permissions import Action, Denial, Subject, can, check
from fastchannel.node import devices as node_devices
from fastchannel.node.desk import office
from fastchannel.node.doubles import doubles, entries_of, open_doubles
from fastchannel.node.doubles import settle as settle_double
from fastchannel.node.models import Device, GateDouble
from fastchannel.terms.places import zone_of
from fastchannel.web.access import DeniedError, actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forms.devices import PostForm, ReasonForm
from fastchannel.web.lists import PAGE, page_of
from fastchannel.web.words import Badge

IN_USE = Badge(text=gettext_lazy("In use"), mark="check", tone="good")
SILENT = Badge(text=gettext_lazy("No news for 72 hours"), mark="warning", tone="hold")
NEVER = Badge(text=gettext_lazy("Nothing told yet"), mark="clock", tone="wait")
REVOKED = Badge(text=gettext_lazy("Revoked"), mark="cross", tone="stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One device in the list."""

    device: Device
    badge: Badge
    counts: dict[str, int]
    zone: str


@page("devices")
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The devices, newest first; with a POST a new code, which is shown this once."""
    actor, language = actor_of(request), language_of(request)
    if check(actor, Action.SEE_DEVICES, Subject()) is not None:
        raise PermissionDenied
    may_enrol = can(actor, Action.ENROL, Subject())
    form = PostForm(actor, language, request.POST or None)
    code = None
    if request.method == "POST":
        if not may_enrol:
            raise PermissionDenied
        if form.is_valid():
            try:
                code = node_devices.new_code(_account(request), form.cleaned_data["place"], tuple(form.cleaned_data["gates"]))
            except InvalidEntryError as error:
                form.add_error(error.field if error.field in form.fields else None, error.text(core_language(language)))
            if isinstance(code, Denial):
                raise DeniedError(code.text(core_language(language)))
    shown, after = _rows(request)
    context = {
        "form": (form if form.errors else PostForm(actor, language)) if may_enrol else None,
        "code": code,
        "gate_address": request.build_absolute_uri("/gate/"),
        "page": page_of(request, shown, after),
        "doubles": [_double(one) for one in doubles(actor)],
        "open_doubles": open_doubles(actor),
        "may_settle": can(actor, Action.SETTLE_DOUBLE, Subject()),
        "may_revoke": can(actor, Action.REVOKE_DEVICE, Subject()),
        "now": office().clock.now(),
    }
    return render(request, "web/devices.html", context, status=422 if form.errors else 200)


@page("devices")
@require_POST
def revoke(request: HttpRequest, identifier: str) -> HttpResponse:
    """Revoke a device, with the reason."""
    language = core_language(language_of(request))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        found = node_devices.revoke(actor_of(request), identifier, reason)
    except InvalidEntryError as error:
        messages.error(request, error.text(language), extra_tags="stop")
        return redirect("web:devices")
    if isinstance(found, Denial):
        raise DeniedError(found.text(language))
    if found is None:
        raise Http404
    said = _("Revoked. The device wipes what it holds as soon as it reaches the node; its bundle ends within 72 hours.")
    messages.success(request, said, extra_tags="good")
    return redirect("web:devices")


@page("devices")
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Say what was found about somebody who was let through twice."""
    language = core_language(language_of(request))
    form = ReasonForm(request.POST)
    try:
        found = settle_double(actor_of(request), number, form.cleaned_data["reason"] if form.is_valid() else "")
    except InvalidEntryError as error:
        messages.error(request, error.text(language), extra_tags="stop")
        return redirect("web:devices")
    if isinstance(found, Denial):
        raise DeniedError(found.text(language))
    if not found:
        raise Http404
    messages.success(request, _("Recorded."), extra_tags="good")
    return redirect("web:devices")


def _account(request: HttpRequest) -> Any:
    return request.user


def _rows(request: HttpRequest) -> tuple[list[Row], str]:
    rows = node_devices.visible(actor_of(request))
    after = request.GET.get("after", "")[:26]
    if after:
        rows = rows.filter(id__lt=after)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    counts = entries_of(shown)
    return (
        [Row(device=one, badge=_badge(one), counts=counts.get(one.id, {}), zone=zone_of(one.place)) for one in shown],
        shown[-1].id if len(found) > PAGE else "",
    )


def _badge(device: Device) -> Badge:
    if device.revoked is not None:
        return REVOKED
    heard = max([one for one in (device.synced, device.bundle_at) if one is not None], default=None)
    if heard is None:
        return NEVER
    return SILENT if office().clock.now() - heard > node_devices.SILENT_AFTER else IN_USE


def _double(one: GateDouble) -> dict[str, object]:
    return {"double": one, "zone": zone_of(one.first.device.place)}
