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
    identifier, country, issuer = fields.texts(entry, ("ci", "co", "is"), noted)
    return Contents(person=_person(body, noted), events=(event,), identifier=identifier, country=country, issuer=issuer)


def _person(body: dict[Any, Any], noted: Noted) -> CertifiedPerson:
    name = fields.mapping(body.get("nam"), "nam")
    family, given, family_mrz, given_mrz = fields.texts(name, ("fn", "gn", "fnt", "gnt"), noted)
    if not (_MRZ_NAME.fullmatch(family_mrz) and _MRZ_NAME.fullmatch(given_mrz)):
        noted.add(NAME_PATTERN, "fnt, gnt", f"{family_mrz} {given_mrz}")
    return CertifiedPerson(
        family=family,
        given=given,
        family_mrz=family_mrz,
        given_mrz=given_mrz,
        birth=dates.birth(fields.text(body, "dob", noted), noted),
    )


def _vaccination(entry: dict[Any, Any], noted: Noted) -> Certified:
    agent, product, vaccine, manufacturer, country, given = fields.texts(
        entry, ("tg", "mp", "vp", "ma", "co", "dt"), noted, "v."
    )
    dose, doses = fields.count(entry, "dn", noted, "v."), fields.count(entry, "sd", noted, "v.")
    if (dose is not None and dose < 1) or (doses is not None and doses < 1):
        noted.add(DOSE_NUMBERS, "v.dn, v.sd", f"{dose} of {doses}")
    return Vaccinated(
        agent=agent,
        product=product,
        given=dates.day(given, noted, "v.dt"),
        vaccine=vaccine,
        manufacturer=manufacturer,
        dose=dose,
        doses=doses,
        country=country,
    )


def _test(entry: dict[Any, Any], noted: Noted) -> Certified:
    agent, kind, finding, written, reported, name, manufacturer, laboratory, country = fields.texts(
        entry, ("tg", "tt", "tr", "sc", "dr", "nm", "ma", "tc", "co"), noted, "t."
    )
    return AssayResult(
        agent=agent,
        kind=ASSAYS.get(kind, kind),
        finding=FINDINGS.get(finding, finding),
        sampled=dates.instant(written),
        sampled_text=written,
        reported=reported,
        name=name,
        manufacturer=manufacturer,
        laboratory=laboratory,
        country=country,
    )


def _recovery(entry: dict[Any, Any], noted: Noted) -> Certified:
    agent, positive, starts, ends, country = fields.texts(entry, ("tg", "fr", "df", "du", "co"), noted, "r.")
    return Recovered(
        agent=agent,
        first_positive=dates.day(positive, noted, "r.fr"),
        valid_from=dates.day(starts, noted, "r.df"),
        valid_until=dates.day(ends, noted, "r.du"),
        country=country,
    )


_READERS: tuple[tuple[str, Callable[[dict[Any, Any], Noted], Certified]], ...] = (
    ("v", _vaccination),
    ("t", _test),
    ("r", _recovery),
)
