"""WHO's certificates: the core data set of DDCC, alone or in a health certificate, and the digital vaccination certificate."""

from __future__ import annotations

from typing import Any

from fastchannel.certificates.envelopes import cwt
from fastchannel.certificates.evidence import AssayResult, Certified, CertifiedPerson, Vaccinated
from fastchannel.certificates.formats import dates, fields
from fastchannel.certificates.formats.dcc import ASSAYS, FINDINGS
from fastchannel.certificates.refusal import malformed
from fastchannel.certificates.sealed import Contents
from fastchannel.certificates.tolerances import Noted

VACCINATION_KEY, TEST_KEY, DVC_KEY = 3, 4, -6


def is_core(claims: dict[Any, Any]) -> bool:
    """Whether the signed map is the core data set itself, as the first version of DDCC had it."""
    return "name" in claims and ("vaccine" in claims or "test" in claims)


def read_core(claims: dict[Any, Any], noted: Noted) -> Contents:
    """Read a core data set that is signed as it is. Raises RefusedError."""
    return _core(claims, noted)


def read_vaccination(claims: dict[Any, Any], noted: Noted) -> Contents:
    """Read claim -260, key 3. Raises RefusedError."""
    return _core(fields.mapping(claims[cwt.HEALTH][VACCINATION_KEY], "claim -260"), noted)


def read_test(claims: dict[Any, Any], noted: Noted) -> Contents:
    """Read claim -260, key 4. Raises RefusedError."""
    return _core(fields.mapping(claims[cwt.HEALTH][TEST_KEY], "claim -260"), noted)


def read_dvc(claims: dict[Any, Any], noted: Noted) -> Contents:
    """Read claim -260, key -6. Raises RefusedError."""
    body = fields.mapping(claims[cwt.HEALTH][DVC_KEY], "claim -260")
    dose = fields.mapping(body.get("v"), "v")
    name, born, sex, nationality = fields.texts(body, ("n", "dob", "s", "ntl"), noted)
    agent, product, vaccine, maker, given, batch, centre, issuer = fields.texts(
        dose, ("tg", "mp", "vp", "ma", "dt", "bo", "cn", "is"), noted, "v."
    )
    event = Vaccinated(
        agent=agent,
        product=product,
        given=dates.day(given, noted, "v.dt"),
        vaccine=vaccine,
        manufacturer=maker,
        batch=batch,
        centre=centre,
    )
    person = CertifiedPerson(full=name, birth=dates.birth(born, noted), sex=sex, nationality=nationality)
    return Contents(person=person, events=(event,), issuer=issuer)


def _core(body: dict[Any, Any], noted: Noted) -> Contents:
    name, born, identifier = fields.texts(body, ("name", "birthDate", "identifier"), noted)
    events: list[Certified] = []
    if not fields.absent(body.get("test")):
        events.append(_result(fields.mapping(body["test"], "test"), noted))
    if not fields.absent(body.get("vaccine")):
        events.append(_dose(body, noted))
    if len(events) != 1:
        raise malformed("vaccine, test", f"{len(events)} events", "exactly one", detail="events")
    passport = body.get("meta")
    document = fields.text(passport, "passportNumber", noted) if isinstance(passport, dict) else ""
    person = CertifiedPerson(
        full=name, birth=dates.birth(born, noted, "birthDate"), sex=_code(body, "sex", noted), document=document
    )
    return Contents(
        person=person,
        events=tuple(events),
        identifier=fields.text(body, "hcid", noted) or identifier,
        country=_alpha2(_code(body, "country", noted) or events[0].country),
    )


def _dose(body: dict[Any, Any], noted: Noted) -> Certified:
    batch, given, centre = fields.texts(body, ("lot", "date", "centre"), noted)
    return Vaccinated(
        agent=_code(body, "disease", noted),
        product=_code(body, "brand", noted),
        given=dates.day(given, noted, "date") if given else "",
        vaccine=_code(body, "vaccine", noted),
        manufacturer=_code(body, "manufacturer", noted),
        dose=fields.count(body, "dose", noted),
        doses=fields.count(body, "total_doses", noted),
        batch=batch,
        country=_code(body, "country", noted),
        centre=centre,
    )


def _result(test: dict[Any, Any], noted: Noted) -> Certified:
    kind, finding = _code(test, "type", noted), _code(test, "result", noted)
    written = fields.text(test, "date", noted, "test.")
    return AssayResult(
        agent=_code(test, "pathogen", noted),
        kind=ASSAYS.get(kind, kind),
        finding=FINDINGS.get(finding, finding),
        sampled=dates.instant(written),
        sampled_text=written,
        laboratory=fields.text(test, "centre", noted, "test."),
        country=_code(test, "country", noted),
    )


def _code(source: dict[Any, Any], key: str, noted: Noted) -> str:
    """The code of a coded value, or the text where it is only a text."""
    value = source.get(key)
    return fields.text(value, "code", noted, f"{key}.") if isinstance(value, dict) else fields.text(source, key, noted)


def _alpha2(code: str) -> str:
    """Nothing is guessed: only a code of two letters is one."""
    return code if len(code) == 2 and code.isalpha() and code.isupper() else ""
