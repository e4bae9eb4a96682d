"""A problem that an engine answers: infected travellers of several kinds who pass through one itinerary.

Both engines (`quadrature`, `individuals`) take a `Problem` and give a `Flow`; each entry of a flow is an expectation over the
infected people of the problem, and is not divided by their number until `Flow.per_infected`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from fastchannel.forecast.infection.course import Assay, Course
from fastchannel.forecast.infection.distributions import Distribution, Floats
from fastchannel.forecast.itinerary import Itinerary


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Infected people of one kind, ``weight`` of them.

    ``exposure`` is the distribution of their time of infection on the journey's clock. They count if their infection is not
    over at ``active_at`` (None: they all count), and those whose symptoms have begun and not ended at departure stay at home
    with probability ``stay_home`` whatever the agreement says: such people are not in the forecast at all.
    """

    name: str
    weight: float
    exposure: Distribution
    course: Course
    active_at: float | None = None
    stay_home: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbreak:
    """How an import grows at the destination: secondary cases are negative binomial with mean R and dispersion k.

    ``reproduction_number`` is that of the community under its own measures; an import's own cases have the mean that the
    itinerary leaves them.
    """

    reproduction_number: float
    dispersion: float

    @property
    def extinction(self) -> float:
        """The probability that the chain of one community case dies out: the least root of q = (1 + R (1 − q) / k)^−k."""
        r, k = self.reproduction_number, self.dispersion
        if r <= 1.0:
            return 1.0
        low, high = 0.0, 1.0 - 1e-12
        for _ in range(200):  # q − f(q) is below nought left of the root and above it between the root and one
            middle = 0.5 * (low + high)
            if middle < (1.0 + r * (1.0 - middle) / k) ** -k:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    strata: tuple[Stratum, ...]
    assays: tuple[Assay, ...]
    itinerary: Itinerary
    outbreak: Outbreak = Outbreak(reproduction_number=1.0, dispersion=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What becomes of the infected people of a problem. Shapes: s steps, r regions, k stays.

    ``potential`` counts the secondary cases that they cause in a region (infectiousness × contact), found people's too;
    ``baseline`` what it would be with no screen, watch or stay; ``infectious_days`` the days that they are infectious and not
    found, by region, whatever the contact. ``seeding`` is the expected number of them who each start an outbreak among the
    people of the regions.
    """

    infected: float  # everyone who counts
    travelling: float  # not found by departure
    released_infected: float  # not found by release, infection not over
    released_infectious: float
    completed_infected: float  # not found by completion, infection not over
    detected: Floats  # (s) where they were first found
    potential: Floats  # (r)
    baseline: Floats  # (r)
    infectious_days: Floats  # (r)
    inside: Floats  # (k) other travellers infected in each stay
    workers: Floats  # (k) workers infected in each stay
    seeding: float

    def __add__(self, other: Flow) -> Flow:
        return Flow(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    def times(self, factor: float) -> Flow:
        """Every entry multiplied."""
        return Flow(**{f.name: getattr(self, f.name) * factor for f in fields(self)})

    @property
    def per_infected(self) -> Flow:
        """Every entry for one infected person."""
        return self.times(1.0 / self.infected if self.infected > 0.0 else math.nan)

    @classmethod
    def nothing(cls, itinerary: Itinerary) -> Flow:
        """The flow of nobody."""
        regions, stays = len(itinerary.regions), len(itinerary.stays)
        return cls(
            infected=0.0,
            travelling=0.0,
            released_infected=0.0,
            released_infectious=0.0,
            completed_infected=0.0,
            detected=np.zeros(len(itinerary.steps)),
            potential=np.zeros(regions),
            baseline=np.zeros(regions),
            infectious_days=np.zeros(regions),
            inside=np.zeros(stays),
            workers=np.zeros(stays),
            seeding=0.0,
        )
