"""An agreement's measures as an itinerary: the second reading of the text, and the one place where forecast meets it.

What holds for a case on a date (`Provisions`) becomes times in days from departure:

============  ==================================================================================================
monitor       a watch for symptoms; who checks in and says so is practice
test          screens at the place in their window that practice says, as late as their result allows
document      nothing of its own: a proof that may be forged, as practice says, lowers the reach of tests before departure
gate          those found before it do not go on; a result that it asks for is there when it is passed
stay          contacts, infections inside and symptoms noticed, by the kind of place
follow-up     a watch after release
quota         a limit on how many travel
trigger       see `suspension`
============  ==================================================================================================

A calendar day counts as 24 hours, and everyone departs at the same time of day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from fastchannel.agreement.provisions import Case, Gate, LaboratoryTest, Monitor, Provisions, Quota
from fastchannel.agreement.provisions import Stay as StayMeasure
from fastchannel.agreement.wording import GateAt, StayPlace
from fastchannel.forecast.infection.pathogens import Pathogen
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.practice import FLIGHT, Practice
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Finding
from fastchannel.terms.moments import Anchor, Moment, Window

HELD = (StayPlace.ISOLATION, StayPlace.QUARANTINE, StayPlace.HOME)
ORIGIN, TRANSIT, QUARANTINE, CLOSED_LOOP, COMMUNITY = "origin", "transit", "quarantine", "closed loop", "community"
DAYS_OF = {"day": 1.0, "week": 7.0}
MOST_SAMPLES = 60
KNOWN_AT_ONCE = (Anchor.APPLICATION, Anchor.APPROVAL, Anchor.BOARDING, Anchor.DEPARTURE, Anchor.ARRIVAL, Anchor.ENTRY)
_KNOWN = (*KNOWN_AT_ONCE, Anchor.SAMPLING, Anchor.RESULT, Anchor.RELEASE, Anchor.COMPLETION, Anchor.ANNOUNCEMENT)


class ReadingError(FastChannelError):
    """The forecast cannot read an agreement: a test that the pathogen's profile does not know, or that must be positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample that a text asks of a traveller: ``assay`` by name, ``measure`` and ``clause`` as the text has them."""

    measure: str
    clause: str
    assay: str
    sampled: float
    effect: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteReading:
    """One route's measures for one case as a forecast reads them. Times in days from departure.

    ``assays`` are the names that the itinerary's screens count by. ``held_days`` are those before release, in which no one
    works; ``places`` is the most people a day that a quota lets through, if there is one.
    """

    route: str
    case: Case
    itinerary: Itinerary
    assays: tuple[str, ...]
    samples: tuple[Sample, ...]
    clauses: dict[str, str]  # step → clause
    arrival: float
    held_days: float
    closed_loop_days: float
    watched_days: float
    places_per_day: float | None = None
    people_per_flight: int | None = None


def read_measures(provisions: Provisions, case: Case, pathogen: Pathogen, practice: Practice) -> RouteReading:
    """The itinerary of one case. Raises ReadingError for a test that cannot be forecast."""
    return _Reading(provisions, case, pathogen, practice).read()


class _Reading:
    def __init__(self, provisions: Provisions, case: Case, pathogen: Pathogen, practice: Practice) -> None:
        self.provisions, self.case, self.pathogen, self.practice = provisions, case, pathogen, practice
        others = left_out(provisions)
        self.measures = [measure for measure in provisions.measures if measure.id not in others]
        arrival = practice.flight_days
        self.at = dict.fromkeys(Anchor, 0.0)
        self.at |= dict.fromkeys((Anchor.ARRIVAL, Anchor.ENTRY, Anchor.SAMPLING, Anchor.RESULT, Anchor.RELEASE), arrival)
        self.samples: list[Sample] = []

    def read(self) -> RouteReading:
        self._sample(KNOWN_AT_ONCE)
        self.at[Anchor.SAMPLING], self.at[Anchor.RESULT] = self._on_arrival()
        self._sample((Anchor.SAMPLING, Anchor.RESULT))
        self.at[Anchor.RELEASE] = self._release()
        self._sample((Anchor.RELEASE,))
        self.at[Anchor.COMPLETION] = self._completion()
        self._sample((Anchor.COMPLETION,))
        stays = self._stays()
        watches = list(self._watches(stays))
        self.samples.sort(key=lambda sample: sample.effect)
        assays = tuple(dict.fromkeys(sample.assay for sample in self.samples))
        itinerary = Itinerary(
            stays=tuple(stays),
            screens=tuple(self._screen(sample, assays) for sample in self.samples),
            watches=tuple(watches),
            departure=self.at[Anchor.DEPARTURE],
            release=self.at[Anchor.RELEASE],
            completion=max([self.at[Anchor.COMPLETION], *(watch.end for watch in watches)]),
        )
        return self._reading(itinerary, assays)

    def _reading(self, itinerary: Itinerary, assays: tuple[str, ...]) -> RouteReading:
        arrival, release = self.at[Anchor.ARRIVAL], self.at[Anchor.RELEASE]
        quotas = [measure for measure in self.measures if isinstance(measure, Quota)]
        per_day = [quota.people / DAYS_OF[quota.per] for quota in quotas if quota.per in DAYS_OF]
        per_flight = [quota.people for quota in quotas if quota.per not in DAYS_OF]
        before = sum(max(min(self._end(stay), 0.0) - self.time(stay.start), 0.0) for stay in self._held())
        loop = [end - start for measure, start, end in self._named_stays() if measure.place == StayPlace.CLOSED_LOOP]
        return RouteReading(
            route=self.provisions.route,
            case=self.case,
            itinerary=itinerary,
            assays=assays,
            samples=tuple(self.samples),
            clauses={measure.id: measure.clause for measure in self.measures},
            arrival=arrival,
            held_days=max(release - arrival, 0.0) + before,
            closed_loop_days=max(loop, default=0.0),
            watched_days=sum(max(self.time(m.end) - self.time(m.start), 0.0) for m in self.measures if isinstance(m, Monitor)),
            places_per_day=min(per_day, default=None),
            people_per_flight=min(per_flight, default=None),
        )

    def time(self, moment: Moment) -> float:
        """A moment in days from departure."""
        shift = 0.0 if moment.span is None else moment.sign * moment.span.elapsed.total_seconds() / 86_400
        return self.at[moment.anchor] + shift

    def _sample(self, anchors: tuple[Anchor, ...]) -> None:
        """The samples of the tests whose first window hangs on one of some anchors, the latest of its two."""
        for test in self.measures:
            if isinstance(test, LaboratoryTest) and _anchor(test.sampled[0]) in anchors:
                self._sample_of(test)

    def _sample_of(self, test: LaboratoryTest) -> None:
        """The samples of one test, spread over its first window, early enough that whoever waits for it has their results."""
        assay = self._assay(test)
        turnaround = self.pathogen.turnaround_days[assay]
        start, end = self.time(test.sampled[0].start), self.time(test.sampled[0].end)
        due = self._due(test)
        last = max(min(end, due - turnaround), start)
        count = min(test.count, MOST_SAMPLES)
        least_apart = 0.0 if test.apart is None else test.apart.elapsed.total_seconds() / 86_400
        apart = max((last - start) / count, least_apart)
        leeway = max(last - start - (count - 1) * apart, 0.0)
        for i in range(count):
            at = start + self.practice.sampled_at * leeway + i * apart
            effect = min(at + turnaround, due)
            self.samples.append(Sample(measure=test.id, clause=test.clause, assay=assay, sampled=at, effect=effect))

    def _assay(self, test: LaboratoryTest) -> str:
        known = self.pathogen.assays
        if test.require is not Finding.NOT_DETECTED:
            raise ReadingError(
                f'measure "{test.id}" ({test.clause}) requires the finding "{test.require}"; a forecast reads only tests '
                f'that require "{Finding.NOT_DETECTED}"'
            )
        serology = ("igg", "igm", "antibody")
        asked = str(test.assay)
        names = (asked, "antibody") if asked in serology else (asked,)
        for name in names:
            if name in known:
                return name
        raise ReadingError(
            f'measure "{test.id}" ({test.clause}) asks for the test "{test.assay}", which the pathogen\'s profile does not '
            f"know; it knows {', '.join(known)}"
        )

    def _due(self, test: LaboratoryTest) -> float:
        """When results must be there at a time that does not wait for them: departure, or a release fixed by other things.

        A test on arrival has no such time: entry and release wait for its result.
        """
        gates = {gate.at for gate in self._gates() if _asks(gate, test.id)}
        if GateAt.BOARDING in gates:
            return self.at[Anchor.DEPARTURE]
        if self.time(test.sampled[0].start) < self.at[Anchor.DEPARTURE]:
            return self.at[Anchor.ARRIVAL]
        anchor = _anchor(test.sampled[0])
        if anchor is Anchor.RELEASE and test.id in self._asked_for_release():
            return max(self.at[Anchor.RELEASE], self.time(test.sampled[0].start))
        if anchor is Anchor.COMPLETION and GateAt.COMPLETION in gates:
            return self.at[Anchor.COMPLETION]
        return math.inf

    def _gates(self) -> list[Gate]:
        return [measure for measure in self.measures if isinstance(measure, Gate)]

    def _on_arrival(self) -> tuple[float, float]:
        arrival = self.at[Anchor.ARRIVAL]
        taken = [sample for sample in self.samples if sample.sampled >= arrival]
        return (
            min((sample.sampled for sample in taken), default=arrival),
            max((sample.effect for sample in taken), default=arrival),
        )

    def _release(self) -> float:
        """When the last stay that holds the traveller ends, and every result that release or entry asks for is there."""
        ends = [self.at[Anchor.ARRIVAL], *self._results(self._asked_for_release())]
        return max([*ends, *(self._end(stay) for stay in self._held())])

    def _completion(self) -> float:
        """When the last stay and monitoring end, and every result that completion asks for is there."""
        asked = {name for gate in self._gates() if gate.at == GateAt.COMPLETION for name in _asked_by(gate)}
        ends = [self.at[Anchor.RELEASE], *(end for _, _, end in self._named_stays()), *self._results(asked)]
        return max([*ends, *(self.time(measure.end) for measure in self.measures if isinstance(measure, Monitor))])

    def _asked_for_release(self) -> set[str]:
        gates = [gate for gate in self._gates() if gate.at in (GateAt.ENTRY, GateAt.RELEASE)]
        return {name for gate in gates for name in _asked_by(gate)} | {name for stay in self._held() for name in stay.ends}

    def _results(self, tests: Iterable[str]) -> list[float]:
        """When the results of some tests are there."""
        return [sample.effect for sample in self.samples if sample.measure in tests]

    def _held(self) -> list[StayMeasure]:
        """The stays that hold the traveller, in order."""
        held = [measure for measure in self.measures if isinstance(measure, StayMeasure) and _holds(measure)]
        return sorted(held, key=lambda stay: self.time(stay.start))

    def _end(self, stay: StayMeasure) -> float:
        """When a stay ends but for the tests that it waits for."""
        start = self.time(stay.start)
        least = stay.least.elapsed.total_seconds() / 86_400 if stay.least else 0.0
        return max(start + least, self.time(stay.until) if stay.until else start)

    def _named_stays(self) -> Iterable[tuple[StayMeasure, float, float]]:
        """The stays after release with their starts and ends."""
        for stay in self.measures:
            if isinstance(stay, StayMeasure) and not _holds(stay):
                yield stay, self.time(stay.start), max([self._end(stay), *self._results(stay.ends)])

    def _stays(self) -> list[Stay]:
        """The stays in order: origin, flight, where the traveller is held, then what the text names, without gaps."""
        arrival, release = self.at[Anchor.ARRIVAL], self.at[Anchor.RELEASE]
        starts = [(stay, self.time(stay.start)) for stay in self._held()]
        before = [self._stay(stay.id, stay.place, start, ORIGIN, 1.0) for stay, start in starts if start < 0.0]
        stays = [Stay(id=ORIGIN, start=-1_000.0, region=ORIGIN), *before, self._stay(FLIGHT, FLIGHT, 0.0, TRANSIT, 0.0)]
        if release > arrival:
            held = [(stay.id, stay.place, start) for stay, start in starts if 0.0 <= start < release]
            for i, (identifier, place, start) in enumerate(held or [("waiting", StayPlace.ISOLATION.value, arrival)]):
                stays.append(self._stay(identifier, place, max(start, arrival) if i else arrival, QUARANTINE))
        loops = [
            (stay, start, end) for stay, start, end in self._named_stays() if stay.place != StayPlace.VEHICLE and end > start
        ]
        last = release
        for stay, start, end in sorted(loops, key=lambda entry: entry[1]):
            stays.append(self._stay(stay.id, stay.place, max(start, last), CLOSED_LOOP))
            last = max(last, end)
        contact = self.practice.community_contact
        return [*stays, Stay(id=COMMUNITY, start=last, region=COMMUNITY, contact=contact, baseline=contact)]

    def _stay(self, identifier: str, place: str, start: float, region: str, baseline: float | None = None) -> Stay:
        practice = self.practice.places[place]
        without = self.practice.community_contact if baseline is None else baseline
        return Stay(
            id=identifier,
            start=start,
            region=region,
            contact=practice.adherence * practice.contact + (1.0 - practice.adherence) * without,
            baseline=without,
            inside=practice.inside,
            workers=practice.workers,
        )

    def _watches(self, stays: list[Stay]) -> Iterable[Watch]:
        practice = self.practice
        for measure in self.measures:
            if isinstance(measure, Monitor):
                start, end = self.time(measure.start), self.time(measure.end)
                compliance = practice.follow_up if measure.follow_up else practice.self_report
                compliance = practice.with_calls if measure.calls_per_day else compliance
                if end > start:
                    yield Watch(id=measure.id, start=start, end=end, compliance=compliance, delay=self._delay(end))
        places = {measure.id: measure.place for measure in self.measures if isinstance(measure, StayMeasure)}
        for stay, following in pairwise(stays):
            notices = practice.places[places.get(stay.id, StayPlace.ISOLATION)].notices
            kept = stay.region in (QUARANTINE, CLOSED_LOOP) or (stay.region == ORIGIN and stay.id in places)
            if kept and notices > 0.0 and following.start > stay.start:
                yield Watch(
                    id=stay.id, start=stay.start, end=following.start, compliance=notices, delay=self._delay(following.start)
                )

    def _delay(self, end: float) -> float:
        """Whoever is found before departure is found by the gate: the delay only counts after it."""
        return 0.0 if end <= self.at[Anchor.DEPARTURE] else self.practice.delay_days

    def _screen(self, sample: Sample, assays: tuple[str, ...]) -> Screen:
        practice = self.practice
        measure = self.provisions.measure(sample.measure)
        designated = isinstance(measure, LaboratoryTest) and (measure.designated or bool(measure.laboratories))
        reach = practice.compliance * (1.0 - (practice.leak_designated if designated else practice.leak_any))
        if sample.sampled < self.at[Anchor.DEPARTURE]:
            reach *= 1.0 - practice.forged
        return Screen(
            id=sample.measure, assay=assays.index(sample.assay), sampled=sample.sampled, effect=sample.effect, reach=reach
        )


def left_out(provisions: Provisions) -> set[str]:
    """The measures that are asked only in ways through a gate that the forecast does not take: it takes the first way."""
    taken: set[str] = set()
    others: set[str] = set()
    here = {measure.id for measure in provisions.measures}
    for measure in provisions.measures:
        if isinstance(measure, Gate):
            taken.update(measure.requires)
            ways = [way for way in measure.either if here.issuperset(way)]
            taken.update(*ways[:1])
            others.update(name for way in measure.either for name in way)
    return others - taken


def _holds(stay: StayMeasure) -> bool:
    """Whether a stay comes before release, and so holds the traveller."""
    return stay.place in HELD and stay.start.anchor is not Anchor.RELEASE


def _asked_by(gate: Gate) -> set[str]:
    return {*gate.requires, *(name for way in gate.either for name in way)}


def _asks(gate: Gate, measure: str) -> bool:
    return measure in _asked_by(gate)


def _anchor(window: Window) -> Anchor:
    """The anchor of a window that is known last."""
    return max(window.start.anchor, window.end.anchor, key=_KNOWN.index)
