"""What a trigger stops, and whose figures it takes for that: every route, one route, a region, a carrier, a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.text import AgreementText, RegionText, RouteText, Scope, Side, TriggerText, holds
from fastchannel.terms.places import lies_in
from fastchannel.watch.triggers.figures import About, FlightCount


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Subject:
    """One thing that can be open or stopped; ``name`` is a route, region, carrier or line, and empty for all routes."""

    scope: Scope
    name: str = ""

    def __str__(self) -> str:
        return f"{self.scope} {self.name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """One piece of traffic: where it goes and with whom. Empty: not said."""

    route: str = ""
    regions: tuple[str, ...] = ()
    carrier: str = ""
    line: str = ""


def traffic_of(flight: FlightCount) -> Traffic:
    """A flight as traffic; where in a country it goes is not said."""
    return Traffic(route=flight.route, carrier=flight.carrier, line=flight.flight)


def subjects_of(traffic: Traffic) -> Iterator[Subject]:
    """All whose stop can keep a flight out, but regions; `covers` says which do."""
    yield Subject(scope=Scope.AGREEMENT)
    for scope, name in ((Scope.ROUTE, traffic.route), (Scope.CARRIER, traffic.carrier), (Scope.FLIGHT, traffic.line)):
        if name:
            yield Subject(scope=scope, name=name)


def covers(subject: Subject, routes: Iterable[str], traffic: Traffic) -> bool:
    """Whether what stops the subject, on those routes, stops that traffic."""
    if traffic.route and traffic.route not in routes:
        return False
    match subject.scope:
        case Scope.AGREEMENT:
            return True
        case Scope.ROUTE:
            return traffic.route in ("", subject.name)
        case Scope.REGION:
            return any(lies_in(region, subject.name) for region in traffic.regions)
        case Scope.CARRIER:
            return traffic.carrier == subject.name
        case Scope.FLIGHT:
            return traffic.line == subject.name


def routes_of(text: AgreementText, trigger: TriggerText) -> tuple[str, ...]:
    """The routes that a trigger is about."""
    return trigger.routes or tuple(text.route)


def subjects(text: AgreementText, trigger: TriggerText, flights: Iterable[FlightCount], on: date) -> Iterator[Subject]:
    """All that a trigger can stop on a day; lines and carriers are those of the flights given."""
    routes = routes_of(text, trigger)
    flown = [flight for flight in flights if not flight.route or flight.route in routes]
    match trigger.unit:
        case Scope.AGREEMENT:
            yield Subject(scope=Scope.AGREEMENT)
        case Scope.ROUTE:
            yield from (Subject(scope=Scope.ROUTE, name=route) for route in routes)
        case Scope.REGION:
            names = dict.fromkeys(name for route in routes for name in _regions(text.route[route], trigger.side, on))
            yield from (Subject(scope=Scope.REGION, name=name) for name in names)
        case Scope.CARRIER:
            yield from (Subject(scope=Scope.CARRIER, name=name) for name in sorted({one.carrier for one in flown}))
        case Scope.FLIGHT:
            yield from (Subject(scope=Scope.FLIGHT, name=name) for name in sorted({one.flight for one in flown}))


def abouts(text: AgreementText, trigger: TriggerText, subject: Subject, flight: FlightCount | None) -> tuple[About, ...]:
    """Whose figures count for a subject: one entry for each place of the side that the trigger names."""
    routes = (subject.name,) if subject.scope is Scope.ROUTE else routes_of(text, trigger)
    if subject.scope is Scope.REGION:
        places = [subject.name]
    else:
        places = list(dict.fromkeys(place for name in routes for place in _sides(text.route[name], trigger.side)))
    return tuple(
        About(
            place=place,
            routes=routes,
            into=tuple(name for name in routes if text.route[name].to == place),
            line=subject.name if subject.scope is Scope.FLIGHT else "",
            carrier=subject.name if subject.scope is Scope.CARRIER else "",
            flight=flight,
        )
        for place in places
    )


def _sides(route: RouteText, side: Side) -> tuple[str, ...]:
    match side:
        case Side.ORIGIN:
            return (route.from_,)
        case Side.DESTINATION:
            return (route.to,)
        case _:
            return (route.from_, route.to)


def _regions(route: RouteText, side: Side, on: date) -> Iterator[str]:
    """The regions that are open on a day; the whole country where travellers may come from all of it."""
    if side is not Side.DESTINATION:
        yield from _open(route.origin, on) if route.origin else (route.from_,)
    if side is not Side.ORIGIN:
        yield from _open(route.region, on)


def _open(entries: Iterable[RegionText], on: date) -> Iterator[str]:
    """The places open on a day; on a day of which the text says nothing, all that it ever opens, so that it can be replayed."""
    every = list(entries)
    held = [entry for entry in every if holds(entry.since, entry.until, on)]
    yield from (place for entry in held or every for place in entry.places)
