"""Entries of a lane: a header whose exact bytes are the leaf of the tree, and a sealed body that it commits to.

The body can be destroyed (bytes, salt and key) when its time is over; the header stays, and the lane still verifies.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from msgspec import Meta, Struct

from fastchannel.exchange import plain
from fastchannel.exchange.errors import LeafError

VERSION = 1
MOST_HEADER_BYTES = 8 * 1024
MOST_REFERENCES = 32
_LANE = re.compile(r"[a-z0-9.-]{1,64}/[A-Z]{2}/(?:[A-Z]{2}/(?:urgent|bulk)|common)", re.ASCII)
_TYPE = re.compile(r"[a-z][a-z-]{0,39}", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{64}", re.ASCII)
Identifier = Annotated[str, Meta(min_length=1, max_length=64)]


class Kind(StrEnum):
    """What a lane carries. What is urgent never waits behind what is not."""

    URGENT = "urgent"  # positives, suspensions
    BULK = "bulk"  # approvals, clearances, results, arrivals, contacts
    COMMON = "common"  # agreement versions and trust lists, for all parties


class Lane(Struct, frozen=True):
    """One log: who writes it, for whom, and what for. A common lane has every party for its audience."""

    corridor: str
    sender: str
    kind: Kind
    audience: str = ""

    @property
    def origin(self) -> str:
        """Its name in checkpoints: no two lanes have the same one, so that nothing can be replayed from one in another."""
        return "/".join(part for part in (self.corridor, self.sender, self.audience, self.kind.value) if part)


def lane_of(origin: str) -> Lane:
    """The lane of that name. Raises LeafError."""
    if _LANE.fullmatch(origin) is None:
        raise LeafError(
            f"lane: found {origin[:80]!r}, expected corridor/sender/audience/urgent, /bulk, or corridor/sender/common"
        )
    corridor, sender, *rest = origin.split("/")
    return Lane(corridor, sender, Kind(rest[-1]), rest[0] if len(rest) == 2 else "")


class Header(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What everybody who holds the lane can read: nothing in it is about anybody."""

    v: int = VERSION
    lane: str
    seq: Annotated[int, Meta(ge=0)]
    id: Identifier
    type: str
    schema: Annotated[int, Meta(ge=1)]
    at: Annotated[datetime, Meta(tz=True)]
    agreement: str  # the digest of the text under which it is sent
    refs: tuple[Identifier, ...] = ()  # entries that it answers, corrects or rests on
    seen: dict[str, int] = {}  # by lane: how many entries of the other side the sender had mirrored
    body_commit: str

    @property
    def bytes(self) -> bytes:
        """The leaf. It is written once, and kept and sent as it was written."""
        return plain.encode(self)


def commitment(salt: bytes, body: bytes) -> str:
    """What a header says of its body: nothing, to whoever does not have salt and body."""
    return sha256(salt + body).hexdigest()


def read_header(raw: bytes, *, lane: str, seq: int) -> Header:
    """The header of the entry that must stand at that place of that lane. Raises LeafError."""
    header = plain.decode_as(raw, Header, "header", most=MOST_HEADER_BYTES)
    if header.v != VERSION:
        raise LeafError(f"header: found version {header.v}, expected {VERSION}")
    if (header.lane, header.seq) != (lane, seq):
        raise LeafError(f"header: found entry {header.seq} of {header.lane[:80]}, expected entry {seq} of {lane}")
    if _TYPE.fullmatch(header.type) is None or _COMMIT.fullmatch(header.body_commit) is None:
        raise LeafError(f"header: found the type {header.type[:40]!r} and the commitment {header.body_commit[:70]!r}")
    if len(header.refs) > MOST_REFERENCES or len(header.seen) > MOST_REFERENCES:
        raise LeafError(f"header: found more than {MOST_REFERENCES} references")
    return header
