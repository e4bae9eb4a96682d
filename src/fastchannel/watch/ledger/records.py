"""What the ledger is made of: records of cases linked to travel, and each party's signed view of a record.

Both kinds of record are named by their digest. A correction is a further `Entry` that names the digests it corrects, so that a
record cannot be changed without becoming another, and no two records can correct each other in a circle. That a signature is
whose it says is verified before a record comes here.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
import rfc8785
from msgspec import Meta, Struct

from fastchannel.terms.places import is_code
from fastchannel.watch.errors import WatchError

Instant = Annotated[datetime, Meta(tz=True)]
Short = Annotated[str, Meta(min_length=1, max_length=128)]


class RecordError(WatchError):
    """Something is no record of the ledger."""


class Kind(StrEnum):
    """What a case is, seen from the place where it was found."""

    CHANNEL = "imported through the channel"
    OTHER_ROUTE = "imported by another route"
    LOCAL = "local"
    UNKNOWN = "unknown"
    NO_CASE = "no case"  # the finding was wrong


IMPORTED = frozenset({Kind.CHANNEL, Kind.OTHER_ROUTE})


class Classification(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``origin`` is an ISO 3166 code, given for imports and for nothing else."""

    kind: Kind
    origin: str = ""

    def __post_init__(self) -> None:
        if (self.kind in IMPORTED) != bool(self.origin):
            raise RecordError(f"classification {self.kind.value!r} with origin {self.origin!r}: imports alone name an origin")
        if self.origin and not is_code(self.origin):
            raise RecordError(f"classification: found origin {self.origin!r}, expected a code such as CN or KR-11")


class Seat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``seat`` is empty where it is not known."""

    flight: Short
    seat: Annotated[str, Meta(max_length=8)] = ""


class _Recorded(Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    party: Short
    officer: Short
    recorded: Instant

    def __post_init__(self) -> None:
        if self.recorded.tzinfo is None:
            raise RecordError(f"recorded: found {self.recorded.isoformat()}, expected a time with its offset")


class Entry(_Recorded, frozen=True, kw_only=True, tag="entry"):
    """A confirmed case linked to travel, with its evidence, as one party recorded it.

    ``parties`` are those that must sign; ``place`` is where the case was found; dates are those of that place. ``case`` is the
    name both sides use for the case, and names nobody.
    """

    case: Short
    parties: tuple[str, ...]
    place: str
    confirmed: date
    journey: str = ""
    arrived: date | None = None
    onset: date | None = None
    sampled: date | None = None
    published: date | None = None
    events: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()  # digests
    seats: tuple[Seat, ...] = ()
    genome_cluster: str = ""
    corrects: tuple[str, ...] = ()  # digests of entries
    reason: str = ""

    def __post_init__(self) -> None:
        _Recorded.__post_init__(self)
        if len(self.parties) < 2 or list(self.parties) != sorted(set(self.parties)):
            raise RecordError(f"case {self.case}: found parties {self.parties}, expected two or more in the alphabet's order")
        if self.party not in self.parties:
            raise RecordError(f"case {self.case}: {self.party} records it and is none of its parties {self.parties}")
        if not is_code(self.place):
            raise RecordError(f"case {self.case}: found place {self.place!r}, expected a code such as CN or KR-11")
        if self.corrects and not self.reason:
            raise RecordError(f"case {self.case}: a correction needs a reason")


class Statement(_Recorded, frozen=True, kw_only=True, tag="statement"):
    """A party's view of one entry, by an officer. A later one of the same party on the same entry comes before it in force."""

    entry: Short  # the digest
    classification: Classification
    reason: str = ""
    signature: str = ""  # where the proof is found; it was verified before


Record = Entry | Statement

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """The record's JSON form."""
    return _encoder.encode(record)


def decode(raw: bytes | str) -> Record:
    """Read one record. Raises RecordError; the message names the field."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(f"no record of the ledger: {error}") from error


def digest_of(record: Record) -> str:
    """``sha256:`` and the hexadecimal digest of the record in canonical JSON (RFC 8785), its times in UTC."""
    fields = msgspec.to_builtins(record, builtin_types=(datetime,))
    fields["recorded"] = record.recorded.astimezone(UTC).isoformat(timespec="microseconds")
    return f"sha256:{hashlib.sha256(rfc8785.dumps(fields)).hexdigest()}"
