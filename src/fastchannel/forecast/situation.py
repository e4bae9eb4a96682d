"""The situation that an agreement is forecast for: the epidemic where travellers come from, how many travel, who is immune."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from fastchannel.forecast.infection.curves import Moved
from fastchannel.forecast.infection.distributions import Distribution, Growing, Steps, Uniform
from fastchannel.forecast.infection.pathogens import Pathogen
from fastchannel.forecast.practice import Practice
from fastchannel.forecast.problem import Stratum
from fastchannel.terms.errors import FastChannelError

MOST_GROWTH_PER_DAY = 1.0
MOST_INFECTED = 0.5  # infections per person while an infection lasts; beyond it the count of infections is none of people


class SituationError(FastChannelError):
    """A situation that cannot be: where, what was found, what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """New infections where travellers come from, reported or not, per person and day.

    Either ``per_day`` on the day of departure, growing (or, below nought, declining) by the rate ``growth_per_day``; or
    ``series``, the infections per person on each of the days before departure, the last of which ends with it.
    """

    per_day: float = 0.0
    growth_per_day: float = 0.0
    series: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.per_day <= 1.0:
            raise SituationError(f"incidence: found {self.per_day:g} infections per person and day; expected from 0 to 1")
        if not abs(self.growth_per_day) <= MOST_GROWTH_PER_DAY:
            raise SituationError(
                f"growth of incidence: found {self.growth_per_day:g} a day; expected from -{MOST_GROWTH_PER_DAY:g} to "
                f"{MOST_GROWTH_PER_DAY:g}"
            )
        for day, share in enumerate(self.series):
            if not 0.0 <= share <= 1.0:
                raise SituationError(f"incidence, day {day + 1} of the series: found {share:g}; expected from 0 to 1")

    def before(self, days: float) -> tuple[Distribution, float]:
        """When people were infected in the days before departure (time 0), and how many per person in all.

        Raises SituationError where a series does not reach back that far.
        """
        exposure, per_person = self._before(days)
        if per_person > MOST_INFECTED:
            raise SituationError(
                f"incidence: found {per_person:.2g} infections per person in the {days:.0f} days before departure; "
                f"expected at most {MOST_INFECTED:g}, as beyond that people would be infected twice"
            )
        return exposure, per_person

    def _before(self, days: float) -> tuple[Distribution, float]:
        if self.series:
            return self._of_series(days)
        if self.growth_per_day == 0.0:
            return Uniform(-days, 0.0), self.per_day * days
        rate = self.growth_per_day
        return Growing(-days, 0.0, rate), self.per_day * -float(np.expm1(-rate * days)) / rate

    def _of_series(self, days: float) -> tuple[Distribution, float]:
        needed = int(np.ceil(days))
        if len(self.series) < needed:
            raise SituationError(
                f"incidence: found a series of {len(self.series)} days; expected at least {needed}, the days for which an "
                "infection with this pathogen can last"
            )
        recent = self.series[len(self.series) - needed :]
        edges = tuple(float(day) for day in range(-needed, 1))
        total = float(sum(recent))
        if total == 0.0:
            return Uniform(-days, 0.0), 0.0
        return Steps(edges, recent), total


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What things cost, in one currency; None where it is not known, and then nothing is said of cost."""

    currency: str = ""
    test: float | None = None
    room_night: float | None = None
    day_lost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """``incidence`` by route or by the party of origin, ``travellers_per_day`` by route; ``days`` is how far to look ahead.

    ``immune`` is the share of travellers with the immunity that the pathogen's profile describes.
    """

    incidence: dict[str, Incidence]
    travellers_per_day: dict[str, float] = field(default_factory=dict)
    days: float = 30.0
    immune: float = 0.0
    prices: Prices = Prices()

    def __post_init__(self) -> None:
        if not 0.0 <= self.immune <= 1.0:
            raise SituationError(f"share of immune travellers: found {self.immune:g}; expected from 0 to 1")
        if not 0.0 < self.days <= 3_660.0:
            raise SituationError(f"days to look ahead: found {self.days:g}; expected more than 0 and at most 3660")
        for route, volume in self.travellers_per_day.items():
            if not 0.0 <= volume <= 1e8:
                raise SituationError(f"travellers a day, {route}: found {volume:g}; expected from 0 to 100 million")


def infected_travellers(incidence: Incidence, immune: float, pathogen: Pathogen, practice: Practice) -> tuple[Stratum, ...]:
    """The infected among travellers at departure, as strata whose weights are infections per traveller.

    Travellers are infected as often as the people they come from, immune ones less; whose infection is over by departure does
    not count. Raises SituationError.
    """
    exposure, per_person = incidence.before(pathogen.active_days)
    susceptible = Stratum(
        name="not immune",
        weight=per_person * (1.0 - immune),
        exposure=exposure,
        course=pathogen.course,
        active_at=0.0,
        stay_home=practice.ill_stay_home,
    )
    immunity = pathogen.immunity
    if immune <= 0.0:
        return (susceptible,)
    if immunity is None:
        raise SituationError(f"found {immune:.0%} immune travellers, but the pathogen's profile says nothing of immunity")
    course = pathogen.course
    response = course.infectiousness
    if response.curve is None:
        raise SituationError("the infectiousness of a pathogen's profile is a curve")
    lowered = replace(response, curve=Moved(response.curve, factor=1.0 - immunity.against_transmission))
    protected = replace(course, symptomatic=course.symptomatic * (1.0 - immunity.against_symptoms), infectiousness=lowered)
    weight = per_person * immune * (1.0 - immunity.against_infection)
    return susceptible, replace(susceptible, name="immune", weight=weight, course=protected)


def daily_series(counts: tuple[float, ...], population: float, ascertained: float) -> Incidence:
    """Incidence from reported daily cases: ``ascertained`` is the share of infections that are reported.

    Raises SituationError.
    """
    if not 0.0 < ascertained <= 1.0:
        raise SituationError(f"share of infections reported: found {ascertained:g}; expected above 0 and at most 1")
    if population <= 0.0:
        raise SituationError(f"population: found {population:g}; expected more than 0")
    return Incidence(series=tuple(count / ascertained / population for count in counts))
