"""The allocation board's rows: columns of cards by flight, the ranking, what is left of each limit, and the overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastchannel.casework.allocation import Answer, Line, Scarce
from fastchannel.casework.needs import Statement
from fastchannel.casework.plans import FlightDay, Plan, Wish, window
from fastchannel.node.models import Need, PlaceOverride
from fastchannel.node.needs import statement_of
from fastchannel.web.supply_words import BY_HAND, HAS_PLACE, NO_PLACE, Speaker
from fastchannel.web.words import Badge

MOST_CARDS = 60  # of a column; the ranking below has everybody
NOWHERE = "none"
BAR = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Where a team can be put."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A team on the board."""

    line: Line
    need: Need
    said: Statement
    team: str
    value: str
    direct: str
    price: str
    change: str
    badge: Badge
    by_hand: Badge | None
    where: str
    choices: tuple[Choice, ...]
    days: str  # the flights that it may be dropped on


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A flight, or no place."""

    key: str
    title: str
    sub: str
    cards: tuple[Card, ...]
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A limit: what it has, what is taken and what is left."""

    name: str
    has: str
    used: str
    state: str  # in words: full, reached, what is left
    full: bool
    worth: str
    share: float  # of a bar of 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Nights:
    """Rooms of one place: by night what is taken of what there is."""

    house: str
    cells: tuple[Gauge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An override as the list shows it."""

    row: PlaceOverride
    site: str
    what: str


def cards(lines: Sequence[Line], rows: Mapping[str, Need], plan: Plan, speaker: Speaker, *, movable: bool) -> list[Card]:
    """The teams in the order of the answer; those whose statement is gone are left out."""
    return [_card(line, rows[line.need], plan, speaker, movable) for line in lines if line.need in rows]


def _card(line: Line, need: Need, plan: Plan, speaker: Speaker, movable: bool) -> Card:
    said = statement_of(need)
    here = f"{line.given.flight}|{line.given.place}" if line.given else NOWHERE
    flights = _flights(need, said, plan)
    choices = [
        Choice(
            value=f"{flight.id}|{house.id}",
            text=f"{speaker.day((flight.day - plan.first_day).days)} · {flight.id} · {house.id}",
            chosen=f"{flight.id}|{house.id}" == here,
        )
        for flight in (flights if movable else [])
        for house in plan.houses
    ]
    return Card(
        line=line,
        need=need,
        said=said,
        team=", ".join(f"{skill} {people}" for skill, people in said.team.items()),
        value=speaker.number(line.value),
        direct=speaker.number(line.direct_per_room_night),
        price=speaker.price(line),
        change=speaker.change(line),
        badge=HAS_PLACE if line.given else NO_PLACE,
        by_hand=BY_HAND if line.override is not None else None,
        where=f"{speaker.day(line.given.day)} · {line.given.flight} · {line.given.place}" if line.given else "",
        choices=tuple(choices),
        days=" ".join(flight.id for flight in flights),
    )


def _flights(need: Need, said: Statement, plan: Plan) -> list[FlightDay]:
    days = window(Wish(id=need.id, sponsor=need.sponsor, statement=said, applied_at=""), plan)
    if days is None:
        return []
    first, last = days
    return [one for one in plan.flights if first <= (one.day - plan.first_day).days <= last and one.seats >= said.people]


def columns(found: Sequence[Card], plan: Plan, answer: Answer, speaker: Speaker, without: str) -> list[Column]:
    """One column for each flight, and one for those without a place."""
    seats = {one.of: one for one in answer.limits if one.kind == "seats"}
    made = []
    for flight in sorted(plan.flights, key=lambda one: (one.day, one.id)):
        own = [card for card in found if card.line.given and card.line.given.flight == flight.id]
        used = seats[flight.id].used if flight.id in seats else 0.0
        made.append(
            Column(
                key=flight.id,
                title=f"{speaker.arrives((flight.day - plan.first_day).days)} · {flight.id}",
                sub=f"{round(used)} / {flight.seats}",
                cards=tuple(own[:MOST_CARDS]),
                hidden=max(0, len(own) - MOST_CARDS),
            )
        )
    rest = [card for card in found if card.line.given is None]
    made.append(
        Column(
            key=NOWHERE, title=without, sub=str(sum(card.said.people for card in rest)), cards=tuple(rest[:MOST_CARDS]),
            hidden=max(0, len(rest) - MOST_CARDS),
        )
    )  # fmt: skip
    return made


def gauges(answer: Answer, kind: str, speaker: Speaker) -> list[Gauge]:
    """Limits of one kind of which there is anything, or that anybody uses."""
    return [gauge(one, speaker) for one in answer.limits if one.kind == kind and (one.used > 0.0 or kind in ("seats", "floor"))]


def gauge(one: Scarce, speaker: Speaker) -> Gauge:
    """A limit with its bar."""
    risk = one.kind == "risk"
    left = max(0.0, one.has - one.used)
    say = speaker.chance if risk else speaker.number
    step = 0.005 * one.has if risk else 1.0
    return Gauge(
        name=speaker.limit(one.kind, one.of, one.number),
        has=say(one.has),
        used=say(one.used),
        state=speaker.state(one.kind, say(left), full=left < step),
        full=left < step and one.kind != "floor",
        worth=speaker.worth(one),
        share=BAR * min(1.0, one.used / one.has) if one.has > 0.0 else BAR * (one.used > 0.0),
    )


def nights(answer: Answer, speaker: Speaker) -> tuple[list[str], list[Nights]]:
    """The nights on which anybody sleeps, and each place's rooms on them."""
    rooms = [one for one in answer.limits if one.kind == "rooms"]
    used = sorted({one.number for one in rooms if one.used > 0.0})
    by_house: dict[str, list[Gauge]] = {}
    for one in rooms:
        if one.number in used:
            by_house.setdefault(one.of, []).append(gauge(one, speaker))
    return [speaker.day(night) for night in used], [Nights(house=name, cells=tuple(cells)) for name, cells in by_house.items()]
