"""What the nodes of the fast quadrature add up to: by segments of the journey and by pieces of onset, where it is linear.

For a person infected at τ the tests' joint survival is a product of table look-ups, summed over the effect z; the watches find
them on pieces of the times of onset, whose probability and mean cumulative infectiousness are differences of prefix sums. The
sums are put together to a flow once for each itinerary. `tests/forecast/test_grid.py` holds the accuracy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fastchannel.forecast.compiled import compiled, compiled_sum
from fastchannel.forecast.grid.node import FACTOR, TINY, Nodes, fill_nodes
from fastchannel.forecast.grid.plan import COMPLETION, CONTACT, EDGES, MOST_SCREENS, PIECES, RELEASE, SCREENS, Journeys, Plan
from fastchannel.forecast.grid.tables import Tables
from fastchannel.forecast.infection.distributions import Floats


class Sums(NamedTuple):
    """What is added up over the nodes of one itinerary."""

    total: Floats  # infected, seeding
    first: Floats  # (piece, test): people whom the first tests missed
    later: Floats  # (piece, 3): not found by tests by release (infection not over; infectious), by completion
    kept: Floats  # (segment): infectiousness of those not found
    whole: Floats  # (segment): of all
    days: Floats  # (segment): days infectious and not found
    cut: Floats  # (segment): found at its start or within the one before; scratch
    part_spent: Floats  # (segment): what people found within it no longer do in it; scratch
    part_lived: Floats
    before: Floats  # (edge): cases up to there, unfound; scratch
    isolated: Floats  # (edge): the same, isolated; scratch


@compiled
def new_sums() -> Sums:
    return Sums(
        np.zeros(2),
        np.zeros((PIECES, MOST_SCREENS + 1)),
        np.zeros((PIECES, 3)),
        np.zeros(EDGES),
        np.zeros(EDGES),
        np.zeros(EDGES),
        np.zeros(EDGES),
        np.zeros(EDGES),
        np.zeros(EDGES),
        np.zeros(EDGES),
        np.zeros(EDGES),
    )


@compiled
def add_nodes(sums: Sums, nodes: Nodes, count: int, plan: Plan, journeys: Journeys, i: int, tables: Tables, x: int) -> None:
    """Add the people of the first ``count`` nodes, who have the lengths of node ``x``."""
    fill_nodes(nodes, count, plan, journeys, i, tables, x)
    all_pieces = tables.mixed == 1 or plan.sizes[1] == 1
    used = plan.sizes[1] + 1 if all_pieces else 2
    _collect_people(sums, nodes, count, plan, journeys, i, tables, x, used, all_pieces)
    _collect_segments(sums, nodes, count, plan, tables, used, all_pieces)
    if tables.seed.size > 0:
        _add_seeding(sums, nodes, count, plan, journeys, i, tables, used, all_pieces)


@compiled_sum
def _collect_people(
    sums: Sums,
    nodes: Nodes,
    count: int,
    plan: Plan,
    journeys: Journeys,
    i: int,
    tables: Tables,
    x: int,
    used: int,
    all_pieces: bool,
) -> None:
    screens = journeys.counts[i, SCREENS]
    release, completion = journeys.moments[i, RELEASE], journeys.moments[i, COMPLETION]
    begin, end, over = tables.ages[x, 0], tables.ages[x, 1], tables.ages[x, 2]
    tests, behind_release, behind_completion = nodes.tests, plan.behind[1], plan.behind[2]
    tau, weights, people, piece, first, later = nodes.tau, nodes.weight, nodes.people, nodes.piece, sums.first, sums.later
    infected = 0.0
    for n in range(count):
        weight, age, at_completion = weights[n], release - tau[n], completion - tau[n]
        released = weight * tests[n, behind_release] if 0.0 < age < over else 0.0
        infectious = weight * tests[n, behind_release] if age > 0.0 and begin <= age < end else 0.0
        completed = weight * tests[n, behind_completion] if 0.0 < at_completion < over else 0.0
        for u in range(used):
            p = u if all_pieces or u == 0 else piece[n]
            here = people[n, p]
            infected += weight * here
            for k in range(screens + 1):
                first[p, k] += weight * here * tests[n, k]
            later[p, 0] += released * here
            later[p, 1] += infectious * here
            later[p, 2] += completed * here
    sums.total[0] += infected


@compiled_sum
def _collect_segments(sums: Sums, nodes: Nodes, count: int, plan: Plan, tables: Tables, used: int, all_pieces: bool) -> None:
    segments, factor = plan.sizes[0], tables.shares[FACTOR]
    tests, passed, people, piece, weights = nodes.tests, plan.passed, nodes.people, nodes.piece, nodes.weight
    finds, shares, where, moving = plan.finds, plan.share, plan.where, plan.moving
    spent, lived, spent_found, lived_found = nodes.spent, nodes.lived, nodes.spent_when_found, nodes.lived_when_found
    cut, part_spent, part_lived, kept, whole, days = (
        sums.cut,
        sums.part_spent,
        sums.part_lived,
        sums.kept,
        sums.whole,
        sums.days,
    )
    for n in range(count):
        weight = weights[n]
        everyone = people[n, 0]
        infectiousness = factor * people[n, 0]
        for u in range(1, used):
            p = u if all_pieces else piece[n]
            here = people[n, p]
            everyone += here
            infectiousness += here
            for e in range(finds[p]):
                share, m = shares[p, e], where[p, e]
                if moving[p, e]:
                    cut[m + 1] += share * here
                    part_spent[m] += share * (here * spent[n, m + 1] - spent_found[n, p, e])
                    part_lived[m] += share * (here * lived[n, m + 1] - lived_found[n, p, e])
                else:
                    cut[m] += share * here
        found = 0.0
        for m in range(segments):
            found += cut[m]
            missed = weight * tests[n, passed[m]]
            in_segment = spent[n, m + 1] - spent[n, m]
            whole[m] += weight * infectiousness * in_segment
            kept[m] += missed * (in_segment * (infectiousness - found) - part_spent[m])
            days[m] += missed * ((lived[n, m + 1] - lived[n, m]) * (everyone - found) - part_lived[m])
            cut[m] = 0.0
            part_spent[m] = 0.0
            part_lived[m] = 0.0
        cut[segments] = 0.0


@compiled
def _outbreak(seed: Floats, cases: float) -> float:
    """The probability that so many expected cases start an outbreak."""
    place = max(cases, 0.0) / (1.0 + max(cases, 0.0)) * (seed.size - 1)
    cell = min(int(place), seed.size - 2)
    return float(seed[cell] + (place - cell) * (seed[cell + 1] - seed[cell]))


@compiled_sum
def _add_seeding(
    sums: Sums,
    nodes: Nodes,
    count: int,
    plan: Plan,
    journeys: Journeys,
    i: int,
    tables: Tables,
    used: int,
    all_pieces: bool,
) -> None:
    """Outbreaks by who is found where. People of one piece count as half at one and half at the other side of
    their mean cumulative infectiousness."""
    screens, segments, factor, seed = journeys.counts[i, SCREENS], plan.sizes[0], tables.shares[FACTOR], tables.seed
    before, isolated, tests, spent, people, piece = (
        sums.before,
        sums.isolated,
        nodes.tests,
        nodes.spent,
        nodes.people,
        nodes.piece,
    )
    counted, stays, stay, apart = journeys.counted, journeys.stays, plan.stay, plan.isolated
    finds, shares, where, moving, after = plan.finds, plan.share, plan.where, plan.moving, plan.after
    unfound, unfound_at, at, spent_found = plan.unfound, plan.unfound_at, plan.at, nodes.spent_when_found
    spread = nodes.spread
    total = 0.0
    for n in range(count):
        before[0] = 0.0
        isolated[0] = 0.0
        for m in range(segments):
            cases = counted[i, stay[m]] * stays[i, stay[m], CONTACT] * (spent[n, m + 1] - spent[n, m])
            before[m + 1] = before[m] + cases
            isolated[m + 1] = isolated[m] + apart[m] * cases
        everything, all_isolated = before[segments], isolated[segments]
        if everything <= 0.0:
            continue
        seeding = 0.0
        for k in range(screens + 1):
            cases = before[at[k]] + all_isolated - isolated[at[k]] if k < screens else everything
            first = tests[n, k] - tests[n, k + 1] if k < screens else tests[n, k]
            here = 0.0
            for u in range(1, used):
                p = u if all_pieces else piece[n]
                here += people[n, p] * (unfound_at[p, k] if k < screens else unfound[p, 3])
            if people[n, 0] > 0.0:
                seeding += first * people[n, 0] * _outbreak(seed, factor * cases)
            seeding += first * here * _outbreak(seed, cases)
        for u in range(1, used):
            p = u if all_pieces else piece[n]
            here = people[n, p]
            for e in range(finds[p] if here > TINY else 0):
                m = where[p, e]
                cases = before[m] + all_isolated - isolated[m]
                if moving[p, e]:
                    rate = counted[i, stay[m]] * stays[i, stay[m], CONTACT] * (1.0 - apart[m])
                    cases += rate * (spent_found[n, p, e] / here - spent[n, m])
                    apart_by = rate * spread[n, p, e]
                    if apart_by > 1e-3:
                        start = 0.5 * (_outbreak(seed, cases - apart_by) + _outbreak(seed, cases + apart_by))
                    else:
                        start = _outbreak(seed, cases)
                else:
                    start = _outbreak(seed, cases)
                seeding += shares[p, e] * here * tests[n, after[p, e]] * start
        total += nodes.weight[n] * seeding
    sums.total[1] += total
