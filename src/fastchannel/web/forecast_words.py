"""A forecast in plain words: its numbers as far as they mean something, its steps by the text's own titles, its rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fastchannel.casework import proposals
from fastchannel.casework.forecasts import Held, Outcome, Outlook, Step
from fastchannel.forecast.figures import Name
from fastchannel.terms.events import Assay
from fastchannel.terms.language import pick
from fastchannel.web import words
from fastchannel.web.times import locale_of, number_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LEAST = 1e-4  # a smaller number says nothing
LEAST_SHARE = 1e-6
SAME = 5e-3  # relative: a difference that the figures shown do not show

ASSAYS: dict[str, StrOrPromise] = {
    Assay.NAAT: gettext_lazy("PCR"),
    Assay.ANTIGEN: gettext_lazy("Antigen"),
    Assay.IGM: gettext_lazy("IgM antibodies"),
    Assay.IGG: gettext_lazy("IgG antibodies"),
    Assay.ANTIBODY: gettext_lazy("Antibodies"),
}
STEP_TITLES: dict[str, StrOrPromise] = {
    proposals.FIRST_TEST: gettext_lazy("Test before departure"),
    proposals.ARRIVAL_TEST: gettext_lazy("Test on arrival"),
    proposals.FURTHER_TEST: gettext_lazy("Further test"),
    proposals.ISOLATION: gettext_lazy("Isolation"),
    proposals.CLOSED_LOOP: gettext_lazy("Closed loop"),
}
WAITING: StrOrPromise = gettext_lazy("Waiting for the result")


def amount(value: float, language: str | None) -> str:
    """A number to two figures that mean something, whole from a hundred on."""
    if value == 0.0:
        return "0"
    size = abs(value)
    if size < LEAST:
        return _("less than %(least)s") % {"least": format_decimal(LEAST, format="0.####", locale=locale_of(language))}
    if size >= 100.0:
        return number_words(round(value), language)
    places = max(1 - math.floor(math.log10(size)), 0) if size < 10.0 else 1
    return str(format_decimal(round(value, places), format="#,##0.######", locale=locale_of(language)))


def share(value: float, language: str | None) -> str:
    """A share as a percentage; near its ends it says how near, and never claims to be there."""
    locale = locale_of(language)
    rest = min(value, 1.0 - value)
    if 0.0 < rest < LEAST_SHARE:
        least = format_percent(LEAST_SHARE if value < 0.5 else 1.0 - LEAST_SHARE, format="0.####%", locale=locale)
        return (_("less than %(share)s") if value < 0.5 else _("more than %(share)s")) % {"share": least}
    places = 1 if rest == 0.0 or rest >= 5e-4 else 1 - math.floor(math.log10(rest * 100.0))
    return str(format_percent(round(value, places + 2), format="0.######%", locale=locale))


def signed(value: float, language: str | None) -> str:
    """A difference with its sign."""
    text = amount(abs(value), language)
    return text if value == 0.0 else f"{'+' if value > 0 else '−'}{text}"


def same(value: float, other: float, least: float = LEAST) -> bool:
    """Whether two figures read alike."""
    return abs(value - other) <= SAME * max(abs(value), abs(other)) or max(abs(value), abs(other)) < least


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure at the head. ``change`` is against the text, with a tone where less or more of it is better."""

    value: str
    unit: str
    title: str
    change: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of the proposal and of the text."""

    title: str
    unit: str
    proposed: str
    text: str
    change: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A step with its share of the infected, 0 to 100, for a bar; ``tone`` good, stop or none."""

    title: str
    kind: str
    clause: str
    when: str
    found: str
    percent: float
    tone: str
    inner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How a figure is called and shown; less of it is better unless ``more``; no tone where it is neither."""

    name: Name
    title: StrOrPromise
    unit: StrOrPromise
    as_share: bool = False
    more: bool = False


ROWS = (
    Measured(name=Name.IMPORTS, title=gettext_lazy("Imports"), unit=gettext_lazy("per million travellers")),
    Measured(name=Name.EXPECTED_IMPORTS, title=gettext_lazy("Imports expected"), unit=gettext_lazy("in the period")),
    Measured(
        name=Name.NO_IMPORT,
        title=gettext_lazy("No import"),
        unit=gettext_lazy("in the period"),
        as_share=True,
        more=True,
    ),
    Measured(name=Name.OUTBREAK, title=gettext_lazy("An outbreak"), unit=gettext_lazy("in the period"), as_share=True),
    Measured(
        name=Name.AVERTED_SHARE, title=gettext_lazy("Transmission averted"), unit="", as_share=True, more=True
    ),
    Measured(name=Name.DAYS_LOST, title=gettext_lazy("Days lost"), unit=gettext_lazy("per traveller")),
    Measured(name=Name.CLOSED_LOOP_DAYS, title=gettext_lazy("Days in the closed loop"), unit=gettext_lazy("per traveller")),
    Measured(name=Name.TESTS, title=gettext_lazy("Tests"), unit=gettext_lazy("per traveller")),
    Measured(name=Name.ROOMS, title=gettext_lazy("Rooms"), unit=gettext_lazy("in use at a time")),
    Measured(
        name=Name.FALSE_POSITIVES,
        title=gettext_lazy("Held without being infected"),
        unit=gettext_lazy("per million travellers"),
    ),
)  # fmt: skip
HEAD = (Name.IMPORTS, Name.NO_IMPORT, Name.DAYS_LOST, Name.TESTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells one forecast to one reader."""

    held: Held
    outlook: Outlook
    language: str

    def _value(self, outcome: Outcome | None, measured: Measured) -> float | None:
        return None if outcome is None else outcome.figures.get((measured.name, ""))

    def _shown(self, value: float, measured: Measured) -> str:
        return share(value, self.language) if measured.as_share else amount(value, self.language)

    def _change(self, value: float, before: float | None, measured: Measured) -> tuple[str, str]:
        """The difference to the text, and whether it is for the better."""
        if before is None:
            return "", ""
        if same(value, before, LEAST_SHARE if measured.as_share else LEAST):
            return _("as the text"), ""
        better = (value > before) == measured.more
        if measured.as_share:
            points = signed((value - before) * 100.0, self.language)
            return _("%(n)s points") % {"n": points}, "good" if better else "stop"
        return signed(value - before, self.language), "good" if better else "stop"

    @property
    def rows(self) -> list[Row]:
        """Every figure beside the text's."""
        found = []
        for measured in ROWS:
            value = self._value(self.held.proposed, measured)
            if value is None:
                continue
            before = self._value(self.held.text, measured)
            change, tone = self._change(value, before, measured)
            found.append(
                Row(
                    title=str(measured.title),
                    unit=str(measured.unit),
                    proposed=self._shown(value, measured),
                    text="—" if before is None else self._shown(before, measured),
                    change=change,
                    tone=tone,
                )
            )
        return found

    @property
    def tiles(self) -> list[Tile]:
        """The figures that open the page."""
        by_name = {measured.name: measured for measured in ROWS}
        found = []
        for name in HEAD:
            measured = by_name[name]
            value = self._value(self.held.proposed, measured)
            if value is None:
                continue
            change, tone = self._change(value, self._value(self.held.text, measured), measured)
            unit = self._period() if name is Name.NO_IMPORT else str(measured.unit)
            found.append(
                Tile(value=self._shown(value, measured), unit=unit, title=str(measured.title), change=change, tone=tone)
            )
        return found

    def _period(self) -> str:
        return ngettext("in %(n)d day", "in %(n)d days", self.outlook.days) % {"n": self.outlook.days}

    @property
    def further_test(self) -> str:
        """The kind of the further test that the curves are drawn with."""
        return str(words.word(ASSAYS, self.held.further_test))

    @property
    def sentences(self) -> list[str]:
        """The forecast in a few sentences."""
        outcome, language = self.held.proposed, self.language
        figures = outcome.figures
        infected, on_the_way = figures[Name.INFECTED, ""], figures[Name.INFECTED_ON_THE_WAY, ""]
        imports = figures[Name.IMPORTS, ""]
        before = sum(step.found_per_million for step in outcome.steps if not step.after_release)
        found = [
            _("Of a million travellers %(infected)s are infected when they depart, and %(way)s more are infected on the way.")
            % {"infected": amount(infected, language), "way": amount(on_the_way, language)},
            _(
                "The measures find %(found)s of them before release; %(imports)s are released while infected: "
                "these are the imports."
            )
            % {"found": amount(before, language), "imports": amount(imports, language)},
        ]
        if (Name.EXPECTED_IMPORTS, "") in figures:
            found.append(
                _(
                    "With %(n)s travellers a day, %(expected)s imports are expected %(period)s. The probability that there is "
                    "none at all is %(none)s, that one of them starts an outbreak %(outbreak)s."
                )
                % {
                    "n": amount(outcome.travellers_per_day, language),
                    "expected": amount(figures[Name.EXPECTED_IMPORTS, ""], language),
                    "period": self._period(),
                    "none": share(figures[Name.NO_IMPORT, ""], language),
                    "outbreak": share(figures[Name.OUTBREAK, ""], language),
                }
            )
        return [*found, *self._against_the_text()]

    def _against_the_text(self) -> list[str]:
        if self.held.text is None:
            return [
                _("This pathogen's profile lacks a test that the text asks for, so there is no forecast of the text itself.")
            ]
        if self.held.proposed.proposal == self.held.text.proposal:
            return [_("This is the text as it stands. Change a choice to see what it would do.")]
        mine, text = self.held.proposed.figures, self.held.text.figures
        imports, before = mine[Name.IMPORTS, ""], text[Name.IMPORTS, ""]
        days = mine[Name.DAYS_LOST, ""] - text[Name.DAYS_LOST, ""]
        cost = (
            _("for the same days lost")
            if abs(days) < 0.01
            else (_("for %(n)s more days lost per traveller") if days > 0 else _("with %(n)s fewer days lost per traveller"))
            % {"n": amount(abs(days), self.language)}
        )
        if same(imports, before):
            return [_("Against the text as it stands: as many imports, %(cost)s.") % {"cost": cost}]
        if before <= 0.0:
            return []
        less = imports < before
        part = share(abs(imports / before - 1.0), self.language)
        told = (
            _("Against the text as it stands: %(share)s fewer imports, %(cost)s.")
            if less
            else _("Against the text as it stands: %(share)s more imports, %(cost)s.")
        )
        return [told % {"share": part, "cost": cost}]

    @property
    def bars(self) -> list[Bar]:
        """Where the infected are found, from all of them to those who are released."""
        outcome = self.held.proposed
        figures = outcome.figures
        total = figures[Name.INFECTED, ""] + figures[Name.INFECTED_ON_THE_WAY, ""]
        imports = figures[Name.IMPORTS, ""]
        early = [step for step in outcome.steps if not step.after_release]
        late = [step for step in outcome.steps if step.after_release]
        over = max(total - imports - sum(step.found_per_million for step in early), 0.0)
        bars = [self._bar(_("Infected, at departure or on the way"), total, total, tone="all")]
        bars += [self._step(step, total) for step in early]
        bars.append(self._bar(_("Never found, but over before release"), over, total))
        bars.append(self._bar(_("Released while infected: imports"), imports, total, tone="stop"))
        return [*bars, *(self._step(step, total, inner=True) for step in late)]

    @property
    def lengths(self) -> list[list[str]]:
        """The curves as rows: the length, then days lost, imports and infections passed on, without and with the test."""
        return [
            [
                str(plain.isolation_days),
                *(
                    amount(value, self.language)
                    for point in (plain, further)
                    for value in (point.days_lost, point.imports_per_million, point.onward_per_million)
                ),
            ]
            for plain, further in zip(self.held.plain, self.held.further, strict=True)
        ]

    def _bar(self, title: str, value: float, total: float, *, tone: str = "") -> Bar:
        percent = min(100.0 * value / total, 100.0) if total > 0.0 else 0.0
        return Bar(
            title=title, kind="", clause="", when="", found=amount(value, self.language), percent=round(percent, 2), tone=tone
        )

    def _step(self, step: Step, total: float, *, inner: bool = False) -> Bar:
        percent = min(100.0 * step.found_per_million / total, 100.0) if total > 0.0 else 0.0
        kind = str(words.word(ASSAYS, step.assay)) if step.assay else _("Symptoms noticed there")
        kind = kind if step.assay or step.stay else _("Symptoms reported")
        return Bar(
            title=self.step_title(step),
            kind=kind,
            clause=step.clause,
            when=self._when(step),
            found=amount(step.found_per_million, self.language),
            percent=round(percent, 2),
            tone="late" if inner else "good",
            inner=inner,
        )

    def step_title(self, step: Step) -> str:
        """The text's own title of a measure; of one that the proposal adds, what it is."""
        measure = self.held.proposed.provisions.measure(step.measure)
        if measure is not None and measure.title:
            return pick(measure.title, self.language)
        for name, title in STEP_TITLES.items():
            if step.measure.startswith(name):
                return str(title)
        if measure is None:
            return str(WAITING)
        return str(STEP_TITLES[proposals.FIRST_TEST if step.start < 0 else proposals.ARRIVAL_TEST])

    def _when(self, step: Step) -> str:
        """The day on which a step begins: days before departure, or after it."""
        day = math.floor(step.start)
        if step.start < 0.0:
            days = math.ceil(-step.start)
            return ngettext("%(n)d day before departure", "%(n)d days before departure", days) % {"n": days}
        return _("on the day of arrival") if day == 0 else _("day %(n)d") % {"n": day}
