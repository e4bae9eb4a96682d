"""Signing in and out, the language, and the way to the first page."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from fastchannel.web import language
from fastchannel.web.access import actor_of
from fastchannel.web.navigation import first_page
from fastchannel.web.proof import required


class SignInForm(AuthenticationForm):
    """Name and password, with messages in our own words."""

    error_messages = {  # noqa: RUF012 (as the base class has it)
        "invalid_login": _("The user name or the password is not right. Both tell capital from small letters."),
        "inactive": _("The user name or the password is not right. Both tell capital from small letters."),
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the ministries' own sign-in, and with a warning where this is a drill."""
        ministries = [
            {"title": one.title, "url": reverse("openid_connect_login", args=[name])}
            for name, one in settings.CONFIG.accounts.oidc.items()
        ]
        return {**super().get_context_data(**kwargs), "ministries": ministries, "drill": not required()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right; the second step follows where there is one."""
        account: Any = form.get_user()
        login = Login(user=account, redirect_url=self.get_redirect_url() or None)
        answer: HttpResponse = perform_password_login(self.request, {"username": account.username}, login)
        return answer


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
        language.keep(response, code)
    return response
