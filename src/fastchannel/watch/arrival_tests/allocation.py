"""Whom to test on arrival today, and why: a floor for everybody, then the kinds whose tests are worth most, by lottery."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from fastchannel.watch.arrival_tests.lottery import commitment, draw
from fastchannel.watch.arrival_tests.prevalence import Beliefs, Floats, Integers, estimate
from fastchannel.watch.arrival_tests.targets import targets
from fastchannel.watch.arrival_tests.travellers import Arrival, Kind, Record
from fastchannel.watch.errors import WatchError


class Why(StrEnum):
    """Why somebody is tested, or not."""

    FLOOR = "floor"  # drawn in the lottery in which everybody takes part
    KIND = "kind"  # of a kind whose tests are worth most, and drawn among it where not all are tested
    NOT_DRAWN = "not_drawn"  # of such a kind, but not drawn
    OTHER_KINDS = "other_kinds"  # tests of other kinds are worth more today
    NO_TESTS = "no_tests"  # the point of entry has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How tests are shared out, stated beforehand.

    ``floor`` is the probability with which everybody is tested at least, as far as tests suffice. ``discount`` in [0, 1) is
    what a find tomorrow is worth against one today: it decides how much is tested to learn. ``expected`` is the share of
    positives expected before any result, ``half_life_days`` how soon results lose half their weight. Raises WatchError where a
    figure makes no sense.
    """

    floor: float = 0.02
    discount: float = 0.9
    expected: float = 0.002
    half_life_days: float = 14.0

    def __post_init__(self) -> None:
        if not (0.0 <= self.floor <= 1.0 and 0.0 <= self.discount < 1.0):
            raise WatchError(
                f"arrival tests: found a floor of {self.floor} and a discount of {self.discount}; a floor within 0 and 1 and a "
                "discount of at least 0 and less than 1 were expected"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One traveller's answer, with all that decided it.

    ``estimate``, ``low`` and ``high`` are the kind's share of positives with its 95 % interval, ``waiting`` its tests without a
    result, ``index`` what one more test of it is worth after today's. ``floor_probability`` is the traveller's chance in the
    lottery for everybody, ``floor_draw`` what was drawn, and ``floor_cut`` the lowest draw that was not chosen; ``kind_tests``
    of ``kind_people`` not chosen there were then tested at this point of entry, those with the lowest ``kind_draw``.
    """

    arrival: Arrival
    tested: bool
    why: Why
    estimate: float
    low: float
    high: float
    waiting: int
    index: float
    floor_probability: float
    floor_draw: float
    floor_cut: float
    kind_draw: float
    kind_tests: int
    kind_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A day's choices by traveller, in the order of their ids, under rules and a seed whose digest was published before.

    ``short_of_floor`` are points of entry that have too few tests for the floor: there the lottery is all there is.
    """

    day: date
    rules: Rules
    commitment: str
    choices: tuple[Choice, ...]
    short_of_floor: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Floor:
    """The lottery in which everybody at one point of entry takes part."""

    draws: Mapping[str, float]
    chosen: frozenset[str]
    probability: float
    cut: float


def allocate(
    arrivals: Iterable[Arrival],
    capacity: Mapping[str, int],
    records: Iterable[Record],
    day: date,
    seed: str,
    rules: Rules | None = None,
    changed: Mapping[str, date] | None = None,
) -> Plan:
    """Who is tested on ``day``: ``capacity`` tests at each point of entry, from ``records`` of tests as known that morning.

    Depends on its arguments alone and not on their order. ``changed`` is as in `prevalence.estimate`. Raises WatchError where a
    traveller is there twice.
    """
    rules = rules or Rules()
    people = sorted(arrivals, key=lambda arrival: arrival.id)
    if len({arrival.id for arrival in people}) < len(people):
        twice = next(one.id for one, other in itertools.pairwise(people) if one.id == other.id)
        raise WatchError(f"arrivals on {day}: found {twice} twice; each traveller was expected once; remove the repeated row")
    points = sorted({arrival.point_of_entry for arrival in people})
    records = tuple(records)
    kinds = sorted({arrival.kind for arrival in people} | {record.kind for record in records})
    if not people:
        return Plan(day=day, rules=rules, commitment=commitment(seed), choices=(), short_of_floor=())
    known = estimate(kinds, records, day, expected=rules.expected, half_life_days=rules.half_life_days, changed=changed)
    floors = {
        point: _floor([one for one in people if one.point_of_entry == point], max(capacity.get(point, 0), 0), rules, day, seed)
        for point in points
    }
    given, left, index = _targets(people, points, kinds, capacity, known, floors, rules)
    choices = _choices(people, points, kinds, known, floors, given, left, index, day, seed)
    return Plan(
        day=day,
        rules=rules,
        commitment=commitment(seed),
        choices=tuple(choices),
        short_of_floor=tuple(point for point in points if floors[point].probability < rules.floor),
    )


def _floor(people: Sequence[Arrival], tests: int, rules: Rules, day: date, seed: str) -> _Floor:
    draws = {arrival.id: draw(seed, day, "floor", arrival.id) for arrival in people}
    count = min(tests, math.ceil(rules.floor * len(people) - 1e-9))
    order = sorted(draws, key=lambda id_: (draws[id_], id_))
    return _Floor(
        draws=draws,
        chosen=frozenset(order[:count]),
        probability=count / len(people),
        cut=draws[order[count]] if count < len(order) else 1.0,
    )


def _targets(
    people: Sequence[Arrival],
    points: Sequence[str],
    kinds: Sequence[Kind],
    capacity: Mapping[str, int],
    known: Beliefs,
    floors: Mapping[str, _Floor],
    rules: Rules,
) -> tuple[Integers, Integers, Floats]:
    row, column = ({name: i for i, name in enumerate(points)}, {kind: i for i, kind in enumerate(kinds)})
    left, drawn = np.zeros((len(points), len(kinds)), np.int64), np.zeros(len(kinds))
    for arrival in people:
        if arrival.id in floors[arrival.point_of_entry].chosen:
            drawn[column[arrival.kind]] += 1.0
        else:
            left[row[arrival.point_of_entry], column[arrival.kind]] += 1
    spare = np.array([max(capacity.get(point, 0), 0) - len(floors[point].chosen) for point in points], np.int64)
    alpha, beta = Beliefs(alpha=known.alpha, beta=known.beta, waiting=known.waiting + drawn).anticipated()
    given, index = targets(left, spare, alpha, beta, rules.discount)
    return given, left, index


def _choices(
    people: Sequence[Arrival],
    points: Sequence[str],
    kinds: Sequence[Kind],
    known: Beliefs,
    floors: Mapping[str, _Floor],
    given: Integers,
    left: Integers,
    index: Floats,
    day: date,
    seed: str,
) -> Iterable[Choice]:
    row, column = ({name: i for i, name in enumerate(points)}, {kind: i for i, kind in enumerate(kinds)})
    mean, (low, high) = known.mean, known.interval()
    draws = {arrival.id: draw(seed, day, "kind", arrival.id) for arrival in people}
    groups: dict[tuple[int, int], list[str]] = defaultdict(list)
    for arrival in people:
        if arrival.id not in floors[arrival.point_of_entry].chosen:
            groups[row[arrival.point_of_entry], column[arrival.kind]].append(arrival.id)
    chosen = {
        id_ for place, ids in groups.items() for id_ in sorted(ids, key=lambda id_: (draws[id_], id_))[: int(given[place])]
    }
    for arrival in people:
        floor, place = floors[arrival.point_of_entry], (row[arrival.point_of_entry], column[arrival.kind])
        why = _why(arrival.id, floor, chosen, tests_of_kind=int(given[place]), tests=int(given[place[0]].sum()))
        yield Choice(
            arrival=arrival,
            tested=why in {Why.FLOOR, Why.KIND},
            why=why,
            estimate=float(mean[place[1]]),
            low=float(low[place[1]]),
            high=float(high[place[1]]),
            waiting=int(known.waiting[place[1]]),
            index=float(index[place[1]]),
            floor_probability=floor.probability,
            floor_draw=floor.draws[arrival.id],
            floor_cut=floor.cut,
            kind_draw=draws[arrival.id],
            kind_tests=int(given[place]),
            kind_people=int(left[place]),
        )


def _why(id_: str, floor: _Floor, chosen: set[str], *, tests_of_kind: int, tests: int) -> Why:
    if id_ in floor.chosen:
        return Why.FLOOR
    if id_ in chosen:
        return Why.KIND
    if tests_of_kind:
        return Why.NOT_DRAWN
    return Why.OTHER_KINDS if tests or floor.chosen else Why.NO_TESTS
