"""Quota: a place is left. Places are counted where they are given; here the answer that was recorded is read."""

from __future__ import annotations

from fastchannel.agreement.provisions import Quota
from fastchannel.decide.looking import Looking
from fastchannel.decide.standing import Obligation, Status
from fastchannel.terms.events import Role


def read_quota(look: Looking, measure: Quota) -> Status:
    """Read whether a place was allotted."""
    allotted = look.journey.allotted.get(measure.id)
    if allotted is not None and allotted.granted:
        status = Status.MET
    elif look.waived(measure.id):
        status = Status.WAIVED
    elif allotted is None:
        status = Status.DUE
    else:
        status = Status.FAILED
        look.reason(
            "quota.none-left",
            clause=measure.clause,
            effect=measure.otherwise,
            measure=measure.id,
            required={"people": measure.people, "per": measure.per},
            evidence=(allotted.id,),
        )
    look.obligations.append(
        Obligation(
            measure=measure.id,
            kind="quota",
            clause=measure.clause,
            who=Role.REVIEWER,
            status=status,
            evidence=(allotted.id,) if allotted is not None else (),
            done=int(status is Status.MET),
        )
    )
    return status
