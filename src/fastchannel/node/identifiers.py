"""Identifiers that sort by time and that nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no letter that reads as a digit
_RANDOM_BITS = 80
_LENGTH = 26


class TimeOrdered:
    """48 bits of the host's milliseconds, then 80 random bits: 26 characters. In one process they always ascend."""

    __slots__ = ("_last", "_lock")

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> str:
        """The next identifier."""
        number = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        with self._lock:
            if number <= self._last:
                # Within one millisecond: a random step upwards keeps the order and stays unguessable.
                number = self._last + 1 + secrets.randbits(_RANDOM_BITS - 16)
            self._last = number
        return _text(number)


def _text(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range((_LENGTH - 1) * 5, -1, -5))


identifiers = TimeOrdered()


def new_identifier() -> str:
    """A new identifier, as the database's default."""
    return identifiers.new()


def new_token() -> str:
    """A secret of 256 bits, for links and keys."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token: from it nobody gets the token back, and 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
