"""Which format a scanned text is in: by how it begins, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastchannel.certificates.formats import divoc, hcert, shc, vds_nc
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, shortened
from fastchannel.certificates.sealed import Sealed

MOST_CHARACTERS = 64 * 1024

_FIRST_KEY = re.compile(r'\{\s*"(\w{1,40})"')


def open_text(text: str) -> Sealed:
    """Open a certificate's text. Raises RefusedError: unsupported where it begins like no format that we know."""
    if len(text) > MOST_CHARACTERS:
        raise RefusedError(Refusal(code=Code.MALFORMED, where="text", found=f"{len(text)} characters"))
    if text.startswith(divoc.ZIP_PREFIX):
        return divoc.open_zip(text)  # whose last characters are bytes of the zip, whatever they look like
    stripped = text.strip("\r\n\t\ufeff\0") if not text.startswith(hcert.PREFIX) else text.rstrip("\r\n")
    for prefix, opener in _OPENERS:
        if stripped.startswith(prefix):
            return opener(stripped)
    raise RefusedError(
        Refusal(
            code=Code.UNSUPPORTED, where="text", found=shortened(stripped, 16), expected="a certificate's text", detail="format"
        )
    )


def _open_json(text: str) -> Sealed:
    """JSON, told apart by its first key: a seal, or a file of SMART Health Cards."""
    key = _FIRST_KEY.match(text)
    if key is not None and key[1] in vds_nc.FIRST_KEYS:
        return vds_nc.open_seal(text)
    return shc.open_text(text)


_OPENERS: tuple[tuple[str, Callable[[str], Sealed]], ...] = (
    (hcert.PREFIX, hcert.open_hcert),
    (shc.PREFIX, shc.open_text),
    ("eyJ", shc.open_text),  # a JWS: the header's first characters
    ("{", _open_json),
    (divoc.TEXT_PREFIX, divoc.open_zip),
)
