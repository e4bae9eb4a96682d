"""One change between two versions of an agreement, and whom it touches among those under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fastchannel.agreement.phrases import day
from fastchannel.agreement.text import AgreementText, Complete
from fastchannel.agreement.vocabulary import Words
from fastchannel.terms.language import N_
from fastchannel.terms.moments import Anchor


class Kind(StrEnum):
    VERSION = "version"  # a new version takes over
    OPENED = "opened"  # regions
    CLOSED = "closed"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    ORDER = "order"
    WORDING = "wording"  # no rule changes: titles, remarks, sources, clause numbers, layout


class Touches(StrEnum):
    """Who among those under way is affected."""

    NOBODY = "nobody"
    LATER = "later"  # only those who have not come as far as the version's own rule says
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``path`` leads to the place in the text, named tables and measures by identifier; ``who`` is in words."""

    path: tuple[str, ...]
    kind: Kind
    since: date
    touches: Touches
    sentence: str
    until: date | None = None
    who: str = ""
    clause: str = ""

    def __str__(self) -> str:
        return self.sentence


SPARED = {
    Anchor.APPLICATION: N_("Whoever applied before {date} is not affected."),
    Anchor.APPROVAL: N_("Whoever was approved before {date} is not affected."),
    Anchor.DEPARTURE: N_("Whoever departs before {date} is not affected."),
    Anchor.ARRIVAL: N_("Whoever arrives before {date} is not affected."),
}


def touches(newer: AgreementText) -> Touches:
    """Whom among those under way a rule that this version changes reaches."""
    return Touches.LATER if isinstance(newer.agreement.under_way, Complete) else Touches.EVERYBODY


def touched_words(who: Touches, since: date, newer: AgreementText, words: Words) -> str:
    """Whether anybody under way is affected, as a sentence."""
    under_way = newer.agreement.under_way
    if who is Touches.NOBODY:
        return words.say(N_("Nobody under way is affected."))
    if not isinstance(under_way, Complete):
        return words.say(N_("Those under way are affected too."))
    # Rules are those of the date of departure, so one that begins later spares whoever departs before it begins.
    later = since > newer.agreement.in_force
    anchor = Anchor.DEPARTURE if later else under_way.complete.anchor
    return words.say(SPARED[anchor], date=day(since, words.language))
