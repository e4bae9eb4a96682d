"""HC1: base45 of zlib of a COSE_Sign1 of a CWT, whose claim -260 says by its key which certificate it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastchannel.certificates.envelopes import base45, cwt
from fastchannel.certificates.envelopes.cose import open_sign1
from fastchannel.certificates.envelopes.inflate import inflate
from fastchannel.certificates.evidence import Format
from fastchannel.certificates.formats import dcc, who
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed
from fastchannel.certificates.sealed import Contents, Sealed
from fastchannel.certificates.tolerances import Noted

PREFIX = "HC1:"
_ZLIB_FIRST = 0x78

Reader = Callable[[dict[Any, Any], Noted], Contents]
# Key of claim -260 → the format and what reads it.
READERS: dict[int, tuple[Format, Reader]] = {
    1: (Format.EU_DCC, dcc.read),
    who.VACCINATION_KEY: (Format.WHO_DDCC, who.read_vaccination),
    who.TEST_KEY: (Format.WHO_DDCC, who.read_test),
    who.DVC_KEY: (Format.WHO_DVC, who.read_dvc),
}


def open_hcert(text: str) -> Sealed:
    """Open a health certificate's text. Raises RefusedError."""
    if not text.startswith(PREFIX):
        raise malformed("prefix", text[:8], PREFIX, detail="prefix")
    raw = base45.decode(text[len(PREFIX) :])
    if raw[:1] == bytes((_ZLIB_FIRST,)):
        raw = inflate(raw)
    return open_cose(raw)


def open_cose(raw: bytes) -> Sealed:
    """Open the COSE_Sign1 inside. Raises RefusedError."""
    noted = Noted()
    envelope = open_sign1(raw, noted)
    claims = cwt.claims(envelope.payload)
    format_, reader = _reader(claims)
    return Sealed(
        format=format_,
        algorithm=envelope.algorithm,
        kid=envelope.kid,
        message=envelope.message,
        signature=envelope.signature,
        payload=claims,
        read=reader,
        noted=noted,
        country=cwt.text(claims.get(cwt.ISSUER), "issuer"),
        issued=cwt.moment(claims.get(cwt.ISSUED), "issued at", noted),
        not_before=cwt.moment(claims.get(cwt.NOT_BEFORE), "not before", noted),
        expires=cwt.moment(claims.get(cwt.EXPIRES), "expires", noted),
    )


def _reader(claims: dict[Any, Any]) -> tuple[Format, Reader]:
    container = claims.get(cwt.HEALTH)
    if container is None and who.is_core(claims):
        return Format.WHO_DDCC, who.read_core
    if container is None:
        raise malformed("claim -260", "nothing", "a health certificate", detail="hcert")
    if not isinstance(container, dict) or len(container) != 1:
        raise malformed("claim -260", container, "a map with one certificate", detail="hcert")
    key = next(iter(container))
    found = READERS.get(key) if type(key) is int else None
    if found is None:
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="claim -260", found=str(key)[:20], detail="hcert"))
    return found
