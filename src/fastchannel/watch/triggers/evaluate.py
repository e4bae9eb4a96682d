"""What an agreement's triggers find on a day: a function of the text, of what was known that day, and of the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.conditions import Condition, Metric, Unit
from fastchannel.agreement.text import AgreementText, Scope, Side, TriggerText, holds
from fastchannel.watch.triggers.figures import DAY, About, Figure, FlightCount, Known, find, whole_days
from fastchannel.watch.triggers.subject import Subject, abouts, subjects

ON_FLIGHTS = frozenset({Metric.POSITIVES, Metric.CLEAN_WEEKS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one trigger found for one subject on one day, or on one event of it.

    ``holds``: True, it fires; False, it does not; None, it cannot be told, for figures are missing. ``figures`` are those that
    settled it; where nothing did, all.
    """

    trigger: str
    clause: str
    subject: Subject
    on: date
    required: str
    holds: bool | None
    figures: tuple[Figure, ...]
    event: str = ""  # the flight whose counts became known


def evaluate(
    text: AgreementText,
    known: Known,
    on: date,
    *,
    event: FlightCount | None = None,
    flown: Sequence[FlightCount] | None = None,
) -> tuple[Finding, ...]:
    """Every trigger that is watched on a day, on what was known that day; those that fire have ``holds`` True.

    On an event, a flight whose counts just became known, only triggers that count on flights are asked, for what the flight
    belongs to. Without one, the day's figures are asked; a count on one flight is then nobody's. ``flown`` has a flight of each
    line that there is; without it, the lines are those of the year up to the day.
    """
    findings: list[Finding] = []
    for trigger in text.trigger:
        if not holds(trigger.since, trigger.until, on):
            continue
        metrics = metrics_of(trigger.when)
        if (event is None and per_flight(trigger.when)) or (event is not None and not metrics & ON_FLIGHTS):
            continue
        if event is None and flown is None and trigger.unit in (Scope.FLIGHT, Scope.CARRIER):
            flown = lately_flown(known, on)
        flights = [event] if event is not None else flown or ()
        if event is not None and not abouts_flight(text, trigger, event):
            continue
        for subject in subjects(text, trigger, flights, on):
            told = told_of(text, trigger, trigger.when, subject, known, on, event=event, every=trigger.side is Side.BOTH)
            findings.append(
                Finding(
                    trigger=trigger.id,
                    clause=trigger.clause,
                    subject=subject,
                    on=on,
                    required=str(trigger.when),
                    holds=told.holds,
                    figures=told.figures,
                    event=f"{event.flight} {event.arrived}" if event is not None else "",
                )
            )
    return tuple(findings)


@dataclass(frozen=True, slots=True)
class Told:
    """Whether a condition holds, and the figures that say so."""

    holds: bool | None
    figures: tuple[Figure, ...]


def told_of(
    text: AgreementText,
    trigger: TriggerText,
    condition: Condition,
    subject: Subject,
    known: Known,
    on: date,
    *,
    every: bool,
    event: FlightCount | None = None,
) -> Told:
    """A condition for a subject: it must hold in every place whose figures count, or in any of them."""
    last = on - whole_days(trigger.reported) * DAY if trigger.reported else on
    places = [_condition(condition, about, known, on, last) for about in abouts(text, trigger, subject, event)]
    return _all(places) if every else _any(places)


def metrics_of(condition: Condition) -> frozenset[Metric]:
    """The figures that a condition counts."""
    return frozenset(comparison.metric for group in condition.any_of for comparison in group)


def per_flight(condition: Condition) -> bool:
    """Whether a condition counts on one flight, so that it is asked when that flight's counts become known."""
    return any(
        comparison.over is Unit.FLIGHT and comparison.metric is Metric.POSITIVES
        for group in condition.any_of
        for comparison in group
    )


def abouts_flight(text: AgreementText, trigger: TriggerText, flight: FlightCount) -> bool:
    """Whether a flight is on a route that the trigger is about."""
    return not flight.route or flight.route in (trigger.routes or tuple(text.route))


def lately_flown(known: Known, on: date) -> tuple[FlightCount, ...]:
    """The flights by which lines and carriers are known: those of the year up to a day."""
    return known.flights(on - 365 * DAY, on, known=on)


def _condition(condition: Condition, about: About, known: Known, on: date, last: date) -> Told:
    groups = [_all([_single(find(comparison, about, known, on, last)) for comparison in group]) for group in condition.any_of]
    return _any(groups)


def _single(figure: Figure) -> Told:
    return Told(figure.holds, (figure,))


def _all(parts: Iterable[Told]) -> Told:
    """All must hold. What does not hold settles it, whatever is not known."""
    found = list(parts)
    return _settled(found, False, all(one.holds for one in found))


def _any(parts: Iterable[Told]) -> Told:
    """One must hold. One that holds settles it, whatever is not known."""
    found = list(parts)
    return _settled(found, True, any(one.holds for one in found))


def _settled(found: Sequence[Told], settling: bool, otherwise: bool) -> Told:
    deciding = [one for one in found if one.holds is settling]
    if deciding:
        return Told(settling, _figures(deciding))
    unknown = any(one.holds is None for one in found)
    return Told(None if unknown else otherwise, _figures(found))


def _figures(parts: Iterable[Told]) -> tuple[Figure, ...]:
    return tuple(dict.fromkeys(figure for one in parts for figure in one.figures))
