"""Issue and renew passes. The key stays with the caller, who hands in what signs."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from fastchannel.certificates.envelopes import base45
from fastchannel.certificates.envelopes.cose import seal_sign1
from fastchannel.certificates.keys import Algorithm
from fastchannel.certificates.passes import claims
from fastchannel.certificates.passes.claims import Fields, Pass, Verdict
from fastchannel.certificates.passes.holder import Holder, holder_hash
from fastchannel.certificates.refusal import CertificateError

PREFIX = "FC1:"
SIGNATURE_BYTES = 64
MOST_KEY_ID_BYTES = 16


def issue(fields: Fields, holder: Holder, *, key_id: bytes, sign: Callable[[bytes], bytes], salt: bytes) -> str:
    """The text of a pass. ``sign`` gives ES256's r and s side by side; ``salt`` is 16 bytes, another for every pass.

    Raises CertificateError where a field is not what a pass may hold.
    """
    return _seal(claims.encode(fields, salt=salt, holder=holder_hash(holder, salt)), key_id, sign)


def renew(
    old: Pass,
    *,
    id: bytes,  # noqa: A002 — the field's own name
    issued: datetime,
    expires: datetime,
    key_id: bytes,
    sign: Callable[[bytes], bytes],
    gates: tuple[str, ...] = (),
    verdict: Verdict | None = None,
) -> str:
    """A new pass for the same journey and person, which names the one it replaces: revoke that one.

    The old salt is kept, since the passport is not at hand. Raises CertificateError.
    """
    if id.hex() == old.id:
        raise CertificateError("pass: id: found the old pass's, expected another")
    fields = Fields(
        id=id,
        issuer=old.issuer,
        agreement=old.agreement,
        route=old.route,
        digest=old.digest,
        journey=old.journey,
        gates=gates or old.gates,
        issued=issued,
        not_before=issued,
        expires=expires,
        verdict=verdict or old.verdict,
        replaces=bytes.fromhex(old.id),
    )
    return _seal(claims.encode(fields, salt=old.salt, holder=old.holder), key_id, sign)


def signer(key: ec.EllipticCurvePrivateKey, *, deterministic: bool = False) -> Callable[[bytes], bytes]:
    """What signs with a P-256 key; ``deterministic`` (RFC 6979) for vectors that can be made again. Raises CertificateError."""
    if not isinstance(key.curve, ec.SECP256R1):
        raise CertificateError(f"key: found the curve {key.curve.name}, expected secp256r1")

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=deterministic)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def wrap(raw: bytes) -> str:
    """The text of sealed bytes, compressed where that is shorter. The first byte tells: zlib's is 0x78, COSE's 0xD2."""
    packed = zlib.compress(raw, 9)
    return PREFIX + base45.encode(packed if len(packed) < len(raw) else raw)


def _seal(payload: bytes, key_id: bytes, sign: Callable[[bytes], bytes]) -> str:
    if not 1 <= len(key_id) <= MOST_KEY_ID_BYTES:
        raise CertificateError(f"key identifier: found {len(key_id)} bytes, expected 1 to {MOST_KEY_ID_BYTES}")
    return wrap(seal_sign1(payload, algorithm=Algorithm.ES256, kid=key_id, sign=sign))
