"""Base45 of RFC 9285, in whole arrays: three characters stand for two bytes."""

from __future__ import annotations

import numpy as np

from fastchannel.certificates.refusal import malformed

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MOST_CHARACTERS = 8_192  # a QR code of version 40 holds 4,296
_OUTSIDE = 255
_VALUES = bytes(ALPHABET.find(one) if one in ALPHABET else _OUTSIDE for one in range(256))
_LETTERS = np.frombuffer(ALPHABET, np.uint8)
_BYTE, _FLOAT, _PAIR = np.dtype(np.uint8), np.dtype(np.float32), np.dtype(">u2")
_WEIGHTS = np.array([1, 45, 45 * 45], _FLOAT)  # exact below 2**24, and the product of floats is the fast one


def decode(text: str) -> bytes:
    """The bytes. Raises RefusedError where the text is not base45, or is longer than MOST_CHARACTERS."""
    size = len(text)
    if size > MOST_CHARACTERS:
        raise malformed("base45", f"{size} characters", f"at most {MOST_CHARACTERS}", detail="too-long")
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise malformed("base45", text, "characters of RFC 9285", detail="base45") from None
    whole, rest = divmod(size, 3)
    if rest == 1 or _OUTSIDE in values:
        raise malformed("base45", text, "characters of RFC 9285, in threes and a last two", detail="base45")
    pairs = np.frombuffer(values, _BYTE, whole * 3).reshape(whole, 3).astype(_FLOAT).dot(_WEIGHTS)
    if whole and pairs[pairs.argmax()] > 0xFFFF:  # for so few, quicker than their maximum
        raise malformed("base45", text, "three characters worth at most 65535", detail="base45")
    found: bytes = pairs.astype(_PAIR).tobytes()
    if rest:
        last = values[-2] + 45 * values[-1]
        if last > 0xFF:
            raise malformed("base45", text[-2:], "two characters worth at most 255", detail="base45")
        found += bytes((last,))
    return found


def encode(raw: bytes) -> str:
    """The text of the bytes."""
    whole = len(raw) // 2
    pairs = np.frombuffer(raw, ">u2", whole).astype(np.int64)
    letters = np.empty((whole, 3), np.uint8)
    letters[:, 0] = _LETTERS[pairs % 45]
    letters[:, 1] = _LETTERS[pairs // 45 % 45]
    letters[:, 2] = _LETTERS[pairs // 2025]
    text = letters.tobytes()
    if len(raw) % 2:
        text += bytes((ALPHABET[raw[-1] % 45], ALPHABET[raw[-1] // 45]))
    return text.decode("ascii")
