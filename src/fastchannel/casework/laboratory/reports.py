"""What a laboratory's message says of each sample, whichever format it came in.

Codes are LOINC's for tests (the observation) and SNOMED CT's or HL7's for findings, as public guides to reporting SARS-CoV-2
results name them; a test that is not in the table is told as such and never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fastchannel.casework.errors import CaseworkError
from fastchannel.terms.events import Assay, Finding
from fastchannel.terms.language import N_

MOST_RESULTS = 500  # of one message
MOST_BYTES = 1024 * 1024

ASSAYS: Mapping[str, Assay] = {  # LOINC
    "94500-6": Assay.NAAT, "94309-2": Assay.NAAT, "94533-7": Assay.NAAT, "94534-5": Assay.NAAT, "94559-2": Assay.NAAT,
    "94845-5": Assay.NAAT, "95425-5": Assay.NAAT, "95608-6": Assay.NAAT, "96986-5": Assay.NAAT,
    "94558-4": Assay.ANTIGEN, "97097-0": Assay.ANTIGEN, "95209-3": Assay.ANTIGEN, "96119-3": Assay.ANTIGEN,
    "94508-9": Assay.IGM, "94564-2": Assay.IGM, "95416-4": Assay.IGM,
    "94505-5": Assay.IGG, "94563-4": Assay.IGG, "94507-1": Assay.IGG,
    "94762-2": Assay.ANTIBODY, "94661-6": Assay.ANTIBODY,
}  # fmt: skip
FINDINGS: Mapping[str, Finding] = {  # SNOMED CT, then HL7's tables 0078 and the words that laboratories send
    "260373001": Finding.DETECTED, "10828004": Finding.DETECTED, "52101004": Finding.DETECTED,
    "260415000": Finding.NOT_DETECTED, "260385009": Finding.NOT_DETECTED, "2667000": Finding.NOT_DETECTED,
    "419984006": Finding.INDETERMINATE, "82334004": Finding.INDETERMINATE, "280416009": Finding.INDETERMINATE,
    "125154007": Finding.INVALID, "455371000124106": Finding.INVALID, "373121007": Finding.INVALID,
    "POS": Finding.DETECTED, "DET": Finding.DETECTED, "NEG": Finding.NOT_DETECTED, "ND": Finding.NOT_DETECTED,
    "IND": Finding.INDETERMINATE, "DETECTED": Finding.DETECTED, "POSITIVE": Finding.DETECTED,
    "NOT DETECTED": Finding.NOT_DETECTED, "NEGATIVE": Finding.NOT_DETECTED, "INDETERMINATE": Finding.INDETERMINATE,
    "INCONCLUSIVE": Finding.INDETERMINATE, "INVALID": Finding.INVALID,
    "阳性": Finding.DETECTED, "阴性": Finding.NOT_DETECTED, "양성": Finding.DETECTED, "음성": Finding.NOT_DETECTED,
}  # fmt: skip


class Status(StrEnum):
    """How final a report is."""

    FINAL = "final"
    AMENDED = "amended"  # replaces what was reported before
    PRELIMINARY = "preliminary"  # nothing is decided on it
    WITHDRAWN = "withdrawn"  # should not have been reported: another person's sample, say


class ReportError(CaseworkError):
    """A message cannot be read at all; ``text`` says why in a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One result. ``sample`` is the barcode; what was not said is None or empty.

    ``code`` and ``value`` are as they came, for whoever looks at what could not be understood.
    """

    sample: str
    code: str
    value: str
    assay: Assay | None
    finding: Finding | None
    status: Status
    sampled: datetime | None = None
    reported: datetime | None = None
    passport: str = ""
    name: str = ""
    birth_date: date | None = None

    @property
    def fault(self) -> str:
        """Why it cannot be a result, as a code of `FAULTS`; empty where it can."""
        if not self.sample:
            return "no-sample"
        if self.status is Status.PRELIMINARY:
            return "preliminary"
        if self.status is Status.WITHDRAWN:
            return "withdrawn"
        if self.assay is None:
            return "unknown-test"
        return "unknown-finding" if self.finding is None else ""


FAULTS: Mapping[str, str] = {
    "no-sample": N_("The message names no sample."),
    "preliminary": N_("Preliminary: nothing is decided on it. The final result is awaited."),
    "withdrawn": N_("The laboratory withdrew this result: an officer corrects the record."),
    "unknown-test": N_("The test is none that this node knows: {found}."),
    "unknown-finding": N_("The finding is none that this node knows: {found}."),
    "unknown-sample": N_("No sample with this number was taken here."),
    "two-samples": N_("Samples of several journeys have this number."),
    "other-test": N_("Another test was asked for of this sample."),
    "other-laboratory": N_("The sample was sent to another laboratory."),
    "other-person": N_("The message names another person than the sample’s."),
    "refused": N_("The record did not take it: {found}"),
}
SET_ASIDE = frozenset({"preliminary"})  # waits for nobody


def assay_of(code: str) -> Assay | None:
    """The test that a code means."""
    return ASSAYS.get(code.strip())


def finding_of(*said: str) -> Finding | None:
    """The finding that the first understood of these means."""
    return next((FINDINGS[key] for one in said if (key := one.strip().upper()) in FINDINGS), None)
