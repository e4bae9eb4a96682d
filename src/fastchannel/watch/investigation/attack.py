"""The secondary attack rate: of a case's contacts, how many were infected, with the exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from fastchannel.watch.investigation.windows import InvestigationError
from fastchannel.watch.ledger.bounds import CONFIDENCE, proportion_between


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondaryAttack:
    """``infected`` of ``followed`` contacts whose outcome is known; ``lost`` more are not in the rate.

    ``low`` and ``high`` are Clopper and Pearson's interval at ``confidence``; ``rate`` is None where no outcome is known.
    """

    infected: int
    followed: int
    lost: int
    confidence: float
    rate: float | None
    low: float
    high: float


def secondary_attack(infected: int, followed: int, lost: int = 0, confidence: float = CONFIDENCE) -> SecondaryAttack:
    """Raises BoundError for counts that cannot be, InvestigationError for a negative number of lost contacts."""
    if lost < 0:
        raise InvestigationError(f"secondary attack: found {lost} lost contacts, expected 0 or more")
    low, high = proportion_between(infected, followed, confidence)
    rate = infected / followed if followed else None
    return SecondaryAttack(
        infected=infected, followed=followed, lost=lost, confidence=confidence, rate=rate, low=low, high=high
    )
