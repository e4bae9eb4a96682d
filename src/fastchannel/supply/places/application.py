"""Teams that apply for places, and what has been promised to them."""

from __future__ import annotations

import math

import msgspec


class Application(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A team that travels as a whole or not at all.

    ``values[k]`` is what its arrival on ``first_day + k`` is worth, in a unit that all applications share (output kept, as
    money); a day of no worth is no option. ``p_import[k]`` is the chance that the team brings in at least one infection when it
    arrives that day, from the forecast; one entry holds for every day. ``flights`` and ``places`` are what it can take, by id;
    empty means any of its direction. ``rooms`` is what it occupies for ``nights``, its size where it is nought. ``tests`` are
    the days after arrival on which each member is tested. ``classes`` are what floors speak of: health, small-firm.
    ``applied_at`` is in ISO 8601 and decides nothing here; only the comparison with first-come reads it.
    """

    id: str
    sponsor: str
    size: int
    values: tuple[float, ...]
    nights: int
    p_import: tuple[float, ...]
    direction: str
    region: str = ""
    first_day: int = 0
    rooms: int = 0
    places: tuple[str, ...] = ()
    flights: tuple[str, ...] = ()
    tests: tuple[int, ...] = (0,)
    classes: tuple[str, ...] = ()
    applied_at: str = ""

    def value_on(self, day: int) -> float:
        """What arrival on this day is worth; nought where it is no option."""
        k = day - self.first_day
        return self.values[k] if 0 <= k < len(self.values) else 0.0

    def risk_on(self, day: int) -> float:
        """−log(1 − p): what the team takes of the week's import risk when it arrives on this day."""
        k = day - self.first_day if len(self.p_import) > 1 else 0
        return -math.log1p(-self.p_import[k])

    @property
    def rooms_taken(self) -> int:
        """Rooms that it occupies each night."""
        return self.rooms or self.size


def decaying(value: float, decay_per_day: float, first_day: int, last_day: int) -> tuple[float, ...]:
    """The worth of arrival on each day from the first to the last, falling by this share of itself a day."""
    return tuple(value * (1.0 - decay_per_day) ** k for k in range(last_day - first_day + 1))


class Grant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place: who, on which flight, where, and from which day."""

    application: str
    flight: str
    place: str
    day: int
