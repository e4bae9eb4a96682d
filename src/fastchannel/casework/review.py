"""Officers' decisions: review, places under a quota, overrides, appeals and their answers, corrections, suspensions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from fastchannel.agreement.text import AgencyRole
from fastchannel.agreement.vocabulary import AGENCIES
from fastchannel.casework.actor import Actor
from fastchannel.casework.clearance import only_clean, unchanged
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Guard, Office, Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.decide.journey import corrected
from fastchannel.decide.standing import Standing
from fastchannel.terms.events import (
    Allotted,
    Answered,
    Appealed,
    Corrected,
    Event,
    EventError,
    Outcome,
    Overridden,
    Resumed,
    Reviewed,
    Role,
    Suspended,
)
from fastchannel.terms.language import N_


def review(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    outcome: Outcome,
    key: str,
    reason: str = "",
    at: datetime | None = None,
    seen: int | None = None,
) -> Receipt | Denial:
    """Approve, return or refuse an application; the latter two want a reason, and a second approval another officer.

    ``seen`` is how many entries the record had when the officer looked at it: on another one nothing is recorded.
    """
    if outcome is not Outcome.APPROVED:
        _reasoned(reason)
    guards: list[Guard] = [partial(unchanged, seen)]
    if outcome is Outcome.APPROVED:
        guards.append(partial(same_eyes, actor))
    return _reviewed(office, actor, journey, outcome, key=key, reason=reason, at=at, guards=guards)


def approve_clean(office: Office, actor: Actor, journey: str, *, seen: int, key: str) -> Receipt | Denial:
    """Approve an application together with others: only as it was seen, and only where nothing but the review is open."""
    guards: list[Guard] = [partial(unchanged, seen), only_clean, partial(same_eyes, actor)]
    return _reviewed(office, actor, journey, Outcome.APPROVED, key=key, guards=guards)


def _reviewed(
    office: Office,
    actor: Actor,
    journey: str,
    outcome: Outcome,
    *,
    key: str,
    guards: Sequence[Guard],
    reason: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    def guard(standing: Standing, events: Sequence[Event]) -> Denial | None:
        denial = not_deciding(office, actor, standing)
        return denial or next((denial for ask in guards if (denial := ask(standing, events))), None)

    return office.record(
        actor,
        Action.REVIEW,
        journey,
        lambda stamp: [Reviewed(**stamp, outcome=outcome, reason=reason)],
        key=key,
        at=at,
        guard=guard,
    )


def not_deciding(office: Office, actor: Actor, standing: Standing) -> Denial | None:
    """Why an officer of this agency cannot decide: the agreement gives the decision to another kind of agency.

    Asked of reviewing officers whose account names an agency of the agreement; an officer without one acts for the party.
    """
    text = office.texts.versions(standing.agreement)[standing.version].text
    party, route = text.party.get(actor.party), text.route.get(standing.route)
    agency = next((one for one in party.agency if one.id == actor.agency), None) if party and actor.agency else None
    if agency is None or route is None or actor.role is not Role.REVIEWER:
        return None
    by = route.application.review.by
    if by in agency.roles or AgencyRole.REVIEWER in agency.roles:
        return None
    return Denial(
        code="agency",
        action=Action.REVIEW,
        message=N_("The agreement gives this decision to {deciding}; your account is of another agency ({agency})."),
        values={"deciding": AGENCIES[by], "agency": agency.id},
    )


def same_eyes(actor: Actor, standing: Standing, events: Sequence[Event]) -> Denial | None:
    """Why this officer cannot approve once more where a second pair of eyes is what is outstanding."""
    if all(reason.code != "review.second-outstanding" for reason in standing.reasons):
        return None
    approvers: set[str] = set()
    for event in sorted(events, key=lambda event: event.at):
        if isinstance(event, Reviewed):
            approvers = approvers | {event.by} if event.outcome is Outcome.APPROVED else set()
    if actor.id not in approvers:
        return None
    return Denial(
        code="four-eyes",
        action=Action.REVIEW,
        message=N_("You have approved. The agreement asks for a second officer, who must be somebody else."),
    )


def allot(
    office: Office, actor: Actor, journey: str, *, quota: str, granted: bool, key: str, at: datetime | None = None
) -> Receipt | Denial:
    """Give a place under a quota, or say that none was left."""
    return office.record(
        actor, Action.ALLOT, journey, lambda stamp: [Allotted(**stamp, quota=quota, granted=granted)], key=key, at=at
    )


def override(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    measure: str,
    reason: str,
    key: str,
    waive: bool = True,
    until: datetime | None = None,
    at: datetime | None = None,
) -> Receipt | Denial:
    """Waive a measure, or hold the traveller for it, by name and with a reason."""
    _reasoned(reason)
    return office.record(
        actor,
        Action.OVERRIDE,
        journey,
        lambda stamp: [Overridden(**stamp, measure=measure, reason=reason, waive=waive, until=until)],
        key=key,
        at=at,
    )


def appeal(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    against: str,
    key: str,
    grounds: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    """Ask for a decision to be looked at again."""
    return office.record(
        actor,
        Action.APPEAL,
        journey,
        lambda stamp: [Appealed(**stamp, against=against, grounds=grounds)],
        key=key,
        at=at,
    )


def answer(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    appeal: str,
    upheld: bool,
    reason: str,
    key: str,
    at: datetime | None = None,
) -> Receipt | Denial:
    """Decide an appeal; upheld, it waives what it was against."""
    _reasoned(reason)
    return office.record(
        actor,
        Action.ANSWER,
        journey,
        lambda stamp: [Answered(**stamp, appeal=appeal, upheld=upheld, reason=reason)],
        key=key,
        at=at,
    )


def correct(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    event: str,
    reason: str,
    key: str,
    replacement: dict[str, Any] | None = None,
) -> Receipt | Denial:
    """Say what an earlier entry should have said, or with no replacement that it should not have been.

    A laboratory and a carrier correct their own entries only, and a traveller none in this way: see `checkins`.
    """
    _reasoned(reason)
    if actor.role is Role.TRAVELLER:
        return Denial(
            code="author",
            action=Action.CORRECT,
            message=N_("You can change today's check-in yourself until the day is over; an officer corrects everything else."),
        )
    wrong = next((item for item in office.journal.events(journey) if item.id == event), None)
    if wrong is None:
        raise InvalidEntryError("event", N_("Found no entry {found} in this journey."), found=event)
    if replacement is not None:
        try:
            corrected(wrong, replacement)
        except EventError as error:
            raise InvalidEntryError(
                "replacement", N_("The corrected entry would not be valid: {found}"), found=error
            ) from error
    if office.foreign(wrong):
        return Denial(
            code="owner",
            action=Action.CORRECT,
            message=N_("The other party recorded this entry, and it alone corrects it: tell its officers."),
        )
    if actor.role in (Role.LABORATORY, Role.CARRIER) and wrong.by != actor.id:
        return Denial(
            code="author",
            action=Action.CORRECT,
            message=N_("Somebody else recorded this entry; only an officer corrects it."),
        )
    return office.record(
        actor,
        Action.CORRECT,
        journey,
        lambda stamp: [Corrected(**stamp, corrects=event, reason=reason, replacement=replacement)],
        key=key,
    )


def suspend(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    trigger: str,
    since: datetime,
    key: str,
    until: datetime | None = None,
) -> Receipt | Denial:
    """A trigger suspended the route of this journey."""
    return office.record(
        actor,
        Action.SUSPEND,
        journey,
        lambda stamp: [Suspended(**stamp, trigger=trigger, since=since, until=until)],
        key=key,
    )


def resume(office: Office, actor: Actor, journey: str, *, trigger: str, key: str) -> Receipt | Denial:
    """The route of this journey is open again."""
    return office.record(actor, Action.RESUME, journey, lambda stamp: [Resumed(**stamp, trigger=trigger)], key=key)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InvalidEntryError("reason", N_("A reason is needed: the traveller will read it."))
