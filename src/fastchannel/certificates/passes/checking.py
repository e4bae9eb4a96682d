"""Check a pass at a gate, without a network: whom it is for is compared last, after signature, times and revocation."""

from __future__ import annotations

import hmac
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from fastchannel.certificates.envelopes import base45, cwt
from fastchannel.certificates.envelopes.cose import Sign1, open_sign1, seal_sign1
from fastchannel.certificates.envelopes.inflate import inflate
from fastchannel.certificates.evidence import CertifiedPerson, Evidence, Format, Use
from fastchannel.certificates.keys import Algorithm, TrustedKey
from fastchannel.certificates.passes import claims
from fastchannel.certificates.passes.claims import Pass
from fastchannel.certificates.passes.holder import Holder, holder_hash
from fastchannel.certificates.passes.issuing import MOST_KEY_ID_BYTES, PREFIX, SIGNATURE_BYTES
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, RefusedError, malformed, shortened
from fastchannel.certificates.sealed import Contents, Sealed
from fastchannel.certificates.tolerances import STRICTLY, Noted
from fastchannel.certificates.trust.store import TrustStore
from fastchannel.certificates.verify import judge

MOST_CHARACTERS = 2_048  # a QR code of version 25 at level M; ours stay under 15
MOST_BYTES = 4_096
_ZLIB_FIRST = 0x78


class Apart(StrEnum):
    """In what a good pass is another one than asked for."""

    PERSON = "person"
    GATE = "gate"
    AGREEMENT = "agreement"


class Mismatch(Struct, frozen=True, kw_only=True):
    """The pass is genuine and in time, but not for this person, gate or agreement. It opens nothing here."""

    code: ClassVar[str] = "not-for-this"
    detail: Apart
    found: str = ""
    expected: str = ""
    id: str = ""


def check(
    text: str,
    trust: TrustStore,
    at: datetime,
    *,
    holder: Holder | None = None,
    gate: str | None = None,
    digest: str | None = None,
) -> Pass | Refusal | Mismatch:
    """Check a scanned text as of ``at``, an instant with an offset, against what the gate knows; None is not compared.

    Revocations come with ``trust``, keyed on the pass's id in hexadecimal. Whatever the text is, it raises nothing;
    CertificateError where ``holder`` is no passport's data.
    """
    try:
        sealed = _open(text)
    except RefusedError as error:
        return replace(error.refusal, format=Format.CROSSING)
    judged = judge(sealed, trust, at, tolerances=STRICTLY)
    if isinstance(judged, Refusal):
        return judged
    found = claims.read(sealed.payload, key=sealed.kid.hex())
    return _key_refuses(sealed, found, judged, trust, at) or _mismatch(found, holder, gate, digest) or found


def _open(text: str) -> Sealed:
    text = text.rstrip("\r\n")
    if len(text) > MOST_CHARACTERS:
        raise malformed("text", f"{len(text)} characters", f"at most {MOST_CHARACTERS}", detail="too-long")
    if not text.startswith(PREFIX):
        raise RefusedError(
            Refusal(code=Code.UNSUPPORTED, where="text", found=shortened(text, 16), expected=PREFIX, detail="format")
        )
    raw = base45.decode(text[len(PREFIX) :])
    if raw[:1] == bytes((_ZLIB_FIRST,)):
        raw = inflate(raw, most=MOST_BYTES)
    envelope = open_sign1(raw, Noted())
    _exact(raw, envelope)
    payload = claims.decode(envelope.payload)
    return Sealed(
        format=Format.CROSSING,
        algorithm=envelope.algorithm,
        kid=envelope.kid,
        message=envelope.message,
        signature=envelope.signature,
        payload=payload,
        read=_read,
        noted=Noted(),
        issued=_moment(payload.get(cwt.ISSUED)),
        not_before=_moment(payload.get(cwt.NOT_BEFORE)),
        expires=_moment(payload.get(cwt.EXPIRES)),
    )


def _exact(raw: bytes, envelope: Sign1) -> None:
    """The envelope is byte for byte as we seal it: no header besides ours, and nothing that the signature does not cover."""
    if envelope.algorithm is not Algorithm.ES256:
        raise RefusedError(
            Refusal(code=Code.UNSUPPORTED, where="algorithm", found=envelope.algorithm, expected="ES256", detail="algorithm")
        )
    sealed = seal_sign1(envelope.payload, algorithm=Algorithm.ES256, kid=envelope.kid, sign=lambda _: envelope.signature)
    if sealed != raw or len(envelope.signature) != SIGNATURE_BYTES or not 1 <= len(envelope.kid) <= MOST_KEY_ID_BYTES:
        raise malformed("cose", "another form", "the form in which passes are sealed", detail="canonical")


def _moment(value: object) -> datetime | None:
    """None where it is no time: `_read` refuses that, once the signature is found right."""
    try:
        return claims.instant(value, "")
    except RefusedError:
        return None


def _read(payload: dict[object, object], noted: Noted) -> Contents:
    found = claims.read(payload)
    return Contents(person=CertifiedPerson(), events=(), identifier=found.id, country=found.issuer)


def _key_refuses(sealed: Sealed, found: Pass, judged: Evidence, trust: TrustStore, at: datetime) -> Refusal | None:
    """A key signs passes only where its list says so, and only for its own country."""
    if not any(
        trust.fresh(listed, at) and key.may(Use.CROSSING) and _signed(sealed, key, trust)
        for listed, key in trust.candidates(sealed.kid)
    ):
        return Refusal(code=Code.KEY_USE, where="key", found=Use.CROSSING, format=Format.CROSSING, detail="use")
    if judged.issuer.country != found.issuer:
        return Refusal(
            code=Code.KEY_USE,
            where="issuer",
            found=found.issuer,
            expected=judged.issuer.country,
            format=Format.CROSSING,
            detail="issuer",
        )
    return None


def _signed(sealed: Sealed, key: TrustedKey, trust: TrustStore) -> bool:
    try:
        return trust.verifier(key).verifies(sealed.message, sealed.signature)
    except CertificateError:  # another key under the same identifier, of no kind that we verify
        return False


def _mismatch(found: Pass, holder: Holder | None, gate: str | None, digest: str | None) -> Mismatch | None:
    if digest is not None and digest != found.digest:
        return Mismatch(detail=Apart.AGREEMENT, found=found.digest, expected=digest, id=found.id)
    if gate is not None and gate not in found.gates:
        return Mismatch(detail=Apart.GATE, found=", ".join(found.gates), expected=gate, id=found.id)
    if holder is not None and not hmac.compare_digest(holder_hash(holder, found.salt), found.holder):
        return Mismatch(detail=Apart.PERSON, id=found.id)
    return None
