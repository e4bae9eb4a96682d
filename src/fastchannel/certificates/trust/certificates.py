"""X.509 certificates of signers become keys of a trust list."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from msgspec.structs import replace

from fastchannel.certificates.evidence import Use
from fastchannel.certificates.keys import LEAST_RSA_BITS, Domain, TrustedKey, Verifier, kid_of
from fastchannel.certificates.refusal import CertificateError, shortened
from fastchannel.certificates.tolerances import SERIAL

MOST_BYTES = 16 * 1024
# The extended key usages of the EU's certificates, under both arcs that issuers use.
USES = {
    f"{arc}.2021.1.{number}": use
    for arc in ("1.3.6.1.4.1.1847", "1.3.6.1.4.1.0.1847")
    for number, use in ((1, Use.TEST), (2, Use.VACCINATION), (3, Use.RECOVERY))
}


def key_of(
    der: bytes, *, country: str = "", domain: Domain = Domain.PRODUCTION, least_rsa_bits: int = LEAST_RSA_BITS
) -> TrustedKey:
    """The key of a signer's certificate. ``country`` is used where the subject names none.

    Raises CertificateError where the certificate cannot be read, or its key is of no kind that we verify or too weak.
    """
    if len(der) > MOST_BYTES:
        raise CertificateError(f"certificate: found {len(der)} bytes, expected at most {MOST_BYTES}")
    found = _by_cryptography(der, domain) or _by_asn1crypto(der, domain)
    Verifier(found.spki, least_rsa_bits=least_rsa_bits)
    return found if found.country else replace(found, country=country)


def _by_cryptography(der: bytes, domain: Domain) -> TrustedKey | None:
    """None where the library cannot parse it: it is strict, and issuers are not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            certificate = x509.load_der_x509_certificate(der)
            serial = certificate.serial_number
            spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            usages = _usages(certificate)
            names = certificate.subject.get_attributes_for_oid(x509.NameOID.COUNTRY_NAME)
            starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except Exception:  # noqa: BLE001 — its parser raises errors of many kinds; the other library is asked next
        return None
    return _key(
        der,
        spki,
        domain,
        country=str(names[0].value) if names else "",
        usages=usages,
        window=(starts, ends),
        deviations=() if serial > 0 else (SERIAL,),
    )


def _usages(certificate: x509.Certificate) -> frozenset[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(one.dotted_string for one in found)


def _by_asn1crypto(der: bytes, domain: Domain) -> TrustedKey:
    try:
        certificate = asn1.Certificate.load(der, strict=True)
        serial = int(certificate.serial_number)
        spki = bytes(certificate.public_key.dump())
        usage = certificate.extended_key_usage_value
        usages = frozenset(str(one.dotted) for one in usage) if usage is not None else frozenset()
        country = certificate.subject.native.get("country_name", "")
        window = (certificate.not_valid_before, certificate.not_valid_after)
    except Exception as error:
        raise CertificateError(f"certificate: cannot be read: {shortened(error)}") from error
    deviations = () if serial > 0 else (SERIAL,)
    return _key(der, spki, domain, country=str(country), usages=usages, window=window, deviations=deviations)


def _key(
    der: bytes,
    spki: bytes,
    domain: Domain,
    *,
    country: str,
    usages: frozenset[str],
    window: tuple[datetime, datetime],
    deviations: tuple[str, ...],
) -> TrustedKey:
    return TrustedKey(
        kid=kid_of(der),
        spki=spki,
        country=country.upper()[:2],
        domain=domain,
        uses=frozenset(USES[one] for one in usages if one in USES),
        not_before=window[0].astimezone(UTC),
        not_after=window[1].astimezone(UTC),
        deviations=deviations,
    )
