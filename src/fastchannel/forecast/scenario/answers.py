"""One case of a scenario, answered by the engine that it asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from fastchannel.forecast.engines import answer
from fastchannel.forecast.individuals.individuals import simulate
from fastchannel.forecast.problem import Flow, Problem
from fastchannel.forecast.quadrature.quadrature import FIRST_RULE, PrecisionError, Rule, integrate_with
from fastchannel.forecast.scenario.report import WORKERS, Report, entries
from fastchannel.forecast.scenario.text import Prepared, Settings

Engine = Callable[[Problem], tuple[Flow, Flow | None]]  # the flow, and its standard errors where it has some

MOST_REFINEMENTS = 7
LEAST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    entries: dict[str, float]
    reports: dict[str, float]
    errors: dict[str, float]


def answered(settings: Settings, reports: tuple[Report, ...], prepared: Prepared, threads: int | None) -> Answered:
    """One case at one draw.

    By quadrature, rules are refined until every report settles to the scenario's relative tolerance; entries that no report
    rests on are not held to it, unless there is no report at all. Raises PrecisionError.
    """
    if settings.engine == "individuals":
        return _by_individuals(settings, reports, prepared, threads)
    rule, worst = FIRST_RULE, math.inf
    coarse = _by_rule(rule, reports, prepared)
    for _ in range(MOST_REFINEMENTS):
        rule = rule.finer()
        fine = _by_rule(rule, reports, prepared)
        worst = _difference(coarse.reports or coarse.entries, fine.reports or fine.entries)
        if worst <= settings.tolerance:
            return fine
        coarse = fine
    raise PrecisionError(
        f"the scenario did not settle to a relative {settings.tolerance:g}: two refinements still differ by {worst:.1e}; "
        "give a wider tolerance, or the engine of individuals"
    )


def _difference(one: dict[str, float], other: dict[str, float]) -> float:
    """The largest relative difference; of values below a billionth, their difference over a billionth."""
    both = ((one[name], other[name]) for name in one if not (math.isnan(one[name]) and math.isnan(other[name])))
    return max((abs(a - b) / max(abs(a), abs(b), LEAST) for a, b in both), default=0.0)


def _by_rule(rule: Rule, reports: tuple[Report, ...], prepared: Prepared) -> Answered:
    return _reported(reports, prepared, lambda problem: (integrate_with(problem, rule), None))


def _by_individuals(settings: Settings, reports: tuple[Report, ...], prepared: Prepared, threads: int | None) -> Answered:
    def engine(problem: Problem) -> tuple[Flow, Flow | None]:
        found = simulate(problem, settings.people, settings.seed, threads)
        return found.flow, found.standard_error

    return _reported(reports, prepared, engine)


def _reported(reports: tuple[Report, ...], prepared: Prepared, engine: Engine) -> Answered:
    """Entries and reports of one case."""
    found, errors = _entries(prepared, prepared.problem, engine)
    values = {report.id: report.of(found) for report in reports}
    report_errors = {report.id: report.error_of(found, errors) for report in reports if errors}
    if any(report.mean_of_groups for report in reports):
        groups = [
            (group.share, *_entries(prepared, replace(prepared.problem, strata=(group.stratum,)), engine))
            for group in prepared.groups
        ]
        for report in (report for report in reports if report.mean_of_groups):
            values[report.id] = sum(share * report.of(inner) for share, inner, _ in groups)
            if errors:
                squares = sum((share * report.error_of(inner, error)) ** 2 for share, inner, error in groups)
                report_errors[report.id] = math.sqrt(squares)
    return Answered(entries=found, reports=values, errors={**errors, **report_errors})


def _entries(prepared: Prepared, problem: Problem, engine: Engine) -> tuple[dict[str, float], dict[str, float]]:
    """The entries and, from people drawn one by one, their standard errors."""
    errors: list[Flow] = []

    def flow(problem: Problem) -> Flow:
        found, error = engine(problem)
        if error is not None:
            errors.append(error)
        return found

    way, workers = prepared.way, prepared.workers
    found = answer(problem, flow, workers.itinerary if workers else None)
    infected = found.travellers.infected
    result = entries(found.together, way, infected)
    if workers is not None and found.workers is not None:
        result |= entries(found.workers, workers, infected, WORKERS)
    if not errors:
        return result, {}
    of_workers = [errors.pop()] if workers is not None and len(errors) > 1 + bool(found.infected_inside.infected) else []
    result_errors = entries(_combined(errors), way, infected)
    if workers is not None:
        last = of_workers[0] if of_workers else Flow.nothing(workers.itinerary)
        result_errors |= entries(last, workers, infected, WORKERS)
    return result, result_errors


def _combined(errors: list[Flow]) -> Flow:
    """The standard error of a sum of independent flows."""
    squares = [Flow(**{f.name: getattr(error, f.name) ** 2 for f in fields(Flow)}) for error in errors]
    total = squares[0]
    for further in squares[1:]:
        total = total + further
    return Flow(**{f.name: getattr(total, f.name) ** 0.5 for f in fields(Flow)})
