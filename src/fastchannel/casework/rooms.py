"""A quarantine site's rooms: their names as an officer types them, and when a stay at the site is over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from zoneinfo import ZoneInfo

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office, Receipt
from fastchannel.casework.permissions import Action, Denial
from fastchannel.decide.standing import Obligation, Standing, Status, Verdict
from fastchannel.terms.events import Event, Left, Role
from fastchannel.terms.language import N_

MOST_AT_ONCE = 1_000  # rooms that one entry makes
LONGEST_NAME = 32  # as long as the room of an `entered` event is kept
LONGEST_RANGE = 2 * LONGEST_NAME + 5
MOST_BEDS = 50
_RANGE = re.compile(r"(?P<first>\S*?)(?P<from>[0-9]{1,9})\s*(?:\.\.|[-–—~])\s*(?P<second>\S*?)(?P<to>[0-9]{1,9})")
_BETWEEN = re.compile(r"[\n,;、，；]")
_OVER = frozenset({Status.MET, Status.WAIVED})
_FREE = frozenset({Verdict.PROCEED, Verdict.RELEASED})
_HELD = frozenset({Verdict.HOLD, Verdict.REFUSE})


class Release(StrEnum):
    """Whether somebody may be let out of a stay."""

    READY = "ready"
    RUNNING = "running"  # the shortest time is not over
    MISSING = "missing"  # only what ends the stay is outstanding
    STOPPED = "stopped"  # the release is on hold, or a rule of the stay was broken: an officer decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """When a stay at a site is over. ``due`` is the end of the shortest time, None where the agreement sets none."""

    stay: str
    state: Release
    due: datetime | None
    zone: str
    missing: tuple[Obligation, ...] = ()


def room_names(text: str) -> tuple[str, ...]:
    """Rooms by name or as ranges (101-120, A1-A9), one a line or with commas between. Raises InvalidEntryError."""
    found: dict[str, None] = {}
    for written in _BETWEEN.split(unicodedata.normalize("NFKC", text)):
        name = " ".join(written.split())
        if name:
            found.update(dict.fromkeys(_names(name)))
        if len(found) > MOST_AT_ONCE:
            raise InvalidEntryError("rooms", N_("Found more than {most} rooms; enter them in parts."), most=MOST_AT_ONCE)
    if not found:
        raise InvalidEntryError("rooms", N_("Found no room; expected names or ranges, for example 101-120."))
    return tuple(found)


def order_of(name: str) -> str:
    """By what rooms are sorted: 9 before 10, whatever letters stand before."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(9), name.casefold())


def site_stay(standing: Standing) -> Obligation | None:
    """The stay of which a site takes care: the one begun last, or the first that is to come; None where there is none."""
    stays = [item for item in standing.obligations if item.kind == "stay" and item.who == Role.SITE]
    begun = [item for item in stays if item.opens is not None and item.opens <= standing.at]
    return begun[-1] if begun else next(iter(stays), None)


def leaving(standing: Standing, ends: Collection[str], now: datetime) -> Leaving | None:
    """When the traveller may go; ``ends`` names the tests that end the stay. None where no stay is asked for."""
    stay = site_stay(standing)
    if stay is None:
        return None
    missing = tuple(item for item in standing.obligations if item.measure in ends and item.status not in _OVER)
    if stay.status in _OVER and standing.verdict in _FREE:
        state, missing = Release.READY, ()
    elif stay.status in (Status.FAILED, Status.MISSED) or (stay.status in _OVER and standing.verdict in _HELD):
        state = Release.STOPPED
    elif stay.due is not None and now < stay.due:
        state = Release.RUNNING
    else:
        state = Release.MISSING
    return Leaving(stay=stay.measure, state=state, due=stay.due, zone=stay.zone, missing=missing)


def let_out(office: Office, actor: Actor, journey: str, *, stay: str, key: str) -> Receipt | Denial:
    """The traveller was let out of a stay at a site, which is recorded only where the stay is over."""
    guard = partial(_only_when_over, stay)
    return office.record(actor, Action.LEAVE, journey, lambda stamp: [Left(**stamp, stay=stay)], key=key, guard=guard)


def _only_when_over(stay: str, standing: Standing, _events: Sequence[Event]) -> Denial | None:
    found = leaving(standing, (), standing.at)
    if found is None or found.stay != stay:
        message = N_("No stay at a site is under way that this traveller could be let out of.")
        return Denial(code="stay", action=Action.LEAVE, message=message)
    if found.state is Release.READY:
        return None
    if found.state is Release.STOPPED:
        message = N_("The release is on hold, for the reasons below: an officer of the health monitoring decides.")
        return Denial(code="stay", action=Action.LEAVE, message=message)
    if found.state is Release.RUNNING and found.due is not None:
        until = f"{found.due.astimezone(ZoneInfo(found.zone)):%Y-%m-%d %H:%M} ({found.zone})"
        message = N_("The stay is not over: its shortest time lasts until {until}.")
        return Denial(code="stay", action=Action.LEAVE, message=message, values={"until": until})
    return Denial(code="stay", action=Action.LEAVE, message=N_("The stay is not over: a test that ends it is outstanding."))


def _names(written: str) -> tuple[str, ...]:
    span = _RANGE.fullmatch(written) if len(written) <= LONGEST_RANGE else None
    if span is None:
        return (_checked(written),)
    first, last, width = int(span["from"]), int(span["to"]), len(span["from"])
    if (span["second"] and span["second"] != span["first"]) or last < first:
        raise InvalidEntryError(
            "rooms", N_("{found} is no range; expected the smaller number first, for example A101-A120."), found=written[:80]
        )
    if last - first >= MOST_AT_ONCE:
        raise InvalidEntryError("rooms", N_("Found more than {most} rooms; enter them in parts."), most=MOST_AT_ONCE)
    return tuple(_checked(f"{span['first']}{number:0{width}d}") for number in range(first, last + 1))


def _checked(name: str) -> str:
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidEntryError(
            "rooms", N_("Found {found}; expected a room's name of up to {most} characters."), found=repr(name[:40]),
            most=LONGEST_NAME,
        )  # fmt: skip
    return name
