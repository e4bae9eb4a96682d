"""From a text to what it provides for one case on one date: values by date, exceptions by place, measures by scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastchannel.agreement.asked import Around, Asked, build
from fastchannel.agreement.provisions import (
    Application,
    Case,
    CaseRule,
    Eligibility,
    Provisions,
    Reach,
    SuspensionRule,
)
from fastchannel.agreement.text import (
    AgreementText,
    Complete,
    Fate,
    RouteText,
    Where,
    holds,
)
from fastchannel.terms.moments import Anchor, Moment


def resolve(text: AgreementText, digest: str, case: Case, on: date) -> Provisions:
    """What the text provides for one case on one date. A function of its arguments alone."""
    route = text.route[case.route]
    heading = text.agreement
    first = heading.first_in_force or heading.in_force
    dated = [measure for measure in route.measure if holds(measure.holds_from, measure.holds_until, on)]
    resolved = [(measure, Asked(measure, heading, case, on)) for measure in dated]
    asked = [(measure, values) for measure, values in resolved if values.asked]
    around = Around(text, route, frozenset(measure.id for measure in dated), frozenset(measure.id for measure, _ in asked))
    return Provisions(
        agreement=heading.id,
        version=heading.version,
        digest=digest,
        route=case.route,
        origin_party=route.from_,
        destination_party=route.to,
        on=on,
        in_force=holds(first, heading.until, on) and holds(route.since, route.until, on),
        in_force_clause=heading.clause,
        eligibility=Eligibility(
            purposes=frozenset(route.purposes.nearest(on).is_),
            companions=frozenset(route.companions.nearest(on).is_),
            clause=route.clause,
        ),
        reach=_reach(route, on),
        application=_application(route, on),
        case_rule=CaseRule(
            clause=route.positive.clause,
            before_departure=route.positive.before_departure,
            after_departure=route.positive.after_departure,
            contact=route.positive.contact,
        ),
        suspensions=_suspensions(text, case.route, on),
        measures=tuple(build(measure, values, around) for measure, values in asked),
    )


def conditions(route: RouteText) -> tuple[Where, ...]:
    """Every condition in a route: what `resolve` knows of a case is which of them it fits, and nothing else."""
    found = [measure.for_ for measure in route.measure] + [item.where for measure in route.measure for item in measure.except_]
    return tuple(where for where in found if where is not None)


def _clauses(items: list[Any], otherwise: str) -> str:
    return ", ".join(dict.fromkeys(item.clause for item in items)) or otherwise


def _reach(route: RouteText, on: date) -> Reach:
    regions = [item for item in route.region if holds(item.since, item.until, on)]
    origins = [item for item in route.origin if holds(item.since, item.until, on)]
    closed = frozenset({"none"}) if route.origin else frozenset()
    points = [item for item in route.point_of_entry if holds(item.since, item.until, on)]
    onward: dict[str, frozenset[str]] = {}
    for item in points:
        onward[item.place] = onward.get(item.place, frozenset()) | frozenset(item.onward_to)
    return Reach(
        open=frozenset(place for item in regions for place in item.places),
        clause=_clauses(regions or list(route.region), route.clause),
        onward=onward,
        onward_clause=_clauses(points, route.clause),
        # Regions that are all closed on a date must not read as none named.
        origins=frozenset(place for item in origins for place in item.places) or closed,
        origins_clause=_clauses(origins or list(route.origin), route.clause) if route.origin else "",
    )


def _application(route: RouteText, on: date) -> Application:
    duties = [duty for duty in route.sponsor.duty if holds(duty.since, duty.until, on)] if route.sponsor else []
    return Application(
        clause=route.application.clause,
        window=route.application.window.nearest(on).is_,
        review_clause=route.application.review.clause,
        four_eyes=route.application.review.four_eyes,
        duties=tuple(duty.id for duty in duties),
        duties_clause=_clauses(duties, route.sponsor.clause if route.sponsor else ""),
    )


def _suspensions(text: AgreementText, route: str, on: date) -> dict[str, SuspensionRule]:
    rules: dict[str, SuspensionRule] = {}
    for trigger in text.trigger:
        if trigger.effect.length is None:
            continue
        if (trigger.routes and route not in trigger.routes) or not holds(trigger.since, trigger.until, on):
            continue
        rule = trigger.under_way
        if isinstance(rule, Complete):
            rules[trigger.id] = SuspensionRule(trigger=trigger.id, clause=rule.clause or trigger.clause, complete=rule.complete)
        else:
            moment = Moment(Anchor.DEPARTURE) if rule is Fate.COMPLETE else None
            rules[trigger.id] = SuspensionRule(trigger=trigger.id, clause=trigger.clause, complete=moment)
    return rules
