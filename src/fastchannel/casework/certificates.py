"""Verified certificates become a journey's events: several are recorded in one write, and the journey is decided once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.casework.ports import Stamp
from fastchannel.certificates.binding.match import Match
from fastchannel.certificates.evidence import AssayResult, Certified, Evidence, Recovered, Vaccinated
from fastchannel.decide.journey import fold
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Standing
from fastchannel.terms.events import Applied, Assay, Documented, Event, Finding, Resulted, Role
from fastchannel.terms.language import N_, translate

DOCUMENTS: dict[type[Certified], str] = {
    AssayResult: "test-certificate",
    Vaccinated: "vaccination-certificate",
    Recovered: "recovery-certificate",
}
PATHOGENS = {"840539006": "sars-cov-2"}  # what a certificate is about (SNOMED CT) → the pathogen as agreements name it
MOST = 8  # certificates in one write
_LONGEST = 128
NOT_COMPARED = N_("The test result is not used: nobody has confirmed that the certificate names this traveller.")
OTHER_PATHOGEN = N_("The test result is not used: it is about another disease ({found}) than the agreement.")
NO_TIME = N_("The test result is not used: the certificate does not say at which time the sample was taken.")
UNKNOWN_ASSAY = N_("The test result is not used: the kind of test is not known ({found}).")
UNKNOWN_FINDING = N_("The test result is not used: the finding is not known ({found}).")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A verified certificate, and whose it is: by an officer's word, or by the comparison with the passport's zone."""

    evidence: Evidence
    text: str
    compared: bool = False  # an officer says that it names the journey's person
    match: Match | None = None  # with the holder of the passport that the journey names; None where no zone was read

    @property
    def bound(self) -> bool:
        """Whether it names the journey's person. Doubt is for an officer, whose word settles it."""
        return self.compared or (self.match is not None and not self.match.held)

    @property
    def basis(self) -> tuple[str, ...]:
        """What the events rest on: the certificate, and who found it to be the traveller's."""
        if not self.bound:
            return (self.name,)
        return (self.name, "binding:officer" if self.compared else "binding:zone")

    @property
    def name(self) -> str:
        """What events rest on: the format and a digest of the text, so that no personal data stands in the record."""
        return f"{self.evidence.format}:sha256:{hashlib.sha256(self.text.encode()).hexdigest()}"

    @property
    def number(self) -> str:
        """The same for every copy: a digest of what the issuer calls it, for a signature can be rewritten and still verify."""
        named = f"{self.evidence.format}\0{self.evidence.issuer.country}\0{self.evidence.identifier}"
        return hashlib.sha256((named if self.evidence.identifier else self.text).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Unused:
    """Why a certified test did not become a result: it stays a document, and nothing is guessed."""

    message: str
    found: str = ""

    def text(self, language: str = "en") -> str:
        """The reason in that language."""
        return translate(self.message, language, found=self.found or "–")


def present(
    office: Office,
    actor: Actor,
    journey: str,
    certificates: Sequence[Presented],
    *,
    key: str,
    at: datetime | None = None,
) -> Receipt | Denial:
    """Record what verified certificates say, all in one write. Each is a document; a test that can be read is a result too.

    Raises UnknownJourneyError, KeyConflictError, and InvalidEntryError where a certificate was not verified, is dated after
    it is presented, or was presented for another traveller before.
    """
    if not 1 <= len(certificates) <= MOST:
        raise InvalidEntryError(
            "certificates", N_("Found {found} certificates; expected 1 to {most}."), found=len(certificates), most=MOST
        )
    for one in certificates:
        _recordable(one, at or office.clock.now())
    pathogen = pathogen_of(office, office.journal.events(journey))
    return office.record(
        actor,
        Action.PRESENT,
        journey,
        lambda stamp: _events(stamp, certificates, pathogen),
        key=key,
        at=at,
        guard=partial(_nobody_elses, office, journey, certificates),
    )


def pathogen_of(office: Office, events: Sequence[Event]) -> str:
    """The pathogen that the journey's agreement is about; empty before there is an application."""
    applied = next((event for event in events if isinstance(event, Applied)), None)
    return office.texts.versions(applied.agreement).newest.text.agreement.pathogen if applied is not None else ""


def unused(certificate: Presented, pathogen: str) -> tuple[Unused, ...]:
    """Which certified tests do not become results, and why."""
    found = (_unused(certificate, event, pathogen) for event in certificate.evidence.events if isinstance(event, AssayResult))
    return tuple(reason for reason in found if reason is not None)


def _unused(certificate: Presented, event: AssayResult, pathogen: str) -> Unused | None:
    if not certificate.bound:
        return Unused(NOT_COMPARED)
    if PATHOGENS.get(event.agent) != pathogen:
        return Unused(OTHER_PATHOGEN, event.agent)
    if event.kind not in set(Assay):
        return Unused(UNKNOWN_ASSAY, event.kind)
    if event.finding not in set(Finding):
        return Unused(UNKNOWN_FINDING, event.finding)
    if event.sampled is None:
        return Unused(NO_TIME)
    return None


def would_record(journey: str, certificates: Sequence[Presented], pathogen: str, at: datetime) -> list[Event]:
    """The events that `present` would record, without recording any; they name nobody who recorded them."""
    who: Stamp = {
        "id": "foreseen", "journey": journey, "at": at, "recorded": at,
        "by": "", "role": Role.SYSTEM, "party": "", "evidence": (),
    }  # fmt: skip
    return _events(who, certificates, pathogen)


def _recordable(certificate: Presented, now: datetime) -> None:
    if certificate.evidence.verified is None:
        raise InvalidEntryError("certificates", N_("The certificate was not verified, so it cannot be recorded."))
    for event in certificate.evidence.events:
        if isinstance(event, AssayResult) and event.sampled is not None and event.sampled > now:
            raise InvalidEntryError(
                "certificates",
                N_("Found {found}, which is still to come; expected a time up to {now}."),
                found=event.sampled.isoformat(),
                now=now.isoformat(timespec="seconds"),
            )


def _events(stamp: Stamp, certificates: Sequence[Presented], pathogen: str) -> list[Event]:
    """The first event keeps the stamp's identifier, and the others follow it in order."""
    found: list[Event] = []
    for one in certificates:
        named: Stamp = {**stamp, "evidence": one.basis}
        found += [_document(named, one, document) for document in _documents(one)]
        found += [
            _result(named, one, event, number)
            for number, event in enumerate(one.evidence.events)
            if isinstance(event, AssayResult) and _unused(one, event, pathogen) is None
        ]
    return [replace(event, id=f"{stamp['id']}-{number}") if number else event for number, event in enumerate(found)]


def _documents(certificate: Presented) -> list[str]:
    """The kinds of document that it is, each once."""
    return list(dict.fromkeys(DOCUMENTS[type(event)] for event in certificate.evidence.events))


def _document(stamp: Stamp, certificate: Presented, document: str) -> Documented:
    evidence = certificate.evidence
    return Documented(
        **stamp,
        document=document,
        issuer=_issuer(evidence),
        issued=evidence.issued or stamp["at"],  # formats that do not say it: no later than it was presented
        expires=evidence.expires,
        bound=certificate.bound,
        number=certificate.number,
    )


def _result(stamp: Stamp, certificate: Presented, event: AssayResult, number: int) -> Resulted:
    return Resulted(
        **stamp,
        sample=f"certificate-{certificate.number[:16]}-{number}",
        assay=Assay(event.kind),
        finding=Finding(event.finding),
        laboratory=event.laboratory[:_LONGEST] or _issuer(certificate.evidence),
        sampled=event.sampled,
    )


def _issuer(evidence: Evidence) -> str:
    return (evidence.issuer.name or evidence.issuer.country or evidence.issuer.key)[:_LONGEST]


def _nobody_elses(
    office: Office, journey: str, certificates: Sequence[Presented], standing: Standing, events: Sequence[Event]
) -> None:
    """One traveller may show a certificate on every crossing; two travellers never show the same one."""
    mine = office.people.find(journey)
    for one in certificates:
        for document in _documents(one):
            for other in office.journal.presented(document, one.number):
                if other == journey or not _stands(office, other, document, one.number):
                    continue
                theirs = office.people.find(other)
                if mine is None or theirs is None or (mine.passport, mine.nationality) != (theirs.passport, theirs.nationality):
                    raise InvalidEntryError(
                        "certificates", N_("This certificate was presented for another traveller before. Hold the case.")
                    )


def _stands(office: Office, journey: str, document: str, number: str) -> bool:
    """Whether it counts there: found to name that traveller, not retracted, and the journey not given up before it began."""
    if office.journal.subject(journey).stage in (Stage.WITHDRAWN, Stage.REFUSED):
        return False
    now = office.clock.now()
    held = fold(office.journal.events(journey), now, now).documents
    return any((paper.document, paper.number, paper.bound) == (document, number, True) for paper in held)
