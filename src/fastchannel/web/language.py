"""The language in which pages answer, kept in a cookie from the first choice on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import check_for_language

from fastchannel.node.models import Account


def keep(response: HttpResponse, code: str) -> None:
    """Answer in this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def of_account(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """From now on in the account's language, unless one was chosen at this browser."""
    code = {"zh-Hans": "zh-hans"}.get(account.language, account.language)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and check_for_language(code):
        keep(response, code)
