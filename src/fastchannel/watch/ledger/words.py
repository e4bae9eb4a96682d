"""The ledger's words, in every language that ships. Bounds are rounded up and the probability of none is rounded down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from fastchannel.agreement.phrases import day
from fastchannel.terms.language import N_, translate
from fastchannel.terms.places import name_of
from fastchannel.watch.ledger.counting import By, Published, Travellers
from fastchannel.watch.ledger.fold import State
from fastchannel.watch.ledger.records import Classification, Kind

TRAVELLERS: Mapping[Travellers, str] = {
    Travellers.CHANNEL: N_("travellers of the fast channel"),
    Travellers.ALL: N_("all travellers"),
}
BY: Mapping[By, str] = {By.ARRIVAL: N_("by date of arrival"), By.CONFIRMATION: N_("by date of confirmation")}
PUBLISHED: Mapping[Published, str] = {
    Published.FIRST: N_("as both sides first classified them"),
    Published.REVISED: N_("as revised since"),
}
KINDS: Mapping[Kind, str] = {
    Kind.CHANNEL: N_("imported from {origin} through the fast channel"),
    Kind.OTHER_ROUTE: N_("imported from {origin} by another route"),
    Kind.LOCAL: N_("infected locally"),
    Kind.UNKNOWN: N_("of unknown origin"),
    Kind.NO_CASE: N_("not a case after all"),
}
STATES: Mapping[State, str] = {
    State.STANDS: N_("stands: all parties have signed the same"),
    State.DISPUTED: N_("disputed: the parties' views or records differ"),
    State.AWAITS: N_("awaits a party's signature"),
    State.MOVED: N_("corrected into another case"),
}


def classification_words(classification: Classification, language: str = "en") -> str:
    return translate(KINDS[classification.kind], language, origin=name_of(classification.origin, language))


def state_words(state: State, language: str = "en") -> str:
    return translate(STATES[state], language)


def count_words(count: Mapping[str, Any], language: str) -> str:
    """A count of imports with its exposure and bounds; ``count`` is ``Count.as_data()``."""
    return " ".join(_count(count, language))


def claim_words(claim: Mapping[str, Any], language: str) -> str:
    """The claim, a sentence a line; ``claim`` is ``Claim.as_data()``."""
    return "\n".join(_claim(claim, language))


def _count(count: Mapping[str, Any], language: str) -> Iterator[str]:
    yield translate(
        N_("Imports: {imports} among {travellers} travellers, over {tests} tests and {person_days} person-days of follow-up."),
        language,
        **{name: f"{count[name]:,}" for name in ("imports", "travellers", "tests", "person_days")},
    )
    yield _bounds(count, language)


def _bounds(count: Mapping[str, Any], language: str) -> str:
    values = {"confidence": _percent(count["confidence"]), "share": _percent(count["at_most_per_traveller"], up=True)}
    if not count["travellers"]:
        return translate(N_("This proves nothing: nobody travelled."), language)
    if count["at_most_per_person_day"] is None:
        text = N_(
            "With {confidence} confidence no more than {share} of travellers are imports that would be found. Nobody was "
            "followed, so that there is no bound per person-day."
        )
        return translate(text, language, **values)
    text = N_(
        "With {confidence} confidence no more than {share} of travellers are imports that would be found, and no more than "
        "{rate} per 100,000 person-days."
    )
    return translate(text, language, rate=_number(1e5 * count["at_most_per_person_day"], up=True), **values)


def _claim(claim: Mapping[str, Any], language: str) -> Iterator[str]:
    yield _definition(claim, language)
    yield from _count(claim["imports"], language)
    yield from _unsettled(claim, language)
    yield _streak(claim, language)
    if claim["still_followed"]:
        text = N_("Still being followed, so that an import among them may yet show: {people} travellers.")
        yield translate(text, language, people=f"{claim['still_followed']:,}")
    if undated := [case["case"] for case in (*claim["cases"], *claim["not_settled"]) if not case["dated"]]:
        text = N_("Counted by the day of confirmation, because the day of arrival is not known: {cases}.")
        yield translate(text, language, cases=", ".join(undated))
    yield _undetected(claim, language)


def _definition(claim: Mapping[str, Any], language: str) -> str:
    found, anywhere = claim["definition"], translate(N_("anywhere"), language)
    return translate(
        N_(
            "Counted: imports among {who}, from {origin} to {destination}, {by}, {published}; "
            "{since} to {on}, as known at {known}."
        ),
        language,
        who=translate(TRAVELLERS[Travellers(found["travellers"])], language),
        origin=name_of(found["origin"], language) if found["origin"] else anywhere,
        destination=name_of(found["destination"], language) if found["destination"] else anywhere,
        by=translate(BY[By(found["by"])], language),
        published=translate(PUBLISHED[Published(found["published"])], language),
        since=day(date.fromisoformat(claim["since"]), language),
        on=day(date.fromisoformat(claim["on"]), language),
        known=_moment(datetime.fromisoformat(claim["known_at"]), language),
    )


def _moment(when: datetime, language: str) -> str:
    at = when.astimezone(UTC)
    return f"{day(at.date(), language)} {at:%H:%M} UTC"


def _unsettled(claim: Mapping[str, Any], language: str) -> Iterator[str]:
    if claim["not_settled"]:
        names = ", ".join(case["case"] for case in claim["not_settled"])
        text = N_("Not settled between the parties, and possibly imports: {cases}. Should all of them be:")
        yield f"{translate(text, language, cases=names)} {count_words(claim['should_all_be'], language)}"


def _streak(claim: Mapping[str, Any], language: str) -> str:
    values = {"days": f"{claim['streak_days']:,}", "sure": f"{claim['sure_streak_days']:,}"}
    if claim["streak_days"] == claim["sure_streak_days"]:
        return translate(N_("Days without an import at the end of the period: {days}."), language, **values)
    text = N_(
        "Days without an import at the end of the period: {days}; {sure} should the cases that are not settled be imports."
    )
    return translate(text, language, **values)


def _undetected(claim: Mapping[str, Any], language: str) -> str:
    found = claim["undetected"]
    if found is None:
        return translate(N_("Imports that no test found are not estimated: no forecast was given."), language)
    text = N_(
        "Imports that no test found: of {expected} infected travellers that the forecast expected, {mean} on average given "
        "what each step finds and found; none with a probability of {none}; no more than {most} with a probability of "
        "{probability}."
    )
    return translate(
        text,
        language,
        expected=_number(found["expected_infected"], digits=3),
        mean=_number(found["mean"], up=True),
        none=_percent(found["none"], up=False),
        most=f"{found['at_most']:,}",
        probability=_percent(found["probability"]),
    )


def _percent(share: float, *, up: bool | None = None) -> str:
    return f"{_number(100.0 * share, up=up, digits=4 if up is None else 3 if up is False else 2)}%"


def _number(value: float, *, up: bool | None = None, digits: int = 2) -> str:
    """Rounded up, down, or to the nearest where ``up`` is None. What binary fractions add is not rounded up."""
    plain = Context(prec=12).create_decimal(Decimal(value))
    if up is not None:
        plain = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR).create_decimal(plain)
    else:
        plain = Context(prec=digits).create_decimal(plain)
    return f"{plain.normalize():,f}"
