"""Signing in and out, the language, and the way to the first page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from fastchannel.web.access import actor_of
from fastchannel.web.navigation import first_page


class SignInForm(AuthenticationForm):
    """Name and password, with messages in our own words."""

    error_messages = {  # noqa: RUF012 (as the base class has it)
        "invalid_login": _("The user name or the password is not right. Both tell capital from small letters."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")


class SignIn(LoginView):
    """The page to sign in; afterwards the role's own day."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Where the role's day begins."""
        return first_page(actor_of(self.request))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Signed in: from now on the pages are in the account's language, unless one was chosen here."""
        response = super().form_valid(form)
        language = getattr(form.get_user(), "language", "")
        code = {"zh-Hans": "zh-hans"}.get(language, language)
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES and check_for_language(code):
            _set_language(response, code)
        return response


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """The answer after too many attempts."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    context = {
        "title": _("Too many attempts"),
        "text": _("Signing in with this name is locked from your address."),
        "hint": _("Try again in %(minutes)d minutes, or ask whoever runs this node.") % {"minutes": minutes},
        "tone": "stop",
    }
    return render(request, "web/problem.html", context, status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect(settings.LOGIN_URL)


@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """To the role's own day, or to the page to sign in."""
    return redirect(first_page(actor_of(request)) if request.user.is_authenticated else settings.LOGIN_URL)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language and go back to where they were."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        _set_language(response, code)
    return response


def _set_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
