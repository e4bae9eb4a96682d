"""One's own account: second factors, recovery codes, password, and where it is signed in."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.flows import activate_totp, deactivate_totp
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.internal.flows import add_authenticator, remove_authenticator
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fastchannel.node import accounts, sign_ins
from fastchannel.node.mail import tell
from fastchannel.node.models import Account
from fastchannel.web import proof
from fastchannel.web.allauth_adapters import FactorAdapter
from fastchannel.web.devices import device_words
from fastchannel.web.held import home_zone
from fastchannel.web.navigation import first_page
from fastchannel.web.proof import lately_proved


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    new_password1 = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least 12 characters. Several words that only you join are best."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label=gettext_lazy("The same once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data)
        self.account = account

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("new_password1"), cleaned.get("new_password2")
        if first and second and first != second:
            self.add_error("new_password2", _("The two passwords are not the same."))
        elif first:
            try:
                validate_password(first, self.account)
            except ValidationError as error:
                self.add_error("new_password1", error)
        return cleaned

    def save(self) -> None:
        """The account has it from now on."""
        self.account.set_password(self.cleaned_data["new_password1"])
        self.account.save(update_fields=["password"])


@login_required
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """How the account is opened, and where it is open now."""
    account: Any = request.user
    held = list(Authenticator.objects.filter(user_id=account.pk).order_by("created_at"))
    by_kind = {one.type: one for one in held}
    passkeys = [one for one in held if one.type == Authenticator.Type.WEBAUTHN]
    codes = by_kind.get(Authenticator.Type.RECOVERY_CODES)
    here = request.session.session_key
    context = {
        "account": account,
        "zone": home_zone(account.party),
        "must": proof.required() and not accounts.has_factor(account),
        "totp": by_kind.get(Authenticator.Type.TOTP),
        "passkeys": [
            {"id": one.pk, "name": one.wrap().name, "made": one.created_at, "used": one.last_used_at} for one in passkeys
        ],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "removable": _removable(held),
        "ministries": _ministries(account.pk),
        "sign_ins": [
            {"row": one, "device": device_words(one.device), "here": one.session == here} for one in sign_ins.current(account)
        ],
        "home_url": first_page(account.actor),
    }
    return render(request, "web/security.html", context)


@lately_proved
@require_http_methods(["GET", "POST"])
def totp_add(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: scan, then type its first code."""
    account: Any = request.user
    if Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists():
        return redirect("web:security")
    form = ActivateTOTPForm(user=account, data=request.POST if request.method == "POST" else None)
    form.fields["code"].label = _("The six digits that the app shows")
    form.fields["code"].widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9 ]*"}
    if form.is_bound and form.is_valid():
        made, codes = activate_totp(request, form)
        proof.enrolled(request, account, made.type)
        messages.success(request, _("The authenticator app is set up."), extra_tags="good")
        return redirect("web:recovery-codes" if codes else "web:security")
    adapter = FactorAdapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(account, form.secret))
    # The picture is drawn by segno from our own text: nothing of it is a reader's.
    context = {"form": form, "picture": mark_safe(drawn), "secret": _in_fours(form.secret)}  # noqa: S308
    return render(request, "web/totp_add.html", context, status=422 if form.is_bound else 200)


@lately_proved
@require_POST
def totp_remove(request: HttpRequest) -> HttpResponse:
    """Remove the authenticator app, unless nothing else would be left."""
    account: Any = request.user
    found = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).first()
    if found is None:
        raise Http404
    if not _may_remove(request):
        return redirect("web:security")
    deactivate_totp(request, found)
    messages.success(request, _("The authenticator app no longer opens your account."), extra_tags="good")
    return redirect("web:security")


@lately_proved
@require_http_methods(["GET", "POST"])
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Set up a passkey: this device, a telephone or a key."""
    account: Any = request.user
    form = AddWebAuthnForm(user=account, data=request.POST if request.method == "POST" else None)
    form.fields["name"].label = _("What you call it")
    if form.is_bound and form.is_valid():
        made, codes = add_authenticator(
            request, name=form.cleaned_data["name"][:60], credential=form.cleaned_data["credential"]
        )
        proof.enrolled(request, account, made.type)
        messages.success(request, _("The passkey is set up."), extra_tags="good")
        return redirect("web:recovery-codes" if codes else "web:security")
    context = {"form": form, "options": json.dumps(begin_registration(account, passwordless=False))}
    return render(request, "web/passkey_add.html", context, status=422 if form.is_bound else 200)


@lately_proved
@require_POST
def passkey_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a passkey, unless nothing else would be left."""
    account: Any = request.user
    found = Authenticator.objects.filter(user_id=account.pk, pk=number, type=Authenticator.Type.WEBAUTHN).first()
    if found is None:
        raise Http404
    if not _may_remove(request):
        return redirect("web:security")
    remove_authenticator(request, found)
    messages.success(request, _("The passkey no longer opens your account."), extra_tags="good")
    return redirect("web:security")


@lately_proved
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes, once; asked for anew, the earlier ones are worthless."""
    account: Any = request.user
    if not accounts.has_factor(account):
        return redirect("web:security")
    if request.method == "POST":
        generate_recovery_codes(request)
        return redirect("web:recovery-codes")
    found, shown = view_recovery_codes(request)
    if found is None or not shown:
        return redirect("web:security")
    context = {"codes": [_in_fours(one) for one in found.get_unused_codes()], "home_url": first_page(account.actor)}
    return render(request, "web/recovery_codes.html", context)


@lately_proved
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; everywhere else the account is signed out."""
    account: Any = request.user
    form = NewPasswordForm(account, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        before = request.session.session_key or ""
        form.save()
        sign_ins.end(account, but=before)
        update_session_auth_hash(request, account)
        sign_ins.renamed(before, request.session.session_key or "")
        tell(account, "password-changed")
        messages.success(request, _("The password is changed. Everywhere else you are signed out."), extra_tags="good")
        return redirect("web:security")
    return render(request, "web/password.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def sign_in_end(request: HttpRequest) -> HttpResponse:
    """Sign out one other place, or every other place. This one ends by signing out."""
    account: Any = request.user
    only = request.POST.get("only", "")[:26]
    count = sign_ins.end(account, only=[only] if only else [], but=request.session.session_key or "")
    if count:
        messages.success(request, _("Signed out there."), extra_tags="good")
    return redirect("web:security")


def _removable(held: list[Any]) -> bool:
    return not proof.required() or sum(one.type in proof.SECOND for one in held) > 1


def _may_remove(request: HttpRequest) -> bool:
    account: Any = request.user
    may = _removable(list(Authenticator.objects.filter(user_id=account.pk)))
    if not may:
        messages.error(request, _("This is your only second step: set up another one first."), extra_tags="stop")
    return may


def _ministries(account: str) -> list[str]:
    known = settings.CONFIG.accounts.oidc
    bound = SocialAccount.objects.filter(user_id=account).values_list("provider", flat=True)
    return [known[one].title if one in known else one for one in bound]


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
