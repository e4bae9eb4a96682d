"""Checking certificates: of anybody, with nothing kept; and of a journey's traveller, to be recorded as evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fastchannel.casework.certificates import MOST, Presented, pathogen_of, present, unused
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.certificates import words
from fastchannel.certificates.claims import claimed
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.refusal import Refusal, RefusedError
from fastchannel.certificates.verify import verify
from fastchannel.node.desk import office
from fastchannel.node.pictures import texts_of_file
from fastchannel.node.trust import trust_store
from fastchannel.web.access import DeniedError, language_of, page, record_or_refusal
from fastchannel.web.details import core_language
from fastchannel.web.forms.apply import pack
from fastchannel.web.forms.certificate import CertificateForm, RecordForm
from fastchannel.web.record import Record
from fastchannel.web.words import Badge

VERIFIED = Badge(text=gettext_lazy("Verified"), mark="check", tone="good")
CANNOT_TELL = Badge(text=gettext_lazy("Cannot tell"), mark="warning", tone="wait")
REFUSED = Badge(text=gettext_lazy("Refused"), mark="cross", tone="stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One certificate as the page shows it. Rows are labels with their texts; ``unverified`` those that nobody vouches for."""

    name: str
    badge: Badge
    rows: list[tuple[str, str]]
    said: str = ""
    refusal: Refusal | None = None
    code: str = ""
    unverified: list[tuple[str, str]] | None = None
    text: str = ""
    evidence: Evidence | None = None


@page("certificates")
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Check certificates; nothing of them is kept."""
    form = CertificateForm(request.POST or None, request.FILES or None)
    answers = (
        _answers(form.given(), core_language(language_of(request))) if request.method == "POST" and form.is_valid() else []
    )
    context = {"form": form if form.errors else CertificateForm(), "answers": answers, "lists": trust_store().lists}
    return render(request, "web/certificates.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def journey_certificates(request: HttpRequest, journey: str) -> HttpResponse:
    """Present certificates of a journey's traveller: check, compare the person, record."""
    record = record_or_refusal(request, journey, why=Action.PRESENT.value)
    language = core_language(record.language)
    denial = check(record.actor, Action.PRESENT, record.file.subject)
    if denial:
        raise DeniedError(denial.text(language))
    if "content" in request.POST:
        return _record(request, record)
    form = CertificateForm(request.POST or None, request.FILES or None)
    answers = _answers(form.given(), language) if request.method == "POST" and form.is_valid() else []
    return _show(request, record, form, answers, status=422 if form.errors else 200)


def _show(
    request: HttpRequest, record: Record, form: CertificateForm, answers: list[Answer], *, error: str = "", status: int = 200
) -> HttpResponse:
    good = [(one.text, one.evidence) for one in answers if one.evidence is not None][:MOST]
    context = {
        **record.context(),
        "form": form if form.errors else CertificateForm(),
        "answers": answers,
        "content": pack(msgspec.json.encode([text for text, _evidence in good])) if good else "",
        "compared": [{"name": words.name_words(one), "birth": one.person.birth or "–"} for _text, one in good],
        "key": uuid4().hex,
        "error": error,
        "lists": trust_store().lists,
    }
    return render(request, "web/certificates_journey.html", context, status=status)


def _record(request: HttpRequest, record: Record) -> HttpResponse:
    language = core_language(record.language)
    form = RecordForm(request.POST)
    texts = _texts(form)
    if not texts:
        said = _("The certificates did not arrive whole. Check them again.")
        return _show(request, record, CertificateForm(), [], error=said, status=422)
    answers = [_answer("", text, language) for text in texts]
    found = [
        Presented(evidence=one.evidence, text=one.text, bound=True if f"bound-{number}" in request.POST else None)
        for number, one in enumerate(answers)
        if one.evidence is not None
    ]
    if len(found) < len(answers):  # what was valid a minute ago may have expired or been revoked since
        return _show(request, record, CertificateForm(), answers, status=409)
    try:
        answer = present(office(), record.actor, record.journey, found, key=form.cleaned_data["key"])
    except InvalidEntryError as error:
        return _show(request, record, CertificateForm(), answers, error=error.text(language), status=422)
    except KeyConflictError:
        said = _("This form was sent before with other content. Load the page again.")
        return _show(request, record, CertificateForm(), answers, error=said, status=409)
    if isinstance(answer, Denial):
        messages.error(request, answer.text(language), extra_tags="stop")
        return redirect("web:journey", record.journey)
    messages.success(request, _("Recorded."), extra_tags="good")
    pathogen = pathogen_of(office(), record.events)
    for reason in dict.fromkeys(reason.text(language) for one in found for reason in unused(one, pathogen)):
        messages.warning(request, reason, extra_tags="wait")
    return redirect("web:journey", record.journey)


def _texts(form: RecordForm) -> list[str]:
    if not form.is_valid():
        return []
    try:
        return msgspec.json.decode(form.cleaned_data["content"], type=list[str])[:MOST]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


def _answers(given: Iterable[tuple[str, bytes]], language: str) -> list[Answer]:
    found = []
    for name, raw in given:
        try:
            found += [_answer(name, text, language) for text in texts_of_file(raw)]
        except RefusedError as error:
            found.append(_refused(name, "", error.refusal, language))
    return found


def _answer(name: str, text: str, language: str) -> Answer:
    result = verify(text, trust_store(), office().clock.now())
    if isinstance(result, Refusal):
        return _refused(name, text, result, language)
    return Answer(name=name, badge=VERIFIED, rows=words.rows(result, language), text=text, evidence=result)


def _refused(name: str, text: str, refusal: Refusal, language: str) -> Answer:
    claims = claimed(text, refusal) if text else None
    return Answer(
        name=name,
        badge=CANNOT_TELL if refusal.unanswered else REFUSED,
        rows=[],
        said=words.say(refusal, language),
        refusal=refusal,
        code=f"{refusal.code} ({refusal.detail})" if refusal.detail else refusal.code.value,
        unverified=words.rows(claims, language) if claims is not None else None,
    )
