"""Time: windows that can open, measures that can be met, gates that can be passed.

Moments with different anchors are compared by what is certain: an arrival never comes before its departure, but by how much
it follows is not known. Only what is impossible for every journey is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from fastchannel.agreement.conditions import Metric
from fastchannel.agreement.conditions import Unit as Counted
from fastchannel.agreement.mistakes import Path
from fastchannel.agreement.report import Report, Valued, overlap, turning_points
from fastchannel.agreement.text import (
    Complete,
    DocumentText,
    GateAt,
    GateText,
    LaboratoryTestText,
    Measure,
    MonitorText,
    QuotaText,
    Reopening,
    RouteText,
    Scope,
    Side,
    StayText,
    TriggerText,
    Windows,
    key_of,
)
from fastchannel.terms.moments import Anchor, Moment, Span, Unit, Window

DAY = timedelta(days=1)
NONE = timedelta(0)
_RANK = {
    Anchor.APPLICATION: 0,
    Anchor.APPROVAL: 1,
    Anchor.DEPARTURE: 2,
    Anchor.BOARDING: 2,
    Anchor.ARRIVAL: 3,
    Anchor.ENTRY: 4,
    Anchor.SAMPLING: 4,
    Anchor.RESULT: 5,
    Anchor.RELEASE: 6,
    Anchor.COMPLETION: 7,
}
_UNORDERED = ({Anchor.ENTRY, Anchor.SAMPLING}, {Anchor.ENTRY, Anchor.RESULT})
_GATES = {
    GateAt.BOARDING: Moment(Anchor.BOARDING),
    GateAt.ENTRY: Moment(Anchor.ARRIVAL),
    GateAt.RELEASE: Moment(Anchor.RELEASE),
    GateAt.COMPLETION: Moment(Anchor.COMPLETION),
}


def offset(moment: Moment) -> timedelta:
    """How far a moment is from its anchor; a calendar day counts as 24 hours."""
    return NONE if moment.span is None else moment.sign * moment.span.elapsed


def shifted(moment: Moment, span: Span) -> Moment:
    """The moment a span later, to the minute; by date only where both are."""
    if moment.span is not None and moment.span.unit is Unit.CALENDAR_DAY and span.unit is Unit.CALENDAR_DAY:
        days = moment.sign * moment.span.amount + span.amount
        return Moment(moment.anchor, 1 if days >= 0 else -1, Span(abs(days), Unit.CALENDAR_DAY))
    minutes = round((offset(moment) + span.elapsed).total_seconds() / 60)
    return Moment(moment.anchor, 1 if minutes >= 0 else -1, Span(abs(minutes), Unit.MINUTE))


def surely_after(start: Moment, end: Moment) -> bool:
    """Whether ``start`` comes after ``end`` has passed on every possible journey."""
    one, other = _RANK.get(start.anchor), _RANK.get(end.anchor)
    if one is None or other is None:
        return start.anchor is end.anchor and offset(start) > offset(end)
    if one < other or {start.anchor, end.anchor} in _UNORDERED:
        return False
    if start.by_date and end.by_date and start.anchor is end.anchor:
        return offset(start) > offset(end)
    earliest = offset(start) - (DAY if start.by_date else NONE)
    latest = offset(end) + (DAY if end.by_date else NONE)
    return earliest > latest or (one > other and earliest >= latest)


def check_windows(report: Report) -> None:
    """Every window and measure of every route on each date that changes something, and every trigger."""
    for route in report.text.route.values():
        for dated in route.application.window.values:
            if dated.is_ is not None:
                named = id(dated) in report.reader.paths
                path = report.path(dated, "is") if named else report.path(route.application, "window")
                _window(report, path, dated.is_)
        for measure in route.measure:
            _measure(report, route, measure)
    _triggers(report)


def _measure(report: Report, route: RouteText, measure: Measure) -> None:
    look = _LOOK[type(measure)] if type(measure) in _LOOK else _LOOK[MonitorText]
    for day in turning_points(measure, report.first):
        look(report, route, Valued(report, measure, day))
    for item in measure.except_:
        if item.changes:
            look(report, route, Valued(report, measure, max(item.holds_from or report.first, report.first), item))


def _moment(report: Report, path: Path, moment: Moment) -> bool:
    if moment.anchor is not Anchor.ANNOUNCEMENT:
        return True
    report.wrong(path, f'"{moment}"', "a moment of the journey", "An announcement is a suspension's, not a traveller's.")
    return False


def _window(report: Report, path: Path, window: Window) -> bool:
    """Whether the window can ever be open."""
    if not all(_moment(report, path, moment) for moment in (window.start, window.end)):
        return False
    empty = window.start == window.end and (window.start_open or window.end_open)
    if empty or surely_after(window.start, window.end):
        report.wrong(path, f'"{window}", which is over before it begins', "a window whose start comes before its end")
        return False
    return True


def _windows(report: Report, path: Path, windows: Windows) -> bool:
    good = [_window(report, path, window) for window in windows.any_of]  # all of them, so that each is reported
    return all(good)


def _monitor(report: Report, route: RouteText, values: Valued) -> None:
    start, end = values("from_"), values("until")
    if not (_moment(report, values.path("from_"), start) and _moment(report, values.path("until"), end)):
        return
    if start == end or surely_after(start, end):
        found = f'"{end}", which does not come after "{start}"'
        report.wrong(values.path("until"), found, "a later moment: there would be nothing to check")
    dated = route.application.window.nearest(values.on)
    if dated.is_ is not None and surely_after(dated.is_.start, start):
        found = f'"{start}", before anyone can apply ("{dated.is_}")'
        report.warn(values.path("from_"), found, "monitoring that begins once the application can be filed")
    days = {str(step.rung): step.day for step in values("missed") if step.day}
    if days.get("call", 0) > days.get("hold", 99):
        report.warn(values.path("missed"), f"the call on day {days['call']}, after the hold", "the call before the hold")


def _test(report: Report, route: RouteText, values: Valued) -> None:
    sampled: Windows = values("sampled")
    if not _windows(report, values.path("sampled"), sampled):
        return
    count, apart = values("count"), values("apart")
    if count < 1:
        report.wrong(values.path("count"), "0 samples", "1 or more")
    if apart is not None and count > 1:
        width = _width(sampled)
        needed = (count - 1) * apart.elapsed
        if width is not None and needed > width:
            path = values.path("count") if values.path("apart") == () else values.path("apart")
            found = f"{count} samples {apart} apart, in a window of {_hours(width)}"
            report.wrong(path, found, f"a window of at least {_hours(needed)}", "No one can meet this.")


def _width(windows: Windows) -> timedelta | None:
    """From the first start to the last end, at most; None where it depends on the journey."""
    anchors = {moment.anchor for window in windows.any_of for moment in (window.start, window.end)}
    if len(anchors) > 1:
        return None
    ends = [offset(window.end) + (DAY if window.end.by_date else NONE) for window in windows.any_of]
    starts = [offset(window.start) - (DAY if window.start.by_date else NONE) for window in windows.any_of]
    return max(ends) - min(starts)


def _hours(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours / 24:g} d" if hours % 24 == 0 else f"{hours:g} h"


def _document(report: Report, route: RouteText, values: Valued) -> None:
    by, issued, valid_for = values("by"), values("issued"), values("valid_for")
    if not _moment(report, values.path("by"), by) or issued is None:
        return
    if not _windows(report, values.path("issued"), issued):
        return
    if all(surely_after(window.start, by) for window in issued.any_of):
        found = f'"{issued}", after it is needed ("{by}")'
        report.wrong(values.path("issued"), found, "a window that opens before that")
    elif valid_for is not None and all(surely_after(by, shifted(window.end, valid_for)) for window in issued.any_of):
        found = f"{valid_for}, which end before the document is needed"
        expected = f'long enough to reach from "{issued}" to "{by}"'
        report.wrong(values.path("valid_for"), found, expected, "No one can meet this.")


def _stay(report: Report, route: RouteText, values: Valued) -> None:
    start, until, least, most = values("from_"), values("until"), values("least"), values("most")
    if not _moment(report, values.path("from_"), start):
        return
    if least is None and most is None and until is None and not values("ends"):
        report.wrong(report.path(values.measure), "a stay that nothing ends", "one of least, most, until and ends")
    if least is not None and most is not None and least.elapsed > most.elapsed:
        report.wrong(values.path("most"), f"{most}, which is less than the least ({least})", f"{least} or more")
    if until is not None and _moment(report, values.path("until"), until):
        if surely_after(start, until):
            report.wrong(values.path("until"), f'"{until}", before the stay begins ("{start}")', "a later moment")
        elif least is not None and surely_after(shifted(start, least), until):
            report.wrong(values.path("least"), f'{least} from "{start}", which is after "{until}"', "less")
    if most is not None:
        _ends(report, route, values, shifted(start, most))


def _ends(report: Report, route: RouteText, values: Valued, last: Moment) -> None:
    """A stay must not wait for a sample that is taken after it must be over."""
    for measure in route.measure:
        if isinstance(measure, LaboratoryTestText) and measure.id in values("ends"):
            windows: Windows = measure.sampled.nearest(values.on).is_
            if all(surely_after(window.start, last) for window in windows.any_of):
                found = f'"{measure.id}", sampled in "{windows}"'
                expected = f'a test sampled before "{last}", when the stay is over at the latest'
                report.wrong(values.path("ends"), found, expected)


def _gate(report: Report, route: RouteText, values: Valued) -> None:
    names = {*values("requires"), *(name for group in values("either") for name in group)}
    moment = _GATES[values("at")]
    for measure in route.measure:
        if measure.id not in names or not overlap(
            measure.holds_from, measure.holds_until, values.measure.holds_from, values.measure.holds_until
        ):
            continue
        name = "requires" if measure.id in values("requires") else "either"
        for day in {values.on, *turning_points(measure, report.first)}:
            begins = _begins(Valued(report, measure, day))
            if begins and all(surely_after(start, moment) for start in begins):
                found = f'"{measure.id}", which begins at "{begins[0]}"'
                expected = f"what can be met by {values('at')}"
                report.wrong(values.path(name), found, expected, "No one could pass this gate.")
                break


def _begins(values: Valued) -> list[Moment]:
    """The earliest moments at which a measure can be met; for monitoring and stays, when they can be over."""
    measure = values.measure
    if isinstance(measure, LaboratoryTestText):
        return [window.start for window in values("sampled").any_of]
    if isinstance(measure, DocumentText):
        return [window.start for window in values("issued").any_of] if values("issued") else []
    if isinstance(measure, MonitorText):
        return [values("until")]
    if isinstance(measure, StayText):
        return [values("until") or values("from_")]
    return []


def _quota(report: Report, route: RouteText, values: Valued) -> None:
    shares = sum(values("shares").values())
    if shares > values("people"):
        found = f"{shares} places kept, of {values('people')}"
        report.wrong(report.path(values.measure, "shares"), found, f"at most {values('people')}")


_LOOK: dict[type, Callable[[Report, RouteText, Valued], None]] = {
    MonitorText: _monitor,
    LaboratoryTestText: _test,
    DocumentText: _document,
    StayText: _stay,
    GateText: _gate,
    QuotaText: _quota,
}


def _effect(report: Report, trigger: TriggerText) -> None:
    """One thing is done, and all that is said of it belongs to that."""
    effect = trigger.effect
    named = ("suspend", "pause", "flights_per_week", "continue_")
    given = [key_of(name) for name in named if getattr(effect, name) not in (None, False)]
    if len(given) != 1:
        expected = "exactly one of suspend, pause, flights_per_week and continue = true"
        report.wrong(report.path(effect), " and ".join(given) or "nothing that is done", expected)
    for name in ("suspend", "pause", "extend"):
        span: Span | None = getattr(effect, name)
        if span is not None and span.amount == 0:
            report.wrong(report.path(effect, name), f"{span}", "a length of time that is not nothing")
    if effect.extend is not None and (effect.suspend is None or trigger.resume is None):
        expected = "it only where something is suspended and resume is given"
        report.wrong(report.path(effect, "extend"), f"{effect.extend}", expected)
    if (effect.usual is None) is (effect.flights_per_week is not None):
        report.wrong(report.path(effect), "one of flights_per_week and usual", "both of them or neither")
    elif effect.usual is not None and effect.usual == effect.flights_per_week:
        report.wrong(report.path(effect, "usual"), f"{effect.usual} both before and after", "two different numbers")
    if effect.suspend is None and trigger.reopens is Reopening.DECISION:
        expected = "it only where something is suspended: a pause is over after its length"
        report.wrong(report.path(trigger, "reopens"), "a decision to open what is not suspended", expected)
    if trigger.resume is not None and trigger.resume.on_last_day and effect.suspend is None:
        expected = "a suspension, which goes on where it does not hold"
        report.wrong(report.path(trigger, "resume"), '"on the last day"', expected)
    _counted(report, trigger)


def _counted(report: Report, trigger: TriggerText) -> None:
    """Figures of one flight belong to its line or its carrier, or to all; figures of a region are one side's."""
    on_flights = {
        comparison.metric
        for condition in (trigger.when, trigger.resume)
        if condition is not None
        for group in condition.any_of
        for comparison in group
        if comparison.over is Counted.FLIGHT
    }
    if Metric.CLEAN_WEEKS in on_flights and trigger.unit is not Scope.FLIGHT:
        report.wrong(report.path(trigger, "unit"), f'"{trigger.unit}"', '"flight": weeks are clean on a line')
    if on_flights - {Metric.POSITIVES, Metric.CLEAN_WEEKS}:
        found = ", ".join(sorted(on_flights - {Metric.POSITIVES, Metric.CLEAN_WEEKS}))
        report.wrong(report.path(trigger, "when"), f"{found} on one flight", "figures of a flight: positives, clean_weeks")
    if trigger.unit is Scope.REGION and trigger.side is Side.BOTH:
        report.wrong(report.path(trigger, "side"), '"both"', '"origin", "destination" or "either": a region lies on one side')


def _triggers(report: Report) -> None:
    for trigger in report.text.trigger:
        effect = trigger.effect
        if effect.from_.anchor is not Anchor.ANNOUNCEMENT or effect.from_.sign < 0:
            found = f'"{effect.from_}"'
            report.wrong(report.path(effect, "from"), found, '"announcement", alone or with + a length of time')
        _effect(report, trigger)
        if isinstance(trigger.under_way, Complete):
            _moment(report, report.path(trigger.under_way, "complete"), trigger.under_way.complete)
