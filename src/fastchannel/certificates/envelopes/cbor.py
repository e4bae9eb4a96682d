"""CBOR within bounds: no duplicate keys, no deep nesting, nothing behind the item, no tag that builds objects."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NoReturn

import cbor2

from fastchannel.certificates.refusal import malformed

MOST_DEPTH = 16


def _refuse(*_: object) -> NoReturn:
    raise ValueError("a tag that certificates do not use")


# Of the tags that the library makes objects of, certificates use those of dates (0, 1), COSE (18) and CWT (61). The others
# would build regular expressions, shared references or fractions of a stranger's choosing.
_TAGS: dict[int, Any] = dict.fromkeys((4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000), _refuse)


def decode(raw: bytes, where: str = "cbor") -> Any:
    """The one item that the bytes are. Raises RefusedError."""
    stream = BytesIO(raw)
    try:
        found = cbor2.load(stream, max_depth=MOST_DEPTH, allow_duplicate_keys=False, semantic_decoders=_TAGS)
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, ArithmeticError, RecursionError) as error:
        raise malformed(where, error, "CBOR", detail="cbor") from None
    if stream.tell() != len(raw):
        raise malformed(where, "bytes behind the item", "one item", detail="cbor")
    return found


def encode(value: object) -> bytes:
    """The item as canonical CBOR: the same bytes for the same value."""
    return cbor2.dumps(value, canonical=True)
