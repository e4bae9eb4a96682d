"""Dates: what holds on a date is one thing and never two, and never nothing where there must be something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any

from fastchannel.agreement.mistakes import Path
from fastchannel.agreement.report import Report, overlap
from fastchannel.agreement.text import Dated, Except, Measure, RouteText, Varying, Where, key_of

DAY = timedelta(days=1)


def check_dates(report: Report) -> None:
    """The agreement's own dates, regions, dated values, measures and exceptions."""
    _heading(report)
    last = report.text.agreement.until
    for route in report.text.route.values():
        start = max(route.since or report.first, report.first)
        _ranges(report, route)
        _regions(report, route)
        _points(report, route)
        _varying(report, route, start, _earlier(route.until, last))
        _varying(report, route.application, report.first, last)
        for measure in route.measure:
            _measure(report, measure, last)
    for trigger in report.text.trigger:
        _order(report, report.path(trigger), trigger.since, trigger.until)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _heading(report: Report) -> None:
    heading, path = report.text.agreement, report.path(report.text.agreement)
    if heading.until and heading.in_force > heading.until:
        found = f"{heading.until}, which is before the agreement enters into force ({heading.in_force})"
        report.wrong((*path, "until"), found, "a later date")
    if heading.first_in_force and heading.first_in_force > heading.in_force:
        found = f"{heading.first_in_force}, which is after this version enters into force ({heading.in_force})"
        report.wrong((*path, "first_in_force"), found, "an earlier date")
    if heading.adopted and heading.adopted > heading.in_force:
        found = f"{heading.adopted}, which is after the day it enters into force ({heading.in_force})"
        report.warn((*path, "adopted"), found, "an earlier date", "It would hold for the past.")


def _order(report: Report, path: Path, since: date | None, until: date | None, key: str = "until") -> None:
    if since and until and since > until:
        report.wrong((*path, key), f"{until}, which is before {since}", "a date on or after the first")


def _ranges(report: Report, route: RouteText) -> None:
    _order(report, report.path(route), route.since, route.until)
    for region in (*route.region, *route.origin):
        _order(report, report.path(region), region.since, region.until)
    for point in route.point_of_entry:
        _order(report, report.path(point), point.since, point.until)
    for duty in route.sponsor.duty if route.sponsor else ():
        _order(report, report.path(duty), duty.since, duty.until)
    if not route.region:
        report.wrong(report.path(route), "no region", "at least one table region, or the route leads nowhere")


def _regions(report: Report, route: RouteText) -> None:
    """The same place must not be open twice at once: which clause would then be cited?"""
    for regions in (route.region, route.origin):
        opened = [
            (place, region.since, region.until or date.max, report.path(region, "places", index))
            for region in regions
            for index, place in enumerate(region.places)
        ]
        _twice(report, opened, "opened")


def _points(report: Report, route: RouteText) -> None:
    listed = [
        (point.place, point.since or date.min, point.until or date.max, report.path(point, "place"))
        for point in route.point_of_entry
    ]
    _twice(report, listed, "described")


def _twice(report: Report, stretches: Iterable[tuple[str, date, date, Path]], what: str) -> None:
    ordered = sorted(stretches, key=lambda item: item[:3])
    for (place, since, until, _), (other, next_since, _, path) in pairwise(ordered):
        if place == other and next_since <= until:
            held = f"from {since}" if since > date.min else "from the beginning"
            found = f'"{place}" {what} a second time, on {max(next_since, since)}'
            report.wrong(path, found, "each place once at a time", f"It is {what} {held} already.")


def _varying(report: Report, table: object, start: date, end: date | None) -> None:
    """Every field of a table that has dated values."""
    for name in type(table).__dataclass_fields__:  # type: ignore[attr-defined]
        value = getattr(table, name)
        if isinstance(value, Varying):
            written = tuple(dated for dated in value.values if id(dated) in report.reader.paths)
            if written:
                _dated(report, report.path(table, key_of(name)), written, start, end, optional=len(written) < len(value.values))


def _dated(
    report: Report, path: Path, values: tuple[Dated[Any], ...], start: date, end: date | None, *, optional: bool
) -> None:
    """Dated values in order: no gap, no overlap, from the first date to the last."""
    for dated in values:
        _order(report, report.path(dated), dated.since, dated.until)
        if dated.since is None and dated is not values[0]:
            report.wrong(report.path(dated), "no since", "the first date on which the value holds")
    first, last = values[0], values[-1]
    if first.since and first.since > start and not optional:
        found = f"nothing from {start} to {first.since - DAY}"
        report.wrong((*path, 0), found, f"a value that holds on {start}", "There is a gap before the first date.")
    for one, other in pairwise(values):
        if other.since is None:
            continue
        here = report.path(other, "since")
        if one.since and other.since <= one.since:
            found = f"{other.since} after {one.since}"
            report.wrong(here, found, "dates in order, each once", "Two values would hold at once.")
        elif one.until and other.since <= one.until:
            found = f"{other.since}, on which the value before still holds"
            report.wrong(here, found, f"{one.until + DAY}", "The values overlap.")
        elif one.until and other.since > one.until + DAY:
            found = f"nothing from {one.until + DAY} to {other.since - DAY}"
            report.wrong(here, found, f"{one.until + DAY}", "There is a gap between the values.")
    if last.until and (end is None or last.until < end):
        expected = f"a value until {end}" if end else "a value without until"
        report.wrong(report.path(last, "until"), f"nothing after {last.until}", expected, "There is a gap after the last date.")


def _measure(report: Report, measure: Measure, last: date | None) -> None:
    path = report.path(measure)
    _order(report, path, measure.holds_from, measure.holds_until, "holds_until")
    if last and measure.holds_from and measure.holds_from > last:
        expected = f"a date on which the agreement holds, until {last}"
        report.wrong((*path, "holds_from"), f"{measure.holds_from}", expected)
    if measure.holds_until and measure.holds_until < report.first:
        expected = f"a date on which the agreement holds, from {report.first}"
        report.wrong((*path, "holds_until"), f"{measure.holds_until}", expected)
    start = max(measure.holds_from or report.first, report.first)
    end = _earlier(measure.holds_until, last)
    _varying(report, measure, start, end)
    for item in measure.except_:
        here = report.path(item)
        _order(report, here, item.holds_from, item.holds_until, "holds_until")
        if not overlap(item.holds_from, item.holds_until, start, end):
            report.wrong(here, "an exception on dates when the measure is not asked", "dates on which it is")
        if not item.changes and not item.waived:
            report.wrong(here, "an exception that changes nothing", "a field of the measure, or waived = true")
    for one, other in combinations(measure.except_, 2):
        _conflict(report, one, other)


def _conflict(report: Report, one: Except, other: Except) -> None:
    """Two exceptions must not say different things of the same traveller on the same date."""
    common = set(one.changes) & set(other.changes)
    both = sorted(key_of(name) for name in common) or (["waived"] if one.waived and other.waived else [])
    dates = overlap(one.holds_from, one.holds_until, other.holds_from, other.holds_until)
    if both and dates and not _apart(one.where, other.where):
        line = f'"{both[0]}" for travellers whom an earlier exception of this measure covers too'
        report.wrong(report.path(other), line, "exceptions of which at most one fits a traveller on a date")


def _apart(one: Where, other: Where) -> bool:
    """Whether no traveller can be among both."""
    for name in Where.__dataclass_fields__:
        here, there = getattr(one, name), getattr(other, name)
        if here and there:
            meets = (
                any(_meet(a, b) for a in here for b in there)
                if name in ("region", "origin", "arrival")
                else set(here) & set(there)
            )
            if not meets:
                return True
    return False


def _meet(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")
