"""What different ways to share out the same tests find in the same made-up seasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.random import Generator

from fastchannel.watch.arrival_tests.allocation import Rules
from fastchannel.watch.arrival_tests.prevalence import Beliefs, Floats, Integers, beliefs
from fastchannel.watch.arrival_tests.targets import targets
from fastchannel.watch.arrival_tests.worlds import Season, World, world


class Way(StrEnum):
    """A way to share out tests."""

    RANDOM = "random"  # everybody alike
    CASE_RATES = "case_rates"  # the origins with the highest published rates first
    LEARNING = "learning"  # this package: the floor, and then the kinds with the highest index
    KNOWING = "knowing"  # the kinds that truly have the most infected: what nobody can do


def found(one: World, way: Way, rules: Rules, generator: Generator) -> Integers:
    """Infected travellers found on each day of the season (days,)."""
    learner = _Learner(one, rules)
    per_day = np.zeros(one.season.days, np.int64)
    for day in range(one.season.days):
        tested = _tests(one, way, rules, learner, day, generator)
        infected = generator.hypergeometric(one.infected[day], one.people[day] - one.infected[day], tested)
        true = generator.binomial(infected, one.season.sensitivity)
        false = generator.binomial(tested - infected, 1.0 - one.season.specificity)
        learner.sample(tested.sum(axis=0), (true + false).sum(axis=0), generator)
        per_day[day] = int(true.sum())
    return per_day


def _tests(one: World, way: Way, rules: Rules, learner: _Learner, day: int, generator: Generator) -> Integers:
    people = one.people[day]
    capacity = np.minimum(one.capacity, people.sum(axis=1))
    if way is Way.RANDOM:
        return _by_lot(people, capacity, generator)
    if way is Way.CASE_RATES:
        return _ranked(people, capacity, one.published[day][one.origin], one.origin, generator)
    if way is Way.KNOWING:
        return _ranked(people, capacity, one.prevalence[day], np.arange(people.shape[1]), generator)
    floor = _by_lot(people, np.minimum(capacity, np.ceil(rules.floor * people.sum(axis=1)).astype(np.int64)), generator)
    learner.wake(one.changed[day])
    known = learner.beliefs()
    drawn = floor.sum(axis=0).astype(np.float64)
    alpha, beta = Beliefs(alpha=known.alpha, beta=known.beta, waiting=known.waiting + drawn).anticipated()
    given, _ = targets(people - floor, capacity - floor.sum(axis=1), alpha, beta, rules.discount)
    return floor + given


def _by_lot(people: Integers, tests: Integers, generator: Generator) -> Integers:
    """Tests by kind where everybody at a point of entry has the same chance, (points, kinds)."""
    return np.array([generator.multivariate_hypergeometric(row, n) for row, n in zip(people, tests, strict=True)], np.int64)


def _ranked(people: Integers, tests: Integers, rate: Floats, group: Integers, generator: Generator) -> Integers:
    """Tests by kind where whole groups are tested, the highest rate first, and the last group by lot."""
    given = np.zeros_like(people)
    left = tests.copy()
    for number in dict.fromkeys(group[np.argsort(-rate, kind="stable")].tolist()):
        if not left.any():
            break
        members = group == number
        count = np.minimum(left, people[:, members].sum(axis=1))
        given[:, members] = _by_lot(people[:, members], count, generator)
        left -= count
    return given


class _Learner:
    """What is known from results that are back, as `prevalence.estimate` would have it from their records."""

    def __init__(self, one: World, rules: Rules) -> None:
        kinds = one.people.shape[2]
        self._world, self._rules = one, rules
        self._known = np.zeros((2, kinds))  # tests and positives, weighted by age
        self._tomorrow, self._after = np.zeros((2, kinds)), np.zeros((2, kinds))

    def wake(self, changed: Integers) -> None:
        """A new morning: results come back, old ones fade, and those from before a change of the grey list are dropped."""
        fade = 0.5 ** (1.0 / self._rules.half_life_days)
        self._known = (self._known + self._tomorrow) * fade
        self._tomorrow, self._after = self._after * fade, np.zeros_like(self._after)
        dropped = changed[self._world.origin] != 0
        for counts in (self._known, self._tomorrow, self._after):
            counts[:, dropped] = 0.0

    def beliefs(self) -> Beliefs:
        """What to believe this morning."""
        return beliefs(self._world.origin, self._known[0], self._known[1], self._tomorrow[0], self._rules.expected)

    def sample(self, tested: Integers, positives: Integers, generator: Generator) -> None:
        """Today's tests: some are back tomorrow, the others a day later, whatever they find."""
        soon = self._world.season.back_next_day
        quick = np.stack((generator.binomial(tested - positives, soon), generator.binomial(positives, soon))).astype(np.float64)
        quick[0] += quick[1]
        self._tomorrow += quick
        self._after = np.stack((tested, positives)) - quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """How many times as many infected one way finds as another.

    Over all worlds: the ratio of sums with its 95 % interval by the bootstrap over worlds. And the 5 and 95 per cent points of
    single worlds' ratios.
    """

    value: float
    low: float
    high: float
    world_low: float
    world_high: float


def totals(season: Season, ways: Sequence[Way], rules: Rules, worlds: int, generator: Generator) -> Mapping[Way, Floats]:
    """Infected found in each of so many worlds by each way, on the same arrivals."""
    counts: dict[Way, list[float]] = {way: [] for way in ways}
    for stream in generator.spawn(worlds):
        one = world(season, stream)
        for way in ways:
            counts[way].append(float(found(one, way, rules, stream).sum()))
    return {way: np.array(values) for way, values in counts.items()}


def gain(of: Floats, over: Floats, generator: Generator, draws: int = 2_000) -> Gain:
    """The gain of one way over another from their totals in the same worlds, both (worlds,)."""
    chosen = generator.integers(0, len(of), (draws, len(of)))
    ratios = of[chosen].sum(axis=1) / over[chosen].sum(axis=1)
    low, high = np.quantile(ratios, (0.025, 0.975))
    world_low, world_high = np.quantile(of / over, (0.05, 0.95))
    return Gain(
        value=float(of.sum() / over.sum()),
        low=float(low),
        high=float(high),
        world_low=float(world_low),
        world_high=float(world_high),
    )
