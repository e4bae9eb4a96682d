"""The travellers whom an agreement treats alike: by direction, region, city and purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case
from fastchannel.agreement.text import RouteText
from fastchannel.forecast.measures import RouteReading
from fastchannel.terms.places import lies_in

MOST_CASES_A_ROUTE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases with one itinerary. ``places`` are their destinations, region or "region city"; empty where all are meant."""

    route: str
    places: tuple[str, ...]
    purposes: tuple[str, ...]
    reading: RouteReading

    @property
    def id(self) -> str:
        """A name that is unique in the agreement: the route, and what sets the group apart."""
        apart = [*self.places[:3], *(["…"] if len(self.places) > 3 else []), *self.purposes]
        return f"{self.route} ({', '.join(apart)})" if apart else self.route


def cases_of(agreement: Agreement, route: str, on: date) -> list[Case]:
    """Every combination of open region, city that the text names, and purpose."""
    text = agreement.routes[route].text
    first = agreement.provisions(_case(agreement, route, agreement.routes[route].destination_party, None, ""), on)
    purposes = sorted(first.eligibility.purposes) or [""]
    found = [
        _case(agreement, route, region, city, purpose)
        for region in sorted(first.reach.open)
        for city in (None, *_cities(text, region))
        for purpose in purposes
    ]
    return found[:MOST_CASES_A_ROUTE]


def groups(agreement: Agreement, on: date, read: Callable[[Case], RouteReading]) -> list[Group]:
    """The groups of every route on a date, the largest of each route first."""
    found: list[Group] = []
    for route in agreement.routes:
        by_itinerary: dict[object, list[tuple[Case, RouteReading]]] = {}
        for case in cases_of(agreement, route, on):
            reading = read(case)
            key = (reading.itinerary, reading.samples, reading.places_per_day, reading.people_per_flight)
            by_itinerary.setdefault(key, []).append((case, reading))
        alike = sorted(by_itinerary.values(), key=len, reverse=True)
        every_place = {_place(case) for cases in alike for case, _ in cases}
        every_purpose = {case.purpose for cases in alike for case, _ in cases}
        for cases in alike:
            places = {_place(case) for case, _ in cases}
            purposes = {case.purpose for case, _ in cases}
            found.append(
                Group(
                    route=route,
                    places=() if places == every_place else tuple(sorted(places)),
                    purposes=() if purposes == every_purpose else tuple(sorted(purposes)),
                    reading=cases[0][1],
                )
            )
    return found


def _place(case: Case) -> str:
    return f"{case.destination} {case.city}" if case.city else case.destination


def _case(agreement: Agreement, route: str, region: str, city: str | None, purpose: str) -> Case:
    return Case(
        route=route,
        purpose=purpose,
        companion=None,
        origin=agreement.routes[route].origin_party,
        destination=region,
        arrival_place=region,
        city=city,
    )


def _cities(text: RouteText, region: str) -> Iterable[str]:
    """The cities of a region that the route's measures and exceptions name."""
    conditions = [
        where
        for measure in text.measure
        for where in (measure.for_, *(exception.where for exception in measure.except_))
        if where is not None
    ]
    return sorted(
        {
            city
            for where in conditions
            for city in where.city
            if not where.region or any(lies_in(region, r) for r in where.region)
        }
    )
