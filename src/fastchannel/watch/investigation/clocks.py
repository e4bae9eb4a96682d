"""Who was told when, held against the clocks of the International Health Regulations (2005).

The articles and their clocks are data, as is to which party they apply: States have rejected or reserved some, and the
amendments of 2024 hold since 19 September 2025 for those that have not. The clocks here are those of the text of 2005; check a
party's own position before citing one to it.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fastchannel.terms.language import N_
from fastchannel.watch.investigation.windows import InvestigationError


class Begins(StrEnum):
    """What starts a clock."""

    ASSESSED = "assessed"  # the national authority has assessed an event as one to notify
    EVIDENCE = "evidence"  # evidence of an imported or exported case has come in
    TRAVELS = "travels"  # a traveller under observation goes on; the moment is the expected arrival
    MEASURE = "measure"  # a measure that significantly interferes with traffic is in force


class To(StrEnum):
    """Who is to be told."""

    WHO = "WHO"
    DESTINATION = "destination"  # the point of entry to which a traveller goes
    ITSELF = "itself"  # a review is the party's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A duty of an article: due so many hours or calendar months after what begins it; with neither, at that very moment."""

    id: str
    article: str
    duty: str  # a message of the catalogue
    begins: Begins
    to: To
    hours: int = 0
    months: int = 0

    def due(self, began: datetime) -> datetime:
        """When it is due. A month later than the 31st is the month's last day."""
        if not self.months:
            return began + timedelta(hours=self.hours)
        months = began.year * 12 + began.month - 1 + self.months
        year, month = months // 12, months % 12 + 1
        return began.replace(year=year, month=month, day=min(began.day, calendar.monthrange(year, month)[1]))


IHR_2005: tuple[Clock, ...] = (
    Clock(
        id="ihr-6",
        article="IHR (2005) Art. 6(1)",
        duty=N_("notify WHO of an event that may be an emergency of international concern"),
        begins=Begins.ASSESSED,
        to=To.WHO,
        hours=24,
    ),
    Clock(
        id="ihr-9-2",
        article="IHR (2005) Art. 9(2)",
        duty=N_("inform WHO of imported or exported human cases"),
        begins=Begins.EVIDENCE,
        to=To.WHO,
        hours=24,
    ),
    Clock(
        id="ihr-30",
        article="IHR (2005) Art. 30",
        duty=N_("tell the point of entry at the destination that a traveller under observation is coming"),
        begins=Begins.TRAVELS,
        to=To.DESTINATION,
    ),
    Clock(
        id="ihr-43-reasons",
        article="IHR (2005) Art. 43(5)",
        duty=N_("give WHO the health reasons of a measure that significantly interferes with traffic"),
        begins=Begins.MEASURE,
        to=To.WHO,
        hours=48,
    ),
    Clock(
        id="ihr-43-review",
        article="IHR (2005) Art. 43(6)",
        duty=N_("review a measure that significantly interferes with traffic"),
        begins=Begins.MEASURE,
        to=To.ITSELF,
        months=3,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something that starts clocks for a party. ``about`` is a case, a traveller's journey or a measure."""

    party: str
    begins: Begins
    about: str
    at: datetime
    recorded: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A party did what a clock asks: told, or reviewed. ``clock`` is the clock's id."""

    party: str
    clock: str
    about: str
    at: datetime
    recorded: datetime


class Kept(StrEnum):
    IN_TIME = "in time"
    LATE = "late"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """``done`` is None where nothing is known to have been done; ``late_by`` counts to then, or to the moment asked about."""

    party: str
    clock: Clock
    about: str
    began: datetime
    due: datetime
    done: datetime | None
    late_by: timedelta
    kept: Kept


Applicability = Mapping[str, Collection[str]]  # party → ids of the clocks that apply to it


def duties(
    occurrences: Iterable[Occurrence],
    notices: Iterable[Notice],
    applies: Applicability,
    at: datetime,
    clocks: Sequence[Clock] = IHR_2005,
) -> tuple[Duty, ...]:
    """Every duty as known at ``at``, by when it is due; of what was recorded until then, whatever its order.

    Where an occurrence is reported several times, the earliest begins the clock. Raises InvestigationError for a party whose
    applicability is not given, as silence is neither yes nor no.
    """
    began: dict[tuple[str, Begins, str], datetime] = {}
    for one in occurrences:
        if one.recorded <= at:
            if one.party not in applies:
                raise InvestigationError(f"party {one.party}: nothing says which clocks apply to it; give them, or none")
            key = (one.party, one.begins, one.about)
            began[key] = min(one.at, began.get(key, one.at))
    done: dict[tuple[str, str, str], datetime] = {}
    for notice in notices:
        if notice.recorded <= at:
            told = (notice.party, notice.clock, notice.about)
            done[told] = min(notice.at, done.get(told, notice.at))
    found = [
        _duty(party, clock, about, since, done.get((party, clock.id, about)), at)
        for (party, begins, about), since in began.items()
        for clock in clocks
        if clock.begins is begins and clock.id in applies[party]
    ]
    return tuple(sorted(found, key=lambda duty: (duty.due, duty.party, duty.clock.id, duty.about)))


def _duty(party: str, clock: Clock, about: str, began: datetime, done: datetime | None, at: datetime) -> Duty:
    due = clock.due(began)
    late_by = max((done or at) - due, timedelta(0))
    late, early = (Kept.OVERDUE, Kept.OPEN) if done is None else (Kept.LATE, Kept.IN_TIME)
    kept = late if late_by else early
    return Duty(party=party, clock=clock, about=about, began=began, due=due, done=done, late_by=late_by, kept=kept)
