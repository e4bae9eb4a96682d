"""The claims of a CBOR Web Token (RFC 8392) that every certificate in CBOR has: issuer, and the times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastchannel.certificates.envelopes import cbor
from fastchannel.certificates.refusal import malformed
from fastchannel.certificates.tolerances import FLOAT_DATE, TAGGED_DATE, Noted

ISSUER, EXPIRES, NOT_BEFORE, ISSUED, IDENTIFIER = 1, 4, 5, 6, 7
HEALTH = -260  # the container of health certificates
_LAST = 253_402_300_799  # 9999-12-31T23:59:59Z


def claims(payload: bytes) -> dict[Any, Any]:
    """The claims. Raises RefusedError where the payload is no map."""
    found = cbor.decode(payload, "cwt")
    if not isinstance(found, dict):
        raise malformed("cwt", found, "a map of claims", detail="cwt")
    return found


def moment(value: object, where: str, noted: Noted) -> datetime | None:
    """A NumericDate; a float is noted as a deviation. None where the claim is absent. Raises RefusedError."""
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        noted.add(TAGGED_DATE, where, value.isoformat())
        return value.astimezone(UTC)
    if isinstance(value, float):
        noted.add(FLOAT_DATE, where, value)
    elif type(value) is not int:
        raise malformed(where, value, "seconds since 1970", detail="cwt")
    if not 0 <= value <= _LAST:  # NaN compares false, and is refused
        raise malformed(where, value, "seconds from 1970 to 9999", detail="cwt")
    return datetime.fromtimestamp(value, UTC)


def text(value: object, where: str) -> str:
    """A claim of text, or "" where it is absent. Raises RefusedError."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise malformed(where, value, "text", detail="cwt")
    return value[:200]
