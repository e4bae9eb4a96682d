"""What a checkpoint's device carries for three days without a link: whom to trust, what was revoked, who is expected.

Instants are whole milliseconds since 1970, in UTC, but in trust and revocation lists, which keep their own form.
docs/reference/checkpoint-bundle.md describes the JSON.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from fastchannel.casework.gate_reasons import Colour, GateReason
from fastchannel.certificates.evidence import Format
from fastchannel.certificates.passes.holder import Holder, canonical
from fastchannel.certificates.refusal import CertificateError, Code, Refusal
from fastchannel.certificates.trust.spread import Spread, SpreadRevocations
from fastchannel.certificates.trust.store import SKEW, TrustList, TrustStore

LAYOUT = 1
LASTS = timedelta(hours=72)
UNKNOWN_BIRTH = "<<<<<<"
PASS_ID_DIGITS = 16  # of 32: of a million revoked passes one in 2**44 others would be taken for one of them
_DOCUMENT_BYTES = 16
_SKEW_MS = int(SKEW.total_seconds()) * 1000


class RevokedOf(Struct, frozen=True, kw_only=True):
    """The passes that one party revoked: the first PASS_ID_DIGITS of each identifier, ascending."""

    issuer: str
    ids: tuple[str, ...]

    def refuses(self, *, country: str, kid: bytes, identifier: str, at: datetime) -> Refusal | None:
        """REVOKED where it is a pass of this party and on the list."""
        if country != self.issuer or identifier[:PASS_ID_DIGITS] not in self.ids:
            return None
        return Refusal(code=Code.REVOKED, where="id", found=identifier[:80], format=Format.CROSSING)


class Accept(Struct, frozen=True, kw_only=True):
    """One kind of certificate that a gate takes as evidence.

    ``kind`` is ``test``, ``vaccination`` or ``recovery``; ``agents`` are SNOMED CT codes. A test was sampled, anything else
    issued, at least ``least_hours`` and at most ``most_hours`` before it is scanned; None is no bound.
    """

    kind: str
    agents: tuple[str, ...]
    assay: str = ""
    finding: str = ""
    laboratories: tuple[str, ...] = ()  # empty: any
    least_hours: float | None = None
    most_hours: float | None = None


class GateRule(Struct, frozen=True, kw_only=True):
    """What one text of an agreement takes as evidence at one gate."""

    agreement: str
    version: int
    route: str
    gate: str
    digest: str
    accepts: tuple[Accept, ...]


class Span(Struct, frozen=True, array_like=True):
    """How a traveller's case looks from one instant up to, not including, another."""

    start: int
    end: int
    colour: Colour
    reason: GateReason


class Expected(Struct, frozen=True, kw_only=True):
    """A traveller who may come to this gate. ``doc`` is `document_key` of the passport; ``passes`` begin their identifiers."""

    ref: str
    doc: str
    name: str
    gate: str
    due: int  # the planned departure
    spans: tuple[Span, ...]
    passes: tuple[str, ...] = ()


class Bundle(Struct, frozen=True, kw_only=True):
    """All of it."""

    version: int = LAYOUT
    party: str
    place: str
    gates: tuple[str, ...]
    made_at: int
    valid_until: int
    key: bytes
    trust: tuple[TrustList, ...]
    revoked: tuple[RevokedOf, ...] = ()
    revocations: tuple[Spread, ...] = ()
    digests: tuple[str, ...] = ()
    rules: tuple[GateRule, ...] = ()
    expected: tuple[Expected, ...] = ()

    def fresh(self, at: datetime) -> bool:
        """Whether it may be used at that instant."""
        return self.made_at - _SKEW_MS <= milliseconds(at) <= self.valid_until

    def store(self) -> TrustStore:
        """What verifies signatures, with what was revoked."""
        return TrustStore(self.trust, revocations=[*self.revoked, *map(SpreadRevocations, self.revocations)])


def encode_bundle(bundle: Bundle) -> bytes:
    """Its JSON: the same bytes for the same bundle."""
    return msgspec.json.encode(bundle, order="deterministic")


def decode_bundle(raw: bytes) -> Bundle:
    """A bundle of that JSON; what stands beside it is left out. Raises CertificateError."""
    try:
        found = msgspec.json.decode(raw, type=Bundle)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CertificateError(f"checkpoint bundle: {error}; expected what a node makes for a checkpoint") from error
    if found.version != LAYOUT:
        raise CertificateError(f"checkpoint bundle: found layout {found.version}, expected {LAYOUT}")
    return found


def etag(bundle: Bundle) -> str:
    """The same for the same content."""
    return hashlib.sha256(encode_bundle(bundle)).hexdigest()[:32]


def milliseconds(at: datetime) -> int:
    """Since 1970, what is finer cut off."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def document_key(key: bytes, document: str, birth: str) -> str:
    """A passport's number with its date of birth under the bundle's key, in base64url. Raises CertificateError.

    ``birth`` is as `Holder` has it, or UNKNOWN_BIRTH: then the number alone is meant.
    """
    born = "" if birth == UNKNOWN_BIRTH else birth
    lines = canonical(Holder(document=document, state="X", birth=born or "000000")).split("\n")
    text = f"FC1 gate\n{lines[1]}\n{lines[3] if born else UNKNOWN_BIRTH}"
    digest = hmac.new(key, text.encode("ascii"), hashlib.sha256).digest()[:_DOCUMENT_BYTES]
    return urlsafe_b64encode(digest).decode().rstrip("=")


def short_name(name: str) -> str:
    """Enough to compare with a passport in somebody's hand, and no more: the family name, and initials."""
    parts = re.split(r"[\s,]+", name.strip())
    first, rest = parts[0], [part for part in parts[1:] if part]
    if not rest and first and not first.isascii():  # 김민지 and 王小明 have no space: the first character is the family's
        return first[0] + "○" * (len(first) - 1)
    return " ".join([first, *(f"{part[0]}." for part in rest)])[:40]
