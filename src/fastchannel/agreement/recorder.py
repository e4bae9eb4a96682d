"""What a comparison of two texts writes down: where it is, and the changes it found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastchannel.agreement.changes import Change, Kind, Touches, touched_words, touches
from fastchannel.agreement.periods import period_of, when
from fastchannel.agreement.text import AgreementText, RouteText
from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.language import N_


@dataclass(frozen=True, slots=True)
class At:
    """Where in the texts the walk is: ``place`` in words, ``who`` the travellers meant."""

    path: tuple[str, ...] = ()
    place: str = ""
    who: str = ""
    clause: str = ""
    owner: str = ""
    old_route: RouteText | None = None
    route: RouteText | None = None

    def to(self, *steps: str, **changes: Any) -> At:
        return replace(self, path=(*self.path, *steps), **changes)


class Recorder:
    """Two texts, their words, and the changes found so far."""

    def __init__(self, older: AgreementText, newer: AgreementText, language: str) -> None:
        self.older, self.newer = older, newer
        self.old_words, self.words = Words(older, language), Words(newer, language)
        self.changes: list[Change] = []
        self.spoken_of = min(period_of(older), period_of(newer), key=lambda period: period.since)

    def say(
        self,
        at: At,
        kind: Kind,
        sentence: str,
        *,
        since: date | None = None,
        until: date | None = None,
        who: Touches | None = None,
        prefixed: bool = True,
    ) -> None:
        """Record a change; its dates, and whom under way it touches, are added to the sentence."""
        begins = self.begins(since, until)
        who = Touches.NOBODY if kind is Kind.WORDING else who or touches(self.newer)
        if kind is Kind.WORDING:
            said = [sentence, self.words.say(N_("No rule changes."))]
        else:
            dated = when(sentence, begins, until, self.words) if prefixed else sentence
            said = [dated, touched_words(who, begins, self.newer, self.words)]
        self.changes.append(
            Change(
                path=at.path,
                kind=kind,
                since=begins,
                until=until,
                who=at.who,
                clause=at.clause,
                touches=who,
                sentence=self.joined(said),
            )
        )

    def begins(self, since: date | None, until: date | None) -> date:
        """From when a change holds: not before the newer version does, unless it speaks of earlier dates only."""
        first = self.newer.agreement.in_force
        if until is not None and until < first:
            return since or self.newer.agreement.first_in_force or until
        return max(since or first, first)

    def joined(self, sentences: Iterable[str]) -> str:
        """Whole sentences one after the other, as the language sets them."""
        return ("" if self.words.language.startswith("zh") else " ").join(sentences)
