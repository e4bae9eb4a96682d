"""The second engine: people drawn one by one from a problem's strata and walked through its itinerary.

`simulate` answers what `quadrature.integrate` answers, by another way that shares none of its arithmetic: each person draws an
infection time, lengths of stages, symptoms, an effect z on tests, the result of every test and the compliance with every
watch, and is found by the first step that does. It also gives what expectations alone cannot: results by day, joint results
of tests, and how cases are spread over people. The draws of a person depend on the seed and the person's number only, so that
two itineraries are compared on the same people, and the answer is the same bit for bit on any number of threads.
`tests/forecast/test_individuals.py` holds both engines together within four standard errors.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fastchannel.forecast.individuals.prepared import moments_of, most_cases, prepare_people, prepare_way
from fastchannel.forecast.individuals.walk import walk_block
from fastchannel.forecast.individuals.walk_state import SCALARS, Tally, Way
from fastchannel.forecast.infection.distributions import Floats
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.problem import Flow, Problem, Stratum

BLOCK = 65_536  # people added up in one go: what is added in which order does not depend on the threads
DAYS_AFTER = 28  # the days of the results by day go on after the itinerary
AGES = 60
RESIDUAL_BINS = 50
_WORD = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What people drawn came to. Shapes: d days, a ages, b bins, s screens; expectations as in `Flow`, over all who count.

    ``standard_error`` has the standard error of each entry of ``flow``. ``days`` are whole days of the journey's clock, the
    first and the last holding all before and after. ``infectious_at_large_by_day`` counts at the moment that the day begins.
    """

    flow: Flow
    standard_error: Flow
    people: int
    seed: int
    days: Floats  # (d)
    found_by_day: Floats  # (d) found in the day from then on
    infectious_at_large_by_day: Floats  # (d) infectious and not found
    released_infected_by_age: Floats  # (a) released infected by whole days since infection, the last all older
    joint_positive: Floats  # (s, s) probability that both tests are positive, if sampled
    residual_edges: Floats  # (b + 1) cases
    residual_cases: Floats  # (b) released infected by the cases that the itinerary leaves them in the counted regions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What every block of a simulation shares."""

    way: Way
    days: Floats
    bins_per_case: float

    def tally(self) -> Tally:
        way, days = self.way, self.days.size
        screens, regions, stays = way.sampled.size, way.counted.size, way.region.size
        entries = SCALARS + screens + way.watch_start.size + 3 * regions + 2 * stays
        return Tally(
            sums=np.zeros((2, entries)),
            joint=np.zeros((screens, screens)),
            found_by_day=np.zeros(days),
            at_large=np.zeros(days + 1),
            released_by_age=np.zeros(AGES),
            residual=np.zeros(RESIDUAL_BINS),
            first_day=float(self.days[0]),
            bins_per_case=self.bins_per_case,
        )


def simulate(problem: Problem, people: int, seed: int = 1, threads: int | None = None) -> Simulated:
    """Walk ``people`` people, shared out over the strata by weight (two at least in each).

    ``threads`` (default: one for each core) changes nothing but the time taken. Raises ValueError where nobody is infected,
    or where ``people`` or ``threads`` is not positive.
    """
    strata = [stratum for stratum in problem.strata if stratum.weight > 0.0]
    if not strata or people < 1 or (threads is not None and threads < 1):
        raise ValueError("a simulation takes a stratum with weight above nought, one person and one thread at least")
    counts = _shares(np.array([stratum.weight for stratum in strata]), people)
    frame = _frame(problem, strata)
    prepared = [prepare_people(problem, stratum) for stratum in strata]
    blocks = list(_blocks(counts))

    def walk(block: tuple[int, int, int]) -> Tally:
        stratum, first, count = block
        tally = frame.tally()
        walk_block(prepared[stratum], frame.way, np.uint64(seed % _WORD), first, count, tally)
        return tally

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        tallies = list(pool.map(walk, blocks))
    owners = np.array([stratum for stratum, _, _ in blocks])
    weights = np.array([stratum.weight for stratum in strata]) / counts
    return _result(problem, frame, tallies, owners, weights, counts, seed)


def _shares(weights: Floats, people: int) -> list[int]:
    """How many of the people each stratum gets; any number is unbiased, as each stratum has its own mean."""
    return [max(2, round(people * float(share))) for share in weights / weights.sum()]


def _blocks(counts: list[int]) -> Iterator[tuple[int, int, int]]:
    """Each block's stratum, first person and number of people."""
    offset = 0
    for stratum, count in enumerate(counts):
        for begin in range(0, count, BLOCK):
            yield stratum, offset + begin, min(BLOCK, count - begin)
        offset += count


def _result(
    problem: Problem, frame: _Frame, tallies: list[Tally], owners: Floats, weights: Floats, counts: list[int], seed: int
) -> Simulated:
    means, variances = 0.0, 0.0
    for stratum, (weight, count) in enumerate(zip(weights, counts, strict=True)):
        total, square = np.sum([t.sums for t, owner in zip(tallies, owners, strict=True) if owner == stratum], axis=0)
        means = means + weight * total
        variances = variances + weight**2 * np.maximum(square - total**2 / count, 0.0) * (count / (count - 1.0))
    each = weights[owners]

    def weighted(parts: list[Floats]) -> Floats:
        return np.asarray(np.sum([weight * part for weight, part in zip(each, parts, strict=True)], axis=0))

    flow = _flow(problem.itinerary, np.asarray(means))
    joint = weighted([t.joint for t in tallies])
    joint = (joint + np.tril(joint, -1).T) / (flow.infected or math.nan)
    return Simulated(
        flow=flow,
        standard_error=_flow(problem.itinerary, np.sqrt(np.asarray(variances))),
        people=sum(counts),
        seed=seed,
        days=frame.days,
        found_by_day=weighted([t.found_by_day for t in tallies]),
        infectious_at_large_by_day=np.cumsum(weighted([t.at_large for t in tallies]))[:-1],
        released_infected_by_age=weighted([t.released_by_age for t in tallies]),
        joint_positive=joint,
        residual_edges=np.arange(RESIDUAL_BINS + 1) / frame.bins_per_case,
        residual_cases=weighted([t.residual for t in tallies]),
    )


def _flow(itinerary: Itinerary, sums: Floats) -> Flow:
    """The flow from its entries end to end, in the order of the walk."""
    regions, stays = len(itinerary.regions), len(itinerary.stays)
    sizes = [SCALARS, len(itinerary.steps), regions, regions, regions, stays, stays]
    scalars, detected, potential, baseline, days, inside, workers = np.split(sums, np.cumsum(sizes)[:-1])
    infected, travelling, released_infected, released_infectious, completed_infected, seeding = map(float, scalars)
    return Flow(
        infected=infected,
        travelling=travelling,
        released_infected=released_infected,
        released_infectious=released_infectious,
        completed_infected=completed_infected,
        detected=detected,
        potential=potential,
        baseline=baseline,
        infectious_days=days,
        inside=inside,
        workers=workers,
        seeding=seeding,
    )


def _frame(problem: Problem, strata: list[Stratum]) -> _Frame:
    itinerary = problem.itinerary
    moments = moments_of(itinerary)
    days = np.arange(math.floor(min(moments)), math.ceil(max(moments)) + DAYS_AFTER, dtype=np.float64)
    return _Frame(
        way=prepare_way(itinerary), days=days, bins_per_case=RESIDUAL_BINS / max(most_cases(problem, strata, 0.999), 1e-12)
    )
