"""An input–output table of one year: what each industry sells to every industry and to final demand."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastchannel.supply.errors import SupplyError

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

NEAREST = 3  # names that are offered for one that is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """One industry of one region, as its table codes it: ``KOR`` and ``c14``."""

    region: str
    sector: str

    def __str__(self) -> str:
        return f"{self.region}.{self.sector}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A column of final demand: whose it is and, where the table tells them apart, for what (``households``)."""

    region: str
    category: str = ""
    households: bool | None = None  # None where the column mixes households with others

    def __str__(self) -> str:
        return f"FD.{self.region}.{self.category}" if self.category else f"FD.{self.region}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A table of N industries and K columns of final demand, in ``unit`` a year.

    ``flows[i, j]`` (N, N) is what industry i sold to industry j, ``final[i, k]`` (N, K) what it sold to final demand k, and
    ``output[i]`` (N,) all that it made. Raises SupplyError where these do not fit together in shape or are no numbers; what
    is odd in the figures themselves is found by ``faults.check``.
    """

    source: str
    unit: str
    industries: tuple[Industry, ...]
    demands: tuple[Demand, ...]
    flows: Floats
    final: Floats
    output: Floats

    def __post_init__(self) -> None:
        count, columns = len(self.industries), len(self.demands)
        if count == 0:
            raise SupplyError(f"{self.source}: found no industry; expected at least one row with a column of the same name")
        wanted = {"flows": (count, count), "final": (count, columns), "output": (count,)}
        for name, shape in wanted.items():
            found = getattr(self, name).shape
            if found != shape:
                raise SupplyError(f"{self.source}: {name} has shape {found}, expected {shape}")
        refuse_doubles(self.source, self.industries)
        for name in wanted:
            bad = np.argwhere(~np.isfinite(getattr(self, name)))
            if len(bad):
                row = self.industries[int(bad[0][0])]
                raise SupplyError(f"{self.source}: {name} of {row}: found no finite number in {len(bad)} places")

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of the industries, in the order in which they first come."""
        return tuple(dict.fromkeys(one.region for one in self.industries))

    @property
    def value_added(self) -> Floats:
        """What each industry adds to what it buys from the industries of the table (N,)."""
        return np.asarray(self.output - self.flows.sum(axis=0))

    def places(self) -> dict[str, int]:
        """The row of each industry by its name."""
        return {str(one): row for row, one in enumerate(self.industries)}

    def place(self, name: str) -> int:
        """The row of the industry called ``KOR.c14``. Raises SupplyError with the nearest names where there is none."""
        known = self.places()
        if name not in known:
            raise SupplyError(f"{self.source}: industry {name} is not in the table; {nearest(name, list(known))}")
        return known[name]


def nearest(name: str, known: Sequence[str]) -> str:
    """What a message says of names like one that is unknown."""
    close = difflib.get_close_matches(name, known, n=NEAREST, cutoff=0.5) or list(known)[:NEAREST]
    return f"expected one of {len(known)}, for example {', '.join(close)}"


def refuse_doubles(where: str, industries: Sequence[Industry]) -> None:
    """Raises SupplyError where an industry comes twice."""
    seen: set[Industry] = set()
    for one in industries:
        if one in seen:
            raise SupplyError(f"{where}: industry {one} is there twice; expected one row for each")
        seen.add(one)
