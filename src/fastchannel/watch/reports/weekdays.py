"""Whether counts depend on the day of the week, and series without it for those who ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastchannel.watch.reports.figures import ReportError

Floats = NDArray[np.float64]

WEEK = 7
LEAST_WEEKS = 6
TRIMMED = 0.1  # of weeks, at either end, when factors are taken: a day counted twice must not make one


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayEffect:
    """``factors`` are what counts of Monday to Sunday are of the mean of their week; they matter if ``found``.

    ``p_value`` is the chance of such an order of weekdays if there were no effect; ``found`` says it is below ``level``.
    """

    factors: tuple[float, ...]
    p_value: float
    level: float
    weeks: int

    @property
    def found(self) -> bool:
        """Whether there is an effect at the stated level."""
        return self.p_value < self.level


def weekday_effect(counts: ArrayLike, first: date, *, level: float = 0.05) -> WeekdayEffect:
    """Test one series that begins on ``first`` for an effect of the day of the week.

    Each count is divided by the mean of the seven days around it, which takes away growth; then Friedman's test (1937,
    doi:10.1080/01621459.1937.10503522), with its correction for ties, ranks the seven ratios of each week. Weeks with a day
    that was not reported or counts less than nought, or with none counted around it, are left out. Without an effect it finds
    one in at most a share ``level`` of series (tests/watch/reports/test_weekdays.py simulates it). Factors are means of the
    ratios without the highest and lowest tenth. Raises ReportError with fewer than six weeks.
    """
    from scipy.stats import chi2, rankdata, trim_mean  # half of what every process of a node would load

    series = _one_series(counts)
    middle = centred_mean(series)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(middle > 0.0, series / middle, np.nan)
    start = -first.weekday() % WEEK
    weeks = ratios[start : start + (ratios.size - start) // WEEK * WEEK].reshape(-1, WEEK)
    weeks = weeks[(weeks >= 0.0).all(axis=1)]
    if len(weeks) < LEAST_WEEKS:
        raise ReportError(f"weekdays: found {len(weeks)} whole weeks with counts; expected at least {LEAST_WEEKS}")
    ranks = rankdata(weeks, axis=1)
    between = len(weeks) * float(((ranks.mean(axis=0) - ranks.mean()) ** 2).sum())
    within = float(((ranks - ranks.mean()) ** 2).sum()) / (len(weeks) * (WEEK - 1))
    p_value = float(chi2.sf(between / within, WEEK - 1)) if within > 0.0 else 1.0
    means = trim_mean(weeks, TRIMMED, axis=0)
    return WeekdayEffect(
        factors=tuple(float(mean) for mean in means / means.mean()), p_value=p_value, level=level, weeks=len(weeks)
    )


def centred_mean(counts: ArrayLike) -> Floats:
    """The mean of the seven days around each day; NaN within three days of an end or of a day not reported."""
    series = _one_series(counts)
    found = np.full(series.size, np.nan)
    if series.size >= WEEK:
        found[3:-3] = np.lib.stride_tricks.sliding_window_view(series, WEEK).mean(axis=1)
    return found


def without_weekdays(counts: ArrayLike, first: date, effect: WeekdayEffect) -> Floats:
    """Counts divided by the factors of their weekdays: smoothed because somebody asked, so the numbers are no longer whole.

    A weekday on which nothing was ever counted has no factor to divide by: its days become NaN.
    """
    series = _one_series(counts)
    factors = np.array(effect.factors)[(first.weekday() + np.arange(series.size)) % WEEK]
    found: Floats = np.full(series.size, np.nan)
    np.divide(series, factors, out=found, where=factors > 0.0)
    return found


def _one_series(counts: ArrayLike) -> Floats:
    found = np.asarray(counts, dtype=np.float64)
    if found.ndim != 1:
        raise ReportError(f"weekdays: found {found.ndim} dimensions; expected one series of counts")
    return found
