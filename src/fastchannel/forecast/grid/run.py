"""The loop of the fast quadrature over itineraries and infection times, and its answer from what the nodes added up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fastchannel.forecast.compiled import compiled
from fastchannel.forecast.grid.kernel import Sums, add_nodes, new_sums
from fastchannel.forecast.grid.node import ACTIVE_AT, BLOCK, STAY_HOME, SYMPTOMS_DAYS, WEIGHT, Nodes, new_nodes
from fastchannel.forecast.grid.plan import (
    BASELINE,
    COMPLETION,
    CONTACT,
    INSIDE,
    RELEASE,
    SAMPLED,
    SCREENS,
    START,
    STAYS,
    WORKERS,
    Journeys,
    Plan,
    insert,
    lay_out,
    new_plan,
)
from fastchannel.forecast.grid.tables import Tables
from fastchannel.forecast.infection.distributions import Floats

MOST_BREAKS = 4_000
# Gauss–Legendre rules of two, three and four nodes: short panels, of which there are many, need fewer.
AT = np.array([[-(3.0**-0.5), 3.0**-0.5, 0.0, 0.0], [-(0.6**0.5), 0.0, 0.6**0.5, 0.0], [0.0] * 4])
AT_WEIGHTS = np.array([[1.0, 1.0, 0.0, 0.0], [5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0, 0.0], [0.0] * 4])
AT[2], AT_WEIGHTS[2] = np.polynomial.legendre.leggauss(4)
TWO_NODES_DAYS, THREE_NODES_DAYS = 0.25, 1.0


class Found(NamedTuple):
    """The entries of `problem.Flow` for n itineraries, padded with nought to the most screens, watches and stays."""

    people: Floats  # (n, 6): infected, travelling, released infected, released infectious, completed infected, seeding
    detected: Floats  # (n, 12): screens, then watches from the itinerary's number of screens on
    potential: Floats  # (n, 8) by region
    baseline: Floats
    infectious_days: Floats
    inside: Floats  # (n, 8) by stay
    workers: Floats


@compiled
def run(journeys: Journeys, tables: Tables, found: Found, begin: int, end: int) -> None:
    """Add one stratum's people to the answers of itineraries ``begin`` to ``end``."""
    plan, sums, nodes = new_plan(), new_sums(), new_nodes(tables.tests.effect_weights.size)
    breaks = np.empty(MOST_BREAKS)
    for i in range(begin, end):
        lay_out(plan, journeys, i, tables.shares[SYMPTOMS_DAYS], tables.shares[STAY_HOME])
        _clear(sums, plan)
        for x in range(tables.node_weights.size):
            if tables.exposure_edges.size == 0:
                _single_times(nodes, sums, plan, journeys, i, tables, x)
            else:
                count = _breaks(breaks, plan, journeys, i, tables, x)
                _panels(breaks, count, nodes, sums, plan, journeys, i, tables, x)
        _put_together(sums, plan, journeys, i, tables.shares[WEIGHT], found)


@compiled
def _clear(sums: Sums, plan: Plan) -> None:
    sums.total[:] = 0.0
    sums.first[: plan.sizes[1] + 1] = 0.0
    sums.later[: plan.sizes[1] + 1] = 0.0
    sums.kept[:] = 0.0
    sums.whole[:] = 0.0
    sums.days[:] = 0.0


@compiled
def _breaks(breaks: Floats, plan: Plan, journeys: Journeys, i: int, tables: Tables, x: int) -> int:
    """Where the sum over infection times must break, between the edges of the exposure."""
    edges, moments, ages = tables.exposure_edges, journeys.moments[i], tables.ages[x]
    breaks[: edges.size] = edges
    count = _test_breaks(breaks, edges.size, journeys, i, tables, x)
    count = insert(breaks, count, moments[RELEASE])
    count = insert(breaks, count, moments[COMPLETION])
    for j in range(3):
        count = insert(breaks, count, moments[RELEASE] - ages[j])
    count = insert(breaks, count, moments[COMPLETION] - ages[2])
    count = insert(breaks, count, tables.shares[ACTIVE_AT] - ages[2])
    for s in range(1, journeys.counts[i, STAYS]):
        count = insert(breaks, count, journeys.stays[i, s, START] - ages[0])
        count = insert(breaks, count, journeys.stays[i, s, START] - ages[1])
    if tables.mixed == 0:
        for c in range(1, plan.sizes[1]):
            count = insert(breaks, count, plan.cuts[c] - tables.onset[x])
    return _spent_breaks(breaks, count, plan, tables, x)


@compiled
def _test_breaks(breaks: Floats, count: int, journeys: Journeys, i: int, tables: Tables, x: int) -> int:
    tests, markers = tables.tests, tables.markers[x]
    for k in range(journeys.counts[i, SCREENS]):
        sampled, assay = journeys.screens[i, k, SAMPLED], journeys.assays[i, k]
        count = insert(breaks, count, sampled)
        if tests.marker[assay] < 0:
            for s in range(markers.size):
                count = insert(breaks, count, sampled - markers[s])
        else:
            for age in tests.breaks[assay]:
                count = insert(breaks, count, sampled - markers[tests.marker[assay]] - age)
    return count


@compiled
def _spent_breaks(breaks: Floats, count: int, plan: Plan, tables: Tables, x: int) -> int:
    markers, marker = tables.markers[x], tables.spent_marker
    for m in range(1, plan.sizes[0]):
        if marker < 0:
            for s in range(markers.size):
                count = insert(breaks, count, plan.edges[m] - markers[s])
            continue
        if marker > 0:
            count = insert(breaks, count, plan.edges[m])
        for kink in tables.spent_kinks:
            count = insert(breaks, count, plan.edges[m] - markers[marker] - kink)
    return count


@compiled
def _single_times(nodes: Nodes, sums: Sums, plan: Plan, journeys: Journeys, i: int, tables: Tables, x: int) -> None:
    filled = 0
    for j in range(tables.exposure.shape[0]):
        if tables.exposure[j, 0] + tables.ages[x, 2] > tables.shares[ACTIVE_AT]:
            nodes.tau[filled] = tables.exposure[j, 0]
            nodes.reach[filled] = 0.0
            nodes.weight[filled] = tables.exposure[j, 1] * tables.node_weights[x]
            filled += 1
        if filled == BLOCK:
            add_nodes(sums, nodes, filled, plan, journeys, i, tables, x)
            filled = 0
    add_nodes(sums, nodes, filled, plan, journeys, i, tables, x)


@compiled
def _panels(
    breaks: Floats, count: int, nodes: Nodes, sums: Sums, plan: Plan, journeys: Journeys, i: int, tables: Tables, x: int
) -> None:
    """Gauss–Legendre rules between the breaks inside the exposure."""
    edges, exposure, base, filled = tables.exposure_edges, tables.exposure, 0, 0
    taus, weights = nodes.tau, nodes.weight
    coarser = 1.0 if tables.node_weights.size == 1 else 2.0  # errors average out over the nodes of length
    first_time = max(edges[0], tables.shares[ACTIVE_AT] - tables.ages[x, 2])
    for b in range(count - 1):
        low, high = breaks[b], breaks[b + 1]
        half, middle = 0.5 * (high - low), 0.5 * (high + low)
        if middle < first_time or middle > edges[-1] or half < 1e-10:
            continue
        while base < edges.size - 2 and edges[base + 1] <= middle:
            base += 1
        base_half, base_middle = 0.5 * (edges[base + 1] - edges[base]), 0.5 * (edges[base + 1] + edges[base])
        rule = 0 if high - low < coarser * TWO_NODES_DAYS else (1 if high - low < coarser * THREE_NODES_DAYS else 2)
        for j in range(rule + 2):
            tau = middle + half * AT[rule, j]
            u = (tau - base_middle) / base_half
            density = exposure[base, 0] + u * (exposure[base, 1] + u * (exposure[base, 2] + u * exposure[base, 3]))
            taus[filled] = tau
            nodes.reach[filled] = 0.5 * half * AT_WEIGHTS[rule, j]
            weights[filled] = half * AT_WEIGHTS[rule, j] * density * tables.node_weights[x]
            filled += 1
        if filled > BLOCK - AT.shape[1]:
            add_nodes(sums, nodes, filled, plan, journeys, i, tables, x)
            filled = 0
    add_nodes(sums, nodes, filled, plan, journeys, i, tables, x)


@compiled
def _put_together(sums: Sums, plan: Plan, journeys: Journeys, i: int, weight: float, found: Found) -> None:
    screens = journeys.counts[i, SCREENS]
    people, detected = found.people[i], found.detected[i]
    people[0] += weight * sums.total[0]
    people[5] += weight * sums.total[1]
    for p in range(plan.sizes[1] + 1):
        people[1] += weight * sums.first[p, plan.behind[0]] * plan.unfound[p, 0]
        people[2] += weight * sums.later[p, 0] * plan.unfound[p, 1]
        people[3] += weight * sums.later[p, 1] * plan.unfound[p, 1]
        people[4] += weight * sums.later[p, 2] * plan.unfound[p, 2]
        for k in range(screens):
            detected[plan.order[k]] += weight * (sums.first[p, k] - sums.first[p, k + 1]) * plan.unfound_at[p, k]
        for e in range(plan.finds[p]):
            detected[screens + plan.by[p, e]] += weight * plan.share[p, e] * sums.first[p, plan.after[p, e]]
    for m in range(plan.sizes[0]):
        s = plan.stay[m]
        r = journeys.regions[i, s]
        stay, isolated = journeys.stays[i, s], plan.isolated[m]
        found.potential[i, r] += weight * stay[CONTACT] * (isolated * sums.whole[m] + (1.0 - isolated) * sums.kept[m])
        found.baseline[i, r] += weight * stay[BASELINE] * sums.whole[m]
        found.infectious_days[i, r] += weight * sums.days[m]
        found.inside[i, s] += weight * stay[INSIDE] * sums.kept[m]
        found.workers[i, s] += weight * stay[WORKERS] * sums.kept[m]
