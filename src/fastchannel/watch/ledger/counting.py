"""How many imports there are under a stated definition, which cases may yet become one, and the days since the last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fastchannel.terms.places import lies_in
from fastchannel.watch.ledger.fold import Ledger, Line, State, Version
from fastchannel.watch.ledger.records import Classification, Entry, Kind


class Travellers(StrEnum):
    """Whose imports count."""

    CHANNEL = "channel"  # those who came through the fast channel
    ALL = "all"


class By(StrEnum):
    """Which date of a case counts."""

    ARRIVAL = "arrival"
    CONFIRMATION = "confirmation"


class Published(StrEnum):
    """Which classification of a case counts: the first that all signed, or the one that stands now."""

    FIRST = "first"
    REVISED = "revised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What "import" means. ``origin`` and ``destination`` are ISO 3166 codes; empty, any place."""

    travellers: Travellers
    by: By
    published: Published
    origin: str = ""
    destination: str = ""

    def holds(self, classification: Classification, entry: Entry) -> bool:
        """Whether a case that is classified so is an import."""
        counted = (Kind.CHANNEL,) if self.travellers is Travellers.CHANNEL else (Kind.CHANNEL, Kind.OTHER_ROUTE)
        from_there = not self.origin or lies_in(classification.origin, self.origin)
        return classification.kind in counted and from_there and self.found_there(entry)

    def found_there(self, entry: Entry) -> bool:
        return not self.destination or lies_in(entry.place, self.destination)

    def leaves_open(self, classification: Classification, entry: Entry) -> bool:
        """Whether it is an import or may be one."""
        unknown = classification.kind is Kind.UNKNOWN and self.found_there(entry)
        return unknown or self.holds(classification, entry)

    def day_of(self, entry: Entry) -> date:
        """The day that counts. A case whose arrival is not known takes the latest it can be: when it was confirmed."""
        return entry.confirmed if self.by is By.CONFIRMATION or entry.arrived is None else entry.arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """``dated`` is false where the day is the latest it can be, as the arrival is not known."""

    case: str
    day: date
    dated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Cases from ``since`` to ``until``, both included: those that are imports, and those that may be."""

    since: date
    until: date
    imports: tuple[Dated, ...]
    possible: tuple[Dated, ...]

    @property
    def streak_days(self) -> int:
        """Whole days at the end of the period since the last import; the whole period where there is none."""
        return self._days_since(self.imports)

    @property
    def sure_streak_days(self) -> int:
        """The same should each possible import turn out to be one."""
        return self._days_since((*self.imports, *self.possible))

    def _days_since(self, cases: Iterable[Dated]) -> int:
        whole = (self.until - self.since).days + 1
        return min([whole, *((self.until - case.day).days for case in cases)])


def tally(ledger: Ledger, definition: Definition, since: date, until: date) -> Tally:
    """The imports of a period under a definition, as the ledger knows them."""
    imports: list[Dated] = []
    possible: list[Dated] = []
    for line in ledger.lines:
        found = _counted(line, definition)
        for versions, cases in ((found, imports), (() if found else _possible(line, definition), possible)):
            if versions and since <= (dated := _dated(line.case, versions, definition)).day <= until:
                cases.append(dated)
    return Tally(since=since, until=until, imports=tuple(imports), possible=tuple(possible))


def _dated(case: str, versions: Sequence[Version], definition: Definition) -> Dated:
    """By the latest day that any of them gives: the streak is never longer than all of them allow."""
    entries = [version.entry for version in versions]
    known = definition.by is By.CONFIRMATION or all(entry.arrived is not None for entry in entries)
    return Dated(case=case, day=max(definition.day_of(entry) for entry in entries), dated=known)


def _counted(line: Line, definition: Definition) -> tuple[Version, ...]:
    if definition.published is Published.FIRST:
        if line.first is None:
            return ()
        version, agreed = line.first
        return (version,) if definition.holds(agreed.classification, version.entry) else ()
    return tuple(one for one in line.standing if definition.holds(one.agreements[-1].classification, one.entry))


def _possible(line: Line, definition: Definition) -> tuple[Version, ...]:
    """The versions under which the line may be an import."""
    if definition.published is Published.FIRST and line.first is not None:
        version, agreed = line.first
        return (version,) if definition.leaves_open(agreed.classification, version.entry) else ()
    unknown = [one for one in line.standing if definition.leaves_open(one.agreements[-1].classification, one.entry)]
    if line.state in {State.STANDS, State.MOVED}:
        return tuple(unknown)
    return (*unknown, *(head for head in line.heads if _open(head, definition)))


def _open(head: Version, definition: Definition) -> bool:
    """Whether somebody has yet to sign it, or any of the views makes it an import or leaves that open."""
    if not head.all_signed:
        return definition.found_there(head.entry)
    return any(definition.leaves_open(view.classification, head.entry) for view in head.views.values())
