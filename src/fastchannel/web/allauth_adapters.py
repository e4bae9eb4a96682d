"""What django-allauth is told of this house: no sign-up, our own mail, secrets sealed, ministries' identities bound."""

from __future__ import annotations

import base64
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fastchannel.node.mail import tell
from fastchannel.node.models import Account
from fastchannel.web import language
from fastchannel.web.navigation import first_page
from fastchannel.web.proof import lately

NOTICES = {
    "mfa/email/totp_activated": "totp-added",
    "mfa/email/totp_deactivated": "totp-removed",
    "mfa/email/webauthn_added": "passkey-added",
    "mfa/email/webauthn_removed": "passkey-removed",
    "mfa/email/recovery_codes_generated": "codes-made",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Signing in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by whoever runs the node."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say what they did in our own words."""

    def send_notification_mail(self, template_prefix: str, user: Account, *_args: Any, **_kwargs: Any) -> None:
        """A security notice."""
        if template_prefix in NOTICES:
            tell(user, NOTICES[template_prefix])

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:
        """Not where the holder has just shown who they are, be it by signing in."""
        return not lately(context.request)

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, Any]]:
        """Our own page, whatever the factor."""
        return [{"id": "prove", "description": "", "url": reverse("web:prove")}]

    def login(self, request: HttpRequest, user: Account) -> None:
        """All steps are taken."""
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse:
        """Afterwards the pages are in the account's language."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        language.of_account(request, response, user)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where the role's day begins."""
        account: Any = request.user
        return first_page(account.actor)

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """An identity of a ministry that opens a closed account."""
        return refused(request)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Second factors."""

    error_messages = {  # noqa: RUF012 (as the base class has it)
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it was used before. Wait for the next one and try again."),
    }

    def encrypt(self, text: str) -> str:
        """A copy of the database alone makes no codes."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """What authenticator apps show."""
        return f"Fast Channel {settings.CONFIG.party}"

    def build_totp_svg(self, url: str) -> str:
        """The code to be scanned."""
        return segno.make(url, error="m").svg_inline(scale=5, border=2, dark="#000", light="#fff")

    def generate_authenticator_name(self, user: Account, type: Any) -> str:  # noqa: A002 (as the base class has it)
        """For who names a passkey nothing."""
        return str(_("Passkey"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whom passkeys are for."""
        return {"id": context.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}


class MinistryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Ministries' own sign-in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """An identity makes no account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Only what an administrator bound opens an account, and nobody binds an identity from inside."""
        if sociallogin.state.get("process") != "login" or not sociallogin.is_existing:
            raise ImmediateHttpResponse(refused(request))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_kwargs: Any) -> None:
        """The ministry's server said no, or nothing that can be read."""
        raise ImmediateHttpResponse(refused(request))


def refused(request: HttpRequest) -> HttpResponse:
    """The page of who comes from a ministry and has no account here; it tells closed and unknown apart to nobody."""
    said = {
        "title": _("No account is open to this identity"),
        "text": _("Your ministry's sign-in did not open an account here."),
        "hint": _("Ask whoever runs this node to bind your identity to your account, or sign in with your password."),
    }
    return render(request, "web/problem.html", said, status=403)


def _seal() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"fastchannel second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
