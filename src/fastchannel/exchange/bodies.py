"""What may be said to another party: bodies are built here and nowhere else, from the agreement's table of what it sees.

A `Body` cannot be made of loose fields. So a field that the table does not name cannot be sent, whoever asks for it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from fastchannel.agreement.agreement import ENVELOPE, Agreement
from fastchannel.exchange import plain
from fastchannel.exchange.errors import ExchangeError, LeafError
from fastchannel.terms.events import KINDS, Corrected, Event, kind_of

SCHEMA = 1  # of events as they travel; a new one for every change that is more than a further field
# Kinds of body beside the events.
AGREEMENT, PASSES, REJECT, RECEIPT, LEDGER, DECISION = "agreement", "passes", "reject", "receipt", "ledger", "decision"
_NAMED = ENVELOPE - {"kind"}  # the kind is the header's
_KEY = object()
T = TypeVar("T", bound=Struct)


class SharingError(ExchangeError):
    """The agreement does not let the party see this at all."""


class AgreementTold(Struct, frozen=True, kw_only=True):
    """A version of an agreement, as its party holds it."""

    digest: str
    text: str


class PassesTold(Struct, frozen=True, kw_only=True):
    """With what a party's passes are verified: its trust list and its list of revoked ones, each as its file stands."""

    trusted: str
    revoked: str


class Reject(Struct, frozen=True, kw_only=True):
    """That an entry is held there, and why."""

    entry: str
    reason: Annotated[str, Meta(max_length=500)]


class Step(StrEnum):
    """How far people have got with a notice."""

    READ = "read"
    ANSWERED = "answered"


class Receipt(Struct, frozen=True, kw_only=True):
    """That somebody of a party read a notice, or what they answered."""

    entry: Annotated[str, Meta(min_length=1, max_length=64)]
    step: Step
    said: Annotated[str, Meta(max_length=2000)] = ""


class LedgerTold(Struct, frozen=True, kw_only=True):
    """A record of the joint ledger of imports, in the form of which its digest is taken."""

    record: str


class DecisionTold(Struct, frozen=True, kw_only=True):
    """A decision beyond the triggers that a party has signed, in the form of which its digest is taken."""

    decision: str


class Body:
    """What one entry says, and to whom it may be said. Made by the functions of this module."""

    __slots__ = ("raw", "schema", "to", "type")

    def __init__(self, key: object, *, type: str, schema: int, to: frozenset[str], raw: bytes) -> None:  # noqa: A002
        """``key`` is this module's own: nobody else makes bodies."""
        if key is not _KEY:
            raise TypeError("a body is made by the functions of fastchannel.exchange.bodies")
        self.type, self.schema, self.to, self.raw = type, schema, to, raw


class Preview(Struct, frozen=True, kw_only=True):
    """What a party would see of an event, field by field, and what it would not."""

    to: str
    shown: dict[str, Any]
    withheld: tuple[str, ...]


def preview(agreement: Agreement, event: Event, to: str, *, corrected: Event | None = None) -> Preview:
    """What that party would see. ``corrected`` is the event that a correction corrects: its fields bound the replacement's."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    visible = agreement.visible(kind_of(event), to)
    shown = {name: value for name, value in fields.items() if name in visible}
    withheld = [name for name in fields if name not in visible]
    if isinstance(event, Corrected) and isinstance(shown.get("replacement"), dict):
        inner = agreement.visible(kind_of(corrected), to) if corrected is not None else frozenset[str]()
        replacement = shown["replacement"]
        shown["replacement"] = {name: value for name, value in replacement.items() if name in inner}
        withheld += [f"replacement.{name}" for name in replacement if name not in inner]
    return Preview(to=to, shown=shown, withheld=tuple(withheld))


def body_of(agreement: Agreement, event: Event, to: str, *, corrected: Event | None = None) -> Body:
    """The event as that party may see it. Raises SharingError where the agreement does not show it the event."""
    if not agreement.visible(kind_of(event), to):
        raise SharingError(f"{kind_of(event)}: the agreement {agreement.id} does not show such events to {to}")
    shown = preview(agreement, event, to, corrected=corrected).shown
    raw = plain.encode({name: shown[name] for name in sorted(shown) if name != "kind"})
    return Body(_KEY, type=kind_of(event), schema=SCHEMA, to=frozenset({to}), raw=raw)


def agreement_body(agreement: Agreement, parties: frozenset[str]) -> Body:
    """A version of an agreement's text, for all who are party to it."""
    return _body(AGREEMENT, AgreementTold(digest=agreement.digest, text=agreement.written), parties)


def passes_body(trusted: bytes, revoked: bytes, parties: frozenset[str]) -> Body:
    """The key of our passes, and those that we revoked: nothing in it is about anybody."""
    return _body(PASSES, PassesTold(trusted=trusted.decode(), revoked=revoked.decode()), parties)


def ledger_body(agreement: Agreement, record: bytes, to: str) -> Body:
    """A case linked to travel, or a view of one: nobody is named in it.

    Raises SharingError where the agreement does not show that party confirmed infections.
    """
    if not agreement.visible("confirmed", to):
        raise SharingError(f"ledger: the agreement {agreement.id} does not show confirmed infections to {to}")
    return _body(LEDGER, LedgerTold(record=record.decode()), frozenset({to}))


def decision_body(agreement: Agreement, decision: bytes, to: str) -> Body:
    """What the party's people decided beyond the triggers. Raises SharingError where the agreement shows no suspensions."""
    if not agreement.visible("suspended", to):
        raise SharingError(f"decision: the agreement {agreement.id} does not show suspensions to {to}")
    return _body(DECISION, DecisionTold(decision=decision.decode()), frozenset({to}))


def reject_body(entry: str, reason: str, to: str) -> Body:
    """That an entry of theirs is held here because it cannot be understood: stored and cosigned all the same."""
    return _body(REJECT, Reject(entry=entry, reason=reason[:500]), frozenset({to}))


def receipt_body(entry: str, step: Step, said: str, to: str) -> Body:
    """That somebody here read a notice of theirs, or answers it."""
    return _body(RECEIPT, Receipt(entry=entry, step=step, said=said), frozenset({to}))


def told(raw: bytes, kind: type[T], schema: int) -> T:
    """What such a body says. Raises LeafError: a fault of meaning."""
    if schema > 1:
        raise LeafError(f"{kind.__name__} in schema {schema}: this version knows schema 1")
    return plain.decode_as(raw, kind, kind.__name__)


def _body(kind: str, value: Struct, to: frozenset[str]) -> Body:
    return Body(_KEY, type=kind, schema=1, to=to, raw=plain.encode(value))


def kept_body(type: str, schema: int, raw: bytes, to: frozenset[str]) -> Body:  # noqa: A002
    """A body that was made here before, as it was kept for a lane that took no entries then."""
    return Body(_KEY, type=type, schema=schema, to=to, raw=raw)


def event_of(kind: str, schema: int, raw: bytes, agreement: Agreement, to: str) -> dict[str, Any]:
    """The fields of an event that another party sent, checked against the table that bound it.

    Raises LeafError: a fault of meaning, which is held and not lost: an unknown kind, a later schema, a field that we were not
    to see, or one that is missing.
    """
    if kind not in KINDS or schema > SCHEMA:
        raise LeafError(f"{kind} in schema {schema}: this version knows schema {SCHEMA} of {len(KINDS)} kinds")
    fields = plain.decode(raw, kind)
    if not isinstance(fields, dict):
        raise LeafError(f"{kind}: found {type(fields).__name__}, expected an object")
    beyond = set(fields) - agreement.visible(kind, to)
    if beyond:
        raise LeafError(f"{kind}: found {', '.join(sorted(beyond))}, which the agreement does not show to {to}")
    missing = _NAMED - set(fields)
    if missing:
        raise LeafError(f"{kind}: found no {', '.join(sorted(missing))}")
    return {"kind": kind, **fields}
