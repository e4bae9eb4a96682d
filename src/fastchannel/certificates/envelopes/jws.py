"""Compact JWS of RFC 7515 with one signature, its payload perhaps deflated."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Any

from msgspec import Struct

from fastchannel.certificates.envelopes import strict_json
from fastchannel.certificates.envelopes.inflate import RAW, inflate_first
from fastchannel.certificates.keys import CERTIFICATE_ALGORITHMS, Algorithm
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed

MOST_CHARACTERS = 64 * 1024
_URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# By the length modulo 4: what may stand last. The empty text has no last character.
_LAST = ({"", *_ALPHABET}, set[str](), {*_ALPHABET[::16]}, {*_ALPHABET[::4]})
_TRAILER_BYTES = 8  # some issuers cut the header off a gzip stream and leave its checksum and size
_SIZES = {Algorithm.ES256: 64, Algorithm.ES384: 96}


class Jws(Struct, frozen=True):
    """An opened JWS: nothing of it is verified yet."""

    algorithm: Algorithm
    kid: bytes
    payload: bytes
    signature: bytes
    message: bytes  # header and payload as they stand, which is what is signed
    trailer: bytes = b""  # what stands behind the deflated payload


def open_jws(text: str) -> Jws:
    """Open the text. Raises RefusedError; the detail names the part: header, deflated payload, form of the signature."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > MOST_CHARACTERS:
        raise malformed("jws", f"{len(parts)} parts", "three parts of base64url", detail="jws-header-error")
    header = _header(parts[0])
    algorithm = header.algorithm
    signature = base64url(parts[2], "signature")
    if len(signature) != _SIZES.get(algorithm, len(signature)):
        raise malformed("signature", f"{len(signature)} bytes", f"{_SIZES[algorithm]}", detail="signature-format-error")
    payload = base64url(parts[1], "jws payload")
    trailer = b""
    if header.deflated:
        payload, trailer = _inflated(payload)
    message = f"{parts[0]}.{parts[1]}".encode("ascii")
    return Jws(algorithm, header.kid, payload, signature, message, trailer)


class _Header(Struct, frozen=True):
    algorithm: Algorithm
    kid: bytes
    deflated: bool


@lru_cache(maxsize=1024)  # an issuer's cards share their header
def _header(part: str) -> _Header:
    header = strict_json.decode(base64url(part, "jws header"), "jws header")
    if not isinstance(header, dict):
        raise malformed("jws header", header, "an object", detail="jws-header-error")
    algorithm = _algorithm(header)
    if "crit" in header:
        raise RefusedError(
            Refusal(code=Code.UNSUPPORTED, where="crit", found="some", expected="none", detail="jws-header-error")
        )
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 128:
        raise malformed("kid", kid, "a key identifier", detail="jws-header-error")
    if header.get("zip", "DEF") != "DEF":
        raise malformed("zip", header["zip"], "DEF", detail="jws-header-error")
    return _Header(algorithm, key_id(kid), "zip" in header)


def key_id(kid: str) -> bytes:
    """The identifier as bytes: a thumbprint's own, or of any other text the text's."""
    if len(kid) == 43 and _URL.fullmatch(kid):
        return base64.urlsafe_b64decode(kid + "=")
    return kid.encode("utf-8", "replace")


def base64url(text: str, where: str) -> bytes:
    """The bytes of unpadded base64url, whose unused last bits are zero: one text for the same bytes. Raises RefusedError."""
    if len(text) % 4 == 1 or _URL.fullmatch(text) is None or text[-1:] not in _LAST[len(text) % 4]:
        raise malformed(where, text, "base64url without padding", detail="base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise malformed(where, error, "base64url without padding", detail="base64url") from None


def _algorithm(header: dict[str, Any]) -> Algorithm:
    found = header.get("alg")
    if not isinstance(found, str):
        raise malformed("alg", found, "an algorithm", detail="jws-header-error")
    if found not in CERTIFICATE_ALGORITHMS:
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="alg", found=found[:40], detail="jws-header-error"))
    return Algorithm(found)


def _inflated(payload: bytes) -> tuple[bytes, bytes]:
    try:
        found, trailer = inflate_first(payload, form=RAW)
    except RefusedError as error:
        refusal = error.refusal
        raise malformed(refusal.where, refusal.found, refusal.expected, detail="inflation-error") from None
    if len(trailer) not in {0, _TRAILER_BYTES}:
        raise malformed("compression", f"{len(trailer)} bytes behind it", "one whole stream", detail="inflation-error")
    return found, trailer
