"""Many teams: prices for every limit, a choice at those prices improved by exchanges, and the bound that the prices prove.

Prices move along scaled subgradients of the dual with steps after Polyak (1969, doi:10.1016/0041-5553(69)90061-5) and
directions averaged over rounds (Camerini, Fratta and Maffioli 1975, doi:10.1007/BFb0120697). Any prices give a bound, so
that the gap holds whatever the search did. The work is cut into blocks that do not depend on the number of threads, hence
neither does the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fastchannel.supply.places.compiled import Floats, Ints
from fastchannel.supply.places.problem import Problem
from fastchannel.supply.places.search import Table, bid, charge, improve, place, rank, running_rooms

BLOCKS = 16
MOST_ROUNDS = 400
FIRST_LOOK, LOOKS = 24, 8  # rounds before the first choice is made from prices, and between choices
EXCHANGES_FROM = 80  # rounds; before that better prices improve a choice more
PATIENCE = 8  # rounds without progress before steps are shortened
SHORTER = 0.6
SHORTEST = 1e-4
AVERAGED = 0.7
TRIES_PER_TEAM = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What was found. ``short`` is by how many people the floors are missed together; nought where the choice keeps all."""

    prices: Floats
    bound: float
    choice: Ints
    value: float
    short: int
    rounds: int


class Market:
    """Prices at work on one problem."""

    def __init__(self, problem: Problem, threads: int = 1) -> None:
        self.problem = problem
        self.table = table_of(problem)
        self.profit = np.empty(problem.value.size)
        self._sums = np.zeros((problem.shape.sites, problem.shape.days + 1))
        teams = problem.teams.size.size
        self._blocks = [(teams * k // BLOCKS, teams * (k + 1) // BLOCKS) for k in range(BLOCKS)]
        self._used = np.zeros((BLOCKS, problem.shape.rows))
        self._turns = np.zeros((BLOCKS, problem.shape.sites, problem.shape.days + 1))
        self._threads = threads
        self.sign = np.ones(problem.shape.rows)
        self.sign[problem.shape.floors_at :] = -1.0

    def offer(self, prices: Floats) -> tuple[float, Floats]:
        """The bound that the prices prove, and by how much what teams want at them exceeds each limit (or misses a floor)."""
        running_rooms(self.table, prices, self._sums)
        self._used[:] = 0.0

        def block(k: int) -> float:
            begin, end = self._blocks[k]
            charge(self.table, prices, self._sums, self.profit, begin, end)
            return bid(self.table, self.profit, self._used[k], self._turns[k], begin, end)

        total = sum(self._each(block))
        excess = self.sign * (self._used.sum(axis=0) - self.problem.limits)
        return total + float(self.sign * prices @ self.problem.limits), excess

    def choose(self, prices: Floats, tries: int) -> tuple[Ints, float, int]:
        """A choice within all limits: floors first, then by profit, then by value for what it costs, then by exchanges.

        Returns it with its value and by how many people it misses the floors.
        """
        problem, table, limits = self.problem, self.table, self.problem.limits
        self.offer(prices)
        count = problem.teams.size.size
        most, density = np.empty(count), np.empty(count)
        rank(table, self.profit, most, density)
        used, choice = np.zeros(problem.shape.rows), np.full(count, -1, np.int64)
        by_profit, by_density = (np.argsort(-order, kind="stable") for order in (most, density))
        place(table, self.profit, limits, by_profit, used, choice, True)
        place(table, self.profit, limits, by_profit[most[by_profit] > 0.0], used, choice, False)
        place(table, self.profit, limits, by_density, used, choice, False)
        if tries:
            self._exchange(by_density, used, choice, tries)
        missed = np.maximum(limits - used, 0.0)[problem.shape.floors_at :]
        return choice, float(problem.value[choice[choice >= 0]].sum()), round(missed.sum())

    def _exchange(self, order: Ints, used: Floats, choice: Ints, tries: int) -> None:
        problem = self.problem
        kept = np.zeros(choice.size, np.bool_)
        for _ in range(3):
            placed = np.flatnonzero(choice >= 0)
            option = choice[placed]
            group = np.concatenate([problem.flight[option], problem.shape.flights + problem.site[option]])
            by_group = np.argsort(group, kind="stable")
            counts = np.bincount(group, minlength=problem.shape.flights + problem.shape.sites)
            starts = np.concatenate([[0], np.cumsum(counts)])
            members = np.concatenate([placed, placed])[by_group]
            gained = improve(self.table, problem.limits, order, used, choice, starts, members, kept, tries)
            place(self.table, self.profit, problem.limits, order, used, choice, False)
            if gained <= 0.0:
                return

    def _each(self, work: Callable[[int], float]) -> list[float]:
        if self._threads == 1:
            return [work(k) for k in range(BLOCKS)]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(work, range(BLOCKS)))


def find_prices(problem: Problem, gap: float, *, threads: int = 1, start: Floats | None = None) -> Priced:
    """Prices, a choice and a bound, until the two are within the relative gap or no further round helps."""
    market = Market(problem, threads)
    prices = np.zeros(problem.shape.rows) if start is None else start
    scale = _scale(problem)
    tries = min(TRIES_PER_TEAM * problem.teams.size.size, 1_000_000)
    best = prices
    choice, value, short = market.choose(best, 0)
    floor_value = value if short == 0 else 0.0
    bound, excess = market.offer(prices)
    direction = np.zeros_like(prices)
    step_share, stalled, at, rounds = 1.0, 0, bound, 0
    for rounds in range(1, MOST_ROUNDS + 1):
        direction = _blocked(prices, AVERAGED * direction + _blocked(prices, excess))
        norm = float(scale * direction @ direction)
        if norm <= 0.0 or step_share < SHORTEST:
            break
        target = bound - step_share * max(0.5 * (bound - floor_value), 1e-6 * abs(bound))
        prices = np.maximum(prices + (at - target) / norm * scale * direction, 0.0)
        at, excess = market.offer(prices)
        stalled = 0 if at < bound * (1.0 - 1e-5) else stalled + 1
        if at < bound:
            bound, best = at, prices
        if rounds >= FIRST_LOOK and (rounds - FIRST_LOOK) % LOOKS == 0:
            found = market.choose(best, tries if rounds >= EXCHANGES_FROM else 0)
            if (found[2], -found[1]) < (short, -value):
                choice, value, short = found
            floor_value = value if short == 0 else floor_value
            if short == 0 and bound - value <= gap * bound:
                break
            at, excess = market.offer(prices)
        if stalled >= PATIENCE:
            step_share, stalled, prices = step_share * SHORTER, 0, best
            at, excess = market.offer(prices)
            direction = np.zeros_like(prices)
    return Priced(prices=best, bound=bound, choice=choice, value=value, short=short, rounds=rounds)


def table_of(problem: Problem) -> Table:
    """What the kernels read."""
    teams, shape = problem.teams, problem.shape
    return Table(
        starts=problem.starts,
        flight=problem.flight,
        site=problem.site,
        value=problem.value,
        risk=problem.risk,
        size=teams.size,
        rooms=teams.rooms,
        nights=teams.nights,
        test_starts=teams.test_starts,
        tests=teams.tests,
        risk_row=problem.risk_row,
        floor_starts=problem.floor_starts,
        team_floors=problem.team_floors,
        day=problem.supplied.day,
        laboratory=problem.supplied.laboratory,
        days=shape.days,
        rooms_at=shape.rooms_at,
        tests_at=shape.tests_at,
        floors_at=shape.floors_at,
    )


def _blocked(prices: Floats, direction: Floats) -> Floats:
    """The direction without what would make a price of nought negative."""
    return np.where((prices <= 0.0) & (direction < 0.0), 0.0, direction)


def _scale(problem: Problem) -> Floats:
    """By how much a price moves for a unit in excess: the order of the price over the limit's size."""
    shape = problem.shape
    if problem.value.size == 0:
        return np.ones(shape.rows)
    team = np.repeat(np.arange(problem.teams.size.size), np.diff(problem.starts))
    a_person = float(np.median(problem.value / problem.teams.size[team]))
    order = np.full(shape.rows, a_person)
    order[shape.rooms_at : shape.tests_at] = a_person / max(1.0, float(np.median(problem.teams.nights)))
    risky = problem.risk > 0.0
    order[shape.risk_at : shape.floors_at] = (
        float(np.median(problem.value[risky] / problem.risk[risky])) if risky.any() else 1.0
    )
    return order / np.maximum(problem.limits, 1e-9)
