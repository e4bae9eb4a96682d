"""What a SMART Health Card's payload says: a verifiable credential whose subject is a FHIR bundle."""

from __future__ import annotations

from typing import Any

from fastchannel.certificates.evidence import AssayResult, Certified, CertifiedPerson, Vaccinated
from fastchannel.certificates.formats import dates, fields
from fastchannel.certificates.refusal import malformed
from fastchannel.certificates.sealed import Contents
from fastchannel.certificates.tolerances import FHIR_META, VC_TYPES, Noted

CARD = "https://smarthealth.cards#health-card"
# What a card's type names beside itself, by the kind of resource that it then holds.
TYPES = {
    "Immunization": "https://smarthealth.cards#immunization",
    "Observation": "https://smarthealth.cards#laboratory",
}
COVID_TYPE = "https://smarthealth.cards#covid19"
COVID = "840539006"  # SNOMED CT
CVX = "http://hl7.org/fhir/sid/cvx"
# Vaccines against COVID-19, the USA's and others, in the CVX code set of the USA's Centers for Disease Control and Prevention.
_VACCINES = (
    207,
    208,
    *range(210, 214),
    217,
    218,
    219,
    221,
    *range(225, 231),
    *range(300, 303),
    *range(308, 314),
    *range(500, 522),
)
COVID_VACCINES = frozenset(map(str, _VACCINES))
# LOINC codes of tests for SARS-CoV-2 in samples of the airways or of any kind, and SNOMED CT codes of their findings: the value
# sets of HL7's guide to vaccination and testing on SMART Health Cards. Tests of blood, or of related viruses too, are not here.
_NAATS = """
    94307-6 94308-4 94309-2 94314-2 94316-7 94500-6 94533-7 94534-5 94559-2 94565-9 94639-2 94640-0 94641-8 94745-7
    94756-4 94757-2 94759-8 94760-6 94845-5 95406-5 95409-9 95425-5 95608-6 95824-9 96091-4 96120-1 96123-5 96448-6
    96763-8 96765-3 96797-6 96957-6 96958-4 96986-5 97098-8 98131-6 98132-4 98493-0 98494-8
"""
_ANTIGENS = "94558-4 96119-3 97097-0"
ASSAYS = dict.fromkeys(_NAATS.split(), "naat") | dict.fromkeys(_ANTIGENS.split(), "antigen")
FINDINGS = {"260415000": "not detected", "260373001": "detected", "10828004": "detected", "260385009": "not detected"}
_FINAL = ("final", "amended", "corrected")  # a tuple: what is asked for may be no text
_KINDS = ("Patient", "Immunization", "Observation")
# FHIR has one of several spellings of a date; what stands beside the one that is read would say something else.
_OTHER_DATES = frozenset({"occurrenceString", "effectiveInstant", "effectivePeriod", "effectiveTiming"})
_ONLY_META = frozenset({"security"})


def read(payload: dict[Any, Any], noted: Noted) -> Contents:
    """Read a card's payload. Raises RefusedError."""
    credential = fields.mapping(payload.get("vc"), "vc")
    kinds = credential.get("type")
    if not isinstance(kinds, list) or CARD not in kinds:
        raise malformed("vc.type", kinds, CARD, detail="schema-error")
    bundle = fields.mapping(
        fields.mapping(credential.get("credentialSubject"), "credentialSubject").get("fhirBundle"), "fhirBundle"
    )
    resources = _resources(bundle, noted)
    if len(resources["Patient"]) != 1:
        raise malformed("Patient", f"{len(resources['Patient'])} patients", "exactly one", detail="fhir-schema-error")
    disease = COVID if COVID_TYPE in kinds else ""
    doses = [_dose(one, disease, noted) for one in resources["Immunization"] if one.get("status") == "completed"]
    results = [_result(one, disease, noted) for one in resources["Observation"] if one.get("status") in _FINAL]
    events: list[Certified] = [*doses, *results]
    for kind, type_ in TYPES.items():
        if resources[kind] and type_ not in kinds:
            noted.add(VC_TYPES, "vc.type", type_)
    if not events:
        raise malformed("entry", "no event", "a completed immunization or a final observation", detail="fhir-schema-error")
    return Contents(
        person=_person(resources["Patient"][0], noted),
        events=tuple(events),
        identifier=fields.text(credential, "rid", noted),
        issuer=str(payload.get("iss", "")),
    )


def _resources(bundle: dict[Any, Any], noted: Noted) -> dict[str, list[dict[Any, Any]]]:
    """The bundle's resources of the kinds that are read."""
    found: dict[str, list[dict[Any, Any]]] = {kind: [] for kind in _KINDS}
    for entry in fields.entries(bundle, "entry", noted):
        resource = fields.mapping(entry.get("resource"), "resource")
        kind = resource.get("resourceType")
        if not isinstance(kind, str) or kind not in found:
            continue
        found[kind].append(resource)
        meta = resource.get("meta")
        if meta is not None and not (isinstance(meta, dict) and meta.keys() <= _ONLY_META):
            noted.add(FHIR_META, f"{kind}.meta")
    return found


def _date(resource: dict[Any, Any], key: str, written: str) -> str:
    """What is written at the key, where no other spelling of a date stands beside it."""
    if written and not _OTHER_DATES.isdisjoint(resource):
        raise malformed(key, "two dates", "one date", detail="fhir-schema-error")
    return written


def _person(patient: dict[Any, Any], noted: Noted) -> CertifiedPerson:
    names = fields.entries(patient, "name", noted)
    if not names:
        raise malformed("Patient.name", "nothing", "a name", detail="fhir-schema-error")
    given = names[0].get("given")
    if given is not None and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        raise malformed("Patient.name.given", given, "a list of names", detail="fhir-schema-error")
    family, full = fields.texts(names[0], ("family", "text"), noted)
    birth, sex = fields.texts(patient, ("birthDate", "gender"), noted)
    return CertifiedPerson(
        family=family,
        given=" ".join(given or ()),
        full=full,
        birth=dates.birth(birth, noted, "birthDate"),
        sex=sex,
    )


def _dose(resource: dict[Any, Any], disease: str, noted: Noted) -> Certified:
    """A dose. The card's own ``disease`` counts where the vaccine's code does not say against what it is."""
    performers = fields.entries(resource, "performer", noted)
    actor = fields.mapping(performers[0].get("actor", {}), "performer.actor") if performers else {}
    system, product = _coding(resource.get("vaccineCode"), "vaccineCode")
    if system == CVX:
        disease = COVID if product in COVID_VACCINES else ""
    given, batch = fields.texts(resource, ("occurrenceDateTime", "lotNumber"), noted)
    if not _date(resource, "occurrenceDateTime", given):
        raise malformed("occurrenceDateTime", "nothing", "the date of the dose", detail="fhir-schema-error")
    return Vaccinated(
        agent=disease,
        product=product,
        vaccine=product,
        given=dates.day(given, noted, "occurrenceDateTime"),
        batch=batch,
        centre=fields.text(actor, "display", noted),
    )


def _result(resource: dict[Any, Any], disease: str, noted: Noted) -> Certified:
    """A result. The card's own ``disease`` counts where the test's code is not known."""
    _, kind = _coding(resource.get("code"), "code")
    _, finding = _coding(resource.get("valueCodeableConcept"), "valueCodeableConcept")
    written = _date(resource, "effectiveDateTime", fields.text(resource, "effectiveDateTime", noted))
    performers = fields.entries(resource, "performer", noted)
    return AssayResult(
        agent=COVID if kind in ASSAYS else disease,
        kind=ASSAYS.get(kind, kind),
        finding=FINDINGS.get(finding, finding),
        sampled=dates.instant(written),
        sampled_text=written,
        laboratory=fields.text(performers[0], "display", noted) if performers else "",
    )


def _coding(value: object, where: str) -> tuple[str, str]:
    """The first coding's system, empty where it names none, and its code."""
    coding = fields.mapping(value, where).get("coding")
    if not isinstance(coding, list) or not coding or not isinstance(coding[0], dict):
        raise malformed(where, coding, "a coding", detail="fhir-schema-error")
    code, system = coding[0].get("code"), coding[0].get("system")
    if not isinstance(code, str):
        raise malformed(where, code, "a code", detail="fhir-schema-error")
    return system if isinstance(system, str) else "", code[: fields.MOST_TEXT]
