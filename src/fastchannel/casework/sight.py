"""What of a journey somebody may see who may not see health details: a sponsor, a laboratory, a carrier."""

from __future__ import annotations

import msgspec

from fastchannel.decide.standing import Reason, Standing
from fastchannel.terms import events as ev
from fastchannel.terms.events import Event

WITHHELD = "withheld"  # the code of a reason whose words are not for this reader

HEALTH_EVENTS = (
    ev.CheckedIn, ev.Called, ev.Sampled, ev.Resulted, ev.Confirmed, ev.Recovered, ev.ContactNamed, ev.Cleared,
    ev.Breached, ev.Overridden, ev.Appealed, ev.Answered, ev.Corrected,
)  # fmt: skip
# Any code that is not of these families is taken to tell of health, so that a new code is withheld until looked at.
_PLAIN = (
    "agreement.", "application.", "document.", "eligibility.", "gate.", "journey.", "quota.", "record.", "region.", "review.",
    "sponsor.", "suspension.",
)  # fmt: skip


def without_health(standing: Standing) -> Standing:
    """The standing with every reason that could tell of the traveller's health cut down to its clause and effect."""
    return msgspec.structs.replace(standing, reasons=tuple(map(_cut, standing.reasons)))


def events_without_health(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The events that tell nothing of the traveller's health."""
    return tuple(event for event in events if not isinstance(event, HEALTH_EVENTS))


def _cut(reason: Reason) -> Reason:
    if reason.code.startswith(_PLAIN):
        return reason
    return Reason(code=WITHHELD, clause=reason.clause, effect=reason.effect)
