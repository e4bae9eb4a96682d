"""What an application is worth: the output that it saves, and what that keeps running elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fastchannel.supply.chain.economy import DAYS_A_YEAR
from fastchannel.supply.chain.sites import Network
from fastchannel.supply.chain.table import Table
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.value.marginals import Marginal
from fastchannel.supply.value.people import KEPT_BY_THE_NEXT, share_brought
from fastchannel.supply.value.urgency import Urgency


class Limit(StrEnum):
    """What bounds the output at stake."""

    CLAIM = "claim"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A team that is let in together or not at all.

    ``claimed_per_day`` is the output at stake as its sponsor says, in the table's unit.
    """

    identifier: str
    site: str
    team: Mapping[str, int]
    claimed_per_day: float
    room_nights: int
    urgency: Urgency

    def __post_init__(self) -> None:
        if self.room_nights < 1:
            raise SupplyError(f"application {self.identifier}: room_nights: found {self.room_nights}, expected 1 or more")
        if not 0.0 <= self.claimed_per_day < float("inf"):
            raise SupplyError(
                f"application {self.identifier}: claimed_per_day: found {self.claimed_per_day}, expected a number of 0 or more"
            )
        if not any(self.team.values()) or any(people < 0 for people in self.team.values()):
            raise SupplyError(f"application {self.identifier}: team: found {dict(self.team)}, expected people by skill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Every factor of a value, in the table's unit: value = at stake a day × days × share brought × marginal.

    ``direct`` is what the plain ranking counts: at stake a day × days. ``a_day_later`` is the value for an arrival a day later.
    """

    identifier: str
    industry: str
    claimed_per_day: float
    share_per_day: float
    limited_by: Limit
    days: float
    brought: float
    marginal: float
    value: float
    a_day_later: float
    direct: float
    room_nights: int

    @property
    def per_room_night(self) -> float:
        """The value for each room and night."""
        return self.value / self.room_nights

    @property
    def direct_per_room_night(self) -> float:
        """What the plain ranking ranks by."""
        return self.direct / self.room_nights


def value(
    application: Application,
    *,
    table: Table,
    network: Network,
    marginals: Mapping[str, Marginal],
    arrival_day: float = 0.0,
    admitted: Mapping[str, int] | None = None,
    kept: float = KEPT_BY_THE_NEXT,
) -> Worth:
    """The worth of an application for an arrival on a day, after those ``admitted`` already for its site (people by skill).

    At stake is the less of what the sponsor claims and the site's share of its industry's output: a claim can lower what a
    place is worth, never raise it above what the site makes. ``marginals`` are of the shortage now, by industry.

    Raises SupplyError for a site, a skill or an industry that is not known.
    """
    site = network.site(application.site)
    name = str(site.industry)
    if name not in marginals:
        raise SupplyError(f"application {application.identifier}: {name} has no marginal; expected that of the shortage now")
    of_site = site.share * float(table.output[table.place(name)]) / DAYS_A_YEAR
    at_stake = min(application.claimed_per_day, of_site)
    brought = share_brought(network.posts_of(site.name), application.team, admitted or {}, kept=kept)
    marginal = marginals[name].worth
    days, days_later = (application.urgency.days_at_stake(day) for day in (arrival_day, arrival_day + 1.0))
    return Worth(
        identifier=application.identifier,
        industry=name,
        claimed_per_day=application.claimed_per_day,
        share_per_day=of_site,
        limited_by=Limit.CLAIM if application.claimed_per_day < of_site else Limit.SHARE,
        days=days,
        brought=brought,
        marginal=marginal,
        value=at_stake * days * brought * marginal,
        a_day_later=at_stake * days_later * brought * marginal,
        direct=at_stake * days,
        room_nights=application.room_nights,
    )
