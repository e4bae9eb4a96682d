"""A trust list as a file: what `fastchannel trust import` writes and every verifier reads."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.store import TrustList

FORM = 1
MOST_BYTES = 32 * 1024 * 1024


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    fastchannel_trust_list: int
    list: TrustList


def encode_trust_list(trust: TrustList) -> bytes:
    """The file's bytes: the same for the same list."""
    return msgspec.json.format(
        msgspec.json.encode(_File(fastchannel_trust_list=FORM, list=trust), order="deterministic"), indent=1
    )


def decode_trust_list(raw: bytes, name: str = "trust list") -> TrustList:
    """The list. Raises CertificateError where the file is none, or of a later form than this version reads."""
    if len(raw) > MOST_BYTES:
        raise CertificateError(f"{name}: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        found = msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CertificateError(f"{name}: {error}; expected a file that fastchannel trust import wrote") from error
    if found.fastchannel_trust_list != FORM:
        raise CertificateError(f"{name}: found form {found.fastchannel_trust_list}, expected {FORM}: a later version wrote it")
    if found.list.issued.tzinfo is None:
        raise CertificateError(f"{name}: issued: found a time without an offset")
    return found.list


def digest(trust: TrustList) -> str:
    """What names a list: the same keys, version and times have the same."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode(trust, order="deterministic")).hexdigest()
