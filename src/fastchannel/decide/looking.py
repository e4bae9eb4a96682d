"""One look at one journey at one time: what every reading needs, and the next instant at which the answer can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastchannel.agreement.provisions import Otherwise, Provisions
from fastchannel.decide.journey import Journey, Waiver
from fastchannel.decide.standing import Detail, Obligation, Reason, Status, Verdict
from fastchannel.terms.moments import Anchor, Interval, Moment, Window, day_start

Anchors = Mapping[Anchor, tuple[datetime, ZoneInfo]]

TICK = timedelta(microseconds=1)  # instants are told apart no finer
EFFECT = {Otherwise.REFUSE: Verdict.REFUSE, Otherwise.HOLD: Verdict.HOLD}


@dataclass(slots=True)
class Looking:
    """The journey, what holds for it, and the time; readings add obligations and reasons to it."""

    journey: Journey
    provisions: Provisions
    anchors: Anchors
    at: datetime
    known: datetime
    departed: bool
    settled: Mapping[str, datetime] = field(default_factory=dict)  # measure or rule → when the gate that asks it was passed
    changes: datetime | None = None
    statuses: dict[str, Status] = field(default_factory=dict)  # by measure
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by gate: the measures it asks for
    obligations: list[Obligation] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def watch(self, instant: datetime | None) -> None:
        """Note an instant from which on the answer can be another."""
        if instant is not None and instant > self.at and (self.changes is None or instant < self.changes):
            self.changes = instant

    def watch_past(self, instant: datetime | None) -> None:
        """Note an instant after which the answer can be another: it still belongs to what was before."""
        if instant is not None and instant >= self.at:
            self.watch(instant + TICK)

    def waiver(self, measure: str) -> Waiver | None:
        """The officer's word on a measure that is in effect now, or was when the gate that asks it was passed."""
        waiver = self.journey.waivers.get(measure)
        if waiver is None:
            return None
        if waiver.until is not None and self.settled.get(measure, self.at) >= waiver.until:
            return None
        self.watch(waiver.until)
        return waiver

    def waived(self, measure: str, since: datetime | None = None) -> bool:
        """Whether an officer waived it. What came up after the waiver, at ``since``, is not covered by it."""
        waiver = self.waiver(measure)
        return waiver is not None and waiver.waive and (since is None or since <= waiver.at)

    def interval(self, window: Window) -> Interval:
        """The window for this journey; its ends are watched."""
        interval = window.interval(self.anchors)
        (self.watch_past if interval.start_open else self.watch)(interval.start)
        (self.watch if interval.end_open else self.watch_past)(interval.end)
        return interval

    def instant(self, moment: Moment) -> datetime | None:
        """The instant of a moment, or None while its anchor is not known."""
        anchored = self.anchors.get(moment.anchor)
        if anchored is None:
            return None
        instant = moment.at(*anchored)
        self.watch(instant)
        return instant

    def zone(self, anchor: Anchor) -> ZoneInfo:
        """The zone of the place where the anchor happens."""
        anchored = self.anchors.get(anchor)
        return anchored[1] if anchored is not None else self.anchors[Anchor.APPLICATION][1]

    def today(self, zone: ZoneInfo) -> date:
        """The local date now."""
        return self.at.astimezone(zone).date()

    def watch_day_end(self, day: date, zone: ZoneInfo) -> datetime:
        """When a local date is over; watched."""
        end = day_start(date.fromordinal(day.toordinal() + 1), zone)
        self.watch(end)
        return end

    def reason(
        self,
        code: str,
        *,
        clause: str,
        effect: Verdict | Otherwise,
        measure: str = "",
        required: dict[str, Detail] | None = None,
        found: dict[str, Detail] | None = None,
        evidence: tuple[str, ...] = (),
    ) -> None:
        """Add a reason. A traveller who has departed cannot be refused any more: an officer must look instead."""
        verdict = EFFECT[effect] if isinstance(effect, Otherwise) else effect
        if verdict is Verdict.REFUSE and self.departed:
            verdict = Verdict.HOLD
        self.reasons.append(
            Reason(
                code=code,
                clause=clause,
                effect=verdict,
                measure=measure,
                required=required or {},
                found=found or {},
                evidence=evidence,
            )
        )

    def wait(self, code: str, *, clause: str, measure: str = "", **found: Detail) -> None:
        """Add a reason to wait."""
        self.reason(code, clause=clause, effect=Verdict.WAIT, measure=measure, found=found)
