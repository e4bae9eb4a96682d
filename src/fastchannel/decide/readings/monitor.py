"""Monitor and follow-up: each daily check-in due, met or missed, the ladder for silent days, and symptoms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fastchannel.agreement.provisions import Monitor, Rung, Step
from fastchannel.decide.looking import Looking
from fastchannel.decide.standing import Obligation, Status
from fastchannel.terms.events import Role
from fastchannel.terms.moments import day_start


def read_monitor(look: Looking, measure: Monitor) -> Status:
    """Read the check-ins against the dates from the measure's start up to, not including, the date of its end."""
    journey = look.journey
    started, ended = look.anchors.get(measure.start.anchor), look.anchors.get(measure.end.anchor)
    if started is None or ended is None:
        look.obligations.append(_due(look, measure, Status.AHEAD, None, None, "UTC", 0, 0))
        return Status.AHEAD
    zone = started[1]
    first, stop = measure.start.date(*started), measure.end.date(*ended)
    today = look.today(zone)
    days = (stop - first).days
    symptoms = [(day, said, event) for day, said, event in journey.symptoms if first <= day <= stop]
    over = max(0, min((today - first).days, days))  # dates of the measure that are over
    done, silent, longest, longest_end = _count(look, measure, first, over)
    in_progress = first <= today < stop
    today_done = in_progress and today in journey.checked
    done += today_done

    failed = False
    fresh = [item for item in symptoms if not look.waived(measure.id, item[1])]
    if fresh:
        failed = True
        look.reason(
            "monitor.symptoms",
            clause=measure.clause,
            effect=measure.symptoms,
            measure=measure.id,
            found={"day": fresh[-1][0].isoformat()},
            evidence=tuple(event for _, _, event in fresh),
        )
    hold_after = next((step.day for step in measure.missed if step.rung is Rung.HOLD), None)
    limit = hold_after if hold_after is not None else 1
    missed = longest >= limit
    if missed:
        look.reason(
            "monitor.silent",
            clause=measure.clause,
            effect=measure.otherwise,
            measure=measure.id,
            required={"days": days, "most_silent_days": limit - 1},
            found={"silent_days": longest, "until": longest_end.isoformat(), "done": done},
        )
    if in_progress and not today_done:
        _ladder(look, measure, today, silent, zone)
    if measure.calls_per_day and in_progress:
        called = today in journey.called
        _call(look, measure, today, zone, Status.MET if called else Status.DUE)

    opens, due = day_start(first, zone), day_start(stop, zone)
    look.watch(opens)
    if first <= today <= stop:
        look.watch_day_end(today, zone)
    waived = look.waived(measure.id) and not fresh
    if failed:
        status = Status.FAILED
    elif missed:
        status = Status.MISSED
    elif today < first:
        status = Status.AHEAD
    elif in_progress and today_done and (stop - today).days == 1 and not measure.follow_up:
        status = Status.MET  # before a flight soon after midnight the last date is not over when the traveller boards
    elif in_progress:
        status = Status.PENDING if today_done else Status.DUE
    else:
        status = Status.WAIVED if waived else Status.MET
    look.obligations.append(_due(look, measure, status, opens, due, zone.key, done, days))
    return status


def _count(look: Looking, measure: Monitor, first: date, over: int) -> tuple[int, int, int, date]:
    """Over the dates that are past: check-ins done, silent days running until yesterday, the longest silent run and its end."""
    checked = look.journey.checked
    waiver = look.waiver(measure.id)
    excused = waiver.at.astimezone(look.zone(measure.start.anchor)).date() if waiver is not None and waiver.waive else None
    done = run = longest = 0
    longest_end = first
    start = first.toordinal()
    for ordinal in range(start, start + over):
        day = date.fromordinal(ordinal)
        if day in checked:
            done += 1
            run = 0
        elif excused is not None and day <= excused:
            run = 0
        else:
            run += 1
            if run > longest:
                longest, longest_end = run, day
    return done, run, longest, longest_end


def _ladder(look: Looking, measure: Monitor, today: date, silent: int, zone: ZoneInfo) -> None:
    """What a silent day asks of others: reminders at their times, a call from the n-th silent day on."""
    start: datetime | None = None
    for step in measure.missed:
        if step.rung is Rung.REMIND and step.at is not None:
            when = datetime.combine(today, step.at, tzinfo=zone).astimezone(UTC)
            look.watch(when)
            if look.at < when:
                continue
            sent = (measure.id, today, str(step)) in look.journey.reminded
            look.obligations.append(
                Obligation(
                    measure=measure.id,
                    kind="remind",
                    clause=measure.clause,
                    who=Role.SYSTEM,
                    status=Status.MET if sent else Status.DUE,
                    opens=when,
                    due=when,
                    zone=zone.key,
                    evidence=(str(step),),
                )
            )
            start = when
        elif step.rung is Rung.CALL and not measure.calls_per_day and _call_is_due(measure, step, silent, start):
            _call(look, measure, today, zone, Status.MET if today in look.journey.called else Status.DUE)


def _call_is_due(measure: Monitor, step: Step, silent: int, reminded: datetime | None) -> bool:
    """From the n-th silent day on; on that day itself after its first reminder."""
    if step.day is None or silent + 1 < step.day:
        return False
    return silent + 1 > step.day or reminded is not None or all(other.rung is not Rung.REMIND for other in measure.missed)


def _call(look: Looking, measure: Monitor, today: date, zone: ZoneInfo, status: Status) -> None:
    look.obligations.append(
        Obligation(
            measure=measure.id,
            kind="call",
            clause=measure.clause,
            who=Role.MONITOR,
            status=status,
            opens=day_start(today, zone),
            due=look.watch_day_end(today, zone),
            zone=zone.key,
        )
    )


def _due(
    look: Looking,
    measure: Monitor,
    status: Status,
    opens: datetime | None,
    due: datetime | None,
    zone: str,
    done: int,
    days: int,
) -> Obligation:
    return Obligation(
        measure=measure.id,
        kind="follow-up" if measure.follow_up else "monitor",
        clause=measure.clause,
        who=Role.TRAVELLER,
        status=status,
        opens=opens,
        due=due,
        zone=zone,
        done=done,
        needed=days,
    )
