"""What a message to a traveller says: a date and the link to their own page, and nothing else of the record.

A text is made of these arguments alone, so that neither a name nor anything about health can get into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastchannel.casework.ports import Template
from fastchannel.terms.language import N_, translate

SUBJECTS: Mapping[Template, str] = {
    Template.REMIND: N_("Fast Channel: your daily report"),
    Template.REMIND_AGAIN: N_("Fast Channel: your daily report has not come"),
}
TEXTS: Mapping[Template, str] = {
    Template.REMIND: N_("Fast Channel: please send your daily report for {day} before midnight. Your page: {link}"),
    Template.REMIND_AGAIN: N_(
        "Fast Channel: your daily report for {day} has not come. Send it before midnight, or an officer will call. "
        "Your page: {link}"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message in the traveller's language."""

    subject: str
    body: str


def rendered(template: Template, language: str, *, day: date, link: str) -> Text:
    """The message."""
    return Text(
        subject=translate(SUBJECTS[template], language),
        body=translate(TEXTS[template], language, day=day.isoformat(), link=link),
    )
