"""The figures of a forecast: named, in a unit, with an interval; as rows of a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fastchannel.terms.language import N_


class Name(StrEnum):
    """What a forecast says. Each name stands for one quantity in one unit; `UNITS` and `TITLES` have them all."""

    INFECTED = "infected"
    TRAVELLING = "travelling"
    DETECTED = "detected"
    DETECTED_PER_MILLION = "detected_per_million"
    RELEASED_INFECTED = "released_infected"
    RELEASED_INFECTIOUS = "released_infectious"
    COMPLETED_INFECTED = "completed_infected"
    IMPORTS = "imports_per_million"
    INFECTED_ON_THE_WAY = "infected_on_the_way"
    WORKERS_INFECTED = "workers_infected"
    INFECTIOUS_DAYS = "infectious_days"
    POTENTIAL_LEFT = "potential_left"
    POTENTIAL_AVERTED = "potential_averted"
    AVERTED_SHARE = "averted_share"
    EXPECTED_IMPORTS = "expected_imports"
    NO_IMPORT = "no_import"
    OUTBREAK = "outbreak"
    SUSPENSION = "suspension"
    DAYS_LOST = "days_lost"
    CLOSED_LOOP_DAYS = "closed_loop_days"
    TESTS = "tests"
    ROOMS = "rooms"
    FALSE_POSITIVES = "false_positives"
    COST = "cost"


PER_10_000, PER_MILLION, SHARE = N_("per 10,000 infected"), N_("per million travellers"), N_("share")

UNITS: Mapping[Name, str] = {
    Name.INFECTED: PER_MILLION,
    Name.TRAVELLING: PER_10_000,
    Name.DETECTED: PER_10_000,
    Name.DETECTED_PER_MILLION: PER_MILLION,
    Name.RELEASED_INFECTED: PER_10_000,
    Name.RELEASED_INFECTIOUS: PER_10_000,
    Name.COMPLETED_INFECTED: PER_10_000,
    Name.IMPORTS: PER_MILLION,
    Name.INFECTED_ON_THE_WAY: PER_MILLION,
    Name.WORKERS_INFECTED: PER_MILLION,
    Name.INFECTIOUS_DAYS: N_("person-days per 10,000 infected"),
    Name.POTENTIAL_LEFT: N_("secondary cases per 10,000 infected"),
    Name.POTENTIAL_AVERTED: N_("secondary cases per 10,000 infected"),
    Name.AVERTED_SHARE: SHARE,
    Name.EXPECTED_IMPORTS: N_("imports in the period"),
    Name.NO_IMPORT: N_("probability in the period"),
    Name.OUTBREAK: N_("probability in the period"),
    Name.SUSPENSION: N_("probability in the period"),
    Name.DAYS_LOST: N_("days per traveller"),
    Name.CLOSED_LOOP_DAYS: N_("days per traveller"),
    Name.TESTS: N_("per traveller"),
    Name.ROOMS: N_("rooms in use"),
    Name.FALSE_POSITIVES: PER_MILLION,
    Name.COST: N_("per traveller"),
}

TITLES: Mapping[Name, str] = {
    Name.INFECTED: N_("Infected among travellers at departure"),
    Name.TRAVELLING: N_("Travel undetected"),
    Name.DETECTED: N_("First found at this step"),
    Name.DETECTED_PER_MILLION: N_("Found at this step"),
    Name.RELEASED_INFECTED: N_("Released while infected"),
    Name.RELEASED_INFECTIOUS: N_("Released while infectious"),
    Name.COMPLETED_INFECTED: N_("Infected when the last measure ends"),
    Name.IMPORTS: N_("Imports"),
    Name.INFECTED_ON_THE_WAY: N_("Infected on the way"),
    Name.WORKERS_INFECTED: N_("Workers infected on the way"),
    Name.INFECTIOUS_DAYS: N_("Days infectious and not found"),
    Name.POTENTIAL_LEFT: N_("Transmission left"),
    Name.POTENTIAL_AVERTED: N_("Transmission averted"),
    Name.AVERTED_SHARE: N_("Share of transmission averted"),
    Name.EXPECTED_IMPORTS: N_("Imports expected"),
    Name.NO_IMPORT: N_("Probability of no import at all"),
    Name.OUTBREAK: N_("Probability of an outbreak"),
    Name.SUSPENSION: N_("Probability of a suspension"),
    Name.DAYS_LOST: N_("Days lost"),
    Name.CLOSED_LOOP_DAYS: N_("Days in the closed loop"),
    Name.TESTS: N_("Tests"),
    Name.ROOMS: N_("Rooms"),
    Name.FALSE_POSITIVES: N_("Held without being infected"),
    Name.COST: N_("Cost"),
}

Key = tuple[Name, str]  # the name, and the step, region, stay or trigger that it is about; empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: ``value`` at the profile's own figures, and the 2.5, 50 and 97.5 per cent points over the draws."""

    name: Name
    of: str
    value: float
    low: float | None = None
    median: float | None = None
    high: float | None = None

    @property
    def unit(self) -> str:
        return UNITS[self.name]


def with_intervals(central: Mapping[Key, float], draws: Iterable[Mapping[Key, float]]) -> tuple[Figure, ...]:
    """The figures of the central run, with quantiles over the draws where there are at least two."""
    drawn = list(draws)
    found = []
    for (name, of), value in central.items():
        if len(drawn) < 2:
            found.append(Figure(name=name, of=of, value=value))
            continue
        low, median, high = np.quantile([draw.get((name, of), value) for draw in drawn], (0.025, 0.5, 0.975))
        found.append(Figure(name=name, of=of, value=value, low=float(low), median=float(median), high=float(high)))
    return tuple(found)
