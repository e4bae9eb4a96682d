"""Refusals and evidence in words, for the officer who decides what to do next. Codes are stable; sentences are translated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastchannel.agreement.vocabulary import ASSAYS, FINDINGS
from fastchannel.certificates import tolerances
from fastchannel.certificates.evidence import AssayResult, Certified, Deviation, Evidence, Format, Recovered, Vaccinated
from fastchannel.certificates.refusal import Code, Refusal
from fastchannel.terms.language import N_, translate


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong, and what to do next."""

    wrong: str
    next: str


_ISSUE_AGAIN = N_("Ask the traveller for the original, or to have it issued again.")
_SCAN_AGAIN = N_("Scan the code again, or ask for the original.")
_OTHER_PROOF = N_("Ask for another proof, or hold the case for the health authority.")
_FRESH_LIST = N_("Hold the case; ask your administrator to import the newest list: fastchannel trust import.")

CODES: Mapping[Code, Advice] = {
    Code.MALFORMED: Advice(
        N_("This is not a whole certificate: a part is missing, changed or not as its format asks."), _SCAN_AGAIN
    ),
    Code.UNSUPPORTED: Advice(N_("This kind of certificate cannot be checked here."), _OTHER_PROOF),
    Code.SIGNATURE_WRONG: Advice(
        N_("The signature is wrong: the certificate was changed after it was issued, or somebody else made it."),
        N_("Do not accept it. Report it as a suspected forgery."),
    ),
    Code.KEY_UNKNOWN: Advice(N_("It was signed with a key that no trusted issuer holds."), _OTHER_PROOF),
    Code.TRUST_LIST_MISSING: Advice(
        N_("No list of trusted issuers is here, so no certificate can be checked."),
        N_("Hold the case; ask your administrator to import a trust list: fastchannel trust import."),
    ),
    Code.TRUST_LIST_STALE: Advice(N_("The list of trusted issuers is too old to be relied on."), _FRESH_LIST),
    Code.KEY_NOT_VALID: Advice(N_("It was issued at a time when the issuer's key was not valid."), _ISSUE_AGAIN),
    Code.KEY_USE: Advice(N_("The issuer's key may not sign certificates of this kind."), _OTHER_PROOF),
    Code.REVOKED: Advice(N_("The issuer has revoked this certificate."), N_("Do not accept it. Ask for another proof.")),
    Code.REVOCATION_STALE: Advice(
        N_("Whether it was revoked cannot be told: the list of revocations is too old."), _FRESH_LIST
    ),
    Code.EXPIRED: Advice(N_("The certificate has expired."), _ISSUE_AGAIN),
    Code.NOT_YET_VALID: Advice(
        N_("The certificate is not valid yet."), N_("Check the clock of this device; otherwise ask again when it is valid.")
    ),
    Code.TEST_DOMAIN: Advice(
        N_("The certificate was issued for tests only, or a real one is being checked among tests."),
        N_("Do not accept it. Ask for the real certificate."),
    ),
}

_OTHER_FILE = N_("Ask for a sharper picture, or scan the code itself.")
# Finer codes of `unsupported`, where a file could not be read at all.
FILES: Mapping[str, Advice] = {
    "no-code": Advice(N_("No code could be found on it."), _OTHER_FILE),
    "picture": Advice(N_("The picture cannot be read: it is damaged."), _OTHER_FILE),
    "pdf": Advice(N_("The PDF cannot be read: it is damaged or locked."), _OTHER_FILE),
    "too-large": Advice(N_("The file is too large."), _OTHER_FILE),
    "file-type": Advice(N_("The file is neither a text nor a picture (PNG, JPEG, WebP, GIF) nor a PDF."), _OTHER_FILE),
    "empty": Advice(N_("The file is empty."), _OTHER_FILE),
    "no-file": Advice(N_("The file cannot be opened."), N_("Look for the right file.")),
}

FORMATS: Mapping[Format, str] = {
    Format.EU_DCC: N_("EU Digital COVID Certificate"),
    Format.WHO_DDCC: N_("WHO certificate (DDCC)"),
    Format.WHO_DVC: N_("WHO vaccination certificate (DVC)"),
    Format.SMART_HEALTH_CARD: N_("SMART Health Card"),
    Format.ICAO_VDS_NC: N_("ICAO visible digital seal (VDS-NC)"),
    Format.DIVOC: N_("DIVOC certificate"),
    Format.CROSSING: N_("Fast channel pass"),
    Format.PAPER: N_("Result on paper"),
}
EVENTS: Mapping[type[Certified], str] = {
    AssayResult: N_("Test result"),
    Vaccinated: N_("Vaccination"),
    Recovered: N_("Recovery"),
}
DEVIATIONS: Mapping[str, str] = {
    tolerances.KID_UNPROTECTED: N_("the key is named outside what is signed"),
    tolerances.FLOAT_DATE: N_("a time is written as a broken number"),
    tolerances.FLOAT_DOSES: N_("doses are written as broken numbers"),
    tolerances.SPACES: N_("spaces around a value"),
    tolerances.NULLS: N_("empty values where none should stand"),
    tolerances.TAGGED_DATE: N_("a date is marked by its type"),
    tolerances.DATE_PATTERN: N_("a date is written otherwise than asked"),
    tolerances.NAME_PATTERN: N_("the machine-readable name has other letters than A to Z"),
    tolerances.SERIAL: N_("the issuer's own certificate has a serial number that is not positive"),
    tolerances.UNTAGGED: N_("the envelope is not marked as such"),
    tolerances.CWT_TAGGED: N_("the envelope is marked twice"),
    tolerances.DEFLATE_TRAILER: N_("a checksum stands behind the compressed part"),
    tolerances.CHUNKS: N_("the card is spread over several codes"),
    tolerances.VC_TYPES: N_("the card's types do not say what is in it"),
    tolerances.FHIR_META: N_("more than a security label stands beside the content"),
    tolerances.DOSE_NUMBERS: N_("dose numbers that do not add up"),
}
AGENTS: Mapping[str, str] = {"840539006": "COVID-19"}  # SNOMED CT


def advice(refusal: Refusal) -> Advice:
    """What is wrong and what to do, untranslated."""
    if refusal.code is Code.UNSUPPORTED and refusal.detail in FILES:
        return FILES[refusal.detail]
    return CODES[refusal.code]


def say(refusal: Refusal, language: str = "en") -> str:
    """The refusal as sentences: what is wrong, and what to do next."""
    found = advice(refusal)
    space = "" if language.startswith("zh") else " "
    return f"{translate(found.wrong, language)}{space}{translate(found.next, language)}"


def format_words(name: str, language: str = "en") -> str:
    """A format's name; one that we do not know by its own code."""
    try:
        return translate(FORMATS[Format(name)], language)
    except (ValueError, KeyError):
        return name


def deviation_words(deviation: Deviation, language: str = "en") -> str:
    """A deviation that was tolerated, and where it stood."""
    text = translate(DEVIATIONS.get(deviation.code, deviation.code), language)
    return f"{text} ({deviation.where})" if deviation.where else text


def name_words(evidence: Evidence) -> str:
    """The person's name as certified: family name, given names; machine-readable where there is no other."""
    person = evidence.person
    names = (person.family or person.family_mrz, person.given or person.given_mrz)
    return ", ".join(name for name in names if name) or person.full or "–"


def event_words(event: Certified, language: str = "en") -> str:
    """One certified event on a line."""
    kind = translate(EVENTS[type(event)], language)
    parts = [part for part in _parts(event, language) if part]
    return f"{kind}: {', '.join(parts)}" if parts else kind


def _parts(event: Certified, language: str) -> Iterator[str]:
    yield AGENTS.get(event.agent, event.agent)
    match event:
        case AssayResult():
            yield next((translate(text, language) for assay, text in ASSAYS.items() if assay == event.kind), event.kind)
            yield next((translate(text, language) for one, text in FINDINGS.items() if one == event.finding), event.finding)
            taken = event.sampled.strftime("%Y-%m-%d %H:%M %z") if event.sampled else event.sampled_text
            yield translate(N_("sampled {time}"), language, time=taken or "–")
            yield event.laboratory
        case Vaccinated():
            if event.dose is not None and event.doses is not None:
                yield translate(N_("dose {dose} of {doses}"), language, dose=event.dose, doses=event.doses)
            elif event.dose is not None:
                yield translate(N_("dose {dose}"), language, dose=event.dose)
            yield event.product or event.vaccine
            yield event.given
            yield event.centre
        case Recovered():
            yield translate(N_("first positive test {day}"), language, day=event.first_positive or "–")
            if event.valid_until:
                yield translate(N_("counts until {day}"), language, day=event.valid_until)
    yield event.country


def rows(evidence: Evidence, language: str = "en") -> list[tuple[str, str]]:
    """What a certificate says, as labels with their text: who, what, by whom, for how long, and what was tolerated."""
    issuer = " · ".join(part for part in (evidence.issuer.country, evidence.issuer.name) if part)
    found = [
        (N_("Person"), name_words(evidence)),
        (N_("Date of birth"), evidence.person.birth or "–"),
        *((N_("Certified"), event_words(event, language)) for event in evidence.events),
        (N_("Issuer"), issuer or "–"),
        (N_("Issued"), _moment(evidence.issued)),
        (N_("Valid until"), _moment(evidence.expires)),
        (N_("Format"), format_words(evidence.format, language)),
        *((N_("Tolerated"), deviation_words(one, language)) for one in evidence.deviations),
    ]
    return [(translate(label, language), text) for label, text in found]


def _moment(when: datetime | None) -> str:
    return when.strftime("%Y-%m-%d %H:%M %z") if when else "–"
