"""What the agreement language is written with: words by language, dated values, closed vocabularies."""

# ruff: noqa: RUF009 — doc() is dataclasses.field with words

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from fastchannel.terms.moments import Anchor, Window

T = TypeVar("T")
Texts = dict[str, str]
TEXT_LANGUAGES = ("en", "zh", "ko")


def doc(words: str, **options: Any) -> Any:
    """A field with its description for people; ``default`` and ``default_factory`` as in dataclasses.field."""
    return field(metadata={"doc": words}, **options)


def key_of(attribute: str) -> str:
    """The key as the text has it."""
    return attribute.removesuffix("_")


@dataclass(frozen=True, slots=True)
class Windows:
    """One window, or several of which any will do; written with ``or`` between them."""

    any_of: tuple[Window, ...]

    def __str__(self) -> str:
        return " or ".join(str(window) for window in self.any_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[T]):
    """A value and the dates on which it holds."""

    is_: T = doc("the value")
    since: date | None = doc("the first date on which it holds", default=None)
    until: date | None = doc("the last date on which it holds", default=None)
    clause: str = doc("the clause that sets it, where it is not the measure's own", default="")
    source: str = doc("where this figure was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True)
class Varying(Generic[T]):
    """One value for all dates, or dated values in order, without gap or overlap."""

    values: tuple[Dated[T], ...]

    def on(self, day: date) -> Dated[T] | None:
        """The value that holds on a date; None where none does."""
        chosen = None
        for value in self.values:
            if value.since is None or value.since <= day:
                chosen = value
        return None if chosen is None or (chosen.until is not None and day > chosen.until) else chosen

    def nearest(self, day: date) -> Dated[T]:
        """The value that holds on a date; where none does, for the agreement is not in force then, the nearest."""
        dated = self.on(day)
        if dated is not None:
            return dated
        first = self.values[0]
        return first if first.since is not None and day < first.since else self.values[-1]


def holds(since: date | None, until: date | None, day: date) -> bool:
    """Whether a date lies between two, both included; one that is not given bounds nothing."""
    return (since is None or since <= day) and (until is None or day <= until)


def always(value: T) -> Varying[T]:
    """A value that does not vary."""
    return Varying((Dated(is_=value),))


def steady(value: Any, words: str) -> Any:
    """A field that may vary by date, with its default."""
    return doc(words, default=always(value))


class AgencyRole(StrEnum):
    REVIEWER = "reviewer"  # decides on applications
    LOCAL_GOVERNMENT = "local-government"  # decides on applications, names places of isolation
    MISSION = "mission"  # embassy or consulate
    HEALTH_AUTHORITY = "health-authority"
    DESIGNATED_HOSPITAL = "designated-hospital"
    DESIGNATED_LABORATORY = "designated-laboratory"
    CUSTOMS = "customs"
    IMMIGRATION = "immigration"
    AVIATION = "aviation"
    CARRIER = "carrier"
    SITE = "site"  # isolation or quarantine site
    MONITOR = "monitor"  # follows travellers' health
    REGISTRAR = "registrar"  # registers travellers or their papers: a trade association
    SPONSOR = "sponsor"
    SECRETARIAT = "secretariat"


class StayPlace(StrEnum):
    HOME = "home"
    ISOLATION = "isolation"
    QUARANTINE = "quarantine"
    CLOSED_LOOP = "closed loop"
    VEHICLE = "vehicle"  # a transfer


class GateAt(StrEnum):
    BOARDING = "boarding"
    ENTRY = "entry"
    RELEASE = "release"  # from isolation
    COMPLETION = "completion"


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    FLIGHT = "flight"


class CheckIn(StrEnum):
    DAILY = "daily"


class Side(StrEnum):
    EITHER = "either"
    BOTH = "both"
    ORIGIN = "origin"
    DESTINATION = "destination"


class Scope(StrEnum):
    AGREEMENT = "agreement"  # every route
    ROUTE = "route"
    REGION = "region"  # of the side whose figures count
    CARRIER = "carrier"
    FLIGHT = "flight"  # every flight of that line


class Switch(StrEnum):
    SWITCH = "switch"  # the new text governs everyone from its first day


class Fate(StrEnum):
    COMPLETE = "complete"  # those who have departed finish under the old terms
    STOP = "stop"


class Reopening(StrEnum):
    RULE = "rule"
    DECISION = "decision"  # both parties'


class Record(StrEnum):
    JOURNEY = "journey"
    HEALTH = "health"
    CONTACT = "contact"
    IDENTITY = "identity"
    ACCESS = "access"


UNDER_WAY_ANCHORS = (Anchor.APPLICATION, Anchor.APPROVAL, Anchor.DEPARTURE, Anchor.ARRIVAL)
