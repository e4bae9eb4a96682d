"""A small batch of two flights and one place of quarantine, and statements for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from fastchannel.casework.arrivals import Arrival
from fastchannel.casework.needs import Statement
from fastchannel.casework.plans import FlightDay, House, Plan, Reserve, Wish
from fastchannel.casework.worth import Valued, valued
from fastchannel.supply.value.urgency import Cause

FIRST = date(2020, 5, 25)
ARRIVALS = (Arrival(places=(), nights=2, tests=(0,), chance=1e-5, per_day=2e-6, version=1, pathogen="sars-cov-2-ancestral"),)
PLAN = Plan(
    agreement="china-korea",
    route="kr-cn",
    first_day=FIRST,
    last_day=date(2020, 5, 27),
    flights=(FlightDay(id="CK101", day=FIRST, seats=4), FlightDay(id="CK103", day=date(2020, 5, 26), seats=4)),
    houses=(House(id="North hotel", rooms=6, laboratory="City laboratory"),),
    laboratories={"City laboratory": 6},
    risk=0.001,
)


def statement(**changes: Any) -> Statement:
    """A stopped line that three technicians start again."""
    made = Statement(
        agreement="china-korea",
        route="kr-cn",
        site="Suzhou line 3",
        industry="",
        region="CN-JS",
        stops="The evaporation line stands still.",
        cause=Cause.STOPPED,
        until=date(2020, 6, 23),
        team={"technician": 3},
        claimed_per_day=0.5,
        earliest=FIRST,
        latest=date(2020, 5, 27),
        stated=date(2020, 5, 21),
    )
    return msgspec.structs.replace(made, **changes)


def wish(name: str, sponsor: str = "", **changes: Any) -> Wish:
    """A statement under an identifier; each its own site unless told otherwise."""
    said = statement(**{"site": f"site of {name}", **changes})
    return Wish(id=name, sponsor=sponsor or f"firm of {name}", statement=said, applied_at="2020-05-21T09:00:00")


def four() -> list[Wish]:
    """Three teams of three and one of one: eight seats, so that one team of three has none."""
    return [
        wish("a", claimed_per_day=4.0),
        wish("b", claimed_per_day=3.0),
        wish("c", claimed_per_day=2.0),
        wish("d", team={"welder": 1}, claimed_per_day=1.0),
    ]


def by_claims(wishes: Sequence[Wish], plan: Plan = PLAN) -> tuple[Valued, ...]:
    """Worth by claims alone."""
    return valued(wishes, plan, None)


def reserving(**changes: Any) -> Plan:
    """The plan with a reserve."""
    return msgspec.structs.replace(PLAN, reserves=(Reserve(**{"kind": "class", "of": "health", "places": 1, **changes}),))
