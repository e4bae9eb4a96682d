"""A state's signing authority (CSCA) vouches for the signers whose certificates it issued, which travel with what they sign.

Revocation lists of such authorities are not read: a signer that was taken back is refused once the party lists its authority no
more, or lists the certificates that it signed as revoked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastchannel.certificates.keys import LEAST_RSA_BITS, Domain, TrustedAuthority, TrustedKey
from fastchannel.certificates.mrz.states import alpha_2
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, RefusedError, malformed
from fastchannel.certificates.trust.chains import Certificate, authority_key, read
from fastchannel.certificates.trust.store import TrustStore, stale

VDS_NC = "2.23.136.1.1.14.2"  # Doc 9303-13: the key signs visible digital seals for non-constrained environments
_UNDERSTOOD = frozenset({"basic_constraints", "key_usage", "extended_key_usage"})


def is_authority(der: bytes) -> bool:
    """Whether a certificate says that its key signs certificates. One that cannot be read says nothing."""
    try:
        return read(der).authority
    except CertificateError:
        return False


def authority_of(
    der: bytes, *, country: str = "", domain: Domain = Domain.PRODUCTION, least_rsa_bits: int = LEAST_RSA_BITS
) -> TrustedAuthority:
    """The entry of an authority's certificate. ``country`` is used where it names none. Raises CertificateError."""
    found = read(der)
    if not found.authority:
        raise CertificateError("certificate: found a signer's, expected an authority's")
    if found.usages is not None and "key_cert_sign" not in found.usages:
        raise CertificateError(f"key usage: found {', '.join(sorted(found.usages))}, expected to sign certificates")
    authority_key(found.spki, least_rsa_bits)
    return TrustedAuthority(
        kid=found.kid,
        spki=found.spki,
        name=found.subject,
        key=found.subject_key,
        country=found.country or country,
        domain=domain,
        not_before=found.not_before,
        not_after=found.not_after,
        deviations=found.deviations,
    )


def check_issued(der: bytes, authorities: Sequence[TrustedAuthority]) -> None:
    """Raises CertificateError where none of the authorities issued the signer's certificate, within its own validity."""
    found = read(der)
    for one in _named(found, authorities):
        if _issued_by(found, one, LEAST_RSA_BITS):
            if not one.not_before <= found.not_before <= one.not_after:
                raise CertificateError(
                    f"certificate: found one of {found.not_before.isoformat()}, and its authority is valid "
                    f"{one.not_before.isoformat()} .. {one.not_after.isoformat()}"
                )
            if found.country != one.country:
                raise CertificateError(f"country: found {found.country}, expected {one.country} of its authority")
            return
    raise CertificateError(f"certificate: found none of the authorities given that issued it; it names {found.issuer[:120]}")


def signer_of(der: bytes, trust: TrustStore, at: datetime, *, country: str, purpose: str = VDS_NC) -> TrustedKey | None:
    """The key of a signer whose certificate an authority of the lists issued; None where no list that is fresh has it.

    ``country`` is the state that the seal names, by its code in travel documents. Raises RefusedError for a certificate that is
    malformed, that its authority did not sign, or whose key or authority may not be used for this, here or now.
    """
    try:
        found = read(der)
    except CertificateError as error:
        raise malformed("sig.cer", error, "the signer's certificate", detail="certificate") from None
    held = trust.authorities(found.issuer)
    fresh = [one for holder, one in held if trust.fresh(holder, at)]
    if held and not fresh:
        raise stale(held[0][0], at)
    authority = _issuer(found, _named(found, fresh), trust.least_rsa_bits)
    if authority is None:
        return None
    if not authority.not_before <= at <= authority.not_after:
        window = f"{authority.not_before.isoformat()} .. {authority.not_after.isoformat()}"
        raise RefusedError(Refusal(code=Code.KEY_NOT_VALID, where="authority", found=at.isoformat(), expected=window))
    _check_purpose(found, purpose)
    if not found.country == authority.country == alpha_2(country):
        raise _key_use(f"{country} {found.country}".strip(), authority.country, "country")
    return TrustedKey(
        kid=found.kid,
        spki=found.spki,
        country=authority.country,
        domain=authority.domain,
        not_before=found.not_before,
        not_after=found.not_after,
        deviations=found.deviations,
    )


def _named(found: Certificate, authorities: Sequence[TrustedAuthority]) -> tuple[TrustedAuthority, ...]:
    """The authorities that the certificate names as its issuer, by name and, where both have it, by the key's identifier."""
    return tuple(
        one
        for one in authorities
        if one.name == found.issuer and (not found.issuer_key or not one.key or one.key == found.issuer_key)
    )


def _issued_by(found: Certificate, authority: TrustedAuthority, least_rsa_bits: int) -> bool:
    return found.signed_by(authority.spki, least_rsa_bits=least_rsa_bits)


def _issuer(found: Certificate, named: Sequence[TrustedAuthority], least_rsa_bits: int) -> TrustedAuthority | None:
    """The authority that signed. None where another key of the same name may have: a state renews its authority's key."""
    weak = ""
    for one in named:
        try:
            if _issued_by(found, one, least_rsa_bits):
                return one
        except CertificateError as error:
            weak = str(error)
    if weak:
        raise _key_use(weak, "", "weak-key")
    if any(one.key and one.key == found.issuer_key for one in named):  # it names the very key, which did not sign it
        raise RefusedError(Refusal(code=Code.SIGNATURE_WRONG, where="sig.cer", found=found.kid.hex(), detail="certificate"))
    return None


def _check_purpose(found: Certificate, purpose: str) -> None:
    """Raises RefusedError where the certificate says that its key is for something else."""
    if found.authority:
        raise _key_use("an authority's certificate", "a signer's", "authority")
    if found.usages is not None and "digital_signature" not in found.usages:
        raise _key_use(", ".join(sorted(found.usages)), "digital_signature", "key-usage")
    if found.purposes and purpose not in found.purposes:
        raise _key_use(", ".join(sorted(found.purposes)), purpose, "purpose")
    if passed_over := found.critical - _UNDERSTOOD:
        raise RefusedError(
            Refusal(code=Code.UNSUPPORTED, where="sig.cer", found=", ".join(sorted(passed_over)), detail="critical-extension")
        )


def _key_use(found: str, expected: str, detail: str) -> RefusedError:
    return RefusedError(Refusal(code=Code.KEY_USE, where="key", found=found, expected=expected, detail=detail))
