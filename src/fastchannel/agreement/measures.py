"""The measures that a text may ask for, one type for each kind."""

# ruff: noqa: RUF009 — doc() is dataclasses.field with words

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from fastchannel.agreement.provisions import Otherwise, Step
from fastchannel.agreement.wording import (
    AgencyRole,
    CheckIn,
    GateAt,
    Period,
    StayPlace,
    Texts,
    Varying,
    Windows,
    doc,
    steady,
)
from fastchannel.terms.events import Assay, Finding, Role
from fastchannel.terms.moments import Moment, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which travellers are meant: every key that is given must fit; a key fits when any of its values does."""

    purpose: tuple[str, ...] = doc("the purposes of the journey", default=())
    companion: tuple[str, ...] = doc('the kinds of companion; "none" for those who accompany nobody', default=())
    origin: tuple[str, ...] = doc("the regions they come from", default=())
    region: tuple[str, ...] = doc("the regions they go to", default=())
    city: tuple[str, ...] = doc("the cities they go to", default=())
    arrival: tuple[str, ...] = doc("the regions they arrive in", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Except:
    """For some travellers, or for some time, a measure says something else: any of its fields may be given anew."""

    where: Where = doc("which travellers are meant")
    clause: str = doc("the clause that says so")
    holds_from: date | None = doc("the first date on which the exception holds", default=None)
    holds_until: date | None = doc("the last date on which the exception holds", default=None)
    waived: bool = doc("whether the measure is not asked of them at all", default=False)
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")
    changes: dict[str, Any] = doc("the measure's fields that differ, by attribute", default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureText:
    """What every kind of measure says."""

    KIND: ClassVar[str] = ""

    id: str = doc("the identifier, unique in the route")
    clause: str = doc("the clause it rests on")
    title: Texts = doc("what it is called; without it, the kind's own words", default_factory=dict)
    otherwise: Otherwise | None = doc(
        "what follows when it is definitely not met; without it, refuse for what is due before departure, else hold",
        default=None,
    )
    holds_from: date | None = doc(
        "the first date on which the measure is asked; without it, from the agreement's first", default=None
    )
    holds_until: date | None = doc("the last date on which the measure is asked", default=None)
    for_: Where | None = doc("of whom it is asked; without it, of everyone", default=None)
    source: str = doc("where it was published; without it, the agreement's source", default="")
    note: str = doc("a remark for people", default="")
    except_: tuple[Except, ...] = doc("for whom or when it says something else", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorText(MeasureText):
    """Daily health check-ins."""

    KIND: ClassVar[str] = "monitor"

    from_: Varying[Moment] = doc("the first date of the check-ins")
    until: Varying[Moment] = doc("the date on which they have ended")
    check_in: CheckIn = doc("how often", default=CheckIn.DAILY)
    missed: Varying[tuple[Step, ...]] = steady((), "what follows a missed check-in, rung by rung")
    symptoms: Varying[Otherwise] = steady(Otherwise.HOLD, "what follows when symptoms are reported")
    calls_per_day: Varying[int] = steady(0, "how often an officer calls, whether or not the traveller checks in")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpText(MonitorText):
    """Daily health check-ins after release."""

    KIND: ClassVar[str] = "follow-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTestText(MeasureText):
    """A laboratory test: timed by when the sample is taken, not by when the result comes."""

    KIND: ClassVar[str] = "test"

    test: Varying[Assay] = doc("what is tested for")
    sampled: Varying[Windows] = doc("when the sample is taken")
    require: Varying[Finding] = steady(Finding.NOT_DETECTED, "the finding that is required")
    count: Varying[int] = steady(1, "how many samples")
    apart: Varying[Span | None] = steady(None, "at least how far apart")
    laboratory: Varying[tuple[str, ...]] = steady(
        ("any",),
        'whose result counts: "any", "designated" for those that the party where the sample is taken designates, or '
        "agencies by identifier",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText(MeasureText):
    """A document to be presented."""

    KIND: ClassVar[str] = "document"

    document: Varying[str] | None = doc("the kind of document; without it, the measure's identifier", default=None)
    issued_by: Varying[tuple[str, ...]] = steady((), "who may issue it: a role of an agency, or agencies by identifier")
    issued: Varying[Windows | None] = steady(None, "when it may be issued")
    valid_for: Varying[Span | None] = steady(None, "for how long it is good once issued")
    by: Varying[Moment] = doc("when it is needed")
    bound: Varying[bool] = steady(value=True, words="whether it must name the traveller")
    single_use: Varying[bool] = steady(value=False, words="whether it is good for one crossing only")
    provided_by: Role = doc("who provides it", default=Role.TRAVELLER)


@dataclass(frozen=True, slots=True, kw_only=True)
class StayText(MeasureText):
    """Where the traveller stays and what is allowed meanwhile. A transfer is a stay in a vehicle."""

    KIND: ClassVar[str] = "stay"

    place: Varying[StayPlace] = doc("the kind of place")
    from_: Varying[Moment] = doc("when it begins")
    least: Varying[Span | None] = steady(None, "how long at least")
    most: Varying[Span | None] = steady(None, "how long at most before an officer must decide")
    until: Varying[Moment | None] = steady(None, "when it ends, where that is a moment")
    ends: Varying[tuple[str, ...]] = steady((), "the tests that must be met before it ends")
    allowed: Varying[tuple[str, ...]] = steady((), "what is allowed meanwhile")
    named_by: AgencyRole | None = doc("the role of the agency that names the place", default=None)
    transport: str = doc("how the traveller gets there", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateText(MeasureText):
    """A point that is passed only when all that it requires is met."""

    KIND: ClassVar[str] = "gate"

    at: GateAt = doc("where on the way it stands")
    requires: Varying[tuple[str, ...]] = steady((), "the measures that must be met")
    either: Varying[tuple[tuple[str, ...], ...]] = steady((), "lists of measures of which at least one must be met whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaText(MeasureText):
    """So many people in each period."""

    KIND: ClassVar[str] = "quota"

    people: Varying[int] = doc("how many people")
    per: Period = doc("in which period")
    shares: dict[str, int] = doc("places kept for a purpose", default_factory=dict)


Measure = MonitorText | FollowUpText | LaboratoryTestText | DocumentText | StayText | GateText | QuotaText
MEASURES: dict[str, type[Measure]] = {kind.KIND: kind for kind in Measure.__args__}
