"""What holds for every request of somebody who is signed in: the session's time, and the second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fastchannel.node import sign_ins
from fastchannel.node.accounts import has_factor
from fastchannel.web import proof

BEGAN, SEEN = "fastchannel.began", "fastchannel.seen"
TOUCH_SECONDS = 60  # no request but one a minute writes that somebody is there
# What is open without the second factor: setting one up, showing who one is, leaving.
OPEN = frozenset(
    {
        "security",
        "totp-add",
        "recovery-codes",
        "passkey-add",
        "prove",
        "sign-out",
        "language",
        "health",
        "sign-in",
        "invitation",
    }
)


class SignedInMiddleware:
    """Ends sessions that are too old, and keeps those without a second factor to the pages that set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if _over(request):
            logout(request)
            messages.info(request, _("You were signed out because time had passed. Sign in again."))
            return _away(request, settings.LOGIN_URL)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Redirect who may not go on yet."""
        if not request.user.is_authenticated or not proof.required() or proof.has_second(request):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in OPEN:
            return None
        account: Any = request.user
        if has_factor(account):  # this session never showed it
            logout(request)
            return _away(request, settings.LOGIN_URL)
        return _away(request, reverse("web:security"))


def _over(request: HttpRequest) -> bool:
    now, limits = time.time(), settings.CONFIG.accounts
    began = request.session.setdefault(BEGAN, now)
    seen = request.session.get(SEEN, now)
    if now - seen > timedelta(hours=limits.idle_hours).total_seconds():
        return True
    if now - began > timedelta(hours=limits.longest_hours).total_seconds():
        return True
    if now - seen >= TOUCH_SECONDS or SEEN not in request.session:
        request.session[SEEN] = now
        sign_ins.seen(request.session.session_key or "", datetime.fromtimestamp(now, UTC), client_address(request))
    return False


def _away(request: HttpRequest, address: str) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        from fastchannel.web.api.problems import problem

        return problem(403, "second-step", _("This session must first show its second step, in a browser."))
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def client_address(request: HttpRequest) -> str | None:
    """Where the request came from. Behind our https proxy that is what the proxy added last: the rest is the client's word."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.CONFIG.https else ""
    for told in (forwarded.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(told))
        except ValueError:
            continue
    return None


def remember(sender: object, request: HttpRequest, user: Any, **_kwargs: object) -> None:
    """Somebody signed in."""
    if request.session.session_key is None:
        request.session.create()
    now = time.time()
    request.session[BEGAN] = request.session[SEEN] = now
    agent = request.META.get("HTTP_USER_AGENT", "")
    sign_ins.began(user, request.session.session_key or "", client_address(request), agent)


def forget(sender: object, request: HttpRequest, **_kwargs: object) -> None:
    """Somebody signed out."""
    sign_ins.ended(request.session.session_key or "")
