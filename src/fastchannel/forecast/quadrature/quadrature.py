"""The first engine: integration over infection time × incubation × the person's effect on tests.

For one person (infected at τ, with incubation x and effect z) every step of the itinerary finds them with a known
probability at a known time, so that what becomes of them is a finite sum over the step that finds them first, and what they
transmit on the way is a difference of their cumulative infectiousness. What is left is an integral over τ, x and z:

- τ, and the moment τ + x at which the first stage of varying length ends, by Gauss–Legendre rules on a grid of panels. All
  that happens to a person is fixed on one of these two axes (a sampling time, a stay, a kink of a curve against infection on
  the first; a watch, a kink of a curve against onset on the second), so that panels which break there leave smooth cells;
- any further stage of varying length by a Gauss–Legendre rule over its quantiles;
- z by the trapezoidal rule, which converges geometrically for a smooth function under a normal density.

The rules are refined until two refinements agree to the stated tolerance in every entry of the flow.
`tests/forecast/test_quadrature.py` holds the result against a grid ten times as fine, to a relative 1e-6.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from fastchannel.forecast.infection.course import Course, Response
from fastchannel.forecast.infection.distributions import Atoms, Distribution, Floats, Point
from fastchannel.forecast.infection.placed import Placed
from fastchannel.forecast.problem import Flow, Problem, Stratum
from fastchannel.forecast.quadrature.people import people_flow
from fastchannel.terms.errors import FastChannelError

TOLERANCE = 1e-6
MOST_KINKS = 80  # of a curve tabulated more finely than this, panels break at some knots only
CHUNK = 20_000  # nodes evaluated at once
NEGLIGIBLE = 1e-14  # the weight of a node that is left out
SHORTEST = 1e-10  # days; half of a panel that is left out
SMOOTH_POWER = 6.0  # a density that rises more steeply from its start is smooth enough there


class PrecisionError(FastChannelError):
    """The integral did not settle to the tolerance asked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How fine: nodes on a panel, the widest panel in days, and nodes over the quantiles of each further varying stage."""

    nodes: int
    width: float
    further: int

    def finer(self) -> Rule:
        return Rule(self.nodes + 2, 0.8 * self.width, self.further * 2)


FIRST_RULE = Rule(nodes=3, width=2.5, further=8)


def integrate(problem: Problem, tolerance: float = TOLERANCE, most_refinements: int = 5) -> Flow:
    """What becomes of a problem's infected people, to a relative ``tolerance`` in every entry.

    Raises PrecisionError where the refinements allowed do not reach it.
    """
    rule, worst = FIRST_RULE, math.inf
    coarse = integrate_with(problem, rule)
    for _ in range(most_refinements):
        rule = rule.finer()
        fine = integrate_with(problem, rule)
        worst = difference(coarse, fine)
        if worst <= tolerance:
            return fine
        coarse = fine
    raise PrecisionError(
        f"the forecast did not settle to a relative {tolerance:g}: two refinements still differ by {worst:.1e}; "
        "ask for a wider tolerance, or use the engine of individuals"
    )


def difference(one: Flow, other: Flow) -> float:
    """The largest relative difference of two flows' entries; those below a billionth of a person count as nothing."""
    worst = 0.0
    for f in fields(Flow):
        a, b = np.atleast_1d(getattr(one, f.name)), np.atleast_1d(getattr(other, f.name))
        scale = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-9 * max(other.infected, 1e-300))
        if a.size:
            worst = max(worst, float(np.max(np.abs(a - b) / scale)))
    return worst


def integrate_with(problem: Problem, rule: Rule) -> Flow:
    """The same by one rule, whatever its accuracy."""
    total = Flow.nothing(problem.itinerary)
    for stratum in problem.strata:
        for simple in _one_varying_stage(stratum, rule.further):
            for symptomatic, share in ((True, simple.course.symptomatic), (False, 1.0 - simple.course.symptomatic)):
                if share > 0.0 and simple.weight > 0.0:
                    total = total + _class_flow(problem, simple, symptomatic, rule).times(share * simple.weight)
    return total


def _one_varying_stage(stratum: Stratum, nodes: int) -> Iterator[Stratum]:
    """The stratum as one or many whose course varies in one stage at most, and in that one continuously."""
    varying = [i for i, stage in enumerate(stratum.course.stages) if not isinstance(stage.duration, Point)]
    listed = [i for i in varying if isinstance(stratum.course.stages[i].duration, Atoms)]
    if not listed and len(varying) <= 1:
        yield stratum
        return
    which = listed[0] if listed else varying[-1]
    duration = stratum.course.stages[which].duration
    if isinstance(duration, Atoms):
        points, weights = np.asarray(duration.values), np.asarray(duration.weights) / sum(duration.weights)
    else:
        at, weights = np.polynomial.legendre.leggauss(nodes)
        points, weights = duration.quantile(0.5 * (1.0 + at)), 0.5 * weights
    for point, weight in zip(points, weights, strict=True):
        stages = list(stratum.course.stages)
        stages[which] = replace(stages[which], duration=Point(float(point)))
        course = replace(stratum.course, stages=tuple(stages))
        yield from _one_varying_stage(replace(stratum, course=course, weight=stratum.weight * float(weight)), nodes)


@dataclass(frozen=True, slots=True)
class _Breaks:
    """Where the integrand breaks: ``fixed`` in τ, ``diagonal`` in the varying stage's length, ``moving`` in their sum."""

    fixed: Floats
    moving: Floats
    diagonal: Floats


def _class_flow(problem: Problem, stratum: Stratum, symptomatic: bool, rule: Rule) -> Flow:
    """One infected person of the stratum, with symptoms or without."""
    course = stratum.course
    varying = next((i for i, stage in enumerate(course.stages) if not isinstance(stage.duration, Point)), None)
    breaks = _breaks(problem, stratum, symptomatic, varying)
    tau, weights = _exposure_nodes(stratum.exposure, breaks.fixed, rule)
    length = np.zeros_like(tau)
    if varying is not None and breaks.moving.size:
        duration = course.stages[varying].duration
        tau, length, weights = _with_lengths(tau, weights, duration, breaks.moving, breaks.diagonal, rule)
    elif varying is not None:  # nothing reads the varying stage
        length = np.full_like(tau, course.stages[varying].duration.mean)
    total = Flow.nothing(problem.itinerary)
    for begin in range(0, tau.size, CHUNK):
        part = slice(begin, begin + CHUNK)
        durations = np.empty((len(course.stages), tau[part].size))
        for i, stage in enumerate(course.stages):
            durations[i] = length[part] if i == varying else stage.duration.mean
        people = Placed.of(course, tau[part], durations)
        total = total + people_flow(problem, stratum, people, weights[part], symptomatic)
    return total


def _panel_nodes(edges: Floats, rule: Rule) -> tuple[Floats, Floats]:
    """Gauss–Legendre nodes and weights between edges, with panels no wider than the rule allows."""
    edges = np.unique(edges)
    counts = np.maximum(np.ceil(np.diff(edges) / rule.width).astype(int), 1)
    panels = [np.linspace(a, b, n, endpoint=False) for (a, b), n in zip(itertools.pairwise(edges), counts, strict=True)]
    edges = np.concatenate((*panels, edges[-1:]))
    at, weights = np.polynomial.legendre.leggauss(rule.nodes)
    half = 0.5 * np.diff(edges)
    return (edges[:-1, None] + half[:, None] * (1.0 + at)).ravel(), (half[:, None] * weights).ravel()


def _exposure_nodes(exposure: Distribution, breaks: Floats, rule: Rule) -> tuple[Floats, Floats]:
    """Nodes of τ with their weights."""
    if isinstance(exposure, Point):
        return np.array([exposure.at]), np.ones(1)
    if isinstance(exposure, Atoms):
        weights = np.asarray(exposure.weights)
        return np.asarray(exposure.values), weights / weights.sum()
    low, high = exposure.support
    tau, weights = _panel_nodes(np.clip(np.concatenate((breaks, exposure.kinks, [low, high])), low, high), rule)
    return tau, weights * exposure.density(tau)


def _with_lengths(
    tau: Floats, weights: Floats, length: Distribution, breaks: Floats, diagonal: Floats, rule: Rule
) -> tuple[Floats, Floats, Floats]:
    """For each τ, nodes of the moment at which the varying stage ends: τ, the stage's length and the weight at each node."""
    least, most = length.support
    low, high = tau[:, None] + least, tau[:, None] + most
    regular = np.arange(tau.min() + least, tau.max() + most, rule.width)
    across = np.concatenate((breaks, regular))
    along = np.concatenate((diagonal, length.kinks, [least, most], _graded(length)))
    edges = np.concatenate((np.broadcast_to(across, (tau.size, across.size)), tau[:, None] + along), axis=1)
    edges = np.sort(np.clip(edges, low, high), axis=1)
    at, rule_weights = np.polynomial.legendre.leggauss(rule.nodes)
    half = 0.5 * np.diff(edges, axis=1)
    row, panel = np.nonzero(half > SHORTEST)
    moment = edges[row, panel][:, None] + half[row, panel][:, None] * (1.0 + at)
    lengths = moment - tau[row][:, None]
    joint = weights[row][:, None] * half[row, panel][:, None] * rule_weights * length.density(lengths)
    kept = joint > NEGLIGIBLE
    return np.broadcast_to(tau[row][:, None], joint.shape)[kept], lengths[kept], joint[kept]


def _graded(length: Distribution) -> Floats:
    """Breaks ever closer to the start of a density that rises there as a broken power, on which a rule settles slowly.

    A Weibull or gamma density of shape a rises as the power a − 1 of the time since its start.
    """
    least, most = length.support
    step = 1e-6 * (most - least)
    low, high = length.density(least + step * np.array([1.0, 2.0]))
    power = math.log2(high / low) if low > 0.0 and high > 0.0 else 0.0
    smooth = power > SMOOTH_POWER or abs(power - round(power)) < 1e-3
    return np.empty(0) if smooth else least + 2.0 * 4.0 ** -np.arange(1.0, 9.0)


def _breaks(problem: Problem, stratum: Stratum, symptomatic: bool, varying: int | None) -> _Breaks:
    fixed: list[float] = []
    moving: list[float] = []

    def add(times: list[float], offsets: list[tuple[float, bool]]) -> None:
        for offset, moves in offsets:
            (moving if moves else fixed).extend(time - offset for time in times if math.isfinite(time))

    itinerary, course = problem.itinerary, stratum.course
    for screen in itinerary.screens:
        fixed.append(screen.sampled)
        add([screen.sampled], _offsets(course, problem.assays[screen.assay].sensitivity, varying))
    ends = [itinerary.departure, itinerary.release, itinerary.completion, *(stay.start for stay in itinerary.stays)]
    effects = [screen.effect for screen in itinerary.screens]
    add([*ends, *effects, itinerary.isolation_until], _offsets(course, course.infectiousness, varying))
    found = [*effects, *(watch.start + watch.delay for watch in itinerary.watches if symptomatic)]
    add([*ends, *found], [(offset + span, moves) for offset, moves in _starts(course, varying) for span in course.spans])
    fixed.extend((itinerary.departure, itinerary.release, itinerary.completion))
    if stratum.active_at is not None:
        add([stratum.active_at], [(offset + course.spans[2], moves) for offset, moves in _starts(course, varying)])
    if symptomatic and course.onset is not None:
        onset = [_marker(course, course.onset, varying)]
        if stratum.stay_home > 0.0:
            add([itinerary.departure, itinerary.departure - course.symptoms_days], onset)
        for watch in itinerary.watches:
            others = (other.start + other.delay for other in itinerary.watches)
            at_change = [time - watch.delay for time in (*ends, *effects, *others)]
            add([watch.start, watch.end, watch.start - course.symptoms_days, *at_change], onset)
    # Where infectiousness would begin before the infection, it begins with it.
    diagonal = [-(offset + course.spans[0]) for offset, moves in _starts(course, varying) if moves]
    diagonal = [length for length in diagonal if length > 0.0]
    fixed.extend(time - length for time in moving for length in diagonal)
    return _Breaks(np.unique(fixed), np.unique(moving), np.asarray(diagonal))


def _marker(course: Course, marker: int, varying: int | None) -> tuple[float, bool]:
    """How long after infection a marker comes, without the varying stage, and whether that one comes before it."""
    before = course.stages[:marker]
    fixed = sum(stage.duration.mean for i, stage in enumerate(before) if i != varying and not stage.within)
    moves = varying is not None and varying < marker
    if 0 < marker < len(course.stages) and course.stages[marker].within:  # it begins so long before the stage before it ends
        fixed -= course.stages[marker].duration.mean
        fixed = fixed if moves else max(fixed, 0.0)
    return fixed, moves


def _starts(course: Course, varying: int | None) -> list[tuple[float, bool]]:
    response = course.infectiousness
    markers = [response.marker] if response.curve is not None else list(range(len(course.stages) + 1))
    return [_marker(course, marker, varying) for marker in markers]


def _offsets(course: Course, response: Response, varying: int | None) -> list[tuple[float, bool]]:
    """The kinks of a response, in days since infection."""
    if response.curve is None:
        return [_marker(course, marker, varying) for marker in range(len(course.stages) + 1)]
    kinks = response.curve.kinks
    kinks = (*kinks[:: 1 + len(kinks) // MOST_KINKS], kinks[-1]) if kinks else ()
    start, moves = _marker(course, response.marker, varying)
    return [(start + kink, moves) for kink in kinks]
