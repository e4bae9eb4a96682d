"""What the compiled walk reads and writes: arrays and numbers only, so that its kernels are compiled once for all problems.

Times are days on the journey's clock; whatever never happens is at ``NEVER``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastchannel.forecast.individuals.tables import Integers, Lines, Quantiles
from fastchannel.forecast.infection.distributions import Floats

NEVER = 1e6
SCALARS = 6  # the first sums: infected, travelling, released infected, released infectious, completed infected, seeding


class People(NamedTuple):
    """One stratum. A response is read from a table since ``marker``, or is a height for each stage where ``table`` is −1."""

    lines: Lines
    quantiles: Quantiles  # exposure, then each stage, then the standard normal
    stages: int  # how many stages are drawn: those before the last marker that anything reads
    within: Integers  # (stages) 1 where the stage is the last part of the one before it
    table: Integers  # (assays + 1), the last that of the integral of infectiousness
    marker: Integers  # (assays + 1)
    heights: Floats  # (assays + 1, stages)
    correlation: Floats  # (assays)
    symptomatic: float
    onset: int  # a marker, or −1
    symptoms_days: float
    asymptomatic_factor: float
    span_marker: Integers  # (3) infectious from, infectious until, over
    span_days: Floats  # (3) after the marker
    active_at: float
    stay_home: float
    seeding: int  # the table of the chance of an outbreak by cases, or −1


class Way(NamedTuple):
    """The itinerary. Shapes: s screens, w watches, k stays, r regions."""

    assay: Integers  # (s)
    sampled: Floats
    effect: Floats
    reach: Floats
    watch_start: Floats  # (w)
    watch_end: Floats
    compliance: Floats
    delay: Floats
    start: Floats  # (k + 1) ends included: before everything, the starts of the second stay on, never
    region: Integers  # (k)
    contact: Floats
    baseline: Floats
    inside: Floats
    workers: Floats
    counted: NDArray[np.bool_]  # (r)
    departure: float
    release: float
    completion: float
    isolation_contact: float
    isolation_until: float


class Tally(NamedTuple):
    """What a block of people adds up to. Days and bins below or above an end count at that end."""

    sums: Floats  # (2, entries) of each entry of the flow and of its square
    joint: Floats  # (s, s) people who test positive in both, whether sampled or not
    found_by_day: Floats  # (d)
    at_large: Floats  # (d + 1) infectious people not found: more and fewer of them since the day before
    released_by_age: Floats  # (a) days since infection
    residual: Floats  # (b) released infected people by the cases they have left, in equal bins
    first_day: float
    bins_per_case: float


class Scratch(NamedTuple):
    """A chunk of n people. Shapes: m markers."""

    uniform: Floats  # (4, n)
    markers: Floats  # (m, n) the first is the infection
    factor: Floats
    onset: Floats
    effect: Floats
    weight: Floats
    spans: Floats  # (3, n)
    positive: Floats  # (s, n)
    found: Floats  # when
    step: Integers  # by which step, or −1
    spent: Floats  # (5, n) of the potential: by a stay's start, its end, when found, when back from isolation, by the infection
    potential: Floats  # (r, n)
    baseline: Floats  # (r, n)
    days: Floats  # (r, n)
    cases: Floats  # (n)
    value: Floats  # (n)
