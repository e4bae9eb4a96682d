"""An itinerary laid out for the fast quadrature: the journey's time in segments, and the times of onset in pieces.

Two facts make an itinerary a finite object. Between two **edges** (stays that start, results that take effect, isolation that
ends, watches that begin to act) a person's contact and the tests behind them are constant. And on a **piece** of the times of
onset all watches find everyone in the same order, between the same tests and in the same segments. All arrays are scratch,
made once and filled anew for every itinerary.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastchannel.forecast.compiled import compiled
from fastchannel.forecast.infection.distributions import Floats

Integers = NDArray[np.int64]

MOST_SCREENS, MOST_WATCHES, MOST_STAYS = 8, 4, 8
EDGES = 2 + MOST_STAYS + MOST_SCREENS + MOST_WATCHES + 1
PIECES = 3 * MOST_WATCHES + 2 + MOST_WATCHES * (EDGES + 3) + 3
SCREENS, WATCHES, STAYS = 0, 1, 2  # columns of Journeys.counts
SAMPLED, EFFECT, REACH = 0, 1, 2  # of Journeys.screens
START, END, COMPLIANCE, DELAY = 0, 1, 2, 3  # of Journeys.watches
CONTACT, BASELINE, INSIDE, WORKERS = 1, 2, 3, 4  # of Journeys.stays, after START
DEPARTURE, RELEASE, COMPLETION, ISOLATED, ISOLATED_UNTIL = 0, 1, 2, 3, 4  # of Journeys.moments


class Journeys(NamedTuple):
    """Itineraries in arrays: the first axis is the itinerary, the second the screen, watch or stay."""

    counts: Integers  # (n, 3)
    screens: Floats  # (n, 8, 3)
    assays: Integers  # (n, 8)
    watches: Floats  # (n, 4, 4)
    delays: Integers  # (n, 4): position among the distinct delays
    stays: Floats  # (n, 8, 5)
    regions: Integers  # (n, 8)
    counted: Integers  # (n, 8): whether the stay's region counts for outbreaks
    moments: Floats  # (n, 5)


class Plan(NamedTuple):
    """One itinerary's segments and pieces. Segment m lies between edges m and m + 1; the first and the last edge are infinite.

    Piece p > 0 holds the times of onset between cuts p − 1 and p; piece 0 is that of people who never have symptoms.
    """

    sizes: Integers  # segments, last piece
    edges: Floats
    stay: Integers  # of each segment
    passed: Integers  # tests that have taken effect, by segment
    isolated: Floats  # contact of found people, by segment, as a share of what it would be
    order: Integers  # screens as they take effect
    at: Integers  # the edge at which each takes effect, in that order
    behind: Integers  # tests that have taken effect by departure, release and completion
    cuts: Floats
    keep: Floats  # the share of a piece that travels
    finds: Integers  # watches that find a piece's people
    by: Integers  # (piece, 4): which, as they find
    where: Integers  # (piece, 4): the segment in which, or at whose start, they find
    moving: Integers  # (piece, 4): whether the time depends on onset
    after: Integers  # (piece, 4): the tests behind
    share: Floats  # (piece, 4): the share of those that no test found
    unfound: Floats  # (piece, 4): not found by a watch by departure, release, completion, ever
    unfound_at: Floats  # (piece, 8): before each test takes effect


@compiled
def new_plan() -> Plan:
    return Plan(
        np.zeros(2, np.int64),
        np.zeros(EDGES),
        np.zeros(EDGES, np.int64),
        np.zeros(EDGES, np.int64),
        np.zeros(EDGES),
        np.zeros(MOST_SCREENS, np.int64),
        np.zeros(MOST_SCREENS, np.int64),
        np.zeros(3, np.int64),
        np.zeros(PIECES),
        np.zeros(PIECES),
        np.zeros(PIECES, np.int64),
        np.zeros((PIECES, MOST_WATCHES), np.int64),
        np.zeros((PIECES, MOST_WATCHES), np.int64),
        np.zeros((PIECES, MOST_WATCHES), np.int64),
        np.zeros((PIECES, MOST_WATCHES), np.int64),
        np.zeros((PIECES, MOST_WATCHES)),
        np.zeros((PIECES, 4)),
        np.zeros((PIECES, MOST_SCREENS)),
    )


@compiled
def insert(values: Floats, count: int, value: float) -> int:
    """The count after a value was put in order among ``count`` sorted distinct ones."""
    at = count
    while at > 0 and values[at - 1] > value:
        at -= 1
    if not np.isfinite(value) or (at > 0 and values[at - 1] == value):
        return count
    for i in range(count, at, -1):
        values[i] = values[i - 1]
    values[at] = value
    return count + 1


@compiled
def lay_out(plan: Plan, journeys: Journeys, i: int, symptoms_days: float, stay_home: float) -> None:
    """Fill the plan with itinerary ``i``."""
    _order_screens(plan, journeys, i)
    _segments(plan, journeys, i)
    last = _cuts(plan, journeys, i, symptoms_days, stay_home)
    plan.sizes[1] = last
    plan.keep[0] = 1.0
    plan.finds[0] = 0
    plan.unfound[0, :] = 1.0
    plan.unfound_at[0, :] = 1.0
    departure = journeys.moments[i, DEPARTURE]
    for p in range(1, last + 1):
        if p == 1:
            onset = plan.cuts[1] - 1.0 if last > 1 else 0.0
        elif p == last:
            onset = plan.cuts[last - 1] + 1.0
        else:
            onset = 0.5 * (plan.cuts[p - 1] + plan.cuts[p])
        ill = onset <= departure < onset + symptoms_days
        plan.keep[p] = 1.0 - stay_home if ill else 1.0
        _watch_piece(plan, journeys, i, p, onset, symptoms_days)


@compiled
def _order_screens(plan: Plan, journeys: Journeys, i: int) -> None:
    screens = journeys.screens[i]
    for k in range(journeys.counts[i, SCREENS]):
        at = k
        while at > 0 and screens[plan.order[at - 1], EFFECT] > screens[k, EFFECT]:
            plan.order[at] = plan.order[at - 1]
            at -= 1
        plan.order[at] = k


@compiled
def _behind(journeys: Journeys, i: int, time: float) -> int:
    """How many tests have taken effect by a time."""
    count = 0
    for k in range(journeys.counts[i, SCREENS]):
        if journeys.screens[i, k, EFFECT] <= time:
            count += 1
    return count


@compiled
def _segments(plan: Plan, journeys: Journeys, i: int) -> None:
    edges, stays, watches, moments = plan.edges, journeys.stays[i], journeys.watches[i], journeys.moments[i]
    edges[0] = -np.inf
    count = 1
    for s in range(1, journeys.counts[i, STAYS]):
        count = insert(edges, count, stays[s, START])
    for k in range(journeys.counts[i, SCREENS]):
        count = insert(edges, count, journeys.screens[i, k, EFFECT])
    for w in range(journeys.counts[i, WATCHES]):
        count = insert(edges, count, watches[w, START] + watches[w, DELAY])
    count = insert(edges, count, moments[ISOLATED_UNTIL])
    edges[count] = np.inf
    plan.sizes[0] = count
    stay = 0
    for m in range(count):
        while stay + 1 < journeys.counts[i, STAYS] and stays[stay + 1, START] <= edges[m]:
            stay += 1
        plan.stay[m] = stay
        plan.passed[m] = _behind(journeys, i, edges[m])
        plan.isolated[m] = 1.0 if edges[m] >= moments[ISOLATED_UNTIL] else moments[ISOLATED]
    for k in range(journeys.counts[i, SCREENS]):
        plan.at[k] = np.searchsorted(edges[: count + 1], journeys.screens[i, plan.order[k], EFFECT])
    for j in range(3):
        plan.behind[j] = _behind(journeys, i, moments[j])


@compiled
def _cuts(plan: Plan, journeys: Journeys, i: int, symptoms_days: float, stay_home: float) -> int:
    """Fill the cuts, and say how many pieces they make."""
    cuts, moments = plan.cuts, journeys.moments[i]
    cuts[0] = -np.inf
    count = 1
    if stay_home > 0.0:
        count = insert(cuts, count, moments[DEPARTURE])
        count = insert(cuts, count, moments[DEPARTURE] - symptoms_days)
    for w in range(journeys.counts[i, WATCHES]):
        start, end, delay = journeys.watches[i, w, START], journeys.watches[i, w, END], journeys.watches[i, w, DELAY]
        count = insert(cuts, count, start - symptoms_days)
        count = insert(cuts, count, start)
        count = insert(cuts, count, end)
        for m in range(1, plan.sizes[0]):
            if start < plan.edges[m] - delay < end:
                count = insert(cuts, count, plan.edges[m] - delay)
        for j in range(3):
            if start < moments[j] - delay < end:
                count = insert(cuts, count, moments[j] - delay)
    cuts[count] = np.inf
    return count


@compiled
def _watch_piece(plan: Plan, journeys: Journeys, i: int, p: int, onset: float, symptoms_days: float) -> None:
    """Which watches find people with that onset, when, and whom they leave."""
    watches = journeys.watches[i]
    found = np.empty(MOST_WATCHES)
    count = 0
    for w in range(journeys.counts[i, WATCHES]):
        start = watches[w, START]
        if not (onset < watches[w, END] and onset + symptoms_days > start):
            continue
        time = max(onset, start) + watches[w, DELAY]
        at = count
        while at > 0 and found[at - 1] > time:
            found[at], plan.by[p, at] = found[at - 1], plan.by[p, at - 1]
            at -= 1
        found[at], plan.by[p, at] = time, w
        count += 1
    plan.finds[p] = count
    plan.unfound[p, :] = 1.0
    plan.unfound_at[p, :] = 1.0
    left = 1.0
    for e in range(count):
        w = plan.by[p, e]
        missed = 1.0 - watches[w, COMPLIANCE]
        plan.share[p, e] = left * watches[w, COMPLIANCE]
        left *= missed
        plan.moving[p, e] = onset > watches[w, START]
        plan.where[p, e] = max(np.searchsorted(plan.edges[: plan.sizes[0] + 1], found[e], side="right") - 1, 0)
        plan.after[p, e] = _behind(journeys, i, found[e])
        for j in range(3):
            if found[e] <= journeys.moments[i, j]:
                plan.unfound[p, j] *= missed
        plan.unfound[p, 3] *= missed
        for k in range(journeys.counts[i, SCREENS]):
            if found[e] < journeys.screens[i, plan.order[k], EFFECT]:
                plan.unfound_at[p, k] *= missed
