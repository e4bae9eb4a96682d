"""Letters in a file, for a link that is a disk carried by hand: the same letters, and so the same checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.letters import MOST_BYTES as MOST_LETTER_BYTES

MARK = b"fastchannel courier v1\n"
MOST_BYTES = 1024**3
_SIZE_BYTES = 4


def write(letters: Iterable[bytes]) -> Iterator[bytes]:
    """The file, in pieces."""
    yield MARK
    for one in letters:
        yield len(one).to_bytes(_SIZE_BYTES, "big") + one


def read(raw: bytes) -> Iterator[bytes]:
    """The letters of a file, one by one. Raises LeafError where the file ends or breaks: those before are good."""
    if not raw.startswith(MARK):
        raise LeafError("courier: found another file; expected one that fastchannel exchange export wrote")
    if len(raw) > MOST_BYTES:
        raise LeafError(f"courier: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    place, number = len(MARK), 1
    while place < len(raw):
        start = place + _SIZE_BYTES
        size = int.from_bytes(raw[place:start], "big")
        if start > len(raw) or size > MOST_LETTER_BYTES or start + size > len(raw):
            raise LeafError(f"courier: letter {number} is cut off or too large: the file did not arrive whole")
        yield raw[start : start + size]
        place, number = start + size, number + 1
