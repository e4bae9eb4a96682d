"""Candidates at draws of the unknowns: what each of many amended texts lets through, all with the same draws.

Every candidate is a text of its own, resolved and read as any agreement is (`read_measures`). The people and the draws are the
same for all, so that two candidates differ by their measures alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from scipy import special

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case, Provisions
from fastchannel.agreement.resolve import resolve
from fastchannel.forecast.design.amendments import Amendment, amended_text
from fastchannel.forecast.design.space import Goal
from fastchannel.forecast.engines import MOST_DAYS_IN_A_STAY, answer
from fastchannel.forecast.forecast import MILLION, incidence_of
from fastchannel.forecast.grid import grid
from fastchannel.forecast.infection.course import Course
from fastchannel.forecast.infection.distributions import Atoms, Floats, Point, Uniform
from fastchannel.forecast.infection.draws import Draw
from fastchannel.forecast.infection.pathogens import Pathogen, Profile
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.measures import RouteReading, read_measures
from fastchannel.forecast.practice import Practice, PracticeText
from fastchannel.forecast.problem import Flow, Outbreak, Problem
from fastchannel.forecast.quadrature.quadrature import integrate
from fastchannel.forecast.situation import Incidence, Situation, infected_travellers

ROUGH_NODES = 8
_SCORES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(ROUGH_NODES)
ELSEWHERE = ("origin", "transit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Amendments to one route, and what the text with them provides for the case that is designed."""

    amendments: tuple[Amendment, ...]
    provisions: Provisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What n candidates ask of a traveller, at the figures' own values: arrays of shape (n)."""

    days_lost: Floats
    tests: Floats
    closed_loop_days: Floats

    @property
    def together(self) -> Floats:
        """Days lost, tests and closed-loop days as columns (n, 3)."""
        return np.stack((self.days_lost, self.tests, self.closed_loop_days), axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """For whom candidates are worked out, and under what."""

    agreement: Agreement
    route: str
    case: Case
    on: date
    profile: Profile
    practice: PracticeText
    situation: Situation
    goal: Goal = Goal.IMPORTS
    threads: int = 1

    @property
    def incidence(self) -> Incidence:
        return incidence_of(self.situation, self.agreement, self.route)

    def candidate(self, amendments: tuple[Amendment, ...]) -> Candidate:
        """The amended text as it holds for the case. Raises AmendmentError."""
        agreement = self.agreement
        if not amendments:
            return Candidate(amendments=(), provisions=agreement.provisions(self.case, self.on))
        text = amended_text(agreement.text, self.route, amendments, self.on)
        return Candidate(amendments=amendments, provisions=resolve(text, agreement.digest, self.case, self.on))

    def readings(self, candidates: Sequence[Candidate], pathogen: Pathogen, practice: Practice) -> list[RouteReading]:
        """How the forecast reads the candidates. Raises ReadingError."""
        return [read_measures(candidate.provisions, self.case, pathogen, practice) for candidate in candidates]

    def costs(self, candidates: Sequence[Candidate]) -> Costs:
        """What the candidates ask of a traveller, infected or not."""
        practice = self.practice.at()
        readings = self.readings(candidates, self.profile.at(), practice)
        return Costs(
            days_lost=np.array([reading.held_days for reading in readings]),
            tests=np.array([len(reading.samples) * practice.compliance for reading in readings]),
            closed_loop_days=np.array([reading.closed_loop_days for reading in readings]),
        )

    def reached(
        self,
        candidates: Sequence[Candidate],
        draws: Sequence[Draw],
        *,
        rough: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Floats:
        """The goal's figure per million travellers: shape (draws, candidates).

        ``rough`` takes few nodes for lengths that vary: good to within some per cent and alike for all candidates, to choose
        which of them to work out in full.
        """
        found = np.empty((len(draws), len(candidates)))
        for row, draw in enumerate(draws):
            pathogen, practice = self.profile.at(draw), self.practice.at(draw)
            if rough:
                pathogen = _roughly(pathogen)
            found[row] = self._reached(self.readings(candidates, pathogen, practice), pathogen, practice)
            if progress:
                progress(row + 1, len(draws))
        return found

    def _reached(self, readings: list[RouteReading], pathogen: Pathogen, practice: Practice) -> Floats:
        strata = infected_travellers(self.incidence, self.situation.immune, pathogen, practice)
        outbreak = Outbreak(reproduction_number=practice.community_reproduction_number, dispersion=pathogen.dispersion)
        found = np.zeros(len(readings))
        if not any(stratum.weight > 0.0 for stratum in strata):
            return found
        shared = [_shared(reading, pathogen) for reading in readings]
        for assays in sorted({reading.assays for reading in shared}):
            alike = [i for i, reading in enumerate(shared) if reading.assays == assays]
            itineraries = [shared[i].itinerary for i in alike]
            tests = tuple(pathogen.assays[name] for name in assays)
            try:
                found[alike] = reached_by(itineraries, grid.prepare(strata, tests, outbreak), self.goal, self.threads)
            except grid.NotTabulatedError:
                problems = [Problem(strata=strata, assays=tests, itinerary=way, outbreak=outbreak) for way in itineraries]
                flows = [answer(problem, lambda one: integrate(one, 1e-4)).together for problem in problems]
                found[alike] = [_goal(flow, way, self.goal) for flow, way in zip(flows, itineraries, strict=True)]
        return MILLION * found


def reached_by(itineraries: list[Itinerary], people: grid.Prepared, goal: Goal, threads: int = 1) -> Floats:
    """The goal's figure per traveller for each itinerary, those infected on the way included as `engines.answer` has it."""
    packed = grid.pack(itineraries)
    first = people.flows(packed, threads)
    found = _of_flows(first, goal)
    total = sum(stratum.weight for stratum in people.strata)
    by_window: dict[tuple[float, float], list[tuple[int, float]]] = {}
    for i, itinerary in enumerate(itineraries):
        starts = [stay.start for stay in itinerary.stays]
        for k, end in enumerate((*starts[1:], starts[-1] + MOST_DAYS_IN_A_STAY)):
            if first.found.inside[i, k] > 0.0:
                by_window.setdefault((starts[k], end), []).append((i, float(first.found.inside[i, k]) / total))
    for (start, end), counted in by_window.items():
        exposure = Uniform(start, end)
        moved = [replace(stratum, exposure=exposure, active_at=None, stay_home=0.0) for stratum in people.strata]
        rows = [i for i, _ in counted]
        # All name the same assays, so that tables are made once.
        some = replace(grid.pack([itineraries[i] for i in rows]), assays=packed.assays)
        flows = people.moved(moved).flows(some, threads)
        found[rows] += np.array([count for _, count in counted]) * _of_flows(flows, goal)
    return found


def _of_flows(flows: grid.Flows, goal: Goal) -> Floats:
    column = {Goal.IMPORTS: 2, Goal.COMPLETED: 4, Goal.OUTBREAKS: 5}.get(goal)
    if column is not None:
        return flows.found.people[:, column].copy()
    at_home = np.zeros_like(flows.found.potential)
    for i, itinerary in enumerate(flows.itineraries):
        for r, region in enumerate(itinerary.regions):
            at_home[i, r] = region not in ELSEWHERE
    return np.asarray((flows.found.potential * at_home).sum(axis=1))


def _goal(flow: Flow, itinerary: Itinerary, goal: Goal) -> float:
    entries = {Goal.IMPORTS: flow.released_infected, Goal.COMPLETED: flow.completed_infected, Goal.OUTBREAKS: flow.seeding}
    if goal in entries:
        return entries[goal]
    return sum(float(cases) for region, cases in zip(itinerary.regions, flow.potential, strict=True) if region not in ELSEWHERE)


def _shared(reading: RouteReading, pathogen: Pathogen) -> RouteReading:
    """The reading with its assays in an order that others share, so that one set of tables serves them all.

    Assays that count from a marker that varies make every itinerary beside them dearer where infectiousness does not: then
    they stay apart.
    """
    course = pathogen.course
    late = course.infectiousness.marker > 0
    assays = tuple(sorted(name for name, assay in pathogen.assays.items() if late or assay.sensitivity.marker == 0))
    if not set(reading.assays) <= set(assays):
        assays = tuple(sorted(pathogen.assays))
    moved = [assays.index(name) for name in reading.assays]
    screens = tuple(replace(screen, assay=moved[screen.assay]) for screen in reading.itinerary.screens)
    return replace(reading, assays=assays, itinerary=replace(reading.itinerary, screens=screens))


def _roughly(pathogen: Pathogen) -> Pathogen:
    """The same with a few lengths for each stage that varies: Gauss–Hermite nodes of its normal scores."""
    course = pathogen.course
    return replace(pathogen, course=_few_lengths(course)) if course.stages else pathogen


def _few_lengths(course: Course) -> Course:
    shares = special.ndtr(_SCORES)
    weights = tuple(map(float, _WEIGHTS / _WEIGHTS.sum()))
    stages = tuple(
        stage
        if isinstance(stage.duration, Atoms | Point)
        else replace(stage, duration=Atoms(tuple(map(float, stage.duration.quantile(shares))), weights))
        for stage in course.stages
    )
    return replace(course, stages=stages)
