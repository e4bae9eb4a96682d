"""Everything a text must satisfy beyond its grammar: mistakes, which refuse it, and warnings, which do not."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastchannel.agreement.checks_dates import check_dates
from fastchannel.agreement.checks_names import check_names
from fastchannel.agreement.checks_places import check_places
from fastchannel.agreement.checks_windows import check_windows
from fastchannel.agreement.mistakes import Found
from fastchannel.agreement.reading import Reader
from fastchannel.agreement.report import Report
from fastchannel.agreement.text import AgreementText


def check(text: AgreementText, raw: dict[str, Any], reader: Reader) -> tuple[list[Found], list[Found]]:
    """The mistakes and the warnings."""
    report = Report(text=text, raw=raw, reader=reader)
    check_names(report)
    check_places(report)
    if text.agreement.in_force > date.min:  # which stands in for a date that is wrong
        check_dates(report)
    check_windows(report)
    return report.mistakes, report.warnings
