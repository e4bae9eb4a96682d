"""Prices and choices over millions of options, compiled: one pass reads each option once.

A limit's price is what a unit of it costs; a floor's is what a member of it is paid. With prices given, each team's best option
stands alone, so that the sum of the teams' profits and of the limits at their prices bounds every choice from above (Lagrange;
Everett 1963, doi:10.1287/opre.11.3.399; Geoffrion 1974, doi:10.1007/BFb0120690). Rooms of a stay cost a difference of two sums.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fastchannel.supply.places.compiled import Bools, Floats, Indices, Ints, compiled, inlined


class Table(NamedTuple):
    """What the kernels read of a problem; as in `Problem`, with the offsets of its shape."""

    starts: Ints
    flight: Indices
    site: Indices
    value: Floats
    risk: Floats
    size: Ints
    rooms: Ints
    nights: Ints
    test_starts: Ints
    tests: Ints
    risk_row: Ints
    floor_starts: Ints
    team_floors: Ints
    day: Ints  # of each flight
    laboratory: Ints  # of each site
    days: int
    rooms_at: int
    tests_at: int
    floors_at: int


@compiled
def running_rooms(table: Table, prices: Floats, sums: Floats) -> None:
    """``sums[site, d]``: the price of a room at the site for the nights before d."""
    for site in range(sums.shape[0]):
        sums[site, 0] = 0.0
        for night in range(table.days):
            sums[site, night + 1] = sums[site, night] + prices[table.rooms_at + site * table.days + night]


@compiled
def charge(table: Table, prices: Floats, sums: Floats, profit: Floats, begin: int, end: int) -> None:
    """Into ``profit``, for options of teams begin to end: value, and what floors pay, less what the option takes at prices."""
    starts, flight, site, value, risk = table.starts, table.flight, table.site, table.value, table.risk
    size, rooms, nights, test_starts, tests = table.size, table.rooms, table.nights, table.test_starts, table.tests
    risk_row, floor_starts, team_floors = table.risk_row, table.floor_starts, table.team_floors
    day_of, laboratory_of, days, tests_at, floors_at = table.day, table.laboratory, table.days, table.tests_at, table.floors_at
    for i in range(begin, end):
        people, row = size[i], risk_row[i]
        given = 0.0
        for k in range(floor_starts[i], floor_starts[i + 1]):
            given += prices[floors_at + team_floors[k]] * people
        for o in range(starts[i], starts[i + 1]):
            day, at = day_of[flight[o]], site[o]
            taken = people * prices[flight[o]] + rooms[i] * (sums[at, day + nights[i]] - sums[at, day])
            laboratory = laboratory_of[at]
            if laboratory >= 0:
                for t in range(test_starts[i], test_starts[i + 1]):
                    taken += people * prices[tests_at + laboratory * days + day + tests[t]]
            if row >= 0:
                taken += risk[o] * prices[row + day // 7]
            profit[o] = value[o] + given - taken


@compiled
def bid(table: Table, profit: Floats, used: Floats, turns: Floats, begin: int, end: int) -> float:
    """The sum of the best profits of teams begin to end, and into ``used`` what their best options take.

    ``turns`` is room for what arrives at and leaves each site by day, nought before and after.
    """
    starts, flight, site, risk = table.starts, table.flight, table.site, table.risk
    size, rooms, nights, test_starts, tests = table.size, table.rooms, table.nights, table.test_starts, table.tests
    risk_row, floor_starts, team_floors = table.risk_row, table.floor_starts, table.team_floors
    day_of, laboratory_of, days, tests_at, floors_at = table.day, table.laboratory, table.days, table.tests_at, table.floors_at
    found = 0.0
    for i in range(begin, end):
        best, o = 0.0, -1
        for option in range(starts[i], starts[i + 1]):
            if profit[option] > best:
                best, o = profit[option], option
        if o < 0:
            continue
        found += best
        day, at, people = day_of[flight[o]], site[o], size[i]
        used[flight[o]] += people
        turns[at, day] += rooms[i]
        turns[at, day + nights[i]] -= rooms[i]
        laboratory = laboratory_of[at]
        if laboratory >= 0:
            for t in range(test_starts[i], test_starts[i + 1]):
                used[tests_at + laboratory * days + day + tests[t]] += people
        if risk_row[i] >= 0:
            used[risk_row[i] + day // 7] += risk[o]
        for k in range(floor_starts[i], floor_starts[i + 1]):
            used[floors_at + team_floors[k]] += people
    for at in range(turns.shape[0]):
        inside = 0.0
        for night in range(days):
            inside += turns[at, night]
            used[table.rooms_at + at * days + night] += inside
        turns[at] = 0.0
    return found


@compiled
def rank(table: Table, profit: Floats, most: Floats, density: Floats) -> None:
    """Each team's best profit, and its best value by what that costs; −inf where it has no option."""
    starts, value = table.starts, table.value
    for i in range(most.size):
        most[i] = density[i] = -np.inf
        for o in range(starts[i], starts[i + 1]):
            most[i] = max(most[i], profit[o])
            density[i] = max(density[i], value[o] / max(value[o] - profit[o], 1e-9 * value[o]))


@inlined
def take(table: Table, i: int, o: int, used: Floats, sign: float) -> None:
    """Adds what the option takes of every limit and gives to every floor, or takes it back with a sign of −1."""
    flight, site = table.flight[o], table.site[o]
    day, size = table.day[flight], sign * table.size[i]
    used[flight] += size
    row = table.rooms_at + site * table.days + day
    for night in range(table.nights[i]):
        used[row + night] += sign * table.rooms[i]
    laboratory = table.laboratory[site]
    if laboratory >= 0:
        row = table.tests_at + laboratory * table.days + day
        for t in range(table.test_starts[i], table.test_starts[i + 1]):
            used[row + table.tests[t]] += size
    if table.risk_row[i] >= 0:
        used[table.risk_row[i] + day // 7] += sign * table.risk[o]
    for k in range(table.floor_starts[i], table.floor_starts[i + 1]):
        used[table.floors_at + table.team_floors[k]] += size


@inlined
def fits(table: Table, i: int, o: int, limits: Floats, used: Floats) -> bool:
    """Whether the option fits beside what is used."""
    flight, site = table.flight[o], table.site[o]
    day, size = table.day[flight], table.size[i]
    if used[flight] + size > limits[flight]:
        return False
    row = table.rooms_at + site * table.days + day
    for night in range(table.nights[i]):
        if used[row + night] + table.rooms[i] > limits[row + night]:
            return False
    laboratory = table.laboratory[site]
    if laboratory >= 0:
        row = table.tests_at + laboratory * table.days + day
        for t in range(table.test_starts[i], table.test_starts[i + 1]):
            if used[row + table.tests[t]] + size > limits[row + table.tests[t]]:
                return False
    if table.risk_row[i] >= 0:
        row = table.risk_row[i] + day // 7
        if used[row] + table.risk[o] > limits[row]:
            return False
    return True


@inlined
def lacks(table: Table, i: int, limits: Floats, used: Floats) -> bool:
    """Whether a floor that the team belongs to is not reached."""
    for k in range(table.floor_starts[i], table.floor_starts[i + 1]):
        row = table.floors_at + table.team_floors[k]
        if used[row] < limits[row]:
            return True
    return False


@compiled
def place(table: Table, profit: Floats, limits: Floats, order: Ints, used: Floats, choice: Ints, only_lacking: bool) -> None:
    """Each team in order, if it has no place, takes the most profitable option that fits, however small the profit.

    ``only_lacking``: only teams of a floor that is not reached.
    """
    for n in range(order.size):
        i = order[n]
        if choice[i] >= 0 or (only_lacking and not lacks(table, i, limits, used)):
            continue
        at = best_fit(table, profit, limits, i, used, -1)
        if at >= 0:
            choice[i] = at
            take(table, i, at, used, 1.0)


@compiled
def best_fit(table: Table, profit: Floats, limits: Floats, i: int, used: Floats, but: int) -> int:
    """The most profitable option of the team that fits, except ``but``; −1 where none does."""
    best, at = -np.inf, -1
    for o in range(table.starts[i], table.starts[i + 1]):
        if o != but and profit[o] > best and fits(table, i, o, limits, used):
            best, at = profit[o], o
    return at


@compiled
def best_worth(table: Table, limits: Floats, i: int, used: Floats, but: int) -> int:
    """The most valuable option of the team that fits, except ``but``; −1 where none does."""
    best, at = 0.0, -1
    for o in range(table.starts[i], table.starts[i + 1]):
        if o != but and table.value[o] > best and fits(table, i, o, limits, used):
            best, at = table.value[o], o
    return at


@inlined
def keeps_floors(table: Table, limits: Floats, used: Floats, i: int) -> bool:
    """Whether the floors of the team are reached."""
    return not lacks(table, i, limits, used)


@compiled
def improve(
    table: Table, limits: Floats, order: Ints, used: Floats, choice: Ints, starts: Ints, members: Ints, kept: Bools, tries: int
) -> float:
    """Teams without a place, in order, take one from another team that is worth less or can go elsewhere. What was gained.

    ``members[starts[f]:starts[f + 1]]`` are the teams placed on flight f, then those at each site; ``kept`` may not be moved.
    At most ``tries`` other teams are looked at.
    """
    gained = 0.0
    flights = table.day.size
    for n in range(order.size):
        i = order[n]
        if choice[i] >= 0:
            continue
        best, at, who, where = 1e-12, -1, -1, -1
        for o in range(table.starts[i], table.starts[i + 1]):
            for group in range(2):
                g = table.flight[o] if group == 0 else flights + table.site[o]
                for m in range(starts[g], starts[g + 1]):
                    other = members[m]
                    old = choice[other]
                    if old < 0 or kept[other] or tries <= 0:
                        continue
                    if table.value[o] - table.value[old] <= best and table.value[o] <= best:
                        continue
                    tries -= 1
                    take(table, other, old, used, -1.0)
                    if fits(table, i, o, limits, used):
                        take(table, i, o, used, 1.0)
                        new = best_worth(table, limits, other, used, old)
                        worth = table.value[o] - table.value[old] + (table.value[new] if new >= 0 else 0.0)
                        if worth > best and (new >= 0 or keeps_floors(table, limits, used, other)):
                            best, at, who, where = worth, o, other, new
                        take(table, i, o, used, -1.0)
                    take(table, other, old, used, 1.0)
        if at >= 0:
            take(table, who, choice[who], used, -1.0)
            take(table, i, at, used, 1.0)
            choice[i], choice[who] = at, where
            if where >= 0:
                take(table, who, where, used, 1.0)
            gained += best
    return gained
