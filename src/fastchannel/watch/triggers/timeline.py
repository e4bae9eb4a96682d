"""The states of an agreement's subjects day by day: a fold over days, each on what was known that day.

On each day, in this order: overrides that have got their last signature take effect; the flights whose counts became known
are looked at one by one; the day's figures are looked at; what fires is announced; and a stop whose last day this is ends,
or is extended where what must hold on it does not hold or cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.text import AgreementText
from fastchannel.watch.errors import WatchError
from fastchannel.watch.triggers.evaluate import Finding
from fastchannel.watch.triggers.figures import DAY, Known
from fastchannel.watch.triggers.fold import Fold
from fastchannel.watch.triggers.overrides import Override
from fastchannel.watch.triggers.states import DayState, Reason, State, Stop
from fastchannel.watch.triggers.subject import Subject, Traffic, covers

MOST_DAYS = 10_000
FIRST_YEAR, LAST_YEAR = 1900, 2200  # windows reach back and stops reach on: dates must have room for both


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What became of every subject from ``first`` to ``last``: its states by day, and all stops in the order announced."""

    first: date
    last: date
    days: Mapping[Subject, tuple[DayState, ...]]
    stops: tuple[Stop, ...]
    findings: tuple[Finding, ...]  # those that fired, also while something was stopped already
    opened: tuple[tuple[Override, date, date], ...]  # by both parties, from and to which day

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """All subjects, in the order in which they were first met."""
        return tuple(self.days)

    def on(self, subject: Subject, day: date) -> DayState:
        """One subject on one day. Raises WatchError."""
        days = self.days.get(subject, ())
        index = (day - days[0].day).days if days else 0
        if 0 <= index < len(days):
            return days[index]
        raise WatchError(f"{subject} on {day}: found no such day; expected one from {self.first} to {self.last}")

    def changes(self) -> Iterator[DayState]:
        """The days on which a subject's state, or why, is another than the day before; in the order of the days."""
        found: list[DayState] = []
        for days in self.days.values():
            before: tuple[State, tuple[str, ...]] | None = None
            for day in days:
                now = (day.state, tuple(_named(reason) for reason in day.reasons))
                if before != now:
                    found.append(day)
                before = now
        yield from sorted(found, key=lambda day: day.day)

    def stopped_by(self, traffic: Traffic, day: date) -> Stop | None:
        """The stop that keeps traffic out on a day; None where it goes."""
        return next((stop for stop in self.stops if stop.keeps_out(day) and covers(stop.subject, stop.routes, traffic)), None)


def timeline(
    text: AgreementText,
    known: Known,
    first: date,
    last: date,
    *,
    overrides: Iterable[Override] = (),
    as_happened: bool = True,
) -> Timeline:
    """Run the triggers from ``first`` to ``last``, both included. Raises WatchError where the days are too many or none.

    Flights that arrive although their line is stopped count ``as_happened``. Without it, the rule is tried on days on which it
    was not in force: what it would have kept out has not flown, and sets nothing off.
    """
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise WatchError(f"from {first} to {last}: expected days of the years {FIRST_YEAR} to {LAST_YEAR}")
    length = (last - first).days + 1
    if not 0 < length <= MOST_DAYS:
        raise WatchError(f"from {first} to {last}: found {length} days; expected 1 to {MOST_DAYS}")
    run = Fold(text, known, tuple(overrides), as_happened)
    for index in range(length):
        run.day(first + index * DAY)
    return Timeline(
        first=first,
        last=last,
        days={subject: tuple(days) for subject, days in run.days.items()},
        stops=tuple(sorted(run.stops.every.values(), key=lambda stop: (stop.announced, stop.subject, stop.trigger))),
        findings=tuple(run.fired),
        opened=tuple((one, begins, min(one.until or last, last)) for one, begins in run.opened.items() if begins <= last),
    )


def _named(reason: Reason) -> str:
    missing = ", ".join(figure.of for figure in reason.found if figure.holds is None)
    return f"{reason.code} {reason.trigger} {reason.detail.get('event', '')} {reason.detail.get('id', '')} {missing}"
