"""The claim "zero import", as it can be made: a count together with what it was counted over and what it leaves possible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from fastchannel.watch.errors import WatchError
from fastchannel.watch.ledger.bounds import CONFIDENCE, proportion_at_most, rate_at_most
from fastchannel.watch.ledger.counting import Dated, Definition, Tally, tally
from fastchannel.watch.ledger.exposure import Exposure
from fastchannel.watch.ledger.fold import Ledger
from fastchannel.watch.ledger.undetected import Prior, Step, Undetected, undetected
from fastchannel.watch.ledger.words import claim_words, count_words


class ClaimError(WatchError):
    """The claim cannot be made from what was given."""


class Verdict(StrEnum):
    """What the ledger shows. What it proves is in the bounds."""

    ZERO = "zero"
    UNSETTLED = "unsettled"  # no import stands, and some case may be one
    NOT_ZERO = "not zero"
    NOBODY = "nobody"  # no import, of no travellers


class Count:
    """A number of imports that is never told alone: whatever makes it text gives its exposure and its bounds too.

    ``at_most_per_traveller`` and ``at_most_per_person_day`` are the exact one-sided bounds at ``confidence``; the latter is
    infinite where nobody was followed.
    """

    __slots__ = ("_number", "confidence", "exposure")

    def __init__(self, number: int, exposure: Exposure, confidence: float) -> None:
        if number > exposure.travellers:
            raise ClaimError(
                f"{number} imports among {exposure.travellers} travellers: the exposure leaves out people who are counted"
            )
        self._number, self.exposure, self.confidence = number, exposure, confidence

    @property
    def at_most_per_traveller(self) -> float:
        return proportion_at_most(self._number, self.exposure.travellers, self.confidence)

    @property
    def at_most_per_person_day(self) -> float:
        return rate_at_most(self._number, self.exposure.person_days, self.confidence)

    @property
    def is_zero(self) -> bool:
        return self._number == 0

    def as_data(self) -> dict[str, Any]:
        """All of it, for JSON; no bound is null."""
        per_day = self.at_most_per_person_day
        return {
            "imports": self._number,
            "travellers": self.exposure.travellers,
            "tests": self.exposure.tests,
            "person_days": self.exposure.person_days,
            "confidence": self.confidence,
            "at_most_per_traveller": self.at_most_per_traveller,
            "at_most_per_person_day": per_day if math.isfinite(per_day) else None,
        }

    def words(self, language: str = "en") -> str:
        return count_words(self.as_data(), language)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Count) and self.as_data() == other.as_data() and self.exposure == other.exposure

    def __hash__(self) -> int:
        return hash((self._number, self.exposure, self.confidence))

    def __str__(self) -> str:
        return self.words()

    __repr__ = __str__


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim:
    """How many imports there were under a definition, and what that proves.

    ``imports`` are those that stand; ``should_all_be`` counts the cases that are not settled too. ``undetected`` is None where
    no forecast was given.
    """

    definition: Definition
    exposure: Exposure
    tally: Tally
    on: date
    known_at: datetime
    confidence: float
    undetected: Undetected | None

    @property
    def imports(self) -> Count:
        return Count(len(self.tally.imports), self.exposure, self.confidence)

    @property
    def should_all_be(self) -> Count:
        return Count(len(self.tally.imports) + len(self.tally.possible), self.exposure, self.confidence)

    @property
    def verdict(self) -> Verdict:
        if self.tally.imports:
            return Verdict.NOT_ZERO
        if self.tally.possible:
            return Verdict.UNSETTLED
        return Verdict.ZERO if self.exposure.travellers else Verdict.NOBODY

    def as_data(self) -> dict[str, Any]:
        """All of it, for JSON."""
        definition, found = self.definition, self.undetected
        return {
            "verdict": self.verdict.value,
            "definition": {
                "travellers": definition.travellers.value,
                "by": definition.by.value,
                "published": definition.published.value,
                "origin": definition.origin,
                "destination": definition.destination,
            },
            "since": self.exposure.since.isoformat(),
            "on": self.on.isoformat(),
            "known_at": self.known_at.isoformat(),
            "imports": self.imports.as_data(),
            "should_all_be": self.should_all_be.as_data(),
            "cases": [_case(case) for case in self.tally.imports],
            "not_settled": [_case(case) for case in self.tally.possible],
            "streak_days": self.tally.streak_days,
            "sure_streak_days": self.tally.sure_streak_days,
            "still_followed": self.exposure.still_followed,
            "undetected": None
            if found is None
            else {
                "expected_infected": found.prior.mean,
                "mean": found.mean,
                "none": found.none,
                "at_most": found.at_most(self.confidence),
                "probability": self.confidence,
            },
        }

    def words(self, language: str = "en") -> str:
        """The claim in sentences, a line each."""
        return claim_words(self.as_data(), language)

    def __str__(self) -> str:
        return self.words()

    __repr__ = __str__


def zero_import(
    ledger: Ledger,
    exposure: Exposure,
    definition: Definition,
    on: date,
    *,
    prior: Prior | None = None,
    steps: Sequence[Step] = (),
    confidence: float = CONFIDENCE,
) -> Claim:
    """What the ledger shows of imports from the exposure's first day through ``on``, and what that proves.

    ``prior`` is the forecast of infected travellers in that time and ``steps`` what finds them, in order. Exposure may end
    before ``on``: what is counted over fewer people is bounded less. Raises ClaimError where the parts do not belong together,
    and UndetectedError.
    """
    if exposure.of is not definition.travellers:
        raise ClaimError(
            f"the exposure is of {exposure.of.value} travellers and the definition of {definition.travellers.value}"
        )
    if not exposure.until <= on:
        raise ClaimError(f"the claim is made on {on} and the exposure reaches to {exposure.until}; count it until {on}")
    if on > (ledger.at + timedelta(hours=14)).date():  # the farthest zone's date then
        raise ClaimError(f"the claim is made on {on} and the ledger is known as at {ledger.at.isoformat()}; fold it later")
    claim = Claim(
        definition=definition,
        exposure=exposure,
        tally=tally(ledger, definition, exposure.since, on),
        on=on,
        known_at=ledger.at,
        confidence=confidence,
        undetected=None if prior is None else undetected(prior, steps),
    )
    claim.as_data()  # whatever cannot be bounded is refused here, not when it is told
    return claim


def _case(case: Dated) -> dict[str, Any]:
    return {"case": case.case, "day": case.day.isoformat(), "dated": case.dated}
