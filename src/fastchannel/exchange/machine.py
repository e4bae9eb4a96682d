"""The exchange of one node with its peers as a pure function: ``step(state, input, now) -> (state, effects)``.

What holds it together: an entry is sent only once it is committed, a checkpoint is signed only for committed entries, and a
checkpoint is cosigned only once its entries are on this node's disk. Everything else may be lost, doubled, late or forged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from msgspec.structs import replace

from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import ExchangeError, LeafError, NoteError
from fastchannel.exchange.leaves import Header, Kind, read_header
from fastchannel.exchange.merkle import Frontier, leaf_hash
from fastchannel.exchange.notes import Checkpoint, Note, cosign, read, sign
from fastchannel.exchange.roster import Roster, Use
from fastchannel.exchange.sealing import Entry

PATIENCE = timedelta(seconds=20)  # until what was sent and not answered is sent again
ERASABLE = timedelta(days=14)  # no body is erased sooner, whatever an agreement says
LAG = timedelta(minutes=10)  # until people are told that a peer has not acknowledged
BEHIND, FORK = "behind", "fork"
NONCE_BYTES = 16


class Progress(Struct, frozen=True, kw_only=True):
    """How far one peer has a lane of ours. ``known`` is whether it said so since we began to ask: before, nothing is signed."""

    acked: Frontier = Frontier()
    flight: Frontier | None = None
    sent: datetime | None = None
    known: bool = False
    nonce: bytes = b""  # of the question that was asked last
    waiting: datetime | None = None  # since when something is not acknowledged
    told: bool = False  # whether people were told of the lag


class Sending(Struct, frozen=True, kw_only=True):
    """A lane of ours: what is committed, and how far each peer has it.

    ``signed`` is the largest size of which this node knows that it signed a checkpoint. ``stopped`` says why nothing may be
    appended; a lane that is behind goes on when it has ``goal`` entries again.
    """

    lane: str
    frontier: Frontier = Frontier()
    peers: dict[str, Progress] = {}
    signed: int = 0
    stopped: str = ""
    goal: int = 0
    saving: bool = False
    before: Frontier | None = None  # what was on disk before what is being written


class Mirror(Struct, frozen=True, kw_only=True):
    """A lane of a peer's, as far as it is on our disk with the checkpoint that ends it. ``pending`` is being written."""

    lane: str
    peer: str
    frontier: Frontier = Frontier()
    note: bytes = b""
    pending: m.Save | None = None
    stopped: str = ""


class State(Struct, frozen=True, kw_only=True):
    """Of one node. Keys are by reference: they never leave the process."""

    party: str
    roster: Roster
    sending: dict[str, Sending]
    mirrors: dict[str, Mirror]
    session: bytes  # random, and another whenever the process starts
    asked: int = 0  # questions in this session


class Keys(Struct, frozen=True):
    """The node's own private keys: for checkpoints of its lanes, for those of lanes that it mirrors, and what opens bodies.

    ``unseal`` raises SealError. What we cannot open we do not vouch for.
    """

    sign: Ed25519PrivateKey
    cosign: Ed25519PrivateKey
    unseal: Callable[[Entry, Header], bytes]


Stepped = tuple[State, tuple[m.Effect, ...]]


def lanes(party: str, corridor: str, peers: Sequence[str]) -> tuple[dict[str, Sending], dict[str, Mirror]]:
    """The lanes of a party with its peers: two to each and one for all, and the peers' own in turn."""
    sending, mirrors = {}, {}
    for kind in (Kind.URGENT, Kind.BULK):
        for peer in peers:
            ours, theirs = f"{corridor}/{party}/{peer}/{kind}", f"{corridor}/{peer}/{party}/{kind}"
            sending[ours] = Sending(lane=ours, peers={peer: Progress()})
            mirrors[theirs] = Mirror(lane=theirs, peer=peer)
    common = f"{corridor}/{party}/{Kind.COMMON}"
    sending[common] = Sending(lane=common, peers={peer: Progress() for peer in peers})
    mirrors |= {lane: Mirror(lane=lane, peer=peer) for peer in peers for lane in [f"{corridor}/{peer}/{Kind.COMMON}"]}
    return sending, mirrors


def may_append(state: State, lane: str) -> bool:
    """Whether an entry may be appended: not while the lane is behind what a peer cosigned, nor where it was forked."""
    return not state.sending[lane].stopped


def step(state: State, given: m.Input, now: datetime, keys: Keys) -> Stepped:
    """What becomes of the state, and what is to be done, in this order. It raises nothing, whatever a peer sent."""
    match given:
        case m.Received(peer=peer, message=message):
            return _received(state, peer, message, now, keys)
        case m.Started():
            return _ask(state, list(state.sending))
        case m.Tick():
            return _tick(state, now)
        case m.Appended(lane=lane, frontier=frontier):
            sending = replace(state.sending[lane], frontier=frontier)
            return _next(_with(state, sending), lane, now)
        case m.Loaded():
            return _loaded(state, given, now, keys)
        case m.Given(lane=lane, peer=peer, start=start, entries=entries, note=note):
            return state, (m.Send(peer, m.Batch(lane, start, entries, note)),)
        case m.Saved(lane=lane):
            return _saved(state, lane, now, keys)
        case m.NotSaved(lane=lane, reason=reason):
            return _not_saved(state, lane, reason, now)
        case m.Recalled():
            return _recalled(state, given, now)
        case m.Restore(lane=lane):
            return _restore(state, lane)


def _received(state: State, peer: str, message: m.Message, now: datetime, keys: Keys) -> Stepped:
    lane = message.lane
    sending, mirror = state.sending.get(lane), state.mirrors.get(lane)
    try:
        if sending is not None and peer in sending.peers:
            match message:
                case m.Head():
                    return _head(state, sending, peer, message, now)
                case m.Batch():
                    return _given_back(state, sending, peer, message)
                case m.Refused(reason=reason):
                    return state, (m.Alarm("refused", lane, peer, reason[:200], now),)
        if mirror is not None and mirror.peer == peer:
            match message:
                case m.Batch():
                    return _batch(state, mirror, message, now, keys)
                case m.Ask(nonce=nonce):
                    return state, (m.Send(peer, _answer(state, mirror, now, keys, nonce)),)
                case m.Fetch(start=start) if 0 <= start < mirror.frontier.size:
                    return state, (m.Give(lane, peer, start),)
                case m.Fetch():
                    return state, (m.Send(peer, _answer(state, mirror, now, keys)),)
    except ExchangeError as error:
        reason = str(error)[:200]
        said: list[m.Effect] = [m.Alarm("refused", lane[:200], peer, reason, now)]
        if isinstance(message, m.Batch) and mirror is not None:
            said.insert(0, m.Send(peer, m.Refused(lane, reason)))
        return state, tuple(said)
    return state, (m.Alarm("refused", lane[:200], peer, f"{type(message).__name__} for a lane that is not between us", now),)


# Our own lanes.


def _next(state: State, lane: str, now: datetime) -> Stepped:
    """Ask for what each peer lacks, one batch at a time."""
    sending, effects = state.sending[lane], list[m.Effect]()
    if sending.stopped:
        return state, ()
    peers = dict(sending.peers)
    for peer, progress in sending.peers.items():
        if progress.acked.size >= sending.frontier.size:
            continue
        if progress.waiting is None:
            progress = replace(progress, waiting=now)  # noqa: PLW2901 — the same peer's, one step further
        if progress.known and progress.flight is None:
            progress = replace(progress, flight=progress.acked, sent=now)  # noqa: PLW2901
            effects.append(m.Load(lane, peer, progress.acked.size))
        peers[peer] = progress
    return _with(state, replace(sending, peers=peers)), tuple(effects)


def _loaded(state: State, loaded: m.Loaded, now: datetime, keys: Keys) -> Stepped:
    sending = state.sending[loaded.lane]
    progress = sending.peers[loaded.peer]
    if sending.stopped or progress.flight is None or loaded.start != progress.acked.size or not loaded.entries:
        return state, ()
    flight = progress.acked.extended(leaf_hash(one.leaf) for one in loaded.entries)
    point = Checkpoint(loaded.lane, flight.size, flight.root)
    note = Note(point, (sign(point, state.party, keys.sign),)).raw
    signing = replace(sending, signed=max(sending.signed, flight.size))
    state = _with(state, _of_peer(signing, loaded.peer, replace(progress, flight=flight, sent=now)))
    batch = m.Batch(loaded.lane, loaded.start, loaded.entries, note)
    return state, (m.Keep(loaded.lane, note), m.Send(loaded.peer, batch))


def _head(state: State, sending: Sending, peer: str, head: m.Head, now: datetime) -> Stepped:
    """A peer says what it has of a lane of ours: an acknowledgement, an answer to our question, or bad news."""
    progress, raw = sending.peers[peer], head.note[: m.MOST_NOTE_BYTES]
    fresh = bool(head.nonce) and head.nonce == progress.nonce
    if not fresh and not progress.known:
        return state, ()
    if not raw:
        found = Frontier()
    else:
        note = read(raw)
        size = note.checkpoint.size
        if note.checkpoint.origin != sending.lane:
            raise NoteError(f"head: found one of {note.checkpoint.origin}, expected {sending.lane}")
        state.roster.check_note(note, state.party, Use.SIGN)
        state.roster.check_note(note, peer, Use.COSIGN)
        if size > sending.frontier.size:
            return _behind(state, sending, peer, size, now)
        near = next(
            (one for one in (progress.flight, progress.acked, sending.frontier) if one is not None and one.size == size), None
        )
        if near is None:
            return state, (m.Recall(sending.lane, peer, raw, fresh),)
        if near.root != note.checkpoint.root:
            return _another(state, sending, peer, size, now)
        found = near
    return _acknowledged(state, sending, peer, found, raw, now, fresh=fresh)


def _acknowledged(
    state: State, sending: Sending, peer: str, found: Frontier, raw: bytes, now: datetime, *, fresh: bool
) -> Stepped:
    progress, effects = sending.peers[peer], list[m.Effect]()
    if not fresh and found.size <= progress.acked.size:
        return state, ()  # an answer that was overtaken: what is under way has an answer of its own, or is asked about again
    if found.size < progress.acked.size:
        said = (
            f"{peer} has {found.size} entries, and acknowledged {progress.acked.size} before: it lost some, and gets them again"
        )
        effects.append(m.Alarm("peer-behind", sending.lane, peer, said, now))
    if raw and found.size > progress.acked.size:
        effects.insert(0, m.Keep(sending.lane, raw))
    whole = found.size >= sending.frontier.size
    moved = found.size != progress.acked.size
    done = Progress(
        acked=found, known=True, waiting=None if whole else (now if moved or progress.waiting is None else progress.waiting)
    )
    state = _with(state, _of_peer(sending, peer, done))
    state, more = _next(state, sending.lane, now)
    return state, (*effects, *more)


def _recalled(state: State, recalled: m.Recalled, now: datetime) -> Stepped:
    """The lane as it was at the size of a head: what the peer cosigned must be what it was."""
    point = read(recalled.note).checkpoint
    sending, found = state.sending.get(recalled.lane), recalled.frontier
    if sending is None:
        mirror = state.mirrors[recalled.lane]
        if found is None or found.root == point.root:
            return state, ()
        said = f"{recalled.peer} signed two checkpoints of {point.size} entries"
        stopped = {**state.mirrors, mirror.lane: replace(mirror, stopped=FORK)}
        return replace(state, mirrors=stopped), (m.Alarm(FORK, mirror.lane, mirror.peer, said, now),)
    if found is None or found.root != point.root:
        return _another(state, sending, recalled.peer, point.size, now)
    return _acknowledged(state, sending, recalled.peer, found, recalled.note, now, fresh=recalled.fresh)


def _behind(state: State, sending: Sending, peer: str, size: int, now: datetime) -> Stepped:
    """The peer holds what we signed and do not have: an old backup was put back here. Nothing is appended until it is back."""
    said = f"{peer} cosigned {size} entries that we signed, and they are not all here"
    alarms = () if sending.stopped == BEHIND else (m.Alarm(BEHIND, sending.lane, peer, said, now),)
    held = _of_peer(sending, peer, replace(sending.peers[peer], known=True, flight=None))
    return _with(state, replace(held, stopped=BEHIND, goal=max(size, sending.goal))), alarms


def _another(state: State, sending: Sending, peer: str, size: int, now: datetime) -> Stepped:
    """The peer cosigned other entries than ours. Where we do not remember signing so many, ours came after an old backup."""
    if size > sending.signed:
        return _behind(state, sending, peer, size, now)
    said = f"{peer} cosigned another root at {size} entries, which we signed too"
    return _with(state, replace(sending, stopped=FORK)), (m.Alarm(FORK, sending.lane, peer, said, now),)


def _restore(state: State, lane: str) -> Stepped:
    """Take the lane from the mirrors, from behind the last entry that we know to be signed; the rest is appended anew."""
    sending = state.sending[lane]
    if sending.stopped != BEHIND:
        return state, ()
    base = max((one.acked for one in sending.peers.values()), key=lambda one: one.size)
    state = _with(state, replace(sending, frontier=base))
    asked = [m.Send(peer, m.Fetch(lane, base.size)) for peer in sending.peers]
    return state, (m.Rewind(lane, base.size), *asked)


def _given_back(state: State, sending: Sending, peer: str, batch: m.Batch) -> Stepped:
    """A mirror gives back what we had lost: our own signature under the checkpoint says that it is ours."""
    if sending.stopped != BEHIND or sending.saving or batch.start != sending.frontier.size:
        return state, ()
    _bounded(batch)
    frontier, _ = _checked(state, batch, sending.frontier, state.party, batch.entries)
    save = m.Save(batch.lane, batch.start, batch.entries, frontier, batch.note)
    return _with(state, replace(sending, frontier=frontier, saving=True, before=sending.frontier)), (save,)


# Lanes of others.


def _batch(state: State, mirror: Mirror, batch: m.Batch, now: datetime, keys: Keys) -> Stepped:
    if mirror.stopped:
        raise LeafError(f"{mirror.lane} is stopped: {mirror.stopped}")
    _bounded(batch)
    if mirror.pending is not None:
        return state, ()  # one at a time: it is sent again
    end = batch.start + len(batch.entries)
    if batch.start > mirror.frontier.size:
        return state, (m.Send(mirror.peer, _answer(state, mirror, now, keys)),)
    if end <= mirror.frontier.size:
        note = _signed(state, batch, mirror.peer)
        answer = m.Send(mirror.peer, _answer(state, mirror, now, keys))
        return state, (m.Recall(mirror.lane, mirror.peer, note.raw), answer)
    fresh = batch.entries[mirror.frontier.size - batch.start :]
    frontier, headers = _checked(state, batch, mirror.frontier, mirror.peer, fresh)
    bodies = tuple(_opened(entry, header, now, keys) for entry, header in zip(fresh, headers, strict=True))
    save = m.Save(mirror.lane, mirror.frontier.size, fresh, frontier, batch.note, bodies)
    pending = {**state.mirrors, mirror.lane: replace(mirror, pending=save)}
    erased = sum(one.sealed is None for one in fresh)
    if not erased:
        return replace(state, mirrors=pending), (save,)
    said = f"{erased} entries came without their bodies, whose time is over"
    return replace(state, mirrors=pending), (m.Alarm("erased", mirror.lane, mirror.peer, said, now), save)


def _opened(entry: Entry, header: Header, now: datetime, keys: Keys) -> bytes:
    """The body. After so long it may have been erased there by the agreement: a mirror that lost its disk goes on without."""
    if entry.sealed is None and now - header.at >= ERASABLE:
        return b""
    return keys.unseal(entry, header)


def _checked(
    state: State, batch: m.Batch, before: Frontier, signer: str, fresh: Sequence[Entry]
) -> tuple[Frontier, list[Header]]:
    """The frontier behind the batch, and the headers of what is new. Raises ExchangeError for a structural fault."""
    note = _signed(state, batch, signer)
    headers = [read_header(one.leaf, lane=batch.lane, seq=place) for place, one in enumerate(fresh, before.size)]
    frontier = before.extended(leaf_hash(one.leaf) for one in fresh)
    if frontier.root != note.checkpoint.root:
        raise LeafError(f"batch: its entries do not lead to the checkpoint of {frontier.size} entries")
    return frontier, headers


def _bounded(batch: m.Batch) -> None:
    """Raises LeafError where it is empty, or more than may be sent at once."""
    if not 0 < len(batch.entries) <= m.MOST_ENTRIES or batch.start < 0:
        raise LeafError(f"batch: found {len(batch.entries)} entries from {batch.start}, expected 1 to {m.MOST_ENTRIES}")
    weight = sum(one.weight for one in batch.entries)
    if weight > m.MOST_BYTES and len(batch.entries) > 1:
        raise LeafError(f"batch: found {weight} bytes, expected at most {m.MOST_BYTES}")


def _signed(state: State, batch: m.Batch, signer: str) -> Note:
    note = read(batch.note)
    if (note.checkpoint.origin, note.checkpoint.size) != (batch.lane, batch.start + len(batch.entries)):
        raise NoteError(f"batch: found the checkpoint of {note.checkpoint.origin} at {note.checkpoint.size}")
    state.roster.check_note(note, signer, Use.SIGN)
    return note


def _saved(state: State, lane: str, now: datetime, keys: Keys) -> Stepped:
    """What was written is ours to vouch for now, and not before."""
    if lane in state.sending:
        return _given_back_saved(state, lane)
    mirror = state.mirrors[lane]
    if mirror.pending is None:
        return state, ()
    done = replace(mirror, frontier=mirror.pending.frontier, note=mirror.pending.note, pending=None)
    state = replace(state, mirrors={**state.mirrors, lane: done})
    answer = _answer(state, done, now, keys)
    return state, (m.Keep(lane, answer.note), m.Send(mirror.peer, answer))


def _given_back_saved(state: State, lane: str) -> Stepped:
    """Part of a lane of ours is back. What is still missing is fetched; at the end every peer is asked what it has."""
    sending = replace(state.sending[lane], saving=False)
    if sending.frontier.size < sending.goal:
        asked = tuple(m.Send(peer, m.Fetch(lane, sending.frontier.size)) for peer in sending.peers)
        return _with(state, sending), asked
    whole = replace(
        sending,
        stopped="",
        signed=max(sending.signed, sending.goal),
        peers={peer: Progress(acked=one.acked) for peer, one in sending.peers.items()},
    )
    return _ask(_with(state, whole), [lane])


def _not_saved(state: State, lane: str, reason: str, now: datetime) -> Stepped:
    mirror = state.mirrors.get(lane)
    if mirror is None:
        sending = state.sending[lane]
        before = Frontier() if sending.before is None else sending.before
        state = _with(state, replace(sending, saving=False, frontier=before))
        return state, (m.Alarm("not-saved", lane, "", reason[:200], now),)
    mirrors = {**state.mirrors, lane: replace(mirror, pending=None)}
    return replace(state, mirrors=mirrors), (m.Alarm("not-saved", lane, mirror.peer, reason[:200], now),)


def _answer(state: State, mirror: Mirror, now: datetime, keys: Keys, nonce: bytes = b"") -> m.Head:
    """What we have of the lane, under our cosignature."""
    nonce = nonce[:NONCE_BYTES]
    if not mirror.note:
        return m.Head(mirror.lane, b"", nonce)
    note = read(mirror.note)
    return m.Head(mirror.lane, note.with_signatures([cosign(note.checkpoint, state.party, keys.cosign, now)]).raw, nonce)


# Time.


def _tick(state: State, now: datetime) -> Stepped:
    effects = list[m.Effect]()
    for lane in state.sending:
        for peer, progress in state.sending[lane].peers.items():
            sending = state.sending[lane]
            lost = progress.flight is not None and progress.sent is not None and _over(progress.sent, PATIENCE, now)
            if lost:
                progress = replace(progress, flight=None, sent=None, known=False)  # noqa: PLW2901 — one step further
            if progress.waiting is not None and not progress.told and _over(progress.waiting, LAG, now):
                lag = sending.frontier.size - progress.acked.size
                effects.append(m.Alarm("lag", lane, peer, f"{lag} entries are not acknowledged", now))
                progress = replace(progress, told=True)  # noqa: PLW2901
            state = _with(state, _of_peer(sending, peer, progress))
            if not progress.known:
                state, asked = _ask(state, [lane], peer)
                effects += asked
        state, more = _next(state, lane, now)
        effects += more
    return state, tuple(effects)


def _ask(state: State, names: Sequence[str], only: str = "") -> Stepped:
    """Ask peers what they have of these lanes. A question that has no answer yet is the same one again, however it travels."""
    effects = list[m.Effect]()
    for lane in names:
        for peer in state.sending[lane].peers:
            if only in ("", peer):
                sending = state.sending[lane]
                new = sha256(state.session + state.asked.to_bytes(8, "big")).digest()[:NONCE_BYTES]
                nonce = sending.peers[peer].nonce or new
                asking = _of_peer(sending, peer, replace(sending.peers[peer], nonce=nonce))
                state = replace(_with(state, asking), asked=state.asked + 1)
                effects.append(m.Send(peer, m.Ask(lane, nonce)))
    return state, tuple(effects)


def _over(since: datetime, span: timedelta, now: datetime) -> bool:
    """A clock that was set back ends every wait: waiting for it to catch up could take years."""
    return now - since >= span or now < since


def _with(state: State, sending: Sending) -> State:
    return replace(state, sending={**state.sending, sending.lane: sending})


def _of_peer(sending: Sending, peer: str, progress: Progress) -> Sending:
    return replace(sending, peers={**sending.peers, peer: progress})
