"""Answering a problem by either engine, with those who are infected on the way and those who work there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from fastchannel.forecast.infection.distributions import Floats, Uniform
from fastchannel.forecast.itinerary import Itinerary
from fastchannel.forecast.problem import Flow, Problem, Stratum

Engine = Callable[[Problem], Flow]

MOST_DAYS_IN_A_STAY = 60.0  # a last stay has no end; whom it infects is spread over this long


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The flow of the infected travellers of a problem, of the travellers they infect in its stays, and of workers there.

    Those infected in a stay are infected at any time of it alike, and are as the travellers who infected them; whom they
    infect inside in turn is left out (second order: `docs/explanation/forecast-model.md`).
    """

    travellers: Flow
    infected_inside: Flow
    workers: Flow | None

    @property
    def together(self) -> Flow:
        """The travellers and those infected on the way; ``infected`` still counts the former alone."""
        both = self.travellers + self.infected_inside
        return replace(both, infected=self.travellers.infected)


def answer(problem: Problem, engine: Engine, workers: Itinerary | None = None) -> Answer:
    """What becomes of everyone. ``workers`` is the itinerary of those who work in the stays."""
    first = engine(problem)
    inside = _spread(problem, first.inside)
    second = engine(replace(problem, strata=inside)) if inside else Flow.nothing(problem.itinerary)
    third = None
    if workers is not None:
        strata = _spread(problem, first.workers)
        third = engine(replace(problem, strata=strata, itinerary=workers)) if strata else Flow.nothing(workers)
    return Answer(travellers=first, infected_inside=second, workers=third)


def _spread(problem: Problem, infected: Floats) -> tuple[Stratum, ...]:
    """The people infected in each stay, in the proportions of the strata."""
    stays = problem.itinerary.stays
    ends = [*(stay.start for stay in stays[1:]), stays[-1].start + MOST_DAYS_IN_A_STAY]
    total = sum(stratum.weight for stratum in problem.strata)
    return tuple(
        replace(
            stratum,
            name=f"{stratum.name}, infected in {stay.id}",
            weight=float(count) * stratum.weight / total,
            exposure=Uniform(stay.start, end),
            active_at=None,
            stay_home=0.0,
        )
        for stay, end, count in zip(stays, ends, infected, strict=True)
        if count > 0.0
        for stratum in problem.strata
        if stratum.weight > 0.0
    )
