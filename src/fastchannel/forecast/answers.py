"""Answers to many itineraries of the same people, quickly and again and again: for pages, searches and sweeps.

`Answers` gives what `engines.answer` gives with the tabulated engine. It makes use of two facts: everything in a flow is in
proportion to the number of people, and those who are infected in a stay differ from the others only in when it happened. So
tables are made once for each kind of people, and an itinerary that was answered before is looked up, at another incidence or
immunity too. `tests/forecast/test_answers.py` holds it against `engines.answer`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from fastchannel.forecast.engines import MOST_DAYS_IN_A_STAY, Answer
from fastchannel.forecast.grid import grid
from fastchannel.forecast.infection.distributions import Uniform
from fastchannel.forecast.infection.pathogens import Pathogen, Profile
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.measures import RouteReading
from fastchannel.forecast.practice import Practice, PracticeText
from fastchannel.forecast.problem import Flow, Outbreak, Stratum
from fastchannel.forecast.situation import Incidence, infected_travellers

MOST_TABLES = 16  # some megabytes each
MOST_FLOWS = 8_192  # some kilobytes each
MOST_ENGINES = 12

_People = tuple[str, object, tuple[str, ...]]  # the kind of people, when they were infected, the assays that screens count by


@dataclass(frozen=True, slots=True)
class _Asked:
    """Flows of people with one time of infection through itineraries that count the same assays."""

    people: _People
    stratum: Stratum  # of weight one


class Answers:
    """One pathogen under one practice. Threads may share it: what two of them work out at once is the same."""

    def __init__(self, pathogen: Pathogen, practice: Practice, threads: int = 1) -> None:
        self.pathogen, self.practice, self.threads = pathogen, practice, threads
        self._outbreak = Outbreak(reproduction_number=practice.community_reproduction_number, dispersion=pathogen.dispersion)
        self._lock = threading.Lock()
        self._prepared: OrderedDict[tuple[str, tuple[str, ...]], grid.Prepared] = OrderedDict()
        self._flows: OrderedDict[tuple[_People, Itinerary], Flow] = OrderedDict()

    def of(self, readings: Sequence[RouteReading], incidence: Incidence, immune: float = 0.0) -> list[Answer]:
        """What becomes of the infected travellers on each itinerary: flows are per traveller, workers are not followed.

        Raises NotTabulatedError where only `quadrature.integrate` carries an itinerary, SituationError.
        """
        strata = [s for s in infected_travellers(incidence, immune, self.pathogen, self.practice) if s.weight > 0.0]
        found: dict[int, Answer] = {}
        for assays in {reading.assays for reading in readings}:
            alike = [i for i, reading in enumerate(readings) if reading.assays == assays]
            itineraries = [readings[i].itinerary for i in alike]
            when = (incidence.growth_per_day, incidence.series)
            found |= zip(alike, self._answers(itineraries, strata, assays, when), strict=True)
        return [found[i] for i in range(len(readings))]

    def _answers(
        self, itineraries: list[Itinerary], strata: list[Stratum], assays: tuple[str, ...], when: object
    ) -> list[Answer]:
        firsts = [Flow.nothing(itinerary) for itinerary in itineraries]
        for stratum in strata:
            people: _People = (stratum.name, when, assays)
            flows = self._of(_Asked(people, replace(stratum, weight=1.0)), itineraries)
            firsts = [first + flow.times(stratum.weight) for first, flow in zip(firsts, flows, strict=True)]
        return self._with_inside(itineraries, strata, assays, firsts)

    def _with_inside(
        self, itineraries: list[Itinerary], strata: list[Stratum], assays: tuple[str, ...], firsts: list[Flow]
    ) -> list[Answer]:
        """The same with those who are infected in the stays, in the proportions of the strata: as `engines.answer` has it."""
        total = sum(stratum.weight for stratum in strata)
        inside = [Flow.nothing(itinerary) for itinerary in itineraries]
        by_window: dict[tuple[float, float], list[tuple[int, float]]] = {}
        for i, (itinerary, first) in enumerate(zip(itineraries, firsts, strict=True)):
            starts = [stay.start for stay in itinerary.stays]
            for start, end, count in zip(starts, [*starts[1:], starts[-1] + MOST_DAYS_IN_A_STAY], first.inside, strict=True):
                if count > 0.0:
                    by_window.setdefault((start, end), []).append((i, float(count)))
        for (start, end), counted in by_window.items():
            for stratum in strata:
                moved = replace(stratum, weight=1.0, exposure=Uniform(start, end), active_at=None, stay_home=0.0)
                people: _People = (stratum.name, (start, end), assays)
                flows = self._of(_Asked(people, moved), [itineraries[i] for i, _ in counted])
                for (i, count), flow in zip(counted, flows, strict=True):
                    inside[i] += flow.times(count * stratum.weight / total)
        return [Answer(travellers=a, infected_inside=b, workers=None) for a, b in zip(firsts, inside, strict=True)]

    def _of(self, asked: _Asked, itineraries: list[Itinerary]) -> list[Flow]:
        keys = [(asked.people, itinerary) for itinerary in itineraries]
        with self._lock:
            held = {key: self._flows[key] for key in keys if key in self._flows}
            for key in held:
                self._flows.move_to_end(key)
        missing = list(dict.fromkeys(key for key in keys if key not in held))
        if missing:
            prepared = self._people(asked)
            flows = prepared.flows([itinerary for _, itinerary in missing], self.threads)
            held |= {key: flows.flow(i) for i, key in enumerate(missing)}
            with self._lock:
                self._flows |= {key: held[key] for key in missing}
                while len(self._flows) > MOST_FLOWS:
                    self._flows.popitem(last=False)
        return [held[key] for key in keys]

    def _people(self, asked: _Asked) -> grid.Prepared:
        """The tables of a kind of people, whenever they were infected."""
        kind, _, assays = asked.people
        with self._lock:
            prepared = self._prepared.get((kind, assays))
            if prepared is None:
                tests = tuple(self.pathogen.assays[name] for name in assays)
                prepared = grid.prepare((asked.stratum,), tests, self._outbreak)
                self._prepared[kind, assays] = prepared
                while len(self._prepared) > MOST_TABLES:
                    self._prepared.popitem(last=False)
            else:
                self._prepared.move_to_end((kind, assays))
        return prepared.moved((replace(asked.stratum, course=prepared.strata[0].course),))


class _Engines:
    """The engines that this process holds, the last ones used."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: OrderedDict[tuple[str, str], Answers] = OrderedDict()


@cache
def _engines() -> _Engines:
    return _Engines()


def answers(profile: Profile, practice: PracticeText, threads: int = 1) -> Answers:
    """The engine of a profile under a practice, at their own figures; kept in this process for the next one who asks."""
    engines, key = _engines(), (profile.digest, practice.written)
    with engines.lock:
        found = engines.held.get(key)
        if found is None:
            found = engines.held[key] = Answers(profile.at(), practice.at(), threads)
        engines.held.move_to_end(key)
        while len(engines.held) > MOST_ENGINES:
            engines.held.popitem(last=False)
    return found
