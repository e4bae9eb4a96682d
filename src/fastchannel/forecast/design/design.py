"""Better agreements: the measures that cost travellers least and still keep what an agreement lets through within a budget.

The search is over amended texts (`design_space`), all worked out at the same draws of the unknowns. A budget is kept when the
goal's figure is within it with a probability of at least ``confidence`` over the draws (a chance constraint). Days lost and
tests are those of the figures' own values, as a forecast says them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from fastchannel.agreement.agreement import Agreement
from fastchannel.forecast.design.amendments import Amendment, LeastDays, UntilDay
from fastchannel.forecast.design.pareto import Indices, front, unbeaten
from fastchannel.forecast.design.run import Candidate, Costs, Setting
from fastchannel.forecast.design.space import DesignError, DesignSpace, Goal, RouteSpace, default_space
from fastchannel.forecast.design.steps import Step, steps_of
from fastchannel.forecast.infection.distributions import Floats
from fastchannel.forecast.infection.draws import Draw, sample
from fastchannel.forecast.infection.pathogens import Profile
from fastchannel.forecast.practice import PracticeText, default_practice
from fastchannel.forecast.situation import Situation
from fastchannel.terms.events import Assay

ROUGH = ((1, 0.3), (4, 0.05))  # draws worked out roughly, and the share by which a candidate must be beaten in each of them
FIRST_DRAWS, LITTLE = 12, 0.002  # the same in full

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One candidate with what it reaches: ``reached`` by draw, per million travellers; the rest per traveller."""

    amendments: tuple[Amendment, ...]
    days_lost: float
    tests: float
    closed_loop_days: float
    reached: tuple[float, ...]
    confidence: float

    @property
    def at_confidence(self) -> float:
        """What the goal's figure stays within with the confidence asked for: the least value that enough draws keep to."""
        return float(np.quantile(self.reached, self.confidence, method="inverted_cdf"))

    @property
    def median(self) -> float:
        return float(np.median(self.reached))

    def kept(self, budget_per_million: float) -> float:
        """The share of draws in which a budget is kept."""
        return float(np.mean(np.array(self.reached) <= budget_per_million))


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDesign:
    """What was found for one route.

    ``chosen`` is the best that there is where nothing is within the limits (``met`` is False); ``binds`` are then the choices
    that stand at the end of their range. ``front`` has the offers that no other beats in days lost and in the goal;
    ``trade_offs`` those that no other beats in days lost, tests and the goal. Both by days lost.
    """

    route: str
    setting: Setting
    now: Offer
    chosen: Offer
    met: bool
    binds: tuple[str, ...]
    front: tuple[Offer, ...]
    trade_offs: tuple[Offer, ...]
    steps: tuple[Step, ...]
    candidates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Designed:
    """A better agreement, route by route: each route keeps the budget by itself."""

    agreement: Agreement
    on: date
    goal: Goal
    budget_per_million: float | None
    most_days_lost: float | None
    confidence: float
    draws: tuple[Draw, ...]
    routes: tuple[RouteDesign, ...]

    def of(self, route: str) -> RouteDesign:
        """A route's. Raises KeyError."""
        for found in self.routes:
            if found.route == route:
                return found
        raise KeyError(route)

    @property
    def met(self) -> bool:
        return all(route.met for route in self.routes)

    @property
    def amendments(self) -> dict[str, tuple[Amendment, ...]]:
        """What to write into the agreement, by route."""
        return {route.route: route.chosen.amendments for route in self.routes if route.chosen.amendments}


def design(
    agreement: Agreement,
    profile: Profile,
    situation: Situation,
    space: DesignSpace | None = None,
    *,
    budget_per_million: float | None = None,
    most_days_lost: float | None = None,
    confidence: float = 0.9,
    goal: Goal = Goal.IMPORTS,
    practice: PracticeText | None = None,
    on: date | None = None,
    draws: int = 50,
    seed: int = 1,
    screen: bool = True,
    threads: int = 1,
    progress: Progress | None = None,
) -> Designed:
    """The least days lost within a budget, or the least of the goal within days lost; ties: fewer tests, then closed-loop days.

    Give one of ``budget_per_million`` and ``most_days_lost``. With ``screen``, candidates that others surely beat are left out
    after a few draws; without, every one is worked out at every draw. Raises DesignError, ReadingError, SituationError.
    """
    if (budget_per_million is None) == (most_days_lost is None):
        raise DesignError(
            "found both a budget and days lost, or neither; expected one of budget_per_million and most_days_lost"
        )
    if not 0.0 < confidence < 1.0:
        raise DesignError(f"confidence: found {confidence:g}; expected a probability between 0 and 1")
    practice, on = practice or default_practice(), on or agreement.in_force
    if space is None:
        assays = frozenset(Assay(name) for name in profile.at().assays if name in tuple(Assay))
        space = default_space(agreement, assays, on=on, goal=goal)
    points: list[Draw] = list(sample((*profile.unknowns, *practice.unknowns), draws, seed)) if draws > 1 else [{}]
    found: list[RouteDesign] = []
    for route in space.routes:
        setting = Setting(
            agreement=agreement,
            route=route.route,
            case=route.case,
            on=on,
            profile=profile,
            practice=practice,
            situation=situation,
            goal=goal,
            threads=threads,
        )
        search = _Search(route, setting, points, confidence, screen, progress)
        found.append(search.run(budget_per_million, most_days_lost))
    return Designed(
        agreement=agreement,
        on=on,
        goal=goal,
        budget_per_million=budget_per_million,
        most_days_lost=most_days_lost,
        confidence=confidence,
        draws=tuple(points),
        routes=tuple(found),
    )


class _Search:
    """The search on one route."""

    def __init__(
        self,
        space: RouteSpace,
        setting: Setting,
        draws: Sequence[Draw],
        confidence: float,
        screen: bool,
        progress: Progress | None,
    ) -> None:
        self.space, self.setting, self.draws, self.confidence, self.screen = space, setting, draws, confidence, screen
        self.progress = progress

    def run(self, budget: float | None, most_days: float | None) -> RouteDesign:
        setting = self.setting
        now = setting.agreement.provisions(setting.case, setting.on)
        candidates = [setting.candidate(amendments) for amendments in self.space.candidates(now)]
        costs = setting.costs(candidates)
        kept, reached = self._worked_out(candidates, costs)
        offers = [self._offer(candidates[i], costs, i, reached[:, at]) for at, i in enumerate(kept)]
        together = costs.together[kept]
        quantile = np.array([offer.at_confidence for offer in offers])
        chosen, met = _choose(together, quantile, budget, most_days)
        pick = offers[chosen]
        on_front = front(np.stack((together[:, 0], quantile), axis=1), together[:, 1:])
        trade = front(np.stack((together[:, 0], together[:, 1], quantile), axis=1), together[:, 2:])
        return RouteDesign(
            route=setting.route,
            setting=setting,
            now=offers[0],
            chosen=pick,
            met=met,
            binds=() if met else self._binds(pick),
            front=tuple(offers[i] for i in on_front),
            trade_offs=tuple(offers[i] for i in trade),
            steps=steps_of(setting, pick.amendments, self.draws, self._report("steps")),
            candidates=len(candidates),
        )

    def _worked_out(self, candidates: list[Candidate], costs: Costs) -> tuple[Indices, Floats]:
        """The candidates worth it and what they reach (draws, kept). The first, the text as it is, is always among them."""
        setting, draws, costly, ties = self.setting, self.draws, costs.together[:, :2], costs.together[:, 2:]
        kept = np.arange(len(candidates))
        if not self.screen or len(draws) <= FIRST_DRAWS:
            return kept, setting.reached(candidates, draws, progress=self._report("draws"))
        for count, margin in ROUGH:
            some = [candidates[i] for i in kept]
            rough = setting.reached(some, draws[:count], rough=True, progress=self._report("screening"))
            kept = kept[np.union1d([0], unbeaten(costly[kept], ties[kept], rough, margin))]
        first = setting.reached([candidates[i] for i in kept], draws[:FIRST_DRAWS], progress=self._report("first draws"))
        still = np.union1d([0], unbeaten(costly[kept], ties[kept], first, LITTLE))
        kept, first = kept[still], first[:, still]
        rest = setting.reached([candidates[i] for i in kept], draws[FIRST_DRAWS:], progress=self._report("draws"))
        return kept, np.concatenate((first, rest))

    def _report(self, stage: str) -> Callable[[int, int], None] | None:
        return None if self.progress is None else partial(self.progress, f"{self.setting.route}: {stage}")

    def _offer(self, candidate: Candidate, costs: Costs, i: int, reached: Floats) -> Offer:
        return Offer(
            amendments=candidate.amendments,
            days_lost=float(costs.days_lost[i]),
            tests=float(costs.tests[i]),
            closed_loop_days=float(costs.closed_loop_days[i]),
            reached=tuple(map(float, reached)),
            confidence=self.confidence,
        )

    def _binds(self, chosen: Offer) -> tuple[str, ...]:
        """The measures whose choice stands at the end of its range."""
        ends = {choice.measure: max(choice.least_days) for choice in self.space.isolation}
        ends |= {choice.measure: max(choice.days) for choice in self.space.loops}
        return tuple(
            amendment.measure
            for amendment in chosen.amendments
            if isinstance(amendment, LeastDays | UntilDay) and amendment.days == ends.get(amendment.measure)
        )


def _choose(together: Floats, quantile: Floats, budget: float | None, most_days: float | None) -> tuple[int, bool]:
    """The row of the best candidate, and whether it is within the limit. Columns: days lost, tests, closed-loop days."""
    days, tests, loop = together.T
    asked, other = (quantile, days) if budget is not None else (days, quantile)
    limit = budget if budget is not None else most_days
    within = asked <= (np.inf if limit is None else limit + 1e-9)
    met = bool(within.any())
    rows = np.flatnonzero(within) if met else np.arange(len(days))
    order = (other, tests, loop, asked) if met else (asked, other, tests, loop)
    return int(rows[np.lexsort([key[rows] for key in reversed(order)])[0]]), met
