"""An alarm in words, in every language: what was found, what was expected, and what its rate of false alarms means."""

from __future__ import annotations

from collections.abc import Mapping

from fastchannel.terms.language import N_, translate
from fastchannel.watch.alarms.alarm import Alarm, Grade, Tally
from fastchannel.watch.alarms.impossible import Impossibility, Impossible
from fastchannel.watch.alarms.policy import Code

TITLES: Mapping[Code, str] = {
    Code.STEP: N_("More positives than forecast at one step"),
    Code.LABORATORY_MORE: N_("A laboratory finds more positives than forecast"),
    Code.LABORATORY_FEWER: N_("A laboratory finds fewer positives than forecast"),
    Code.CARRIER: N_("More positives than forecast among a carrier's travellers"),
    Code.SPONSOR: N_("More positives than forecast among a sponsor's travellers"),
    Code.SURGE: N_("More infection in a region than its reports show"),
    Code.NEGATIVES_TURN_POSITIVE: N_("A laboratory's negatives turn positive on arrival"),
    Code.NEGATIVES_AGAINST_OTHERS: N_("A laboratory's negatives turn positive on arrival more often than others'"),
    Code.FORGERY: N_("An issuer's certificates may be forged: few positives before departure, many on arrival"),
}
FOUND = N_("{positives} positives in {tested} results, {low} – {high} expected")
FOUND_ALIKE = N_("{positives} positives in {tested} results, {value} expected if alike")
WAITING = N_("{waiting} results are not known yet")
BEFORE = N_("Before departure: {found}.")
AFTER = N_("From arrival on: {found}.")
SINCE = N_("Most likely since {since}. The evidence is {e_value} to 1 ({threshold} to 1 is needed).")
MEANING: Mapping[Grade, str] = {
    Grade.ALARM: N_(
        "While the forecast holds, the probability that this watch ever raises a false alarm, about anything and however often "
        "one looks, is at most {rate}."
    ),
    Grade.NOTICE: N_(
        "Of such notices on any one day, at most {rate} are expected to be false. Look closer; do not act on it alone."
    ),
}
IMPOSSIBLE: Mapping[Impossibility, str] = {
    Impossibility.BEFORE_SAMPLE: N_("The result was given {found} hours before the sample was taken."),
    Impossibility.TOO_QUICK: N_("The result was given {found} hours after the sample; this laboratory needs at least {limit}."),
    Impossibility.TOO_MANY: N_("{found} samples on one day; this laboratory can do at most {limit}."),
    Impossibility.SHARED_NUMBER: N_("One certificate number stands for {found} persons."),
    Impossibility.TWO_PLACES: N_(
        "One person was sampled at two laboratories within {found} hours; at least {limit} are needed."
    ),
}


def alarm_words(alarm: Alarm, language: str = "en") -> tuple[str, ...]:
    """The alarm in sentences: its title with the unit, what was found where, since when, and what the rate means."""
    lines = [f"{translate(TITLES[alarm.code], language)}: {alarm.unit}"]
    alike = alarm.code is Code.NEGATIVES_AGAINST_OTHERS
    for message, tally in ((BEFORE, alarm.before), (AFTER, alarm.after)):
        if tally.tested or tally.waiting:
            lines.append(translate(message, language, found=_found(tally, language, alike=alike)))
    lines.append(
        translate(
            SINCE,
            language,
            since=alarm.since.isoformat(),
            e_value=f"{alarm.e_value:,.0f}",
            threshold=f"{alarm.threshold:,.0f}",
        )
    )
    lines.append(translate(MEANING[alarm.grade], language, rate=f"{alarm.rate:.3g}"))
    return tuple(lines)


def _found(tally: Tally, language: str, *, alike: bool) -> str:
    words = translate(
        FOUND_ALIKE if alike else FOUND,
        language,
        positives=tally.positives,
        tested=tally.tested,
        low=f"{tally.expected.low:.3g}",
        value=f"{tally.expected.value:.3g}",
        high=f"{tally.expected.high:.3g}",
    )
    return f"{words}; {translate(WAITING, language, waiting=tally.waiting)}" if tally.waiting else words


def impossible_words(one: Impossible, language: str = "en") -> str:
    """What cannot be, in a sentence."""
    return translate(IMPOSSIBLE[one.code], language, found=f"{abs(one.found):.3g}", limit=f"{one.limit:.3g}")
