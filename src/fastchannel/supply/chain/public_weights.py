"""The public's weight of an industry: health, medicine, food, energy and transport count for more than they turn over."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from fastchannel.supply.chain.table import Floats, Table, nearest
from fastchannel.supply.errors import SupplyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sectors that share a weight, with where it comes from and why. ``sectors`` by classification of tables."""

    name: str
    weight: float
    source: str
    why: str
    sectors: Mapping[str, tuple[str, ...]]


def read_weights(raw: bytes, where: str) -> tuple[Group, ...]:
    """The groups of a TOML text. Raises SupplyError for a group without weight, source or reason, or a sector in two groups."""
    try:
        groups = tomllib.loads(raw.decode("utf-8")).get("group", [])
        found = tuple(_group(one, f"{where}: group {place}") for place, one in enumerate(groups, start=1))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SupplyError(
            f"{where}: is no TOML ({error}); expected [[group]] with name, weight, source, why, sectors"
        ) from None
    taken: dict[tuple[str, str], str] = {}
    for one in found:
        for classification, sectors in one.sectors.items():
            for sector in sectors:
                other = taken.setdefault((classification, sector), one.name)
                if other != one.name:
                    raise SupplyError(
                        f"{where}: sector {sector} of {classification} is in {other} and in {one.name}; expected one"
                    )
    return found


def shipped_weights() -> tuple[Group, ...]:
    """The weights that come with the package: ``library/public_weights.toml``."""
    return read_weights((files("fastchannel") / "library" / "public_weights.toml").read_bytes(), "public_weights.toml")


def weights_of(groups: tuple[Group, ...], table: Table, classification: str) -> Floats:
    """The weight of each industry of the table (N,), 1 outside the groups.

    Raises SupplyError where no group knows the classification: all would weigh the same unsaid.
    """
    known = sorted({name for one in groups for name in one.sectors})
    if classification not in known:
        raise SupplyError(f"no group has sectors of the classification {classification}; {nearest(classification, known)}")
    weight = {sector: one.weight for one in groups for sector in one.sectors.get(classification, ())}
    return np.array([weight.get(one.sector, 1.0) for one in table.industries])


def _group(given: object, where: str) -> Group:
    fields = given if isinstance(given, dict) else {}
    for name in ("name", "source", "why"):
        if not isinstance(fields.get(name), str) or not fields[name]:
            raise SupplyError(
                f"{where}: {name}: found {fields.get(name)!r}, expected a text: a weight must say where it is from"
            )
    weight = fields.get("weight")
    if not isinstance(weight, (int, float)) or isinstance(weight, bool) or not 0.0 <= weight < math.inf:
        raise SupplyError(f"{where}: weight: found {weight!r}, expected a number of 0 or more")
    sectors = fields.get("sectors")
    if not isinstance(sectors, dict) or not all(isinstance(one, list) for one in sectors.values()):
        raise SupplyError(f"{where}: sectors: found {sectors!r}, expected lists of sectors by classification")
    return Group(
        name=fields["name"],
        weight=float(weight),
        source=fields["source"],
        why=fields["why"],
        sectors={name: tuple(map(str, listed)) for name, listed in sectors.items()},
    )
