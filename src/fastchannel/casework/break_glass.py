"""Break-glass: an officer opens a record beyond their reach, to be read, with a reason, for a limited time.

It is in the log of who read the record before anything is shown, and somebody else says later whether it was justified.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import InvalidEntryError
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import Action, Denial, can, check
from fastchannel.casework.ports import Opening, OpeningReview, Openings, Purpose
from fastchannel.terms.language import N_

SHORTEST_REASON, LONGEST_REASON = 10, 180  # the log has room for so much
LONGEST_NOTE = 500
WHY = "break-glass: "  # what the log's reason begins with


def open_record(
    office: Office, openings: Openings, actor: Actor, journey: str, *, reason: str, minutes: int
) -> Opening | Denial:
    """Open one journey to be read by the actor for so many minutes. One that is open already stays as it is.

    Raises UnknownJourneyError, and InvalidEntryError where the reason is no reason or nothing is shut to the actor.
    """
    subject = office.journal.subject(journey)
    denial = check(actor, Action.BREAK_GLASS, subject)
    if denial:
        return denial
    if all(can(actor, action, subject) for action in (Action.SEE_STATUS, Action.SEE_PERSON, Action.SEE_HEALTH)):
        raise InvalidEntryError("journey", N_("This record is open to you as it is."))
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidEntryError("reason", N_("Say in 10 to 180 characters why: the traveller and the reviewer will read it."))
    now = office.clock.now()
    with office.journal.transaction():
        held = openings.live(actor.id, journey, now)
        if held is not None:
            return held
        made = Opening(
            id=office.identifiers.new(), journey=journey, actor=actor.id, role=actor.role.value, party=actor.party,
            reason=reason, opened=now, until=now + timedelta(minutes=minutes),
        )  # fmt: skip
        openings.keep(made)
        office.note(actor, Purpose.BREAK_GLASS, why(made), [journey])
    return made


def widened(openings: Openings, actor: Actor, journey: str, at: datetime) -> tuple[Actor, Opening] | None:
    """The actor with the journey open to be read, where break-glass opens it at that time."""
    held = openings.live(actor.id, journey, at)
    return None if held is None else (replace(actor, opened=frozenset({journey})), held)


def review(
    office: Office, openings: Openings, actor: Actor, identifier: str, *, justified: bool, note: str
) -> OpeningReview | Denial | None:
    """Say whether an opening was justified; never one's own. None where there is no such opening.

    Raises InvalidEntryError where no note says why, or it was reviewed already.
    """
    opening = openings.find(identifier)
    if opening is None:
        return None
    denial = check(actor, Action.REVIEW_GLASS, office.journal.subject(opening.journey))
    if denial:
        return denial
    if opening.actor == actor.id:
        return Denial(
            code="four-eyes",
            action=Action.REVIEW_GLASS,
            message=N_("You opened this record. Somebody else must review it."),
        )
    note = " ".join(note.split())
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidEntryError("note", N_("Say in a sentence what you found."))
    made = OpeningReview(
        opening=opening.id, reviewer=actor.id, role=actor.role.value, justified=justified, note=note, at=office.clock.now()
    )
    if not openings.review(made):
        raise InvalidEntryError("opening", N_("Somebody has reviewed this opening already."))
    return made


def why(opening: Opening) -> str:
    """What the log of who read the record says."""
    return WHY + opening.reason
