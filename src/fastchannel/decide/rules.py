"""What is asked of every journey, whatever its measures: the text in force, eligibility, review, cases, suspensions."""

from __future__ import annotations

from datetime import datetime

from fastchannel.agreement.provisions import Otherwise, SuspensionRule
from fastchannel.decide.journey import REVIEW
from fastchannel.decide.looking import Looking
from fastchannel.decide.stages import BEFORE_DEPARTURE, Stage
from fastchannel.decide.standing import Obligation, Reason, Status, Verdict
from fastchannel.terms.events import Applied, Assay, Finding, Itinerary, Role
from fastchannel.terms.moments import Anchor

# The names by which an officer overrides, or a traveller appeals against, what is no measure of the text.
IN_FORCE, ELIGIBILITY, REGION, ONWARD, APPLICATION, DUTIES, CASE, CONTACT, SUSPENSION = (
    "in-force", "eligibility", "region", "onward", "application", "duties", "case", "contact", "suspension",
)  # fmt: skip
RULES = frozenset({IN_FORCE, ELIGIBILITY, REGION, ONWARD, APPLICATION, REVIEW, DUTIES, CASE, CONTACT, SUSPENSION})
ADMISSION = frozenset({IN_FORCE, ELIGIBILITY, REGION, ONWARD, APPLICATION, REVIEW, DUTIES})  # asked until departure
OFFICER = "officer.hold"

ANTIBODIES = frozenset({Assay.IGM, Assay.IGG, Assay.ANTIBODY})  # past infection or immunity: no case by themselves


def read_admission(look: Looking, applied: Applied, itinerary: Itinerary) -> None:
    """In force, eligible, to an open region by an allowed way, applied for in time."""
    holds = look.provisions
    if not holds.in_force and not look.waived(IN_FORCE):
        look.reason(
            "agreement.not-in-force",
            clause=holds.in_force_clause,
            effect=Verdict.REFUSE,
            measure=IN_FORCE,
            found={"departure": holds.on.isoformat()},
        )
    if not look.waived(ELIGIBILITY):
        _eligible(look, applied)
    if not holds.reach.comes_from(itinerary.origin) and not look.waived(REGION):
        look.reason(
            "region.origin-not-open",
            clause=holds.reach.origins_clause,
            effect=Verdict.REFUSE,
            measure=REGION,
            required={"regions": sorted(holds.reach.origins)},
            found={"region": itinerary.origin, "departure": holds.on.isoformat()},
        )
    if not holds.reach.leads_to(itinerary.destination) and not look.waived(REGION):
        look.reason(
            "region.not-open",
            clause=holds.reach.clause,
            effect=Verdict.REFUSE,
            measure=REGION,
            required={"regions": sorted(holds.reach.open)},
            found={"region": itinerary.destination, "departure": holds.on.isoformat()},
        )
    landing = look.journey.arrived_place or itinerary.arrival_place or itinerary.destination
    if (
        landing != itinerary.destination
        and holds.reach.onward  # a text that names no point of entry says nothing about the way on
        and not holds.reach.onward_from(landing, itinerary.destination)
        and not look.waived(ONWARD)
    ):
        look.reason(
            "region.no-way-onward",
            clause=holds.reach.onward_clause,
            effect=Verdict.REFUSE,
            measure=ONWARD,
            required={"onward_to": sorted(holds.reach.onward.get(landing, frozenset()))},
            found={"arrival": landing, "region": itinerary.destination},
        )
    window = holds.application.window
    if window is not None and not look.waived(APPLICATION):
        interval = look.interval(window)
        if interval.side(applied.at) > 0:
            look.reason(
                "application.late",
                clause=holds.application.clause,
                effect=Verdict.REFUSE,
                measure=APPLICATION,
                required={"filed": str(window)},
                found={"applied": applied.at.isoformat()},
                evidence=(applied.id,),
            )


def _eligible(look: Looking, applied: Applied) -> None:
    rule = look.provisions.eligibility
    if applied.companion is not None:
        if applied.companion not in rule.companions:
            look.reason(
                "eligibility.companion",
                clause=rule.clause,
                effect=Verdict.REFUSE,
                measure=ELIGIBILITY,
                required={"companions": sorted(rule.companions)},
                found={"companion": applied.companion},
                evidence=(applied.id,),
            )
    elif applied.purpose not in rule.purposes:
        look.reason(
            "eligibility.purpose",
            clause=rule.clause,
            effect=Verdict.REFUSE,
            measure=ELIGIBILITY,
            required={"purposes": sorted(rule.purposes)},
            found={"purpose": applied.purpose},
            evidence=(applied.id,),
        )


def read_review(look: Looking) -> None:
    """The sponsor's duties and the reviewer's decision, until departure."""
    journey, rule = look.journey, look.provisions.application
    clause = rule.review_clause or rule.clause
    lacking = [duty for duty in rule.duties if duty not in journey.duties]
    if lacking and not look.waived(DUTIES):
        _asked(
            look,
            DUTIES,
            rule.duties_clause or rule.clause,
            Role.SPONSOR,
            len(rule.duties) - len(lacking),
            len(rule.duties),
        )
        look.reason(
            "sponsor.duties",
            clause=rule.duties_clause or rule.clause,
            effect=Verdict.WAIT,
            measure=DUTIES,
            required={"duties": list(rule.duties)},
            found={"outstanding": lacking},
        )
    if journey.stage is Stage.RETURNED and journey.review is not None:
        _asked(look, REVIEW, clause, Role.SPONSOR, 0, 1)
        look.reason(
            "review.returned",
            clause=clause,
            effect=Verdict.WAIT,
            measure=REVIEW,
            found={"reason": journey.review.reason},
            evidence=(journey.review.id,),
        )
    elif journey.stage in (Stage.APPLIED, Stage.SPONSORED) and not look.waived(REVIEW):
        second = rule.four_eyes and bool(journey.approvers)
        _asked(look, REVIEW, clause, Role.REVIEWER, len(journey.approvers), 2 if rule.four_eyes else 1)
        look.wait("review.second-outstanding" if second else "review.outstanding", clause=clause, measure=REVIEW)


def _asked(look: Looking, name: str, clause: str, who: Role, done: int, needed: int) -> None:
    look.obligations.append(
        Obligation(
            measure=name,
            kind=name,
            clause=clause,
            who=who,
            status=Status.DUE,
            due=look.anchors[Anchor.DEPARTURE][0],
            zone=look.zone(Anchor.DEPARTURE).key,
            done=done,
            needed=needed,
        )
    )


def read_case(look: Looking) -> None:
    """A confirmed infection, a positive sample that no measure asked for, a contact not cleared, unexplained symptoms."""
    journey, rule = look.journey, look.provisions.case_rule
    effect = rule.after_departure if look.departed else rule.before_departure
    if journey.confirmed is not None and not look.waived(CASE, journey.confirmed.at):
        look.reason(
            "case.confirmed",
            clause=rule.clause,
            effect=effect,
            measure=CASE,
            found={"since": journey.confirmed.at.isoformat()},
            evidence=(journey.confirmed.id,),
        )
    told = {event for reason in look.reasons if reason.code == "test.detected" for event in reason.evidence}
    for sample in journey.samples.values():
        if sample.finding is not Finding.DETECTED or sample.assay in ANTIBODIES or not told.isdisjoint(sample.evidence):
            continue
        if (journey.recovered is not None and sample.taken is not None and sample.taken <= journey.recovered) or any(
            look.waived(name, sample.reported) for name in (CASE, *_tests(look, sample.assay))
        ):
            continue
        look.reason(
            "case.detected",
            clause=rule.clause,
            effect=effect,
            measure=CASE,
            found={"sample": sample.id, "test": str(sample.assay), "finding": str(sample.finding)},
            evidence=sample.evidence,
        )
    for contact in journey.contacts.values():
        if not look.waived(CONTACT, contact.at):
            look.reason(
                "case.contact",
                clause=rule.clause,
                effect=rule.contact,
                measure=CONTACT,
                found={"case": contact.case, "since": contact.at.isoformat()},
                evidence=(contact.id,),
            )
    told = {event for reason in look.reasons if reason.code == "monitor.symptoms" for event in reason.evidence}
    for _, said, event in journey.symptoms:
        excused = any(look.waived(name, said) for name in journey.waivers)
        if event not in told and not excused and not (journey.recovered is not None and said <= journey.recovered):
            look.reason(
                "case.symptoms",
                clause=rule.clause,
                effect=rule.contact,
                measure=CASE,
                found={"said": said.isoformat()},
                evidence=(event,),
            )


def _tests(look: Looking, assay: Assay) -> list[str]:
    return [measure.id for measure in look.provisions.measures if getattr(measure, "assay", None) is assay]


def read_suspensions(look: Looking) -> None:
    """A suspension stops those who have not crossed; those under way go on where the trigger's rule says so."""
    for suspended in look.journey.suspensions.values():
        look.watch(suspended.since)
        look.watch(suspended.until)
        if look.waived(SUSPENSION, suspended.at):
            continue
        over = suspended.until is not None and look.at >= suspended.until
        rule = look.provisions.suspensions.get(suspended.trigger)
        if rule is None or over or _completes(look, rule, suspended.since):
            continue
        crossing = look.at if look.departed else max(look.at, look.anchors[Anchor.DEPARTURE][0])
        if crossing < suspended.since or (suspended.until is not None and crossing >= suspended.until):
            continue
        look.reason(
            "suspension.in-force",
            clause=rule.clause,
            effect=Otherwise.HOLD,
            measure=SUSPENSION,
            found={
                "trigger": suspended.trigger,
                "since": suspended.since.isoformat(),
                "until": suspended.until.isoformat() if suspended.until is not None else "",
            },
            evidence=(suspended.id,),
        )


def _completes(look: Looking, rule: SuspensionRule, since: datetime) -> bool:
    """Whether the journey had passed, before the suspension began, the moment from which the rule lets it complete."""
    if rule.complete is None:
        return False
    if look.journey.stage in BEFORE_DEPARTURE and rule.complete.anchor not in (Anchor.APPLICATION, Anchor.APPROVAL):
        return False  # what is only planned has not happened
    anchored = look.anchors.get(rule.complete.anchor)
    return anchored is not None and rule.complete.at(*anchored) <= since


def read_officer(look: Looking) -> None:
    """A hold at an officer's order, until it is lifted or runs out."""
    for name in look.journey.waivers:
        waiver = look.waiver(name)
        if waiver is None or waiver.waive:
            continue
        measure = look.provisions.measure(name)
        clause = measure.clause if measure is not None else look.provisions.case_rule.clause
        look.reasons.append(
            Reason(
                code=OFFICER,
                clause=clause,
                effect=Verdict.HOLD,
                measure=name,
                found={"reason": waiver.reason, "by": waiver.by},
                evidence=(waiver.event,),
            )
        )
