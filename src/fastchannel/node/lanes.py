"""The exchange's machine over the database: each input in a transaction that holds the lane's row.

What the machine asks to be written is written before it goes on: an entry is cosigned in a second transaction, once the first
is committed. Nothing of the state is kept between inputs but what the row says, so that any process of the node takes the next.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Sum

from fastchannel.exchange import messages as m
from fastchannel.exchange.bodies import kept_body
from fastchannel.exchange.errors import ExchangeError
from fastchannel.exchange.leaves import read_header
from fastchannel.exchange.machine import Keys, Mirror, Progress, Sending, State, step
from fastchannel.exchange.merkle import HASH_BYTES, Frontier, leaf_hash
from fastchannel.exchange.notes import cosigned_at, read
from fastchannel.exchange.roster import Roster
from fastchannel.exchange.sealing import Draft, Entry, Sealed, seal
from fastchannel.node import models

SESSION_BYTES = 16
Bytes = bytes | memoryview
_log = logging.getLogger(__name__)
_progress: msgspec.msgpack.Decoder[dict[str, Progress]] = msgspec.msgpack.Decoder(dict[str, Progress])
_sealed: msgspec.msgpack.Decoder[Sealed] = msgspec.msgpack.Decoder(Sealed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """The lanes of one party's node. ``readers`` are the keys that bodies are sealed for, the party's own among them."""

    party: str
    roster: Roster
    keys: Keys
    readers: Mapping[str, X25519PublicKey]

    def ensure(self, sending: Mapping[str, Sending], mirrors: Mapping[str, Mirror]) -> None:
        """There is a row for each lane."""
        rows = [models.Lane(origin=one.lane, progress=_packed(one.peers)) for one in sending.values()]
        rows += [models.Lane(origin=one.lane, peer=one.peer) for one in mirrors.values()]
        models.Lane.objects.bulk_create(rows, ignore_conflicts=True)

    def start(self, now: datetime) -> list[m.Send]:
        """The node comes up: every peer is asked what it has, and until it says so nothing is signed."""
        sent: list[m.Send] = []
        for origin in self._ours():
            with self._held(origin) as row:
                sending = _sending(row)
                asleep = {peer: Progress(acked=one.acked, waiting=one.waiting) for peer, one in sending.peers.items()}
                _write(msgspec.structs.replace(sending, peers=asleep))
            sent += self.handle(m.Started(), origin, now)
        return sent

    def tick(self, now: datetime) -> list[m.Send]:
        """Some time has passed: what is committed is offered, what was not answered is asked about."""
        return [one for origin in self._ours() for one in self.handle(m.Tick(), origin, now)]

    def receive(self, peer: str, message: m.Message, now: datetime) -> list[m.Send]:
        """A message came; what is to be sent for it. Whatever it is, it raises nothing."""
        return self.handle(m.Received(peer, message), message.lane, now)

    def append(self, origin: str, drafts: Sequence[Draft]) -> list[int]:
        """Append to a lane of ours, in the caller's transaction: the state's change and its notice are one. Their places.

        While the lane is stopped nothing is lost: drafts wait, have no place yet, and are appended when it goes on.
        """
        with self._held(origin) as row:
            sending = _sending(row)
            if sending.stopped:
                _wait(origin, drafts)
                return []
            readers, start = self._readers(sending), sending.frontier.size
            made = [seal(one, origin, place, readers, os.urandom) for place, one in enumerate(drafts, start)]
            _insert(origin, start, made)
            frontier = sending.frontier.extended(leaf_hash(one.leaf) for one in made)
            _write(msgspec.structs.replace(sending, frontier=frontier))
            return list(range(start, start + len(made)))

    def _append_waiting(self, origin: str) -> None:
        """What waited, in the order in which it came; what came back from the mirror is there already."""
        waiting = models.LaneWaiting.objects.filter(lane=origin).order_by("id")
        there = set(models.LaneEntry.objects.filter(lane=origin).values_list("entry", flat=True)) if waiting else set()
        self.append(origin, [_drafted(bytes(one.draft)) for one in waiting if one.entry not in there])
        waiting.delete()

    def handle(self, given: m.Input, origin: str, now: datetime) -> list[m.Send]:
        """Give the machine an input about one lane, and do what it asks for."""
        sent: list[m.Send] = []
        try:
            with self._held(origin) as row:
                state, saved = self._run(self._state(row), given, origin, now, sent)
                if saved is None:
                    _store(state, origin)
        except (OperationalError, IntegrityError, OSError) as error:
            _log.warning("lane not written", extra={"lane": origin, "error": type(error).__name__})
            return []
        if saved is not None:  # committed: now it can be vouched for
            with self._held(origin) as row:
                if row is None or row.size != saved.frontier.size:
                    return sent  # another process has written more meanwhile, and answers for it
                state, _ = self._run(state, m.Saved(origin), origin, now, sent)
                _store(state, origin)
                if origin in state.sending and not state.sending[origin].stopped:
                    self._append_waiting(origin)
        return sent

    def _run(self, state: State, given: m.Input, origin: str, now: datetime, sent: list[m.Send]) -> tuple[State, m.Save | None]:
        """Step until nothing is asked for that the database can answer at once."""
        saved: m.Save | None = None
        waiting = [given]
        while waiting:
            state, effects = step(state, waiting.pop(0), now, self.keys)
            for effect in effects:
                match effect:
                    case m.Send():
                        sent.append(effect)
                    case m.Load(lane=lane, peer=peer, start=start):
                        waiting.append(m.Loaded(lane, peer, start, _portion(lane, start)))
                    case m.Give(lane=lane, peer=peer, start=start):
                        waiting += _given(lane, peer, start)
                    case m.Save():
                        _insert(origin, effect.start, effect.entries)
                        peaks, note = b"".join(effect.frontier.peaks), effect.note
                        models.Lane.objects.filter(origin=origin).update(size=effect.frontier.size, peaks=peaks, note=note)
                        _keep(origin, effect.note)
                        saved = effect
                    case m.Keep(lane=lane, note=note):
                        _keep(lane, note)
                    case m.Recall(lane=lane, peer=peer, note=note, fresh=fresh):
                        waiting.append(m.Recalled(lane, peer, note, fresh, _frontier_at(lane, read(note).checkpoint.size)))
                    case m.Rewind(lane=lane, size=size):
                        self._rewind(lane, size)
                    case m.Alarm():
                        tell(effect.kind, effect.lane, effect.peer, effect.said, effect.at)
        return state, saved

    def _rewind(self, lane: str, size: int) -> None:
        """Take entries off the lane that no checkpoint was signed for; they are opened by our archive key, and wait."""
        off = models.LaneEntry.objects.filter(lane=lane, seq__gte=size).order_by("seq")
        to = frozenset(_sending(models.Lane.objects.get(origin=lane)).peers)
        _wait(lane, [self._draft(lane, one, to) for one in off])
        off.delete()

    def _draft(self, lane: str, row: models.LaneEntry, to: frozenset[str]) -> Draft:
        entry = entry_of(row.leaf, row.sealed)
        header = read_header(entry.leaf, lane=lane, seq=row.seq)
        body = kept_body(header.type, header.schema, self.keys.unseal(entry, header), to)
        return Draft(id=header.id, at=header.at, agreement=header.agreement, refs=header.refs, seen=header.seen, body=body)

    def _state(self, row: models.Lane | None) -> State:
        """The machine's state as far as it concerns one lane."""
        sending: dict[str, Sending] = {}
        mirrors: dict[str, Mirror] = {}
        if row is not None and row.peer:
            note = bytes(row.note)
            mirrors[row.origin] = Mirror(
                lane=row.origin, peer=row.peer, frontier=_frontier(row), note=note, stopped=row.stopped
            )
        elif row is not None:
            sending[row.origin] = _sending(row)
        return State(party=self.party, roster=self.roster, sending=sending, mirrors=mirrors, session=os.urandom(SESSION_BYTES))

    def _readers(self, sending: Sending) -> dict[str, X25519PublicKey]:
        return {party: key for party, key in self.readers.items() if party == self.party or party in sending.peers}

    @contextmanager
    def _held(self, origin: str) -> Iterator[models.Lane | None]:
        """The lane's row, which nobody else touches until the transaction ends; None where there is no such lane."""
        with transaction.atomic():
            yield models.Lane.objects.select_for_update().filter(origin=origin).first()

    @staticmethod
    def _ours() -> list[str]:
        return list(models.Lane.objects.filter(peer="").order_by("origin").values_list("origin", flat=True))


def _packed(peers: Mapping[str, Progress]) -> bytes:
    return msgspec.msgpack.encode(peers)


def _frontier(row: models.Lane) -> Frontier:
    raw = bytes(row.peaks)
    peaks = tuple(raw[place : place + HASH_BYTES] for place in range(0, len(raw), HASH_BYTES))
    found = Frontier(row.size, peaks)
    if not found.consistent:
        raise ExchangeError(f"{row.origin}: found {len(peaks)} subtrees for {row.size} entries: the row is damaged")
    return found


def _sending(row: models.Lane | None) -> Sending:
    if row is None or row.peer:
        raise ExchangeError("lane: found none of ours by that name")
    return Sending(
        lane=row.origin,
        frontier=_frontier(row),
        peers=_progress.decode(bytes(row.progress)),
        signed=row.signed,
        stopped=row.stopped,
        goal=row.goal,
    )


def _write(sending: Sending) -> None:
    models.Lane.objects.filter(origin=sending.lane).update(
        size=sending.frontier.size,
        peaks=b"".join(sending.frontier.peaks),
        progress=_packed(sending.peers),
        signed=sending.signed,
        stopped=sending.stopped,
        goal=sending.goal,
    )


def _store(state: State, origin: str) -> None:
    """The row says what the state says."""
    if origin in state.sending:
        _write(state.sending[origin])
    elif origin in state.mirrors:
        mirror = state.mirrors[origin]
        models.Lane.objects.filter(origin=origin).update(
            size=mirror.frontier.size, peaks=b"".join(mirror.frontier.peaks), note=mirror.note, stopped=mirror.stopped
        )


class _Waiting(msgspec.Struct, frozen=True):
    """A draft as it is kept."""

    id: str
    at: datetime
    agreement: str
    refs: tuple[str, ...]
    seen: dict[str, int]
    type: str
    schema: int
    raw: bytes
    to: frozenset[str]


_waiting: msgspec.msgpack.Decoder[_Waiting] = msgspec.msgpack.Decoder(_Waiting)


def _wait(lane: str, drafts: Iterable[Draft]) -> None:
    kept = [
        _Waiting(one.id, one.at, one.agreement, one.refs, one.seen, one.body.type, one.body.schema, one.body.raw, one.body.to)
        for one in drafts
    ]
    models.LaneWaiting.objects.bulk_create(
        [models.LaneWaiting(lane_id=lane, entry=one.id, draft=msgspec.msgpack.encode(one)) for one in kept],
        ignore_conflicts=True,
    )


def _drafted(raw: bytes) -> Draft:
    kept = _waiting.decode(raw)
    body = kept_body(kept.type, kept.schema, kept.raw, kept.to)
    return Draft(id=kept.id, at=kept.at, agreement=kept.agreement, refs=kept.refs, seen=kept.seen, body=body)


class _Named(msgspec.Struct):
    """Of a header that was checked when it was made or came, its identifier."""

    id: str


_named: msgspec.json.Decoder[_Named] = msgspec.json.Decoder(_Named)
COPY = "COPY node_laneentry (lane_id, seq, entry, leaf, sealed) FROM STDIN (FORMAT BINARY)"


def _insert(origin: str, start: int, entries: Iterable[Entry]) -> None:
    """Write entries at their places. Raises IntegrityError where something stands there, or an identifier stands twice.

    By COPY, since a backlog comes a thousand at a time: it takes a fifth of what statements do.
    """
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(["varchar", "int8", "varchar", "bytea", "bytea"])
        for place, one in enumerate(entries, start):
            sealed = None if one.sealed is None else msgspec.msgpack.encode(one.sealed)
            copy.write_row((origin, place, _named.decode(one.leaf).id, one.leaf, sealed))


def entry_of(leaf: Bytes, sealed: Bytes | None) -> Entry:
    """An entry as it stands in its row."""
    return Entry(bytes(leaf), None if sealed is None else _sealed.decode(bytes(sealed)))


def _portion(lane: str, start: int) -> tuple[Entry, ...]:
    """Entries from a place on: as many as may be sent at once."""
    rows = models.LaneEntry.objects.filter(lane=lane, seq__gte=start).order_by("seq").values_list("leaf", "sealed")
    found: list[Entry] = []
    weight = 0
    for leaf, sealed in rows[: m.MOST_ENTRIES].iterator():
        entry = entry_of(leaf, sealed)
        weight += entry.weight
        if found and weight > m.MOST_BYTES:
            break
        found.append(entry)
    return tuple(found)


def _given(lane: str, peer: str, start: int) -> list[m.Input]:
    """Mirrored entries up to the next checkpoint that was kept."""
    note = models.LaneNote.objects.filter(lane=lane, size__gt=start).order_by("size").first()
    if note is None:
        return []
    rows = models.LaneEntry.objects.filter(lane=lane, seq__gte=start, seq__lt=note.size).order_by("seq")
    entries = tuple(entry_of(leaf, sealed) for leaf, sealed in rows.values_list("leaf", "sealed"))
    return [m.Given(lane, peer, start, entries, bytes(note.note))]


def _frontier_at(lane: str, size: int) -> Frontier | None:
    leaves = models.LaneEntry.objects.filter(lane=lane, seq__lt=size).order_by("seq").values_list("leaf", flat=True)
    found = Frontier().extended(leaf_hash(bytes(one)) for one in leaves.iterator())
    return found if found.size == size else None


def _keep(lane: str, raw: bytes) -> None:
    """Keep a checkpoint, with all the signatures that were kept of it before. Whoever calls holds the lane's row."""
    note = read(raw)
    size = note.checkpoint.size
    for before in models.LaneNote.objects.filter(lane=lane, size=size).order_by("size").values_list("note", flat=True):
        note = read(bytes(before)).with_signatures(note.signatures)
    models.LaneNote.objects.bulk_create(
        [models.LaneNote(lane_id=lane, size=size, note=note.raw)],
        update_conflicts=True, unique_fields=["lane", "size"], update_fields=["note"],
    )  # fmt: skip


def tell(kind: str, lane: str, peer: str, said: str, at: datetime) -> None:
    """Put down what people must know of a lane."""
    _log.warning("lane alarm", extra={"lane": lane, "kind": kind, "peer": peer})
    models.LaneAlarm.objects.create(lane=lane[:200], peer=peer[:2], kind=kind, said=said[:500], at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneState:
    """One lane as people look at it. ``acknowledged`` is by peer, of our own lanes; ``waiting`` has no place yet.

    ``cosigned`` is by party when it said last that it has the lane, so far as it is acknowledged. Of a peer's lane, ``unread``
    are entries that are not judged yet, and ``held`` those that are no part of the record.
    """

    lane: str
    peer: str
    size: int
    acknowledged: dict[str, int]
    stopped: str
    cosigned: dict[str, datetime]
    waiting: int = 0
    unread: int = 0
    held: int = 0

    @property
    def lag(self) -> int:
        """How many entries the slowest peer has not acknowledged."""
        return self.size - min(self.acknowledged.values(), default=self.size)


def overview() -> list[LaneState]:
    """Every lane, ours first."""
    found = []
    for row in models.Lane.objects.order_by("peer", "origin"):
        peers = {} if row.peer else _sending(row).peers
        found.append(
            LaneState(
                lane=row.origin,
                peer=row.peer,
                size=row.size,
                acknowledged={peer: one.acked.size for peer, one in peers.items()},
                stopped=row.stopped,
                cosigned=_cosigned(row, [one.acked.size for one in peers.values()] or [row.size]),
                waiting=row.waiting.count(),
                unread=row.size - row.applied if row.peer else 0,
                held=row.held.filter(settled=None).count(),
            )
        )
    return found


def _cosigned(row: models.Lane, sizes: Iterable[int]) -> dict[str, datetime]:
    """Who cosigned those sizes and when, as it stands under the checkpoints; they were checked when they came."""
    found: dict[str, datetime] = {}
    for kept in models.LaneNote.objects.filter(lane=row, size__in=set(sizes)).order_by("size"):
        for one in read(bytes(kept.note)).signatures:
            at = cosigned_at(one)
            if at is not None:
                found[one.name] = at
    return found


def held_entries(limit: int = 20) -> list[models.LaneHeld]:
    """Entries of the other parties that are no part of the record, the newest first."""
    return list(models.LaneHeld.objects.filter(settled=None).order_by("-at", "-seq")[:limit])


def unread() -> int:
    """How many entries of the other parties are on disk and not read yet."""
    behind = models.Lane.objects.exclude(peer="").aggregate(size=Sum("size"), applied=Sum("applied"))
    return (behind["size"] or 0) - (behind["applied"] or 0)


def open_alarms(limit: int = 20) -> list[models.LaneAlarm]:
    """What people were told of lanes and nobody has put away, the newest first."""
    return list(models.LaneAlarm.objects.filter(seen=None).order_by("-at")[:limit])


def put_away(now: datetime) -> int:
    """Somebody has seen the alarms; how many there were."""
    return models.LaneAlarm.objects.filter(seen=None).update(seen=now)


def settled_sizes() -> dict[str, int]:
    """By lane, up to where nobody needs a body any more: all peers have it, or it is part of the record here."""
    found = {}
    for row in models.Lane.objects.all():
        acked = [one.acked.size for one in _progress.decode(bytes(row.progress)).values()] if not row.peer else [row.applied]
        found[row.origin] = min(acked, default=0)
    return found


def sent_at(row: models.LaneEntry) -> datetime:
    """When an entry was sent, by its header."""
    return read_header(bytes(row.leaf), lane=row.lane_id, seq=row.seq).at


def entries_of(lane: str, size: int) -> list[Entry]:
    """The first entries of a lane."""
    rows = models.LaneEntry.objects.filter(lane=lane, seq__lt=size).order_by("seq").values_list("leaf", "sealed")
    return [entry_of(leaf, sealed) for leaf, sealed in rows]


def note_after(lane: str, seq: int) -> bytes:
    """The smallest checkpoint that was kept and holds the entry; empty where there is none."""
    found = models.LaneNote.objects.filter(lane=lane, size__gt=seq).order_by("size").first()
    return bytes(found.note) if found is not None else b""
