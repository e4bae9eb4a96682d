"""What a party signs for the other: its trust list, and what it revoked. Read only under the key that was pinned for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from msgspec import UNSET, Struct
from msgspec.structs import replace

from fastchannel.certificates.envelopes import cbor
from fastchannel.certificates.envelopes.cose import open_sign1, seal_sign1
from fastchannel.certificates.keys import Algorithm, Domain, TrustedAuthority, TrustedKey, Verifier, kid_of, spki_of
from fastchannel.certificates.refusal import CertificateError, shortened
from fastchannel.certificates.tolerances import Noted
from fastchannel.certificates.trust.files import MOST_BYTES, checked_list, digest
from fastchannel.certificates.trust.store import TrustList

TRUST_LIST = "fastchannel trust list"
FORM = 1

S = TypeVar("S", bound=Struct)


class SigningKey(Struct, frozen=True, kw_only=True):
    """A party's key. ``sign`` takes a message and gives its signature, ECDSA's as r and s side by side."""

    algorithm: Algorithm
    spki: bytes
    sign: Callable[[bytes], bytes]


class Pinned(Struct, frozen=True, kw_only=True):
    """The one key whose signature counts for a party, agreed outside of what it signs; and the domain it speaks for."""

    party: str
    spki: bytes
    domain: Domain = Domain.PRODUCTION


def signing_key(pem: bytes) -> SigningKey:
    """The key of an unencrypted PEM file, Ed25519 or P-256. Raises CertificateError.

    Both sign the same message with the same bytes (RFC 8032, RFC 6979): no randomness is needed.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError("signing key: cannot be read; expected an unencrypted private key in PEM") from error
    match key:
        case ed25519.Ed25519PrivateKey():
            return SigningKey(algorithm=Algorithm.EDDSA, spki=spki_of(key.public_key()), sign=key.sign)
        case ec.EllipticCurvePrivateKey(curve=ec.SECP256R1()):
            return SigningKey(algorithm=Algorithm.ES256, spki=spki_of(key.public_key()), sign=_side_by_side(key))
        case _:
            raise CertificateError(f"signing key: found {type(key).__name__}, expected Ed25519 or P-256")


def _side_by_side(key: ec.EllipticCurvePrivateKey) -> Callable[[bytes], bytes]:
    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def public_key(pem: bytes) -> bytes:
    """The key to pin, as DER SubjectPublicKeyInfo, of a PEM file with a public key. Raises CertificateError."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError("pinned key: cannot be read; expected a public key in PEM") from error
    if not isinstance(key, ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey):
        raise CertificateError(f"pinned key: found {type(key).__name__}, expected P-256, P-384, Ed25519 or RSA")
    spki = spki_of(key)
    Verifier(spki)
    return spki


def seal_statement(kind: str, value: Struct, key: SigningKey) -> bytes:
    """The value as canonical CBOR under the key's signature. The kind is signed too: no statement passes for another kind."""
    fields = msgspec.to_builtins(value, order="deterministic", builtin_types=(bytes,))
    payload = cbor.encode({"form": FORM, "kind": kind, "value": fields})
    return seal_sign1(payload, algorithm=key.algorithm, kid=kid_of(key.spki), sign=key.sign, aad=_aad(kind))


def open_statement(raw: bytes, kind: str, type_: type[S], pinned: Pinned) -> S:
    """The value, whose signature is the pinned key's. Raises CertificateError."""
    if len(raw) > MOST_BYTES:
        raise CertificateError(f"{kind}: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    opened = open_sign1(raw, Noted(), aad=_aad(kind))
    verifier = Verifier(pinned.spki)
    if opened.algorithm is not verifier.algorithm or not verifier.verifies(opened.message, opened.signature):
        raise CertificateError(f"{kind}: the signature is not that of the key pinned for {pinned.party}")
    payload = cbor.decode(opened.payload, kind)
    if not isinstance(payload, dict) or payload.get("kind") != kind:
        raise CertificateError(f"{kind}: found another statement")
    if payload.get("form") != FORM:
        raise CertificateError(
            f"{kind}: found form {shortened(payload.get('form'))}, expected {FORM}: a later version wrote it"
        )
    fields: Any = payload.get("value")
    try:
        return msgspec.convert(fields, type_, builtin_types=(bytes,))
    except (msgspec.ValidationError, OverflowError, RecursionError) as error:
        raise CertificateError(f"{kind}: {shortened(error)}") from error


def _aad(kind: str) -> bytes:
    return f"{kind} {FORM}".encode()


def seal_trust_list(trust: TrustList, key: SigningKey) -> bytes:
    """The list as its party signs it: the same bytes for the same list and key. Raises CertificateError."""
    checked_list(trust, TRUST_LIST)
    return seal_statement(TRUST_LIST, _in_utc(trust), key)


def open_trust_list(raw: bytes, pinned: Pinned) -> TrustList:
    """The list that the pinned party signed for the pinned domain. Raises CertificateError."""
    found = open_statement(raw, TRUST_LIST, TrustList, pinned)
    belongs(TRUST_LIST, found.party, found.domain, pinned)
    return checked_list(found, TRUST_LIST)


def belongs(kind: str, party: str, domain: Domain, pinned: Pinned) -> None:
    """Raises CertificateError where a statement names another party or domain than its key is pinned for."""
    if party != pinned.party:
        raise CertificateError(f"{kind}: found one of {shortened(party, 40)}, expected {pinned.party}")
    if domain is not pinned.domain:
        raise CertificateError(f"{kind}: found the domain {domain}, expected {pinned.domain}")


def succeed(new: TrustList, held: TrustList | None, at: datetime) -> TrustList:
    """The list to hold from now on. Raises CertificateError where it is out of its time, or older than the one held.

    Of the version that is held, only the same list is taken: two lists under one version mean that one was withheld.
    """
    if not new.fresh(at):
        window = f"{new.issued.isoformat()} .. {new.good_until.isoformat()}"
        raise CertificateError(f"trust list of {new.party}: found one for {window}, and it is {at.isoformat()}")
    if held is None:
        return new
    if (held.party, held.domain) != (new.party, new.domain):
        raise CertificateError(
            f"trust list: found {shortened(new.party, 40)}, {new.domain}, expected {shortened(held.party, 40)}, {held.domain}"
        )
    if new.version < held.version:
        raise CertificateError(f"trust list of {new.party}: found version {new.version}, expected {held.version} or later")
    if new.version == held.version and digest(_in_utc(new)) != digest(_in_utc(held)):
        raise CertificateError(f"trust list of {new.party}: found another list under version {held.version}, which is held")
    return new


def _in_utc(trust: TrustList) -> TrustList:
    """One spelling of every instant, so that equal lists have equal bytes."""
    return replace(
        trust,
        issued=trust.issued.astimezone(UTC),
        keys=tuple(_key_in_utc(key) for key in trust.keys),
        authorities=tuple(_authority_in_utc(one) for one in trust.vouching) or UNSET,
    )


def _key_in_utc(key: TrustedKey) -> TrustedKey:
    starts, ends = key.not_before, key.not_after
    return replace(key, not_before=starts.astimezone(UTC) if starts else None, not_after=ends.astimezone(UTC) if ends else None)


def _authority_in_utc(one: TrustedAuthority) -> TrustedAuthority:
    return replace(one, not_before=one.not_before.astimezone(UTC), not_after=one.not_after.astimezone(UTC))
