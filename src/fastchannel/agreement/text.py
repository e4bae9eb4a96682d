"""The agreement language: what a text may say, as types.

These dataclasses are the grammar. `reading` checks a text against them, `schema` publishes them for editors, and
`explain` and `difference` put them into words. A field's description is in its metadata under ``doc``.

* A name that Python keeps for itself ends in an underscore here and not in the text (``from_`` is written ``from``).
* `Texts` are words by language, and all of ``en``, ``zh`` and ``ko`` must be there.
* A list of plain values may be written as one value (``requires = "visa"``).
* `Varying` is one value, or a list of dated ones: ``[{ since = 2020-05-01, is = "72 h" }, …]``. Without ``until``, a
  value holds to the day before the next.
"""

# ruff: noqa: RUF009 — doc() is dataclasses.field with words

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastchannel.agreement.conditions import Condition
from fastchannel.agreement.measures import (
    MEASURES,
    DocumentText,
    Except,
    FollowUpText,
    GateText,
    LaboratoryTestText,
    Measure,
    MeasureText,
    MonitorText,
    QuotaText,
    StayText,
    Where,
)
from fastchannel.agreement.provisions import Otherwise
from fastchannel.agreement.wording import (
    TEXT_LANGUAGES,
    UNDER_WAY_ANCHORS,
    AgencyRole,
    CheckIn,
    Dated,
    Fate,
    GateAt,
    Period,
    Record,
    Reopening,
    Scope,
    Side,
    StayPlace,
    Switch,
    Texts,
    Varying,
    Windows,
    always,
    doc,
    holds,
    key_of,
    steady,
)
from fastchannel.terms.moments import Moment, Span, Window

__all__ = [
    "MEASURES",
    "TEXT_LANGUAGES",
    "UNDER_WAY_ANCHORS",
    "AgencyRole",
    "AgencyText",
    "AgreementText",
    "ApplicationText",
    "Budget",
    "CheckIn",
    "Complete",
    "Dated",
    "DocumentText",
    "DutyText",
    "Effect",
    "Except",
    "Fate",
    "FollowUpText",
    "GateAt",
    "GateText",
    "Heading",
    "LaboratoryTestText",
    "Measure",
    "MeasureText",
    "MonitorText",
    "PartyText",
    "Period",
    "PointOfEntryText",
    "PositiveText",
    "QuotaText",
    "Record",
    "RegionText",
    "Reopening",
    "RetentionText",
    "ReviewText",
    "RouteText",
    "Scope",
    "Side",
    "SponsorText",
    "StayPlace",
    "StayText",
    "Switch",
    "Texts",
    "TriggerText",
    "Varying",
    "VisibilityText",
    "Where",
    "Windows",
    "always",
    "doc",
    "holds",
    "key_of",
    "steady",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """Journeys past a moment finish as they began."""

    complete: Moment = doc("journeys past this moment finish under the terms they began with")
    clause: str = doc("the clause that says so", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What both sides promise not to exceed."""

    imports_per_million: float = doc("infections that pass undetected, per million journeys")
    clause: str = doc("the clause that promises it")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The agreement itself."""

    id: str = doc("the identifier that all versions share")
    version: int = doc("1 for the first text, one more for each amendment")
    title: Texts = doc("what the agreement is called")
    parties: tuple[str, ...] = doc("the parties' ISO 3166-1 codes")
    pathogen: str = doc("the pathogen it is about")
    in_force: date = doc("the first date on which this version holds")
    first_in_force: date | None = doc(
        "the first date on which the first version held; dated values reach back to it", default=None
    )
    until: date | None = doc("the last date on which it holds; without it, until it is ended", default=None)
    adopted: date | None = doc("when the parties adopted this version; without it, the day it enters into force", default=None)
    clause: str = doc("the clause on entry into force")
    source: str = doc("where the text was published")
    note: str = doc("a remark for people", default="")
    changes: Texts = doc("what this version changes, in a sentence", default_factory=dict)
    under_way: Complete | Switch = doc(
        "what this version means for journeys under way: those past application, approval, departure or arrival "
        "complete under the version they began with; or all switch"
    )
    budget: Budget | None = doc("what both sides promise not to exceed", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyText:
    """An agency of a party, and what it does under the agreement."""

    id: str = doc("the identifier by which events name it")
    name: Texts = doc("its name")
    roles: tuple[AgencyRole, ...] = doc("what it does")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyText:
    """One party."""

    name: Texts = doc("its name")
    zone: str = doc("its IANA time zone")
    zones: dict[str, str] = doc("time zones of regions that differ, by ISO 3166-2 code", default_factory=dict)
    agency: tuple[AgencyText, ...] = doc("its agencies", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionText:
    """Regions that are open from a date. Entries add up."""

    since: date = doc("the first date on which they are open")
    until: date | None = doc("the last date on which they are open", default=None)
    places: tuple[str, ...] = doc("ISO 3166-2 codes, or the country's code for all of it")
    clause: str = doc("the clause that opens them")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfEntryText:
    """Where travellers arrive, and where they may go on to from there."""

    place: str = doc("the region it lies in")
    points: tuple[str, ...] = doc("airports, ports or crossings by UN/LOCODE; none named means any in the region", default=())
    onward_to: tuple[str, ...] = doc("other open regions that may be reached from it", default=())
    by: str = doc("by what means", default="")
    since: date | None = doc("the first date on which this holds", default=None)
    until: date | None = doc("the last date on which this holds", default=None)
    clause: str = doc("the clause that says so")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewText:
    """Who decides on applications."""

    by: AgencyRole = doc("the role of the agency that decides")
    clause: str = doc("the clause that says so")
    four_eyes: bool = doc("whether a second officer must agree", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationText:
    """How one applies."""

    clause: str = doc("the clause on applications")
    window: Varying[Window | None] = steady(None, "when an application may be filed")
    review: ReviewText = doc("who decides")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyText:
    """One duty that the sponsor accepts by name."""

    id: str = doc("the identifier by which the sponsor accepts it")
    text: Texts = doc("the duty in words")
    clause: str = doc("the clause it rests on")
    since: date | None = doc("the first date on which it holds", default=None)
    until: date | None = doc("the last date on which it holds", default=None)
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorText:
    """Who invites the traveller and answers for them."""

    who: Texts = doc("who may sponsor")
    clause: str = doc("the clause on sponsors")
    applies_to: AgencyRole = doc("the role of the agency to which the sponsor applies")
    duty: tuple[DutyText, ...] = doc("what the sponsor accepts", default=())
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PositiveText:
    """What a confirmed infection, and being a contact of one, leads to."""

    clause: str = doc("the clause it rests on")
    before_departure: Otherwise = doc("for one who has not departed", default=Otherwise.REFUSE)
    after_departure: Otherwise = doc("for one who has", default=Otherwise.HOLD)
    contact: Otherwise = doc("for a contact of a case", default=Otherwise.HOLD)
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteText:
    """One direction."""

    from_: str = doc("the party that travellers come from")
    to: str = doc("the party that they go to")
    title: Texts = doc("what the route is called")
    clause: str = doc("the clause on who is eligible")
    purposes: Varying[tuple[str, ...]] = doc("the purposes of journeys that are eligible")
    companions: Varying[tuple[str, ...]] = steady((), "who may accompany them")
    since: date | None = doc("the first date on which the route is open", default=None)
    until: date | None = doc("the last date on which the route is open", default=None)
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")
    region: tuple[RegionText, ...] = doc("where the route leads")
    origin: tuple[RegionText, ...] = doc("regions that travellers may come from; none named means all", default=())
    point_of_entry: tuple[PointOfEntryText, ...] = doc("where travellers arrive and go on to", default=())
    application: ApplicationText = doc("how one applies")
    sponsor: SponsorText | None = doc("who invites the traveller and answers for them", default=None)
    measure: tuple[Measure, ...] = doc("what is asked, in the order in which it comes")
    positive: PositiveText = doc("what an infection leads to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a trigger does: exactly one of suspend, pause, flights_per_week and continue."""

    suspend: Span | None = doc("for how long what the trigger is about is suspended", default=None)
    pause: Span | None = doc("for how long it is paused at most: a suspension takes the place of a pause", default=None)
    flights_per_week: int | None = doc("up to how many flights a week each line may have from then on", default=None)
    usual: int | None = doc("how many flights a week a line has otherwise", default=None)
    continue_: bool = doc("whether the channel goes on, and only the reason is recorded", default=False)
    extend: Span | None = doc(
        "by how long it goes on each time that what must hold on its last day does not; without it, day by day", default=None
    )
    from_: Moment = doc("from when, counted from the announcement")

    @property
    def length(self) -> Span | None:
        """For how long something is stopped; None where nothing is."""
        return self.suspend or self.pause


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerText:
    """When the channel suspends itself, and when it opens again."""

    id: str = doc("the identifier")
    clause: str = doc("the clause it rests on")
    title: Texts = doc("what it is called", default_factory=dict)
    when: Condition = doc("what sets it off")
    side: Side = doc("on whose side the figures are taken", default=Side.EITHER)
    unit: Scope = doc("what is suspended", default=Scope.AGREEMENT)
    routes: tuple[str, ...] = doc("which routes; none named means all", default=())
    effect: Effect = doc("what it does")
    resume: Condition | None = doc("what must hold for it to end", default=None)
    reopens: Reopening = doc("what ends it: the rule alone, or a decision of both parties", default=Reopening.RULE)
    reported: Span | None = doc(
        "how long after a day its figures are published: what is counted ends that much earlier", default=None
    )
    under_way: Complete | Fate = doc("what it means for journeys under way")
    since: date | None = doc("the first date on which it is watched", default=None)
    until: date | None = doc("the last date on which it is watched", default=None)
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibilityText:
    """Which fields of which events a party sees; with them go the event's identifiers, times, role and party."""

    event: tuple[str, ...] = doc("the kinds of event")
    to: tuple[str, ...] = doc("the parties that see them")
    fields: tuple[str, ...] = doc("the fields they see", default=())
    until: Moment | None = doc("until when", default=None)
    read_within: Span | None = doc("how soon after it was sent somebody there reads it", default=None)
    answered_within: Span | None = doc("how soon after it was sent somebody there answers it", default=None)
    clause: str = doc("the clause that says so")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionText:
    """How long a record is kept."""

    what: Record = doc("which record")
    keep: Moment = doc("until when it is kept")
    clause: str = doc("the clause that says so")
    source: str = doc("where it was published", default="")
    note: str = doc("a remark for people", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementText:
    """The whole text."""

    agreement: Heading = doc("the agreement itself")
    party: dict[str, PartyText] = doc("the parties, by ISO 3166-1 code")
    route: dict[str, RouteText] = doc("the routes, by identifier")
    trigger: tuple[TriggerText, ...] = doc("when the channel suspends itself", default=())
    visibility: tuple[VisibilityText, ...] = doc("what each party sees", default=())
    retention: tuple[RetentionText, ...] = doc("how long records are kept", default=())
    words: dict[str, Texts] = doc(
        "what the text's own terms are called: purposes, documents, what is allowed", default_factory=dict
    )
