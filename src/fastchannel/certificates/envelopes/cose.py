"""COSE_Sign1 and COSE_Sign of RFC 9052: a payload with one signature, opened and sealed, and with several, opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import cbor2
from msgspec import Struct

from fastchannel.certificates.envelopes import cbor
from fastchannel.certificates.keys import CERTIFICATE_ALGORITHMS, COSE_ALGORITHMS, COSE_NUMBERS, Algorithm, Verifier
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed
from fastchannel.certificates.tolerances import CWT_TAGGED, KID_UNPROTECTED, UNTAGGED, Noted

SIGN1_TAG = 18
_SIGN1, _SIGN, _CWT = b"\xd2", b"\xd8\x62", b"\xd8\x3d"  # the tags 18, 98 and 61 as they are encoded
_STRUCTURES = {
    b"\xd0": "COSE_Encrypt0",
    b"\xd1": "COSE_Mac0",
    _SIGN1: "COSE_Sign1",
    b"\xd8\x60": "COSE_Encrypt",
    b"\xd8\x61": "COSE_Mac",
    _SIGN: "COSE_Sign",
}
ALG, CRITICAL, KID = 1, 2, 4
MOST_KID_BYTES = 64
MOST_SIGNATURES = 16
_EMPTY_MAP = b"\xa0"
# The first of the list that is signed is a text that keeps these signatures apart from all others: of four, and of five.
_CONTEXT, _CONTEXT_SIGN = b"\x84\x6aSignature1", b"\x85\x69Signature"


class Sign1(Struct, frozen=True):
    """An opened COSE_Sign1: nothing of it is verified yet."""

    algorithm: Algorithm
    kid: bytes
    payload: bytes
    signature: bytes
    message: bytes  # the Sig_structure, which is what is signed


class Signature(Struct, frozen=True):
    """One signer's signature in a COSE_Sign: not verified yet. ``algorithm`` is None where the caller takes no such one."""

    algorithm: Algorithm | None
    kid: bytes
    signature: bytes
    message: bytes  # the Sig_structure of this signer
    unprotected: Mapping[Any, Any]  # the signer's header that nobody signs

    def by(self, key: Verifier) -> bool:
        """Whether it is the key's, by the algorithm that the key is pinned to."""
        return self.algorithm is key.algorithm and key.verifies(self.message, self.signature)


class Sign(Struct, frozen=True):
    """An opened COSE_Sign: nothing of it is verified yet."""

    payload: bytes
    signatures: tuple[Signature, ...]

    def signed_by(self, keys: Sequence[Verifier]) -> bool:
        """Whether each of the keys signed it. Who must have signed is the caller's to say: no key at all vouches for nothing.

        Signatures of others neither help nor harm.
        """
        return bool(keys) and all(any(one.by(key) for one in self.signatures) for key in keys)


def open_sign1(
    raw: bytes, noted: Noted, *, aad: bytes = b"", algorithms: Collection[Algorithm] = CERTIFICATE_ALGORITHMS
) -> Sign1:
    """Open the bytes. Raises RefusedError: malformed, or unsupported.

    Unsupported are other algorithms than ``algorithms``, a critical header, and other structures of COSE.
    """
    protected, unprotected, payload, signature = _parts(raw, _SIGN1, noted)
    if type(signature) is not bytes:
        raise malformed("cose", signature, "bytes for the signature", detail="cose")
    written, kid = _protected(protected)
    number = _number(written, unprotected)
    algorithm = _algorithm(number, algorithms)
    if algorithm is None:
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="algorithm", found=str(number)[:40], detail="algorithm"))
    if kid is None:
        kid = _outside(unprotected, noted)
    message = b"".join((_CONTEXT, _signed(protected), _bytes(aad), _bytes(payload)))
    return Sign1(algorithm, kid, payload, signature, message)


def open_sign(
    raw: bytes, noted: Noted, *, aad: bytes = b"", algorithms: Collection[Algorithm] = CERTIFICATE_ALGORITHMS
) -> Sign:
    """Open the bytes, of at most 16 signatures. Raises RefusedError: malformed, or unsupported.

    Unsupported are a critical header, whoever's, and other structures of COSE. A signature by another algorithm than
    ``algorithms`` is nobody's: those beside it can still be verified.
    """
    protected, _, payload, signers = _parts(raw, _SIGN, noted)
    _protected(protected)  # a critical header of the body is refused
    if not isinstance(signers, list) or not 0 < len(signers) <= MOST_SIGNATURES:
        raise malformed("cose", signers, f"a list of 1 to {MOST_SIGNATURES} signatures", detail="cose")
    before, behind = _CONTEXT_SIGN + _signed(protected), _bytes(aad) + _bytes(payload)
    return Sign(payload, tuple(_signature(one, before, behind, algorithms) for one in signers))


def _signature(item: object, before: bytes, behind: bytes, algorithms: Collection[Algorithm]) -> Signature:
    if not isinstance(item, list) or len(item) != 3:
        raise malformed("cose", item, "COSE_Signature: a list of three", detail="cose")
    protected, unprotected, signature = item
    if type(protected) is not bytes or type(signature) is not bytes or not isinstance(unprotected, dict):
        raise malformed("cose", "other types", "protected header, unprotected header and signature", detail="cose")
    written, kid = _protected(protected)
    if kid is None:  # the caller says whose signature it must be: the name beside it helps to find it, if it is one
        outside = unprotected.get(KID)
        kid = outside if type(outside) is bytes and len(outside) <= MOST_KID_BYTES else b""
    algorithm = _algorithm(_number(written, unprotected), algorithms)
    return Signature(algorithm, kid, signature, before + _signed(protected) + behind, unprotected)


def _parts(raw: bytes, tag: bytes, noted: Noted) -> tuple[bytes, dict[Any, Any], bytes, Any]:
    """Protected header, unprotected header and payload, which all structures begin with, and the signature or signatures."""
    if raw.startswith(_CWT):
        noted.add(CWT_TAGGED, "cose")
        raw = raw.removeprefix(_CWT)
    if raw.startswith(tag):
        raw = raw.removeprefix(tag)
    else:
        _refuse_other(raw, _STRUCTURES[tag])
        noted.add(UNTAGGED, "cose")
    item = cbor.decode(raw, "cose")
    if not isinstance(item, list) or len(item) != 4:
        raise malformed("cose", item, f"{_STRUCTURES[tag]}: a list of four", detail="cose")
    protected, unprotected, payload, rest = item
    if type(protected) is not bytes or type(payload) is not bytes:
        raise malformed("cose", "other types", "bytes for protected header and payload", detail="cose")
    if not isinstance(unprotected, dict):
        raise malformed("cose", unprotected, "a map for the unprotected header", detail="cose")
    return protected, unprotected, payload, rest


def _refuse_other(raw: bytes, expected: str) -> None:
    """Raises RefusedError where the tag says another structure: what is encrypted or has a MAC was never signed."""
    for tag, found in _STRUCTURES.items():
        if raw.startswith(tag):
            raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="cose", found=found, expected=expected, detail="structure"))


def _number(protected: Any, unprotected: Mapping[Any, Any]) -> Any:
    """The algorithm's number. It is pinned to the key, so that where it stands decides nothing."""
    return unprotected.get(ALG) if protected is None else protected


def _outside(unprotected: Mapping[Any, Any], noted: Noted) -> bytes:
    """The key identifier that nobody signs, which is a deviation. Raises RefusedError."""
    kid = unprotected.get(KID)
    if kid is None:
        return b""
    if type(kid) is not bytes or len(kid) > MOST_KID_BYTES:
        raise malformed("kid", kid, f"at most {MOST_KID_BYTES} bytes", detail="cose")
    noted.add(KID_UNPROTECTED, "kid", kid.hex())
    return kid


def _algorithm(number: object, algorithms: Collection[Algorithm]) -> Algorithm | None:
    found = COSE_ALGORITHMS.get(number) if type(number) is int else None
    return found if found in algorithms else None


def _signed(protected: bytes) -> bytes:
    """The protected header as it is signed. RFC 9052, section 4.4: an empty one as no bytes."""
    return _bytes(b"" if protected == _EMPTY_MAP else protected)


def seal_sign1(payload: bytes, *, algorithm: Algorithm, kid: bytes, sign: Callable[[bytes], bytes], aad: bytes = b"") -> bytes:
    """The tagged COSE_Sign1 of a payload; ``sign`` takes the Sig_structure and returns the signature, ECDSA's as r and s."""
    protected = cbor.encode({ALG: COSE_NUMBERS[algorithm], KID: kid})
    message = b"".join((_CONTEXT, _bytes(protected), _bytes(aad), _bytes(payload)))
    return cbor.encode(cbor2.CBORTag(SIGN1_TAG, [protected, {}, payload, sign(message)]))


@lru_cache(maxsize=1024)  # an issuer's certificates share their header
def _protected(raw: bytes) -> tuple[Any, bytes | None]:
    """Its algorithm and key identifier, None where absent. Raises RefusedError."""
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
