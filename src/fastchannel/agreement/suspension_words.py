"""Triggers and their conditions in words."""

from __future__ import annotations

from collections.abc import Iterator

from fastchannel.agreement.conditions import Comparison, Condition, Function, Unit
from fastchannel.agreement.phrases import moment_words, span_words
from fastchannel.agreement.text import Complete, Fate, Scope, Side, TriggerText
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
    Scope.FLIGHT: N_(
        "If {condition}, flights of that line carry no travellers of this channel for {span}, beginning at: {moment}."
    ),
}


def condition_words(condition: Condition, words: Words) -> str:
    """A condition as a clause that can follow "if"."""
    groups = [words.listed(comparison_words(item, words) for item in group) for group in condition.any_of]
    return words.listed(groups, style="or")


def comparison_words(comparison: Comparison, words: Words) -> str:
    """One figure against one number."""
    metric = words.of(METRICS, comparison.metric)
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
    yield words.say(
        SCOPES[trigger.unit],
        condition=condition_words(trigger.when, words),
        span=span_words(trigger.effect.suspend, words.language),
        moment=moment_words(trigger.effect.from_, words.language),
    )
    yield words.say(SIDES[trigger.side])
    if trigger.routes:
        routes = words.listed(words.route(route) for route in trigger.routes)
        yield words.say(N_("This concerns: {routes}."), routes=routes)
    if trigger.resume:
        last = N_("It opens again if, on the last day of the suspension, {condition}.")
        any_day = N_("It opens again once {condition}.")
        message = last if trigger.resume.on_last_day else any_day
        yield words.say(message, condition=condition_words(trigger.resume, words))
    if isinstance(trigger.under_way, Complete):
        moment = moment_words(trigger.under_way.complete, words.language)
        yield words.say(
            N_("Journeys that are past this moment when the suspension begins are completed: {moment}."), moment=moment
        )
    elif trigger.under_way is Fate.COMPLETE:
        yield words.say(N_("Travellers who have departed when the suspension begins complete their journey."))
    else:
        yield words.say(N_("Journeys under way are stopped too."))
