"""Document: present, from an issuer that counts, in time, still valid, and naming this person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from fastchannel.agreement.provisions import Paper
from fastchannel.decide.journey import utc
from fastchannel.decide.looking import Looking
from fastchannel.decide.standing import Detail, Obligation, Status, Verdict
from fastchannel.terms.events import Documented
from fastchannel.terms.moments import Interval, Moment

NOT_ACCEPTED = "document.not-accepted"  # forged or wrong, as the officer who looked found


def read_paper(look: Looking, measure: Paper) -> Status:
    """Read the documents of the kind; one that is good in every respect meets the measure, whatever else was presented."""
    intervals = [look.interval(window) for window in measure.issued]
    needed = look.instant(measure.by)
    look.watch_past(needed)
    opens = min((interval.start for interval in intervals if interval.start is not None), default=None)
    zone = look.zone(measure.by.anchor)
    best: Documented | None = None
    fault: tuple[str, Documented] | None = None
    for document in look.journey.documents:
        if document.document != measure.document:
            continue
        code = _fault(measure, document, intervals, needed, zone)
        if code is None:
            best = document
            break
        fault = (code, document)
    if best is not None:
        status = Status.MET
    elif look.waived(measure.id):
        status = Status.WAIVED
    else:
        status = _status(look, measure, fault, opens, needed)
    look.obligations.append(
        Obligation(
            measure=measure.id,
            kind="document",
            clause=measure.clause,
            who=measure.who,
            status=status,
            opens=opens,
            due=needed,
            zone=zone.key,
            evidence=(best.id,) if best is not None else (),
            done=int(best is not None),
        )
    )
    return status


def _status(
    look: Looking, measure: Paper, fault: tuple[str, Documented] | None, opens: datetime | None, needed: datetime | None
) -> Status:
    required: dict[str, Detail] = {"document": measure.document}
    if measure.issued:
        required["issued"] = " or ".join(str(window) for window in measure.issued)
    if measure.issuers:
        required["issuers"] = sorted(measure.issuers)
    if measure.valid_for is not None:
        required["valid_for"] = str(measure.valid_for)
    late = needed is not None and look.at > needed
    if fault is not None:
        code, document = fault
        final = late or code == NOT_ACCEPTED  # anything else can still be put right by another document
        look.reason(
            code,
            clause=measure.clause,
            effect=measure.otherwise if final else Verdict.WAIT,
            measure=measure.id,
            required=required,
            found={"document": document.document, "issuer": document.issuer, "issued": document.issued.isoformat()},
            evidence=(document.id,),
        )
        return Status.FAILED if final else Status.DUE
    if late:
        look.reason("document.missing", clause=measure.clause, effect=measure.otherwise, measure=measure.id, required=required)
        return Status.MISSED
    return Status.AHEAD if opens is not None and look.at < opens else Status.DUE


def _fault(
    measure: Paper, document: Documented, intervals: list[Interval], needed: datetime | None, zone: ZoneInfo
) -> str | None:
    if not document.accepted:
        return NOT_ACCEPTED
    if measure.bound and not document.bound:
        return "document.other-person"
    if measure.issuers and document.issuer not in measure.issuers:
        return "document.issuer"
    if intervals and not any(interval.holds(document.issued) for interval in intervals):
        early = all(interval.side(document.issued) < 0 for interval in intervals)
        return "document.issued-early" if early else "document.issued-late"
    if needed is not None and document.expires is not None and document.expires < needed:
        return "document.expired"
    if needed is not None and measure.valid_for is not None:
        last = Moment(measure.by.anchor, 1, measure.valid_for).end(utc(document.issued), zone)
        if last < needed:
            return "document.expired"
    return None
