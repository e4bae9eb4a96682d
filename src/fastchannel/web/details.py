"""A reason's details in the reader's words: places, measures, windows and moments instead of codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.phrases import listed, span_words, windows_words
from fastchannel.agreement.provisions import Paper, Provisions
from fastchannel.agreement.vocabulary import Words
from fastchannel.casework.grounds import said
from fastchannel.decide.standing import Detail, Obligation, Reason
from fastchannel.decide.words import OBLIGATIONS, say
from fastchannel.terms.language import pick, translate
from fastchannel.terms.moments import MomentError, parse_span, parse_windows
from fastchannel.web import times, words
from fastchannel.web.places import place_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CORE_LANGUAGES = {"en": "en", "zh-hans": "zh-Hans", "ko": "ko"}

LABELS: dict[str, StrOrPromise] = {
    "amended": pgettext_lazy("detail", "amended"),
    "applied": pgettext_lazy("detail", "applied on"),
    "arrival": pgettext_lazy("detail", "arrival in"),
    "companion": pgettext_lazy("detail", "companion"),
    "companions": pgettext_lazy("detail", "companions"),
    "day": pgettext_lazy("detail", "date"),
    "days": pgettext_lazy("detail", "days with a check-in"),
    "departure": pgettext_lazy("detail", "departure"),
    "document": pgettext_lazy("detail", "document"),
    "done": pgettext_lazy("detail", "days checked in"),
    "duties": pgettext_lazy("detail", "duties"),
    "filed": pgettext_lazy("detail", "filed"),
    "finding": pgettext_lazy("detail", "result"),
    "gate": pgettext_lazy("detail", "gate"),
    "issued": pgettext_lazy("detail", "issued"),
    "issuer": pgettext_lazy("detail", "issuer"),
    "issuers": pgettext_lazy("detail", "issuers"),
    "laboratory": pgettext_lazy("detail", "laboratory"),
    "laboratories": pgettext_lazy("detail", "laboratories"),
    "left": pgettext_lazy("detail", "left on"),
    "measures": pgettext_lazy("detail", "all of these met"),
    "most": pgettext_lazy("detail", "at most"),
    "most_silent_days": pgettext_lazy("detail", "most days without a check-in"),
    "onward_to": pgettext_lazy("detail", "onward to"),
    "outstanding": pgettext_lazy("detail", "outstanding"),
    "passed": pgettext_lazy("detail", "passed on"),
    "people": pgettext_lazy("detail", "places"),
    "per": pgettext_lazy("detail", "in each"),
    "purpose": pgettext_lazy("detail", "purpose"),
    "purposes": pgettext_lazy("detail", "purposes"),
    "reason": pgettext_lazy("detail", "reason"),
    "region": pgettext_lazy("detail", "region"),
    "regions": pgettext_lazy("detail", "open regions"),
    "sample": pgettext_lazy("detail", "sample"),
    "sampled": pgettext_lazy("detail", "sampled"),
    "samples": pgettext_lazy("detail", "samples"),
    "silent_days": pgettext_lazy("detail", "days running without a check-in"),
    "since": pgettext_lazy("detail", "since"),
    "test": pgettext_lazy("detail", "test"),
    "unmet": pgettext_lazy("detail", "not met"),
    "until": pgettext_lazy("detail", "until"),
    "valid_for": pgettext_lazy("detail", "good for"),
}
RULES: dict[str, StrOrPromise] = {
    "in-force": _("The agreement being in force"),
    "eligibility": _("Who may travel"),
    "region": _("The regions that are open"),
    "onward": _("The way on from the point of entry"),
    "application": _("The application in time"),
    "review": _("Review of the application"),
    "duties": _("The sponsor's duties"),
    "case": _("A confirmed infection"),
    "contact": _("Contact with a case"),
    "suspension": _("The route's suspension"),
}
SAID = frozenset({"gate.awaits", "gate.passed-unmet", "document.missing", "test.missing"})
HIDDEN = frozenset({"by", "case", "digest"})  # identifiers that say nothing to a reader


def core_language(language: str | None) -> str:
    """The core's name of a Django language code."""
    return CORE_LANGUAGES.get((language or "en").lower(), "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    text: str
    clause: str
    effect: str
    required: str
    found: str
    code: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationLine:
    title: str
    badge: words.Badge
    kind: str
    measure: str
    clause: str
    who: str
    status: str
    opens: datetime | None
    due: datetime | None
    opens_text: str
    due_text: str
    zone: str
    zone_text: str
    done: int
    needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Puts codes into one reader's language, with the names that the agreement gives."""

    agreement: Agreement | None
    provisions: Provisions | None
    language: str  # Django's code
    zone: str  # for instants inside a reason

    @property
    def core(self) -> str:
        """The reader's language as the core names it."""
        return core_language(self.language)

    def measure(self, identifier: str, kind: str = "") -> str:
        """A measure's title, by the agreement's own words or else by its kind."""
        found = self.provisions.measure(identifier) if self.provisions else None
        if found is not None and found.title:
            return pick(found.title, self.core)
        if identifier in RULES:
            return str(RULES[identifier])
        if kind in OBLIGATIONS:
            return translate(OBLIGATIONS[kind], self.core)
        return self.term(identifier)

    def term(self, identifier: str) -> str:
        """A purpose, document or agency in the agreement's words."""
        if self.agreement is None:
            return identifier.replace("-", " ")
        return Words(self.agreement.text, self.core).agency(identifier)

    def document(self, identifier: str) -> str:
        """A document, by the title of the measure that asks for it or else in the agreement's words."""
        for item in self.provisions.measures if self.provisions else ():
            if isinstance(item, Paper) and item.document == identifier and item.title:
                return pick(item.title, self.core)
        return self.term(identifier)

    def duty(self, identifier: str) -> str:
        """A duty of the sponsor in the agreement's words."""
        for route in self.agreement.routes.values() if self.agreement else ():
            for duty in route.text.sponsor.duty if route.text.sponsor else ():
                if duty.id == identifier:
                    return pick(duty.text, self.core)
        return self.measure(identifier)

    def party(self, code: str) -> str:
        """A party's zone or UTC."""
        held = self.agreement.parties.get(code) if self.agreement else None
        return str(held.zone) if held else times.NO_ZONE

    def sentence(self, reason: Reason) -> str:
        """A reason as a sentence, and no more of it."""
        return self._sentence(self._in_words(reason))

    def reason(self, reason: Reason) -> ReasonLine:
        """A reason as a sentence, with required and found beside each other."""
        shown = self._in_words(reason)
        beside = bool(reason.required) and reason.code not in SAID  # else the sentence says it all
        return ReasonLine(
            text=self._sentence(shown),
            clause=reason.clause,
            effect=reason.effect.value,
            required=_pairs(shown.required) if beside else "",
            found=_pairs(shown.found) if beside else "",
            code=reason.code,
            measure=reason.measure,
        )

    def _sentence(self, shown: Reason) -> str:
        if shown.code == "withheld":
            return str(_("Health details are not shown to your role."))
        return say(shown, self.core)

    def _in_words(self, reason: Reason) -> Reason:
        return msgspec.structs.replace(
            reason,
            required={key: self.detail(key, value) for key, value in reason.required.items()},
            found={key: self.detail(key, value) for key, value in reason.found.items()},
        )

    def detail(self, key: str, value: Detail) -> str:
        """One detail in words."""
        if isinstance(value, list):
            return listed([self.detail(key, item) for item in value], self.core)
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, int | float):
            return str(value)
        return self._text(key, value)

    def _text(self, key: str, value: str) -> str:
        if key in {"region", "regions", "arrival", "onward_to"}:
            return place_words(value, self.language)
        if key in {"outstanding", "duties"}:
            return self.duty(value)
        if key in {"measures", "unmet"}:
            return self.measure(value)
        if key in {
            "purpose",
            "purposes",
            "companion",
            "companions",
            "issuer",
            "issuers",
            "laboratory",
            "laboratories",
        }:
            return self.term(value)
        if key == "document":
            return self.document(value)
        if key == "gate":
            return str(words.word(words.GATES, value))
        if key == "finding":
            return str(words.word(words.FINDINGS, value))
        if key == "test":
            return str(words.word(words.ASSAYS, value))
        if key == "reason":
            return said(value, self.core)
        if key in {"sample", "what"}:
            return value
        return self._moment(value)

    def _moment(self, value: str) -> str:
        try:
            if len(value) == 10:
                return times.day_words(date.fromisoformat(value), self.language)
            instant = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return times.moment_words(instant, self.zone, self.language)
        try:
            return windows_words(parse_windows(value), self.core) if ".." in value else span_words(parse_span(value), self.core)
        except MomentError:
            return value

    def obligation(self, item: Obligation) -> ObligationLine:
        """An obligation with its window in the place's time."""

        title = self.measure(item.measure, item.kind)

        def shown(moment: datetime | None) -> str:
            return times.moment_words(moment, item.zone, self.language, name_zone=False) if moment else ""

        return ObligationLine(
            title=f"{translate(OBLIGATIONS['call'], self.core)}: {title}" if item.kind == "call" else title,
            badge=words.status_badge(item.status.value, item.kind),
            kind=item.kind,
            measure=item.measure,
            clause=item.clause,
            who=item.who,
            status=item.status.value,
            opens=item.opens,
            due=item.due,
            opens_text=shown(item.opens),
            due_text=times.deadline_words(item.due, item.zone, self.language, name_zone=False) if item.due else "",
            zone=item.zone,
            zone_text=times.zone_words(item.zone, self.language),
            done=item.done,
            needed=item.needed,
        )


def _pairs(details: dict[str, Detail]) -> str:
    shown = [(str(words.word(LABELS, key)), value) for key, value in details.items() if key not in HIDDEN and value != ""]
    return "; ".join(f"{label}: {value}" for label, value in shown)
