"""Which rows an actor reaches: the permission table as a condition on journeys, and on tables that repeat their places."""

from __future__ import annotations

from django.db.models import Q

from fastchannel.casework.actor import Actor
from fastchannel.casework.permissions import TABLE, Action, Scope


def visible(actor: Actor, action: Action = Action.SEE_STATUS, *, own: str = "pk") -> Q:
    """The journeys that the permission table lets the actor reach: `permissions.check` as a condition on rows.

    It holds of journeys, and of rows that have a journey's sponsor and places; ``own`` names the column that is the journey.
    """
    match scope_of(actor, action):
        case None:
            return Q(pk__in=[])
        case Scope.NODE:
            return Q()
        case Scope.OWN:
            return Q(**{own: actor.journey})
        case Scope.SPONSORED:
            return Q(sponsor=actor.organisation) if actor.organisation else Q(pk__in=[])
        case Scope.ROUTE:
            return _inside(actor, "origin") | _inside(actor, "arrival_place") | _inside(actor, "destination")
        case Scope.ORIGIN:
            return _inside(actor, "origin")
        case Scope.ARRIVAL:
            return _inside(actor, "arrival_place")
        case Scope.DESTINATION:
            return _inside(actor, "destination")


def scope_of(actor: Actor, action: Action = Action.SEE_STATUS) -> Scope | None:
    """How far the action reaches for the actor's role; None where the role may not do it."""
    rule = TABLE[action].get(actor.role)
    return rule.scope if rule is not None else None


def _inside(actor: Actor, column: str) -> Q:
    found = Q()
    for region in sorted(actor.jurisdiction or {actor.party}):
        found |= Q(**{column: region}) | Q(**{f"{column}__startswith": f"{region}-"})
    return found
