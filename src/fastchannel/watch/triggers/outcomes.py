"""What a rule would have done on past data: days open, imports admitted, false alarms, lead time.

All of it is judged with hindsight, on figures as they were known last; the rule itself ran on what was known each day.

* **Days open**: for each line that flew, else for each region or route, the days on which its traffic was not stopped; the
  mean over them. The day of an announcement counts as open: what arrives on it had arrived when it was made.
* **Imports admitted**: travellers found positive on flights that arrived on days open to their line. Without flights, the
  imported cases of the places of destination, each day's in proportion to what was open of the traffic into the place.
* **Event**: what the rule is to keep away, as a condition of the agreement language. It begins on a day on which it holds and
  did not hold the day before; one that counts on one flight, on each day on which such a flight arrives.
* **False alarm**: a stop after whose announcement no event is on for ``horizon_days``, the day of the announcement included.
* **Lead time**: for each event, days from the first announcement within ``horizon_days`` before or after its beginning;
  positive where the rule came first, negative where it came after. An event with no such announcement is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from fastchannel.agreement.conditions import Condition, Metric
from fastchannel.agreement.text import AgreementText, Effect, Fate, Scope, TriggerText
from fastchannel.terms.moments import Anchor, Moment
from fastchannel.watch.triggers.evaluate import per_flight, told_of
from fastchannel.watch.triggers.figures import DAY, FlightCount, Known
from fastchannel.watch.triggers.states import Kind, Stop
from fastchannel.watch.triggers.subject import Subject, Traffic, covers, routes_of, subjects
from fastchannel.watch.triggers.timeline import Timeline
from fastchannel.watch.triggers.views import Hindsight

HORIZON_DAYS = 14
WHOLE = Subject(scope=Scope.AGREEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule would have done. ``imports_of`` says what was counted: "flights", "reports", or "" where nothing could be.

    ``imports_not_reported`` counts flights, or days, whose number is not known. ``lead_days`` has one entry for each event,
    None for one that was missed. ``days_not_told`` counts days on which some trigger could not be told.
    """

    days: int
    days_open: float
    imports_of: str
    imports: float
    imports_admitted: float
    imports_not_reported: int
    stops: int
    false_alarms: int
    lead_days: tuple[int | None, ...]
    days_not_told: int

    @property
    def median_lead_days(self) -> float | None:
        """The middle one of the lead times of events that were not missed; None where there is none."""
        found = [one for one in self.lead_days if one is not None]
        return float(median(found)) if found else None

    @property
    def missed(self) -> int:
        """Events that nothing was announced for."""
        return sum(one is None for one in self.lead_days)


def outcome(
    text: AgreementText, known: Known, replayed: Timeline, event: Condition, *, horizon_days: int = HORIZON_DAYS
) -> Outcome:
    """What a rule would have done, from its replayed states; ``known`` has all figures, as they are known at the end."""
    last_known = Hindsight(known=known, at=date.max)
    flights = known.flights(replayed.first, replayed.last, known=date.max)
    stopped = {traffic: _stopped(replayed, traffic) for traffic in _traffic(text, flights, replayed.first)}
    days = (replayed.last - replayed.first).days + 1
    shut = sum(len(one) for one in stopped.values())
    alarms = [stop for stop in replayed.stops if stop.kind is not Kind.FREQUENCY and not stop.trigger.startswith("override ")]
    held, begun = events(text, last_known, event, replayed.first, replayed.last)
    horizon = horizon_days * DAY
    imports_of, imports, admitted, unknown = _imports(text, last_known, flights, stopped, replayed)
    announced = sorted(stop.announced for stop in alarms)
    return Outcome(
        days=days,
        days_open=days - shut / len(stopped) if stopped else float(days),
        imports_of=imports_of,
        imports=imports,
        imports_admitted=admitted,
        imports_not_reported=unknown,
        stops=len(alarms),
        false_alarms=sum(not any(one <= when <= one + horizon for when in held) for one in announced),
        lead_days=tuple(_lead(start, announced, horizon_days) for start in begun),
        days_not_told=len(
            {
                one.day
                for each in replayed.days.values()
                for one in each
                for r in one.reasons
                if r.code == "trigger.cannot-be-told"
            }
        ),
    )


def events(
    text: AgreementText, known: Known, event: Condition, first: date, last: date
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The days on which an event is on, and those on which one begins; figures of either side count."""
    rule = TriggerText(
        id="event",
        clause="",
        when=event,
        effect=Effect(continue_=True, from_=Moment(Anchor.ANNOUNCEMENT)),
        under_way=Fate.COMPLETE,
    )
    if per_flight(event):
        flights = known.flights(first, last, known=date.max)
        held = {
            flight.arrived
            for flight in flights
            if told_of(text, rule, event, WHOLE, known, flight.arrived, every=False, event=flight).holds
        }
        return tuple(sorted(held)), tuple(sorted(held))
    days = [first + index * DAY for index in range((last - first).days + 1)]
    on = [day for day in days if told_of(text, rule, event, WHOLE, known, day, every=False).holds]
    return tuple(on), tuple(day for day in on if day - DAY not in on)


def _lead(start: date, announced: Iterable[date], horizon_days: int) -> int | None:
    near = [(start - one).days for one in announced if abs((start - one).days) <= horizon_days]
    return max(near) if near else None


def _traffic(text: AgreementText, flights: Iterable[FlightCount], first: date) -> tuple[Traffic, ...]:
    """What can be stopped by itself: each line that flew; else each region of a trigger by region; else each route."""
    lines = dict.fromkeys(Traffic(route=one.route, carrier=one.carrier, line=one.flight) for one in flights)
    if lines:
        return tuple(lines)
    regions = [
        Traffic(route=route, regions=(subject.name,))
        for trigger in text.trigger
        if trigger.unit is Scope.REGION
        for route in routes_of(text, trigger)
        for subject in subjects(text, trigger, (), first)
    ]
    return tuple(dict.fromkeys(regions)) or tuple(Traffic(route=route) for route in text.route)


def _stopped(replayed: Timeline, traffic: Traffic) -> frozenset[date]:
    """The days on which a piece of traffic is kept out."""
    return frozenset(
        day for stop in replayed.stops if covers(stop.subject, stop.routes, traffic) for day in _kept_out(stop, replayed.last)
    )


def _kept_out(stop: Stop, end: date) -> Iterable[date]:
    if stop.kind is Kind.FREQUENCY:
        return ()
    first = max(stop.first, stop.announced + DAY)
    last = min(stop.last or end, end)
    return [first + index * DAY for index in range((last - first).days + 1)]


def _imports(
    text: AgreementText,
    known: Known,
    flights: Iterable[FlightCount],
    stopped: Mapping[Traffic, frozenset[date]],
    replayed: Timeline,
) -> tuple[str, float, float, int]:
    """What was counted, all imports, those admitted, and of how many flights or days the number is not known."""
    total = admitted = 0.0
    unknown = 0
    counted = False
    for flight in flights:
        counted = True
        if flight.positive is None:
            unknown += 1
            continue
        traffic = Traffic(route=flight.route, carrier=flight.carrier, line=flight.flight)
        total += flight.positive
        admitted += flight.positive * (flight.arrived not in stopped[traffic])
    if counted:
        return "flights", total, admitted, unknown
    for place in dict.fromkeys(route.to for route in text.route.values()):
        into = [days for traffic, days in stopped.items() if text.route[traffic.route].to == place]
        counts = known.daily(str(Metric.IMPORTED_CASES), place, replayed.first, replayed.last, known=date.max)
        for index, count in enumerate(counts):
            if count is None or not into:
                unknown += count is None
                continue
            counted = True
            day = replayed.first + index * DAY
            total += count
            admitted += count * sum(day not in days for days in into) / len(into)
    return ("reports" if counted else ""), total, admitted, unknown
