"""What a count of imports was counted over: travellers, their tests, and the days on which they were followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fastchannel.watch.errors import WatchError
from fastchannel.watch.ledger.counting import Travellers


class ExposureError(WatchError):
    """An exposure that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Travellers who arrived from ``since`` to ``until``, both included, with their tests and days until then.

    ``of`` says who they are: all travellers, or those of the channel. ``still_followed`` of them are followed beyond ``until``:
    an import among them may yet show.
    """

    of: Travellers
    since: date
    until: date
    travellers: int
    tests: int
    person_days: int
    still_followed: int = 0

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ExposureError(f"exposure from {self.since} to {self.until}: expected an end on or after its beginning")
        for name in ("travellers", "tests", "person_days", "still_followed"):
            if (found := getattr(self, name)) < 0:
                raise ExposureError(f"exposure: found {name} = {found}, expected 0 or more")
        if self.still_followed > self.travellers:
            raise ExposureError(f"exposure: {self.still_followed} still followed of {self.travellers} travellers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One traveller: the day of arrival, the last day of follow-up (planned or done), and the days of the samples."""

    arrived: date
    until: date
    sampled: tuple[date, ...] = ()


def count_exposure(people: Iterable[Followed], of: Travellers, since: date, until: date) -> Exposure:
    """The exposure of those who arrived in the period. The day of arrival is no day of follow-up: day a to day b is b − a days.

    Raises ExposureError for a follow-up that ends before arrival.
    """
    counted = [one for one in people if since <= one.arrived <= until]
    for one in counted:
        if one.until < one.arrived:
            raise ExposureError(f"a traveller who arrived on {one.arrived} was followed until {one.until}; correct the dates")
    return Exposure(
        of=of,
        since=since,
        until=until,
        travellers=len(counted),
        tests=sum(sum(day <= until for day in one.sampled) for one in counted),
        person_days=sum((min(one.until, until) - one.arrived).days for one in counted),
        still_followed=sum(one.until > until for one in counted),
    )
