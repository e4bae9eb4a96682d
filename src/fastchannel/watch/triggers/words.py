"""States, stops and reasons in words. Logic reads codes; only these sentences are for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.conditions import Comparison, parse_condition
from fastchannel.agreement.phrases import day as day_words
from fastchannel.agreement.phrases import moment_words
from fastchannel.agreement.suspension_words import comparison_words, condition_words
from fastchannel.agreement.text import Fate, Scope
from fastchannel.agreement.vocabulary import METRICS, Words
from fastchannel.terms.language import N_, pick
from fastchannel.terms.moments import Moment
from fastchannel.terms.places import is_code
from fastchannel.watch.triggers.figures import Figure
from fastchannel.watch.triggers.overrides import Act
from fastchannel.watch.triggers.states import DayState, Kind, Reason, State, Stop
from fastchannel.watch.triggers.subject import Subject

STATES: Mapping[State, str] = {
    State.OPEN: N_("open"),
    State.CONTINUED: N_("goes on"),
    State.RESUMED: N_("open again"),
    State.INCREASED: N_("open, with more flights"),
    State.REDUCED: N_("open, with fewer flights"),
    State.ANNOUNCED: N_("announced"),
    State.PAUSED: N_("paused"),
    State.SUSPENDED: N_("suspended"),
    State.EXTENDED: N_("suspended longer"),
}
KINDS: Mapping[Kind, str] = {
    Kind.SUSPENSION: N_("suspension"),
    Kind.PAUSE: N_("pause"),
    Kind.FREQUENCY: N_("another number of flights"),
}
REASONS: Mapping[str, str] = {
    "trigger.fired": N_("{condition}: found {found}. It holds from {first}."),
    "trigger.again": N_("Once more, {condition}: found {found}. It lasts until {until}."),
    "trigger.continues": N_("{condition}: found {found}. The channel goes on."),
    "trigger.overridden": N_("{condition}: found {found}. Both parties keep it open."),
    "trigger.cannot-be-told": N_("Whether {condition} cannot be told: {found}."),
    "resume.holds": N_("{condition}: found {found}. It opens again on {day}."),
    "resume.fails": N_("It does not hold that {condition}: found {found}. It is suspended until {day}."),
    "resume.cannot-be-told": N_("Whether {condition} cannot be told: {found}. It is suspended until {day}."),
    "resume.awaits-decision": N_("It stays suspended until both parties decide."),
    "stop.ended": N_("Its last day was {last}."),
    "override.both": N_("Both parties decided: {act}. Their reason: {reason}"),
    "override.unsigned": N_("Only {signed} has signed “{id}” ({act}); {missing} has not: it has no effect."),
    "override.no-reason": N_("“{id}” ({act}) gives no reason: it has no effect."),
    "override.later": N_("Both parties decided: {act}, from {first}. Their reason: {reason}"),
}
ACTS: Mapping[Act, str] = {
    Act.OPEN: N_("it stays open"),
    Act.PAUSE: N_("it is paused"),
    Act.SUSPEND: N_("it is suspended"),
}
DATES = frozenset({"first", "until", "day", "last"})


class TriggerWords:
    """What became of one agreement's triggers, in one language."""

    def __init__(self, agreement: Agreement, language: str) -> None:
        self.words = Words(agreement.text, language)
        self.language = language
        self.titles = {trigger.id: pick(trigger.title, language) for trigger in agreement.text.trigger if trigger.title}

    def state(self, state: State) -> str:
        return self.words.say(STATES[state])

    def kind(self, stop: Stop) -> str:
        return self.words.say(KINDS[stop.kind])

    def trigger(self, trigger: str) -> str:
        """A trigger's title; an override's or an untitled one's identifier."""
        return self.titles.get(trigger, trigger)

    def subject(self, subject: Subject) -> str:
        """What can be stopped."""
        match subject.scope:
            case Scope.AGREEMENT:
                return self.words.say(N_("every route"))
            case Scope.ROUTE:
                return self.words.route(subject.name)
            case Scope.REGION:
                return self.words.place(subject.name)
            case _:
                return subject.name

    def day(self, day: date) -> str:
        return day_words(day, self.language)

    def reason(self, reason: Reason) -> str:
        """Why, in a sentence."""
        values = {key: self._value(key, value) for key, value in reason.detail.items()}
        condition = condition_words(parse_condition(reason.required), self.words) if reason.required else ""
        found = self.words.listed(self.figure(one) for one in _shown(reason))
        sentence = self.words.say(REASONS[reason.code], **{**values, "condition": condition, "found": found})
        return sentence[:1].upper() + sentence[1:]

    def why(self, day: DayState) -> str:
        """All that is said of one day."""
        joint = "" if self.language.startswith("zh") else " "
        return joint.join(self.reason(reason) for reason in day.reasons)

    def figure(self, figure: Figure) -> str:
        """One figure, with what it is of."""
        of = self.of(figure)
        if figure.value is None and figure.missing:
            message = N_("{of}: {metric} not reported on {n} of {days} days")
            values = {"n": len(figure.missing), "days": len(figure.values)}
            return self.words.say(message, of=of, metric=self.words.of(METRICS, figure.metric), **values)
        if figure.value is None:
            return self.words.say(N_("{of}: {metric} not reported"), of=of, metric=self.words.of(METRICS, figure.metric))
        return self.words.say(N_("{of}: {value}"), of=of, value=self.value(figure))

    def of(self, figure: Figure) -> str:
        """Whose figure it is: a place, routes, a line, a carrier or one flight."""
        names = figure.of.split(", ")
        if all(name in self.words.text.route for name in names):
            return self.words.listed(self.words.route(name) for name in names)
        return self.words.place(figure.of) if is_code(figure.of) else figure.of

    def comparison(self, comparison: Comparison) -> str:
        """What is compared with what."""
        said = comparison_words(comparison, self.words)
        return said[:1].upper() + said[1:]

    def value(self, figure: Figure) -> str:
        """A figure's number; a share in per cent."""
        if figure.value is None:
            return ""
        if figure.required.startswith("share("):
            return f"{_short(figure.value * 100)} %"
        return _short(figure.value)

    def under_way(self, stop: Stop) -> str:
        """What becomes of those who are travelling."""
        if isinstance(stop.under_way, Moment):
            message = N_("those past this moment complete: {moment}; others are held")
            return self.words.say(message, moment=moment_words(stop.under_way, self.language))
        if stop.under_way is Fate.COMPLETE:
            return self.words.say(N_("those who have departed complete; others are held"))
        return self.words.say(N_("all are held"))

    def _value(self, key: str, value: str) -> str:
        if key in DATES and value:
            return self.day(date.fromisoformat(value))
        return self.words.say(ACTS[Act(value)]) if key == "act" else value


def _shown(reason: Reason) -> tuple[Figure, ...]:
    """Where it cannot be told, what is missing comes first to mind: figures that are there say nothing of that."""
    missing = tuple(figure for figure in reason.found if figure.holds is None)
    return missing if reason.code.endswith("cannot-be-told") and missing else reason.found


def _short(value: Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
