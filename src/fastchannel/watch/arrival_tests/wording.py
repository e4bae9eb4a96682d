"""A choice in words that the traveller can read, in every language."""

from __future__ import annotations

from collections.abc import Mapping

from fastchannel.terms.language import N_, translate
from fastchannel.watch.arrival_tests.allocation import Choice, Plan, Why

REASONS: Mapping[Why, str] = {
    Why.FLOOR: N_("You are tested: you were drawn in the lottery in which every arriving traveller takes part."),
    Why.KIND: N_(
        "You are tested: {tests} of {people} travellers of your group are tested here today, because tests of this group find "
        "or teach most."
    ),
    Why.NOT_DRAWN: N_(
        "You are not tested: {tests} of {people} travellers of your group are tested here today; you were not drawn."
    ),
    Why.OTHER_KINDS: N_("You are not tested: today tests of other groups find or teach more."),
    Why.NO_TESTS: N_("You are not tested: this point of entry has no tests today."),
}
GROUP = N_(
    "Your group is {group}. About {estimate} of it are estimated to be positive (between {low} and {high}); {waiting} tests of "
    "it have no result yet."
)
LOTTERY = N_(
    "Everybody is drawn with a probability of {probability}. Your number is {draw}; numbers below {cut} were chosen. In your "
    "group your number is {kind_draw}; the lowest were chosen."
)
PUBLISHED = N_("Anybody can work out these numbers from the seed of {day}, whose digest {digest} was published before.")


def choice_words(choice: Choice, plan: Plan, language: str = "en") -> tuple[str, ...]:
    """Why this traveller is tested or not: the reason, the group's estimate and its width, the draws, and how to check them."""
    return (
        translate(REASONS[choice.why], language, tests=choice.kind_tests, people=choice.kind_people)
        if choice.why in {Why.KIND, Why.NOT_DRAWN}
        else translate(REASONS[choice.why], language),
        translate(
            GROUP,
            language,
            group=str(choice.arrival.kind),
            estimate=_percent(choice.estimate),
            low=_percent(choice.low),
            high=_percent(choice.high),
            waiting=choice.waiting,
        ),
        translate(
            LOTTERY,
            language,
            probability=_percent(choice.floor_probability),
            draw=f"{choice.floor_draw:.6f}",
            cut=f"{choice.floor_cut:.6f}",
            kind_draw=f"{choice.kind_draw:.6f}",
        ),
        translate(PUBLISHED, language, day=plan.day.isoformat(), digest=plan.commitment),
    )


def _percent(share: float) -> str:
    return f"{100.0 * share:.2g} %"
