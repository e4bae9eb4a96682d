"""Public keys with the algorithm pinned to the key: what an envelope says of its algorithm must agree, and never chooses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from msgspec import Struct

from fastchannel.certificates.evidence import Use
from fastchannel.certificates.refusal import CertificateError

LEAST_RSA_BITS = 2048
MOST_RSA_BITS = 8192  # above, verifying costs more than a checkpoint should spend on a stranger


class Algorithm(StrEnum):
    """Signature algorithms that we can verify; which of them a certificate may use is `CERTIFICATES`."""

    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    EDDSA = "EdDSA"


class Kind(StrEnum):
    """Kinds of public keys."""

    P256 = "P-256"
    P384 = "P-384"
    P521 = "P-521"
    ED25519 = "Ed25519"
    ED448 = "Ed448"
    RSA = "RSA"


OWN = {
    Kind.P256: Algorithm.ES256,
    Kind.P384: Algorithm.ES384,
    Kind.P521: Algorithm.ES512,
    Kind.ED25519: Algorithm.EDDSA,
    Kind.ED448: Algorithm.EDDSA,
    Kind.RSA: Algorithm.PS256,
}
"""The algorithm that a key is pinned to where nobody pins it to another."""

Pins = frozenset[tuple[Kind, Algorithm]]

CERTIFICATES: Pins = frozenset((kind, OWN[kind]) for kind in (Kind.P256, Kind.P384, Kind.ED25519, Kind.RSA))
"""The policy: which keys may sign a certificate or a trust list, and with what. Wider lists are for other uses alone."""
CERTIFICATE_ALGORITHMS = frozenset(algorithm for _, algorithm in CERTIFICATES)

_ECDSA_HASHES: dict[Algorithm, HashAlgorithm] = {
    Algorithm.ES256: SHA256(),
    Algorithm.ES384: SHA384(),
    Algorithm.ES512: SHA512(),
}
_PSS_HASHES: dict[Algorithm, HashAlgorithm] = {
    Algorithm.PS256: SHA256(),
    Algorithm.PS384: SHA384(),
    Algorithm.PS512: SHA512(),
}

EVERY: Pins = frozenset(
    [(kind, algorithm) for kind in (Kind.P256, Kind.P384, Kind.P521) for algorithm in _ECDSA_HASHES]
    + [(Kind.RSA, algorithm) for algorithm in _PSS_HASHES]
    + [(Kind.ED25519, Algorithm.EDDSA), (Kind.ED448, Algorithm.EDDSA)]
)
"""All that COSE allows of these (RFC 9053, sections 2.1 and 2.2; RFC 8230, section 2): each curve with each hash."""

COSE_ALGORITHMS = {
    -7: Algorithm.ES256,
    -35: Algorithm.ES384,
    -36: Algorithm.ES512,
    -37: Algorithm.PS256,
    -38: Algorithm.PS384,
    -39: Algorithm.PS512,
    -8: Algorithm.EDDSA,
}
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


class TrustedAuthority(Struct, frozen=True, kw_only=True):
    """A state's authority on a trust list: its key signs the certificates of signers, and nothing else."""

    kid: bytes
    spki: bytes
    name: str  # the subject of its certificate, normalised: what a signer's certificate names as its issuer
    key: bytes = b""  # the identifier of its key; empty where its certificate gives none
    country: str
    domain: Domain = Domain.PRODUCTION
    not_before: datetime
    not_after: datetime
    deviations: tuple[str, ...] = ()


class Verifier:
    """A key ready to verify: parsed once, used for many signatures, and pinned to one algorithm."""

    __slots__ = ("_check", "algorithm", "kind")

    def __init__(
        self,
        spki: bytes,
        *,
        algorithm: Algorithm | None = None,
        allowed: Pins = CERTIFICATES,
        least_rsa_bits: int = LEAST_RSA_BITS,
    ) -> None:
        """``algorithm`` pins the key to another than its kind's own; ``allowed`` is what the use allows.

        Raises CertificateError where the key is of no kind that is allowed with it, or weaker than the policy.
        """
        try:
            key = load_der_public_key(spki)
        except (ValueError, UnsupportedAlgorithm, TypeError) as error:
            raise CertificateError(f"public key: cannot be read: {error}") from error
        self.kind = _kind(key, least_rsa_bits)
        self.algorithm = algorithm or OWN[self.kind]
        if (self.kind, self.algorithm) not in allowed:
            expected = ", ".join(sorted(f"{kind} with {own}" for kind, own in allowed))
            raise CertificateError(f"public key: found {self.kind} with {self.algorithm}, expected one of {expected}")
        self._check = _checker(key, self.algorithm)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature, ECDSA's as r and s side by side, is this key's over the message."""
        return self._check(message, signature)


_CURVES = {"secp256r1": Kind.P256, "secp384r1": Kind.P384, "secp521r1": Kind.P521}


def _kind(key: object, least_rsa_bits: int) -> Kind:
    match key:
        case ec.EllipticCurvePublicKey() if key.curve.name in _CURVES:
            return _CURVES[key.curve.name]
        case ed25519.Ed25519PublicKey():
            return Kind.ED25519
        case ed448.Ed448PublicKey():
            return Kind.ED448
        case rsa.RSAPublicKey():
            if not least_rsa_bits <= key.key_size <= MOST_RSA_BITS:
                raise CertificateError(
                    f"public key: found RSA of {key.key_size} bits, expected {least_rsa_bits} to {MOST_RSA_BITS}"
                )
            return Kind.RSA
        case _:
            raise CertificateError(f"public key: found {type(key).__name__}, expected P-256, P-384, Ed25519 or RSA")


def _checker(key: object, algorithm: Algorithm) -> Callable[[bytes, bytes], bool]:
    match key:
        case ec.EllipticCurvePublicKey():
            return _ecdsa(key, (key.curve.key_size + 7) // 8, ec.ECDSA(_ECDSA_HASHES[algorithm]))
        case rsa.RSAPublicKey():
            return _pss(key, _PSS_HASHES[algorithm])
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            return _eddsa(key)
        case _:  # `_kind` let it through
            raise AssertionError(type(key))


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
    """Both numbers as OpenSSL wants them: a DER sequence of two integers. Neither is longer than 67 bytes."""
    r, s = r.lstrip(b"\0"), s.lstrip(b"\0")
    if not r or r[0] > 0x7F:
        r = b"\0" + r
    if not s or s[0] > 0x7F:
        s = b"\0" + s
    size = 4 + len(r) + len(s)
    head = bytes((0x30, size, 2, len(r))) if size < 0x80 else bytes((0x30, 0x81, size, 2, len(r)))
    return b"".join((head, r, bytes((2, len(s))), s))


def _eddsa(key: ed25519.Ed25519PublicKey | ed448.Ed448PublicKey) -> Callable[[bytes, bytes], bool]:
    def check(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return check


def _pss(key: rsa.RSAPublicKey, digest: HashAlgorithm) -> Callable[[bytes, bytes], bool]:
    # RFC 8230, section 2: the mask is made by the same hash, and the salt is as long as the digest.
    scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)

    def check(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message, scheme, digest)
        except InvalidSignature:
            return False
        return True

    return check


PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey | rsa.RSAPublicKey


def spki_of(key: PublicKey) -> bytes:
    """The key as DER SubjectPublicKeyInfo."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def kid_of(der: bytes) -> bytes:
    """The key identifier that the EU's gateway and others derive: the first eight bytes of SHA-256 over a certificate."""
    return hashlib.sha256(der).digest()[:8]
