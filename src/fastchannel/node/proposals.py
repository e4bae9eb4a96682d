"""Casework's port for acts that two people must agree to, over the database."""

from __future__ import annotations

from datetime import datetime

from fastchannel.casework.four_eyes import Kind, Proposal
from fastchannel.node import models


class DatabaseProposals:
    """Open proposals; what was settled stays as it was settled."""

    def find(self, kind: Kind, digest: str, at: datetime) -> Proposal | None:
        """The open one with this body; one whose time is over is closed first, so that it can be proposed anew."""
        models.Proposal.objects.filter(kind=kind.value, digest=digest, settled=None, expires__lte=at).update(settled=at)
        row = models.Proposal.objects.filter(kind=kind.value, digest=digest, settled=None).first()
        return None if row is None else _proposal(row)

    def keep(self, proposal: Proposal) -> None:
        """Write a new one down."""
        models.Proposal.objects.create(
            id=proposal.id, kind=proposal.kind.value, subject=proposal.subject, digest=proposal.digest, body=proposal.body,
            party=proposal.party, proposed_by=proposal.proposed_by, proposed=proposal.proposed, expires=proposal.expires,
        )  # fmt: skip

    def settle(self, identifier: str, by: str, at: datetime, *, done: bool) -> bool:
        """Close one; False where somebody else closed it meanwhile."""
        rows = models.Proposal.objects.filter(id=identifier, settled=None, expires__gt=at)
        return rows.update(settled=at, settled_by=by, done=done) > 0


def waiting(kind: Kind, subject: str, at: datetime) -> list[Proposal]:
    """The open proposals about a subject, the newest first."""
    rows = models.Proposal.objects.filter(kind=kind.value, subject=subject, settled=None, expires__gt=at).order_by("-id")
    return [_proposal(row) for row in rows]


def _proposal(row: models.Proposal) -> Proposal:
    return Proposal(
        id=row.id, kind=Kind(row.kind), subject=row.subject, body=bytes(row.body), party=row.party,
        proposed_by=row.proposed_by, proposed=row.proposed, expires=row.expires,
    )  # fmt: skip
