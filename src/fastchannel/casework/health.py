"""Health: check-ins and calls, samples and results, confirmed cases and contacts."""

from __future__ import annotations

from datetime import date, datetime

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.terms.events import (
    Assay,
    Called,
    CheckedIn,
    Cleared,
    Confirmed,
    ContactNamed,
    Finding,
    Recovered,
    Resulted,
    Role,
    Sampled,
)
from fastchannel.terms.language import N_


def check_in(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    day: date,
    symptoms: bool,
    key: str,
    channel: str = "app",
    at: datetime | None = None,
) -> Receipt | Denial:
    """The traveller's health check-in for one local date."""
    return office.record(
        actor,
        Action.CHECK_IN,
        journey,
        lambda stamp: [CheckedIn(**stamp, day=day, symptoms=symptoms, channel=channel)],
        key=key,
        at=at,
    )


def call(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    day: date,
    reached: bool,
    key: str,
    symptoms: bool = False,
    at: datetime | None = None,
) -> Receipt | Denial:
    """An officer called the traveller about one local date."""
    return office.record(
        actor,
        Action.CALL,
        journey,
        lambda stamp: [Called(**stamp, day=day, reached=reached, symptoms=symptoms)],
        key=key,
        at=at,
    )


def sample(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    sample: str,
    assay: Assay,
    laboratory: str,
    key: str,
    place: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    """A sample was taken at ``at``."""
    _own_laboratory(actor, laboratory)
    return office.record(
        actor,
        Action.SAMPLE,
        journey,
        lambda stamp: [Sampled(**stamp, sample=sample, assay=assay, laboratory=laboratory, place=place)],
        key=key,
        at=at,
    )


def result(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    sample: str,
    assay: Assay,
    finding: Finding,
    laboratory: str,
    key: str,
    sampled: datetime | None = None,
    place: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    """A laboratory reports on a sample; ``sampled`` where the sampling itself was not reported."""
    _own_laboratory(actor, laboratory)
    if sampled is not None and sampled.tzinfo is None:
        raise InvalidEntryError(
            "sampled", N_("Found a time without an offset; expected for example 2020-05-04T09:00:00+09:00.")
        )
    if sampled is not None and sampled > (at or office.clock.now()):
        raise InvalidEntryError("sampled", N_("Found {found}, which is after the result."), found=sampled.isoformat())
    return office.record(
        actor,
        Action.RESULT,
        journey,
        lambda stamp: [
            Resulted(
                **stamp,
                sample=sample,
                assay=assay,
                finding=finding,
                laboratory=laboratory,
                sampled=sampled,
                place=place,
            )
        ],
        key=key,
        at=at,
    )


def confirm(
    office: Office, actor: Actor, journey: str, *, key: str, case: str = "", at: datetime | None = None
) -> Receipt | Denial:
    """The traveller is a confirmed case."""
    return office.record(actor, Action.CONFIRM, journey, lambda stamp: [Confirmed(**stamp, case=case)], key=key, at=at)


def recover(
    office: Office, actor: Actor, journey: str, *, key: str, case: str = "", at: datetime | None = None
) -> Receipt | Denial:
    """The traveller's case is closed."""
    return office.record(actor, Action.RECOVER, journey, lambda stamp: [Recovered(**stamp, case=case)], key=key, at=at)


def name_contact(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    case: str,
    key: str,
    exposed: datetime | None = None,
    at: datetime | None = None,
) -> Receipt | Denial:
    """The traveller was named as a contact of a case."""
    return office.record(
        actor,
        Action.NAME_CONTACT,
        journey,
        lambda stamp: [ContactNamed(**stamp, case=case, exposed=exposed)],
        key=key,
        at=at,
    )


def clear(
    office: Office, actor: Actor, journey: str, *, case: str, key: str, reason: str = "", at: datetime | None = None
) -> Receipt | Denial:
    """The traveller's quarantine as a contact has ended."""
    return office.record(
        actor, Action.CLEAR, journey, lambda stamp: [Cleared(**stamp, case=case, reason=reason)], key=key, at=at
    )


def _own_laboratory(actor: Actor, laboratory: str) -> None:
    if actor.role is Role.LABORATORY and laboratory != actor.organisation:
        raise InvalidEntryError(
            "laboratory",
            N_("Found {found}; expected {expected}, the laboratory that this key belongs to."),
            found=laboratory,
            expected=actor.organisation,
        )
