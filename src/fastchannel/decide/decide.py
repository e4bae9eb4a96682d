"""`decide`: the agreement applied to one traveller at one time. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct

from fastchannel.agreement.agreement import Agreement, Versions
from fastchannel.agreement.provisions import Case, Gate, Provisions, Stay
from fastchannel.decide import rules
from fastchannel.decide.journey import REVIEW, Journey, fold, utc
from fastchannel.decide.looking import Anchors, Looking
from fastchannel.decide.readings import READINGS
from fastchannel.decide.readings.stay import ENTERED as LED_INTO
from fastchannel.decide.stages import AFTER_DEPARTURE, ENDED, Stage
from fastchannel.decide.standing import SEVERITY, Reason, Standing, Status, Verdict
from fastchannel.terms.events import Applied, Event, Itinerary
from fastchannel.terms.moments import Anchor, day_start
from fastchannel.terms.places import country_of

KEPT = (Status.MET, Status.WAIVED)
PROGRESS = {
    Status.MET: 0,
    Status.WAIVED: 0,
    Status.PENDING: 1,
    Status.DUE: 2,
    Status.AHEAD: 2,
    Status.FAILED: 3,
    Status.MISSED: 4,
}
GATES = ("boarding", "entry", "release", "completion")
# The gate that a journey at each stage has before it.
AHEAD_OF = {
    Stage.TRAVELLING: 1,
    Stage.ARRIVED: 1,
    Stage.ISOLATED: 2,
    Stage.TREATED: 2,
    Stage.FOLLOWED_UP: 3,
    Stage.COMPLETED: 3,
}


def decide(
    text: Agreement | Versions,
    events: Iterable[Event],
    at: datetime,
    *,
    known: datetime | None = None,
    route: str | None = None,
) -> Standing:
    """Where the journey of these events stands at ``at``, as known at ``known`` (the same time unless given).

    ``events`` may come in any order and repeated. ``route`` names the route of ``text`` to read where the application was
    made under another agreement. Never raises for what the events say: a fault in them is a reason.
    """
    if at.tzinfo is None:
        raise ValueError("decide: `at` needs an offset, for example 2020-05-04T09:00:00+09:00")
    at = utc(at)
    known = at if known is None else utc(known)
    journey = fold(events, at, known)
    versions = _versions(text)
    try:
        return _decided(versions, journey, at, known, route)
    except OverflowError:  # a time so near the ends of the calendar that no window about it can be reckoned
        return _unanswerable(journey, versions.newest, at, known, "record.time-beyond-calendar", "")


def _versions(text: Agreement | Versions) -> Versions:
    return text if isinstance(text, Versions) else Versions.of(text)


def _decided(versions: Versions, journey: Journey, at: datetime, known: datetime, route: str | None) -> Standing:
    applied, itinerary = journey.applied, journey.itinerary
    if applied is None or itinerary is None:
        return _unanswerable(journey, versions.newest, at, known, "journey.no-application", "")
    foreign = route is not None
    route = route or applied.route
    if not foreign and applied.agreement != versions.id:
        return _unanswerable(journey, versions.newest, at, known, "agreement.other", applied.agreement)
    if route not in versions.newest.routes:
        return _unanswerable(journey, versions.newest, at, known, "agreement.no-such-route", route)
    anchors = _anchors(journey, applied, itinerary, versions.newest)
    governing = _governing(versions, journey, applied, at, anchors, foreign=foreign)
    if route not in governing.routes:
        return _unanswerable(journey, governing, at, known, "agreement.no-such-route", route)
    provisions = governing.provisions(_case(applied, itinerary, journey, route), _local_departure(anchors))
    if _second_pair_of_eyes(journey, provisions):
        anchors = _without_approval(anchors)
    look = Looking(
        journey=journey,
        provisions=provisions,
        anchors=anchors,
        at=at,
        known=known,
        departed=journey.stage in AFTER_DEPARTURE,
        settled=_settled(journey, provisions) if journey.waivers else {},
    )
    look.watch(journey.next_event)
    if journey.stage not in ENDED:
        _watch_texts(look, versions)
    if not foreign and not _holds_text(versions, applied):
        look.reason(
            "agreement.digest", clause=provisions.in_force_clause, effect=Verdict.HOLD, found={"digest": applied.digest}
        )
    if journey.unreadable:
        look.reason(
            "record.correction-unreadable",
            clause=provisions.application.clause,
            effect=Verdict.HOLD,
            evidence=tuple(journey.unreadable),
        )
    if journey.stage in (Stage.REFUSED, Stage.WITHDRAWN):
        _closed(look)
        return _standing(look, journey.stage, "")
    _read(look, applied, itinerary)
    return _judge(look)


def provisions_for(text: Agreement | Versions, events: Iterable[Event], at: datetime) -> Provisions | None:
    """What the text provides for the journey of these events at ``at``; None where it has no application or no such route."""
    found = provided_for(text, events, at)
    return found[0] if found is not None else None


def provided_for(text: Agreement | Versions, events: Iterable[Event], at: datetime) -> tuple[Provisions, Anchors] | None:
    """The same, with the moments of the journey that are known: what its measures are read against."""
    journey = fold(events, utc(at), utc(at))
    versions = _versions(text)
    applied, itinerary = journey.applied, journey.itinerary
    if applied is None or itinerary is None:
        return None
    anchors = _anchors(journey, applied, itinerary, versions.newest)
    governing = _governing(versions, journey, applied, utc(at), anchors, foreign=False)
    if applied.route not in governing.routes:
        return None
    provisions = governing.provisions(_case(applied, itinerary, journey, applied.route), _local_departure(anchors))
    if _second_pair_of_eyes(journey, provisions):
        anchors = _without_approval(anchors)
    return provisions, anchors


def _without_approval(anchors: Anchors) -> Anchors:
    return {anchor: moment for anchor, moment in anchors.items() if anchor is not Anchor.APPROVAL}


def _governing(
    versions: Versions, journey: Journey, applied: Applied, at: datetime, anchors: Anchors, *, foreign: bool
) -> Agreement:
    """The version that governs; one that ended is governed for ever as it was then."""
    held = not foreign and applied.version in versions
    began = applied.version if held else versions.newest.version
    return versions.governing(min(at, _closed_at(journey) or at), began, anchors)


def _anchors(journey: Journey, applied: Applied, itinerary: Itinerary, agreement: Agreement) -> Anchors:
    """Each moment of the journey that is known, in UTC, with the zone of the place where it happens."""
    origin = agreement.zone(itinerary.origin)
    landing = agreement.zone(journey.arrived_place or itinerary.arrival_place or itinerary.destination)
    planned = utc(itinerary.departure)
    anchors = {
        Anchor.APPLICATION: (utc(applied.at), origin),
        # A flight that leaves late leaves when it was boarded; one boarded before its time leaves on time.
        Anchor.DEPARTURE: (max(planned, utc(journey.boarded)) if journey.boarded is not None else planned, origin),
    }
    if journey.approved is not None:
        anchors[Anchor.APPROVAL] = (utc(journey.approved), origin)
    if journey.boarded is not None:
        anchors[Anchor.BOARDING] = (utc(journey.boarded), origin)
    if journey.arrived is not None:
        arrived = utc(journey.arrived)
        anchors[Anchor.ARRIVAL] = (arrived, landing)
        taken = [utc(sample.taken) for sample in journey.samples.values() if sample.taken is not None]
        after = [instant for instant in taken if instant >= arrived]
        if after:
            anchors[Anchor.SAMPLING] = (min(after), landing)
        reported = [
            utc(sample.reported)
            for sample in journey.samples.values()
            if sample.reported is not None and sample.taken is not None and sample.taken >= arrived
        ]
        if reported:
            anchors[Anchor.RESULT] = (max(reported), landing)
    if journey.entered:
        anchors[Anchor.ENTRY] = (utc(min(journey.entered.values())), landing)
    if journey.released is not None:
        anchors[Anchor.RELEASE] = (utc(journey.released), landing)
    return anchors


def _watch_texts(look: Looking, versions: Versions) -> None:
    """A later text can begin to govern when it is adopted or enters into force, by the dates of any of the journey's places."""
    yesterday = date.fromordinal(max(1, look.at.toordinal() - 1))  # somewhere it may still be that date
    days = [
        day
        for version in versions
        if version.version > look.provisions.version
        for day in (version.adopted, version.in_force)
        if day >= yesterday
    ]
    for zone in {zone for _, zone in look.anchors.values()}:
        for day in days:
            look.watch(day_start(day, zone))


def _local_departure(anchors: Anchors) -> date:
    departure, zone = anchors[Anchor.DEPARTURE]
    return departure.astimezone(zone).date()


def _case(applied: Applied, itinerary: Itinerary, journey: Journey, route: str) -> Case:
    return Case(
        route=route,
        purpose=applied.purpose,
        companion=applied.companion,
        origin=itinerary.origin,
        destination=itinerary.destination,
        arrival_place=journey.arrived_place or itinerary.arrival_place or itinerary.destination,
        city=itinerary.city,
    )


def _second_pair_of_eyes(journey: Journey, provisions: Provisions) -> bool:
    """Where the agreement asks for two reviewers, the first one's approval does not approve yet; whether that is so."""
    if not provisions.application.four_eyes or len(journey.approvers) > 1:
        return False
    if journey.stage is Stage.APPROVED:
        journey.stage = Stage.SPONSORED if journey.sponsored else Stage.APPLIED
    return True


def _closed_at(journey: Journey) -> datetime | None:
    """When a journey that was refused or withdrawn ended: no later version of the text governs it any more."""
    if journey.stage is Stage.WITHDRAWN and journey.withdrawn is not None:
        return utc(journey.withdrawn.at)
    if journey.stage is Stage.REFUSED and journey.review is not None:
        return utc(journey.review.at)
    return None


def _closed(look: Looking) -> None:
    journey, rule = look.journey, look.provisions.application
    if journey.stage is Stage.WITHDRAWN and journey.withdrawn is not None:
        look.reason("journey.withdrawn", clause=rule.clause, effect=Verdict.REFUSE, evidence=(journey.withdrawn.id,))
    elif journey.review is not None:
        look.reason(
            "review.refused",
            clause=rule.review_clause or rule.clause,
            effect=Verdict.REFUSE,
            measure=REVIEW,
            found={"reason": journey.review.reason, "by": journey.review.by},
            evidence=(journey.review.id,),
        )


def _read(look: Looking, applied: Applied, itinerary: Itinerary) -> None:
    """Every rule and every measure; a test is read before the stay that it ends."""
    rules.read_admission(look, applied, itinerary)
    if not look.departed:
        rules.read_review(look)
    later = []
    for measure in look.provisions.measures:
        reading = READINGS.get(type(measure))
        if reading is None:
            continue
        if getattr(measure, "ends", ()):
            later.append((reading, measure))
        else:
            look.statuses[measure.id] = reading(look, measure)
    for reading, measure in later:
        look.statuses[measure.id] = reading(look, measure)
    rules.read_case(look)
    rules.read_suspensions(look)
    rules.read_officer(look)
    _choose(look)
    _passed_gates(look)


def _choose(look: Looking) -> None:
    """Settle what each gate requires; where it takes one list of measures or another, the list that is furthest.

    What was found in the other lists holds nobody up, but an infection does; antibodies by themselves are none.
    """
    spare: set[str] = set()
    for gate in look.provisions.measures:
        if type(gate) is not Gate:
            continue
        look.required[gate.id] = gate.requires
        if gate.at == "release":  # whatever else it requires, nobody is let out of a stay that is not over
            look.required[gate.id] += tuple(
                stay.id
                for stay in look.provisions.measures
                if type(stay) is Stay and stay.place in LED_INTO and stay.id not in gate.requires
            )
        if gate.either:
            chosen = min(gate.either, key=lambda names: max(PROGRESS[look.statuses[name]] for name in names))
            look.required[gate.id] += chosen
            spare.update(name for names in gate.either for name in names)
    if not spare:
        return
    spare.difference_update(*look.required.values())
    blood = {measure.id for measure in look.provisions.measures if getattr(measure, "assay", None) in rules.ANTIBODIES}
    look.reasons = [
        reason
        for reason in look.reasons
        if reason.measure not in spare or (reason.code == "test.detected" and reason.measure not in blood)
    ]
    look.obligations = [item for item in look.obligations if item.measure not in spare]
    for name in spare:
        del look.statuses[name]


def _approved(look: Looking) -> bool:
    journey = look.journey
    return journey.approved is not None and (not look.provisions.application.four_eyes or len(journey.approvers) > 1)


def _passed(journey: Journey) -> dict[str, datetime | None]:
    """When each gate was passed, if it was."""
    return {
        "boarding": journey.boarded or journey.arrived,
        "entry": min(journey.entered.values(), default=None) if journey.arrived is not None else None,
        "release": journey.released,
    }


def _settled(journey: Journey, provisions: Provisions) -> dict[str, datetime]:
    """For each measure and rule, when the first gate that asks it was passed: a waiver that ran out later has done its work."""
    passed = _passed(journey)
    settled = dict(journey.left)
    boarded = passed["boarding"]
    if boarded is not None:
        settled.update(dict.fromkeys(rules.ADMISSION, boarded))
    for gate in provisions.measures:
        when = passed.get(gate.at) if type(gate) is Gate else None
        if type(gate) is Gate and when is not None:
            for name in (gate.id, *gate.requires, *(name for names in gate.either for name in names)):
                settled.setdefault(name, when)
    return settled


def _passed_gates(look: Looking) -> None:
    """A gate that was passed although something it requires is not met: an officer must look."""
    passed = _passed(look.journey)
    for gate in look.provisions.measures:
        if type(gate) is not Gate:
            continue
        when = passed.get(gate.at)
        if when is None or look.waived(gate.id):
            continue
        required = look.required[gate.id]
        unmet = [name for name in required if look.statuses.get(name, Status.MET) not in KEPT]
        if gate.at == "boarding" and not _approved(look) and not look.waived(REVIEW):
            unmet.append(REVIEW)
        if unmet:
            look.reason(
                "gate.passed-unmet",
                clause=gate.clause,
                effect=gate.otherwise,
                measure=gate.id,
                required={"measures": list(required)},
                found={"gate": gate.at, "unmet": unmet, "passed": when.isoformat()},
            )


def _judge(look: Looking) -> Standing:
    """The verdict on the next gate: the worst of the reasons, or wait where something it requires is not met yet."""
    journey = look.journey
    gate = _next_gate(look)
    # Without a gate for it, the whole of the journey's measures must be over before it is complete.
    required = look.required[gate.id] if gate is not None else tuple(look.statuses)
    unmet = [name for name in required if look.statuses.get(name, Status.MET) not in KEPT]
    if gate is not None and look.waived(gate.id):
        unmet = []
    name = gate.at if gate is not None else GATES[AHEAD_OF.get(journey.stage, 0)]
    if name == "boarding":
        look.watch(look.anchors[Anchor.DEPARTURE][0])
    # A reason to wait that concerns a later gate is an obligation, and changes no verdict on the next one.
    look.reasons = [
        reason
        for reason in look.reasons
        if reason.effect is not Verdict.WAIT or reason.measure not in look.statuses or reason.measure in required
    ]
    worst = max((SEVERITY[reason.effect] for reason in look.reasons), default=0)
    if unmet and worst < SEVERITY[Verdict.HOLD]:
        look.reason(
            "gate.awaits",
            clause=gate.clause if gate is not None else look.provisions.application.clause,
            effect=Verdict.WAIT,
            measure=gate.id if gate is not None else "",
            required={"measures": list(required)},
            found={"gate": name, "unmet": unmet},
        )
    stage = journey.stage
    if stage is Stage.FOLLOWED_UP and not unmet and worst < SEVERITY[Verdict.WAIT]:
        stage = Stage.COMPLETED
    return _standing(look, stage, name)


def _next_gate(look: Looking) -> Gate | None:
    """The first gate of the text at or after the journey's place on the way."""
    gates = {measure.at: measure for measure in look.provisions.measures if type(measure) is Gate}
    for name in GATES[AHEAD_OF.get(look.journey.stage, 0) :]:
        if name in gates:
            return gates[name]
    return None


def _standing(look: Looking, stage: Stage, gate: str) -> Standing:
    reasons = sorted(look.reasons, key=lambda reason: -SEVERITY[reason.effect])
    if stage is Stage.COMPLETED:
        verdict = Verdict.RELEASED
    else:
        verdict = reasons[0].effect if reasons and SEVERITY[reasons[0].effect] > 1 else Verdict.PROCEED
    provisions = look.provisions
    return Standing(
        journey=look.journey.id,
        agreement=provisions.agreement,
        version=provisions.version,
        digest=provisions.digest,
        route=provisions.route,
        at=look.at,
        known=look.known,
        stage=stage,
        verdict=verdict,
        gate="" if stage in ENDED else gate,
        reasons=tuple(reasons),
        obligations=tuple(look.obligations) if stage is not Stage.REFUSED else (),
        changes=look.changes,
    )


def _holds_text(versions: Versions, applied: Applied) -> bool:
    return any(held.version == applied.version and held.digest == applied.digest for held in versions)


def _unanswerable(journey: Journey, agreement: Agreement, at: datetime, known: datetime, code: str, found: str) -> Standing:
    """The events say too little, or speak of another text: wait for the record to be completed, or for an officer."""
    effect = Verdict.WAIT if journey.applied is None else Verdict.HOLD
    return Standing(
        journey=journey.id,
        agreement=agreement.id,
        version=agreement.version,
        digest=agreement.digest,
        route=journey.applied.route if journey.applied is not None else "",
        at=at,
        known=known,
        stage=journey.stage,
        verdict=effect,
        gate="",
        reasons=(
            Reason(code=code, clause=agreement.text.agreement.clause, effect=effect, found={"found": found} if found else {}),
        ),
        obligations=(),
        changes=journey.next_event,
    )


class JointStanding(Struct, frozen=True, kw_only=True):
    """One traveller under several agreements: the strictest verdict, and each agreement's own standing."""

    verdict: Verdict
    decisive: tuple[str, ...]  # the agreements whose verdict it is
    standings: tuple[Standing, ...]


def decide_under(
    texts: Sequence[Agreement | Versions], events: Iterable[Event], at: datetime, *, known: datetime | None = None
) -> JointStanding:
    """Decide under every text that has a route for this crossing; the strictest verdict is the traveller's.

    The application names one agreement and its route; another text is read by its route between the same two parties.
    A text with no such route does not apply. Raises ValueError where none does.
    """
    events = list(events)
    applied = fold(events, at, at if known is None else known).applied
    standings = []
    for text in texts:
        versions = _versions(text)
        if applied is None or applied.agreement == versions.id:
            standings.append(decide(versions, events, at, known=known))
            continue
        origin, destination = country_of(applied.itinerary.origin), country_of(applied.itinerary.destination)
        standings += [
            decide(versions, events, at, known=known, route=route.id)
            for route in versions.newest.routes.values()
            if (route.origin_party, route.destination_party) == (origin, destination)
        ]
    if not standings:
        raise ValueError("decide_under: none of the agreements has a route for this crossing")
    verdict = max((standing.verdict for standing in standings), key=SEVERITY.__getitem__)
    return JointStanding(
        verdict=verdict,
        decisive=tuple(standing.agreement for standing in standings if standing.verdict is verdict),
        standings=tuple(standings),
    )
