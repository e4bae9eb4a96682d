"""What the agreement in force means for a team that arrives: nights held, days of tests, and the chance of an import.

The chance is the forecast's, for travellers under the text as it stands, at a stated incidence where they come from; nobody
types it in. Nights and tests are those of the same reading, so that rooms, tests and risk speak of one itinerary.
"""

from __future__ import annotations

import math
from datetime import date

import msgspec

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework.forecasts import Outlook, hold, people_of, usual_profile, usual_travellers
from fastchannel.casework.proposals import proposal_of
from fastchannel.forecast.figures import Name
from fastchannel.forecast.forecast import MILLION


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Of travellers to ``places`` (``CN-LN Shenyang``, ``CN-SH``; empty: all others). ``tests`` are days after arrival.

    ``chance`` is that of one traveller being an import, at ``per_day`` new infections a day and person at the origin.
    """

    places: tuple[str, ...]
    nights: int
    tests: tuple[int, ...]
    chance: float
    per_day: float
    version: int
    pathogen: str


def arrivals(agreement: Agreement, route: str, on: date, per_day: float) -> tuple[Arrival, ...]:
    """One entry for each group of travellers whom the text treats alike, the one without places last. Raises ReadingError."""
    profile = usual_profile(agreement)
    found = []
    for people in people_of(agreement, route, on):
        outlook = Outlook(
            profile=profile,
            per_day=per_day,
            growth_per_day=0.0,
            immune=0.0,
            travellers_per_day=usual_travellers(people, profile),
            days=1,
        )
        outcome = hold(people, proposal_of(people.provisions), outlook, curves=False).proposed
        reading = outcome.reading
        after = {
            max(0, math.floor(reading.itinerary.screens[k].sampled - reading.arrival))
            for k in range(len(reading.itinerary.screens))
            if reading.itinerary.screens[k].sampled >= reading.arrival
        }
        found.append(
            Arrival(
                places=people.places,
                nights=max(1, math.ceil(reading.held_days - 1e-9)),
                tests=tuple(sorted(after)),
                chance=outcome.figures[Name.IMPORTS, ""] / MILLION,
                per_day=per_day,
                version=agreement.version,
                pathogen=profile.id,
            )
        )
    return tuple(sorted(found, key=lambda one: not one.places))


def arrival_of(known: tuple[Arrival, ...], region: str, city: str) -> Arrival:
    """Those of somebody who goes there. ``known`` ends with the entry of everywhere else."""
    names = {region, f"{region} {city}".strip()}
    return next((one for one in known if names & set(one.places)), known[-1])


def team_chance(one: Arrival, people: int) -> float:
    """That a team of independent travellers brings in at least one infection."""
    return -math.expm1(people * math.log1p(-one.chance))
