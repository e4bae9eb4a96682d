"""What a device did at a gate becomes an event of the journey, through the same door as everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from fastchannel.casework import travel
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError, KeyConflictError, UnknownJourneyError
from fastchannel.casework.gate_expected import BOARDING
from fastchannel.casework.gate_reasons import GateReason
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import Denial

MOST_ENTRIES = 200
RECORDED, KEPT = "recorded", "kept"
NOBODY, NO_NOTE, UNKNOWN, INVALID, MALFORMED = "nobody", "note", "unknown-journey", "invalid", "malformed"

Kind = Literal["admitted", "refused", "seen", "override"]
THROUGH: tuple[Kind, ...] = ("admitted", "override")


class PassRef(Struct, frozen=True, forbid_unknown_fields=True):
    """Which pass was scanned."""

    issuer: Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    id: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]


class GateEntry(Struct, frozen=True, kw_only=True, rename={"pass_": "pass"}):
    """One thing that a device did, as it tells it. ``at`` is by the device's own clock, in ms since 1970."""

    nonce: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
    seq: Annotated[int, Meta(ge=0, lt=2**53)]
    at: Annotated[int, Meta(ge=0, lt=2**53)]
    kind: Kind
    verdict: Literal["green", "amber", "red"]
    reason: GateReason
    pass_: PassRef | None = None
    document: Annotated[str, Meta(pattern=r"^([A-Za-z0-9_-]{22})?$")] = ""
    journey: Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._:-]{0,63})?$")] = ""
    note: Annotated[str, Meta(max_length=500)] = ""

    @property
    def through(self) -> bool:
        """Whether somebody was let through."""
        return self.kind in THROUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Where it was done, and for whom it is recorded."""

    actor: Actor
    place: str
    gate: str
    device: str


def fault(entry: GateEntry) -> str:
    """Why the entry by itself changes no journey; empty where it may."""
    if entry.through and entry.pass_ is None and not entry.document and not entry.journey:
        return NOBODY
    if entry.kind in ("override", "refused") and not entry.note.strip():
        return NO_NOTE
    return ""


def happened(claimed: int, clock: int, now: datetime, earliest: datetime) -> datetime:
    """When it was, by our time: the device's clock is set right by how far it is off now, within its life here."""
    try:
        at = now - timedelta(milliseconds=clock - claimed)
    except OverflowError:
        return earliest if claimed < clock else now
    return min(max(at, earliest), now)


def record(office: Office, entry: GateEntry, way: Gateway, journey: str, at: datetime) -> str:
    """Record it at the journey; RECORDED, KEPT where nothing is to be recorded, or a code that says why not."""
    key = f"gate-{way.device}-{entry.nonce}"
    try:
        if entry.through and way.gate == BOARDING:
            answer = travel.board(office, way.actor, journey, place=way.place, key=key, at=at)
        elif entry.through:
            answer = travel.arrive(office, way.actor, journey, place=way.place, key=key, at=at)
        elif entry.kind == "refused":
            answer = travel.deny(office, way.actor, journey, gate=way.gate, reason=entry.note, key=key, at=at)
        else:
            return KEPT
    except UnknownJourneyError:
        return UNKNOWN
    except (InvalidEntryError, KeyConflictError):
        return INVALID
    return f"denied-{answer.code}" if isinstance(answer, Denial) else RECORDED
