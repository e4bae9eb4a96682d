"""The clauses that a reason may name."""

from __future__ import annotations

from fastchannel.agreement.provisions import Provisions


def clauses_of(holds: Provisions) -> set[str]:
    """Every clause of what an agreement provides for one case. Where several hold together, they are named together."""
    clauses = {measure.clause for measure in holds.measures} | {rule.clause for rule in holds.suspensions.values()}
    clauses |= {holds.in_force_clause, holds.eligibility.clause, holds.case_rule.clause}
    clauses |= {holds.application.clause, holds.application.review_clause}
    for named in (holds.reach.clause, holds.reach.onward_clause, holds.application.duties_clause):
        clauses |= {named, *named.split(", ")}
    return clauses - {""}
