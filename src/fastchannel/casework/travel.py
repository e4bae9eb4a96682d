"""The way itself: boarding, arrival, and what follows it: isolation, transfer, closed loop, breaches."""

from __future__ import annotations

from datetime import datetime

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.terms.events import Arrived, Boarded, Breached, Denied, Entered, Left, Moved
from fastchannel.terms.language import N_


def board(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    key: str,
    flight: str = "",
    place: str = "",
    seat: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    """The traveller boarded. What happened is recorded even where the rule said no; the standing then says so."""
    return office.record(
        actor, Action.BOARD, journey, lambda stamp: [Boarded(**stamp, flight=flight, place=place, seat=seat)], key=key, at=at
    )


def deny(
    office: Office, actor: Actor, journey: str, *, gate: str, reason: str, key: str, at: datetime | None = None
) -> Receipt | Denial:
    """A gate sent the traveller back."""
    if not reason.strip():
        raise InvalidEntryError("reason", N_("A reason is needed: the traveller will read it."))
    return office.record(actor, Action.DENY, journey, lambda stamp: [Denied(**stamp, gate=gate, reason=reason)], key=key, at=at)


def arrive(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    place: str,
    key: str,
    point_of_entry: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    """The traveller arrived in a region."""
    return office.record(
        actor,
        Action.ARRIVE,
        journey,
        lambda stamp: [Arrived(**stamp, place=place, point_of_entry=point_of_entry)],
        key=key,
        at=at,
    )


def enter(
    office: Office,
    actor: Actor,
    journey: str,
    *,
    stay: str,
    key: str,
    site: str = "",
    room: str = "",
    at: datetime | None = None,
) -> Receipt | Denial:
    """The traveller entered a stay of the agreement, named by its identifier there."""
    return office.record(
        actor, Action.ENTER, journey, lambda stamp: [Entered(**stamp, stay=stay, site=site, room=room)], key=key, at=at
    )


def move(
    office: Office, actor: Actor, journey: str, *, stay: str, key: str, vehicle: str = "", at: datetime | None = None
) -> Receipt | Denial:
    """The traveller was moved."""
    return office.record(
        actor, Action.MOVE, journey, lambda stamp: [Moved(**stamp, stay=stay, vehicle=vehicle)], key=key, at=at
    )


def leave(office: Office, actor: Actor, journey: str, *, stay: str, key: str, at: datetime | None = None) -> Receipt | Denial:
    """The traveller was let out of a stay."""
    return office.record(actor, Action.LEAVE, journey, lambda stamp: [Left(**stamp, stay=stay)], key=key, at=at)


def breach(
    office: Office, actor: Actor, journey: str, *, stay: str, what: str, key: str, at: datetime | None = None
) -> Receipt | Denial:
    """An officer established that a stay's rule was broken."""
    if not what.strip():
        raise InvalidEntryError("what", N_("Say what happened: the traveller will read it."))
    return office.record(actor, Action.BREACH, journey, lambda stamp: [Breached(**stamp, stay=stay, what=what)], key=key, at=at)
