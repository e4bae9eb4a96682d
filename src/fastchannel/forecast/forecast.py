"""The forecast of an agreement: what it lets through, what it prevents, and what it costs, before anyone signs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case
from fastchannel.forecast.answers import Answers
from fastchannel.forecast.cases import Group, groups
from fastchannel.forecast.engines import Answer, Engine, answer
from fastchannel.forecast.figures import Figure, Key, Name, with_intervals
from fastchannel.forecast.grid import grid
from fastchannel.forecast.imports import Parties, none_probability, outbreak_probability
from fastchannel.forecast.individuals.individuals import simulate
from fastchannel.forecast.infection.draws import Draw, sample
from fastchannel.forecast.infection.pathogens import Pathogen, Profile
from fastchannel.forecast.measures import RouteReading, read_measures
from fastchannel.forecast.practice import Practice, PracticeText, default_practice
from fastchannel.forecast.problem import Flow, Outbreak, Problem
from fastchannel.forecast.quadrature.quadrature import integrate
from fastchannel.forecast.situation import Incidence, Situation, SituationError, infected_travellers
from fastchannel.forecast.suspension import Expected, suspension_chances

TEN_THOUSAND, MILLION = 10_000.0, 1_000_000.0
SEATS = 150  # travellers on a flight where no quota says how many


class EngineName(StrEnum):
    """How a forecast is worked out: tabulated quadrature, quadrature to a tolerance, or individuals."""

    GRID = "grid"
    QUADRATURE = "quadrature"
    INDIVIDUALS = "individuals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to work it out: ``draws`` of the unknowns for the intervals, ``people`` for the engine of individuals."""

    engine: EngineName = EngineName.GRID
    draws: int = 200
    seed: int = 1
    people: int = 1_000_000
    tolerance: float = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForecast:
    """The figures of one group of travellers."""

    group: Group
    figures: tuple[Figure, ...]
    _by_key: dict[Key, Figure] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_key.update({(figure.name, figure.of): figure for figure in self.figures})

    def figure(self, name: Name, of: str = "") -> Figure:
        """One figure by its name, and what it is about. Raises KeyError."""
        return self._by_key[name, of]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What was forecast, and of which text and profile: their digests identify them."""

    agreement: str
    version: int
    digest: str
    pathogen: str
    pathogen_digest: str
    practice: str
    on: date
    situation: Situation
    settings: Settings
    groups: tuple[GroupForecast, ...]
    budget_per_million: float | None

    def of(self, route: str) -> GroupForecast:
        """The largest group of a route. Raises KeyError."""
        for found in self.groups:
            if found.group.route == route:
                return found
        raise KeyError(route)


def forecast(
    agreement: Agreement,
    profile: Profile,
    situation: Situation,
    *,
    on: date | None = None,
    practice: PracticeText | None = None,
    settings: Settings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Forecast every route and group of an agreement on a date (its first, where none is given).

    Raises ReadingError where the profile lacks a test that the text asks for, SituationError where the situation is not one.
    """
    settings, practice, on = settings or Settings(), practice or default_practice(), on or agreement.in_force
    drawn = figures_by_draw(agreement, profile, situation, on=on, practice=practice, settings=settings, progress=progress)
    found = tuple(
        GroupForecast(group=group, figures=with_intervals(drawn.central[i], [run[i] for run in drawn.runs]))
        for i, group in enumerate(drawn.groups)
    )
    budget = agreement.text.agreement.budget
    return Forecast(
        agreement=agreement.id,
        version=agreement.version,
        digest=agreement.digest,
        pathogen=profile.id,
        pathogen_digest=profile.digest,
        practice=practice.id,
        on=on,
        situation=situation,
        settings=settings,
        groups=found,
        budget_per_million=budget.imports_per_million if budget else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The figures of each group at the figures' own values, and at each draw: ``runs[draw][group]``."""

    groups: tuple[Group, ...]
    central: list[dict[Key, float]]
    runs: list[list[dict[Key, float]]]


def figures_by_draw(
    agreement: Agreement,
    profile: Profile,
    situation: Situation,
    *,
    on: date,
    practice: PracticeText,
    settings: Settings,
    points: Sequence[Draw] | None = None,
    route: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Drawn:
    """What `forecast` summarises, draw by draw: at the draws of the settings or at ``points``; of ``route`` where one is named.

    Two agreements at the same settings, profile and practice have the same draws. Raises ReadingError, SituationError.
    """
    _check(agreement, situation)
    if points is None:
        names = (*profile.unknowns, *practice.unknowns)
        points = list(sample(names, settings.draws, settings.seed)) if settings.draws > 1 else []
    alike = groups(agreement, on, _reader(agreement, on, profile.at(), practice.at()))
    alike = [group for group in alike if route in (None, group.route)]
    runs: list[list[dict[Key, float]]] = []
    for done, draw in enumerate([{}, *points]):
        runs.append(_one_draw(agreement, alike, profile, practice, situation, on, settings, draw))
        if progress:
            progress(done + 1, 1 + len(points))
    return Drawn(groups=tuple(alike), central=runs[0], runs=runs[1:])


def _check(agreement: Agreement, situation: Situation) -> None:
    for name in (*situation.incidence, *situation.travellers_per_day):
        known = {*agreement.routes, *agreement.parties, ""}
        if name not in known:
            raise SituationError(f'situation: found "{name}"; expected a route or a party: {", ".join(sorted(known - {""}))}')


def _reader(agreement: Agreement, on: date, pathogen: Pathogen, practice: Practice) -> Callable[[Case], RouteReading]:
    return lambda case: read_measures(agreement.provisions(case, on), case, pathogen, practice)


def _one_draw(
    agreement: Agreement,
    alike: list[Group],
    profile: Profile,
    practice_text: PracticeText,
    situation: Situation,
    on: date,
    settings: Settings,
    draw: Draw,
) -> list[dict[Key, float]]:
    """The figures of every group at one draw of the unknowns."""
    pathogen, practice = profile.at(draw), practice_text.at(draw)
    read, engine = _reader(agreement, on, pathogen, practice), engine_of(settings)
    tabulated = Answers(pathogen, practice) if settings.engine is EngineName.GRID else None
    found: list[dict[Key, float]] = []
    for group in alike:
        reading = read(group.reading.case)
        incidence = incidence_of(situation, agreement, group.route)
        answered = _from_tables(tabulated, reading, incidence, situation.immune)
        if answered is None:
            answered = answer(problem_of(reading, incidence, situation.immune, pathogen, practice), engine)
        figures = figures_of(answered, reading, pathogen, practice, situation)
        found.append(figures | _suspensions(agreement, on, reading, figures, practice, situation))
    return found


def _from_tables(tabulated: Answers | None, reading: RouteReading, incidence: Incidence, immune: float) -> Answer | None:
    """The answer by tables that all routes of a draw share; None where the itinerary is not one that they carry."""
    if tabulated is None:
        return None
    try:
        return tabulated.of([reading], incidence, immune)[0]
    except grid.NotTabulatedError:
        return None


def incidence_of(situation: Situation, agreement: Agreement, route: str) -> Incidence:
    """The incidence that a route's travellers come from: by route, by party of origin, or the one for all."""
    for name in (route, agreement.routes[route].origin_party, ""):
        if name in situation.incidence:
            return situation.incidence[name]
    origin = agreement.routes[route].origin_party
    raise SituationError(f'situation: found no incidence for the route "{route}"; expected one for it or for {origin}')


def problem_of(reading: RouteReading, incidence: Incidence, immune: float, pathogen: Pathogen, practice: Practice) -> Problem:
    """The problem of one route: weights are per traveller."""
    return Problem(
        strata=infected_travellers(incidence, immune, pathogen, practice),
        assays=tuple(pathogen.assays[name] for name in reading.assays),
        itinerary=reading.itinerary,
        outbreak=Outbreak(reproduction_number=practice.community_reproduction_number, dispersion=pathogen.dispersion),
    )


def engine_of(settings: Settings) -> Engine:
    """The engine as a function; the tabulated one hands what it does not carry to the exact one."""
    if settings.engine is EngineName.INDIVIDUALS:
        return lambda problem: _simulated(problem, settings)
    if settings.engine is EngineName.QUADRATURE:
        return lambda problem: integrate(problem, settings.tolerance)
    return _tabulated


def _nobody(problem: Problem) -> bool:
    return not any(stratum.weight > 0.0 for stratum in problem.strata)


def _simulated(problem: Problem, settings: Settings) -> Flow:
    return Flow.nothing(problem.itinerary) if _nobody(problem) else simulate(problem, settings.people, settings.seed).flow


def _tabulated(problem: Problem) -> Flow:
    if _nobody(problem):
        return Flow.nothing(problem.itinerary)
    try:
        return grid.prepare(problem.strata, problem.assays, problem.outbreak).flows([problem.itinerary]).flow(0)
    except grid.NotTabulatedError:
        return integrate(problem, 1e-4)


def figures_of(
    found: Answer, reading: RouteReading, pathogen: Pathogen, practice: Practice, situation: Situation
) -> dict[Key, float]:
    """The figures of one group from what becomes of its infected travellers; flows are per traveller."""
    flow, itinerary = found.together, reading.itinerary
    ratio = TEN_THOUSAND / flow.infected if flow.infected > 0.0 else 0.0
    figures: dict[Key, float] = {
        (Name.INFECTED, ""): flow.infected * MILLION,
        (Name.TRAVELLING, ""): found.travellers.travelling * ratio,
        (Name.RELEASED_INFECTED, ""): flow.released_infected * ratio,
        (Name.RELEASED_INFECTIOUS, ""): flow.released_infectious * ratio,
        (Name.COMPLETED_INFECTED, ""): flow.completed_infected * ratio,
        (Name.IMPORTS, ""): flow.released_infected * MILLION,
        (Name.INFECTED_ON_THE_WAY, ""): float(found.travellers.inside.sum()) * MILLION,
        (Name.WORKERS_INFECTED, ""): float(flow.workers.sum()) * MILLION,
    }
    for name, value in _by_step(flow, itinerary.steps).items():
        figures[Name.DETECTED, name] = value * ratio
        figures[Name.DETECTED_PER_MILLION, name] = value * MILLION
    left, before = 0.0, 0.0
    for region, days, cases, without in zip(
        itinerary.regions, flow.infectious_days, flow.potential, flow.baseline, strict=True
    ):
        figures[Name.INFECTIOUS_DAYS, region] = float(days) * ratio
        figures[Name.POTENTIAL_LEFT, region] = float(cases) * ratio
        if region not in ("origin", "transit"):
            left, before = left + float(cases), before + float(without)
    figures[Name.POTENTIAL_LEFT, ""] = left * ratio
    figures[Name.POTENTIAL_AVERTED, ""] = (before - left) * ratio
    figures[Name.AVERTED_SHARE, ""] = 1.0 - left / before if before > 0.0 else 0.0
    return figures | _period(flow, reading, practice, situation) | _burden(reading, pathogen, practice, situation)


def _by_step(flow: Flow, steps: tuple[str, ...]) -> dict[str, float]:
    """A measure of several samples is one step."""
    found: dict[str, float] = {}
    for step, value in zip(steps, flow.detected, strict=True):
        found[step] = found.get(step, 0.0) + float(value)
    return found


def volume_of(reading: RouteReading, situation: Situation) -> float | None:
    """Travellers a day on a route, at most as many as a quota lets through; None where nobody has said."""
    volume = situation.travellers_per_day.get(reading.route, situation.travellers_per_day.get(""))
    if volume is None or reading.places_per_day is None:
        return volume if volume is not None else reading.places_per_day
    return min(volume, reading.places_per_day)


def _period(flow: Flow, reading: RouteReading, practice: Practice, situation: Situation) -> dict[Key, float]:
    volume = volume_of(reading, situation)
    if volume is None:
        return {}
    travellers, parties = volume * situation.days, parties_of(practice)
    return {
        (Name.EXPECTED_IMPORTS, ""): flow.released_infected * travellers,
        (Name.NO_IMPORT, ""): none_probability(flow.released_infected, travellers, parties),
        (Name.OUTBREAK, ""): outbreak_probability(flow.seeding, travellers, parties),
        (Name.ROOMS, ""): volume * reading.held_days,
    }


def parties_of(practice: Practice) -> Parties:
    """How travellers travel together."""
    return Parties(size=practice.party_size, infected=practice.party_infected)


def _burden(reading: RouteReading, pathogen: Pathogen, practice: Practice, situation: Situation) -> dict[Key, float]:
    """What the measures ask of travellers who are not infected."""
    clear = 1.0
    for sample_ in reading.samples:
        clear *= 1.0 - practice.compliance * (1.0 - pathogen.assays[sample_.assay].specificity)
    for watch in reading.itinerary.watches:
        clear *= (1.0 - practice.background * watch.compliance) ** max(watch.end - watch.start, 0.0)
    found: dict[Key, float] = {
        (Name.DAYS_LOST, ""): reading.held_days,
        (Name.CLOSED_LOOP_DAYS, ""): reading.closed_loop_days,
        (Name.TESTS, ""): len(reading.samples) * practice.compliance,
        (Name.FALSE_POSITIVES, ""): (1.0 - clear) * MILLION,
    }
    prices = situation.prices
    parts = ((prices.test, found[Name.TESTS, ""]), (prices.room_night, reading.held_days), (prices.day_lost, reading.held_days))
    if any(price is not None for price, _ in parts):
        found[Name.COST, ""] = sum(price * amount for price, amount in parts if price is not None)
    return found


def _suspensions(
    agreement: Agreement,
    on: date,
    reading: RouteReading,
    figures: dict[Key, float],
    practice: Practice,
    situation: Situation,
) -> dict[Key, float]:
    volume = volume_of(reading, situation)
    if not volume:
        return {}
    itinerary = reading.itinerary
    times = {screen.id: screen.sampled for screen in itinerary.screens} | {w.id: w.start for w in itinerary.watches}
    share = {of: value / MILLION for (name, of), value in figures.items() if name is Name.DETECTED_PER_MILLION}
    after = sum(value for step, value in share.items() if times[step] >= reading.arrival)
    late = sum(value for step, value in share.items() if times[step] >= itinerary.release)
    expected = Expected(
        travellers_per_day=volume,
        travellers_per_flight=float(reading.people_per_flight or SEATS),
        positive=after,
        late_positive=late,
        parties=parties_of(practice),
    )
    chances = suspension_chances(agreement, on, situation.days, {reading.route: expected})
    return {(Name.SUSPENSION, chance.trigger): chance.probability for chance in chances if chance.probability is not None}
