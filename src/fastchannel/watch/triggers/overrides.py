"""What people decide against or beyond the rules: it takes both parties' signatures and a reason, and is visible before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fastchannel.agreement.text import Fate, Scope
from fastchannel.watch.triggers.subject import Subject

WHOLE = Subject(scope=Scope.AGREEMENT)


class Act(StrEnum):
    """What an override does."""

    OPEN = "open"  # stays open, or opens again, whatever the triggers say
    PAUSE = "pause"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A party's, and the day on which it was given."""

    party: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A decision from ``first`` to ``until`` (without it, until another one), for a subject; ``trigger`` names one rule only.

    It has effect from the day on which the last party signed, and none without a reason.
    """

    id: str
    act: Act
    first: date
    until: date | None = None
    reason: str
    signatures: tuple[Signature, ...]
    subject: Subject = WHOLE
    trigger: str = ""
    under_way: Fate = Fate.COMPLETE

    def signed(self, on: date) -> frozenset[str]:
        """The parties whose signature was there on a day."""
        return frozenset(signature.party for signature in self.signatures if signature.on <= on)

    def begins(self, parties: Iterable[str]) -> date | None:
        """The first day on which it can have effect; None where a party's signature or the reason is missing."""
        days = [[one.on for one in self.signatures if one.party == party] for party in parties]
        if not self.reason.strip() or not all(days):
            return None
        return max(self.first, *(min(signed) for signed in days))

    def seen(self, on: date) -> bool:
        """Whether there is anything of it to see on a day."""
        return bool(self.signed(on)) and (self.until is None or on <= self.until)

    def in_effect(self, parties: Iterable[str], on: date) -> bool:
        """Whether it has effect on a day."""
        begins = self.begins(parties)
        return begins is not None and begins <= on and (self.until is None or on <= self.until)
