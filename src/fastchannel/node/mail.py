"""Mail to staff about their own accounts: invitations and security notices. Never anything about a traveller."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from fastchannel.node.models import Account

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

log = logging.getLogger(__name__)
_CODES = {"zh-Hans": "zh-hans"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A subject and a text with places for values."""

    subject: StrOrPromise
    text: StrOrPromise


_NOT_YOU = _("If this was not you, tell whoever runs this node at once.")
LETTERS: dict[str, Letter] = {
    "invitation": Letter(
        subject=_("Your account at Fast Channel"),
        text=_(
            "An account was made for you: %(username)s. Open this link to choose a password and set up the second step. "
            "It works once, until %(until)s (UTC).\n\n%(address)s"
        ),
    ),
    "totp-added": Letter(
        subject=_("An authenticator app was added to your account"),
        text=_("From now on your account %(username)s can be opened with codes of an authenticator app."),
    ),
    "totp-removed": Letter(
        subject=_("The authenticator app was removed from your account"),
        text=_("Codes of the authenticator app no longer open your account %(username)s."),
    ),
    "passkey-added": Letter(
        subject=_("A passkey was added to your account"),
        text=_("From now on your account %(username)s can be opened with a further passkey."),
    ),
    "passkey-removed": Letter(
        subject=_("A passkey was removed from your account"),
        text=_("A passkey no longer opens your account %(username)s."),
    ),
    "codes-made": Letter(
        subject=_("New recovery codes were made for your account"),
        text=_("The earlier recovery codes of your account %(username)s are worthless."),
    ),
    "password-changed": Letter(
        subject=_("The password of your account was changed"),
        text=_("The password of your account %(username)s was changed, and it was signed out everywhere else."),
    ),
    "reset": Letter(
        subject=_("Your account must be set up again"),
        text=_("The second step of your account %(username)s was removed by whoever runs this node."),
    ),
}


def tell(account: Account, kind: str, **values: str) -> bool:
    """Send a letter in the account's language; whether it went. An account without an address gets none."""
    if not account.email:
        return False
    letter = LETTERS[kind]
    with translation.override(_CODES.get(account.language, account.language)):
        text = str(letter.text) % {"username": account.username, **values}
        if kind != "invitation":
            text = f"{text}\n\n{_NOT_YOU}"
        subject = str(letter.subject)
    try:
        return send_mail(subject, text + "\n", None, [account.email]) > 0
    except OSError as error:  # smtplib's errors too: what was done stands, whether or not a letter can leave
        log.warning("mail not sent", extra={"kind": kind, "account": account.id, "error": str(error)})
        return False
