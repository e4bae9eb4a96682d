"""Whom a certificate names."""

from __future__ import annotations

from msgspec import Struct

from fastchannel.certificates.evidence import CertifiedPerson


class CertifiedName(Struct, frozen=True, kw_only=True):
    """A name as certified. ``full`` is for formats with one string, in which the order of family and given name is unknown.

    ``family_mrz`` and ``given_mrz`` are as transliterated by the issuer. ``birth`` is an ISO date, which may be partial
    (``1980``, ``1980-05``, ``1980-XX-XX``) or empty. ``document`` is the passport's number, where the certificate names it.
    """

    family: str = ""
    given: str = ""
    family_mrz: str = ""
    given_mrz: str = ""
    full: str = ""
    birth: str = ""
    document: str = ""


def named_by(person: CertifiedPerson) -> CertifiedName:
    """The name that the evidence model holds."""
    return CertifiedName(
        family=person.family,
        given=person.given,
        family_mrz=person.family_mrz,
        given_mrz=person.given_mrz,
        full=person.full,
        birth=person.birth,
        document=person.document,
    )
