"""Messages as they travel between two nodes: several in one letter, signed by its sender, so that no channel is believed.

TLS hides and orders; who speaks is said by the signature. A letter may be kept and sent again: what is in it can be received
twice, and answers name their questions.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from fastchannel.exchange import messages as m
from fastchannel.exchange.errors import ExchangeError
from fastchannel.exchange.roster import Roster, Use

MOST_BYTES = 8 * 1024 * 1024
MOST_MESSAGES = 256
_MARK = b"fastchannel letter v1\n"


class LetterError(ExchangeError):
    """A letter is none, is for somebody else, or is not signed by whom it names."""


class _Letter(Struct, frozen=True):
    corridor: str
    sender: str
    receiver: str
    messages: tuple[m.Message, ...]


class _Signed(Struct, frozen=True):
    letter: bytes
    signature: bytes


_signed: msgspec.msgpack.Decoder[_Signed] = msgspec.msgpack.Decoder(_Signed)
_letter: msgspec.msgpack.Decoder[_Letter] = msgspec.msgpack.Decoder(_Letter)


def write(corridor: str, sender: str, receiver: str, messages: Sequence[m.Message], key: Ed25519PrivateKey) -> bytes:
    """The letter's bytes."""
    raw = msgspec.msgpack.encode(_Letter(corridor, sender, receiver, tuple(messages)))
    return msgspec.msgpack.encode(_Signed(raw, key.sign(_MARK + raw)))


def portions(messages: Sequence[m.Message]) -> list[list[m.Message]]:
    """So many letters as the bounds ask for, in the same order."""
    found: list[list[m.Message]] = [[]]
    weight = 0
    for one in messages:
        size = len(m.encode(one))
        if found[-1] and (weight + size > MOST_BYTES // 2 or len(found[-1]) >= MOST_MESSAGES):
            found.append([])
            weight = 0
        found[-1].append(one)
        weight += size
    return [one for one in found if one]


def read(raw: bytes, roster: Roster, receiver: str) -> tuple[str, tuple[m.Message, ...]]:
    """Who writes and what. Raises LetterError.

    A key that was bounded at any lane's size does not sign letters any more: it was replaced or stolen.
    """
    if len(raw) > MOST_BYTES:
        raise LetterError(f"letter: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        signed = _signed.decode(raw)
        letter = _letter.decode(signed.letter)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise LetterError(f"letter: {error}") from error
    if (letter.corridor, letter.receiver) != (roster.corridor, receiver) or letter.sender == receiver:
        raise LetterError(f"letter: found one of {letter.corridor[:64]} for {letter.receiver[:8]}")
    if len(letter.messages) > MOST_MESSAGES:
        raise LetterError(f"letter: found {len(letter.messages)} messages, expected at most {MOST_MESSAGES}")
    keys = [key for key in roster.keys(letter.sender, Use.SIGN) if not key.until]
    if not any(_holds(signed, bytes.fromhex(key.raw)) for key in keys):
        raise LetterError(f"letter: not signed by a key of {letter.sender[:8]}")
    return letter.sender, letter.messages


def _holds(signed: _Signed, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed.signature, _MARK + signed.letter)
    except (InvalidSignature, ValueError):
        return False
    return True
