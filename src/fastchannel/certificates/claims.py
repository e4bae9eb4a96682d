"""What a certificate claims where nobody can vouch for it: to be shown as unverified, and never to be recorded."""

from __future__ import annotations

from fastchannel.certificates.evidence import Evidence, Issuer
from fastchannel.certificates.formats.recognise import open_text
from fastchannel.certificates.refusal import Code, Refusal, RefusedError

SHOWN = frozenset({Code.TRUST_LIST_MISSING, Code.TRUST_LIST_STALE, Code.REVOCATION_STALE, Code.KEY_UNKNOWN})


def claimed(text: str, refusal: Refusal) -> Evidence | None:
    """The claims, with ``verified`` None, where only the issuer could not be told; None where it is bad or unreadable."""
    if refusal.code not in SHOWN:
        return None
    try:
        sealed = open_text(text)
        contents = sealed.read(sealed.payload, sealed.noted)
    except RefusedError:
        return None
    return Evidence(
        format=sealed.format,
        person=contents.person,
        events=contents.events,
        issuer=Issuer(country=sealed.country or contents.country, name=contents.issuer or sealed.issuer, key=sealed.kid.hex()),
        identifier=contents.identifier,
        issued=sealed.issued,
        expires=sealed.expires,
    )
