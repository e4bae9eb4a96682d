"""What happened here and the agreement lets the other parties see goes into their lanes, in the transaction that records it.

A fact has one owner: only what somebody of this party recorded is told. Where the node works alone nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.ports import Entry
from fastchannel.exchange.bodies import Preview, body_of, preview
from fastchannel.exchange.leaves import Kind, Lane, lane_of
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
    lanes = {one: (peer, size) for one, peer, size in models.Lane.objects.values_list("origin", "peer", "size")}
    drafts: dict[str, list[Draft]] = {}
    for entry in entries:
        text = _text(entry.row.agreement, entry.row.version)
        for event in entry.events:
            if event.party != party:
                continue
            for peer in sorted(text.parties.keys() - {party}):
                lane = Lane(corridor, party, Kind.URGENT if urgent(event) else Kind.BULK, peer).origin
                # A party of the agreement may not be linked yet.
                if lane in lanes and text.visible(kind_of(event), peer):
                    seen = {name: size for name, (writer, size) in lanes.items() if writer == peer and size}
                    body = body_of(text, event, peer, corrected=_corrected(event))
                    draft = Draft(id=event.id, at=event.recorded, agreement=text.digest, body=body, seen=seen)
                    drafts.setdefault(lane, []).append(draft)
    for lane in sorted(drafts):  # in one order, so that two writes never wait for each other
        found.lanes.append(lane, drafts[lane])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event as another party would see it."""

    event: Event
    preview: Preview


def rehearse(journey: str, step: Callable[[], object]) -> list[Told]:
    """What the other parties would be told if a step on a journey were taken: it is taken, looked at, and undone.

    Empty where this node is linked with nobody. Raises what the step raises.
    """
    found = link()
    if found is None:
        return []
    told: list[Told] = []
    with transaction.atomic():
        before = models.Event.objects.filter(journey=journey).count()
        step()
        bodies = models.Event.objects.filter(journey=journey).order_by("seq").values_list("body", flat=True)
        row = models.Journey.objects.get(id=journey)
        text = _text(row.agreement, row.version)
        linked = {lane_of(lane).audience for lane in models.Lane.objects.filter(peer="").values_list("origin", flat=True)}
        for event in map(decode, map(bytes, bodies[before:])):
            told += [
                Told(event=event, preview=preview(text, event, peer, corrected=_corrected(event)))
                for peer in sorted(linked & text.parties.keys())
                if text.visible(kind_of(event), peer)
            ]
        transaction.set_rollback(True)
    return told


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
