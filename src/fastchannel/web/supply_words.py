"""What the pages of supply say: limits, reasons and ways out, in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from fastchannel.casework.allocation import Answer, Line, Scarce, Stuck, Taken, Way, parts
from fastchannel.casework.needs import CLASS_WORDS
from fastchannel.casework.plans import Plan
from fastchannel.terms.language import translate
from fastchannel.web.details import core_language
from fastchannel.web.forecast_words import amount, share
from fastchannel.web.places import place_words
from fastchannel.web.times import day_words, short_day_words
from fastchannel.web.words import Badge

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HAS_PLACE = Badge(text=pgettext_lazy("need", "has a place"), mark="check", tone="good")
NO_PLACE = Badge(text=pgettext_lazy("need", "no place"), mark="dash", tone="hold")
WAITS = Badge(text=pgettext_lazy("need", "waits for places"), mark="clock", tone="wait")
WITHDRAWN = Badge(text=pgettext_lazy("need", "withdrawn"), mark="cross")
BY_HAND = Badge(text=pgettext_lazy("need", "decided by hand"), mark="flag", tone="accent")
EXACT = Badge(text=pgettext_lazy("allocation", "solved exactly"), mark="check", tone="good")
BY_PRICES = Badge(text=pgettext_lazy("allocation", "by prices, not solved exactly yet"), mark="ring", tone="wait")
STUCK = Badge(text=pgettext_lazy("allocation", "cannot be kept"), mark="warning", tone="stop")
PUBLISHED = Badge(text=pgettext_lazy("allocation", "published"), mark="flag", tone="good")
OPEN_BATCH = Badge(text=pgettext_lazy("allocation", "open"), mark="ring", tone="accent")
WORKING = Badge(text=pgettext_lazy("allocation", "being worked out"), mark="clock", tone="wait")
NOTHING = 1e-6
MOST_TAKEN = 3  # charges that a sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Says things of one batch in one language."""

    language: str
    route: str
    first_day: date

    @classmethod
    def of(cls, plan: Plan, language: str) -> Speaker:
        """Of a plan."""
        return cls(language=language, route=plan.route, first_day=plan.first_day)

    def day(self, number: int) -> str:
        """A day of the batch."""
        return short_day_words(self.first_day + timedelta(days=number), self.language)

    def number(self, value: float) -> str:
        """A figure."""
        return amount(value, self.language)

    def chance(self, risk: float) -> str:
        """A sum of −log(1 − p) as the chance that it stands for."""
        return share(-math.expm1(-risk), self.language)

    def limit(self, kind: str, of: str, number: int) -> str:
        """A limit in words."""
        values = {"of": of, "day": self.day(number), "week": number + 1}
        if kind == "seats":
            return _("seats of flight %(of)s, %(day)s") % values
        if kind == "rooms":
            return _("rooms of %(of)s, night of %(day)s") % values
        if kind == "tests":
            return _("tests of %(of)s, %(day)s") % values
        if kind == "risk":
            return _("import risk of week %(week)d") % values
        if kind == "floor":
            return _("places reserved for %(of)s") % {"of": self.reserve(of)}
        return _("places given by hand")

    def reserve(self, of: str) -> str:
        """Whom places are reserved for."""
        kind, _blank, name = of.partition(" ")
        if kind == "class" and name in CLASS_WORDS:
            return translate(CLASS_WORDS[name], core_language(self.language))
        return place_words(name, self.language) if kind == "region" else name

    def named(self, limit: str) -> str:
        """A limit by the name that supply gives it."""
        return self.limit(*parts(limit))

    def price(self, line: Line) -> str:
        """Value less what it takes."""
        if line.profit is None:
            if line.override is not None:
                return _("Decided by hand: no price decides about it.")
            return _("No flight and place have room for the whole team on the days that it asks for.")
        cost = line.value - line.profit
        told = [one for one in line.taken if abs(one.takes * one.price) > 0.005 * max(line.value, 1e-9)]
        shown = sorted(told, key=lambda one: -abs(one.takes * one.price))[:MOST_TAKEN]
        values = {"value": self.number(line.value), "cost": self.number(cost), "profit": self.number(line.profit)}
        if not shown:
            return _("Value %(value)s; what it takes is not scarce.") % values
        taken = "; ".join(self._taken(one) for one in shown)
        return _("Value %(value)s − %(cost)s for what it takes (%(taken)s) = %(profit)s.") % {**values, "taken": taken}

    def _taken(self, one: Taken) -> str:
        kind, of, number = parts(one.limit)
        values = {"limit": self.limit(kind, of, number), "cost": self.number(abs(one.takes * one.price))}
        return (_("%(limit)s: earns %(cost)s") if kind == "floor" else _("%(limit)s: %(cost)s")) % values

    def change(self, line: Line) -> str:
        """What would change it."""
        if line.override is not None or line.profit is None:
            return ""
        if line.rise_least is not None and line.rise_most is not None:
            by = self._range(line.rise_least, line.rise_most)
            if line.given is not None:
                return _("Solved again without it: it keeps its place until its value falls by %(by)s.") % {"by": by}
            return _("Solved again with it: its value would have to rise by %(by)s.") % {"by": by}
        if line.given is not None:
            return _("At these prices it keeps its place until its value falls by about %(by)s.") % {
                "by": self.number(max(0.0, line.profit))
            }
        if line.profit < 0.0:
            return _("At these prices its value would have to rise by about %(by)s.") % {"by": self.number(-line.profit)}
        return _("At these prices it is worth its place, but the whole team does not fit beside the others.")

    def state(self, kind: str, left: str, *, full: bool) -> str:
        """Whether a limit is used up."""
        if kind == "floor":
            return _("reached") if full else _("not reached")
        return _("full") if full else _("%(left)s left") % {"left": left}

    def worth(self, one: Scarce) -> str:
        """What one more unit of a limit is worth."""
        if one.kind == "floor":
            if (one.price if one.least is None else one.least) > -NOTHING:
                return _("costs nothing: they would have places anyway")
            return _("one more reserved place costs %(by)s") % {"by": self._span(one, -1.0)}
        if (one.price if one.most is None else one.most) < NOTHING:
            return _("one more is worth nothing")
        if one.kind == "risk":
            return _("a tenth of a percentage point more is worth %(by)s") % {"by": self._span(one, 1.0)}
        return _("one more is worth %(by)s") % {"by": self._span(one, 1.0)}

    def _span(self, one: Scarce, sign: float) -> str:
        if one.least is None or one.most is None:
            return _("about %(n)s") % {"n": self.number(abs(one.price))}
        return self._range(*sorted((sign * one.least, sign * one.most)))

    def _range(self, low: float, high: float) -> str:
        low = max(low, 0.0)
        if high - low <= 0.01 * max(high, 1e-12):
            return self.number(high)
        return _("%(least)s to %(most)s") % {"least": self.number(low), "most": self.number(high)}

    def stuck(self, found: Stuck) -> str:
        """Which limits conflict."""
        return _("These cannot be kept together: %(limits)s.") % {"limits": "; ".join(self.named(one) for one in found.limits)}

    def way(self, one: Way) -> str:
        """A way out."""
        kind = parts(one.limit)[0]
        if one.by is None:
            return _("%(limit)s: giving way here alone is not enough.") % {"limit": self.named(one.limit)}
        return _("%(limit)s: enough if they give way by %(by)s.") % {
            "limit": self.named(one.limit),
            "by": self.chance(one.by) if kind == "risk" else self.number(one.by),
        }

    def short(self, one: Way) -> str:
        """By how many people a reserve is missed."""
        n = round(one.by or 0.0)
        text = ngettext("%(limit)s: missed by %(n)d person at least.", "%(limit)s: missed by %(n)d people at least.", n)
        return text % {"limit": self.named(one.limit), "n": n}

    def answer(self, found: Answer) -> str:
        """The whole in one sentence."""
        given = sum(line.given is not None for line in found.lines)
        return _(
            "%(given)d of %(teams)d teams have a place, %(placed)d of %(people)d people. Value %(value)s; no choice is worth "
            "more than %(bound)s (%(gap)s below it at most)."
        ) % {
            "given": given,
            "teams": len(found.lines),
            "placed": found.placed,
            "people": found.people,
            "value": self.number(found.value),
            "bound": self.number(found.bound),
            "gap": share(found.gap, self.language),
        }

    def plain(self, found: Answer) -> str:
        """How good the plain ranking is."""
        reached = share(min(found.plain_share, 1.0), self.language)
        if found.plain_as_good:
            return _(
                "Ranking by direct output per room-night is as good here: it reaches %(reached)s of this value. "
                "Then choose by it: it is easier to explain."
            ) % {"reached": reached}
        told = _("Ranking by direct output per room-night is not as good here: it reaches %(reached)s of this value.")
        return " ".join([told % {"reached": reached}, *self._missed(found.plain_missed)])

    def _missed(self, people: int) -> list[str]:
        if not people:
            return []
        text = ngettext(
            "It would miss reserved places by %(n)d person.", "It would miss reserved places by %(n)d people.", people
        )
        return [text % {"n": people}]

    def arrives(self, number: int) -> str:
        """A day of the batch, in full."""
        return day_words(self.first_day + timedelta(days=number), self.language)


def method_badge(found: Answer) -> Badge:
    """How the answer was found."""
    if found.stuck is not None:
        return STUCK
    return EXACT if found.method == "exact" else BY_PRICES


KINDS: dict[str, StrOrPromise] = {
    "seats": pgettext_lazy("limit", "Seats"),
    "rooms": pgettext_lazy("limit", "Rooms"),
    "tests": pgettext_lazy("limit", "Tests"),
    "risk": pgettext_lazy("limit", "Import risk"),
    "floor": pgettext_lazy("limit", "Reserved places"),
}
