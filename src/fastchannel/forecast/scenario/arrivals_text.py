"""The infected people who arrive, as a scenario writes them: ``[[arrivals]]``, each kind with its share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from fastchannel.forecast.infection.course import Course, Response
from fastchannel.forecast.infection.curves import Moved
from fastchannel.forecast.infection.distributions import Atoms, Distribution, Point
from fastchannel.forecast.problem import Stratum
from fastchannel.forecast.reading.course_text import FOREVER, NOTES
from fastchannel.forecast.reading.curve_text import DISTRIBUTIONS, read_distribution, read_duration
from fastchannel.forecast.reading.files import file_beside
from fastchannel.forecast.reading.series import read_series_file
from fastchannel.forecast.reading.texts import Part

KEYS = ("name", "share", "exposure", "each", "symptomatic", "times", "stage", "active_at", "stay_home", *NOTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Infected people of one kind; a report can be taken in each group and averaged by ``share``."""

    share: float
    stratum: Stratum


def read_arrivals(whole: Part, course: Course) -> tuple[Group, ...]:
    """The groups; their shares are brought to a sum of one."""
    groups = [group for part in whole.parts("arrivals") for group in _groups(part, course)]
    total = sum(group.share for group in groups)
    if not total > 0.0:
        whole.wrong("arrivals", "at least one kind of infected people, with a share above nought")
        return ()
    return tuple(
        Group(share=group.share / total, stratum=replace(group.stratum, weight=group.share / total)) for group in groups
    )


def _groups(part: Part, course: Course) -> list[Group]:
    """One group, or one for each single time of infection where the entry says ``each = true``."""
    part.only(KEYS)
    share = part.number("share", 1.0, low=0.0)
    inner = part.needed("exposure", "when they were infected, on the journey's clock")
    exposure = _exposure(inner) if inner.raw else Point(0.0)
    if not -FOREVER <= exposure.support[0] <= exposure.support[1] <= FOREVER:
        inner.wrong(None, f"times from {-FOREVER:g} to {FOREVER:g}")
    stratum = Stratum(
        name=part.words("name", "arrivals"),
        weight=share,
        exposure=exposure,
        course=_course(part, course),
        active_at=part.number("active_at") if "active_at" in part else None,
        stay_home=part.number("stay_home", 0.0, low=0.0, high=1.0),
    )
    if not part.flag("each"):
        return [Group(share=share, stratum=stratum)]
    if not isinstance(exposure, Atoms):
        part.wrong("each", 'false, or an exposure in single "values"')
        return []
    total = sum(exposure.weights)
    return [
        Group(share=share * weight / total, stratum=replace(stratum, name=f"{stratum.name} {at:g}", exposure=Point(at)))
        for at, weight in zip(exposure.values, exposure.weights, strict=True)
        if weight > 0.0
    ]


def _exposure(part: Part) -> Distribution:
    if "file" not in part:
        if not any(key in part for key in DISTRIBUTIONS):
            part.wrong(None, f"when they were infected: one of {', '.join((*DISTRIBUTIONS, 'file'))}")
            return Point(0.0)
        return read_distribution(part)
    part.only(("file", "time", "count", "zero"))
    zero = part.raw.get("zero")
    if zero is not None and (not isinstance(zero, date)):
        part.wrong("zero", "the date of day 0 on the journey's clock (2021-05-01)")
        zero = None
    path = file_beside(part)
    if path is None:
        return Point(0.0)
    series = read_series_file(path, part.words("time", "day"), part.words("count", "count"), zero)
    for mistake in series.mistakes:
        part.text.wrong((*part.place, "file"), f"{mistake.found} in row {mistake.row} of {path.name}", mistake.expected)
    if series.mistakes or not series.times:
        if not series.mistakes:
            part.wrong("file", "a file with at least one row")
        return Point(0.0)
    return series.steps


def _course(part: Part, course: Course) -> Course:
    """The course of these people, where it differs from the others'."""
    overrides = part.part("stage") or Part(part.text, {}, part.place)
    overrides.only([stage.name for stage in course.stages])
    stages = tuple(
        replace(stage, duration=read_duration(inner)) if (inner := overrides.part(stage.name)) else stage
        for stage in course.stages
    )
    symptomatic = part.number("symptomatic", course.symptomatic, low=0.0, high=1.0)
    if symptomatic > 0.0 and course.onset is None:
        part.wrong("symptomatic", "nought, as no stage ends with the onset of symptoms")
    times = part.number("times", 1.0, low=0.0)
    if not any(key in part for key in ("stage", "symptomatic", "times")):
        return course
    return replace(course, stages=stages, symptomatic=symptomatic, infectiousness=_multiplied(course.infectiousness, times))


def _multiplied(response: Response, times: float) -> Response:
    if times == 1.0:
        return response
    if response.curve is not None:
        return replace(response, curve=Moved(response.curve, factor=times))
    return replace(response, by_stage=tuple(height * times for height in response.by_stage))
