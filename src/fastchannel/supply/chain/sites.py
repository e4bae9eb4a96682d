"""Sites of firms: what each makes and where, from whom it gets its inputs, who could replace these, and the people it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from fastchannel.supply.chain.faults import Fault
from fastchannel.supply.chain.stocks import circle_faults
from fastchannel.supply.chain.table import Industry
from fastchannel.supply.errors import SupplyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of production. ``share`` is its part of its industry's output, 0 to 1; ``place`` its ISO 3166-2 code."""

    name: str
    firm: str
    industry: Industry
    product: str
    place: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An input of a site. ``replaced_by``: sites that would deliver instead of ``supplier``; an ``essential`` one stops it."""

    site: str
    supplier: str
    product: str
    stock_days: float
    replaced_by: tuple[str, ...] = ()
    essential: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """People of one skill whom a site needs in one shift, and how many of them are there."""

    site: str
    skill: str
    shift: str
    needed: int
    present: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """Sites by name, their links and their posts. ``reading_sites.read_sites`` makes one from three files."""

    sites: Mapping[str, Site]
    links: tuple[Link, ...]
    posts: tuple[Post, ...]

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """The circles of essential inputs of which nobody holds any stock and which nobody else could deliver."""
        names = list(self.sites)
        place = {name: row for row, name in enumerate(names)}
        empty = [one for one in self.links if one.essential and one.stock_days <= 0.0 and not one.replaced_by]
        return circle_faults(names, [(place[one.supplier], place[one.site]) for one in empty])

    def site(self, name: str) -> Site:
        """The site. Raises SupplyError where there is none of this name."""
        if name not in self.sites:
            raise SupplyError(f"site {name} is not among the {len(self.sites)} sites; expected the name in the sites' file")
        return self.sites[name]

    def posts_of(self, site: str) -> tuple[Post, ...]:
        """The posts of one site."""
        return tuple(one for one in self.posts if one.site == site)


def stands_still_from(network: Network, stopped: Mapping[str, float]) -> dict[str, float]:
    """The day on which each site that will stop does, when those in ``stopped`` stop on the days given.

    A site stops when an essential input has been used up: its stock's days after the last of those who could deliver it has
    stopped. Sites that never stop are left out. Raises SupplyError for an unknown site.
    """
    for name in stopped:
        network.site(name)
    waiting = {number: {one.supplier, *one.replaced_by} for number, one in enumerate(network.links) if one.essential}
    delivers: dict[str, list[int]] = {}
    for number, sources in waiting.items():
        for source in sources:
            delivers.setdefault(source, []).append(number)
    found: dict[str, float] = {}
    ahead = dict(stopped)
    while ahead:
        name = min(ahead, key=lambda one: (ahead[one], one))  # days only grow along links: the earliest is final
        day = ahead.pop(name)
        found[name] = day
        for number in delivers.get(name, ()):
            waiting[number].discard(name)
            link = network.links[number]
            if not waiting[number] and link.site not in found:
                until = day + link.stock_days
                ahead[link.site] = min(until, ahead.get(link.site, until))
    return found
