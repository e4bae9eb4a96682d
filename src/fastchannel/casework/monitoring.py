"""A traveller's daily check-ins as an officer follows them: each day's answer, how long there was silence, and the rung.

The agreement's ladder says when a silent traveller is reminded and called; whom it holds for silence, somebody must visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from fastchannel.decide.journey import Journey
from fastchannel.decide.standing import Obligation, Standing, Status

MONITORS = frozenset({"monitor", "follow-up"})
SILENT = "monitor.silent"  # the reason with which `decide` holds whoever was silent for too long
MOST_DAYS = 62  # no agreement follows anybody for longer


class Answer(StrEnum):
    """What there is of one day, as a letter, so that a row of days is a word."""

    NOTHING = "-"
    WELL = "w"
    SYMPTOMS = "s"
    CALLED_WELL = "c"  # reached by a call
    UNREACHED = "u"  # called, not reached, and nothing else came


class Cell(StrEnum):
    """One day of one person, as the grid shows it."""

    CHECKED = "checked in"
    SYMPTOMS = "symptoms"
    CALLED = "called"
    UNREACHED = "not reached"
    MISSED = "missed"
    DUE = "due today"
    AHEAD = "not yet"
    OUTSIDE = "not asked"


class Rung(StrEnum):
    """How far up the ladder a silent traveller is."""

    NONE = ""
    REMINDED = "reminded"
    REMINDED_AGAIN = "reminded again"
    CALL = "call"
    VISIT = "visit"


_CELLS = {
    Answer.WELL: Cell.CHECKED,
    Answer.SYMPTOMS: Cell.SYMPTOMS,
    Answer.CALLED_WELL: Cell.CALLED,
    Answer.UNREACHED: Cell.UNREACHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One traveller under monitoring. ``answers`` has a letter of `Answer` for each date from ``first`` on.

    ``silent`` counts the dates running until yesterday (of ``day``, the date where the traveller is) on which nothing came.
    """

    measure: str
    zone: str
    first: date
    stop: date  # the first date on which no check-in is asked any more
    day: date
    answers: str
    silent: int
    rung: Rung
    call_due: bool
    symptoms: bool


def followed(standing: Standing, journey: Journey) -> Followed | None:
    """The monitoring that goes on at the standing's time; None where none does."""
    item = next((one for one in standing.obligations if one.kind in MONITORS and _goes_on(one, standing.at)), None)
    if item is None or item.opens is None or item.due is None:
        return None
    zone = ZoneInfo(item.zone)
    first, stop = (moment.astimezone(zone).date() for moment in (item.opens, item.due))
    day = standing.at.astimezone(zone).date()
    days = min((stop - first).days, MOST_DAYS)
    answers = "".join(_answer(journey, first + timedelta(days=n)) for n in range(days))
    silent = silence(answers, (day - first).days)
    calls = [one.status for one in standing.obligations if one.kind == "call" and one.measure == item.measure]
    return Followed(
        measure=item.measure,
        zone=item.zone,
        first=first,
        stop=stop,
        day=day,
        answers=answers,
        silent=silent,
        rung=_rung(standing, item.measure, silent, calls),
        call_due=Status.DUE in calls,
        symptoms=Answer.SYMPTOMS in answers,
    )


def silence(answers: str, until: int) -> int:
    """How many dates running, before the date of that index, nothing came on; calls that reached nobody are silence."""
    past = answers[: max(until, 0)]
    return len(past) - len(past.rstrip(Answer.NOTHING + Answer.UNREACHED))


def cell(answers: str, first: date, stop: date, day: date, today: date, *, health: bool) -> Cell:
    """One date of one person. Without ``health``, symptoms are a check-in like any other."""
    if not first <= day < stop:
        return Cell.OUTSIDE
    index = (day - first).days
    answer = Answer(answers[index]) if index < len(answers) else Answer.NOTHING
    if answer is Answer.SYMPTOMS and not health:
        return Cell.CHECKED
    if answer is not Answer.NOTHING:
        return _CELLS[answer]
    if day < today:
        return Cell.MISSED
    return Cell.DUE if day == today else Cell.AHEAD


def _goes_on(item: Obligation, at: datetime) -> bool:
    return item.opens is not None and item.due is not None and item.opens <= at < item.due


def _answer(journey: Journey, day: date) -> Answer:
    if any(one == day for one, _, _ in journey.symptoms):
        return Answer.SYMPTOMS
    if day in journey.checked:
        return Answer.CALLED_WELL if day in journey.called else Answer.WELL
    return Answer.UNREACHED if day in journey.called else Answer.NOTHING


def _rung(standing: Standing, measure: str, silent: int, calls: list[Status]) -> Rung:
    held = [reason for reason in standing.reasons if reason.code == SILENT and reason.measure == measure]
    if silent and any(silent > int(str(reason.required.get("most_silent_days", silent))) for reason in held):
        return Rung.VISIT
    if silent and calls:
        return Rung.CALL
    sent = sum(one.kind == "remind" and one.measure == measure and one.status is Status.MET for one in standing.obligations)
    return (Rung.NONE, Rung.REMINDED, Rung.REMINDED_AGAIN)[min(sent, 2)]
