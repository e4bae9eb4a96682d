"""Signing in by way of a ministry's own server (OpenID Connect)."""

from __future__ import annotations

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import callback as oidc_callback
from allauth.socialaccount.providers.openid_connect.views import login as oidc_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET


@require_GET
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the ministry's server."""
    _known(provider_id)
    if request.GET.get("process", "login") != "login":
        raise Http404  # nobody binds an identity from inside
    try:
        answer: HttpResponse = oidc_login(request, provider_id)
    except (OSError, OAuth2Error, KeyError, ValueError):  # OSError: what requests raises where nothing answers
        said = {
            "title": _("The ministry's sign-in does not answer"),
            "text": _("Nothing is wrong with your account."),
            "hint": _("Try again in a few minutes, or sign in with your password."),
        }
        return render(request, "web/problem.html", said, status=502)
    return answer


@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the ministry's server, with its word on who this is."""
    _known(provider_id)
    answer: HttpResponse = oidc_callback(request, provider_id)
    return answer


def _known(provider_id: str) -> None:
    if provider_id not in settings.CONFIG.accounts.oidc:
        raise Http404
