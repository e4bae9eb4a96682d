"""Wrong notices taken back in bulk: what was recorded wrongly, by whom and when; each corrected as an officer corrects one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastchannel.casework import review
from fastchannel.casework.actor import Actor
from fastchannel.casework.errors import CaseworkError, InvalidEntryError
from fastchannel.casework.office import Office
from fastchannel.casework.permissions import Denial
from fastchannel.terms.events import Breached, Corrected, Denied, Event, Resulted, Suspended
from fastchannel.terms.language import N_


class Notified(StrEnum):
    """The kinds of entry that restrict somebody, and so can wrong many at once."""

    RESULTED = "resulted"
    SUSPENDED = "suspended"
    DENIED = "denied"
    BREACHED = "breached"


class Outcome(StrEnum):
    """What became of one entry."""

    RECALLED = "recalled"
    ALREADY = "already"  # somebody had corrected it before
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is to be taken back: entries of a kind that happened from ``since`` to before ``until``.

    ``said_by`` is the laboratory of a result, the rule of a suspension, or who recorded the entry; empty, anybody.
    Raises InvalidEntryError where the period is none.
    """

    kind: Notified
    since: datetime
    until: datetime
    said_by: str = ""

    def __post_init__(self) -> None:
        if not self.since < self.until:
            raise InvalidEntryError("until", N_("The period must end after it begins."))

    def matches(self, event: Event) -> bool:
        """Whether an entry is one of them."""
        if not self.since <= event.at < self.until:
            return False
        match event:
            case Resulted():
                return self.kind is Notified.RESULTED and self.said_by in ("", event.laboratory)
            case Suspended():
                return self.kind is Notified.SUSPENDED and self.said_by in ("", event.trigger)
            case Denied():
                return self.kind is Notified.DENIED and self.said_by in ("", event.by)
            case Breached():
                return self.kind is Notified.BREACHED and self.said_by in ("", event.by)
            case _:
                return False


def recall(office: Office, actor: Actor, journey: str, *, event: str, reason: str, key: str) -> tuple[Outcome, str]:
    """Say of one entry that it should not have been; what became of it, and where it was refused, why.

    The traveller reads the reason, and whoever was told of the entry is told of this. Under the same key it is done once.
    """
    if _corrected(office.journal.events(journey), event):
        return Outcome.ALREADY, ""
    try:
        answer = review.correct(office, actor, journey, event=event, reason=reason, key=key)
    except CaseworkError as error:
        return Outcome.REFUSED, str(error)
    return (Outcome.REFUSED, answer.text()) if isinstance(answer, Denial) else (Outcome.RECALLED, "")


def _corrected(events: Sequence[Event], event: str) -> bool:
    return any(isinstance(one, Corrected) and one.corrects == event and one.replacement is None for one in events)
