"""One measure as it is asked of one case on one date: dated values read, exceptions applied, references resolved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastchannel.agreement.provisions import (
    Case,
    Gate,
    LaboratoryTest,
    Monitor,
    Otherwise,
    Paper,
    Provision,
    Quota,
    Stay,
)
from fastchannel.agreement.text import (
    AgencyRole,
    AgreementText,
    DocumentText,
    Except,
    FollowUpText,
    GateAt,
    GateText,
    Heading,
    LaboratoryTestText,
    Measure,
    MonitorText,
    QuotaText,
    RouteText,
    StayText,
    Varying,
    Where,
    Windows,
    holds,
)
from fastchannel.terms.moments import Anchor, Moment
from fastchannel.terms.places import lies_in

BEFORE_DEPARTURE = frozenset({Anchor.APPLICATION, Anchor.APPROVAL, Anchor.DEPARTURE, Anchor.BOARDING})
LABORATORY_ROLES = frozenset({AgencyRole.DESIGNATED_LABORATORY, AgencyRole.DESIGNATED_HOSPITAL})
ROLES = frozenset(AgencyRole)


def fits(where: Where | None, case: Case) -> bool:
    """Whether a case is among those meant."""
    if where is None:
        return True
    return (
        (not where.purpose or case.purpose in where.purpose)
        and (not where.companion or (case.companion or "none") in where.companion)
        and (not where.city or case.city in where.city)
        and (not where.origin or any(lies_in(case.origin, place) for place in where.origin))
        and (not where.region or any(lies_in(case.destination, place) for place in where.region))
        and (not where.arrival or any(lies_in(case.arrival_place, place) for place in where.arrival))
    )


class Asked:
    """One measure's values for one case on one date, and the clause and source that they rest on."""

    def __init__(self, measure: Measure, heading: Heading, case: Case, on: date) -> None:
        self.measure = measure
        self.heading = heading
        self.on = on
        self.clause = measure.clause
        self.source = measure.source
        self.asked = fits(measure.for_, case)
        self.changes: dict[str, Any] = {}
        self._since = date.min
        self._amended()
        for item in measure.except_:
            if holds(item.holds_from, item.holds_until, on) and fits(item.where, case):
                self._except(item)

    def _amended(self) -> None:
        """Where a dated value names its own clause, the latest one in force is the clause to cite."""
        for name in type(self.measure).__dataclass_fields__:
            value = getattr(self.measure, name)
            if isinstance(value, Varying) and len(value.values) > 1:
                dated = value.on(self.on)
                if dated is not None and dated.clause and (dated.since or date.min) >= self._since:
                    self._since = dated.since or date.min
                    self.clause, self.source = dated.clause, dated.source or self.source

    def _except(self, item: Except) -> None:
        self.asked = self.asked and not item.waived
        self.changes.update(item.changes)
        self.clause, self.source = item.clause, item.source or self.source

    def __call__(self, name: str) -> Any:
        """A field's value."""
        if name in self.changes:
            return self.changes[name]
        value = getattr(self.measure, name)
        return value.nearest(self.on).is_ if isinstance(value, Varying) else value

    def common(self, default: Otherwise) -> dict[str, Any]:
        """What every provision has."""
        return {
            "id": self.measure.id,
            "clause": self.clause,
            "otherwise": self("otherwise") or default,
            "title": self.measure.title,
            "source": self.source or self.heading.source,
        }


class Around:
    """What a measure may refer to."""

    def __init__(self, text: AgreementText, route: RouteText, dated: frozenset[str], asked: frozenset[str]) -> None:
        self.text = text
        self.route = route
        self.dated = dated  # the measures that hold on the date
        self.asked = asked  # those of them that are asked of the case

    def agencies(self, roles: frozenset[AgencyRole], party: str | None = None) -> frozenset[str]:
        return frozenset(
            agency.id
            for code, parties in self.text.party.items()
            if party in (None, code)
            for agency in parties.agency
            if roles.intersection(agency.roles)
        )


def _monitor(measure: Measure, values: Asked, around: Around) -> Provision:
    return Monitor(
        **values.common(Otherwise.HOLD),
        start=values("from_"),
        end=values("until"),
        missed=values("missed"),
        symptoms=values("symptoms"),
        calls_per_day=values("calls_per_day"),
        follow_up=isinstance(measure, FollowUpText),
    )


def _testing(measure: Measure, values: Asked, around: Around) -> Provision:
    sampled: Windows = values("sampled")
    before = all(window.end.anchor in BEFORE_DEPARTURE for window in sampled.any_of)
    named = frozenset(values("laboratory"))
    laboratories = named - {"designated", "any"}
    if "designated" in named:
        laboratories |= around.agencies(LABORATORY_ROLES, around.route.from_ if before else around.route.to)
    return LaboratoryTest(
        **values.common(Otherwise.REFUSE if before else Otherwise.HOLD),
        assay=values("test"),
        sampled=sampled.any_of,
        require=values("require"),
        count=values("count"),
        apart=values("apart"),
        laboratories=frozenset() if "any" in named else laboratories,
        designated="designated" in named,
    )


def _paper(measure: Measure, values: Asked, around: Around) -> Provision:
    by: Moment = values("by")
    named = values("issued_by")
    roles = frozenset(AgencyRole(name) for name in named if name in ROLES)
    issued: Windows | None = values("issued")
    return Paper(
        **values.common(Otherwise.REFUSE if by.anchor in BEFORE_DEPARTURE else Otherwise.HOLD),
        document=values("document") or measure.id,
        issuers=frozenset(name for name in named if name not in ROLES and name != "any") | around.agencies(roles),
        issuer_role=next(iter(roles)).value if len(roles) == 1 else "",
        issued=() if issued is None else issued.any_of,
        valid_for=values("valid_for"),
        by=by,
        bound=values("bound"),
        single_use=values("single_use"),
        who=values("provided_by"),
    )


def _stay(measure: Measure, values: Asked, around: Around) -> Provision:
    return Stay(
        **values.common(Otherwise.HOLD),
        place=values("place").value,
        start=values("from_"),
        least=values("least"),
        most=values("most"),
        until=values("until"),
        ends=tuple(name for name in values("ends") if name in around.asked),
        allowed=values("allowed"),
        named_by=values("named_by") or "",
        transport=values("transport"),
    )


def _gate(measure: Measure, values: Asked, around: Around) -> Provision:
    at: GateAt = values("at")
    requires = tuple(name for name in values("requires") if name in around.asked)
    either = _ways(values("either"), around)
    if len(either) == 1:
        requires, either = (*requires, *(name for name in either[0] if name not in requires)), ()
    return Gate(
        **values.common(Otherwise.REFUSE if at is GateAt.BOARDING else Otherwise.HOLD),
        at=at.value,
        requires=requires,
        either=either,
    )


def _ways(groups: tuple[tuple[str, ...], ...], around: Around) -> tuple[tuple[str, ...], ...]:
    """The lists of which one must be met whole, on this date and of this case.

    A list with a measure that does not hold on the date is no way through; one that holds but is not asked of this case asks
    nothing. Where nothing of a list is asked, it is met, and so are all.
    """
    open_ = [names for names in groups if around.dated.issuperset(names)]
    asked = tuple(tuple(name for name in names if name in around.asked) for names in open_)
    return asked if all(asked) else ()


def _quota(measure: Measure, values: Asked, around: Around) -> Provision:
    return Quota(**values.common(Otherwise.REFUSE), people=values("people"), per=values("per").value, shares=values("shares"))


_BUILD: dict[type, Callable[[Any, Asked, Around], Provision]] = {
    MonitorText: _monitor,
    FollowUpText: _monitor,
    LaboratoryTestText: _testing,
    DocumentText: _paper,
    StayText: _stay,
    GateText: _gate,
    QuotaText: _quota,
}


def build(measure: Measure, values: Asked, around: Around) -> Provision:
    """The provision that a measure comes to."""
    return _BUILD[type(measure)](measure, values, around)
