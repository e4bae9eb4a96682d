"""The fast quadrature: many itineraries for the same people, for searches, sliders and sweeps.

What does not depend on the itinerary is tabulated once (`prepare`); every itinerary is then a sum of look-ups in one compiled
call. It answers what `quadrature.integrate` answers, to a relative 1e-4 (seeding and infectious days 1e-3) where curves count
from infection, which `tests/forecast/test_grid.py` holds, and to 3e-4 on every shipped agreement and profile, with 1e-5 per
infected person for the smallest entries (`tests/forecast/test_engines.py`). What it does not carry raises NotTabulatedError,
and the caller turns to ``integrate``.
Where infectiousness or a test in use counts from a marker that varies, the sum also runs over 160 nodes of the stage's length:
some 4 milliseconds an itinerary rather than 40 microseconds, and right to 1e-3 in every entry.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from fastchannel.forecast.grid.plan import MOST_SCREENS, MOST_STAYS, MOST_WATCHES, Journeys
from fastchannel.forecast.grid.rules import NotTabulatedError
from fastchannel.forecast.grid.run import Found, run
from fastchannel.forecast.grid.tables import Tables, moved, tabulate
from fastchannel.forecast.infection.course import Assay
from fastchannel.forecast.infection.distributions import Floats
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.problem import Flow, Outbreak, Stratum

__all__ = ["Flows", "NotTabulatedError", "Packed", "Prepared", "pack", "part_of", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Itineraries in arrays, good for any number of `Prepared`. ``delays`` are the distinct delays of the watches in days."""

    itineraries: tuple[Itinerary, ...]
    journeys: Journeys
    delays: tuple[float, ...]
    assays: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Flows of n itineraries as arrays with the itinerary on the first axis, padded with nought; ``flow`` gives one."""

    itineraries: tuple[Itinerary, ...]
    found: Found

    @property
    def infected(self) -> Floats:
        return self.found.people[:, 0]

    @property
    def travelling(self) -> Floats:
        return self.found.people[:, 1]

    @property
    def released_infected(self) -> Floats:
        return self.found.people[:, 2]

    @property
    def released_infectious(self) -> Floats:
        return self.found.people[:, 3]

    @property
    def completed_infected(self) -> Floats:
        return self.found.people[:, 4]

    @property
    def seeding(self) -> Floats:
        return self.found.people[:, 5]

    def __len__(self) -> int:
        return len(self.itineraries)

    def flow(self, i: int) -> Flow:
        """The flow of one itinerary."""
        itinerary, found = self.itineraries[i], self.found
        regions, stays = len(itinerary.regions), len(itinerary.stays)
        infected, travelling, released, infectious, completed, seeding = (float(entry) for entry in found.people[i])
        return Flow(
            infected=infected,
            travelling=travelling,
            released_infected=released,
            released_infectious=infectious,
            completed_infected=completed,
            detected=found.detected[i, : len(itinerary.steps)].copy(),
            potential=found.potential[i, :regions].copy(),
            baseline=found.baseline[i, :regions].copy(),
            infectious_days=np.maximum(found.infectious_days[i, :regions], 0.0),
            inside=found.inside[i, :stays].copy(),
            workers=found.workers[i, :stays].copy(),
            seeding=seeding,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """People whose curves are tabulated as itineraries need them."""

    strata: tuple[Stratum, ...]
    assays: tuple[Assay, ...]
    outbreak: Outbreak
    _tables: dict[tuple[tuple[float, ...], tuple[int, ...], bool], tuple[Tables, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _moved_from: Prepared | None = field(default=None, repr=False, compare=False)

    def moved(self, strata: Sequence[Stratum]) -> Prepared:
        """The same courses, stratum by stratum, with other weights, times of infection and shares who stay at home.

        What was tabulated of the courses and tests is shared, so that this costs next to nothing.
        """
        if any(own.course is not other.course for own, other in zip(self.strata, strata, strict=True)):
            raise ValueError("people of another course cannot share these tables; use prepare()")
        return Prepared(strata=tuple(strata), assays=self.assays, outbreak=self.outbreak, _moved_from=self)

    def flows(self, itineraries: Sequence[Itinerary] | Packed, threads: int = 1) -> Flows:
        """What becomes of the people on each itinerary, the same whatever the number of threads.

        Raises NotTabulatedError where an itinerary or the people are of a kind that only ``integrate`` carries.
        """
        packed = itineraries if isinstance(itineraries, Packed) else pack(itineraries)
        count = len(packed.itineraries)
        found = _empty(count)
        for tables in self._tabulated(packed):
            if tables.shares[0] > 0.0:
                _run_all(packed.journeys, tables, found, threads)
        return Flows(itineraries=packed.itineraries, found=found)

    def _tabulated(self, packed: Packed, watched: bool = False) -> tuple[Tables, ...]:
        watched = watched or bool(packed.journeys.counts[:, 1].any()) or any(stratum.stay_home > 0.0 for stratum in self.strata)
        key = (packed.delays, packed.assays, watched)
        if key not in self._tables:
            if self._moved_from is not None:
                shared = self._moved_from._tabulated(packed, watched)  # noqa: SLF001 — of this class
                found = tuple(moved(tables, stratum) for tables, stratum in zip(shared, self.strata, strict=True))
            else:
                delays = np.asarray(packed.delays)
                found = tuple(
                    tabulate(stratum, self.assays, packed.assays, self.outbreak, delays, watched) for stratum in self.strata
                )
            self._tables[key] = found
        return self._tables[key]


def prepare(strata: Sequence[Stratum], assays: Sequence[Assay], outbreak: Outbreak) -> Prepared:
    """The people of a `Problem` without its itinerary."""
    return Prepared(strata=tuple(strata), assays=tuple(assays), outbreak=outbreak)


def pack(itineraries: Sequence[Itinerary]) -> Packed:
    """Itineraries as arrays. Raises NotTabulatedError for one with too many steps or with a time that is not finite."""
    count = len(itineraries)
    journeys = Journeys(
        counts=np.zeros((count, 3), np.int64),
        screens=np.zeros((count, MOST_SCREENS, 3)),
        assays=np.zeros((count, MOST_SCREENS), np.int64),
        watches=np.zeros((count, MOST_WATCHES, 4)),
        delays=np.zeros((count, MOST_WATCHES), np.int64),
        stays=np.zeros((count, MOST_STAYS, 5)),
        regions=np.zeros((count, MOST_STAYS), np.int64),
        counted=np.zeros((count, MOST_STAYS), np.int64),
        moments=np.zeros((count, 5)),
    )
    delays: dict[float, int] = {}
    for i, itinerary in enumerate(itineraries):
        _pack_one(journeys, i, itinerary, delays)
    used = sorted({screen.assay for itinerary in itineraries for screen in itinerary.screens})
    return Packed(itineraries=tuple(itineraries), journeys=journeys, delays=tuple(delays) or (0.0,), assays=tuple(used))


def part_of(packed: Packed, begin: int, end: int) -> Packed:
    """Some of the itineraries, one after the other."""
    j = packed.journeys
    journeys = Journeys(
        counts=j.counts[begin:end],
        screens=j.screens[begin:end],
        assays=j.assays[begin:end],
        watches=j.watches[begin:end],
        delays=j.delays[begin:end],
        stays=j.stays[begin:end],
        regions=j.regions[begin:end],
        counted=j.counted[begin:end],
        moments=j.moments[begin:end],
    )
    return replace(packed, itineraries=packed.itineraries[begin:end], journeys=journeys)


def _pack_one(journeys: Journeys, i: int, itinerary: Itinerary, delays: dict[float, int]) -> None:
    screens, watches, stays = itinerary.screens, itinerary.watches, itinerary.stays
    for what, found, most in (
        ("tests", len(screens), MOST_SCREENS),
        ("symptom watches", len(watches), MOST_WATCHES),
        ("stays", len(stays), MOST_STAYS),
    ):
        if found > most:
            raise NotTabulatedError(f"itinerary {i} has {found} {what}; at most {most} are tabulated; use integrate()")
    journeys.counts[i] = len(screens), len(watches), len(stays)
    for k, screen in enumerate(screens):
        journeys.screens[i, k] = screen.sampled, screen.effect, screen.reach
        journeys.assays[i, k] = screen.assay
    for w, watch in enumerate(watches):
        journeys.watches[i, w] = watch.start, watch.end, watch.compliance, watch.delay
        journeys.delays[i, w] = delays.setdefault(watch.delay, len(delays))
    regions = itinerary.regions
    for s, stay in enumerate(stays):
        journeys.stays[i, s] = stay.start, stay.contact, stay.baseline, stay.inside, stay.workers
        journeys.regions[i, s] = regions.index(stay.region)
        journeys.counted[i, s] = stay.region in itinerary.counted
    times = itinerary.departure, itinerary.release, itinerary.completion
    journeys.moments[i] = *times, itinerary.isolation_contact, itinerary.isolation_until
    known = (*times, *journeys.screens[i].ravel(), *journeys.watches[i].ravel(), *journeys.stays[i, 1:].ravel())
    if not np.isfinite(known).all():
        raise NotTabulatedError(f"itinerary {i} has a time that is not finite; only isolation_until may be; use integrate()")


def _empty(count: int) -> Found:
    return Found(
        people=np.zeros((count, 6)),
        detected=np.zeros((count, MOST_SCREENS + MOST_WATCHES)),
        potential=np.zeros((count, MOST_STAYS)),
        baseline=np.zeros((count, MOST_STAYS)),
        infectious_days=np.zeros((count, MOST_STAYS)),
        inside=np.zeros((count, MOST_STAYS)),
        workers=np.zeros((count, MOST_STAYS)),
    )


def _run_all(journeys: Journeys, tables: Tables, found: Found, threads: int) -> None:
    """All itineraries, by threads over blocks of them: each writes its own rows."""
    count = len(journeys.counts)
    if threads <= 1 or count < 2 * threads:
        run(journeys, tables, found, 0, count)
        return
    ends = [count * part // (4 * threads) for part in range(4 * threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(run, journeys, tables, found, a, b) for a, b in itertools.pairwise(ends) if b > a]:
            done.result()
