"""The EU Digital COVID Certificate, schema 1.0 to 1.3: person, and exactly one vaccination, test or recovery."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fastchannel.certificates.envelopes import cwt
from fastchannel.certificates.evidence import AssayResult, Certified, CertifiedPerson, Recovered, Vaccinated
from fastchannel.certificates.formats import dates, fields
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed
from fastchannel.certificates.sealed import Contents
from fastchannel.certificates.tolerances import DOSE_NUMBERS, NAME_PATTERN, Noted

# LOINC and SNOMED CT codes as the EU's value sets have them.
ASSAYS = {"LP6464-4": "naat", "LP217198-3": "antigen"}
FINDINGS = {"260415000": "not detected", "260373001": "detected"}
_MRZ_NAME = re.compile(r"[A-Z<]*", re.ASCII)


def read(claims: dict[Any, Any], noted: Noted) -> Contents:
    """Read claim -260, key 1. Raises RefusedError."""
    body = fields.mapping(claims[cwt.HEALTH][1], "claim -260")
    version = fields.text(body, "ver", noted)
    if not version.startswith("1."):
        raise RefusedError(Refusal(code=Code.UNSUPPORTED, where="ver", found=version[:20], expected="1.x", detail="schema"))
    found = [(reader, one) for key, reader in _READERS for one in fields.entries(body, key, noted)]
    if len(found) != 1:  # the specification asks for one event in a certificate
        raise malformed("v, t, r", f"{len(found)} events", "exactly one", detail="events")
    reader, entry = found[0]
    event = reader(entry, noted)
    return Contents(
        person=_person(body, noted),
        events=(event,),
        identifier=fields.text(entry, "ci", noted),
        country=fields.text(entry, "co", noted),
        issuer=fields.text(entry, "is", noted),
    )


def _person(body: dict[Any, Any], noted: Noted) -> CertifiedPerson:
    name = fields.mapping(body.get("nam"), "nam")
    family, given = fields.text(name, "fnt", noted), fields.text(name, "gnt", noted)
    if not (_MRZ_NAME.fullmatch(family) and _MRZ_NAME.fullmatch(given)):
        noted.add(NAME_PATTERN, "fnt, gnt", f"{family} {given}")
    return CertifiedPerson(
        family=fields.text(name, "fn", noted),
        given=fields.text(name, "gn", noted),
        family_mrz=family,
        given_mrz=given,
        birth=dates.birth(fields.text(body, "dob", noted), noted),
    )


def _vaccination(entry: dict[Any, Any], noted: Noted) -> Certified:
    dose, doses = fields.count(entry, "dn", noted, "v."), fields.count(entry, "sd", noted, "v.")
    if (dose is not None and dose < 1) or (doses is not None and doses < 1):
        noted.add(DOSE_NUMBERS, "v.dn, v.sd", f"{dose} of {doses}")
    return Vaccinated(
        agent=fields.text(entry, "tg", noted, "v."),
        product=fields.text(entry, "mp", noted, "v."),
        given=dates.day(fields.text(entry, "dt", noted, "v."), noted, "v.dt"),
        vaccine=fields.text(entry, "vp", noted, "v."),
        manufacturer=fields.text(entry, "ma", noted, "v."),
        dose=dose,
        doses=doses,
        country=fields.text(entry, "co", noted, "v."),
    )


def _test(entry: dict[Any, Any], noted: Noted) -> Certified:
    kind, finding = fields.text(entry, "tt", noted, "t."), fields.text(entry, "tr", noted, "t.")
    written = fields.text(entry, "sc", noted, "t.")
    return AssayResult(
        agent=fields.text(entry, "tg", noted, "t."),
        kind=ASSAYS.get(kind, kind),
        finding=FINDINGS.get(finding, finding),
        sampled=dates.instant(written),
        sampled_text=written,
        reported=fields.text(entry, "dr", noted, "t."),
        name=fields.text(entry, "nm", noted, "t."),
        manufacturer=fields.text(entry, "ma", noted, "t."),
        laboratory=fields.text(entry, "tc", noted, "t."),
        country=fields.text(entry, "co", noted, "t."),
    )


def _recovery(entry: dict[Any, Any], noted: Noted) -> Certified:
    return Recovered(
        agent=fields.text(entry, "tg", noted, "r."),
        first_positive=dates.day(fields.text(entry, "fr", noted, "r."), noted, "r.fr"),
        valid_from=dates.day(fields.text(entry, "df", noted, "r."), noted, "r.df"),
        valid_until=dates.day(fields.text(entry, "du", noted, "r."), noted, "r.du"),
        country=fields.text(entry, "co", noted, "r."),
    )


_READERS: tuple[tuple[str, Callable[[dict[Any, Any], Noted], Certified]], ...] = (
    ("v", _vaccination),
    ("t", _test),
    ("r", _recovery),
)
