"""Values and rankings in words, in every language that ships."""

from __future__ import annotations

from fastchannel.supply.value.ranking import AS_GOOD, Comparison
from fastchannel.supply.value.urgency import Cause
from fastchannel.supply.value.value import Limit, Worth
from fastchannel.terms.language import N_, translate

PLAIN_AS_GOOD = N_(
    "The plain ranking by direct output per room-night is as good here: for {rooms} room-nights it gains {gained} of what the "
    "simulated ranking gains (rank agreement {agreement})."
)
PLAIN_WORSE = N_(
    "The plain ranking by direct output per room-night is not as good here: for {rooms} room-nights it gains {gained} of what "
    "the simulated ranking gains (rank agreement {agreement}); it is as good from {limit}."
)
NONE = N_("none: all alike")
CAUSES = {
    Cause.STOPPED: N_("stands still now"),
    Cause.WILL_STOP: N_("stands still from a day on"),
    Cause.CREW: N_("may not run once its crew is over its months"),
}
LIMITS = {
    Limit.CLAIM: N_("as much as its sponsor claims"),
    Limit.SHARE: N_("the site's share of its industry, which is less than the claim"),
}
WORTH = N_(
    "{days} days × {stake} a day ({limit}) × {brought} of it brought back by the team × {marginal} for each unit of output"
)


def comparison_words(found: Comparison, language: str) -> str:
    """When the plain ranking is as good, said of this case."""
    agreement = translate(NONE, language) if found.agreement is None else f"{found.agreement:.2f}"
    gained = f"{found.gained:.1%}"
    if found.as_good:
        return translate(PLAIN_AS_GOOD, language, rooms=found.room_nights, gained=gained, agreement=agreement)
    limit = f"{AS_GOOD:.0%}"
    return translate(PLAIN_WORSE, language, rooms=found.room_nights, gained=gained, agreement=agreement, limit=limit)


def worth_words(found: Worth, language: str) -> str:
    """How a value comes about."""
    return translate(
        WORTH,
        language,
        days=f"{found.days:.0f}",
        stake=f"{min(found.claimed_per_day, found.share_per_day):,.3g}",
        limit=translate(LIMITS[found.limited_by], language),
        brought=f"{found.brought:.0%}",
        marginal=f"{found.marginal:.2f}",
    )
