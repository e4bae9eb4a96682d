"""An itinerary: what a traveller passes through, as times in days on the journey's clock.

Time 0 is the moment that the journey counts from (departure, where an agreement is read). The kernels know nothing else of an
agreement: `measures` turns a text into this, and a scenario file writes it down directly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A test of everyone. Who is infected, sampled and found positive leaves the itinerary when the result takes ``effect``.

    ``assay`` is the position in `Problem.assays`; ``reach`` is the share of travellers who are sampled and whose positive
    result is acted on (compliance times one minus leakage).
    """

    id: str
    assay: int
    sampled: float
    effect: float
    reach: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A watch for symptoms from ``start`` to ``end``.

    Who has symptoms at its start, or gets them before its end, leaves the itinerary ``delay`` days later with probability
    ``compliance``, drawn once for each person and watch.
    """

    id: str
    start: float
    end: float
    compliance: float = 1.0
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where the traveller is from ``start`` until the next stay starts.

    ``contact`` multiplies infectiousness towards the people of ``region`` ("origin", "transit", "quarantine", "closed loop",
    "community" …) whom the accounting counts; ``baseline`` is what it would be with no agreement. ``inside`` multiplies it
    towards other travellers in the same place and ``workers`` towards those who work there: both in addition to ``contact``.
    """

    id: str
    start: float
    region: str
    contact: float = 1.0
    baseline: float = 1.0
    inside: float = 0.0
    workers: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """Stays in order (the first also holds before its start), with the screens and watches of the way.

    Who is found leaves for isolation: their contact is ``isolation_contact`` (of the region where they would have been) until
    time ``isolation_until``, after that what it would have been.
    """

    stays: tuple[Stay, ...]
    screens: tuple[Screen, ...] = ()
    watches: tuple[Watch, ...] = ()
    departure: float = 0.0
    release: float = 0.0  # the end of quarantine or isolation
    completion: float = 0.0  # the end of the last measure
    isolation_contact: float = 0.0
    isolation_until: float = math.inf
    counted: frozenset[str] = frozenset({"closed loop", "community"})  # regions whose cases may start an outbreak

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of the accounting, each once, in the order of the journey."""
        return tuple(dict.fromkeys(stay.region for stay in self.stays))

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps at which a person may be found: screens, then watches, in the itinerary's order."""
        return (*(screen.id for screen in self.screens), *(watch.id for watch in self.watches))
