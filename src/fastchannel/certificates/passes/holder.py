"""Whose pass it is: a salted hash over what the passport's machine-readable zone says, so that the pass names nobody."""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from fastchannel.certificates.refusal import CertificateError, shortened

SALT_BYTES = 16
HASH_BYTES = 16  # whoever makes a second passport that fits must try 2**128 of them; the other 16 bytes would only cost space
_CONTEXT = "FC1 holder"
_NUMBER = re.compile(r"[A-Z0-9]{1,20}")
_STATE = re.compile(r"[A-Z]{1,3}")
_ZONE_DATE = re.compile(r"[0-9]{2}(?:[0-9]{2}|<<)(?:[0-9]{2}|<<)")
_ISO_DATE = re.compile(r"[0-9]{2}([0-9]{2})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


class Holder(Struct, frozen=True, kw_only=True):
    """A passport, as read by a machine or typed in. ``birth`` is ``1985-03-02``, ``1985-03`` or ``1985``, or ``850302``."""

    document: str
    state: str  # the issuing state, three letters; Germany's D<< too
    birth: str


def canonical(holder: Holder) -> str:
    """The same text for the same passport, however it was read. Raises CertificateError where it is no passport's data.

    Fillers, spaces and hyphens of the number are left out, and so are check digits: they follow from the rest, and a number
    that was typed in has none. The year has two digits, because the zone has no more.
    """
    number = re.sub(r"[\s<-]", "", holder.document.upper())
    if _NUMBER.fullmatch(number) is None:
        raise CertificateError(f"passport number: found {shortened(holder.document, 40)}, expected 1 to 20 of A-Z and 0-9")
    state = holder.state.upper().strip().rstrip("<")
    if _STATE.fullmatch(state) is None:
        raise CertificateError(f"issuing state: found {shortened(holder.state, 40)}, expected three letters such as KOR")
    state = "D" if state == "DEU" else state  # ICAO Doc 9303-3, section 5: the zone of a German passport says D
    return "\n".join((_CONTEXT, number, state, _birth(holder.birth)))


def holder_hash(holder: Holder, salt: bytes) -> bytes:
    """The first HASH_BYTES of SHA-256 over the salt and the canonical text. Raises CertificateError."""
    if len(salt) != SALT_BYTES:
        raise CertificateError(f"salt: found {len(salt)} bytes, expected {SALT_BYTES}")
    return hashlib.sha256(salt + canonical(holder).encode("ascii")).digest()[:HASH_BYTES]


def _birth(text: str) -> str:
    text = text.strip()
    if text.isascii() and _ZONE_DATE.fullmatch(text):
        return text
    found = _ISO_DATE.fullmatch(text) if text.isascii() else None
    if found is None:
        raise CertificateError(f"date of birth: found {shortened(text, 40)}, expected for example 1985-03-02 or 850302")
    return "".join(part or "<<" for part in found.groups())
