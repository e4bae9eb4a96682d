"""What the watch asks of journeys: which case belongs in the joint ledger, how long whom was followed, and what tests found.

Nobody is named in any of it. Days are those of the place where a thing happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastchannel.agreement.agreement import Agreement
from fastchannel.decide.journey import Journey, Sample
from fastchannel.decide.standing import Standing
from fastchannel.terms.events import Assay, Finding
from fastchannel.watch.alarms.results import Expected, Result, Step
from fastchannel.watch.ledger.exposure import Followed
from fastchannel.watch.ledger.records import Entry, Seat

ON_ARRIVAL = timedelta(days=2)  # so long after arrival a sample is still one of the arrival's
_INFECTION = frozenset({Assay.NAAT, Assay.ANTIGEN})  # antibodies tell of the past
_TOLD = (Finding.DETECTED, Finding.NOT_DETECTED)
CARRIER_LETTERS = 2  # letters of a flight's number that name who flies it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a laboratory told of one sample that looks for an infection, and where on the journey it was taken."""

    on: date
    positive: bool
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the watch counts of one journey: kept beside its row, so that nobody folds a million journeys to count them.

    ``until`` is the last day of follow-up; None with ``arrived``: not here yet. ``found`` is the day on which an infection was
    first known, and ``found_at`` where on the journey.
    """

    journey: str
    agreement: str
    route: str
    flight: str
    place: str
    arrived: date | None
    until: date | None
    sampled: tuple[date, ...]
    reported: tuple[Reported, ...]
    found: date | None
    found_at: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelled:
    """A journey that arrived, as its folded events and its standing have it."""

    journey: Journey
    standing: Standing
    agreement: Agreement

    @property
    def place(self) -> str:
        """The region of arrival."""
        plan = self.journey.itinerary
        return self.journey.arrived_place or (plan.arrival_place or plan.destination if plan is not None else "")

    @property
    def zone(self) -> ZoneInfo:
        """Its zone."""
        return self.agreement.zone(self.place)

    @property
    def parties(self) -> tuple[str, ...]:
        """The two parties of its route."""
        route = self.agreement.routes[self.standing.route]
        return tuple(sorted({route.origin_party, route.destination_party}))

    def day(self, moment: datetime) -> date:
        """The moment's date at the place of arrival."""
        return moment.astimezone(self.zone).date()


def case_entry(one: Travelled, *, party: str, officer: str, now: datetime) -> Entry | None:
    """The ledger's entry of a traveller who is a confirmed case, as that party would record it; None where none is asked.

    Who is found before departure carried nothing across a border.
    """
    found, plan = one.journey.confirmed, one.journey.itinerary
    if found is None or plan is None or one.journey.arrived is None or found.party not in ("", party):
        return None
    positives = [sample.taken for sample in _positives(one.journey) if sample.taken is not None]
    symptoms = [day for day, _, _ in one.journey.symptoms]
    return Entry(
        party=party,
        officer=officer,
        recorded=now,
        case=found.case or found.id,
        parties=one.parties,
        place=one.place,
        confirmed=one.day(found.at),
        journey=one.journey.id,
        arrived=one.day(one.journey.arrived),
        onset=min(symptoms, default=None),
        sampled=one.day(min(positives)) if positives else None,
        events=(found.id,),
        seats=(Seat(flight=plan.flight),) if plan.flight else (),
    )


def followed(one: Travelled) -> Followed | None:
    """From when to when the traveller was followed, and when sampled; None where they have not arrived.

    Follow-up ends with the last obligation that the agreement sets, or when a case ended it.
    """
    if one.journey.arrived is None:
        return None
    arrived = one.day(one.journey.arrived)
    due = [one.day(item.due) for item in one.standing.obligations if item.due is not None]
    found = [one.day(one.journey.confirmed.at)] if one.journey.confirmed is not None else []
    return Followed(
        arrived=arrived,
        until=max(arrived, min(found)) if found else max([arrived, *due]),
        sampled=tuple(sorted(one.day(sample.taken) for sample in one.journey.samples.values() if sample.taken is not None)),
    )


def course(one: Travelled) -> Course | None:
    """What the watch counts of a journey; None where it has not arrived and no test of it found anything."""
    samples = [sample for sample in one.journey.samples.values() if sample.assay in _INFECTION]
    reported = [
        Reported(on=one.day(sample.reported), positive=sample.finding is Finding.DETECTED, step=step_of(one.journey, sample))
        for sample in samples
        if sample.reported is not None and sample.finding in _TOLD
    ]
    stay = followed(one)
    first = min((report for report in reported if report.positive), key=lambda report: report.on, default=None)
    found, found_at = (first.on, first.step) if first is not None else (None, None)
    if first is None and one.journey.confirmed is not None:
        found, found_at = one.day(one.journey.confirmed.at), step_at(one.journey, one.journey.confirmed.at)
    if stay is None and not reported and found is None:
        return None
    plan = one.journey.itinerary
    return Course(
        journey=one.journey.id,
        agreement=one.standing.agreement,
        route=one.standing.route,
        flight=(plan.flight or "") if plan is not None else "",
        place=one.place,
        arrived=stay.arrived if stay is not None else None,
        until=stay.until if stay is not None else None,
        sampled=stay.sampled if stay is not None else (),
        reported=tuple(sorted(reported, key=lambda report: (report.on, report.step, report.positive))),
        found=found,
        found_at=found_at,
    )


def results(one: Travelled, expected: Mapping[Step, Expected], forecast: str) -> Iterator[Result]:
    """The traveller's samples that look for an infection, each as it was registered and as it was reported.

    ``expected`` is the forecast's probability of a positive at each step, for a sample; steps that it lacks are left out.
    """
    plan, applied = one.journey.itinerary, one.journey.applied
    if plan is None or applied is None:
        return
    for sample in one.journey.samples.values():
        step = step_of(one.journey, sample)
        if sample.assay not in _INFECTION or sample.taken is None or step not in expected:
            continue
        registered = Result(
            id=f"{one.journey.id}/{sample.id}",
            recorded=one.day(sample.taken),
            step=step,
            expected=expected[step],
            laboratory=sample.laboratory,
            certified_by=_certifier(one.journey, step),
            carrier=(plan.flight or "")[:CARRIER_LETTERS],
            region=plan.origin,
            sponsor=applied.sponsor,
            cluster=f"{plan.flight or ''} {plan.departure.date()}".strip(),
            forecast=forecast,
        )
        yield registered
        if sample.reported is not None and sample.finding in _TOLD:
            positive = sample.finding is Finding.DETECTED
            yield replace(registered, recorded=one.day(sample.reported), positive=positive)


def step_of(journey: Journey, sample: Sample) -> Step:
    """Where on the journey a sample was taken."""
    return Step.BEFORE_DEPARTURE if sample.taken is None else step_at(journey, sample.taken)


def step_at(journey: Journey, moment: datetime) -> Step:
    """Where on the journey a moment lies."""
    if journey.arrived is None or moment < (journey.boarded or journey.arrived):
        return Step.BEFORE_DEPARTURE
    if journey.released is not None and moment >= journey.released:
        return Step.IN_FOLLOW_UP
    return Step.ON_ARRIVAL if moment < journey.arrived + ON_ARRIVAL else Step.IN_QUARANTINE


def _certifier(journey: Journey, step: Step) -> str:
    """The laboratory whose negative let the traveller board."""
    if step is Step.BEFORE_DEPARTURE:
        return ""
    before = [
        sample
        for sample in journey.samples.values()
        if sample.finding is Finding.NOT_DETECTED and step_of(journey, sample) is Step.BEFORE_DEPARTURE
    ]
    return max(before, key=lambda sample: (sample.taken is not None, sample.taken, sample.id)).laboratory if before else ""


def _positives(journey: Journey) -> list[Sample]:
    return [sample for sample in journey.samples.values() if sample.finding is Finding.DETECTED]
