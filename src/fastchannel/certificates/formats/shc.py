"""SMART Health Cards: a JWS of a verifiable credential whose subject is a FHIR bundle, as text, file or numeric QR codes."""

from __future__ import annotations

import re
from binascii import unhexlify
from datetime import UTC, datetime
from typing import Any

from fastchannel.certificates.envelopes import strict_json
from fastchannel.certificates.envelopes.jws import open_jws
from fastchannel.certificates.evidence import AssayResult, Certified, CertifiedPerson, Format, Vaccinated
from fastchannel.certificates.formats import dates, fields
from fastchannel.certificates.refusal import Code, Refusal, RefusedError, malformed
from fastchannel.certificates.sealed import Contents, Sealed
from fastchannel.certificates.tolerances import CHUNKS, DEFLATE_TRAILER, FHIR_META, VC_TYPES, Noted

PREFIX = "shc:/"
_TYPES = "https://smarthealth.cards#"
CARD = f"{_TYPES}health-card"
IMMUNIZATION, LABORATORY, COVID = f"{_TYPES}immunization", f"{_TYPES}laboratory", f"{_TYPES}covid19"
SARS_COV_2 = "840539006"  # COVID-19 in SNOMED CT, as other formats name it
MOST_CARDS = 40
MOST_CHUNKS = 99
_START = re.compile(r"shc:/(?:(\d{1,2})/(\d{1,2})/)?", re.ASCII)
_LATEST = 32_503_680_000  # the year 3000: what is later was written in milliseconds
# LOINC codes of tests for SARS-CoV-2, and SNOMED CT codes of what they find.
ASSAYS = {
    "94500-6": "naat",
    "94558-4": "antigen",
    "94309-2": "naat",
    "94745-7": "naat",
    "94759-8": "naat",
    "97097-0": "antigen",
}
FINDINGS = {"260415000": "not detected", "260373001": "detected", "10828004": "detected", "260385009": "not detected"}
_FINAL = ("final", "amended", "corrected")  # a tuple: what is asked for may be no text
_KINDS = ("Patient", "Immunization", "Observation")


def open_text(text: str) -> Sealed:
    """Open a numeric QR text (several chunks on lines of their own), a JWS, or a file. Raises RefusedError."""
    noted = Noted()
    if text.startswith(PREFIX):
        chunks = text.split()
        if len(chunks) > 1:
            noted.add(CHUNKS, "shc", f"{len(chunks)} codes")
        return open_card(_joined(chunks), noted)
    text = text.strip()
    return open_card(_of_file(text) if text.startswith("{") else text, noted)


def cards_of(text: str) -> tuple[str, ...]:
    """The cards of a file that holds several: ``verifiableCredential``, or what a FHIR server answered. Else the text itself.

    Nothing is refused here: what is no list of cards is left for `open_text` to say what is wrong with it.
    """
    if not text.lstrip().startswith("{") or len(text) > strict_json.MOST_BYTES:
        return (text,)
    try:
        found = _listed(strict_json.decode(text.strip(), "file"))
    except RefusedError:
        return (text,)
    return tuple(found) if 1 < len(found) <= MOST_CARDS else (text,)


def open_card(text: str, noted: Noted | None = None) -> Sealed:
    """Open a card's JWS. Raises RefusedError."""
    noted = Noted() if noted is None else noted
    envelope = open_jws(text)
    payload = strict_json.decode(envelope.payload, "payload")
    if isinstance(payload, str):
        raise malformed("payload", payload, "an object, and not the text of one", detail=strict_json.DETAIL)
    if not isinstance(payload, dict):
        raise malformed("payload", payload, "an object", detail="schema-error")
    issuer = payload.get("iss")
    if not isinstance(issuer, str) or not issuer.startswith("https://") or issuer.endswith("/") or len(issuer) > 512:
        raise malformed("iss", issuer, "an https address without a slash at its end", detail="invalid-issuer-url")
    issued = _moment(payload.get("nbf"), "nbf")
    if issued is None:
        raise malformed("nbf", "", "seconds since 1970", detail="schema-error")
    expires = _moment(payload.get("exp"), "exp")
    if expires is not None and expires <= issued:
        raise malformed("exp", expires.isoformat(), f"after {issued.isoformat()}, which is nbf", detail="expiration-error")
    if envelope.trailer:
        noted.add(DEFLATE_TRAILER, "payload")
    return Sealed(
        format=Format.SMART_HEALTH_CARD,
        algorithm=envelope.algorithm,
        kid=envelope.kid,
        message=envelope.message,
        signature=envelope.signature,
        payload=payload,
        read=read,
        noted=noted,
        issuer=issuer,
        issuer_vouches=True,
        issued=issued,
        expires=expires,
    )


# By two digits as one byte, four bits each: the character that they stand for, its code less 45; 0 where for none.
_LETTERS = bytes(
    tens * 10 + ones + 45 if tens < 10 > ones and tens * 10 + ones <= 77 else 0 for tens in range(16) for ones in range(16)
)


def _joined(chunks: list[str]) -> str:
    """The JWS of all the chunks, whatever their order."""
    found: dict[int, str] = {}
    if not 0 < len(chunks) <= MOST_CHUNKS:
        raise malformed("shc", f"{len(chunks)} codes", f"1 to {MOST_CHUNKS}", detail="invalid-numeric-qr-header")
    for chunk in chunks:
        match = _START.match(chunk)
        if match is None:
            raise malformed("shc", chunk[:20], "shc:/ and digits", detail="invalid-numeric-qr")
        number, total = (int(match[1]), int(match[2])) if match[1] else (1, 1)
        if total != len(chunks) or not 1 <= number <= total or number in found or (match[1] and total == 1):
            raise malformed(
                "shc", f"code {number} of {total}", f"each of {total} codes once", detail="invalid-numeric-qr-header"
            )
        found[number] = _letters(chunk[match.end() :])
    return "".join(found[number] for number in sorted(found))


def _letters(digits: str) -> str:
    """Two digits stand for a character."""
    try:
        letters = unhexlify(digits).translate(_LETTERS)
    except ValueError as error:  # an odd number of them, or other signs
        raise malformed("shc", digits[:20], "an even number of digits", detail="invalid-numeric-qr") from error
    if not letters or 0 in letters:
        raise malformed("shc", digits[:20], "pairs of digits up to 77", detail="invalid-numeric-qr")
    return letters.decode("ascii")


def _of_file(text: str) -> str:
    cards = _listed(strict_json.decode(text, "file"))
    if not cards:
        raise malformed("file", "no cards", "verifiableCredential: a list of cards", detail="schema-error")
    if len(cards) > 1:
        raise RefusedError(
            Refusal(
                code=Code.UNSUPPORTED, where="file", found=f"{len(cards)} cards", expected="one card a file", detail="cards"
            )
        )
    return str(cards[0])


def _listed(written: object) -> list[str]:
    """The cards of a file, or of a FHIR server's answer to ``$health-cards-issue``; none where it has another shape."""
    if not isinstance(written, dict):
        return []
    cards = written.get("verifiableCredential")
    if written.get("resourceType") == "Parameters":
        parts = written.get("parameter")
        named = [one for one in parts if isinstance(one, dict)] if isinstance(parts, list) else []
        cards = [one.get("valueString") for one in named if one.get("name") == "verifiableCredential"]
    if not isinstance(cards, list) or not all(isinstance(one, str) for one in cards):
        return []
    return [str(one) for one in cards]


def _moment(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise malformed(where, value, "seconds since 1970", detail="schema-error")
    if value > _LATEST:
        code = Code.NOT_YET_VALID if where == "nbf" else Code.MALFORMED
        raise RefusedError(Refusal(code=code, where=where, found=str(value)[:24], expected="seconds", detail="milliseconds"))
    return datetime.fromtimestamp(value, UTC)


def read(payload: dict[Any, Any], noted: Noted) -> Contents:
    """Read a card's payload. Raises RefusedError."""
    credential = fields.mapping(payload.get("vc"), "vc")
    kinds = credential.get("type")
    if not isinstance(kinds, list) or CARD not in kinds:
        raise malformed("vc.type", kinds, CARD, detail="schema-error")
    bundle = fields.mapping(
        fields.mapping(credential.get("credentialSubject"), "credentialSubject").get("fhirBundle"), "fhirBundle"
    )
    resources: dict[str, list[dict[Any, Any]]] = {kind: [] for kind in _KINDS}
    for entry in fields.entries(bundle, "entry", noted):
        resource = fields.mapping(entry.get("resource"), "resource")
        kind = resource.get("resourceType")
        meta = resource.get("meta")
        if isinstance(meta, dict) and set(meta) - {"security"}:
            noted.add(FHIR_META, f"{str(kind)[:40]}.meta", ", ".join(sorted(set(meta) - {"security"})))
        if isinstance(kind, str) and kind in resources:
            resources[kind].append(resource)
    if len(resources["Patient"]) != 1:
        raise malformed("Patient", f"{len(resources['Patient'])} patients", "exactly one", detail="fhir-schema-error")
    agent = SARS_COV_2 if COVID in kinds else ""
    doses = [_dose(one, agent, noted) for one in resources["Immunization"] if one.get("status") == "completed"]
    results = [_result(one, agent, noted) for one in resources["Observation"] if one.get("status") in _FINAL]
    if (doses and IMMUNIZATION not in kinds) or (results and LABORATORY not in kinds):
        noted.add(VC_TYPES, "vc.type", ", ".join(str(one)[-20:] for one in kinds[:4]))
    events: list[Certified] = [*doses, *results]
    if not events:
        raise malformed("entry", "no event", "a completed immunization or a final observation", detail="fhir-schema-error")
    return Contents(
        person=_person(resources["Patient"][0], noted),
        events=tuple(events),
        identifier=fields.text(credential, "rid", noted),
        issuer=str(payload.get("iss", "")),
    )


def _person(patient: dict[Any, Any], noted: Noted) -> CertifiedPerson:
    names = fields.entries(patient, "name", noted)
    if not names:
        raise malformed("Patient.name", "nothing", "a name", detail="fhir-schema-error")
    given = names[0].get("given")
    if given is not None and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        raise malformed("Patient.name.given", given, "a list of names", detail="fhir-schema-error")
    return CertifiedPerson(
        family=fields.text(names[0], "family", noted),
        given=" ".join(given or ()),
        full=fields.text(names[0], "text", noted),
        birth=dates.birth(fields.text(patient, "birthDate", noted), noted, "birthDate"),
        sex=fields.text(patient, "gender", noted),
    )


def _dose(resource: dict[Any, Any], agent: str, noted: Noted) -> Certified:
    performers = fields.entries(resource, "performer", noted)
    actor = fields.mapping(performers[0].get("actor", {}), "performer.actor") if performers else {}
    product = _code(resource.get("vaccineCode"), "vaccineCode")
    given = fields.text(resource, "occurrenceDateTime", noted)
    if not given:
        raise malformed("occurrenceDateTime", "nothing", "the date of the dose", detail="fhir-schema-error")
    return Vaccinated(
        agent=agent,
        product=product,
        vaccine=product,
        given=dates.day(given, noted, "occurrenceDateTime"),
        batch=fields.text(resource, "lotNumber", noted),
        centre=fields.text(actor, "display", noted),
    )


def _result(resource: dict[Any, Any], agent: str, noted: Noted) -> Certified:
    kind, finding = _code(resource.get("code"), "code"), _code(resource.get("valueCodeableConcept"), "valueCodeableConcept")
    written = fields.text(resource, "effectiveDateTime", noted)
    performers = fields.entries(resource, "performer", noted)
    return AssayResult(
        agent=SARS_COV_2 if kind in ASSAYS else agent,
        kind=ASSAYS.get(kind, kind),
        finding=FINDINGS.get(finding, finding),
        sampled=dates.instant(written),
        sampled_text=written,
        laboratory=fields.text(performers[0], "display", noted) if performers else "",
    )


def _code(value: object, where: str) -> str:
    """The first coding's code."""
    coding = fields.mapping(value, where).get("coding")
    if not isinstance(coding, list) or not coding or not isinstance(coding[0], dict):
        raise malformed(where, coding, "a coding", detail="fhir-schema-error")
    code = coding[0].get("code")
    if not isinstance(code, str):
        raise malformed(where, code, "a code", detail="fhir-schema-error")
    return code[: fields.MOST_TEXT]
