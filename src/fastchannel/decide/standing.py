"""What `decide` answers: where a journey stands, what is due, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

Detail = str | int | float | bool | list[str]


class Verdict(StrEnum):
    """From best to worst for the traveller: ``released`` and ``proceed``, ``wait``, ``hold``, ``refuse``."""

    RELEASED = "released"  # nothing of the agreement restricts the traveller any more
    PROCEED = "proceed"  # all that is due before the next gate is met
    WAIT = "wait"  # something is not due yet, or its answer is outstanding
    HOLD = "hold"  # an officer must look
    REFUSE = "refuse"  # the next gate stays shut, and which clause says so


SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Status(StrEnum):
    """How one obligation stands."""

    AHEAD = "ahead"  # its window has not opened
    DUE = "due"  # its window is open and nothing has come in yet
    PENDING = "pending"  # it was done and the answer is outstanding
    MET = "met"
    WAIVED = "waived"  # by an officer, with a reason
    MISSED = "missed"  # its window closed without it
    FAILED = "failed"  # what came in is not what is required


class Obligation(Struct, frozen=True, kw_only=True):
    """One thing somebody must do. Times are instants in UTC; ``zone`` is the one to show them in."""

    measure: str
    kind: str
    clause: str
    who: str  # a role of terms.events.Role
    status: Status
    opens: datetime | None = None
    due: datetime | None = None
    zone: str = "UTC"
    evidence: tuple[str, ...] = ()  # identifiers of the events that met it
    done: int = 0  # of ``needed``: check-ins, samples
    needed: int = 1


class Reason(Struct, frozen=True, kw_only=True):
    """Why: a stable code, the clause it rests on, what was required and what was found."""

    code: str
    clause: str
    effect: Verdict
    measure: str = ""
    required: dict[str, Detail] = {}
    found: dict[str, Detail] = {}
    evidence: tuple[str, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """The answer. It names the text that it rests on, and the first instant at which it can change with no new event."""

    journey: str
    agreement: str
    version: int
    digest: str
    route: str
    at: datetime
    known: datetime
    stage: str
    verdict: Verdict
    gate: str  # the gate that the verdict speaks of: the next one on the way
    reasons: tuple[Reason, ...]
    obligations: tuple[Obligation, ...]
    changes: datetime | None = None

    @property
    def open_obligations(self) -> tuple[Obligation, ...]:
        """Those that somebody still has to do something about."""
        return tuple(item for item in self.obligations if item.status in (Status.DUE, Status.AHEAD, Status.PENDING))


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Standing)


def encode(standing: Standing) -> bytes:
    """The standing's JSON form."""
    return _encoder.encode(standing)


def decode(data: bytes) -> Standing:
    """The standing that `encode` wrote."""
    return _decoder.decode(data)
