"""Where an account is signed in, and how that ends: by its holder, by closing the account, by time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from fastchannel.node.models import Account, SignIn

KEPT = timedelta(days=90)  # what is over stays for questions of its holder, then it goes


def began(account: Account, session: str, address: str | None, device: str) -> SignIn:
    """A sign-in begins; what has long been over is forgotten."""
    now = timezone.now()
    SignIn.objects.filter(account=account, seen__lt=now - KEPT).delete()
    SignIn.objects.filter(session=session).update(ended=now)
    made, _ = SignIn.objects.update_or_create(
        session=session,
        defaults={"account": account, "began": now, "seen": now, "ended": None, "address": address, "device": device[:300]},
    )
    return made


def seen(session: str, at: datetime, address: str | None) -> None:
    """It was seen at work."""
    SignIn.objects.filter(session=session, ended=None).update(seen=at, address=address)


def renamed(before: str, after: str) -> None:
    """The session has a new key, as after a change of the password."""
    SignIn.objects.filter(session=before).update(session=after)


def ended(session: str) -> None:
    """Its holder signed out."""
    SignIn.objects.filter(session=session, ended=None).update(ended=timezone.now())


def current(account: Account) -> QuerySet[SignIn]:
    """Where the account is signed in now, the last seen first."""
    now, limits = timezone.now(), settings.CONFIG.accounts
    return SignIn.objects.filter(
        account=account,
        ended=None,
        session__in=Session.objects.filter(expire_date__gt=now).values("session_key"),
        seen__gt=now - timedelta(hours=limits.idle_hours),
        began__gt=now - timedelta(hours=limits.longest_hours),
    ).order_by("-seen")


def end(account: Account, *, only: Collection[str] = (), but: str = "") -> int:
    """Sign the account out: everywhere, of these sign-ins only, or everywhere but in one session. How many there were."""
    rows = SignIn.objects.filter(account=account, ended=None).exclude(session=but)
    if only:
        rows = rows.filter(id__in=list(only))
    keys = list(rows.values_list("session", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return rows.update(ended=timezone.now())
