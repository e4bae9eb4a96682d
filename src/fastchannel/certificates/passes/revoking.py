"""A party's list of revoked passes: identifiers that nobody can guess, and when each was revoked."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fastchannel.certificates.evidence import Format
from fastchannel.certificates.passes.claims import ID_BYTES
from fastchannel.certificates.refusal import CertificateError, Code, Refusal, shortened

LAYOUT = 1
_ID = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}")


class Revoked(Struct, frozen=True, kw_only=True):
    """One revoked pass."""

    id: str
    at: datetime


class RevokedPasses(Struct, frozen=True, kw_only=True):
    """The list, as it stands in its file. It only grows; ``revision`` counts its changes.

    A revoked pass is refused at every instant, also one before it was revoked. The list has no age at which it is stale: it is
    one node's own file. What is handed to other parties is signed, and ages.
    """

    layout: int = LAYOUT
    revision: int = 0
    passes: tuple[Revoked, ...] = ()

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal | None:
        """REVOKED where the pass is on the list."""
        for one in self.passes:
            if one.id == identifier:
                return Refusal(
                    code=Code.REVOKED, where="id", found=identifier, expected=one.at.isoformat(), format=Format.CROSSING
                )
        return None

    def holds(self, identifier: str) -> bool:
        """Whether it is revoked."""
        return any(one.id == identifier for one in self.passes)


def revoke(revoked: RevokedPasses, identifier: str, at: datetime) -> RevokedPasses:
    """The list with one more; itself where the pass is on it. Raises CertificateError where that is no pass's id."""
    identifier = identifier.strip().lower()
    if _ID.fullmatch(identifier) is None:
        raise CertificateError(f"pass id: found {shortened(identifier, 40)}, expected {2 * ID_BYTES} hexadecimal digits")
    if revoked.holds(identifier):
        return revoked
    return replace(revoked, revision=revoked.revision + 1, passes=(*revoked.passes, Revoked(id=identifier, at=at)))


def decode_revoked(raw: bytes) -> RevokedPasses:
    """The list of a file. Raises CertificateError: what cannot be read revokes nothing, and must not look as if it did."""
    try:
        found = msgspec.json.decode(raw, type=RevokedPasses)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CertificateError(f"list of revoked passes: cannot be read: {error}") from error
    if found.layout != LAYOUT:
        raise CertificateError(f"list of revoked passes: found layout {found.layout}, expected {LAYOUT}")
    for one in found.passes:
        if _ID.fullmatch(one.id) is None or one.at.tzinfo is None:
            raise CertificateError(f"list of revoked passes: found {shortened(one.id, 40)}, expected an id and an instant")
    return found


def encode_revoked(revoked: RevokedPasses) -> bytes:
    """The file of a list."""
    return msgspec.json.format(msgspec.json.encode(revoked), indent=1) + b"\n"
