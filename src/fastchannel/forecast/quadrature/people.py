"""What becomes of given people on an itinerary: exact for each, given when they were infected and how it goes with them.

Arrays run over people, or over the nodes of a quadrature: shape (n). Every step of the itinerary finds a person with a known
probability at a known time; only the effect z on tests is integrated out here.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from fastchannel.forecast.infection.distributions import Floats
from fastchannel.forecast.infection.placed import Placed
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.problem import Flow, Problem, Stratum


def people_flow(problem: Problem, stratum: Stratum, people: Placed, weights: Floats, symptomatic: bool) -> Flow:
    """The weighted sum of what becomes of people, all with symptoms or all without. ``weights`` has shape (n)."""
    itinerary = problem.itinerary
    counted = _counted(stratum, itinerary, people, weights, symptomatic)
    times, first = _first_found(problem, people, symptomatic)  # (e, n): when, and how probably first
    missed = np.maximum(1.0 - first.sum(axis=0), 0.0)
    way = _Way(itinerary, people, times, 1.0 if symptomatic else stratum.course.asymptomatic_factor)

    def unfound_at(time: float) -> Floats:
        return np.asarray(1.0 - np.where(times <= time, first, 0.0).sum(axis=0))

    infected = people.infected < itinerary.release
    active = infected & (people.over > itinerary.release)
    start, end = people.infectious
    infectious = infected & (start <= itinerary.release) & (end > itinerary.release)
    completed = (people.infected < itinerary.completion) & (people.over > itinerary.completion)
    left = [way.path(event) for event in range(len(times))]
    potential = np.array(
        [
            counted @ (missed * whole + sum(p * cases[r] for p, cases in zip(first, left, strict=True)))
            for r, whole in enumerate(way.whole)
        ]
    )
    q, k = problem.outbreak.extinction, problem.outbreak.dispersion

    def seeding(potential: Floats) -> Floats:
        cases = way.cases(potential)
        return np.asarray(-np.expm1(-k * np.log1p(cases * (1.0 - q) / k)))

    return Flow(
        infected=float(counted.sum()),
        travelling=float(counted @ unfound_at(itinerary.departure)),
        released_infected=float(counted @ (unfound_at(itinerary.release) * active)),
        released_infectious=float(counted @ (unfound_at(itinerary.release) * infectious)),
        completed_infected=float(counted @ (unfound_at(itinerary.completion) * completed)),
        detected=first @ counted,
        potential=potential,
        baseline=np.array([counted @ cases for cases in way.without]),
        infectious_days=way.infectious_days(first, missed) @ counted,
        inside=way.towards_others(first, missed, [stay.inside for stay in itinerary.stays]) @ counted,
        workers=way.towards_others(first, missed, [stay.workers for stay in itinerary.stays]) @ counted,
        seeding=float(
            counted @ (missed * seeding(way.whole) + sum(p * seeding(cases) for p, cases in zip(first, left, strict=True)))
        ),
    )


def _counted(stratum: Stratum, itinerary: Itinerary, people: Placed, weights: Floats, symptomatic: bool) -> Floats:
    """The weights of those who count: infection not over, and not kept at home by symptoms."""
    if stratum.active_at is not None:
        weights = np.where(people.over > stratum.active_at, weights, 0.0)
    if symptomatic and stratum.stay_home > 0.0:
        onset = people.onset
        ill = (onset <= itinerary.departure) & (onset + stratum.course.symptoms_days > itinerary.departure)
        weights = weights * np.where(ill, 1.0 - stratum.stay_home, 1.0)
    return weights


def _first_found(problem: Problem, people: Placed, symptomatic: bool) -> tuple[Floats, Floats]:
    """When each step finds each person, and the probability that it is the first to: both (e, n)."""
    itinerary = problem.itinerary
    n = people.infected.size
    watches = itinerary.watches if symptomatic else ()
    z, z_weights = effect_rule(max((problem.assays[screen.assay].correlation for screen in itinerary.screens), default=0.0))
    events = len(itinerary.steps)
    times = np.full((events, n), np.inf)
    missed = np.ones((events, n, z.size))
    for i, screen in enumerate(itinerary.screens):
        assay = problem.assays[screen.assay]
        sensitivity = people.values(assay.sensitivity, screen.sampled)
        sensitivity = np.where(people.infected <= screen.sampled, sensitivity, 0.0)
        times[i] = screen.effect
        heights, which = np.unique(sensitivity, return_inverse=True)
        missed[i] = 1.0 - screen.reach * personal(heights[:, None], assay.correlation, z)[which]
    onset = people.onset
    for i, watch in enumerate(watches, start=len(itinerary.screens)):
        seen = (onset < watch.end) & (onset + people.course.symptoms_days > watch.start)
        times[i] = np.where(seen, np.maximum(onset, watch.start) + watch.delay, np.inf)
        missed[i] = 1.0 - np.where(seen, watch.compliance, 0.0)[:, None]
    order = np.argsort(times, axis=0, kind="stable")
    sorted_missed = np.take_along_axis(missed, order[..., None], axis=0)
    before = np.cumprod(sorted_missed, axis=0)
    before = np.concatenate((np.ones((1, n, z.size)), before[:-1])) if events else before
    sorted_first = ((1.0 - sorted_missed) * before) @ z_weights
    first = np.empty((events, n))
    np.put_along_axis(first, order, sorted_first, axis=0)
    return times, first


def effect_rule(correlation: float) -> tuple[Floats, Floats]:
    """Nodes and weights over the standard normal effect: a trapezoidal rule, finer the steeper tests depend on the effect.

    Products of up to four tests are right to 1e-7 (`tests/forecast/test_people.py`); each further factor grows faster away
    from the real line, so that a step which does for one test would not do for them.
    """
    if correlation <= 0.0:
        return np.zeros(1), np.ones(1)
    step = min(0.55, 0.65 * math.sqrt((1.0 - correlation) / correlation))
    reach = math.ceil(6.5 / step)
    at = np.asarray(step * np.arange(-reach, reach + 1), dtype=np.float64)
    weights = np.exp(-0.5 * at**2)
    return at, np.asarray(weights / weights.sum(), dtype=np.float64)


def personal(sensitivity: Floats, correlation: float, effect: Floats) -> Floats:
    """The sensitivity for people with an effect, so that its mean over standard normal effects is the sensitivity itself."""
    if correlation <= 0.0:
        return sensitivity + np.zeros_like(effect)
    return np.asarray(
        special.ndtr((special.ndtri(sensitivity) + effect * math.sqrt(correlation)) / math.sqrt(1.0 - correlation))
    )


class _Way:
    """What people transmit along an itinerary, as cumulative sums over its stays."""

    def __init__(self, itinerary: Itinerary, people: Placed, times: Floats, factor: float) -> None:
        self.itinerary, self.people, self.times, self.factor = itinerary, people, times, factor
        self.spent = [self._spent(time) for time in times]
        self.regions = itinerary.regions
        stays = itinerary.stays
        self.starts = [-math.inf, *(stay.start for stay in stays[1:])]
        self.ends = [*self.starts[1:], math.inf]
        self.at_start = [self._spent(start) for start in self.starts]
        self.at_end = [*self.at_start[1:], self._spent(math.inf)]
        n = people.infected.size
        self.whole = np.zeros((len(self.regions), n))
        self.without = np.zeros((len(self.regions), n))
        for stay, low, high in zip(stays, self.at_start, self.at_end, strict=True):
            r = self.regions.index(stay.region)
            self.whole[r] += stay.contact * (high - low)
            self.without[r] += stay.baseline * (high - low)

    def _spent(self, until: Floats | float) -> Floats:
        if isinstance(until, float) and until == -math.inf:
            return np.zeros_like(self.people.infected)
        until = np.minimum(until, 1e6)
        return self.factor * self.people.integral(self.people.course.infectiousness, until)

    def _until(self, until: Floats, spent: Floats) -> Floats:
        """The potential by region up to a time for each, given what is spent by then: (r, n)."""
        found = np.zeros_like(self.whole)
        for stay, start, low, high in zip(self.itinerary.stays, self.starts, self.at_start, self.at_end, strict=True):
            r = self.regions.index(stay.region)
            found[r] += stay.contact * np.where(until > start, np.minimum(spent, high) - low, 0.0)
        return found

    def path(self, event: int) -> Floats:
        """The potential of people whom an event finds, and who are isolated from then."""
        found = self.times[event]
        until = self._until(found, self.spent[event])
        if math.isinf(self.itinerary.isolation_until):
            return until + self.itinerary.isolation_contact * (self.whole - until)
        back = np.maximum(found, self.itinerary.isolation_until)
        after = self._until(back, self._spent(back))
        return until + self.itinerary.isolation_contact * (after - until) + self.whole - after

    def cases(self, potential: Floats) -> Floats:
        """The cases in the regions where an outbreak counts: (n)."""
        rows = [r for r, region in enumerate(self.regions) if region in self.itinerary.counted]
        return np.asarray(potential[rows].sum(axis=0))

    def infectious_days(self, first: Floats, missed: Floats) -> Floats:
        """Days infectious and not found, by region: (r, n)."""
        begin, end = self.people.infectious
        found = np.zeros_like(self.whole)
        ends = [np.full_like(missed, np.inf), *self.times]
        for stay, start, stop in zip(self.itinerary.stays, self.starts, self.ends, strict=True):
            low = np.maximum(begin, start)
            for p, time in zip([missed, *first], ends, strict=True):
                high = np.minimum(np.minimum(end, stop), time)
                found[self.regions.index(stay.region)] += p * np.maximum(high - low, 0.0)
        return found

    def towards_others(self, first: Floats, missed: Floats, factors: list[float]) -> Floats:
        """Cases among others in each stay, by people not found yet: (k, n)."""
        found = np.zeros((len(factors), missed.size))
        for i, (factor, low, high, start) in enumerate(zip(factors, self.at_start, self.at_end, self.starts, strict=True)):
            if factor > 0.0:
                found[i] = missed * (high - low)
                for p, time, spent in zip(first, self.times, self.spent, strict=True):
                    found[i] += p * np.where(time > start, np.minimum(spent, high) - low, 0.0)
                found[i] *= factor
        return found
