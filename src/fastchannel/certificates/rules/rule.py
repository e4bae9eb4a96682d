"""A rule as parties publish it, and files of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from fastchannel.certificates.refusal import CertificateError

MOST_BYTES = 8 * 1024 * 1024
CERTLOGIC = "CERTLOGIC"
COMBINED = "FASTCHANNEL"  # an engine of our own: the same language, over all of a person's certificates together
ACCEPTANCE, INVALIDATION = "Acceptance", "Invalidation"
GENERAL = "General"  # for certificates of every kind
KINDS = {"v": "Vaccination", "t": "Test", "r": "Recovery"}
Instant = Annotated[datetime, Meta(tz=True)]


def order_of(version: str) -> tuple[int, ...]:
    """A version in numbers, to sort by: ``1.10.0`` comes after ``1.9.0``, and ``1.0`` is ``1.0.0``."""
    parts = [int(part) if part.isdecimal() and len(part) < 9 else 0 for part in version.split(".")[:4]]
    return tuple(parts + [0] * (4 - len(parts)))


class Description(Struct, frozen=True):
    """A rule in words, in one language."""

    lang: str = ""
    desc: str = ""


class Rule(Struct, frozen=True, kw_only=True, rename="pascal"):
    """One rule, in the form in which EU members exchange them: met where its logic is true.

    ``type`` is Acceptance, of the country of arrival, or Invalidation, of the country that issued the certificate. Met means
    the same for both, that the certificate passes: an invalidation rule is ``false`` for the certificates that it withdraws.
    """

    identifier: str
    logic: Any
    country: str = ""
    region: str = ""
    type: str = ACCEPTANCE
    version: str = "1.0.0"
    engine: str = CERTLOGIC
    engine_version: str = "1.0.0"
    schema_version: str = ""
    certificate_type: str = GENERAL
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    description: tuple[Description, ...] = ()
    affected_fields: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """The version, to sort by."""
        return order_of(self.version)

    def words(self, language: str) -> str:
        """What it asks, in that language, else in English, else in any."""
        by = {one.lang: one.desc for one in self.description}
        return by.get(language.split("-", maxsplit=1)[0]) or by.get("en") or next(iter(by.values()), self.identifier)


def read_rules(raw: bytes, name: str = "rules") -> tuple[Rule, ...]:
    """Rules from JSON: one, a list of them, or one a line, each alone or under the key ``rule``. Raises CertificateError."""
    if len(raw) > MOST_BYTES:
        raise CertificateError(f"{name}: found {len(raw)} bytes, expected at most {MOST_BYTES}")
    try:
        found = msgspec.json.decode(raw)
        written = found if isinstance(found, list) else [found]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            written = [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise CertificateError(f"{name}: {error}, expected a rule, a list of rules, or one a line") from error
    if not written:
        raise CertificateError(f"{name}: found no rule")
    return tuple(_rule(one, f"{name}: rule {number}") for number, one in enumerate(written, 1))


def _rule(raw: object, where: str) -> Rule:
    if isinstance(raw, dict) and "rule" in raw:
        raw = raw["rule"]
    try:
        return msgspec.convert(raw, Rule, strict=False)
    except msgspec.ValidationError as error:
        raise CertificateError(f"{where}: {error}") from error
