"""An allocation by prices alone, at once, while somebody tries what would happen: it has its bound, and says that it is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fastchannel.supply.places.allocate import PRICED_GAP, Allocation, without_promised
from fastchannel.supply.places.application import Application, Grant
from fastchannel.supply.places.capacity import Budget, Capacity
from fastchannel.supply.places.conflict import Conflict, overpromised
from fastchannel.supply.places.lottery import drawn
from fastchannel.supply.places.prices import find_prices


def by_prices(
    applications: Iterable[Application],
    capacity: Capacity,
    budget: Budget,
    *,
    seed: str,
    promises: Sequence[Grant] = (),
    gap: float = PRICED_GAP,
) -> Allocation | Conflict | None:
    """The best choice that prices lead to within all limits, or the conflict of promises with them.

    None where prices alone do not keep the floors: ``allocate`` then says whether anything does. Equals are not drawn by lot
    here; who publishes an allocation asks ``allocate``. Raises PromiseError.
    """
    everyone = drawn(applications, seed)
    rest, held = without_promised(everyone, capacity, budget, promises)
    over = overpromised(rest, held)
    if over is not None:
        return over
    found = find_prices(rest, gap)
    if found.short:
        return None
    known = {one.id: one for one in everyone}
    kept = float(sum(known[grant.application].value_on(grant.day) for grant in promises))
    grants = (*promises, *rest.grants(found.choice).values())
    return Allocation(
        grants=tuple(sorted(grants, key=lambda grant: grant.application)),
        value=found.value + kept,
        bound=max(found.bound, found.value) + kept,
        method="prices",
        seed=seed,
        asked_gap=gap,
        prices=found.prices,
        problem=rest,
        choice=found.choice,
        promised=tuple(promises),
    )
