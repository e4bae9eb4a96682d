"""The agreements that this node decides by: explained in the reader's language, with versions, changes and digest."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from fastchannel.agreement.agreement import Agreement, VersionError, Versions
from fastchannel.agreement.difference import diff
from fastchannel.agreement.explain import explain
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.node.desk import office
from fastchannel.terms.language import pick
from fastchannel.web.access import language_of
from fastchannel.web.details import core_language
from fastchannel.web.held import today


@login_required
@require_GET
def agreements(request: HttpRequest) -> HttpResponse:
    """All agreements, with the version that holds today."""
    language = core_language(language_of(request))
    current = [today(versions) for versions in office().texts.all().values()]
    listed = [
        {
            "title": pick(text.title, language),
            "parties": list(text.parties),
            "version": text.version,
            "in_force": text.in_force,
            "digest": text.digest,
            "url": reverse("web:agreement-version", args=[text.id, text.version]),
        }
        for text in current
    ]
    return render(request, "web/agreements.html", {"agreements": listed})


@login_required
@require_GET
def agreement(request: HttpRequest, identifier: str, version: int) -> HttpResponse:
    """One version, explained."""
    versions, shown = _held(identifier, version)
    language = core_language(language_of(request))
    earlier = [text for text in versions if text.version < version]
    context = {
        "agreement": shown,
        "agreement_title": pick(shown.title, language),
        "explained": explain(shown, language, audience="sponsor"),
        "before": earlier[-1].version if earlier else None,
        "changes": diff(earlier[-1], shown, language) if earlier else None,
        "versions": [
            {
                "version": text.version,
                "in_force": text.in_force,
                "current": text.version == version,
                "url": reverse("web:agreement-version", args=[identifier, text.version]),
            }
            for text in versions
        ],
        "text_url": reverse("web:agreement-text", args=[identifier, version]),
    }
    return render(request, "web/agreement.html", context)


@login_required
@require_GET
def text(request: HttpRequest, identifier: str, version: int) -> HttpResponse:
    """The text itself, as it was written."""
    _versions, shown = _held(identifier, version)
    return HttpResponse(shown.written, content_type="text/plain; charset=utf-8")


def _held(identifier: str, version: int) -> tuple[Versions, Agreement]:
    try:
        versions = office().texts.versions(identifier)
        return versions, versions[version]
    except (InvalidEntryError, VersionError) as error:
        raise Http404 from error
