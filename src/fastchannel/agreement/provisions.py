"""What an agreement provides for one traveller: the text with its dates, places and exceptions resolved.

`decide`, `forecast` and `watch` read these values and never the text. Every provision carries the clause it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from fastchannel.terms.events import Assay, Finding, Role
from fastchannel.terms.moments import Moment, Span, Window
from fastchannel.terms.places import lies_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The facts of an application that choose which rules hold. Places are ISO 3166-2 codes."""

    route: str
    purpose: str
    companion: str | None
    origin: str
    destination: str
    arrival_place: str
    city: str | None = None


class Otherwise(StrEnum):
    """What follows when a measure is definitely not met."""

    REFUSE = "refuse"
    HOLD = "hold"


class Rung(StrEnum):
    REMIND = "remind"  # on the silent day itself, at a local time
    CALL = "call"  # on the n-th silent day running
    HOLD = "hold"  # after the n-th silent day running


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder for missed check-ins: ``remind 10:00``, ``call day 2``, ``hold day 3``."""

    rung: Rung
    at: time | None = None
    day: int | None = None

    def __str__(self) -> str:
        return f"{self.rung} {self.at:%H:%M}" if self.at else f"{self.rung} day {self.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Provision:
    id: str
    clause: str
    otherwise: Otherwise
    title: dict[str, str]  # by language; empty means that the kind's own words will do
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor(_Provision):
    """Daily health check-ins on every local date from ``start`` up to, not including, the date of ``end``.

    ``follow_up`` tells the monitoring after release from that before departure; both are read alike.
    """

    start: Moment
    end: Moment
    missed: tuple[Step, ...] = ()
    symptoms: Otherwise = Otherwise.HOLD
    calls_per_day: int = 0
    follow_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTest(_Provision):
    """``count`` samples, each taken inside one of ``sampled``, ``apart`` from each other, with the required finding.

    ``laboratories`` names the designated laboratories' identifiers; empty means that any laboratory will do.
    """

    assay: Assay
    sampled: tuple[Window, ...]
    require: Finding = Finding.NOT_DETECTED
    count: int = 1
    apart: Span | None = None
    laboratories: frozenset[str] = frozenset()
    designated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(_Provision):
    """A document that must be presented: who may issue it, when, and for how long it is good.

    ``issuers`` are agencies' identifiers; empty means that anyone may issue it. ``issued`` bounds the date of issue, and
    ``valid_for`` counts from it to the moment ``by``.
    """

    document: str
    issuers: frozenset[str] = frozenset()
    issuer_role: str = ""
    issued: tuple[Window, ...] = ()
    valid_for: Span | None = None
    by: Moment
    bound: bool = True
    single_use: bool = False  # good for one crossing only
    who: Role = Role.TRAVELLER  # who provides it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay(_Provision):
    """Where the traveller stays, from when, how long at least and at most, what ends it and what is allowed meanwhile.

    A stay ends when ``least`` has passed and all of ``ends`` (identifiers of tests) are met, at the latest after ``most``
    by an officer's decision; or at ``until`` where that is given. A transfer is a stay in a vehicle.
    """

    place: str  # "isolation", "quarantine", "home", "closed loop", "vehicle"
    start: Moment
    least: Span | None = None
    most: Span | None = None
    until: Moment | None = None
    ends: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    named_by: str = ""  # the role of the agency that names the place
    transport: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(_Provision):
    """A point that a traveller passes only when all that it requires is met.

    Besides, where ``either`` has lists, all measures of at least one list must be met; a measure that is only in ``either``
    is not asked for by itself.
    """

    at: str  # "boarding", "entry", "release" (from isolation), "completion"
    requires: tuple[str, ...]
    either: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(_Provision):
    """So many people in each period, of which stated shares are kept for some."""

    people: int
    per: str  # "day", "week", "flight"
    shares: dict[str, int]  # purpose → places kept for it


Provision = Monitor | LaboratoryTest | Paper | Stay | Gate | Quota


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    purposes: frozenset[str]
    companions: frozenset[str]
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where the route leads on a date: the open regions, and the points of entry with where one may go on to from each."""

    open: frozenset[str]
    clause: str  # of the regions
    onward: dict[str, frozenset[str]]  # arrival region → other regions that may be reached from it
    onward_clause: str
    origins: frozenset[str] = frozenset()  # the regions travellers may come from; empty means all
    origins_clause: str = ""

    def leads_to(self, place: str) -> bool:
        """Whether a place lies in an open region."""
        return any(lies_in(place, region) for region in self.open)

    def onward_from(self, arrival: str, destination: str) -> bool:
        """Whether one who arrives in one region may go on to the other."""
        return any(
            lies_in(arrival, region) and any(lies_in(destination, place) for place in places)
            for region, places in self.onward.items()
        )

    def comes_from(self, place: str) -> bool:
        """Whether travellers may come from a place."""
        return not self.origins or any(lies_in(place, region) for region in self.origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    clause: str
    window: Window | None = None  # when it may be filed
    review_clause: str = ""
    four_eyes: bool = False
    duties: tuple[str, ...] = ()  # what the sponsor must accept by name
    duties_clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRule:
    """What a confirmed infection, and being a contact of one, leads to."""

    clause: str
    before_departure: Otherwise = Otherwise.REFUSE
    after_departure: Otherwise = Otherwise.HOLD
    contact: Otherwise = Otherwise.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionRule:
    """What a trigger's suspension means for journeys already under way: they complete from this moment on, or all stop."""

    trigger: str
    clause: str
    complete: Moment | None  # a journey past this moment when the suspension begins completes; None: nobody does


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisions:
    """All that holds for one case on one date, in the agreement's order."""

    agreement: str
    version: int
    digest: str
    route: str
    origin_party: str
    destination_party: str
    on: date
    in_force: bool  # whether the agreement and the route hold on that date
    in_force_clause: str
    eligibility: Eligibility
    reach: Reach
    application: Application
    case_rule: CaseRule
    suspensions: dict[str, SuspensionRule]
    measures: tuple[Provision, ...]

    def measure(self, identifier: str) -> Provision | None:
        """The measure of that identifier, or None."""
        return next((measure for measure in self.measures if measure.id == identifier), None)
