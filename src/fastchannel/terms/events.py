"""A journey is an append-only list of events; these are the events.

Every event says when it happened (``at``), when it was recorded (``recorded``), who recorded it (``by``) in which role, and of
which party. The kind of an event is the tag ``kind`` of its JSON form; the wire form is what ``encode`` writes and ``decode``
reads. Nothing here is overwritten: a mistake is corrected by a further event (`Corrected`) that replaces or retracts it.

No event carries a name, a passport number or a telephone number: ``journey`` is an opaque identifier, and who the person is
stays with the node that holds the record.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from fastchannel.terms.errors import FastChannelError

Instant = Annotated[datetime, Meta(tz=True)]  # an offset is required: 2020-05-04T09:00:00+09:00


class EventError(FastChannelError):
    """Bytes are not an event."""


class Role(StrEnum):
    """In which role somebody records an event."""

    TRAVELLER = "traveller"
    SPONSOR = "sponsor"
    REVIEWER = "reviewer"  # decides on applications for a local government or ministry
    MISSION = "mission"  # embassy or consulate: visas, exemption certificates
    LABORATORY = "laboratory"
    CARRIER = "carrier"
    CHECKPOINT = "checkpoint"  # at boarding and at the point of entry
    SITE = "site"  # isolation or quarantine site
    MONITOR = "monitor"  # follows travellers' health, calls silent ones
    SECRETARIAT = "secretariat"  # the joint secretariat
    SYSTEM = "system"  # a rule of the agreement that acted by itself


class Assay(StrEnum):
    """What a sample is tested for."""

    NAAT = "naat"  # nucleic acid amplification, of which PCR is one
    ANTIGEN = "antigen"
    IGM = "igm"
    IGG = "igg"
    ANTIBODY = "antibody"  # serology, IgM and IgG not told apart


class Finding(StrEnum):
    NOT_DETECTED = "not detected"
    DETECTED = "detected"
    INDETERMINATE = "indeterminate"
    INVALID = "invalid"  # the sample could not be tested


class Outcome(StrEnum):
    """What a reviewer decided on an application."""

    APPROVED = "approved"
    RETURNED = "returned"
    REFUSED = "refused"


class Itinerary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned crossing. Places are ISO 3166-2 codes; the times carry an offset."""

    departure: Instant
    origin: str
    destination: str  # the region the traveller may go to
    arrival_place: str | None = None  # the region of the point of entry; None means the destination itself
    point_of_entry: str | None = None
    flight: str | None = None
    city: str | None = None  # where regional rules name a city


class _Event(Struct, frozen=True, kw_only=True, tag_field="kind"):
    id: Annotated[str, Meta(min_length=1, max_length=64)]
    journey: Annotated[str, Meta(min_length=1, max_length=64)]
    at: Instant
    recorded: Instant
    by: Annotated[str, Meta(max_length=128)] = ""
    role: Role = Role.SYSTEM
    party: str = ""
    evidence: tuple[str, ...] = ()  # identifiers of documents, certificates or messages it rests on


class Applied(_Event, frozen=True, kw_only=True, tag="applied"):
    """The sponsor's application: starts the journey."""

    agreement: str
    version: int
    digest: str
    route: str
    purpose: str
    sponsor: str
    itinerary: Itinerary
    companion: str | None = None  # what kind of companion, where the traveller accompanies somebody


class Replanned(_Event, frozen=True, kw_only=True, tag="replanned"):
    """The itinerary changed."""

    itinerary: Itinerary


class Sponsored(_Event, frozen=True, kw_only=True, tag="sponsored"):
    """The sponsor accepted its duties by name."""

    sponsor: str
    duties: tuple[str, ...] = ()


class Documented(_Event, frozen=True, kw_only=True, tag="documented"):
    """A document was presented and looked at."""

    document: str
    issuer: str
    issued: Instant
    issuer_role: str = ""  # the role the agreement gives the issuer
    expires: Instant | None = None
    bound: bool = True  # it names the person of this journey
    accepted: bool = True  # the officer who looked found it genuine and right
    number: str = ""


class Reviewed(_Event, frozen=True, kw_only=True, tag="reviewed"):
    outcome: Outcome
    reason: str = ""


class Allotted(_Event, frozen=True, kw_only=True, tag="allotted"):
    """A place under a quota was given, or there was none left."""

    quota: str
    granted: bool


class CheckedIn(_Event, frozen=True, kw_only=True, tag="checked-in"):
    """A health check-in for one local date. Several for one date add up: symptoms reported in any of them count."""

    day: date
    symptoms: bool = False
    channel: str = "app"


class Called(_Event, frozen=True, kw_only=True, tag="called"):
    """An officer called the traveller about one local date; when reached, the call counts as that date's check-in."""

    day: date
    reached: bool
    symptoms: bool = False


class Reminded(_Event, frozen=True, kw_only=True, tag="reminded"):
    """A reminder went out by a rung of the ladder."""

    day: date
    measure: str
    rung: str


class Sampled(_Event, frozen=True, kw_only=True, tag="sampled"):
    """A sample was taken; ``at`` is when."""

    sample: str
    assay: Assay
    laboratory: str
    place: str = ""


class Resulted(_Event, frozen=True, kw_only=True, tag="resulted"):
    """A laboratory reported on a sample. The latest report on a sample replaces those before it."""

    sample: str
    assay: Assay
    finding: Finding
    laboratory: str
    sampled: Instant | None = None  # where the sampling itself was not reported
    place: str = ""


class Boarded(_Event, frozen=True, kw_only=True, tag="boarded"):
    flight: str = ""
    place: str = ""
    seat: str = ""  # by the carrier's list, row and letter


class Denied(_Event, frozen=True, kw_only=True, tag="denied"):
    """A gate sent the traveller back."""

    gate: str
    reason: str = ""


class Arrived(_Event, frozen=True, kw_only=True, tag="arrived"):
    place: str
    point_of_entry: str = ""


class Entered(_Event, frozen=True, kw_only=True, tag="entered"):
    """The traveller entered a stay: isolation, quarantine, closed loop, home."""

    stay: str
    site: str = ""
    room: str = ""


class Moved(_Event, frozen=True, kw_only=True, tag="moved"):
    """The traveller was moved, by which vehicle."""

    stay: str
    vehicle: str = ""


class Left(_Event, frozen=True, kw_only=True, tag="left"):
    """The traveller was let out of a stay."""

    stay: str


class Breached(_Event, frozen=True, kw_only=True, tag="breached"):
    """A stay's rule was broken, as an officer established it."""

    stay: str
    what: str = ""


class Confirmed(_Event, frozen=True, kw_only=True, tag="confirmed"):
    """The traveller is a confirmed case."""

    case: str = ""


class Recovered(_Event, frozen=True, kw_only=True, tag="recovered"):
    """The health authority closed the case of this traveller."""

    case: str = ""


class ContactNamed(_Event, frozen=True, kw_only=True, tag="contact-named"):
    """The traveller was named as a contact of a case."""

    case: str
    exposed: Instant | None = None


class Cleared(_Event, frozen=True, kw_only=True, tag="cleared"):
    """The health authority ended the traveller's quarantine as a contact of a case."""

    case: str
    reason: str = ""


class Suspended(_Event, frozen=True, kw_only=True, tag="suspended"):
    """A trigger of the agreement suspended the route; ``at`` is the announcement."""

    trigger: str
    since: Instant
    until: Instant | None = None


class Resumed(_Event, frozen=True, kw_only=True, tag="resumed"):
    """The route is open again."""

    trigger: str


class Overridden(_Event, frozen=True, kw_only=True, tag="overridden"):
    """An officer decided otherwise than the rule, by name and with a reason.

    ``measure`` is waived when ``waive`` is true; otherwise the traveller is held at the officer's order until it is lifted by
    a further event with ``waive`` true for the same measure. ``until`` bounds either.
    """

    measure: str
    reason: Annotated[str, Meta(min_length=1)]
    waive: bool = True
    until: Instant | None = None


class Appealed(_Event, frozen=True, kw_only=True, tag="appealed"):
    """The traveller or the sponsor asks for a decision to be looked at again."""

    against: str  # the measure, gate or rule, as the reason names it
    grounds: str = ""


class Answered(_Event, frozen=True, kw_only=True, tag="answered"):
    """An appeal was decided. Upheld, it waives what it was against; against a refusal, it reopens the application."""

    appeal: str
    upheld: bool
    reason: Annotated[str, Meta(min_length=1)]


class Corrected(_Event, frozen=True, kw_only=True, tag="corrected"):
    """An earlier event was wrong: what it should have said, or None where it should not have been."""

    corrects: str
    reason: Annotated[str, Meta(min_length=1)]
    replacement: dict[str, Any] | None = None  # fields of the corrected event with their right values


class Withdrawn(_Event, frozen=True, kw_only=True, tag="withdrawn"):
    reason: str = ""


Event = (
    Applied | Replanned | Sponsored | Documented | Reviewed | Allotted | CheckedIn | Called | Reminded | Sampled | Resulted
    | Boarded | Denied | Arrived | Entered | Moved | Left | Breached | Confirmed | Recovered | ContactNamed | Cleared
    | Suspended | Resumed | Overridden | Appealed | Answered | Corrected | Withdrawn
)  # fmt: skip

KINDS: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in Event.__args__}

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_many: msgspec.json.Decoder[list[Event]] = msgspec.json.Decoder(list[Event])


def kind_of(event: Event) -> str:
    """The tag of the event's kind, as its JSON form has it."""
    return str(type(event).__struct_config__.tag)


def encode(event: Event) -> bytes:
    """The event's JSON form."""
    return _encoder.encode(event)


def decode(raw: bytes | str) -> Event:
    """Read one event. Raises EventError; the message names the field."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EventError(f"no event: {error}") from error


def decode_many(raw: bytes | str) -> list[Event]:
    """Read a JSON array of events. Raises EventError."""
    try:
        return _many.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EventError(f"no list of events: {error}") from error


def from_fields(fields: dict[str, Any]) -> Event:
    """Build an event from loose fields (``kind`` among them). Raises EventError."""
    try:
        event: Event = msgspec.convert(fields, Event)
    except msgspec.ValidationError as error:
        raise EventError(f"no event: {error}") from error
    return event
