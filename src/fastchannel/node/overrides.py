"""What people decide beyond the triggers: a document that each party signs, with effect once all have signed the same.

One party's signature alone is visible and without effect. A document is never changed: another decision is another document.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date

import msgspec
from django.conf import settings
from django.db import transaction
from msgspec import Struct

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.text import Scope
from fastchannel.casework import four_eyes
from fastchannel.casework.actor import Actor
from fastchannel.casework.four_eyes import Agreed, Kind, Proposal
from fastchannel.casework.permissions import Denial
from fastchannel.casework.ports import Purpose
from fastchannel.exchange.bodies import DecisionTold, decision_body
from fastchannel.exchange.errors import LeafError
from fastchannel.exchange.leaves import Kind as LeafKind
from fastchannel.exchange.sealing import Draft
from fastchannel.node import models
from fastchannel.node.desk import office
from fastchannel.node.errors import NodeError
from fastchannel.node.link import link
from fastchannel.node.proposals import DatabaseProposals, waiting
from fastchannel.watch.triggers.overrides import Act, Override, Signature
from fastchannel.watch.triggers.subject import Subject


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document. ``trigger`` names one rule only; ``route`` one route; empty, all. ``id`` tells two alike apart."""

    id: str
    agreement: str
    act: Act
    first: date
    reason: str
    until: date | None = None
    trigger: str = ""
    route: str = ""

    @property
    def digest(self) -> str:
        """By which it is signed."""
        return f"sha256:{hashlib.sha256(self.raw).hexdigest()}"

    @property
    def raw(self) -> bytes:
        """The bytes of which the digest is taken."""
        return msgspec.json.encode(self, order="deterministic")


class Signed(Struct, frozen=True, kw_only=True):
    """A decision with the day on which each party signed it."""

    decision: Decision
    signatures: dict[str, date]


_decision: msgspec.json.Decoder[Decision] = msgspec.json.Decoder(Decision)


def decisions(agreement: str) -> list[Signed]:
    """Those about one agreement, the newest first."""
    found: dict[str, dict[str, date]] = defaultdict(dict)
    raw: dict[str, bytes] = {}
    for row in models.JointDecision.objects.filter(agreement=agreement).order_by("-at"):
        raw[row.digest] = bytes(row.raw)
        found[row.digest][row.party] = row.at.date()
    return [Signed(decision=_decision.decode(raw[digest]), signatures=signed) for digest, signed in found.items()]


def overrides(agreement: str) -> list[Override]:
    """The same as the triggers take them."""
    return [
        Override(
            id=one.decision.id,
            act=one.decision.act,
            first=one.decision.first,
            until=one.decision.until,
            reason=one.decision.reason,
            signatures=tuple(Signature(party=party, on=on) for party, on in sorted(one.signatures.items())),
            subject=Subject(scope=Scope.ROUTE, name=one.decision.route)
            if one.decision.route
            else Subject(scope=Scope.AGREEMENT),
            trigger=one.decision.trigger,
        )
        for one in decisions(agreement)
    ]


def agree(actor: Actor, decision: Decision, text: Agreement) -> Agreed | Proposal | Denial:
    """Sign for the party as one of two: the first proposes, and with the second the party signs. Raises NodeError."""
    check_decision(actor, decision, text)
    with transaction.atomic():
        answer = four_eyes.agree(
            office(), DatabaseProposals(), actor, kind=Kind.JOINT_DECISION, subject=text.id, body=decision.raw
        )
        if isinstance(answer, Agreed):
            sign(actor, decision, text)
    return answer


def proposed(agreement: str) -> list[tuple[Decision, Proposal]]:
    """What one person of this party proposed, and another must confirm."""
    held = waiting(Kind.JOINT_DECISION, agreement, office().clock.now())
    return [(_decision.decode(one.body), one) for one in held]


def check_decision(actor: Actor, decision: Decision, text: Agreement) -> None:
    """Raises NodeError where the decision has no reason, or names what the agreement does not know."""
    if not decision.reason.strip():
        raise NodeError("decision: found no reason; expected one: whoever is held reads it")
    if actor.party not in text.parties or decision.agreement != text.id:
        raise NodeError(f"decision: {actor.party} is no party of {text.id}, or the decision is about {decision.agreement}")
    known = {trigger.id for trigger in text.text.trigger}
    if decision.trigger not in known | {""} or decision.route not in text.routes.keys() | {""}:
        raise NodeError(f"decision: {text.id} has no trigger {decision.trigger} or no route {decision.route}")


def sign(actor: Actor, decision: Decision, text: Agreement) -> str:
    """Sign a decision for the actor's party, and tell the other parties of it; its digest. Raises NodeError."""
    check_decision(actor, decision, text)
    now = office().clock.now()
    with transaction.atomic():
        _, made = models.JointDecision.objects.get_or_create(
            digest=decision.digest, party=actor.party,
            defaults={"agreement": text.id, "raw": decision.raw, "at": now},
        )  # fmt: skip
        found = link()
        if made and found is not None and actor.party == settings.CONFIG.party:
            for peer in found.others(text):
                body = decision_body(text, decision.raw, peer)
                draft = Draft(id=office().identifiers.new(), at=now, agreement=text.digest, body=body)
                found.lanes.append(found.lane(LeafKind.URGENT, peer), [draft])
        office().note(actor, Purpose.WRITE, f"decision {decision.act} {decision.id}", [])
    return decision.digest


def take(sender: str, told: DecisionTold) -> None:
    """Keep another party's signature. Raises LeafError where it is under no decision."""
    try:
        decision = _decision.decode(told.decision)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise LeafError(f"decision: {error}") from error
    if decision.raw != told.decision.encode():
        raise LeafError("decision: found it in another form than the one of which the digest is taken")
    models.JointDecision.objects.get_or_create(
        digest=decision.digest, party=sender,
        defaults={"agreement": decision.agreement, "raw": decision.raw, "at": office().clock.now()},
    )  # fmt: skip
