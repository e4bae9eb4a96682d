"""Every option of every team: which flight with which place can carry it. Compiled: there are millions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fastchannel.supply.places.compiled import Floats, Indices, Ints, compiled


class Teams(NamedTuple):
    """Applications as arrays of length n; lists of a team lie in ``items[starts[i]:starts[i + 1]]``."""

    size: Ints
    rooms: Ints
    nights: Ints
    first_day: Ints
    direction: Ints
    value_starts: Ints
    values: Floats
    risk_starts: Ints
    risks: Floats  # −log(1 − p)
    test_starts: Ints
    tests: Ints
    flight_starts: Ints
    flights: Ints
    site_starts: Ints
    sites: Ints


class Supplied(NamedTuple):
    """Capacity as arrays. ``laboratory`` is −1 where nobody limits a site's tests."""

    day: Ints  # of each flight
    seats: Ints
    rooms: Ints  # site × night
    laboratory: Ints  # of each site
    tests: Ints  # laboratory × day


@compiled
def fits(teams: Teams, i: int, supplied: Supplied, flight: int, site: int, nights: int, days: int) -> bool:
    """Whether the team fits when nobody else is there; ``nights`` and ``days`` are how far this site and laboratory reach."""
    day = supplied.day[flight]
    k = day - teams.first_day[i]
    if k < 0 or k >= teams.value_starts[i + 1] - teams.value_starts[i] or teams.values[teams.value_starts[i] + k] <= 0.0:
        return False
    if supplied.seats[flight] < teams.size[i] or day + teams.nights[i] > nights:
        return False
    for night in range(day, day + teams.nights[i]):
        if supplied.rooms[site, night] < teams.rooms[i]:
            return False
    laboratory = supplied.laboratory[site]
    if laboratory >= 0:
        for t in range(teams.test_starts[i], teams.test_starts[i + 1]):
            at = day + teams.tests[t]
            if at >= days or supplied.tests[laboratory, at] < teams.size[i]:
                return False
    return True


@compiled
def expand(
    teams: Teams, supplied: Supplied, nights: Ints, days: Ints, starts: Ints, flights: Indices, sites: Indices, fill: bool
) -> int:
    """Counts the options into ``starts`` (n + 1), or, where ``fill``, writes each option's flight and site. Their number."""
    found = 0
    for i in range(teams.size.size):
        starts[i] = found
        for f in range(teams.flight_starts[i], teams.flight_starts[i + 1]):
            flight = teams.flights[f]
            for s in range(teams.site_starts[i], teams.site_starts[i + 1]):
                site = teams.sites[s]
                laboratory = supplied.laboratory[site]
                reach = days[laboratory] if laboratory >= 0 else 0
                if fits(teams, i, supplied, flight, site, nights[site], reach):
                    if fill:
                        flights[found] = flight
                        sites[found] = site
                    found += 1
    starts[teams.size.size] = found
    return found


@compiled
def worths(teams: Teams, starts: Ints, day: Ints, flights: Indices, value: Floats, risk: Floats) -> None:
    """The value and the risk of each option."""
    for i in range(teams.size.size):
        values, risks = teams.value_starts[i], teams.risk_starts[i]
        several = teams.risk_starts[i + 1] - risks > 1
        for o in range(starts[i], starts[i + 1]):
            k = day[flights[o]] - teams.first_day[i]
            value[o] = teams.values[values + k]
            risk[o] = teams.risks[risks + k] if several else teams.risks[risks]


def options_of(teams: Teams, supplied: Supplied, nights: Ints, days: Ints) -> tuple[Ints, Indices, Indices, Floats, Floats]:
    """Starts of each team's options, and of each option its flight, site, value and risk."""
    starts = np.zeros(teams.size.size + 1, np.int64)
    nothing = np.zeros(0, np.int32)
    count = expand(teams, supplied, nights, days, starts, nothing, nothing, False)
    flights, sites = np.empty(count, np.int32), np.empty(count, np.int32)
    expand(teams, supplied, nights, days, starts, flights, sites, True)
    value, risk = np.empty(count), np.empty(count)
    worths(teams, starts, supplied.day, flights, value, risk)
    return starts, flights, sites, value, risk
