"""Triggers and their conditions in words."""

from __future__ import annotations

from collections.abc import Iterator

from fastchannel.agreement.conditions import Comparison, Condition, Function, Metric, Unit
from fastchannel.agreement.phrases import moment_words, span_words
from fastchannel.agreement.text import Complete, Effect, Fate, Reopening, Scope, Side, TriggerText
from fastchannel.agreement.vocabulary import METRICS, Words
from fastchannel.terms.language import N_
from fastchannel.terms.moments import Span

OVER_DAYS = {
    Function.MEAN: N_("the daily mean of {metric} over {span}"),
    Function.SUM: N_("the total of {metric} over {span}"),
    Function.COUNT: N_("the number of {metric} over {span}"),
    Function.MAX: N_("the highest daily number of {metric} over {span}"),
    Function.SHARE: N_("the share of {metric} over {span}"),
}
OVER_UNIT = {
    Unit.FLIGHT: (N_("the number of {metric} on one flight"), N_("the share of {metric} on one flight")),
    Unit.DAY: (N_("the number of {metric} on one day"), N_("the share of {metric} on one day")),
    Unit.WEEK: (N_("the number of {metric} in one week"), N_("the share of {metric} in one week")),
}
OPERATORS = {
    ">": N_("{figure} is more than {number}"),
    ">=": N_("{figure} is {number} or more"),
    "<": N_("{figure} is less than {number}"),
    "<=": N_("{figure} is {number} or less"),
}
SIDES = {
    Side.EITHER: N_("The figures of either side count."),
    Side.BOTH: N_("The figures of both sides must fit."),
    Side.ORIGIN: N_("The figures of the side that travellers come from count."),
    Side.DESTINATION: N_("The figures of the side that travellers go to count."),
}
SCOPES = {
    Scope.AGREEMENT: N_("If {condition}, every route is suspended for {span}, beginning at: {moment}."),
    Scope.ROUTE: N_("If {condition}, the route is suspended for {span}, beginning at: {moment}."),
    Scope.REGION: N_("If {condition} in a region, travel with that region is suspended for {span}, beginning at: {moment}."),
    Scope.CARRIER: N_("If {condition} with one carrier, its flights are suspended for {span}, beginning at: {moment}."),
    Scope.FLIGHT: N_(
        "If {condition}, flights of that line carry no travellers of this channel for {span}, beginning at: {moment}."
    ),
}
PAUSES = {
    Scope.AGREEMENT: N_("If {condition}, every route is paused for at most {span}, beginning at: {moment}."),
    Scope.ROUTE: N_("If {condition}, the route is paused for at most {span}, beginning at: {moment}."),
    Scope.REGION: N_(
        "If {condition} in a region, travel with that region is paused for at most {span}, beginning at: {moment}."
    ),
    Scope.CARRIER: N_("If {condition} with one carrier, its flights are paused for at most {span}, beginning at: {moment}."),
    Scope.FLIGHT: N_("If {condition}, flights of that line are paused for at most {span}, beginning at: {moment}."),
}
CONTINUES = {
    Scope.AGREEMENT: N_("If {condition}, every route stays open."),
    Scope.ROUTE: N_("If {condition}, the route stays open."),
    Scope.REGION: N_("If {condition} in a region, travel with that region goes on."),
    Scope.CARRIER: N_("If {condition} with one carrier, its flights go on."),
    Scope.FLIGHT: N_("If {condition}, flights of that line go on."),
}


def condition_words(condition: Condition, words: Words) -> str:
    """A condition as a clause that can follow "if"."""
    groups = [words.listed(comparison_words(item, words) for item in group) for group in condition.any_of]
    return words.listed(groups, style="or")


def comparison_words(comparison: Comparison, words: Words) -> str:
    """One figure against one number."""
    metric = words.of(METRICS, comparison.metric)
    if comparison.metric is Metric.EXPECTED_IMPORTS and isinstance(comparison.over, Span):
        span = span_words(comparison.over, words.language)
        figure = words.say(N_("the number of {metric} in the coming {span}"), metric=metric, span=span)
        return words.say(OPERATORS[comparison.operator], figure=figure, number=f"{comparison.number}")
    if comparison.metric is Metric.CLEAN_WEEKS:
        figure = words.say(N_("the number of {metric} on a line"), metric=metric)
        return words.say(OPERATORS[comparison.operator], figure=figure, number=f"{comparison.number}")
    if isinstance(comparison.over, Span):
        span = span_words(comparison.over, words.language)
        figure = words.say(OVER_DAYS[comparison.function], metric=metric, span=span)
    else:
        number, share = OVER_UNIT[comparison.over]
        figure = words.say(share if comparison.function is Function.SHARE else number, metric=metric)
    number_words = f"{comparison.number}{'%' if comparison.percent else ''}"
    return words.say(OPERATORS[comparison.operator], figure=figure, number=number_words)


def trigger_sentences(trigger: TriggerText, words: Words) -> Iterator[str]:
    """When the channel is suspended, for how long, when it opens again, and what it means for those under way."""
    yield _effect_sentence(trigger, words)
    yield words.say(SIDES[trigger.side])
    if trigger.reported:
        span = span_words(trigger.reported, words.language)
        yield words.say(N_("A day's figures count once they are published, {span} after it."), span=span)
    if trigger.routes:
        routes = words.listed(words.route(route) for route in trigger.routes)
        yield words.say(N_("This concerns: {routes}."), routes=routes)
    yield from _end_sentences(trigger, words)
    if trigger.effect.length is None:
        return
    yield _under_way_sentence(trigger, words)


def flights_words(effect: Effect, words: Words) -> str:
    """How many flights a line may have."""
    message = N_("each line may have up to {n} flights a week instead of {usual}")
    return words.say(message, n=effect.flights_per_week, usual=effect.usual)


def _effect_sentence(trigger: TriggerText, words: Words) -> str:
    effect, condition = trigger.effect, condition_words(trigger.when, words)
    moment = moment_words(effect.from_, words.language)
    if effect.length is None and effect.flights_per_week is None:
        return words.say(CONTINUES[trigger.unit], condition=condition)
    if effect.length is None:
        flights = flights_words(effect, words)
        message = N_("If {condition}, {flights}, beginning at: {moment}.")
        return words.say(message, condition=condition, flights=flights, moment=moment)
    table = SCOPES if effect.suspend else PAUSES
    span = span_words(effect.length, words.language)
    return words.say(table[trigger.unit], condition=condition, span=span, moment=moment)


def _end_sentences(trigger: TriggerText, words: Words) -> Iterator[str]:
    if trigger.reopens is Reopening.DECISION:
        yield words.say(N_("It opens again only when both parties so decide."))
    if trigger.resume and trigger.effect.length is None:
        yield words.say(N_("It ends once {condition}."), condition=condition_words(trigger.resume, words))
    elif trigger.resume:
        last = N_("It opens again if, on the last day of the suspension, {condition}.")
        any_day = N_("It opens again once {condition}.")
        message = last if trigger.resume.on_last_day else any_day
        yield words.say(message, condition=condition_words(trigger.resume, words))
    if trigger.effect.extend:
        message = N_("Where that does not hold, it is extended by {span} each time.")
        yield words.say(message, span=span_words(trigger.effect.extend, words.language))


def _under_way_sentence(trigger: TriggerText, words: Words) -> str:
    if isinstance(trigger.under_way, Complete):
        moment = moment_words(trigger.under_way.complete, words.language)
        return words.say(
            N_("Journeys that are past this moment when the suspension begins are completed: {moment}."), moment=moment
        )
    if trigger.under_way is Fate.COMPLETE:
        return words.say(N_("Travellers who have departed when the suspension begins complete their journey."))
    return words.say(N_("Journeys under way are stopped too."))
