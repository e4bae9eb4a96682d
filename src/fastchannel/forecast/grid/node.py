"""Nodes of the fast quadrature: people infected at given times, with all that their itinerary looks up of them.

A block of nodes is filled together, so that each look-up is one loop over the block.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fastchannel.forecast.compiled import compiled, compiled_sum
from fastchannel.forecast.grid.plan import (
    DELAY,
    EDGES,
    MOST_SCREENS,
    MOST_WATCHES,
    PIECES,
    REACH,
    SAMPLED,
    SCREENS,
    WATCHES,
    Integers,
    Journeys,
    Plan,
)
from fastchannel.forecast.grid.tables import Sensitivities, Tables
from fastchannel.forecast.infection.distributions import Floats

WEIGHT, SYMPTOMATIC, FACTOR, SYMPTOMS_DAYS, STAY_HOME, ACTIVE_AT = 0, 1, 2, 3, 4, 5  # of Tables.shares
BLOCK = 128
LONG_AFTER_DAYS = 1e6
TINY = 1e-12  # of a person


class Nodes(NamedTuple):
    """A block of n nodes."""

    tau: Floats  # (n)
    weight: Floats  # (n)
    reach: Floats  # (n): half the width of infection times that a node stands for
    tests: Floats  # (n, 9): survival after each test, in the order in which they take effect
    spent: Floats  # (n, edge): cumulative infectiousness
    lived: Floats  # (n, edge): cumulative days infectious
    piece: Integers  # (n): where onset lies, if the node tells
    people: Floats  # (n, piece)
    spent_when_found: Floats  # (n, piece, watch): summed over the piece's people
    lived_when_found: Floats
    spread: Floats  # (n, piece, watch): the standard deviation of cumulative infectiousness when found
    onsets: Floats  # (cut, watch, 4), scratch
    effect: Floats  # (n, z), scratch


@compiled
def new_nodes(effects: int) -> Nodes:
    return Nodes(
        np.zeros(BLOCK),
        np.zeros(BLOCK),
        np.zeros(BLOCK),
        np.ones((BLOCK, MOST_SCREENS + 1)),
        np.zeros((BLOCK, EDGES)),
        np.zeros((BLOCK, EDGES)),
        np.zeros(BLOCK, np.int64),
        np.zeros((BLOCK, PIECES)),
        np.zeros((BLOCK, PIECES, MOST_WATCHES)),
        np.zeros((BLOCK, PIECES, MOST_WATCHES)),
        np.zeros((BLOCK, PIECES, MOST_WATCHES)),
        np.zeros((PIECES, MOST_WATCHES, 4)),
        np.zeros((BLOCK, effects)),
    )


@compiled
def fill_nodes(nodes: Nodes, count: int, plan: Plan, journeys: Journeys, i: int, tables: Tables, x: int) -> None:
    """Look up everything for the first ``count`` nodes, which have the lengths of node ``x``."""
    _survive(nodes, count, plan, journeys, i, tables.tests, tables.markers, x)
    _spend(nodes, count, plan, tables, x)
    if tables.mixed == 1 or plan.sizes[1] == 1:
        _mix_onsets(nodes, count, plan, journeys, i, tables)
    else:
        _place_onsets(nodes, count, plan, journeys, i, tables, x)


@compiled_sum
def _survive(
    nodes: Nodes, count: int, plan: Plan, journeys: Journeys, i: int, tests: Sensitivities, markers: Floats, x: int
) -> None:
    rows, weights, effect, survival, tau = tests.rows, tests.effect_weights, nodes.effect, nodes.tests, nodes.tau
    cell_row, stage_row, last_row = tests.cell_row, tests.stage_row, tests.rows.shape[0] - 1
    for n in range(count):
        for z in range(weights.size):
            effect[n, z] = weights[z]
    for k in range(journeys.counts[i, SCREENS]):
        s = plan.order[k]
        assay, sampled, reach = journeys.assays[i, s], journeys.screens[i, s, SAMPLED], journeys.screens[i, s, REACH]
        marker, first, beyond, steps = tests.marker[assay], tests.first_cell[assay], tests.beyond[assay], tests.scale[assay, 1]
        cells, low = tests.first_cell[assay + 1] - first, tests.scale[assay, 0] + markers[x, max(marker, 0)]
        for n in range(count):
            age = sampled - tau[n]
            row, along = 0, 0.0
            if marker >= 0:
                place = (age - low) * steps
                if place >= cells:
                    row = beyond
                elif place >= 0.0:
                    row = cell_row[first + int(place)]
                    along = place - int(place)
            else:
                for stage in range(stage_row.shape[1]):
                    if markers[x, stage] <= age < markers[x, stage + 1]:
                        row = stage_row[assay, stage]
            if row == 0 or age < 0.0:
                survival[n, k + 1] = survival[n, k]
                continue
            after = min(row + 1, last_row)
            left = 0.0
            for z in range(weights.size):
                effect[n, z] *= 1.0 - reach * (rows[row, z] + along * (rows[after, z] - rows[row, z]))
                left += effect[n, z]
            survival[n, k + 1] = left


@compiled
def _spend(nodes: Nodes, count: int, plan: Plan, tables: Tables, x: int) -> None:
    tau, edges, segments = nodes.tau, plan.edges, plan.sizes[0]
    begin, end, spent, lived = tables.ages[x, 0], tables.ages[x, 1], nodes.spent, nodes.lived
    table, marker, steps, last = tables.spent, tables.spent_marker, tables.spent_scale[1], tables.spent.size - 1
    low, before = tables.spent_scale[0] + tables.markers[x, max(marker, 0)], tables.spent_before[x]
    whole, heights, markers = spent_by(tables, x, LONG_AFTER_DAYS), tables.spent_by_stage, tables.markers
    for n in range(count):
        spent[n, 0], lived[n, 0], lived[n, segments], spent[n, segments] = 0.0, begin, end, whole
        for m in range(1, segments):
            age = edges[m] - tau[n]
            lived[n, m] = begin + _ramp(age - begin, nodes.reach[n]) - _ramp(age - end, nodes.reach[n])
            if marker < 0:
                spent[n, m] = 0.0
                for s in range(heights.size):
                    here = min(max(age - markers[x, s], 0.0), markers[x, s + 1] - markers[x, s])
                    spent[n, m] += heights[s] * here
                continue
            place = (age - low) * steps
            if place <= 0.0 or age <= 0.0:
                spent[n, m] = 0.0
            elif place >= last:
                spent[n, m] = table[last] - before
            else:
                cell = int(place)
                spent[n, m] = table[cell] + (place - cell) * (table[cell + 1] - table[cell]) - before


@compiled
def _ramp(x: float, reach: float) -> float:
    """The mean of max(x, 0) within ``reach`` of x, so that a kink between two nodes is not missed."""
    if x >= reach:
        return x
    return 0.0 if x <= -reach else (x + reach) * (x + reach) / (4.0 * reach)


@compiled
def spent_by(tables: Tables, x: int, age: float) -> float:
    """Infectiousness added up from infection to an age, if symptomatic: by the table, or by stage (marker −1)."""
    markers, heights, table, found = tables.markers, tables.spent_by_stage, tables.spent, 0.0
    if tables.spent_marker < 0:
        for s in range(heights.size):
            found += heights[s] * min(max(age - markers[x, s], 0.0), markers[x, s + 1] - markers[x, s])
        return found
    place = (age - markers[x, tables.spent_marker] - tables.spent_scale[0]) * tables.spent_scale[1]
    if place <= 0.0 or age <= 0.0:
        return 0.0
    if place >= table.size - 1:
        return float(table[-1] - tables.spent_before[x])
    cell = int(place)
    return float(table[cell] + (place - cell) * (table[cell + 1] - table[cell]) - tables.spent_before[x])


@compiled
def _mix_onsets(nodes: Nodes, count: int, plan: Plan, journeys: Journeys, i: int, tables: Tables) -> None:
    """How many have their onset in each piece, and what they have spent and lived when the watches find them."""
    people, spent, lived, onsets, tau = nodes.people, nodes.spent_when_found, nodes.lived_when_found, nodes.onsets, nodes.tau
    table, size, last, cuts = tables.incubation, tables.incubation.shape[1], plan.sizes[1], plan.cuts
    keep, finds, by, slots, spread = plan.keep, plan.finds, plan.by, journeys.delays, nodes.spread
    watches, symptomatic = max(1, journeys.counts[i, WATCHES]), tables.shares[SYMPTOMATIC]
    low, steps = tables.incubation_scale[0], tables.incubation_scale[1]
    for n in range(count):
        people[n, 0] = 1.0 - symptomatic
        people[n, 1] = symptomatic
        if last == 1:
            continue
        for w in range(watches):
            slot = slots[i, w]
            for j in range(4):
                onsets[0, w, j] = 0.0
                onsets[last, w, j] = table[slot, size - 1, j]
            for c in range(1, last):
                place = min(max((cuts[c] - tau[n] - low) * steps, 0.0), size - 1.000001)
                cell = int(place)
                along = place - cell
                for j in range(4):
                    onsets[c, w, j] = table[slot, cell, j] + along * (table[slot, cell + 1, j] - table[slot, cell, j])
        for p in range(1, last + 1):
            share = symptomatic * keep[p]
            people[n, p] = share * (onsets[p, 0, 0] - onsets[p - 1, 0, 0])
            for e in range(finds[p]):
                w = by[p, e]
                spent[n, p, e] = share * (onsets[p, w, 1] - onsets[p - 1, w, 1])
                lived[n, p, e] = share * (onsets[p, w, 2] - onsets[p - 1, w, 2])
                square = share * (onsets[p, w, 3] - onsets[p - 1, w, 3]) * people[n, p] - spent[n, p, e] ** 2
                spread[n, p, e] = np.sqrt(max(square, 0.0)) / max(people[n, p], TINY)


@compiled
def _place_onsets(nodes: Nodes, count: int, plan: Plan, journeys: Journeys, i: int, tables: Tables, x: int) -> None:
    """The same where the node tells the onset, and the piece in which it lies."""
    people, spent, lived, tau, piece = nodes.people, nodes.spent_when_found, nodes.lived_when_found, nodes.tau, nodes.piece
    cuts, keep, finds, by, last = plan.cuts, plan.keep, plan.finds, plan.by, plan.sizes[1]
    symptomatic, incubation = tables.shares[SYMPTOMATIC], tables.onset[x]
    spent_by_watch, lived_by_watch = np.zeros(MOST_WATCHES), np.zeros(MOST_WATCHES)
    for w in range(journeys.counts[i, WATCHES]):
        age = incubation + journeys.watches[i, w, DELAY]
        spent_by_watch[w] = spent_by(tables, x, age)
        lived_by_watch[w] = min(max(age, tables.ages[x, 0]), tables.ages[x, 1])
    for n in range(count):
        people[n, 0] = 1.0 - symptomatic
        p = 1
        while p < last and cuts[p] <= tau[n] + incubation:
            p += 1
        piece[n] = p
        people[n, p] = symptomatic * keep[p]
        for e in range(finds[p]):
            spent[n, p, e] = people[n, p] * spent_by_watch[by[p, e]]
            lived[n, p, e] = people[n, p] * lived_by_watch[by[p, e]]
            nodes.spread[n, p, e] = 0.0
