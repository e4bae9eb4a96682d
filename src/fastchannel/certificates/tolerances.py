"""Known deviations from the formats' specifications: tolerated as data, per issuer, and logged with the evidence.

Strict mode tolerates nothing; it is what we ask of what we issue ourselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastchannel.certificates.evidence import Deviation
from fastchannel.certificates.refusal import malformed, shortened

KID_UNPROTECTED = "kid-unprotected"  # the key identifier stands in the unprotected header alone
FLOAT_DATE = "float-date"  # exp, iat or nbf is a whole or broken floating-point number
FLOAT_DOSES = "float-doses"  # dose numbers are floats: 2.0
SPACES = "spaces"  # white space around a value
NULLS = "nulls"  # null where a value is left out
TAGGED_DATE = "tagged-date"  # a date under a CBOR tag where the schema asks for text
DATE_PATTERN = "date-pattern"  # a date that is not written as the schema asks
NAME_PATTERN = "name-pattern"  # a transliterated name with characters outside A-Z and <
SERIAL = "serial"  # the signer's X.509 certificate has a serial number that is not positive
UNTAGGED = "untagged"  # COSE without its tag 18
CWT_TAGGED = "cwt-tagged"  # a CWT tag around the COSE tag
DEFLATE_TRAILER = "deflate-trailer"  # a checksum and size behind a deflated payload that should have neither
CHUNKS = "chunks"  # a card spread over several codes, which its specification has given up
VC_TYPES = "vc-types"  # a card whose types do not say what is in it
FHIR_META = "fhir-meta"  # more than a security label among what is said about a resource
DOSE_NUMBERS = "dose-numbers"  # doses below 1, or more of them than the series has
ALL = frozenset(
    {KID_UNPROTECTED, FLOAT_DATE, FLOAT_DOSES, SPACES, NULLS, TAGGED_DATE, DATE_PATTERN, NAME_PATTERN, SERIAL, UNTAGGED,
     CWT_TAGGED, DEFLATE_TRAILER, CHUNKS, VC_TYPES, FHIR_META, DOSE_NUMBERS}
)  # fmt: skip
STRICT: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """What is tolerated of whom. ``by_issuer`` replaces ``default`` for the country that it names."""

    default: frozenset[str] = ALL
    by_issuer: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, country: str) -> frozenset[str]:
        """What is tolerated of one issuer."""
        return self.by_issuer.get(country, self.default)


LENIENT = Tolerances()
STRICTLY = Tolerances(default=STRICT)


class Noted:
    """Collects deviations while a certificate is read; `settle` refuses those that its issuer is not granted."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Deviation] = []

    def add(self, code: str, where: str = "", found: object = "") -> None:
        """Note one."""
        self.found.append(Deviation(code=code, where=where, found=shortened(found)))

    def settle(self, granted: frozenset[str]) -> tuple[Deviation, ...]:
        """The deviations, all of them granted. Raises RefusedError for the first that is not."""
        for one in self.found:
            if one.code not in granted:
                raise malformed(one.where, one.found, "no deviation of this kind from this issuer", detail=one.code)
        return tuple(self.found)
