"""What one more unit of an industry's own output is worth to all, at the shortage that there is now.

A finite difference of ``propagate``: the shortage as it is, and the same with a little more (or, where nothing is short, a
little less) capacity in one industry. A multiplier of the table would not do: it takes every shortage for small and every input
for indispensable, and the larger the shock the less it says. bench/supply.py measures how little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from fastchannel.supply.chain.economy import Economy
from fastchannel.supply.chain.propagate import Behaviour, propagate
from fastchannel.supply.chain.table import Floats
from fastchannel.supply.errors import SupplyError

STEP = 0.01  # of an industry's normal capacity


class Direction(StrEnum):
    """Whether capacity is given back to an industry that lacks it, or kept for one that does not."""

    RESTORED = "restored"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shortage:
    """The shortage that there is: ``capacity`` (T, N) as for ``propagate``, and what output of each industry counts (N,).

    Days ``first_day`` to ``last_day`` are those on which people could work; output is counted on all T days, so that what
    comes late is counted too. Who is let in works from the first day: nobody is hired for it.
    """

    capacity: Floats
    weights: Floats
    first_day: int
    last_day: int
    step: float = STEP
    behaviour: Behaviour = field(default_factory=lambda: Behaviour(labour_follows=True))

    def __post_init__(self) -> None:
        days = self.capacity.shape[0] if self.capacity.ndim == 2 else 0
        if not 0 <= self.first_day <= self.last_day < days:
            raise SupplyError(
                f"days {self.first_day} to {self.last_day}: expected days of the {days} of the shortage, in order"
            )
        if not 0.0 < self.step <= 1.0:
            raise SupplyError(f"step: found {self.step}, expected a share of capacity above 0 and up to 1")
        if self.weights.shape != self.capacity.shape[1:]:
            raise SupplyError(f"weights: found the shape {self.weights.shape}, expected one for each industry of the shortage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """One industry's. ``direct`` is the output that its own people make or keep, in the table's unit over all days.

    ``amplification`` is output of all industries for each unit of it, ``worth`` the same with each industry's weight.
    """

    industry: str
    direction: Direction
    direct: float
    amplification: float
    worth: float


def marginals(economy: Economy, shortage: Shortage, places: Sequence[int] | None = None) -> tuple[Marginal, ...]:
    """The marginal of each industry at these places (rows of the table), of all if left out.

    Raises SupplyError where the shortage does not fit the economy.
    """
    base = propagate(economy, shortage.capacity, behaviour=shortage.behaviour).output
    return tuple(_marginal(economy, shortage, base, place) for place in (range(economy.count) if places is None else places))


Spread = Callable[[Callable[[Sequence[int]], tuple[Marginal, ...]], Iterable[Sequence[int]]], Iterable[tuple[Marginal, ...]]]


def marginals_spread(economy: Economy, shortage: Shortage, spread: Spread, *, parts: int) -> tuple[Marginal, ...]:
    """All marginals in ``parts`` parts, which ``spread`` maps a function over as it likes: in order, in other processes."""
    chunks = [one.tolist() for one in np.array_split(np.arange(economy.count), max(1, min(parts, economy.count)))]
    return tuple(one for part in spread(Part(economy=economy, shortage=shortage), chunks) for one in part)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """The marginals of some industries; it can be sent to another process."""

    economy: Economy
    shortage: Shortage

    def __call__(self, places: Sequence[int]) -> tuple[Marginal, ...]:
        """The marginals at these places."""
        return marginals(self.economy, self.shortage, places)


def _marginal(economy: Economy, shortage: Shortage, base: Floats, place: int) -> Marginal:
    days = slice(shortage.first_day, shortage.last_day + 1)
    now = shortage.capacity[days, place]
    direction = Direction.RESTORED if (now < 1.0).any() else Direction.KEPT
    other = np.clip(now + (shortage.step if direction is Direction.RESTORED else -shortage.step), 0.0, 1.0)
    capacity = shortage.capacity.copy()
    capacity[days, place] = other
    change = propagate(economy, capacity, behaviour=shortage.behaviour).output - base
    direct = float(np.abs(other - now).sum()) * float(economy.output[place])
    sign = 1.0 if direction is Direction.RESTORED else -1.0
    by_industry = sign * change.sum(axis=0)
    return Marginal(
        industry=str(economy.table.industries[place]),
        direction=direction,
        direct=direct,
        amplification=float(by_industry.sum()) / direct,
        worth=float(by_industry @ shortage.weights) / direct,
    )
