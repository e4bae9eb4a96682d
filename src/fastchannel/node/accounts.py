"""Accounts of staff: making them, the link of the first sign-in, closing them, and setting them up anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from fastchannel.node import sign_ins
from fastchannel.node.errors import NodeError
from fastchannel.node.identifiers import new_token, token_digest
from fastchannel.node.mail import tell
from fastchannel.node.models import Account, Invitation
from fastchannel.terms.events import Role
from fastchannel.terms.places import is_code

STAFF = (
    Role.SPONSOR, Role.REVIEWER, Role.MISSION, Role.LABORATORY, Role.CARRIER, Role.CHECKPOINT, Role.SITE, Role.MONITOR,
    Role.SECRETARIAT,
)  # fmt: skip
ORGANISED = frozenset({Role.SPONSOR, Role.LABORATORY, Role.CARRIER})
LANGUAGES = ("en", "zh-Hans", "ko")
_SALT = "fastchannel.invitation"
_LONGEST_NAME = 150


def create(
    username: str,
    *,
    role: Role,
    name: str = "",
    agency: str = "",
    jurisdiction: Collection[str] = (),
    organisation: str = "",
    email: str = "",
    language: str = "en",
) -> Account:
    """An account of this node's party that nobody can sign in to before an invitation was used. Raises NodeError."""
    _check(username, role, jurisdiction, organisation, email, language)
    try:
        with transaction.atomic():
            return Account.objects.create(
                username=username, role=role.value, party=settings.CONFIG.party, name=name, agency=agency,
                jurisdiction=sorted(set(jurisdiction)), organisation=organisation, email=email, language=language,
            )  # fmt: skip
    except IntegrityError as error:
        raise NodeError(f"{username}: an account of that name is there already; expected a new name") from error


def find(username: str) -> Account:
    """The account. Raises NodeError."""
    found = Account.objects.filter(username=username).first()
    if found is None:
        raise NodeError(f"{username}: no such account. See them all: fastchannel accounts list")
    return found


def invite(account: Account) -> str:
    """A new link's token, for one use; earlier ones are worthless from now on. It is mailed where there is an address."""
    if not account.is_active:
        raise NodeError(f"{account.username}: the account is closed; expected an open one")
    now = timezone.now()
    secret = new_token()
    expires = now + timedelta(hours=settings.CONFIG.accounts.invitation_hours)
    with transaction.atomic():
        Invitation.objects.filter(account=account, used=None, revoked=None).update(revoked=now)
        Invitation.objects.create(account=account, digest=token_digest(secret), created=now, expires=expires)
    token = Signer(salt=_SALT).sign(secret)
    tell(account, "invitation", address=address_of(token), until=f"{expires:%Y-%m-%d %H:%M}")
    return token


def address_of(token: str) -> str:
    """Where an invitation is opened."""
    return f"{settings.CONFIG.public_address}/invitation/{token}/"


def invitation(token: str) -> Invitation | None:
    """The invitation that the token opens now. The signature spares the database a guess."""
    try:
        secret = Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    return (
        Invitation.objects.select_related("account")
        .filter(digest=token_digest(secret), used=None, revoked=None, expires__gt=timezone.now(), account__is_active=True)
        .first()
    )


def accept(found: Invitation, password: str) -> bool:
    """Set the password by an invitation, which is then used up; whether it still was there to be used."""
    with transaction.atomic():
        now = timezone.now()
        open_still = Invitation.objects.filter(id=found.id, used=None, revoked=None, expires__gt=now)
        if not open_still.update(used=now):
            return False
        found.account.set_password(password)
        found.account.save(update_fields=["password"])
        sign_ins.end(found.account)
    return True


def close(account: Account) -> int:
    """Close the account: nobody signs in to it, and who was signed in is out. How many sign-ins ended."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(is_active=False)
        Invitation.objects.filter(account=account, used=None, revoked=None).update(revoked=timezone.now())
        account.is_active = False
        return sign_ins.end(account)


def reset(account: Account) -> str:
    """For who lost the second factor: factors and password are gone, every sign-in ends, a new invitation's token begins.

    The password goes too: else whoever has it alone could set up a factor of their own.
    """
    with transaction.atomic():
        Authenticator.objects.filter(user_id=account.pk).delete()
        account.set_unusable_password()
        account.save(update_fields=["password"])
        sign_ins.end(account)
    tell(account, "reset")
    return invite(account)


def bind(account: Account, provider: str, subject: str) -> None:
    """Let an identity of a ministry's sign-in open the account. Raises NodeError."""
    known = settings.CONFIG.accounts.oidc
    if provider not in known:
        named = ", ".join(sorted(known)) or "none"
        raise NodeError(f"{provider}: no such table [accounts.oidc.{provider}] in node.toml; expected one of: {named}")
    if not subject.strip():
        raise NodeError("subject: found nothing; expected what the ministry's sign-in calls this person (its claim sub)")
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user_id=account.pk, provider=provider, uid=subject)
    except IntegrityError as error:
        raise NodeError(
            f"{provider} {subject}: this identity opens an account already; expected one that opens none"
        ) from error


def factors(accounts: Collection[str]) -> dict[str, list[str]]:
    """The second factors of these accounts."""
    found: dict[str, list[str]] = {}
    rows = Authenticator.objects.filter(user_id__in=list(accounts)).values_list("user_id", "type").order_by("id")
    for account, kind in rows:
        found.setdefault(account, []).append(kind)
    return found


def has_factor(account: Account) -> bool:
    """Whether a code or a passkey stands between the password and the account."""
    second = Q(type=Authenticator.Type.TOTP) | Q(type=Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(second, user_id=account.pk).exists())


def _check(username: str, role: Role, jurisdiction: Collection[str], organisation: str, email: str, language: str) -> None:
    if not username.isprintable() or username != username.strip() or not 0 < len(username) <= _LONGEST_NAME:
        raise NodeError(f"name: found {username!r}; expected 1 to {_LONGEST_NAME} printed characters")
    if role not in STAFF:
        raise NodeError(f"role: found {role}; expected one of {', '.join(STAFF)}")
    if role in ORGANISED and not organisation:
        raise NodeError(f"organisation: found none; a {role} acts for one: --organisation NAME")
    wrong = [one for one in jurisdiction if not is_code(one) or one.split("-")[0] != settings.CONFIG.party]
    if wrong:
        raise NodeError(f"jurisdiction: found {', '.join(wrong)}; expected regions of {settings.CONFIG.party} by ISO 3166-2")
    if language not in LANGUAGES:
        raise NodeError(f"language: found {language}; expected one of {', '.join(LANGUAGES)}")
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise NodeError(f"email: found {email}; expected an address, for example officer@ministry.example") from error
