"""What a pass says, as the claims of a CWT: small whole numbers for keys, and nothing about anybody's health."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from fastchannel.certificates.envelopes import cbor, cwt
from fastchannel.certificates.passes.holder import HASH_BYTES, SALT_BYTES
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, RefusedError, malformed

PASS = -65_537  # the first of the numbers that RFC 8392, section 9.1, leaves to private use
LAYOUT = 1
VERSION, AGREEMENT, ROUTE, DIGEST, JOURNEY, SALT, HOLDER, GATES, VERDICT, REPLACES = range(1, 11)
KNOWN_CLAIMS = frozenset({cwt.ISSUER, cwt.EXPIRES, cwt.NOT_BEFORE, cwt.ISSUED, cwt.IDENTIFIER, PASS})
KNOWN_KEYS = frozenset(range(VERSION, REPLACES + 1))

ID_BYTES, DIGEST_BYTES = 16, 32
MOST_LIFETIME = timedelta(days=14)
MOST_GATES = 4
MOST_DEPTH = 6
_MOST_NUMBER = 2**53 - 1  # the largest that a browser tells from its neighbour
_LAST = 253_402_300_799  # 9999-12-31T23:59:59Z
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_WORD = re.compile(r"[a-z][a-z-]{0,31}")
_ISSUER = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")

Verdict = Literal["proceed", "released"]
VERDICTS: tuple[Verdict, ...] = ("proceed", "released")  # of `decide`'s verdicts, those that open a gate


class Fields(Struct, frozen=True, kw_only=True):
    """What an issuer puts into a pass, but for the holder's hash. ``id`` is ID_BYTES that nobody can guess."""

    id: bytes
    issuer: str
    agreement: str
    route: str
    digest: str  # of the agreement, as ``sha256:`` and hexadecimal
    journey: str
    gates: tuple[str, ...]
    issued: datetime
    not_before: datetime
    expires: datetime
    verdict: Verdict = "proceed"
    replaces: bytes = b""  # the pass that this one renews


class Pass(Struct, frozen=True, kw_only=True):
    """A pass whose signature and times are right. Valid as of the instant at which it was checked."""

    id: str  # hexadecimal: what revocation is keyed on
    issuer: str
    agreement: str
    route: str
    digest: str
    journey: str
    gates: tuple[str, ...]  # those whose requirements are met
    verdict: Verdict
    issued: datetime
    not_before: datetime
    expires: datetime
    salt: bytes
    holder: bytes
    replaces: str = ""
    key: str = ""
    more: dict[Any, Any] = {}  # claims that this version does not know, as signed


def encode(fields: Fields, *, salt: bytes, holder: bytes) -> bytes:
    """The payload of a pass. Raises CertificateError where `read` would refuse it."""
    if _DIGEST.fullmatch(fields.digest) is None:
        raise CertificateError(f"digest: found {fields.digest[:80]}, expected sha256: and 64 hexadecimal digits")
    body: dict[int, Any] = {
        VERSION: LAYOUT,
        AGREEMENT: fields.agreement,
        ROUTE: fields.route,
        DIGEST: bytes.fromhex(fields.digest.removeprefix("sha256:")),
        JOURNEY: fields.journey,
        SALT: salt,
        HOLDER: holder,
        GATES: list(fields.gates),
        VERDICT: fields.verdict,
    }
    if fields.replaces:
        body[REPLACES] = fields.replaces
    claims: dict[int, Any] = {
        cwt.ISSUER: fields.issuer,
        cwt.EXPIRES: _seconds(fields.expires, "expires"),
        cwt.NOT_BEFORE: _seconds(fields.not_before, "not before"),
        cwt.ISSUED: _seconds(fields.issued, "issued"),
        cwt.IDENTIFIER: fields.id,
        PASS: body,
    }
    try:
        read(claims)
    except RefusedError as error:
        refusal = error.refusal
        raise CertificateError(
            f"pass: {refusal.where}: found {refusal.found or 'nothing'}, expected {refusal.expected}"
        ) from None
    return cbor.encode(claims)


def decode(payload: bytes) -> dict[Any, Any]:
    """The claims of a payload that is written as `encode` writes it. Raises RefusedError.

    Canonical bytes and plain values alone: whatever reads a pass, here or in a browser, reads the same.
    """
    claims = cwt.claims(payload)
    _plain(claims, MOST_DEPTH)
    if cbor.encode(claims) != payload:
        raise malformed("cwt", "another encoding", "canonical CBOR", detail="canonical")
    return claims


def read(claims: dict[Any, Any], *, key: str = "") -> Pass:
    """The pass. Raises RefusedError: malformed, or unsupported where its layout is of a later version."""
    body = claims.get(PASS)
    if not isinstance(body, dict):
        raise malformed("pass", body if body is not None else "nothing", "a map", detail="pass")
    version = body.get(VERSION)
    if type(version) is not int:
        raise malformed("layout", version, "a number", detail="pass")
    if version != LAYOUT:
        raise RefusedError(
            Refusal(code=Code.UNSUPPORTED, where="layout", found=str(version), expected=str(LAYOUT), detail="layout")
        )
    issued, starts, expires = (
        instant(claims.get(number), where)
        for number, where in ((cwt.ISSUED, "issued"), (cwt.NOT_BEFORE, "not before"), (cwt.EXPIRES, "expires"))
    )
    if not starts < expires or not issued < expires or expires - starts > MOST_LIFETIME:
        raise malformed(
            "expires", expires.isoformat(), f"after it begins, by at most {MOST_LIFETIME.days} days", detail="times"
        )
    verdict = body.get(VERDICT)
    if verdict not in VERDICTS:
        raise malformed("verdict", verdict, " or ".join(VERDICTS), detail="pass")
    replaces = body.get(REPLACES)
    return Pass(
        id=_bytes(claims.get(cwt.IDENTIFIER), "id", ID_BYTES).hex(),
        issuer=_text(claims.get(cwt.ISSUER), "issuer", _ISSUER),
        agreement=_text(body.get(AGREEMENT), "agreement", _NAME),
        route=_text(body.get(ROUTE), "route", _NAME),
        digest=f"sha256:{_bytes(body.get(DIGEST), 'digest', DIGEST_BYTES).hex()}",
        journey=_text(body.get(JOURNEY), "journey", _NAME),
        gates=_gates(body.get(GATES)),
        verdict=verdict,
        issued=issued,
        not_before=starts,
        expires=expires,
        salt=_bytes(body.get(SALT), "salt", SALT_BYTES),
        holder=_bytes(body.get(HOLDER), "holder", HASH_BYTES),
        replaces="" if replaces is None else _bytes(replaces, "replaces", ID_BYTES).hex(),
        key=key,
        more={one: value for one, value in claims.items() if one not in KNOWN_CLAIMS}
        | {(PASS, one): value for one, value in body.items() if one not in KNOWN_KEYS},
    )


def _gates(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_GATES:
        raise malformed("gates", value if value is not None else "nothing", f"1 to {MOST_GATES} gates", detail="pass")
    names = tuple(_text(one, "gates", _WORD) for one in value)
    if len(set(names)) != len(names):
        raise malformed("gates", ", ".join(names), "each gate once", detail="pass")
    return names


def _text(value: object, where: str, form: re.Pattern[str]) -> str:
    if not isinstance(value, str) or form.fullmatch(value) is None:
        raise malformed(where, value if value is not None else "nothing", f"text in the form {form.pattern}", detail="pass")
    return value


def _bytes(value: object, where: str, size: int) -> bytes:
    if not isinstance(value, bytes) or len(value) != size:
        raise malformed(where, value if value is not None else "nothing", f"{size} bytes", detail="pass")
    return value


def instant(value: object, where: str) -> datetime:
    """A NumericDate that is a whole number. Raises RefusedError."""
    if type(value) is not int:
        raise malformed(where, value if value is not None else "nothing", "seconds since 1970", detail="cwt")
    if not 0 <= value <= _LAST:
        raise malformed(where, value, "seconds from 1970 to 9999", detail="cwt")
    return datetime.fromtimestamp(value, UTC)


def _seconds(at: datetime, where: str) -> int:
    if at.tzinfo is None:
        raise CertificateError(f"pass: {where}: found {at.isoformat()}, expected an instant with an offset")
    return int(at.timestamp())


def _plain(value: object, depth: int) -> None:
    if depth == 0:
        raise malformed("cwt", "deep nesting", f"at most {MOST_DEPTH} levels", detail="plain")
    match value:
        case dict():
            for key, one in value.items():
                if type(key) not in {int, str}:
                    raise malformed("cwt", key, "numbers or text for keys", detail="plain")
                _plain(key, depth - 1)
                _plain(one, depth - 1)
        case list():
            for one in value:
                _plain(one, depth - 1)
        case None | bool() | str() | bytes():
            pass
        case int() if -_MOST_NUMBER <= value <= _MOST_NUMBER:
            pass
        case _:
            raise malformed("cwt", type(value).__name__, "whole numbers, text, bytes, lists and maps", detail="plain")
