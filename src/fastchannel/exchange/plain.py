"""JSON in the one form in which we write it: a text in any other form is refused, so that bytes and value are the same thing.

That form has no key twice, no NaN, no white space, no escape that is not needed, and no number that another reader would take
for its neighbour. Whoever re-encodes what was read gets the bytes that were signed.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from fastchannel.exchange.errors import LeafError

MOST_BYTES = 256 * 1024
MOST_DEPTH = 32
T = TypeVar("T", bound=msgspec.Struct)


def encode(value: object) -> bytes:
    """The value's bytes. Raises LeafError where it has none."""
    try:
        return msgspec.json.encode(value, order=None)
    except (TypeError, ValueError, UnicodeError, RecursionError) as error:
        raise LeafError(f"body: {error}: expected what JSON can say") from error


def decode(raw: bytes, where: str, *, most: int = MOST_BYTES) -> Any:
    """The value. Raises LeafError."""
    found = _read(raw, where, most, Any)
    _bounded(found, where, MOST_DEPTH)
    return found


def decode_as(raw: bytes, kind: type[T], where: str, *, most: int = MOST_BYTES) -> T:
    """The value of a typed form. Raises LeafError, whose message names the field."""
    found: T = _read(raw, where, most, kind)
    return found


def _read(raw: bytes, where: str, most: int, kind: Any) -> Any:
    if len(raw) > most:
        raise LeafError(f"{where}: found {len(raw)} bytes, expected at most {most}")
    try:
        found = msgspec.json.decode(raw, type=kind)
        again = msgspec.json.encode(found)
    except (msgspec.DecodeError, UnicodeError, RecursionError, OverflowError) as error:
        raise LeafError(f"{where}: {error}") from error
    if again != raw:
        raise LeafError(f"{where}: found JSON in another form than the one that is written here")
    return found


def _bounded(value: object, where: str, left: int) -> None:
    """No deeper than MOST_DEPTH, and no whole number that a reader with 64-bit floats would change."""
    if left < 0:
        raise LeafError(f"{where}: found more than {MOST_DEPTH} levels")
    match value:
        case dict():
            for one in value.values():
                _bounded(one, where, left - 1)
        case list():
            for one in value:
                _bounded(one, where, left - 1)
        case bool():
            pass
        case int() if not -(2**53) < value < 2**53:
            raise LeafError(f"{where}: found a number of {len(str(value))} digits, expected one below 2**53")
        case _:
            pass
