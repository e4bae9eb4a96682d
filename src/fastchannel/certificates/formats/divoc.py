"""DIVOC: a zip with one verifiable credential, whose signature is over Linked Data.

Its signature cannot be verified here: that takes the canonical form of JSON-LD, with contexts that the credential names. Such a
certificate is recognised, never read as evidence, and the case is held for a person.
"""

from __future__ import annotations

from typing import NoReturn

from fastchannel.certificates.evidence import Format
from fastchannel.certificates.refusal import Code, Refusal, RefusedError

PREFIXES = ("B64:UEsDB", "PK\x03\x04")


def refuse(text: str) -> NoReturn:
    """Always raises RefusedError: we cannot tell."""
    del text
    raise RefusedError(
        Refusal(
            code=Code.UNSUPPORTED,
            where="signature",
            found="Linked Data",
            expected="a signature over bytes",
            format=Format.DIVOC,
            detail="json-ld-signature",
        )
    )
