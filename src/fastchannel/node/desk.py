"""The office of this node: casework's ports filled with the database, the clock and the agreements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings

from fastchannel.casework.office import Office
from fastchannel.node.clock import clock
from fastchannel.node.identifiers import identifiers
from fastchannel.node.journal import DatabaseAccessLog, DatabaseJournal, DatabasePeople
from fastchannel.node.texts import DatabaseTexts, linked_parties


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(Office):
    """The office, with all the agreements that the node holds."""

    texts: DatabaseTexts


@cache
def office() -> Desk:
    """The one office of this process."""
    return Desk(
        party=settings.CONFIG.party,
        journal=DatabaseJournal(),
        texts=DatabaseTexts(),
        people=DatabasePeople(),
        access=DatabaseAccessLog(),
        clock=clock(settings.CONFIG.clock),
        identifiers=identifiers,
        linked=linked_parties,
    )
