"""A problem as the arrays that the compiled walk reads."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from fastchannel.forecast.individuals.tables import Table, pack_quantiles, pack_tables, tabulate
from fastchannel.forecast.individuals.walk_state import NEVER, People, Way
from fastchannel.forecast.infection.course import Course
from fastchannel.forecast.infection.curves import Curve
from fastchannel.forecast.infection.distributions import Distribution, Floats, Normal
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.problem import Outbreak, Problem, Stratum


def moments_of(itinerary: Itinerary) -> list[float]:
    """Every time of the itinerary that may matter to somebody."""
    moments = [itinerary.departure, itinerary.release, itinerary.completion, itinerary.isolation_until]
    moments += [stay.start for stay in itinerary.stays[1:]]
    moments += [time for screen in itinerary.screens for time in (screen.sampled, screen.effect)]
    moments += [time + watch.delay for watch in itinerary.watches for time in (watch.start, watch.end)]
    return [moment for moment in moments if math.isfinite(moment)]


def most_cases(problem: Problem, strata: list[Stratum], share: float) -> float:
    """More cases than anybody can have: the whole potential at the highest contact (by stages: at that quantile of lengths)."""
    contact = max((stay.contact for stay in problem.itinerary.stays if stay.region in problem.itinerary.counted), default=0.0)
    return contact * max(_potential(stratum.course, share) * max(1.0, stratum.course.asymptomatic_factor) for stratum in strata)


def _potential(course: Course, share: float) -> float:
    response = course.infectiousness
    if response.curve is not None:
        return float(response.curve.integral(np.array([NEVER]))[0])
    longest = (float(stage.duration.quantile(np.array([share]))[0]) for stage in course.stages)
    return sum(height * length for height, length in zip(response.by_stage, longest, strict=False))


def prepare_way(itinerary: Itinerary) -> Way:
    screens, watches, stays = itinerary.screens, itinerary.watches, itinerary.stays
    return Way(
        assay=np.array([screen.assay for screen in screens], dtype=np.int64),
        sampled=_floats(screen.sampled for screen in screens),
        effect=_floats(screen.effect for screen in screens),
        reach=_floats(screen.reach for screen in screens),
        watch_start=_floats(watch.start for watch in watches),
        watch_end=_floats(watch.end for watch in watches),
        compliance=_floats(watch.compliance for watch in watches),
        delay=_floats(watch.delay for watch in watches),
        start=_floats([-NEVER, *(stay.start for stay in stays[1:]), NEVER]),
        region=np.array([itinerary.regions.index(stay.region) for stay in stays], dtype=np.int64),
        contact=_floats(stay.contact for stay in stays),
        baseline=_floats(stay.baseline for stay in stays),
        inside=_floats(stay.inside for stay in stays),
        workers=_floats(stay.workers for stay in stays),
        counted=np.array([region in itinerary.counted for region in itinerary.regions]),
        departure=float(itinerary.departure),
        release=float(itinerary.release),
        completion=float(itinerary.completion),
        isolation_contact=float(itinerary.isolation_contact),
        isolation_until=min(float(itinerary.isolation_until), NEVER),
    )


def prepare_people(problem: Problem, stratum: Stratum) -> People:
    """A stratum as the arrays of the walk."""
    course, assays = stratum.course, problem.assays
    responses = [*(assay.sensitivity for assay in assays), course.infectiousness]
    longest = max(moments_of(problem.itinerary)) - stratum.exposure.support[0]
    tables = [_response_table(r.curve, longest, whole=r is course.infectiousness) for r in responses if r.curve is not None]
    positions = iter(range(len(tables)))
    cases = max(most_cases(problem, [stratum], 1.0 - 1e-9), 1e-6)
    outbreak = problem.outbreak
    stages = _stages_read(problem, stratum)
    heights = np.zeros((len(responses), len(course.stages)))
    for row, response in zip(heights, responses, strict=True):
        row[: len(response.by_stage)] = response.by_stage[: row.size]
    markers, days = _spans(course)
    table = np.array([-1 if r.curve is None else next(positions) for r in responses], dtype=np.int64)
    distributions: list[Distribution] = [stratum.exposure, *(stage.duration for stage in course.stages[:stages])]
    grows = outbreak.extinction < 1.0
    seeding = tabulate(lambda x: _outbreak_chance(outbreak, x), 0.0, cases, ()) if grows else None
    return People(
        lines=pack_tables([*tables, *([seeding] if seeding else [])] or [tabulate(np.zeros_like, 0.0, 1.0, ())]),
        quantiles=pack_quantiles([*distributions, Normal(0.0, 1.0)]),
        stages=stages,
        within=np.array([i > 0 and stage.within for i, stage in enumerate(course.stages[:stages])], dtype=np.int64),
        table=table,
        marker=np.array([response.marker for response in responses], dtype=np.int64),
        heights=heights,
        correlation=_floats(assay.correlation for assay in assays),
        symptomatic=float(course.symptomatic),
        onset=-1 if course.onset is None or course.onset > stages or not _symptoms_matter(problem, stratum) else course.onset,
        symptoms_days=float(course.symptoms_days),
        asymptomatic_factor=float(course.asymptomatic_factor),
        span_marker=np.array(markers, dtype=np.int64),
        span_days=_floats(days),
        active_at=-math.inf if stratum.active_at is None else float(stratum.active_at),
        stay_home=float(stratum.stay_home),
        seeding=len(tables) if grows else -1,
    )


def _floats(values: Iterable[float]) -> Floats:
    """Whole numbers too as floats, so that every problem meets the same machine code."""
    return np.array(list(values), dtype=np.float64)


def _outbreak_chance(outbreak: Outbreak, cases: Floats) -> Floats:
    """The chance that somebody with so many expected cases starts an outbreak."""
    k = outbreak.dispersion
    return np.asarray(-np.expm1(-k * np.log1p(cases * (1.0 - outbreak.extinction) / k)))


def _symptoms_matter(problem: Problem, stratum: Stratum) -> bool:
    return stratum.course.symptomatic > 0.0 and (stratum.stay_home > 0.0 or bool(problem.itinerary.watches))


def _stages_read(problem: Problem, stratum: Stratum) -> int:
    """How many stages must be drawn: those before the last marker that anything reads."""
    course = stratum.course
    read = [course.infectiousness, *(problem.assays[screen.assay].sensitivity for screen in problem.itinerary.screens)]
    last = [response.marker if response.curve is not None else len(response.by_stage) for response in read]
    if course.onset is not None and _symptoms_matter(problem, stratum):
        last.append(course.onset)
    count = min(max(last), len(course.stages))
    while count < len(course.stages) and course.stages[count].within:  # the last marker is where a part of a stage begins
        count += 1
    return count


def _spans(course: Course) -> tuple[list[int], list[float]]:
    """Markers and days after them: infectious from, infectious until, over."""
    response = course.infectiousness
    if response.curve is not None:
        return [response.marker] * 3, list(map(float, course.spans))
    high = [stage for stage, height in enumerate(response.by_stage) if height > 0.0] or [0]
    return [high[0], high[-1] + 1, high[-1] + 1], [0.0, 0.0, 0.0]


def _response_table(curve: Curve, longest: float, whole: bool) -> Table:
    """The table of a response's curve, or of its integral where ``whole``, for as long as the itinerary may read it."""
    low, high = curve.support
    end = max(min(high, longest), low + 1.0)
    if whole:
        return tabulate(curve.integral, low, end, curve.kinks, after=float(curve.integral(np.array([NEVER]))[0]))
    return tabulate(curve.values, low, end, (*curve.kinks, high))
