"""Travellers' links: signed, for one journey, expiring. The database holds a digest only."""

from __future__ import annotations

from datetime import timedelta

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
    secret = new_token()
    now = desk.clock.now()
    with desk.journal.transaction():
        TravellerLink.objects.create(
            digest=token_digest(secret),
            journey_id=journey,
            created=now,
            expires=now + timedelta(days=days),
            created_by=actor.id,
        )
        desk.note(actor, Purpose.WRITE, Action.INVITE.value, [journey])
    return Signer(salt=_SALT).sign(secret)


def open_link(token: str) -> Actor | None:
    """The traveller whose journey the link opens now, or None. The signature spares the database a guess."""
    try:
        secret = Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return None
    link = TravellerLink.objects.filter(digest=token_digest(secret), purpose="journey").first()
    if link is None or not link.open_at(office().clock.now()):
        return None
    return Actor(id=f"traveller-{link.journey_id}", role=Role.TRAVELLER, party=settings.CONFIG.party, journey=link.journey_id)


def revoke(journey: str) -> int:
    """Close every link to a journey."""
    return TravellerLink.objects.filter(journey=journey, revoked=None).update(revoked=office().clock.now())
