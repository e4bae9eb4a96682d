"""The fold over days by which stops begin, give way to stricter ones, are extended and end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from fastchannel.agreement.text import AgreementText, Fate, Reopening, Scope, TriggerText
from fastchannel.watch.triggers.evaluate import Finding, evaluate, lately_flown, per_flight, told_of
from fastchannel.watch.triggers.figures import DAY, Figure, FlightCount, Known, whole_days
from fastchannel.watch.triggers.overrides import Act, Override
from fastchannel.watch.triggers.states import STRICTEST, DayState, Kind, Reason, State, Stop, last_day
from fastchannel.watch.triggers.stops import Key, Stops
from fastchannel.watch.triggers.subject import Subject, Traffic, covers, routes_of, subjects, subjects_of, traffic_of
from fastchannel.watch.triggers.under_way import past
from fastchannel.watch.triggers.views import Admitted


@dataclass(slots=True)
class Fold:
    """What is so far: call `day` for each day in order; `days`, `stops`, `fired` and `opened` are what came of it."""

    text: AgreementText
    known: Known
    overrides: tuple[Override, ...]
    as_happened: bool = True
    stops: Stops = field(default_factory=Stops)
    days: dict[Subject, list[DayState]] = field(default_factory=lambda: defaultdict(list))
    fired: list[Finding] = field(default_factory=list)
    opened: dict[Override, date] = field(default_factory=dict)
    met: dict[Subject, None] = field(default_factory=dict)
    reasons: dict[Subject, list[Reason]] = field(default_factory=lambda: defaultdict(list))
    continued: set[Subject] = field(default_factory=set)
    triggers: dict[str, TriggerText] = field(default_factory=dict)
    flown: dict[Traffic, FlightCount] | None = None  # a flight of each line so far
    decided: dict[tuple[Traffic, date], bool] = field(default_factory=dict)  # whether past flights were kept out
    today: date = date.min

    def __post_init__(self) -> None:
        self.triggers = {trigger.id: trigger for trigger in self.text.trigger}
        if not self.as_happened:
            self.known = Admitted(known=self.known, kept_out=self._kept_out)

    def _kept_out(self, flight: FlightCount) -> bool:
        """Whether a flight's line was stopped on the day of its arrival; for a day that is past, this is settled."""
        key = (traffic_of(flight), flight.arrived)
        found = self.decided.get(key)
        if found is None:
            found = any(
                stop.keeps_out(flight.arrived) and covers(stop.subject, stop.routes, key[0])
                for subject in subjects_of(key[0])
                for stop in self.stops.of(subject)
            )
            if flight.arrived < self.today:
                self.decided[key] = found
        return found

    def day(self, on: date) -> None:
        """One day."""
        self.reasons.clear()
        self.continued.clear()
        self.today = on
        self.stops.prune(on)
        self._decided(on)
        reported = self.known.reported(on)
        findings = [one for event in reported for one in evaluate(self.text, self.known, on, event=event)]
        if self.flown is None:
            self.flown = {traffic_of(one): one for one in lately_flown(self.known, on)}
        self.flown.update((traffic_of(one), one) for one in reported)
        findings += evaluate(self.text, self.known, on, flown=tuple(self.flown.values()))
        self._meet(findings, on)
        for finding in findings:
            self._found(finding, on)
        self._ended(on)
        for subject in self.met:
            self.days[subject].append(self._state(subject, on))

    def _meet(self, findings: Iterable[Finding], on: date) -> None:
        if not self.met:
            for trigger in self.text.trigger:
                if trigger.unit not in (Scope.FLIGHT, Scope.CARRIER):
                    self.met.update(dict.fromkeys(subjects(self.text, trigger, (), on)))
        self.met.update(dict.fromkeys(finding.subject for finding in findings))

    # What people decide.

    def _decided(self, on: date) -> None:
        parties = self.text.agreement.parties
        for override in self.overrides:
            if not override.seen(on):
                continue
            self.met.setdefault(override.subject)
            effective = override.in_effect(parties, on)
            self.reasons[override.subject].append(self._override_reason(override, on, effective=effective))
            if effective and override.act is Act.OPEN:
                self._open(override, on)
            elif effective:
                self._stop_by(override, on)

    def _override_reason(self, override: Override, on: date, *, effective: bool) -> Reason:
        signed = override.signed(on)
        missing = [party for party in self.text.agreement.parties if party not in signed]
        code = "override.both" if effective else "override.unsigned" if missing else "override.no-reason"
        if not effective and not missing and override.reason.strip():
            code = "override.later"
        return Reason(
            code=code,
            clause="",
            trigger=override.trigger,
            detail={
                "id": override.id,
                "act": override.act.value,
                "reason": override.reason,
                "signed": ", ".join(sorted(signed)),
                "missing": ", ".join(missing),
                "first": f"{override.begins(self.text.agreement.parties) or override.first}",
                "until": f"{override.until or ''}",
            },
        )

    def _open(self, override: Override, on: date) -> None:
        self.opened.setdefault(override, on)
        for key, stop in self.stops.live():
            if stop.state(on) is not None and self._concerns(override, stop.subject, stop.trigger):
                self.stops.put(key, replace(stop, last=on - DAY))

    def _concerns(self, override: Override, subject: Subject, trigger: str) -> bool:
        whole = override.subject.scope is Scope.AGREEMENT or override.subject == subject
        return whole and override.trigger in ("", trigger)

    def _kept_open(self, subject: Subject, trigger: str, on: date) -> bool:
        parties = self.text.agreement.parties
        return any(
            override.act is Act.OPEN and override.in_effect(parties, on) and self._concerns(override, subject, trigger)
            for override in self.overrides
        )

    def _stop_by(self, override: Override, on: date) -> None:
        key = (override.subject, f"override {override.id}", override.first)
        if key in self.stops.every:
            return
        kind = Kind.PAUSE if override.act is Act.PAUSE else Kind.SUSPENSION
        made = Stop(
            trigger=key[1],
            clause="",
            subject=override.subject,
            kind=kind,
            announced=min(on, max(signature.on for signature in override.signatures)),
            first=on,
            last=override.until,
            length_days=(override.until - on).days + 1 if override.until else None,
            routes=tuple(self.text.route),
            reason=self._override_reason(override, on, effective=True),
            under_way=override.under_way,
        )
        self.stops.put(key, made)
        self._supersede(made)

    # What the rules do.

    def _found(self, finding: Finding, on: date) -> None:
        trigger = self.triggers[finding.trigger]
        if finding.holds is None:
            self.reasons[finding.subject].append(_reason("trigger.cannot-be-told", finding))
        if not finding.holds:
            return
        self.fired.append(finding)
        if self._kept_open(finding.subject, finding.trigger, on):
            self.reasons[finding.subject].append(_reason("trigger.overridden", finding))
            return
        if trigger.effect.continue_:
            self.continued.add(finding.subject)
            self.reasons[finding.subject].append(_reason("trigger.continues", finding))
            return
        of_subject = self._of(finding.subject, on)
        stricter = {stop.kind for stop in of_subject} & (
            {Kind.SUSPENSION} if trigger.effect.length else {*Kind} - {Kind.FREQUENCY}
        )
        if stricter and not trigger.effect.suspend:
            return
        active = next((stop for stop in of_subject if stop.trigger == finding.trigger), None)
        made = self._stop(trigger, finding, on)
        if active is None:
            self.stops.put((made.subject, made.trigger, on), made)
            self._supersede(made)
        elif per_flight(trigger.when) and active.last is not None and made.last is not None and made.last > active.last:
            self.stops.put((active.subject, active.trigger, active.announced), replace(active, last=made.last))
            self.reasons[finding.subject].append(_reason("trigger.again", finding, until=f"{made.last}"))

    def _of(self, subject: Subject, on: date) -> list[Stop]:
        return [stop for _, stop in self.stops.live(subject) if stop.state(on) is not None]

    def _stop(self, trigger: TriggerText, finding: Finding, on: date) -> Stop:
        effect = trigger.effect
        lead = whole_days(effect.from_.span) if effect.from_.span else 0
        first = on + lead * DAY
        length = whole_days(effect.length) if effect.length else None
        kind = Kind.SUSPENSION if effect.suspend else Kind.PAUSE if effect.pause else Kind.FREQUENCY
        return Stop(
            trigger=trigger.id,
            clause=trigger.clause,
            subject=finding.subject,
            kind=kind,
            announced=on,
            first=first,
            last=last_day(on, first, length) if length is not None else None,
            length_days=length,
            routes=routes_of(self.text, trigger),
            reason=_reason("trigger.fired", finding, first=f"{first}"),
            flights_per_week=effect.flights_per_week,
            usual=effect.usual,
            under_way=past(trigger) or Fate.STOP,
        )

    def _supersede(self, made: Stop) -> None:
        """A suspension takes the place of a pause, and any stop that of another number of flights, on the same subject."""
        for key, stop in self.stops.live(made.subject):
            over = stop.last is not None and stop.last < made.first
            yields = (stop.kind is Kind.FREQUENCY and made.kind is not Kind.FREQUENCY) or (
                stop.kind is Kind.PAUSE and made.kind is Kind.SUSPENSION
            )
            if yields and not over and stop.announced <= made.announced:
                self.stops.put(key, replace(stop, last=max(made.first, stop.announced) - DAY))

    def _ended(self, on: date) -> None:
        for key, stop in self.stops.live():
            trigger = self.triggers.get(stop.trigger)
            if trigger is None or on < stop.first or stop.state(on) is None:
                continue
            if trigger.reopens is Reopening.DECISION:
                self._waits(key, stop, on)
            elif trigger.resume is not None:
                self._resumed(key, stop, trigger, on)

    def _waits(self, key: Key, stop: Stop, on: date) -> None:
        """It goes on until both parties decide."""
        if stop.last == on:
            self._extend(key, stop, 1, on)
            self.reasons[stop.subject].append(Reason(code="resume.awaits-decision", clause=stop.clause, trigger=stop.trigger))

    def _resumed(self, key: Key, stop: Stop, trigger: TriggerText, on: date) -> None:
        condition = trigger.resume
        is_last = stop.last == on
        if condition is None or (condition.on_last_day and not is_last):
            return
        told = told_of(self.text, trigger, condition, stop.subject, self.known, on, every=True)
        if told.holds:
            self.stops.put(key, replace(stop, last=on))
            self.reasons[stop.subject].append(_of_resume("resume.holds", stop, str(condition), told.figures, on + DAY))
            return
        if not is_last or stop.kind is Kind.PAUSE:
            return
        days = whole_days(trigger.effect.extend) if trigger.effect.extend else 1
        self._extend(key, stop, days, on)
        code = "resume.cannot-be-told" if told.holds is None else "resume.fails"
        self.reasons[stop.subject].append(_of_resume(code, stop, str(condition), told.figures, on + days * DAY))

    def _extend(self, key: Key, stop: Stop, days: int, on: date) -> None:
        since = stop.since_extended or on + DAY
        self.stops.put(key, replace(stop, last=on + days * DAY, extended=stop.extended + 1, since_extended=since))

    # What comes of it.

    def _state(self, subject: Subject, on: date) -> DayState:
        stops = self._of(subject, on)
        states = {stop.state(on): stop for stop in stops}
        state = next((one for one in STRICTEST if one in states), None)
        said = self.reasons[subject]
        reasons = [*said, *(stop.reason for stop in stops if stop.reason not in said)]
        if state is not None:
            holding = [stop for stop in stops if stop.state(on) is state]
            return DayState(
                subject=subject,
                day=on,
                state=state,
                reasons=tuple(reasons),
                flights_per_week=holding[0].flights_per_week,
                last=_latest(holding),
            )
        state = State.CONTINUED if subject in self.continued else State.OPEN
        before = [one for _, one in self.stops.live(subject) if one.last == on - DAY]
        ended = [one for one in before if one.kind is not Kind.FREQUENCY and one.last is not None and one.last >= one.first]
        if ended:
            state = State.RESUMED
            reasons += [_ended_reason(one) for one in ended]
        return DayState(subject=subject, day=on, state=state, reasons=tuple(reasons))


def _latest(stops: Iterable[Stop]) -> date | None:
    lasts = [stop.last for stop in stops]
    known = [one for one in lasts if one is not None]
    return max(known) if known and len(known) == len(lasts) else None


def _reason(code: str, finding: Finding, **detail: str) -> Reason:
    event: Mapping[str, str] = {"event": finding.event} if finding.event else {}
    return Reason(
        code=code,
        clause=finding.clause,
        trigger=finding.trigger,
        required=finding.required,
        found=finding.figures,
        detail={**event, **detail},
    )


def _of_resume(code: str, stop: Stop, required: str, found: tuple[Figure, ...], day: date) -> Reason:
    """Why a stop ends or goes on; ``day`` is the day on which it opens, or the last to which it goes on."""
    detail = {"day": f"{day}"}
    return Reason(code=code, clause=stop.clause, trigger=stop.trigger, required=required, found=found, detail=detail)


def _ended_reason(stop: Stop) -> Reason:
    return Reason(code="stop.ended", clause=stop.clause, trigger=stop.trigger, detail={"last": f"{stop.last}"})
