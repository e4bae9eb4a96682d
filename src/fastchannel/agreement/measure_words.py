"""What each kind of measure asks, in whole sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastchannel.agreement.phrases import moment_words, separated, span_words, windows_words
from fastchannel.agreement.provisions import Otherwise, Rung, Step
from fastchannel.agreement.text import (
    DocumentText,
    FollowUpText,
    GateAt,
    GateText,
    LaboratoryTestText,
    Measure,
    MonitorText,
    Period,
    QuotaText,
    RouteText,
    StayPlace,
    StayText,
)
from fastchannel.agreement.vocabulary import AGENCIES, ASSAYS, FINDINGS, PROVIDERS, Words
from fastchannel.terms.events import Role
from fastchannel.terms.language import N_, pick

Values = Callable[[str], Any]  # a field's value for one case on one date
Said = tuple[str, str]  # the field that a sentence speaks of, and the sentence

STAYS = {
    StayPlace.HOME: N_("The traveller stays in isolation at home, beginning with {start}."),
    StayPlace.ISOLATION: N_("The traveller stays in isolation, beginning with {start}."),
    StayPlace.QUARANTINE: N_("The traveller stays in quarantine, beginning with {start}."),
    StayPlace.CLOSED_LOOP: N_("The traveller lives and works in a closed loop, beginning with {start}."),
    StayPlace.VEHICLE: N_("The traveller is taken on by vehicle, beginning with {start}."),
}
GATES = {
    GateAt.BOARDING: N_("Boarding requires: {measures}."),
    GateAt.ENTRY: N_("Entry requires: {measures}."),
    GateAt.RELEASE: N_("Release from isolation requires: {measures}."),
    GateAt.COMPLETION: N_("The journey under the agreement is complete once these are met: {measures}."),
}
QUOTAS = {
    Period.DAY: N_("At most {people} people may travel per day."),
    Period.WEEK: N_("At most {people} people may travel per week."),
    Period.FLIGHT: N_("At most {people} people may travel on each flight."),
}
OTHERWISE = {
    Otherwise.REFUSE: N_("Whoever definitely does not meet this is refused."),
    Otherwise.HOLD: N_("Whoever definitely does not meet this is put on hold until an officer has looked."),
}
SYMPTOMS = {
    Otherwise.HOLD: N_("Reported symptoms put the journey on hold until an officer has looked."),
    Otherwise.REFUSE: N_("Reported symptoms lead to refusal."),
}
RUNGS = {
    Rung.REMIND: N_("If the day's report has not come by {time}, a reminder is sent."),
    Rung.CALL: N_("On day {day} in a row without a report, an officer calls the traveller."),
    Rung.HOLD: N_("After {day} days in a row without a report, the journey is put on hold until an officer has looked."),
}
KINDS: dict[str, str] = {
    MonitorText.KIND: N_("Health self-monitoring"),
    FollowUpText.KIND: N_("Health follow-up"),
    LaboratoryTestText.KIND: N_("Laboratory test"),
    DocumentText.KIND: N_("Document to present"),
    StayText.KIND: N_("Prescribed stay"),
    GateText.KIND: N_("Check on the way"),
    QuotaText.KIND: N_("Limited places"),
}


def measure_title(measure: Measure, words: Words) -> str:
    """What the text calls a measure; without a title, its kind."""
    return pick(measure.title, words.language) if measure.title else words.say(KINDS[measure.KIND])


def sentences(measure: Measure, values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    """What a measure asks, each sentence with the field it speaks of."""
    yield from _SAY[type(measure)](values, route, words)
    if otherwise := values("otherwise"):
        yield "otherwise", words.say(OTHERWISE[otherwise])


def rung(step: Step, words: Words) -> str:
    """One rung of the ladder for missed check-ins, as a sentence."""
    if step.at is not None:
        return words.say(RUNGS[step.rung], time=f"{step.at:%H:%M}")
    return words.say(RUNGS[step.rung], day=step.day)


def _monitor(values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    yield (
        "from_",
        words.say(
            N_("The traveller reports their health every day from {start} until {end}."),
            start=moment_words(values("from_"), words.language),
            end=moment_words(values("until"), words.language),
        ),
    )
    if calls := values("calls_per_day"):
        once = N_("An officer also calls the traveller once a day.")
        more = N_("An officer also calls the traveller {n} times a day.")
        yield "calls_per_day", words.say(once) if calls == 1 else words.say(more, n=calls)
    yield "symptoms", words.say(SYMPTOMS[values("symptoms")])
    for index, step in enumerate(values("missed")):
        yield f"missed.{index}", rung(step, words)


def _test(values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    count = values("count")
    single = N_("A sample for the {assay}, taken {window}, must have the result “{finding}”.")
    several = N_("{n} samples for the {assay}, each taken {window}, must have the result “{finding}”.")
    yield (
        "sampled",
        words.say(
            single if count == 1 else several,
            n=count,
            assay=words.of(ASSAYS, values("test")),
            window=windows_words(values("sampled").any_of, words.language),
            finding=words.of(FINDINGS, values("require")),
        ),
    )
    if count > 1 and (apart := values("apart")):
        yield "apart", words.say(N_("The samples are taken at least {span} apart."), span=span_words(apart, words.language))
    yield "laboratory", _laboratory(values("laboratory"), words)


def _laboratory(named: tuple[str, ...], words: Words) -> str:
    if "any" in named:
        return words.say(N_("The result of any laboratory counts."))
    agencies = [name for name in named if name != "designated"]
    if not agencies:
        message = N_("Only results of laboratories designated by the party where the sample is taken count.")
        return words.say(message)
    if len(agencies) < len(named):
        message = N_(
            "Only results of laboratories that the party where the sample is taken designated count, and of: {laboratories}."
        )
        return words.say(message, laboratories=words.agencies(agencies, style="standard"))
    message = N_("Only results of these laboratories count: {laboratories}.")
    return words.say(message, laboratories=words.agencies(agencies, style="standard"))


def _document(values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    moment = moment_words(values("by"), words.language)
    if document := values("document"):
        message = N_("This document is needed by {moment}: {document}.")
        yield "by", words.say(message, moment=moment, document=words.term(document))
    else:
        yield "by", words.say(N_("This document is needed by {moment}."), moment=moment)
    if issuers := [name for name in values("issued_by") if name != "any"]:
        yield "issued_by", words.say(N_("It is issued by: {issuers}."), issuers=words.agencies(issuers))
    if issued := values("issued"):
        window = windows_words(issued.any_of, words.language)
        yield "issued", words.say(N_("It must be issued {window}."), window=window)
    if valid := values("valid_for"):
        yield "valid_for", words.say(N_("It is valid for {span} from its issue."), span=span_words(valid, words.language))
    if values("bound"):
        yield "bound", words.say(N_("It must name the traveller."))
    if values("single_use"):
        yield "single_use", words.say(N_("It is valid for one crossing only."))
    if (provider := values("provided_by")) is not Role.TRAVELLER:
        yield "provided_by", words.say(N_("Who provides it: {provider}."), provider=words.of(PROVIDERS, provider))


def _stay(values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    language = words.language
    start = moment_words(values("from_"), language)
    yield "from_", words.say(STAYS[values("place")], start=start)
    if named_by := values("named_by"):
        yield "named_by", words.say(N_("Who names the place: {agency}."), agency=words.of(AGENCIES, named_by))
    if transport := values("transport"):
        yield "transport", words.say(N_("Means of transport: {transport}."), transport=words.term(transport))
    if until := values("until"):
        yield "until", words.say(N_("This lasts until {moment}."), moment=moment_words(until, language))
    if least := values("least"):
        yield "least", words.say(N_("It lasts at least {span}."), span=span_words(least, language))
    if most := values("most"):
        yield (
            "most",
            words.say(N_("After {span} at the latest, an officer decides how it ends."), span=span_words(most, language)),
        )
    if ends := values("ends"):
        message = N_("It ends only once these have the required result: {tests}.")
        yield "ends", words.say(message, tests=_titles(ends, route, words))
    if allowed := values("allowed"):
        yield "allowed", words.say(N_("Allowed meanwhile: {allowed}."), allowed=words.terms(allowed))


def _gate(values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    if requires := values("requires"):
        yield "requires", words.say(GATES[values("at")], measures=_titles(requires, route, words))
    either = values("either")
    if len(either) == 1:
        yield "either", words.say(N_("Required as well: {measures}."), measures=_titles(either[0], route, words))
    elif either:
        ways = separated((_titles(names, route, words) for names in either), words.language)
        message = N_("Of these alternatives, at least one must be met as a whole: {alternatives}.")
        yield "either", words.say(message, alternatives=ways)


def _quota(values: Values, route: RouteText, words: Words) -> Iterator[Said]:
    yield "people", words.say(QUOTAS[values("per")], people=values("people"))
    for purpose, places in values("shares").items():
        message = N_("Places kept for {purpose}: {n}.")
        yield f"shares.{purpose}", words.say(message, purpose=words.term(purpose), n=places)


def _titles(identifiers: tuple[str, ...], route: RouteText, words: Words) -> str:
    titles = {measure.id: measure_title(measure, words) for measure in route.measure}
    return words.listed(titles.get(identifier, identifier) for identifier in identifiers)


_SAY: dict[type, Callable[[Values, RouteText, Words], Iterator[Said]]] = {
    MonitorText: _monitor,
    FollowUpText: _monitor,
    LaboratoryTestText: _test,
    DocumentText: _document,
    StayText: _stay,
    GateText: _gate,
    QuotaText: _quota,
}
