"""Small problems that an engine answers in a moment, of the kinds that pathogens and scenarios have."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from fastchannel.forecast.infection.course import Assay, Course, Response, Stage
from fastchannel.forecast.infection.curves import Density, Moved, Table
from fastchannel.forecast.infection.distributions import Distribution, Gamma, Lognormal, Point, Uniform
from fastchannel.forecast.itinerary import Itinerary, Screen, Stay, Watch
from fastchannel.forecast.problem import Flow, Outbreak, Problem, Stratum

R = 2.5
INFECTIOUSNESS = Moved(Density(Gamma(4.0, 1.2)), factor=R)
SENSITIVITY = Table(x=(0.0, 2.0, 5.0, 8.0, 12.0, 20.0, 30.0), y=(0.0, 0.1, 0.8, 0.85, 0.5, 0.2, 0.0))
COVID = Course(
    stages=(Stage(name="incubation", duration=Lognormal(1.6, 0.4)),),
    onset=1,
    symptomatic=0.7,
    symptoms_days=9.0,
    infectiousness=Response(curve=INFECTIOUSNESS),
    asymptomatic_factor=0.5,
)
SINCE_ONSET = Course(
    stages=(Stage(name="incubation", duration=Gamma(5.0, 1.0)),),
    onset=1,
    symptomatic=0.8,
    symptoms_days=9.0,
    infectiousness=Response(marker=1, curve=Moved(Density(Gamma(6.0, 0.8, -2.5)), factor=2.0)),
    asymptomatic_factor=0.5,
)
BY_STAGE = Course(
    stages=(Stage(name="exposed", duration=Gamma(2.0, 1.5)), Stage(name="infectious", duration=Point(6.0))),
    onset=1,
    symptomatic=0.7,
    symptoms_days=3.0,
    infectiousness=Response(by_stage=(0.1, 0.4)),
)
STAYS = (
    Stay(id="origin", start=-100.0, region="origin"),
    Stay(id="flight", start=0.0, region="transit", contact=0.3, baseline=0.3, inside=0.2, workers=0.1),
    Stay(id="hotel", start=0.5, region="quarantine", contact=0.1, inside=0.1, workers=0.05),
    Stay(id="loop", start=7.0, region="closed loop", contact=0.4),
    Stay(id="free", start=12.0, region="community"),
)
SCREENS = (
    Screen(id="before", assay=0, sampled=-2.0, effect=-1.0, reach=0.9),
    Screen(id="arrival", assay=0, sampled=0.5, effect=1.5, reach=0.95),
)
WATCHES = (Watch(id="watch", start=0.5, end=7.0, compliance=0.6, delay=0.5),)
JOURNEY = Itinerary(stays=STAYS, screens=SCREENS, watches=WATCHES, release=7.0, completion=12.0)
UNTESTED = Itinerary(stays=STAYS, release=7.0, completion=12.0)
OUTBREAK = Outbreak(reproduction_number=1.8, dispersion=0.3)


def problem(
    course: Course = COVID,
    itinerary: Itinerary = JOURNEY,
    exposure: Distribution | None = None,
    *,
    correlation: float = 0.4,
    weight: float = 1.0,
    active_at: float | None = None,
    stay_home: float = 0.0,
    sensitivity: Response | None = None,
) -> Problem:
    """Infected people of one kind on one itinerary, with one kind of test."""
    stratum = Stratum(
        name="infected",
        weight=weight,
        exposure=exposure or Uniform(-9.0, 0.0),
        course=course,
        active_at=active_at,
        stay_home=stay_home,
    )
    assay = Assay(name="NAAT", sensitivity=sensitivity or Response(curve=SENSITIVITY), correlation=correlation)
    return Problem(strata=(stratum,), assays=(assay,), itinerary=itinerary, outbreak=OUTBREAK)


def beyond(found: Flow, expected: Flow, relative: float, absolute: float = 0.0) -> dict[str, float]:
    """The fields of which an entry is further off than so much of itself, plus so much for each infected person; how far."""
    apart: dict[str, float] = {}
    for field in fields(Flow):
        a, b = (np.atleast_1d(getattr(flow, field.name)) for flow in (found, expected))
        share = np.abs(a - b) / (relative * np.abs(b) + absolute * expected.infected + 1e-300)
        worst = float(np.max(share, initial=0.0))
        if worst > 1.0:
            apart[field.name] = worst
    return apart
