"""A quarantine site's rooms and who is in them, read from the projection of whereabouts; and the writes about rooms.

A traveller who moves within a site enters the stay anew: the earlier room ends then; the stay counts from its first entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from fastchannel.agreement.agreement import Versions
from fastchannel.agreement.provisions import Case, Stay
from fastchannel.casework import rooms as naming
from fastchannel.casework import travel
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Receipt
from fastchannel.casework.permissions import Action, Denial, Subject, check
from fastchannel.casework.ports import Purpose
from fastchannel.casework.rooms import Leaving, leaving
from fastchannel.casework.whereabouts import flight_on
from fastchannel.decide.journey import in_force
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Standing, Verdict, decode
from fastchannel.node.desk import office
from fastchannel.node.models import Deadline, Journey, Room, Whereabout
from fastchannel.node.queries import Page, cursor, key_of
from fastchannel.node.reach import visible
from fastchannel.terms.events import Entered, Role
from fastchannel.terms.language import N_
from fastchannel.watch.investigation.contacts import Setting

MOST_OFFERED = 60  # rooms that one form offers
MOST_UNLISTED = 50  # people in rooms that nobody has entered who are shown
MOST_SITES = 100
SHOWN = ("", "free", "taken", "out", "closed")
_FREE_TO_GO = (Verdict.PROCEED.value, Verdict.RELEASED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Somebody in a room. ``name`` is empty, and ``leaving`` None, where the traveller is not the actor's to see."""

    journey: str
    room: str
    since: datetime
    name: str
    seen: bool
    flight: str
    leaving: Leaving | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLine:
    """A room with whoever is in it. ``number`` is 0 and ``beds`` None where nobody has entered the room."""

    number: int
    name: str
    beds: int | None
    closed: datetime | None
    why: str
    inside: tuple[Inside, ...]

    @property
    def free(self) -> int:
        """Beds that nobody has."""
        return 0 if self.beds is None or self.closed else max(0, self.beds - len(self.inside))

    @property
    def crowded(self) -> bool:
        """More people than beds."""
        return self.beds is not None and len(self.inside) > self.beds

    @property
    def mixed(self) -> bool:
        """People of different flights together."""
        return len({one.flight for one in self.inside}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The numbers above the board: beds free, people inside, rooms closed, people to be let out by the end of the day."""

    rooms: int
    free: int
    closed: int
    inside: int
    unlisted: int
    out: int
    arrived: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A room with a free bed."""

    name: str
    free: int
    empty: bool


def sites() -> tuple[str, ...]:
    """The sites that have rooms here, by name."""
    return tuple(Room.objects.order_by("site").values_list("site", flat=True).distinct()[:MOST_SITES])


def counted(actor: Actor, site: str, day_ends: datetime) -> Counted:
    """The numbers above the board, in three queries."""
    rooms = _with_people(site).aggregate(
        rooms=Count("pk"),
        free=Sum(Greatest(F("beds") - F("people"), 0), filter=Q(closed=None)),
        closed=Count("pk", filter=Q(closed__isnull=False)),
    )
    known = Room.objects.filter(site=site, name=OuterRef("unit"))
    people = _inside(site).aggregate(
        inside=Count("pk"), unlisted=Count("pk", filter=~Exists(known)), out=Count("pk", filter=_ending(day_ends))
    )
    arrived = Journey.objects.filter(waiting(actor)).count()
    return Counted(**{name: number or 0 for name, number in (rooms | people).items()}, arrived=arrived)


def waiting(actor: Actor) -> Q:
    """Who has arrived and has not entered a stay."""
    return visible(actor) & Q(stage=Stage.ARRIVED.value)


def board(
    actor: Actor, site: str, *, show: str = "", day_ends: datetime, after: str = "", limit: int = 50, why: str = "rooms"
) -> Page[RoomLine]:
    """The rooms in the order of their numbers, on the first page after those that nobody has entered."""
    rooms = _with_people(site)
    if show == "free":
        rooms = rooms.filter(closed=None, people__lt=F("beds"))
    elif show == "taken":
        rooms = rooms.filter(people__gt=0)
    elif show == "closed":
        rooms = rooms.filter(closed__isnull=False)
    elif show == "out":
        rooms = rooms.filter(name__in=_inside(site).filter(_ending(day_ends)).values("unit"))
    if after:
        order, number = key_of(after, tuple[str, int])
        rooms = rooms.filter(Q(order__gt=order) | Q(order=order, id__gt=number))
    found = list(rooms.order_by("order", "id")[: limit + 1])
    shown = found[:limit]
    stays = _inside(site).filter(unit__in=[room.name for room in shown])
    if not after and show in ("", "taken", "out"):
        known = Room.objects.filter(site=site, name=OuterRef("unit"))
        unlisted = _inside(site).filter(~Exists(known), _ending(day_ends) if show == "out" else Q())
        extra = unlisted.order_by("unit", "pk").values("pk")[:MOST_UNLISTED]
        stays = _inside(site).filter(Q(unit__in=[room.name for room in shown]) | Q(pk__in=extra))
    people = _people(actor, stays, why)
    lines = [
        RoomLine(number=0, name=name, beds=None, closed=None, why="", inside=tuple(inside))
        for name, inside in sorted(people.items())
        if name not in {room.name for room in shown}
    ]
    lines += [
        RoomLine(
            number=room.pk, name=room.name, beds=room.beds, closed=room.closed, why=room.closed_why,
            inside=tuple(people.get(room.name, ())),
        )
        for room in shown
    ]  # fmt: skip
    last = shown[-1] if len(found) > limit else None
    return Page(items=tuple(lines), after=cursor((last.order, last.pk)) if last is not None else "")


def inside(actor: Actor, journey: str) -> tuple[str, Inside] | None:
    """The site and the room in which a traveller is now; None for who is in none. Whether they may be seen: `Inside.seen`."""
    held = Whereabout.objects.filter(setting=Setting.ROOM.value, until=None, journey=journey)
    place = held.order_by("-since").values_list("place", flat=True).first()
    if place is None:
        return None
    found = [one for people in _people(actor, held.filter(place=place), "").values() for one in people]
    return place, found[-1]


def offered(site: str) -> tuple[Offered, ...]:
    """Rooms with a free bed: the empty ones first."""
    rooms = _with_people(site).filter(closed=None, people__lt=F("beds"))
    found = rooms.order_by("people", "order")[:MOST_OFFERED]
    return tuple(Offered(name=room.name, free=room.beds - room.people, empty=not room.people) for room in found)


def add(actor: Actor, site: str, written: str, beds: int) -> int | Denial:
    """Enter rooms by name or as ranges; how many of them are new. Raises InvalidEntryError."""
    denial = check(actor, Action.KEEP_ROOMS, Subject())
    if denial:
        return denial
    if not 1 <= beds <= naming.MOST_BEDS:
        raise InvalidEntryError("beds", N_("Found {found} beds; expected 1 to {most}."), found=beds, most=naming.MOST_BEDS)
    names, now = naming.room_names(written), office().clock.now()
    before = Room.objects.filter(site=site).count()
    Room.objects.bulk_create(
        [
            Room(site=site, name=name, order=naming.order_of(name), beds=beds, made=now, by=actor.id)
            for name in names
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return Room.objects.filter(site=site).count() - before


def close(actor: Actor, site: str, number: int, reason: str) -> Denial | None:
    """Put nobody into a room any more. Raises InvalidEntryError where no reason is given, or the site has no such room."""
    if not reason.strip():
        raise InvalidEntryError("reason", N_("Say why the room is closed: the next shift reads it."))
    said = {"closed": office().clock.now(), "closed_why": reason.strip()[:200], "closed_by": actor.id}
    return _change(actor, site, number, said)


def reopen(actor: Actor, site: str, number: int) -> Denial | None:
    """The room can be given again. Raises InvalidEntryError where the site has no such room."""
    return _change(actor, site, number, {"closed": None, "closed_why": "", "closed_by": actor.id})


def house(actor: Actor, journey: str, *, site: str, room: str, key: str, crowded: bool = False) -> Receipt | Denial:
    """Put a traveller into a room, or from one into another; ``crowded`` says that more than its beds are meant.

    Of two who give the last bed at the same time, the second is told. Raises UnknownJourneyError, KeyConflictError and
    InvalidEntryError.
    """
    desk = office()
    with desk.journal.transaction():
        denial = check(actor, Action.ENTER, desk.journal.subject(journey))
        if denial:
            return denial
        found = Room.objects.select_for_update(no_key=True).filter(site=site, name=room).first()
        if found is None:
            raise InvalidEntryError("room", N_("Found no room {found} at this site; choose one of the list."), found=room[:40])
        if found.closed is not None:
            raise InvalidEntryError("room", N_("Room {room} is closed: {why}"), room=room, why=found.closed_why)
        others = _inside(site).filter(unit=room).exclude(journey=journey).count()
        if others >= found.beds and not crowded:
            raise InvalidEntryError(
                "room", N_("Room {room} has no free bed any more (people inside: {people}, beds: {beds}). Choose another."),
                room=room, people=others, beds=found.beds,
            )  # fmt: skip
        stay = _stay(journey)
        if not stay:
            raise InvalidEntryError("room", N_("The agreement asks for no stay at a site of this traveller."))
        return travel.enter(desk, actor, journey, stay=stay, site=site, room=room, key=key)


def let_out(actor: Actor, journey: str, *, key: str) -> Receipt | Denial:
    """Let a traveller out of the stay that they are in, where it is over. Raises UnknownJourneyError, InvalidEntryError."""
    desk = office()
    desk.journal.subject(journey)
    stay = _stay(journey)
    if not stay:
        raise InvalidEntryError("stay", N_("The agreement asks for no stay at a site of this traveller."))
    return naming.let_out(desk, actor, journey, stay=stay, key=key)


_ABOUT = ("standing", "purpose", "origin", "destination", "arrival_place", "departure")


def _inside(site: str) -> QuerySet[Whereabout, Whereabout]:
    return Whereabout.objects.filter(setting=Setting.ROOM.value, place=site, until=None)


def _with_people(site: str) -> Any:
    """The site's rooms, each with ``people``: how many are in it. Not typed, for the model has no such column."""
    here = _inside(site).filter(unit=OuterRef("name")).order_by().values("unit").annotate(n=Count("pk")).values("n")
    return Room.objects.filter(site=site).annotate(people=Coalesce(Subquery(here), 0))


def _ending(day_ends: datetime) -> Q:
    """Whose stay ends by then: its shortest time does, or it has ended and nothing keeps them."""
    stays = Deadline.objects.filter(journey=OuterRef("journey"), kind="stay", who=Role.SITE.value)
    return Q(Exists(stays.filter(due__lt=day_ends))) | Q(~Exists(stays), journey__verdict__in=_FREE_TO_GO)


def _people(actor: Actor, stays: QuerySet[Whereabout, Whereabout], why: str) -> dict[str, list[Inside]]:
    """Who is in which room; those whom the actor may see by name, which is logged."""
    columns = ("journey_id", "unit", "since", "journey__flight", "journey__departure")
    rows = list(stays.order_by("since", "pk").values(*columns))
    mine = Journey.objects.filter(visible(actor, Action.SEE_PERSON), visible(actor, Action.SEE_HEALTH))
    seen = {
        str(row["id"]): row
        for row in mine.filter(id__in=[row["journey_id"] for row in rows]).values("id", "person__name", *_ABOUT)
    }
    now, texts, found = office().clock.now(), office().texts.all(), defaultdict(list)
    for row in rows:
        one = seen.get(row["journey_id"])
        found[row["unit"]].append(
            Inside(
                journey=row["journey_id"],
                room=row["unit"],
                since=row["since"],
                name=(one["person__name"] or row["journey_id"]) if one is not None else "",
                seen=one is not None,
                flight=flight_on(row["journey__flight"], row["journey__departure"]),
                leaving=_leaving(one, decode(bytes(one["standing"])), texts, now) if one is not None else None,
            )
        )
    if why:
        office().note(actor, Purpose.LIST, why, seen)
    return dict(found)


def _leaving(row: dict[str, Any], standing: Standing, texts: Mapping[str, Versions], now: datetime) -> Leaving | None:
    """When the traveller may go. What a companion or a city adds to the rules is not in the row, and left out."""
    stay = naming.site_stay(standing)
    if stay is None:
        return None
    case = Case(
        route=standing.route, purpose=row["purpose"], companion=None, origin=row["origin"], destination=row["destination"],
        arrival_place=row["arrival_place"],
    )  # fmt: skip
    held = texts[standing.agreement][standing.version].provisions(case, row["departure"].date()).measures
    ends = next((item.ends for item in held if isinstance(item, Stay) and item.id == stay.measure), ())
    return leaving(standing, ends, now)


def _stay(journey: str) -> str:
    """The stay that the traveller is in, or is to enter; empty where there is none."""
    desk = office()
    events = desk.journal.events(journey)
    now = desk.now_for(events)
    entered = [event.stay for event in in_force(events, now, now) if isinstance(event, Entered)]
    if entered:
        return entered[-1]
    stay = naming.site_stay(desk.decide(events, now))
    return "" if stay is None else stay.measure


def _change(actor: Actor, site: str, number: int, said: dict[str, object]) -> Denial | None:
    denial = check(actor, Action.KEEP_ROOMS, Subject())
    if denial is None and not Room.objects.filter(site=site, pk=number).update(**said):
        raise InvalidEntryError("room", N_("Found no such room at this site; choose one of the list."))
    return denial
