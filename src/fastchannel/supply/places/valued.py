"""Applications whose worth comes from the chain instead of from their own file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.application import Application


class UnvaluedError(SupplyError):
    """An application that the chain does not value, or not on all its days."""


def with_values(applications: Iterable[Application], values: Mapping[str, Sequence[float]]) -> list[Application]:
    """The applications, each worth ``values[id][day]`` on every day on which it is worth anything by itself.

    Raises UnvaluedError for an id without values, or a day beyond them.
    """
    return [_valued(one, values) for one in applications]


def _valued(one: Application, values: Mapping[str, Sequence[float]]) -> Application:
    known = values.get(one.id)
    if known is None:
        raise UnvaluedError(
            f"application {one.id}: found no value among {len(values)}; expected it among the applications that were valued"
        )
    last = one.first_day + len(one.values) - 1
    if last >= len(known):
        raise UnvaluedError(
            f"application {one.id}: day {last}: found values of {len(known)} arrival days; expected {last + 1} or more"
        )
    given = (known[one.first_day + k] if own > 0.0 else 0.0 for k, own in enumerate(one.values))
    return replace(one, values=tuple(given))
