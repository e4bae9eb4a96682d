"""What a proposal to change an agreement would let through and cost, against the text as it stands, while one waits.

The figures are those of `forecast.forecast` at the profile's and the practice's own figures, without intervals. Takes values
and returns values; the tables of a pathogen are kept in the process (`forecast.answers`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case, Paper, Provision, Provisions
from fastchannel.casework.proposals import Proposal, amendments_of, changed, proposal_of
from fastchannel.forecast.answers import Answers, answers
from fastchannel.forecast.cases import cases_of
from fastchannel.forecast.design.amend import amend
from fastchannel.forecast.design.amendments import AmendmentError
from fastchannel.forecast.engines import Answer, answer
from fastchannel.forecast.figures import Key, Name
from fastchannel.forecast.forecast import MILLION, figures_of, problem_of, volume_of
from fastchannel.forecast.grid.grid import NotTabulatedError
from fastchannel.forecast.infection.pathogens import Profile, shipped_profiles
from fastchannel.forecast.measures import ReadingError, RouteReading, read_measures
from fastchannel.forecast.practice import default_practice
from fastchannel.forecast.quadrature.quadrature import integrate
from fastchannel.forecast.situation import Incidence, Situation
from fastchannel.terms.events import Assay
from fastchannel.terms.language import LANGUAGES, N_, pick, translate

LENGTHS = (0, 2, 3, 4, 5, 7, 10, 14, 17, 21)  # days of isolation that the trade-off is drawn through
USUAL_TRAVELLERS_PER_DAY = 100.0  # where neither the reader nor a quota says how many
NOT_COUNTED = ("origin", "transit")  # regions whose secondary cases are not the destination's
COARSE = 1e-4  # relative, where the tabulated engine does not carry an itinerary
AMENDED = N_(
    "{route}: {after} imports per million travellers instead of {before}, {days_after} days lost instead of {days_before}; "
    "middle figures for {pathogen} at {incidence} new infections a day per 100,000 people where travellers come from."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Travellers of a route whom the text treats alike; ``places`` are empty where they go anywhere."""

    places: tuple[str, ...]
    case: Case
    provisions: Provisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The epidemic and the traffic that a proposal is held against; rates per person and day."""

    profile: Profile
    per_day: float
    growth_per_day: float
    immune: float
    travellers_per_day: float
    days: int

    @property
    def incidence(self) -> Incidence:
        return Incidence(per_day=self.per_day, growth_per_day=self.growth_per_day)

    @property
    def situation(self) -> Situation:
        return Situation(
            incidence={"": self.incidence},
            travellers_per_day={"": self.travellers_per_day},
            days=float(self.days),
            immune=self.immune,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where infected travellers are first found: ``start`` and ``end`` in days from departure, people per million travellers.

    A test has an assay; the others are watches for symptoms, ``stay`` where they are those of the people in a stay.
    """

    measure: str
    clause: str
    assay: str
    stay: bool
    start: float
    end: float
    after_release: bool
    found_per_million: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A design and what comes of it."""

    proposal: Proposal
    provisions: Provisions
    reading: RouteReading
    figures: dict[Key, float]
    steps: tuple[Step, ...]
    onward_per_million: float  # secondary cases at the destination
    travellers_per_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One length of isolation: days lost on average, imports and secondary cases at the destination per million travellers."""

    isolation_days: int
    days_lost: float
    imports_per_million: float
    onward_per_million: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A proposal against the text. ``text`` is None where the pathogen's profile lacks a test that the text asks for.

    ``plain`` and ``further`` are the lengths of isolation of LENGTHS and the proposal's own, without and with a further test
    of the kind ``further_test``; empty where they were not asked for
    or cannot be worked out quickly.
    """

    proposed: Outcome
    text: Outcome | None
    plain: tuple[Point, ...]
    further: tuple[Point, ...]
    further_test: Assay


def people_of(agreement: Agreement, route: str, on: date | None = None) -> tuple[People, ...]:
    """The groups of a route's travellers to whom different measures apply, the largest first. Raises RouteError, KeyError."""
    day = on or agreement.in_force
    found: list[tuple[tuple[Provision, ...], Provisions, list[Case]]] = []
    for case in cases_of(agreement, route, day):
        provisions = agreement.provisions(case, day)
        asked = tuple(measure for measure in provisions.measures if not isinstance(measure, Paper))
        group = next((cases for measures, held, cases in found if held is provisions or measures == asked), None)
        if group is None:
            found.append((asked, provisions, [case]))
        else:
            group.append(case)
    found.sort(key=lambda entry: len(entry[2]), reverse=True)
    return tuple(
        People(places=_places(cases) if number else (), case=cases[0], provisions=provisions)
        for number, (_, provisions, cases) in enumerate(found)
    )


def _places(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(sorted({f"{case.destination} {case.city}" if case.city else case.destination for case in cases}))


def usual_profile(agreement: Agreement) -> Profile:
    """The profile of the pathogen that an agreement is about; the first that ships where there is none."""
    profiles = shipped_profiles().values()
    return next((p for p in profiles if p.name == agreement.text.agreement.pathogen), next(iter(profiles)))


def usual_travellers(people: People, profile: Profile) -> float:
    """The travellers a day that the text's quota lets through, or the usual number."""
    try:
        places = read_measures(people.provisions, people.case, profile.at(), default_practice().at()).places_per_day
    except ReadingError:
        places = None
    return places or USUAL_TRAVELLERS_PER_DAY


def hold(people: People, proposal: Proposal, outlook: Outlook, *, curves: bool = True) -> Held:
    """The proposal's figures and the text's, and unless told otherwise the curves. Raises ReadingError, SituationError."""
    engine = answers(outlook.profile, default_practice(), threads=min(os.cpu_count() or 1, 4))
    written = proposal_of(people.provisions)
    proposed = _read(people, proposal, engine)
    text = _read_text(people, written, engine)
    kind = proposal.further_test or _usual_test(engine)
    lengths = sorted({*LENGTHS, proposal.isolation_days}) if curves else []
    plain = [_read(people, replace(proposal, further_test=None, isolation_days=days), engine) for days in lengths]
    further = [_read(people, replace(proposal, further_test=kind, isolation_days=days), engine) for days in lengths]
    readings = [proposed, *plain, *further, *([text] if text else [])]
    try:
        found = engine.of(readings, outlook.incidence, outlook.immune)
    except NotTabulatedError:
        return _slowly(people, proposal, proposed, text, outlook, engine)
    count = len(plain)
    return Held(
        proposed=_outcome(people, proposal, proposed, found[0], outlook, engine),
        text=_outcome(people, written, text, found[-1], outlook, engine) if text else None,
        plain=_points(lengths, plain, found[1 : 1 + count]),
        further=_points(lengths, further, found[1 + count : 1 + 2 * count]),
        further_test=kind,
    )


def _read(people: People, proposal: Proposal, engine: Answers) -> RouteReading:
    return read_measures(changed(people.provisions, proposal), people.case, engine.pathogen, engine.practice)


def _usual_test(engine: Answers) -> Assay:
    known = [assay for assay in Assay if assay in engine.pathogen.assays]
    return Assay.NAAT if Assay.NAAT in known else known[0]


def _read_text(people: People, written: Proposal, engine: Answers) -> RouteReading | None:
    try:
        return _read(people, written, engine)
    except ReadingError:
        return None


def _slowly(
    people: People,
    proposal: Proposal,
    proposed: RouteReading,
    text: RouteReading | None,
    outlook: Outlook,
    engine: Answers,
) -> Held:
    """The proposal and the text alone, by quadrature: for itineraries with more steps than are tabulated."""

    def outcome(design: Proposal, reading: RouteReading) -> Outcome:
        problem = problem_of(reading, outlook.incidence, outlook.immune, engine.pathogen, engine.practice)
        found = answer(problem, lambda part: integrate(part, COARSE))
        return _outcome(people, design, reading, found, outlook, engine)

    return Held(
        proposed=outcome(proposal, proposed),
        text=outcome(proposal_of(people.provisions), text) if text else None,
        plain=(),
        further=(),
        further_test=proposal.further_test or _usual_test(engine),
    )


def _points(lengths: list[int], readings: list[RouteReading], found: list[Answer]) -> tuple[Point, ...]:
    return tuple(
        Point(
            isolation_days=days,
            days_lost=reading.held_days,
            imports_per_million=entry.together.released_infected * MILLION,
            onward_per_million=_onward(reading, entry),
        )
        for days, reading, entry in zip(lengths, readings, found, strict=True)
    )


def _onward(reading: RouteReading, found: Answer) -> float:
    """Secondary cases at the destination per million travellers."""
    regions = reading.itinerary.regions
    cases = zip(regions, found.together.potential, strict=True)
    return sum(float(count) for region, count in cases if region not in NOT_COUNTED) * MILLION


def _outcome(
    people: People, proposal: Proposal, reading: RouteReading, found: Answer, outlook: Outlook, engine: Answers
) -> Outcome:
    situation = outlook.situation
    return Outcome(
        proposal=proposal,
        provisions=changed(people.provisions, proposal),
        reading=reading,
        figures=figures_of(found, reading, engine.pathogen, engine.practice, situation),
        steps=_steps(reading, found),
        onward_per_million=_onward(reading, found),
        travellers_per_day=volume_of(reading, situation) or 0.0,
    )


def _steps(reading: RouteReading, found: Answer) -> tuple[Step, ...]:
    """The steps in the order in which they begin; the samples of one measure are one step."""
    itinerary, steps = reading.itinerary, dict[str, Step]()
    stays = {stay.id for stay in itinerary.stays}
    times = [(screen.sampled, screen.effect) for screen in itinerary.screens]
    times += [(watch.start, watch.end) for watch in itinerary.watches]
    for number, (name, (start, end), count) in enumerate(zip(itinerary.steps, times, found.together.detected, strict=True)):
        test = number < len(itinerary.screens)
        before = steps.get(name)
        steps[name] = Step(
            measure=name,
            clause=reading.clauses.get(name, ""),
            assay=reading.assays[itinerary.screens[number].assay] if test else "",
            stay=not test and name in stays,
            start=min(start, before.start) if before else start,
            end=max(end, before.end) if before else end,
            after_release=start >= itinerary.release,
            found_per_million=float(count) * MILLION + (before.found_per_million if before else 0.0),
        )
    return tuple(sorted(steps.values(), key=lambda step: (step.start, step.end)))


def warm(agreement: Agreement) -> None:
    """Work out one forecast, so that the engine is compiled: a minute on a machine's first time, a second after that."""
    profile = usual_profile(agreement)
    for route in agreement.routes:
        people = people_of(agreement, route)[0]
        outlook = Outlook(profile=profile, per_day=1e-6, growth_per_day=0.0, immune=0.0, travellers_per_day=1.0, days=1)
        with suppress(ReadingError):
            hold(people, proposal_of(people.provisions), outlook)


def amended(agreement: Agreement, held: Held, outlook: Outlook, today: date) -> Agreement:
    """The next version of an agreement as the proposal has it, in force from today or the first day that it can be.

    Its text is in ``written``. Raises AmendmentError, AgreementError.
    """
    proposed, text, route = held.proposed, held.text, held.proposed.reading.route
    if text is None:
        raise AmendmentError("the text as it is could not be forecast, so what the amendment changes cannot be said")
    amendments = amendments_of(text.provisions, proposed.proposal)
    by_name = {language.partition("-")[0]: language for language in LANGUAGES}
    changes = {
        name: translate(
            AMENDED,
            language,
            route=pick(agreement.routes[route].title, language),
            after=f"{proposed.figures[Name.IMPORTS, '']:.2g}",
            before=f"{text.figures[Name.IMPORTS, '']:.2g}",
            days_after=f"{proposed.reading.held_days:.1f}",
            days_before=f"{text.reading.held_days:.1f}",
            pathogen=pick(outlook.profile.title, language),
            incidence=f"{outlook.per_day * 1e5:.2g}",
        )
        for name, language in by_name.items()
    }
    in_force = max(today, agreement.in_force + timedelta(days=1))
    return amend(agreement, {route: amendments}, in_force=in_force, changes=changes)
