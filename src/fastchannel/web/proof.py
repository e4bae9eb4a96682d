"""What a session has proved of who sits before it: password, second factor, and how long ago.

Attempts at the second step are counted by django-axes together with those at the first, by name and address.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from fastchannel.node.models import Account

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def required() -> bool:
    """Whether this node asks everybody for a second factor."""
    return bool(settings.CONFIG.accounts.second_factor == "required")


def has_second(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor: at sign-in, or when it set one up."""
    account: Any = request.user
    return any(one.get("method") == "mfa" for one in get_authentication_records(request, account))


def lately(request: HttpRequest) -> bool:
    """Whether somebody has shown who they are within the last minutes; with a second factor where the session has one."""
    account: Any = request.user
    if not account.is_authenticated:
        return False
    records = get_authentication_records(request, account)
    if any(one.get("method") == "mfa" for one in records):
        records = [one for one in records if one.get("method") == "mfa"]
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def enrolled(request: HttpRequest, account: Account, kind: str) -> None:
    """The session has set up a factor, and shown by it that it has it."""
    record_authentication(request, account, "mfa", type=kind)


def lately_proved(view: View[P]) -> View[P]:
    """A view for who has shown lately who they are; others do so first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(settings.LOGIN_URL)
        if not lately(request):
            query = urlencode({"next": request.path if request.method == "GET" else reverse("web:security")})
            return redirect(f"{reverse('web:prove')}?{query}")
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


def locked(request: HttpRequest, username: str) -> bool:
    """Whether there were too many attempts with this name from this address."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def failed(request: HttpRequest, username: str) -> None:
    """One more attempt that failed."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
