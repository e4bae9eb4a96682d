"""The triggers of the agreements in force, run on this node's own record and the case reports that it holds.

A stop reaches every open journey that it is about. They are run at each sweep, so daily and soon after each report. Both
parties' nodes come to the same, from the same journeys; each tells the journeys that it keeps, and the link does the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Count
from msgspec import Struct

from fastchannel.agreement.agreement import Agreement
from fastchannel.casework import review
from fastchannel.casework.actor import system
from fastchannel.casework.errors import CaseworkError
from fastchannel.casework.flights import Alike, channel_flights
from fastchannel.decide.stages import ENDED
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.figures import Found, found
from fastchannel.node.journal import reported_of
from fastchannel.node.overrides import overrides
from fastchannel.node.reports import reports
from fastchannel.terms.events import Resumed, Role, Suspended
from fastchannel.watch.triggers.nearness import Nearness, nearness
from fastchannel.watch.triggers.states import DayState, Kind, State, Stop
from fastchannel.watch.triggers.subject import Subject, Traffic, covers
from fastchannel.watch.triggers.timeline import Timeline, timeline
from fastchannel.watch.triggers.views import Joined

LOOK_BACK = timedelta(days=120)  # longer than any shipped rule's stop and what it counts
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An agreement's triggers as they stand today."""

    agreement: Agreement
    today: date
    timeline: Timeline
    nearness: tuple[Nearness, ...]

    def has(self, subject: Subject) -> bool:
        """Whether the subject is known today still."""
        days = self.timeline.days[subject]
        return bool(days) and days[-1].day >= self.today

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Those that are announced or hold, other numbers of flights aside."""
        return tuple(
            stop for stop in self.timeline.stops if stop.kind is not Kind.FREQUENCY and stop.state(self.today) is not None
        )


class Today(Struct, frozen=True, kw_only=True):
    """How an agreement's triggers stand on a day: the state of each subject, and how near each rule is to its limit."""

    day: date
    states: tuple[DayState, ...]
    nearness: tuple[Nearness, ...]


def watched() -> Iterator[Watched]:
    """Every agreement in force that has triggers, run up to today on what is recorded here."""
    for text, today in in_force():
        yield _watch(text, today)


def in_force() -> Iterator[tuple[Agreement, date]]:
    """The agreements in force that have triggers, each with its date today."""
    desk = office()
    now = desk.clock.now()
    for versions in desk.texts.all().values():
        text = versions.current(now.astimezone(versions.newest.zone(desk.party)).date())
        today = now.astimezone(text.zone(desk.party)).date()
        if text.text.trigger and text.in_force <= today:
            yield text, today


def todays(text: Agreement, today: date) -> Found[Today]:
    """How an agreement's triggers stand, for pages: on a large record as the last run found it."""
    return found(_name(text, today), Today, lambda: _today(_watch(text, today)), now=office().clock.now())


def run() -> int:
    """Tell the open journeys that this node keeps of every stop that begins, and of every one that is over; how many."""
    count = 0
    for text, today in in_force():
        one = _watch(text, today)
        found(_name(text, today), Today, partial(_today, one), now=office().clock.now(), anew=True)
        count += _tell(one)
    return count


def _name(text: Agreement, today: date) -> str:
    """What the answer rests on besides the record: a decision that somebody signed changes it at once."""
    signed = models.JointDecision.objects.filter(agreement=text.id).count()
    return f"triggers {text.digest} {today} {signed}"


def _watch(text: Agreement, today: date) -> Watched:
    first = max(today - LOOK_BACK, text.in_force)
    known = Joined(reports=reports(), known=channel_flights(_arrived(text, first, today)))
    line = timeline(text.text, known, first, today, overrides=overrides(text.id))
    return Watched(agreement=text, today=today, timeline=line, nearness=nearness(text.text, known, today))


def _arrived(text: Agreement, first: date, today: date) -> Iterator[Alike]:
    """The travellers who arrived by a flight on those days; the database puts together of whom the same was reported."""
    courses = models.Course.objects.filter(arrived__gte=first, arrived__lte=today, agreement=text.id).exclude(flight="")
    alike = courses.values_list("flight", "route", "arrived", "reported").annotate(n=Count("*")).order_by()
    for flight, route, arrived, reported, number in alike:
        yield Alike(flight=flight, route=route, arrived=arrived, reported=reported_of(reported), number=number)


def _today(one: Watched) -> Today:
    days = [one.timeline.on(subject, one.today) for subject in one.timeline.subjects if one.has(subject)]
    return Today(day=one.today, states=tuple(days), nearness=one.nearness)


def _tell(one: Watched) -> int:
    stops = one.stops
    suspended = set(models.Event.objects.filter(kind="suspended").values_list("journey_id", flat=True))
    journeys = models.Journey.objects.filter(agreement=one.agreement.id, told=False).exclude(stage__in=ENDED)
    if not stops:
        journeys = journeys.filter(id__in=suspended)  # whom a stop that is over may still hold
    count = 0
    for name, route, destination, origin, flight in journeys.values_list("id", "route", "destination", "origin", "flight"):
        traffic = Traffic(route=route, regions=(destination, origin), carrier=flight[:2], line=flight)
        reaching = {stop.trigger: stop for stop in stops if covers(stop.subject, stop.routes, traffic)}
        held = _held(name) if name in suspended else {}
        if reaching.keys() != held.keys() or any(_ends(one, stop) != held[trigger] for trigger, stop in reaching.items()):
            count += _write(one, name, reaching, held)
    return count


def _held(journey: str) -> dict[str, datetime | None]:
    """By trigger, until when the rule has suspended the journey so far. What people suspended is theirs to reopen."""
    found: dict[str, datetime | None] = {}
    for event in office().journal.events(journey):
        if isinstance(event, Suspended) and event.role is Role.SYSTEM:
            found[event.trigger] = event.until
        elif isinstance(event, Resumed):
            found.pop(event.trigger, None)
    return found


def _write(one: Watched, journey: str, reaching: dict[str, Stop], held: Iterable[str]) -> int:
    desk, count = office(), 0
    actor = system(desk.party)
    steps: list[tuple[str, Stop | None]] = list(reaching.items())
    steps += [(trigger, None) for trigger in held if trigger not in reaching]
    for trigger, stop in steps:
        state = "over" if stop is None else f"{stop.first} {stop.last}"
        key = f"trigger:{journey}:{trigger}:{state}:{one.today if stop is None else stop.announced}"
        try:
            if stop is None:
                review.resume(desk, actor, journey, trigger=trigger, key=key)
            else:
                since, until = _begins(one, stop), _ends(one, stop)
                review.suspend(desk, actor, journey, trigger=trigger, since=since, until=until, key=key)
            count += 1
        except CaseworkError:
            _log.exception("suspension not told", extra={"journey": journey, "trigger": trigger})
    return count


def _begins(one: Watched, stop: Stop) -> datetime:
    return datetime.combine(stop.first, datetime.min.time(), one.agreement.zone(office().party))


def _ends(one: Watched, stop: Stop) -> datetime | None:
    """The end of its last day; None where something else ends it."""
    if stop.last is None:
        return None
    return datetime.combine(stop.last + timedelta(days=1), datetime.min.time(), one.agreement.zone(office().party))


def stopped(one: Watched) -> list[tuple[Stop, State]]:
    """What holds or is announced today, with its state."""
    return [(stop, state) for stop in one.stops if (state := stop.state(one.today)) is not None]
