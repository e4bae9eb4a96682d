"""An opened envelope: what is signed, by which key, and what reads it once the signature holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct

from fastchannel.certificates.evidence import Certified, CertifiedPerson, Format
from fastchannel.certificates.keys import Algorithm
from fastchannel.certificates.tolerances import Noted


class Contents(Struct, frozen=True, kw_only=True):
    """What a format's reader makes of the signed payload."""

    person: CertifiedPerson
    events: tuple[Certified, ...]
    identifier: str = ""
    country: str = ""
    issuer: str = ""


class Sealed(Struct, frozen=True, kw_only=True):
    """``read`` is called only after the signature was found right, so that nothing unsigned is interpreted."""

    format: Format
    algorithm: Algorithm
    kid: bytes
    message: bytes  # the bytes that the signature covers
    signature: bytes  # ECDSA's as r and s side by side
    payload: dict[Any, Any]  # as signed; keys are numbers in a CWT
    read: Callable[[dict[Any, Any], Noted], Contents]
    noted: Noted
    country: str = ""  # as the envelope names the issuer; the key's own country wins
    issuer: str = ""
    certificate: bytes = b""  # the signer's, where it travels along: it counts if an authority of the trust list issued it
    issuer_vouches: bool = False  # whether only a key that the list holds for this issuer may have signed
    issued: datetime | None = None
    not_before: datetime | None = None
    expires: datetime | None = None
    test: bool = False  # it says itself that it was issued for tests
