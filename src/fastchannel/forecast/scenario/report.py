"""What a scenario reports: entries of the forecast for one infected traveller, and quotients of their sums.

An entry is ``released_infected``, or has the place that it is for in brackets: ``potential(community)``, ``detected(exit)``.
With ``workers.`` before it, it is of those infected at work. `ENTRIES` says what each counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fastchannel.agreement.reading import nearest
from fastchannel.forecast.problem import Flow
from fastchannel.forecast.reading.course_text import NOTES
from fastchannel.forecast.reading.texts import Part
from fastchannel.forecast.scenario.itinerary_text import Way

SINGLE = ("infected", "travelling", "released_infected", "released_infectious", "completed_infected", "seeding")
BY_REGION = ("potential", "baseline", "infectious_days")
BY_STAY = ("inside", "workers")
ENTRIES = {
    "infected": "infected people: 1, and in workers those infected at work",
    "travelling": "not found by departure",
    "released_infected": "not found by release, infection not over",
    "released_infectious": "not found by release, and infectious then",
    "completed_infected": "not found by completion, infection not over",
    "detected(STEP)": "first found by a test or a watch",
    "potential(REGION)": "people whom they infect in a region",
    "baseline(REGION)": "the same with no test, watch or stay",
    "infectious_days(REGION)": "days infectious and not found in a region",
    "inside(STAY)": "other travellers whom they infect in a stay",
    "workers(STAY)": "workers whom they infect in a stay",
    "seeding": "infected people who each start an outbreak",
}
WORKERS = "workers."


def entries(flow: Flow, way: Way, infected: float, prefix: str = "") -> dict[str, float]:
    """Every entry of a flow over a number of infected people."""
    itinerary = way.itinerary
    scale = 1.0 / infected if infected > 0.0 else math.nan
    found = {prefix + name: float(getattr(flow, name)) * scale for name in SINGLE}
    detected = dict(zip(itinerary.steps, flow.detected, strict=True))
    detected |= {name: sum(detected[step] for step in steps) for name, steps in way.repeated.items()}
    found |= {f"{prefix}detected({name})": float(value) * scale for name, value in detected.items()}
    stays = [stay.id for stay in itinerary.stays]
    for name, places in (*((n, itinerary.regions) for n in BY_REGION), *((n, tuple(stays)) for n in BY_STAY)):
        for place, value in zip(places, getattr(flow, name), strict=True):
            found[f"{prefix}{name}({place})"] = float(value) * scale
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The sum of entries over the sum of others: ``times`` it, or one less it where ``complement``.

    ``mean_of_groups``: the quotient is taken in each group of arrivals and averaged by their shares, not of the sums.
    """

    id: str
    value: tuple[str, ...]
    per: tuple[str, ...] = ()
    complement: bool = False
    times: float = 1.0
    mean_of_groups: bool = False

    def of(self, found: Mapping[str, float]) -> float:
        """The report from entries; of an entry that the case does not have (a test that is not taken), nought."""
        value = sum(found.get(name, 0.0) for name in self.value)
        if self.per:
            below = sum(found.get(name, 0.0) for name in self.per)
            value = value / below if below != 0.0 else math.nan
        return self.times * (1.0 - value if self.complement else value)

    def error_of(self, found: Mapping[str, float], errors: Mapping[str, float]) -> float:
        """A bound of the report's standard error, from those of its entries: they are added as if they went together."""
        value, error = (sum(each.get(name, 0.0) for name in self.value) for each in (found, errors))
        if self.per:
            below, below_error = (sum(each.get(name, 0.0) for name in self.per) for each in (found, errors))
            error = (error + abs(value / below) * below_error) / abs(below) if below != 0.0 else math.nan
        return abs(self.times) * error


def read_report(part: Part, known: tuple[str, ...]) -> Report:
    """A report. ``known`` are the entries that there are in some case."""
    part.only(("id", "value", "per", "complement", "times", "mean", *NOTES))
    names = part.strings("value"), part.strings("per")
    for key, listed in zip(("value", "per"), names, strict=True):
        for name in listed:
            if name not in known:
                part.wrong(key, f"entries of the forecast: {_listed(known)}", nearest(name, known))
    if not names[0]:
        part.wrong("value", "an entry of the forecast")
    return Report(
        id=part.words("id"),
        value=names[0],
        per=names[1],
        complement=part.flag("complement"),
        times=part.number("times", 1.0),
        mean_of_groups=part.choice("mean", ("of sums", "of arrivals"), "of sums") == "of arrivals",
    )


def _listed(known: tuple[str, ...]) -> str:
    return ", ".join(known[:40]) + (" …" if len(known) > 40 else "")


def quantiles(values: list[float], at: tuple[float, ...]) -> tuple[float, ...]:
    """The quantiles of draws, linear between them; nan where a draw has no value."""
    return tuple(float(value) for value in np.quantile(np.asarray(values), at))
