"""What happened here and the agreement lets the other parties see goes into their lanes, in the transaction that records it.

A fact has one owner: only what somebody of this party recorded is told. Where the node works alone nothing is done.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.ports import Entry
from fastchannel.exchange.bodies import body_of
from fastchannel.exchange.leaves import Kind, Lane
from fastchannel.exchange.sealing import Draft
from fastchannel.node import models
from fastchannel.node.link import link
from fastchannel.terms.events import (
    Confirmed,
    ContactNamed,
    Corrected,
    Event,
    Finding,
    Resulted,
    Resumed,
    Suspended,
    decode,
    kind_of,
)


def share(entries: Sequence[Entry]) -> None:
    """Append what each other party may see of these events to its lane: what cannot wait to *urgent*, the rest to *bulk*."""
    found = link()
    if found is None:
        return
    party, corridor = settings.CONFIG.party, found.lanes.roster.corridor
    drafts: dict[str, list[Draft]] = {}
    for entry in entries:
        text = _text(entry.row.agreement, entry.row.version)
        for event in entry.events:
            if event.party != party:
                continue
            for peer in sorted(text.parties.keys() - {party}):
                if text.visible(kind_of(event), peer):
                    lane = Lane(corridor, party, Kind.URGENT if urgent(event) else Kind.BULK, peer).origin
                    body = body_of(text, event, peer, corrected=_corrected(event))
                    drafts.setdefault(lane, []).append(Draft(id=event.id, at=event.recorded, agreement=text.digest, body=body))
    for lane in sorted(drafts):  # in one order, so that two writes never wait for each other
        if models.Lane.objects.filter(origin=lane).exists():  # a party of the agreement that is not linked yet
            found.lanes.append(lane, drafts[lane])


def urgent(event: Event) -> bool:
    """What must not wait behind a backlog: positives, contacts, suspensions."""
    if isinstance(event, Resulted):
        return event.finding is Finding.DETECTED
    return isinstance(event, Confirmed | ContactNamed | Suspended | Resumed)


def _text(agreement: str, version: int) -> Agreement:
    from fastchannel.node.desk import office  # it is made of the journal that calls us

    return next(one for one in office().texts.versions(agreement) if one.version == version)


def _corrected(event: Event) -> Event | None:
    """What a correction corrects, so that its replacement shows no more than that did."""
    if not isinstance(event, Corrected):
        return None
    body = models.Event.objects.filter(id=event.corrects).values_list("body", flat=True).first()
    return decode(bytes(body)) if body is not None else None
