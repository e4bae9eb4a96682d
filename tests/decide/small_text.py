"""A text of one route with the measures that a test gives, and a traveller who does what the test says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.load import load
from fastchannel.decide.decide import decide
from fastchannel.decide.standing import Obligation, Standing
from fastchannel.terms import events as ev
from fastchannel.terms.events import Event, Outcome

HERE, THERE = ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul")
DEPARTURE = datetime(2021, 3, 16, 12, tzinfo=HERE)  # two days after New York's clocks went forward
ARRIVAL = datetime(2021, 3, 17, 15, tzinfo=THERE)

_TEXT = """
[agreement]
id        = "small"
version   = 1
title     = { en = "Small", zh = "小", ko = "작은" }
parties   = ["US", "KR"]
pathogen  = "p"
in_force  = 2021-01-01
clause    = "1"
source    = "a test"
under_way = "switch"

[party.US]
name = { en = "A", zh = "甲", ko = "갑" }
zone = "America/New_York"

[[party.US.agency]]
id    = "office"
name  = { en = "Office", zh = "办公室", ko = "사무소" }
roles = ["local-government", "health-authority", "mission"]

[party.KR]
name = { en = "B", zh = "乙", ko = "을" }
zone = "Asia/Seoul"

[[party.KR.agency]]
id    = "there-office"
name  = { en = "Office", zh = "办公室", ko = "사무소" }
roles = ["local-government", "health-authority"]

[route.r]
from     = "US"
to       = "KR"
title    = { en = "R", zh = "路", ko = "길" }
clause   = "2"
purposes = ["business"]
region   = [{ since = 2021-01-01, places = ["KR"], clause = "2" }]

[route.r.application]
clause = "3"
review = { by = "local-government", clause = "3" }

[route.r.positive]
clause = "9"
"""


@cache
def small(measures: str, triggers: str = "") -> Agreement:
    """The text with these measures; ``measures`` has one ``[[measure]]`` each, which stands for the route's."""
    return load(_TEXT + measures.replace("[[measure]]", "[[route.r.measure]]") + triggers)


def event(kind: type[Event], at: datetime, number: int = 0, **fields: Any) -> Event:
    """One event of the traveller, recorded as it happened."""
    label = fields.pop("id", f"{kind.__name__}-{at.isoformat()}-{number}")
    return kind(id=label, journey="j", at=at, recorded=fields.pop("recorded", at), **fields)


def begun(text: Agreement, *, approved: bool = True) -> list[Event]:
    """The application, and its approval."""
    at = datetime(2021, 2, 1, 12, tzinfo=HERE)
    plan = ev.Itinerary(departure=DEPARTURE, origin="US-NY", destination="KR-11")
    applied = event(
        ev.Applied,
        at,
        agreement="small",
        version=1,
        digest=text.digest,
        route="r",
        purpose="business",
        sponsor="s",
        itinerary=plan,
    )
    return [applied, *([event(ev.Reviewed, at, outcome=Outcome.APPROVED, by="o")] if approved else [])]


def standing(text: Agreement, events: Iterable[Event], at: datetime) -> Standing:
    """Where the traveller stands after the application, the approval and these events."""
    return decide(text, [*begun(text), *events], at)


def obligation(found: Standing, measure: str, kind: str = "") -> Obligation:
    """The one obligation of that measure, of that kind where one is named."""
    (only,) = [item for item in found.obligations if item.measure == measure and kind in ("", item.kind)]
    return only


def codes(found: Standing) -> set[str]:
    """The codes of all reasons."""
    return {reason.code for reason in found.reasons}
