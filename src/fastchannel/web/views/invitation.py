"""The first sign-in: a link that works once, a password of one's own, then the second step."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fastchannel.node import accounts
from fastchannel.web import proof
from fastchannel.web.views.security import NewPasswordForm


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password. Looking at the page uses nothing up: mail servers look too."""
    found = accounts.invitation(token)
    if found is None:
        return _worthless(request)
    form = NewPasswordForm(found.account, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "username": found.account.username, "token": token, "required": proof.required()}
        return render(request, "web/invitation.html", context, status=422 if form.is_bound else 200)
    if not accounts.accept(found, form.cleaned_data["new_password1"]):
        return _worthless(request)
    if request.user.is_authenticated:
        logout(request)
    account = found.account
    login = Login(user=account, redirect_url=reverse("web:security") if proof.required() else None)
    answer: HttpResponse = perform_password_login(request, {"username": account.username}, login)
    return answer


def _worthless(request: HttpRequest) -> HttpResponse:
    said = {
        "title": _("This invitation opens nothing"),
        "text": _("It was used, it has expired, or a newer one was made."),
        "hint": _("Ask whoever runs this node for a new one."),
    }
    return render(request, "web/problem.html", said, status=404)
