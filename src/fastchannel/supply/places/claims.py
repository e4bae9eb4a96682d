"""Claims audited afterwards: what was claimed against what came true, and the discount of firms that inflate.

The rule, for a firm (its owner, however many sponsors it applies under): each audited claim gives log(realised ÷ claimed);
claims of long ago count less, halving with every ``half_life_audits`` later audits; the mean is shrunk towards nought as if
``prior_audits`` honest claims stood beside them; a mean above −``tolerance`` changes nothing, since forecasts err; what lies
below counts ``severity`` times, because a discount that only undid the inflation would leave what was gained before the first
audits; and a firm is never heard at less than ``floor`` of what its claims came to, so that it recovers with honest ones. (A
floor of the claim itself would reward who inflates beyond it.) Shrinkage towards a prior mean is that of credibility theory
(Bühlmann 1967, doi:10.1017/S0515036100008989).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from fastchannel.supply.errors import SupplyError
from fastchannel.supply.places.application import Application

NOTHING = 0.01  # realised ÷ claimed counts as at least that: the logarithm of nought has no mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One claim of a firm after its time: in the same unit, both for the place that was given."""

    firm: str
    claimed: float
    realised: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountRule:
    """The stated figures of the rule."""

    prior_audits: float = 2.0
    severity: float = 4.0
    tolerance: float = 0.05
    floor: float = 0.2
    half_life_audits: float = 8.0


class AuditError(SupplyError):
    """An audit that says nothing."""


def factor(audits: Sequence[Audit], rule: DiscountRule) -> float:
    """By what a firm's claims are multiplied, from its audits in the order of time; 1 without any.

    Raises AuditError where a claim is not above nought or a realised amount is below it.
    """
    weight = summed = 0.0
    for audit in audits:
        if not audit.claimed > 0.0 or not audit.realised >= 0.0:
            raise AuditError(
                f"audit of {audit.firm}: found {audit.claimed} claimed and {audit.realised} realised, expected > 0, >= 0"
            )
        fade = 0.5 ** (1.0 / rule.half_life_audits)
        ratio = max(audit.realised / audit.claimed, NOTHING)
        weight, summed = weight * fade + 1.0, summed * fade + math.log(ratio)
    least = rule.floor * math.exp(min(0.0, summed / weight)) if weight else rule.floor
    mean = summed / (weight + rule.prior_audits)
    return max(least, math.exp(rule.severity * min(0.0, mean + rule.tolerance)))


def factors(audits: Iterable[Audit], rule: DiscountRule, owners: Mapping[str, str] | None = None) -> dict[str, float]:
    """The factor of each owner that has been audited; ``owners`` names whose a firm is, where that is another."""
    whose = owners or {}
    by_firm: dict[str, list[Audit]] = {}
    for audit in audits:
        by_firm.setdefault(whose.get(audit.firm, audit.firm), []).append(audit)
    return {firm: factor(found, rule) for firm, found in by_firm.items()}


def discounted(
    applications: Iterable[Application], audits: Iterable[Audit], rule: DiscountRule, owners: Mapping[str, str] | None = None
) -> list[Application]:
    """The applications with their values discounted. ``owners`` names whose a sponsor is, where that is another."""
    whose, found = owners or {}, factors(audits, rule, owners)
    return [_with(one, found.get(whose.get(one.sponsor, one.sponsor), 1.0)) for one in applications]


def _with(one: Application, by: float) -> Application:
    return one if by == 1.0 else replace(one, values=tuple(value * by for value in one.values))
