"""What the checks share: the text, where its parts stand, and what was found wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastchannel.agreement.mistakes import MOST_MISTAKES, Found, Path
from fastchannel.agreement.reading import Reader, nearest
from fastchannel.agreement.text import AgreementText, Except, Measure, Varying, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Gathers mistakes and warnings on one text."""

    text: AgreementText
    raw: dict[str, Any]
    reader: Reader
    mistakes: list[Found] = field(default_factory=list)
    warnings: list[Found] = field(default_factory=list)

    def path(self, table: object, *further: str | int) -> Path:
        """Where a table of the text stands, and something in it."""
        return self.reader.path(table, *further)

    def wrong(self, path: Path, found: str, expected: str, hint: str = "") -> None:
        if len(self.mistakes) < MOST_MISTAKES:
            self.mistakes.append(Found(path, found, expected, hint))

    def warn(self, path: Path, found: str, expected: str, hint: str = "") -> None:
        if len(self.warnings) < MOST_MISTAKES:
            self.warnings.append(Found(path, found, expected, hint))

    def unknown(self, path: Path, word: str, what: str, among: Iterable[str]) -> None:
        """A reference to something that is not there."""
        known = sorted(among)
        listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        self.wrong(path, f'"{word}"', f"{what}{f' ({listed})' if listed else ''}", nearest(word, known))

    @property
    def first(self) -> date:
        """The first date for which the text must have an answer."""
        heading = self.text.agreement
        return heading.first_in_force or heading.in_force


@dataclass(frozen=True, slots=True)
class Valued:
    """One measure's values on one date, as one exception changes them where one is given, and where each stands."""

    report: Report
    measure: Measure
    on: date
    exception: Except | None = None

    def __call__(self, name: str) -> Any:
        """The value of a field."""
        if self.exception and name in self.exception.changes:
            return self.exception.changes[name]
        value = getattr(self.measure, name)
        return value.nearest(self.on).is_ if isinstance(value, Varying) else value

    def path(self, name: str) -> Path:
        """Where that value stands."""
        key = key_of(name)
        if self.exception and name in self.exception.changes:
            return self.report.path(self.exception, key)
        value = getattr(self.measure, name)
        if isinstance(value, Varying):
            dated = value.nearest(self.on)
            if id(dated) in self.report.reader.paths:
                return self.report.path(dated, "is")
        return self.report.path(self.measure, key)


def turning_points(measure: Measure, first: date) -> list[date]:
    """The dates on which a measure's values begin to hold."""
    found = {max(measure.holds_from or first, first)}
    for name in type(measure).__dataclass_fields__:
        value = getattr(measure, name)
        if isinstance(value, Varying):
            found |= {dated.since for dated in value.values if dated.since is not None}
    return sorted(found)


def overlap(since: date | None, until: date | None, other_since: date | None, other_until: date | None) -> bool:
    """Whether two stretches of dates have a date in common; an end that is not given is open."""
    return (since is None or other_until is None or since <= other_until) and (
        other_since is None or until is None or other_since <= until
    )
