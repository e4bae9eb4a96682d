"""FHIR R4: a Bundle, or a DiagnosticReport with what it needs contained, as results; and the OperationOutcome that answers.

The sample's number is the specimen's accession identifier, else its first identifier. References are looked for inside the
message alone: nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from fastchannel.casework.laboratory.reports import (
    MOST_BYTES,
    MOST_RESULTS,
    Report,
    ReportError,
    Status,
    assay_of,
    finding_of,
)

STATUSES = {
    "final": Status.FINAL, "amended": Status.AMENDED, "corrected": Status.AMENDED, "appended": Status.AMENDED,
    "registered": Status.PRELIMINARY, "partial": Status.PRELIMINARY, "preliminary": Status.PRELIMINARY,
    "cancelled": Status.WITHDRAWN, "entered-in-error": Status.WITHDRAWN, "unknown": Status.PRELIMINARY,
}  # fmt: skip
PASSPORT = "PPN"
Resource = Mapping[str, Any]


def looks_like(data: bytes) -> bool:
    """Whether these bytes begin as JSON does."""
    return data.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{")


def read(data: bytes, zone: ZoneInfo) -> tuple[str, list[Report]]:
    """The message's identifier and its results. Raises ReportError."""
    if len(data) > MOST_BYTES:
        raise ReportError(f"found {len(data)} bytes, expected at most {MOST_BYTES}")
    resources, name = _resources(data)
    held = dict(_named(resources))
    reports = [one for one in resources if one.get("resourceType") == "DiagnosticReport"]
    if not reports:
        raise ReportError("found no DiagnosticReport; expected one, alone or in a Bundle")
    found = [result for report in reports for result in _results(report, held, zone)]
    if not found:
        raise ReportError("DiagnosticReport.result: found no observation with a value; expected at least one")
    if len(found) > MOST_RESULTS:
        raise ReportError(f"found {len(found)} results, expected at most {MOST_RESULTS} in one message")
    control = name or _identifier(reports[0])
    if not control:
        raise ReportError("identifier: found none of the Bundle or DiagnosticReport; expected one, for it may come again")
    versions = "-".join(str(one.get("status", "")) + str(one.get("issued", "")) for one in reports)
    return f"{control} {versions}"[:200], found


def outcome(severity: str, said: list[str]) -> bytes:
    """An OperationOutcome with these diagnostics."""
    code = "informational" if severity == "information" else "processing"
    issues = [{"severity": severity, "code": code, "diagnostics": one} for one in said]
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": issues})


def _resources(data: bytes) -> tuple[list[Resource], str]:
    """All resources of a message, checked by the standard's own model, and the bundle's identifier."""
    from fhir.resources.R4B.bundle import Bundle
    from fhir.resources.R4B.diagnosticreport import DiagnosticReport
    from pydantic import ValidationError

    try:
        raw = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
        kind = raw.get("resourceType") if isinstance(raw, dict) else None
        if kind == "Bundle":
            Bundle.model_validate(raw)
            inner = [entry["resource"] for entry in raw.get("entry", ()) if "resource" in entry]
            for entry in raw.get("entry", ()):
                if "resource" in entry and "fullUrl" in entry:
                    entry["resource"]["_url"] = entry["fullUrl"]
            return [*inner, *(one for held in inner for one in _contained(held))], _identifier(raw)
        if kind == "DiagnosticReport":
            DiagnosticReport.model_validate(raw)
            return [raw, *_contained(raw)], ""
    except msgspec.DecodeError as error:
        raise ReportError(f"found no JSON: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(one) for one in first["loc"])
        raise ReportError(f"FHIR: {place}: {first['msg']}") from error
    raise ReportError(f"resourceType: found {kind!r}, expected Bundle or DiagnosticReport")


def _contained(resource: Resource) -> list[Resource]:
    return [one for one in resource.get("contained", ()) if isinstance(one, dict)]


def _named(resources: list[Resource]) -> Iterator[tuple[str, Resource]]:
    """Every resource under the names by which a reference can call it."""
    for one in resources:
        kind, identifier = one.get("resourceType"), one.get("id")
        if identifier:
            yield f"#{identifier}", one
            yield f"{kind}/{identifier}", one
        if one.get("_url"):
            yield str(one["_url"]), one


def _results(report: Resource, held: Mapping[str, Resource], zone: ZoneInfo) -> Iterator[Report]:
    patient = _at(report.get("subject"), held)
    for reference in report.get("result", ()):
        observation = _at(reference, held)
        if observation is None:
            continue
        specimen = _at(observation.get("specimen"), held) or next(
            (one for ref in report.get("specimen", ()) if (one := _at(ref, held)) is not None), None
        )
        status = max(
            (STATUSES.get(str(one.get("status")), Status.PRELIMINARY) for one in (report, observation)), key=_PRECEDENCE.index
        )
        code = _loinc(observation.get("code"))
        value = observation.get("valueCodeableConcept") or observation.get("valueString") or ""
        said = _codes(value)
        yield Report(
            sample=_specimen(specimen),
            code=code,
            value=next(iter(said), ""),
            assay=assay_of(code),
            finding=finding_of(*said, *(word for one in observation.get("interpretation", ()) for word in _codes(one))),
            status=status,
            sampled=_moment(((specimen or {}).get("collection") or {}).get("collectedDateTime"), zone),
            reported=_moment(report.get("issued") or observation.get("issued"), zone),
            passport=_passport(patient),
            name=_name(patient),
            birth_date=_day((patient or {}).get("birthDate")),
        )


_PRECEDENCE = (Status.FINAL, Status.AMENDED, Status.PRELIMINARY, Status.WITHDRAWN)  # of two, the later one counts


def _at(reference: Any, held: Mapping[str, Resource]) -> Resource | None:
    name = reference.get("reference", "") if isinstance(reference, dict) else ""
    return held.get(name)


def _codes(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict):
        return []
    coded = [str(one.get(key, "")) for one in value.get("coding", ()) for key in ("code", "display")]
    return [one for one in (*coded, str(value.get("text", ""))) if one]


def _loinc(code: Any) -> str:
    codings = code.get("coding", ()) if isinstance(code, dict) else ()
    return next((str(one.get("code", "")) for one in codings if one.get("system") == "http://loinc.org"), "")


def _identifier(resource: Resource) -> str:
    found = resource.get("identifier")
    first = found[0] if isinstance(found, list) and found else found
    return str(first.get("value", "")) if isinstance(first, dict) else ""


def _specimen(specimen: Resource | None) -> str:
    if specimen is None:
        return ""
    accession = specimen.get("accessionIdentifier")
    return str(accession["value"]) if isinstance(accession, dict) and accession.get("value") else _identifier(specimen)


def _passport(patient: Resource | None) -> str:
    for one in (patient or {}).get("identifier", ()):
        kinds = [str(coding.get("code")) for coding in (one.get("type") or {}).get("coding", ())]
        if PASSPORT in kinds:
            return str(one.get("value", "")).upper().replace(" ", "")
    return ""


def _name(patient: Resource | None) -> str:
    for one in (patient or {}).get("name", ()):
        return str(one.get("text") or " ".join([str(one.get("family", "")), *map(str, one.get("given", ()))])).strip()
    return ""


def _moment(text: Any, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text)) if text and "T" in str(text) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
