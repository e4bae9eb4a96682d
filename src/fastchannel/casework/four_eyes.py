"""Four eyes: what one person of a party proposed is done once another person of the same party has confirmed it.

A person is an account: one account in two sessions is one person. What is confirmed is what was proposed, byte for byte.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from fastchannel.casework.actor import Actor
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import Action, Denial
from fastchannel.terms.language import N_

OPEN_DAYS = 7  # a proposal that nobody confirmed by then is void: what it rested on has changed


class Kind(StrEnum):
    """What is proposed."""

    JOINT_DECISION = "joint decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An act that awaits its second person. ``body`` is what is to be done, in the act's own form."""

    id: str
    kind: Kind
    subject: str
    body: bytes
    party: str
    proposed_by: str
    proposed: datetime
    expires: datetime

    @property
    def digest(self) -> str:
        """Of the body."""
        return digest(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Two persons stand behind the act: it can be done now."""

    proposal: Proposal
    confirmed_by: str


class Proposals(Protocol):
    """Proposals that are open."""

    def find(self, kind: Kind, digest: str, at: datetime) -> Proposal | None:
        """The open one with this body."""
        ...

    def keep(self, proposal: Proposal) -> None:
        """Write a new one down."""
        ...

    def settle(self, identifier: str, by: str, at: datetime, *, done: bool) -> bool:
        """Close one; False where somebody else closed it meanwhile."""
        ...


def agree(
    office: Office, proposals: Proposals, actor: Actor, *, kind: Kind, subject: str, body: bytes
) -> Agreed | Proposal | Denial:
    """Propose the act, or confirm it where somebody else of the party proposed the same.

    Whoever gets `Agreed` does the act in the same transaction; a proposal means that it waits; a denial, that the same
    person came twice. Whether the actor may do such an act at all is for the caller to check before.
    """
    now = office.clock.now()
    if actor.party != office.party:
        return _denial(N_("Only a person of this node's own party can agree here."))
    held = proposals.find(kind, digest(body), now)
    if held is None:
        made = Proposal(
            id=office.identifiers.new(), kind=kind, subject=subject, body=body, party=actor.party, proposed_by=actor.id,
            proposed=now, expires=now + timedelta(days=OPEN_DAYS),
        )  # fmt: skip
        proposals.keep(made)
        return made
    if held.proposed_by == actor.id:
        return _denial(N_("You proposed this. Another person of your party must confirm it."))
    if not proposals.settle(held.id, actor.id, now, done=True):
        return _denial(N_("Somebody else has confirmed this meanwhile, or it was taken back."))
    return Agreed(proposal=held, confirmed_by=actor.id)


def take_back(office: Office, proposals: Proposals, actor: Actor, *, kind: Kind, body: bytes) -> bool:
    """Close one's own proposal, undone; whether there was one."""
    now = office.clock.now()
    held = proposals.find(kind, digest(body), now)
    if held is None or held.proposed_by != actor.id:
        return False
    return proposals.settle(held.id, actor.id, now, done=False)


def digest(body: bytes) -> str:
    """By which a proposal is found again."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _denial(message: str) -> Denial:
    return Denial(code="four-eyes", action=Action.SUSPEND, message=message)
