"""Travellers' links: signed, for one journey, expiring. The database holds a digest only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.casework.ports import Purpose
from fastchannel.node.desk import office
from fastchannel.node.identifiers import new_token, token_digest
from fastchannel.node.models import TravellerLink
from fastchannel.terms.events import Role

_SALT = "fastchannel.traveller-link"


def issue(actor: Actor, journey: str, *, days: int = 60) -> str | Denial:
    """A new link's token. Raises UnknownJourneyError."""
    desk = office()
    denial = check(actor, Action.INVITE, desk.journal.subject(journey))
    if denial:
        return denial
    with desk.journal.transaction():
        token = _made(journey, actor.id, desk.clock.now(), days)
        desk.note(actor, Purpose.WRITE, Action.INVITE.value, [journey])
    return token


def of_the_node(journey: str, now: datetime, *, days: int = 3) -> str:
    """A link that the node itself sends to the traveller, for the days on which it is of use."""
    return _made(journey, "system", now, days)


def _made(journey: str, by: str, now: datetime, days: int) -> str:
    secret = new_token()
    TravellerLink.objects.create(
        digest=token_digest(secret), journey_id=journey, created=now, expires=now + timedelta(days=days), created_by=by
    )
    return Signer(salt=_SALT).sign(secret)


def open_link(token: str) -> Actor | None:
    """The traveller whose journey the link opens now, or None."""
    link = find(token)
    if link is None or not link.open_at(office().clock.now()):
        return None
    return Actor(id=f"traveller-{link.journey_id}", role=Role.TRAVELLER, party=settings.CONFIG.party, journey=link.journey_id)


def find(token: str) -> TravellerLink | None:
    """The link, whether it still opens its journey or not. The signature spares the database a guess."""
    try:
        secret = Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    return TravellerLink.objects.filter(digest=token_digest(secret), purpose="journey").first()


def revoke(journey: str) -> int:
    """Close every link to a journey."""
    return TravellerLink.objects.filter(journey=journey, revoked=None).update(revoked=office().clock.now())
