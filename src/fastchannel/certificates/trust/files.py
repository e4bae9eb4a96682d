"""A trust list as a file: what `fastchannel trust import` writes and every verifier reads."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from fastchannel.certificates.keys import TrustedAuthority, TrustedKey
from fastchannel.certificates.refusal import CertificateError
from fastchannel.certificates.trust.store import SKEW, TrustList

FORM = 1
MOST_HOURS = 8760
MOST_KEYS = 100_000
MOST_AUTHORITIES = 10_000
_SIGN1_TAG = 0xD2  # what a signed list begins with
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
    if raw[:1] == bytes((_SIGN1_TAG,)):
        raise CertificateError(
            f"{name}: found a signed list, whose signature is checked before it is used: fastchannel trust accept does that"
        )
    try:
        found = msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CertificateError(f"{name}: {error}; expected a file that fastchannel trust import wrote") from error
    if found.fastchannel_trust_list != FORM:
        raise CertificateError(f"{name}: found form {found.fastchannel_trust_list}, expected {FORM}: a later version wrote it")
    return checked_list(found.list, name)


def checked_list(trust: TrustList, name: str) -> TrustList:
    """The list itself. Raises CertificateError where its times cannot be reckoned with, or its keys are of another domain."""
    check_age(name, trust.issued, trust.max_age_hours)
    if trust.version < 1 or len(trust.keys) > MOST_KEYS:
        raise CertificateError(
            f"{name}: found version {trust.version}, {len(trust.keys)} keys; expected 1 or more, at most {MOST_KEYS}"
        )
    if len(trust.vouching) > MOST_AUTHORITIES:
        raise CertificateError(f"{name}: found {len(trust.vouching)} authorities, expected at most {MOST_AUTHORITIES}")
    entries: tuple[TrustedKey | TrustedAuthority, ...] = (*trust.keys, *trust.vouching)
    for key in entries:
        if key.domain is not trust.domain:
            raise CertificateError(f"{name}: key {key.kid.hex()}: found the domain {key.domain}, expected {trust.domain}")
        where = f"{name}: key {key.kid.hex()}"
        if key.not_before is not None:
            _check_instant(where, key.not_before, before=SKEW)
        if key.not_after is not None:
            _check_instant(where, key.not_after)  # 9999-12-31 means that it does not end (RFC 5280, section 4.1.2.5)
    return trust


def check_age(name: str, issued: datetime, max_age_hours: int) -> None:
    """Raises CertificateError where a list's times cannot be reckoned with."""
    _check_instant(f"{name}: issued", issued, before=SKEW, after=timedelta(hours=MOST_HOURS))
    if not 1 <= max_age_hours <= MOST_HOURS:
        raise CertificateError(f"{name}: found a maximum age of {max_age_hours} hours, expected 1 to {MOST_HOURS}")


def _check_instant(where: str, instant: datetime, *, before: timedelta = timedelta(), after: timedelta = timedelta()) -> None:
    if instant.tzinfo is None:
        raise CertificateError(f"{where}: found a time without an offset")
    try:
        moment = instant.astimezone(UTC)
        moment - before, moment + after
    except OverflowError as error:
        raise CertificateError(f"{where}: found {instant.isoformat()}, a time that cannot be reckoned with") from error


def digest(trust: TrustList) -> str:
    """What names a list: the same keys, version and times have the same."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode(trust, order="deterministic")).hexdigest()
