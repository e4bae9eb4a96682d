"""Messages in a file, for a link that is a disk carried by hand: the same messages, and so the same checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import LeafError

MARK = b"fastchannel courier v1\n"
MOST_BYTES = 1024**3
_SIZE_BYTES = 4


class Carried(Struct, frozen=True):
    """One message with its sender and receiver, as the file says it; what is signed inside decides what is believed."""

    sender: str
    receiver: str
    message: m.Message


_decoder: msgspec.msgpack.Decoder[Carried] = msgspec.msgpack.Decoder(Carried)


def write(carried: Iterable[Carried]) -> Iterator[bytes]:
    """The file, in pieces."""
    yield MARK
    for one in carried:
        raw = msgspec.msgpack.encode(one)
        yield len(raw).to_bytes(_SIZE_BYTES, "big") + raw


def read(raw: bytes) -> Iterator[Carried]:
    """The messages of a file, one by one. Raises LeafError at the first that is none: those before it are good."""
    if not raw.startswith(MARK):
        raise LeafError("courier: found another file; expected one that fastchannel exchange export wrote")
    if len(raw) > MOST_BYTES:
        raise LeafError(f"courier: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    place, number = len(MARK), 0
    while place < len(raw):
        size = int.from_bytes(raw[place : place + _SIZE_BYTES], "big")
        start = place + _SIZE_BYTES
        if start > len(raw) or size > m.MOST_MESSAGE_BYTES or start + size > len(raw):
            raise LeafError(f"courier: message {number + 1} is cut off or too large: the file did not arrive whole")
        try:
            yield _decoder.decode(raw[start : start + size])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
            raise LeafError(f"courier: message {number + 1}: {error}") from error
        place, number = start + size, number + 1
