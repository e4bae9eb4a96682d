"""The table of the chain that this node holds: what `fastchannel supply load` stored, read once in each process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from fastchannel.casework.worth import Chain
from fastchannel.node.desk import office
from fastchannel.node.models import ChainTable
from fastchannel.supply.chain.own_csv import read_own, write_own
from fastchannel.supply.chain.reading_sites import read_sites
from fastchannel.supply.chain.sites import Network
from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.value.marginals import Marginal

_marginals: msgspec.json.Decoder[tuple[Marginal, ...]] = msgspec.json.Decoder(tuple[Marginal, ...])
_names: msgspec.json.Decoder[dict[str, str]] = msgspec.json.Decoder(dict[str, str])
_days: msgspec.json.Decoder[tuple[float, ...]] = msgspec.json.Decoder(tuple[float, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The table in use. ``stock_days`` are in the order of its industries."""

    id: str
    chain: Chain
    stock_days: tuple[float, ...]
    names: Mapping[str, str]

    def name(self, industry: str) -> str:
        """An industry in words, with its code."""
        region, _, sector = industry.partition(".")
        return f"{region} · {self.names[sector]}" if sector in self.names else industry


def keep(
    table: Table,
    stock_days: Floats,
    marginals: Sequence[Marginal],
    *,
    sites: bytes = b"",
    links: bytes = b"",
    posts: bytes = b"",
    names: Mapping[str, str] | None = None,
) -> ChainTable:
    """Store a table that is in order, with the marginals of the shortage now: it is the one in use from now on."""
    return ChainTable.objects.create(
        source=table.source[-200:],
        unit=table.unit[:32],
        table=write_own(table),
        stock_days=msgspec.json.encode(stock_days.tolist()),
        sites=sites,
        links=links,
        posts=posts,
        names=msgspec.json.encode(dict(names or {})),
        marginals=msgspec.json.encode(list(marginals)),
        loaded=office().clock.now(),
    )


def newest() -> Held | None:
    """The table in use; None where none was loaded."""
    identifier = ChainTable.objects.order_by("-id").values_list("id", flat=True).first()
    return None if identifier is None else _read(identifier)


def industries() -> tuple[str, ...]:
    """The industries of the table in use; empty where none was loaded."""
    held = newest()
    return () if held is None else tuple(str(one) for one in held.chain.table.industries)


@lru_cache(maxsize=2)
def _read(identifier: str) -> Held:
    row = ChainTable.objects.get(id=identifier)
    table = read_own(bytes(row.table), row.source, unit=row.unit)
    links, posts = bytes(row.links), bytes(row.posts)
    network = (
        read_sites(
            table,
            sites=(bytes(row.sites), "sites"),
            links=(links, "links") if links else None,
            posts=(posts, "posts") if posts else None,
        )
        if row.sites
        else Network(sites={}, links=(), posts=())
    )
    known = {one.industry: one for one in _marginals.decode(bytes(row.marginals))}
    return Held(
        id=identifier,
        chain=Chain(table=table, network=network, marginals=known),
        stock_days=_days.decode(bytes(row.stock_days)),
        names=_names.decode(bytes(row.names)) if row.names else {},
    )
