"""Whether nothing but the review itself stands before an approval, so that it may be decided together with others like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastchannel.casework.permissions import Action, Denial
from fastchannel.decide.stages import Stage
from fastchannel.decide.standing import Obligation, Reason, Standing, Status
from fastchannel.terms.events import Event, Outcome, Reviewed
from fastchannel.terms.language import N_

UNDECIDED = (Stage.APPLIED, Stage.SPONSORED)
# What every undecided application has, however good: the review is outstanding, and later steps have not come yet.
OF_THE_REVIEW = frozenset({"review.outstanding", "review.second-outstanding", "gate.awaits"})
SECOND = "review.second-outstanding"
_SHORT = frozenset({Status.MISSED, Status.FAILED})


def standing_against(standing: Standing) -> tuple[Reason, ...]:
    """The reasons that are not the review's own."""
    return tuple(reason for reason in standing.reasons if reason.code not in OF_THE_REVIEW)


def short_of(standing: Standing, now: datetime) -> tuple[Obligation, ...]:
    """What is missed, failed or overdue, or is an officer's to give first: a place under a quota."""
    return tuple(
        item
        for item in standing.obligations
        if item.status in _SHORT
        or (item.status is Status.DUE and (item.kind == "quota" or (item.due is not None and item.due < now)))
    )


def is_clean(standing: Standing, now: datetime) -> bool:
    """Whether the application is undecided and every rule passes but for the review."""
    return standing.stage in UNDECIDED and not standing_against(standing) and not short_of(standing, now)


def only_clean(standing: Standing, events: Sequence[Event]) -> Denial | None:
    """Why an application cannot be approved together with others."""
    if standing.stage in UNDECIDED and not is_clean(standing, standing.at):
        return Denial(
            code="not-clean",
            action=Action.REVIEW,
            message=N_("Something stands against it by now. Open it, and decide on it by itself."),
        )
    return None


def unchanged(seen: int | None, standing: Standing, events: Sequence[Event]) -> Denial | None:
    """Why a decision that was made on an older record does not count; ``seen`` is how many entries it had then."""
    if seen is None or seen == len(events):
        return None
    decided = next((event for event in reversed(events[max(0, seen) :]) if isinstance(event, Reviewed)), None)
    if decided is not None:
        return Denial(
            code="decided",
            action=Action.REVIEW,
            message=N_("Another officer was first: {outcome}. Nothing was recorded now; look at it again."),
            values={"outcome": _OUTCOMES[decided.outcome]},
        )
    return Denial(
        code="changed",
        action=Action.REVIEW,
        message=N_("The record changed since you opened it. Nothing was recorded now; look at it again."),
    )


_OUTCOMES = {
    Outcome.APPROVED: N_("approved"),
    Outcome.RETURNED: N_("returned to the sponsor"),
    Outcome.REFUSED: N_("refused"),
}
