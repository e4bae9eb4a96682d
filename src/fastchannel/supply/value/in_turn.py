"""Several teams for one site, valued one after another: each for what it brings after those that come before it.

A site is started once. Were each team valued as if it came alone, three teams for one line would count that line three times.
So of the teams for a site the one of the greatest value for each room-night comes first, the next is valued after it is
admitted, and so on: their values together are what all of them bring. Teams that only help together (a welder without a rigger
starts nothing) show that here, the first with nought and the last with all: they should apply as one team.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastchannel.supply.chain.sites import Network
from fastchannel.supply.chain.table import Table
from fastchannel.supply.value.marginals import Marginal
from fastchannel.supply.value.people import KEPT_BY_THE_NEXT
from fastchannel.supply.value.value import Application, Worth, value

Admitted = Mapping[str, Mapping[str, int]]  # by site, people by skill


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A team's worth for an arrival on the first day, after those ``admitted`` for its site (people by skill) before it.

    ``values[k]`` is what an arrival on day k is worth.
    """

    worth: Worth
    admitted: Mapping[str, int]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """What a value is taken from: the table, its sites and the marginals of the shortage now."""

    table: Table
    network: Network
    marginals: Mapping[str, Marginal]
    kept: float = KEPT_BY_THE_NEXT
    admitted: Admitted = field(default_factory=dict)

    def worth(self, one: Application, admitted: Mapping[str, int], day: float = 0.0) -> Worth:
        """One team's, after those admitted for its site. Raises SupplyError as ``value`` does."""
        return value(
            one,
            table=self.table,
            network=self.network,
            marginals=self.marginals,
            arrival_day=day,
            admitted=admitted,
            kept=self.kept,
        )


def in_turn(applications: Sequence[Application], valuation: Valuation, days: int = 1) -> tuple[Turn, ...]:
    """Each application's turn, in the order given, for arrivals on days 0 to ``days`` − 1.

    Equals come by identifier. Raises SupplyError for a site, a skill or an industry that is not known.
    """
    by_site: dict[str, list[Application]] = {}
    for one in applications:
        by_site.setdefault(one.site, []).append(one)
    found = {
        turn.worth.identifier: turn for site, asking in by_site.items() for turn in _of_site(site, asking, valuation, days)
    }
    return tuple(found[one.identifier] for one in applications)


def _of_site(site: str, asking: Sequence[Application], valuation: Valuation, days: int) -> list[Turn]:
    present = Counter(valuation.admitted.get(site, {}))
    left, found = sorted(asking, key=lambda one: one.identifier), list[Turn]()
    while left:
        worths = [valuation.worth(one, present) for one in left]
        best = max(range(len(left)), key=lambda k: worths[k].per_room_night)  # the first of equals
        one, before = left.pop(best), dict(present)
        values = tuple(valuation.worth(one, before, float(day)).value for day in range(days))
        found.append(Turn(worth=worths[best], admitted=before, values=values))
        present += Counter(one.team)
    return found
