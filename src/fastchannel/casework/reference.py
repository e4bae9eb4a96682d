"""docs/reference/permissions.md, made from the table: ``python -m fastchannel.casework.reference`` prints it."""

from __future__ import annotations

import sys

from fastchannel.casework.permissions import ACTIONS, ROLES, TABLE, Scope
from fastchannel.decide.stages import AFTER_DEPARTURE, BEFORE_DEPARTURE, ENDED, Stage

SCOPES = {
    Scope.OWN: "the one journey that the traveller's link opens",
    Scope.SPONSORED: "journeys that the actor's organisation sponsors",
    Scope.ORIGIN: "journeys that depart from a region of the actor's jurisdiction",
    Scope.ARRIVAL: "journeys that arrive in a region of the actor's jurisdiction",
    Scope.DESTINATION: "journeys whose destination lies in the actor's jurisdiction",
    Scope.ROUTE: "journeys that depart from, arrive in or go to the actor's jurisdiction",
    Scope.NODE: "every journey at this node",
}
_SETS = {
    frozenset(Stage): "any",
    frozenset(Stage) - ENDED: "any that has not ended",
    frozenset(Stage) - {Stage.WITHDRAWN}: "any but withdrawn",
    BEFORE_DEPARTURE: "before departure",
    AFTER_DEPARTURE: "after departure",
    frozenset(BEFORE_DEPARTURE | {Stage.TRAVELLING}): "before departure, travelling",
}


def page() -> str:
    """The page, in Markdown."""
    lines = [
        "# Permissions",
        "",
        "Who may do what to which journey, and when. Made from the table in `fastchannel.casework.permissions`, which the",
        "pages, the API and the tests ask; a test says that this page is up to date.",
        "",
        "| action | stages | role | journeys |",
        "|---|---|---|---|",
    ]
    for action, rules in TABLE.items():
        for role, rule in rules.items():
            lines.append(f"| {ACTIONS[action]} | {_stages(rule.stages)} | {ROLES[role]} | {rule.scope} |")
    lines += ["", "## Which journeys", ""]
    lines += [f"- **{scope}**: {words}." for scope, words in SCOPES.items()]
    lines += [
        "",
        "A jurisdiction is a set of ISO 3166-2 regions; an officer without one acts for the whole party. A denial says",
        "first whether the role, then whether the journey, then whether the stage is the reason, so that nobody learns",
        "the stage of a journey that is out of reach.",
        "",
        "Break-glass opens one journey to be read for a limited time to an officer whose reach ends before it. The reason is",
        "in the log of who read the record, and somebody else reviews the opening afterwards.",
    ]
    return "\n".join(lines) + "\n"


def _stages(stages: frozenset[Stage]) -> str:
    return _SETS.get(stages) or ", ".join(stage.value for stage in Stage if stage in stages)


if __name__ == "__main__":
    sys.stdout.write(page())
