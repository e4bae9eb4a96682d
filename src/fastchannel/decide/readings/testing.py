"""Test: samples taken inside the window, by a laboratory that counts, with the required finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fastchannel.agreement.provisions import LaboratoryTest
from fastchannel.decide.journey import Sample, utc
from fastchannel.decide.looking import Looking
from fastchannel.decide.standing import Detail, Obligation, Status, Verdict
from fastchannel.terms.events import Finding, Role
from fastchannel.terms.moments import Anchor, Interval

BEFORE_FLIGHT = frozenset({Anchor.APPLICATION, Anchor.APPROVAL, Anchor.DEPARTURE, Anchor.BOARDING})


@dataclass(slots=True)
class _Sorted:
    """The samples, by what each is worth to one measure."""

    good: list[Sample] = field(default_factory=list)
    pending: list[Sample] = field(default_factory=list)
    repeat: list[Sample] = field(default_factory=list)
    wrong: list[tuple[str, Sample]] = field(default_factory=list)
    detected: list[Sample] = field(default_factory=list)
    forgiven: bool = False


def read_testing(look: Looking, measure: LaboratoryTest) -> Status:
    """Read the samples against the windows; a sample ``detected`` inside them counts, whoever tested it."""
    intervals = [look.interval(window) for window in measure.sampled]
    usable = [interval for interval in intervals if interval.start is not None]
    opens = min((interval.start for interval in usable if interval.start is not None), default=None)
    due = max((interval.end for interval in usable if interval.end is not None), default=None)
    found = _Sorted(forgiven=look.waived(measure.id))
    if opens is not None and look.at >= opens:
        for sample in look.journey.samples.values():
            if sample.assay is measure.assay and sample.taken is not None:
                _sort(look, measure, usable, sample, sample.taken, found)
    for sample in found.detected:
        _detected(look, measure, sample)
    done = _spaced(found.good, measure)
    closed = all(interval.side(look.at) > 0 for interval in usable)
    status = Status.FAILED if found.detected else _status(look, measure, done, found, opens, closed=closed)
    look.obligations.append(
        Obligation(
            measure=measure.id,
            kind="test",
            clause=measure.clause,
            who=Role.LABORATORY if status is Status.PENDING else Role.TRAVELLER,
            status=status,
            opens=opens,
            due=due,
            zone=look.zone(measure.sampled[-1].end.anchor).key,
            evidence=tuple(event for sample in found.good for event in sample.evidence),
            done=done,
            needed=measure.count,
        )
    )
    return status


def _sort(
    look: Looking, measure: LaboratoryTest, intervals: list[Interval], sample: Sample, taken: datetime, found: _Sorted
) -> None:
    side = _side(intervals, taken)
    if side != 0:
        if _presented(look, measure, taken):
            found.wrong.append(("test.sampled-early" if side < 0 else "test.sampled-late", sample))
    elif sample.finding is Finding.DETECTED and measure.require is not Finding.DETECTED:
        if _forgiven(look, measure, sample, taken):
            found.forgiven = True
        else:
            found.detected.append(sample)
    elif (measure.designated or measure.laboratories) and sample.laboratory not in measure.laboratories:
        found.wrong.append(("test.laboratory", sample))
    elif sample.finding is None:
        found.pending.append(sample)
    elif sample.finding is measure.require:
        found.good.append(sample)
    else:
        found.repeat.append(sample)


def _status(
    look: Looking, measure: LaboratoryTest, done: int, found: _Sorted, opens: datetime | None, *, closed: bool
) -> Status:
    if done >= measure.count:
        return Status.MET
    if found.forgiven:
        return Status.WAIVED
    if opens is None or look.at < opens:
        return Status.AHEAD
    if found.pending and _spaced([*found.good, *found.pending], measure) >= measure.count:
        look.wait("test.result-outstanding", clause=measure.clause, measure=measure.id, sample=found.pending[-1].id)
        return Status.PENDING
    if found.wrong and done == 0 and not found.pending:  # beside something acceptable, what is not acceptable does no harm
        code, sample = found.wrong[-1]
        look.reason(
            code,
            clause=measure.clause,
            effect=measure.otherwise if closed else Verdict.WAIT,  # another sample can still be taken
            measure=measure.id,
            required=_required(measure),
            found={"sampled": sample.taken.isoformat() if sample.taken else "", "laboratory": sample.laboratory},
            evidence=sample.evidence,
        )
        return Status.MISSED if closed else Status.DUE
    if not closed:
        if found.repeat:
            look.wait("test.repeat", clause=measure.clause, measure=measure.id, finding=str(found.repeat[-1].finding))
        return Status.DUE
    look.reason(
        "test.missing",
        clause=measure.clause,
        effect=measure.otherwise,
        measure=measure.id,
        required=_required(measure),
        found={"samples": done},
    )
    return Status.MISSED


def _side(intervals: list[Interval], taken: datetime) -> int:
    """0 inside any of the windows, -1 before all that it could have met, 1 after them."""
    sides = [interval.side(taken) for interval in intervals]
    return 0 if 0 in sides else min(sides, default=-1)


def _presented(look: Looking, measure: LaboratoryTest, taken: datetime) -> bool:
    """Whether a sample outside the windows was meant for this measure, rather than for another leg or another test."""
    if (taken < look.anchors[Anchor.DEPARTURE][0]) != (measure.sampled[0].start.anchor in BEFORE_FLIGHT):
        return False
    return not any(
        type(other) is LaboratoryTest
        and other.id != measure.id
        and other.assay is measure.assay
        and any(window.start.anchor in look.anchors and window.interval(look.anchors).holds(taken) for window in other.sampled)
        for other in look.provisions.measures
    )


def _forgiven(look: Looking, measure: LaboratoryTest, sample: Sample, taken: datetime) -> bool:
    recovered = look.journey.recovered
    if recovered is not None and taken <= recovered:
        return True
    return look.waived(measure.id, sample.reported)


def _detected(look: Looking, measure: LaboratoryTest, sample: Sample) -> None:
    found: dict[str, Detail] = {"finding": str(sample.finding), "sample": sample.id, "laboratory": sample.laboratory}
    if sample.amended:
        found["amended"] = True
    look.reason(
        "test.detected",
        clause=measure.clause,
        effect=measure.otherwise,
        measure=measure.id,
        required=_required(measure),
        found=found,
        evidence=sample.evidence,
    )


def _spaced(good: list[Sample], measure: LaboratoryTest) -> int:
    """How many of the good samples count, each ``apart`` from the one before: greedy by time, which is the most possible."""
    if measure.apart is None or len(good) < 2:
        return len(good)
    last: datetime | None = None
    count = 0
    for taken in sorted(utc(sample.taken) for sample in good if sample.taken is not None):
        if last is None or taken - last >= measure.apart.elapsed:
            count, last = count + 1, taken
    return count


def _required(measure: LaboratoryTest) -> dict[str, Detail]:
    required: dict[str, Detail] = {
        "test": str(measure.assay),
        "finding": str(measure.require),
        "sampled": " or ".join(str(window) for window in measure.sampled),
    }
    if measure.count > 1:
        required["samples"] = measure.count
    if measure.designated or measure.laboratories:
        required["laboratories"] = sorted(measure.laboratories)
    return required
