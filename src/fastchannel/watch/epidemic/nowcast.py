"""How many cases of the last days are still to be reported: the delay of reports, learnt from earlier publications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fastchannel.watch.epidemic.arrays import EpidemicError, Floats

LEAST_REPORTED = 30.0  # reports from which a delay can be learnt


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingDelay:
    """The delay from a day to the report of its cases, among cases reported within the longest delay looked at.

    For each delay d: ``late`` reports came with exactly that delay, of the ``by_then`` that had come by it on the same days.
    ``reported`` is the probability that a case is reported within d days. ``withdrawn`` reports were taken back and are not in
    the others.
    """

    late: Floats
    by_then: Floats
    reported: Floats
    withdrawn: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """Per day: what was known, the estimate of what will be, and an interval that holds it with probability ``level``.

    ``reported`` is the share of each day's cases that is thought to be known; a day older than the longest delay is complete.
    """

    known: Floats
    estimate: Floats
    lower: Floats
    upper: Floats
    reported: Floats
    level: float
    delay: ReportingDelay


def reporting_delay(triangle: ArrayLike) -> ReportingDelay:
    """Learn the delay from ``triangle[day, d]``: what was known of a day d days later, NaN where that is not yet past.

    Days whose report is not complete are used as far as they go, by the reverse-time hazard of right-truncated delays
    (Kalbfleisch and Lawless 1989, Journal of the American Statistical Association 84, 360–372; Lawless 1994, Canadian Journal
    of Statistics 22, 15–31): g(d) = P(delay = d | delay ≤ d) is estimated by the reports with delay d among those with
    delay ≤ d, over days for which both are known, and P(delay ≤ d) is the product of 1 − g(j) over j > d. It is taken to be the
    same for all days: give only the recent ones if it changes. Raises EpidemicError where fewer than 30 reports were made.
    """
    known = _known(triangle)
    new = np.diff(known, axis=1, prepend=0.0)
    withdrawn = float(-new[new < 0.0].sum())
    new = np.where(new < 0.0, 0.0, new)
    seen = ~np.isnan(new)
    by_then = np.cumsum(np.where(seen, new, 0.0), axis=1)
    late = np.where(seen, new, 0.0).sum(axis=0)
    total = np.where(seen, by_then, 0.0).sum(axis=0)
    unseen = np.flatnonzero(~seen.any(axis=0))
    if unseen.size or total.max(initial=0.0) < LEAST_REPORTED:
        raise EpidemicError(
            f"reporting triangle: found {total.max(initial=0.0):g} reports"
            + (f" and no day known after {int(unseen[0])} days" if unseen.size else "")
            + f"; expected at least {LEAST_REPORTED:g}, and a day known after each delay"
        )
    hazard = np.divide(late, total, out=np.zeros_like(late), where=total > 0.0)
    return ReportingDelay(late=late, by_then=total, reported=_reported(hazard[None])[0], withdrawn=withdrawn)


def nowcast(
    triangle: ArrayLike,
    generator: np.random.Generator,
    *,
    level: float = 0.9,
    draws: int = 2_000,
    delay: ReportingDelay | None = None,
) -> Nowcast:
    """Estimate each day's cases when all are reported, from ``triangle`` as in `reporting_delay`.

    The estimate is known / P(delay ≤ age). The interval is of draws: the reverse-time hazards from their beta posteriors with
    Jeffreys' prior, then the cases still to come, which are negative binomial with known + ½ successes, as for Poisson cases
    with Jeffreys' prior of their mean. Cases that come in clusters, or a delay that changes, make it too narrow.
    tests/watch/epidemic/test_nowcast.py holds its coverage on simulated reports with a known truth.

    A day of which nothing was published yet is NaN. ``generator`` is the randomness; ``delay`` may be learnt elsewhere, with as
    many delays. Raises EpidemicError.
    """
    known = _known(triangle)
    if not 0.0 < level < 1.0 or draws < 100:
        raise EpidemicError(
            f"nowcast: found level {level:g} and {draws} draws; expected a level within 0 to 1, 100 draws or more"
        )
    delay = delay or reporting_delay(known)
    if delay.reported.size != known.shape[1]:
        raise EpidemicError(f"nowcast: found {delay.reported.size} delays; expected {known.shape[1]}, as in the triangle")
    ages = np.where(~np.isnan(known), np.arange(known.shape[1]), -1).max(axis=1)
    now = np.where(ages >= 0, known[np.arange(len(known)), ages], np.nan)
    share = np.where(ages >= 0, delay.reported[ages], np.nan)
    hazard = generator.beta(delay.late + 0.5, np.maximum(delay.by_then - delay.late, 0.0) + 0.5, size=(draws, delay.late.size))
    shares = np.maximum(_reported(hazard), 1e-9)
    lower, upper = now.copy(), now.copy()
    estimate = np.divide(now, share, out=np.full(now.shape, np.nan), where=share > 0.0)
    tails = [(1.0 - level) / 2.0, (1.0 + level) / 2.0]
    for day in np.flatnonzero((ages >= 0) & (ages < known.shape[1] - 1)):
        count = max(float(now[day]), 0.0)
        to_come = generator.negative_binomial(count + 0.5, shares[:, ages[day]])
        lower[day], upper[day] = count + np.quantile(to_come, tails, method="inverted_cdf")
    return Nowcast(known=now, estimate=estimate, lower=lower, upper=upper, reported=share, level=level, delay=delay)


def _known(triangle: ArrayLike) -> Floats:
    """The triangle, with nothing known of a day before the first report of it."""
    known = np.array(np.atleast_2d(np.asarray(triangle, dtype=np.float64)))
    if known.shape[1] < 2:
        raise EpidemicError(f"reporting triangle: found {known.shape[1]} delays; expected at least 2")
    missing = np.isnan(known)
    reported_later = np.logical_or.accumulate(~missing[:, ::-1], axis=1)[:, ::-1]
    known[missing & reported_later] = 0.0
    return known


def _reported(hazard: Floats) -> Floats:
    """The product of 1 − g(j) over j > d, for each delay d, the last one 1; draws × delays."""
    beyond = np.cumprod((1.0 - hazard)[:, :0:-1], axis=1)[:, ::-1]
    return np.concatenate([beyond, np.ones((len(hazard), 1))], axis=1)
