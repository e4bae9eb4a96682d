"""Which format a scanned text is in: by how it begins, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable

from fastchannel.certificates.formats import hcert
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, shortened
from fastchannel.certificates.sealed import Sealed

MOST_CHARACTERS = 64 * 1024

_OPENERS: tuple[tuple[str, Callable[[str], Sealed]], ...] = ((hcert.PREFIX, hcert.open_hcert),)


def open_text(text: str) -> Sealed:
    """Open a certificate's text. Raises RefusedError: unsupported where it begins like no format that we know."""
    if len(text) > MOST_CHARACTERS:
        raise RefusedError(Refusal(code=Code.MALFORMED, where="text", found=f"{len(text)} characters"))
    stripped = text.strip("\r\n\t\ufeff\0") if not text.startswith(hcert.PREFIX) else text.rstrip("\r\n")
    for prefix, opener in _OPENERS:
        if stripped.startswith(prefix):
            return opener(stripped)
    raise RefusedError(
        Refusal(
            code=Code.UNSUPPORTED, where="text", found=shortened(stripped, 16), expected="a certificate's text", detail="format"
        )
    )
