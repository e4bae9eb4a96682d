"""What each rule costs: output lost by industry and week on each side, with a range, and its imports.

The range is over how inputs bind, from hardly to all of them, and over how much the industries rely on the channel, which
nobody measures well. It is what the assumptions span, not a confidence interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fastchannel.supply.chain.economy import Economy, Production
from fastchannel.supply.chain.propagate import Behaviour, propagate
from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.errors import SupplyError
from fastchannel.supply.whatif.flow import Reliance, Rule, Stay, capacity_under

WEEK = 7
CENTRAL = Production.HALF_CRITICAL
# From inputs of which none can be done without but the share that the table has, to all of them.
RANGE = (Production.LINEAR, CENTRAL, Production.LEONTIEF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A figure with the lowest and the highest of the assumptions."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """One rule's. Losses are against the output of a normal time, in the table's unit; negative is a gain.

    ``by_region`` sums the industries of each side; ``by_week`` is that of the central assumption, regions in the table's order
    (weeks, regions); ``by_industry`` likewise, over all days. ``imports`` are those expected then, where risks were given.
    """

    rule: Rule
    lost: Between
    by_region: Mapping[str, Between]
    by_week: Floats
    by_industry: Mapping[str, float]
    imports: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: for how many days, who relies on the channel, how long they stay.

    ``travellers_per_day`` come under today's rule. ``imports_per_million`` are by nights of isolation, from a forecast of the
    agreement with them; rules with other nights have no figure for imports. ``uncertain`` is the part of itself by which each
    reliance may be off, all of them together.
    """

    days: int
    today: Rule
    stay: Stay
    reliances: tuple[Reliance, ...]
    travellers_per_day: float = 0.0
    imports_per_million: Mapping[float, float] | None = None
    uncertain: float = 0.5

    def __post_init__(self) -> None:
        if self.days < WEEK or self.travellers_per_day < 0.0 or not 0.0 <= self.uncertain < 1.0:
            raise SupplyError(
                f"found {self.days} days, {self.travellers_per_day} travellers a day and shares off by {self.uncertain}; "
                "expected a week or more, 0 or more, and a part from 0 to below 1"
            )

    def relied(self, factor: float) -> tuple[Reliance, ...]:
        """The reliances with their shares so much larger or smaller, at most all of an industry's people."""
        return tuple(replace(one, share=min(1.0, one.share * factor)) for one in self.reliances)

    def imports(self, rule: Rule) -> float | None:
        """Imports expected while the rule is in force."""
        per_million = None if self.imports_per_million is None else self.imports_per_million.get(rule.nights)
        if per_million is None:
            return 0.0 if rule.flow == 0.0 and self.imports_per_million is not None else None
        return self.travellers_per_day * rule.flow / self.today.flow * self.days * per_million / 1e6


def outcomes(
    table: Table, economies: Callable[[Production], Economy], question: Question, rules: Sequence[Rule]
) -> list[Outcome]:
    """Each rule's outcome. ``economies`` makes the table ready to run under an assumption on inputs. Raises SupplyError."""
    ready = {one: economies(one) for one in RANGE}
    return [_outcome(table, ready, question, rule) for rule in rules]


def _outcome(table: Table, ready: Mapping[Production, Economy], question: Question, rule: Rule) -> Outcome:
    lost = {
        (assumed, factor): _lost(economy, _capacity(table, question, rule, factor))
        for assumed, economy in ready.items()
        for factor in (1.0 - question.uncertain, 1.0, 1.0 + question.uncertain)
    }
    central = lost[CENTRAL, 1.0]
    regions = list(dict.fromkeys(industry.region for industry in table.industries))
    of = {name: [place for place, one in enumerate(table.industries) if one.region == name] for name in regions}
    weekly = central[: len(central) // WEEK * WEEK].reshape(-1, WEEK, len(table.industries)).sum(axis=1)
    total = central.sum(axis=0)
    return Outcome(
        rule=rule,
        lost=_between(list(lost.values()), central),
        by_region={
            name: _between([one[:, places] for one in lost.values()], central[:, places]) for name, places in of.items()
        },
        by_week=np.stack([weekly[:, places].sum(axis=1) for places in of.values()], axis=1),
        by_industry={str(one): float(total[place]) for place, one in enumerate(table.industries)},
        imports=question.imports(rule),
    )


def _capacity(table: Table, question: Question, rule: Rule, factor: float) -> Floats:
    return capacity_under(rule, question.today, question.stay, question.relied(factor), table, question.days)


def _lost(economy: Economy, capacity: Floats) -> Floats:
    """Output lost (days, N) against a normal time."""
    found: Floats = economy.output - propagate(economy, capacity, behaviour=Behaviour(labour_follows=True)).output
    return found


def _between(figures: Sequence[Floats], central: Floats) -> Between:
    sums = [float(one.sum()) for one in figures]
    return Between(low=min(sums), central=float(central.sum()), high=max(sums))
