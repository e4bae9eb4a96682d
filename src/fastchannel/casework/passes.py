"""Passes: what `decide` says of a journey at its next gate, sealed for as long as it would say the same with nothing new."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastchannel.casework.actor import Actor
from fastchannel.casework.binding import confirm_passport
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import Action, Denial, check
from fastchannel.casework.ports import IssuedPass, Passes, Person, Purpose
from fastchannel.certificates.mrz.mrz import Mrz
from fastchannel.certificates.mrz.states import THREE_LETTERS
from fastchannel.certificates.passes import issuing
from fastchannel.certificates.passes.claims import ID_BYTES, Fields, Verdict
from fastchannel.certificates.passes.holder import SALT_BYTES, Holder
from fastchannel.certificates.passes.printing import GATES
from fastchannel.certificates.refusal import CertificateError
from fastchannel.decide import standing as decided
from fastchannel.decide.standing import Standing
from fastchannel.decide.words import VERDICTS
from fastchannel.terms.events import Event
from fastchannel.terms.language import N_

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(minutes=5)  # a pass that ends before it is shown helps nobody
RENEWED, OFFICER = "renewed", "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a pass issued now would say."""

    gate: str
    verdict: Verdict
    expires: datetime


def offered(office: Office, events: Sequence[Event], standing: Standing) -> Offer | None:
    """The pass that the record allows now; None where the next gate is not open, or shuts within minutes by itself."""
    gate = gate_of(standing.verdict, standing.gate)
    if not gate:
        return None
    expires = _lasts(office, events, standing)
    if expires - standing.at < SHORTEST:
        return None
    verdict: Verdict = "released" if standing.verdict is decided.Verdict.RELEASED else "proceed"
    return Offer(gate=gate, verdict=verdict, expires=expires)


def gate_of(verdict: str, gate: str) -> str:
    """The gate that a pass would name; empty where none is open. Whoever is released needs no other gate than that one."""
    if verdict == decided.Verdict.RELEASED:
        return "release"
    return gate if verdict == decided.Verdict.PROCEED and gate in GATES else ""


def issue(office: Office, passes: Passes, actor: Actor, journey: str, *, passport: Mrz | None = None) -> IssuedPass | Denial:
    """A new pass for the journey's next gate; the one before it is revoked in the same transaction.

    It is bound to the passport: as its zone was read, or as the application describes it. Raises UnknownJourneyError, and
    InvalidEntryError where the passport is another one or is not known well enough.
    """
    with office.journal.transaction():
        held = office.journal.lock(journey)
        denial = check(actor, Action.CERTIFY, held.subject)
        if denial:
            return denial
        events = office.journal.events(journey)
        standing = office.decide(events, office.now_for(events))
        offer = offered(office, events, standing)
        if offer is None:
            return _shut(standing)
        holder = _holder(office.people.find(journey), passport)
        before = passes.live(journey, standing.at)
        if before is not None:
            passes.revoke(journey, standing.at, RENEWED)
        issued = _seal(office, passes, actor, standing, offer, holder, before)
        passes.keep(issued)
        office.note(actor, Purpose.WRITE, f"{Action.CERTIFY}: {issued.id}", [journey])
        return issued


def revoke(office: Office, passes: Passes, actor: Actor, journey: str) -> int | Denial:
    """Revoke the journey's pass; how many there were. Raises UnknownJourneyError."""
    with office.journal.transaction():
        denial = check(actor, Action.REVOKE, office.journal.lock(journey).subject)
        if denial:
            return denial
        now = office.now_for(office.journal.events(journey))
        count = passes.revoke(journey, now, OFFICER)
        office.note(actor, Purpose.WRITE, Action.REVOKE.value, [journey])
        return count


def _lasts(office: Office, events: Sequence[Event], standing: Standing) -> datetime:
    """The first instant at which `decide` would say something else of this gate with nothing new, at most LONGEST from now."""
    end, now = standing.at + LONGEST, standing
    while now.changes is not None and now.changes < end:
        later = office.decide(events, now.changes)
        if (later.verdict, later.gate) != (standing.verdict, standing.gate) or later.at <= now.at:
            return now.changes
        now = later
    return end


def _seal(
    office: Office,
    passes: Passes,
    actor: Actor,
    standing: Standing,
    offer: Offer,
    holder: Holder,
    before: IssuedPass | None,
) -> IssuedPass:
    issued = standing.at.astimezone(UTC).replace(microsecond=0)
    fields = Fields(
        id=secrets.token_bytes(ID_BYTES),
        issuer=office.party,
        agreement=standing.agreement,
        route=standing.route,
        digest=standing.digest,
        journey=standing.journey,
        gates=(offer.gate,),
        issued=issued,
        not_before=issued,
        expires=offer.expires.astimezone(UTC).replace(microsecond=0),
        verdict=offer.verdict,
        replaces=bytes.fromhex(before.id) if before is not None else b"",
    )
    try:
        text = issuing.issue(fields, holder, key_id=passes.key_id, sign=passes.sign, salt=secrets.token_bytes(SALT_BYTES))
    except CertificateError as error:
        raise InvalidEntryError(
            "zone", N_("The pass cannot be bound to this passport: {problem}"), problem=str(error)
        ) from error
    return IssuedPass(
        id=fields.id.hex(),
        journey=standing.journey,
        gate=offer.gate,
        verdict=offer.verdict,
        issued=fields.issued,
        expires=fields.expires,
        text=text,
        by=actor.id,
    )


def _holder(person: Person | None, passport: Mrz | None) -> Holder:
    if passport is not None:
        confirm_passport(passport, person)
        return holder_of(passport)
    state = THREE_LETTERS.get(person.nationality, "") if person is not None else ""
    if person is None or person.birth_date is None or not state:
        raise InvalidEntryError(
            "zone", N_("The application does not name date of birth and nationality: read the passport's zone.")
        )
    return Holder(document=person.passport, state=state, birth=person.birth_date.isoformat())


def holder_of(passport: Mrz) -> Holder:
    """Whom a pass names, from the passport's zone: what is unknown of the date of birth is left out."""
    return Holder(document=passport.number, state=passport.state, birth=passport.birth.partition("-XX")[0])


def _shut(standing: Standing) -> Denial:
    return Denial(
        code="verdict",
        action=Action.CERTIFY,
        message=N_("No pass: the next gate is not open ({verdict})."),
        values={"verdict": VERDICTS[standing.verdict]},
    )
