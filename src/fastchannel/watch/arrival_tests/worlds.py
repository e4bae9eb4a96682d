"""Made-up seasons of arrivals, to measure what a way of sharing out tests finds. Every figure here is an assumption.

A world has origins whose prevalence drifts from day to day and now and then surges, profiles (age bands, sexes) whose risk
differs from origin to origin, points of entry, and published case rates that lag, that show a share of infections which differs
much from origin to origin, and that tell of everybody at home and not of those who travel. Origins whose published rate is
among the highest are put on a grey list: a test before departure takes out a part of their infected from then on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from fastchannel.watch.arrival_tests.prevalence import Floats, Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """The assumptions. Spreads are standard deviations of logarithms; ``tests`` is the share of arrivals that can be tested."""

    days: int = 75
    origins: int = 25
    profiles: int = 6
    points: int = 5
    arrivals_per_day: float = 6_000.0
    tests: float = 0.15
    prevalence: float = 0.002
    between_origins: float = 0.9
    between_profiles: float = 0.4
    drift_per_day: float = 0.06
    surges: float = 0.01  # the probability that one begins, for each origin and day
    surge_growth_per_day: float = 0.12
    surge_days: int = 14
    travellers_differ: float = 0.5  # from those at home, by origin
    ascertainment: float = 0.8  # how much it differs between origins
    report_lag_days: int = 9
    report_window_days: int = 14
    grey_share: float = 0.12  # of origins, by published rate
    grey_review_days: int = 14
    grey_removes: float = 0.6  # of the infected, by the test before departure
    sensitivity: float = 0.9
    specificity: float = 0.9995
    back_next_day: float = 0.6  # of results; the others a day later


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One season.

    ``people`` and ``infected`` (days, points, kinds), ``prevalence`` (days, kinds) among travellers, ``published`` rates (days,
    origins) as they were known on the day, ``changed`` (days, origins) not 0 where an origin came on or off the grey list,
    ``capacity`` (points,) tests a day, and each kind's ``origin`` (kinds,).
    """

    season: Season
    people: Integers
    infected: Integers
    prevalence: Floats
    published: Floats
    changed: Integers
    capacity: Integers
    origin: Integers


def world(season: Season, generator: Generator) -> World:
    """One season from the generator."""
    origin = np.repeat(np.arange(season.origins), season.profiles)
    at_home, published = _epidemics(season, generator)
    grey = _grey(season, published)
    profile = generator.normal(0.0, season.between_profiles, (season.origins, season.profiles)).ravel()
    travellers = generator.normal(0.0, season.travellers_differ, season.origins)
    log_prevalence = at_home[:, origin] + travellers[origin] + profile
    prevalence = np.minimum(np.exp(log_prevalence), 0.2) * np.where(grey[:, origin], 1.0 - season.grey_removes, 1.0)
    mean = _traffic(season, generator)
    people = generator.poisson(np.broadcast_to(mean, (season.days, *mean.shape)))
    infected = generator.binomial(people, prevalence[:, None, :])
    return World(
        season=season,
        people=people,
        infected=infected,
        prevalence=prevalence,
        published=published,
        changed=np.concatenate((np.zeros_like(grey[:1], np.int64), grey[1:].astype(np.int64) - grey[:-1])),
        capacity=np.round(season.tests * mean.sum(axis=1)).astype(np.int64),
        origin=origin,
    )


def _epidemics(season: Season, generator: Generator) -> tuple[Floats, Floats]:
    """The logarithm of each origin's prevalence, and its published rate as known on the day, both (days, origins)."""
    run_in = season.report_lag_days + season.report_window_days
    days = season.days + run_in
    steps = generator.normal(0.0, season.drift_per_day, (days, season.origins))
    begins = generator.random((days, season.origins)) < season.surges
    for day, origin in np.argwhere(begins):
        steps[day : day + season.surge_days, origin] += season.surge_growth_per_day
        steps[day + season.surge_days : day + 3 * season.surge_days, origin] -= season.surge_growth_per_day / 2.0
    level = np.log(season.prevalence) + generator.normal(0.0, season.between_origins, season.origins)
    log_prevalence = level + np.cumsum(steps, axis=0) - steps[:run_in].sum(axis=0)
    shown = np.exp(log_prevalence + generator.normal(0.0, season.ascertainment, season.origins))
    total = np.concatenate((np.zeros((1, season.origins)), np.cumsum(shown, axis=0)))
    ends = np.arange(run_in, days) - season.report_lag_days
    published = (total[ends] - total[ends - season.report_window_days]) / season.report_window_days
    return log_prevalence[run_in:], published


def _grey(season: Season, published: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    listed = max(1, round(season.grey_share * season.origins))
    grey = np.zeros(published.shape, dtype=bool)
    for first in range(season.grey_review_days, season.days, season.grey_review_days):
        highest = np.argsort(-published[first], kind="stable")[:listed]
        grey[first : first + season.grey_review_days, highest] = True
    return grey


def _traffic(season: Season, generator: Generator) -> Floats:
    """Mean arrivals a day, (points, kinds): origins and points differ in size, and each origin has its own points."""
    origins = generator.lognormal(0.0, 1.2, season.origins)
    routes = generator.dirichlet(np.full(season.points, 0.7), season.origins)
    profiles = generator.dirichlet(np.full(season.profiles, 4.0), season.origins)
    mean = origins[:, None, None] * routes[:, :, None] * profiles[:, None, :]
    mean *= season.arrivals_per_day / mean.sum()
    return np.asarray(mean.transpose(1, 0, 2).reshape(season.points, -1), np.float64)
