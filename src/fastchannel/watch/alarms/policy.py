"""What the watch asks, of which units, and how often it may be wrong: stated before the data are seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastchannel.watch.alarms.multiple import alarm_threshold
from fastchannel.watch.alarms.results import Result, Step
from fastchannel.watch.errors import WatchError


class Code(StrEnum):
    """What an alarm is about. Screens translate codes; `wording` has their texts."""

    STEP = "step"
    LABORATORY_MORE = "laboratory_more"
    LABORATORY_FEWER = "laboratory_fewer"
    CARRIER = "carrier"
    SPONSOR = "sponsor"
    SURGE = "surge"
    NEGATIVES_TURN_POSITIVE = "negatives_turn_positive"
    NEGATIVES_AGAINST_OTHERS = "negatives_against_others"
    FORGERY = "forgery"


class Against(StrEnum):
    """Which null a question holds the results against."""

    HIGH = "high"  # no more than the forecast's upper end
    LOW = "low"  # no fewer than its lower end
    BOTH = "both"  # before departure no fewer than the lower end, and on arrival no more than the upper
    OTHERS = "others"  # on arrival, odds no higher than those of travellers from the same region on the same day


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing asked of every unit: which results are its, at which steps, and against which null."""

    code: Code
    unit: Callable[[Result], str]
    steps: frozenset[Step]
    against: Against


ALL_STEPS = frozenset(Step)
ARRIVAL = frozenset({Step.ON_ARRIVAL})
FROM_ARRIVAL = ALL_STEPS - {Step.BEFORE_DEPARTURE}
TO_ARRIVAL = frozenset({Step.BEFORE_DEPARTURE, Step.ON_ARRIVAL})

QUESTIONS: tuple[Question, ...] = (
    Question(code=Code.STEP, unit=lambda result: result.step.value, steps=ALL_STEPS, against=Against.HIGH),
    Question(code=Code.LABORATORY_MORE, unit=lambda result: result.laboratory, steps=ALL_STEPS, against=Against.HIGH),
    Question(code=Code.LABORATORY_FEWER, unit=lambda result: result.laboratory, steps=ALL_STEPS, against=Against.LOW),
    Question(code=Code.CARRIER, unit=lambda result: result.carrier, steps=FROM_ARRIVAL, against=Against.HIGH),
    Question(code=Code.SPONSOR, unit=lambda result: result.sponsor, steps=ALL_STEPS, against=Against.HIGH),
    Question(code=Code.SURGE, unit=lambda result: result.region, steps=TO_ARRIVAL, against=Against.HIGH),
    Question(code=Code.NEGATIVES_TURN_POSITIVE, unit=lambda result: result.certifier, steps=ARRIVAL, against=Against.HIGH),
    Question(code=Code.NEGATIVES_AGAINST_OTHERS, unit=lambda result: result.certifier, steps=ARRIVAL, against=Against.OTHERS),
    Question(code=Code.FORGERY, unit=lambda result: result.certifier, steps=TO_ARRIVAL, against=Against.BOTH),
)

MOST_UNITS: Mapping[Code, int] = {
    Code.STEP: len(Step),
    Code.LABORATORY_MORE: 50,
    Code.LABORATORY_FEWER: 50,
    Code.CARRIER: 50,
    Code.SPONSOR: 500,
    Code.SURGE: 50,
    Code.NEGATIVES_TURN_POSITIVE: 50,
    Code.NEGATIVES_AGAINST_OTHERS: 50,
    Code.FORGERY: 50,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often the watch may be wrong.

    ``alpha`` is the probability of ever raising a false alarm, at any of its looks, on any unit and question together, if the
    forecast holds. The questions share it evenly, and so do the ``most_units`` of each. ``notice_rate`` is the expected share
    of false ones among a question's notices on any one day. ``more`` and ``fewer`` are the odds ratios that are bet on, above
    and below 1: they decide how soon a change is found, never how often a false alarm is raised. All must be settled before
    the data are seen. Raises WatchError where a figure makes no sense.
    """

    alpha: float = 0.05
    notice_rate: float = 0.1
    most_units: Mapping[Code, int] = field(default_factory=lambda: dict(MOST_UNITS))
    more: tuple[float, ...] = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
    fewer: tuple[float, ...] = (0.7, 0.5, 0.3, 0.1, 0.02)

    def __post_init__(self) -> None:
        wrong = [
            name
            for name, right in (
                ("alpha", 0.0 < self.alpha < 1.0),
                ("notice_rate", 0.0 < self.notice_rate < 1.0),
                ("most_units", all(self.most_units.get(code, 0) >= 1 for code in Code)),
                ("more", bool(self.more) and all(1.0 < ratio < float("inf") for ratio in self.more)),
                ("fewer", bool(self.fewer) and all(0.0 < ratio < 1.0 for ratio in self.fewer)),
            )
            if not right
        ]
        if wrong:
            raise WatchError(
                f"alarm policy: found {', '.join(f'{name} = {getattr(self, name)!r}' for name in wrong)}; expected rates "
                "between 0 and 1, at least 1 unit for every question, ratios above 1 in more and below 1 in fewer"
            )

    def threshold(self, code: Code) -> float:
        """The e-value that an alarm of this question needs."""
        return alarm_threshold(self.alpha / len(QUESTIONS), self.most_units[code])
