"""Text as a scanner reads it, a trust store and a time become evidence, or a refusal with a code. Fails closed."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from fastchannel.certificates.evidence import Deviation, Evidence, Issuer, Use
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.keys import Domain, TrustedKey
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, RefusedError
from fastchannel.certificates.sealed import Contents, Sealed
from fastchannel.certificates.tolerances import LENIENT, Tolerances
from fastchannel.certificates.trust.store import SKEW, TrustStore, stale


def verify(text: str, trust: TrustStore, at: datetime, *, tolerances: Tolerances = LENIENT) -> Evidence | Refusal:
    """Verify one certificate's text as of ``at``, an instant with an offset. Whatever the text is, it raises nothing."""
    try:
        sealed = open_text(text)
    except RefusedError as error:
        return error.refusal
    return judge(sealed, trust, at, tolerances=tolerances)


def judge(sealed: Sealed, trust: TrustStore, at: datetime, *, tolerances: Tolerances = LENIENT) -> Evidence | Refusal:
    """Judge an opened certificate: signature first, then what it says. The first thing that is wrong is the refusal."""
    try:
        key = _signer(sealed, trust, at)
        country = key.country or sealed.country
        contents = sealed.read(sealed.payload, sealed.noted)
        deviations = sealed.noted.settle(tolerances.of(country))
        _in_time(sealed, key, at)
        evidence = _evidence(sealed, contents, key, country, at, deviations=deviations)
        _allowed(evidence.uses, key)
        _not_revoked(sealed, evidence, trust, at)
    except RefusedError as error:
        return _of_format(error.refusal, sealed)
    return evidence


def _signer(sealed: Sealed, trust: TrustStore, at: datetime) -> TrustedKey:
    """The key that verifies the signature, from a list that is fresh at ``at``."""
    if not trust.lists:
        raise RefusedError(Refusal(code=Code.TRUST_LIST_MISSING, where="trust", expected="an imported trust list"))
    if sealed.test and trust.domain is not Domain.TEST:
        raise RefusedError(Refusal(code=Code.TEST_DOMAIN, where="domain", found="test", expected=trust.domain))
    named = candidates = trust.candidates(sealed.kid)
    if sealed.issuer_vouches:
        candidates = [one for one in named if one[1].issuer == sealed.issuer]
    weak = ""
    fresh = [key for holder, key in candidates if trust.fresh(holder, at)]
    if not candidates and sealed.certificate:
        fresh = _issued(sealed, trust, at)
    for key in fresh:
        try:
            verifier = trust.verifier(key)
        except CertificateError as error:
            weak = str(error)  # a key that is weak, or of no kind that we verify, vouches for nothing
            continue
        if verifier.algorithm is sealed.algorithm and verifier.verifies(sealed.message, sealed.signature):
            return key
    if weak:
        raise RefusedError(Refusal(code=Code.KEY_USE, where="key", found=weak, detail="weak-key"))
    if fresh:
        raise RefusedError(Refusal(code=Code.SIGNATURE_WRONG, where="signature", found=sealed.kid.hex()))
    old = [holder for holder, _ in candidates] or [one for one in trust.lists if not trust.fresh(one, at)]
    if old and (candidates or len(old) == len(trust.lists)):
        raise stale(old[0], at)
    if named:  # the key is known, but as another issuer's
        other = ", ".join(sorted({key.issuer or key.country for _, key in named}))[:200]
        raise RefusedError(Refusal(code=Code.KEY_UNKNOWN, where="iss", found=sealed.issuer, expected=other, detail="issuer"))
    raise RefusedError(Refusal(code=Code.KEY_UNKNOWN, where="kid", found=sealed.kid.hex() or sealed.issuer))


def _issued(sealed: Sealed, trust: TrustStore, at: datetime) -> list[TrustedKey]:
    """The key of the certificate that travels along, where an authority of the lists issued it."""
    from fastchannel.certificates.trust.authorities import signer_of

    found = signer_of(sealed.certificate, trust, at, country=sealed.country)
    return [] if found is None else [found]


def _in_time(sealed: Sealed, key: TrustedKey, at: datetime) -> None:
    # RFC 8392 ends at the second itself; the EU's test data counts that second in, and RFC 7519 allows some leeway.
    if sealed.expires is not None and at > sealed.expires:
        raise RefusedError(
            Refusal(code=Code.EXPIRED, where="expires", found=sealed.expires.isoformat(), expected=at.isoformat())
        )
    starts = sealed.not_before or sealed.issued
    if starts is not None and starts > at + SKEW:
        raise RefusedError(
            Refusal(code=Code.NOT_YET_VALID, where="valid from", found=starts.isoformat(), expected=at.isoformat())
        )
    if key.not_before is None and key.not_after is None:
        return
    signed = sealed.issued or at
    if (key.not_before is not None and signed < key.not_before - SKEW) or (
        key.not_after is not None and signed > key.not_after
    ):
        raise RefusedError(
            Refusal(
                code=Code.KEY_NOT_VALID,
                where="key",
                found=signed.isoformat(),
                expected=f"{key.not_before or ''} .. {key.not_after or ''}",
            )
        )


def _allowed(uses: frozenset[Use], key: TrustedKey) -> None:
    if not all(map(key.may, uses)):
        refused = [use for use in sorted(uses) if not key.may(use)]
        raise RefusedError(
            Refusal(code=Code.KEY_USE, where="key", found=", ".join(refused), expected=", ".join(sorted(key.uses)))
        )


def _not_revoked(sealed: Sealed, evidence: Evidence, trust: TrustStore, at: datetime) -> None:
    for one in trust.revocations:
        refusal = one.refuses(country=evidence.issuer.country, kid=sealed.kid, identifier=evidence.identifier, at=at)
        if refusal is not None:
            raise RefusedError(refusal)


def _evidence(
    sealed: Sealed, contents: Contents, key: TrustedKey, country: str, at: datetime, *, deviations: tuple[Deviation, ...]
) -> Evidence:
    return Evidence(
        format=sealed.format,
        person=contents.person,
        events=contents.events,
        issuer=Issuer(
            country=country or contents.country, name=contents.issuer or sealed.issuer or key.issuer, key=sealed.kid.hex()
        ),
        identifier=contents.identifier,
        issued=sealed.issued,
        expires=sealed.expires,
        verified=at,
        deviations=deviations,
        payload=sealed.payload,
    )


def _of_format(refusal: Refusal, sealed: Sealed) -> Refusal:
    return refusal if refusal.format else replace(refusal, format=sealed.format)
