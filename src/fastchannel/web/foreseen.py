"""What certificates would meet, as the page shows it before they are recorded: groups of measures, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fastchannel.casework.certificates import Presented, pathogen_of
from fastchannel.casework.foresight import Foreseen, foresee
from fastchannel.certificates import words
from fastchannel.certificates.evidence import Evidence
from fastchannel.certificates.rules.judge import Outcome
from fastchannel.node.desk import office
from fastchannel.web.details import core_language
from fastchannel.web.held import MeasureTitles
from fastchannel.web.record import Record
from fastchannel.web.words import Badge

OUTCOMES: Mapping[Outcome, Badge] = {
    Outcome.MET: Badge(text=gettext_lazy("Meets it"), mark="check", tone="good"),
    Outcome.NOT_MET: Badge(text=gettext_lazy("Does not meet it"), mark="cross", tone="stop"),
    Outcome.CANNOT_TELL: Badge(text=gettext_lazy("Cannot tell"), mark="warning", tone="wait"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measure."""

    title: str
    clause: str
    badge: Badge
    reasons: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One certificate by its person and kind, or all together."""

    title: str
    lines: list[Line]


def foreseen(record: Record, certificates: Sequence[tuple[str, Evidence]]) -> list[Group]:
    """Each verified certificate, given as its text and what it certifies, and then all with what is recorded."""
    if not certificates:
        return []
    desk, language, zone = office(), core_language(record.language), ZoneInfo(record.departure_zone)
    versions = desk.texts.versions(record.applied.agreement)
    presented = [Presented(evidence=evidence, text=text) for text, evidence in certificates]
    found = foresee(versions, record.events, presented, pathogen_of(desk, record.events), desk.clock.now())
    titles = MeasureTitles.of_this_node(language)

    def lines(measures: Iterable[Foreseen]) -> list[Line]:
        return [
            Line(
                title=titles.title(one.measure, one.kind),
                clause=one.clause,
                badge=OUTCOMES[one.outcome],
                reasons=one.reasons(language, zone),
            )
            for one in measures
        ]

    groups = [
        Group(title=_named(evidence, language), lines=lines(each))
        for (_text, evidence), each in zip(certificates, found.each, strict=False)
    ]
    if found.together:
        groups.append(Group(title=_("All together, with what is recorded"), lines=lines(found.together)))
    return groups


def _named(evidence: Evidence, language: str) -> str:
    return " · ".join((words.name_words(evidence), *(words.event_words(event, language) for event in evidence.events[:1])))
