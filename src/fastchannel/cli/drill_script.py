"""Writes one synthetic traveller's script: what an agreement provides, done on time except where the fate says otherwise."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from fastchannel.agreement.agreement import Agreement
from fastchannel.agreement.provisions import Case, Gate, LaboratoryTest, Monitor, Paper, Provisions, Quota, Stay
from fastchannel.agreement.text import AgencyRole
from fastchannel.cli.drill import LONGEST_LEAD, SHORTEST_LEAD, SPONSORS, Fate, Profile, Script
from fastchannel.terms import events as ev
from fastchannel.terms.events import Event, Finding, Role
from fastchannel.terms.moments import Anchor, Moment, Window

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
_LED_INTO = frozenset({"isolation", "quarantine"})
_BEFORE_DEPARTURE = frozenset({Anchor.APPLICATION, Anchor.APPROVAL, Anchor.DEPARTURE, Anchor.BOARDING})
_TRAVELS = frozenset({Fate.RELEASED, Fate.RETURNED, Fate.POSITIVE_ON_ARRIVAL, Fate.SYMPTOMS, Fate.SILENT})
_FALTERS = frozenset({Fate.SYMPTOMS, Fate.SILENT})  # during the first health monitoring there is


def write_script(
    chance: random.Random,
    agreement: Agreement,
    case: Case,
    held: Provisions,
    *,
    named: Agreement,
    departure: datetime,
    fate: Fate,
    profile: Profile,
    number: int,
) -> Script:
    """The whole journey of one traveller. ``named`` is the version that the application names, ``held`` what governs later."""
    writer = _Writer(
        chance=chance, agreement=agreement, case=case, held=held, named=named, departure=departure, fate=fate, number=number
    )
    writer.write()
    events = tuple(sorted(writer.events, key=attrgetter("at")))
    return Script(profile=profile, case=case, departure=departure, fate=fate, events=_until_the_end(events, fate))


def _until_the_end(events: tuple[Event, ...], fate: Fate) -> tuple[Event, ...]:
    """Nothing follows what ends a journey."""
    for index, event in enumerate(events):
        if isinstance(event, ev.Withdrawn | ev.Denied):
            return events[: index + 1]
        if fate is Fate.NOT_APPROVED and isinstance(event, ev.Reviewed):
            return events[: index + 1]
        if fate is Fate.CLOSED_REGION and not isinstance(event, ev.Applied | ev.Sponsored):
            return events[:index]
    return events


@dataclass(slots=True, kw_only=True)
class _Writer:
    chance: random.Random
    agreement: Agreement
    case: Case
    held: Provisions
    named: Agreement
    departure: datetime
    fate: Fate
    number: int
    events: list[Event] = field(default_factory=list)
    at: dict[Anchor, datetime] = field(default_factory=dict)
    results: dict[str, datetime] = field(default_factory=dict)
    travels: bool = field(init=False)

    def __post_init__(self) -> None:
        falters_before = self.fate in _FALTERS and any(map(self._is_before, self._monitors()))
        self.travels = self.fate in _TRAVELS and not falters_before

    def write(self) -> None:
        self._plan()
        self._application()
        tests = [one for one in self.held.measures if isinstance(one, LaboratoryTest)]
        for test in tests:
            self._test(test)
        for measure in self.held.measures:
            match measure:
                case Monitor():
                    self._monitor(measure)
                case Paper():
                    self._paper(measure)
                case Stay() if self.travels:
                    self._stay(measure)
                case Quota():
                    self._add(ev.Allotted, self.at[Anchor.APPROVAL], Role.REVIEWER, quota=measure.id, granted=True)
                case Gate():
                    self._gate(measure)
                case _:
                    pass
        self._course_of_infection()

    def _plan(self) -> None:
        plan = self.at
        plan[Anchor.DEPARTURE] = self.departure
        lead = timedelta(days=self.chance.randint(SHORTEST_LEAD.days, LONGEST_LEAD.days))
        window = self.held.application.window
        if window is not None and window.start.span is not None and window.start.anchor is Anchor.DEPARTURE:
            lead = min(lead, window.start.span.elapsed - DAY)
        plan[Anchor.APPLICATION] = self._working_hour(self.departure - lead)
        plan[Anchor.APPROVAL] = self._working_hour(plan[Anchor.APPLICATION] + 2 * DAY)
        plan[Anchor.BOARDING] = self.departure - timedelta(minutes=40)
        plan[Anchor.ARRIVAL] = self.departure + self._minutes(110, 190)
        plan[Anchor.SAMPLING] = plan[Anchor.ARRIVAL] + self._minutes(40, 90)
        plan[Anchor.ENTRY] = plan[Anchor.ARRIVAL] + self._minutes(150, 240)
        plan[Anchor.RESULT] = plan[Anchor.SAMPLING] + self._minutes(8 * 60, 22 * 60)
        plan[Anchor.RELEASE] = plan[Anchor.RESULT] + self._minutes(60, 240)
        for stay in self.held.measures:
            if isinstance(stay, Stay) and stay.place in _LED_INTO and stay.least is not None:
                plan[Anchor.RELEASE] = max(
                    plan[Anchor.RELEASE], plan[Anchor.ENTRY] + stay.least.elapsed + self._minutes(30, 90)
                )

    def _minutes(self, least: int, most: int) -> timedelta:
        return timedelta(minutes=self.chance.randint(least, most))

    def _application(self) -> None:
        case, held = self.case, self.held
        host = held.destination_party
        sponsor = self.chance.choice(SPONSORS.get(host, ("host-company",)))
        applied = self.at[Anchor.APPLICATION]
        itinerary = ev.Itinerary(
            departure=self.departure, origin=case.origin, destination=case.destination,
            arrival_place=case.arrival_place, flight=f"FC{self.departure.day:02}{self.number % 9 + 1}", city=case.city,
        )  # fmt: skip
        self._add(
            ev.Applied, applied, Role.SPONSOR, by=sponsor, party=host, agreement=self.named.id, version=self.named.version,
            digest=self.named.digest, route=case.route, purpose=case.purpose, sponsor=sponsor, itinerary=itinerary,
            companion=case.companion,
        )  # fmt: skip
        duties = held.application.duties
        accept: dict[str, Any] = {"by": sponsor, "party": host, "sponsor": sponsor, "duties": duties}
        self._add(ev.Sponsored, applied + timedelta(minutes=20), Role.SPONSOR, **accept)
        review = self.at[Anchor.APPROVAL]
        by_mission = self.agreement.routes[case.route].text.application.review.by is AgencyRole.MISSION
        reviewer = Role.MISSION if by_mission else Role.REVIEWER
        if self.fate is Fate.RETURNED:
            returned = {"outcome": ev.Outcome.RETURNED, "reason": "The plan of the stay is missing."}
            self._add(ev.Reviewed, review - DAY, reviewer, party=host, **returned)
            self._add(ev.Sponsored, review - 6 * HOUR, Role.SPONSOR, **accept)
        outcome, reason = ev.Outcome.APPROVED, ""
        if self.fate is Fate.NOT_APPROVED:
            outcome, reason = ev.Outcome.REFUSED, "The work can be done from a distance."
        elif self.fate is Fate.CLOSED_REGION:
            return  # the reviewer has not looked yet: it is the agreement that refuses
        if held.application.four_eyes and outcome is ev.Outcome.APPROVED:
            first = {"outcome": outcome, "by": f"officer-{host}-2"}
            self._add(ev.Reviewed, review - HOUR, reviewer, party=host, **first)
        self._add(ev.Reviewed, review, reviewer, party=host, outcome=outcome, reason=reason)
        if self.fate is Fate.WITHDRAWN:
            later = review + timedelta(days=self.chance.randint(1, 6))
            self._add(ev.Withdrawn, later, Role.SPONSOR, by=sponsor, party=host, reason="The visit is put off.")

    def _test(self, test: LaboratoryTest) -> None:
        before = self._is_before(test.sampled[-1])
        if not before and not self.travels:
            return
        taken = self._sampling_time(test.sampled, before=before)
        laboratory = self.chance.choice(sorted(test.laboratories) or [f"lab-{self._party(before=before).lower()}"])
        for count in range(test.count):
            when = taken + count * (test.apart.elapsed + HOUR if test.apart is not None else timedelta(minutes=10))
            finding = Finding.NOT_DETECTED
            if before and self.fate is Fate.EARLY_SAMPLE:
                opens = test.sampled[-1].interval(self._anchors()).start or when
                when = opens - timedelta(minutes=self.chance.randint(30, 600))
            if before and self.fate is Fate.WRONG_LABORATORY:
                laboratory = "corner-clinic"
            if before and self.fate is Fate.POSITIVE_BEFORE:
                finding = Finding.DETECTED
            if not before and self.fate is Fate.POSITIVE_ON_ARRIVAL and test.assay is ev.Assay.NAAT:
                finding = Finding.DETECTED
            # A result of an arrival test may not come after the planned release, nor one before departure after boarding.
            limit = self.at[Anchor.BOARDING if before else Anchor.RESULT]
            reported = min(when + timedelta(minutes=self.chance.randint(5 * 60, 11 * 60)), max(limit - HOUR, when + HOUR))
            sample = {"sample": f"{self.number:05}-{test.id}-{count + 1}"[:64], "assay": test.assay, "laboratory": laboratory}
            maker = {"by": laboratory, "party": self._party(before=before)}
            self._add(ev.Sampled, when, Role.LABORATORY, **maker, **sample)
            self._add(ev.Resulted, reported, Role.LABORATORY, **maker, **sample, finding=finding)
            self.results[test.id] = reported

    def _sampling_time(self, windows: tuple[Window, ...], *, before: bool) -> datetime:
        """Inside the last of the windows: before departure early enough for the result, afterwards soon after it opens."""
        interval = windows[-1].interval(self._anchors())
        start, end = interval.start, interval.end
        if start is None:
            start = self.at[Anchor.SAMPLING]
        if before:
            latest = min(end or self.departure, self.departure) - 14 * HOUR
            return start + max(latest - start, HOUR) * self.chance.uniform(0.3, 0.9)
        earliest = max(start + timedelta(minutes=30), self.at[Anchor.SAMPLING])
        return min(earliest, end) if end is not None else earliest

    def _monitor(self, measure: Monitor) -> None:
        anchors = self._anchors()
        if measure.start.anchor not in anchors or measure.end.anchor not in anchors:
            return
        before = self._is_before(measure)
        if not before and not self.travels:
            return
        zone = anchors[measure.start.anchor][1]
        days = list(_dates(measure.start.date(*anchors[measure.start.anchor]), measure.end.date(*anchors[measure.end.anchor])))
        falters = measure is self._monitors()[0]
        if self.fate is Fate.SILENT and falters:
            days = days[: self.chance.randint(2, max(2, len(days) - 5))]
        ill = days[len(days) // 2] if days and self.fate is Fate.SYMPTOMS and falters else None
        for day in days:
            said = datetime.combine(day, time(self.chance.randint(7, 20), self.chance.randint(0, 59)), tzinfo=zone)
            if said <= self.at[Anchor.APPLICATION]:
                said = self.at[Anchor.APPLICATION] + HOUR
            me = {"by": f"traveller-{self.number:05}", "party": self.held.origin_party}
            self._add(ev.CheckedIn, said, Role.TRAVELLER, **me, day=day, symptoms=day == ill)
            if measure.calls_per_day:
                self._add(
                    ev.Called,
                    said - timedelta(minutes=20),
                    Role.MONITOR,
                    party=self._party(before=before),
                    day=day,
                    reached=True,
                    symptoms=False,
                )

    def _monitors(self) -> list[Monitor]:
        return [one for one in self.held.measures if isinstance(one, Monitor)]

    def _paper(self, paper: Paper) -> None:
        needed = self._instant(paper.by)
        before = self._is_before(paper)
        if not before and not self.travels:
            return
        windows = [window.interval(self._anchors()) for window in paper.issued]
        # As late as the issue may be, so that a certificate rests on the result it certifies.
        latest = min([needed - 3 * HOUR, *(one.end - HOUR for one in windows[-1:] if one.end is not None)])
        earliest = max([self.at[Anchor.APPLICATION] + HOUR, *(one.start for one in windows[-1:] if one.start is not None)])
        result = max((when for when in self.results.values() if when < latest), default=latest - 2 * DAY)
        issued = max(earliest, result + timedelta(minutes=20)) if windows or paper.valid_for else earliest + 2 * DAY
        issued = min(issued, latest)
        issuer = self.chance.choice(sorted(paper.issuers) or [self.held.destination_party])
        role = Role.MISSION if "mission" in (paper.issuer_role, *issuer.split("-")) else Role.REVIEWER
        self._add(
            ev.Documented, issued + timedelta(minutes=self.chance.randint(10, 120)), role,
            party=self.held.destination_party, document=paper.document, issuer=issuer, issuer_role=paper.issuer_role,
            issued=issued, accepted=not (self.fate is Fate.FORGED and self._is_first(paper)),
            number=f"DRILL-{self.number:05}",
        )  # fmt: skip

    def _is_first(self, paper: Paper) -> bool:
        return next(one for one in self.held.measures if isinstance(one, Paper)) is paper

    def _gate(self, gate: Gate) -> None:
        arrive = {"place": self.case.arrival_place}
        if gate.at == "boarding":
            if self.travels:
                self._add(
                    ev.Boarded, self.at[Anchor.BOARDING], Role.CARRIER, party=self.held.origin_party, place=self.case.origin
                )
                self._add(ev.Arrived, self.at[Anchor.ARRIVAL], Role.CHECKPOINT, party=self.held.destination_party, **arrive)
            elif self.fate not in (Fate.NOT_APPROVED, Fate.CLOSED_REGION, Fate.WITHDRAWN):  # these do not come to the gate
                why = "The conditions of boarding are not met."
                self._add(
                    ev.Denied, self.at[Anchor.BOARDING], Role.CARRIER, party=self.held.origin_party, gate=gate.id, reason=why
                )

    def _stay(self, stay: Stay) -> None:
        host = {"party": self.held.destination_party}
        anchors = self._anchors()
        if stay.start.anchor not in anchors:
            return
        start = self._instant(stay.start)
        if stay.place == "vehicle":
            self._add(ev.Moved, start + timedelta(minutes=15), Role.SITE, **host, stay=stay.id, vehicle="sponsor's bus")
        elif stay.place in _LED_INTO:
            entered = max(start, self.at[Anchor.ENTRY])
            self._add(ev.Entered, entered, Role.SITE, **host, stay=stay.id, site=f"{self.case.destination}-hotel-1")
            left = self.at[Anchor.RELEASE]
            if self.fate is Fate.POSITIVE_ON_ARRIVAL:
                left += timedelta(days=15)
            self._add(ev.Left, left, Role.SITE, **host, stay=stay.id)

    def _course_of_infection(self) -> None:
        if self.fate is Fate.POSITIVE_ON_ARRIVAL and self.results:
            known = max(self.results.values()) + HOUR
            case = f"case-{self.number:05}"
            host = {"party": self.held.destination_party, "case": case}
            self._add(ev.Confirmed, known, Role.MONITOR, **host)
            self._add(ev.Recovered, known + timedelta(days=13), Role.MONITOR, **host)

    def _add(self, kind: type[Any], at: datetime, role: Role, *, by: str = "", party: str = "", **fields: Any) -> None:
        party = party or self.held.destination_party
        at = at.replace(microsecond=0)
        self.events.append(
            kind(
                id=f"{self.number:05}-{len(self.events):03}", journey=f"drill-{self.number:05}", at=at,
                recorded=at + timedelta(seconds=self.chance.randint(5, 600)), role=role, by=by or f"{role}-{party.lower()}",
                party=party, **fields,
            )
        )  # fmt: skip

    def _party(self, *, before: bool) -> str:
        return self.held.origin_party if before else self.held.destination_party

    def _is_before(self, what: Window | Monitor | Paper) -> bool:
        if isinstance(what, Paper):
            return what.by.anchor in _BEFORE_DEPARTURE
        return what.end.anchor in _BEFORE_DEPARTURE

    def _anchors(self) -> dict[Anchor, tuple[datetime, ZoneInfo]]:
        origin, destination = self.agreement.zone(self.case.origin), self.agreement.zone(self.case.destination)
        return {anchor: (at, origin if anchor in _BEFORE_DEPARTURE else destination) for anchor, at in self.at.items()}

    def _instant(self, moment: Moment) -> datetime:
        anchored = self._anchors().get(moment.anchor)
        return moment.at(*anchored) if anchored is not None else self.at[Anchor.RELEASE]

    def _working_hour(self, near: datetime) -> datetime:
        zone = self.agreement.zone(self.held.destination_party)
        hour, minute = self.chance.randint(9, 17), self.chance.randint(0, 59)
        return datetime.combine(near.astimezone(zone).date(), time(hour, minute), tzinfo=zone)


def _dates(first: date, stop: date) -> Iterator[date]:
    for days in range((stop - first).days):
        yield first + days * DAY
