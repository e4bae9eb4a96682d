"""When a place is lost time: a line that stands still, one that will, and a crew over its months."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fastchannel.supply.errors import SupplyError

# MLC, 2006: at most 11 months on board without leave (Standards A2.4 and A2.5.1, as the ILO's Committee of Experts reads them).
CREW_MONTHS = 11.0
DAYS_A_MONTH = 365.0 / 12.0


class Cause(StrEnum):
    """Why a site's output is at stake."""

    STOPPED = "stopped"  # it stands still
    WILL_STOP = "will_stop"  # it stands still from a day on: stocks, a service that falls due
    CREW = "crew"  # it may not sail or run once its crew is over its months


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """Output is at stake from ``from_day`` until ``until_day``, days counted from the start of the plan."""

    cause: Cause
    from_day: float
    until_day: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.from_day <= self.until_day:
            raise SupplyError(f"at stake from day {self.from_day} to {self.until_day}: expected days of 0 or more, in order")

    def days_at_stake(self, arrival_day: float) -> float:
        """The days of output that an arrival on a day still saves; each day of waiting while it stands still costs one."""
        return max(0.0, self.until_day - max(arrival_day, self.from_day))


def stopped(until_day: float) -> Urgency:
    """A line that stands still now."""
    return Urgency(cause=Cause.STOPPED, from_day=0.0, until_day=until_day)


def will_stop(from_day: float, until_day: float) -> Urgency:
    """A line that will stand still from a day on."""
    return Urgency(cause=Cause.WILL_STOP, from_day=from_day, until_day=max(from_day, until_day))


def crew(months_served: float, until_day: float, *, months_allowed: float = CREW_MONTHS) -> Urgency:
    """A crew that has served these months: what it runs is at stake from the day on which its months are over."""
    if months_served < 0.0:
        raise SupplyError(f"months served: found {months_served}, expected 0 or more")
    left = max(0.0, months_allowed - months_served) * DAYS_A_MONTH
    return Urgency(cause=Cause.CREW, from_day=left, until_day=max(left, until_day))
