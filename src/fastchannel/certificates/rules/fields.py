"""The fields that a rule can look at, and what each holds: an EU certificate's, schema 1.3.3, and our own evidence's."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What a value is. A date that is still text becomes a ``MOMENT`` through plusTime or dccDateOfBirth."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"  # text, YYYY-MM-DD
    DATE_TIME = "date-time"  # text
    BIRTH_DATE = "birth date"  # text, perhaps partial
    MOMENT = "moment"
    ARRAY = "array"
    OBJECT = "object"
    ANY = "any"  # one of several, or unknown: nothing can be said of it


DATES = frozenset({Kind.DATE, Kind.DATE_TIME, Kind.BIRTH_DATE})
TEXTS = DATES | {Kind.TEXT}


class Field(Struct, frozen=True):
    """One field; ``least`` is the smallest number it may hold, and ``optional`` says whether it may be left out."""

    kind: Kind
    optional: bool = False
    least: int | None = None


class Fields(Struct, frozen=True):
    """All fields by path, with ``#`` for the place in an array. ``events`` are the arrays that hold a certificate's events."""

    by_path: Mapping[str, Field]
    events: tuple[str, ...]

    def at(self, steps: tuple[str, ...]) -> Field | None:
        """The field at a path of the data; None where there is none."""
        pattern = ".".join("#" if step.isdecimal() else step for step in steps)
        if pattern.startswith(VALUE_SETS) and pattern.count(".") == VALUE_SETS.count("."):
            return Field(Kind.ARRAY)
        return self.by_path.get(pattern)


VALUE_SETS = "external.valueSets."
_EXTERNAL = {
    "external": Field(Kind.OBJECT),
    "external.validationClock": Field(Kind.DATE_TIME),
    "external.valueSets": Field(Kind.OBJECT),
    "external.countryCode": Field(Kind.TEXT),
    "external.issuerCountryCode": Field(Kind.TEXT),
    "external.region": Field(Kind.TEXT, optional=True),
    "external.kid": Field(Kind.TEXT),
    "external.iat": Field(Kind.DATE_TIME),
    "external.exp": Field(Kind.DATE_TIME),
}


def _event(name: str, texts: str, optional: str = "", dates: str = "", **others: Field) -> dict[str, Field]:
    start = f"payload.{name}"
    found = {start: Field(Kind.ARRAY, optional=True), f"{start}.#": Field(Kind.OBJECT)}
    found |= {f"{start}.#.{one}": Field(Kind.TEXT) for one in texts.split()}
    found |= {f"{start}.#.{one}": Field(Kind.TEXT, optional=True) for one in optional.split()}
    found |= {f"{start}.#.{one}": Field(Kind.DATE) for one in dates.split()}
    return found | {f"{start}.#.{one}": field for one, field in others.items()}


_DOSES = Field(Kind.INTEGER, least=1)

DCC = Fields(
    {
        "": Field(Kind.OBJECT),
        **_EXTERNAL,
        "payload": Field(Kind.OBJECT),
        "payload.ver": Field(Kind.TEXT),
        "payload.dob": Field(Kind.BIRTH_DATE),
        "payload.nam": Field(Kind.OBJECT),
        **{f"payload.nam.{one}": Field(Kind.TEXT, optional=True) for one in ("fn", "fnt", "gn", "gnt")},
        **_event("v", "tg vp mp ma co is ci", dates="dt", dn=_DOSES, sd=_DOSES),
        **_event("t", "tg tt tr co is ci", optional="nm ma tc", sc=Field(Kind.DATE_TIME)),
        **_event("r", "tg co is ci", dates="fr df du"),
    },
    ("v", "t", "r"),
)

ANCHORS = ("application", "approval", "departure", "boarding", "arrival")
"""The moments of a journey that our own rules are given in ``external``; one that is not known yet is left out."""

EVIDENCE = Fields(
    {
        **DCC.by_path,
        **{f"external.{one}": Field(Kind.DATE_TIME, optional=True) for one in ANCHORS},
        **_event("t", "assay laboratory", optional="finding", sampled=Field(Kind.DATE_TIME)),
        **_event(
            "d",
            "document issuer",
            issued=Field(Kind.DATE_TIME),
            expires=Field(Kind.DATE_TIME, optional=True),
            bound=Field(Kind.BOOLEAN),
            accepted=Field(Kind.BOOLEAN),
        ),
    },
    (*DCC.events, "d"),
)
"""Certificates and papers as one payload, whatever format they came in: what the agreement's own measures compile to."""
