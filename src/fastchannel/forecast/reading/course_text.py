"""The infection and its tests as a scenario writes them: ``[course]`` and ``[test.…]``.

Where the scenario names a pathogen, its profile is the base: what the scenario writes takes the place of the profile's.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.curves import Constant, Curve, Moved
from fastchannel.forecast.infection.distributions import Point
from fastchannel.forecast.infection.pathogens import Pathogen
from fastchannel.forecast.reading.curve_text import read_curve, read_duration, within
from fastchannel.forecast.reading.texts import Part

NOTES = ("source", "doi", "note")
FOREVER = 10_000.0  # days

_NOBODY = Course(
    stages=(), onset=None, symptomatic=0.0, symptoms_days=FOREVER, infectiousness=Response(curve=Constant(1.0, 0.0, 1.0))
)


def read_course(part: Part, base: Pathogen | None) -> Course:
    """The course of an infection. ``stage``s come one after the other, from infection on."""
    part.only(("stage", "onset_after", "symptomatic", "symptoms_days", "infectiousness", *NOTES))
    given = base.course if base else _NOBODY
    stages = tuple(_stage(entry) for entry in part.parts("stage")) or given.stages
    names = [stage.name for stage in stages]
    if len(set(names)) < len(names) or "infection" in names or "onset" in names:
        part.wrong("stage", 'stages whose names differ from each other, from "infection" and from "onset"')
    for entry, (one, other) in zip(part.parts("stage")[1:], pairwise(stages), strict=False):
        if other.within and entry.raw["within"] != one.name:
            entry.wrong("within", f"the stage before it, {one.name}")
    if stages and stages[0].within:
        part.parts("stage")[0].wrong("within", "no such key in the first stage")
    onset = given.onset
    if "onset_after" in part or (stages and not base):
        onset = names.index(part.choice("onset_after", names)) + 1 if "onset_after" in part and names else None
    symptomatic = part.number("symptomatic", given.symptomatic if onset is not None else 0.0, low=0.0, high=1.0)
    if symptomatic > 0.0 and onset is None:
        part.wrong("symptomatic", 'nought, or the key "onset_after" with the stage at whose end symptoms begin')
    course = replace(
        given,
        stages=stages,
        onset=onset,
        symptomatic=symptomatic,
        symptoms_days=part.number("symptoms_days", given.symptoms_days, above=0.0),
    )
    if base is not None and "infectiousness" not in part:
        return course
    inner = part.needed("infectiousness", "when an infected person infects others")
    inner.only(("since", "curve", "by_stage", "reproduction_number", "asymptomatic_factor", *NOTES))
    return replace(
        course,
        infectiousness=_infectiousness(inner, course),
        asymptomatic_factor=inner.number("asymptomatic_factor", 1.0, low=0.0),
    )


def _stage(part: Part) -> Stage:
    part.only(("name", "duration", "within", *NOTES))
    inner = part.needed("duration", "how long the stage lasts")
    return Stage(
        name=part.words("name"),
        duration=read_duration(inner) if inner.raw else Point(1.0),
        within=bool(part.words("within", "")),
    )


def _infectiousness(part: Part, course: Course) -> Response:
    """The response, scaled so that it adds up to the reproduction number; heights by stage are scaled only if one is given."""
    response = read_response(part, course, {})
    if response.curve is not None:
        total = response.curve.total
        if not total > 0.0:
            part.wrong("curve", "a curve that is somewhere above nought")
            return _NOBODY.infectiousness
        within(Part(part.text, part.raw, (*part.place, "curve")), response.curve, 0.0, math.inf, "a height")
        return replace(response, curve=Moved(response.curve, factor=part.number("reproduction_number", 1.0, above=0.0) / total))
    total = sum(height * stage.duration.mean for height, stage in zip(response.by_stage, course.stages, strict=True))
    if not total > 0.0:
        part.wrong("by_stage", "a stage with a height above nought")
        return response
    factor = part.number("reproduction_number", total, above=0.0) / total
    return replace(response, by_stage=tuple(height * factor for height in response.by_stage))


def read_response(part: Part, course: Course, named: dict[str, Curve], most: float = math.inf) -> Response:
    """What shows of an infection: a ``curve`` since a moment, or heights ``by_stage`` (nought in a stage not named)."""
    if ("curve" in part) == ("by_stage" in part):
        part.wrong(None, 'either "curve" or "by_stage"')
        return Response(curve=Constant(0.0))
    names = [stage.name for stage in course.stages]
    if "by_stage" in part:
        heights = part.needed("by_stage", "a height for each stage")
        heights.only(names)
        return Response(by_stage=tuple(heights.number(name, 0.0, low=0.0, high=most) for name in names))
    inner = part.needed("curve", "a curve")
    follows = "infectiousness" in named and ("through" in inner or "level_of" in inner)
    markers = {"infection": 0, **{name: i for i, name in enumerate(names)}}
    if course.onset is not None:
        markers["onset"] = course.onset
    given = next(name for name, marker in markers.items() if marker == (course.infectiousness.marker if follows else 0))
    return Response(marker=markers[part.choice("since", tuple(markers), given)], curve=read_curve(inner, named))


def read_assays(part: Part, course: Course, base: Pathogen | None) -> dict[str, Assay]:
    """The tests by name: the profile's, and those of the scenario."""
    assays = dict(base.assays) if base else {}
    level = {"infectiousness": course.infectiousness.curve} if course.infectiousness.curve is not None else {}
    for name, entry in part.named():
        entry.only(("since", "curve", "by_stage", "specificity", "correlation", *NOTES))
        response = read_response(entry, course, level, 1.0)
        if response.curve is not None:
            within(Part(entry.text, entry.raw, (*entry.place, "curve")), response.curve, 0.0, 1.0, "a sensitivity")
        assays[name] = Assay(
            name=name,
            sensitivity=response,
            specificity=entry.number("specificity", 1.0, low=0.0, high=1.0),
            correlation=entry.number("correlation", 0.0, low=0.0, high=0.99),
        )
    return assays
