"""Checking certificates: of anybody, with nothing kept; and of a journey's traveller, to be recorded as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from uuid import uuid4

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fastchannel.casework.binding import compare, confirm_passport
from fastchannel.casework.certificates import MOST, Presented, pathogen_of, present, unused
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.passes import holder_of
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.certificates import words
from fastchannel.certificates.binding.match import Match
from fastchannel.certificates.binding.words import say, say_reason
from fastchannel.certificates.claims import claimed
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.passes.checking import Mismatch
from fastchannel.certificates.passes.checking import check as check_pass
from fastchannel.certificates.passes.issuing import PREFIX
from fastchannel.certificates.passes.printing import NOT_FOR_THIS
from fastchannel.certificates.passes.printing import words as pass_words
from fastchannel.certificates.refusal import Refusal, RefusedError
from fastchannel.certificates.verify import verify
from fastchannel.node.desk import office
from fastchannel.node.passes import pass_store
from fastchannel.node.pictures import texts_of_file
from fastchannel.node.trust import trust_store
from fastchannel.terms.language import N_, translate
from fastchannel.web.access import DeniedError, language_of, page, record_or_refusal
from fastchannel.web.details import core_language
from fastchannel.web.foreseen import foreseen
from fastchannel.web.forms.apply import pack
from fastchannel.web.forms.certificate import CertificateForm, RecordForm
from fastchannel.web.record import Record
from fastchannel.web.words import Badge

WHOSE_PASS = N_("The pass is genuine and in time. Add the passport's zone: it says whether the pass is its holder's.")
VERIFIED = Badge(text=gettext_lazy("Verified"), mark="check", tone="good")
CANNOT_TELL = Badge(text=gettext_lazy("Cannot tell"), mark="warning", tone="wait")
REFUSED = Badge(text=gettext_lazy("Refused"), mark="cross", tone="stop")


SAME_PERSON = Badge(text=gettext_lazy("Same person"), mark="check", tone="good")
COMPARE = Badge(text=gettext_lazy("Compare"), mark="warning", tone="wait")


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
    whose: Whose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """How the certificate's person and the passport's holder agree, in words: the verdict, then each reason."""

    match: Match
    badge: Badge
    said: str
    reasons: list[str]


@page("certificates")
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Check certificates; nothing of them is kept."""
    form = CertificateForm(request.POST or None, request.FILES or None)
    answers = _answers(form, core_language(language_of(request))) if request.method == "POST" and form.is_valid() else []
    context = {"form": form if form.errors else CertificateForm(), "answers": answers, "trust": trust_store()}
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
    answers = []
    if request.method == "POST" and form.is_valid():
        try:
            _confirm(form.cleaned_data["zone"], journey)
        except InvalidEntryError as error:
            form.add_error("zone", error.text(language))
        else:
            answers = _answers(form, language)
    return _show(request, record, form, answers, status=422 if form.errors else 200)


def _confirm(passport: Mrz | None, journey: str) -> None:
    """Raises InvalidEntryError where a zone was read that is not of the traveller's passport."""
    if passport is not None:
        confirm_passport(passport, office().people.find(journey))


def _show(
    request: HttpRequest, record: Record, form: CertificateForm, answers: list[Answer], *, error: str = "", status: int = 200
) -> HttpResponse:
    good = [one for one in answers if one.evidence is not None][:MOST]
    context = {
        **record.context(),
        "form": form if form.errors else CertificateForm(),
        "answers": answers,
        "content": pack(msgspec.json.encode([one.text for one in good])) if good else "",
        "compared": [_compared(one.evidence, one.whose) for one in good if one.evidence is not None],
        "zone": form.data.get("zone", "") if good else "",
        "key": uuid4().hex,
        "error": error,
        "trust": trust_store(),
        "foreseen": foreseen(record, [(one.text, one.evidence) for one in good if one.evidence is not None]),
    }
    return render(request, "web/certificates_journey.html", context, status=status)


def _compared(evidence: Evidence, whose: Whose | None) -> dict[str, object]:
    """What the officer compares, or is told to be settled."""
    settled = whose is not None and not whose.match.held
    return {"name": words.name_words(evidence), "birth": evidence.person.birth or "–", "whose": whose, "settled": settled}


def _record(request: HttpRequest, record: Record) -> HttpResponse:
    language = core_language(record.language)
    form = RecordForm(request.POST)
    texts = _texts(form)
    if not texts:
        said = _("The certificates did not arrive whole. Check them again.")
        return _show(request, record, CertificateForm(), [], error=said, status=422)
    passport = form.cleaned_data["zone"]
    answers = [_answer("", text, language, passport) for text in texts]
    found = [
        Presented(
            evidence=one.evidence,
            text=one.text,
            compared=f"bound-{number}" in request.POST,
            match=one.whose.match if one.whose is not None else None,
        )
        for number, one in enumerate(answers)
        if one.evidence is not None
    ]
    if len(found) < len(answers):  # what was valid a minute ago may have expired or been revoked since
        return _show(request, record, CertificateForm(), answers, status=409)
    try:
        _confirm(passport, record.journey)
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


def _answers(form: CertificateForm, language: str) -> list[Answer]:
    found = []
    for name, raw in form.given():
        try:
            found += [_answer(name, text, language, form.cleaned_data["zone"]) for text in texts_of_file(raw)]
        except RefusedError as error:
            found.append(_refused(name, "", error.refusal, language))
    return found


def _answer(name: str, text: str, language: str, passport: Mrz | None) -> Answer:
    if text.startswith(PREFIX):
        return _pass_answer(name, text, language, passport)
    result = verify(text, trust_store(), office().clock.now())
    if isinstance(result, Refusal):
        return _refused(name, text, result, language)
    return Answer(
        name=name,
        badge=VERIFIED,
        rows=words.rows(result, language),
        text=text,
        evidence=result,
        whose=_whose(compare(result, passport), language),
    )


def _pass_answer(name: str, text: str, language: str, passport: Mrz | None) -> Answer:
    """A pass of this node or of another party's. It is no evidence for a journey: it says what one has shown already."""
    found = check_pass(text, pass_store(), office().clock.now(), holder=holder_of(passport) if passport is not None else None)
    if isinstance(found, Refusal):
        return _refused(name, text, found, language)
    if isinstance(found, Mismatch):
        return Answer(name=name, badge=REFUSED, rows=[], said=translate(NOT_FOR_THIS[found.detail], language), code=found.code)
    rows = pass_words(found, language, UTC)
    if passport is None:
        return Answer(name=name, badge=COMPARE, rows=rows, said=translate(WHOSE_PASS, language))
    return Answer(name=name, badge=VERIFIED, rows=rows)


def _whose(match: Match | None, language: str) -> Whose | None:
    if match is None:
        return None
    return Whose(
        match=match,
        badge=COMPARE if match.held else SAME_PERSON,
        said=say(match, language),
        reasons=[say_reason(one, language) for one in match.reasons],
    )


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
