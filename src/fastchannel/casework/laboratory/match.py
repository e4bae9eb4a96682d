"""Whether a report is about the sample that was taken: one decision, with a code for each way in which it is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fastchannel.casework.laboratory.reports import Report
from fastchannel.casework.ports import Person
from fastchannel.terms.events import Sampled

_BARE = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A sample as it was recorded, and whose it is; None where the person was erased, or another party keeps the journey."""

    journey: str
    sampled: Sampled
    person: Person | None


def match(report: Report, taken: Sequence[Taken], laboratory: str) -> tuple[Taken | None, str]:
    """The sample that the report is about, or a code of `reports.FAULTS` that says why none is.

    A name alone never parts a report from its sample: laboratories write names in many ways. A passport's number does, and so
    does a date of birth.
    """
    if report.fault:
        return None, report.fault
    if not taken:
        return None, "unknown-sample"
    if len({one.journey for one in taken}) > 1:
        return None, "two-samples"
    one = taken[-1]
    if one.sampled.laboratory != laboratory:
        return None, "other-laboratory"
    if one.sampled.assay is not report.assay:
        return None, "other-test"
    if one.person is not None and _other(report, one.person):
        return None, "other-person"
    return one, ""


def _other(report: Report, person: Person) -> bool:
    if report.passport and _plain(report.passport) != _plain(person.passport):
        return True
    return report.birth_date is not None and person.birth_date is not None and report.birth_date != person.birth_date


def _plain(number: str) -> str:
    return _BARE.sub("", number.upper())
