"""The agreement's own measures as rules: tests and papers compile to the language that national rules are written in.

The rule looks at all evidence of one person as one payload, ``t`` for samples and ``d`` for papers, and at the moments of the
journey in ``external``; one that is not known yet is left out. It is met where `decide` calls the measure met on that evidence,
to the millisecond, in which CertLogic counts. Waivers, recoveries and corrections are events of a journey and no evidence: they
stay with `decide`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from fastchannel.agreement.provisions import LaboratoryTest, Paper, Provision
from fastchannel.certificates.rules.expression import Expression, parse
from fastchannel.certificates.rules.fields import ANCHORS
from fastchannel.certificates.rules.rule import COMBINED, Rule
from fastchannel.terms.events import Assay, Finding
from fastchannel.terms.moments import Anchor, Moment, Span, Unit, Window

_HOUR = timedelta(hours=1)
_KNOWN = {anchor: number for number, anchor in enumerate(ANCHORS)}  # where each moment stands in the accumulator
_GOOD, _DETECTED = len(ANCHORS), len(ANCHORS) + 1
Logic = Any  # CertLogic as JSON


class CompiledRule(Struct, frozen=True, kw_only=True):
    """A measure as a rule: its logic in JSON, and the same read."""

    measure: str
    clause: str
    logic: Any
    expression: Expression

    def rule(self, country: str = "") -> Rule:
        """The rule of a set, for all of a person's evidence together."""
        return Rule(identifier=self.measure, logic=self.logic, country=country, engine=COMBINED)


class NotCompilable(Struct, frozen=True, kw_only=True):
    """A measure that the language cannot say; ``reason`` is kind, calendar-day, minutes, anchor or apart."""

    measure: str
    reason: str
    found: str


class SampleEvidence(Struct, frozen=True, kw_only=True):
    """One sample; without a finding its result is outstanding."""

    assay: Assay
    sampled: datetime
    laboratory: str
    finding: Finding | None = None


class PaperEvidence(Struct, frozen=True, kw_only=True):
    """One document; ``bound`` where it names this person, ``accepted`` where an officer found nothing wrong with it."""

    document: str
    issuer: str
    issued: datetime
    expires: datetime | None = None
    bound: bool = True
    accepted: bool = True


class _UnsayableError(Exception):
    def __init__(self, reason: str, found: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = str(found)


def evidence_data(
    at: datetime,
    anchors: Mapping[Anchor, datetime],
    samples: Iterable[SampleEvidence] = (),
    papers: Iterable[PaperEvidence] = (),
) -> dict[str, Any]:
    """The data that compiled rules are evaluated on. All times carry an offset; what is finer than a millisecond is cut off."""
    tests = [
        {
            "assay": str(one.assay),
            "sampled": _written(one.sampled),
            "laboratory": one.laboratory,
            **({"finding": str(one.finding)} if one.finding is not None else {}),
        }
        for one in samples
    ]
    documents = [
        {
            "document": one.document,
            "issuer": one.issuer,
            "issued": _written(one.issued),
            "bound": one.bound,
            "accepted": one.accepted,
            **({"expires": _written(one.expires)} if one.expires is not None else {}),
        }
        for one in papers
    ]
    known = {str(anchor): _written(instant) for anchor, instant in anchors.items() if anchor in _KNOWN}
    return {"payload": {"t": tests, "d": documents}, "external": {"validationClock": _written(at), **known}}


def compile_measure(measure: Provision) -> CompiledRule | NotCompilable:
    """The measure as a rule, or why it cannot be one."""
    try:
        match measure:
            case LaboratoryTest():
                logic = _testing(measure)
            case Paper():
                logic = _paper(measure)
            case _:
                raise _UnsayableError("kind", type(measure).__name__.lower())
    except _UnsayableError as why:
        return NotCompilable(measure=measure.id, reason=why.reason, found=why.found)
    return CompiledRule(measure=measure.id, clause=measure.clause, logic=logic, expression=parse(logic))


def _testing(measure: LaboratoryTest) -> Logic:
    if measure.apart is not None and measure.count > 1:
        raise _UnsayableError("apart", measure.apart)
    inside = _any([_inside(window, "sampled", need_start=True) for window in measure.sampled])
    relevant = _every([_is("current.assay", str(measure.assay)), {"var": "current.sampled"}, inside])
    good = [_is("current.finding", str(measure.require))]
    if measure.designated or measure.laboratories:
        good.append({"in": [{"var": "current.laboratory"}, sorted(measure.laboratories)]})
    detected: Logic = _is("current.finding", str(Finding.DETECTED))
    if measure.require is Finding.DETECTED:
        detected = False
    counted = [_plus_one(_GOOD, _every([relevant, *good])), _plus_one(_DETECTED, _every([relevant, detected]))]
    enough = {">=": [{"var": f"current.{_GOOD}"}, measure.count]}
    return _folded("t", counted, _every([enough, {"===": [{"var": f"current.{_DETECTED}"}, 0]}]))


def _paper(measure: Paper) -> Logic:
    good: list[Logic] = [_is("current.document", measure.document), {"var": "current.accepted"}]
    if measure.bound:
        good.append({"var": "current.bound"})
    if measure.issuers:
        good.append({"in": [{"var": "current.issuer"}, sorted(measure.issuers)]})
    if measure.issued:
        good.append(_any([_inside(window, "issued", need_start=False) for window in measure.issued]))
    needed, by = _moment(measure.by), _anchor(measure.by)
    lasts: list[Logic] = [{"if": [{"var": "current.expires"}, {"not-before": [_dated("current.expires"), needed]}, True]}]
    if measure.valid_for is not None:
        last = {"plusTime": [{"var": "current.issued"}, *_shift(measure.valid_for, 1)]}
        lasts.append({"not-before": [last, needed]})
    good.append({"if": [by, _every(lasts), True]})
    return _folded("d", [_plus_one(_GOOD, _every(good))], {">=": [{"var": f"current.{_GOOD}"}, 1]})


def _folded(events: str, counted: Sequence[Logic], result: Logic) -> Logic:
    """Count over all events, then ask the counts.

    Inside a fold only the accumulator is seen, so it carries the journey's moments in front of the counts; and what a fold
    gives has no path, so that a fold over that one value asks it.
    """
    carried = [{"var": f"accumulator.{place}"} for place in _KNOWN.values()]
    start = [*({"var": f"external.{anchor}"} for anchor in ANCHORS), *(0 for _ in counted)]
    fold = {"reduce": [{"var": f"payload.{events}"}, [*carried, *counted], start]}
    return {"reduce": [[fold], result, False]}


def _plus_one(place: int, condition: Logic) -> Logic:
    return {"+": [{"var": f"accumulator.{place}"}, {"if": [condition, 1, 0]}]}


def _inside(window: Window, field: str, *, need_start: bool) -> Logic:
    """Whether the event's date lies in the window. An end that is not known yet excludes nothing; a test needs its start."""
    date = _dated(f"current.{field}")
    after = {"after" if window.start_open else "not-before": [date, _moment(window.start)]}
    before = {"before" if window.end_open else "not-after": [date, _moment(window.end)]}
    return _every([{"if": [_anchor(window.start), after, not need_start]}, {"if": [_anchor(window.end), before, True]}])


def _anchor(moment: Moment) -> Logic:
    if moment.anchor not in _KNOWN:
        raise _UnsayableError("anchor", moment.anchor)
    return {"var": f"accumulator.{_KNOWN[moment.anchor]}"}


def _moment(moment: Moment) -> Logic:
    if moment.by_date:
        raise _UnsayableError("calendar-day", moment)
    shift = (0, "hour") if moment.span is None else _shift(moment.span, moment.sign)
    return {"plusTime": [_anchor(moment), *shift]}


def _shift(span: Span, sign: int) -> tuple[int, str]:
    if span.unit is Unit.CALENDAR_DAY:
        raise _UnsayableError("calendar-day", span)
    hours, rest = divmod(span.elapsed, _HOUR)
    if rest:
        raise _UnsayableError("minutes", span)
    return sign * hours, "hour"


def _dated(path: str) -> Logic:
    return {"plusTime": [{"var": path}, 0, "hour"]}


def _is(path: str, value: str) -> Logic:
    return {"===": [{"var": path}, value]}


def _every(conditions: Sequence[Logic]) -> Logic:
    return conditions[0] if len(conditions) == 1 else {"and": list(conditions)}


def _any(conditions: Sequence[Logic]) -> Logic:
    return conditions[0] if len(conditions) == 1 else {"!": [{"and": [{"!": [one]} for one in conditions]}]}


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
