"""What the fast quadrature knows of one stratum before it sees an itinerary: curves in tables, and nodes to sum over.

Tables are linear between ages, ``STEPS_PER_DAY`` of them. A test's table has one row more wherever its curve jumps, so that
both limits are kept; the kernel's panels break there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastchannel.forecast.grid.rules import (
    MOST_BREAKS,
    STEADY_DAYS,
    NotTabulatedError,
    cubic_panels,
    duration_nodes,
    effect_rule,
    grid,
    jumps_of,
    length_nodes,
    resolving_breaks,
    varies,
)
from fastchannel.forecast.infection.course import Assay, Course, Response
from fastchannel.forecast.infection.curves import Curve
from fastchannel.forecast.infection.distributions import Atoms, Distribution, Floats, Point
from fastchannel.forecast.infection.placed import Placed
from fastchannel.forecast.problem import Outbreak, Stratum
from fastchannel.forecast.quadrature.people import personal

Integers = NDArray[np.int64]

SEED_CELLS = 4096
NEVER = 1e6
_NUDGE = 1e-9
_INFECTIOUS_BEGIN, _INFECTIOUS_END = 0, 1


class Sensitivities(NamedTuple):
    """Sensitivities of the tests for people with each effect. a counts assays, S stages, z effects, r rows."""

    marker: Integers  # (a), −1: by stage
    scale: Floats  # (a, 2): first age, steps a day
    first_cell: Integers  # (a + 1)
    cell_row: Integers  # the row at each cell's left end; the next row is that of its right end
    beyond: Integers  # (a): the row after the last cell
    rows: Floats  # (r, z); row 0 is nought
    stage_row: Integers  # (a, S)
    breaks: Floats  # (a, k): ages where the sum over infection times breaks, inf where there are fewer
    effect_weights: Floats  # (z)


class Tables(NamedTuple):
    """One stratum. x counts nodes of the stages' lengths, S stages."""

    shares: Floats  # weight, symptomatic, asymptomatic factor, symptoms_days, stay_home, active_at
    exposure_edges: Floats  # (b + 1); empty where the exposure is of single values
    exposure: Floats  # (b, 4): the density as a cubic on [−1, 1]; or (b, 2): values and weights
    node_weights: Floats  # (x)
    ages: Floats  # (x, 3): infection age where infectiousness begins and ends, and the infection is over
    onset: Floats  # (x): infection age at onset, where the nodes tell
    markers: Floats  # (x, S + 1)
    spent_marker: int  # −1: infectiousness is by stage
    spent_by_stage: Floats  # (S)
    spent: Floats  # infectiousness added up
    spent_scale: Floats  # first age, steps a day
    spent_before: Floats  # (x): what would be spent before the infection and is cut off
    spent_kinks: Floats  # where infectiousness jumps
    tests: Sensitivities
    mixed: int  # 1: onset is integrated by the table below; 0: the nodes of length tell
    incubation_scale: Floats  # first age, steps a day
    incubation: Floats  # (delays, n, 4): F, ∫ V(x + delay) dF, ∫ days infectious by (x + delay) dF, ∫ V² dF
    seed: Floats  # the probability of an outbreak at c cases, by c / (1 + c); empty where it is nought


def tabulate(
    stratum: Stratum, assays: tuple[Assay, ...], used: tuple[int, ...], outbreak: Outbreak, delays: Floats, watched: bool
) -> Tables:
    """Tables for the assays ``used`` and the watches' ``delays``. Raises NotTabulatedError."""
    course = stratum.course
    symptoms = watched and course.onset is not None and course.symptomatic > 0.0
    needed = _stages_read(course, [assays[a] for a in used])
    onset_stages = course.stages[: course.onset or 0]
    nested = any(stage.within for stage in course.stages)
    steady = not nested and not any(varies(stage) for stage in course.stages[:needed])
    mixed = symptoms and steady and any(_continuous(stage.duration) for stage in onset_stages)
    read = course.stages[: needed if mixed or not symptoms else max(needed, course.onset or 0)]
    if nested and needed > 0:
        read = course.stages
    lengths, weights = length_nodes(course.stages, read)
    _refuse_known_times(stratum, weights)
    markers = np.ascontiguousarray(Placed.of(course, np.zeros(weights.size), lengths.T).markers.T)
    response = course.infectiousness
    spent, spent_scale = _spent(response)
    ages = _ages(course, markers)
    edges, exposure = cubic_panels(stratum.exposure)
    incubation_scale, incubation = np.zeros(2), np.zeros((0, 0, 4))
    if mixed:
        incubation_scale, incubation = _incubation(course, delays, markers[0], ages[0])
    return Tables(
        shares=_shares(stratum),
        exposure_edges=edges,
        exposure=exposure,
        node_weights=weights,
        ages=np.ascontiguousarray(ages),
        onset=np.full(weights.size, NEVER) if course.onset is None else markers[:, course.onset].copy(),
        markers=markers,
        spent_marker=-1 if response.curve is None else response.marker,
        spent_by_stage=_by_stage(response, len(course.stages)),
        spent=spent,
        spent_scale=spent_scale,
        spent_before=_spent_before(response, markers),
        spent_kinks=np.empty(0) if response.curve is None else jumps_of(response.curve),
        tests=_tests(assays, used, len(course.stages)),
        mixed=int(mixed),
        incubation_scale=incubation_scale,
        incubation=incubation,
        seed=_seed(outbreak),
    )


def moved(tables: Tables, stratum: Stratum) -> Tables:
    """The tables for other people of the same course: only their weight and their times of infection differ."""
    _refuse_known_times(stratum, tables.node_weights)
    edges, exposure = cubic_panels(stratum.exposure)
    return tables._replace(shares=_shares(stratum), exposure_edges=edges, exposure=exposure)


def _refuse_known_times(stratum: Stratum, node_weights: Floats) -> None:
    """With infection at single times nothing smooths what jumps between the nodes of length."""
    lengths_vary = node_weights.size > 1 and any(_continuous(stage.duration) for stage in stratum.course.stages)
    if lengths_vary and isinstance(stratum.exposure, Atoms | Point):
        raise NotTabulatedError(
            "infection at known times with responses since a later marker is not tabulated; use integrate()"
        )


def _shares(stratum: Stratum) -> Floats:
    course = stratum.course
    return np.array(
        [
            stratum.weight,
            course.symptomatic,
            course.asymptomatic_factor,
            course.symptoms_days,
            stratum.stay_home,
            -np.inf if stratum.active_at is None else stratum.active_at,
        ]
    )


def _continuous(duration: Distribution) -> bool:
    return not isinstance(duration, Atoms | Point)


def _stages_read(course: Course, assays: list[Assay]) -> int:
    """How many stages infectiousness and the tests read: the last marker, or all where something is by stage."""
    responses = [course.infectiousness, *(assay.sensitivity for assay in assays)]
    return max(len(course.stages) if response.curve is None else response.marker for response in responses)


def _by_stage(response: Response, stages: int) -> Floats:
    heights = np.zeros(stages)
    found = response.by_stage[:stages]
    heights[: len(found)] = found
    return heights


def _ages(course: Course, markers: Floats) -> Floats:
    """The infection ages of `Placed.infectious` and `Placed.over`, for each node."""
    response = course.infectiousness
    if response.curve is not None:
        return np.asarray(np.maximum(markers[:, response.marker, None] + np.asarray(course.spans), [0.0, -np.inf, -np.inf]))
    high = [i for i, height in enumerate(response.by_stage) if height > 0.0] or [0]
    begin, end = markers[:, high[0]], markers[:, high[-1] + 1]
    return np.stack((begin, end, end), axis=1)


def _spent(response: Response) -> tuple[Floats, Floats]:
    if response.curve is None:
        return np.zeros(1), np.array([0.0, 1.0])
    curve = response.curve
    low, high = curve.support
    ages, scale = grid(low, min(high, _nearly_spent(curve)))
    return curve.integral(ages), scale


def _spent_before(response: Response, markers: Floats) -> Floats:
    if response.curve is None:
        return np.zeros(markers.shape[0])
    return np.ascontiguousarray(response.curve.integral(-markers[:, response.marker]))


def _nearly_spent(curve: Curve) -> float:
    low, high = curve.support
    ages = np.linspace(low, high, 4_001)
    left = curve.total - curve.integral(ages)
    return float(ages[min(int(np.argmax(left <= 1e-9 * curve.total)) + 1, 4_000)])


def _incubation(course: Course, delays: Floats, markers: Floats, ages: Floats) -> tuple[Floats, Floats]:
    """Prefix sums over the infection age at onset: shape (delays, n, 4)."""
    stages = course.stages[: course.onset]
    last = max(i for i, stage in enumerate(stages) if _continuous(stage.duration))
    others = [stage.duration for i, stage in enumerate(stages) if i != last]
    later, weights = np.zeros(1), np.ones(1)
    for duration in others:
        at, shares = duration_nodes(duration, 64)
        later = (later[:, None] + at).ravel()
        weights = (weights[:, None] * shares).ravel()
    length = stages[last].duration
    low, high = length.support
    x, scale = grid(max(low, 0.0) + float(later.min()), high + float(later.max()))
    cdf = sum((w * length.cdf(x - m) for m, w in zip(later, weights, strict=True)), np.zeros_like(x))
    share = np.diff(cdf, prepend=0.0)
    middle = x - 0.5 / scale[1]
    middle[0] = x[0]
    curve = course.infectiousness.curve
    found = np.zeros((delays.size, x.size, 4))
    for d, delay in enumerate(delays):
        found[d, :, 0] = cdf
        if curve is not None:
            marker = markers[course.infectiousness.marker]
            spent = curve.integral(np.maximum(middle + delay, 0.0) - marker) - curve.integral(np.array([-marker]))
            found[d, :, 1], found[d, :, 3] = np.cumsum(share * spent), np.cumsum(share * spent**2)
        days = np.clip(middle + delay, ages[_INFECTIOUS_BEGIN], ages[_INFECTIOUS_END])
        found[d, :, 2] = np.cumsum(share * days)
    return scale, found


def _tests(assays: tuple[Assay, ...], used: tuple[int, ...], stages: int) -> Sensitivities:
    """Tables of the assays used; the others find nobody."""
    chosen = [assays[a] for a in used]
    effect, effect_weights = effect_rule(chosen)
    count = len(assays)
    marker, scale = np.zeros(count, np.int64), np.tile([0.0, 1.0], (count, 1))
    stage_row, breaks = np.zeros((count, stages), np.int64), np.full((count, MOST_BREAKS), np.inf)
    rows, cell_row, first_cell = [np.zeros((1, effect.size))], [np.zeros(0, np.int64)], np.zeros(count + 1, np.int64)
    beyond, filled = np.zeros(count, np.int64), 1
    for a, assay in enumerate(assays):
        if a in used:
            curve = assay.sensitivity.curve
            if curve is None:
                marker[a] = -1
                heights = _by_stage(assay.sensitivity, stages)
                stage_row[a] = filled + np.arange(stages)
                cells = np.zeros(0, np.int64)
            else:
                marker[a] = assay.sensitivity.marker
                heights, cells, scale[a], held = _curve_rows(curve)
                beyond[a] = filled + heights.size - 1 if held else 0
                found = resolving_breaks(assay, curve, effect, effect_weights)
                breaks[a, : found.size] = found
            rows.append(personal(heights[:, None], assay.correlation, effect))
            cell_row.append(filled + cells)
            filled += heights.size
        first_cell[a + 1] = sum(part.size for part in cell_row)
    return Sensitivities(
        marker=marker,
        scale=scale,
        first_cell=first_cell,
        cell_row=np.concatenate(cell_row),
        beyond=beyond,
        rows=np.ascontiguousarray(np.concatenate(rows)),
        stage_row=stage_row,
        breaks=breaks,
        effect_weights=effect_weights,
    )


def _curve_rows(curve: Curve) -> tuple[Floats, Integers, Floats, bool]:
    """Heights by row, the row of each cell's left end, the scale, and whether the end's height holds for ever."""
    low, high = curve.support
    far = np.array([STEADY_DAYS, 0.5 * (STEADY_DAYS + high), high - 1e-6])
    held = high > STEADY_DAYS and float(np.ptp(curve.values(far))) < 1e-7
    if held:
        high = STEADY_DAYS
    x, scale = grid(low, high)
    right, left = curve.values(x[:-1] + _NUDGE), curve.values(x[1:] - _NUDGE)
    jumps = np.concatenate((np.abs(right[1:] - left[:-1]) > 1e-7, [True]))
    start = np.arange(right.size) + np.concatenate(([0], np.cumsum(jumps[:-1])))
    heights = np.zeros(int(start[-1]) + 2)
    heights[start], heights[start + 1] = right, left
    joined = np.flatnonzero(~jumps[:-1])
    heights[start[joined + 1]] = right[joined + 1]
    return heights, start.astype(np.int64), scale, held


def _seed(outbreak: Outbreak) -> Floats:
    if outbreak.reproduction_number <= 1.0:
        return np.zeros(0)
    share = np.arange(SEED_CELLS) / SEED_CELLS
    cases = np.concatenate((share / (1.0 - share), [SEED_CELLS**2]))
    k = outbreak.dispersion
    return np.asarray(-np.expm1(-k * np.log1p(cases * (1.0 - outbreak.extinction) / k)))
