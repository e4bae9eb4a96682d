"""The laboratory's desk: a sample by its barcode, results that wait for somebody, a file of messages, and labels to print."""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.casework.errors import InvalidEntryError, KeyConflictError
from fastchannel.casework.laboratory.reports import MOST_BYTES, ReportError
from fastchannel.casework.permissions import Denial
from fastchannel.node import labreports
from fastchannel.node.sample_numbers import MOST_LABELS, fresh_numbers
from fastchannel.web import words
from fastchannel.web.access import actor_of, language_of, page
from fastchannel.web.details import core_language
from fastchannel.web.lists import number_of

LABELS = 24


class MessageForm(forms.Form):
    """A file with one message."""

    file = forms.FileField(label=gettext_lazy("HL7 or FHIR message"))

    def clean_file(self) -> Any:
        """Within the bound of a message."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        return file


@page("tray")
@require_http_methods(["GET", "POST"])
def tray(request: HttpRequest) -> HttpResponse:
    """Results that no sample could be found for; a message can be put in by hand here."""
    actor, language = actor_of(request), core_language(language_of(request))
    form = MessageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = labreports.receive(actor, form.cleaned_data["file"].read(), language=language)
        except (ReportError, KeyConflictError) as error:
            form.add_error("file", str(error))
        else:
            if isinstance(answer, Denial):
                form.add_error(None, answer.text(language))
            else:
                one = answer.message
                said = _("%(total)d results = %(recorded)d recorded + %(waiting)d waiting + %(aside)d set aside.") % {
                    "total": one.total, "recorded": one.recorded, "waiting": one.unmatched, "aside": one.aside,
                }  # fmt: skip
                messages.success(request, said, extra_tags="good" if not one.unmatched else "hold")
                return redirect("web:tray")
    waiting, after = labreports.tray(actor, language=language, after=number_of(request.GET.get("after")))
    count = labreports.waiting_count(actor)
    context = {
        "answer": _("Results that wait for somebody: %(n)d.") % {"n": count} if count else _("No result waits for anybody."),
        "waiting": [
            {
                "one": one,
                "assay": words.word(words.ASSAYS, one.report.assay) if one.report.assay else one.report.code,
                "finding": words.word(words.FINDINGS, one.report.finding) if one.report.finding else one.report.value,
                "journeys": labreports.sample_place(one.report.sample) if one.report.sample else [],
            }
            for one in waiting
        ],
        "next_url": f"?after={after}" if after else "",
        "form": form,
        "sends": bool(actor.organisation),
    }
    return render(request, "web/tray.html", context, status=422 if form.errors else 200)


@page("tray")
@require_POST
def settle(request: HttpRequest, report: int) -> HttpResponse:
    """Say where a result belongs, or that it is none of ours."""
    actor, language = actor_of(request), core_language(language_of(request))
    reason, journey = request.POST.get("reason", ""), request.POST.get("journey", "").strip()[:64]
    try:
        if request.POST.get("what") == "dismiss":
            labreports.dismiss(actor, report, reason=reason)
            said = _("Set aside. It is no part of any record.")
        else:
            denial = labreports.attach(actor, report, journey, reason=reason)
            if denial is not None:
                messages.error(request, denial.text(language), extra_tags="stop")
                return redirect("web:tray")
            said = _("Recorded with the sample. The journey is decided anew.")
    except InvalidEntryError as error:
        messages.error(request, error.text(language), extra_tags="stop")
    else:
        messages.success(request, said, extra_tags="good")
    return redirect("web:tray")


@page("laboratory")
@require_GET
def sample(request: HttpRequest) -> HttpResponse:
    """To the step of the sample whose barcode was read."""
    number = request.GET.get("sample", "").strip()[:64]
    found = labreports.sample_place(number) if number else []
    if len(found) != 1:
        several = _("Samples of several journeys have the number %(n)s.")
        said = several if found else _("No sample with the number %(n)s was taken here.")
        messages.error(request, said % {"n": number}, extra_tags="stop")
        return redirect("web:laboratory")
    return redirect(f"{reverse('web:task', args=[found[0]])}?sample={number}#act-result")


@page("laboratory")
@require_GET
def labels(request: HttpRequest) -> HttpResponse:
    """A sheet of labels with numbers that nobody has used, each as a code to be scanned and to be read."""
    count = min(number_of(request.GET.get("count")) or LABELS, MOST_LABELS)
    if count < 1:
        raise Http404
    numbers = fresh_numbers(count)
    context = {
        "labels": [
            {"number": number, "code": segno.make(number, error="m", micro=False).svg_data_uri(scale=3, border=2)}
            for number in numbers
        ]
    }
    return render(request, "web/labels.html", context)
