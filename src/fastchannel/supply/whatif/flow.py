"""From a rule for the channel to the people who are there: a stock of people who stay, work after isolation, and leave.

An industry relies on the channel for a share of its people. Those who are there stay for a stated time; whoever leaves is
replaced by whom the channel lets in. Under another rule the stock moves from today's level to the new one while those who are
there now leave, in equal parts over a stay. Of a stay the nights in isolation are not worked. So the people at work, as a share
of today's, become

    a (S − q) / (S − q₀)    for S days of stay, a the flow against today's, q nights of isolation against q₀ today.

More people than an industry needs bring nothing further. The model knows no learning on the job and nobody who stays on: it
errs towards losing more where the channel closes for longer than people could extend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fastchannel.supply.chain.table import Floats, Table
from fastchannel.supply.errors import SupplyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule for the channel: ``flow`` is how many it lets in against today (0 closed, 1 as it is), ``nights`` in isolation."""

    name: str
    flow: float
    nights: float

    def __post_init__(self) -> None:
        if not (0.0 <= self.flow < float("inf") and self.nights >= 0.0):
            raise SupplyError(f"rule {self.name}: found a flow of {self.flow} and {self.nights} nights; expected 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """An industry's reliance on the channel: ``share`` of its people come through it, of whom ``present`` are there today."""

    industry: str
    share: float
    present: float = 1.0

    def __post_init__(self) -> None:
        for name in ("share", "present"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SupplyError(f"{self.industry}: {name}: found {getattr(self, name)}, expected a share from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long people stay, in days, isolation included."""

    days: float

    def at_work(self, rule: Rule, today: Rule) -> float:
        """The people at work once everybody there came under the rule, as a share of those at work under today's.

        Raises SupplyError where isolation takes the whole stay.
        """
        if not (self.days > rule.nights and self.days > today.nights and today.flow > 0.0):
            raise SupplyError(
                f"a stay of {self.days:g} days with {max(rule.nights, today.nights):g} nights in isolation leaves nothing to "
                "work, or today's channel is closed; expected a longer stay, and a flow above 0 today"
            )
        return rule.flow / today.flow * (self.days - rule.nights) / (self.days - today.nights)


def capacity_under(rule: Rule, today: Rule, stay: Stay, reliances: Sequence[Reliance], table: Table, days: int) -> Floats:
    """The path of capacity (days, N) for ``propagate`` when the rule comes into force on day 0.

    Raises SupplyError for an industry that the table lacks, and for one named twice.
    """
    towards = stay.at_work(rule, today)
    left = np.maximum(0.0, 1.0 - np.arange(days) / stay.days)  # of those who are there when it begins
    level = towards + (1.0 - towards) * left
    capacity = np.ones((days, len(table.industries)))
    seen: set[str] = set()
    for one in reliances:
        if one.industry in seen:
            raise SupplyError(f"{one.industry}: found it twice; expected each industry once")
        seen.add(one.industry)
        capacity[:, table.place(one.industry)] = 1.0 - one.share * (1.0 - np.minimum(1.0, one.present * level))
    return capacity


def standard_rules(today: Rule, *, places: float, strict_nights: float = 14.0) -> tuple[Rule, ...]:
    """What ministers ask first: as it is, closed, halved, with twice the rooms, and with two weeks of isolation.

    Rooms bound the flow: with so many ``places`` in use for each night, twice the rooms let in twice as many, and longer
    isolation lets in fewer, in proportion to the nights. ``places`` is the share of rooms that are in use today, above 0.
    """
    if not 0.0 < places <= 1.0:
        raise SupplyError(f"rooms in use: found {places}, expected a share above 0 and up to 1")
    nights = max(today.nights, 1.0)
    longer = min(today.flow, today.flow / places * nights / max(strict_nights, 1.0))
    return (
        today,
        Rule(name="closed", flow=0.0, nights=today.nights),
        Rule(name="halved", flow=today.flow / 2.0, nights=today.nights),
        Rule(name="twice the rooms", flow=today.flow * 2.0, nights=today.nights),
        Rule(name=f"{strict_nights:g} nights", flow=longer, nights=strict_nights),
    )
