"""COSE_Sign1 of RFC 9052: a payload with one signature, opened and sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import cbor2
from msgspec import Struct

from fastchannel.certificates.envelopes import cbor
from fastchannel.certificates.keys import COSE_ALGORITHMS, COSE_NUMBERS, Algorithm
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed
from fastchannel.certificates.tolerances import CWT_TAGGED, KID_UNPROTECTED, UNTAGGED, Noted

SIGN1_TAG = 18
_SIGN1, _CWT = b"\xd2", b"\xd8\x3d"  # the tags 18 and 61 as they are encoded
ALG, CRITICAL, KID = 1, 2, 4
MOST_KID_BYTES = 64
_EMPTY_MAP = b"\xa0"
_CONTEXT = b"\x84\x6aSignature1"  # a list of four, and its first: the text that keeps these signatures apart from all others


class Sign1(Struct, frozen=True):
    """An opened COSE_Sign1: nothing of it is verified yet."""

    algorithm: Algorithm
    kid: bytes
    payload: bytes
    signature: bytes
    message: bytes  # the Sig_structure, which is what is signed


def open_sign1(raw: bytes, noted: Noted, *, aad: bytes = b"") -> Sign1:
    """Open the bytes. Raises RefusedError: malformed, or unsupported where the algorithm or a critical header is."""
    if raw.startswith(_CWT):
        noted.add(CWT_TAGGED, "cose")
        raw = raw.removeprefix(_CWT)
    if raw.startswith(_SIGN1):
        raw = raw.removeprefix(_SIGN1)
    else:
        noted.add(UNTAGGED, "cose")
    item = cbor.decode(raw, "cose")
    if not isinstance(item, list) or len(item) != 4:
        raise malformed("cose", item, "COSE_Sign1: a list of four", detail="cose")
    protected, unprotected, payload, signature = item
    if type(protected) is not bytes or type(payload) is not bytes or type(signature) is not bytes:
        raise malformed("cose", "other types", "bytes for protected header, payload and signature", detail="cose")
    if not isinstance(unprotected, dict):
        raise malformed("cose", unprotected, "a map for the unprotected header", detail="cose")
    number, kid = _protected(protected)
    if number is None:
        number = unprotected.get(ALG)  # it is pinned to the key, so that where it stands decides nothing
    algorithm = COSE_ALGORITHMS.get(number) if type(number) is int else None
    if algorithm is None:
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="algorithm", found=str(number)[:40], detail="algorithm"))
    if kid is None and (other := unprotected.get(KID)) is not None:
        if type(other) is not bytes or len(other) > MOST_KID_BYTES:
            raise malformed("kid", other, f"at most {MOST_KID_BYTES} bytes", detail="cose")
        noted.add(KID_UNPROTECTED, "kid", other.hex())
        kid = other
    signed = b"" if protected == _EMPTY_MAP else protected  # RFC 9052, section 4.4: an empty header is signed as no bytes
    message = b"".join((_CONTEXT, _bytes(signed), _bytes(aad), _bytes(payload)))
    return Sign1(algorithm, kid or b"", payload, signature, message)


def seal_sign1(payload: bytes, *, algorithm: Algorithm, kid: bytes, sign: Callable[[bytes], bytes], aad: bytes = b"") -> bytes:
    """The tagged COSE_Sign1 of a payload; ``sign`` takes the Sig_structure and returns the signature, ECDSA's as r and s."""
    protected = cbor.encode({ALG: COSE_NUMBERS[algorithm], KID: kid})
    message = b"".join((_CONTEXT, _bytes(protected), _bytes(aad), _bytes(payload)))
    return cbor.encode(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, sign(message)]))


@lru_cache(maxsize=1024)  # an issuer's certificates share their header
def _protected(raw: bytes) -> tuple[Any, bytes | None]:
    header: Mapping[Any, Any] = cbor.decode(raw, "cose") if raw else {}
    if not isinstance(header, dict):
        raise malformed("cose", header, "a map for the protected header", detail="cose")
    if CRITICAL in header:
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="critical headers", found="some", expected="none"))
    kid = header.get(KID)
    if kid is not None and (type(kid) is not bytes or len(kid) > MOST_KID_BYTES):
        raise malformed("kid", kid, f"at most {MOST_KID_BYTES} bytes", detail="cose")
    return header.get(ALG), kid


def _bytes(raw: bytes) -> bytes:
    """The bytes as a CBOR byte string: two of these a certificate, so written out here."""
    size = len(raw)
    if size < 24:
        return bytes((0x40 | size,)) + raw
    if size < 0x100:
        return bytes((0x58, size)) + raw
    if size < 0x1_0000:
        return b"\x59" + size.to_bytes(2, "big") + raw
    return b"\x5a" + size.to_bytes(4, "big") + raw
