"""The checkpoint with a link: a code, a photograph of one or a passport's zone becomes a whole screen of one colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from fastchannel.casework.actor import Actor
from fastchannel.casework.gate import (
    CertificateScan,
    DocumentScan,
    GateVerdict,
    PassScan,
    PickScan,
    Scan,
    evaluate,
    read_text,
)
from fastchannel.casework.gate_reasons import COLOURS, Colour
from fastchannel.casework.ports import Purpose
from fastchannel.certificates.passes.issuing import PREFIX
from fastchannel.certificates.refusal import Code, Refusal, RefusedError
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.gate import Post, bundle_here
from fastchannel.node.passes import pass_store
from fastchannel.node.pictures import texts_of_file
from fastchannel.node.reach import visible
from fastchannel.terms.language import translate
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.forms.devices import places_of
from fastchannel.web.forms.scan import ScanForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_JOURNEYS = 20  # of one passport within the window
MARKS = {Colour.GREEN: "check", Colour.AMBER: "warning", Colour.RED: "cross"}
SHOWN: dict[type, StrOrPromise] = {
    PassScan: _("Pass"),
    CertificateScan: _("Health certificate"),
    DocumentScan: _("Passport"),
    PickScan: _("Picked from the list"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One answer as it fills the screen."""

    colour: str
    mark: str
    word: str
    reason: str
    code: str
    name: str
    journey: str
    shown: StrOrPromise


@page("checkpoint")
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Judge one scan; a GET picks a traveller from the list, or begins anew."""
    from fastchannel.web.views.work import checkpoint_page

    actor, language = actor_of(request), language_of(request)
    if request.method == "GET":
        post = _post(request, actor)
        ref = request.GET.get("pick", "")[:64]
        screen = _screen(actor, post, PickScan(ref=ref), [ref], core_language(language)) if ref else None
        return checkpoint_page(request, form_of(request), screen)
    form = ScanForm(actor, language, request.POST, request.FILES)
    if not form.is_valid():
        return checkpoint_page(request, form, None, status=422)
    chosen = [form.cleaned_data["place"], form.cleaned_data["gate"]]
    if request.session.get("post") != chosen:
        request.session["post"] = chosen
    post = _post(request, actor)
    found = _read(form)
    screen = _screen(actor, post, found, _journeys(found), core_language(language))
    return checkpoint_page(request, form_of(request), screen)


def form_of(request: HttpRequest) -> ScanForm:
    """An empty form for the post where the officer last scanned."""
    post = _post(request, actor_of(request))
    return ScanForm(actor_of(request), language_of(request), initial={"place": post.place, "gate": post.gates[0]})


def _post(request: HttpRequest, actor: Actor) -> Post:
    """As chosen last; whatever the session says, a place of the officer's own."""
    place, gate = request.session.get("post", ["", ""])
    mine = places_of(actor)
    return Post(place=place if place in mine else mine[0], gates=(gate if gate in ("boarding", "entry") else "entry",))


def _read(form: ScanForm) -> Scan:
    text = form.cleaned_data["text"]
    if not text.strip():
        try:
            texts = texts_of_file(form.cleaned_data["photo"].read())
        except RefusedError as error:
            return error.refusal
        if not texts:
            return Refusal(code=Code.UNSUPPORTED, where="picture", detail="no-code")
        text = min(texts, key=lambda one: not one.startswith(PREFIX))  # of several codes on a sheet the pass is what counts
    first, zone = _parts(text)
    return read_text(first, office().clock.now(), pass_store, zone=zone)


def _parts(text: str) -> tuple[str, str]:
    """A pass and the passport that was scanned after it; anything else as it is."""
    first, _, rest = text.strip("\r\n").partition("\n")
    return (first, rest) if first.startswith(PREFIX) else (text, "")


def _journeys(found: Scan) -> list[str]:
    """Which journeys it may be about; whose they are is for `evaluate` to tell."""
    match found:
        case PassScan():
            return [found.found.journey]
        case DocumentScan():
            held = models.Person.objects.filter(passport=found.number).order_by("-journey_id")
            return list(held.values_list("journey_id", flat=True)[:MOST_JOURNEYS])
        case PickScan():
            return [found.ref]
    return []


def _screen(actor: Actor, post: Post, found: Scan, journeys: list[str], language: str) -> Screen:
    """The answer, for journeys that the actor may see."""
    now = office().clock.now()
    mine = models.Journey.objects.filter(visible(actor), id__in=journeys).values_list("id", flat=True)
    bundle = bundle_here(post, list(mine), now)
    said = evaluate(bundle, found, now)
    if said.ref:
        office().note(actor, Purpose.READ, "scan", [said.ref])
    return _shown(said, found, language)


def _shown(said: GateVerdict, found: Scan, language: str) -> Screen:
    return Screen(
        colour=said.verdict.value,
        mark=MARKS[said.verdict],
        word=translate(COLOURS[said.verdict], language),
        reason=said.words(language),
        code=said.reason.value,
        name=said.name,
        journey=said.ref,
        shown=SHOWN.get(type(found), ""),
    )
