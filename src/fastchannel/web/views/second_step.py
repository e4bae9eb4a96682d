"""The second step at sign-in, and showing once more who one is before something sensitive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fastchannel.node.models import Account
from fastchannel.web import proof
from fastchannel.web.views.account import locked_out


class PasswordForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


@dataclass(kw_only=True)
class Step:
    """What somebody can show, as forms; ``passed`` is the one that they did show."""

    code: Any = None
    passkey: Any = None
    password: Any = None
    passed: Any = None
    options: str = ""

    def context(self) -> dict[str, Any]:
        """For the template."""
        return {"code": self.code, "passkey": self.passkey, "password": self.password, "options": self.options}


@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code or a passkey, after the password."""
    stage: Any = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 (as allauth hands it over)
    account: Account = stage.login.user
    if not account.is_active:
        return redirect(stage.abort().url)
    if proof.locked(request, account.username):
        return locked_out(request)
    step = _step(request, account, AuthenticateForm, AuthenticateWebAuthnForm)
    if step.passed is not None:
        step.passed.save()
        done: HttpResponse = stage.exit()
        return done
    said = {
        "title": _("Second step"),
        "answer": _("The password is right. Now show that you hold what you set up besides."),
        "leave": True,
    }
    return render(request, "web/second_step.html", {**step.context(), **said})


@login_required
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Who one is, once more: with the second factor where there is one, else with the password."""
    account: Any = request.user
    target = request.POST.get("next") or request.GET.get("next") or reverse("web:security")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("web:security")
    if proof.locked(request, account.username):
        return locked_out(request)
    step = _step(request, account, ReauthenticateForm, ReauthenticateWebAuthnForm)
    if step.passed is not None:
        if isinstance(step.passed, PasswordForm):
            record_authentication(request, account, "password", reauthenticated=True)
        else:
            step.passed.save()
        return redirect(target)
    said = {
        "title": _("Show once more who you are"),
        "answer": _("What you are about to do changes how this account is opened."),
        "next": target,
    }
    return render(request, "web/second_step.html", {**step.context(), **said})


def _step(request: HttpRequest, account: Account, code_form: Any, passkey_form: Any) -> Step:
    kinds = set(Authenticator.objects.filter(user_id=account.pk).values_list("type", flat=True))
    sent: Any = request.POST if request.method == "POST" else None
    step = Step()
    if kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
        step.code = _labelled(code_form(user=account, data=sent if sent and "code" in sent else None))
    if Authenticator.Type.WEBAUTHN in kinds:
        step.passkey = passkey_form(user=account, data=sent if sent and "credential" in sent else None)
    if not kinds & set(proof.SECOND) and account.has_usable_password():
        step.password = PasswordForm(sent if sent and "password" in sent else None)
    if sent is not None:
        step.passed = _passed(request, account, step)
    if step.passed is None and step.passkey is not None:
        step.options = json.dumps(begin_authentication(account))
    return step


def _passed(request: HttpRequest, account: Account, step: Step) -> Any:
    for form in (step.code, step.passkey, step.password):
        if form is None or not form.is_bound:
            continue
        right = form.is_valid()
        if right and form is step.password and not account.check_password(form.cleaned_data["password"]):
            form.add_error("password", _("The password is not right."))
            right = False
        if right:
            return form
        proof.failed(request, account.username)
    return None


def _labelled(form: Any) -> Any:
    form.fields["code"].label = _("Code of the authenticator app, or a recovery code")
    form.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    return form
