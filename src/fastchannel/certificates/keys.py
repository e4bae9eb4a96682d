"""Public keys with the algorithm pinned to the key: what an envelope says of its algorithm must agree, and never chooses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from msgspec import Struct

from fastchannel.certificates.evidence import Use
from fastchannel.certificates.refusal import CertificateError

LEAST_RSA_BITS = 2048
MOST_RSA_BITS = 8192  # above, verifying costs more than a checkpoint should spend on a stranger


class Algorithm(StrEnum):
    """Signature algorithms that we verify."""

    ES256 = "ES256"
    ES384 = "ES384"
    PS256 = "PS256"
    EDDSA = "EdDSA"


COSE_ALGORITHMS = {-7: Algorithm.ES256, -35: Algorithm.ES384, -37: Algorithm.PS256, -8: Algorithm.EDDSA}
COSE_NUMBERS = {algorithm: number for number, algorithm in COSE_ALGORITHMS.items()}


class Domain(StrEnum):
    """Keys for tests never vouch for travellers, and the other way round."""

    PRODUCTION = "production"
    TEST = "test"


class TrustedKey(Struct, frozen=True, kw_only=True):
    """A key of a trust list. ``spki`` is its DER SubjectPublicKeyInfo; empty ``uses`` means every use but our own passes.

    ``deviations`` are those of the signer's X.509 certificate that were tolerated when the list was imported.
    """

    kid: bytes
    spki: bytes
    country: str = ""
    issuer: str = ""  # an issuer's address or name, for formats that name it
    domain: Domain = Domain.PRODUCTION
    uses: frozenset[Use] = frozenset()
    not_before: datetime | None = None
    not_after: datetime | None = None
    deviations: tuple[str, ...] = ()

    def may(self, use: Use) -> bool:
        """Whether it may sign this. A pass needs a key that says so."""
        return use in self.uses or (not self.uses and use is not Use.CROSSING)


class Verifier:
    """A key ready to verify: parsed once, used for many signatures."""

    __slots__ = ("_check", "algorithm")

    def __init__(self, spki: bytes, *, least_rsa_bits: int = LEAST_RSA_BITS) -> None:
        """Raises CertificateError where the key is of no kind that we verify, or weaker than the policy."""
        try:
            key = load_der_public_key(spki)
        except (ValueError, UnsupportedAlgorithm, TypeError) as error:
            raise CertificateError(f"public key: cannot be read: {error}") from error
        self.algorithm, self._check = _checker(key, least_rsa_bits)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature, ECDSA's as r and s side by side, is this key's over the message."""
        return self._check(message, signature)


def _checker(key: object, least_rsa_bits: int) -> tuple[Algorithm, Callable[[bytes, bytes], bool]]:
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return Algorithm.ES256, _ecdsa(key, 32, ec.ECDSA(SHA256()))
        case ec.EllipticCurvePublicKey(curve=ec.SECP384R1()):
            return Algorithm.ES384, _ecdsa(key, 48, ec.ECDSA(SHA384()))
        case ed25519.Ed25519PublicKey():
            return Algorithm.EDDSA, _eddsa(key)
        case rsa.RSAPublicKey():
            if not least_rsa_bits <= key.key_size <= MOST_RSA_BITS:
                raise CertificateError(
                    f"public key: found RSA of {key.key_size} bits, expected {least_rsa_bits} to {MOST_RSA_BITS}"
                )
            return Algorithm.PS256, _pss(key)
        case _:
            raise CertificateError(f"public key: found {type(key).__name__}, expected P-256, P-384, Ed25519 or RSA")


def _ecdsa(key: ec.EllipticCurvePublicKey, size: int, algorithm: ec.ECDSA) -> Callable[[bytes, bytes], bool]:
    verify = key.verify

    def check(message: bytes, signature: bytes) -> bool:
        if len(signature) != 2 * size:
            return False
        try:
            verify(_der(signature[:size], signature[size:]), message, algorithm)
        except InvalidSignature:
            return False
        return True

    return check


def _der(r: bytes, s: bytes) -> bytes:
    """Both numbers as OpenSSL wants them: a DER sequence of two integers. Neither is longer than 49 bytes."""
    r, s = r.lstrip(b"\0"), s.lstrip(b"\0")
    if not r or r[0] > 0x7F:
        r = b"\0" + r
    if not s or s[0] > 0x7F:
        s = b"\0" + s
    return b"".join((bytes((0x30, 4 + len(r) + len(s), 2, len(r))), r, bytes((2, len(s))), s))


def _eddsa(key: ed25519.Ed25519PublicKey) -> Callable[[bytes, bytes], bool]:
    def check(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return check


def _pss(key: rsa.RSAPublicKey) -> Callable[[bytes, bytes], bool]:
    scheme = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)  # RFC 8230, section 2: as long as the digest

    def check(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message, scheme, SHA256())
        except InvalidSignature:
            return False
        return True

    return check


def spki_of(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey) -> bytes:
    """The key as DER SubjectPublicKeyInfo."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def kid_of(der: bytes) -> bytes:
    """The key identifier that the EU's gateway and others derive: the first eight bytes of SHA-256 over a certificate."""
    return hashlib.sha256(der).digest()[:8]
