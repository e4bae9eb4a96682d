"""A flight with a case aboard, and what followed: seats, a room, a bus, and somebody whom only a contact met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastchannel.agreement.shipped import shipped
from fastchannel.casework.ports import Person
from fastchannel.terms import events as ev
from fastchannel.terms.events import Assay, Finding, Outcome, Role

TEXT = shipped()["china-korea"][5]
LANDED = datetime(2020, 12, 20, 4, 0, tzinfo=UTC)
SAMPLED = LANDED + timedelta(days=2)
REPORTED = SAMPLED + timedelta(hours=7)
CONFIRMED = SAMPLED + timedelta(hours=8)
NOW = CONFIRMED + timedelta(hours=4)
FLIGHT, HOTEL, BUS = "MU5042", "Songjiang hotel 2", "SH-B-118"
NUMBER = "SH-2020-417"
NAMES = {
    "case": "KIM MINJI", "near": "LEE JUNHO", "far": "PARK SEOYEON", "unseated": "CHOI DOYUN", "room": "JUNG HAEUN",
    "bus": "KANG JIWOO", "second": "YOON TAEYANG",
}  # fmt: skip
SEATS = {"case": "12A", "near": "13C", "far": "31F", "unseated": ""}


@dataclass(frozen=True)
class Flight:
    """The journeys by name."""

    case: str = "j-case"
    near: str = "j-near"
    far: str = "j-far"
    unseated: str = "j-unseated"
    room: str = "j-room"
    bus: str = "j-bus"
    second: str = "j-second"


def stamp(journey: str, name: str, moment: datetime, role: Role, party: str = "CN") -> dict[str, Any]:
    """A new event's common fields."""
    return {
        "journey": journey, "id": f"{journey}-{name}", "at": moment, "recorded": moment, "role": role, "party": party, "by": "o"
    }  # fmt: skip


def begun(journey: str, flight: str = FLIGHT, party: str = "CN") -> list[ev.Event]:
    """An application that was approved, for the flight."""
    departure = LANDED - timedelta(hours=2)
    plan = ev.Itinerary(departure=departure, origin="KR-11", destination="CN-SH", flight=flight)
    applied = departure - timedelta(days=12)
    return [
        ev.Applied(
            **stamp(journey, "a", applied, Role.SPONSOR, party), agreement=TEXT.id, version=TEXT.version, digest=TEXT.digest,
            route="kr-cn", purpose="technical-service", sponsor="s", itinerary=plan,
        ),
        ev.Reviewed(**stamp(journey, "r", applied + timedelta(days=1), Role.REVIEWER, party), outcome=Outcome.APPROVED),
    ]  # fmt: skip


def aboard(journey: str, seat: str) -> list[ev.Event]:
    """Boarded in a seat, and landed."""
    return [
        ev.Boarded(**stamp(journey, "b", LANDED - timedelta(hours=2), Role.CARRIER), flight=FLIGHT, seat=seat),
        ev.Arrived(**stamp(journey, "v", LANDED, Role.CHECKPOINT), place="CN-SH"),
    ]


def stays(journey: str, room: str, hours: float = 3, site: str = HOTEL) -> ev.Event:
    """Entered a room so many hours after landing."""
    moment = LANDED + timedelta(hours=hours)
    return ev.Entered(**stamp(journey, f"e{hours}", moment, Role.SITE), stay="isolation", site=site, room=room)


def rides(journey: str, vehicle: str, hours: float = 1) -> ev.Event:
    """Taken on by a vehicle so many hours after landing."""
    moment = LANDED + timedelta(hours=hours)
    return ev.Moved(**stamp(journey, f"m{hours}", moment, Role.SITE), stay="isolation", vehicle=vehicle)


def written(desk: Any, journey: str, events: Iterable[ev.Event], name: str) -> None:
    """The journey is in the record."""
    person = Person(name=name, passport=f"P{journey}")
    desk.journal.append([desk.entry(tuple(events), person, desk.clock.now())[0]])


def play(desk: Any, clock: Any) -> Flight:
    """Four aboard; the case shares a room, and the near one a bus with one whom another shares a room with."""
    clock.instant = NOW
    found = Flight()
    kind: dict[str, Any] = {"sample": "s-1", "assay": Assay.NAAT, "laboratory": "cn-lab"}
    case = [
        *begun(found.case), *aboard(found.case, SEATS["case"]), rides(found.case, BUS), stays(found.case, "1208"),
        ev.Sampled(**stamp(found.case, "s", SAMPLED, Role.LABORATORY), **kind),
        ev.Resulted(**stamp(found.case, "t", REPORTED, Role.LABORATORY), finding=Finding.DETECTED, **kind),
        ev.Confirmed(**stamp(found.case, "c", CONFIRMED, Role.MONITOR), case=NUMBER),
    ]  # fmt: skip
    written(desk, found.case, case, NAMES["case"])
    for name in ("near", "far", "unseated"):
        journey = f"j-{name}"
        rooms = {"near": "1310", "far": "1411", "unseated": "1512"}
        written(desk, journey, [*begun(journey), *aboard(journey, SEATS[name]), stays(journey, rooms[name], 4)], NAMES[name])
    other = "MU7777"
    written(desk, found.room, [*begun(found.room, other), *_landed(found.room), stays(found.room, "1208", 20)], NAMES["room"])
    bus = [*begun(found.bus, other), *_landed(found.bus), rides(found.bus, BUS, 1.5), stays(found.bus, "1601", 5)]
    written(desk, found.bus, bus, NAMES["bus"])
    written(
        desk, found.second, [*begun(found.second, other), *_landed(found.second), stays(found.second, "1310", 30)],
        NAMES["second"],
    )  # fmt: skip
    return found


def _landed(journey: str) -> list[ev.Event]:
    """Arrived by another way."""
    return [ev.Arrived(**stamp(journey, "v", LANDED - timedelta(hours=1), Role.CHECKPOINT), place="CN-SH")]
