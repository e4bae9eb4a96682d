"""What the API takes and gives: every field bounded, unknown fields refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from fastchannel.terms.events import Assay, Finding, Outcome

EARLIEST, LATEST = 1990, 2200
NO_CONTROL = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _sensible(when: datetime) -> datetime:
    if not EARLIEST <= when.year <= LATEST:
        raise ValueError(f"expected a year from {EARLIEST} to {LATEST}")
    return when


def _sensible_day(when: date) -> date:
    if not EARLIEST <= when.year <= LATEST:
        raise ValueError(f"expected a year from {EARLIEST} to {LATEST}")
    return when


Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]
Day = Annotated[date, AfterValidator(_sensible_day)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Place = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Word = Annotated[str, StringConstraints(max_length=128, pattern=NO_CONTROL)]
Needed = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, StringConstraints(max_length=1_000, pattern=NO_CONTROL)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True, pattern=NO_CONTROL)]


class Strict(Schema):
    """Unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class ItineraryIn(Strict):
    departure: Moment
    origin: Place
    destination: Place
    arrival_place: Place | None = None
    point_of_entry: Annotated[str, StringConstraints(max_length=64, pattern=NO_CONTROL)] | None = None
    flight: Annotated[str, StringConstraints(max_length=32, pattern=NO_CONTROL)] | None = None
    city: Annotated[str, StringConstraints(max_length=64, pattern=NO_CONTROL)] | None = None


class PersonIn(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
    passport: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5,20}$")]
    birth_date: Day | None = None
    nationality: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    email: Annotated[str, StringConstraints(max_length=254, pattern=NO_CONTROL)] = ""
    telephone: Annotated[str, StringConstraints(max_length=32, pattern=NO_CONTROL)] = ""
    language: Annotated[str, StringConstraints(pattern=r"^(en|zh-Hans|ko)$")] = "en"


class ApplicationIn(Strict):
    agreement: Identifier
    route: Identifier
    purpose: Identifier
    companion: Identifier | None = None
    itinerary: ItineraryIn
    person: PersonIn
    duties: Annotated[list[Identifier], Field(max_length=64)] | None = None
    sponsor: Word = ""


class BatchIn(Strict):
    applications: Annotated[list[ApplicationIn], Field(min_length=1, max_length=200)]


class DocumentIn(Strict):
    document: Identifier
    issuer: Needed
    issuer_role: Word = ""
    issued: Moment
    expires: Moment | None = None
    number: Annotated[str, StringConstraints(max_length=64, pattern=NO_CONTROL)] = ""
    bound: bool = True
    accepted: bool = True
    at: Moment | None = None


class ReviewIn(Strict):
    outcome: Outcome
    reason: Text = ""


class CheckInIn(Strict):
    day: Day
    symptoms: bool
    at: Moment | None = None


class SampleIn(Strict):
    sample: Identifier
    assay: Assay
    laboratory: Needed
    place: Place | None = None
    at: Moment | None = None


class ResultIn(Strict):
    sample: Identifier
    assay: Assay
    finding: Finding
    laboratory: Needed
    sampled: Moment | None = None
    place: Place | None = None
    at: Moment | None = None


class BoardingIn(Strict):
    flight: Annotated[str, StringConstraints(max_length=32, pattern=NO_CONTROL)] = ""
    place: Place | None = None
    seat: Annotated[str, StringConstraints(max_length=8, pattern=r"^([0-9]{1,3}[A-Z])?$")] = ""
    at: Moment | None = None


class DenialIn(Strict):
    gate: Annotated[str, StringConstraints(pattern=r"^(boarding|entry)$")]
    reason: Reason
    at: Moment | None = None


class ArrivalIn(Strict):
    place: Place
    point_of_entry: Annotated[str, StringConstraints(max_length=64, pattern=NO_CONTROL)] = ""
    at: Moment | None = None


class ReceiptOut(Schema):
    """The answer to a write; under the same key it is the same again, with ``repeated`` true."""

    journey: str
    events: list[str]
    recorded: datetime
    stage: str
    verdict: str
    gate: str
    repeated: bool


class BatchLineOut(Schema):
    index: int
    accepted: bool
    receipt: ReceiptOut | None = None
    code: str = ""
    message: str = ""
    field: str = ""


class BatchOut(Schema):
    """Counts that balance: rows = accepted + rejected."""

    rows: int
    accepted: int
    rejected: int
    results: list[BatchLineOut]


class ReasonOut(Schema):
    code: str
    clause: str
    effect: str
    measure: str
    text: str
    required: dict[str, Any]
    found: dict[str, Any]
    evidence: list[str]


class ObligationOut(Schema):
    measure: str
    kind: str
    title: str
    clause: str
    who: str
    status: str
    opens: datetime | None
    due: datetime | None
    zone: str
    done: int
    needed: int


class StandingOut(Schema):
    journey: str
    agreement: str
    version: int
    digest: str
    route: str
    at: datetime
    stage: str
    verdict: str
    gate: str
    reasons: list[ReasonOut]
    obligations: list[ObligationOut]
    changes: datetime | None


class EventOut(Schema):
    id: str
    kind: str
    at: datetime
    recorded: datetime
    role: str
    party: str
    title: str
    details: str
    zone: str
    corrected: bool


class TimelineOut(Schema):
    journey: str
    events: list[EventOut]


class ListedOut(Schema):
    journey: str
    name: str
    agreement: str
    route: str
    purpose: str
    sponsor: str
    origin: str
    destination: str
    departure: datetime
    stage: str
    verdict: str
    gate: str
    next_due: datetime | None
    next_who: str
    settled: int
    failed: int
    needed: int


class QueueOut(Schema):
    """One page; ask for the next with ``after``, until it is empty."""

    items: list[ListedOut]
    after: str


class ProblemOut(Schema):
    """Every error, as application/problem+json."""

    status: int
    code: str
    message: str
    field: str
    expected: str
    found: str
    errors: list[dict[str, str]] | None = None
