"""X.509 certificates as their issuers sign them: read with nothing verified, and whether a key signed one."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from asn1crypto import x509 as asn1
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from msgspec import Struct

from fastchannel.certificates.keys import LEAST_RSA_BITS, MOST_RSA_BITS, kid_of
from fastchannel.certificates.refusal import CertificateError, shortened
from fastchannel.certificates.tolerances import SERIAL
from fastchannel.certificates.trust.certificates import MOST_BYTES

# What an authority may sign certificates with, of what Doc 9303-12, section 4.4, allows: nothing on SHA-1 or SHA-224.
HASHES: dict[str, HashAlgorithm] = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"})


class Scheme(StrEnum):
    """How a certificate is signed."""

    ECDSA = "ecdsa"  # the signature is DER
    RSA = "rsassa_pkcs1v15"
    PSS = "rsassa_pss"


class SignedWith(Struct, frozen=True):
    """A scheme with its hash, a key of `HASHES`; of RSA-PSS also how long the salt is."""

    scheme: Scheme
    digest: str
    salt_bytes: int = 0


class Certificate(Struct, frozen=True, kw_only=True):
    """What a certificate says of itself: read, and nothing of it verified. Names are normalised, to be compared."""

    kid: bytes
    spki: bytes
    subject: str
    issuer: str
    subject_key: bytes  # the identifiers of its key and of its issuer's, empty where it gives none
    issuer_key: bytes
    country: str  # of the subject, or of the issuer where the subject names none
    not_before: datetime
    not_after: datetime
    authority: bool
    usages: frozenset[str] | None  # None: it does not say what its key is for
    purposes: frozenset[str]  # object identifiers; empty where it names none
    critical: frozenset[str]  # the extensions that nobody may pass over
    deviations: tuple[str, ...]
    signed: bytes
    signed_with: SignedWith | None  # None: by a scheme that no authority may use
    signature: bytes

    def signed_by(self, spki: bytes, *, least_rsa_bits: int = LEAST_RSA_BITS) -> bool:
        """Whether the key signed this certificate. Raises CertificateError where it is no key of an authority."""
        key = authority_key(spki, least_rsa_bits)
        return self.signed_with is not None and signed_by(key, self.signed_with, self.signed, self.signature)


AuthorityKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


def authority_key(spki: bytes, least_rsa_bits: int = LEAST_RSA_BITS) -> AuthorityKey:
    """The key that certificates are signed with. Raises CertificateError where it is of another kind, or too weak."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm, TypeError) as error:
        raise CertificateError(f"authority's key: cannot be read: {shortened(error)}") from error
    match key:
        case ec.EllipticCurvePublicKey() if key.curve.name in CURVES:
            return key
        case rsa.RSAPublicKey() if least_rsa_bits <= key.key_size <= MOST_RSA_BITS:
            return key
        case rsa.RSAPublicKey():
            raise CertificateError(
                f"authority's key: found RSA of {key.key_size} bits, expected {least_rsa_bits} to {MOST_RSA_BITS}"
            )
        case _:
            raise CertificateError(f"authority's key: found {type(key).__name__}, expected RSA or one of {sorted(CURVES)}")


def signed_by(key: AuthorityKey, signed_with: SignedWith, message: bytes, signature: bytes) -> bool:
    """Whether the signature, ECDSA's in strict DER, is the key's over the message. A key of another kind signed nothing."""
    digest = HASHES[signed_with.digest]
    try:
        match key, signed_with.scheme:
            case ec.EllipticCurvePublicKey(), Scheme.ECDSA:
                key.verify(signature, message, ec.ECDSA(digest))
            case rsa.RSAPublicKey(), Scheme.RSA:
                key.verify(signature, message, padding.PKCS1v15(), digest)
            case rsa.RSAPublicKey(), Scheme.PSS:
                scheme = padding.PSS(mgf=padding.MGF1(digest), salt_length=signed_with.salt_bytes)
                key.verify(signature, message, scheme, digest)
            case _:
                return False
    except (InvalidSignature, ValueError):  # ValueError: a salt longer than the key has room for
        return False
    return True


@lru_cache(maxsize=256)  # a signer's certificate comes with each of its seals
def read(der: bytes) -> Certificate:
    """Read a certificate. Raises CertificateError."""
    if len(der) > MOST_BYTES:
        raise CertificateError(f"certificate: found {len(der)} bytes, expected at most {MOST_BYTES}")
    try:
        return _certificate(der, asn1.Certificate.load(der, strict=True))
    except Exception as error:  # the parser raises errors of many kinds, and reads what it needs only when asked
        raise CertificateError(f"certificate: cannot be read: {shortened(error)}") from error


def _certificate(der: bytes, found: asn1.Certificate) -> Certificate:
    usages = found.key_usage_value
    purposes = found.extended_key_usage_value
    subject, issuer = found.subject.native, found.issuer.native
    return Certificate(
        kid=kid_of(der),
        spki=bytes(found.public_key.dump()),
        subject=_name(found.subject),
        issuer=_name(found.issuer),
        subject_key=found.key_identifier or b"",
        issuer_key=found.authority_key_identifier or b"",
        country=str(subject.get("country_name") or issuer.get("country_name") or "").upper()[:2],
        not_before=_instant(found.not_valid_before),
        not_after=_instant(found.not_valid_after),
        authority=bool(found.ca),
        usages=None if usages is None else frozenset(usages.native),
        purposes=frozenset() if purposes is None else frozenset(str(one.dotted) for one in purposes),
        critical=frozenset(found.critical_extensions),
        deviations=() if int(found.serial_number) > 0 else (SERIAL,),
        signed=bytes(found["tbs_certificate"].dump()),
        signed_with=_signed_with(found),
        signature=bytes(found.signature),
    )


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"found {shortened(value)}, expected a time in UTC")
    return value.astimezone(UTC)


def _signed_with(found: asn1.Certificate) -> SignedWith | None:
    algorithm = found["signature_algorithm"]
    if algorithm.dump() != found["tbs_certificate"]["signature"].dump():  # RFC 5280, section 4.1.1.2: both must agree
        return None
    scheme = algorithm.signature_algo
    if scheme not in set(Scheme):
        return None
    if scheme != Scheme.PSS:
        return SignedWith(Scheme(scheme), algorithm.hash_algo) if algorithm.hash_algo in HASHES else None
    parameters = algorithm["parameters"].native
    digest, mask = parameters["hash_algorithm"]["algorithm"], parameters["mask_gen_algorithm"]
    if digest not in HASHES or mask["algorithm"] != "mgf1" or mask["parameters"]["algorithm"] != digest:
        return None
    return SignedWith(Scheme.PSS, digest, int(parameters["salt_length"]))


def _name(name: asn1.Name) -> str:
    """A distinguished name for comparison: RFC 5280, section 7.1, asks to pass over case, spaces and the kind of string."""
    parts = (
        "+".join(sorted(f"{one['type'].dotted}={' '.join(str(one['value'].native).casefold().split())}" for one in level))
        for level in name.chosen
    )
    return ",".join(parts)
