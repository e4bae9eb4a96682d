"""Places under the agreements' quotas: how many there are in a period, and how many officers have given.

Where no agreement in force here sets a quota there is nothing to count, and nothing is asked of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.text import QuotaText
from fastchannel.agreement.wording import Period, holds
from fastchannel.casework.applications import current
from fastchannel.node.desk import office
from fastchannel.node.models import Event
from fastchannel.terms.events import Allotted, Corrected, decode

AHEAD = 4  # periods that are told: this one and those that follow
LOOKED_BACK = timedelta(days=120)  # so long before its journey a place may have been given
MOST_FLIGHTS = 8
_DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.FLIGHT: 7 * AHEAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """One period of one quota, or one flight in it. ``people`` places, of which ``given`` are given."""

    agreement: str
    route: str
    quota: str
    title: dict[str, str]
    clause: str
    per: str
    first: date
    last: date
    flight: str
    people: int
    given: int

    @property
    def left(self) -> int:
        """How many places nobody has yet."""
        return max(0, self.people - self.given)


@dataclass(frozen=True, slots=True)
class _Given:
    """A place that was given: on which date its traveller departs, and with which flight."""

    day: date
    flight: str


def places(now: datetime) -> list[Places]:
    """Every quota of the agreements in force, for the period that ``now`` lies in and those after it."""
    desk = office()
    found: list[Places] = []
    for identifier in desk.texts.all():
        text = current(desk, identifier, now)
        for name, route in text.text.route.items():
            for measure in route.measure:
                if isinstance(measure, QuotaText):
                    found += _of_quota(text, name, measure, now)
    return found


def _of_quota(text: Agreement, route: str, quota: QuotaText, now: datetime) -> Iterator[Places]:
    zone = text.zone(text.routes[route].origin_party)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday()) if quota.per is Period.WEEK else today
    size = timedelta(days=_DAYS[quota.per])
    periods = 1 if quota.per is Period.FLIGHT else AHEAD
    given = list(_given(text, route, quota.id, first, first + periods * size, now, zone))
    for number in range(periods):
        begins = first + number * size
        value = quota.people.on(begins)
        if value is None or not holds(quota.holds_from, quota.holds_until, begins):
            continue
        ends = begins + size - timedelta(days=1)
        inside = [one for one in given if begins <= one.day <= ends]
        groups = _flights(inside) if quota.per is Period.FLIGHT else [(begins, ends, "", len(inside))]
        for start, end, flight, count in groups:
            yield Places(
                agreement=text.id, route=route, quota=quota.id, title=dict(quota.title), clause=value.clause or quota.clause,
                per=quota.per.value, first=start, last=end, flight=flight, people=value.is_, given=count,
            )  # fmt: skip


def _flights(given: Iterable[_Given]) -> list[tuple[date, date, str, int]]:
    counts: dict[tuple[date, str], int] = {}
    for one in given:
        counts[one.day, one.flight] = counts.get((one.day, one.flight), 0) + 1
    return [(day, day, flight, count) for (day, flight), count in sorted(counts.items())[:MOST_FLIGHTS]]


def _given(
    text: Agreement, route: str, quota: str, first: date, after: date, now: datetime, zone: ZoneInfo
) -> Iterator[_Given]:
    begins, ends = (datetime.combine(day, time.min, zone) for day in (first, after))
    rows = Event.objects.filter(
        kind="allotted", at__gte=now - LOOKED_BACK, journey__agreement=text.id, journey__route=route,
        journey__departure__gte=begins, journey__departure__lt=ends,
    ).order_by("seq")  # fmt: skip
    allotted = list(rows.values_list("journey_id", "journey__departure", "journey__flight", "body"))
    journeys = {journey for journey, _, _, _ in allotted}
    bodies = Event.objects.filter(kind="corrected", journey__in=journeys).values_list("body", flat=True) if journeys else ()
    struck = {event.corrects for event in map(decode, map(bytes, bodies)) if isinstance(event, Corrected)}
    last: dict[str, _Given | None] = {}
    for journey, departure, flight, body in allotted:
        event = decode(bytes(body))
        if isinstance(event, Allotted) and event.quota == quota and event.id not in struck:
            day = departure.astimezone(zone).date()
            last[journey] = _Given(day, flight) if event.granted else None
    yield from (one for one in last.values() if one is not None)
