"""Why a certificate is not evidence. A refusal is a result: it is returned, and stored with the decision that it causes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from fastchannel.terms.errors import FastChannelError


class Code(StrEnum):
    """What is wrong, each apart from the others, so that an officer knows what to do next."""

    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"
    SIGNATURE_WRONG = "signature-wrong"
    KEY_UNKNOWN = "key-unknown"
    TRUST_LIST_MISSING = "trust-list-missing"
    TRUST_LIST_STALE = "trust-list-stale"
    KEY_NOT_VALID = "key-not-valid"  # the certificate was issued, or is checked, outside the key's own validity
    KEY_USE = "key-use"  # the key may not sign this kind of event
    REVOKED = "revoked"
    REVOCATION_STALE = "revocation-stale"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    TEST_DOMAIN = "test-domain"  # issued for tests, checked in production, or the other way round


UNANSWERED = frozenset({Code.TRUST_LIST_MISSING, Code.TRUST_LIST_STALE, Code.REVOCATION_STALE, Code.UNSUPPORTED})
"""Codes that say nothing about the certificate: we cannot tell, and the traveller's case is held, not refused."""


class CertificateError(FastChannelError):
    """Something certificates need could not be read: a trust list, a key, a rule file."""


class Refusal(Struct, frozen=True, kw_only=True):
    """A certificate that is not accepted. ``where`` names the layer or field; ``found`` and ``expected`` fill the message."""

    code: Code
    where: str = ""
    found: str = ""
    expected: str = ""
    format: str = ""
    detail: str = ""  # a finer code within ``code``, stable within its format

    @property
    def unanswered(self) -> bool:
        """Whether this says that we cannot tell, rather than that the certificate is bad."""
        return self.code in UNANSWERED


class RefusedError(CertificateError):
    """Carries a refusal out of nested readers; `verify` turns it into its result, so that no caller ever sees it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.where or refusal.format}: {refusal.code}: found {refusal.found or 'nothing'}")
        self.refusal = refusal


def malformed(where: str, found: object = "", expected: str = "", *, detail: str = "") -> RefusedError:
    """The error for bytes that are not what their format asks for. What was found is cut short: it is untrusted."""
    return RefusedError(Refusal(code=Code.MALFORMED, where=where, found=shortened(found), expected=expected, detail=detail))


def shortened(value: object, most: int = 120) -> str:
    """Untrusted text, safe for a message: printable and short."""
    if isinstance(value, Mapping | list | tuple | set | bytes | bytearray):
        return type(value).__name__
    text = str(value) if not isinstance(value, int) or abs(value) < 10**20 else "a very large number"
    text = "".join(one if one.isprintable() else "�" for one in text[: most + 1])
    return text if len(text) <= most else text[:most] + "…"
