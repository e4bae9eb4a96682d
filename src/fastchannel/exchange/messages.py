"""What two nodes say to each other, and what the machine is told and asks for. On the wire: MessagePack, typed and bounded.

Four messages are enough. A *batch* carries entries with the checkpoint that ends them. A *head* is the receiver's cosigned
checkpoint: at once the receipt, the acknowledgement and the answer to *ask*, what do you have of this lane. A *fetch* asks the
mirror to give back what it holds.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.merkle import Frontier
from fastchannel.exchange.sealing import Entry

MOST_ENTRIES = 1_000
MOST_BYTES = 1024 * 1024  # of a batch's entries; one that is larger by itself travels alone
MOST_MESSAGE_BYTES = 4 * MOST_BYTES
MOST_NOTE_BYTES = 16 * 1024 + 1


class Batch(Struct, frozen=True, tag="batch"):
    """Entries ``start`` and after of a lane, and the signed checkpoint of the lane that ends with the last of them."""

    lane: str
    start: int
    entries: tuple[Entry, ...]
    note: bytes


class Head(Struct, frozen=True, tag="head"):
    """The receiver has the lane up to this checkpoint, on disk; empty where it has nothing. Signed by both.

    ``nonce`` is that of the question that it answers: an answer of last week says nothing about today.
    """

    lane: str
    note: bytes = b""
    nonce: bytes = b""


class Ask(Struct, frozen=True, tag="ask"):
    """Asks the receiver for its head of the lane."""

    lane: str
    nonce: bytes


class Fetch(Struct, frozen=True, tag="fetch"):
    """Asks the receiver to give back what it mirrored from that entry on."""

    lane: str
    start: int


class Refused(Struct, frozen=True, tag="refused"):
    """A batch was structurally wrong, so that nothing of it was kept; or the lane is stopped."""

    lane: str
    reason: str


Message = Batch | Head | Ask | Fetch | Refused
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode(message: Message) -> bytes:
    """The message as it travels."""
    return msgspec.msgpack.encode(message)


def decode(raw: bytes) -> Message:
    """The message. Raises LeafError: it is too large, or none."""
    if len(raw) > MOST_MESSAGE_BYTES:
        raise LeafError(f"message: found {len(raw)} bytes, expected at most {MOST_MESSAGE_BYTES}")
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise LeafError(f"message: {error}") from error


# What the machine is told.


class Started(Struct, frozen=True):
    """The process begins; what the state says is on disk."""


class Tick(Struct, frozen=True):
    """Some time has passed."""


class Received(Struct, frozen=True):
    """A message came from that party."""

    peer: str
    message: Message


class Appended(Struct, frozen=True):
    """A lane of ours grew, and its transaction is committed."""

    lane: str
    frontier: Frontier


class Loaded(Struct, frozen=True):
    """What `Load` asked for: entries of a lane of ours, all of them committed."""

    lane: str
    peer: str
    start: int
    entries: tuple[Entry, ...]


class Given(Struct, frozen=True):
    """What `Give` asked for: entries that were mirrored, and the checkpoint that ends them."""

    lane: str
    peer: str
    start: int
    entries: tuple[Entry, ...]
    note: bytes


class Saved(Struct, frozen=True):
    """What `Save` asked for is on disk."""

    lane: str


class NotSaved(Struct, frozen=True):
    """What `Save` asked for could not be written: nothing of it is on disk."""

    lane: str
    reason: str


class Recalled(Struct, frozen=True):
    """What `Recall` asked for: the lane as it was at that size; None where the entries are not there."""

    lane: str
    peer: str
    note: bytes
    fresh: bool
    frontier: Frontier | None


class Restore(Struct, frozen=True):
    """An officer says that a lane that is behind its mirror is to be taken from there."""

    lane: str


Input = Started | Tick | Received | Appended | Loaded | Given | Saved | NotSaved | Recalled | Restore

# What the machine asks for.


class Send(Struct, frozen=True):
    """Send this to that party. It may be lost, doubled and overtaken."""

    peer: str
    message: Message


class Load(Struct, frozen=True):
    """Read entries of a lane of ours from ``start``: at most MOST_ENTRIES and MOST_BYTES."""

    lane: str
    peer: str
    start: int


class Give(Struct, frozen=True):
    """Read mirrored entries from ``start`` up to the next checkpoint that was kept, and that checkpoint."""

    lane: str
    peer: str
    start: int


class Save(Struct, frozen=True):
    """Write entries, the frontier behind them and the checkpoint in one transaction, if the lane still ends at ``start``."""

    lane: str
    start: int
    entries: tuple[Entry, ...]
    frontier: Frontier
    note: bytes
    bodies: tuple[bytes, ...] = ()  # of a peer's entries, opened: to be applied in the same transaction, and not kept as such


class Keep(Struct, frozen=True):
    """Keep a checkpoint: one that we signed, before it is sent, or one that came back cosigned."""

    lane: str
    note: bytes


class Recall(Struct, frozen=True):
    """Say what the lane was at the size of that note. ``fresh`` comes back as it is."""

    lane: str
    peer: str
    note: bytes
    fresh: bool = False


class Rewind(Struct, frozen=True):
    """Take entries of ours from ``size`` on off the lane, to be appended again later: no checkpoint of them was ever signed."""

    lane: str
    size: int


class Alarm(Struct, frozen=True):
    """Tell people: ``behind``, ``fork``, ``refused``, ``peer-behind``, ``lag`` or ``not-saved``."""

    kind: str
    lane: str
    peer: str
    said: str
    at: datetime


Effect = Send | Load | Give | Save | Keep | Recall | Rewind | Alarm
