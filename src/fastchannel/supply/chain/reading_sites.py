"""Reads sites, their links and their posts from three CSV files, and joins each site to its industry's row of a table.

- sites: ``site, firm, region, sector, product, place, share``
- links: ``site, supplier, product, stock_days, replaced_by, essential``: ``replaced_by`` has names with spaces between them and
  may be empty, ``essential`` is yes or no
- posts: ``site, skill, shift, needed, present``
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastchannel.supply.chain.grid import text_of
from fastchannel.supply.chain.sites import Link, Network, Post, Site
from fastchannel.supply.chain.table import Industry, Table, nearest
from fastchannel.supply.errors import SupplyError
from fastchannel.terms.places import is_known

SITES = ("site", "firm", "region", "sector", "product", "place", "share")
LINKS = ("site", "supplier", "product", "stock_days", "replaced_by", "essential")
POSTS = ("site", "skill", "shift", "needed", "present")
WHOLE = 1.0 + 1e-9  # of an industry, with room for the rounding of shares


def read_sites(
    table: Table, *, sites: tuple[bytes, str], links: tuple[bytes, str] | None = None, posts: tuple[bytes, str] | None = None
) -> Network:
    """The network of the sites, each file its bytes and its name.

    Raises SupplyError, with file and line, for a site of an unknown industry or place, sites that together are more than their
    industry, a link or a post of a site that is not there, a figure out of its bounds, and a circle of zero stock.
    """
    known = _sites(table, *sites)
    network = Network(
        sites=known,
        links=tuple(_link(line, known) for line in _lines(*links, LINKS)) if links else (),
        posts=tuple(_post(line, known) for line in _lines(*posts, POSTS)) if posts else (),
    )
    if network.faults:
        first = network.faults[0]
        raise SupplyError(
            f"{links[1] if links else 'links'}: {len(network.faults)} circles of zero stock; the first: {first.where}: none of "
            f"them can ever start. Expected a stock of {first.expected:g} day or more, or somebody who replaces, in one of them"
        )
    return network


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    where: str
    cells: Mapping[str, str]

    def number(self, name: str, most: float = math.inf) -> float:
        text = self.cells[name]
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not 0.0 <= found <= most or math.isinf(found):
            bound = f"from 0 to {most:g}" if math.isfinite(most) else "of 0 or more"
            raise SupplyError(f"{self.where}: {name}: found {text!r}, expected a number {bound}")
        return found

    def whole(self, name: str) -> int:
        found = self.number(name)
        if found != int(found):
            raise SupplyError(f"{self.where}: {name}: found {self.cells[name]!r}, expected a whole number")
        return int(found)

    def one_of(self, name: str, known: Mapping[str, Site], text: str | None = None) -> str:
        found = self.cells[name] if text is None else text
        if found not in known:
            raise SupplyError(
                f"{self.where}: {name}: site {found!r} has no line among the sites; {nearest(found, list(known))}"
            )
        return found


def _lines(raw: bytes, where: str, columns: tuple[str, ...]) -> Iterator[_Line]:
    reader = csv.DictReader(io.StringIO(text_of(raw, where)), skipinitialspace=True)
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise SupplyError(f"{where}: column {missing[0]} is missing; expected {', '.join(columns)}")
    for row in reader:
        cells = {name: (row[name] or "").strip() for name in columns}
        yield _Line(where=f"{where}: line {reader.line_num}", cells=cells)


def _sites(table: Table, raw: bytes, where: str) -> dict[str, Site]:
    found: dict[str, Site] = {}
    together: dict[Industry, float] = {}
    rows = set(table.industries)
    for line in _lines(raw, where, SITES):
        name, industry = line.cells["site"], Industry(region=line.cells["region"], sector=line.cells["sector"])
        if not name or name in found:
            raise SupplyError(f"{line.where}: site {name!r} is empty or there twice; expected a name of its own for each")
        if industry not in rows:
            known = [str(one) for one in table.industries]
            raise SupplyError(f"{line.where}: industry {industry} is not in {table.source}; {nearest(str(industry), known)}")
        if not is_known(line.cells["place"]):
            raise SupplyError(f"{line.where}: place: found {line.cells['place']!r}, expected an ISO 3166-2 code such as KR-41")
        share = line.number("share", most=1.0)
        together[industry] = together.get(industry, 0.0) + share
        if together[industry] > WHOLE:
            raise SupplyError(
                f"{line.where}: the sites of {industry} now make {together[industry]:.0%} of it; expected 100% at most"
            )
        found[name] = Site(
            name=name,
            firm=line.cells["firm"],
            industry=industry,
            product=line.cells["product"],
            place=line.cells["place"],
            share=share,
        )
    return found


def _link(line: _Line, known: Mapping[str, Site]) -> Link:
    essential = line.cells["essential"].lower()
    if essential not in {"yes", "no"}:
        raise SupplyError(f"{line.where}: essential: found {line.cells['essential']!r}, expected yes or no")
    return Link(
        site=line.one_of("site", known),
        supplier=line.one_of("supplier", known),
        product=line.cells["product"],
        stock_days=line.number("stock_days"),
        replaced_by=tuple(line.one_of("replaced_by", known, name) for name in line.cells["replaced_by"].split()),
        essential=essential == "yes",
    )


def _post(line: _Line, known: Mapping[str, Site]) -> Post:
    needed, present = line.whole("needed"), line.whole("present")
    if needed == 0:
        raise SupplyError(f"{line.where}: needed: found 0, expected 1 or more: a post that needs nobody is none")
    return Post(
        site=line.one_of("site", known),
        skill=line.cells["skill"],
        shift=line.cells["shift"],
        needed=needed,
        present=present,
    )
