"""Amendments to an agreement's measures: single edits of the text, which the search tries and the amended text then says.

An amendment holds from a date: what the text said before keeps its dates, as the texts of an agreement do. Whoever reads the
amended text with `read_measures` reads the amendment; there is no second account of what a measure means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from fastchannel.agreement.text import (
    TEXT_LANGUAGES,
    AgreementText,
    Dated,
    GateAt,
    GateText,
    LaboratoryTestText,
    Measure,
    QuotaText,
    RouteText,
    StayText,
    Texts,
    Varying,
    Windows,
    always,
)
from fastchannel.terms.errors import FastChannelError
from fastchannel.terms.events import Assay
from fastchannel.terms.language import LANGUAGES, N_, translate
from fastchannel.terms.moments import Anchor, Moment, Span, Unit, Window

T = TypeVar("T")
ROOM_DAYS = 3  # that a stay may last beyond the day on which a test within it is taken, or beyond its least days

ASSAY_TITLES = {
    Assay.NAAT: N_("Nucleic acid test {day} days after arrival"),
    Assay.ANTIGEN: N_("Antigen test {day} days after arrival"),
}
TEST_TITLE = N_("Test {day} days after arrival")


class AmendmentError(FastChannelError):
    """An amendment that the text has no place for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest:
    """A test is of another kind, or sampled in another window."""

    measure: str
    assay: Assay
    sampled: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A measure is asked no more."""

    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherTest:
    """A further test, sampled ``day`` to ``day + 1`` days after arrival, on the clause and by the laboratories of ``like``.

    With ``stay`` and where a gate lets travellers out of it, both wait for the result; without, nobody is held for it.
    """

    id: str
    like: str
    assay: Assay
    day: int
    stay: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastDays:
    """A stay lasts at least so many days."""

    measure: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilDay:
    """A stay or the monitoring after release ends so many days after arrival."""

    measure: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """A quota lets so many people through in each of its periods."""

    measure: str
    people: int


Amendment = Retest | Drop | FurtherTest | LeastDays | UntilDay | Places


def amended_text(text: AgreementText, route: str, amendments: Iterable[Amendment], since: date) -> AgreementText:
    """The text with the amendments to one route from a date on. Raises AmendmentError."""
    edited = text.route[route]
    first = text.agreement.first_in_force or text.agreement.in_force
    for amendment in amendments:
        edited = _EDIT[type(amendment)](edited, amendment, _Dates(since, first))
    return replace(text, route=text.route | {route: edited})


@dataclass(frozen=True, slots=True)
class _Dates:
    since: date
    first: date

    def set(self, varying: Varying[T], value: T) -> Varying[T]:
        """The value from a date on; what held before keeps its dates."""
        if varying.nearest(self.since).is_ == value:
            return varying
        kept = [dated for dated in varying.values if (dated.since or date.min) < self.since]
        if kept and kept[0].since is None and kept[0].is_ is not None and self.first < self.since:
            kept[0] = replace(kept[0], since=self.first)
        if kept and kept[-1].until is not None and kept[-1].until >= self.since:
            kept[-1] = replace(kept[-1], until=None)
        return Varying((*kept, Dated(is_=value, since=self.since)))


def found(route: RouteText, identifier: str) -> Measure:
    """A measure of the route. Raises AmendmentError."""
    for measure in route.measure:
        if measure.id == identifier:
            return measure
    raise AmendmentError(f'the route has no measure "{identifier}"; it has {", ".join(m.id for m in route.measure)}')


def _put(route: RouteText, identifier: str, **changed: Any) -> RouteText:
    return replace(route, measure=tuple(replace(m, **changed) if m.id == identifier else m for m in route.measure))


def _retest(route: RouteText, amendment: Retest, dates: _Dates) -> RouteText:
    measure = _of(route, amendment.measure, LaboratoryTestText)
    test = dates.set(measure.test, amendment.assay)
    return _put(route, measure.id, test=test, sampled=dates.set(measure.sampled, Windows((amendment.sampled,))))


def _drop(route: RouteText, amendment: Drop, dates: _Dates) -> RouteText:
    found(route, amendment.measure)
    return _put(route, amendment.measure, holds_until=dates.since - timedelta(days=1))


def _further(route: RouteText, amendment: FurtherTest, dates: _Dates) -> RouteText:
    like = _of(route, amendment.like, LaboratoryTestText)
    if any(measure.id == amendment.id for measure in route.measure):
        raise AmendmentError(f'the route has a measure "{amendment.id}" already')
    test = LaboratoryTestText(
        id=amendment.id,
        clause=like.clause,
        title=_title(amendment),
        holds_from=dates.since,
        for_=like.for_,
        test=always(amendment.assay),
        sampled=always(Windows((day_window(amendment.day),))),
        laboratory=always(like.laboratory.nearest(dates.since).is_),
    )
    at = 1 + next(i for i, measure in enumerate(route.measure) if measure.id == like.id)
    route = replace(route, measure=(*route.measure[:at], test, *route.measure[at:]))
    if amendment.stay is not None:
        stay = _of(route, amendment.stay, StayText)
        ends = (*stay.ends.nearest(dates.since).is_, test.id)
        most = _room(stay, amendment.day + ROOM_DAYS, dates)
        route = _put(route, stay.id, ends=dates.set(stay.ends, ends), most=most)
    gate = _gate(route, GateAt.RELEASE if amendment.stay is not None else GateAt.COMPLETION)
    if gate is None:
        return route
    requires = (*gate.requires.nearest(dates.since).is_, test.id)
    return _put(route, gate.id, requires=dates.set(gate.requires, requires))


def _least(route: RouteText, amendment: LeastDays, dates: _Dates) -> RouteText:
    stay = _of(route, amendment.measure, StayText)
    least = dates.set(stay.least, Span(amendment.days, Unit.DAY))
    return _put(route, stay.id, least=least, most=_room(stay, amendment.days + 1, dates))


def _room(stay: StayText, days: int, dates: _Dates) -> Varying[Span | None]:
    """The longest that a stay may last, at least so many days where the text says any."""
    most = stay.most.nearest(dates.since).is_
    if most is None or most.elapsed >= timedelta(days=days):
        return stay.most
    return dates.set(stay.most, Span(days, Unit.DAY))


def _until(route: RouteText, amendment: UntilDay, dates: _Dates) -> RouteText:
    measure: Any = found(route, amendment.measure)
    if not hasattr(measure, "until"):
        raise AmendmentError(f'the measure "{amendment.measure}" does not end on a day')
    until = Moment(Anchor.ARRIVAL, 1, Span(amendment.days, Unit.DAY))
    return _put(route, amendment.measure, until=dates.set(measure.until, until))


def _places(route: RouteText, amendment: Places, dates: _Dates) -> RouteText:
    quota = _of(route, amendment.measure, QuotaText)
    return _put(route, quota.id, people=dates.set(quota.people, amendment.people))


_EDIT: dict[type, Callable[[RouteText, Any, _Dates], RouteText]] = {
    Retest: _retest,
    Drop: _drop,
    FurtherTest: _further,
    LeastDays: _least,
    UntilDay: _until,
    Places: _places,
}
MeasureT = TypeVar("MeasureT", bound=Measure)


def _of(route: RouteText, identifier: str, kind: type[MeasureT]) -> MeasureT:
    measure = found(route, identifier)
    if not isinstance(measure, kind):
        raise AmendmentError(f'the measure "{identifier}" is a {measure.KIND}; expected a {kind.KIND}')
    return measure


def _gate(route: RouteText, at: GateAt) -> GateText | None:
    return next((measure for measure in route.measure if isinstance(measure, GateText) and measure.at is at), None)


def day_window(day: int) -> Window:
    """From so many days after arrival for one day."""

    def after(days: int) -> Moment:
        return Moment(Anchor.ARRIVAL, 1, Span(days, Unit.DAY)) if days else Moment(Anchor.ARRIVAL)

    return Window(after(day), after(day + 1))


def hours_before_departure(hours: int) -> Window:
    """From so many hours before departure until it."""
    return Window(Moment(Anchor.DEPARTURE, -1, Span(hours, Unit.HOUR)), Moment(Anchor.DEPARTURE))


def _title(amendment: FurtherTest) -> Texts:
    message = ASSAY_TITLES.get(amendment.assay, TEST_TITLE)
    by_language = {language.partition("-")[0]: language for language in LANGUAGES}
    return {name: translate(message, by_language[name], day=amendment.day) for name in TEXT_LANGUAGES}


def changed_fields(before: Measure, after: Measure) -> dict[str, Any]:
    """The fields of a measure that differ, with what they become."""
    return {
        entry.name: getattr(after, entry.name)
        for entry in fields(before)
        if getattr(before, entry.name) != getattr(after, entry.name)
    }
