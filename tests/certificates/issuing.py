"""An issuer of EU certificates for tests: keys from fixed numbers, so that every run sees the same bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from fastchannel.certificates.envelopes import base45, cbor
from fastchannel.certificates.envelopes.cose import seal_sign1
from fastchannel.certificates.keys import Algorithm, TrustedKey, spki_of
from fastchannel.certificates.trust.store import TrustList, TrustStore

AT = datetime(2021, 7, 1, 12, tzinfo=UTC)
KID = bytes.fromhex("0102030405060708")


def private_key(number: int = 4_711) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of that number."""
    return ec.derive_private_key(number, ec.SECP256R1())


def signer(key: ec.EllipticCurvePrivateKey) -> Callable[[bytes], bytes]:
    """What signs with the key: r and s side by side, the same for the same message."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def assayed(**changes: Any) -> dict[str, Any]:
    """A certificate's body: a PCR test, not detected."""
    entry = {
        "tg": "840539006", "tt": "LP6464-4", "sc": "2021-06-30T09:30:00+02:00", "tr": "260415000", "tc": "Labor Wien",
        "co": "AT", "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:71EE2559DE38C6BF7304FB65A1A451EC#3",
    }  # fmt: skip
    return body(t=[entry | changes])


def vaccinated(**changes: Any) -> dict[str, Any]:
    """A certificate's body: the second of two doses."""
    entry = {
        "tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2,
        "dt": "2021-05-18", "co": "AT", "is": "Ministry of Health", "ci": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B",
    }  # fmt: skip
    return body(v=[entry | changes])


def body(**events: Any) -> dict[str, Any]:
    """A certificate's body with those events."""
    name = {"fn": "Musterfrau-Gößinger", "gn": "Gabriele", "fnt": "MUSTERFRAU<GOESSINGER", "gnt": "GABRIELE"}
    return {"ver": "1.3.0", "nam": name, "dob": "1998-02-26", **events}


def claims(certificate: dict[str, Any], **changes: Any) -> dict[Any, Any]:
    """The token's claims: issued a day before AT, good for a month."""
    found = {1: "AT", 4: int((AT + timedelta(days=30)).timestamp()), 6: int((AT - timedelta(days=1)).timestamp())}
    return found | {-260: {1: certificate}} | {int(key.removeprefix("_")): value for key, value in changes.items()}


def sealed(token: dict[Any, Any], *, number: int = 4_711, kid: bytes = KID) -> bytes:
    """The token in its COSE_Sign1."""
    return seal_sign1(cbor.encode(token), algorithm=Algorithm.ES256, kid=kid, sign=signer(private_key(number)))


def text(token: dict[Any, Any], *, number: int = 4_711, kid: bytes = KID) -> str:
    """The token as its QR code says it."""
    return written(sealed(token, number=number, kid=kid))


def written(raw: bytes) -> str:
    """A COSE_Sign1 as a QR code says it."""
    return "HC1:" + base45.encode(zlib.compress(raw))


def trusted(number: int = 4_711, **changes: Any) -> TrustedKey:
    """The list's entry for the key of that number."""
    fields = {"kid": KID, "spki": spki_of(private_key(number).public_key()), "country": "AT"}
    return TrustedKey(**(fields | changes))


def store(*keys: TrustedKey, issued: datetime = AT, **changes: Any) -> TrustStore:
    """A trust store with one list."""
    return TrustStore([TrustList(party="CN", version=1, issued=issued, keys=keys or (trusted(),))], **changes)
