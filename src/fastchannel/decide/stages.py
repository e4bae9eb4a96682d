"""The stages of a journey and what moves it between them: one table, from which docs/reference/stages.md is made."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    EXPECTED = "expected"  # something was recorded, and the application is not here yet
    APPLIED = "applied"
    SPONSORED = "sponsored"
    RETURNED = "returned"  # to the sponsor, to be completed
    APPROVED = "approved"  # monitoring, tests and documents before departure
    TRAVELLING = "travelling"
    ARRIVED = "arrived"
    ISOLATED = "isolated"  # in the isolation or quarantine that follows arrival
    FOLLOWED_UP = "followed-up"  # let out of isolation: closed loop, follow-up
    TREATED = "treated"  # a confirmed case, in the health authority's care
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({Stage.COMPLETED, Stage.REFUSED, Stage.WITHDRAWN})
BEFORE_DEPARTURE = frozenset({Stage.APPLIED, Stage.SPONSORED, Stage.RETURNED, Stage.APPROVED})
AFTER_DEPARTURE = frozenset({Stage.TRAVELLING, Stage.ARRIVED, Stage.ISOLATED, Stage.FOLLOWED_UP, Stage.TREATED})

# (stage, kind of event and, after a colon, the value that matters) → next stage. What is not in the table leaves the stage
# as it is: a late or repeated event is normal, and never an error.
TRANSITIONS: dict[tuple[Stage, str], Stage] = {
    (Stage.APPLIED, "sponsored"): Stage.SPONSORED,
    (Stage.RETURNED, "sponsored"): Stage.SPONSORED,
    (Stage.APPLIED, "reviewed:returned"): Stage.RETURNED,
    (Stage.SPONSORED, "reviewed:returned"): Stage.RETURNED,
    (Stage.APPROVED, "reviewed:returned"): Stage.RETURNED,
    (Stage.APPLIED, "reviewed:approved"): Stage.APPROVED,
    (Stage.SPONSORED, "reviewed:approved"): Stage.APPROVED,
    (Stage.RETURNED, "reviewed:approved"): Stage.APPROVED,
    (Stage.REFUSED, "reviewed:approved"): Stage.APPROVED,  # on second thoughts
    (Stage.REFUSED, "answered:reopened"): Stage.APPLIED,  # an appeal against the review was upheld
    (Stage.APPLIED, "reviewed:refused"): Stage.REFUSED,
    (Stage.SPONSORED, "reviewed:refused"): Stage.REFUSED,
    (Stage.RETURNED, "reviewed:refused"): Stage.REFUSED,
    (Stage.APPROVED, "reviewed:refused"): Stage.REFUSED,
    (Stage.APPLIED, "withdrawn"): Stage.WITHDRAWN,
    (Stage.SPONSORED, "withdrawn"): Stage.WITHDRAWN,
    (Stage.RETURNED, "withdrawn"): Stage.WITHDRAWN,
    (Stage.APPROVED, "withdrawn"): Stage.WITHDRAWN,
    (Stage.APPLIED, "boarded"): Stage.TRAVELLING,
    (Stage.SPONSORED, "boarded"): Stage.TRAVELLING,
    (Stage.RETURNED, "boarded"): Stage.TRAVELLING,
    (Stage.APPROVED, "boarded"): Stage.TRAVELLING,
    # Whoever travels in spite of a refusal or a withdrawal is on the way all the same, and an officer must see it.
    (Stage.REFUSED, "boarded"): Stage.TRAVELLING,
    (Stage.WITHDRAWN, "boarded"): Stage.TRAVELLING,
    (Stage.REFUSED, "arrived"): Stage.ARRIVED,
    (Stage.WITHDRAWN, "arrived"): Stage.ARRIVED,
    (Stage.APPLIED, "arrived"): Stage.ARRIVED,
    (Stage.SPONSORED, "arrived"): Stage.ARRIVED,
    (Stage.RETURNED, "arrived"): Stage.ARRIVED,
    (Stage.APPROVED, "arrived"): Stage.ARRIVED,
    (Stage.TRAVELLING, "arrived"): Stage.ARRIVED,
    (Stage.ARRIVED, "entered"): Stage.ISOLATED,
    (Stage.ISOLATED, "left"): Stage.FOLLOWED_UP,
    (Stage.ARRIVED, "left"): Stage.FOLLOWED_UP,
    (Stage.TRAVELLING, "confirmed"): Stage.TREATED,
    (Stage.ARRIVED, "confirmed"): Stage.TREATED,
    (Stage.ISOLATED, "confirmed"): Stage.TREATED,
    (Stage.FOLLOWED_UP, "confirmed"): Stage.TREATED,
    (Stage.TREATED, "recovered"): Stage.FOLLOWED_UP,
    # No event completes a journey: one followed up is complete when every obligation has ended, and is not any more
    # when something comes up after that.
}
