"""What arrived in the other parties' lanes becomes part of the record: each entry once, in order, or held with the reason.

A mirror acknowledges what is on its disk; here it is read. So much of a lane is applied as its row's ``applied`` says, in the
transaction that wrote the events. What cannot be understood or is not the sender's to say is held, and the sender is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.errors import CaseworkError
from fastchannel.casework.peers import Admission, Fault, Refused, admit
from fastchannel.casework.ports import Held
from fastchannel.exchange import bodies
from fastchannel.exchange.errors import ExchangeError
from fastchannel.exchange.leaves import Header, Kind, lane_of, read_header
from fastchannel.exchange.sealing import Draft, unseal
from fastchannel.node import joint, ledger, models, overrides, receipts
from fastchannel.node.desk import office
from fastchannel.node.lanes import entry_of, tell
from fastchannel.node.link import Link
from fastchannel.terms.events import Applied, Event, EventError, from_fields

AT_ONCE = 500
PATIENT = (Fault.WAITS, Fault.AHEAD)  # no fault of the sender's
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An event with the entry that told it."""

    header: Header
    event: Event


@dataclass(slots=True, kw_only=True)
class _Turn:
    """What a number of entries of one sender come to."""

    link: Link
    sender: str
    now: datetime
    texts: Mapping[str, Agreement]  # by digest
    told: dict[str, list[_Told]] = field(default_factory=dict)  # by journey
    held: dict[int, tuple[Header, Refused]] = field(default_factory=dict)  # by place in the lane

    def hold(self, header: Header, found: Refused) -> None:
        """The entry stays what it is, and is no part of the record."""
        self.held[header.seq] = (header, found)


def apply_arrived(link: Link, now: datetime) -> int:
    """Apply all that arrived and was not applied yet; how many entries. Several processes may try: one does each lane."""
    count = 0
    behind = models.Lane.objects.exclude(peer="").filter(size__gt=F("applied")).values_list("origin", flat=True)
    for lane in sorted(behind, key=_urgent_first):
        while done := _apply(link, lane, now):
            count += done
    while done := sum(_again(link, lane, now) for lane in _no_longer_waiting(now)):
        count += done
    return count


def look_again(link: Link, now: datetime) -> int:
    """Judge everything anew that is held: this may be a version that understands more. How many it took."""
    open_ = models.LaneHeld.objects.filter(settled=None)
    return sum(_again(link, lane, now) for lane in open_.order_by("lane").values_list("lane", flat=True).distinct())


def _urgent_first(lane: str) -> tuple[bool, str]:
    return (lane_of(lane).kind is not Kind.URGENT, lane)


@transaction.atomic
def _apply(link: Link, lane: str, now: datetime) -> int:
    """Apply the next entries of one lane; how many."""
    if not _alone(lane):
        return 0
    start = models.Lane.objects.values_list("applied", flat=True).get(origin=lane)
    rows = list(models.LaneEntry.objects.filter(lane=lane, seq__gte=start).order_by("seq")[:AT_ONCE])
    if not rows:
        return 0
    turn = _taken(link, lane, rows, now)
    models.LaneHeld.objects.bulk_create(
        models.LaneHeld(
            lane_id=lane, seq=seq, entry=header.id, fault=found.fault, said=found.said[:500], needs=found.needs[:80], at=now
        )
        for seq, (header, found) in sorted(turn.held.items())
    )
    _reject(turn, turn.held.values())
    models.Lane.objects.filter(origin=lane).update(applied=rows[-1].seq + 1)
    return len(rows)


def _no_longer_waiting(now: datetime) -> list[str]:
    """Lanes that hold something of which what it waited for is here."""
    here = (
        Q(needs__in=models.Journey.objects.values("id"))
        | Q(needs__in=models.Event.objects.values("id"))
        | Q(needs__in=models.AgreementText.objects.values("digest"))
    )
    due = Q(fault=Fault.AHEAD, needs__lte=now.astimezone(UTC).isoformat())
    found = models.LaneHeld.objects.filter((here & Q(fault=Fault.WAITS)) | due, settled=None)
    return sorted(set(found.values_list("lane_id", flat=True)))


@transaction.atomic
def _again(link: Link, lane: str, now: datetime) -> int:
    """Judge what a lane holds once more; of how many something new is to be said."""
    if not _alone(lane):
        return 0
    held = list(models.LaneHeld.objects.filter(lane=lane, settled=None).order_by("seq")[:AT_ONCE])
    rows = models.LaneEntry.objects.filter(lane=lane, seq__in=[one.seq for one in held]).order_by("seq")
    turn = _taken(link, lane, list(rows), now)
    rejected, changed = [], 0
    for one in held:
        before = (one.fault, one.needs)
        if one.seq not in turn.held:
            one.settled = now
        else:
            found = turn.held[one.seq][1]
            one.fault, one.said, one.needs = found.fault, found.said[:500], found.needs[:80]
            if before[0] in PATIENT and found.fault not in PATIENT:
                rejected.append(turn.held[one.seq])
        if one.settled or before != (one.fault, one.needs):
            one.save()
            changed += 1
    _reject(turn, rejected)
    return changed


def _alone(lane: str) -> bool:
    """Whether no other process applies this lane now; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [lane])
        return bool(cursor.fetchone()[0])


def _taken(link: Link, lane: str, rows: Sequence[models.LaneEntry], now: datetime) -> _Turn:
    """Read entries, write what is believed, and say what is held."""
    held_texts = {text.digest: text for versions in office().texts.all().values() for text in versions}
    turn = _Turn(link=link, sender=lane_of(lane).sender, now=now, texts=held_texts)
    for row in rows:
        _read(turn, row)
    elsewhere = _elsewhere(turn.told)
    locked = office().journal.hold(turn.told)
    entries = []
    for journey, told in sorted(turn.told.items()):
        mine = [one for one in told if one.event.id not in elsewhere]
        admission = _admitted(turn, [one.event for one in mine], locked.get(journey))
        refused = {one.event.id: elsewhere[one.event.id] for one in told if one not in mine} | dict(admission.refused)
        for one in told:
            if one.event.id in refused:
                turn.hold(one.header, refused[one.event.id])
        if admission.entry is not None:
            entries.append(admission.entry)
    office().journal.append(entries)
    return turn


def _elsewhere(told: Mapping[str, Sequence[_Told]]) -> dict[str, Refused]:
    """Events whose identifier one of another journey has: here already, or among these."""
    whose = dict(
        models.Event.objects.filter(id__in=[one.event.id for found in told.values() for one in found]).values_list(
            "id", "journey_id"
        )
    )
    found: dict[str, Refused] = {}
    for journey, events in sorted(told.items()):
        for one in events:
            if whose.setdefault(one.event.id, journey) != journey:
                found[one.event.id] = Refused(fault=Fault.TAKEN, said="id: an event of another journey has it")
    return found


def _admitted(turn: _Turn, events: Sequence[Event], held: tuple[Held, tuple[Event, ...]] | None) -> Admission:
    try:
        return admit(office(), turn.sender, events, held, turn.now)
    except CaseworkError as error:
        found = Refused(fault=Fault.UNCLEAR, said=str(error))
        return Admission(refused={event.id: found for event in events})


def _read(turn: _Turn, row: models.LaneEntry) -> None:
    """Open one entry, and take what it says or keep it for its journey."""
    entry = entry_of(row.leaf, row.sealed)
    header = read_header(entry.leaf, lane=row.lane_id, seq=row.seq)
    if entry.sealed is None:
        return  # its time is over: it was part of the record here before, or of a backup that is older than what is kept
    try:
        raw = unseal(entry, header, turn.link.reading)
        take = _TAKE.get(header.type)
        if take is not None:
            take(turn, header, raw)
        else:
            _event(turn, header, raw)
    except (ExchangeError, EventError) as error:
        turn.hold(header, Refused(fault=Fault.UNCLEAR, said=str(error)))


def _event(turn: _Turn, header: Header, raw: bytes) -> None:
    text = turn.texts.get(header.agreement)
    if text is None:
        said = f"agreement: this node holds no text {header.agreement}"
        turn.hold(header, Refused(fault=Fault.WAITS, said=said, needs=header.agreement))
        return
    event = from_fields(bodies.event_of(header.type, header.schema, raw, text, settings.CONFIG.party))
    if event.id != header.id:
        turn.hold(header, Refused(fault=Fault.UNCLEAR, said=f"id: found {event.id}, and {header.id} in the header"))
    elif isinstance(event, Applied) and event.digest not in turn.texts:
        said = f"agreement: this node holds no text {event.digest}"
        turn.hold(header, Refused(fault=Fault.WAITS, said=said, needs=event.digest))
    else:
        turn.told.setdefault(event.journey, []).append(_Told(header=header, event=event))


def _agreement(turn: _Turn, header: Header, raw: bytes) -> None:
    joint.take_agreement(turn.sender, bodies.told(raw, bodies.AgreementTold, header.schema), turn.now)


def _passes(turn: _Turn, header: Header, raw: bytes) -> None:
    joint.take_passes(turn.sender, bodies.told(raw, bodies.PassesTold, header.schema), turn.now)


def _rejected(turn: _Turn, header: Header, raw: bytes) -> None:
    found = bodies.told(raw, bodies.Reject, header.schema)
    tell("rejected", header.lane, turn.sender, f"{found.entry}: {found.reason}", turn.now)


def _receipt(turn: _Turn, header: Header, raw: bytes) -> None:
    receipts.take(turn.sender, bodies.told(raw, bodies.Receipt, header.schema), header.at)


def _ledger(turn: _Turn, header: Header, raw: bytes) -> None:
    ledger.take(turn.sender, bodies.told(raw, bodies.LedgerTold, header.schema))


def _decision(turn: _Turn, header: Header, raw: bytes) -> None:
    overrides.take(turn.sender, bodies.told(raw, bodies.DecisionTold, header.schema))


_TAKE: dict[str, Callable[[_Turn, Header, bytes], None]] = {
    bodies.AGREEMENT: _agreement,
    bodies.PASSES: _passes,
    bodies.REJECT: _rejected,
    bodies.RECEIPT: _receipt,
    bodies.LEDGER: _ledger,
    bodies.DECISION: _decision,
}


def _reject(turn: _Turn, held: Iterable[tuple[Header, Refused]]) -> None:
    """Say to the sender what is held and why: signed with our lane, like all that we say."""
    drafts = [
        Draft(
            id=office().identifiers.new(),
            at=turn.now,
            agreement=header.agreement,
            refs=(header.id,),
            body=bodies.reject_body(header.id, f"{found.fault}: {found.said}", turn.sender),
        )
        for header, found in held
        if found.fault not in PATIENT and header.type != bodies.REJECT
    ]
    if drafts:
        _log.warning("entries held", extra={"peer": turn.sender, "entries": len(drafts)})
        turn.link.lanes.append(turn.link.lane(Kind.BULK, turn.sender), drafts)
