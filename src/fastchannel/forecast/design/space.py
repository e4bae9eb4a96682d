"""What a search for a better agreement may change: for each route, the choices for each of its measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.asked import BEFORE_DEPARTURE
from fastchannel.agreement.provisions import Case, Gate, LaboratoryTest, Provisions, Stay
from fastchannel.agreement.wording import StayPlace
from fastchannel.forecast.cases import cases_of
from fastchannel.forecast.design.amendments import (
    Amendment,
    Drop,
    FurtherTest,
    LeastDays,
    Retest,
    UntilDay,
    day_window,
    hours_before_departure,
)
from fastchannel.forecast.measures import HELD
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Assay
from fastchannel.terms.language import N_
from fastchannel.terms.moments import Anchor, Window

LEAST_DAYS = (0, 1, 2, 3, 5, 7, 10, 14, 21)
FURTHER_DAYS = (2, 3, 5, 7, 10)
LOOP_DAYS = (0, 7, 14, 21, 28)
HOURS_BEFORE = (24, 48, 72)
KINDS = (Assay.NAAT, Assay.ANTIGEN)
MOST_CANDIDATES = 50_000


class DesignError(FastChannelError):
    """A search that cannot be made: where, what was found, what was expected."""


class Goal(StrEnum):
    """What a design must keep low, per million travellers."""

    IMPORTS = "imports"  # released undetected while the infection is not over
    COMPLETED = "completed"  # infected and undetected when the last measure has ended
    TRANSMISSION = "transmission"  # secondary cases in the country of destination
    OUTBREAKS = "outbreaks"  # travellers who start an outbreak


GOAL_WORDS = {
    Goal.IMPORTS: N_("imports"),
    Goal.COMPLETED: N_("infections that outlast the measures"),
    Goal.TRANSMISSION: N_("transmission left"),
    Goal.OUTBREAKS: N_("outbreaks started"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """One way to ask for a test."""

    assay: Assay
    sampled: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingChoices:
    """Ways to ask for a test of the text; None: not at all. As the text has it is always among them."""

    measure: str
    options: tuple[Sampling | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherChoices:
    """Further tests, at most one, on the clause of ``like``; ``stay`` waits for the results of those in ``holding``."""

    like: str
    stay: str | None
    options: tuple[tuple[Assay, int], ...]  # the kind, and days after arrival
    holding: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolationChoices:
    """Least days of a stay before release, 0 to 21."""

    measure: str
    least_days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopChoices:
    """Days after arrival on which a closed loop ends, 0 to 28; 0: none is asked."""

    measure: str
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSpace:
    """The choices on one route; everything else stays as the text has it. ``case`` is whose itinerary is designed."""

    route: str
    case: Case
    tests: tuple[SamplingChoices, ...] = ()
    further: tuple[FurtherChoices, ...] = ()
    isolation: tuple[IsolationChoices, ...] = ()
    loops: tuple[LoopChoices, ...] = ()

    def candidates(self, provisions: Provisions) -> Iterator[tuple[Amendment, ...]]:
        """Every combination, as amendments to what holds now; the first is no change. Raises DesignError."""
        self._check()
        tests = [_as_now_first(_test_options(provisions, choice)) for choice in self.tests]
        isolation = [_as_now_first(_isolation_options(provisions, choice)) for choice in self.isolation]
        loops = [_as_now_first(_loop_options(provisions, choice)) for choice in self.loops]
        further = [((), *_further_options(choice)) for choice in self.further]
        if _count(tests, isolation, loops, further) > MOST_CANDIDATES:
            raise DesignError(
                f"route {self.route}: found {_count(tests, isolation, loops, further):,} combinations; expected at most "
                f"{MOST_CANDIDATES:,}"
            )
        for combination in product(*tests, *isolation, *loops, *further):
            amendments = tuple(amendment for option in combination for amendment in option)
            if not _pointless(amendments):
                yield amendments

    def _check(self) -> None:
        for what, days, most in (
            *((choice.measure, choice.least_days, 21) for choice in self.isolation),
            *((choice.measure, choice.days, 28) for choice in self.loops),
        ):
            wrong = [day for day in days if not 0 <= day <= most]
            if wrong:
                raise DesignError(f'route {self.route}, measure "{what}": found {wrong[0]} days; expected from 0 to {most}')


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignSpace:
    """The choices on each route; a route that is not named stays as it is."""

    routes: tuple[RouteSpace, ...]


Options = list[tuple[Amendment, ...]]


def _count(*dimensions: list[Options] | list[tuple[tuple[Amendment, ...], ...]]) -> int:
    count = 1
    for dimension in dimensions:
        for options in dimension:
            count *= len(options)
    return count


def _as_now_first(options: Options) -> Options:
    return list(dict.fromkeys([(), *options]))


def _test_options(provisions: Provisions, choice: SamplingChoices) -> Options:
    test = provisions.measure(choice.measure)
    if not isinstance(test, LaboratoryTest):
        raise DesignError(f'route {provisions.route}: "{choice.measure}" is no test that holds on {provisions.on}')
    found: Options = []
    for option in choice.options:
        if option is None:
            found.append((Drop(measure=test.id),))
        elif (option.assay, (option.sampled,)) == (test.assay, test.sampled):
            found.append(())
        else:
            found.append((Retest(measure=test.id, assay=option.assay, sampled=option.sampled),))
    return found


def _isolation_options(provisions: Provisions, choice: IsolationChoices) -> Options:
    stay = provisions.measure(choice.measure)
    if not isinstance(stay, Stay):
        raise DesignError(f'route {provisions.route}: "{choice.measure}" is no stay that holds on {provisions.on}')
    now = 0.0 if stay.least is None else stay.least.elapsed.total_seconds() / 86_400
    return [() if days == now else (LeastDays(measure=stay.id, days=days),) for days in choice.least_days]


def _loop_options(provisions: Provisions, choice: LoopChoices) -> Options:
    stay = provisions.measure(choice.measure)
    if not isinstance(stay, Stay):
        raise DesignError(f'route {provisions.route}: "{choice.measure}" is no stay that holds on {provisions.on}')
    until = stay.until
    now = None
    if until is not None and until.anchor is Anchor.ARRIVAL and until.span is not None and until.sign > 0:
        now = until.span.elapsed.total_seconds() / 86_400
    kept: Options = [() if days == now else (UntilDay(measure=stay.id, days=days),) for days in choice.days if days]
    return [*kept, (Drop(measure=stay.id),)] if 0 in choice.days else kept


def _further_options(choice: FurtherChoices) -> Options:
    stay = choice.stay if choice.holding else None
    return [
        (FurtherTest(id=f"{assay.value}-on-day-{day}", like=choice.like, assay=assay, day=day, stay=stay),)
        for assay, day in choice.options
    ]


def _pointless(amendments: tuple[Amendment, ...]) -> bool:
    """Whether least days are written for a stay that waits for a later test anyway."""
    held = {a.stay: a.day for a in amendments if isinstance(a, FurtherTest) and a.stay is not None}
    return any(isinstance(a, LeastDays) and a.measure in held and 0 < a.days <= held[a.measure] for a in amendments)


def default_space(
    agreement: Agreement,
    assays: frozenset[Assay],
    *,
    on: date | None = None,
    goal: Goal = Goal.IMPORTS,
    route: str | None = None,
) -> DesignSpace:
    """Choices that suit the agreement's own measures: ``assays`` are the kinds that the pathogen's profile knows.

    The closed loop is left alone where the goal, as that of imports, is counted at release and does not depend on it.
    """
    on = on or agreement.in_force
    chosen = [route] if route is not None else list(agreement.routes)
    if unknown := [name for name in chosen if name not in agreement.routes]:
        raise DesignError(f'{agreement.id} has no route "{unknown[0]}"; it has {", ".join(agreement.routes)}')
    return DesignSpace(routes=tuple(_route_space(agreement, name, on, assays, goal) for name in chosen))


def most_common_case(agreement: Agreement, route: str, on: date) -> Case:
    """The case of the most regions, cities and purposes that a route's measures treat alike."""
    cases = cases_of(agreement, route, on)
    alike = Counter(id(agreement.provisions(case, on)) for case in cases)  # the same conditions give one object
    return max(cases, key=lambda case: alike[id(agreement.provisions(case, on))])


def in_ways(provisions: Provisions) -> set[str]:
    """The measures of ways through a gate of which one will do: what these amount to is for the parties to say."""
    return {name for m in provisions.measures if isinstance(m, Gate) for way in m.either for name in way}


def _route_space(agreement: Agreement, route: str, on: date, assays: frozenset[Assay], goal: Goal) -> RouteSpace:
    case = most_common_case(agreement, route, on)
    provisions = agreement.provisions(case, on)
    tests = [m for m in provisions.measures if isinstance(m, LaboratoryTest) and m.id not in in_ways(provisions)]
    kinds = tuple(kind for kind in KINDS if kind in assays)
    held = [m for m in provisions.measures if isinstance(m, Stay) and m.place in HELD and m.start.anchor is not Anchor.RELEASE]
    loops = [m for m in provisions.measures if isinstance(m, Stay) and m.place == StayPlace.CLOSED_LOOP]
    after = [test for test in tests if not _before_departure(test)]
    further = [(kind, day) for kind in kinds for day in FURTHER_DAYS]
    like, stay = (after[0].id if after else None), (held[0].id if held else None)
    return RouteSpace(
        route=route,
        case=case,
        tests=tuple(SamplingChoices(measure=test.id, options=_ways(test, kinds)) for test in tests),
        further=(FurtherChoices(like=like, stay=stay, options=tuple(further)),) if like and stay and further else (),
        isolation=tuple(IsolationChoices(measure=stay.id, least_days=LEAST_DAYS) for stay in held[:1]),
        loops=tuple(LoopChoices(measure=loop.id, days=LOOP_DAYS) for loop in loops[:1] if goal is not Goal.IMPORTS),
    )


def _before_departure(test: LaboratoryTest) -> bool:
    return all(window.end.anchor in BEFORE_DEPARTURE for window in test.sampled)


def _ways(test: LaboratoryTest, kinds: tuple[Assay, ...]) -> tuple[Sampling | None, ...]:
    if test.assay not in KINDS:
        return (None,)
    if _before_departure(test):
        windows = [hours_before_departure(hours) for hours in HOURS_BEFORE]
        return (None, *(Sampling(assay=kind, sampled=window) for kind in kinds for window in windows))
    return (None, *(Sampling(assay=kind, sampled=window) for kind in kinds for window in (*test.sampled[:1], day_window(0))))
