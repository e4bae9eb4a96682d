"""Which measure buys what: each measure of a design taken away, a day taken off or added, and what that does.

"Without the second test the imports would be twice as many, for one day less" is a `Step`; its sentence is in the reader's
language, its numbers are beside it. All are worked out at the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fastchannel.agreement.provisions import LaboratoryTest, Provisions, Stay
from fastchannel.agreement.wording import StayPlace
from fastchannel.forecast.design.amendments import Amendment, Drop, FurtherTest, LeastDays, UntilDay
from fastchannel.forecast.design.run import Candidate, Setting
from fastchannel.forecast.design.space import GOAL_WORDS, Goal, in_ways
from fastchannel.forecast.infection.draws import Draw
from fastchannel.forecast.measures import HELD
from fastchannel.terms.events import Assay
from fastchannel.terms.language import N_, pick, translate
from fastchannel.terms.moments import Anchor

NEXT_TEST_DAYS = 5  # when a further test is tried
MOST_DAYS = {LeastDays: 21, UntilDay: 28}


class StepKind(StrEnum):
    """What is tried beside a design."""

    WITHOUT = "without"
    DAY_LESS = "day less"
    DAY_MORE = "day more"
    FURTHER = "further"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change to a design: the ``ratio`` of the goal's figure after it to that before, and what it costs per traveller.

    ``ratio`` is the median over the draws, ``low`` and ``high`` its 2.5 and 97.5 per cent points.
    """

    kind: StepKind
    measure: str
    title: dict[str, str]
    clause: str
    goal: Goal
    ratio: float
    low: float
    high: float
    days_lost: float
    tests: float
    closed_loop_days: float

    def sentence(self, language: str = "en") -> str:
        """The step in words."""
        return translate(
            _WORDS[self.kind],
            language,
            measure=pick(self.title, language) or self.measure,
            clause=self.clause,
            goal=translate(GOAL_WORDS[self.goal], language),
            ratio=_short(self.ratio),
            interval=f"{_short(self.low)}–{_short(self.high)}",
            share=f"{100.0 / self.ratio:.0f}" if self.ratio > 0.0 else "0",
            left=f"{100.0 * self.ratio:.0f}",
            days=f"{abs(self.days_lost):.1f}",
            loop=f"{abs(self.closed_loop_days):.0f}",
            tests=f"{abs(self.tests):.1f}",
        )


_WORDS = {
    StepKind.WITHOUT: N_(
        "“{measure}” ({clause}): without it {goal} would be {ratio} times what they are ({interval}). "
        "It costs {days} days, {loop} days in the closed loop and {tests} tests per traveller."
    ),
    StepKind.DAY_LESS: N_(
        "One day less of “{measure}” ({clause}): {goal} would be {ratio} times what they are ({interval}), "
        "for {days} days less lost and {loop} days less in the closed loop."
    ),
    StepKind.DAY_MORE: N_(
        "One day more of “{measure}” ({clause}): {goal} would be {left} % of what they are (ratio {interval}), "
        "for {days} more days lost and {loop} more days in the closed loop."
    ),
    StepKind.FURTHER: N_(
        "A further nucleic acid test, “{measure}” ({clause}): {goal} would be {left} % of what they are (ratio {interval}), "
        "for {days} more days lost and {tests} more tests per traveller."
    ),
}


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 10.0 else f"{number:.0f}"


@dataclass(frozen=True, slots=True)
class _Try:
    kind: StepKind
    measure: str
    amendments: tuple[Amendment, ...]


def steps_of(
    setting: Setting,
    chosen: tuple[Amendment, ...],
    draws: Sequence[Draw],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Step, ...]:
    """Every single step from a design: without each test, and each stay a day shorter or longer, and one test more."""
    base = setting.candidate(chosen)
    tries = _tries(base, setting, float(setting.costs([base]).days_lost[0]))
    candidates = [base, *(setting.candidate(one.amendments) for one in tries)]
    reached, costs = setting.reached(candidates, draws, progress=progress), setting.costs(candidates).together
    found: list[Step] = []
    for i, one in enumerate(tries, start=1):
        measure = candidates[i].provisions.measure(one.measure) or base.provisions.measure(one.measure)
        if measure is None:
            continue
        ratios = np.divide(reached[:, i], reached[:, 0], out=np.ones(len(draws)), where=reached[:, 0] > 0.0)
        low, median, high = np.quantile(ratios, (0.025, 0.5, 0.975))
        days, tests, loop = costs[i] - costs[0]
        found.append(
            Step(
                kind=one.kind,
                measure=one.measure,
                title=measure.title,
                clause=measure.clause,
                goal=setting.goal,
                ratio=float(median),
                low=float(low),
                high=float(high),
                days_lost=float(days),
                tests=float(tests),
                closed_loop_days=float(loop),
            )
        )
    return tuple(found)


def _tries(base: Candidate, setting: Setting, held_days: float) -> list[_Try]:
    provisions, chosen = base.provisions, base.amendments
    found: list[_Try] = []
    for measure in provisions.measures:
        if isinstance(measure, LaboratoryTest):
            if measure.id in in_ways(provisions):
                continue
            found.append(_Try(StepKind.WITHOUT, measure.id, _without(chosen, measure.id)))
        elif isinstance(measure, Stay) and measure.place in HELD and measure.start.anchor is not Anchor.RELEASE:
            least = 0 if measure.least is None else round(measure.least.elapsed.total_seconds() / 86_400)
            shorter = least - 1 if least >= held_days - 1e-6 else None  # else it is a result that they wait for
            found += _days(chosen, measure.id, shorter, math.floor(held_days + 1e-6) + 1, LeastDays)
        elif isinstance(measure, Stay) and measure.place == StayPlace.CLOSED_LOOP and setting.goal is not Goal.IMPORTS:
            days = _after_arrival(measure)
            if days is not None:
                found += _days(chosen, measure.id, days - 1 or None, days + 1, UntilDay)
    return [*found, *_further(provisions, chosen, setting)]


def _without(chosen: tuple[Amendment, ...], measure: str) -> tuple[Amendment, ...]:
    """The amendments without a test: one that they add is not added, one that is in the text is dropped."""
    others = tuple(a for a in chosen if (a.id if isinstance(a, FurtherTest) else a.measure) != measure)
    added = any(isinstance(a, FurtherTest) and a.id == measure for a in chosen)
    return others if added else (*others, Drop(measure=measure))


def _days(
    chosen: tuple[Amendment, ...], measure: str, shorter: int | None, longer: int, kind: type[LeastDays | UntilDay]
) -> list[_Try]:
    others = tuple(a for a in chosen if isinstance(a, FurtherTest) or a.measure != measure)
    found = []
    if shorter is not None and shorter >= 0:
        found.append(_Try(StepKind.DAY_LESS, measure, (*others, kind(measure=measure, days=shorter))))
    if longer <= MOST_DAYS[kind]:
        found.append(_Try(StepKind.DAY_MORE, measure, (*others, kind(measure=measure, days=longer))))
    return found


def _after_arrival(stay: Stay) -> int | None:
    until = stay.until
    if until is None or until.anchor is not Anchor.ARRIVAL or until.span is None or until.sign < 0:
        return None
    return round(until.span.elapsed.total_seconds() / 86_400)


def _further(provisions: Provisions, chosen: tuple[Amendment, ...], setting: Setting) -> list[_Try]:
    """One nucleic acid test more, for which the traveller stays, where the text has a stay and a test to take it after."""
    stay = next((m for m in provisions.measures if isinstance(m, Stay) and m.place in HELD), None)
    tests = [m for m in provisions.measures if isinstance(m, LaboratoryTest) and m.sampled[0].end.anchor is Anchor.ARRIVAL]
    if stay is None or not tests or Assay.NAAT.value not in setting.profile.at().assays:
        return []
    identifier = f"{Assay.NAAT.value}-on-day-{NEXT_TEST_DAYS}"
    if any(measure.id == identifier for measure in provisions.measures):
        return []
    like = next((a.like for a in chosen if isinstance(a, FurtherTest)), tests[0].id)
    test = FurtherTest(id=identifier, like=like, assay=Assay.NAAT, day=NEXT_TEST_DAYS, stay=stay.id)
    return [_Try(StepKind.FURTHER, identifier, (*chosen, test))]
