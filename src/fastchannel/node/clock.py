"""The node's time: real, or accelerated from a stated instant for a demonstration.

All processes of a node read the same ``node.toml``, so they agree on the time to within the host's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastchannel.node.config import ClockConfig


@dataclass(frozen=True, slots=True)
class RealClock:
    """The host's time."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)

    def real(self, instant: datetime) -> datetime:
        """The host's time at which this clock shows ``instant``."""
        return instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceleratedClock:
    """A time that began at ``start`` when the host's was ``since``, and runs ``speed`` times faster."""

    start: datetime
    since: datetime
    speed: float

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self.start + (datetime.now(UTC) - self.since) * self.speed

    def real(self, instant: datetime) -> datetime:
        """The host's time at which this clock shows ``instant``."""
        return self.since + timedelta(seconds=(instant - self.start).total_seconds() / self.speed)


def clock(config: ClockConfig) -> RealClock | AcceleratedClock:
    """The clock that a node's settings ask for."""
    if config.start is None:
        return RealClock()
    return AcceleratedClock(
        start=config.start.astimezone(UTC), since=(config.since or datetime.now(UTC)).astimezone(UTC), speed=config.speed
    )
