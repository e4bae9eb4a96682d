"""The compiled walk: infected people drawn one by one and taken through an itinerary.

People are walked in chunks that stay in the processor's first caches, one event after another for the whole chunk.
"""

from __future__ import annotations

import math

import numpy as np

from fastchannel.forecast.compiled import compiled
from fastchannel.forecast.individuals.ledger import count_chunk, transmit
from fastchannel.forecast.individuals.randomness import PERSON, SCREENS, STAGES, WATCHES, draw_uniforms
from fastchannel.forecast.individuals.tables import Quantiles, lines_at, quantile_at, quantiles_at
from fastchannel.forecast.individuals.walk_state import NEVER, People, Scratch, Tally, Way
from fastchannel.forecast.infection.distributions import Floats

CHUNK = 512


@compiled
def walk_block(people: People, way: Way, seed: np.uint64, first_person: int, count: int, tally: Tally) -> None:
    """Add ``count`` people, numbered from ``first_person``, to the tally."""
    scratch = _scratch(people, way, min(CHUNK, count))
    for begin in range(0, count, CHUNK):
        if count - begin < scratch.weight.size:
            scratch = _scratch(people, way, count - begin)
        person = np.uint64(first_person + begin)
        _draw(people, way, seed, person, scratch)
        _screen(people, way, seed, person, scratch)
        _watch(people, way, seed, person, scratch)
        transmit(people, way, scratch, tally.sums)
        count_chunk(people, way, scratch, tally)


@compiled
def _scratch(people: People, way: Way, n: int) -> Scratch:
    regions = way.counted.size
    return Scratch(
        uniform=np.empty((4, n)),
        markers=np.empty((people.stages + 1, n)),
        factor=np.empty(n),
        onset=np.empty(n),
        effect=np.empty(n),
        weight=np.empty(n),
        spans=np.empty((3, n)),
        positive=np.empty((way.sampled.size, n)),
        found=np.empty(n),
        step=np.empty(n, np.int64),
        spent=np.empty((5, n)),
        potential=np.empty((regions, n)),
        baseline=np.empty((regions, n)),
        days=np.empty((regions, n)),
        cases=np.empty(n),
        value=np.empty(n),
    )


@compiled
def _draw(people: People, way: Way, seed: np.uint64, person: np.uint64, s: Scratch) -> None:
    """Who they are: infection, stages, symptoms, effect on tests, and whether they count."""
    n = s.weight.size
    draw_uniforms(seed, person, PERSON, 0, s.uniform)
    normal = people.quantiles.guide.shape[0] - 1
    correlated = people.correlation.size > 0 and people.correlation.max() > 0.0
    quantiles_at(people.quantiles, 0, s.uniform[0], s.markers[0])
    share, other = people.symptomatic, people.asymptomatic_factor
    for i in range(n):
        s.factor[i] = 1.0 if s.uniform[1, i] < share else other
        s.onset[i] = 0.0 if s.uniform[1, i] < share else NEVER
    if correlated:
        quantiles_at(people.quantiles, normal, s.uniform[2], s.effect)
    s.value[:] = 0.0
    for stage in range(people.stages):
        if stage > 0 and stage % 4 == 1:
            draw_uniforms(seed, person, STAGES, stage // 4, s.uniform)
        lane = 3 if stage == 0 else (stage - 1) % 4
        quantiles_at(people.quantiles, stage + 1, s.uniform[lane], s.cases)
        if people.within[stage]:
            for i in range(n):
                s.markers[stage + 1, i] = s.markers[stage, i]
                s.markers[stage, i] = max(s.markers[stage, i] - s.cases[i], s.markers[stage - 1, i])
            continue
        for i in range(n):
            s.value[i] += s.cases[i]
            s.markers[stage + 1, i] = s.markers[0, i] + s.value[i]
    for span in range(3):
        marker, days = people.span_marker[span], people.span_days[span]
        for i in range(n):
            s.spans[span, i] = s.markers[marker, i] + days
    for i in range(n):
        s.spans[0, i] = max(s.spans[0, i], s.markers[0, i])  # nothing shows before the infection
    _weigh(people, way, s)


@compiled
def _weigh(people: People, way: Way, s: Scratch) -> None:
    """Whether they count, and when those who get symptoms do."""
    n, active_at = s.weight.size, people.active_at
    for i in range(n):
        s.weight[i] = 1.0 if s.spans[2, i] > active_at else 0.0
    if people.onset < 0:
        return
    kept = 1.0 - people.stay_home
    for i in range(n):
        s.onset[i] += s.markers[people.onset, i]
        ill = (s.onset[i] <= way.departure) & (s.onset[i] + people.symptoms_days > way.departure)
        s.weight[i] *= kept if ill else 1.0


@compiled
def _screen(people: People, way: Way, seed: np.uint64, person: np.uint64, s: Scratch) -> None:
    """Each screen's result for each person, and whether it finds them: one uniform decides both."""
    n = s.weight.size
    infected, found, step = s.markers[0], s.found, s.step
    found[:] = NEVER
    step[:] = -1
    for screen in range(way.sampled.size):
        if screen % 4 == 0:
            draw_uniforms(seed, person, SCREENS, screen // 4, s.uniform)
        uniform, positive = s.uniform[screen % 4], s.positive[screen]
        assay, at, effect, reach = way.assay[screen], way.sampled[screen], way.effect[screen], way.reach[screen]
        _responses(people, assay, at, s, positive)
        correlation = people.correlation[assay]
        if correlation > 0.0:
            for i in range(n):
                positive[i] = _personal(people.quantiles, positive[i], correlation, s.effect[i])
        for i in range(n):
            sensitivity = positive[i] if infected[i] <= at else 0.0
            draw = uniform[i]
            positive[i] = 1.0 if draw < sensitivity else 0.0
            finds = (draw < reach * sensitivity) & (effect < found[i])
            found[i] = effect if finds else found[i]
            step[i] = screen if finds else step[i]


@compiled
def _responses(people: People, assay: int, at: float, s: Scratch, out: Floats) -> None:
    table, marker = people.table[assay], people.marker[assay]
    if table >= 0:
        lines_at(people.lines, table, at, s.markers[marker], out)
        return
    out[:] = 0.0
    for stage in range(people.stages):
        for i in range(out.size):
            if s.markers[stage, i] <= at < s.markers[stage + 1, i]:
                out[i] = people.heights[assay, stage]


@compiled
def _personal(quantiles: Quantiles, sensitivity: float, correlation: float, effect: float) -> float:
    """The chance that a person's test is positive: √c z + √(1 − c) e lies below Φ⁻¹(s), e fresh for each test."""
    if sensitivity <= 0.0 or sensitivity >= 1.0:
        return sensitivity
    threshold = quantile_at(quantiles, quantiles.guide.shape[0] - 1, sensitivity) - math.sqrt(correlation) * effect
    if correlation >= 1.0:
        return 1.0 if threshold > 0.0 else 0.0
    return 0.5 * math.erfc(-threshold / math.sqrt(2.0 * (1.0 - correlation)))


@compiled
def _watch(people: People, way: Way, seed: np.uint64, person: np.uint64, s: Scratch) -> None:
    if people.onset < 0 or people.symptomatic <= 0.0:
        return
    for watch in range(way.watch_start.size):
        if watch % 4 == 0:
            draw_uniforms(seed, person, WATCHES, watch // 4, s.uniform)
        uniform, step = s.uniform[watch % 4], way.sampled.size + watch
        start, end, delay = way.watch_start[watch], way.watch_end[watch], way.delay[watch]
        compliance = way.compliance[watch]
        for i in range(s.weight.size):
            onset = s.onset[i]
            seen = (onset < end) & (onset + people.symptoms_days > start) & (onset < 0.5 * NEVER)
            at = max(onset, start) + delay
            finds = seen & (uniform[i] < compliance) & (at < s.found[i])
            s.found[i] = at if finds else s.found[i]
            s.step[i] = step if finds else s.step[i]
